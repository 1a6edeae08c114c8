"""Highways: nodes, routes, links, shape points and the former toll barriers at provincial borders."""

from __future__ import annotations

import re
from collections import Counter
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
    no_comma,
    number,
    point,
    position,
    worst,
)
from .dead_ends import APPROACHES, open_gaps
from .geo import Areas, line_km
from .linework import LENGTH, LinkIds, mended, shape_layer, shape_rows
from .node_names import node_name
from .water_bodies import Water
from .writers import write_table

CLASSES = "expressway|crossing|national_trunk|provincial_trunk|county_road|connector|ferry"
_SOURCE = "OpenStreetMap contributors; Amap toll-gate points; published lengths and dates; map reading"
_LANES = Attr("lanes", "int", "Lanes in both directions", "车道数(双向)", required=False, allowed="1..16")
_SPEED = Attr(
    "free_speed_kph",
    "float",
    "Speed in free flow as listed or posted",
    "自由流车速",
    "km/h",
    True,
    "",
    "10..130",
)

NODES = Layer(
    "road_nodes",
    "Highway nodes",
    "公路节点",
    "point",
    "nodes/road_nodes.csv",
    (
        Attr("node_id", description="Id of the node", description_zh="节点编号", required=True),
        *NAMES,
        *POINT,
        Attr(
            "kind",
            description="What the node is",
            description_zh="类型",
            required=True,
            allowed="junction|interchange|city_access|town_access|border_crossing|bridge_head|ferry",
        ),
        CITY,
        DISTRICT,
        *COMMON,
    ),
    _SOURCE,
    ODBL,
    OSM_ATTRIBUTION,
    "points of map services are kept to 3 decimals and not relicensed",
)
ROUTES = Layer(
    "road_routes",
    "Highway routes",
    "公路路线",
    "none",
    "links/road_routes.csv",
    (
        Attr("route_id", description="Id of the route", description_zh="路线编号", required=True),
        Attr("ref", description="Road number; blank where it has none", description_zh="路线代号"),
        *NAMES,
        Attr(
            "category",
            description="Kind of route; connectors are made up to join places",
            description_zh="类别",
            required=True,
            allowed=CLASSES,
        ),
        _LANES,
        _SPEED,
        Attr(
            "length_km",
            "float",
            "Published length in the area",
            "公布长度(区域内)",
            "km",
            False,
            "",
            "0..2000",
        ),
        Attr(
            "length_linked_km",
            "float",
            "Length of its links here",
            "已建模路段长度",
            "km",
            False,
            "",
            "0..5000",
        ),
        Attr(
            "extent",
            description="Whether it has links here",
            description_zh="建模范围",
            allowed="linked|none",
        ),
        *DATED,
        Attr(
            "plan_phrase",
            description="Words of the plan that name it; blank where the plan does not",
            description_zh="规划原文用语",
        ),
        *COMMON,
    ),
    _SOURCE,
)
LINKS = Layer(
    "road_links",
    "Highway links",
    "公路路段",
    "line",
    "links/road_links.csv",
    (
        Attr("link_id", description="Id of the link", description_zh="路段编号", required=True),
        Attr(
            "route_id",
            description="Route that it belongs to",
            description_zh="所属路线",
            required=True,
            references="road_routes.route_id",
        ),
        Attr("seq", "int", "Order along the route", "顺序号", allowed="1..2000"),
        Attr(
            "from_node_id",
            description="Node at one end",
            description_zh="起点节点",
            required=True,
            references="road_nodes.node_id",
        ),
        Attr(
            "to_node_id",
            description="Node at the other end",
            description_zh="终点节点",
            required=True,
            references="road_nodes.node_id",
        ),
        LENGTH,
        _LANES,
        _SPEED,
        Attr(
            "facility_type",
            description="Kind of road, the category of its route",
            description_zh="道路类型",
            required=True,
            allowed=CLASSES,
        ),
        *DATED,
        *COMMON,
    ),
    _SOURCE,
    ODBL,
    OSM_ATTRIBUTION,
    "each link may be used in both directions; dates are its own where known, else its route's",
)
SHAPES = shape_layer(
    "road_shapes",
    "Shape points of highway links",
    "公路路段形状点",
    "links/road_shapes.csv",
    "road_links",
    _SOURCE,
    ODBL,
    OSM_ATTRIBUTION,
)
BARRIERS = Layer(
    "toll_barriers",
    "Former toll barriers at provincial borders",
    "原省界收费站",
    "point",
    "nodes/toll_barriers.csv",
    (
        Attr("barrier_id", description="Id of the barrier", description_zh="收费站编号", required=True),
        *NAMES,
        *POINT,
        Attr(
            "road_node_id",
            description="Highway node at which it stood",
            description_zh="所在公路节点",
            required=True,
            references="road_nodes.node_id",
        ),
        Attr(
            "route_ref",
            description="Number of the road that it stood on",
            description_zh="所在路线代号",
            required=True,
        ),
        Attr(
            "province_pair",
            description="Provinces on both sides, in Chinese",
            description_zh="两侧省级行政区",
            required=True,
            allowed="上海-江苏|上海-浙江|江苏-浙江|浙江-安徽",
        ),
        *DATED,
        *COMMON,
    ),
    _SOURCE,
    ODBL,
    OSM_ATTRIBUTION,
    "all fell at 0:00 on 2020-01-01",
)
CATALOG = [NODES, ROUTES, LINKS, SHAPES, BARRIERS]

CONNECTORS = {"city-access": "straight line x 1.3", "town-cluster": "straight line x 1.2"}
FERRIES = {"ferry-shengsi"}
NO_ROUTE = {"toll-barrier-removal"}  # a measure, told by the layer of barriers

# S2 and S3 leave S20 at different places; one node stood for both.
_S3_START = {
    "node_id": "s3-s20",
    "name_zh": "S3/S20立交",
    "name_en": "S3 S20 Interchange",
    "lon": "121.5905",
    "lat": "31.1493",
}
_S2_START = {"lon": "121.642", "lat": "31.157"}
_WINDING = 1.03

_QIANJIANG_NORTH = (
    "浙江在线 2021-03-21 钱江通道北接线6月底前通车 (11.42 km; due in June 2021, in use by 2023)"
)
# Sections whose opening is known better than the facts have it: (route, from, to) -> (opened, source).
LINK_FIXES = {
    ("s7", "s7-yueluo", "s7-baoqian"): (
        "2021-07-02",
        "人民网上海频道 2021-07-02 S7公路(月罗公路-宝钱公路)全面建成通车",
    ),
    ("s9", "tongxiang-hub", "zhouwangmiao"): ("2021", _QIANJIANG_NORTH),
    ("s9", "zhouwangmiao", "s9-g92"): ("2021", _QIANJIANG_NORTH),
}

_UNCONFIRMED = "no report of the opening found; taken as still being built, so overdue, not open"
ROUTE_FIXES = {
    "jj-tunnel": {
        "status": "under_construction",
        "note": "11.825 km, tunnel 6.445 km; planned for 2025-12; " + _UNCONFIRMED,
    },
    "g525": {"status": "unknown"},
    "s81": {"status": "unknown"},
}


def build(facts: Facts, out: Path) -> None:
    """Write the highway layers; needs the districts and the water bodies."""
    areas, water = Areas.load(out), Water.load(out)
    tables = [facts.table(name) for name in ("road_routes", "road_nodes", "road_links")]
    routes, nodes, links = open_gaps(facts, *tables)
    paths = _paths(facts)
    nodes, links = _split_s2_s3(nodes, links, paths)
    routes = [r | ROUTE_FIXES.get(r["route_id"], {}) for r in routes if r["route_id"] not in NO_ROUTE]
    write_table(out, NODES, [_node(row, areas, water) for row in nodes])

    at = {n["node_id"]: position(n, "coord_source") for n in nodes}
    of_route = {r["route_id"]: r for r in routes}
    ids = LinkIds("roadlink")
    rows, shapes, linked = [], [], dict.fromkeys(of_route, 0.0)
    seq: Counter[str] = Counter()
    for link in links:
        key = (link["route_id"], link["from_node_id"], link["to_node_id"])
        if key in LINK_FIXES:
            opened, source = LINK_FIXES[key]
            link = link | {"opened": opened, "source": f"{source}; {link['source']}", "confidence": "medium"}
        path = paths.get(key, [])
        seq[link["route_id"]] += 1
        row = _link(ids(*key), link, of_route[link["route_id"]], [at[key[1]], at[key[2]]], path) | {
            "seq": seq[link["route_id"]]
        }
        rows.append(row)
        linked[link["route_id"]] += float(row["length_km"])
        shapes += shape_rows(row["link_id"], path, *_shape_source(link))
    write_table(out, ROUTES, [_route(row, linked[row["route_id"]]) for row in routes])
    write_table(out, LINKS, sorted(rows, key=lambda r: (r["route_id"], int(r["seq"]))), sort=False)
    write_table(out, SHAPES, sorted(shapes, key=lambda r: (r["link_id"], r["seq"])), sort=False)
    write_table(out, BARRIERS, [_barrier(row) for row in facts.table("toll_barriers")])


def _paths(facts: Facts) -> dict[tuple[str, str, str], list[tuple[float, float]]]:
    """Interior shape points by link."""
    found: dict[tuple[str, str, str], list[tuple[float, float]]] = {}
    rows = facts.table("road_waypoints")
    for row in sorted(
        rows, key=lambda r: (r["route_id"], r["from_node_id"], r["to_node_id"], int(r["order"]))
    ):
        key = (row["route_id"], row["from_node_id"], row["to_node_id"])
        found.setdefault(key, []).append((float(row["lon"]), float(row["lat"])))
    return found


def _split_s2_s3(
    nodes: list[Row], links: list[Row], paths: dict[tuple[str, str, str], list[tuple[float, float]]]
) -> tuple[list[Row], list[Row]]:
    """S2 keeps its node, put where it leaves S20; S3 gets its own, on the link of S20 that runs past it."""
    old = next(n for n in nodes if n["node_id"] == "s2-s20")
    start = (
        old
        | _S3_START
        | {
            "coord_source": old["coord_source"].replace(
                "read near the crossing of the two routes", "where S3 leaves S20"
            )
        }
    )
    nodes = [n | _S2_START if n is old else n for n in nodes] + [start]
    at = {n["node_id"]: (float(n["lon"]), float(n["lat"])) for n in nodes}
    west, east = paths.pop(("s20", "s20-s4", "s2-s20")), paths.pop(("s3", "s2-s20", "s3-zhoudeng"))
    paths["s20", "s20-s4", "s3-s20"] = west
    paths["s20", "s3-s20", "s2-s20"] = [east[0]]  # the first point of S3 as drawn lies on S20
    paths["s3", "s3-s20", "s3-zhoudeng"] = [east[-1]]

    def recut(link: Row, start: str, end: str) -> Row:
        along = line_km([at[start], *paths.get((link["route_id"], start, end), []), at[end]])
        source = link["source"].replace("polyline x 1.03", f"polyline x {_WINDING}")
        remark = "derived: length measured anew where S2 and S3 leave S20 at different places"
        return link | {
            "from_node_id": start,
            "to_node_id": end,
            "length_km": number(along * _WINDING, 2),
            "source": source,
            "note": remark,
        }

    result = []
    for link in links:
        key = (link["route_id"], link["from_node_id"], link["to_node_id"])
        if key == ("s20", "s20-s4", "s2-s20"):
            result += [recut(link, "s20-s4", "s3-s20"), recut(link, "s3-s20", "s2-s20")]
        elif key == ("s3", "s2-s20", "s3-zhoudeng"):
            result.append(recut(link, "s3-s20", "s3-zhoudeng"))
        elif key[0] in ("s2", "s20") and "s2-s20" in key:
            result.append(recut(link, key[1], key[2]))
        else:
            result.append(link)
    return nodes, result


def _node(row: Row, areas: Areas, water: Water) -> Row:
    ids, outside = areas.place(row["lon"], row["lat"], row["city_zh"])
    wet = (
        water.remark(row["lon"], row["lat"], row["node_id"])
        if row["kind"] not in ("bridge_head", "border_crossing", "ferry")
        else ""
    )
    return {
        "node_id": f"roadnode:{row['node_id']}",
        "name": node_name(row["name_en"]),
        "name_zh": no_comma(row["name_zh"]),
        **point(row["lon"], row["lat"], coord_origin(row["coord_source"])),
        "kind": row["kind"],
        **ids,
        "source_public": merge_source(row["coord_source"]),
        "confidence": worst(row["confidence"], "low" if wet else ""),
        "note": join_notes(outside, wet, areas.compare(ids, row["district_zh"])),
    }


def _category(route: Row) -> str:
    if route["route_id"] in CONNECTORS:
        return "connector"
    return "ferry" if route["route_id"] in FERRIES else str(route["category"])


def _route(row: Row, linked: float) -> Row:
    made_up = CONNECTORS.get(row["route_id"], "")
    return {
        "route_id": f"road:{row['route_id']}",
        "ref": row["ref"],
        "name": row["name_en"],
        "name_zh": row["name_zh"],
        "category": _category(row),
        "lanes": row["lanes"],
        "free_speed_kph": number(row["free_speed_kmh"]),
        "length_km": "" if made_up else number(row["length_km_in_area"]),
        "length_linked_km": number(linked, 1),
        "extent": "linked" if linked else "none",
        "status": row["status"],
        **dates(row["opened"], row["expected_open"] if row["status"] != "operating" else ""),
        "plan_phrase": row["plan_phrase"],
        "source_public": merge_source(row["source"]),
        "confidence": row["confidence"],
        "note": join_notes(f"made up to join places: {made_up}" if made_up else "", _told(row, linked)),
    }


def _told(row: Row, linked: float) -> str:
    """Note of a route, its sum of links told as the links stand here; left out where it is the published length."""
    stated = re.search(r"[；;]?(官方/百科里程[\d.]+ km),本表路段合计[\d.]+ km(\([^)]*\))", row["note"])
    if not stated:
        return clean_note(row["note"])
    alike = abs(linked - float(row["length_km_in_area"])) < 0.06
    anew = "" if alike else f"{stated[1]},此处路段合计{number(linked, 1)} km{stated[2]}"
    rest = row["note"].replace(stated[0], "").lstrip("；;")
    return join_notes(clean_note(rest), anew)


def _link_dates(link: Row, route: Row) -> tuple[str, dict[str, str], str]:
    """Status and dates of a link, and a remark on whose dates they are."""
    if route["route_id"] == "jj-tunnel":
        expected = "" if link["status"] == "under_construction" else route["expected_open"]
        return "under_construction", dates("", expected), _UNCONFIRMED
    if link["opened"]:
        return link["status"], dates(link["opened"]), ""
    if link["status"] == route["status"]:
        expected = route["expected_open"] if route["status"] != "operating" else ""
        remark = "date is the route's" if route["opened"] or expected else ""
        return link["status"], dates(route["opened"], expected), remark
    building = link["status"] == "under_construction" and route["status"] == "planned"
    return (
        link["status"],
        dates("", route["expected_open"] if building else ""),
        "state of this section, not of the route",
    )


def _link(
    link_id: str, row: Row, route: Row, ends: list[tuple[float, float]], path: list[tuple[float, float]]
) -> Row:
    status, when, whose = _link_dates(row, route)
    length, repair = mended(float(row["length_km"]), ends, path)
    facility = (
        "connector" if row["route_id"] == APPROACHES and "connector" in row["source"] else _category(route)
    )
    factor = CONNECTORS.get(row["route_id"], "")
    return {
        "link_id": link_id,
        "route_id": f"road:{row['route_id']}",
        "from_node_id": f"roadnode:{row['from_node_id']}",
        "to_node_id": f"roadnode:{row['to_node_id']}",
        "length_km": length,
        "lanes": row["lanes"],
        "free_speed_kph": number(row["free_speed_kmh"]),
        "facility_type": facility,
        "status": status,
        **when,
        "source_public": merge_source(row["source"]),
        "confidence": worst(row["confidence"], "medium" if repair else ""),
        "note": join_notes(f"connector: {factor}" if factor else "", clean_note(row["note"]), repair, whose),
    }


def _shape_source(link: Row) -> tuple[str, str]:
    """Origin and public source of a link's shape points."""
    if "OSM-derived graph" in link["note"]:
        return "osm", "OpenStreetMap contributors, simplified highway graph of routrs 1.1.0"
    return "drawn", "unverified, read on the map"


def _barrier(row: Row) -> Row:
    return {
        "barrier_id": f"barrier:{row['barrier_id']}",
        "name": row["name_en"],
        "name_zh": row["name_zh"],
        **point(row["lon"], row["lat"], "derived"),
        "road_node_id": f"roadnode:{row['road_node_id']}",
        "route_ref": row["route_ref"],
        "province_pair": row["province_pair"],
        "status": "closed",
        **dates("", "", "2020-01-01"),
        "source_public": merge_source(row["source"]),
        "confidence": row["confidence"],
        "note": "position is that of the border node; the plaza stood up to some kilometres off it",
    }
