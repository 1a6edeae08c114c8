"""Online base maps as an option, each with its datum.

A page with one of these asks its host for pictures and nothing else. Amap draws in GCJ-02, some 300 to 700 m off
WGS84: the features of that page are shifted for display only, and the page says so.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from yrdgis.errors import InputError, SettingError
from yrdgis.maps.language import Pair, pair

if TYPE_CHECKING:
    from yrdgis.maps.base import Page

__all__ = ["BASEMAPS", "KEY_VARIABLE", "add_basemap", "blank_ground", "key_written", "shifted"]

KEY_VARIABLE = "TIANDITU_KEY"
"""Environment variable that may hold the user's own key of Tianditu."""


@dataclass(frozen=True)
class BaseMap:
    """Where tiles come from, whose they are and in which datum they are drawn."""

    url: str
    attribution: Pair
    datum: str = "wgs84"
    subdomains: str = "abc"
    max_zoom: int = 18


BASEMAPS: Mapping[str, BaseMap] = {
    "osm": BaseMap(
        "https://tile.openstreetmap.org/{z}/{x}/{y}.png", pair("© OpenStreetMap contributors"), max_zoom=19
    ),
    "carto": BaseMap(
        "https://{s}.basemaps.cartocdn.com/light_all/{z}/{x}/{y}.png",
        pair("© OpenStreetMap contributors © CARTO"),
        subdomains="abcd",
        max_zoom=19,
    ),
    "amap": BaseMap(
        "https://webrd0{s}.is.autonavi.com/appmaptile?lang=zh_cn&size=1&scale=1&style=7&x={x}&y={y}&z={z}",
        pair("© 高德地图", "© Amap"),
        datum="gcj02",
        subdomains="1234",
    ),
    "tianditu": BaseMap(
        "https://t{s}.tianditu.gov.cn/vec_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=vec&STYLE=default"
        "&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk={key}",
        pair("天地图", "Tianditu"),
        subdomains="01234567",
    ),
}
"""Base maps by name."""


def add_basemap(m: Any, page: Page, name: str, *, key: str | None = None, key_in_page: bool = False) -> None:
    """Put a base map under a new map, before anything is added to it.

    Parameters
    ----------
    m : folium.Map
        A map without features.
    page : Page
        Its page.
    name : str
        A key of ``BASEMAPS``.
    key : str, optional
        The user's key, where the host wants one; else the environment variable ``TIANDITU_KEY``.
    key_in_page : bool
        Whether the key is written into the page. Unless asked for here, or when the map is saved, it is in no
        file, whoever writes it, and in no notebook's output; the ground then stays blank, and the page says so.

    Raises
    ------
    InputError
        If there is no such base map, or the map holds features already.
    SettingError
        If a key is needed and there is none.
    """
    import folium

    if name not in BASEMAPS:
        raise InputError(f"No base map named {name!r}. There are: {', '.join(BASEMAPS)}.")
    if page.tables:
        raise InputError(
            "A base map has to be chosen before features are added: its datum decides their place."
        )
    base, options = BASEMAPS[name], {}
    if "{key}" in base.url:
        page.secret = key or os.environ.get(KEY_VARIABLE)
        if not page.secret:
            raise SettingError(f"Base map {name!r} needs your own key: give `key`, or set {KEY_VARIABLE}.")
        options["key"] = page.secret if key_in_page else ""
    page.tiles = folium.TileLayer(
        base.url,
        attr=base.attribution["en"],
        subdomains=base.subdomains,
        max_zoom=base.max_zoom,
        name=name,
        control=False,
        **options,
    ).add_to(m)
    page.basemap, page.datum = name, base.datum
    page.add_source(base.attribution)
    page.add_credit(base.attribution)
    if base.datum == "gcj02":
        page.add_note(
            "底图为GCJ-02坐标；本页要素仅为显示而偏移，数据仍为WGS84。",
            "The base map is in GCJ-02: features of this page are shifted for display only; the data are in WGS84.",
        )


@contextmanager
def key_written(page: Page | None, asked: bool) -> Iterator[None]:
    """For as long as it lasts the page is written with its key, if that is asked for."""
    if page is None or page.secret is None or not asked:
        yield
        return
    before = page.tiles.options["key"]
    page.tiles.options["key"] = page.secret
    try:
        yield
    finally:
        page.tiles.options["key"] = before


def blank_ground(page: Page) -> bool:
    """Whether the base map has no key to ask with."""
    return page.secret is not None and not page.tiles.options["key"]


def shifted(frame: Any, datum: str) -> Any:
    """The frame with coordinates moved from WGS84 to the datum that a page is drawn in."""
    if datum == "wgs84":
        return frame
    import numpy as np
    import shapely

    from yrdgis.crs import convert_datum

    def move(points: Any) -> Any:
        return np.column_stack(convert_datum(points[:, 0], points[:, 1], source="wgs84", target=datum))

    return frame.set_geometry(shapely.transform(frame.geometry.to_numpy(), move), crs=frame.crs)
