"""A small picture of any map of ours, drawn from the same tables, colours and groups as its page."""

from __future__ import annotations

import io
import math
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from yrdgis.maps.style import AREAS

if TYPE_CHECKING:
    from yrdgis.maps import Page

__all__ = ["sketch"]

_INCHES, _DPI = (4.2, 3.0), 100
_THIN = 0.5
_GREY = "#8a94a3"


def sketch(page: Page) -> bytes:
    """PNG of what a page shows when it opens, without words; equal pages give equal bytes.

    Parameters
    ----------
    page : Page
        As `yrdgis.maps.page_of` gives it.

    Examples
    --------
    >>> from yrdgis.maps import new_map, page_of
    >>> sketch(page_of(new_map("Test")))[1:4]
    b'PNG'
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=_INCHES, dpi=_DPI)
    FigureCanvasAgg(figure)
    figure.patch.set_facecolor(AREAS["sea"]["fill"])
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    for group in sorted((g for g in page.groups if g["on"]), key=lambda g: g["z"]):
        _draw(axes, group, page.tables[group["table"]])
    _fit(axes, page.spec()["bounds"])
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=_DPI, metadata={"Software": None})
    return out.getvalue()


def _fit(axes: Any, bounds: list[float]) -> None:
    """Show the bounds whole, a degree of longitude as wide as it is there."""
    west, south, east, north = bounds
    narrow = math.cos(math.radians((south + north) / 2))
    wide, high = _INCHES
    half = max((north - south) / 2, (east - west) * narrow / 2 * high / wide)
    middle_x, middle_y = (west + east) / 2, (south + north) / 2
    axes.set_xlim(middle_x - half * wide / high / narrow, middle_x + half * wide / high / narrow)
    axes.set_ylim(middle_y - half, middle_y + half)
    axes.set_aspect(1 / narrow)


def _draw(axes: Any, group: dict[str, Any], table: dict[str, Any]) -> None:
    """Draw the rows of a group in their styles; rows without a style are not shown on the page either."""
    styles = group.get("styles") or []
    own = group["style"]
    which = own if isinstance(own, list) else [own] * table["n"]
    for at, style in enumerate(styles):
        rows = [row for row, chosen in enumerate(which) if chosen == at]
        if not rows:
            continue
        if "xy" in table:
            points = _places(table["xy"], table["scale"])
            colour = style.get("fill") or style.get("stroke") or _GREY
            axes.plot(
                *zip(*(points[row] for row in rows), strict=True),
                "o",
                color=colour,
                markersize=2,
                linewidth=0,
            )
        else:
            _shapes(axes, [table["parts"][row] for row in rows], style, table)


def _shapes(axes: Any, shapes: list[Any], style: dict[str, Any], table: dict[str, Any]) -> None:
    from matplotlib.collections import LineCollection, PathCollection
    from matplotlib.path import Path

    rings = [[_places(part, table["scale"]) for part in parts] for parts in shapes]
    if table["kind"] == "line":
        lines = [ring for row in rings for ring in row]
        width = _THIN * _first(style.get("width"), 1.0)
        dash = (0, (4, 2)) if style.get("dash") else "solid"
        axes.add_collection(
            LineCollection(lines, colors=style.get("color", _GREY), linewidths=width, linestyles=[dash])
        )
        return
    paths = [
        Path.make_compound_path(*(Path([*ring, ring[0]], closed=True) for ring in row))
        for row in rings
        if row
    ]
    axes.add_collection(
        PathCollection(
            paths,
            facecolors=style.get("fill") or "none",
            edgecolors=style.get("stroke") or "none",
            linewidths=_THIN * _first(style.get("width"), 0.5),
            alpha=style.get("opacity"),
        )
    )


def _first(value: Any, default: float) -> float:
    return float(value[0]) if isinstance(value, list | tuple) else float(value or default)


def _places(flat: list[int], scale: int) -> list[tuple[float, float]]:
    """Steps as places in degrees."""
    xs, ys = accumulate(flat[::2]), accumulate(flat[1::2])
    return [(x / scale, y / scale) for x, y in zip(xs, ys, strict=True)]
