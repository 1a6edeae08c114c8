"""Gains of a game of projects: put-in, take-out and Shapley, by the place of the people who gain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from yrdgis.engine.work import Progress
from yrdgis.scenarios import games
from yrdgis.scenarios.coalitions import Group, SetTimes
from yrdgis.scenarios.worth import Measure

__all__ = ["Gains", "exact_gains", "sampled_gains"]

Floats = npt.NDArray[np.float64]

_CELLS = 4_000_000


@dataclass(frozen=True)
class Gains:
    """What projects are worth, projects by origins.

    Parameters
    ----------
    measure : Measure
    joint : float
        What all are worth together.
    put_in, take_out, shapley : array (projects, origins)
    errors : array (projects,)
        Standard errors of the Shapley totals; zero where exact.
    interaction : array (projects, projects) or None
        Shapley interaction index; None where sampled.
    pairs : array (projects,)
        Pairs of places that the project makes quicker or connects in some set; where sampled, alone.
    connected : array (projects,)
        Of these, pairs that it newly connects in some set.
    most : array (projects,)
        Most minutes (for freight: yuan) that it saves for any pair in any set, new connections apart; NaN
        where sampled.
    orders : int
        Random orders; 0 where exact.
    """

    measure: Measure
    joint: float
    put_in: Floats
    take_out: Floats
    shapley: Floats
    errors: Floats
    interaction: Floats | None
    pairs: npt.NDArray[np.int64]
    connected: npt.NDArray[np.int64]
    most: Floats
    orders: int = 0

    def worth(self, method: str) -> Floats:
        """Values of a method, projects by origins."""
        return {"put-in": self.put_in, "take-out": self.take_out}.get(method, self.shapley)


def exact_gains(times: SetTimes, measure: Measure, progress: Progress | None = None) -> Gains:
    """Exact gains: the sum of the small games of all pairs.

    Parameters
    ----------
    times : SetTimes
    measure : Measure
    progress : callable, optional
        Called with (sets done, sets in all).
    """
    players, origins = len(times.projects), len(times.origins)
    put_in, take_out, shares = (np.zeros((players, origins)) for _ in range(3))
    interaction = np.zeros((players, players))
    pairs, connected = (np.zeros(players, dtype=np.int64) for _ in range(2))
    most = np.zeros(players)
    joint = 0.0
    for group in times.groups(progress):
        own = np.array(group.players, dtype=np.int64)
        table, at = _by_origin(group, measure, len(times.destinations))
        joint += float((table[-1] - table[0]).sum())
        put_in[np.ix_(own, at)] += games.put_in(table)
        take_out[np.ix_(own, at)] += games.take_out(table)
        shares[np.ix_(own, at)] += games.shapley(table)
        interaction[np.ix_(own, own)] += games.interaction(table)
        for place, player in enumerate(group.players):
            quicker, fresh = _quicker(group.times, place)
            pairs[player] += int(((quicker > 0) | fresh).sum())
            connected[player] += int(fresh.sum())
            most[player] = max(most[player], float(quicker.max(initial=0)) / measure.per_unit)
    return Gains(
        measure, joint, put_in, take_out, shares, np.zeros(players), interaction, pairs, connected, most
    )


def _by_origin(group: Group, measure: Measure, columns: int) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Table of a group's game by origin, and which origins those are."""
    origin = group.pairs // columns
    at, first = np.unique(origin, return_index=True)
    table = np.empty((len(group.times), len(at)))
    step = max(1, _CELLS // max(len(group.pairs), 1))
    for start in range(0, len(table), step):
        part = measure.of_pairs(group.pairs, group.times[start : start + step])
        table[start : start + step] = np.add.reduceat(part, first, axis=1)
    return table, at


def _quicker(
    times: npt.NDArray[np.int64], player: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Most that one player saves for each pair over all sets, and whether it connects the pair in some set."""
    pair = times.reshape(-1, 2, 1 << player, times.shape[1])
    without, with_ = pair[:, 0], pair[:, 1]
    saved = np.where((without >= 0) & (with_ >= 0), without - with_, 0)
    fresh = np.asarray(((without < 0) & (with_ >= 0)).any(axis=(0, 1)))
    return saved.max(axis=(0, 1)), fresh


def sampled_gains(
    times: SetTimes,
    measure: Measure,
    *,
    error: float = 0.01,
    seed: int = 1,
    progress: Progress | None = None,
) -> Gains:
    """Shapley values from random orders of the projects; put-in and take-out exactly.

    Parameters
    ----------
    times : SetTimes
    measure : Measure
    error : float
        Greatest standard error of a project's total, as a share of the joint gain.
    seed : int
    progress : callable, optional
        Called with (orders done, most).
    """
    players, origins, columns = len(times.projects), len(times.origins), len(times.destinations)
    everything = np.arange(origins * columns)
    known: dict[int, Floats] = {}

    def worth(sets: Sequence[int]) -> Floats:
        new = [one for one in dict.fromkeys(map(times.feasible, sets)) if one not in known]
        for one, matrix in times.matrices(new):
            known[one] = (
                measure.of_pairs(everything, matrix.reshape(1, -1)).reshape(origins, columns).sum(axis=1)
            )
        return np.array([known[times.feasible(one)] for one in sets])

    whole = (1 << players) - 1
    nothing, all_ = worth([0, whole])
    alone = worth([1 << player for player in range(players)])
    without = worth([whole ^ (1 << player) for player in range(players)])
    found = games.sampled_shapley(worth, players, error=error, seed=seed, progress=progress)
    alone_matrices = [matrix for _, matrix in times.matrices([1 << p for p in range(players)])]
    changed = [int((matrix != times.base).sum()) for matrix in alone_matrices]
    joined = [int(((times.base < 0) & (matrix >= 0)).sum()) for matrix in alone_matrices]
    return Gains(
        measure,
        float((all_ - nothing).sum()),
        alone - nothing,
        all_ - without,
        found.values,
        found.total_errors,
        None,
        np.array(changed, dtype=np.int64),
        np.array(joined, dtype=np.int64),
        np.full(players, np.nan),
        found.orders,
    )
