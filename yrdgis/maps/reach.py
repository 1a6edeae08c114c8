"""How far one gets and who goes where: isochrones and flows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from yrdgis.errors import InputError
from yrdgis.maps.base import new_map, page_of
from yrdgis.maps.language import as_pair, as_unit, pair
from yrdgis.maps.layers import Z, add_lines, nice_breaks
from yrdgis.maps.popup import item
from yrdgis.maps.style import FLOW, RAMPS, classes
from yrdgis.maps.tables import require_columns, simplified

if TYPE_CHECKING:
    import folium

__all__ = ["add_flows", "add_isochrones"]

_MIN = pair("分钟", "min")
_BEND, _POINTS = 0.12, 14


def add_isochrones(
    areas: Any,
    m: folium.Map | None = None,
    *,
    column: str = "cutoff_min",
    name: str = "Reached within",
    name_zh: str = "可达范围",
    unit: Any = _MIN,
    show: bool = True,
    section: Any = "",
    tolerance_m: float = 60,
    key: str = "isochrones",
) -> folium.Map:
    """Areas that are reached within some minutes, as rings: each place shows its least time.

    Parameters that are not listed are those of `add_choropleth`.

    Parameters
    ----------
    areas : geopandas.GeoDataFrame
        Polygons in any CRS, one per cut-off; the longer may hold the shorter.
    m : folium.Map, optional
        Map to add to.
    column : str
        Cut-off of each area.
    unit : str or (zh, en)
        Unit of the cut-offs.

    Raises
    ------
    InputError
        If the column is missing or a cut-off is blank.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely.geometry import Point
    >>> rings = gpd.GeoDataFrame({"cutoff_min": [30, 60]}, geometry=[Point(121, 31).buffer(r) for r in (0.2, 0.4)],
    ...                          crs=4326)
    >>> m = add_isochrones(rings)
    >>> [s["label"]["en"] for s in page_of(m).groups[0]["styles"]]
    ['≤ 30', '30–60']
    """
    require_columns(areas, [column], name="isochrones")
    if areas[column].isna().any():
        raise InputError(f"Every isochrone needs its cut-off: column {column!r} has blanks.")
    m = new_map(name, name_zh) if m is None else m
    frame = simplified(areas, tolerance_m=tolerance_m).dissolve(by=column, as_index=False)
    shapes, inner = list(frame.geometry), None
    for i, shape in enumerate(shapes):
        shapes[i] = shape if inner is None else shape.difference(inner)
        inner = shape if inner is None else inner.union(shape)
    frame = frame.set_geometry(shapes, crs=4326)
    limits = [f"{v:g}" for v in frame[column].astype(float)]
    texts = [f"≤ {limits[0]}", *(f"{a}–{b}" for a, b in pairwise(limits))]
    colours = _spread("time", len(limits))
    styles = [
        {"label": as_pair(t), "fill": c, "opacity": 0.7, "stroke": c, "width": [0.8, 1.4]}
        for t, c in zip(texts, colours, strict=True)
    ]
    own = item(name_zh, name, column, kind="number", unit=as_unit(unit), tip=True, strong=True)
    page = page_of(m)
    table = page.add_table(key, frame, [column])
    page.add_group(
        key,
        table,
        (name_zh, name),
        kind="polygon",
        styles=styles,
        style=list(range(len(styles))),
        legend="ramp",
        unit=as_unit(unit),
        on=show,
        section=section,
        z=Z["area"],
        popup={"title": [], "rows": [own], "kind": None},
    )
    return m


def _spread(ramp: str, count: int) -> list[str]:
    colours = RAMPS[ramp]
    return [colours[round(i * (len(colours) - 1) / max(1, count - 1))] for i in range(count)]


def add_flows(
    flows: Any,
    m: folium.Map | None = None,
    *,
    column: str,
    name: str = "Flows",
    name_zh: str = "联系",
    unit: Any = "",
    breaks: Sequence[float] | None = None,
    digits: int = 0,
    show: bool = True,
    section: Any = "",
    popup_rows: Iterable[dict[str, Any]] = (),
    key: str = "flows",
) -> folium.Map:
    """Flows between places as bent lines, the wider the more; both directions bend to their right.

    Parameters that are not listed are those of `add_lines`.

    Parameters
    ----------
    flows : geopandas.GeoDataFrame or DataFrame
        Lines in any CRS, or columns ``from_lon``, ``from_lat``, ``to_lon``, ``to_lat`` in WGS84 degrees; names from
        ``from_name_zh``, ``to_name_zh``, ``from_name``, ``to_name`` if present.
    m : folium.Map, optional
        Map to add to.
    column : str
        What is shown by width; rows without a value are left out.
    unit : str or (zh, en)
        Unit of the column.
    breaks : sequence of float, optional
        Limits of the classes of width; rounded quantiles if left out.

    Raises
    ------
    InputError
        If a column is missing.

    Examples
    --------
    >>> import pandas as pd
    >>> flows = pd.DataFrame({"from_lon": [121.4], "from_lat": [31.2], "to_lon": [120.9], "to_lat": [31.4],
    ...                       "people": [12000]})
    >>> page_of(add_flows(flows, column="people", breaks=[5000])).tables["flows"]["n"]
    1
    """
    import geopandas as gpd
    from shapely.geometry import LineString

    require_columns(flows, [column], name="flows")
    rows = flows[flows[column].notna()].reset_index(drop=True)
    if "geometry" in rows.columns:
        ends = [(g.coords[0], g.coords[-1]) for g in rows.to_crs(4326).geometry]
    else:
        require_columns(flows, ["from_lon", "from_lat", "to_lon", "to_lat"], name="flows")
        ends = [
            ((a, b), (c, d)) for a, b, c, d in rows[["from_lon", "from_lat", "to_lon", "to_lat"]].to_numpy()
        ]
    frame = gpd.GeoDataFrame(
        rows.drop(columns="geometry", errors="ignore"),
        geometry=[LineString(_bent(*e)) for e in ends],
        crs=4326,
    )
    for suffix, target in (("_zh", "name_zh"), ("", "name")):
        if {f"from_name{suffix}", f"to_name{suffix}"} <= set(frame.columns):
            frame[target] = frame[f"from_name{suffix}"] + " → " + frame[f"to_name{suffix}"]
    limits = list(breaks) if breaks is not None else nice_breaks(frame[column], count=3)
    styles = _widths(limits, digits)
    frame["width_class"] = [str(c) for c in classes(list(frame[column].astype(float)), breaks=limits)]
    frame = frame.sort_values(column, ascending=True, kind="stable").reset_index(drop=True)
    own = item(name_zh, name, column, kind="number", unit=as_unit(unit), digits=digits, tip=True, strong=True)
    return add_lines(
        frame,
        m,
        name=name,
        name_zh=name_zh,
        style="width_class",
        styles=styles,
        status=None,
        show=show,
        section=section,
        popup_rows=[own, *popup_rows],
        tolerance_m=0,
        z=66,
        key=key,
        unit=as_unit(unit),
        opacity=0.8,
    )


def _bent(start: tuple[float, ...], end: tuple[float, ...]) -> list[tuple[float, float]]:
    """A curve that leaves the straight line to its right by a share of its length."""
    (x0, y0), (x2, y2) = start[:2], end[:2]
    x1, y1 = (x0 + x2) / 2 + _BEND * 2 * (y2 - y0), (y0 + y2) / 2 - _BEND * 2 * (x2 - x0)
    steps = [i / (_POINTS - 1) for i in range(_POINTS)]
    return [
        (
            (1 - t) ** 2 * x0 + 2 * t * (1 - t) * x1 + t * t * x2,
            (1 - t) ** 2 * y0 + 2 * t * (1 - t) * y1 + t * t * y2,
        )
        for t in steps
    ]


def _widths(limits: Sequence[float], digits: int) -> dict[str, dict[str, Any]]:
    text = [f"{v:,.{digits}f}" for v in limits]
    labels = ["全部 / all"] if not text else [f"< {text[0]}"]
    labels += [f"{a}–{b}" for a, b in pairwise(text)]
    labels += [f"≥ {text[-1]}"] if text else []
    return {
        str(i): {"label": as_pair(label), "color": FLOW, "width": [1.0 + 1.6 * i, 1.6 + 2.4 * i]}
        for i, label in enumerate(labels)
    }
