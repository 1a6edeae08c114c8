"""Railways: stations, lines, links and shape points."""

from __future__ import annotations

import re
from pathlib import Path

from .common import (
    CITY,
    COMMON,
    DATED,
    DISTRICT,
    NAMES,
    ODBL,
    OSM_ATTRIBUTION,
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
    number,
    point,
    position,
    worst,
)
from .geo import Areas
from .linework import LENGTH, LinkIds, mended, shape_layer, shape_rows
from .writers import write_table

_OSM = "OpenStreetMap contributors; national railway mileage table, 2021; published design lengths"
STATIONS = Layer(
    "rail_stations",
    "Railway stations, yards and junctions",
    "铁路车站、货场与线路所",
    "point",
    "nodes/rail_stations.csv",
    (
        Attr("station_id", description="Id of the station", description_zh="车站编号", required=True),
        *NAMES,
        *POINT,
        CITY,
        DISTRICT,
        Attr(
            "city_zh",
            description="City in Chinese, also outside the area",
            description_zh="所在城市(中文)",
            required=True,
        ),
        Attr(
            "district_zh",
            description="District in Chinese, also outside the area",
            description_zh="所在区县(中文)",
        ),
        Attr(
            "kind",
            description="Passenger station, yard (goods) or junction (trains pass)",
            description_zh="类型",
            required=True,
            allowed="station|yard|junction",
        ),
        *DATED,
        *COMMON,
    ),
    "OpenStreetMap contributors",
    ODBL,
    OSM_ATTRIBUTION,
    "dates of a station limit stops at it, not trains that pass",
)
LINES = Layer(
    "rail_lines",
    "Railway lines",
    "铁路线路",
    "none",
    "links/rail_lines.csv",
    (
        Attr("line_id", description="Id of the line", description_zh="线路编号", required=True),
        *NAMES,
        Attr(
            "category",
            description="Kind of line; walk joins stations of one hub",
            description_zh="类别",
            required=True,
            allowed="high_speed|intercity|conventional|suburban|freight|metro_intercity|walk",
        ),
        Attr("design_speed_kph", "float", "Design speed", "设计速度", "km/h", False, "", "20..500"),
        Attr("length_km", "float", "Published length of the line", "公布长度", "km", False, "", "0..2000"),
        Attr(
            "length_linked_km",
            "float",
            "Length of its links here",
            "已建模区段长度",
            "km",
            False,
            "",
            "0..2000",
        ),
        Attr(
            "extent",
            description="Whether links cover the line: whole, part (within 10 % counts as whole), skeleton (few of its stops) or none",
            description_zh="建模范围",
            allowed="whole|part|skeleton|none",
        ),
        *DATED,
        Attr(
            "construction_start",
            description="Start of construction: year, month or day",
            description_zh="开工时间",
        ),
        Attr("from_zh", description="First end in Chinese", description_zh="起点"),
        Attr("to_zh", description="Other end in Chinese", description_zh="终点"),
        Attr(
            "plan_phrase",
            description="Words of the plan that name it; blank where the plan does not",
            description_zh="规划原文用语",
        ),
        *COMMON,
    ),
    _OSM,
)
LINKS = Layer(
    "rail_links",
    "Railway links between stations",
    "铁路区段",
    "line",
    "links/rail_links.csv",
    (
        Attr("link_id", description="Id of the link", description_zh="区段编号", required=True),
        Attr(
            "line_id",
            description="Line that it belongs to",
            description_zh="所属线路",
            required=True,
            references="rail_lines.line_id",
        ),
        Attr("seq", "int", "Order along the line", "顺序号", allowed="1..1000"),
        Attr(
            "from_node_id",
            description="Station at one end",
            description_zh="起点车站",
            required=True,
            references="rail_stations.station_id",
        ),
        Attr(
            "to_node_id",
            description="Station at the other end",
            description_zh="终点车站",
            required=True,
            references="rail_stations.station_id",
        ),
        LENGTH,
        *DATED,
        *COMMON,
    ),
    _OSM,
    ODBL,
    OSM_ATTRIBUTION,
    "each link may be used in both directions; dates are its own where known, else its line's",
)
SHAPES = shape_layer(
    "rail_shapes",
    "Shape points of railway links",
    "铁路区段形状点",
    "links/rail_shapes.csv",
    "rail_links",
    "OpenStreetMap contributors",
    ODBL,
    OSM_ATTRIBUTION,
)
CATALOG = [STATIONS, LINES, LINKS, SHAPES]

# One copy of each metro line: these stand in the metro layers, with all their stations.
IN_METRO = {
    "shanghai-metro-11w": "metroline:sh-11",
    "suzhou-metro-11": "metroline:sz-11",
    "xicheng-s1": "metroline:wx-s1",
}
ONLY_METRO_STATIONS = {"huaqiao-metro", "weiting-metro"}
RESERVED = {"caolu", "huinan-guotie"}  # room is left for them; no day on which they are to open is known
SKELETONS = {"jiamin", "shifanqu", "lianggang", "nanfeng", "hanghai", "ningyu"}

# Sections whose state or dates are not the line's: (line, from, to) -> (status, opened, expected, remark).
_UNDER = ("under_construction", "", "2027")
SECTIONS: dict[tuple[str, str, str], tuple[str, str, str, str]] = {
    ("airport-link", "pudong-t1t2", "pudong-t3"): (*_UNDER, "expected year is the line's"),
    ("airport-link", "pudong-t3", "shanghai-dong"): (*_UNDER, "expected year is the line's"),
    ("ningqi", "nantong", "nantong-dong"): (
        "operating",
        "2019-01-05",
        "",
        "section Nantong-Qidong opened 2019-01-05",
    ),
    ("ningqi", "nantong-dong", "haimen"): (
        "operating",
        "2019-01-05",
        "",
        "section Nantong-Qidong opened 2019-01-05",
    ),
    ("ningqi", "haimen", "qidong"): (
        "operating",
        "2019-01-05",
        "",
        "section Nantong-Qidong opened 2019-01-05",
    ),
    ("hub-transfer", "hongqiao-t2", "shanghai-hongqiao"): (
        "operating",
        "2024-12-27",
        "",
        "walk; open with the station of Terminal 2",
    ),
}
_OLD_SONGJIANG = (
    "before 2024-12-10 trains ran over the old line by way of Songjiang; the link stands for both"
)
REMARKS = {
    ("hukun-conv", "xinqiao", "shanghai-songjiang"): _OLD_SONGJIANG,
    ("hukun-conv", "shanghai-songjiang", "fengjing"): _OLD_SONGJIANG,
}
NAMES_EN = {
    "huinan-guotie": "Huinan (national railway; reserved)",
    "xujing-sfq": "Xujing direction stop (Demonstration-Zone line; name unconfirmed)",
    "jiangyin-bei": "Jiangyin North (goods yard; name unconfirmed)",
}


def build(facts: Facts, out: Path) -> None:
    """Write the rail layers; needs the districts."""
    areas = Areas.load(out)
    stations = [r for r in facts.table("rail_stations") if r["station_id"] not in ONLY_METRO_STATIONS]
    expected = expected_at(facts)
    write_table(out, STATIONS, [_station(row, areas, expected) for row in stations])

    lines = {r["line_id"]: r for r in facts.table("rail_lines") if r["line_id"] not in IN_METRO}
    at = {r["station_id"]: position(r, "coord_source") for r in stations}
    paths = _paths(facts)
    ids = LinkIds("raillink")
    links, shapes, linked = [], [], dict.fromkeys(lines, 0.0)
    for row in facts.table("rail_links"):
        if row["line_id"] in IN_METRO:
            continue
        key = (row["line_id"], row["from_station_id"], row["to_station_id"])
        link = _link(ids(*key), row, lines[row["line_id"]], [at[key[1]], at[key[2]]], paths.get(key, []))
        links.append(link)
        linked[row["line_id"]] += float(link["length_km"])
        shapes += shape_rows(
            link["link_id"],
            paths.get(key, []),
            "osm",
            "OpenStreetMap contributors, railway tracks, 2025-01 to 2026-07",
        )
    write_table(out, LINES, [_line(row, linked[line]) for line, row in lines.items()])
    write_table(out, LINKS, sorted(links, key=lambda r: (r["line_id"], int(r["seq"]))), sort=False)
    write_table(out, SHAPES, sorted(shapes, key=lambda r: (r["link_id"], r["seq"])), sort=False)


def expected_at(facts: Facts) -> dict[str, tuple[str, str]]:
    """Expected opening (as stated) and line of every station that waits for one: the first line to reach it."""
    found: dict[str, tuple[str, str]] = {}
    lines = {r["line_id"]: r for r in facts.table("rail_lines")}
    for link in facts.table("rail_links"):
        line = lines[link["line_id"]]
        key = (link["line_id"], link["from_station_id"], link["to_station_id"])
        status, _, expected, _ = SECTIONS.get(key, (line["status"], "", line["expected_open"], ""))
        if expected and status != "operating":
            for station in key[1:]:
                said = (expected, str(line["name_zh"]))
                if station in RESERVED:
                    continue
                found[station] = min(
                    found.get(station, said), said, key=lambda s: dates(s[0])["opened_expected"]
                )
    return found


def _paths(facts: Facts) -> dict[tuple[str, str, str], list[tuple[float, float]]]:
    """Interior shape points by link."""
    found: dict[tuple[str, str, str], list[tuple[float, float]]] = {}
    rows = facts.table("rail_waypoints")
    for row in sorted(
        rows, key=lambda r: (r["line_id"], r["from_station_id"], r["to_station_id"], int(r["order"]))
    ):
        key = (row["line_id"], row["from_station_id"], row["to_station_id"])
        found.setdefault(key, []).append((float(row["lon"]), float(row["lat"])))
    return found


def _station(row: Row, areas: Areas, expected: dict[str, tuple[str, str]]) -> Row:
    ids, outside = areas.place(row["lon"], row["lat"], row["city_zh"])
    where = areas.name_zh(ids["district_id"]) or row["district_zh"]
    date, line = expected.get(row["station_id"], ("", "")) if row["status"] != "operating" else ("", "")
    remark = "" if row["kind"] == "station" or row["confidence"] != "low" else "position and name approximate"
    return {
        "station_id": f"station:{row['station_id']}",
        "name": NAMES_EN.get(row["station_id"], row["name_en"]),
        "name_zh": row["name_zh"],
        **point(row["lon"], row["lat"], coord_origin(row["coord_source"])),
        **ids,
        "city_zh": areas.cities_zh.get(ids["city_id"], row["city_zh"]),
        "district_zh": where,
        "kind": row["kind"],
        "status": row["status"],
        **dates(row["opened"], date),
        "source_public": merge_source(row["coord_source"]),
        "confidence": row["confidence"],
        "note": join_notes(
            f"expected with {line}" if date else "",
            "reserved, no date known" if row["station_id"] in RESERVED else "",
            outside,
            areas.compare(ids, row["district_zh"]),
            remark,
        ),
    }


def _line(row: Row, linked: float) -> Row:
    category = "walk" if row["line_id"] == "hub-transfer" else row["category"]
    return {
        "line_id": f"line:{row['line_id']}",
        "name": row["name_en"],
        "name_zh": row["name_zh"],
        "category": category,
        "design_speed_kph": number(_design_speed(row)),
        "length_km": number(row["length_km"]),
        "length_linked_km": number(linked, 1),
        "extent": _extent(row, linked),
        "status": row["status"],
        **dates(row["opened"], row["expected_open"]),
        "construction_start": row["construction_start"],
        "from_zh": row["from_zh"],
        "to_zh": row["to_zh"],
        "plan_phrase": row["plan_phrase"],
        "source_public": merge_source(row["source"]),
        "confidence": row["confidence"],
        "note": clean_note(row["note"]),
    }


def _design_speed(row: Row) -> str:
    """Design speed; where the table gives the speed in operation and the note tells the design speed, the note's."""
    told = re.search(r"[Dd]esign speed (\d{3})\b", row["note"])
    return told[1] if told else row["design_speed_kmh"]


def _extent(row: Row, linked: float) -> str:
    if not linked:
        return "none"
    if row["line_id"] in SKELETONS:
        return "skeleton"
    return "whole" if not row["length_km"] or linked >= 0.9 * float(row["length_km"]) else "part"


def _link(
    link_id: str, row: Row, line: Row, ends: list[tuple[float, float]], path: list[tuple[float, float]]
) -> Row:
    key = (row["line_id"], row["from_station_id"], row["to_station_id"])
    status, opened, expected, remark = SECTIONS.get(
        key, (line["status"], line["opened"], line["expected_open"], "")
    )
    length, repair = mended(float(row["length_km"]), ends, path)
    stated = (
        row["source"]
        if not row["source"].startswith(("computed", "published"))
        else f"{row['source']}; {line['source']}"
    )
    own = "" if key in SECTIONS or not opened else "date is the line's"
    return {
        "link_id": link_id,
        "line_id": f"line:{row['line_id']}",
        "seq": row["seq"],
        "from_node_id": f"station:{row['from_station_id']}",
        "to_node_id": f"station:{row['to_station_id']}",
        "length_km": length,
        "status": status,
        **dates(opened, expected),
        "source_public": merge_source(stated),
        "confidence": worst(row["confidence"], "medium" if repair else ""),
        "note": join_notes(clean_note(row["note"]), remark, REMARKS.get(key, ""), repair, own),
    }
