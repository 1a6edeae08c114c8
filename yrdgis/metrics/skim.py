"""Skims: least impedance between places, one row per pair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from yrdgis.errors import InputError, UnknownNameError, all_at_once
from yrdgis.metrics.trees import Block, blocks
from yrdgis.network import Network, rebuild
from yrdgis.network.impedance import IMPEDANCES, Graph, compile_graph, impedance_named, units
from yrdgis.network.model import CONFIDENCE, INFRASTRUCTURE_KINDS

__all__ = ["EXTRA_COLUMNS", "SKIM_COLUMNS", "skim"]

SKIM_COLUMNS = ("from_id", "from_name", "from_name_zh", "to_id", "to_name", "to_name_zh", "time_min", "distance_km")
"""Columns of every skim, in this order."""

EXTRA_COLUMNS = (
    "cost_cny",
    "co2_kg",
    "legs",
    "by",
    "from_stop_id",
    "to_stop_id",
    "confidence",
    "undated_share",
)
"""Columns that a skim has when asked: what else lies along the path, by which way, and how sure it is."""

_WAYS = {"door": ("drive", "public")}
_ALONG = ("time", "length_km", "cost_cny", "co2_kg", "built", "undated")
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class _Answer:
    """Whole numbers per pair: what was minimised (-1: no way), legs, sums along the path, which way and stops."""

    value: Ints
    legs: Ints
    sums: dict[str, Ints]
    worst: Ints
    way: Ints
    stops: tuple[Ints, Ints]


def skim(
    network: Network,
    origins: Sequence[str],
    destinations: Sequence[str] | None = None,
    *,
    mode: str = "door",
    impedance: str = "total",
    max_min: float | None = None,
    range_: bool = False,
    extra: Sequence[str] = (),
) -> pd.DataFrame:
    """Least impedance between places, and the way there.

    Parameters
    ----------
    network : Network
    origins, destinations : sequence of str
        Node ids; destinations are the origins by default. In mode ``rail`` a city stands for the best of its stations.
    mode : str
        ``door`` (the best of driving and of access, rail or metro, and egress), ``drive``, ``rail`` (station to
        station), ``public``, or any other mode that the network's links have.
    impedance : {"total", "in_vehicle", "distance", "cost", "co2"}
        What is minimised, on its own. ``time_min`` and ``distance_km`` are those of the path that has the least of it:
        in-vehicle minutes for ``in_vehicle``, total minutes for all others.
    max_min : float, optional
        Pairs that take longer count as not connected.
    range_ : bool
        Whether to add ``time_low_min`` and ``time_high_min``: the same skim with every assumption at the end of its
        range that makes for the shortest and the longest times.
    extra : sequence of str
        More columns, of ``EXTRA_COLUMNS``.

    Returns
    -------
    pandas.DataFrame
        One row per pair, origins first; the columns of ``SKIM_COLUMNS``. NaN where there is no way. ``attrs`` holds
        ``mode``, ``impedance``, ``as_of``, ``label``, ``period``, ``forecast``, ``undated_share`` (of the kilometres
        used), ``confidence`` (the worst of all links used) and, for a city in mode ``rail``, its ``stations`` used.

    Raises
    ------
    UnknownNameError
        If an id is no node of the network, naming all of them and the nearest ids.
    InputError
        If the mode, the impedance or an extra column is not known, or a place has no station in mode ``rail``.

    Examples
    --------
    >>> links = pd.DataFrame(
    ...     {"from_node_id": ["a", "b"], "to_node_id": ["b", "c"], "mode": "drive", "total_min": [10.0, 5.0],
    ...      "length_km": [8.0, 4.0]}, index=["ab", "bc"])
    >>> frame = skim(Network(pd.DataFrame(index=["a", "b", "c"]), links), ["a"], ["c"], mode="drive")
    >>> frame[["from_id", "to_id", "time_min", "distance_km"]]
      from_id to_id  time_min  distance_km
    0       a     c      15.0         12.0
    """
    starts = list(dict.fromkeys(origins))
    ends = starts if destinations is None else list(dict.fromkeys(destinations))
    _check(network, starts, ends, extra)
    answer = _answer(network, starts, ends, mode, impedance)
    frame = _frame(network, starts, ends, answer, mode, extra)
    if max_min is not None:
        far = frame["time_min"] > max_min
        frame.loc[far, [c for c in frame.columns if frame[c].dtype == float]] = np.nan
    frame.attrs = _meta(network, starts, ends, answer, mode, impedance)
    return _with_range(frame, network, starts, ends, mode, impedance) if range_ else frame


def _check(network: Network, starts: list[str], ends: list[str], extra: Sequence[str]) -> None:
    unknown = [node for node in dict.fromkeys([*starts, *ends]) if node not in network.nodes.index]
    if unknown:
        problems = []
        for node in unknown:
            near = get_close_matches(node, network.nodes.index, n=3, cutoff=0.6)
            problems.append(f"no node {node!r}" + (f"; nearest: {', '.join(near)}" if near else ""))
        raise UnknownNameError(all_at_once("places", problems))
    strange = [column for column in extra if column not in EXTRA_COLUMNS]
    if strange:
        raise InputError(f"no column {', '.join(strange)}; a skim may also have {', '.join(EXTRA_COLUMNS)}")


def _answer(network: Network, starts: list[str], ends: list[str], mode: str, impedance: str) -> _Answer:
    """Best over the ways of a mode; the first way where two are equal in all."""
    best: _Answer | None = None
    for number, way in enumerate(_WAYS.get(mode, (mode,))):
        one = _one_way(network, starts, ends, way, impedance, number)
        best = one if best is None else _better(best, one)
    assert best is not None
    return best


def _one_way(network: Network, starts: list[str], ends: list[str], way: str, impedance: str, number: int) -> _Answer:
    graph = compile_graph(network, mode=way, impedance=impedance)
    from_stops, to_stops = (stops_of(network, places, way) for places in (starts, ends))
    along, rank = _along(graph)
    o_ids, d_ids = ([stop for stops in lists for stop in stops] for lists in (from_stops, to_stops))
    shape = (len(o_ids), len(d_ids))
    value, legs, worst = (np.full(shape, -1), np.full(shape, -1), np.zeros(shape, dtype=np.int64))
    sums = {name: np.zeros(shape, dtype=np.int64) for name in along}
    for block in blocks(graph, o_ids, d_ids, along=along, rank=rank):
        _fill(block, value, legs, worst, sums)
    full = _Answer(value, legs, sums, worst, np.full(shape, number), (np.indices(shape)[0], np.indices(shape)[1]))
    return _reduced(_reduced(full, from_stops, axis=0), to_stops, axis=1)


def _fill(block: Block, value: Ints, legs: Ints, worst: Ints, sums: dict[str, Ints]) -> None:
    value[block.rows], legs[block.rows], worst[block.rows] = block.value, block.legs, block.worst
    for name, table in block.sums.items():
        sums[name][block.rows] = table


def stops_of(network: Network, places: Sequence[str], way: str) -> list[list[str]]:
    """Where a place begins in a mode: itself, or in mode ``rail`` the stations of a city at which trains call.

    Raises
    ------
    InputError
        If a place in mode ``rail`` is neither a station nor a city with one.
    """
    if way != "rail":
        return [[place] for place in places]
    nodes = network.nodes
    called = set(network.links.loc[network.links["mode"] == "rail", "from_node_id"])
    city = nodes["city_id"] if "city_id" in nodes else pd.Series("", index=nodes.index)
    stations = nodes.index[nodes["kind"].eq("station") & nodes.index.isin(called)]
    found, problems = [], []
    for place in places:
        kind = nodes.at[place, "kind"]
        own = [place] if kind not in ("city", "district", "town", "destination", "airport", "port", "point") else []
        if kind == "city":
            own = list(stations[(city[stations] == place).to_numpy()])
            own = own or [place]
        if not own:
            problems.append(f"{place} is no station. Mode rail takes stations and cities; mode door takes any place")
        found.append(own)
    if problems:
        raise InputError(all_at_once("mode rail", problems))
    return found


def _along(graph: Graph) -> tuple[dict[str, Ints], Ints]:
    """What is summed along a path, per link of the network, and the rank of its confidence."""
    links = graph.network.links
    built = links["kind"].isin(INFRASTRUCTURE_KINDS).to_numpy()
    metres = units(links, "length_km")
    time = "in_vehicle_min" if graph.impedance.name == "in_vehicle" else "total_min"
    along = {column: units(links, column) for column in ("length_km", "cost_cny", "co2_kg")}
    along["time"] = units(links, time)
    along["built"] = np.where(built, metres, 0)
    along["undated"] = np.where(built & ~links["dated"].to_numpy(), metres, 0)
    rank = links["confidence"].map(CONFIDENCE.index).to_numpy(np.int64)
    return along, rank


def _reduced(answer: _Answer, groups: list[list[str]], axis: int) -> _Answer:
    """Best row (or column) of each group of stops."""
    if all(len(group) == 1 for group in groups):
        return answer
    bounds = np.cumsum([0, *(len(group) for group in groups)])
    parts = []
    for first, last in zip(bounds[:-1], bounds[1:], strict=True):
        best = _taken(answer, int(first), axis)
        for at in range(int(first) + 1, int(last)):
            best = _better(best, _taken(answer, at, axis))
        parts.append(best)
    def join(arrays: list[Ints]) -> Ints:
        return np.concatenate(arrays, axis=axis)

    return _Answer(
        join([p.value for p in parts]),
        join([p.legs for p in parts]),
        {name: join([p.sums[name] for p in parts]) for name in answer.sums},
        join([p.worst for p in parts]),
        join([p.way for p in parts]),
        (join([p.stops[0] for p in parts]), join([p.stops[1] for p in parts])),
    )


def _taken(answer: _Answer, at: int, axis: int) -> _Answer:
    def take(array: Ints) -> Ints:
        return np.take(array, [at], axis=axis)

    return _Answer(
        take(answer.value),
        take(answer.legs),
        {name: take(array) for name, array in answer.sums.items()},
        take(answer.worst),
        take(answer.way),
        (take(answer.stops[0]), take(answer.stops[1])),
    )


def _better(a: _Answer, b: _Answer) -> _Answer:
    """The least of two, pair by pair; fewer legs where they are equal, else the first."""
    use = (b.value >= 0) & ((a.value < 0) | (b.value < a.value) | ((b.value == a.value) & (b.legs < a.legs)))

    def pick(first: Ints, second: Ints) -> Ints:
        return np.where(use, second, first)

    return _Answer(
        pick(a.value, b.value),
        pick(a.legs, b.legs),
        {name: pick(a.sums[name], b.sums[name]) for name in a.sums},
        pick(a.worst, b.worst),
        pick(a.way, b.way),
        (pick(a.stops[0], b.stops[0]), pick(a.stops[1], b.stops[1])),
    )


def _frame(
    network: Network, starts: list[str], ends: list[str], answer: _Answer, mode: str, extra: Sequence[str]
) -> pd.DataFrame:
    reached = answer.value.ravel() >= 0
    names = network.nodes[["name", "name_zh"]]
    columns: dict[str, Any] = {}
    for end, ids, repeated in (("from", starts, False), ("to", ends, True)):
        at = names.reindex(ids)
        for column, values in ((f"{end}_id", np.array(ids, dtype=object)), (f"{end}_name", at["name"].to_numpy()),
                               (f"{end}_name_zh", at["name_zh"].to_numpy())):
            columns[column] = np.tile(values, len(starts)) if repeated else np.repeat(values, len(ends))

    def outside(whole: Ints, per_unit: int) -> npt.NDArray[np.float64]:
        return np.where(reached, whole.ravel() / per_unit, np.nan)

    columns["time_min"] = outside(answer.sums["time"], 60_000)
    columns["distance_km"] = outside(answer.sums["length_km"], 1_000)
    for column in extra:
        columns[column] = _extra(network, starts, ends, answer, mode, column, reached)
    return pd.DataFrame(columns)


def _extra(
    network: Network,
    starts: list[str],
    ends: list[str],
    answer: _Answer,
    mode: str,
    column: str,
    reached: npt.NDArray[np.bool_],
) -> Any:
    if column in ("cost_cny", "co2_kg"):
        per_unit = next(i.per_unit for i in IMPEDANCES.values() if i.column == column)
        return np.where(reached, answer.sums[column].ravel() / per_unit, np.nan)
    if column == "legs":
        return np.where(reached, answer.legs.ravel(), np.nan)
    if column == "undated_share":
        built = answer.sums["built"].ravel()
        share = answer.sums["undated"].ravel() / np.maximum(built, 1)
        return np.where(reached & (built > 0), share, np.nan)
    if column == "confidence":
        return np.where(reached, np.array(CONFIDENCE, dtype=object)[answer.worst.ravel()], "")
    if column == "by":
        return np.where(reached, np.array(_WAYS.get(mode, (mode,)), dtype=object)[answer.way.ravel()], "")
    side, places = (0, starts) if column == "from_stop_id" else (1, ends)
    stops = [stop for stops in stops_of(network, places, mode) for stop in stops]
    return np.where(reached, np.array(stops, dtype=object)[answer.stops[side].ravel()], "")


def _meta(
    network: Network, starts: list[str], ends: list[str], answer: _Answer, mode: str, impedance: str
) -> dict[str, Any]:
    reached = answer.value >= 0
    built = int(answer.sums["built"][reached].sum())
    what = impedance_named(impedance)
    meta: dict[str, Any] = {
        "mode": mode,
        "impedance": what.name,
        "impedance_unit": what.unit,
        "as_of": network.as_of.isoformat() if network.as_of else None,
        "label": network.label,
        "period": network.attrs.get("period"),
        "forecast": bool(network.attrs.get("forecast", False)),
        "parameters": network.attrs.get("parameters", "value"),
        "undated_share": round(int(answer.sums["undated"][reached].sum()) / built, 4) if built else None,
        "confidence": CONFIDENCE[int(answer.worst[reached].max())] if reached.any() else None,
        "drive_minutes_validated": False,
    }
    if mode == "rail":
        meta["stations"] = _stations_used(network, starts, ends, answer)
        meta.pop("drive_minutes_validated")
    return meta


def _stations_used(network: Network, starts: list[str], ends: list[str], answer: _Answer) -> dict[str, list[str]]:
    """For each city, the stations that are best for some pair."""
    used: dict[str, set[str]] = {}
    for side, places in ((0, starts), (1, ends)):
        stops = [stop for stops in stops_of(network, places, "rail") for stop in stops]
        for at, place in enumerate(places):
            if network.nodes.at[place, "kind"] == "city":
                row = (at, slice(None)) if side == 0 else (slice(None), at)
                chosen = answer.stops[side][row][answer.value[row] >= 0]
                used.setdefault(place, set()).update(stops[stop] for stop in np.unique(chosen))
    return {place: sorted(stations) for place, stations in used.items()}


def _with_range(
    frame: pd.DataFrame, network: Network, starts: list[str], ends: list[str], mode: str, impedance: str
) -> pd.DataFrame:
    out = frame.copy()
    for end in ("low", "high"):
        other = _answer(rebuild(network, parameters=end), starts, ends, mode, impedance)
        times = np.where(other.value >= 0, other.sums["time"] / 60_000, np.nan).ravel()
        out[f"time_{end}_min"] = np.where(frame["time_min"].notna(), times, np.nan)
    out.attrs = {**frame.attrs, "range": "parameters at the ends of their ranges"}
    return out
