"""Places: towns, destinations and airports."""

from __future__ import annotations

from pathlib import Path

from .common import (
    CITY,
    COMMON,
    DATED,
    DISTRICT,
    NAMES,
    OWN,
    POINT,
    Attr,
    Facts,
    Layer,
    Row,
    clean_note,
    coord_origin,
    dates,
    join_notes,
    merge_source,
    no_comma,
    number,
    point,
    worst,
)
from .geo import Areas
from .water_bodies import Water
from .writers import write_table

_NOTICE = "Amap, place points, 2016 (via Vonng/adcode); GeoNames; National Bureau of Statistics, division codes, 2023"
_TERMS = "names and codes: public; points of map services kept to 3 decimals, not relicensed"
TOWNS = Layer(
    "towns",
    "Towns and subdistricts",
    "乡镇街道",
    "point",
    "nodes/towns.csv",
    (
        Attr("town_id", description="Id of the town", description_zh="乡镇编号", required=True),
        *NAMES,
        Attr(
            "kind",
            description="What it is",
            description_zh="类型",
            required=True,
            allowed="town|subdistrict|township|zone|farm",
        ),
        *POINT,
        CITY.but(required=True),
        DISTRICT.but(required=True),
        Attr(
            "code",
            description="Division code of nine digits; blank for zones and former towns",
            description_zh="区划代码",
        ),
        Attr("area_km2", "float", "Published area", "面积", "km2", False, "", "0..2000"),
        Attr(
            "pop_2020",
            "int",
            "Residents, census of 2020; blank where not published",
            "2020年常住人口",
            "people",
            False,
            "",
            "0..2000000",
        ),
        Attr("in_plan", "bool", "Whether the plan names it", "规划是否提及", required=True),
        *COMMON,
    ),
    _NOTICE,
    _TERMS,
)
DESTINATIONS = Layer(
    "destinations",
    "Destinations",
    "目的地",
    "point",
    "nodes/destinations.csv",
    (
        Attr(
            "destination_id", description="Id of the destination", description_zh="目的地编号", required=True
        ),
        *NAMES,
        Attr(
            "kind",
            description="What it is",
            description_zh="类型",
            required=True,
            allowed="tertiary_hospital|university|scenic|cbd|hub_station|science_park|port|exhibition|airport",
        ),
        *POINT,
        CITY.but(required=True),
        DISTRICT.but(required=True),
        Attr(
            "weight", "float", "Size, where one is known", "权重", "see weight_unit", False, "", "0..1000000"
        ),
        Attr("weight_unit", description="What the weight counts", description_zh="权重单位"),
        *COMMON,
    ),
    "OpenStreetMap contributors; Amap and Baidu Maps points; unverified general knowledge",
    _TERMS,
    "© OpenStreetMap contributors",
)
AIRPORTS = Layer(
    "airports",
    "Airports",
    "机场",
    "point",
    "nodes/airports.csv",
    (
        Attr("airport_id", description="Id of the airport", description_zh="机场编号", required=True),
        *NAMES,
        Attr("iata", description="IATA code; blank where there is none yet", description_zh="IATA代码"),
        Attr("icao", description="ICAO code; blank where there is none yet", description_zh="ICAO代码"),
        *POINT,
        CITY,
        Attr(
            "city_zh",
            description="City in Chinese, also outside the area",
            description_zh="所在城市(中文)",
            required=True,
        ),
        DISTRICT,
        Attr("runways", "int", "Runways", "跑道数", required=False, allowed="1..10"),
        Attr(
            "passengers_2019_m",
            "float",
            "Passengers of 2019",
            "2019年旅客吞吐量",
            "million people",
            False,
            "",
            "0..200",
        ),
        Attr(
            "passengers_2024_m",
            "float",
            "Passengers of 2024; blank where not known",
            "2024年旅客吞吐量",
            "million people",
            False,
            "",
            "0..200",
        ),
        Attr("role", description="Its part in the region", description_zh="定位"),
        *DATED,
        Attr(
            "plan_phrase",
            description="Words of the plan that name it; blank where the plan does not",
            description_zh="规划原文用语",
        ),
        *COMMON,
    ),
    "airportsdata, 2026-09-05; OurAirports; press reports",
    OWN,
)
CATALOG = [TOWNS, DESTINATIONS, AIRPORTS]


def build(facts: Facts, out: Path) -> None:
    """Write towns, destinations and airports; needs the districts and the water bodies."""
    areas, water = Areas.load(out), Water.load(out)
    write_table(out, TOWNS, [_town(row, areas, water) for row in facts.table("towns")])
    airports = {row["airport_id"]: row for row in facts.table("airports")}
    write_table(
        out, DESTINATIONS, [_destination(row, areas, airports) for row in facts.table("opportunities")]
    )
    write_table(out, AIRPORTS, [_airport(row, areas) for row in airports.values()])


def _town(row: Row, areas: Areas, water: Water) -> Row:
    ids, outside = areas.place(row["lon"], row["lat"], row["city_zh"])
    wet = water.remark(row["lon"], row["lat"], row["town_id"])
    return {
        "town_id": f"town:{row['town_id']}",
        "name": row["name_en"],
        "name_zh": row["name_zh"],
        "kind": row["kind"],
        **point(row["lon"], row["lat"], coord_origin(row["source"])),
        **ids,
        "code": row["nbs_code9"],
        "area_km2": number(row["area_km2"]),
        "pop_2020": row["pop_2020"],
        "in_plan": row["in_plan"] == "yes",
        "source_public": merge_source(row["source"]),
        "confidence": worst(row["confidence"], "low" if wet else ""),
        "note": join_notes(wet, outside, areas.compare(ids, row["district_zh"])),
    }


def _destination(row: Row, areas: Areas, airports: dict[str, Row]) -> Row:
    ids, outside = areas.place(row["lon"], row["lat"], row["city_zh"])
    source = row["source"]
    if source.startswith("airports.csv"):
        source = (
            airports[row["poi_id"]]["source"]
            if row["poi_id"] in airports
            else "PyPI airportsdata 20260905 (airports.csv)"
        )
    unit, _, remark = row["weight_unit"].partition(" (")
    return {
        "destination_id": f"destination:{row['poi_id']}",
        "name": no_comma(row["name_en"]),
        "name_zh": no_comma(row["name_zh"]),
        "kind": row["kind"],
        **point(row["lon"], row["lat"], coord_origin(source)),
        **ids,
        "weight": number(row["weight"]),
        "weight_unit": unit,
        "source_public": merge_source(source),
        "confidence": row["confidence"],
        "note": join_notes(
            f"weight: unverified {remark.rstrip(')')}" if remark else "",
            outside,
            areas.compare(ids, row["district_zh"]),
        ),
    }


def _airport(row: Row, areas: Areas) -> Row:
    ids, outside = areas.place(row["lon"], row["lat"], row["city_zh"])
    return {
        "airport_id": f"airport:{row['airport_id']}",
        "name": row["name_en"],
        "name_zh": row["name_zh"],
        "iata": row["iata"],
        "icao": row["icao"],
        **point(row["lon"], row["lat"], coord_origin(row["source"])),
        **ids,
        "city_zh": row["city_zh"],
        "runways": row["runways"],
        "passengers_2019_m": number(row["passengers_m_2019"]),
        "passengers_2024_m": number(row["passengers_m_2024"]),
        "role": clean_note(row["role"]),
        "status": row["status"],
        **dates(row["opened"]),
        "plan_phrase": row["plan_phrase"],
        "source_public": merge_source(row["source"]),
        "confidence": row["confidence"],
        "note": outside,
    }
