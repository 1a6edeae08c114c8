"""Items of the plan where they are, by what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yrdgis.maps.background import add_background
from yrdgis.maps.base import new_map, page_of
from yrdgis.maps.clauses import item_words, section_titles
from yrdgis.maps.frames import cite, for_popup, has, located
from yrdgis.maps.language import pair
from yrdgis.maps.layers import add_lines, add_points
from yrdgis.maps.popup import item
from yrdgis.maps.projects import project_shapes
from yrdgis.maps.slider import add_value
from yrdgis.maps.style import PROGRESS
from yrdgis.maps.travel import extent_of

if TYPE_CHECKING:
    import folium
    import geopandas as gpd

__all__ = ["item_shapes", "progress"]

_PLACES = (
    ("cities", "city_id"),
    ("districts", "district_id"),
    ("towns", "town_id"),
    ("airports", "airport_id"),
    ("rail_stations", "station_id"),
    ("water_nodes", "node_id"),
    ("plan_zones", "zone_id"),
    ("ecology", "site_id"),
    ("energy", "facility_id"),
)
_ROWS = (
    item("现状", "State", pair=["became_zh", "became_en"], strong=True, tip=True),
    item("规划要求", "The plan asks to", pair=["ask_zh", "ask_en"]),
    item("目标值", "Target", "target_shown"),
    item("现状日期", "Date of the state", "actual_date", kind="date"),
    item("现状依据", "Evidence", "actual_evidence", blank=("未找到", "none found")),
    item("责任主体", "Responsible", "responsible_shown"),
    item("期限", "Due", "due_shown"),
    item("可信度", "Confidence", "confidence", kind="word", ns="confidence"),
    item("规划原文", "The plan's words", "quote", kind="quote", cite="section"),
)


def progress(layers: Any, m: folium.Map | None = None, **page_options: Any) -> folium.Map:
    """Map of the plan's items by what became of them; each cites its clause.

    Parameters
    ----------
    layers : Layers
        Uses ``items``, ``item_links``, ``projects``, what they are tied to, and the background.
    m : folium.Map, optional
        Map to add to.
    **page_options
        Handed to `new_map`.

    Returns
    -------
    folium.Map
    """
    if m is None:
        m = new_map(
            "The plan's items by what became of them",
            "规划条目：按现状",
            **{"as_of": layers.valid_on, **page_options},
        )
    lines, points = item_shapes(layers)
    page = page_of(m)
    page.bounds = page.bounds or extent_of(layers)
    page.figures_title = pair("全部条目", "All items")
    for status, (label, colour) in PROGRESS.items():
        number = int((layers["items"]["actual_status"] == status).sum())
        add_value(m, status, label, number, unit=("条", ""))
        own = points[points["actual_status"] == status].reset_index(drop=True)
        drawn = lines[lines["actual_status"] == status].reset_index(drop=True)
        _status(m, status, label, colour, drawn, own)
    add_background(layers, m)
    shown = len(set(points["item_id"]) | set(lines["item_id"]))
    page.add_note(
        f"{len(layers['items'])}个条目中有{shown}个有位置，标在所在地或所涉城市驻地；其余为没有地点的政策与目标，见进展页的表。",
        f"{shown} of {len(layers['items'])} items have a place and stand there, or at the seat of the city that "
        "they concern; the rest are policies and goals without a place, see the table of the progress page.",
    )
    cite(page, layers, "items")
    return m


def _status(m: Any, status: str, label: Any, colour: str, lines: Any, points: Any) -> None:
    options: dict[str, Any] = {
        "name": label["en"][:1].upper() + label["en"][1:],
        "name_zh": label["zh"],
        "section": ("现状", "State"),
        "popup_rows": _ROWS,
        "popup_columns": (),
        "status": None,
    }
    if len(lines):
        style = {"label": label, "color": colour, "width": [2.4, 4.6], "casing": "#ffffff"}
        add_lines(lines, m, style=status, styles={status: style}, key=f"{status}_lines", z=56, **options)
    if len(points):
        style = {
            "label": label,
            "sign": "circle",
            "fill": colour,
            "size": [4.2, 7.0],
            "stroke": "#ffffff",
            "width": 1.2,
        }
        level = {"size": [11, 13], "color": "#1f2a37", "minzoom": 9.3, "order": 4}
        add_points(
            points,
            m,
            style=status,
            styles={status: style},
            key=status,
            z=86,
            follows=f"{status}_lines" if len(lines) else None,
            hidden=bool(len(lines)),
            label={"fields": ["name_zh", "name"], "levels": [level], "once": True},
            **options,
        )


def item_shapes(layers: Any) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Items with the lines of their projects, and items with a point: their own, or where they are tied to.

    Parameters
    ----------
    layers : Layers
        See `progress`.

    Returns
    -------
    (GeoDataFrame, GeoDataFrame)
        WGS84; an item that concerns several places has several points, an item without a place none. No
        energy facility has a point of its own here: the middle of its districts stands for it.
    """
    import geopandas as gpd

    table = _told(layers)
    shapes = project_shapes(layers).set_index("project_id").geometry if has(layers, "projects") else None
    places = _places(layers)
    ties: dict[str, list[str]] = {}
    for tie in layers["item_links"].itertuples():
        ties.setdefault(str(tie.item_id), []).append(str(tie.feature_id))
    line_rows, line_shapes, rows, points = [], [], [], []
    for row in table.to_dict("records"):
        tied = ties.get(str(row["item_id"]), [])
        own = [] if shapes is None else [shapes[i] for i in tied if i in shapes.index]
        lines = [s for s in own if s is not None and "LineString" in s.geom_type]
        if lines:
            line_rows.append(row)
            line_shapes.append(gpd.GeoSeries(lines).union_all())
            continue
        for point in _points(row, tied, places, own):
            rows.append(row)
            points.append(point)
    return _frame(line_rows, line_shapes, table), _frame(rows, points, table)


def _frame(rows: list[Any], shapes: list[Any], table: Any) -> gpd.GeoDataFrame:
    import geopandas as gpd
    import pandas as pd

    frame = pd.DataFrame(rows, columns=list(table.columns))
    return gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(shapes, crs=4326))


def _points(row: dict[Any, Any], tied: list[str], places: dict[str, Any], own: list[Any]) -> list[Any]:
    from shapely.geometry import Point

    if row["lon"] == row["lon"] and row["lon"] is not None:
        return [Point(row["lon"], row["lat"])]
    found = [places[i] for i in tied if i in places]
    found = found or [s for s in own if s is not None and s.geom_type == "Point"]
    if row["geometry_kind"] != "none":
        found = found or [places[i] for i in [*row["district_ids"], *row["city_ids"]] if i in places]
    return list({(p.x, p.y): p for p in found}.values())


def _places(layers: Any) -> dict[str, Any]:
    """A point for every feature that an item may be tied to: its own, or one inside its area."""
    out: dict[str, Any] = {}
    for layer_id, key in _PLACES:
        if not has(layers, layer_id):
            continue
        by_point = layers.info(layer_id).geometry == "point" or layer_id in ("cities", "districts")
        frame = located(layers.points(layer_id) if by_point else layers.polygons(layer_id))
        points = frame.geometry if by_point else frame.geometry.representative_point()
        out |= dict(zip(frame[key], points, strict=True))
    return out


def _told(layers: Any) -> Any:
    """Items with the texts that sheets show."""
    table = item_words(layers["items"], section_titles(layers))
    table["target_shown"] = [
        f"{v:g} {u}" + (f" ({int(y)})" if y == y and y is not None else "") if v == v else None
        for v, u, y in zip(
            table["target_value"].astype(float),
            table["target_unit"],
            table["target_year"].astype("float64"),
            strict=True,
        )
    ]
    for column in ("responsible", "due"):
        table[f"{column}_shown"] = table[column].replace("not stated", "未说明 / not stated")
    return for_popup(table, layers)
