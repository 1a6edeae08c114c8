"""Areas by kind: solid where the extent is known, dashed where it only says about where something is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from yrdgis.maps.base import page_of
from yrdgis.maps.language import Pair, as_pair, pair
from yrdgis.maps.layers import Z
from yrdgis.maps.popup import columns_of, popup
from yrdgis.maps.style import KINDS
from yrdgis.maps.tables import require_columns, simplified

if TYPE_CHECKING:
    import folium

__all__ = ["add_areas", "kind_styles", "name_label"]

DASHED = [6, 4]
_LEVEL = {"size": [11, 13], "color": "#1f2a37", "minzoom": 8.2, "order": 2, "bold": True}


def kind_styles(
    kinds: Iterable[str], words: Mapping[str, Any], *, fill: float = 0.28, ramp: Sequence[str] = KINDS
) -> dict[str, dict[str, Any]]:
    """A style for each kind and a dashed one for its indicative extents, keys ``kind`` and ``kind~``.

    Parameters
    ----------
    kinds : iterable of str
        Kinds in the order of the legend; a kind takes the hue of its place.
    words : mapping of str to (zh, en) or pair
        What each kind is called.
    fill : float
        Opacity of the fill; indicative extents have a third of it.
    ramp : sequence of str
        Hues.

    Examples
    --------
    >>> list(kind_styles(["lake"], {"lake": ("湖泊", "lake")}))
    ['lake', 'lake~']
    """
    out: dict[str, dict[str, Any]] = {}
    for at, kind in enumerate(kinds):
        hue, name = ramp[at % len(ramp)], as_pair(words[kind])
        out[kind] = {"label": name, "fill": hue, "opacity": fill, "stroke": hue, "width": [1.4, 2.4]}
        loose = {"label": _indicative(name), "opacity": fill / 3, "dash": DASHED}
        out[f"{kind}~"] = {**out[kind], **loose}
    return out


def _indicative(name: Pair) -> Pair:
    return pair(f"{name['zh']}（示意范围）", f"{name['en']} (indicative)")


def name_label(frame: Any, **level: Any) -> dict[str, Any]:
    """Names written inside each area, larger areas first."""
    from yrdgis.settings import METRIC_CRS

    points = frame.geometry.representative_point().to_crs(4326)
    return {
        "fields": [c for c in ("name_zh", "name") if c in frame.columns],
        "levels": [{**_LEVEL, **level}],
        "xy": [round(float(v), 4) for p in points for v in (p.x, p.y)],
        "weight": [float(v) for v in frame.to_crs(METRIC_CRS).area / 1e6],
        "centred": True,
    }


def add_areas(
    zones: Any,
    m: folium.Map,
    *,
    style: str,
    styles: Mapping[str, dict[str, Any]],
    name: str = "",
    name_zh: str = "",
    key: str = "areas",
    show: bool = True,
    section: Any = "",
    note: Any = None,
    popup_rows: Iterable[dict[str, Any]] = (),
    tolerance_m: float = 80,
    z: float = Z["area"] + 12,
    label: dict[str, Any] | None = None,
    **options: Any,
) -> folium.Map:
    """Areas by kind, each in the style that a column names.

    Parameters that are not listed are those of `add_choropleth`.

    Parameters
    ----------
    zones : geopandas.GeoDataFrame
        Polygons in any CRS.
    m : folium.Map
        The map.
    style : str
        Column of keys of ``styles``.
    styles : mapping
        Styles as `kind_styles` gives them.

    Raises
    ------
    InputError
        If the column is missing.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely.geometry import box
    >>> from yrdgis.maps import new_map
    >>> zones = gpd.GeoDataFrame({"name": ["x"], "kind": ["lake~"]}, geometry=[box(120, 31, 120.2, 31.2)], crs=4326)
    >>> styles = kind_styles(["lake"], {"lake": ("湖泊", "lake")})
    >>> m = add_areas(zones, new_map("Lakes"), style="kind", styles=styles)
    >>> page_of(m).groups[0]["styles"][0]["dash"]
    [6, 4]
    """
    require_columns(zones, [style], name="areas")
    page = page_of(m)
    frame = simplified(zones, tolerance_m=tolerance_m).reset_index(drop=True)
    sheet = popup(frame, extra=popup_rows)
    columns = [c for c in (*sheet["title"], *columns_of(sheet["rows"])) if c in frame.columns]
    used = [k for k in styles if k in set(frame[style])]
    page.add_group(
        key,
        page.add_table(key, frame, list(dict.fromkeys(columns))),
        (name_zh, name),
        kind="polygon",
        styles=[styles[k] for k in used],
        style=[used.index(k) for k in frame[style]],
        on=show,
        section=section,
        note=as_pair(note) if note else None,
        popup=sheet,
        z=z,
        label=label,
        overlap=True,
        **options,
    )
    return m
