"""Pages about how the figures come about: the methods with every parameter, and the validation."""

from __future__ import annotations

import base64
import io
from html import escape
from typing import TYPE_CHECKING, Any

from yrdgis.reports.html import FILTER_JS, Words, both, document, filter_table, table
from yrdgis.reports.methods import FORMULAS, GROUPS
from yrdgis.reports.plan_pages import page_options

if TYPE_CHECKING:
    from yrdgis.reports.context import Context
    from yrdgis.reports.thumbnails import Canvas

__all__ = [
    "draw_methods",
    "draw_validation",
    "method_figures",
    "methods_page",
    "validation_figures",
    "validation_page",
]

_CONFIDENCE: dict[str, Words] = {"high": ("高", "high"), "medium": ("中", "medium"), "low": ("低", "low")}
_GROUP_ERRORS: dict[str, Words] = {
    "rail G, D, C": ("高速、动车、城际列车（G、D、C）", "high-speed and intercity trains (G, D, C)"),
    "rail K": ("普速列车（K）", "conventional trains (K)"),
    "road": ("公路里程", "road distances"),
    "water": ("航道里程", "waterway distances"),
}


def methods_page(context: Context) -> str:
    """Formulas in words, and every parameter with its range and source."""
    lang, frame = context.lang, context.layers["parameters"]
    body = [f"<h2>{both('怎样算', 'How it is computed', lang)}</h2>"]
    for heading, sentences in FORMULAS:
        body.append(f'<h2 style="font-size:1rem">{both(*heading, lang)}</h2><div class="prose">')
        body += [f"<p>{both(*sentence, lang)}</p>" for sentence in sentences]
        body.append("</div>")
    body.append(f"<h2>{both('参数', 'Parameters', lang)}</h2>")
    body += _parameter_table(frame, lang)
    return document(
        title=("方法与参数", "Methods and parameters"),
        subtitle=(
            f"每项假定都在此：取值、区间、来源。参数{len(frame)}项",
            f"Every assumption is here: value, range, source. {len(frame)} parameters",
        ),
        body=body,
        lang=lang,
        script=FILTER_JS,
        banner=page_options(context).get("banner"),
    )


def _parameter_table(frame: Any, lang: str) -> list[str]:
    rows, ids, marks = [], [], []
    for row in frame.to_dict("records"):
        note = f"<br><small>{escape(str(row['note']))}</small>" if row["note"] else ""
        rows.append(
            [
                f"{both(str(row['name_zh']), str(row['name']), lang)}<br><code>{escape(str(row['parameter_id']))}</code>",
                _amount(row["value"]),
                _range(row["low"], row["high"]),
                escape(str(row["unit"] or "")),
                f"{escape(str(row['source_public']))}{note}",
                both(*_CONFIDENCE.get(str(row["confidence"]), (str(row["confidence"]),) * 2), lang),
            ]
        )
        ids.append(str(row["parameter_id"]))
        marks.append({"group": str(row["group"]), "confidence": str(row["confidence"])})
    groups = [(g, GROUPS.get(g, (g, g))) for g in dict.fromkeys(frame["group"])]
    tools = filter_table(
        [
            ("group", ("组", "Group"), groups),
            ("confidence", ("可信度", "Confidence"), list(_CONFIDENCE.items())),
        ],
        lang=lang,
        total=len(rows),
    )
    header = [
        ("参数", "Parameter"),
        ("取值", "Value"),
        ("低—高", "Low to high"),
        ("单位", "Unit"),
        ("来源与备注", "Source and notes"),
        ("可信度", "Confidence"),
    ]
    caption = ("全部参数", "All parameters")
    return [
        tools,
        table(header, rows, lang=lang, ids=ids, marks=marks, name="rows", numbers=(1, 2), caption=caption),
    ]


def _amount(value: Any) -> str:
    return "–" if value != value or value is None else f"{float(value):g}"


def _range(low: Any, high: Any) -> str:
    return f"{_amount(low)} – {_amount(high)}"


def method_figures(context: Context) -> list[tuple[str, str, str]]:
    """Counts of parameters."""
    frame = context.layers["parameters"]
    low = int((frame["confidence"] == "low").sum())
    return [
        ("参数", "parameters", str(len(frame))),
        ("可信度低", "of low confidence", str(low)),
    ]


def draw_methods(context: Context, canvas: Canvas) -> None:
    """Small picture: the parameters' values within their ranges, as strokes."""
    frame = context.layers["parameters"]
    frame = frame[(frame["high"] > frame["low"]) & frame["group"].isin(["rail", "drive", "door"])]
    axes = canvas.plain()
    for at, (value, low, high) in enumerate(frame[["value", "low", "high"]].to_numpy(float)):
        share = (value - low) / (high - low)
        axes.plot([0, 1], [at, at], color="#c4c9d0", linewidth=1.4, solid_capstyle="round")
        axes.plot([share], [at], marker="o", color="#1d4267", markersize=3)
    axes.set_xlim(-0.15, 1.15)


def validation_page(context: Context) -> str:
    """How far the model is off: summaries, a picture, the worst rows and their ways."""
    from yrdgis.reports.fonts import find_cjk_font, plain_text
    from yrdgis.validation.report import UNVALIDATED, scatter

    lang, found = context.lang, context.validation
    font = find_cjk_font()
    picture = io.BytesIO()
    with plain_text():
        figure = scatter(found, font=font.path if font else None)
        figure.savefig(picture, format="png", dpi=110, metadata={"Software": None})
    image = base64.b64encode(picture.getvalue()).decode("ascii")
    body = [
        f'<section class="assumed"><p>{both(UNVALIDATED["zh"], UNVALIDATED["en"], lang)}</p><p>',
        both(
            "列车按同日、同等级、最快直达车比较；参数拟合用过的时刻，比较的是未用该线数据的那次拟合。误差为相对误差，"
            "分母为观测值（列车至少20分钟）。",
            "Trains are compared with the fastest direct train of the same class on the same day; times that the parameters "
            "were fitted to are compared with the fit that left their line out. Errors are relative to the observed value "
            "(for trains to at least 20 min).",
            lang,
        ),
        "</p></section>",
        f"<h2>{both('误差', 'Errors', lang)}</h2>",
        _summary(found.by("group"), ["group"], lang, ("按类", "By group")),
        f'<figure><img alt="{escape(_alt(lang), quote=True)}" width="1210" height="572" src="data:image/png;base64,{image}"></figure>',
        f"<h2>{both('按列车等级', 'By class of train', lang)}</h2>",
        _summary(
            found.by("mode", "train_class"),
            ["mode", "train_class"],
            lang,
            ("按方式与等级", "By mode and class"),
        ),
        f"<h2>{both('按线路', 'By line', lang)}</h2>",
        _summary(found.by("line").query("line != ''"), ["line"], lang, ("按线路", "By line")),
        f"<h2>{both('误差最大的', 'The worst', lang)}</h2>",
        _worst(found, lang),
        *_left_out(found, lang),
    ]
    return document(
        title=("校核：模型与公布值", "Validation: the model against published values"),
        subtitle=(f"{len(found.counted)}行观测", f"{len(found.counted)} observed rows"),
        body=body,
        lang=lang,
        banner=page_options(context).get("banner"),
    )


def _alt(lang: str) -> str:
    words = (
        "散点图：观测值与模型值，左为列车分钟，右为公路与航道公里",
        "Scatter of observed and modelled values: minutes of trains left, kilometres of roads and waterways right",
    )
    return " ".join(words) if lang == "both" else words[0 if lang == "zh" else 1]


def _percent(value: Any, *, sign: bool = False) -> str:
    return "–" if value != value else f"{100 * value:{'+' if sign else ''}.1f} %"


def _summary(frame: Any, keys: list[str], lang: str, caption: Words) -> str:
    rows = []
    for row in frame.to_dict("records"):
        name = " ".join(str(row[k]) for k in keys).strip()
        words = _GROUP_ERRORS.get(name)
        rows.append(
            [
                both(*words, lang) if words else escape(name),
                str(row["n"]),
                str(row["no_answer"]),
                _percent(row["median_error"]),
                _percent(row["p90_error"]),
                _percent(row["bias"], sign=True),
            ]
        )
    header = [
        ("类别", "Kind"),
        ("行数", "Rows"),
        ("模型无答案", "No answer"),
        ("中位误差", "Median error"),
        ("第90百分位误差", "90th percentile"),
        ("偏差（带符号）", "Bias (signed)"),
    ]
    return table(header, rows, lang=lang, numbers=range(1, 6), caption=caption)


def _worst(found: Any, lang: str) -> str:
    rows = [
        [
            both(f"{r['from_name_zh']} → {r['to_name_zh']}", f"{r['from_name']} → {r['to_name']}", lang),
            escape(str(r["train_class"] or r["mode"])),
            f"{r['observed']:g} {escape(str(r['unit']))}",
            f"{r['modelled']:.1f}",
            _percent(r["error"], sign=True),
            escape(str(r["way"])),
        ]
        for r in found.worst().to_dict("records")
    ]
    header = [
        ("从—到", "From, to"),
        ("类别", "Kind"),
        ("观测", "Observed"),
        ("模型", "Modelled"),
        ("误差", "Error"),
        ("模型的路径", "The model's way"),
    ]
    return table(
        header, rows, lang=lang, numbers=(2, 3, 4), caption=("误差最大的行", "Rows with the largest errors")
    )


def _left_out(found: Any, lang: str) -> list[str]:
    if not found.left_out:
        return []
    lines = "".join(f"<li>{escape(str(reason))}: {count}</li>" for reason, count in found.left_out.items())
    return [f"<h2>{both('未计入', 'Not counted', lang)}</h2><ul>{lines}</ul>"]


def validation_figures(context: Context) -> list[tuple[str, str, str]]:
    """Median errors by group."""
    rows = []
    for row in context.validation.by("group").to_dict("records"):
        zh, en = _GROUP_ERRORS.get(str(row["group"]), (str(row["group"]),) * 2)
        rows.append((f"{zh}：中位误差", f"{en}: median error", _percent(row["median_error"])))
    return rows


def draw_validation(context: Context, canvas: Canvas) -> None:
    """Small picture: observed against modelled minutes of trains."""
    rows = context.validation.counted.dropna(subset="error")
    rows = rows[rows["mode"] == "rail"]
    axes = canvas.plain()
    top = float(max(rows["observed"].max(), rows["modelled"].max())) * 1.05 if len(rows) else 1.0
    axes.plot([0, top], [0, top], color="#9aa3ae", linewidth=1)
    axes.scatter(rows["observed"], rows["modelled"], s=9, color="#1d4267", alpha=0.7)
    axes.set_xlim(0, top)
    axes.set_ylim(0, top)
