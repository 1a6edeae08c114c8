"""The travel-time goals of plans as tests: value, met or not, on the day of a network, with their source."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from yrdgis.errors import InputError, UnknownNameError
from yrdgis.metrics.frames import layers_of, minutes
from yrdgis.network import Network, rebuild
from yrdgis.network.model import worst

__all__ = ["TARGET_COLUMNS", "VERDICTS", "judge", "targets"]

TARGET_COLUMNS = (
    "goal_id", "name", "name_zh", "document", "year", "mode", "impedance", "goal_min", "pairs", "pairs_met", "value_min",
    "value_low_min", "value_high_min", "worst_from_id", "worst_to_id", "verdict", "in_vehicle_min", "why",
    "source_public", "confidence",
)  # fmt: skip
"""Columns of `targets`."""

VERDICTS = ("met", "not met", "within the range", "not judged")
"""Met or not whatever the parameters within their ranges; or the range holds both; or the goal names no pairs."""


_TIMETABLE = "benchmark"


def judge(value: float, low: float, high: float, goal: float) -> str:
    """Whether minutes meet a goal of at most so many, given their range.

    Examples
    --------
    >>> judge(50, 45, 58, 60), judge(58, 50, 70, 60), judge(70, 65, 80, 60), judge(float("nan"), 1, 2, 60)
    ('met', 'within the range', 'not met', 'not met')
    """
    if np.isnan(value):
        return "not met"
    if high <= goal:
        return "met"
    return "not met" if low > goal or np.isnan(low) else "within the range"


def targets(
    network: Network, goals: Iterable[str] | None = None, *, range_: bool = True, **how: Any
) -> pd.DataFrame:
    """Every travel-time goal of the layer ``goals``, judged on the day of a network.

    Parameters
    ----------
    network : Network
        Built from layers.
    goals : iterable of str, optional
        Ids; all with travel times by default.
    range_ : bool
        Whether to work out the range with all parameters at their ends; without it ``value_low_min`` and
        ``value_high_min`` are the value.
    **how
        ``client``, ``block``, ``memory_mb`` and ``progress``, as for `yrdgis.metrics.frames.minutes`.

    Returns
    -------
    pandas.DataFrame
        Columns of `TARGET_COLUMNS`. ``value_min`` is that of the worst pair of origin and destination, which has to meet the
        goal (NaN: no way), in total minutes, or in those of the train where the goal is a published timetable
        (``impedance``); ``in_vehicle_min`` the same pair without access and waiting, which goals often mean but seldom
        say. A zone stands for its members. A goal that names no pairs is "not judged"; ``why`` tells.
        ``confidence`` is the worse of the goal's and the network's.

    Raises
    ------
    UnknownNameError
        If there is no such goal.
    InputError
        If the network was not built from layers, or these have no goals.

    Examples
    --------
    >>> import yrdgis as yg
    >>> now = yg.load().network("today").network
    >>> targets(now, ["goal:sixty-minutes"], range_=False)["verdict"].tolist()
    ['not judged']
    """
    layers = layers_of(network, what="targets")
    rows = layers.get("goals")
    if rows is None or not len(rows):
        raise InputError("these layers have no goals")
    rows = rows[rows["measure"] == "travel_time"]
    if goals is not None:
        wanted = list(dict.fromkeys(goals))
        lost = sorted(set(wanted) - set(rows["goal_id"]))
        if lost:
            raise UnknownNameError(
                f"no travel-time goal {', '.join(lost)}; there are {', '.join(rows['goal_id'])}"
            )
        rows = rows[rows["goal_id"].isin(wanted)]
    ends = [rebuild(network, parameters=end) for end in ("low", "high")] if range_ else []
    out = pd.DataFrame(
        [_row(goal, network, ends, layers, how) for goal in rows.to_dict("records")],
        columns=list(TARGET_COLUMNS),
    )
    out.attrs.update(
        as_of=network.as_of.isoformat() if network.as_of else None,
        label=network.label,
        forecast=bool(network.attrs.get("forecast", False)),
        confidence=worst(out["confidence"]),
        undated_share=round(network.undated_share, 4),
        range="all parameters at the low and the high end for travel times" if range_ else "not worked out",
    )
    return out


def _row(
    goal: dict[Any, Any], network: Network, ends: list[Network], layers: Any, how: dict[str, Any]
) -> dict[str, Any]:
    origins, destinations = (_places(goal[side], layers) for side in ("from_ids", "to_ids"))
    mode = str(goal["mode"] or "door")
    made = {
        "goal_id": goal["goal_id"],
        "name": goal["name"],
        "name_zh": goal["name_zh"],
        "document": goal["document"],
        "year": goal["year"],
        "mode": mode,
        "impedance": "in_vehicle" if goal["document"] == _TIMETABLE else "total",
        "goal_min": float(goal["value"]),
        "source_public": goal["source_public"],
        "confidence": worst([str(goal["confidence"]), network.confidence]),
    }
    blank = {"pairs": 0, "pairs_met": 0, "verdict": "not judged", "worst_from_id": "", "worst_to_id": ""}
    lost = [place for place in [*origins, *destinations] if place not in network.nodes.index]
    if not origins or not destinations:
        return {**made, **blank, "why": "the goal names no pairs of places"}
    if lost:
        return {**made, **blank, "why": f"not in the network: {', '.join(lost)}"}
    impedance = made["impedance"]
    tables = [
        minutes(n, origins, destinations, mode=mode, impedance=impedance, **how) for n in (network, *ends)
    ]
    value = tables[0]
    at = np.unravel_index(int(np.where(np.isnan(value), np.inf, value).argmax()), value.shape)
    spread = [_worst_of(table) for table in tables]
    low, high = (np.nan, np.nan) if np.isnan(spread).any() else (min(spread), max(spread))
    seated = minutes(network, [origins[at[0]]], [destinations[at[1]]], mode=mode, impedance="in_vehicle")
    return {
        **made,
        "pairs": value.size,
        "pairs_met": int((value <= made["goal_min"]).sum()),
        "value_min": float(value[at]),
        "value_low_min": low,
        "value_high_min": high,
        "worst_from_id": origins[at[0]],
        "worst_to_id": destinations[at[1]],
        "verdict": judge(float(value[at]), low, high, made["goal_min"]),
        "in_vehicle_min": float(seated[0, 0]),
        "why": "",
    }


def _worst_of(table: np.ndarray) -> float:
    return float("nan") if np.isnan(table).any() else float(table.max())


def _places(ids: Any, layers: Any) -> list[str]:
    """Places that a list of ids means; a zone or cluster is its members."""
    listed = [] if ids is None else ([p for p in ids.split(";") if p] if isinstance(ids, str) else list(ids))
    members = layers.get("cluster_members")
    found: list[str] = []
    for place in listed:
        own = [] if members is None else list(members.loc[members["cluster_id"] == place, "member_id"])
        found += own or [str(place)]
    return list(dict.fromkeys(found))
