"""Dead-end roads at provincial borders: a gap of the published length between approaches that always stood.

The facts draw each such road as two long links that meet at the border, all dated with the gap. What a
project opened is only the gap; the roads on both sides were there before. :func:`open_gaps` re-cuts the
links: the gap keeps its route and its dates, the approaches move to a route of existing roads without dates.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from .common import Facts, number

__all__ = ["APPROACHES", "GAPS", "Gap", "open_gaps"]

Row = dict[str, Any]

APPROACHES = "dead-end-approaches"
_SINUOSITY = (
    1.05  # a gap is drawn this much shorter than its road, so that length stays above the straight line
)


@dataclass(frozen=True)
class Gap:
    """How one row of the facts on dead-end roads becomes links.

    ``shape`` says which: "split" cuts the route's two links around the border node; "whole" keeps the links
    of a route as they are; "parallel" adds a second road beside a link; "spur" adds a road from a node to a
    new end that an approach ties to the next node; "none" adds nothing (a widening of a road that stands).
    """

    project: str
    route: str
    shape: str
    from_node: str = ""
    to_node: str = ""
    tie_to: str = ""


GAPS = (
    Gap("yingdian-xinle", "dead-yingdian", "split"),
    Gap("chengbei-yuelu", "dead-chengbei", "split"),
    Gap("waiqingsong-lvdi", "dead-waiqingsong", "split"),
    Gap("xinsheng-xiangxieli", "dead-xinsheng", "split"),
    Gap("donghang-kangli", "dead-donghang", "split"),
    Gap("fuxing-shuguang", "dead-fuxing", "split"),
    Gap("yexin-yaoyang", "dead-yexin", "split"),
    Gap("zhulv-shanxin", "dead-zhulv", "split"),
    Gap("xinghao-north", "dead-xinghao", "split"),
    Gap("pugang-east", "dead-pugang", "split"),
    Gap("g228-chusheng", "g228-out", "whole"),
    Gap("g320-gaijian", "g320", "none"),
    Gap("jichang-dadao", "jichang-dadao", "whole"),
    Gap("g524-wangjiangjing", "g524-bypass", "parallel", "g1522-border-js-zj", "city-xiuzhou"),
    Gap("taoyuan-lianjie", "taoyuan-link", "spur", "taoyuan-s17", "", "city-nanxun"),
)


_TAOYUAN = {
    "opened": "2025-09-28",
    "note": "derived: taken as opened with the interchange that it serves; 1.9 km, dual two lanes, 80 km/h",
    "confidence": "low",
}


def open_gaps(
    facts: Facts, routes: list[Row], nodes: list[Row], links: list[Row]
) -> tuple[list[Row], list[Row], list[Row]]:
    """Routes, nodes and links of the highway facts with every dead-end road cut into gap and approaches.

    Parameters
    ----------
    facts : Facts
        Folder of facts; ``dead_end_roads`` gives lengths, lanes and dates.
    routes, nodes, links : list of dict
        Rows of ``road_routes``, ``road_nodes`` and ``road_links``, in the columns of the facts.

    Returns
    -------
    tuple of list of dict
        The three tables, in the same columns.
    """
    roads = {row["project_id"]: row for row in facts.table("dead_end_roads")}
    published = sorted(
        float(r["length_km"]) for r in roads.values() if r["length_km"] and "上海" in r["province_pair"]
    )
    middle = published[len(published) // 2]
    at = {n["node_id"]: n for n in nodes}
    routes, nodes, links = list(routes), list(nodes), list(links)
    routes.append(
        _route(APPROACHES, "省际断头路两端既有道路", "Roads that led to a dead end", "county_road", {})
    )
    for gap in GAPS:
        road = roads[gap.project]
        if gap.shape == "split":
            nodes, links = _split(gap, road, at, nodes, links, middle)
        elif gap.shape == "parallel":
            name = "G524国道王江泾至新塍公路"
            routes.append(
                _route(gap.route, name, "National Road 524 Wangjiangjing-Xincheng", "national_trunk", road)
            )
            links.append(_link(gap.route, 1, gap.from_node, gap.to_node, road["length_km"], road, speed="80"))
        elif gap.shape == "spur":
            name = "苏台高速桃源互通连接线"
            route = _route(gap.route, name, "Taoyuan interchange link road", "provincial_trunk", road)
            routes.append(route | _TAOYUAN)
            far = _between(
                at[gap.from_node], at[gap.tie_to], float(road["length_km"]), f"{gap.project}-end", road
            )
            nodes.append(far)
            links.append(
                _link(gap.route, 1, gap.from_node, far["node_id"], road["length_km"], road, speed="80")
            )
            rest = _straight(far, at[gap.tie_to]) * 1.3
            links.append(_approach(len(links), far["node_id"], gap.tie_to, rest, "60"))
    return routes, nodes, links


def _split(
    gap: Gap, road: Row, at: dict[str, Row], nodes: list[Row], links: list[Row], middle: float
) -> tuple[list[Row], list[Row]]:
    near, far = [link for link in links if link["route_id"] == gap.route]
    border, beyond = at[near["to_node_id"]], at[far["to_node_id"]]
    length = float(road["length_km"] or middle)
    end = _between(border, beyond, length, f"{border['node_id']}-n", road)
    note = (
        road["note"]
        if road["length_km"]
        else "derived: length is the median of the published lengths of the others"
    )
    opened = _link(
        gap.route, 1, border["node_id"], end["node_id"], number(length), near, speed=near["free_speed_kmh"]
    )
    opened |= {"note": note, "source": road["source"]}
    opened["confidence"] = road["confidence"] if road["length_km"] else "low"
    rest = max(float(far["length_km"]) - length, _straight(end, beyond) * _SINUOSITY)
    kept = [link for link in links if link["route_id"] != gap.route]
    approaches = [
        _approach(
            len(kept),
            near["from_node_id"],
            border["node_id"],
            float(near["length_km"]),
            near["free_speed_kmh"],
        ),
        _approach(len(kept) + 1, end["node_id"], beyond["node_id"], rest, far["free_speed_kmh"]),
    ]
    return [*nodes, end], [*kept, opened, *approaches]


def _between(start: Row, goal: Row, length: float, node_id: str, road: Row) -> Row:
    """Node on the line to ``goal``, so far that a road of ``length`` km reaches it."""
    share = min(length / _SINUOSITY / _straight(start, goal), 0.95)
    lon, lat = (float(start[a]) + share * (float(goal[a]) - float(start[a])) for a in ("lon", "lat"))
    return {
        **dict.fromkeys(start, ""),
        "node_id": node_id,
        "name_zh": f"{road['name_zh']}对接端",
        "name_en": f"{road['project_id']}, far end of the gap",
        "lon": f"{lon:.4f}",
        "lat": f"{lat:.4f}",
        "kind": "junction",
        "coord_source": "derived: on the line from the border point, at the published length",
        "confidence": "low",
    }


def _straight(a: Row, b: Row) -> float:
    """Straight distance in km (a sphere is close enough for some kilometres)."""
    mean = math.radians((float(a["lat"]) + float(b["lat"])) / 2)
    east = (float(a["lon"]) - float(b["lon"])) * math.cos(mean)
    return 111.19 * math.hypot(east, float(a["lat"]) - float(b["lat"]))


def _route(route_id: str, name_zh: str, name_en: str, category: str, road: Row) -> Row:
    return {
        "route_id": route_id,
        "ref": "",
        "name_zh": name_zh,
        "name_en": name_en,
        "category": category,
        "lanes": road.get("lanes", "") or "4",
        "free_speed_kmh": "80" if road else "60",
        "length_km_in_area": road.get("length_km", ""),
        "opened": road.get("opened", ""),
        "status": road.get("status", "operating"),
        "expected_open": "2026-12" if road.get("project_id") == "g524-wangjiangjing" else "",
        "plan_phrase": "省际断头路" if road else "",
        "note": road.get("note", "stood before the gap was closed; open at every date"),
        "source": road.get("source", "general knowledge"),
        "confidence": road.get("confidence", "low"),
    }


def _link(route: str, seq: int, a: str, b: str, length: str, facts_row: Row, *, speed: str) -> Row:
    return {
        "route_id": route,
        "seq": str(seq),
        "from_node_id": a,
        "to_node_id": b,
        "length_km": length,
        "lanes": facts_row.get("lanes", "") or "4",
        "free_speed_kmh": speed,
        "opened": "",
        "status": facts_row.get("status", "operating"),
        "note": "the gap itself, of the published length",
        "source": facts_row.get("source", ""),
        "confidence": facts_row.get("confidence", "low"),
    }


def _approach(seq: int, a: str, b: str, length: float, speed: str) -> Row:
    row = _link(APPROACHES, seq, a, b, number(length), {}, speed=speed)
    return row | {
        "note": "approach to a gap, stood before it",
        "source": "modelled connector (no single real road)",
    }
