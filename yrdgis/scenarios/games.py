"""Cooperative games: what each player is worth when players overlap.

A game is a table: row ``S`` is what the set of players whose bits are set in ``S`` is worth, one column for
each beneficiary. Shares of the Shapley value add up to what all players are worth together, whatever the order
in which they come; they are linear, so shares by beneficiary add up too.

References
----------
Shapley (1953), A value for n-person games. Grabisch and Roubens (1999), An axiomatic approach to the concept
of interaction among players in cooperative games. Castro, Gomez and Tejada (2009), Polynomial calculation of
the Shapley value based on sampling.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import comb

import numpy as np
import numpy.typing as npt

from yrdgis.errors import InputError

__all__ = [
    "Sampled",
    "interaction",
    "players_of",
    "put_in",
    "rival_sets",
    "sampled_shapley",
    "shapley",
    "take_out",
]

Floats = npt.NDArray[np.float64]


def players_of(table: Floats) -> int:
    """Number of players of a table.

    Raises
    ------
    InputError
        If its number of rows is no power of two.
    """
    rows = len(table)
    count = rows.bit_length() - 1
    if rows != 1 << count or table.ndim != 2:
        raise InputError(f"the table of a game has one row for each set of players, not shape {table.shape}")
    return count


def shapley(table: Floats) -> Floats:
    """Shapley value of each player for each beneficiary.

    Parameters
    ----------
    table : array (2 ** players, beneficiaries)

    Returns
    -------
    array (players, beneficiaries)

    Examples
    --------
    Either of two bridges saves ten minutes, both together not more:

    >>> shapley(np.array([[0.0], [10.0], [10.0], [10.0]])).ravel().tolist()
    [5.0, 5.0]
    """
    count = players_of(table)
    out = np.zeros((count, table.shape[1]))
    for player in range(count):
        low = table.reshape(-1, 2, 1 << player, table.shape[1])
        gain = low[:, 1] - low[:, 0]
        sizes = _sizes(gain.shape[0])[:, None] + _sizes(gain.shape[1])[None, :]
        weight = np.array([1 / (count * comb(count - 1, size)) for size in range(count)])[sizes]
        out[player] = np.einsum("ab,abk->k", weight, gain)
    return out


def interaction(table: Floats) -> Floats:
    """Shapley interaction index of each pair of players, summed over beneficiaries.

    Positive: the two are worth more together (complements). Negative: one does in part what the other does
    (substitutes). The diagonal is zero.

    Examples
    --------
    >>> interaction(np.array([[0.0], [10.0], [10.0], [10.0]]))[0, 1].item()
    -10.0
    """
    count = players_of(table)
    total = table.sum(axis=1)
    out = np.zeros((count, count))
    for b in range(count):
        for a in range(b):
            part = total.reshape(-1, 2, 1 << (b - a - 1), 2, 1 << a)
            gain = part[:, 1, :, 1] - part[:, 1, :, 0] - part[:, 0, :, 1] + part[:, 0, :, 0]
            sizes = (
                _sizes(gain.shape[0])[:, None, None]
                + _sizes(gain.shape[1])[None, :, None]
                + _sizes(gain.shape[2])[None, None, :]
            )
            weight = np.array([1 / ((count - 1) * comb(count - 2, size)) for size in range(count - 1)])
            out[a, b] = out[b, a] = float((weight[sizes] * gain).sum())
    return out


def put_in(table: Floats) -> Floats:
    """What each player is worth alone: array (players, beneficiaries).

    Examples
    --------
    >>> put_in(np.array([[0.0], [1.0], [2.0], [5.0]])).ravel().tolist()
    [1.0, 2.0]
    """
    return table[[1 << player for player in range(players_of(table))]] - table[0]


def take_out(table: Floats) -> Floats:
    """What all lose without each player: array (players, beneficiaries).

    Examples
    --------
    >>> take_out(np.array([[0.0], [1.0], [2.0], [5.0]])).ravel().tolist()
    [3.0, 4.0]
    """
    last = len(table) - 1
    return table[last] - table[[last ^ (1 << player) for player in range(players_of(table))]]


@dataclass(frozen=True)
class Sampled:
    """Shares from random orders: ``values`` and ``errors`` (players, beneficiaries), and standard errors of
    the players' totals.
    """

    values: Floats
    total_errors: Floats
    orders: int


def sampled_shapley(
    worth: Callable[[Sequence[int]], Floats],
    players: int,
    *,
    error: float = 0.01,
    seed: int = 1,
    batch: int = 32,
    most: int = 4000,
    progress: Callable[[int, int], object] | None = None,
) -> Sampled:
    """Shapley values from random orders of the players, each taken forwards and backwards.

    Parameters
    ----------
    worth : callable
        Gives the rows of the table for some sets; sets are whole numbers with a bit for each player.
    players : int
    error : float
        Stop when the standard error of every player's total is at most this share of the joint gain.
    seed : int
        Of the random numbers, so that a run can be repeated.
    batch : int
        Orders between two looks at the error.
    most : int
        Orders after which to stop anyway; the errors say how far it came.
    progress : callable, optional
        Called with (orders done, most).

    Examples
    --------
    >>> table = np.array([[0.0], [10.0], [10.0], [10.0]])
    >>> sampled_shapley(lambda sets: table[list(sets)], 2).values.ravel().tolist()
    [5.0, 5.0]
    """
    rng = np.random.default_rng(seed)
    ends = worth([0, (1 << players) - 1])
    joint = abs(float((ends[1] - ends[0]).sum()))
    if players == 0:
        return Sampled(np.zeros((0, ends.shape[1])), np.zeros(0), 0)
    sums = np.zeros((players, ends.shape[1]))
    totals: list[Floats] = []
    while True:
        orders = [rng.permutation(players) for _ in range(batch)]
        both = [order for one in orders for order in (one, one[::-1])]
        chains = [np.concatenate([[0], np.cumsum([1 << int(player) for player in order])]) for order in both]
        wanted = sorted({int(chosen) for chain in chains for chosen in chain})
        rows = dict(zip(wanted, worth(wanted), strict=True))
        for at in range(0, len(both), 2):
            gain = np.zeros_like(sums)
            for order, chain in zip(both[at : at + 2], chains[at : at + 2], strict=True):
                along = np.array([rows[int(chosen)] for chosen in chain])
                gain[order] += np.diff(along, axis=0) / 2
            sums += gain
            totals.append(gain.sum(axis=1))
        errors = np.std(totals, axis=0, ddof=1) / np.sqrt(len(totals))
        if progress is not None:
            progress(len(totals), most)
        if len(totals) >= most or float(errors.max()) <= error * joint:
            return Sampled(sums / len(totals), errors, len(totals) * 2)


def rival_sets(players: Sequence[str], conflicts: Sequence[frozenset[str]]) -> list[tuple[str, ...]]:
    """Largest sets of players of which no two exclude each other, in the order of the players.

    Examples
    --------
    >>> rival_sets(["east", "west", "road"], [frozenset({"east", "west"})])
    [('east', 'road'), ('west', 'road')]
    """
    found: list[frozenset[str]] = [frozenset(players)]
    for pair in conflicts:
        split: list[frozenset[str]] = []
        for one in found:
            split += [one - {player} for player in sorted(pair)] if pair <= one else [one]
        found = [one for one in split if not any(one < other for other in split)]
    rank = {player: at for at, player in enumerate(players)}
    rows = {tuple(sorted(one, key=rank.__getitem__)) for one in found}
    return sorted(rows, key=lambda row: [rank[player] for player in row])


def _sizes(count: int) -> npt.NDArray[np.int64]:
    """How many bits are set in 0 .. count - 1."""
    return np.array([int(number).bit_count() for number in range(count)], dtype=np.int64)
