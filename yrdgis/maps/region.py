"""The region: nine cities, their districts and towns, water, borders, airports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yrdgis.maps.background import CITY_LABEL, add_background
from yrdgis.maps.base import new_map, page_of
from yrdgis.maps.frames import cite, for_popup, has, located
from yrdgis.maps.layers import add_points

if TYPE_CHECKING:
    import folium

__all__ = ["add_airports", "add_seats", "add_towns", "region"]

PLACES = ("地点", "Places")


def region(layers: Any, m: folium.Map | None = None, **page_options: Any) -> folium.Map:
    """Map of the area: cities, districts, towns, water, borders and airports.

    Parameters
    ----------
    layers : Layers
        As `yrdgis.io.load_layers` gives them.
    m : folium.Map, optional
        Map to add to.
    **page_options
        Handed to `new_map` (``lang``, ``review_number``, ``source``, ...).

    Returns
    -------
    folium.Map

    Examples
    --------
    >>> from yrdgis.io import load_layers
    >>> from yrdgis.maps import page_of
    >>> page_of(region(load_layers())).title["zh"]
    '上海大都市圈“1+8”：城市、区县与城镇'
    """
    if m is None:
        m = new_map(
            "Shanghai metropolitan area “1+8”: cities, districts and towns",
            "上海大都市圈“1+8”：城市、区县与城镇",
            **{"as_of": layers.valid_on, **page_options},
        )
    add_airports(layers, m)
    add_seats(layers, m)
    add_towns(layers, m)
    add_background(layers, m, city_labels=False, popups=True)
    page = page_of(m)
    page.bounds = _extent(layers) or page.bounds
    page.add_note(
        "人口为2020年第七次全国人口普查的常住人口；城镇点位为驻地或示意位置，不代表边界。",
        "Population is that of the 2020 census. A town's point is its seat or an approximate place, not its "
        "extent.",
    )
    return m


def _extent(layers: Any) -> list[float] | None:
    for layer_id in ("cities", "districts"):
        if has(layers, layer_id):
            return [round(float(v), 4) for v in layers.polygons(layer_id).total_bounds]
    return None


def add_seats(layers: Any, m: folium.Map) -> folium.Map:
    """Seats of the cities, with population and GDP."""
    if not has(layers, "cities"):
        return m
    seats = for_popup(located(layers.points("cities")), layers, own="city_id")
    label = {"fields": ["name_zh", "name"], "levels": [CITY_LABEL]}
    return add_points(
        seats,
        m,
        name="Cities",
        name_zh="城市驻地",
        style="city",
        section=PLACES,
        z=90,
        label=label,
        clear=True,
        key="seats",
    )


def add_airports(layers: Any, m: folium.Map, *, show: bool = True) -> folium.Map:
    """Airports; those not open yet are hollow."""
    if not has(layers, "airports"):
        return m
    airports = for_popup(located(layers.points("airports")), layers)
    label = {
        "fields": ["name_zh", "name"],
        "levels": [{"size": [11, 13], "color": "#4b3a86", "minzoom": 9.2, "order": 3}],
    }
    cite(page_of(m), layers, "airports")
    return add_points(
        airports,
        m,
        name="Airports",
        name_zh="机场",
        style="airport",
        section=PLACES,
        z=88,
        label=label,
        show=show,
        clear=True,
        key="airports",
    )


def add_towns(layers: Any, m: folium.Map, *, show: bool = True) -> folium.Map:
    """Towns and subdistricts, those that the plan names apart."""
    if not has(layers, "towns"):
        return m
    towns = for_popup(located(layers.points("towns")), layers)
    in_plan = towns["in_plan"].astype(bool) if "in_plan" in towns.columns else towns["town_id"].isna()
    cite(page_of(m), layers, "towns")
    base = {"size": [11, 12.5], "color": "#4b5563", "minzoom": 10.6, "order": 8}
    named = {**base, "minzoom": 8.6, "order": 3, "color": "#1d4267", "bold": True}
    for rows, style, level, title, key in (
        (towns[in_plan], "town.plan", named, ("Towns named by the plan", "规划点名的城镇"), "towns_plan"),
        (towns[~in_plan], "town", base, ("Other subdistricts and towns", "其他街道、镇、乡"), "towns"),
    ):
        if len(rows):
            add_points(
                rows.reset_index(drop=True),
                m,
                name=title[0],
                name_zh=title[1],
                style=style,
                section=PLACES,
                key=key,
                z=84 if key == "towns_plan" else 82,
                minzoom=0 if key == "towns_plan" else 9,
                show=show,
                label={"fields": ["name_zh", "name"], "levels": [level]},
            )
    page_of(m).add_note(
        "其他街道、镇、乡在放大后显示。", "Other subdistricts and towns appear when zoomed in."
    )
    return m
