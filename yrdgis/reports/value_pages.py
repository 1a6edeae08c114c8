"""Pages on what projects are worth: each project of the plan, and who gains from what."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from yrdgis.maps.language import word
from yrdgis.maps.projects import project_shapes
from yrdgis.maps.worth import worth_map
from yrdgis.reports.html import Words, both, document, table
from yrdgis.reports.plan_pages import page_options
from yrdgis.scenarios import Value, value

if TYPE_CHECKING:
    import folium
    import pandas as pd

    from yrdgis.reports.context import Context
    from yrdgis.reports.thumbnails import Canvas

__all__ = [
    "draw_worth",
    "gains_anything",
    "gains_page",
    "has_worth",
    "worth_figures",
    "worth_map_page",
    "worth_page",
]

_MODES: tuple[tuple[str, tuple[str, ...], Words], ...] = (
    ("rail", ("rail",), ("铁路", "Rail")),
    ("road", ("road",), ("公路", "Highway")),
    ("water", ("water", "port"), ("航道与港口", "Waterways and ports")),
    ("air", ("air",), ("机场", "Airports")),
)
_GAIN, _LOSS, _RANGE = "#4a63b0", "#c1121f", "#1f2a37"
_MORE, _LESS = "74,99,176", "193,18,31"
_STRONGEST = 5


def has_worth(context: Context) -> bool:
    """Whether the plan names projects that were not open on its eve and change some link."""
    table_ = context.layers["projects"].set_index("project_id")
    return any(table_.at[project, "in_plan"] for project in context.candidates)


def gains_anything(context: Context) -> bool:
    """Whether some project of the plan gains anything, so that there is something to map."""
    return has_worth(context) and bool(_passengers(context).frame["worth"].ne(0).any())


def _planned(context: Context) -> list[str]:
    projects = context.layers["projects"]
    return list(projects.loc[projects["in_plan"], "project_id"])


def _passengers(context: Context) -> Value:
    """Worth of the plan's projects to passengers, door to door, over the eve; made once."""
    kept: dict[str, Any] = context.__dict__
    if "_worth_passengers" not in kept:
        kept["_worth_passengers"] = value(context.before, _planned(context))
    found: Value = kept["_worth_passengers"]
    return found


def _freight(context: Context) -> Value | None:
    """Worth of waterways, ports and freight railways to boxes; None where the layers have no freight."""
    from yrdgis.errors import InputError

    kept: dict[str, Any] = context.__dict__
    if "_worth_freight" not in kept:
        projects = context.layers["projects"]
        asked = projects[projects["in_plan"] | projects["mode"].isin(["water", "port"])]
        try:
            kept["_worth_freight"] = value(context.before, asked["project_id"], mode="freight", range_=False)
        except InputError:
            kept["_worth_freight"] = None
    found: Value | None = kept["_worth_freight"]
    return found


def _other_measures(context: Context) -> list[tuple[Value, Words]]:
    """Worth by what can be reached by rail, and by the cohesion of town clusters, where the layers allow."""
    from yrdgis.errors import InputError

    found = []
    rail = ("仅乘铁路：可达人口", "By rail alone: people within reach")
    clusters = ("城镇圈同城化（成员两两之间）", "Cohesion of town clusters, between members")
    for mode, measure, title in (("rail", "accessibility", rail), ("door", "cohesion", clusters)):
        try:
            found.append(
                (value(context.before, _planned(context), mode=mode, measure=measure, range_=False), title)
            )
        except InputError:
            continue
    return found


def worth_page(context: Context) -> str:
    """What each project is worth: bars with ranges, tables, complements and substitutes."""
    lang, found, boxes = context.lang, _passengers(context), _freight(context)
    body = _basis(found, lang)
    for key, modes, title in _MODES:
        own = found.frame[found.frame["mode"].isin(modes)]
        if key != "water" and len(own):
            body += [
                f"<h2>{both(*title, lang)}</h2>",
                _bars(own, found.meta, lang),
                _table(own, found.meta, lang),
            ]
    body += _together(found, lang)
    for other, title in _other_measures(context):
        acting = other.frame[other.frame["worth"] != 0]
        body += [f"<h2>{both(*title, lang)}</h2>", _bars(acting, other.meta, lang)]
        if len(acting):
            body.append(_table(acting, other.meta, lang))
    if boxes is not None:
        title = (
            "航道、港口与货运铁路：每标箱节省的费用",
            "Waterways, ports and freight railways: what a box saves",
        )
        acting = boxes.frame[boxes.frame["worth"].ne(0) | boxes.frame["mode"].isin(["water", "port"])]
        body += [
            f"<h2>{both(*title, lang)}</h2>",
            _bars(acting, boxes.meta, lang),
            _table(acting, boxes.meta, lang),
        ]
    return document(
        title=("项目价值", "What each project is worth"),
        subtitle=(
            "以规划前夕路网为基础，逐一、最后与按沙普利值计；份额相加等于合计",
            "Over the network of the plan's eve: alone, last, and Shapley shares, which add up to the whole",
        ),
        body=body,
        lang=lang,
        banner=page_options(context).get("banner"),
    )


def worth_map_page(context: Context) -> folium.Map:
    """Map of the projects by what they are worth, and of where the gain falls."""
    return worth_map(context.layers, _passengers(context), **page_options(context))


def gains_page(context: Context) -> str:
    """Who gains from what: shares by city and by district."""
    lang, found = context.lang, _passengers(context)
    layers = context.layers
    cities, districts = (
        layers[layer].set_index(key)[["name_zh", "name"]]
        for layer, key in (("cities", "city_id"), ("districts", "district_id"))
    )
    by_city, by_district = found.by_city(), found.by_district()
    body = [
        *_basis(found, lang),
        f"<h2>{both('按城市', 'By city', lang)}</h2>",
        _heat(by_city.T, cities, found, lang, ("各城市居民所得", "Gains of the people of each city")),
        f"<h2>{both('按区县', 'By district', lang)}</h2>",
        _heat(
            by_district.T, districts, found, lang, ("各区县居民所得", "Gains of the people of each district")
        ),
    ]
    return document(
        title=("谁受益", "Who gains from what"),
        subtitle=(
            "各项目的沙普利份额按出行起点居民归集；全部相加等于合计",
            "Shapley shares of the projects by the people at the start of each trip; all cells add up to the whole",
        ),
        body=body,
        lang=lang,
        banner=page_options(context).get("banner"),
    )


def worth_figures(context: Context) -> list[tuple[str, str, str]]:
    """The joint gain, projects that act, and the one worth most."""
    found = _passengers(context)
    frame = found.frame
    rows = [
        ("合计（分钟/人次）", "together (min per trip)", f"{sum(found.meta['joint'].values()):.3f}"),
        ("有可计量作用的项目", "projects with effect", f"{int(frame['worth'].ne(0).sum())} / {len(frame)}"),
    ]
    top = frame[frame["worth"] > 0].head(1)
    rows += [
        (f"最多：{row['name_zh']}", f"most: {row['name']}", f"{row['share']:.0%}")
        for row in top.to_dict("records")
    ]
    return rows


def draw_worth(context: Context, canvas: Canvas) -> None:
    """Small picture: districts by what their people gain, and the projects that act."""
    found = _passengers(context)
    gains = found.by_district().sum()
    top = float(gains.max()) if len(gains) else 0.0
    if top > 0:
        canvas.colour_districts(gains / top, breaks=[0.02, 0.1, 0.25, 0.5, 0.75], ramp="saved")
    canvas.water()
    acting = found.frame.loc[found.frame["worth"].ne(0), "project_id"]
    shapes = project_shapes(context.layers)
    shapes = shapes[shapes["project_id"].isin(acting)]
    canvas.lines(shapes[shapes["mode"] == "rail"], "rail.high_speed", width=1.2)
    canvas.lines(shapes[shapes["mode"] == "road"], "road.expressway", width=1.2)


def _amount(value: float, *, sign: bool = False) -> str:
    """A worth with three decimals at most; what is smaller than they show is told as such, never as zero."""
    value = float(value)
    if value == 0:
        return "0"
    if value and abs(value) < 0.0005:
        return "> -0.001" if value < 0 else "< 0.001"
    digits = 3 if abs(value) < 10 else 1
    return f"{value:+.{digits}f}" if sign and value else f"{value:.{digits}f}"


def _basis(found: Value, lang: str) -> list[str]:
    """What the figures mean and rest on, before the figures."""
    meta = found.meta
    joint = sum(meta["joint"].values())
    unit_zh, unit = meta["unit_zh"], meta["unit"]
    sentences = [
        (
            f"基础：{meta['as_of']}路网，{meta['places']}个区县两两之间，{meta['people'] / 1e4:,.0f}万居民。"
            f"权重按重力模型（衰减{meta['beta_per_min']:g}/分钟）固定于基础。全部项目合计{joint:.3f}{unit_zh}。",
            f"Base: the network of {meta['as_of']}, between {meta['places']} districts with {meta['people'] / 1e6:,.1f} million people. "
            f"Weights follow a gravity model (decay {meta['beta_per_min']:g} per minute), fixed at the base. "
            f"All projects together: {joint:.3f} {unit}.",
        ),
        (
            "项目不论日期逐一加入；前置项目未建成时，所需列车不开行。正负号照实。区县以驻地计，"
            "短途断头路的作用多在驻地之间的分辨率以下；不作用的项目说明原因。",
            "Projects are added whatever their dates; a train runs once all that it needs is there. Signs are as they "
            "are. A district stands at its seat, so what short local roads do is mostly below this resolution; a "
            "project without effect says why.",
        ),
        (
            f"区间由全部参数与衰减系数的低、高值得到；可信度为输入中最低者：{word('confidence.' + str(meta['confidence']))['zh']}。",
            "Ranges follow from the low and high ends of all parameters and of the decay; confidence is the worst of "
            f"the inputs: {meta['confidence']}.",
        ),
    ]
    lines = "".join(f"<li>{both(zh, en, lang)}</li>" for zh, en in sentences)
    return [f'<div class="assumed"><ul>{lines}</ul></div>']


def _bars(frame: pd.DataFrame, meta: Any, lang: str) -> str:
    """Horizontal bars as an SVG that scales: worth, range as a line, zero in place."""
    rows = frame[frame["worth"] != 0]
    if rows.empty:
        return f"<p>{both('本组没有可计量作用的项目。', 'No project of this group has a measurable effect.', lang)}</p>"
    low = min(0.0, float(rows[["worth", "worth_low"]].min().min()))
    high = max(0.0, float(rows[["worth", "worth_high"]].max().max()))
    step, wide, room = 48, 620, 410

    def x(amount: float) -> float:
        return 2 + (amount - low) / ((high - low) or 1) * room

    unit = (str(meta["unit_zh"]), str(meta["unit"]))
    parts = [
        f'<figure class="chart" tabindex="0"><svg viewBox="0 0 {wide} {step * len(rows) + 26}" role="img" '
        f'aria-label="{escape(" ".join(unit), quote=True)}" font-size="15">'
    ]
    for at, row in enumerate(rows.to_dict("records")):
        # the name stands above its bar, so that both are seen at once on a phone
        top, middle = at * step, at * step + 32
        worth, ends = float(row["worth"]), (float(row["worth_low"]), float(row["worth_high"]))
        start, end = sorted((x(0), x(worth)))
        colour = _GAIN if worth > 0 else _LOSS
        names = (str(row["name_zh"]), str(row["name"]))
        parts.append(_svg_text(names, lang, f'x="0" y="{top + 17}"'))
        parts.append(
            f'<rect x="{start:.1f}" y="{middle - 7}" width="{max(end - start, 1):.1f}" height="14" fill="{colour}"/>'
        )
        right, told = end, ""
        if ends[0] == ends[0]:
            parts.append(
                f'<line x1="{x(ends[0]):.1f}" x2="{x(ends[1]):.1f}" y1="{middle}" y2="{middle}" '
                f'stroke="{_RANGE}" stroke-width="2"/>'
            )
            right, told = max(right, x(ends[1])), f" ({_amount(ends[0])} – {_amount(ends[1])})"
        parts.append(
            f'<text x="{right + 6:.1f}" y="{middle + 5}" fill="#1f2a37">{escape(_amount(worth))}{escape(told)}</text>'
            f'<line x1="{x(0):.1f}" x2="{x(0):.1f}" y1="{middle - 10}" y2="{middle + 10}" stroke="#1f2a37"/>'
        )
    foot = f'x="0" y="{step * len(rows) + 20}" fill="#5b6573"'
    return "".join([*parts, _svg_text(unit, lang, foot), "</svg></figure>"])


def _svg_text(words: Words, lang: str, place: str) -> str:
    """A text in a picture, in the languages of the page."""
    return "".join(
        f'<text data-lang="{code}" {place}>{escape(text)}</text>'
        for code, text in zip(("zh", "en"), words, strict=True)
        if lang in (code, "both")
    )


def _table(frame: pd.DataFrame, meta: Any, lang: str) -> str:
    header: Sequence[Words] = (
        ("项目", "Project"),
        ("沙普利份额", "Shapley"),
        ("低—高", "Low to high"),
        ("占合计", "Of the whole"),
        ("单独", "Alone"),
        ("最后", "Last"),
        ("受影响的对数", "Pairs"),
        ("说明", "Note"),
    )
    rows = []
    for row in frame.to_dict("records"):
        low, high = row["worth_low"], row["worth_high"]
        rows.append(
            [
                both(str(row["name_zh"]), str(row["name"]), lang),
                escape(_amount(row["shapley"])),
                "–" if low != low or not row["worth"] else escape(f"{_amount(low)} – {_amount(high)}"),
                "–" if row["share"] != row["share"] else f"{row['share']:.1%}",
                escape(_amount(row["put_in"])),
                escape(_amount(row["take_out"])),
                str(row["pairs"]),
                both(str(row["reason_zh"]), str(row["reason"]), lang),
            ]
        )
    caption = (f"单位：{meta['unit_zh']}", f"Unit: {meta['unit']}")
    return table(header, rows, lang=lang, caption=caption, numbers=(1, 2, 3, 4, 5, 6))


def _together(found: Value, lang: str) -> list[str]:
    parts = []
    for pairs, title in (
        (found.complements(_STRONGEST), ("互补：合起来价值更大", "Complements: worth more together")),
        (
            found.substitutes(_STRONGEST),
            ("替代：作用部分重叠", "Substitutes: one does in part what the other does"),
        ),
    ):
        if pairs.empty:
            continue
        names = found.frame.drop_duplicates("project_id").set_index("project_id")["name"]
        rows = [
            [
                both(str(row["name_zh"]), str(names[row["project_id"]]), lang),
                both(str(row["other_name_zh"]), str(names[row["other_id"]]), lang),
                escape(_amount(float(row["interaction"]), sign=True)),
            ]
            for row in pairs.to_dict("records")
        ]
        header: Sequence[Words] = (
            ("项目", "Project"),
            ("项目", "Project"),
            ("交互指数", "Interaction index"),
        )
        parts += [f"<h2>{both(*title, lang)}</h2>", table(header, rows, lang=lang, numbers=(2,))]
    return parts


def _heat(shares: pd.DataFrame, names: pd.DataFrame, found: Value, lang: str, caption: Words) -> str:
    """Table of places by projects that act, each cell as dark as what is gained, losses red."""
    titles = found.frame.drop_duplicates("project_id").set_index("project_id")[["name_zh", "name"]]
    acting = shares.columns[(shares != 0).any()]
    shown = shares[acting]
    most = float(shown.abs().to_numpy().max()) if shown.size else 1.0

    def cell(gain: float) -> str:
        depth = (abs(gain) / (most or 1)) ** 0.5 * 0.45
        colour = _MORE if gain >= 0 else _LESS
        return f'<span style="display:block;text-align:right;margin:-.35rem -.8rem;padding:.35rem .8rem;background:rgba({colour},{depth:.2f})">{escape(_amount(gain))}</span>'

    def named(key: Any) -> Words:
        project = key[-1] if isinstance(key, tuple) else key
        return str(titles.at[project, "name_zh"]), str(titles.at[project, "name"])

    header: list[Words] = [("地点", "Place"), ("合计", "Together"), *(named(key) for key in acting)]
    rows = []
    for place, gains in shown.assign(_all=shown.sum(axis=1)).sort_values("_all", ascending=False).iterrows():
        who = (
            (str(names.at[place, "name_zh"]), str(names.at[place, "name"]))
            if place in names.index
            else (str(place),) * 2
        )
        rows.append(
            [
                f'<span style="white-space:nowrap">{both(*who, lang)}</span>',
                escape(_amount(float(gains["_all"]))),
                *(cell(float(gains[key])) for key in acting),
            ]
        )
    return table(
        header,
        rows,
        lang=lang,
        caption=(f"{caption[0]}，{found.meta['unit_zh']}", f"{caption[1]}, {found.meta['unit']}"),
        numbers=range(1, len(header)),
    )
