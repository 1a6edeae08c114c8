"""Water bodies: sea, estuaries, rivers and lakes, each under the open licence of its own outline.

Outlines of the facts stay where their licence is open. Others give way to the outlines in ``open_water.geojson``
(see ``scripts/fetch_open_water.py``), or to a river's centreline widened; a lake for which no open outline of use
was found is left out (:data:`LEFT_OUT`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from .common import COMMON, NAMES, ODBL, OSM_ATTRIBUTION, OWN, Attr, Facts, Layer, Row, number
from .geo import METRIC_CRS, read_geojson
from .writers import write_polygons

__all__ = ["CATALOG", "LEFT_OUT", "Water", "build"]

LAYER = Layer(
    "water_bodies",
    "Water bodies",
    "水体",
    "polygon",
    "zones/water_bodies.geojson",
    (
        Attr("water_id", description="Id of the water body", description_zh="水体编号", required=True),
        *NAMES,
        Attr(
            "kind",
            description="What it is",
            description_zh="类型",
            required=True,
            allowed="lake|river|estuary|sea",
        ),
        Attr(
            "area_km2",
            "float",
            "Area of the outline, measured in EPSG:4549",
            "面积(按轮廓量算)",
            "km2",
            True,
            "",
            "0..100000",
        ),
        Attr(
            "barrier",
            "bool",
            "Whether the outline is good enough to bar the way off the network",
            "是否作为通行障碍",
            required=True,
        ),
        Attr(
            "licence",
            description="Licence of this outline",
            description_zh="许可",
            required=True,
            allowed="ODbL-1.0|CC-BY-4.0|ODbL-1.0 and CC-BY-4.0|Public domain",
        ),
        *COMMON,
    ),
    "OpenStreetMap contributors; Natural Earth; ESA WorldCover 2020",
    "per feature: ODbL-1.0, CC-BY-4.0 or public domain",
    f"{OSM_ATTRIBUTION}; © ESA WorldCover project 2020; Natural Earth",
    "bridges are not cut out: links may cross",
)
CATALOG = [LAYER]

LEFT_OUT = {"lihu": "蠡湖（五里湖）", "yuandang": "元荡"}
"""Lakes of the facts without an open outline of use."""

_OWN_SOURCES = {  # outlines of the facts whose licence is open
    "roaring": ("OpenStreetMap contributors, land polygons, via roaring-landmask 0.11.0", ODBL),
    "roaring+esa": (
        "OpenStreetMap contributors, land polygons, via roaring-landmask 0.11.0; ESA WorldCover 2020",
        f"{ODBL} and {OWN}",
    ),
    "esa": ("ESA WorldCover 2020", OWN),
    "geo-maps": ("OpenStreetMap contributors, via @geo-maps/earth-waterbodies-10m 0.6.0, 2017", ODBL),
}
AGREEMENT = {  # overlap over union with an independent outline of the lake, measured when these were chosen
    "changjiang": 0.84,
    "taihu": 0.87,
    "dianshan-lake": 0.55,
    "yangcheng-lake": 0.54,
    "chenghu": 0.62,
    "gehu": 0.77,
    "changdang-lake": 0.73,
}
GOOD_ENOUGH = 0.55
# Land inside the coarse outline of Taihu, as ellipses drawn on the map: centre, half axes (km), turned from east.
TAIHU_LAND = (("西山", 120.27, 31.12, 7.2, 3.6, 20.0), ("马山", 120.095, 31.44, 6.8, 3.2, 95.0))
HUANGPU_WIDTH_M = 400
COARSE_DEG = 0.01
WET = {"qingpu-shangta": "元荡", "qingpu-xicen": "淀山湖", "dongshan": "太湖"}
"""Points of the facts that lie in a lake by a finer outline than may be shown here."""


def build(facts: Facts, out: Path) -> None:
    """Write the water bodies."""
    rows, shapes = [], []
    found = {
        p["water_id"]: (p, g)
        for p, g in zip(*read_geojson(Path(__file__).parent / "open_water.geojson"), strict=True)
    }
    for told, outline in zip(*read_geojson(facts.folder / "water_bodies.geojson"), strict=True):
        if told["water_id"] in LEFT_OUT:
            continue
        row, shape = _feature(told, outline, found, facts)
        rows.append(row)
        shapes.append(shape)
    write_polygons(out, LAYER, rows, shapes)


def _feature(told: Row, outline: Any, found: dict[str, tuple[Row, Any]], facts: Facts) -> tuple[Row, Any]:
    water_id = told["water_id"]
    note, confidence = "", told["confidence"]
    if water_id == "huangpu-river":
        shape, source, licence, confidence = (
            _huangpu(facts),
            "derived: centreline of the waterway widened to 400 m",
            OWN,
            "medium",
        )
    elif water_id in found:
        origin, shape = found[water_id]
        source, licence = origin["source_public"], origin["licence"]
        agreement = AGREEMENT[water_id]
        confidence = "medium" if agreement >= GOOD_ENOUGH else "low"
        note = f"coarse outline (to about 1 km); overlap over union with an independent outline {agreement}"
        if water_id == "taihu":
            shape = _less_land(shape)
            note += (
                "; "
                + " and ".join(name for name, *_ in TAIHU_LAND)
                + " are cut out as ellipses drawn on the map"
            )
    else:
        shape, (source, licence) = outline, _OWN_SOURCES[_kind_of(told["source"])]
        note = "generalised to about 1 km" if confidence == "low" else ""
    shape = _clean(shape)
    row = {
        "water_id": f"water:{water_id}",
        "name": told["name_en"],
        "name_zh": told["name_zh"],
        "kind": told["kind"],
        "area_km2": number(_metric(shape).area / 1e6, 1),
        "barrier": confidence != "low",
        "licence": licence,
        "source_public": source,
        "confidence": confidence,
        "note": note,
    }
    return row, shape


def _kind_of(source: str) -> str:
    if "roaring-landmask" in source:
        return "roaring+esa" if "WorldCover" in source else "roaring"
    if "WorldCover" in source:
        return "esa"
    if "geo-maps" in source and "GSHHG" not in source:
        return "geo-maps"
    raise ValueError(f"An outline whose licence is not known to be open: {source}")


@cache
def _transformers() -> tuple[Any, Any]:
    from pyproj import Transformer

    there = Transformer.from_crs("EPSG:4326", METRIC_CRS, always_xy=True)
    back = Transformer.from_crs(METRIC_CRS, "EPSG:4326", always_xy=True)
    return there.transform, back.transform


def _metric(geometry: Any) -> Any:
    from shapely.ops import transform

    return transform(_transformers()[0], geometry)


def _degrees(geometry: Any) -> Any:
    from shapely.ops import transform

    return transform(_transformers()[1], geometry)


def _clean(geometry: Any) -> Any:
    """Valid and rounded, polygons only."""
    import shapely

    rounded = shapely.set_precision(shapely.make_valid(geometry), 0.00001)
    parts = [p for p in getattr(rounded, "geoms", [rounded]) if p.geom_type == "Polygon"]
    return shapely.normalize(parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts))


def _less_land(lake: Any) -> Any:
    from shapely import Point, difference, union_all
    from shapely.affinity import rotate, scale

    land = []
    for _, lon, lat, long_km, short_km, turned in TAIHU_LAND:
        circle = _metric(Point(lon, lat)).buffer(1000, quad_segs=6)
        land.append(rotate(scale(circle, long_km, short_km), turned))
    return _degrees(difference(_metric(lake), union_all(land)))


def _huangpu(facts: Facts) -> Any:
    """The river's centreline in the waterway facts, widened."""
    from shapely import LineString, union_all

    at = {n["node_id"]: (float(n["lon"]), float(n["lat"])) for n in facts.table("water_nodes")}
    bends: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for r in sorted(facts.table("water_waypoints"), key=lambda r: int(r["order"])):
        if r["waterway_id"] == "huangpu":
            bends.setdefault((r["from_node_id"], r["to_node_id"]), []).append(
                (float(r["lon"]), float(r["lat"]))
            )
    links = [
        (r["from_node_id"], r["to_node_id"])
        for r in facts.table("water_links")
        if r["waterway_id"] == "huangpu"
    ]
    lines = [_metric(LineString([at[a], *bends.get((a, b), []), at[b]])) for a, b in links]
    return _degrees(union_all([line.buffer(HUANGPU_WIDTH_M / 2, quad_segs=3) for line in lines]).simplify(20))


@dataclass
class Water:
    """The water bodies that bar the way, asked for points."""

    names: list[str]
    polygons: list[Any]

    @classmethod
    def load(cls, out: Path) -> Water:
        """Read ``zones/water_bodies.geojson`` under ``out``; coarse outlines count from about 1 km off their shore."""
        from shapely import prepare

        properties, polygons = read_geojson(out / "zones" / "water_bodies.geojson")
        margin = {"high": 0.0, "medium": COARSE_DEG}
        kept = [
            (p["name_zh"], g.buffer(-margin[p["confidence"]]))
            for p, g in zip(properties, polygons, strict=True)
            if p["barrier"] and p["water_id"] != "water:huangpu-river"
        ]
        prepare([g for _, g in kept])
        return cls([name for name, _ in kept], [g for _, g in kept])

    def remark(self, lon: float | str, lat: float | str, fact_id: str = "") -> str:
        """Remark where a point that should be on land lies in water; blank elsewhere."""
        from shapely import Point

        where = Point(float(lon), float(lat))
        wet = [
            name for name, polygon in zip(self.names, self.polygons, strict=True) if polygon.contains(where)
        ]
        wet += [WET[fact_id]] if fact_id in WET else []
        return f"the point lies in water ({wet[0]}): its position is at fault" if wet else ""
