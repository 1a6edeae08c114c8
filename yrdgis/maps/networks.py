"""The network by year: railways, highways and metro that come and go with the year slider."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yrdgis.maps.background import add_background
from yrdgis.maps.base import new_map, page_of
from yrdgis.maps.frames import cite, has, metro_links, rail_links, road_links, stations
from yrdgis.maps.language import pair
from yrdgis.maps.layers import add_lines, add_points
from yrdgis.maps.popup import item
from yrdgis.maps.region import add_airports
from yrdgis.maps.slider import add_figure, add_year_slider

if TYPE_CHECKING:
    import folium

__all__ = ["add_metro", "add_rail", "add_roads", "network_by_year"]

RAIL, ROAD = ("铁路与城市轨道", "Railways and metro"), ("公路", "Highways")
KM = ("公里", "km")
_SECTION = item("区段", "Section", pair=["section_zh", "section_en"], tip=True)


def network_by_year(
    layers: Any,
    m: folium.Map | None = None,
    *,
    first: int = 1990,
    last: int = 2035,
    year: int | None = None,
    metro: bool = True,
    **page_options: Any,
) -> folium.Map:
    """Map of the network with a year slider; features open and close by their own dates.

    Parameters
    ----------
    layers : Layers
        Uses rail, road and metro links, stations and the background.
    m : folium.Map, optional
        Map to add to.
    first, last : int
        Years at the ends of the slider.
    year : int, optional
        Year shown at first; that of ``layers.valid_on`` if left out.
    metro : bool
        Whether to add the metro.

    Returns
    -------
    folium.Map

    Raises
    ------
    InputError
        If the years don't ascend or ``year`` is not among them.
    """
    if m is None:
        m = new_map(
            "Railways and highways by year",
            "铁路与高速公路网逐年变化",
            **{"as_of": layers.valid_on, **page_options},
        )
    page = page_of(m)
    page.bounds = page.bounds or [119.0, 29.0, 123.0, 32.75]
    add_year_slider(m, valid_on=layers.valid_on, first=first, last=last, value=year)
    rail = add_rail(layers, m, timed=True)
    if metro:
        add_metro(layers, m, timed=True)
    road = add_roads(layers, m, timed=True)
    add_airports(layers, m, show=False)
    add_background(layers, m)
    _figures(m, rail, road)
    page.add_note(
        "已开通：实线；在建：虚线；规划及前期：点线。建成时间不明且已运营的，视为各年均已开通。",
        "Open: solid; under construction: dashed; planned or preliminary: dotted. What operates without a "
        "known opening date counts as open in every year.",
    )
    page.add_note(
        f"{layers.valid_on.isoformat()}之后的年份为预测：按公开的预计开通日期；预计日期已过而无开通证据的，不计为开通。",
        f"Years after {layers.valid_on.isoformat()} are a forecast from published expected dates; what was "
        "due and has no evidence of opening is not counted as open.",
    )
    return m


def add_rail(layers: Any, m: folium.Map, *, timed: bool = False, show: bool = True) -> Any:
    """Railway links by class, and passenger stations; gives the frame of links that was drawn."""
    if not has(layers, "rail_links"):
        return None
    links = rail_links(layers)
    links = links[links["style"] != "rail.walk"].reset_index(drop=True)
    add_lines(
        links,
        m,
        name="Railways",
        name_zh="铁路",
        style="style",
        timed=timed,
        section=RAIL,
        z=58,
        popup_rows=[_SECTION],
        show=show,
        key="rail",
    )
    if has(layers, "rail_stations"):
        levels = [{"size": [11, 13], "color": "#1f2a37", "minzoom": 9.4, "order": 7}]
        add_points(
            stations(layers),
            m,
            name="Railway stations",
            name_zh="铁路车站",
            style="station",
            timed=timed,
            section=RAIL,
            z=72,
            minzoom=7.6,
            label={"fields": ["name_zh", "name"], "levels": levels},
            show=show,
            key="rail_stations",
        )
    cite(page_of(m), layers, "rail_links")
    return links


def add_metro(layers: Any, m: folium.Map, *, timed: bool = False, show: bool = True) -> Any:
    """Metro links, all in one colour; gives the frame of links that was drawn."""
    if not has(layers, "metro_links"):
        return None
    links = metro_links(layers)
    add_lines(
        links,
        m,
        name="Metro",
        name_zh="城市轨道",
        style="style",
        timed=timed,
        section=RAIL,
        z=50,
        minzoom=8,
        key="metro",
        show=show,
        tolerance_m=15,
    )
    if has(layers, "metro_stations"):
        add_points(
            stations(layers, "metro_stations"),
            m,
            name="Metro stations",
            name_zh="城市轨道车站",
            style="metro_station",
            timed=timed,
            section=RAIL,
            z=70,
            minzoom=10.5,
            show=show,
            key="metro_stations",
            label={
                "fields": ["name_zh", "name"],
                "levels": [{"size": [10, 12], "color": "#6d3c69", "minzoom": 12, "order": 9}],
            },
        )
    cite(page_of(m), layers, "metro_links")
    return links


def add_roads(layers: Any, m: folium.Map, *, timed: bool = False, show: bool = True) -> Any:
    """Highway links by class; gives the frame of links that was drawn.

    Connectors, which are made up to join places to the network, are a group of their own and off at first.
    """
    if not has(layers, "road_links"):
        return None
    links = road_links(layers)
    schematic = links["style"] == "road.connector"
    for rows, key, title, on in (
        (links[~schematic], "road", ("Highways", "公路"), show),
        (links[schematic], "road_connectors", ("Connectors (schematic)", "连接线（示意）"), False),
    ):
        if len(rows):
            add_lines(
                rows.reset_index(drop=True),
                m,
                name=title[0],
                name_zh=title[1],
                style="style",
                timed=timed,
                section=ROAD,
                z=44 if key == "road" else 42,
                popup_rows=[_SECTION],
                show=on,
                key=key,
                label=_shields(rows.reset_index(drop=True)) if key == "road" else None,
            )
    cite(page_of(m), layers, "road_links")
    return links[~schematic].reset_index(drop=True)


def _shields(links: Any) -> dict[str, Any] | None:
    if "ref" not in links.columns:
        return None
    level = {
        "size": [9.5, 11.5],
        "color": "#ffffff",
        "box": "#00795f",
        "bold": True,
        "minzoom": 8.8,
        "order": 6,
    }
    return {
        "fields": ["ref"],
        "levels": [level],
        "weight": [float(v) for v in links["length_km"].fillna(0)],
        "once": True,
    }


def _figures(m: folium.Map, rail: Any, road: Any) -> None:
    page = page_of(m)
    page.figures_title = pair("已开通", "Open")
    page.figures_note = pair(
        "里程为图中区段之和，含区外延伸段；并行线路分别计。",
        "Sums of the sections drawn, with parts outside the area; parallel lines count each.",
    )
    if rail is not None:
        fast = [i for i, s in enumerate(rail["style"]) if s in ("rail.high_speed", "rail.intercity")]
        add_figure(
            m,
            "km_fast",
            ("高铁、城际", "High-speed, intercity"),
            table="rail",
            rows=fast,
            field="length_km",
            unit=KM,
        )
        slow = [i for i, s in enumerate(rail["style"]) if s not in ("rail.high_speed", "rail.intercity")]
        add_figure(
            m, "km_other", ("其他铁路", "Other railways"), table="rail", rows=slow, field="length_km", unit=KM
        )
    if "rail_stations" in page.tables:
        add_figure(m, "stations", ("铁路客站", "Railway stations"), table="rail_stations", unit=("座", ""))
    if "metro" in page.tables:
        add_figure(m, "km_metro", ("城市轨道", "Metro"), table="metro", field="length_km", unit=KM)
    if road is not None:
        wide = [i for i, s in enumerate(road["style"]) if s in ("road.expressway", "road.crossing")]
        add_figure(
            m,
            "km_road",
            ("高速公路及通道", "Expressways, crossings"),
            table="road",
            rows=wide,
            field="length_km",
            unit=KM,
        )
