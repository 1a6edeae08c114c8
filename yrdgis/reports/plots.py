"""Ground for one's own matplotlib maps, and Chinese in one's own charts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from yrdgis.maps.background import surroundings
from yrdgis.maps.frames import has
from yrdgis.maps.style import AREAS, BORDER
from yrdgis.reports.fonts import find_cjk_font

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from yrdgis.io import Layers

__all__ = ["chinese_labels", "ground"]

_MARGIN = 0.015
_BEYOND = "#f0f2f4"  # neighbours, of which nothing is said


def chinese_labels() -> bool:
    """Let matplotlib write Chinese from here on, with a font of this machine that has the characters.

    Returns
    -------
    bool
        Whether there is one. Without, matplotlib keeps its own fonts, which draw boxes for Chinese: label in English.

    Examples
    --------
    >>> import matplotlib as mpl
    >>> with mpl.rc_context():
    ...     found = chinese_labels()
    >>> isinstance(found, bool)
    True
    """
    import matplotlib as mpl
    from matplotlib import font_manager

    font = find_cjk_font()
    if font is None:
        return False
    if font.family not in {entry.name for entry in font_manager.fontManager.ttflist}:
        font_manager.fontManager.addfont(font.path)
    before = [family for family in mpl.rcParams["font.family"] if family != font.family]
    mpl.rcParams["font.family"] = [font.family, *before]
    return True


def ground(layers: Layers, ax: Axes | None = None, *, bounds: Sequence[float] | None = None) -> Axes:
    """Axes with the land, water and provincial borders of an area, to draw frames in EPSG:4326 on.

    Parameters
    ----------
    layers : Layers
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure if left out.
    bounds : (west, south, east, north), optional
        Degrees; the whole area if left out.

    Returns
    -------
    matplotlib.axes.Axes
        Degrees at a fair aspect, without ticks. Draw at a ``zorder`` of 2 to 2.9 to stay below the borders.

    Raises
    ------
    InputError
        If the layers hold no districts, or the bounds are no rectangle.

    Examples
    --------
    >>> from yrdgis.io import load_layers
    >>> ax = ground(load_layers(), bounds=(120.8, 31.0, 121.6, 31.6))
    >>> [float(value) for value in ax.get_xlim()]
    [120.8, 121.6]
    """
    import geopandas as gpd

    from yrdgis.errors import InputError

    if not has(layers, "districts"):
        raise InputError("the ground of a map needs the layer 'districts'")
    if ax is None:
        from matplotlib import pyplot

        ax = pyplot.subplots(figsize=(8, 7), layout="constrained")[1]
    districts = layers.polygons("districts")
    west, south, east, north = _extent(districts.total_bounds if bounds is None else bounds, bounds is None)
    if not (west < east and south < north):
        raise InputError(f"bounds are west, south, east, north in degrees, not {bounds}")
    ax.set_facecolor(_BEYOND)
    around = gpd.GeoSeries([surroundings(layers)], crs=districts.crs)
    around.plot(ax=ax, color=AREAS["surround"]["fill"], zorder=0.5)
    districts.plot(ax=ax, color=AREAS["land"]["fill"], edgecolor="#d6d0c4", linewidth=0.4, zorder=1)
    if has(layers, "water_bodies"):
        layers.polygons("water_bodies").plot(ax=ax, color=AREAS["water"]["fill"], zorder=1.5)
    if has(layers, "borders"):
        line: dict[str, Any] = {"color": BORDER["color"], "linewidth": 0.9, "linestyle": (0, (5, 3))}
        layers.geometry("borders").plot(ax=ax, zorder=3, **line)
    ax.set(xlim=(west, east), ylim=(south, north), xticks=[], yticks=[], xlabel="", ylabel="")
    for axis in (ax.xaxis, ax.yaxis):  # geopandas names them again with each frame that it draws
        axis.label.set_visible(False)
    for spine in ax.spines.values():
        spine.set(color="#c4c9d0", linewidth=0.8)
    return ax


def _extent(bounds: Sequence[float], widen: bool) -> tuple[float, float, float, float]:
    west, south, east, north = (float(value) for value in bounds)
    margin = _MARGIN * (east - west) if widen else 0.0
    return west - margin, south - margin, east + margin, north + margin
