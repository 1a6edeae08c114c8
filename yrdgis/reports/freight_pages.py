"""The page about freight: hinterlands of the ports, and what canals and railways being built would shift."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from yrdgis.io.dates import in_service
from yrdgis.maps.hinterlands import hinterlands
from yrdgis.maps.style import KINDS
from yrdgis.metrics.hinterland import hinterland, shift, totals
from yrdgis.network import build_network
from yrdgis.reports.context import Context
from yrdgis.reports.thumbnails import Canvas
from yrdgis.scenarios import scenario

if TYPE_CHECKING:
    import folium
    import pandas as pd

    from yrdgis.maps.hinterlands import Shift

__all__ = ["draw_hinterlands", "has_ports", "hinterland_figures", "hinterlands_page"]


@dataclass(frozen=True)
class _Found:
    frame: pd.DataFrame
    shifts: list[Shift]


def has_ports(context: Context) -> bool:
    """Whether the layers name two ports or more to compare."""
    rows = context.layers.get("freight_terminals")
    return rows is not None and int(rows["main"].sum()) > 1


def hinterlands_page(context: Context) -> folium.Map:
    """Leading port, share of each port, and what projects would shift."""
    found = _found(context)
    options: dict[str, Any] = {"lang": context.lang, "as_of": context.as_of}
    if context.audience == "internal":
        options["banner"] = ("内部资料，请勿外传", "Internal: not for publication")
    notes = [
        (
            "运价、装卸与在港时间、空箱返程、港口选择敏感度均为假定值（各有区间）；哪些码头装卸集装箱亦为假定。",
            "Prices, handling and port times, empty returns and the sensitivity of the choice are assumed (each with a "
            "range), and so is which quays handle boxes.",
        )
    ]
    return hinterlands(context.layers, found.frame, found.shifts, notes=notes, **options)


def hinterland_figures(context: Context) -> list[tuple[str, str, str]]:
    """Share of each port with its range, districts weighted by people; and what the projects shift at most."""
    found = _found(context)
    people = context.layers["districts"].set_index("district_id")["pop_2020"].astype(float)
    ports = totals(found.frame, people).sort_values("share", ascending=False)
    rows = [
        (
            f"{port['to_name_zh']}份额（%，区间）",
            f"{port['to_name']}, share (%, range)",
            f"{100 * port['share']:.0f} ({100 * port['share_low']:.0f}–{100 * port['share_high']:.0f})",
        )
        for port in ports.to_dict("records")
    ]
    return rows + [_most(title, moved) for title, moved in found.shifts]


def _most(title: tuple[str, str], moved: pd.DataFrame) -> tuple[str, str, str]:
    """The greatest gain of a port in a district, with its range."""
    gains = moved[moved["change"] == "gain"].nlargest(1, "shift_pp").to_dict("records")
    if not gains:
        return f"{title[0]}：份额", f"{title[1]}: shares", "无可测变化 / no measurable change"
    row = gains[0]
    return (
        f"{title[0]}：{row['from_name_zh']}至{row['to_name_zh']}的份额（百分点，区间）",
        f"{title[1]}: share of {row['to_name']} in {row['from_name']} (points, range)",
        f"+{row['shift_pp']:.1f} ({row['shift_low_pp']:.1f}–{row['shift_high_pp']:.1f})",
    )


def draw_hinterlands(context: Context, canvas: Canvas) -> None:
    """Small picture: districts by leading port."""
    frame = _found(context).frame
    best = frame.loc[frame.dropna(subset="share").groupby("from_id")["share"].idxmax()].set_index("from_id")[
        "to_id"
    ]
    shapes = canvas.districts
    for hue, port in zip(KINDS, best.value_counts().index, strict=False):
        own = shapes[shapes["district_id"].map(best).eq(port)]
        canvas.add(own, color=hue, alpha=0.55, edgecolor="#ffffff", linewidth=0.3)
    canvas.water()
    nodes = context.layers.points("water_nodes")
    canvas.points(nodes[nodes["node_id"].isin(frame["to_id"])], "#0a3a6b", size=14)
    canvas.borders()


def _found(context: Context) -> _Found:
    """Shares and shifts of a context, worked out once and kept with it."""
    kept = context.__dict__
    if "_hinterlands" not in kept:
        kept["_hinterlands"] = _made(context)
    found: _Found = kept["_hinterlands"]
    return found


def _made(context: Context) -> _Found:
    base = build_network(context.layers, context.as_of, part="freight")
    places = [place for place in context.districts if place in base.nodes.index]
    shifts: list[Shift] = []
    for title, projects in _cases(context):
        after = build_network(context.layers, context.as_of, with_projects=projects, part="freight")
        shifts.append((title, shift(base, after, places)))
    return _Found(hinterland(base, places), shifts)


def _cases(context: Context) -> list[tuple[tuple[str, str], list[str]]]:
    """Canals that are being raised, and port railways, with all that each requires; those not open yet."""
    layers = context.layers
    projects = layers["projects"]
    closed = projects[~in_service(projects, context.as_of, layers.valid_on)]
    return [
        (title, _with_required(context, list(chosen["project_id"])))
        for title, chosen in (
            (
                ("在建和规划的航道升级", "Canals being raised"),
                closed[closed["effect_kind"] == "vessel_class"],
            ),
            (("港区铁路", "Railways into the ports"), closed[closed["kind"] == "freight_branch"]),
        )
        if len(chosen)
    ]


def _with_required(context: Context, chosen: list[str]) -> list[str]:
    """Projects and all that must stand before them."""
    asked = scenario(context.as_of.isoformat(), context.layers, with_projects=chosen)
    return sorted(asked.closed(context.layers).with_projects)
