"""What a matrix of times is worth: minutes that people save, or what they can reach.

Weights are those of a gravity model, ``w_ij = P_i P_j exp(-beta t_ij)`` with the times of the base, and stay
fixed, so that a set of projects is worth a plain sum over pairs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from yrdgis.errors import InputError
from yrdgis.metrics.cohesion import score

if TYPE_CHECKING:
    import pandas as pd

    from yrdgis.io import Layers

__all__ = [
    "MEASURES",
    "Measure",
    "accessibility",
    "cluster_weights",
    "cohesion_gain",
    "minutes_saved",
    "people_of",
    "savings",
]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_MS = 60_000


@dataclass(frozen=True)
class Measure:
    """What the times of some pairs are worth.

    Parameters
    ----------
    name, unit, unit_zh : str
    per_unit : int
        Whole units of the impedance in a minute or a yuan.
    of_pairs : callable
        Takes positions of pairs and times (sets, pairs) in whole units, and gives what each pair is worth
        more than in the base.
    """

    name: str
    unit: str
    unit_zh: str
    per_unit: int
    of_pairs: Callable[[Ints, Ints], Floats]


def people_of(layers: Layers, places: Sequence[str]) -> pd.Series:
    """Residents of districts, cities and towns, indexed by id.

    Raises
    ------
    InputError
        Naming every place whose people are not known.
    """
    import pandas as pd

    known = pd.concat(
        [
            frame.set_index(key)["pop_2020"].astype(float)
            for name, key in (("districts", "district_id"), ("cities", "city_id"), ("towns", "town_id"))
            if (frame := layers.get(name)) is not None and "pop_2020" in frame
        ]
    )
    found = known[~known.index.duplicated()].reindex(list(places))
    if found.isna().any():
        lacking = ", ".join(map(str, found.index[found.isna()]))
        raise InputError(f"people are not known for {lacking}; give places with people, or weights")
    return found


def _gravity(base: Ints, origin: Floats, destination: Floats, beta: float) -> Floats:
    reached = base >= 0
    weight = origin[:, None] * destination[None, :] * np.where(reached, np.exp(-beta * base / _MS), 0.0)
    return weight


def minutes_saved(
    base: Ints, same: npt.NDArray[np.bool_], people: tuple[Floats, Floats], beta: float
) -> Measure:
    """Mean minutes saved per trip, each pair weighing what a gravity model gives it in the base.

    Parameters
    ----------
    base : array of int64
        Milliseconds in the base, origins by destinations.
    same : array of bool
        Pairs of a place with itself, which count for nothing.
    people : (origins, destinations)
    beta : float
        Decay per minute.

    Pairs without a way in the base weigh nothing; a caller that may connect them measures accessibility.
    """
    weight = np.where(same, 0.0, _gravity(base, *people, beta)).ravel()
    weight = weight / weight.sum()
    before = base.ravel()

    def worth(pairs: Ints, times: Ints) -> Floats:
        return (before[pairs] - times) / _MS * weight[pairs]

    return Measure("minutes", "min per trip", "分钟/人次", _MS, worth)


def accessibility(
    base: Ints, same: npt.NDArray[np.bool_], people: tuple[Floats, Floats], beta: float
) -> Measure:
    """Gain of what people can reach: ``sum P_i P_j exp(-beta t_ij)``, in percent of ``sum P_i P_j``.

    Everybody next door would be 100 %. Pairs without a way count as not reached, so that a pair newly connected
    has a finite gain.
    """
    mass = np.where(same, 0.0, people[0][:, None] * people[1][None, :]).ravel()
    share = mass * (100 / mass.sum())
    before = base.ravel()

    def reach(pairs: Ints, times: Ints) -> Floats:
        return share[pairs] * np.where(times < 0, 0.0, np.exp(-beta * times / _MS))

    def worth(pairs: Ints, times: Ints) -> Floats:
        return reach(pairs, times) - reach(pairs, before[pairs])

    return Measure("accessibility", "% of people reached", "可达人口百分点", _MS, worth)


def savings(base: Ints, same: npt.NDArray[np.bool_], people: tuple[Floats, Floats], per_unit: int) -> Measure:
    """Mean saving of an impedance in its own unit (yuan per TEU for freight), origins weighing their people.

    Pairs without a way in the base weigh nothing.
    """
    weight = np.where(same | (base < 0), 0.0, people[0][:, None] * people[1][None, :]).ravel()
    weight = weight / weight.sum()
    before = base.ravel()

    def worth(pairs: Ints, times: Ints) -> Floats:
        return (before[pairs] - times) / per_unit * weight[pairs]

    return Measure("freight_cost", "CNY per TEU", "元/标箱", per_unit, worth)


def cluster_weights(layers: Layers, origins: Sequence[str], destinations: Sequence[str]) -> Floats:
    """Weight of each pair in the mean over clusters, and their readings, of the mean over pairs of members.

    Raises
    ------
    InputError
        If no cluster has two of the places as members.
    """
    found = np.zeros((len(origins), len(destinations)))
    row, column = ({place: at for at, place in enumerate(places)} for places in (origins, destinations))
    groups = 0
    for _, members in layers["cluster_members"].groupby(["cluster_id", "reading"], sort=True):
        ids = list(dict.fromkeys(members["member_id"]))
        pairs = [(row[a], column[b]) for a in ids for b in ids if a != b and a in row and b in column]
        groups += bool(pairs)
        for a, b in pairs:
            found[a, b] += 1 / len(pairs)
    if not groups:
        raise InputError("no cluster has two of these places as members; give towns or districts of clusters")
    return found / groups


def cohesion_gain(base: Ints, weights: Floats, posts: Sequence[float]) -> Measure:
    """Points of cohesion gained: minutes between members on goalposts, 0 to 100, averaged over clusters.

    It is the component ``between`` of `yrdgis.metrics.cohesion`, a sum over pairs; those to centres are not in it.

    Parameters
    ----------
    base : array of int64
        Milliseconds in the base.
    weights : array
        As `cluster_weights` gives them.
    posts : three of float
        Minutes that count 100, 50 and 0.
    """
    weight, before = weights.ravel(), base.ravel()

    def points(times: Ints) -> Floats:
        return score(np.where(times < 0, np.nan, times / _MS), posts)

    def worth(pairs: Ints, times: Ints) -> Floats:
        return (points(times) - points(before[pairs])) * weight[pairs]

    return Measure("cohesion", "points of cohesion", "同城化分值", _MS, worth)


MEASURES = ("minutes", "accessibility", "cohesion", "freight_cost")
"""Names of the measures."""
