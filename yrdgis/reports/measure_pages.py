"""Pages about measures: accessibility, isochrones, borders and connectivity, cohesion of town clusters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yrdgis.maps.background import add_background
from yrdgis.maps.base import new_map, page_of
from yrdgis.maps.frames import cite
from yrdgis.maps.language import pair
from yrdgis.maps.layers import add_categories, add_choropleth, add_lines
from yrdgis.maps.popup import item
from yrdgis.maps.reach import add_isochrones
from yrdgis.maps.style import BORDER, NOTHING, classes, ramp_styles
from yrdgis.maps.travel import add_origin, declare, extent_of, origin_of, silence
from yrdgis.metrics.borders import penalty, town_pairs
from yrdgis.metrics.isochrones import gain_loss, level_sets
from yrdgis.reports.context import Context
from yrdgis.reports.measured import (
    BELOW,
    MIN,
    PEOPLE,
    Figures,
    access_of,
    borders_of,
    cohesion_of,
    cohesive,
    kept,
    middle_min,
    reach_of,
)
from yrdgis.reports.plan_pages import page_options
from yrdgis.reports.thumbnails import Canvas

if TYPE_CHECKING:
    import folium

__all__ = [
    "access_figures", "access_page", "border_figures", "borders_page", "cohesion_figures", "cohesion_page",
    "draw_access", "draw_borders", "draw_cohesion", "draw_reach", "finish", "reach_figures", "reach_page", "start",
]  # fmt: skip

_BORDER = BORDER["color"]
_DOOR = ("门到门", "door to door")
_PER_10_KM = (0.5, 1.0, 1.5)
"""Limits of the classes in which a border's crossings are drawn; a line is the wider, the more there are."""


def start(context: Context, title: str, title_zh: str, attrs: Any, *, subtitle: Any = "") -> folium.Map:
    """A map of the atlas that says what its figures rest on."""
    m = new_map(title, title_zh, as_of=context.as_of, subtitle=subtitle, **page_options(context))
    page = page_of(m)
    page.bounds = extent_of(context.layers)
    declare(page, attrs)
    return m


def finish(context: Context, m: folium.Map, *sources: str) -> folium.Map:
    """The map with its sources and the background."""
    cite(page_of(m), context.layers, *sources)
    add_background(context.layers, m)
    return m


def access_page(context: Context) -> folium.Map:
    """People within an hour of each district, and what they became."""
    zones, limit = access_of(context), f"{middle_min(context):g}"
    m = start(context, "Accessibility of the districts", "各区县可达性", zones.attrs, subtitle=_DOOR)
    within = f"within_{limit}_min"
    rows = [
        item("区间下限", "At least", f"{within}_low", kind="number", unit=pair(*PEOPLE), digits=0),
        item("区间上限", "At most", f"{within}_high", kind="number", unit=pair(*PEOPLE), digits=0),
        item(
            "规划前夕",
            "On the eve of the plan",
            f"{within}_eve",
            kind="number",
            unit=pair(*PEOPLE),
            digits=0,
        ),
        item(
            "人口加权平均时间",
            "People-weighted mean time",
            "mean_min",
            kind="number",
            unit=pair(*MIN),
            digits=0,
        ),
        item("一日往返可达", "Reached in a day", "daily_reach", kind="number", unit=pair(*PEOPLE), digits=0),
    ]
    shared: dict[str, Any] = {"choice": "theme", "popup_rows": rows, "table": "districts", "tolerance_m": 150}
    section = ("可达性", "Accessibility")
    for at, (column, zh, en, unit, digits, ramp) in enumerate(
        (
            (within, f"{limit}分钟内可达人口", f"People within {limit} minutes", PEOPLE, 0, "amount"),
            (
                "gained",
                f"{limit}分钟内新增可达人口",
                f"People gained within {limit} minutes",
                PEOPLE,
                0,
                "saved",
            ),
            ("gravity_pct", "潜力可达性变化", "Change of potential accessibility", "%", 1, "saved"),
            ("mean_min", "人口加权平均时间", "People-weighted mean time", MIN, 0, "time"),
        )
    ):
        add_choropleth(
            zones, m, column=column, name=en, name_zh=zh, unit=unit, digits=digits, ramp=ramp, show=at == 0,
            key=f"access_{at}", section=section, **shared,
        )  # fmt: skip
    page_of(m).add_note(
        "人口按区县计，置于区县驻地；跨越时限的区县整体进出，故区间较宽。",
        "People count by district, at its seat; a district that crosses the limit counts as a whole, hence the wide range.",
    )
    finish(context, m, "districts", "road_links", "rail_links", "services")
    silence(page_of(m), "districts")
    return m


def access_figures(context: Context) -> Figures:
    """Means over people, with their range."""
    zones = access_of(context)
    people = context.layers["districts"].set_index("district_id")["pop_2020"].astype(float)
    share = people.reindex(zones["district_id"]).to_numpy() / people.sum()
    limit = f"{middle_min(context):g}"
    within, mean = (
        [float((zones[f"{c}{end}"] * share).sum()) for end in ("", "_low", "_high")]
        for c in (f"within_{limit}_min", "mean_min")
    )
    return [
        (
            f"人均{limit}分钟内可达（万人，区间）",
            f"within {limit} min, mean (10,000 people, range)",
            f"{within[0]:,.0f} ({within[1]:,.0f}–{within[2]:,.0f})",
        ),
        (
            "人口加权平均时间（分钟，区间）",
            "people-weighted mean time (min, range)",
            f"{mean[0]:.0f} ({mean[1]:.0f}–{mean[2]:.0f})",
        ),
    ]


def draw_access(context: Context, canvas: Canvas) -> None:
    """Small picture: people within an hour."""
    from yrdgis.maps.layers import nice_breaks

    zones = access_of(context).set_index("district_id")
    column = f"within_{middle_min(context):g}_min"
    canvas.colour_districts(zones[column], breaks=nice_breaks(zones[column]), ramp="amount")
    canvas.water()


def reach_page(context: Context) -> folium.Map:
    """Areas within the goalposts of the main hub, and what they gained."""
    eve, now, posts = reach_of(context)
    origin = origin_of(context.change.frame)
    m = start(
        context, f"Isochrones of {origin['name']}", f"{origin['name_zh']}等时圈", now.meta, subtitle=_DOOR
    )
    when = (str(context.eve), str(context.as_of))
    for at, (one, day) in enumerate(((now, when[1]), (eve, when[0]))):
        add_isochrones(
            level_sets(one, posts), m, name=f"Within ({day})", name_zh=f"可达范围（{day}）", show=at == 0,
            key=f"iso_{at}", tolerance_m=250, section=("等时圈", "Isochrones"),
        )  # fmt: skip
    change = gain_loss(eve, now, posts)
    change = change[change["change"].isin(["gained", "lost"]) & (change["area_km2"] > 0)]
    if len(change):
        words = {"gained": ("新增", "gained"), "lost": ("失去", "lost")}
        told = [
            (words[c], f"{limit:g}") for c, limit in zip(change["change"], change["cutoff_min"], strict=True)
        ]
        change = change.assign(
            kind_zh=[f"{w[0]}：{limit}分钟内" for w, limit in told],
            kind_en=[f"{w[1]}: within {limit} min" for w, limit in told],
        )
        add_categories(
            change, m, columns=("kind_zh", "kind_en"), name="Gained and lost", name_zh="新增与失去", show=False,
            key="gains", tolerance_m=250, section=("等时圈", "Isochrones"),
        )  # fmt: skip
    add_origin(context.layers, m, origin)
    page_of(m).add_note(
        "等时圈为栅格最小成本面的等值域：水面只能沿线路穿越，高速公路、桥隧与铁路中途不能离开；不用凸包与缓冲区。",
        "Level sets of a raster least-cost surface: water is crossed along links alone, and expressways, bridges and "
        "railways are not left midway. No hulls, no buffers.",
    )
    return finish(context, m, "districts", "road_links", "rail_links")


def reach_figures(context: Context) -> Figures:
    """Square kilometres within each goalpost, before and after."""
    eve, now, posts = reach_of(context)
    rows = []
    for limit in posts:
        before, after = (float((s.minutes <= limit).sum()) * s.land.cell_m**2 / 1e6 for s in (eve, now))
        rows.append(
            (f"{limit:g}分钟内（平方公里）", f"within {limit:g} min (km²)", f"{before:,.0f} → {after:,.0f}")
        )
    return rows


def draw_reach(context: Context, canvas: Canvas) -> None:
    """Small picture: the areas as rings."""
    _, now, posts = reach_of(context)
    areas = level_sets(now, posts)
    for at, colour in zip(reversed(range(len(areas))), ("#c9de6d", "#26838f", "#2d1e5f"), strict=False):
        canvas.add(areas.iloc[[at]], color=colour, linewidth=0)
    canvas.water()


def borders_page(context: Context) -> folium.Map:
    """Crossings per 10 km of each border, over the density of roads by city."""
    eve, now, dense = borders_of(context)
    m = start(context, "Borders and connectivity", "省界与连通度", now.attrs)
    cities = context.layers.polygons("cities")[["city_id", "name", "name_zh", "geometry"]]
    for at, (mode, zh, en) in enumerate((("road", "干线公路", "Main roads"), ("rail", "铁路", "Railways"))):
        own = cities.merge(dense[dense["mode"] == mode], on="city_id")
        rows = [
            item(
                "每10万人（公里）", "Per 100,000 people (km)", "km_per_100k_people", kind="number", digits=1
            ),
            item("环路指数α", "Alpha", "alpha", kind="number", digits=2),
            item("线点率β", "Beta", "beta", kind="number", digits=2),
            item("连接率γ", "Gamma", "gamma", kind="number", digits=2),
            item("绕行系数", "Circuity", "circuity", kind="number", digits=2),
        ]
        add_choropleth(
            own, m, column="km_per_100_km2", name=f"{en} per 100 km²", name_zh=f"每百平方公里{zh}", unit=("公里", "km"),
            digits=1, key=f"dense_{mode}", choice="theme", show=at == 0, popup_rows=rows, tolerance_m=200,
            section=("连通度", "Connectivity"),
        )  # fmt: skip
    lines = context.layers.geometry("borders")[["border_id", "name", "name_zh", "geometry"]]
    for mode in ("road", "rail"):
        for day, frame in (("eve", eve), ("now", now)):
            every = frame[(frame["class"] == "all") & (frame["mode"] == mode)].set_index("border_id")
            for column in ("crossings", "per_10_km"):
                lines[f"{mode}_{column}_{day}"] = every[column].reindex(lines["border_id"]).to_numpy()
    rows = [
        item(f"{zh}（{when}）", f"{en} ({day})", f"{mode}_{column}_{key}", kind="number", digits=digits)
        for mode, zh_mode, en_mode in (("road", "公路", "road"), ("rail", "铁路", "rail"))
        for column, zh, en, digits in (
            ("crossings", f"{zh_mode}通道数", f"Crossings by {en_mode}", 0),
            ("per_10_km", f"每10公里{zh_mode}通道", f"Per 10 km, {en_mode}", 2),
        )
        for key, when, day in (("eve", context.eve, context.eve), ("now", context.as_of, context.as_of))
    ]
    lines["wide"] = [str(at) for at in classes(list(lines["road_per_10_km_now"]), breaks=_PER_10_KM)]
    add_lines(
        lines, m, name="Road crossings per 10 km", name_zh="每10公里省界的公路通道", style="wide", styles=_border_styles(),
        status=None, popup_rows=rows, key="crossings", section=("省界", "Borders"),
    )  # fmt: skip
    page_of(m).add_note(
        f"公路通道数只含战略路网的道路，{BELOW[0]}；县乡道路大多不在其中。",
        f"Road crossings count roads of the strategic network alone: {BELOW[1]}, for most local roads are not in it.",
    )
    return finish(context, m, "borders", "cities", "road_links", "rail_links")


def _border_styles() -> dict[str, Any]:
    """Borders by their crossings, the wider the more; one without a value is thin."""
    styles: dict[str, Any] = {}
    for at, known in enumerate([*ramp_styles("amount", breaks=list(_PER_10_KM), digits=1)]):
        width = [2.2 + 1.5 * at, 3.4 + 2.2 * at]
        styles[str(at)] = {"label": known["label"], "color": _BORDER, "width": width, "casing": "#ffffff"}
    return {**styles, "-1": {"label": NOTHING["label"], "color": _BORDER, "width": [1.0, 1.6]}}


def border_figures(context: Context) -> Figures:
    """Crossings per 10 km before and after, and the penalty with its error."""
    eve, now, _ = borders_of(context)
    rows = []
    every = now[(now["class"] == "all") & (now["mode"] == "road")]
    for row in every.to_dict("records"):
        was = eve[(eve["class"] == "all") & (eve["mode"] == "road") & (eve["border_id"] == row["border_id"])]
        rows.append(
            (
                f"{row['name_zh']}：每10公里公路通道",
                f"{row['name']}: road crossings per 10 km",
                f"{float(was['per_10_km'].iloc[0]):.2f} → {row['per_10_km']:.2f}",
            )
        )
    if "towns" in context.layers and len(every) > 1:
        found = kept(context, "penalty", lambda: penalty(town_pairs(context.after), permutations=199))
        low, high = found.percent_range
        rows.append(
            (
                f"省界对驾车时间的增加（%，{BELOW[0]}）",
                f"penalty of a border on driving time (%, {BELOW[1]})",
                f"{found.percent:+.1f} ({low:+.0f} – {high:+.0f})",
            )
        )
    return rows


def draw_borders(context: Context, canvas: Canvas) -> None:
    """Small picture: the borders, and roads."""
    canvas.water()
    lines = context.layers.lines("road_links")
    canvas.lines(lines[lines["facility_type"] == "expressway"], "road.expressway", width=0.5)
    canvas.add(context.layers.geometry("borders"), color=_BORDER, linewidth=1.8)


def cohesion_page(context: Context) -> folium.Map:
    """Index of each cluster with its band, by reading of its members."""
    _, now = cohesion_of(context)
    m = start(context, "Cohesion of town clusters", "城镇圈同城化", now.attrs)
    rows = [
        item("敏感性区间", "Band of sensitivity", "band"),
        item("规划前夕", "On the eve of the plan", "index_eve", kind="number", digits=0),
        item("成员之间", "Between members", "between", kind="number", digits=0),
        item("最远一对", "Worst pair", "weakest", kind="number", digits=0),
        item("到各自中心", "To own centres", "centre", kind="number", digits=0),
        item("到核心城市", "To the core city", "core", kind="number", digits=0),
        item(
            "成员间平均时间",
            "Mean time between members",
            "mean_between_min",
            kind="number",
            unit=pair(*MIN),
            digits=0,
        ),
        item("与到各自中心时间之比", "Over the time to own centres", "ratio", kind="number", digits=2),
        item("分辨率", "Resolution", pair=["told_zh", "told_en"], strong=True),
    ]
    readings = (
        ("plan_words", "按规划文本", "the plan's words"),
        ("official_plan", "按正式规划", "the official plan"),
    )
    for at, (reading, zh, en) in enumerate(readings):
        zones = cohesive(context, reading)
        if len(zones):
            add_choropleth(
                zones, m, column="index", name=f"Index, 0 to 100 ({en})", name_zh=f"同城化指数（0—100，{zh}）", digits=0,
                breaks=[25, 50, 60, 70, 80], ramp="saved", key=f"cohesion_{at}", choice="reading", show=at == 0,
                popup_rows=rows, section=("同城化", "Cohesion"),
            )  # fmt: skip
    page_of(m).add_note(
        "范围为示意；指数以30/60/90分钟为固定标尺；成员对多数近于15公里者标为低于分辨率，其数值只作参考。",
        "Extents are indicative. The index stands on fixed goalposts of 30, 60 and 90 minutes; where most pairs are nearer "
        "than the network resolves it is marked below resolution and is a hint only.",
    )
    return finish(context, m, "clusters", "cluster_members", "road_links", "rail_links")


def cohesion_figures(context: Context) -> Figures:
    """The clusters of the plan, before and after, with the band."""
    eve, now = cohesion_of(context)
    plan = context.layers["clusters"].set_index("cluster_id")["in_plan"].astype(bool)
    own = now[
        now["cluster_id"].map(plan) & now["kind"].isin(["pair", "circle"]) & (now["reading"] == "plan_words")
    ]
    was = eve[eve["reading"] == "plan_words"].set_index("cluster_id")["index"]
    return [
        (
            f"{row['name_zh']}{'（' + BELOW[0] + '）' if row['resolution'] else ''}",
            f"{row['name']}{' (' + BELOW[1] + ')' if row['resolution'] else ''}",
            f"{was[row['cluster_id']]:.0f} → {row['index']:.0f} ({row['index_low']:.0f}–{row['index_high']:.0f})",
        )
        for row in own.to_dict("records")
    ]


def draw_cohesion(context: Context, canvas: Canvas) -> None:
    """Small picture: extents of the clusters by their index."""
    canvas.water()
    for reading in ("official_plan", "plan_words"):
        zones = cohesive(context, reading)
        if len(zones):
            canvas.add(
                zones,
                column="index",
                cmap="PuRd",
                vmin=0,
                vmax=100,
                alpha=0.6,
                edgecolor="#560d3c",
                linewidth=0.5,
            )
    canvas.borders()
