"""The rows of a skim for some origins, and what all of its figures rest on.

A skim is the same whether it is asked for at once or in blocks of origins: rows follow the origins, and the facts
of blocks are sums, worst cases and sets, which add up exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from yrdgis.errors import InputError
from yrdgis.metrics.answers import Answer, answer_of, stops_of, ways_of
from yrdgis.network import Network
from yrdgis.network.impedance import IMPEDANCES, impedance_named
from yrdgis.network.model import CONFIDENCE

__all__ = ["ENDS", "EXTRA_COLUMNS", "FREIGHT_COLUMNS", "RANGE_TOLD", "Ask", "meta_of", "rows_of"]

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

ENDS = ("low", "high")
"""Ends of all parameters at which a skim with a range is worked out again."""

RANGE_TOLD = "all parameters at the low and the high end for travel times"
"""How a range comes about, in words."""

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Ask:
    """What a skim is asked for, besides its places.

    Raises
    ------
    InputError
        If an extra column or the impedance is not known.
    """

    mode: str = "door"
    impedance: str = "total"
    max_min: float | None = None
    range_: bool = False
    extra: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        impedance_named(self.impedance)
        strange = [column for column in self.extra if column not in EXTRA_COLUMNS]
        if strange:
            raise InputError(
                f"no column {', '.join(strange)}; a skim may also have {', '.join(EXTRA_COLUMNS)}"
            )

    @property
    def networks(self) -> tuple[str, ...]:
        """Names of the networks that it takes: ``value``, and both ends of the parameters for a range."""
        return ("value", *ENDS) if self.range_ else ("value",)


def rows_of(
    networks: Mapping[str, Network],
    starts: Sequence[str],
    ends: Sequence[str],
    ask: Ask,
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Rows of a skim for some origins, and the facts that `meta_of` puts together.

    Parameters
    ----------
    networks : mapping of Network
        Those that `Ask.networks` names.
    starts, ends : sequence of str
        Node ids, each once.
    ask : Ask
    """
    network = networks["value"]
    answer = answer_of(network, starts, ends, mode=ask.mode, impedance=ask.impedance)
    frame = _frame(network, starts, ends, answer, ask)
    for end in ask.networks[1:]:
        _add_end(
            frame,
            end,
            answer_of(networks[end], starts, ends, mode=ask.mode, impedance=ask.impedance),
            ask.mode,
        )
    if ask.max_min is not None:
        far = frame["time_min"] > ask.max_min
        numbers = [column for column in frame if pd.api.types.is_numeric_dtype(frame[column])]
        frame.loc[far, numbers] = np.nan
        frame.loc[far, [column for column in ask.extra if column not in numbers]] = ""
    return frame, _facts(network, starts, ends, answer, ask.mode)


def meta_of(
    network: Network, facts: Iterable[Mapping[str, Any]], places: Sequence[str], ask: Ask
) -> dict[str, Any]:
    """What the figures of a skim rest on, from the facts of all its blocks.

    Parameters
    ----------
    network : Network
    facts : iterable of mapping
        As `rows_of` gives them.
    places : sequence of str
        Origins and destinations in order.
    ask : Ask
    """
    known, what = list(facts), impedance_named(ask.impedance)
    built, undated = (sum(one[name] for one in known) for name in ("built", "undated"))
    worst = max((one["worst"] for one in known), default=-1)
    meta: dict[str, Any] = {
        "mode": ask.mode,
        "impedance": what.name,
        "impedance_unit": what.unit,
        "as_of": network.as_of.isoformat() if network.as_of else None,
        "label": network.label,
        "period": network.attrs.get("period"),
        "forecast": bool(network.attrs.get("forecast", False)),
        "parameters": network.attrs.get("parameters", "value"),
        "undated_share": round(undated / built, 4) if built else None,
        "confidence": CONFIDENCE[worst] if worst >= 0 else None,
    }
    if ask.mode == "rail":
        used: dict[str, set[str]] = {}
        for one in known:
            for place, stations in one["stations"].items():
                used.setdefault(place, set()).update(stations)
        meta["stations"] = {place: sorted(used[place]) for place in dict.fromkeys(places) if place in used}
    elif ask.mode in ("drive", "door"):
        meta["drive_minutes_validated"] = False
    if ask.range_:
        meta["range"] = RANGE_TOLD
    return meta


def _frame(
    network: Network, starts: Sequence[str], ends: Sequence[str], answer: Answer, ask: Ask
) -> pd.DataFrame:
    reached = answer.reached.ravel()
    names = network.nodes[["name", "name_zh"]]
    columns: dict[str, Any] = {}
    pairs = np.arange(len(starts) * len(ends))
    for end, ids, at in (("from", starts, pairs // len(ends)), ("to", ends, pairs % len(ends))):
        known = names.reindex(list(ids))
        columns[f"{end}_id"] = _each(ids, at)
        for column in names:
            columns[f"{end}_{column}"] = _each(known[column].to_numpy(), at)

    def outside(whole: Ints, per_unit: int) -> npt.NDArray[np.float64]:
        return np.where(reached, whole.ravel() / per_unit, np.nan)

    columns["time_min"] = outside(answer["time"], 60_000)
    columns["distance_km"] = outside(answer["length_km"], 1_000)
    if ask.mode == "freight":
        for column in FREIGHT_COLUMNS:
            columns[column] = _amount(answer, column.removesuffix("_teu"))
    for column in ask.extra:
        columns[column] = _extra(network, starts, ends, answer, ask.mode, column, reached)
    return pd.DataFrame(columns)


def _each(texts: Sequence[Any] | npt.NDArray[Any], at: Ints) -> Any:
    """The text of each pair, typed once for all of them: text by text that takes longer than to find the ways."""
    return pd.Series(np.array(texts, dtype=object)).array.take(at)


def _extra(
    network: Network,
    starts: Sequence[str],
    ends: Sequence[str],
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


def _add_end(frame: pd.DataFrame, end: str, answer: Answer, mode: str) -> None:
    frame[f"time_{end}_min"] = np.where(answer.reached, answer["time"] / 60_000, np.nan).ravel()
    if mode == "freight":
        frame[f"cost_{end}_cny_teu"] = _amount(answer, "cost_cny")
        frame[f"co2_{end}_kg_teu"] = _amount(answer, "co2_kg")


def _facts(
    network: Network, starts: Sequence[str], ends: Sequence[str], answer: Answer, mode: str
) -> dict[str, Any]:
    """What adds up over blocks: metres built and undated, the rank of the worst confidence, stations."""
    reached = answer.reached
    facts: dict[str, Any] = {
        "built": int(answer["built"][reached].sum()),
        "undated": int(answer["undated"][reached].sum()),
        "worst": int(answer["worst"][reached].max(initial=-1)),
    }
    if mode == "rail":
        facts["stations"] = _stations_used(network, starts, ends, answer)
    return facts


def _stations_used(
    network: Network, starts: Sequence[str], ends: Sequence[str], answer: Answer
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
