"""Waterways by class, and ports, quays and locks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yrdgis.io.audience import for_audience
from yrdgis.maps.background import add_background
from yrdgis.maps.base import new_map, page_of
from yrdgis.maps.clauses import with_clauses
from yrdgis.maps.clusters import CLAUSE_ROWS
from yrdgis.maps.frames import cite, for_popup, has, located
from yrdgis.maps.language import pair
from yrdgis.maps.layers import add_lines, add_points
from yrdgis.maps.popup import item
from yrdgis.maps.travel import extent_of, together

if TYPE_CHECKING:
    import folium
    import geopandas as gpd

__all__ = ["add_ports", "add_waterways", "water_lines", "waterways"]

CLASSES = {
    "I": ("I级（含长江、黄浦江）", "class I (Yangtze, Huangpu)", "#0a3a6b", [3.4, 6.4]),
    "III": ("III级（千吨级）", "class III (1,000 t)", "#1f6fb2", [2.5, 4.8]),
    "IV": ("IV级（500吨级）", "class IV (500 t)", "#4a92cb", [1.9, 3.8]),
    "V": ("V级（300吨级）", "class V (300 t)", "#7ab0da", [1.5, 3.0]),
    "VI": ("VI级（100吨级）", "class VI (100 t)", "#a3c8e4", [1.2, 2.4]),
    "sea": ("海上航线", "sea lane", "#5f7f95", [1.2, 2.4]),
}
STYLES = {
    key: {"label": pair(zh, en), "color": colour, "width": width, "casing": "#ffffff"}
    for key, (zh, en, colour, width) in CLASSES.items()
}
PORTS = {
    "port": ("港口、港区", "port", "triangle", "#0a3a6b", [5.5, 8.0]),
    "terminal": ("码头、作业区", "terminal", "triangle", "#1f6fb2", [4.0, 6.5]),
    "city_quay": ("城市码头", "city quay", "circle", "#1f6fb2", [2.6, 5.0]),
    "anchorage": ("锚地", "anchorage", "diamond", "#5f7f95", [3.5, 6.0]),
    "lock": ("船闸", "lock", "square", "#3d4450", [2.6, 5.0]),
}
PORT_STYLES = {
    key: {
        "label": pair(zh, en),
        "sign": sign,
        "fill": fill,
        "size": size,
        "stroke": "#ffffff",
        "width": 1.0,
    }
    for key, (zh, en, sign, fill, size) in PORTS.items()
}


def waterways(
    layers: Any, m: folium.Map | None = None, *, audience: str = "public", **page_options: Any
) -> folium.Map:
    """Map of the waterways by class and of the ports.

    Parameters
    ----------
    layers : Layers
        Uses ``waterways``, ``water_links``, ``water_nodes`` and the background.
    m : folium.Map, optional
        Map to add to.
    audience : {"public", "internal"}
        The public sees no channel depth and no particulars of locks.
    **page_options
        Handed to `new_map`.

    Returns
    -------
    folium.Map
    """
    if m is None:
        m = new_map(
            "Waterways by class, and ports",
            "航道（按等级）与港口",
            **{"as_of": layers.valid_on, **page_options},
        )
    page = page_of(m)
    asked = page.bounds
    add_waterways(layers, m, audience=audience)
    add_ports(layers, m)
    add_background(layers, m)
    page.bounds = asked or together(extent_of(layers), page.bounds)
    page.add_note(
        "航道等级按《内河通航标准》（GB 50139）；小航道的等级多为建模取值，可信度低。线位为示意。",
        "Classes follow the Chinese standard GB 50139; those of small canals are mostly modelling values of "
        "low confidence. Alignments are schematic.",
    )
    if audience == "public":
        page.add_note(
            "公开版不含航道水深与船闸尺度。", "The public edition shows no depths and no sizes of locks."
        )
    return m


def water_lines(layers: Any, *, audience: str = "public") -> gpd.GeoDataFrame:
    """Waterway links with the name, class and clause of their waterway; ``style`` names their sign."""
    ways = for_audience(layers["waterways"], layers.schema("waterways"), audience)
    ways = with_clauses(ways, layers, "waterway_id")
    keep = [
        c
        for c in ways.columns
        if c not in ("status", "source_public", "confidence", "note", "length_km", "vessel_class")
    ]
    links = for_audience(located(layers.lines("water_links")), layers.schema("water_links"), audience)
    links = links.merge(ways[keep], on="waterway_id", how="left")
    links["style"] = links["vessel_class"].astype(str)
    if "category" in links:
        links["style"] = links["style"].where(links["category"] != "coastal", "sea")
    links["style"] = links["style"].where(links["style"].isin(list(STYLES)), "VI")
    nodes = layers["water_nodes"].set_index("node_id")
    for column in ("name_zh", "name"):
        names = nodes[column].to_dict()
        ends = (
            links["from_node_id"].map(names).fillna("?") + " – " + links["to_node_id"].map(names).fillna("?")
        )
        links[f"section_{'zh' if column == 'name_zh' else 'en'}"] = ends
    return for_popup(links, layers)


def add_waterways(layers: Any, m: folium.Map, *, audience: str = "public") -> folium.Map:
    """Add the waterways as lines, wider and darker by class."""
    if not (has(layers, "waterways") and has(layers, "water_links")):
        return m
    rows = [
        item("区段", "Section", pair=["section_zh", "section_en"], tip=True),
        item("航道等级", "Class", "vessel_class", strong=True),
        item("正在升级", "Being raised", "upgrading", kind="flag"),
        item("典型航速", "Typical speed", "typical_speed_kph", kind="number", unit=pair("公里/时", "km/h")),
        *CLAUSE_ROWS,
    ]
    if audience == "internal":
        rows += [
            item("最小维护水深", "Least depth", "min_depth_m", kind="number", unit=pair("米", "m"), digits=1),
            item("航道与船闸详情", "Particulars", "detail"),
        ]
    lines = water_lines(layers, audience=audience)
    lines = lines.iloc[::-1].reset_index(drop=True)
    level = {"size": [11, 13], "color": "#0a3a6b", "minzoom": 8.4, "order": 3, "italic": True}
    add_lines(
        lines,
        m,
        name="Waterways",
        name_zh="航道",
        style="style",
        styles=STYLES,
        key="waterways",
        section=("水运", "Water transport"),
        popup_rows=rows,
        label={
            "fields": ["name_zh", "name"],
            "levels": [level],
            "once": True,
            "weight": [float(v) for v in lines["length_km"].astype(float).fillna(0)],
        },
    )
    cite(page_of(m), layers, "waterways", "water_links")
    return m


def add_ports(layers: Any, m: folium.Map) -> folium.Map:
    """Add ports, terminals and quays, and the locks as a group of their own."""
    if not has(layers, "water_nodes"):
        return m
    nodes = with_clauses(located(layers.points("water_nodes")), layers, "node_id")
    nodes = for_popup(for_audience(nodes, layers.schema("water_nodes"), "public"), layers)
    level = {"size": [11, 13], "color": "#1f2a37", "minzoom": 7.4, "order": 2, "bold": True}
    levels = [
        level,
        {**level, "minzoom": 9.2, "bold": False, "order": 5},
        {**level, "minzoom": 10, "bold": False, "order": 7},
    ]
    section = ("港口与船闸", "Ports and locks")
    for key, kinds, title in (
        ("ports", ("port", "terminal", "city_quay", "anchorage"), ("Ports, terminals, quays", "港口、码头")),
        ("locks", ("lock",), ("Locks", "船闸")),
    ):
        part = nodes[nodes["kind"].isin(kinds)].reset_index(drop=True)
        if not len(part):
            continue
        add_points(
            part,
            m,
            name=title[0],
            name_zh=title[1],
            style="kind",
            styles=PORT_STYLES,
            key=key,
            section=section,
            z=84 if key == "ports" else 82,
            minzoom=0 if key == "ports" else 8.4,
            popup_rows=CLAUSE_ROWS,
            label={
                "fields": ["name_zh", "name"],
                "levels": levels,
                "rank": [{"port": 0, "terminal": 1}.get(k, 2) for k in part["kind"]],
            },
        )
    cite(page_of(m), layers, "water_nodes")
    return m
