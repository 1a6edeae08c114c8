"""Metro: stations, lines, links, and walks between metro and railway stations or airports."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from .common import (
    CITY,
    COMMON,
    DATED,
    DISTRICT,
    NAMES,
    ODBL,
    OSM_ATTRIBUTION,
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
    number,
    point,
    position,
    worst,
)
from .geo import Areas
from .linework import LENGTH, LinkIds, mended
from .rail import ONLY_METRO_STATIONS, expected_at
from .writers import write_table

_OSM = "OpenStreetMap contributors; MetroMan network tables, 2025-01"
STATIONS = Layer(
    "metro_stations",
    "Metro stations",
    "轨道交通车站",
    "point",
    "nodes/metro_stations.csv",
    (
        Attr(
            "station_id",
            description="Id of the station; lines that meet share it",
            description_zh="车站编号",
            required=True,
        ),
        *NAMES,
        *POINT,
        CITY,
        DISTRICT,
        *DATED,
        *COMMON,
    ),
    _OSM,
    ODBL,
    OSM_ATTRIBUTION,
    "Shanghai as of 2026-09, the other cities as of 2025-01; points of map services are kept to 3 decimals and not relicensed",
)
LINES = Layer(
    "metro_lines",
    "Metro lines",
    "轨道交通线路",
    "none",
    "links/metro_lines.csv",
    (
        Attr("line_id", description="Id of the line", description_zh="线路编号", required=True),
        *NAMES,
        Attr(
            "city_id",
            description="City that runs the line",
            description_zh="所属城市",
            required=True,
            references="cities.city_id",
        ),
        Attr("colour", description="Colour on maps, #RRGGBB", description_zh="标志色"),
        Attr("length_km", "float", "Published length", "公布长度", "km", False, "", "0..200"),
        Attr(
            "commercial_speed_kph",
            "float",
            "Speed with stops; blank where not published",
            "旅行速度",
            "km/h",
            False,
            "",
            "10..300",
        ),
        Attr(
            "headway_peak_min",
            "float",
            "Interval between trains in the peak; blank where not published",
            "高峰间隔",
            "min",
            False,
            "",
            "0.5..60",
        ),
        Attr(
            "headway_off_min",
            "float",
            "Interval between trains off the peak; blank where not published",
            "平峰间隔",
            "min",
            False,
            "",
            "0.5..60",
        ),
        Attr("station_count", "int", "Stations of the line", "车站数", required=True, allowed="2..100"),
        *DATED,
        *COMMON,
    ),
    _OSM,
)
LINKS = Layer(
    "metro_links",
    "Metro links between stations",
    "轨道交通区间",
    "line",
    "links/metro_links.csv",
    (
        Attr("link_id", description="Id of the link", description_zh="区间编号", required=True),
        Attr(
            "line_id",
            description="Line that it belongs to",
            description_zh="所属线路",
            required=True,
            references="metro_lines.line_id",
        ),
        Attr("seq", "int", "Order along the line", "顺序号", required=True, allowed="1..200"),
        Attr(
            "from_node_id",
            description="Station at one end",
            description_zh="起点车站",
            required=True,
            references="metro_stations.station_id",
        ),
        Attr(
            "to_node_id",
            description="Station at the other end",
            description_zh="终点车站",
            required=True,
            references="metro_stations.station_id",
        ),
        LENGTH,
        Attr(
            "branch",
            description="Main line or the branch's name",
            description_zh="支线",
            required=True,
            allowed="main|minhang|hangzhong|huaqiao",
        ),
        *DATED,
        *COMMON,
    ),
    _OSM,
    ODBL,
    OSM_ATTRIBUTION,
    "a link opens when the line and both stations have opened; a station opened later between two older ones limits stops only",
)
TRANSFERS = Layer(
    "station_transfers",
    "Walks from metro stations to railway stations and airports",
    "轨道交通与铁路车站、机场步行换乘",
    "line",
    "links/station_transfers.csv",
    (
        Attr("transfer_id", description="Id of the walk", description_zh="换乘编号", required=True),
        Attr(
            "from_node_id",
            description="Metro station",
            description_zh="轨道交通车站",
            required=True,
            references="metro_stations.station_id",
        ),
        Attr(
            "to_node_id",
            description="Railway station or airport",
            description_zh="铁路车站或机场",
            required=True,
            references="rail_stations.station_id|airports.airport_id",
        ),
        Attr("walk_min", "float", "Minutes on foot, estimated", "步行时间(估计)", "min", True, "", "0..60"),
        *DATED,
        *COMMON,
    ),
    "distances by coordinates; minutes are estimates",
    OWN,
    "",
    "minutes on foot are estimates",
)
CATALOG = [STATIONS, LINES, LINKS, TRANSFERS]

TABLES_OF = "2025-01"
"""State of the tables of the cities other than Shanghai: what stands in them had opened by then."""


def build(facts: Facts, out: Path) -> None:
    """Write the metro layers; needs the districts."""
    areas = Areas.load(out)
    stations = {r["station_id"]: r for r in facts.table("metro_stations")}
    lines = {r["line_id"]: r for r in facts.table("metro_lines")}
    links = facts.table("metro_links")
    cities = {r["name_zh"]: f"city:{r['city_id']}" for r in facts.table("cities")}
    opened = _link_dates(links, lines, stations)
    ids = LinkIds("metrolink")
    rows = [
        _link(ids(r["line_id"], r["from_station_id"], r["to_station_id"]), r, stations, opened[i])
        for i, r in enumerate(links)
    ]
    write_table(out, STATIONS, [_station(row, areas) for row in stations.values()])
    write_table(out, LINES, [_line(row, cities, links) for row in lines.values()])
    write_table(out, LINKS, sorted(rows, key=lambda r: (r["line_id"], int(r["seq"]))), sort=False)
    expected = expected_at(facts)
    transfers = [
        r for r in facts.table("metro_rail_transfers") if r["rail_station_id"] not in ONLY_METRO_STATIONS
    ]
    write_table(out, TRANSFERS, [_transfer(row, expected) for row in transfers])


def _link_dates(
    links: list[Row], lines: dict[str, Row], stations: dict[str, Row]
) -> list[tuple[dict[str, str], str]]:
    """Dates and remark of every link.

    Of a station opened after both its neighbours, all of one line and phase, the links are as old as the
    neighbours: trains ran through before the stop opened.
    """
    beside: dict[tuple[str, str], list[str]] = defaultdict(list)
    for link in links:
        beside[link["line_id"], link["from_station_id"]].append(link["to_station_id"])
        beside[link["line_id"], link["to_station_id"]].append(link["from_station_id"])

    def phase(line: str, station: str) -> str:
        first = lines[line]["opened"]
        near = [stations[s]["opened"] for s in beside[line, station]]
        own = stations[station]["opened"]
        later_stop = len(near) == 2 and near[0] == near[1] >= first and (not own or own > near[0])
        return near[0] if later_stop else own

    result = []
    for link in links:
        line, ends = link["line_id"], (link["from_station_id"], link["to_station_id"])
        known = [lines[line]["opened"], *[phase(line, s) for s in ends]]
        if all(known):
            result.append((dates(max(known)), ""))
            continue
        bounds = dates(max(k for k in known if k))
        by = dates(TABLES_OF)["opened_expected"]
        bounds |= {"opened_expected": by, "opened_latest": by}
        result.append(
            (
                bounds,
                "derived: day of opening not known; after the rest of the line, and in the tables of 2025-01",
            )
        )
    return result


def _station(row: Row, areas: Areas) -> Row:
    ids, outside = areas.place(row["lon"], row["lat"], row["city_zh"])
    return {
        "station_id": f"metro:{row['station_id']}",
        "name": row["name_en"],
        "name_zh": row["name_zh"],
        **point(row["lon"], row["lat"], coord_origin(row["coord_source"])),
        **ids,
        "status": row["status"],
        **dates(row["opened"]),
        "source_public": merge_source(row["coord_source"]),
        "confidence": row["confidence"],
        "note": join_notes(outside, areas.compare(ids, row["district_zh"])),
    }


def _line(row: Row, cities: dict[str, str], links: list[Row]) -> Row:
    count = len(
        {
            link[end]
            for link in links
            if link["line_id"] == row["line_id"]
            for end in ("from_station_id", "to_station_id")
        }
    )
    remark = "; ".join(part for part in clean_note(row["note"]).split("; ") if "rail_lines" not in part)
    return {
        "line_id": f"metroline:{row['line_id']}",
        "name": row["name_en"],
        "name_zh": row["name_zh"],
        "city_id": cities[row["city_zh"]],
        "colour": row["colour"],
        "length_km": number(row["length_km"]),
        "commercial_speed_kph": number(row["commercial_speed_kmh"]),
        "headway_peak_min": number(row["headway_peak_min"]),
        "headway_off_min": number(row["headway_off_min"]),
        "station_count": count,
        "status": row["status"],
        **dates(row["opened"]),
        "source_public": merge_source(row["source"]),
        "confidence": row["confidence"],
        "note": remark,
    }


def _link(link_id: str, row: Row, stations: dict[str, Row], opened: tuple[dict[str, str], str]) -> Row:
    ends = [position(stations[row[end]], "coord_source") for end in ("from_station_id", "to_station_id")]
    length, repair = mended(float(row["length_km"]), ends)
    when, remark = opened
    return {
        "link_id": link_id,
        "line_id": f"metroline:{row['line_id']}",
        "seq": row["seq"],
        "from_node_id": f"metro:{row['from_station_id']}",
        "to_node_id": f"metro:{row['to_station_id']}",
        "length_km": length,
        "branch": row["branch"],
        "status": "operating",
        **when,
        "source_public": merge_source(row["source"]),
        "confidence": worst(row["confidence"], "medium" if repair else ""),
        "note": join_notes(remark, repair),
    }


def _transfer(row: Row, expected: dict[str, tuple[str, str]]) -> Row:
    kind = "airport" if row["target"] == "airport" else "station"
    target = f"{kind}:{row['rail_station_id']}"
    waits = row["target_status"] != "operating"
    date, line = expected.get(row["rail_station_id"], ("", "")) if waits else ("", "")
    return {
        "transfer_id": f"transfer:{row['metro_station_id']}--{row['rail_station_id']}",
        "from_node_id": f"metro:{row['metro_station_id']}",
        "to_node_id": target,
        "walk_min": number(row["walk_min"]),
        "status": row["target_status"],
        **dates("", date),
        "source_public": merge_source(row["source"]),
        "confidence": row["confidence"],
        "note": f"expected with {line}" if date else ("opens with the railway station" if waits else ""),
    }
