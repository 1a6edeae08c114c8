"""Groups of features from any frame: areas by value, lines by class and status, points.

Each function adds one switchable group and returns the map; ``m=None`` starts a new one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from yrdgis.errors import InputError
from yrdgis.maps.base import Group, Page, new_map, page_of
from yrdgis.maps.language import as_pair, as_unit
from yrdgis.maps.popup import columns_of, popup
from yrdgis.maps.style import KINDS, LINES, NOTHING, PALE, POINTS, RAMPS, STATUS_CODE, classes, ramp_styles
from yrdgis.maps.tables import day_number, require_columns, simplified

if TYPE_CHECKING:
    import folium

__all__ = ["Z", "add_categories", "add_choropleth", "add_lines", "add_points", "add_swipe", "nice_breaks"]

Z = {"area": 10, "line": 50, "point": 80}


def nice_breaks(values: Any, *, count: int = 6) -> list[float]:
    """Limits of classes at quantiles, rounded to two figures.

    Parameters
    ----------
    values : sequence of float
        NaN is left out.
    count : int
        Wanted number of limits; fewer if values repeat.

    Examples
    --------
    >>> nice_breaks([3, 12, 27, 55, 88, 131], count=3)
    [16.0, 41.0, 80.0]
    """
    import numpy as np

    values = np.asarray(values, dtype=float)
    values = values[np.isfinite(values)]
    if not len(values):
        return []
    cuts = np.quantile(values, np.linspace(0, 1, count + 2)[1:-1])
    return sorted({float(f"{c:.2g}") for c in cuts if values.min() < float(f"{c:.2g}") <= values.max()})


def add_choropleth(
    zones: Any,
    m: folium.Map | None = None,
    *,
    column: str,
    name: str = "",
    name_zh: str = "",
    unit: Any = "",
    breaks: Sequence[float] | None = None,
    ramp: str = "amount",
    digits: int = 0,
    show: bool = True,
    choice: str | None = None,
    section: Any = "",
    note: Any = None,
    labels: bool = False,
    popup_rows: Iterable[dict[str, Any]] = (),
    popup_columns: Iterable[str] | None = None,
    tolerance_m: float = 60,
    special: Iterable[str | None] | None = None,
    special_styles: dict[str, dict[str, Any]] | None = None,
    key: str = "zones",
    table: str | None = None,
    label: dict[str, Any] | None = None,
) -> folium.Map:
    """Areas coloured by the class of a value; areas without one are hatched.

    Parameters
    ----------
    zones : geopandas.GeoDataFrame
        Polygons in any CRS; `name` and `name_zh` head the sheets if present.
    m : folium.Map, optional
        Map to add to.
    column : str
        Numeric column; NaN means no value.
    name, name_zh : str
        Title of the group, which is the legend's heading.
    unit : str or (zh, en)
        Unit of the column.
    breaks : sequence of float, optional
        Ascending limits of the classes; quantiles, rounded, if left out.
    ramp : {"time", "saved", "lost", "amount"}
        Ramp of the style table.
    digits : int
        Decimals in legend and sheets.
    show : bool
        Whether the group is on at first.
    choice : str, optional
        Groups with the same choice are shown one at a time.
    section, note : str or (zh, en), optional
        Heading in the panel, and a line under the group.
    labels : bool
        Whether to write names.
    popup_rows, popup_columns
        Further rows (see `popup.item`), or columns to show as they are.
    tolerance_m : float
        Simplification, metres.
    special : sequence of str or None, optional
        For each row the key of one of ``special_styles`` that it is shown in whatever its value, such as
        "newly connected"; None for the ramp.
    key, table : str
        Id of the group, and of the table (the same if left out). Groups of one table share its geometry.
    label : dict, optional
        How names are written, if not as ``labels`` does.

    Returns
    -------
    folium.Map

    Raises
    ------
    InputError
        If the column is missing, the ramp is unknown or breaks don't ascend.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely.geometry import box
    >>> zones = gpd.GeoDataFrame({"name": ["a", "b"], "time_min": [20.0, 75.0]},
    ...                          geometry=[box(121, 31, 121.2, 31.2), box(121.2, 31, 121.4, 31.2)], crs=4326)
    >>> m = add_choropleth(zones, column="time_min", name="Minutes", breaks=[30, 60], ramp="time")
    >>> [g["id"] for g in page_of(m).groups]
    ['zones']
    """
    require_columns(zones, [column], name="zones")
    if ramp not in RAMPS:
        raise InputError(f"No ramp named {ramp!r}. There are: {', '.join(RAMPS)}.")
    limits = list(breaks) if breaks is not None else nice_breaks(zones[column])
    if limits != sorted(set(limits)):
        raise InputError(f"Breaks have to ascend without repeats: {limits}.")
    from yrdgis.maps.popup import item

    m, page = _page(m, name, name_zh)
    own = item(
        name_zh or name,
        name or name_zh,
        column,
        kind="number",
        unit=as_unit(unit),
        digits=digits,
        tip=True,
        strong=True,
    )
    sheet = popup(zones, extra=[own, *popup_rows], columns=popup_columns)
    styles = [*ramp_styles(ramp, breaks=limits, digits=digits), NOTHING]
    index = [
        len(limits) + 1 if c < 0 else c for c in classes(list(zones[column].astype(float)), breaks=limits)
    ]
    if special is not None:
        place = {k: len(styles) + i for i, k in enumerate(special_styles or {})}
        styles += (special_styles or {}).values()
        index = [i if s is None else place[s] for i, s in zip(index, special, strict=True)]
    table = _table(page, table or key, simplified(zones, tolerance_m=tolerance_m), sheet, digits=4)
    page.add_group(
        key,
        table,
        (name_zh, name),
        kind="polygon",
        styles=styles,
        style=index,
        legend="ramp",
        unit=as_unit(unit),
        on=show,
        choice=choice,
        section=section,
        note=as_pair(note) if note else None,
        popup=sheet,
        z=Z["area"],
        label=label or (_label(zones) if labels else None),
    )
    return m


def add_categories(
    zones: Any,
    m: folium.Map | None = None,
    *,
    columns: tuple[str, str],
    name: str = "",
    name_zh: str = "",
    most: int = 7,
    show: bool = True,
    choice: str | None = None,
    section: Any = "",
    popup_rows: Iterable[dict[str, Any]] = (),
    tolerance_m: float = 60,
    key: str = "kinds",
    table: str | None = None,
    label: dict[str, Any] | None = None,
    blank: Any = ("无", "none"),
) -> folium.Map:
    """Areas coloured by kind; the commonest kinds get a colour each, the rest share grey, blanks are pale.

    Parameters that are not listed are those of `add_choropleth`.

    Parameters
    ----------
    zones : geopandas.GeoDataFrame
        Polygons in any CRS.
    columns : (str, str)
        The kind in Chinese and in English; a kind is what the first says.
    most : int
        How many kinds get a colour of their own; no more than there are hues.
    blank : str or (zh, en)
        What an area without a kind is called.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely.geometry import box
    >>> zones = gpd.GeoDataFrame({"zh": ["铁路", None], "en": ["rail", None]},
    ...                          geometry=[box(121, 31, 121.2, 31.2), box(121.2, 31, 121.4, 31.2)], crs=4326)
    >>> m = add_categories(zones, columns=("zh", "en"), name="Kinds")
    >>> [s["label"]["en"] for s in page_of(m).groups[0]["styles"]]
    ['rail', 'other', 'none']
    """
    require_columns(zones, columns, name="zones")
    m, page = _page(m, name, name_zh)
    kinds = zones[columns[0]].where(zones[columns[0]].fillna("") != "")
    common = list(kinds.value_counts().index[: min(most, len(KINDS) - 1)])
    english = dict(zip(zones[columns[0]], zones[columns[1]], strict=True))
    area = {"stroke": "#ffffff", "width": [0.6, 1.2], "opacity": 0.75}
    styles = [
        {**area, "label": as_pair((k, english[k])), "fill": c} for k, c in zip(common, KINDS, strict=False)
    ]
    styles += [
        {**area, "label": as_pair(("其他", "other")), "fill": KINDS[-1]},
        {**area, "label": as_pair(blank), "fill": PALE},
    ]
    index = [
        len(common) + 1 if k != k or k is None else common.index(k) if k in common else len(common)
        for k in kinds
    ]
    sheet = popup(zones, extra=popup_rows)
    where = _table(page, table or key, simplified(zones, tolerance_m=tolerance_m), sheet, digits=4)
    page.add_group(
        key,
        where,
        (name_zh, name),
        kind="polygon",
        styles=styles,
        style=index,
        on=show,
        choice=choice,
        section=section,
        popup=sheet,
        z=Z["area"],
        label=label,
    )
    return m


def add_lines(
    lines: Any,
    m: folium.Map | None = None,
    *,
    name: str = "",
    name_zh: str = "",
    style: str = "other",
    status: str | None = "status",
    timed: bool = False,
    show: bool = True,
    section: Any = "",
    note: Any = None,
    popup_rows: Iterable[dict[str, Any]] = (),
    popup_columns: Iterable[str] | None = None,
    tolerance_m: float = 25,
    z: float = Z["line"],
    minzoom: float = 0,
    styles: dict[str, dict[str, Any]] | None = None,
    key: str = "lines",
    **options: Any,
) -> folium.Map:
    """Lines by class and status: open solid, under construction dashed, planned dotted.

    Parameters that are not listed are those of `add_choropleth`.

    Parameters
    ----------
    lines : geopandas.GeoDataFrame
        Lines in any CRS.
    style : str
        A key of the style table for all, or a column that holds keys.
    status : str, optional
        Column of status words; all are taken as open if it is missing or None.
    timed : bool
        Whether features come and go with the page's year, by columns ``start`` and ``end`` (dates; a
        blank start of an open feature means always open).
    styles : dict, optional
        Table of styles; the one of this package if left out.
    minzoom : float
        Zoom below which the group is not drawn.

    Raises
    ------
    InputError
        If a style key is not in the table.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely.geometry import LineString
    >>> lines = gpd.GeoDataFrame({"name": ["x"], "status": ["planned"]},
    ...                          geometry=[LineString([(121, 31), (121.2, 31.1)])], crs=4326)
    >>> m = add_lines(lines, name="Railways", style="rail.high_speed")
    >>> page_of(m).tables["lines"]["status"]
    [3]
    """
    m, page = _page(m, name, name_zh)
    sheet = popup(lines, extra=popup_rows, columns=popup_columns)
    table = _table(page, key, simplified(lines, tolerance_m=tolerance_m), sheet, digits=4)
    chosen, index = _styles(lines, style, LINES if styles is None else styles, "line")
    _states(page, table, lines, status, timed)
    page.add_group(
        key,
        table,
        (name_zh, name),
        kind="line",
        styles=chosen,
        style=index,
        on=show,
        section=section,
        popup=sheet,
        z=z,
        timed=timed,
        minzoom=minzoom,
        note=as_pair(note) if note else None,
        **options,
    )
    return m


def add_points(
    points: Any,
    m: folium.Map | None = None,
    *,
    name: str = "",
    name_zh: str = "",
    style: str = "town",
    status: str | None = "status",
    timed: bool = False,
    show: bool = True,
    section: Any = "",
    note: Any = None,
    popup_rows: Iterable[dict[str, Any]] = (),
    popup_columns: Iterable[str] | None = None,
    z: float = Z["point"],
    minzoom: float = 0,
    styles: dict[str, dict[str, Any]] | None = None,
    label: dict[str, Any] | None = None,
    key: str = "points",
    **options: Any,
) -> folium.Map:
    """Points by kind; those not open yet are hollow.

    Parameters that are not listed are those of `add_lines`.

    Parameters
    ----------
    points : geopandas.GeoDataFrame
        Points in any CRS; an empty one is an error.
    style : str
        A key of the style table for all, or a column that holds keys.
    label : dict, optional
        How names are written: ``levels`` (by rank: size, colour, minzoom, order) and ``rank``.

    Raises
    ------
    InputError
        If a style key is not in the table or a point is empty.

    Examples
    --------
    >>> import geopandas as gpd
    >>> point = gpd.points_from_xy([121.1], [31.3])
    >>> towns = gpd.GeoDataFrame({"name_zh": ["花桥"]}, geometry=point, crs=4326)
    >>> m = add_points(towns, name="Towns", style="town")
    >>> page_of(m).tables["points"]["n"]
    1
    """
    m, page = _page(m, name, name_zh)
    sheet = popup(points, extra=popup_rows, columns=popup_columns)
    table = _table(page, key, simplified(points, tolerance_m=0), sheet, digits=5)
    chosen, index = _styles(points, style, POINTS if styles is None else styles, "point")
    _states(page, table, points, status, timed)
    page.add_group(
        key,
        table,
        (name_zh, name),
        kind="point",
        styles=chosen,
        style=index,
        on=show,
        section=section,
        popup=sheet,
        z=z,
        timed=timed,
        minzoom=minzoom,
        label=label,
        note=as_pair(note) if note else None,
        **options,
    )
    return m


def _page(m: Any, name: str, name_zh: str) -> tuple[Any, Page]:
    m = new_map(name, name_zh) if m is None else m
    return m, page_of(m)


def _table(page: Page, key: str, frame: Any, sheet: dict[str, Any], *, digits: int) -> str:
    columns = [
        c for c in (*sheet["title"], "name_zh", "name", *columns_of(sheet["rows"])) if c in frame.columns
    ]
    return page.add_table(key, frame, list(dict.fromkeys(columns)), digits=digits)


def _styles(frame: Any, style: str, table: dict[str, Any], what: str) -> tuple[list[dict[str, Any]], Any]:
    if style in table:
        return [table[style]], 0
    if style not in frame.columns:
        raise InputError(f"{style!r} is neither a {what} style ({', '.join(table)}) nor a column.")
    keys = frame[style].fillna("other").astype(str)
    unknown = sorted(set(keys) - set(table))
    if unknown:
        raise InputError(
            f"No {what} style named {', '.join(map(repr, unknown))}. There are: {', '.join(table)}."
        )
    used = [k for k in table if k in set(keys)]
    return [table[k] for k in used], [used.index(k) for k in keys]


def _states(page: Page, table: str, frame: Any, status: str | None, timed: bool) -> None:
    data = page.tables[table]
    if status is not None and status in frame.columns:
        data["status"] = [STATUS_CODE.get(str(s), 5) for s in frame[status]]
    if timed:
        require_columns(frame, ["start", "end"], name="features that follow the year")
        data["start"] = [day_number(v) if v != 0 else 0 for v in frame["start"]]
        data["end"] = [day_number(v) for v in frame["end"]]


def _label(frame: Any, **level: Any) -> dict[str, Any]:
    base = {"size": [11, 13], "color": "#1f2a37", "minzoom": 8.5, "order": 5}
    return {
        "fields": [c for c in ("name_zh", "name") if c in frame.columns],
        "levels": [{**base, **level}],
        "rank": None,
    }


def add_swipe(m: folium.Map, left: str, right: str) -> folium.Map:
    """Let two groups be seen side by side, with a divider to drag.

    Parameters
    ----------
    m : folium.Map
        The map.
    left, right : str
        Ids of two groups of one choice, such as before and after.

    Raises
    ------
    InputError
        If there are no such groups, or they don't belong to one choice.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely.geometry import box
    >>> zones = gpd.GeoDataFrame({"a": [1.0], "b": [2.0]}, geometry=[box(121, 31, 122, 32)], crs=4326)
    >>> m = add_choropleth(zones, column="a", name="Before", key="before", table="zones", choice="time")
    >>> m = add_choropleth(zones, m, column="b", name="After", key="after", table="zones", choice="time", show=False)
    >>> page_of(add_swipe(m, "before", "after")).swipe
    {'left': 'before', 'right': 'after'}
    """
    sides = [group_named(m, key) for key in (left, right)]
    if sides[0].get("choice") is None or sides[0].get("choice") != sides[1].get("choice"):
        raise InputError(
            f"Groups {left!r} and {right!r} are to be of one choice: add both with the same `choice`."
        )
    page_of(m).swipe = {"left": left, "right": right}
    return m


def group_named(m: Any, key: str) -> Group:
    """The group of a map with that id.

    Raises
    ------
    InputError
        If there is none.
    """
    for group in page_of(m).groups:
        if group["id"] == key:
            return group
    raise InputError(
        f"The map has no group {key!r}. It has: {', '.join(g['id'] for g in page_of(m).groups)}."
    )
