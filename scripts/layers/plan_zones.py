"""Zones that the plan names, ecology and energy: what has an outline, and a dashed extent for what has none.

An outline is only ever a union of districts or a water body. Everything else gets an ``indicative`` extent: a
circle of the published area, a band along a river, or a mark where no area is published. Energy facilities are
shown by their districts; exact points and figures are internal attributes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .common import (
    COMMON,
    DATED,
    NAMES,
    Attr,
    Facts,
    Layer,
    Row,
    clean_note,
    dates,
    join_notes,
    merge_source,
    number,
)
from .geo import METRIC_CRS, Areas, read_geojson
from .plan import plan_text
from .plan_words import FEATURES
from .writers import write_polygons

EXTENTS = "districts|water_body|indicative_area|indicative_band|indicative_place"
_EXTENT = Attr(
    "extent",
    description="districts: union of districts; water_body: its water; indicative_*: no outline is published, the shape only marks area, course or place and is drawn dashed",
    description_zh="范围依据",
    required=True,
    allowed=EXTENTS,
)
_AREA = Attr("area_km2", "float", "Published area", "公布面积", "km2", False, "", "0..200000")
_PLAN_PHRASE = Attr(
    "plan_phrase",
    description="Words of the plan that name it; blank where it does not",
    description_zh="规划原文用语",
)
_WHERE = (
    Attr("city_ids", "list", "Cities that it lies in", "所在城市", references="cities.city_id"),
    Attr("district_ids", "list", "Districts that it lies in", "所在区县", references="districts.district_id"),
)
ZONES = Layer(
    "plan_zones",
    "Zones of the plan",
    "规划功能区",
    "polygon",
    "zones/plan_zones.geojson",
    (
        Attr("zone_id", description="Id of the zone", description_zh="编号", required=True),
        *NAMES,
        Attr(
            "kind",
            description="Kind of zone",
            description_zh="类型",
            required=True,
            allowed="metro_area|demonstration_zone|free_trade_zone|bonded_zone|business_district|facility|hub|science_city|science_centre|innovation_zone|corridor|industrial_park|rural_area|control_zone|port_zone",
        ),
        _EXTENT,
        _AREA,
        *_WHERE,
        Attr("members_zh", "list", "Members in Chinese", "成员"),
        *DATED,
        _PLAN_PHRASE,
        *COMMON,
    ),
    "the plan's text; plans of the zones; boundaries: 天地图",
    "data: 天地图 where extent is districts; else CC-BY-4.0",
    "data: 天地图",
)
ECOLOGY = Layer(
    "ecology",
    "Ecology and water sources",
    "生态空间与水源地",
    "polygon",
    "zones/ecology.geojson",
    (
        Attr("site_id", description="Id of the site", description_zh="编号", required=True),
        *NAMES,
        Attr(
            "kind",
            description="Kind of site",
            description_zh="类型",
            required=True,
            allowed="nature_reserve|national_park|island|lake|river|monitoring_section|estuary|bay|reservoir|heritage_towns",
        ),
        _EXTENT,
        _AREA,
        *_WHERE,
        Attr("members_zh", "list", "Parts in Chinese", "组成部分"),
        *DATED,
        _PLAN_PHRASE,
        *COMMON,
    ),
    "the plan's text; bulletins of the reserves; water outlines of the layer water_bodies",
    "CC-BY-4.0; water outlines as in water_bodies",
)
ENERGY = Layer(
    "energy",
    "Energy facilities, shown by district",
    "能源设施(按区县示意)",
    "polygon",
    "zones/energy.geojson",
    (
        Attr("facility_id", description="Id of the facility", description_zh="编号", required=True),
        *NAMES,
        Attr(
            "kind",
            description="Kind of facility",
            description_zh="类型",
            required=True,
            allowed="gas_pipeline|lng_terminal|lng_storage|substation|power_line|offshore_wind|exchange|power_iot",
        ),
        _EXTENT,
        *_WHERE,
        *DATED,
        Attr("in_plan", "bool", "Whether the plan names it", "规划是否列名", required=True),
        *COMMON,
        Attr(
            "name_full_zh",
            description="Name with its voltage",
            description_zh="全称(仅内部)",
            audience="internal",
        ),
        Attr(
            "site_lon",
            "float",
            "Longitude of the facility, WGS84",
            "经度(仅内部)",
            "degree",
            False,
            "",
            "73..136",
            "",
            "internal",
        ),
        Attr(
            "site_lat",
            "float",
            "Latitude of the facility, WGS84",
            "纬度(仅内部)",
            "degree",
            False,
            "",
            "17..54",
            "",
            "internal",
        ),
        Attr(
            "points",
            "list",
            "Ends and stations as 'name lon lat', in order; they make its line",
            "端点与站场(仅内部)",
            audience="internal",
        ),
        Attr(
            "detail",
            description="Capacities, lengths, voltages and positions",
            description_zh="详情(仅内部)",
            audience="internal",
        ),
    ),
    "the plan's text; news and notices named in each row; boundaries: 天地图",
    "data: 天地图",
    "data: 天地图",
    "public: district level only; exact points, lines and figures are internal attributes",
)
CATALOG = [ZONES, ECOLOGY, ENERGY]

IN_CLUSTERS = {"town_group", "town_circle"}  # kept in one registry, layer clusters
OUTSIDE = {"tsingshan-indonesia"}  # outside China; the register says so
AREAS = {"tianyuan-five-towns": "255"}  # published with the agreement of the five towns
BY_DISTRICTS = {
    "metro-1plus8": "all",
    "demo-zone": "district:310118 district:320509 district:330421",
    "g60-corridor": "district:310117 city:jiaxing city:suzhou city:huzhou",
}
NO_OUTLINE = {
    "zhangjiang-nidz": "22 parks over the city, no outline at hand; the mark only says where its core is",
    "emission-control": "coastal waters, no outline at hand; the mark only says that it is there",
    "g60-corridor": "only its members in the area: Songjiang, Jiaxing, Suzhou and Huzhou",
}
WATER_NAMES = {
    "dianshan-lake": "淀山湖",
    "yuandang": "元荡",
    "fenhu": "汾湖",
    "taihu": "太湖",
    "yangtze-estuary": "长江口",
    "hangzhou-bay": "杭州湾",
    "qingcaosha": "青草沙",
}
ALONG = {
    "taipu-river": ("taipuhe", "changhushen"),
    "wusong-river": ("sushen-neigang", "wusongjiang"),
    "huangpu-river": ("huangpu",),
}
_MARK_KM, _BAND_KM = 1.0, 0.3
_KINDS = {"power_substation": "substation"}
SLUGS = {"chongming-500kv": "chongming-transmission"}  # no voltage in what the public sees
_FIGURES = re.compile(r" ?\([^)]*\d ?(?:m3|MW|kV|MPa)\b[^)]*\)")


def build(facts: Facts, out: Path) -> None:
    """Write zones, ecology and energy; needs districts, and water bodies and waterways where they stand."""
    shapes = _Shapes(out)
    known = _Known(facts)
    zones = [r for r in facts.table("zones") if r["kind"] not in IN_CLUSTERS and r["id"] not in OUTSIDE]
    zones = [r | ({"area_km2": AREAS[r["id"]]} if r["id"] in AREAS else {}) for r in zones]
    ring = shapes.inside_ring(("road:s20", "road:g1503"), 121.4737, 31.2304)
    rows, geometries = [], []
    for row in zones:
        geometry, extent, why = shapes.zone(row, ring)
        rows.append(_row(row, "zone", known, shapes, extent, why))
        geometries.append(geometry)
    write_polygons(out, ZONES, rows, geometries)
    sites = facts.table("ecology_sites")
    rows, geometries = [], []
    for row in sites:
        geometry, extent, why = shapes.site(row)
        rows.append(_row(row, "ecology", known, shapes, extent, why))
        geometries.append(geometry)
    write_polygons(out, ECOLOGY, rows, geometries)
    text = plan_text(facts)
    rows, geometries = [], []
    for row in facts.table("energy_facilities"):
        built, districts = _facility(row, known, shapes, text)
        rows.append(built)
        geometries.append(shapes.union(districts))
    write_polygons(out, ENERGY, rows, geometries)


class _Known:
    """What the register knows of the same thing: a status found later, a date known better."""

    def __init__(self, facts: Facts) -> None:
        items = {r["item_id"]: r for r in facts.table("plan_items")}
        self.of: dict[str, Row] = {}
        for item, ties in FEATURES.items():
            for tie in ties.split(";"):
                feature, relation = tie.split("=")
                if relation == "is":
                    self.of.setdefault(feature, items[item])

    def better(self, feature: str, row: Row) -> tuple[str, str, str]:
        """Status, opening and further source of a feature."""
        item = self.of.get(feature)
        if item is None:
            return row["status"], row["opened"], ""
        found, when = item["actual_status"], item["actual_date"]
        if row["status"] == "unknown" and found not in ("unknown", ""):
            return found, when, item["source"]
        if (
            row["status"] == found
            and when.startswith(row["opened"])
            and len(when) > len(row["opened"])
            and found == "operating"
        ):
            return found, when, item["source"]
        return row["status"], row["opened"], ""


def _row(row: Row, kind: str, known: _Known, shapes: _Shapes, extent: str, why: str) -> Row:
    feature = f"{kind}:{row['id']}"
    status, opened, source = known.better(feature, row)
    key = {"zone": "zone_id", "ecology": "site_id"}[kind]
    city_ids, district_ids = shapes.where(row)
    return {
        key: feature,
        "name": row["name_en"],
        "name_zh": row["name_zh"],
        "kind": row["kind"],
        "extent": extent,
        "area_km2": number(row["area_km2"]),
        "city_ids": city_ids,
        "district_ids": district_ids,
        "members_zh": row["members"].split(";") if row["members"] else [],
        "status": status,
        **dates(opened if status == "operating" else ""),
        "plan_phrase": row["plan_phrase"],
        "source_public": merge_source(row["source"], source.removeprefix("the plan's text; ")),
        "confidence": row["confidence"],
        "note": join_notes(why, _tidy(row["note"])),
    }


def _tidy(note: str) -> str:
    return clean_note(
        "; ".join(p for p in note.split("; ") if not re.search(r"see waterways|member list from general", p))
    )


def _facility(row: Row, known: _Known, shapes: _Shapes, text: str) -> tuple[Row, list[str]]:
    feature = f"energy:{SLUGS.get(row['id'], row['id'])}"
    status, opened, source = known.better(feature, row)
    points = [p for p in row["members"].split(";") if p]
    parsed = [re.match(r"(.+) ([\d.]+),([\d.]+)$", p.strip()) for p in points]
    named = [(m[1], m[2], m[3]) for m in parsed if m]
    districts = shapes.districts_of([(p[1], p[2]) for p in named]) or shapes.where(row)[1]
    cities = list(dict.fromkeys(shapes.city_of[d] for d in districts))
    # A voltage is a figure that public maps leave out, in names as well.
    return {
        "facility_id": feature,
        "name": re.sub(r"\b500 kV ", "", row["name_en"]),
        "name_zh": row["name_zh"].replace("500千伏", ""),
        "kind": _KINDS.get(row["kind"], row["kind"]),
        "extent": "districts",
        "city_ids": cities,
        "district_ids": districts,
        "status": status,
        **dates(opened if status == "operating" else ""),
        "in_plan": feature in known.of or (bool(row["plan_phrase"]) and row["plan_phrase"] in text),
        "source_public": merge_source(
            _FIGURES.sub("", row["source"]), source.removeprefix("the plan's text; ")
        ),
        "confidence": row["confidence"],
        "note": "shown by the districts that it lies in",
        "name_full_zh": row["name_zh"],
        "site_lon": row["lon"],
        "site_lat": row["lat"],
        "points": [" ".join(p) for p in named],
        "detail": clean_note(row["note"]),
    }, districts


class _Shapes:
    """Geometry for zones: unions of districts, water bodies, circles and bands."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.areas = Areas.load(out)
        self.polygon = {
            d["district_id"]: p for d, p in zip(self.areas.districts, self.areas.polygons, strict=True)
        }
        self.city_of = {d["district_id"]: d["city_id"] for d in self.areas.districts}
        self.named = [(d["name_zh"], d["district_id"]) for d in self.areas.districts]
        self.cities = {p["name_zh"]: p["city_id"] for p in read_geojson(out / "zones" / "cities.geojson")[0]}
        water = out / "zones" / "water_bodies.geojson"
        self.water = list(zip(*read_geojson(water), strict=True)) if water.is_file() else []

    def union(self, ids: Sequence[str]) -> Any:
        """Union of districts, all districts of a city, or ``all``."""
        from shapely import unary_union

        chosen = [d for d, city in self.city_of.items() if d in ids or city in ids or "all" in ids]
        return unary_union([self.polygon[d] for d in chosen])

    def circle(self, row: Row, km: float) -> Any:
        """Circle around a point, drawn in metres."""
        from pyproj import Transformer
        from shapely.geometry import Point
        from shapely.ops import transform

        there = Transformer.from_crs("EPSG:4326", METRIC_CRS, always_xy=True).transform
        back = Transformer.from_crs(METRIC_CRS, "EPSG:4326", always_xy=True).transform
        around = transform(there, Point(float(row["lon"]), float(row["lat"]))).buffer(km * 1000, quad_segs=12)
        return transform(back, around)

    def marked(self, row: Row) -> tuple[Any, str, str]:
        """Circle of the published area, or a mark where none is published."""
        if row["area_km2"] and row["id"] not in NO_OUTLINE:
            radius = math.sqrt(float(row["area_km2"]) / math.pi)
            return (
                self.circle(row, radius),
                "indicative_area",
                "no outline at hand: a circle of the published area",
            )
        return (
            self.circle(row, _MARK_KM),
            "indicative_place",
            NO_OUTLINE.get(row["id"], "no outline at hand: the mark only says where it is"),
        )

    def zone(self, row: Row, ring: Any) -> tuple[Any, str, str]:
        """Shape of a zone of the plan."""
        if row["id"] in BY_DISTRICTS:
            return self.union(BY_DISTRICTS[row["id"]].split()), "districts", NO_OUTLINE.get(row["id"], "")
        if row["id"] == "outer-ring" and ring is not None:
            return ring, "indicative_area", "traced along S20 and the part of G1503 that closes it"
        return self.marked(row)

    def site(self, row: Row) -> tuple[Any, str, str]:
        """Shape of an ecology site."""
        name = WATER_NAMES.get(row["id"])
        for properties, polygon in self.water:
            if name and name in properties["name_zh"]:
                return polygon, "water_body", ""
        if row["id"] in ALONG and (band := self.band(ALONG[row["id"]])) is not None:
            return band, "indicative_band", "a band along the waterway as modelled"
        return self.marked(row)

    def band(self, waterways: Sequence[str]) -> Any:
        """Band along the links of waterways, none where they are not built."""
        from shapely import unary_union
        from shapely.geometry import LineString

        from .projects import read_csv

        nodes = {
            r["node_id"]: (float(r["lon"]), float(r["lat"]))
            for r in read_csv(self.out / "nodes" / "water_nodes.csv")
        }
        inner: dict[str, list[tuple[float, float]]] = {}
        for r in read_csv(self.out / "links" / "water_shapes.csv"):
            inner.setdefault(r["link_id"], []).append((float(r["lon"]), float(r["lat"])))
        lines = [
            LineString([nodes[r["from_node_id"]], *inner.get(r["link_id"], []), nodes[r["to_node_id"]]])
            for r in read_csv(self.out / "links" / "water_links.csv")
            if r["waterway_id"].split(":", 1)[1] in waterways
        ]
        return unary_union(lines).buffer(_BAND_KM / 100, quad_segs=2).simplify(0.0005) if lines else None

    def inside_ring(self, routes: Sequence[str], lon: float, lat: float) -> Any:
        """Area inside a ring of roads as modelled around a point, none where their links do not close."""
        from shapely import unary_union
        from shapely.geometry import LineString, Point
        from shapely.ops import polygonize

        from .projects import read_csv

        nodes = {
            r["node_id"]: (float(r["lon"]), float(r["lat"]))
            for r in read_csv(self.out / "nodes" / "road_nodes.csv")
        }
        inner: dict[str, list[tuple[float, float]]] = {}
        for r in read_csv(self.out / "links" / "road_shapes.csv"):
            inner.setdefault(r["link_id"], []).append((float(r["lon"]), float(r["lat"])))
        lines = [
            LineString([nodes[r["from_node_id"]], *inner.get(r["link_id"], []), nodes[r["to_node_id"]]])
            for r in read_csv(self.out / "links" / "road_links.csv")
            if r["route_id"] in routes
        ]
        faces = list(polygonize(unary_union(lines))) if lines else []
        return min((f for f in faces if f.contains(Point(lon, lat))), key=lambda f: f.area, default=None)

    def where(self, row: Row) -> tuple[list[str], list[str]]:
        """Cities and districts of a row by the names that it gives."""
        cities = [self.cities[c] for c in row["city_zh"].split(";") if c in self.cities]
        names = [*row["district_zh"].split(";"), *row["members"].split(";")]
        districts = [
            i
            for name in names
            for zh, i in self.named
            if zh == name and (self.city_of[i] in cities or sum(n == zh for n, _ in self.named) == 1)
        ]
        for name in row["members"].split(";"):
            cities += [self.cities[name]] if name in self.cities else []
        cities += [self.city_of[d] for d in districts]
        return list(dict.fromkeys(cities)), list(dict.fromkeys(districts))

    def districts_of(self, points: Sequence[tuple[str, str]]) -> list[str]:
        """Districts that hold some points; points outside the area are left out."""
        found = [self.areas.place(lon, lat)[0]["district_id"] for lon, lat in points]
        return list(dict.fromkeys(d for d in found if d))
