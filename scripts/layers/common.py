"""What every builder of layers shares: reading facts, ids, dates, coordinates, attributes of schemas.

A builder module exports ``CATALOG`` (its :class:`Layer` rows) and ``build(facts, out)``. It collects rows as
dictionaries and hands them with the layer to ``write_table`` or ``write_polygons`` of ``writers``, which write
the data and the schema together. A closed vocabulary (``allowed="a|b|c"``) is checked while writing, and only the
values in use are declared, so schema and data agree in both directions.
"""

from __future__ import annotations

import calendar
import csv
import re
import unicodedata
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from .sources import clean_note, public_source

__all__ = [
    "COMMON",
    "CONFIDENCES",
    "DATED",
    "ODBL",
    "OWN",
    "POINT",
    "STATUSES",
    "VALID_ON",
    "Attr",
    "Facts",
    "Layer",
    "clean_note",
    "coord_origin",
    "dates",
    "join_notes",
    "make_id",
    "merge_source",
    "no_comma",
    "number",
    "point",
    "position",
    "public_source",
    "slug",
    "worst",
]

VALID_ON = "2026-11-01"
Row = dict[str, Any]

STATUSES = "operating|under_construction|planned|preliminary|closed|unknown"
CONFIDENCES = "high|medium|low"
ORIGINS = (
    "osm|amap|baidu|tianditu|geonames|gshhg|routrs|airportsdata|wikipedia|published|drawn|derived|unverified"
)
COMMERCIAL = ("amap", "baidu")

ODBL = "ODbL-1.0"
OWN = "CC-BY-4.0"
OSM_ATTRIBUTION = "© OpenStreetMap contributors"


@dataclass(frozen=True)
class Attr:
    """One row of a schema."""

    attribute: str
    type: str = "string"
    description: str = ""
    description_zh: str = ""
    unit: str = ""
    required: bool = False
    default: str = ""
    allowed: str = ""
    references: str = ""
    audience: str = "public"

    def but(self, **changes: Any) -> Attr:
        """The same attribute with some things changed."""
        return replace(self, **changes)


COMMON = (
    Attr(
        "source_public",
        description="Who says so: publisher, title, date",
        description_zh="公开来源(发布者、题名、日期)",
        required=True,
    ),
    Attr(
        "confidence",
        description="How sure the row is",
        description_zh="可信度",
        required=True,
        allowed=CONFIDENCES,
    ),
    Attr("note", description="What to know about the row", description_zh="备注"),
)
DATED = (
    Attr(
        "status",
        description="State on the day for which the layers hold",
        description_zh="状态",
        required=True,
        allowed=STATUSES,
    ),
    Attr("opened_earliest", "date", "First day on which it can have opened or can open", "最早开通日"),
    Attr(
        "opened_expected", "date", "Day by which it is known or expected to have opened", "预计(已知)开通日"
    ),
    Attr("opened_latest", "date", "Last day on which it can have opened or can open", "最晚开通日"),
    Attr("closed_on", "date", "First day on which it is closed", "关闭日"),
)
POINT = (
    Attr("lon", "float", "Longitude, WGS84", "经度(WGS84)", "degree", required=True, allowed="73..136"),
    Attr("lat", "float", "Latitude, WGS84", "纬度(WGS84)", "degree", required=True, allowed="17..54"),
    Attr(
        "coord_origin",
        description="Where the position comes from; commercial map services are kept to 3 decimals",
        description_zh="坐标来源",
        required=True,
        allowed=ORIGINS,
    ),
)
NAMES = (
    Attr("name", description="Name, romanised", description_zh="罗马字名称", required=True),
    Attr("name_zh", description="Name in Chinese", description_zh="中文名称", required=True),
)
CITY = Attr(
    "city_id",
    description="City whose polygon holds the point; blank outside the area",
    description_zh="所在城市",
    references="cities.city_id",
)
DISTRICT = Attr(
    "district_id",
    description="District whose polygon holds the point; blank outside the area",
    description_zh="所在区县",
    references="districts.district_id",
)


@dataclass(frozen=True)
class Layer:
    """A layer: its row of the catalogue and the attributes of its schema."""

    layer_id: str
    title: str
    title_zh: str
    geometry: str
    path: str
    attributes: tuple[Attr, ...]
    source: str
    licence: str = OWN
    attribution: str = ""
    note: str = ""
    schema: str = field(default="")

    @property
    def schema_name(self) -> str:
        """Name of the schema file without its ending; the layer's own id by default."""
        return self.schema or self.layer_id

    def catalog_row(self) -> Row:
        """The row of ``catalog.csv``."""
        return {
            "layer_id": self.layer_id,
            "title": self.title,
            "title_zh": self.title_zh,
            "geometry": self.geometry,
            "path": self.path,
            "schema": self.schema_name,
            "valid_on": VALID_ON,
            "source": self.source,
            "licence": self.licence,
            "attribution": self.attribution,
            "note": self.note,
        }


@dataclass(frozen=True)
class Facts:
    """The folder of facts; tables are read once, as text, without surrounding blanks."""

    folder: Path
    _tables: dict[str, list[dict[str, str]]] = field(default_factory=dict)

    def table(self, name: str) -> list[dict[str, str]]:
        """Rows of ``name.csv`` in file order (a fresh copy)."""
        if name not in self._tables:
            with open(self.folder / f"{name}.csv", encoding="utf-8-sig", newline="") as file:
                self._tables[name] = [
                    {k: (v or "").strip() for k, v in row.items()} for row in csv.DictReader(file)
                ]
        return [dict(row) for row in self._tables[name]]


def slug(text: str) -> str:
    """Lower-case letters, digits and hyphens of a romanised name.

    Examples
    --------
    >>> slug("Shanghai Hongqiao (T2)")
    'shanghai-hongqiao-t2'
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def make_id(kind: str, name: str) -> str:
    """Id ``kind:slug``; blank for a blank name.

    Examples
    --------
    >>> make_id("station", "shanghai-hongqiao")
    'station:shanghai-hongqiao'
    """
    return f"{kind}:{slug(name)}" if name else ""


def dates(opened: str, expected: str = "", closed: str = "") -> dict[str, str]:
    """Opening dates of a fact, spread to the period that it states.

    Parameters
    ----------
    opened, expected : str
        "2018", "2018-10", "2018-10-01" or blank; ``expected`` counts where ``opened`` is blank.
    closed : str
        Full date or blank.

    Examples
    --------
    >>> dates("2018-02")["opened_expected"]
    '2018-02-28'
    """
    stated = opened or expected
    first, last = _period(stated) if stated else ("", "")
    return {"opened_earliest": first, "opened_expected": last, "opened_latest": last, "closed_on": closed}


def _period(text: str) -> tuple[str, str]:
    if re.fullmatch(r"\d{4}", text):
        return f"{text}-01-01", f"{text}-12-31"
    if re.fullmatch(r"\d{4}-\d{2}", text):
        year, month = map(int, text.split("-"))
        return f"{text}-01", f"{text}-{calendar.monthrange(year, month)[1]:02d}"
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return text, text
    raise ValueError(f"Not a year, month or day: {text!r}")


_ORIGIN_WORDS = (
    ("baidu", "baidu"),
    ("amap", "amap"),
    ("metroman", "amap"),
    ("cnarea", "amap"),
    ("routrs", "osm"),
    ("openstreetmap", "osm"),
    ("osm", "osm"),
    ("railvista", "osm"),
    ("dawn-ecnu", "amap"),
    ("ni1o1", "amap"),
    ("bearxmx", "published"),
    ("geonames", "geonames"),
    ("gshhg", "gshhg"),
    ("airports", "airportsdata"),
    ("ourairports", "airportsdata"),
    ("gcj-02", "amap"),
    ("tianditu", "tianditu"),
    ("derived", "derived"),
    ("wikipedia", "wikipedia"),
    ("computed", "derived"),
    ("tayljordan", "published"),
    ("general knowledge", "unverified"),
    ("map reading", "drawn"),
    ("centreline", "drawn"),
)


def coord_origin(raw: str) -> str:
    """Closed word for where a position comes from, read from the raw reference.

    The first statement that names an origin counts, one about the position before others. A commercial map service
    wins over others named in the same statement: its positions are the ones to be kept coarse.

    Examples
    --------
    >>> coord_origin("point: github Vonng/adcode (Amap 2016, GCJ-02 converted)")
    'amap'
    """
    parts = [p for p in raw.lower().split(";") if not re.search(r"geonames point|\bname from\b|name/code", p)]
    for part in [p for p in parts if re.search(r"\b(point|position|seat) ?:", p)] or parts:
        found = next((origin for word, origin in _ORIGIN_WORDS if word in part), "")
        if found:
            return found
    return "unverified"


def point(lon: str | float, lat: str | float, origin: str) -> Row:
    """``lon``, ``lat`` and ``coord_origin``: 3 decimals for a commercial map service, else 5."""
    digits = 3 if origin in COMMERCIAL else 5
    return {"lon": f"{float(lon):.{digits}f}", "lat": f"{float(lat):.{digits}f}", "coord_origin": origin}


def no_comma(name: str) -> str:
    """A place's name without commas: commands and lists part names by them.

    Examples
    --------
    >>> no_comma("Ruijin Hospital (north, Jiading)"), no_comma("枢纽(G15,海安)")
    ('Ruijin Hospital (north - Jiading)', '枢纽(G15·海安)')
    """
    return re.sub(r"(?<=\w), (?=\w)", " - ", name).replace(",", "·").replace("，", "·")


def position(row: Row, source: str) -> tuple[float, float]:
    """Position of a fact as it is written to its layer; ``source`` names the column of the raw reference."""
    written = point(row["lon"], row["lat"], coord_origin(row[source]))
    return float(written["lon"]), float(written["lat"])


def number(value: Any, digits: int = 3) -> str:
    """Shortest decimal text of a number; blank stays blank.

    Examples
    --------
    >>> number("3.50"), number(""), number(12.0)
    ('3.5', '', '12')
    """
    if value is None or value == "":
        return ""
    text = f"{float(value):.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def worst(*confidences: str) -> str:
    """The lowest of some confidences; blanks don't count.

    Examples
    --------
    >>> worst("high", "low", "")
    'low'
    """
    order = CONFIDENCES.split("|")
    return max((c for c in confidences if c), key=order.index, default="low")


def merge_source(*raws: str) -> str:
    """Public source of several raw references together, each statement once."""
    return public_source("; ".join(raw for raw in raws if raw))


def join_notes(*notes: str) -> str:
    """Notes joined by semicolons, blanks and repeats left out."""
    return "; ".join(dict.fromkeys(note.strip() for note in notes if note and note.strip()))
