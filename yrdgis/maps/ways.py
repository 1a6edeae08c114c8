"""Ways on a map: one line per carrier, several ways beside each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from yrdgis.errors import InputError
from yrdgis.maps.background import add_background
from yrdgis.maps.base import new_map, page_of
from yrdgis.maps.frames import cite
from yrdgis.maps.language import pair
from yrdgis.maps.layers import Z, add_lines, add_points
from yrdgis.maps.popup import item
from yrdgis.maps.tables import require_columns
from yrdgis.maps.travel import declare

if TYPE_CHECKING:
    import folium

__all__ = ["way_map"]

_CITED = ("road_links", "rail_links", "metro_links", "water_links", "services")
_CARRIERS = {
    "drive": ("驾车", "car", "#00795f"),
    "truck": ("集卡", "truck", "#00795f"),
    "local": ("地方道路（示意）", "local streets, schematic", "#8a94a3"),
    "walk": ("步行", "on foot", "#8a94a3"),
    "shuttle": ("港内短驳", "shuttle in the port", "#8a94a3"),
    "ferry": ("轮渡", "ferry", "#3690c0"),
    "rail": ("铁路", "railway", "#c2410c"),
    "train": ("集装箱班列", "box train", "#8a6d3b"),
    "metro": ("轨道交通", "metro", "#9b4f96"),
    "barge": ("内河驳船", "barge", "#1f6fb2"),
    "yangtze": ("长江干线船", "Yangtze ship", "#5b3fa0"),
    "river_sea": ("江海直达船", "river-sea ship", "#1d2f6f"),
    "sea_feeder": ("沿海支线船", "feeder ship", "#c51b8a"),
}
_STYLES = {
    key: {"label": pair(zh, en), "color": colour, "width": [3.0, 5.0], "casing": "#ffffff"}
    for key, (zh, en, colour) in _CARRIERS.items()
}


def way_map(
    layers: Any,
    ways: Any,
    m: folium.Map | None = None,
    *,
    title: str = "Ways",
    title_zh: str = "路径",
    **page_options: Any,
) -> folium.Map:
    """Map of the lines of one path or several.

    Parameters
    ----------
    layers : Layers
        For the background and the sources.
    ways : geopandas.GeoDataFrame, or mapping of str to geopandas.GeoDataFrame
        As `yrdgis.metrics.path_lines.path_lines` gives them; several can be switched on and off.
    m : folium.Map, optional
        Map to add to.
    title, title_zh : str
        Of the page.
    **page_options
        Handed to `new_map`.

    Returns
    -------
    folium.Map

    Raises
    ------
    InputError
        If there is no way, or a column is missing.

    Examples
    --------
    >>> import yrdgis as yg
    >>> area = yg.load()
    >>> now = area.network("today")
    >>> lines = now.lines(now.path("上海虹桥", "苏州北", mode="rail"))
    >>> [group["id"] for group in page_of(way_map(area.layers, lines)).groups][:2]
    ['way_0', 'ends']
    """
    shown = dict(ways) if isinstance(ways, Mapping) else {"": ways}
    if not shown or any(not len(frame) for frame in shown.values()):
        raise InputError("a map of ways needs one way at least, each with a line")
    m = new_map(title, title_zh, **{"as_of": layers.valid_on, **page_options}) if m is None else m
    page = page_of(m)
    page.bounds = page.bounds or _around(shown)
    rows = [
        item("里程", "Length", "length_km", kind="number", unit=pair("公里", "km"), digits=1),
        item("耗时", "Time", "total_min", kind="number", unit=pair("分钟", "min"), digits=0),
    ]
    for at, (label, frame) in enumerate(shown.items()):
        require_columns(frame, ["carrier"], name="way")
        strange = sorted(set(frame["carrier"]) - set(_STYLES))
        if strange:
            raise InputError(f"no such carrier: {', '.join(strange)}. There are: {', '.join(_STYLES)}.")
        add_lines(
            frame, m, name=label or "Way", name_zh=label or "路径", style="carrier", styles=_STYLES, status=None,
            popup_rows=rows, tolerance_m=20, key=f"way_{at}", z=Z["line"] + 5 + at,
        )  # fmt: skip
        declare(page, frame.attrs)
    if ends := next(iter(shown.values())).attrs.get("ends"):
        _ends(m, ends)
    cite(page, layers, *_CITED)
    add_background(layers, m)
    page.add_note(
        "地方道路段为起讫点间的直线，仅示意。",
        "Local streets are straight lines between their ends, schematic.",
    )
    return m


def _ends(m: folium.Map, ends: Any) -> None:
    """Marks where the way begins and ends."""
    import geopandas as gpd

    frame = pd.DataFrame(ends)
    points = gpd.GeoDataFrame(frame, geometry=gpd.points_from_xy(frame["lon"], frame["lat"]), crs=4326)
    level = {"size": [14, 16], "color": "#111827", "bold": True, "minzoom": 0, "order": -1}
    add_points(
        points, m, name="Ends", name_zh="起讫点", style="origin", z=95, key="ends", clear=True,
        label={"fields": ["name_zh", "name"], "levels": [level]},
    )  # fmt: skip


def _around(shown: Mapping[str, Any]) -> list[float]:
    boxes = [frame.total_bounds for frame in shown.values()]
    west, south = (min(box[at] for box in boxes) for at in (0, 1))
    east, north = (max(box[at] for box in boxes) for at in (2, 3))
    margin = 0.06 * max(east - west, north - south, 0.05)
    return [float(v) for v in (west - margin, south - margin, east + margin, north + margin)]
