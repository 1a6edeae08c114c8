"""Observed times and distances: those of the layers, and files that a user brings.

All become one table, one row a pair, whatever their columns are called: rail minutes by class of train, road
and waterway kilometres. A row that sits in a layer already (it was fitted to, or a length that the layers
were built from) says nothing about the model, so it is marked.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from yrdgis.errors import InputError, YrdgisError, all_at_once
from yrdgis.io import Resolver
from yrdgis.io.dates import parse_date
from yrdgis.io.names import Place

if TYPE_CHECKING:
    from yrdgis.io import Layers

__all__ = ["COLUMNS", "MODES", "OBSERVED_LAYERS", "Observed", "observed_in_layers", "read_observed"]

MODES = ("rail", "road", "water")
COLUMNS = (
    "row",
    "mode",
    "train_class",
    "from_id",
    "to_id",
    "from_name",
    "from_name_zh",
    "to_name",
    "to_name_zh",
    "observed",
    "unit",
    "as_of",
    "in_layer",
    "source_public",
)
"""Columns of an observed table; ``observed`` is minutes for rail and kilometres for road and water."""

OBSERVED_LAYERS = {"rail_times": "rail", "road_distances": "road", "water_distances": "water"}
"""Layers of observations and their modes."""

UNIT = {"rail": "min", "road": "km", "water": "km"}
CLASSES = ("G", "D", "C", "K")
_HAULED = {"T": "K", "Z": "K"}

_ENDS = ("{end}_id", "{end}_station_id", "{end}_node_id", "{end}", "{end}_name_zh", "{end}_zh", "{end}_name")
_VALUES = {
    "rail": ("fastest_min", "minutes_fastest", "observed_min", "time_min", "minutes", "min", "observed"),
    "road": ("distance_km", "observed_km", "length_km", "km", "distance", "observed"),
    "water": ("distance_km", "observed_km", "length_km", "km", "distance", "observed"),
}
_DATES = ("as_of", "date", "valid_on", "year")
_WORDS = {
    "rail": "rail",
    "铁路": "rail",
    "road": "road",
    "drive": "road",
    "公路": "road",
    "water": "water",
    "水路": "water",
}
_SAME = 1e-6


@dataclass(frozen=True, repr=False)
class Observed:
    """Rows of ``COLUMNS``, and what was left out and why."""

    rows: pd.DataFrame
    left_out: Mapping[str, int] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<Observed: {len(self.rows)} rows, {sum(self.left_out.values())} left out>"


def observed_in_layers(layers: Layers) -> Observed:
    """All observations that the layers hold.

    Rows between places outside the area are left out and counted, as are those without a value in the unit
    that is compared. A row whose layer says that its figure was used elsewhere in the layers is kept and
    marked.

    Parameters
    ----------
    layers : Layers
    """
    parts, gone = [], 0
    for layer_id, mode in OBSERVED_LAYERS.items():
        if layer_id not in layers:
            continue
        frame = layers[layer_id].astype(object)
        frame = frame.where(frame.notna(), "")
        rows, problems = _rows(frame, layers, mode, None, layer_id)
        gone += len(problems)
        if not rows.empty:
            rows["in_layer"] = rows["in_layer"] | (mode == "rail")
            parts.append(rows)
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(COLUMNS))
    table, outside = _inside(table, layers)
    left_out = {"no value, or a place that the layers don't have": gone, "an end outside the area": outside}
    return Observed(table, {reason: count for reason, count in left_out.items() if count})


def read_observed(
    file: str | PathLike[str], layers: Layers, *, as_of: dt.date | str | None = None
) -> Observed:
    """Observations of a user's file, checked; those that already sit in a layer are left out and counted.

    The file is a CSV with two columns for the ends (``from`` and ``to``, or ``from_id``, ``from_zh``,
    ``from_name`` ...; ids or names) and one for the value: ``minutes`` or ``minutes_fastest`` for direct
    trains, ``distance_km`` for road and waterway. ``train_class`` (G, D, C or K) says which trains; ``mode``
    (rail, road or water) is only needed where the columns don't tell; ``as_of``, ``date`` or ``year`` says
    when it held.

    Parameters
    ----------
    file : str or path
    layers : Layers
    as_of : datetime.date or str, optional
        Day for rows without one; the day of the layers by default.

    Raises
    ------
    InputError
        If the file can't be read, lacks a column, or rows are at fault; all of them are named.
    """
    from yrdgis.io.textfile import read_text_table

    path = Path(file)
    if not path.is_file():
        raise InputError(
            f"{path}: there is no such file. Give a CSV with columns from, to and minutes or distance_km."
        )
    frame = read_text_table(path).frame.astype(object)
    frame.columns = [str(c).strip().casefold().removeprefix("\ufeff") for c in frame.columns]
    frame = frame.where(frame.notna(), "")
    if frame.empty:
        raise InputError(f"{path.name}: a header and no rows. Give at least one observation.")
    mode = _mode_of(frame, path.name)
    blank = _without_value(frame, mode)
    rows, problems = _rows(frame[~blank], layers, mode, as_of, path.name)
    if problems:
        raise InputError(all_at_once(path.name, problems))
    known = observed_in_layers(layers).rows
    rows["in_layer"] = _known(rows, known)
    fresh, outside = _inside(rows[~rows["in_layer"]].reset_index(drop=True), layers)
    left_out = {
        "already in a layer": int(rows["in_layer"].sum()),
        "an end outside the area": outside,
        "no value": int(blank.sum()),
    }
    return Observed(fresh, {reason: count for reason, count in left_out.items() if count})


def _inside(rows: pd.DataFrame, layers: Layers) -> tuple[pd.DataFrame, int]:
    """Rows none of whose ends is a bare position outside the cities, and how many others there were."""
    import shapely

    if "cities" not in layers or rows.empty:
        return rows, 0
    cities = layers.polygons("cities").geometry.to_numpy()
    ids = {i for end in ("from_id", "to_id") for i in rows[end] if str(i).startswith("point:")}
    outside = {i for i in ids if not shapely.intersects_xy(cities, *map(float, i[6:].split("/"))).any()}
    gone = rows["from_id"].isin(outside) | rows["to_id"].isin(outside)
    return rows[~gone].reset_index(drop=True), int(gone.sum())


def _mode_of(frame: pd.DataFrame, name: str) -> str:
    """Mode of a file as its columns tell it; blank where a column ``mode`` does."""
    columns = set(frame.columns)
    if "mode" in columns:
        return ""
    if columns & {"train_class", *_VALUES["rail"][:-1]} and not columns & {"waterway", "via"}:
        return "rail"
    if columns & set(_VALUES["road"][:-1]):
        return "water" if columns & {"via", "waterway", "waterway_id"} else "road"
    raise InputError(
        f"{name}: has columns {', '.join(sorted(columns))[:120]}; it needs the value in 'minutes' (rail) "
        "or 'distance_km' (road, water), and the ends in 'from' and 'to'."
    )


def _without_value(frame: pd.DataFrame, mode: str) -> pd.Series:
    """Rows whose cells for the value are all blank."""
    own = (
        [_VALUES[_WORDS.get(str(m).casefold(), "rail")] for m in frame["mode"]]
        if not mode
        else [_VALUES[mode]] * len(frame)
    )
    records = frame.to_dict("records")
    return pd.Series(
        [not _cell(row, names) for row, names in zip(records, own, strict=True)],
        index=frame.index,
        dtype=bool,
    )


def _rows(
    frame: pd.DataFrame, layers: Layers, mode: str, as_of: dt.date | str | None, name: str
) -> tuple[pd.DataFrame, list[str]]:
    """Standard rows of a table, and a sentence for each row at fault."""
    ends = {end: [c.format(end=end) for c in _ENDS if c.format(end=end) in frame] for end in ("from", "to")}
    missing = [end for end, columns in ends.items() if not columns]
    if missing:
        raise InputError(
            f"{name}: no column for the {' and the '.join(missing)} end; call it {' and '.join(missing)}."
        )
    places = _Places(layers)
    made, problems = [], []
    for number, row in zip(frame.index + 2, frame.to_dict("records"), strict=True):
        try:
            made.append(_row(row, ends, places, mode, as_of, layers))
        except YrdgisError as error:
            problems.append(f"row {number}: {error}")
            continue
        made[-1]["row"] = int(number)
    return pd.DataFrame(made, columns=list(COLUMNS)), problems


def _row(
    row: Mapping[Any, Any],
    ends: Mapping[str, list[str]],
    places: _Places,
    mode: str,
    as_of: dt.date | str | None,
    layers: Layers,
) -> dict[str, object]:
    own = mode or _WORDS.get(_cell(row, ["mode"]).casefold(), "")
    if own not in MODES:
        raise InputError(f"mode {_cell(row, ['mode'])!r} is none of {', '.join(MODES)}")
    train_class = _cell(row, ["train_class", "class"]).upper()
    train_class = _HAULED.get(train_class, train_class)
    if own == "rail" and train_class and train_class not in CLASSES:
        raise InputError(f"train class {train_class!r} is none of {', '.join((*CLASSES, *_HAULED))}")
    a, b = (places.find(row, ends[end], end, own) for end in ("from", "to"))
    if a == b:
        raise InputError(f"both ends are {a}")
    stated = _cell(row, _DATES).removesuffix(".0") or as_of
    return {
        "mode": own,
        "train_class": train_class if own == "rail" else "",
        "from_id": a,
        "to_id": b,
        "from_name": places.names[a][0],
        "from_name_zh": places.names[a][1],
        "to_name": places.names[b][0],
        "to_name_zh": places.names[b][1],
        "observed": _number(row, _VALUES[own]),
        "unit": UNIT[own],
        "as_of": parse_date(stated, layers.valid_on) if stated else layers.valid_on,
        "in_layer": _used(row),
        "source_public": _cell(row, ["source_public", "source"]),
    }


def _used(row: Mapping[Any, Any]) -> bool:
    """Whether a layer's own row says that its figure was used in another layer."""
    return _cell(row, ["independent"]).casefold() == "false" or _cell(row, ["use"]) not in ("", "none")


def _number(row: Mapping[Any, Any], names: Iterable[str]) -> float:
    text = _cell(row, names)
    try:
        value = float(text)
    except ValueError:
        raise InputError(
            f"{text!r} is no number; the value is minutes for rail, kilometres for road and water"
        ) from None
    if not np.isfinite(value) or value <= 0:
        raise InputError(f"{text!r} is not above zero")
    return value


def _cell(row: Mapping[Any, Any], names: Iterable[str]) -> str:
    """First of some columns that says something."""
    for name in names:
        text = str(row.get(name, "")).strip()
        if text and text not in ("nan", "NaT", "<NA>"):
            return text.removesuffix(" 00:00:00")
    return ""


class _Places:
    """Ends of observations: by id, by name of the kind that the mode has, else by position."""

    _KIND = {"rail": "station", "road": "roadnode"}  # noqa: RUF012 - a constant
    _SLUGS = {"rail": ("station",), "road": ("roadnode",), "water": ("waternode", "port")}  # noqa: RUF012 - a constant
    _RESOLVE = {"rail": "rail", "road": "drive", "water": "freight"}  # noqa: RUF012 - a constant

    def __init__(self, layers: Layers) -> None:
        self._layers = layers
        self.resolver = Resolver(layers)
        self.names: dict[str, tuple[str, str]] = {}

    def find(self, row: Mapping[Any, Any], columns: list[str], end: str, mode: str) -> str:
        texts = [text for column in columns if (text := _cell(row, [column]))]
        lon, lat = _cell(row, [f"{end}_lon"]), _cell(row, [f"{end}_lat"])
        if mode == "road" and lon and lat:
            texts.append(f"{lon}/{lat}")
        if not texts:
            raise InputError(f"the {end} end is empty")
        refusals = []
        for text in texts:
            try:
                return self._kept(self._one(text, mode), texts[0])
            except YrdgisError as error:
                refusals.append(error)
        raise refusals[0]

    def _one(self, text: str, mode: str) -> Place:
        """Place of the kind that the mode has, else as a planner would mean it."""
        gazetteer = self.resolver.gazetteer
        for kind in self._SLUGS[mode]:
            if f"{kind}:{text}" in gazetteer.places:
                return gazetteer.places[f"{kind}:{text}"]
        kind = self._KIND.get(mode, "")  # a waterway is looked for by its rivers
        exact = (
            self._rivers.get(text, [])
            if mode == "water"
            else gazetteer.exact(kind, text) or gazetteer.within(kind, text)
        )
        return (
            gazetteer.places[exact[0]]
            if len(exact) == 1
            else self.resolver.resolve(text, self._RESOLVE[mode])
        )

    @cached_property
    def _rivers(self) -> dict[str, list[str]]:
        """Ids of ports, locks and river forks by Chinese name, with and without what stands in brackets."""
        found: dict[str, list[str]] = {}
        nodes = (
            self._layers["water_nodes"]
            if "water_nodes" in self._layers
            else pd.DataFrame(columns=["node_id", "name_zh"])
        )
        for node, name in zip(nodes["node_id"], nodes["name_zh"], strict=True):
            for form in {name, re.sub(r"[（(].*?[)）]", "", name)}:
                found.setdefault(form, []).append(node)
        return found

    def _kept(self, place: Place, text: str) -> str:
        """Id of a place; both its names are kept, and what was written where it has none."""
        self.names[place.id] = (place.name or text, place.name_zh or text)
        return place.id


def _known(rows: pd.DataFrame, known: pd.DataFrame) -> pd.Series:
    """Which rows say what a row of the layers says: mode, class, both ends in either order, and value."""

    def keys(table: pd.DataFrame) -> list[tuple[object, ...]]:
        return [
            (mode, train, frozenset((a, b)), round(float(value), 3))
            for mode, train, a, b, value in zip(
                table["mode"],
                table["train_class"],
                table["from_id"],
                table["to_id"],
                table["observed"],
                strict=True,
            )
        ]

    there = set(keys(known))
    return pd.Series([key in there for key in keys(rows)], index=rows.index, dtype=bool)
