"""From what a planner types to places: ids, names in Chinese or romanised, points, groups, and files of them.

A bare name means the first kind, in the order of its mode, in which something is called that: a station by
rail, a city or district (its seat) by road and door to door, a port for freight. More than one of that kind
is an error that lists them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from yrdgis.errors import AmbiguousNameError, InputError, UnknownNameError, YrdgisError, all_at_once
from yrdgis.io._text import key_of, nearest
from yrdgis.io.gazetteer import KINDS, Gazetteer, Place
from yrdgis.io.names_file import NameRow, read_names_file

if TYPE_CHECKING:
    from yrdgis.io.read import Layers

__all__ = ["GROUPS", "MODES", "Place", "Resolver", "place_at", "split_names"]

_BY_ROAD = KINDS

MODES: dict[str, tuple[str, ...]] = {
    "door": _BY_ROAD,
    "drive": _BY_ROAD,
    "rail": (
        "station",
        "city",
        "district",
        "airport",
        "town",
        "destination",
        "metro",
        "zone",
        "port",
        "roadnode",
    ),
    "freight": (
        "port",
        "city",
        "district",
        "town",
        "zone",
        "destination",
        "station",
        "airport",
        "metro",
        "roadnode",
    ),
}
"""Kinds in the order in which a bare name is looked for, by mode."""

GROUPS = {
    "cities": "city",
    "城市": "city",
    "districts": "district",
    "区县": "district",
    "towns": "town",
    "乡镇": "town",
    "destinations": "destination",
    "目的地": "destination",
    "airports": "airport",
    "机场": "airport",
    "stations": "station",
    "车站": "station",
    "metro_stations": "metro",
    "地铁站": "metro",
    "zones": "zone",
    "ports": "port",
    "港口": "port",
}
"""Words that stand for all places of a kind."""

_POINT = re.compile(r"([+-]?\d{1,3}(?:\.\d*)?)\s*/\s*([+-]?\d{1,3}(?:\.\d*)?)")
_SHOWN = 12
_OFFERED = 4
_LONGEST = 200
_FARTHEST_KM, _KM_A_DEGREE = 200.0, 111.2


class Resolver:
    """Turns names into places.

    Parameters
    ----------
    layers : Layers
        Layers of the region.

    Examples
    --------
    >>> from yrdgis.io import Resolver, load_layers
    >>> resolver = Resolver(load_layers())
    >>> resolver.resolve("昆山").name_zh
    '昆山市'
    >>> resolver.resolve("121.4737/31.2304").kind
    'point'
    """

    def __init__(self, layers: Layers) -> None:
        self._layers = layers

    def resolve(self, name: str, mode: str = "door") -> Place:
        """The one place that a name stands for.

        Parameters
        ----------
        name : str
            An id (``station:shanghai-hongqiao``), a kind and a name (``station:上海虹桥``), a name in Chinese
            or romanised, with or without 市, 区, 县, 镇, 街道, 乡 or 站, or a point ``lon/lat`` in WGS84
            degrees.
        mode : {"door", "drive", "rail", "freight"}
            What is asked for; it decides which kind a bare name means. By rail a city or district comes with
            its operating stations as ``members``.

        Returns
        -------
        Place

        Raises
        ------
        UnknownNameError
            If nothing is called that; the nearest names are offered.
        AmbiguousNameError
            If more than one thing of the winning kind is called that; they are listed.
        InputError
            If a point is not on the globe, or there is no such mode.
        """
        text = name.strip()
        order = _order(mode)
        if not text:
            raise InputError("A name is empty. Give an id, a name, or a point such as 121.4737/31.2304.")
        if len(text) > _LONGEST:
            raise InputError(f"A name of {len(text):,} characters ({text[:20]!r}...) is no name of a place.")
        point = _POINT.fullmatch(text.removeprefix("point:"))
        if point:
            return self._near(place_at(float(point[1]), float(point[2])))
        if text in self.gazetteer.places:
            return self._with_members(self.gazetteer.places[text], mode)
        kind, _, rest = text.partition(":")
        if rest and kind.isascii():
            return self._with_members(self._of_kind(kind, rest.strip(), text), mode)
        return self._with_members(self._bare(text, order, mode), mode)

    def resolve_all(self, names: str | Path | Iterable[str], mode: str = "door") -> list[Place]:
        """Places of a list of names, each once, in order; everything that is wrong is told at once.

        Parameters
        ----------
        names : str, path or iterable of str
            Names separated by commas, a list of them, a group (``districts``, ``cities``, ``towns``,
            ``stations`` ...), or a CSV file with a column ``id`` or ``name``, or ``lon`` and ``lat`` (UTF-8
            or GB 18030).
        mode : {"door", "drive", "rail", "freight"}
            As for `resolve`.

        Returns
        -------
        list of Place

        Raises
        ------
        InputError
            If several names can't be resolved, or the file is not readable. A single unknown or ambiguous
            name is raised as such.
        """
        _order(mode)
        if isinstance(names, Path) or (isinstance(names, str) and names.strip().casefold().endswith(".csv")):
            return self._from_file(Path(names), mode)
        texts = split_names(names) if isinstance(names, str) else [str(n) for n in names]
        if not texts:
            raise InputError("No names are given. Give ids, names or points, separated by commas.")
        return _gather("names", [partial(self._one_or_group, text, mode) for text in texts])

    def group(self, name: str, mode: str = "door") -> list[Place]:
        """All places of a group, such as ``districts`` or 区县; by rail only stations that operate.

        Raises
        ------
        UnknownNameError
            If there is no such group, or the region has no places of that kind.
        """
        kind = GROUPS.get(name.strip().casefold())
        if kind is None:
            raise UnknownNameError(
                f"No group named {name!r}. There are: {', '.join(g for g in GROUPS if g.isascii())}."
            )
        ids = self.gazetteer.operating_stations if kind == "station" else self.gazetteer.of_kind[kind]
        if not ids:
            raise UnknownNameError(f"This region has no {name}.")
        return [self._with_members(self.gazetteer.places[i], mode) for i in ids]

    @cached_property
    def gazetteer(self) -> Gazetteer:
        """All places of the region, read when first needed."""
        return Gazetteer(self._layers)

    @cached_property
    def _short_names(self) -> dict[str, list[tuple[str, tuple[str, ...]]]]:
        """Well-known short names, from the layer of that name: key to ids and modes."""
        found: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
        if "short_names" in self._layers:
            frame = self._layers["short_names"]
            for short, place_id, modes in frame[["short_name", "place_id", "modes"]].itertuples(
                index=False, name=None
            ):
                found.setdefault(key_of(short), []).append((place_id, modes))
        return found

    def _one_or_group(self, text: str, mode: str) -> list[Place]:
        if text.strip().casefold() in GROUPS:
            return self.group(text, mode)
        return [self.resolve(text, mode)]

    def _from_file(self, file: Path, mode: str) -> list[Place]:
        jobs = [partial(self._from_row, row, mode) for row in read_names_file(file)]
        return _gather(file.name, jobs, alone=f"{file.name}, ")

    def _from_row(self, row: NameRow, mode: str) -> list[Place]:
        try:
            if row.point is not None:
                return [self._near(place_at(*row.point, name=row.text))]
            return self._one_or_group(row.text, mode)
        except YrdgisError as error:
            raise type(error)(f"{row.where}: {error}") from None

    def _of_kind(self, kind: str, text: str, whole: str) -> Place:
        """Place written as kind and name, such as ``station:上海虹桥``."""
        if kind not in KINDS:
            known = nearest(whole, self.gazetteer.places)
            raise UnknownNameError(f"Nothing has the id {whole!r}." + _offer(known) + _kinds_hint())
        found = self.gazetteer.exact(kind, text) or self.gazetteer.within(kind, text)
        if not found:
            known = nearest(whole, self.gazetteer.of_kind[kind])
            raise UnknownNameError(f"No {kind} is called {text!r}." + _offer(known))
        return self._only(found, whole, kind)

    def _bare(self, text: str, order: Sequence[str], mode: str) -> Place:
        for place_id, modes in self._short_names.get(key_of(text), []):
            if (not modes or mode in modes) and place_id in self.gazetteer.places:
                return self.gazetteer.places[place_id]
        # A name that something bears goes before one that is put together: 上海虹桥 is the station.
        for look in (self.gazetteer.exact, self.gazetteer.within):
            for kind in order:
                found = look(kind, text)
                if found:
                    return self._only(found, text, kind)
        found = self.gazetteer.without_city(text)
        if found:
            return self._only(found, text, "station")
        offer = _offer(self._nearest(text))
        raise UnknownNameError(
            f"No place is called {text!r}." + (offer or self._whereabouts()) + _hint_for(text)
        )

    def _whereabouts(self) -> str:
        """A sentence that tells what region this is, for a name that is like none in it."""
        cities = [self.gazetteer.places[i].name_zh for i in self.gazetteer.of_kind["city"]]
        named = "、".join(name for name in cities[:_SHOWN] if name)
        return f" The region has {named}; a point in it is written 121.4737/31.2304." if named else ""

    def _near(self, place: Place) -> Place:
        """The point, refused where it is far from the whole region."""
        known = [p for p in self.gazetteer.places.values() if math.isfinite(p.lon) and math.isfinite(p.lat)]
        if not known:
            return place
        closest = min(known, key=lambda p: _km(place, p))
        far = _km(place, closest)
        if far > _FARTHEST_KM:
            swapped = Place("", "", "", place.lat, place.lon, "point")
            axes = (
                " It seems to be written lat/lon; write lon/lat."
                if _km(swapped, closest) < _FARTHEST_KM
                else ""
            )
            raise InputError(
                f"{place.lon:g}/{place.lat:g} is {far:,.0f} km from the nearest place of this region, "
                f"{self.gazetteer.label(closest.id)}.{axes}"
            )
        return place

    def _only(self, found: list[str], text: str, kind: str) -> Place:
        if len(found) == 1:
            return self.gazetteer.places[found[0]]
        shown = "; ".join(self.gazetteer.label(i) for i in found[:_SHOWN])
        more = f"; and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        raise AmbiguousNameError(
            f"{text!r} is the name of {len(found)} places ({kind}): {shown}{more}. Give the id."
        )

    def _nearest(self, text: str) -> list[str]:
        """Labels of the places whose names are nearest, the kinds that a bare name means first."""
        by_key: dict[str, list[str]] = {}
        for name, place_id in self.gazetteer.names():
            by_key.setdefault(key_of(name), []).append(place_id)
        short = {name: [i for i, _ in ids] for name, ids in self._short_names.items()}
        found = [place_id for key in nearest(text, short, count=2) for place_id in short[key]]
        found += [place_id for key in nearest(text, by_key, count=4) for place_id in by_key[key]]
        found = [place_id for place_id in found if place_id in self.gazetteer.places]
        return [self.gazetteer.label(place_id) for place_id in dict.fromkeys(found)][:_OFFERED]

    def _with_members(self, place: Place, mode: str) -> Place:
        if mode != "rail" or place.kind not in ("city", "district"):
            return place
        members = self.gazetteer.stations_in(place)
        return Place(place.id, place.name, place.name_zh, place.lon, place.lat, place.kind, members)


def place_at(lon: float, lat: float, *, name: str = "") -> Place:
    """Place for a point in WGS84 degrees.

    Raises
    ------
    InputError
        If the point is not on the globe; swapped axes are told.

    Examples
    --------
    >>> place_at(121.4737, 31.2304).id
    'point:121.4737/31.2304'
    """
    if math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90:
        text = f"{lon:.6f}".rstrip("0").rstrip(".") + "/" + f"{lat:.6f}".rstrip("0").rstrip(".")
        return Place(f"point:{text}", name or text, name or text, lon, lat, "point")
    hint = " It seems to be written lat/lon; write lon/lat." if abs(lat) <= 180 and abs(lon) <= 90 else ""
    raise InputError(f"{lon}/{lat} is no point in degrees (lon/lat).{hint}")


def _km(one: Place, other: Place) -> float:
    """Distance in kilometres, near enough to tell here from elsewhere."""
    east = (one.lon - other.lon) * math.cos(math.radians((one.lat + other.lat) / 2))
    return _KM_A_DEGREE * math.hypot(east, one.lat - other.lat)


def split_names(text: str) -> list[str]:
    """Names of a text that are separated by commas, Western or Chinese.

    Examples
    --------
    >>> split_names("上海虹桥, 苏州北、121.4737/31.2304")
    ['上海虹桥', '苏州北', '121.4737/31.2304']
    """
    return [part.strip() for part in re.split(r"[,，、]", text) if part.strip()]


def _order(mode: str) -> tuple[str, ...]:
    if mode not in MODES:
        raise InputError(f"No mode {mode!r}. There are: {', '.join(MODES)}.")
    return MODES[mode]


def _gather(subject: str, jobs: Iterable[Callable[[], list[Place]]], *, alone: str = "") -> list[Place]:
    """Places of all jobs, each once; a lone error is raised as it is, behind `alone`, several as one."""
    places: dict[str, Place] = {}
    errors: list[YrdgisError] = []
    for job in jobs:
        try:
            for place in job():
                places.setdefault(place.id, place)
        except YrdgisError as error:
            errors.append(error)
    if len(errors) == 1:
        raise type(errors[0])(f"{alone}{errors[0]}") from None
    if errors:
        raise InputError(all_at_once(subject, [str(error) for error in errors]))
    return list(places.values())


def _offer(known: Sequence[str]) -> str:
    return f" Did you mean {' or '.join(known)}?" if known else ""


def _kinds_hint() -> str:
    return f" Ids begin with {', '.join(KINDS)}."


def _hint_for(text: str) -> str:
    return " Points are written lon/lat, such as 121.4737/31.2304." if re.search(r"\d[\s,/]", text) else ""
