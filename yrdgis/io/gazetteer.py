"""All places that have a name, and the ways in which each may be written."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from yrdgis.io._text import key_of

if TYPE_CHECKING:
    import pandas as pd

    from yrdgis.io.read import Layers

__all__ = ["KINDS", "Gazetteer", "Place", "Source"]


@dataclass(frozen=True, repr=False)
class Place:
    """Something that a time can be asked for.

    `members` are the places that stand for it: the operating stations of a city in rail mode, the best of
    which counts. `lon` and `lat` are WGS84 degrees, NaN where the position is not known.
    """

    id: str
    name: str
    name_zh: str
    lon: float
    lat: float
    kind: str
    members: tuple[Place, ...] = ()

    def __repr__(self) -> str:
        names = " ".join(dict.fromkeys(part for part in (self.id, self.name_zh, self.name) if part))
        stations = f", {len(self.members)} stations" if self.members else ""
        return f"<Place {names} at {self.lon:.4f}/{self.lat:.4f}{stations}>"

    def _repr_html_(self) -> str:
        """Its id, kind and position, for a notebook; every text is escaped."""
        from yrdgis.io.cards import card

        facts = [
            ("编号", "id", self.id),
            ("类型", "kind", self.kind),
            ("经度/纬度", "lon/lat", f"{self.lon:.4f}/{self.lat:.4f}"),
            ("车站", "stations", [member.name_zh or member.name for member in self.members]),
        ]
        return card((self.name_zh, self.name), facts)


@dataclass(frozen=True)
class Source:
    """Layer that a kind of place comes from, and the endings that may be left out of its names."""

    kind: str
    layer: str
    key: str
    endings_zh: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()
    where: str = "city_id"
    position: tuple[str, str] = ("lon", "lat")


_SEAT = ("seat_lon", "seat_lat")

_DISTRICT_ZH, _DISTRICT = ("新区", "区", "县", "市"), ("new area", "district", "county", "city")
_TOWN_ZH, _TOWN = ("街道", "镇", "乡"), ("subdistrict", "township", "town")
_STATION_ZH, _STATION = ("火车站", "高铁站", "站"), ("railway station", "station")
_METRO_ZH, _METRO = ("地铁站", "站"), ("metro station", "station")
_AIRPORT_ZH, _AIRPORT = ("国际机场", "机场"), ("international airport", "airport")

SOURCES = (
    Source("city", "cities", "city_id", ("市",), ("city",), "province_zh", _SEAT),
    Source("district", "districts", "district_id", _DISTRICT_ZH, _DISTRICT, "city_id", _SEAT),
    Source("town", "towns", "town_id", _TOWN_ZH, _TOWN, "district_id"),
    Source("destination", "destinations", "destination_id", ("站",)),
    Source("airport", "airports", "airport_id", _AIRPORT_ZH, _AIRPORT),
    Source("station", "rail_stations", "station_id", _STATION_ZH, _STATION, "city_zh"),
    Source("metro", "metro_stations", "station_id", _METRO_ZH, _METRO),
    Source("zone", "plan_zones", "zone_id"),
    Source("port", "water_nodes", "node_id", ("港区", "港"), ("port",)),
    Source("roadnode", "road_nodes", "node_id", ("枢纽", "立交", "互通"), ("interchange",)),
)

KINDS = tuple(source.kind for source in SOURCES)
"""Kinds of places, from the ones that a bare name means first."""

_SPLIT = re.compile(r"[（(].*?[)）]")


class Gazetteer:
    """Places by id and by every way of writing their names.

    Parameters
    ----------
    layers : Layers
        Layers of the region; a layer that it lacks has no places.
    """

    def __init__(self, layers: Layers) -> None:
        self._layers = layers
        self.places: dict[str, Place] = {}
        self.where: dict[str, str] = {}
        self.of_kind: dict[str, list[str]] = defaultdict(list)
        self._full: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._short: dict[tuple[str, str], list[str]] = defaultdict(list)
        for source in SOURCES:
            self._add_layer(source)

    def exact(self, kind: str, text: str) -> list[str]:
        """Ids of a kind that are called that: by the full name, else by the name without its ending."""
        wanted = key_of(text)
        found = self._full.get((kind, wanted)) or self._short.get((kind, wanted), [])
        if not found:
            source = SOURCES[KINDS.index(kind)]
            # An ending that the layer leaves out, such as 站, may be added, but none changed into another.
            for bare in _without_ending(text, source):
                found = found or self._full.get((kind, key_of(bare)), [])
        return list(dict.fromkeys(found))

    def within(self, kind: str, text: str) -> list[str]:
        """Ids of a kind whose name is written behind that of what they lie in: 舟山普陀."""
        return list(dict.fromkeys(self._qualified.get((kind, key_of(text)), [])))

    def without_city(self, text: str) -> list[str]:
        """Ids of stations whose name is the name of their city and then this text: 虹桥 for 上海虹桥."""
        return self._tails.get(key_of(text), [])

    def names(self) -> Iterator[tuple[str, str]]:
        """Every way of writing a name, with the id that it stands for; the first kinds first."""
        for kind in KINDS:
            for written in (self._full, self._short):
                for (of_kind, key), ids in written.items():
                    if of_kind == kind:
                        yield from ((key, place_id) for place_id in ids)

    def label(self, place_id: str) -> str:
        """Name, id and whereabouts of a place, to tell it from its namesakes."""
        place = self.places[place_id]
        where = self.where.get(place_id, "")
        parent = self.places.get(where)
        where = parent.name_zh if parent else where
        return f"{place.name_zh or place.name} ({where + ', ' if where else ''}{place_id})"

    def stations_in(self, place: Place) -> tuple[Place, ...]:
        """Operating stations of a city or district, in the order of the layer."""
        frame = self._stations
        if frame.empty:
            return ()
        if place.kind == "city":
            mine = frame[frame["city_id"].eq(place.id)]
        elif "district_id" in frame:
            mine = frame[frame["district_id"].eq(place.id)]
        else:
            mine = frame[frame["district_zh"].eq(place.name_zh)]
        return tuple(self.places[i] for i in mine["station_id"])

    @property
    def operating_stations(self) -> list[str]:
        """Ids of the stations that trains may call at today."""
        return list(self._stations["station_id"]) if len(self._stations) else []

    @cached_property
    def _stations(self) -> pd.DataFrame:
        import pandas as pd

        if "rail_stations" not in self._layers:
            return pd.DataFrame()
        frame = self._layers["rail_stations"]
        return frame[frame["kind"].eq("station") & frame["status"].eq("operating")]

    @cached_property
    def _qualified(self) -> dict[tuple[str, str], list[str]]:
        """Names with what they lie in before them, such as 舟山普陀, to tell namesakes apart."""
        found: dict[tuple[str, str], list[str]] = defaultdict(list)
        for kind in ("district", "town"):
            source = SOURCES[KINDS.index(kind)]
            for place_id in self.of_kind[kind]:
                own = self.places[place_id].name_zh
                for before in self._whereabouts(place_id):
                    for name in {own, *_without_ending(own, source)}:
                        found[kind, key_of(before + name)].append(place_id)
        return dict(found)

    def _whereabouts(self, place_id: str) -> set[str]:
        """Names of the district and the city that hold a place, with and without their endings."""
        names: set[str] = set()
        parent = self.places.get(self.where.get(place_id, ""))
        while parent is not None:
            source = SOURCES[KINDS.index(parent.kind)]
            names |= {parent.name_zh, *_without_ending(parent.name_zh, source)}
            parent = self.places.get(self.where.get(parent.id, ""))
        return names

    @cached_property
    def _tails(self) -> dict[str, list[str]]:
        tails: dict[str, list[str]] = defaultdict(list)
        cities = {self.where.get(i, "") for i in self.of_kind["station"]}
        bare = {city: city.removesuffix("市") for city in cities if city}
        for station in self.of_kind["station"]:
            name, city = self.places[station].name_zh, bare.get(self.where.get(station, ""), "")
            tail = name.removeprefix(city) if city else ""
            if len(tail) > 1 and tail != name:
                tails[key_of(tail)].append(station)
                tails[key_of(tail + "站")].append(station)
        return dict(tails)

    def _add_layer(self, source: Source) -> None:
        if source.layer not in self._layers:
            return
        frame = self._layers[source.layer]
        lon, lat = source.position
        if source.key not in frame or lon not in frame:
            return
        columns = [source.key, "name", "name_zh", lon, lat, source.where, "kind"]
        filled = frame.reindex(columns=list(dict.fromkeys(columns)))
        for place_id, name, name_zh, x, y, where, kind in filled[columns].itertuples(index=False, name=None):
            place = Place(str(place_id), _text(name), _text(name_zh), float(x), float(y), source.kind)
            self.places[place.id] = place
            self.where[place.id] = _text(where)
            if source.kind in ("station", "port") and kind not in ("station", "port", "terminal"):
                continue  # yards, junctions and river forks are found by id, not meant by a bare name
            self.of_kind[source.kind].append(place.id)
            for text in (place.name_zh, place.name):
                self._write_down(text, place.id, source)

    def _write_down(self, text: str, place_id: str, source: Source) -> None:
        for form in {text, _SPLIT.sub("", text)}:
            if key_of(form):
                self._full[source.kind, key_of(form)].append(place_id)
                for bare in _without_ending(form, source):
                    self._short[source.kind, key_of(bare)].append(place_id)


def _without_ending(text: str, source: Source) -> list[str]:
    """Text without each ending of its kind; what is left has two characters at least."""
    found = [text.removesuffix(e) for e in source.endings_zh if text.endswith(e) and len(text) - len(e) > 1]
    lower = text.casefold()
    return found + [text[: -len(e) - 1] for e in source.endings if lower.endswith(" " + e)]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
