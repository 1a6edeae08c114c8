"""The figures for print that an atlas carries."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from yrdgis.maps.projects import MODE_STYLE, project_shapes
from yrdgis.maps.style import STATUS_CODE
from yrdgis.maps.travel import time_breaks
from yrdgis.reports.data import sources_of
from yrdgis.reports.figures import legend_of_lines, print_map, save_figure, small_multiples

if TYPE_CHECKING:
    from yrdgis.reports.context import Context
    from yrdgis.reports.thumbnails import Canvas

__all__ = ["write_figures"]

_MODES = ("rail", "road", "water")


def write_figures(context: Context, folder: Path) -> None:
    """Write projects and times before and after, each as PNG and PDF.

    Parameters
    ----------
    context : Context
    folder : pathlib.Path
        Must exist.
    """
    made: dict[str, Any] = {"times": _times(context)}
    if "projects" in context.layers:
        made["projects"] = _projects(context)
    for name, figure in made.items():
        for kind in ("png", "pdf"):
            save_figure(figure, folder / f"{name}.{kind}", dpi=150)


def _told(context: Context, *used: str) -> dict[str, Any]:
    """Sources of the layers that a figure shows, and of its ground."""
    sources = sources_of(context, [*used, "districts", "water_bodies"])
    return {"sources": sources, "as_of": context.layers.valid_on, "lang": context.lang}


def _projects(context: Context) -> Any:
    shapes = project_shapes(context.layers, as_of=context.as_of)
    shapes = shapes[
        shapes.geometry.notna() & shapes.geometry.geom_type.isin(["LineString", "MultiLineString"])
    ]
    is_open = shapes["status"].map(STATUS_CODE).eq(1)

    def draw(canvas: Canvas) -> None:
        for mode in _MODES:
            for on in (False, True):
                own = shapes[(shapes["mode"] == mode) & (is_open == on)]
                canvas.add(own, color=MODE_STYLE[mode]["color"], linewidth=1.5, linestyle="-" if on else ":")
        canvas.borders()

    return print_map(
        context.layers,
        draw,
        title=("项目：按建设状态", "Projects by status"),
        legend=legend_of_lines(
            [MODE_STYLE[mode] for mode in _MODES],
            patterns=[("-", ("已开通", "open")), (":", ("未开通", "not open yet"))],
        ),
        **_told(context, "projects", "rail_links", "road_links", "water_links"),
    )


def _times(context: Context) -> Any:
    frame = context.change.frame.set_index("to_id")
    first = frame.iloc[0]
    before, after = frame["time_before_min"], frame["time_after_min"]
    return small_multiples(
        context.layers,
        {(f"{context.eve}", f"{context.eve}"): before, (f"{context.as_of}", f"{context.as_of}"): after},
        breaks=time_breaks(before),
        ramp="time",
        title=(
            f"从{first['from_name_zh']}出发的门到门时间",
            f"Travel time, door to door, from {first['from_name']}",
        ),
        unit=("分钟", "minutes"),
        columns=2,
        **_told(context, "rail_links", "road_links", "services"),
    )
