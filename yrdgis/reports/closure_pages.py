"""Pages about what breaks and what is aimed at: closures of links, travel-time goals."""

from __future__ import annotations

from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from yrdgis.maps.base import page_of
from yrdgis.maps.language import pair
from yrdgis.maps.layers import add_lines
from yrdgis.maps.popup import item
from yrdgis.reports.context import Context
from yrdgis.reports.html import Words, both, document, table
from yrdgis.reports.measure_pages import finish, start
from yrdgis.reports.measured import LOSS, LOSS_BREAKS, MIN, PEOPLE, VERDICTS, Figures, goals_of, resilience_of
from yrdgis.reports.plan_pages import page_options
from yrdgis.reports.thumbnails import Canvas

if TYPE_CHECKING:
    import folium

__all__ = [
    "draw_goals",
    "draw_resilience",
    "goal_figures",
    "goals_page",
    "resilience_figures",
    "resilience_page",
]

_LOSS_COLOURS = ("#cfc7d8", "#a98bbd", "#8a55a0", "#6b1f7c", "#3b0a4a")
_CUT = "#c1121f"


_LOST = "not in the network: "
_REASONS_ZH = {"the goal names no pairs of places": "该目标未指明起讫地点"}


def _loss_styles() -> dict[str, dict[str, Any]]:
    limits = [f"{b:,.0f}" for b in LOSS_BREAKS]
    words = [("无人变慢", "nobody slower"), (f"< {limits[0]}",) * 2]
    words += [(f"{a}–{b}",) * 2 for a, b in pairwise(limits)] + [(f"≥ {limits[-1]}",) * 2]
    colours = ("#e3ded3", *_LOSS_COLOURS)
    styles = {
        f"loss{at}": {"label": pair(*word), "color": colour, "width": [0.8 + 0.5 * at, 1.8 + 0.8 * at]}
        for at, (word, colour) in enumerate(zip(words, colours, strict=True))
    }
    return {
        **styles,
        "cut": {"label": pair("有人被隔断", "people cut off"), "color": _CUT, "width": [3.0, 5.5]},
    }


def resilience_page(context: Context) -> folium.Map:
    """What closing each road and railway link would cost."""
    lines, _ = resilience_of(context)
    m = start(context, "What breaks if a link closes", "中断影响", lines.attrs)
    rows = [
        item("损失", "Lost", "loss", kind="number", unit=pair(*LOSS), digits=0, tip=True, strong=True),
        item("变慢的区县对", "Pairs of districts slower", "pairs_slower", kind="number", digits=0),
        item("最多变慢", "Most, for a pair", "most_lost_min", kind="number", unit=pair(*MIN), digits=0),
        item("被隔断人口", "People cut off", "cut", kind="number", unit=pair(*PEOPLE), digits=1),
    ]
    shown = lines.sort_values(["cut", "loss"]).reset_index(drop=True)
    add_lines(
        shown, m, name="Lost if this link closes", name_zh="该路段中断的损失", style="style", styles=_loss_styles(),
        status=None, popup_rows=rows, key="closures", tolerance_m=80,
        section=("中断影响", "Closures"), note=("每位居民一次出行，按万人·分钟计", "one trip by each person, in 10,000 person-minutes"),
    )  # fmt: skip
    page_of(m).add_note(
        "逐一关闭每条公路与铁路区段，精确重算71个区县间门到门时间；接驳线不参与关闭；需求不变，不计拥堵。",
        "Every road and railway link closed in turn, door-to-door times between districts worked out exactly; connectors are "
        "never closed; demand stays the same and congestion is not counted.",
    )
    return finish(context, m, "road_links", "rail_links", "districts")


def resilience_figures(context: Context) -> Figures:
    """The worst single links, and named crossings and sets."""
    _, sets = resilience_of(context)
    named = sets[sets["lost_person_min"].gt(0) | sets["people_cut_off"].gt(0)]
    top = named.sort_values("lost_person_min", ascending=False).head(4).to_dict("records")
    rows = [
        (
            f"{row['name_zh']}中断（万人·分钟，区间）",
            f"{row['name']} closed (10,000 person-min, range)",
            f"{row['lost_person_min'] / 1e4:,.0f} ({row['lost_person_min_low'] / 1e4:,.0f}–{row['lost_person_min_high'] / 1e4:,.0f})",
        )
        for row in top
    ]
    if len(named):
        worst = named.nlargest(1, "people_cut_off").to_dict("records")[0]
        if worst["people_cut_off"] > 0:
            rows.append(
                (
                    f"{worst['name_zh']}中断隔断（万人）",
                    f"cut off by {worst['name']} (10,000 people)",
                    f"{worst['people_cut_off'] / 1e4:,.1f}",
                )
            )
    return rows


def draw_resilience(context: Context, canvas: Canvas) -> None:
    """Small picture: links by what their closure costs."""
    canvas.water()
    lines, _ = resilience_of(context)
    for key, style in _loss_styles().items():
        canvas.add(lines[lines["style"] == key], color=style["color"], linewidth=style["width"][0] * 0.5)


def goals_page(context: Context) -> str:
    """The travel-time goals of plans, met or not, with their sources."""
    eve, now = goals_of(context)
    before = eve.set_index("goal_id")["value_min"]
    lang, rows = context.lang, []
    for row in now.to_dict("records"):
        value = (
            "–"
            if row["value_min"] != row["value_min"]
            else (f"{row['value_min']:.0f} ({row['value_low_min']:.0f}–{row['value_high_min']:.0f})")
        )
        was = before[row["goal_id"]]
        name = (
            f"{both(row['name_zh'], row['name'], lang)}<br><small>{escape(str(row['source_public']))}</small>"
        )
        rows.append(
            [
                name,
                f"≤ {row['goal_min']:g}",
                "–" if was != was else f"{was:.0f}",
                value,
                f"{row['pairs_met']} / {row['pairs']}" if row["pairs"] else "–",
                both(*VERDICTS[row["verdict"]], lang)
                + (
                    f"<br><small>{both(_reason_zh(row['why']), row['why'], lang)}</small>"
                    if row["why"]
                    else ""
                ),
            ]
        )
    header: list[Words] = [
        ("目标与出处", "Goal and source"),
        ("目标（分钟）", "Goal (min)"),
        (f"规划前夕（{context.eve}）", f"On the eve ({context.eve})"),
        (f"当日（{context.as_of}，区间）", f"This day ({context.as_of}, range)"),
        ("达到的地点对", "Pairs that meet it"),
        ("判定", "Verdict"),
    ]
    words = both(
        "数值为最慢一对的时间，含进出站与候车；公布列车时刻的目标与车上时间比较。区间由全部参数的上下限得出；区间跨越目标者不下结论。",
        "The value is that of the slowest pair, with access and waiting; a published timetable is compared with minutes on the "
        "train. The range follows from all parameters; where it spans the goal no verdict is given.",
        lang,
    )
    return document(
        title=("时间目标", "Travel-time goals"),
        subtitle=(
            "规划与研究提出的出行时间目标是否达到",
            "Whether the travel-time goals of plans and studies are met",
        ),
        body=[
            f'<div class="prose"><p>{words}</p></div>',
            table(header, rows, lang=lang, numbers=(1, 2, 3, 4)),
        ],
        lang=lang,
        banner=page_options(context).get("banner"),
    )


def _reason_zh(why: str) -> str:
    """Why a goal isn't judged, in Chinese."""
    lost = why.removeprefix(_LOST)
    return f"不在路网中：{lost}" if lost != why else _REASONS_ZH.get(why, why)


def goal_figures(context: Context) -> Figures:
    """How many goals are met."""
    _, now = goals_of(context)
    counts = now["verdict"].value_counts()
    return [(zh, en, str(int(counts.get(key, 0)))) for key, (zh, en) in VERDICTS.items()]


def draw_goals(context: Context, canvas: Canvas) -> None:
    """Small picture: bars of minutes against their goals."""
    _, now = goals_of(context)
    judged = now[now["verdict"] != "not judged"].reset_index(drop=True)
    axes = canvas.plain()
    colours = {"met": "#2e7d5b", "not met": _CUT, "within the range": "#d98e04"}
    for at, row in enumerate(judged.to_dict("records")):
        share = min(row["value_min"] / row["goal_min"], 3.0) if row["value_min"] == row["value_min"] else 3.0
        axes.barh(-at, share, color=colours[row["verdict"]], height=0.6)
    axes.axvline(1.0, color="#1f2a37", linewidth=1.5)
