"""Waterways: nodes (junctions, locks, ports), waterways, links with their vessel class, and shape points."""

from __future__ import annotations

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
    worst,
)
from .geo import Areas, straight_km
from .linework import LENGTH, LinkIds, mended, shape_layer, shape_rows
from .writers import write_table

CLASSES = "I|II|III|IV|V|VI|VII"
_CLASS = Attr(
    "vessel_class",
    description="Class of the waterway on the day for which the layers hold (I the largest; GB 50139)",
    description_zh="航道等级(现状)",
    required=True,
    allowed=CLASSES,
)
_DETAIL = Attr(
    "detail",
    description="What is known about channel, locks and works; may hold figures that public maps leave out",
    description_zh="航道与船闸详情(仅内部)",
    audience="internal",
)
_SOURCE = "published lengths; river polygons and shorelines (GSHHG); modelled where said"
NODES = Layer(
    "water_nodes",
    "Ports, locks and junctions of waterways",
    "港口、船闸与航道节点",
    "point",
    "nodes/water_nodes.csv",
    (
        Attr(
            "node_id",
            description="Id: port: for ports and terminals, else waternode:",
            description_zh="节点编号",
            required=True,
        ),
        *NAMES,
        *POINT,
        CITY,
        DISTRICT,
        Attr(
            "city_zh", description="City in Chinese, also outside the area", description_zh="所在城市(中文)"
        ),
        Attr(
            "kind",
            description="Sea or river port, terminal, city quay, lock, junction, sea junction or anchorage",
            description_zh="类型",
            required=True,
            allowed="port|terminal|city_quay|lock|junction|sea_junction|anchorage",
        ),
        *DATED,
        *COMMON,
    ),
    _SOURCE,
)
WATERWAYS = Layer(
    "waterways",
    "Waterways",
    "航道",
    "none",
    "links/waterways.csv",
    (
        Attr("waterway_id", description="Id of the waterway", description_zh="航道编号", required=True),
        *NAMES,
        Attr(
            "category",
            description="Inland canal, river or coastal lane",
            description_zh="类别",
            required=True,
            allowed="inland|river|coastal",
        ),
        _CLASS,
        Attr(
            "design_ship_t", "float", "Vessel for which it is built", "设计船型", "t", False, "", "0..400000"
        ),
        Attr(
            "min_depth_m",
            "float",
            "Least depth of the channel",
            "最小维护水深",
            "m",
            False,
            "",
            "0..30",
            "",
            "internal",
        ),
        Attr("length_km", "float", "Published length", "公布长度", "km", False, "", "0..500"),
        Attr("length_linked_km", "float", "Length of its links here", "已建模长度", "km", True, "", "0..700"),
        Attr("typical_speed_kph", "float", "Typical speed of vessels", "典型航速", "km/h", True, "", "1..60"),
        Attr(
            "upgrading", "bool", "Whether it is being raised to a higher class", "是否正在升级", required=True
        ),
        Attr(
            "improved_on",
            description="Year, month or day of the last improvement",
            description_zh="最近一次整治完成时间",
        ),
        Attr("plan_phrase", description="Words of the plan that name it", description_zh="规划原文用语"),
        Attr(
            "status",
            description="State on the day for which the layers hold",
            description_zh="状态",
            required=True,
            allowed="operating|planned",
        ),
        *COMMON,
        _DETAIL,
    ),
    _SOURCE,
)
LINKS = Layer(
    "water_links",
    "Waterway links",
    "航道区段",
    "line",
    "links/water_links.csv",
    (
        Attr("link_id", description="Id of the link", description_zh="区段编号", required=True),
        Attr(
            "waterway_id",
            description="Waterway that it belongs to",
            description_zh="所属航道",
            required=True,
            references="waterways.waterway_id",
        ),
        Attr("seq", "int", "Order along the waterway", "顺序号", required=True, allowed="1..1000"),
        Attr(
            "from_node_id",
            description="Node at one end",
            description_zh="起点",
            required=True,
            references="water_nodes.node_id",
        ),
        Attr(
            "to_node_id",
            description="Node at the other end",
            description_zh="终点",
            required=True,
            references="water_nodes.node_id",
        ),
        LENGTH,
        _CLASS,
        Attr("locks", "int", "Locks passed", "船闸数", required=True, allowed="0..5"),
        *DATED,
        *COMMON,
    ),
    _SOURCE,
    note="each link may be used in both directions; no date means open at every date",
)
SHAPES = shape_layer(
    "water_shapes",
    "Shape points of waterway links",
    "航道区段形状点",
    "links/water_shapes.csv",
    "water_links",
    "river polygons and shorelines (GSHHG); drawn where said",
    ODBL,
    OSM_ATTRIBUTION,
)
CATALOG = [NODES, WATERWAYS, LINKS, SHAPES]

# New water: links that did not exist before the day given; all others stood at every date.
NEW_LINKS = {"yunhe-erditong": ("2023-07", "")}
# Waterways whose published length is that of their links: estimated links are scaled so that the sum agrees.
SCALED = ("jinghang-sunan", "changhushen")
_RIVERS = {"huangpu", "sushen-neigang", "wusongjiang", "changjiang"}
_SEA = {"coastal"}


def node_id(slug: str, kind: str) -> str:
    """Id of a node of the facts: ``port:`` for ports and terminals, else ``waternode:``."""
    return f"{'port' if kind in ('port', 'terminal') else 'waternode'}:{slug}"


def build(facts: Facts, out: Path) -> None:
    """Write the waterway layers; needs the districts."""
    areas = Areas.load(out)
    nodes = {r["node_id"]: r for r in facts.table("water_nodes")}
    write_table(out, NODES, [_node(row, areas) for row in nodes.values()])
    ways = {r["waterway_id"]: r for r in facts.table("waterways")}
    paths = _paths(facts)
    ids = LinkIds("waterlink")
    scale = {way: _scale(way, ways[way], facts.table("water_links")) for way in SCALED}
    links, shapes, linked = [], [], dict.fromkeys(ways, 0.0)
    for row in facts.table("water_links"):
        key = (row["waterway_id"], row["from_node_id"], row["to_node_id"])
        path = paths.get(key, [])
        if row["waterway_id"] in scale and _is_estimate(row):
            row = row | {
                "length_km": number(float(row["length_km"]) * scale[row["waterway_id"]]),
                "note": _SCALED_NOTE,
            }
        link = _link(ids(*key), row, nodes, ways[row["waterway_id"]], path)
        links.append(link)
        linked[row["waterway_id"]] += float(link["length_km"])
        shapes += shape_rows(link["link_id"], path, *_shape_source(ways[row["waterway_id"]]))
    write_table(out, WATERWAYS, [_waterway(row, linked[key]) for key, row in ways.items()])
    write_table(out, LINKS, sorted(links, key=lambda r: (r["waterway_id"], int(r["seq"]))), sort=False)
    write_table(out, SHAPES, sorted(shapes, key=lambda r: (r["link_id"], r["seq"])), sort=False)


_SCALED_NOTE = "derived: estimate scaled so that the waterway has its published length"


def _is_estimate(row: Row) -> bool:
    return row["source"].startswith("estimate")


def _scale(way: str, published: Row, rows: list[Row]) -> float:
    """Factor for the estimated links of a waterway that makes its links sum to the published length."""
    own = [r for r in rows if r["waterway_id"] == way]
    known = sum(float(r["length_km"]) for r in own if not _is_estimate(r))
    guessed = sum(float(r["length_km"]) for r in own if _is_estimate(r))
    return (float(published["length_km"]) - known) / guessed


def _paths(facts: Facts) -> dict[tuple[str, str, str], list[tuple[float, float]]]:
    found: dict[tuple[str, str, str], list[tuple[float, float]]] = {}
    rows = facts.table("water_waypoints")
    for row in sorted(
        rows, key=lambda r: (r["waterway_id"], r["from_node_id"], r["to_node_id"], int(r["order"]))
    ):
        key = (row["waterway_id"], row["from_node_id"], row["to_node_id"])
        found.setdefault(key, []).append((float(row["lon"]), float(row["lat"])))
    return found


def _shape_source(way: Row) -> tuple[str, str]:
    if way["category"] in _SEA:
        return "derived", "path over water between GSHHG shorelines"
    if way["waterway_id"] in _RIVERS:
        return "tianditu", "river polygons (BearXmX/cesium.js)"
    return "drawn", "drawn along the canal, approximate"


def _node(row: Row, areas: Areas) -> Row:
    ids, outside = areas.place(row["lon"], row["lat"])
    sea = "" if ids["district_id"] else _away(row, areas)
    return {
        "node_id": node_id(row["node_id"], row["kind"]),
        "name": row["name_en"],
        "name_zh": row["name_zh"],
        **point(row["lon"], row["lat"], coord_origin(row["coord_source"])),
        **ids,
        "city_zh": row["city_zh"],
        "kind": row["kind"],
        "status": row["status"],
        **dates(""),
        "source_public": merge_source(row["coord_source"]),
        "confidence": row["confidence"],
        "note": join_notes(outside, sea, areas.compare(ids, row["district_zh"])),
    }


def _away(row: Row, areas: Areas) -> str:
    """How far a point outside the area is from it, said as sea where no city is named."""
    from shapely import Point
    from shapely.ops import nearest_points

    where = Point(float(row["lon"]), float(row["lat"]))
    border = nearest_points(areas.polygons[int(areas.tree.nearest(where))], where)[0]
    km = straight_km((border.x, border.y), (where.x, where.y))
    place = f"in {row['city_zh']}, outside the area" if row["city_zh"] and km > 3 else "at sea"
    return f"{place}; {km:.1f} km from the nearest district of the area"


def _waterway(row: Row, linked: float) -> Row:
    opened = NEW_LINKS.get(row["waterway_id"], ("", ""))[0]
    return {
        "waterway_id": f"waterway:{row['waterway_id']}",
        "name": row["name_en"],
        "name_zh": row["name_zh"],
        "category": row["category"],
        "vessel_class": row["class"],
        "design_ship_t": number(row["design_ship_t"]),
        "min_depth_m": number(row["min_depth_m"]),
        "length_km": number(row["length_km"]),
        "length_linked_km": number(linked, 1),
        "typical_speed_kph": number(row["typical_speed_kmh"]),
        "upgrading": row["status"] == "upgrading",
        "improved_on": "" if opened else row["opened"],
        "plan_phrase": row["plan_phrase"],
        "status": "operating",
        "source_public": merge_source(row["source"]),
        "confidence": row["confidence"],
        "note": f"opened {opened}" if opened else "",
        "detail": clean_note(row["note"]),
    }


def _link(link_id: str, row: Row, nodes: dict[str, Row], way: Row, path: list[tuple[float, float]]) -> Row:
    start, end = nodes[row["from_node_id"]], nodes[row["to_node_id"]]
    ends = [(float(n["lon"]), float(n["lat"])) for n in (start, end)]
    length, repair = mended(float(row["length_km"]), ends, path)
    upgrading = "being raised to a higher class" if row["status"] == "upgrading" else ""
    return {
        "link_id": link_id,
        "waterway_id": f"waterway:{row['waterway_id']}",
        "seq": row["seq"],
        "from_node_id": node_id(row["from_node_id"], start["kind"]),
        "to_node_id": node_id(row["to_node_id"], end["kind"]),
        "length_km": length,
        "vessel_class": row["class"],
        "locks": row["locks"],
        "status": "operating" if row["status"] == "upgrading" else row["status"],
        **dates(*NEW_LINKS.get(row["waterway_id"], ("", ""))),
        "source_public": merge_source(row["source"]),
        "confidence": worst(row["confidence"], "low" if repair else ""),
        "note": join_notes(upgrading, row.get("note", ""), repair),
    }
