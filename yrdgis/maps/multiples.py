"""Small multiples: one measure in several cases, map beside map, in one view and with one legend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from yrdgis.errors import InputError
from yrdgis.maps.base import new_map, page_of
from yrdgis.maps.language import as_pair
from yrdgis.maps.layers import add_choropleth, group_named, nice_breaks
from yrdgis.maps.tables import require_columns

if TYPE_CHECKING:
    import folium

__all__ = ["add_small_multiples", "beside"]


def add_small_multiples(
    zones: Any,
    m: folium.Map | None = None,
    *,
    columns: Mapping[str, Any],
    breaks: Sequence[float] | None = None,
    choice: str = "multiples",
    key: str = "multiple",
    show: bool = True,
    **options: Any,
) -> folium.Map:
    """Areas coloured by each of several columns, beside each other, with one legend for all.

    A click on one of the small maps, or on its heading, shows it large; what lies under the pointer is outlined
    in all of them.

    Parameters
    ----------
    zones : geopandas.GeoDataFrame
        Polygons in any CRS.
    m : folium.Map, optional
        Map to add to.
    columns : mapping of str to (zh, en)
        Numeric columns in one unit, each with its heading.
    breaks : sequence of float, optional
        Limits of the classes, the same for all; quantiles of all values together if left out.
    choice, key : str
        The groups' choice, and what their ids begin with.
    show : bool
        Whether the page starts with the small maps; else with the first one.
    **options
        Handed to `add_choropleth` (``unit``, ``ramp``, ``digits``, ``section``, ...).

    Returns
    -------
    folium.Map

    Raises
    ------
    InputError
        If there are fewer than two columns, or one is missing.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely.geometry import box
    >>> zones = gpd.GeoDataFrame({"y2019": [80.0, 40.0], "y2026": [60.0, 35.0]},
    ...                          geometry=[box(121, 31, 121.2, 31.2), box(121.2, 31, 121.4, 31.2)], crs=4326)
    >>> m = add_small_multiples(zones, columns={"y2019": ("2019年", "2019"), "y2026": ("2026年", "2026")},
    ...                         breaks=[45, 60], ramp="time", unit=("分钟", "min"))
    >>> page_of(m).multiples["ids"]
    ['multiple-0', 'multiple-1']
    """
    if len(columns) < 2:
        raise InputError("Small multiples need at least two columns to set beside each other.")
    require_columns(zones, list(columns), name="zones")
    limits = list(breaks) if breaks is not None else nice_breaks(zones[list(columns)].to_numpy(float).ravel())
    m = new_map() if m is None else m
    for at, (column, heading) in enumerate(columns.items()):
        words = as_pair(heading)
        add_choropleth(
            zones,
            m,
            column=column,
            name=words["en"],
            name_zh=words["zh"],
            breaks=limits,
            choice=choice,
            show=at == 0,
            key=f"{key}-{at}",
            table=key,
            **options,
        )
    return beside(m, [f"{key}-{at}" for at in range(len(columns))], show=show)


def beside(m: folium.Map, ids: Sequence[str], *, show: bool = False) -> folium.Map:
    """Let groups of one choice be seen beside each other, as small multiples.

    Parameters
    ----------
    m : folium.Map
        The map.
    ids : sequence of str
        Ids of two or more groups that share a choice and a legend.
    show : bool
        Whether the page starts so.

    Raises
    ------
    InputError
        If there are fewer than two, one isn't there, or they differ in choice or legend.
    """
    groups = [group_named(m, key) for key in ids]
    if len(groups) < 2:
        raise InputError("Small multiples need at least two groups to set beside each other.")
    choices = {g.get("choice") for g in groups}
    legends = {str([s.get("label") for s in g["styles"]]) for g in groups}
    if None in choices or len(choices) > 1 or len(legends) > 1:
        raise InputError(
            "Small multiples are groups of one choice, with the same classes: their legend is one."
        )
    page_of(m).multiples = {"ids": [g["id"] for g in groups], "first": bool(show)}
    return m
