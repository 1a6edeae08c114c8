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
from yrdgis.reports.html import Words
from yrdgis.reports.index import Figures
from yrdgis.reports.tables import Column, Table
from yrdgis.reports.thumbnails import Canvas
from yrdgis.scenarios import scenario

if TYPE_CHECKING:
    import folium
    import pandas as pd

    from yrdgis.maps.hinterlands import Shift

__all__ = ["draw_hinterlands", "freight_tables", "has_ports", "hinterland_figures", "hinterlands_page"]

_ENDS = (
    Column("from_name_zh", "From", "从"),
    Column("from_name", "From, romanised", "从（罗马字）"),
    Column("to_name_zh", "Port", "港口"),
    Column("to_name", "Port, romanised", "港口（罗马字）"),
)
_IDS = (Column("from_id", "Id of the place", "地点编号"), Column("to_id", "Id of the port", "港口编号"))


def _share(key: str, title: str, title_zh: str) -> Column:
    return Column(key, title, title_zh, decimals=3)


_SHARES = (
    *_ENDS,
    _share("share", "Share of the port", "港口份额"),
    _share("share_low", "Share, least", "份额下限"),
    _share("share_high", "Share, greatest", "份额上限"),
    _share("share_truck", "By truck all the way", "全程集卡"),
    _share("share_water", "With a vessel", "水路参与"),
    _share("share_rail", "With a train", "铁路参与"),
    Column("cost_cny_teu", "Cost", "费用", "CNY/TEU", "元/标箱", decimals=0),
    Column("time_min", "Time", "时间", "min", "分钟", decimals=0),
    Column("co2_kg_teu", "CO2", "二氧化碳", "kg/TEU", "千克/标箱", decimals=0),
    Column("generalised_cny_teu", "Generalised cost", "广义费用", "CNY/TEU", "元/标箱", decimals=0),
    *_IDS,
)
_WORDS = {
    "gain": ("gains", "份额上升"),
    "loss": ("loses", "份额下降"),
    "no measurable change": ("no measurable change", "无可测变化"),
}
_SHIFTS = (
    Column("case_zh", "If built", "若建成"),
    Column("case_en", "If built, English", "若建成（英文）"),
    *_ENDS,
    _share("share_before", "Share before", "此前份额"),
    _share("share_after", "Share after", "此后份额"),
    Column("shift_pp", "Shift", "变化", "percentage points", "百分点", decimals=2),
    Column("shift_low_pp", "Shift, least", "变化下限", "percentage points", "百分点", decimals=2),
    Column("shift_high_pp", "Shift, greatest", "变化上限", "percentage points", "百分点", decimals=2),
    Column("change", "Change", "结论", codes=_WORDS),
    Column("co2_change_kg_teu", "Change of CO2", "二氧化碳变化", "kg/TEU", "千克/标箱", decimals=1),
    *_IDS,
)


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


def hinterland_figures(context: Context) -> Figures:
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


def _most(title: tuple[str, str], moved: pd.DataFrame) -> tuple[str, str, str | Words]:
    """The greatest gain of a port in a district, with its range."""
    gains = moved[moved["change"] == "gain"].nlargest(1, "shift_pp").to_dict("records")
    if not gains:
        return f"{title[0]}：份额", f"{title[1]}: shares", ("无可测变化", "no measurable change")
    row = gains[0]
    return (
        f"{title[0]}：{row['from_name_zh']}至{row['to_name_zh']}的份额（百分点，区间）",
        f"{title[1]}: share of {row['to_name']} in {row['from_name']} (points, range)",
        f"+{row['shift_pp']:.1f} ({row['shift_low_pp']:.1f}–{row['shift_high_pp']:.1f})",
    )


def freight_tables(context: Context) -> list[Table]:
    """Shares of the ports by district, and what projects would shift; none where no ports are compared."""
    import pandas as pd

    if not has_ports(context):
        return []
    found = _found(context)
    note = "An estimate on assumed prices and times in port; overseas sailings are not in it."
    note_zh = "按假定的运价与在港时间估计；不含海运航班。"
    tables = [
        Table("hinterlands", "Hinterlands of the ports", "港口腹地", found.frame, _SHARES, note, note_zh)
    ]
    parts = [moved.assign(case_zh=zh, case_en=en) for (zh, en), moved in found.shifts]
    if parts:
        moved = pd.concat(parts, ignore_index=True)
        tables.append(
            Table("port_shifts", "Shifts between ports", "港口份额变化", moved, _SHIFTS, note, note_zh)
        )
    return tables


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
