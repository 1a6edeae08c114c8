"""Layers as frames that maps can draw: links with the class and name of their line, texts ready to be shown.

The only module of `maps` that knows the columns of the layers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yrdgis.maps.base import Page
from yrdgis.maps.language import pair
from yrdgis.maps.slider import opening_days
from yrdgis.maps.sources import source_parts, source_words
from yrdgis.maps.style import LINES

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = [
    "cite",
    "for_popup",
    "has",
    "located",
    "metro_links",
    "place_of",
    "rail_links",
    "road_links",
    "stations",
]

ROAD_STYLE = {
    "expressway": "road.expressway",
    "crossing": "road.crossing",
    "national_trunk": "road.trunk",
    "provincial_trunk": "road.trunk",
    "county_road": "road.county",
    "connector": "road.connector",
    "ferry": "road.ferry",
}


def has(layers: Any, layer_id: str) -> bool:
    """Whether the layers hold any row of that kind."""
    frame = layers.get(layer_id) if layer_id in layers else None
    return frame is not None and len(frame) > 0


def cite(page: Page, layers: Any, *layer_ids: str) -> None:
    """Add the sources of layers to a page, from the catalogue: what a map made of them has to say."""
    for layer_id in layer_ids:
        if layer_id not in layers:
            continue
        info = layers.info(layer_id)
        both = "; ".join(dict.fromkeys(t for t in (info.source, info.attribution) if t))
        if both:
            zh, en = source_words(both)
            page.add_source(
                pair(f"{info.title_zh or info.title}：{zh}", f"{info.title or info.title_zh}: {en}")
            )
            for credit in source_parts(info.attribution or info.source.split(";")[0]):
                page.add_credit(credit)


def located(frame: Any) -> Any:
    """Rows that have a geometry."""
    return frame[frame.geometry.notna() & ~frame.geometry.is_empty].reset_index(drop=True)


def for_popup(frame: Any, layers: Any, *, own: str = "") -> Any:
    """The frame with the columns that sheets show: dates by status, names of city and district, source.

    Parameters
    ----------
    frame : DataFrame
        Rows of a layer.
    layers : Layers
        For names of cities and districts, and the day for which they hold.
    own : str
        Column of the rows' own id, which needs no name beside it.
    """
    import pandas as pd

    frame = frame.copy()
    if "status" in frame.columns:
        built = frame["status"].isin(["operating", "closed"])
        expected = _days(frame, "opened_expected")
        told = _told(frame)
        frame["opened_on"] = told.where(built)
        frame["expected_on"] = told.where(~built)
        late = ~built & (expected <= pd.Timestamp(layers.valid_on))
        frame["overdue_zh"] = late.map({True: "预计日期已过，尚无开通证据", False: None})
        frame["overdue_en"] = late.map({True: "expected day has passed, no evidence of opening", False: None})
    if "source_public" in frame.columns:
        cited = [source_words(text) if isinstance(text, str) else ("", "") for text in frame["source_public"]]
        frame["source_zh"], frame["source_en"] = ([t[at] or None for t in cited] for at in (0, 1))
    for column, layer_id, zh, en in (
        ("city_id", "cities", "city_label_zh", "city_label_en"),
        ("district_id", "districts", "district_label_zh", "district_label_en"),
    ):
        if column in frame.columns and column != own and has(layers, layer_id):
            names = layers[layer_id].set_index(column)
            frame[zh] = frame[column].map(names["name_zh"].to_dict())
            frame[en] = frame[column].map(names["name"].to_dict())
    return frame


def _days(frame: Any, column: str) -> pd.Series:
    import pandas as pd

    if column not in frame.columns:
        return pd.Series(pd.NaT, index=frame.index, dtype="datetime64[ns]")
    return pd.to_datetime(frame[column].replace("", None))


def _told(frame: Any) -> pd.Series:
    """Opening dates as exactly as known: 2018, 2018-10, 2018-10-05, or 2018/2019 for a longer span."""
    import pandas as pd

    first, last = _days(frame, "opened_earliest"), _days(frame, "opened_latest")
    expected = _days(frame, "opened_expected")

    def tell(a: Any, b: Any, day: Any) -> str | None:
        if pd.isna(day):
            return None
        if pd.isna(a) or pd.isna(b) or a == b:
            return f"{day:%Y-%m-%d}"
        if a.year != b.year:
            return f"{a:%Y}/{b:%Y}"
        return f"{a:%Y-%m}" if a.month == b.month else f"{a:%Y}"

    return pd.Series(
        [tell(*row) for row in zip(first, last, expected, strict=True)], index=frame.index, dtype=object
    )


def _with_line(links: Any, lines: Any, key: str, columns: list[str]) -> Any:
    keep = [key, "name", "name_zh", *[c for c in columns if c in lines.columns]]
    return links.drop(columns=[c for c in keep[1:] if c in links.columns]).merge(
        lines[keep], on=key, how="left"
    )


def _dated(frame: Any, layers: Any) -> Any:
    days = opening_days(frame, layers.valid_on)
    frame["start"], frame["end"] = days["start"], days["end"]
    return frame


def _class_names(frame: Any) -> Any:
    frame["class_zh"] = frame["style"].map(lambda k: LINES[k]["label"]["zh"])
    frame["class_en"] = frame["style"].map(lambda k: LINES[k]["label"]["en"])
    return frame


def rail_links(layers: Any) -> gpd.GeoDataFrame:
    """Railway links with name, class, speed and dates; column ``style`` names their sign."""
    links = located(layers.lines("rail_links"))
    lines = layers["rail_lines"]
    links = _with_line(links, lines, "line_id", ["category", "design_speed_kph", "plan_phrase"])
    links["style"] = ("rail." + links["category"].astype(str)).where(lambda s: s.isin(list(LINES)), "other")
    links["section_zh"], links["section_en"] = _ends(links, layers, "rail_stations", "station_id")
    return _class_names(_dated(for_popup(links, layers), layers))


def road_links(layers: Any) -> gpd.GeoDataFrame:
    """Highway links with name, number, class and dates."""
    links = located(layers.lines("road_links"))
    links = _with_line(links, layers["road_routes"], "route_id", ["ref", "category", "plan_phrase"])
    own = links["facility_type"].map(ROAD_STYLE) if "facility_type" in links.columns else None
    by_route = links["category"].map(ROAD_STYLE)
    links["style"] = (by_route if own is None else own.fillna(by_route)).fillna("other")
    links["section_zh"], links["section_en"] = _ends(links, layers, "road_nodes", "node_id")
    return _class_names(_dated(for_popup(links, layers), layers))


def metro_links(layers: Any) -> gpd.GeoDataFrame:
    """Metro links with the name of their line and dates."""
    links = located(layers.lines("metro_links"))
    links = _with_line(links, layers["metro_lines"], "line_id", [])
    links["style"] = "metro"
    return _class_names(_dated(for_popup(links, layers), layers))


def stations(layers: Any, layer_id: str = "rail_stations") -> gpd.GeoDataFrame:
    """Stations with dates; yards and junctions, where no passenger gets on, are left out."""
    frame = located(layers.points(layer_id))
    if "kind" in frame.columns:
        frame = frame[frame["kind"] == "station"].reset_index(drop=True)
    return _dated(for_popup(frame, layers), layers)


def _ends(links: Any, layers: Any, nodes_id: str, key: str) -> tuple[pd.Series, pd.Series]:
    nodes = layers[nodes_id].set_index(key)

    def between(column: str) -> Any:
        names = nodes[column].to_dict()
        return (
            links["from_node_id"].map(names).fillna("?") + " – " + links["to_node_id"].map(names).fillna("?")
        )

    return between("name_zh"), between("name")


def place_of(layers: Any, place_id: str) -> tuple[float, float] | None:
    """Where a place is: (lon, lat) in WGS84, or None if the layers don't know it."""
    for layer_id, key in (
        ("cities", "city_id"),
        ("districts", "district_id"),
        ("towns", "town_id"),
        ("rail_stations", "station_id"),
        ("metro_stations", "station_id"),
        ("destinations", "destination_id"),
        ("airports", "airport_id"),
        ("road_nodes", "node_id"),
        ("water_nodes", "node_id"),
    ):
        frame = layers[layer_id] if has(layers, layer_id) else None
        if frame is None or key not in frame.columns:
            continue
        row = frame[frame[key] == place_id]
        if len(row):
            lon, lat = ("lon", "lat") if "lon" in row.columns else ("seat_lon", "seat_lat")
            return (float(row.iloc[0][lon]), float(row.iloc[0][lat]))
    return None
