"""Answers for pairs of places, as whole numbers: the least over the ways of a mode and the stops of a
place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
import numpy.typing as npt
import pandas as pd

from yrdgis.errors import InputError, all_at_once
from yrdgis.metrics.trees import Along, blocks
from yrdgis.network import Network
from yrdgis.network.impedance import PLACE_KINDS, Graph, compile_graph, units
from yrdgis.network.model import CONFIDENCE, INFRASTRUCTURE_KINDS

__all__ = ["Answer", "answer_of", "stops_of", "ways_of"]

Ints = npt.NDArray[np.int64]

_WAYS = {"door": ("drive", "public")}


def ways_of(mode: str) -> tuple[str, ...]:
    """Ways that a mode chooses among: ``door`` drives or goes by access, rail or metro, and egress."""
    return _WAYS.get(mode, (mode,))


@dataclass(frozen=True)
class Answer:
    """Whole numbers for each pair, origins by destinations.

    ``value`` is what was minimised (-1: no way), ``legs`` how many, ``way`` which of the mode's ways,
    ``from_stop`` and
    ``to_stop`` the stops among those of all places in a row; sums along the path are ``time`` (ms),
    ``length_km`` (m),
    ``cost_cny`` (fen), ``co2_kg`` (g), ``built`` and ``undated`` (m); ``worst`` is the rank of its
    confidence.
    """

    arrays: Mapping[str, Ints]

    def __getitem__(self, name: str) -> Ints:
        return self.arrays[name]

    @property
    def reached(self) -> npt.NDArray[np.bool_]:
        """Pairs with a way."""
        return self.arrays["value"] >= 0

    def better(self, other: Answer) -> Answer:
        """The least of two, pair by pair; fewer legs where they are equal, else this one."""
        mine, its = self["value"], other["value"]
        fewer = (its == mine) & (other["legs"] < self["legs"])
        use = (its >= 0) & ((mine < 0) | (its < mine) | fewer)
        return Answer({name: np.where(use, other[name], array) for name, array in self.arrays.items()})

    def best_of_groups(self, sizes: Sequence[int], axis: int) -> Answer:
        """Best row (axis 0) or column (axis 1) of each group of neighbours."""
        if all(size == 1 for size in sizes):
            return self
        bounds = np.cumsum([0, *sizes])
        groups = [
            reduce(Answer.better, (self._slice(at, axis) for at in range(first, last)))
            for first, last in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)
        ]
        names = self.arrays.keys()
        return Answer({name: np.concatenate([group[name] for group in groups], axis=axis) for name in names})

    def _slice(self, at: int, axis: int) -> Answer:
        return Answer({name: np.take(array, [at], axis=axis) for name, array in self.arrays.items()})


def answer_of(
    network: Network,
    origins: Sequence[str],
    destinations: Sequence[str],
    *,
    mode: str,
    impedance: str,
    flags: Mapping[str, Ints] | None = None,
    sums: Mapping[str, Ints] | None = None,
) -> Answer:
    """Least impedance of each pair over the ways of a mode, the first way where two are equal in all.

    Parameters
    ----------
    network : Network
    origins, destinations : sequence of str
        Node ids.
    mode, impedance : str
        As for `yrdgis.metrics.skim.skim`.
    flags : mapping of arrays, optional
        Bits per link of the network, joined by "or" along each path.
    sums : mapping of arrays, optional
        Whole numbers per link, added along each path.
    """
    return reduce(
        Answer.better,
        (
            _one_way(network, origins, destinations, way, number, impedance, flags or {}, sums or {})
            for number, way in enumerate(ways_of(mode))
        ),
    )


def stops_of(network: Network, places: Sequence[str], way: str) -> list[list[str]]:
    """Where a place begins in a mode: itself, or in mode ``rail`` the stations of a city or district where
    trains call.

    Raises
    ------
    InputError
        If a place in mode ``rail`` is neither a station nor a city or district.
    """
    if way != "rail":
        return [[place] for place in places]
    nodes = network.nodes
    called = set(network.links.loc[network.links["mode"] == "rail", "from_node_id"])
    stations = nodes[nodes["kind"].eq("station") & nodes.index.isin(called)]
    found, problems = [], []
    for place in places:
        kind = nodes.at[place, "kind"]
        own = [place] if kind not in PLACE_KINDS else []
        if kind in ("city", "district") and f"{kind}_id" in stations:
            own = list(stations.index[stations[f"{kind}_id"] == place]) or [place]
        if not own:
            problems.append(
                f"{place} is no station. Mode rail takes stations, cities and districts; mode door any place"
            )
        found.append(own)
    if problems:
        raise InputError(all_at_once("mode rail", problems))
    return found


def _one_way(
    network: Network,
    origins: Sequence[str],
    destinations: Sequence[str],
    way: str,
    number: int,
    impedance: str,
    flags: Mapping[str, Ints],
    sums: Mapping[str, Ints],
) -> Answer:
    graph = compile_graph(network, mode=way, impedance=impedance)
    from_stops, to_stops = (stops_of(network, places, way) for places in (origins, destinations))
    starts, ends = ([stop for stops in groups for stop in stops] for groups in (from_stops, to_stops))
    along = _along(graph) | {name: Along(bits, "or") for name, bits in flags.items()}
    along |= {name: Along(numbers) for name, numbers in sums.items()}
    shape = (len(starts), len(ends))
    arrays = {name: np.zeros(shape, dtype=np.int64) for name in ("value", "legs", *along)}
    for block in blocks(graph, starts, ends, along=along):
        for name, values in {"value": block.value, "legs": block.legs, **block.along}.items():
            arrays[name][block.rows] = values
    rows, columns = np.indices(shape)
    full = Answer({**arrays, "way": np.full(shape, number), "from_stop": rows, "to_stop": columns})
    by_origin = full.best_of_groups([len(stops) for stops in from_stops], axis=0)
    return by_origin.best_of_groups([len(stops) for stops in to_stops], axis=1)


def _along(graph: Graph) -> dict[str, Along]:
    time = "in_vehicle_min" if graph.impedance.name == "in_vehicle" else "total_min"
    links = graph.network.links
    return dict(graph.network.kept(("along", time), lambda: _along_links(links, time)))


def _along_links(links: pd.DataFrame, time: str) -> dict[str, Along]:
    built = links["kind"].isin(INFRASTRUCTURE_KINDS).to_numpy()
    metres = units(links, "length_km")
    return {
        "time": Along(units(links, time)),
        "length_km": Along(metres),
        "cost_cny": Along(units(links, "cost_cny")),
        "co2_kg": Along(units(links, "co2_kg")),
        "built": Along(np.where(built, metres, 0)),
        "undated": Along(np.where(built & ~links["dated"].to_numpy(), metres, 0)),
        "worst": Along(links["confidence"].map(CONFIDENCE.index).to_numpy(np.int64), "max"),
    }
