"""Ecology and water sources, and energy facilities by district."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yrdgis.io.audience import for_audience
from yrdgis.maps.areas import add_areas, kind_styles, name_label
from yrdgis.maps.background import add_background
from yrdgis.maps.base import new_map, page_of
from yrdgis.maps.clauses import with_clauses
from yrdgis.maps.clusters import CLAUSE_ROWS
from yrdgis.maps.frames import cite, for_popup, has, located
from yrdgis.maps.language import pair
from yrdgis.maps.layers import add_lines
from yrdgis.maps.popup import item
from yrdgis.maps.travel import extent_of
from yrdgis.settings import METRIC_CRS

if TYPE_CHECKING:
    import folium

__all__ = ["add_ecology", "add_energy", "environment"]

_ECOLOGY = {
    "reserve": ("自然保护区、国家公园", "nature reserves, national park"),
    "source": ("水源地（水库）", "water sources (reservoirs)"),
    "water": ("河湖", "lakes and rivers"),
    "open": ("河口、海湾", "estuary, bay"),
    "island": ("生态岛", "ecological island"),
    "other": ("监测断面、古镇", "monitoring sections, heritage towns"),
}
_ECOLOGY_KIND = {
    "nature_reserve": "reserve",
    "national_park": "reserve",
    "reservoir": "source",
    "lake": "water",
    "river": "water",
    "estuary": "open",
    "bay": "open",
    "island": "island",
}
_ECOLOGY_HUES = ["#228833", "#3355aa", "#5b9ec9", "#8fb8d8", "#9aa83c", "#888888"]
_ENERGY = {
    "gas": ("天然气", "natural gas"),
    "power": ("电网", "power grid"),
    "wind": ("海上风电", "offshore wind"),
    "market": ("交易中心与能源物联网", "exchanges, energy networks"),
}
_ENERGY_KIND = {
    "gas_pipeline": "gas",
    "lng_terminal": "gas",
    "lng_storage": "gas",
    "substation": "power",
    "power_line": "power",
    "offshore_wind": "wind",
}
_ENERGY_HUES = ["#bb5533", "#aa3377", "#2a9d8f", "#777777"]


def environment(
    layers: Any, m: folium.Map | None = None, *, audience: str = "public", **page_options: Any
) -> folium.Map:
    """Map of ecology and water sources, and of energy facilities by district.

    Parameters
    ----------
    layers : Layers
        Uses ``ecology``, ``energy`` and the background.
    m : folium.Map, optional
        Map to add to.
    audience : {"public", "internal"}
        The public sees energy facilities by district only: no point, no line, no voltage.
    **page_options
        Handed to `new_map`.

    Returns
    -------
    folium.Map
    """
    if m is None:
        m = new_map(
            "Ecology, water sources and energy",
            "生态空间、水源地与能源设施",
            **{"as_of": layers.valid_on, **page_options},
        )
    page = page_of(m)
    add_ecology(layers, m)
    add_energy(layers, m, audience=audience)
    add_background(layers, m)
    page.bounds = page.bounds or extent_of(layers)
    page.add_note(
        "虚线为示意范围，不是保护区或水源保护区的法定边界。",
        "Dashed extents are indicative and no legal boundary of a reserve or protection zone.",
    )
    if audience == "public":
        page.add_note(
            "能源设施按所在区县示意，不含确切位置、线路走向与电压等级。",
            "Energy facilities are shown by the districts that they lie in: no exact position, course or voltage.",
        )
    return m


def add_ecology(layers: Any, m: folium.Map, *, show: bool = True) -> folium.Map:
    """Add ecology and water sources by family of kinds."""
    if not has(layers, "ecology"):
        return m
    sites = with_clauses(located(layers.polygons("ecology")), layers, "site_id")
    sites = for_popup(sites, layers)
    family = sites["kind"].map(_ECOLOGY_KIND).fillna("other")
    sites["style"] = family + sites["extent"].map(lambda e: "" if e == "water_body" else "~")
    order = sites.to_crs(METRIC_CRS).area.sort_values(ascending=False).index
    sites = sites.loc[order].reset_index(drop=True)
    add_areas(
        sites,
        m,
        style="style",
        styles=kind_styles(_ECOLOGY, _ECOLOGY, fill=0.42, ramp=_ECOLOGY_HUES),
        name="Ecology and water",
        name_zh="生态与水",
        key="ecology",
        section=("生态空间与水源地", "Ecology and water sources"),
        show=show,
        popup_rows=[item("组成", "Parts", "members_zh"), *CLAUSE_ROWS],
        label=name_label(sites, minzoom=8.0, color="#1d5a33"),
        z=24,
    )
    cite(page_of(m), layers, "ecology")
    return m


def add_energy(layers: Any, m: folium.Map, *, audience: str = "public", show: bool = False) -> folium.Map:
    """Add energy facilities by family, each as the districts that it lies in.

    Parameters
    ----------
    layers : Layers
        Uses ``energy``.
    m : folium.Map
        The map.
    audience : {"public", "internal"}
        For internal use, pipelines and power lines are drawn as well.
    show : bool
        Whether the groups are on at first.
    """
    if not has(layers, "energy"):
        return m
    frame = located(layers.polygons("energy"))
    shown = for_audience(frame, layers.schema("energy"), audience)
    shown = for_popup(with_clauses(shown, layers, "facility_id", audience=audience), layers)
    names = layers["districts"].set_index("district_id") if has(layers, "districts") else None
    for column, sign in (("name_zh", "、"), ("name", ", ")):
        known = {} if names is None else names[column].to_dict()
        label = f"districts_{'zh' if column == 'name_zh' else 'en'}"
        shown[label] = [sign.join(str(known.get(i, i)) for i in ids) or None for ids in shown["district_ids"]]
    shown["family"] = shown["kind"].map(_ENERGY_KIND).fillna("market")
    styles = kind_styles(_ENERGY, _ENERGY, fill=0.22, ramp=_ENERGY_HUES)
    rows = [
        item("所在区县", "Districts", pair=["districts_zh", "districts_en"], strong=True),
        *CLAUSE_ROWS,
    ]
    if audience == "internal":
        rows += [item("全称", "Full name", "name_full_zh"), item("详情", "Particulars", "detail")]
    for key, (zh, en) in _ENERGY.items():
        part = shown[shown["family"] == key].reset_index(drop=True)
        if len(part):
            add_areas(
                part,
                m,
                style="family",
                styles=styles,
                name=en[:1].upper() + en[1:],
                name_zh=zh,
                key=f"energy_{key}",
                section=("能源设施（按区县）", "Energy facilities (by district)"),
                show=show,
                popup_rows=rows,
                label=name_label(part, minzoom=8.0, color="#5a3a24"),
                z=23,
            )
    if audience == "internal":
        _energy_lines(layers, m, frame)
    cite(page_of(m), layers, "energy")
    return m


def _energy_lines(layers: Any, m: folium.Map, frame: Any) -> None:
    from yrdgis.plan import energy_lines

    lines = for_popup(energy_lines(frame, audience="internal"), layers).reset_index(drop=True)
    if len(lines):
        style = {
            "label": pair("管线（示意）", "pipeline or power line, about"),
            "color": "#7a2a12",
            "width": [1.6, 3],
        }
        add_lines(
            lines,
            m,
            name="Pipelines and power lines",
            name_zh="管道与输电线路",
            style="line",
            styles={"line": style},
            key="energy_lines",
            section=("能源设施（内部）", "Energy facilities (internal)"),
            popup_rows=[item("全称", "Full name", "name_full_zh"), item("详情", "Particulars", "detail")],
        )
