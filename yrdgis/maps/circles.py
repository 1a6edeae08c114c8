"""Isochrones on the region's own ground, of several days, with what one day gained over another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from yrdgis.errors import InputError
from yrdgis.maps.background import add_background
from yrdgis.maps.base import new_map, page_of
from yrdgis.maps.frames import cite
from yrdgis.maps.language import pair
from yrdgis.maps.layers import add_categories
from yrdgis.maps.popup import item
from yrdgis.maps.reach import add_isochrones
from yrdgis.maps.tables import require_columns
from yrdgis.maps.travel import MODES, NETWORKS, add_origin, declare, extent_of

if TYPE_CHECKING:
    import folium

__all__ = ["isochrone_map"]

_SECTION = ("等时圈", "Isochrones")
_WORDS = {"gained": ("新增", "gained"), "lost": ("失去", "lost")}


def isochrone_map(
    layers: Any,
    areas: Any,
    m: folium.Map | None = None,
    *,
    change: Any = None,
    tolerance_m: float = 120,
    **page_options: Any,
) -> folium.Map:
    """Map of areas within some minutes, with title, day, sources and what the figures rest on.

    Parameters
    ----------
    layers : Layers
        Uses ``districts`` and the background.
    areas : geopandas.GeoDataFrame, or mapping of str to geopandas.GeoDataFrame
        As `yrdgis.isochrones` gives them; of several days the first is shown, the others can be switched on.
    m : folium.Map, optional
        Map to add to.
    change : geopandas.GeoDataFrame, optional
        What was gained and lost, as `yrdgis.reach_change` gives it.
    tolerance_m : float
        Simplification, metres.
    **page_options
        Handed to `new_map`.

    Returns
    -------
    folium.Map

    Raises
    ------
    InputError
        If there are no areas or a column is missing.
    """
    shown = dict(areas) if isinstance(areas, Mapping) else {str(areas.attrs.get("as_of", "")): areas}
    if not shown:
        raise InputError("a map of isochrones needs those of one day at least")
    for frame in shown.values():
        require_columns(frame, ["cutoff_min"], name="isochrones")
    first = next(iter(shown.values()))
    if m is None:
        m = _new(layers, shown, page_options)
    page = page_of(m)
    page.bounds = page.bounds or extent_of(layers)
    for at, (day, frame) in enumerate(shown.items()):
        told = ("可达范围", "Reached within")
        zh, en = (f"{told[0]}（{day}）", f"{told[1]} ({day})") if day else told
        add_isochrones(
            frame, m, name=en, name_zh=zh, show=at == 0, key=f"iso_{at}", tolerance_m=tolerance_m, section=_SECTION
        )  # fmt: skip
        declare(page, frame.attrs)
    if change is not None:
        _add_change(m, change, tolerance_m)
    for origin in first.attrs.get("origins", []):
        zh = str(first.attrs.get("title_zh") or origin)
        add_origin(layers, m, {"id": origin, "name": zh, "name_zh": zh})
    cite(page, layers, *NETWORKS)
    add_background(layers, m)
    page.add_note(
        "等时圈为栅格最小成本面的等值域：水面只能沿线路穿越，高速公路、桥隧与铁路中途不能离开。",
        "Level sets of a raster least-cost surface: water is crossed along links alone, and expressways, bridges and "
        "railways are not left midway.",
    )
    return m


def _new(layers: Any, shown: Mapping[str, Any], options: dict[str, Any]) -> folium.Map:
    attrs = next(iter(shown.values())).attrs
    told = str(attrs.get("title_zh") or "")
    title = (f"Isochrones from {told}", f"从{told}出发的等时圈") if told else ("Isochrones", "等时圈")
    day = attrs.get("as_of", layers.valid_on) if len(shown) == 1 else layers.valid_on
    way = MODES.get(str(attrs.get("mode", "door")), ("", ""))
    return new_map(*title, **{"as_of": day, "subtitle": way, **options})


def _add_change(m: folium.Map, change: Any, tolerance_m: float) -> None:
    """What was gained and lost, by cut-off; an empty change is left out."""
    require_columns(change, ["cutoff_min", "change", "area_km2"], name="change")
    rows = change[change["change"].isin(_WORDS) & (change["area_km2"] > 0)]
    if not len(rows):
        return
    days = [str(change.attrs.get(side, {}).get("as_of", "")) for side in ("before", "after")]
    limits = [f"{limit:g}" for limit in rows["cutoff_min"]]
    kinds = [_WORDS[kind] for kind in rows["change"]]
    rows = rows.assign(
        kind_zh=[f"{zh}：{limit}分钟内" for (zh, _), limit in zip(kinds, limits, strict=True)],
        kind_en=[f"{en}: within {limit} min" for (_, en), limit in zip(kinds, limits, strict=True)],
    )
    between = f"{days[0]} → {days[1]}" if all(days) else ""
    km2 = item("面积", "Area", "area_km2", kind="number", unit=pair("平方公里", "km²"), digits=0)
    add_categories(
        rows, m, columns=("kind_zh", "kind_en"), name=f"Gained and lost {between}".strip(), name_zh=f"新增与失去 {between}".strip(),
        key="gains", popup_rows=[km2], tolerance_m=tolerance_m, section=_SECTION,
    )  # fmt: skip
