"""What a game found, as tables: worth of each project, shares of places, pairs, and what it rests on."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from yrdgis.scenarios.coalitions import SetTimes
from yrdgis.scenarios.gains import Gains
from yrdgis.scenarios.reasons import reason_words
from yrdgis.scenarios.value_task import Task
from yrdgis.scenarios.worth import people_of

__all__ = ["VALUE_COLUMNS", "Part", "told"]

VALUE_COLUMNS = (
    "game",
    "project_id",
    "name",
    "name_zh",
    "mode",
    "status",
    "worth",
    "share",
    "put_in",
    "take_out",
    "shapley",
    "standard_error",
    "worth_low",
    "worth_high",
    "pairs",
    "newly_connected",
    "most_saved",
    "reason_code",
    "reason",
    "reason_zh",
)
"""Columns of the table of values; one row per project (and game, where projects exclude each other)."""


_ON = {"drive": ("road",), "public": ("rail",), "rail": ("rail",)}


@dataclass(frozen=True)
class Part:
    """Tables of one game."""

    frame: pd.DataFrame
    shares: pd.DataFrame
    pairs: pd.DataFrame
    meta: dict[str, Any]


def told(task: Task, name: str, times: SetTimes, known: Mapping[str, Gains]) -> Part:
    """The tables of a game, from the gains at each end of the parameters; the first key is that at the values."""
    first = known["value/value"]
    table = task.layers["projects"].set_index("project_id", drop=False)
    number = {project: at for at, project in enumerate(task.players)}
    worths = {key: gains.worth(task.method).sum(axis=1) for key, gains in known.items()}
    shown = [p for p in dict.fromkeys([*task.asked, *task.pulled_in]) if p in number or not _rival(p, task)]
    rows = []
    for project in shown:
        at = number.get(project)
        why = task.silent.get(project) or _why_nothing(task, times, first, project, at)
        spread = [] if at is None else [float(worth[at]) for worth in worths.values()]
        worth = spread[0] if spread else 0.0
        rows.append(
            {
                "game": name,
                **{c: table.at[project, c] for c in ("project_id", "name", "name_zh", "mode", "status")},
                "worth": worth,
                "share": worth / first.joint if first.joint else math.nan,
                "put_in": 0.0 if at is None else float(first.put_in[at].sum()),
                "take_out": 0.0 if at is None else float(first.take_out[at].sum()),
                "shapley": 0.0 if at is None else float(first.shapley[at].sum()),
                "standard_error": 0.0 if at is None else float(first.errors[at]),
                "worth_low": min(spread, default=0.0) if len(worths) > 1 or not spread else math.nan,
                "worth_high": max(spread, default=0.0) if len(worths) > 1 or not spread else math.nan,
                "pairs": 0 if at is None else int(first.pairs[at]),
                "newly_connected": 0 if at is None else int(first.connected[at]),
                "most_saved": 0.0 if at is None else float(first.most[at]),
                **dict(zip(("reason_code", "reason", "reason_zh"), why, strict=True)),
            }
        )
    frame = pd.DataFrame(rows, columns=list(VALUE_COLUMNS))
    frame = frame.sort_values(["worth", "project_id"], ascending=[False, True], ignore_index=True)
    return Part(frame, _shares(task, name, first), _pairs(task, name, first), _meta(task, name, times, first))


def _rival(project: str, task: Task) -> bool:
    """Whether a project is out of this game because it excludes one that is in it."""
    return any(project in pair for pair in task.conflicts)


def _why_nothing(
    task: Task, times: SetTimes, gains: Gains, project: str, at: int | None
) -> tuple[str, str, str]:
    needs = [other for other in task.requires.get(project, ()) if other not in task.players]
    if needs:
        return ("requires", *reason_words("requires", needs=", ".join(needs)))
    nearer = "no cheaper way" if task.mode == "freight" else "no faster way"
    kind = task.layers["projects"].set_index("project_id").at[project, "mode"]
    if at is None or project not in times.acting:
        if kind not in _ON.get(task.mode, (kind,)):
            return ("mode", *reason_words("mode", mode=task.mode))
        code = "no train" if kind == "rail" and task.mode != "freight" else nearer
        return (code, *reason_words(code))
    if not ((times.mattering >> at) & 1).any() or (gains.orders == 0 and not gains.pairs[at]):
        return (nearer, *reason_words(nearer))
    if not any(float(np.abs(part[at]).sum()) for part in (gains.put_in, gains.take_out, gains.shapley)):
        return ("no weight", *reason_words("no weight"))
    least = task.layers.parameter("resolution.min_change_min")
    if task.mode != "freight" and not gains.connected[at] and abs(gains.most[at]) < least:
        return ("below", *reason_words("below", most=gains.most[at], least=least))
    return ("", *reason_words(""))


def _shares(task: Task, name: str, gains: Gains) -> pd.DataFrame:
    places = task.base.nodes.reindex(list(task.origins))
    cities = places["city_id"].to_numpy() if "city_id" in places else np.full(len(places), "")
    shape = (len(task.players), len(places))
    return pd.DataFrame(
        {
            "game": name,
            "project_id": np.repeat(np.array(task.players, dtype=object), shape[1]),
            "place_id": np.tile(places.index.to_numpy(object), shape[0]),
            "place_name": np.tile(places["name"].to_numpy(object), shape[0]),
            "place_name_zh": np.tile(places["name_zh"].to_numpy(object), shape[0]),
            "city_id": np.tile(cities, shape[0]),
            "worth": gains.worth("shapley").ravel(),
        }
    )


def _pairs(task: Task, name: str, gains: Gains) -> pd.DataFrame:
    columns = ["game", "project_id", "other_id", "name_zh", "other_name_zh", "interaction"]
    names = task.layers["projects"].set_index("project_id")["name_zh"]
    if gains.interaction is None:
        return pd.DataFrame(columns=columns).astype({"interaction": float})
    rows = [
        (name, a, b, names[a], names[b], float(gains.interaction[i, j]))
        for i, a in enumerate(task.players)
        for j, b in enumerate(task.players)
        if i < j and gains.interaction[i, j] != 0
    ]
    found = pd.DataFrame(rows, columns=columns).astype({"interaction": float})
    return found.sort_values("interaction", key=abs, ascending=False, ignore_index=True)


def _meta(task: Task, name: str, times: SetTimes, gains: Gains) -> dict[str, Any]:
    people = None if task.measure == "cohesion" else int(people_of(task.layers, task.origins).sum())
    return {
        "measure": gains.measure.name,
        "unit": gains.measure.unit,
        "unit_zh": gains.measure.unit_zh,
        "method": task.method,
        "exact": gains.orders == 0,
        "orders": gains.orders,
        "computed_by": times.exact_form,
        "mode": task.mode,
        "joint": {name: gains.joint},
        "people": people,
        "places": len(task.origins),
        "pairs_without_way": int((times.base < 0).sum()),
        "base": task.base.label,
        "as_of": task.base.as_of.isoformat() if task.base.as_of else None,
        "beta_per_min": task.layers.parameter("value.beta_per_min"),
        "pulled_in": list(task.pulled_in),
        "most_projects_for_one_pair": times.size()[0],
        "confidence": task.base.confidence,
    }
