"""Observed: published times, distances and flows to calibrate and validate with, and counts of direct trains."""

from __future__ import annotations

import re
from pathlib import Path

from .common import COMMON, Attr, Facts, Layer, Row, clean_note, join_notes, merge_source, number, slug
from .projects import read_csv
from .water import node_id
from .writers import write_table

_FROM = (
    Attr("from_zh", description="Place at one end, in Chinese", description_zh="起点", required=True),
    Attr("to_zh", description="Place at the other end, in Chinese", description_zh="终点", required=True),
)


def _ends(references: str) -> tuple[Attr, Attr]:
    return (
        Attr(
            "from_id",
            description="Node at one end; blank where none matches",
            description_zh="起点编号",
            references=references,
        ),
        Attr(
            "to_id",
            description="Node at the other end; blank where none matches",
            description_zh="终点编号",
            references=references,
        ),
    )


RAIL = Layer(
    "rail_times",
    "Published train times",
    "列车公布时刻(旅时)",
    "none",
    "observed/rail_times.csv",
    (
        Attr("observation_id", description="Id of the observation", description_zh="编号", required=True),
        *_ends("rail_stations.station_id"),
        *_FROM,
        Attr(
            "train_class",
            description="Class of train",
            description_zh="车次等级",
            required=True,
            allowed="G|D|C|K|T|Z|S",
        ),
        Attr("fastest_min", "float", "Fastest train, in-vehicle", "最快旅时", "min", True, "", "1..2000"),
        Attr("typical_min", "float", "Typical train, in-vehicle", "典型旅时", "min", False, "", "1..2000"),
        Attr("distance_km", "float", "Distance by rail", "里程", "km", False, "", "0..2000"),
        Attr("trains", "int", "Trains that the figures rest on", "样本车次", "trains", False, "", "1..1000"),
        Attr(
            "valid_on", description="Year or day of the timetable", description_zh="时刻表时间", required=True
        ),
        *COMMON,
    ),
    "China Railway timetables, January 2021",
)
ROAD = Layer(
    "road_distances",
    "Published road distances",
    "公路公布里程",
    "none",
    "observed/road_distances.csv",
    (
        Attr("observation_id", description="Id of the observation", description_zh="编号", required=True),
        *_ends("road_nodes.node_id"),
        *_FROM,
        Attr("from_lon", "float", "Longitude of one end, WGS84", "起点经度", "degree", True, "", "73..136"),
        Attr("from_lat", "float", "Latitude of one end, WGS84", "起点纬度", "degree", True, "", "17..54"),
        Attr(
            "to_lon", "float", "Longitude of the other end, WGS84", "终点经度", "degree", True, "", "73..136"
        ),
        Attr("to_lat", "float", "Latitude of the other end, WGS84", "终点纬度", "degree", True, "", "17..54"),
        Attr("distance_km", "float", "Published distance", "公布里程", "km", False, "", "0..2000"),
        Attr(
            "drive_min",
            "float",
            "Published minutes, rounded, traffic not stated",
            "公布行车时间",
            "min",
            False,
            "",
            "1..2000",
        ),
        Attr("valid_on", description="Year of the figure", description_zh="年份"),
        Attr(
            "independent",
            "bool",
            "Whether no link length of the layers rests on it",
            "是否独立于路网长度",
            required=True,
        ),
        *COMMON,
    ),
    "mileage tables, notices and web reports named in each row",
)
WATER = Layer(
    "water_distances",
    "Published waterway distances",
    "航道公布里程",
    "none",
    "observed/water_distances.csv",
    (
        Attr("observation_id", description="Id of the observation", description_zh="编号", required=True),
        *_ends("water_nodes.node_id"),
        *_FROM,
        Attr("distance_km", "float", "Published distance", "公布里程", "km", True, "", "0..2000"),
        Attr("via", description="Waterway that it follows", description_zh="所经航道", required=True),
        Attr(
            "use",
            description="none: no link length rests on it; total: a waterway's total only; scaled: link lengths were scaled to it",
            description_zh="与模型的关系",
            required=True,
            allowed="none|total|scaled",
        ),
        *COMMON,
    ),
    "notices and news named in each row",
)
FLOWS = Layer(
    "commuting_flows",
    "Cross-city commuting, published",
    "跨城通勤公布数据",
    "none",
    "observed/commuting_flows.csv",
    (
        Attr("observation_id", description="Id of the observation", description_zh="编号", required=True),
        *_FROM,
        Attr(
            "from_ids",
            "list",
            "Cities or districts at one end; blank for a part of a city",
            "起点编号",
            references="cities.city_id|districts.district_id",
        ),
        Attr(
            "to_ids",
            "list",
            "Cities or districts at the other end; blank for a part of a city",
            "终点编号",
            references="cities.city_id|districts.district_id",
        ),
        Attr("flow", "float", "Figure", "数值", required=True),
        Attr(
            "unit_kind",
            description="users: identified users of one operator; persons: expanded; share: per cent",
            description_zh="口径",
            required=True,
            allowed="users|persons|share",
        ),
        Attr("unit", description="What the figure counts", description_zh="单位说明", required=True),
        Attr("both_directions", "bool", "Whether both directions are summed", "是否双向合计", required=True),
        Attr("year", "int", "Year", "年份", "year", True, "", "2010..2050"),
        *COMMON,
    ),
    "同济大学建筑与城市规划学院、智慧足迹, 长三角城市跨城通勤年度报告",
    note="users of one operator are a sample, not all commuters",
)
DIRECT = Layer(
    "direct_services",
    "Direct trains per day between main stations",
    "主要车站间直达列车数",
    "none",
    "services/direct_services.csv",
    (
        Attr(
            "from_station_id",
            description="(no key) Station at one end",
            description_zh="起点车站",
            required=True,
            references="rail_stations.station_id",
        ),
        Attr(
            "to_station_id",
            description="Station at the other end",
            description_zh="终点车站",
            required=True,
            references="rail_stations.station_id",
        ),
        Attr(
            "train_class",
            description="Class of train",
            description_zh="车次等级",
            required=True,
            allowed="G|D|C|K|T|Z|S|other",
        ),
        Attr("trains_per_day", "int", "Trains per day", "每日列车数", "trains/day", True, "", "1..1000"),
        Attr("valid_on", description="Month of the timetable", description_zh="时刻表时间", required=True),
        *COMMON[:2],
    ),
    "China Railway timetables by station, January 2021 (via thaddywu/RailwayVIS)",
    note="joined by train number and ordered by the clock, so trains over midnight may be reversed",
)
CATALOG = [RAIL, ROAD, WATER, FLOWS, DIRECT]


def build(facts: Facts, out: Path) -> None:
    """Write what was observed; needs stations, highway nodes, cities and districts."""
    stations = _unique(read_csv(out / "nodes" / "rail_stations.csv"), "station_id")
    roads = _unique(read_csv(out / "nodes" / "road_nodes.csv"), "node_id")
    ports = {r["node_id"]: r["kind"] for r in facts.table("water_nodes")}
    write_table(out, RAIL, [_rail(row, stations) for row in facts.table("observed_rail_times")])
    write_table(out, ROAD, [_road(row, roads) for row in facts.table("observed_road_times")])
    write_table(
        out,
        WATER,
        [_water(i, row, ports) for i, row in enumerate(facts.table("observed_water_distances"), 1)],
    )
    places = _places(out)
    write_table(out, FLOWS, [_flow(i, row, places) for i, row in enumerate(facts.table("od_flows"), 1)])
    direct = [_direct(row) for row in facts.table("rail_direct_services")]
    write_table(
        out,
        DIRECT,
        sorted(direct, key=lambda r: (r["from_station_id"], r["to_station_id"], r["train_class"])),
        sort=False,
    )


def _unique(rows: list[Row], key: str) -> dict[str, str]:
    """Ids by Chinese name, only where one row has the name."""
    names = [r["name_zh"] for r in rows]
    return {r["name_zh"]: r[key] for r in rows if names.count(r["name_zh"]) == 1}


def _places(out: Path) -> dict[str, str]:
    from .geo import read_geojson

    districts = {p["name_zh"]: p["district_id"] for p in read_geojson(out / "zones" / "districts.geojson")[0]}
    cities = {p["name_zh"]: p["city_id"] for p in read_geojson(out / "zones" / "cities.geojson")[0]}
    return {**districts, **cities}


def _rail(row: Row, stations: dict[str, str]) -> Row:
    a, b = (stations.get(row[c], "") for c in ("from_zh", "to_zh"))
    if not (a and b):
        raise ValueError(f"rail_times: no station {row['from_zh']} or {row['to_zh']}")
    count = re.search(r"n=(\d+) trains", row["source"])
    day = re.search(r"2021-01-20", row["source"])
    return {
        "observation_id": f"observed:rail/{a.split(':')[1]}--{b.split(':')[1]}/{row['train_class'].lower()}",
        "from_id": a,
        "to_id": b,
        "from_zh": row["from_zh"],
        "to_zh": row["to_zh"],
        "train_class": row["train_class"],
        "fastest_min": number(row["minutes_fastest"]),
        "typical_min": number(row["minutes_typical"]),
        "distance_km": number(row["distance_km"]),
        "trains": count[1] if count else "",
        "valid_on": "2021-01-20" if day else "2021-01",
        "source_public": merge_source(row["source"]),
        "confidence": "high",
        "note": "distance is that of the shortest path in the mileage table" if row["distance_km"] else "",
    }


def _road(row: Row, roads: dict[str, str]) -> Row:
    used = re.search(r"also in shared", row["source"]) is not None
    return {
        "observation_id": f"observed:road/{slug(str(row['from_lon']) + ' ' + row['from_lat'])}--{slug(row['to_lon'] + ' ' + row['to_lat'])}",
        "from_id": roads.get(row["from_zh"], ""),
        "to_id": roads.get(row["to_zh"], ""),
        "from_zh": row["from_zh"],
        "to_zh": row["to_zh"],
        **{c: row[c] for c in ("from_lon", "from_lat", "to_lon", "to_lat")},
        "distance_km": number(row["distance_km"]),
        "drive_min": number(row["minutes_free_flow_or_typical"]),
        "valid_on": row["year"],
        "independent": not used,
        "source_public": merge_source(re.sub(r" \(also in shared [^)]*\)", "", row["source"])),
        "confidence": "medium" if row["distance_km"] else "low",
        "note": join_notes(
            "ends approximate" if "approx" in row["source"] else "",
            "minutes are rounded" if row["minutes_free_flow_or_typical"] else "",
        ),
    }


SUMS = {
    (
        "鸭子坝",
        "八堡",
        "122.1",
    ): "derived: 122.1 = 95.7 + 26.4, the published lengths of 京杭运河浙江段 and of its second passage, "
    "which the waterways have; the sum of two branches, not the way between the ends",
}
"""Figures that add up lengths which the layers have, so that they say nothing about the model."""


def _water(i: int, row: Row, ports: dict[str, str]) -> Row:
    ends = [node_id(row[c], ports[row[c]]) if row[c] else "" for c in ("from_node_id", "to_node_id")]
    used = row["used_in_shared"]
    whole = row["via"] in ("长湖申线", "苏南运河")  # their links are scaled to this very figure
    if whole or used.startswith(("partly", "yes")):
        use = "scaled"
    else:
        use = "total" if "total" in used or "waterways" in used else "none"
    added = SUMS.get((row["from_zh"], row["to_zh"], row["distance"]), "")
    near = clean_note(re.sub(r"\bnode (\w+)\b", r"point \1", used)) if "lies about" in used else ""
    return {
        "observation_id": f"observed:water/{i:02d}",
        "from_id": ends[0],
        "to_id": ends[1],
        "from_zh": row["from_zh"],
        "to_zh": row["to_zh"],
        "distance_km": number(row["distance"]),
        "via": row["via"],
        "use": "total" if added else use,
        "source_public": merge_source(row["source"]),
        "confidence": row["confidence"],
        "note": join_notes(near, added),
    }


def _flow(i: int, row: Row, places: dict[str, str]) -> Row:
    def ids(text: str) -> list[str]:
        return [places[name] for name in re.sub(r"等$", "", text).split("+") if name in places]

    unit = row["unit"]
    kind = "share" if unit.startswith("%") else "persons" if "persons" in unit else "users"
    return {
        "observation_id": f"observed:commuting/{i:02d}",
        "from_zh": row["from_zh"],
        "to_zh": row["to_zh"],
        "from_ids": ids(row["from_zh"]),
        "to_ids": ids(row["to_zh"]),
        "flow": number(row["flow"]),
        "unit_kind": kind,
        "unit": unit,
        "both_directions": "both directions" in unit,
        "year": row["year"],
        "source_public": merge_source(
            row["source"].split("; ")[0].split(", public edition")[0]
            if "《" in row["source"]
            else "Tongji University, mobile-signalling study, 2017-12; CRI 2018-07-25"
        ),
        "confidence": row["confidence"],
        "note": "year assigned from the order of a series of three years"
        if "assigned by us" in row["source"]
        else "",
    }


def _direct(row: Row) -> Row:
    return {
        "from_station_id": f"station:{row['from_station_id']}",
        "to_station_id": f"station:{row['to_station_id']}",
        "train_class": row["train_class"],
        "trains_per_day": row["trains_per_day"],
        "valid_on": row["valid_on"],
        "source_public": merge_source(row["source"]),
        "confidence": row["confidence"],
    }
