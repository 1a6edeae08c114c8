"""Pages about the plan: clusters and zones, waterways, ecology and energy, and what became of each clause."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from yrdgis.maps.clauses import item_words, section_titles
from yrdgis.maps.clusters import clusters
from yrdgis.maps.environment import environment
from yrdgis.maps.progress import item_shapes, progress
from yrdgis.maps.style import KINDS, PROGRESS
from yrdgis.maps.waters import CLASSES, STYLES, water_lines, waterways
from yrdgis.plan.coverage import coverage_table, trace
from yrdgis.reports.context import Context
from yrdgis.reports.html import FILTER_JS, Words, both, document, filter_table, link, table
from yrdgis.reports.thumbnails import Canvas

if TYPE_CHECKING:
    import folium

__all__ = [
    "cluster_figures",
    "clusters_page",
    "draw_clusters",
    "draw_environment",
    "draw_items",
    "draw_waterways",
    "environment_figures",
    "environment_page",
    "item_figures",
    "items_page",
    "page_options",
    "progress_figures",
    "progress_page",
    "water_figures",
    "waterways_page",
]

Figures = list[tuple[str, str, str]]

_THEMES: dict[str, Words] = {
    "market": ("市场体系", "market"),
    "science": ("科技创新", "science"),
    "environment": ("环境治理", "environment"),
    "energy": ("能源", "energy"),
    "public_service": ("公共服务", "public services"),
    "industry": ("产业", "industry"),
    "zone": ("功能区", "zones"),
    "water": ("水资源", "water"),
    "town_cluster": ("城镇圈", "town clusters"),
    "smart": ("智慧化", "smart"),
    "ecology": ("生态", "ecology"),
    "rail": ("铁路", "rail"),
    "port": ("港口", "ports"),
    "target": ("目标", "targets"),
    "information": ("信息基础设施", "information"),
    "aviation": ("航空", "aviation"),
    "highway": ("公路", "highways"),
    "transport_management": ("运输管理", "transport management"),
    "metro_area": ("都市圈", "metropolitan area"),
    "waterway": ("航道", "waterways"),
}


def page_options(context: Context) -> dict[str, Any]:
    """Language, and a banner for an internal edition: what every map of an atlas is given."""
    options: dict[str, Any] = {"lang": context.lang}
    if context.audience == "internal":
        options["banner"] = ("内部资料，请勿外传", "Internal: not for publication")
    return options


def clusters_page(context: Context) -> folium.Map:
    """Town clusters and zones."""
    return clusters(context.layers, **page_options(context))


def cluster_figures(context: Context) -> Figures:
    """Counts of clusters and zones."""
    found = context.layers["clusters"]
    kinds = found["kind"].value_counts()
    rows = [
        ("毗邻镇对", "pairs of towns", str(int(kinds.get("pair", 0)))),
        ("跨省城镇圈", "town circles", str(int(kinds.get("circle", 0)))),
    ]
    if "plan_zones" in context.layers:
        rows.append(("规划功能区", "zones of the plan", str(len(context.layers["plan_zones"]))))
    return rows


def draw_clusters(context: Context, canvas: Canvas) -> None:
    """Small picture of the clusters by the plan's words."""
    from yrdgis.maps.clusters import cluster_shapes

    canvas.water()
    extents, towns = cluster_shapes(context.layers, "plan_words")
    for hue, kind in zip(KINDS, ("pair", "circle"), strict=False):
        canvas.add(extents[extents["kind"] == kind], color=hue, alpha=0.4, edgecolor=hue, linewidth=0.8)
    canvas.points(towns, "#1d4267", size=8)
    canvas.borders()


def waterways_page(context: Context) -> folium.Map:
    """Waterways by class, and ports."""
    return waterways(context.layers, audience=context.audience, **page_options(context))


def water_figures(context: Context) -> Figures:
    """Kilometres by class, and ports."""
    lines = water_lines(context.layers)
    lines = lines[lines["status"] == "operating"]
    km = lines.groupby("style")["length_km"].sum()
    nodes = context.layers["water_nodes"]["kind"]
    return [
        ("III级及以上航道（公里）", "class III and above (km)", f"{km.get('I', 0) + km.get('III', 0):,.0f}"),
        ("其他内河航道（公里）", "other inland (km)", f"{sum(km.get(c, 0) for c in ('IV', 'V', 'VI')):,.0f}"),
        ("港口与码头", "ports and terminals", str(int(nodes.isin(["port", "terminal"]).sum()))),
    ]


def draw_waterways(context: Context, canvas: Canvas) -> None:
    """Small picture of the waterways."""
    canvas.water()
    lines = water_lines(context.layers)
    for key, style in reversed(list(STYLES.items())):
        canvas.add(lines[lines["style"] == key], color=style["color"], linewidth=CLASSES[key][3][0] / 2)
    nodes = context.layers.points("water_nodes")
    canvas.points(nodes[nodes["kind"] == "port"], "#0a3a6b", size=9)


def environment_page(context: Context) -> folium.Map:
    """Ecology, water sources and energy."""
    return environment(context.layers, audience=context.audience, **page_options(context))


def environment_figures(context: Context) -> Figures:
    """Counts of sites and facilities."""
    sites, energy = context.layers["ecology"], context.layers["energy"]
    running = int((energy["status"] == "operating").sum())
    return [
        ("生态与水源地", "ecology and water sites", str(len(sites))),
        ("能源设施（按区县）", "energy facilities (by district)", str(len(energy))),
        ("其中已运行", "of these operating", str(running)),
    ]


def draw_environment(context: Context, canvas: Canvas) -> None:
    """Small picture of the ecology layer."""
    canvas.water()
    sites = context.layers.polygons("ecology")
    wet = sites["kind"].isin(["lake", "river", "reservoir", "estuary", "bay"])
    canvas.add(sites[wet], color="#5b9ec9", alpha=0.55)
    canvas.add(sites[~wet], color="#228833", alpha=0.35, edgecolor="#228833", linewidth=0.8)
    canvas.borders()


def items_page(context: Context) -> folium.Map:
    """Items of the plan where they are."""
    return progress(context.layers, **page_options(context))


def item_figures(context: Context) -> Figures:
    """How many items have a place."""
    lines, points = item_shapes(context.layers)
    return [
        ("有线位的条目", "items with a line", str(lines["item_id"].nunique())),
        ("有点位的条目", "items with a point", str(points["item_id"].nunique())),
        ("无地点的政策与目标", "policies and goals without a place",
         str(len(context.layers["items"]) - lines["item_id"].nunique() - points["item_id"].nunique())),
    ]  # fmt: skip


def draw_items(context: Context, canvas: Canvas) -> None:
    """Small picture of the items by status."""
    canvas.water()
    lines, points = item_shapes(context.layers)
    for status, (_, colour) in reversed(PROGRESS.items()):
        canvas.add(lines[lines["actual_status"] == status], color=colour, linewidth=1.4)
        canvas.points(points[points["actual_status"] == status], colour, size=11)
    canvas.borders()


def _traced(context: Context) -> Any:
    layers = context.layers
    return trace(
        layers["items"],
        layers["item_links"],
        layers["projects"],
        layers["project_links"],
        valid_on=layers.valid_on,
    )


def progress_figures(context: Context) -> Figures:
    """Items, those known to be reached, those not known."""
    states = context.layers["items"]["actual_status"].value_counts()
    reached = int(states.get("done", 0) + states.get("operating", 0))
    return [
        ("规划条目", "items of the plan", str(len(context.layers["items"]))),
        ("已完成或运行", "done or operating", str(reached)),
        ("在建", "under construction", str(int(states.get("under_construction", 0)))),
        ("未查明", "not known", str(int(states.get("unknown", 0)))),
    ]


def progress_page(context: Context) -> str:
    """What became of the plan, by section and status: bars, goals and every clause."""
    lang, layers = context.lang, context.layers
    traced = _traced(context)
    counted = coverage_table(traced, layers["sections"])
    whole = int(counted["items"].max()) if len(counted) else 1
    body = [
        '<section class="assumed"><p>',
        both(
            "“未查明”是如实的回答：没有找到公开证据的，不猜。条数不是权重：一条政策与一条铁路同计一条。",
            "“Not known” is an honest answer: where no public evidence was found, nothing is guessed. Numbers of items "
            "are no weights: a policy and a railway count as one each.",
            lang,
        ),
        "</p></section>",
        f"<h2>{both('按章节', 'By section', lang)}</h2>",
        _key(lang),
        _section_table(counted, whole, lang),
        f"<h2>{both('地图', 'Map', lang)}</h2><p>",
        link("plan-map.html", both("条目所在的地图", "Map of where the items are", lang)),
        "</p>",
        f"<h2>{both('全部条目', 'All items', lang)}</h2>",
        *_item_table(context, traced),
    ]
    return document(
        title=("规划进展：按章节与现状", "Progress of the plan, by section and state"),
        subtitle=(f"数据截止 {layers.valid_on}", f"data as of {layers.valid_on}"),
        body=body,
        lang=lang,
        script=FILTER_JS,
        banner=page_options(context).get("banner"),
        foot=[f"<p>{escape(layers.info('items').source)}</p>"],
    )


def _key(lang: str) -> str:
    marks = "".join(
        f'<li><i style="background:{colour}"></i>{both(name["zh"], name["en"], lang)}</li>'
        for name, colour in PROGRESS.values()
    )
    return f'<ul class="key">{marks}</ul>'


def _section_table(counted: Any, whole: int, lang: str) -> str:
    rows = []
    for row in counted.to_dict("records"):
        parts = "".join(
            f'<i style="width:{100 * row[status] / whole:.2f}%;background:{colour}"></i>'
            for status, (_, colour) in PROGRESS.items()
            if row[status]
        )
        numbers = [str(row[status]) for status in PROGRESS]
        rows.append(
            [
                f"{escape(str(row['section']))} {escape(str(row['title_zh']))}",
                f'<div class="bar" aria-hidden="true">{parts}</div>',
                str(row["items"]),
                *numbers,
                str(row["with_geometry"]),
                str(row["on_network"]),
                str(row["overdue"]),
            ]
        )
    header: list[Words] = [
        ("章节", "Section"),
        ("现状", "State"),
        ("条目", "Items"),
        *((name["zh"], name["en"]) for name, _ in PROGRESS.values()),
        ("有空间位置", "With a place"),
        ("在路网上", "On the network"),
        ("逾期", "Overdue"),
    ]
    return table(
        header,
        rows,
        lang=lang,
        numbers=range(2, len(header)),
        caption=("各章节条目数，按现状", "Items of each section, by state"),
    )


def _item_table(context: Context, traced: Any) -> list[str]:
    layers, lang = context.layers, context.lang
    items = item_words(layers["items"], section_titles(layers), audience=context.audience)
    projects = layers["projects"].set_index("project_id")
    own = dict(zip(traced["item_id"], traced["projects"], strict=True))
    keys = {str(s): str(s).split("（")[0] for s in layers["items"]["section"]}
    rows, ids, marks = [], [], []
    for row, section in zip(items.to_dict("records"), layers["items"]["section"], strict=True):
        status = str(row["actual_status"])
        colour = PROGRESS[status][1] if status in PROGRESS else PROGRESS["unknown"][1]
        state = f'<i class="dot" style="background:{colour}"></i>{both(str(row["became_zh"]), str(row["became_en"]), lang)}'
        day = escape(str(row["actual_date"])) if row["actual_date"] else ""
        rows.append(
            [
                both(str(row["name_zh"]), str(row["name"]), lang),
                f"“{escape(str(row['quote']))}”<br><small>{escape(str(row['section']))}</small>",
                both(str(row["ask_zh"]), str(row["ask_en"]), lang),
                f"{state} {day}",
                escape(str(row["actual_evidence"]))
                if row["actual_evidence"]
                else both("未找到", "none found", lang),
                "<br>".join(
                    both(str(projects.at[p, "name_zh"]), str(projects.at[p, "name"]), lang)
                    for p in own[row["item_id"]]
                ),
            ]
        )
        ids.append(str(row["item_id"]))
        marks.append({"status": status, "theme": str(row["theme"]), "chapter": keys[str(section)]})
    tools = filter_table(
        [
            ("status", ("现状", "State"), [(k, (n["zh"], n["en"])) for k, (n, _) in PROGRESS.items()]),
            ("theme", ("主题", "Theme"), [(k, w) for k, w in _THEMES.items() if k in set(items["theme"])]),
        ],
        lang=lang,
        total=len(rows),
    )
    header = [
        ("条目", "Item"),
        ("规划原文与章节", "The plan's words, and where"),
        ("规划要求", "It asks to"),
        ("现状", "State"),
        ("依据", "Evidence"),
        ("项目", "Projects"),
    ]
    caption = ("规划条目登记册", "Register of the plan's items")
    return [tools, table(header, rows, lang=lang, ids=ids, marks=marks, name="rows", caption=caption)]
