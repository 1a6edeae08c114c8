"""Skims: least impedance between places, one row per pair."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from yrdgis.errors import InputError, UnknownNameError, all_at_once
from yrdgis.metrics.answers import Answer, answer_of, stops_of, ways_of
from yrdgis.network import Network, in_mode, rebuild
from yrdgis.network.impedance import IMPEDANCES, impedance_named
from yrdgis.network.model import CONFIDENCE

__all__ = ["EXTRA_COLUMNS", "FREIGHT_COLUMNS", "SKIM_COLUMNS", "check_places", "skim"]

SKIM_COLUMNS = (
    "from_id",
    "from_name",
    "from_name_zh",
    "to_id",
    "to_name",
    "to_name_zh",
    "time_min",
    "distance_km",
)
"""Columns of every skim, in this order."""

FREIGHT_COLUMNS = ("cost_cny_teu", "co2_kg_teu")
"""Columns that a skim in mode ``freight`` has besides: yuan and kilograms of CO2 for one TEU."""

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

Ints = npt.NDArray[np.int64]


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
        Node ids; destinations are the origins by default. In mode ``rail`` a city or
        district stands for the best of its stations.
    mode : str
        ``door`` (the best of driving and of access, rail or metro, and egress), ``drive``, ``rail`` (station
        to
        station), ``public``, ``freight`` (the chain of a box between a works and a port), or any other mode
        that the network's links have.
    impedance : {"total", "in_vehicle", "distance", "cost", "co2"}
        What is minimised, on its own. ``time_min`` and ``distance_km`` are those of the path that has the
        least of it:
        in-vehicle minutes for ``in_vehicle``, total minutes for all others.
    max_min : float, optional
        Pairs that take longer count as not connected.
    range_ : bool
        Whether to add ``time_low_min`` and ``time_high_min``: the same skim with every assumption at the end
        of its
        range that makes for the shortest and the longest times.
    extra : sequence of str
        More columns, of ``EXTRA_COLUMNS``.

    Returns
    -------
    pandas.DataFrame
        One row per pair, origins first; the columns of ``SKIM_COLUMNS``, for ``freight`` also those of
        ``FREIGHT_COLUMNS``. NaN where there is no way. ``attrs``
        holds
        ``mode``, ``impedance``, ``as_of``, ``label``, ``period``, ``forecast``, ``undated_share`` (of the
        kilometres
        used), ``confidence`` (the worst of all links used) and, for a city in mode ``rail``, its ``stations``
        used.

    Raises
    ------
    UnknownNameError
        If an id is no node of the network, naming all of them and the nearest ids.
    InputError
        If the mode, the impedance or an extra column is not known, or a place has no station in mode
        ``rail``.

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
    network = in_mode(network, mode)
    check_places(network, [*starts, *ends])
    _check_columns(extra)
    answer = answer_of(network, starts, ends, mode=mode, impedance=impedance)
    frame = _frame(network, starts, ends, answer, mode, extra)
    frame.attrs.update(_meta(network, starts, ends, answer, mode, impedance))
    if range_:
        frame = _with_range(frame, network, starts, ends, mode, impedance)
    if max_min is not None:
        far = frame["time_min"] > max_min
        numbers = [column for column in frame if pd.api.types.is_numeric_dtype(frame[column])]
        frame.loc[far, numbers] = np.nan
        frame.loc[far, [column for column in extra if column not in numbers]] = ""
    return frame


def check_places(network: Network, places: Sequence[str]) -> None:
    """Refuse ids that are no node of a network.

    Raises
    ------
    UnknownNameError
        Naming all of them, with the nearest ids.
    """
    problems = []
    for node in dict.fromkeys(places):
        if node not in network.nodes.index:
            near = get_close_matches(str(node), network.nodes.index, n=3, cutoff=0.6)
            problems.append(f"no node {node!r}" + (f"; nearest: {', '.join(near)}" if near else ""))
    if problems:
        raise UnknownNameError(all_at_once("places", problems))


def _check_columns(extra: Sequence[str]) -> None:
    strange = [column for column in extra if column not in EXTRA_COLUMNS]
    if strange:
        raise InputError(f"no column {', '.join(strange)}; a skim may also have {', '.join(EXTRA_COLUMNS)}")


def _frame(
    network: Network, starts: list[str], ends: list[str], answer: Answer, mode: str, extra: Sequence[str]
) -> pd.DataFrame:
    reached = answer.reached.ravel()
    names = network.nodes[["name", "name_zh"]]
    columns: dict[str, Any] = {}
    for end, ids, repeated in (("from", starts, False), ("to", ends, True)):
        at = names.reindex(ids)
        for column, values in (
            (f"{end}_id", np.array(ids, dtype=object)),
            (f"{end}_name", at["name"].to_numpy()),
            (f"{end}_name_zh", at["name_zh"].to_numpy()),
        ):
            columns[column] = np.tile(values, len(starts)) if repeated else np.repeat(values, len(ends))

    def outside(whole: Ints, per_unit: int) -> npt.NDArray[np.float64]:
        return np.where(reached, whole.ravel() / per_unit, np.nan)

    columns["time_min"] = outside(answer["time"], 60_000)
    columns["distance_km"] = outside(answer["length_km"], 1_000)
    if mode == "freight":
        for column in FREIGHT_COLUMNS:
            columns[column] = _amount(answer, column.removesuffix("_teu"))
    for column in extra:
        columns[column] = _extra(network, starts, ends, answer, mode, column, reached)
    return pd.DataFrame(columns)


def _extra(
    network: Network,
    starts: list[str],
    ends: list[str],
    answer: Answer,
    mode: str,
    column: str,
    reached: npt.NDArray[np.bool_],
) -> Any:
    def words(known: Sequence[str], at: Ints) -> Any:
        return np.where(reached, np.array(known, dtype=object)[at.ravel()], "")

    if column in ("cost_cny", "co2_kg"):
        return _amount(answer, column)
    if column == "legs":
        return np.where(reached, answer["legs"].ravel().astype(float), np.nan)
    if column == "undated_share":
        built = answer["built"].ravel()
        return np.where(reached & (built > 0), answer["undated"].ravel() / np.maximum(built, 1), np.nan)
    if column == "confidence":
        return words(CONFIDENCE, answer["worst"])
    if column == "by":
        return words(ways_of(mode), answer["way"])
    side, places = ("from_stop", starts) if column == "from_stop_id" else ("to_stop", ends)
    return words([stop for stops in stops_of(network, places, mode) for stop in stops], answer[side])


def _amount(answer: Answer, column: str) -> npt.NDArray[np.float64]:
    """Yuan or kilograms along each way."""
    per_unit = next(i.per_unit for i in IMPEDANCES.values() if i.column == column)
    return np.where(answer.reached, answer[column] / per_unit, np.nan).ravel()


def _meta(
    network: Network, starts: list[str], ends: list[str], answer: Answer, mode: str, impedance: str
) -> dict[str, Any]:
    reached, what = answer.reached, impedance_named(impedance)
    built = int(answer["built"][reached].sum())
    meta: dict[str, Any] = {
        "mode": mode,
        "impedance": what.name,
        "impedance_unit": what.unit,
        "as_of": network.as_of.isoformat() if network.as_of else None,
        "label": network.label,
        "period": network.attrs.get("period"),
        "forecast": bool(network.attrs.get("forecast", False)),
        "parameters": network.attrs.get("parameters", "value"),
        "undated_share": round(int(answer["undated"][reached].sum()) / built, 4) if built else None,
        "confidence": CONFIDENCE[int(answer["worst"][reached].max())] if reached.any() else None,
    }
    if mode == "rail":
        meta["stations"] = _stations_used(network, starts, ends, answer)
    elif mode in ("drive", "door"):
        meta["drive_minutes_validated"] = False
    return meta


def _stations_used(
    network: Network, starts: list[str], ends: list[str], answer: Answer
) -> dict[str, list[str]]:
    """For each city or district, the stations that are best for some pair."""
    used: dict[str, set[str]] = {}
    for side, places in (("from_stop", starts), ("to_stop", ends)):
        groups = stops_of(network, places, "rail")
        stops = [stop for group in groups for stop in group]
        for at, (place, group) in enumerate(zip(places, groups, strict=True)):
            if group != [place]:
                where = (at, slice(None)) if side == "from_stop" else (slice(None), at)
                chosen = answer[side][where][answer.reached[where]]
                used.setdefault(place, set()).update(stops[stop] for stop in np.unique(chosen))
    return {place: sorted(stations) for place, stations in used.items()}


def _with_range(
    frame: pd.DataFrame, network: Network, starts: list[str], ends: list[str], mode: str, impedance: str
) -> pd.DataFrame:
    out = frame.copy()
    for end in ("low", "high"):
        other = answer_of(rebuild(network, parameters=end), starts, ends, mode=mode, impedance=impedance)
        out[f"time_{end}_min"] = np.where(other.reached, other["time"] / 60_000, np.nan).ravel()
        if mode == "freight":
            out[f"cost_{end}_cny_teu"] = _amount(other, "cost_cny")
            out[f"co2_{end}_kg_teu"] = _amount(other, "co2_kg")
    out.attrs.update(range="all parameters at the low and the high end for travel times")
    return out
