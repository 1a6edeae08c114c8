"""Projects by status: what the plan names and the rest, each with its clause, dates and source."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from yrdgis.maps.background import add_background
from yrdgis.maps.base import new_map, page_of
from yrdgis.maps.frames import cite, for_popup, has
from yrdgis.maps.language import pair
from yrdgis.maps.layers import add_lines, add_points
from yrdgis.maps.slider import opening_days
from yrdgis.maps.style import LINES, STATUS_CODE

if TYPE_CHECKING:
    import folium
    import geopandas as gpd

__all__ = ["add_projects", "project_shapes", "projects"]

LINK_LAYERS = ("rail_links", "metro_links", "road_links", "water_links")
MODE_STYLE = {
    "rail": {**LINES["rail.high_speed"], "label": pair("铁路", "rail")},
    "road": {**LINES["road.expressway"], "label": pair("公路", "highway"), "width": [2.2, 4.2]},
    "water": {**LINES["water"], "label": pair("航道", "waterway"), "width": [2.2, 4.2]},
    "port": {**LINES["water"], "label": pair("港口", "port")},
    "air": {**LINES["other"], "label": pair("机场", "airport")},
}
_STAGES = (
    ("open", ("已开通", "Open"), {1}),
    ("building", ("在建", "Under construction"), {2}),
    ("planned", ("规划及前期", "Planned, preliminary"), {3, 5}),
)
_LABEL = {"size": [11, 13], "color": "#1f2a37", "bold": True, "minzoom": 8.4, "order": 2}


def projects(
    layers: Any, m: folium.Map | None = None, *, as_of: dt.date | None = None, **page_options: Any
) -> folium.Map:
    """Map of the projects by status, those that the plan names apart from the others.

    Parameters
    ----------
    layers : Layers
        Uses ``projects``, ``project_links``, the links of all networks, ``items`` and the background.
    m : folium.Map, optional
        Map to add to.
    as_of : datetime.date, optional
        Day of the status; ``layers.valid_on`` if left out. On another day a project is open or not by its
        dates; how far the others had come on that day isn't known, so they are drawn as planned.
    **page_options
        Handed to `new_map`.

    Returns
    -------
    folium.Map
    """
    day = as_of or layers.valid_on
    if m is None:
        m = new_map(
            "Rail, highway, waterway and airport projects by status",
            "铁路、公路、航道与机场项目：按建设状态",
            **{"as_of": day, **page_options},
        )
    page = page_of(m)
    page.bounds = page.bounds or [119.2, 29.0, 122.9, 32.75]
    add_projects(layers, m, as_of=day)
    add_background(layers, m)
    return m


def project_shapes(layers: Any, *, as_of: dt.date | None = None) -> gpd.GeoDataFrame:
    """Every project with the geometry that the layers give it, ready for sheets.

    Parameters
    ----------
    layers : Layers
        See `projects`.
    as_of : datetime.date, optional
        Day of the column ``status``.

    Returns
    -------
    geopandas.GeoDataFrame
        WGS84. Lines of its links; else the point of the plan's item or airport, else none. The layer's own
        status stays in ``status_known``.
    """
    import geopandas as gpd

    table = layers["projects"].reset_index(drop=True)
    lines = _link_lines(layers)
    points = _places(layers)
    shapes = [
        lines.get(row.project_id)
        or next((points[i] for i in (*row.plan_item_ids, row.name_zh) if i in points), None)
        for row in table.itertuples()
    ]
    frame = gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(shapes, crs=4326))
    frame["status_known"] = frame["status"]
    day = as_of or layers.valid_on
    if day != layers.valid_on:
        starts = opening_days(frame, layers.valid_on)["start"]
        open_then = [s is not None and (s == 0 or s <= day) for s in starts]
        frame["status"] = ["operating" if o else "planned" for o in open_then]
    names, names_zh = (table.set_index("project_id")[c].to_dict() for c in ("name", "name_zh"))
    for column in ("requires", "conflicts"):
        frame[f"{column}_zh"] = [", ".join(names_zh.get(i, i) for i in ids) or None for ids in frame[column]]
        frame[f"{column}_en"] = [", ".join(names.get(i, i) for i in ids) or None for ids in frame[column]]
    return for_popup(frame, layers)


def _link_lines(layers: Any) -> dict[str, Any]:
    import shapely

    shape: dict[str, Any] = {}
    for layer_id in LINK_LAYERS:
        if has(layers, layer_id):
            links = layers.lines(layer_id)
            shape.update(zip(links["link_id"], links.geometry, strict=True))
    used: dict[str, list[Any]] = {}
    for row in layers["project_links"].itertuples():
        line = shape.get(row.link_id)
        if line is not None:
            used.setdefault(row.project_id, []).append(line)
    return {k: shapely.line_merge(shapely.multilinestrings(v)) for k, v in used.items()}


def _places(layers: Any) -> dict[str, Any]:
    """Points of the plan's items by id, and of airports by name: an airport's project bears its name."""
    from shapely.geometry import Point

    places: dict[str, Any] = {}
    for layer_id, key in (("items", "item_id"), ("airports", "name_zh")):
        if has(layers, layer_id):
            frame = layers[layer_id].dropna(subset=["lon", "lat"])
            places |= {k: Point(x, y) for k, x, y in zip(frame[key], frame["lon"], frame["lat"], strict=True)}
    return places


def add_projects(layers: Any, m: folium.Map, *, as_of: dt.date | None = None, rows: Any = None) -> folium.Map:
    """Add projects as groups by status; those that can't be drawn are named in the notes.

    Parameters
    ----------
    layers, as_of
        See `projects`.
    m : folium.Map
        The map.
    rows : sequence of str, optional
        Project ids to show; all if left out.
    """
    frame = project_shapes(layers, as_of=as_of)
    if rows is not None:
        frame = frame[frame["project_id"].isin(list(rows))].reset_index(drop=True)
    frame["stage"] = frame["status"].map(STATUS_CODE).fillna(5).astype(int)
    kinds = frame.geometry.geom_type
    for in_plan, section in (
        (True, ("规划点名的项目", "Projects named by the plan")),
        (False, ("其他项目", "Other projects")),
    ):
        for key, title, states in _STAGES:
            part = frame[frame["stage"].isin(states) & (frame["in_plan"].astype(bool) == in_plan)]
            _stage(
                m,
                part[kinds.loc[part.index].isin(["LineString", "MultiLineString"])],
                part[kinds.loc[part.index] == "Point"],
                f"{key}_{'plan' if in_plan else 'other'}",
                title,
                section,
            )
    page = page_of(m)
    lost = frame[frame.geometry.isna()]
    if len(lost):
        page.add_note(
            f"未上图的项目（尚无可靠线位或点位）：{'、'.join(lost['name_zh'])}。",
            f"Not drawn, for want of a known alignment or place: {'; '.join(lost['name'])}.",
        )
    page.add_note(
        "“规划”指《上海市贯彻〈长江三角洲区域一体化发展规划纲要〉实施方案》；引文照录原文。线位为示意。",
        "“The plan” is Shanghai's implementation plan for the outline of integrated development of the "
        "Yangtze River Delta; its words are quoted as printed. Alignments are schematic.",
    )
    cite(page, layers, "projects", "rail_links", "road_links", "water_links")
    return m


def _stage(m: Any, lines: Any, points: Any, key: str, title: Any, section: Any) -> None:
    named = key.endswith("_plan")
    options: dict[str, Any] = {"section": section, "counted": True}
    if len(lines):
        lines = lines.reset_index(drop=True)
        label = {
            "fields": ["name_zh", "name"],
            "levels": [{**_LABEL, "minzoom": 7.5 if named else 9.2, "bold": named}],
        }
        if "length_km" in lines:
            label["weight"] = [float(v) if v == v else 0.0 for v in lines["length_km"].astype(float)]
        add_lines(
            lines,
            m,
            name=title[1],
            name_zh=title[0],
            style="mode",
            styles=MODE_STYLE,
            key=key,
            label=label,
            z=60 if named else 54,
            opacity=1 if named else 0.6,
            **options,
        )
    if len(points):
        points = points.assign(sign="mode." + points["mode"]).reset_index(drop=True)
        add_points(
            points,
            m,
            name=title[1],
            name_zh=title[0],
            style="sign",
            key=f"{key}_points",
            z=86,
            label={"fields": ["name_zh", "name"], "levels": [_LABEL]},
            follows=key if len(lines) else None,
            hidden=bool(len(lines)),
            **options,
        )
