"""Town clusters with their members by reading, and the zones that the plan names."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from yrdgis.errors import UnknownNameError
from yrdgis.maps.areas import add_areas, kind_styles, name_label
from yrdgis.maps.background import add_background
from yrdgis.maps.base import new_map, page_of
from yrdgis.maps.clauses import with_clauses
from yrdgis.maps.frames import cite, for_popup, has, located
from yrdgis.maps.language import WORDS, pair
from yrdgis.maps.layers import add_points
from yrdgis.maps.networks import add_rail, add_roads
from yrdgis.maps.popup import item
from yrdgis.maps.projects import add_projects
from yrdgis.maps.style import POINTS
from yrdgis.maps.travel import extent_of
from yrdgis.settings import METRIC_CRS

if TYPE_CHECKING:
    import folium
    import geopandas as gpd

__all__ = ["CLAUSE_ROWS", "add_clusters", "add_zones", "cluster_shapes", "clusters"]

READINGS = {
    "plan_words": ("规划原文所列成员", "Members by the plan's words"),
    "official_plan": ("官方专项规划所列成员", "Members by the official plans"),
    "other_sources": ("其他来源所列成员", "Members by other sources"),
}
KINDS = (
    "pair",
    "circle",
    "demonstration_zone",
    "rural_area",
    "opening_hub",
    "coordination_unit",
    "metro_area",
)
CLAUSE_ROWS = (
    item("规划要求", "The plan asks to", pair=["ask_zh", "ask_en"]),
    item("条目现状", "State of the clause", pair=["became_zh", "became_en"]),
)
"""Rows of a sheet that tell what the plan asks, for frames with the columns of `with_clauses`."""
_ZONE_KINDS = {
    "demonstration_zone": "zone",
    "rural_area": "zone",
    "metro_area": "zone",
    "free_trade_zone": "trade",
    "bonded_zone": "trade",
    "port_zone": "trade",
    "business_district": "business",
    "hub": "business",
    "facility": "business",
    "science_city": "science",
    "science_centre": "science",
    "innovation_zone": "science",
    "corridor": "science",
    "industrial_park": "park",
    "control_zone": "control",
}
_ZONE_WORDS = {
    "zone": ("示范区与都市圈", "demonstration zones, metropolitan area"),
    "trade": ("自贸、保税与港区", "free-trade, bonded and port zones"),
    "business": ("商务区、枢纽与设施", "business districts, hubs, facilities"),
    "science": ("科学城与创新区", "science cities, innovation zones"),
    "park": ("产业园区", "industrial parks"),
    "control": ("管控区", "control zones"),
}


_DRAWN_KM2 = 40.0
"""Size of a town's circle on the map where no town has a published area; nothing is computed with it."""


def clusters(
    layers: Any, m: folium.Map | None = None, *, only: Collection[str] = (), **page_options: Any
) -> folium.Map:
    """Map of the town clusters by reading and of the plan's zones; or of some clusters alone, near at hand.

    Parameters
    ----------
    layers : Layers
        Uses ``clusters``, ``cluster_members``, ``plan_zones``, the places that are members, and the
        background.
    m : folium.Map, optional
        Map to add to.
    only : collection of str
        Ids of the clusters to show, with the networks and projects around them; all, and the zones, if empty.
    **page_options
        Handed to `new_map`.

    Returns
    -------
    folium.Map

    Raises
    ------
    UnknownNameError
        If there is no such cluster.
    """
    told = (
        _titles(layers, only)
        if only
        else ("Town clusters and zones of the plan", "城镇圈、毗邻镇对与规划功能区")
    )
    if m is None:
        m = new_map(*told, **{"as_of": layers.valid_on, **page_options})
    page = page_of(m)
    add_clusters(layers, m, only=only)
    if only:
        add_roads(layers, m)
        add_rail(layers, m)
        add_projects(layers, m)
    else:
        add_zones(layers, m, show=False)
    add_background(layers, m)
    page.bounds = _around(layers, only or _near_at_hand(layers))
    page.add_note(
        "实线范围为所列区县之并；城镇以点与示意圆（按公布面积）表示，虚线范围只示意位置，不是边界。",
        "Solid extents are unions of the districts named. Towns are shown as points with a circle of their "
        "published area; dashed extents only say about where something is and are no boundary.",
    )
    return m


def _titles(layers: Any, only: Collection[str]) -> tuple[str, str]:
    table = layers["clusters"].set_index("cluster_id")
    unknown = sorted(set(only) - set(table.index))
    if unknown:
        known = ", ".join(map(str, table.index))
        raise UnknownNameError(f"No cluster {', '.join(unknown)}. There are: {known}.")
    own = table[table.index.isin(only)]
    return ", ".join(own["name"]), "、".join(own["name_zh"])


def _near_at_hand(layers: Any) -> list[str]:
    """Pairs and circles of towns: what the first view shows, for metropolitan areas are as wide as the map."""
    if not has(layers, "clusters"):
        return []
    table = layers["clusters"]
    return [str(key) for key in table.loc[table["kind"].isin(["pair", "circle"]), "cluster_id"]]


def _around(layers: Any, only: Collection[str]) -> list[float]:
    """Bounds of some clusters by any reading, with some of what is around them."""
    import numpy as np

    found = [cluster_shapes(layers, reading, only=only)[0] for reading in READINGS]
    boxes = np.array([shapes.total_bounds for shapes in found if len(shapes)])
    if not len(boxes):
        return extent_of(layers)
    (west, south), (east, north) = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    room = max(0.15 * max(east - west, north - south), 0.02)
    return [round(float(v), 4) for v in (west - room, south - room, east + room, north + room)]


def cluster_shapes(
    layers: Any, reading: str, *, only: Collection[str] = ()
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Extents of the clusters by one reading, and the towns that belong to them.

    Parameters
    ----------
    layers : Layers
        See `clusters`.
    reading : str
        Whose list of members: ``plan_words``, ``official_plan`` or ``other_sources``.
    only : collection of str
        Ids of clusters; all if empty.

    Returns
    -------
    (GeoDataFrame, GeoDataFrame)
        Extents in WGS84 with ``style`` (the kind; with "~" where the extent is only indicative), one row per
        cluster and sort of extent; and one row per member town with the names of its clusters.
    """
    import geopandas as gpd
    import pandas as pd

    members = layers["cluster_members"]
    members = members[members["reading"] == reading]
    members = members[members["cluster_id"].isin(only)] if only else members
    outlines = _outlines(layers)
    circles = _circles(layers)
    names = _member_names(layers)
    table = with_clauses(layers["clusters"], layers, "cluster_id", item_column="plan_item_id")
    rows, shapes = [], []
    for row in table.to_dict("records"):
        ids = list(members.loc[members["cluster_id"] == row["cluster_id"], "member_id"])
        told = {
            "members_zh": "、".join(names[i][1] for i in ids if i in names),
            "members_en": ", ".join(names[i][0] for i in ids if i in names),
        }
        for found, mark in ((outlines, ""), (circles, "~")):
            own = [found[i] for i in ids if i in found]
            if own:
                rows.append({**row, **told, "style": f"{row['kind']}{mark}"})
                shapes.append(gpd.GeoSeries(own, crs=METRIC_CRS).union_all())
    extents = gpd.GeoDataFrame(
        pd.DataFrame(rows, columns=[*table.columns, "members_zh", "members_en", "style"]),
        geometry=gpd.GeoSeries(shapes, crs=METRIC_CRS),
    ).to_crs(4326)
    return for_popup(extents, layers), _towns(layers, members, table)


def _outlines(layers: Any) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for layer_id, key in (("cities", "city_id"), ("districts", "district_id")):
        if has(layers, layer_id):
            frame = layers.polygons(layer_id).to_crs(METRIC_CRS)
            out |= dict(zip(frame[key], frame.geometry, strict=True))
    return out


def _circles(layers: Any) -> dict[str, Any]:
    """A circle of its published area around each town: where it is and how large, never its boundary.

    A town without one has the usual area of the others.
    """
    from math import pi, sqrt

    if not has(layers, "towns"):
        return {}
    towns = located(layers.points("towns")).to_crs(METRIC_CRS)
    areas = towns["area_km2"].astype(float)
    usual = float(areas.median()) if areas.notna().any() else _DRAWN_KM2
    radius_m = [1000 * sqrt((a if a == a else usual) / pi) for a in areas]
    return dict(zip(towns["town_id"], towns.geometry.buffer(radius_m, quad_segs=6), strict=True))


def _member_names(layers: Any) -> dict[str, tuple[str, str]]:
    out: dict[str, tuple[str, str]] = {}
    for layer_id, key in (("towns", "town_id"), ("districts", "district_id"), ("cities", "city_id")):
        if has(layers, layer_id):
            frame = layers[layer_id]
            out |= {
                k: (str(a), str(b))
                for k, a, b in zip(frame[key], frame["name"], frame["name_zh"], strict=True)
            }
    return out


def _towns(layers: Any, members: Any, table: Any) -> Any:
    towns = located(layers.points("towns"))
    names = {c: table.set_index("cluster_id")[c].to_dict() for c in ("name_zh", "name")}
    own: dict[str, list[str]] = {}
    for row in members.itertuples():
        own.setdefault(str(row.member_id), []).append(str(row.cluster_id))
    towns = towns[towns["town_id"].isin(set(own))].reset_index(drop=True)
    towns["clusters_zh"] = ["；".join(names["name_zh"].get(c, c) for c in own[t]) for t in towns["town_id"]]
    towns["clusters_en"] = ["; ".join(names["name"].get(c, c) for c in own[t]) for t in towns["town_id"]]
    return for_popup(towns, layers)


def add_clusters(layers: Any, m: folium.Map, *, only: Collection[str] = ()) -> folium.Map:
    """Add the clusters, or those of some ids, one group per reading, of which one is shown at a time."""
    if not (has(layers, "clusters") and has(layers, "cluster_members")):
        return m
    styles = kind_styles(KINDS, {k: WORDS[f"kind.{k}"] for k in KINDS})
    styles["metro_area"] = {**styles["metro_area"], "opacity": 0.04}
    section = ("城镇圈与合作区", "Town clusters and zones")
    rows = (
        item("成员", "Members", pair=["members_zh", "members_en"], strong=True),
        item("类型", "Kind", "kind", kind="word", ns="kind"),
        *CLAUSE_ROWS,
    )
    members = layers["cluster_members"]
    has_members = set(members[members["cluster_id"].isin(only)]["reading"] if only else members["reading"])
    for key, title in READINGS.items():
        if key not in has_members:
            continue
        extents, towns = cluster_shapes(layers, key, only=only)
        first = key == next(k for k in READINGS if k in has_members)
        order = extents.to_crs(METRIC_CRS).area.sort_values(ascending=False).index
        extents = extents.loc[order].reset_index(drop=True)
        add_areas(
            extents,
            m,
            style="style",
            styles=styles,
            name=title[1],
            name_zh=title[0],
            key=key,
            section=section,
            choice="reading",
            show=first,
            popup_rows=rows,
            label={
                **name_label(extents),
                "once": True,
                "rank": [1 if k == "metro_area" else 0 for k in extents["kind"]],
            },
        )
        if len(towns):
            add_points(
                towns,
                m,
                name=title[1],
                name_zh=title[0],
                style="town.plan",
                key=f"{key}_towns",
                z=84,
                show=first,
                follows=key,
                hidden=True,
                popup_rows=[item("所属", "Belongs to", pair=["clusters_zh", "clusters_en"], strong=True)],
                label={"fields": ["name_zh", "name"], "levels": [{**_TOWN_LABEL}]},
            )
    cite(page_of(m), layers, "clusters", "towns")
    return m


_TOWN_LABEL = {"size": [11, 13], "color": "#1d4267", "minzoom": 9.0, "order": 3}


def add_zones(layers: Any, m: folium.Map, *, show: bool = True) -> folium.Map:
    """Add the zones of the plan, by family of kinds."""
    if not has(layers, "plan_zones"):
        return m
    zones = with_clauses(located(layers.polygons("plan_zones")), layers, "zone_id")
    zones = for_popup(zones, layers)
    zones["family"] = zones["kind"].map(_ZONE_KINDS).fillna("control")
    zones["style"] = zones["family"] + zones["extent"].map(lambda e: "" if e == "districts" else "~")
    order = zones.to_crs(METRIC_CRS).area.sort_values(ascending=False).index
    zones = zones.loc[order].reset_index(drop=True)
    styles = kind_styles(_ZONE_WORDS, _ZONE_WORDS, fill=0.2)
    add_areas(
        zones,
        m,
        style="style",
        styles=styles,
        name="Zones of the plan",
        name_zh="规划功能区",
        key="zones",
        section=("规划功能区", "Zones of the plan"),
        show=show,
        popup_rows=CLAUSE_ROWS,
        label=name_label(zones, minzoom=9.4, bold=False, order=4),
    )
    marks = zones[zones["extent"] == "indicative_place"]
    if len(marks):
        points = marks.set_geometry(marks.to_crs(METRIC_CRS).centroid.to_crs(4326)).reset_index(drop=True)
        add_points(
            points,
            m,
            name="Place only, about",
            name_zh="仅知大致位置",
            style="zone",
            styles={"zone": {**POINTS["zone"], "label": pair("大致位置", "about here"), "size": [2.6, 4.4]}},
            status=None,
            key="zone_marks",
            follows="zones",
            hidden=True,
            show=show,
            popup_rows=CLAUSE_ROWS,
        )
    cite(page_of(m), layers, "plan_zones")
    return m
