"""The page of questions in an atlas: any set of projects, from any district, worked out in the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yrdgis.errors import LayerError
from yrdgis.maps.projects import project_shapes
from yrdgis.maps.question import question
from yrdgis.reports.plan_pages import page_options

if TYPE_CHECKING:
    import folium

    from yrdgis.reports.context import Context
    from yrdgis.reports.thumbnails import Canvas
    from yrdgis.scenarios.kernel import Kernel

__all__ = ["draw_question", "question_figures", "question_page"]


def _kernel(context: Context) -> Kernel:
    if context.kernel is None:
        raise LayerError("No page of questions: a project makes a link slower or takes one away.")
    return context.kernel


def question_page(context: Context) -> folium.Map:
    """The page, with what the plan names chosen at first."""
    kernel, projects = _kernel(context), context.layers["projects"]
    return question(
        context.layers,
        kernel,
        base=(
            f"以{context.eve}的路网为基准，加上选定的项目",
            f"network of {context.eve} with the projects chosen",
        ),
        start=context.hub or context.centre,
        chosen=[str(p) for p in projects.loc[projects["in_plan"], "project_id"] if p in set(kernel.projects)],
        notes=[_left_out(context, kernel)],
        as_of=context.layers.valid_on,
        **page_options(context),
    )


def _left_out(context: Context, kernel: Kernel) -> tuple[str, str]:
    rest = len(context.layers["projects"]) - len(kernel.projects)
    return (
        f"可选的{len(kernel.projects)}个项目会改变某些区段；其余{rest}个或在规划前夕已开通，或只增加能力，或不在客运路网上，此处不计。",
        f"{len(kernel.projects)} projects change some link and can be chosen; the other {rest} were open on the eve of the "
        "plan, only add capacity, or are not on a passenger network.",
    )


def question_figures(context: Context) -> list[tuple[str, str, str]]:
    """How much can be asked."""
    kernel = _kernel(context)
    return [
        ("可选项目", "projects to choose from", str(len(kernel.projects))),
        ("可选出发地", "places to start from", str(len(kernel.origins))),
        ("到达区县", "districts reached", str(len(kernel.destinations))),
    ]


def draw_question(context: Context, canvas: Canvas) -> None:
    """Small picture: the projects that can be chosen."""
    canvas.water()
    shapes = project_shapes(context.layers)
    shapes = shapes[shapes["project_id"].isin(_kernel(context).projects)]
    canvas.lines(shapes[shapes["mode"] == "rail"], "rail.high_speed", width=1.3)
    canvas.lines(shapes[shapes["mode"] == "road"], "road.expressway", width=1.3)
