"""What OpenStreetMap tags mean for a network: who may pass, which way, how fast, since when."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["KEYS", "MODES", "TAGS", "Way", "direction", "mean_way", "names", "opening", "speed_kph"]

Tags = Mapping[str, str]

MODES = ("drive", "rail", "waterway")
"""Modes that can be imported."""

KEYS = {
    "drive": ("highway", "route"),
    "rail": ("railway",),
    "waterway": ("waterway", "seamark:type"),
}
"""Keys that a way must have one of, by mode."""

TAGS = frozenset(
    [
        "highway",
        "railway",
        "waterway",
        "route",
        "seamark:type",
        "construction",
        "proposed",
        "planned",
        "construction:highway",
        "construction:railway",
        "motorcar",
        "motor_vehicle",
        "vehicle",
        "access",
        "area",
        "boat",
        "motorboat",
        "ship",
        "oneway",
        "oneway:motorcar",
        "oneway:motor_vehicle",
        "junction",
        "maxspeed",
        "name",
        "name:en",
        "name:zh",
        "name:zh-Hans",
        "name:zh-Hant",
        "name:zh_pinyin",
        "name:zh-Latn-pinyin",
        "int_name",
        "opening_date",
        "start_date",
        "end_date",
        "closing_date",
        "bridge",
        "tunnel",
        "toll",
        "lanes",
        "CEMT",
        "ref",
        "duration",
    ]
)
"""Tags that matter here; all others are dropped on reading."""

_NOT_DRIVEN = frozenset(
    [
        "abandoned",
        "bridleway",
        "bus_guideway",
        "construction",
        "corridor",
        "cycleway",
        "elevator",
        "escalator",
        "footway",
        "no",
        "path",
        "pedestrian",
        "planned",
        "platform",
        "proposed",
        "raceway",
        "razed",
        "service",
        "services",
        "steps",
        "track",
        "via_ferrata",
        "busway",
    ]
)
_RAILS = frozenset({"rail", "light_rail", "subway", "tram", "narrow_gauge", "monorail"})
_WATERS = frozenset({"river", "canal", "fairway"})
_UNBUILT = frozenset({"construction", "proposed", "planned"})
_FORBIDDEN = frozenset({"no", "private", "agricultural", "forestry", "military", "emergency", "delivery"})
_MPH = 1.609344
_KNOT = 1.852


@dataclass(frozen=True)
class Way:
    """One way, understood.

    Attributes
    ----------
    kind : str
        road, ferry, track or waterway.
    klass : str
        Value of the tag: motorway, residential, rail, canal ...
    status : str
        operating, under_construction or planned.
    """

    kind: str
    klass: str
    status: str


def _built(tags: Tags, key: str) -> tuple[str, str]:
    """Class and status behind ``key=construction`` and the like."""
    value = tags.get(key, "")
    if value in _UNBUILT:
        told = tags.get(value) or tags.get(f"{value}:{key}") or ""
        return told, "under_construction" if value == "construction" else "planned"
    return value, "operating"


def _may_drive(tags: Tags) -> bool:
    """The most particular tag that speaks of cars decides."""
    for key in ("motorcar", "motor_vehicle", "vehicle", "access"):
        if key in tags:
            return tags[key] not in _FORBIDDEN
    return True


def _minutes(text: str | None) -> float | None:
    """Duration as in ``00:20`` or ``1:05:00`` or ``20``."""
    if not text or not re.fullmatch(r"\d{1,3}(:\d{1,2}){0,2}", text):
        return None
    parts = [int(p) for p in text.split(":")]
    if len(parts) == 1:
        return float(parts[0])
    return parts[0] * 60.0 + parts[1] + (parts[2] / 60 if len(parts) == 3 else 0.0)


def mean_way(tags: Tags, mode: str, *, access: str = "public") -> Way | None:
    """What a way is for a mode; None if it is not part of that network.

    Parameters
    ----------
    tags : mapping
        Of the way.
    mode : {"drive", "rail", "waterway"}
    access : {"public", "any"}
        Whether ways closed to the public are left out.

    Examples
    --------
    >>> mean_way({"highway": "trunk"}, "drive")
    Way(kind='road', klass='trunk', status='operating')
    >>> mean_way({"highway": "construction", "construction": "motorway"}, "drive").status
    'under_construction'
    >>> mean_way({"highway": "residential", "access": "private"}, "drive") is None
    True
    """
    if mode == "drive":
        return _drive(tags, access)
    if mode == "rail":
        klass, status = _built(tags, "railway")
        return Way("track", klass, status) if klass in _RAILS else None
    if tags.get("seamark:type") == "fairway":
        return Way("waterway", "fairway", "operating")
    klass, status = _built(tags, "waterway")
    closed = any(tags.get(k) in _FORBIDDEN for k in ("boat", "motorboat", "ship"))
    return (
        Way("waterway", klass, status) if klass in _WATERS and not (closed and access == "public") else None
    )


def _drive(tags: Tags, access: str) -> Way | None:
    if tags.get("route") == "ferry":
        carries = any(
            tags.get(k) in ("yes", "designated", "permissive")
            for k in ("motorcar", "motor_vehicle", "vehicle")
        )
        return Way("ferry", "ferry", "operating") if carries else None
    klass, status = _built(tags, "highway")
    if not klass or klass in _NOT_DRIVEN:
        return None
    if access == "public" and (not _may_drive(tags) or tags.get("area") == "yes"):
        return None
    return Way("road", klass, status)


def direction(tags: Tags, way: Way) -> int:
    """1 along the way only, -1 against it only, 0 both ways.

    Examples
    --------
    >>> direction({"highway": "primary", "oneway": "-1"}, Way("road", "primary", "operating"))
    -1
    >>> direction({"highway": "motorway"}, Way("road", "motorway", "operating"))
    1
    """
    if way.kind not in ("road",):
        return 0
    for key in ("oneway:motorcar", "oneway:motor_vehicle", "oneway"):
        value = tags.get(key)
        if value in ("yes", "true", "1"):
            return 1
        if value in ("-1", "reverse"):
            return -1
        if value in ("no", "false", "0"):
            return 0
    if tags.get("junction") in ("roundabout", "circular"):
        return 1
    return 1 if way.klass in ("motorway", "motorway_link") else 0


def speed_kph(text: str | None, words: Mapping[str, float]) -> float | None:
    """Speed limit of a tag; None if it says nothing that can be used.

    Parameters
    ----------
    text : str or None
        Such as ``60``, ``40 mph``, ``CN:urban``, ``none``, ``60;80`` (the lowest counts).
    words : mapping
        Kilometres per hour of the words walk, none, urban, rural, trunk, motorway, living_street.

    Examples
    --------
    >>> speed_kph("40 mph", {}), speed_kph("CN:urban", {"urban": 50.0}), speed_kph("signals", {})
    (64.4, 50.0, None)
    """
    if not text:
        return None
    found = []
    for part in re.split(r"[;,|]", text):
        word = part.strip().lower()
        match = re.fullmatch(r"(\d{1,3}(?:\.\d+)?)\s*(km/h|kmh|kph|mph|knots)?", word)
        if match:
            factor = {"mph": _MPH, "knots": _KNOT}.get(match[2] or "", 1.0)
            found.append(round(float(match[1]) * factor, 1))
        elif word.split(":")[-1] in words:
            found.append(words[word.split(":")[-1]])
    usable = [v for v in found if v > 0]
    return min(usable) if usable else None


def _chinese(text: str) -> bool:
    return any("\u4e00" <= c <= "\u9fff" for c in text)


def names(tags: Tags) -> tuple[str, str]:
    """Romanised and Chinese name; the plain name goes where its letters put it.

    Examples
    --------
    >>> names({"name": "沪宁高速", "name:en": "Huning Expressway"})
    ('Huning Expressway', '沪宁高速')
    """
    plain = tags.get("name", "")
    latin = next(
        (tags[k] for k in ("name:en", "name:zh_pinyin", "name:zh-Latn-pinyin", "int_name") if tags.get(k)), ""
    )
    zh = next((tags[k] for k in ("name:zh", "name:zh-Hans", "name:zh-Hant") if tags.get(k)), "")
    if plain and _chinese(plain):
        return latin, zh or plain
    return latin or plain, zh


def opening(tags: Tags) -> tuple[str, str]:
    """Days of opening and closing as far as tagged: ISO text of a year, month or day, or blank.

    Examples
    --------
    >>> opening({"opening_date": "2027-06"}), opening({"start_date": "~1990s"})
    (('2027-06', ''), ('', ''))
    """
    days = []
    for keys in (("opening_date", "start_date"), ("end_date", "closing_date")):
        value = next((tags[k] for k in keys if tags.get(k)), "")
        days.append(value if re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", value) else "")
    return days[0], days[1]


def ferry_minutes(tags: Tags) -> float | None:
    """Tagged duration of a ferry in minutes, None if there is none."""
    return _minutes(tags.get("duration"))
