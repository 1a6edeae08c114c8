"""Corridors: the five directions and twelve trunk lines of the railway, and the smart-road pilot sections."""

from __future__ import annotations

from pathlib import Path

from .common import COMMON, DATED, NAMES, Attr, Facts, Layer, Row, dates, number
from .projects import LinkBook
from .writers import write_table

CORRIDORS = Layer(
    "corridors",
    "Railway corridors: five directions, twelve trunk lines",
    "铁路“五个方向、十二条干线”",
    "none",
    "plan/corridors.csv",
    (
        Attr(
            "corridor_id",
            description="Id of the direction or trunk line",
            description_zh="编号",
            required=True,
        ),
        Attr(
            "level",
            description="Direction or trunk line in one",
            description_zh="层级",
            required=True,
            allowed="direction|trunk",
        ),
        Attr(
            "parent_id",
            description="Direction of a trunk line",
            description_zh="所属方向",
            references="corridors.corridor_id",
        ),
        Attr("seq", "int", "Order", "顺序", required=True, allowed="1..30"),
        *NAMES,
        Attr("towards_zh", description="City that a direction leads to", description_zh="去向"),
        Attr(
            "line_ids",
            "list",
            "Railway lines that make the trunk line here; blank where no such line is known",
            "对应线路",
            references="rail_lines.line_id",
        ),
        Attr(
            "plan_item_id",
            description="Item of the register",
            description_zh="规划条目",
            required=True,
            references="items.item_id",
        ),
        Attr("certain", "bool", "Whether a published plan names it as such", "是否有公开依据", required=True),
        Attr("doubt", description="What is not certain about the reading", description_zh="存疑"),
        *COMMON,
    ),
    "the plan gives only the numbers; names from the city master plan 2017-2035",
)
SMART = Layer(
    "smart_sections",
    "Smart-road pilot sections",
    "车联网与道路智能化试点路段",
    "none",
    "plan/smart_sections.csv",
    (
        Attr("section_id", description="Id of the section", description_zh="编号", required=True),
        *NAMES,
        Attr(
            "route_id",
            description="Highway that it lies on",
            description_zh="所在路线",
            required=True,
            references="road_routes.route_id",
        ),
        Attr(
            "link_ids",
            "list",
            "Links of the highway layer, in order",
            "对应路段",
            required=True,
            references="road_links.link_id",
        ),
        Attr("length_km", "float", "Published length", "公布长度", "km", False, "", "0..500"),
        Attr("length_linked_km", "float", "Length of its links here", "已建模长度", "km", True, "", "0..500"),
        Attr(
            "plan_item_id",
            description="Item of the register",
            description_zh="规划条目",
            required=True,
            references="items.item_id",
        ),
        *DATED,
        *COMMON,
    ),
    "the plan's text; news named in each row; located along the highway layer",
)
CATALOG = [CORRIDORS, SMART]

ITEM = "item:rail-five-directions-twelve-lines"
MASTER_PLAN = "上海市人民政府《上海市城市总体规划(2017—2035年)》, 2018 (five directions; lines of the 五个方向、十二条干线 network)"
_COUNT = "the master plan names groups of lines, not a list of twelve; the count of twelve is our reading"
DIRECTIONS = (
    ("hu-ning", "Shanghai-Nanjing direction", "沪宁方向", "南京"),
    ("hu-hang", "Shanghai-Hangzhou direction", "沪杭方向", "杭州"),
    ("hu-tong", "Shanghai-Nantong direction", "沪通方向", "南通"),
    ("hu-yong", "Shanghai-Ningbo direction", "沪甬方向", "宁波"),
    ("hu-hu", "Shanghai-Huzhou direction", "沪湖方向", "湖州"),
)
# direction, slug, name, Chinese name, lines, whether named by the master plan, doubt
TRUNKS = (
    ("hu-ning", "jinghu", "Beijing-Shanghai Railway", "京沪铁路", "jinghu-conv", True, _COUNT),
    (
        "hu-ning",
        "jinghu-hsr",
        "Beijing-Shanghai high-speed railway",
        "京沪高速铁路",
        "jinghu-hsr",
        True,
        _COUNT,
    ),
    (
        "hu-ning",
        "huning-cj",
        "Shanghai-Nanjing intercity railway",
        "沪宁城际铁路(沪蓉)",
        "huning-cj",
        True,
        _COUNT,
    ),
    (
        "hu-ning",
        "nanyanjiang",
        "South Yangtze intercity railway",
        "南沿江城际铁路",
        "nanyanjiang",
        False,
        "not named in the master plan's list; counted because it serves the direction and opened in 2023",
    ),
    ("hu-hang", "hukun", "Shanghai-Kunming Railway", "沪昆铁路", "hukun-conv", True, _COUNT),
    (
        "hu-hang",
        "huhang-hsr",
        "Shanghai-Hangzhou high-speed railway",
        "沪昆高速铁路沪杭段",
        "huhang-hsr",
        True,
        _COUNT,
    ),
    (
        "hu-hang",
        "huhang-cj",
        "Shanghai-Hangzhou intercity railway",
        "沪杭城际铁路",
        "",
        True,
        "named by the master plan; no line under this name is known, none is modelled",
    ),
    (
        "hu-hang",
        "huzhahang",
        "Shanghai-Zhapu-Hangzhou railway",
        "沪乍杭铁路",
        "huzhahang;huzha-freight",
        True,
        "runs by way of Zhapu, so it may be meant for the Ningbo direction; an older list has a direction of Zhapu",
    ),
    (
        "hu-tong",
        "hutong",
        "Shanghai-Nantong railway",
        "沪通铁路",
        "hutong-1;hutong-2;hutong-2-conn",
        True,
        _COUNT,
    ),
    (
        "hu-tong",
        "beiyanjiang",
        "North Yangtze railway",
        "北沿江铁路",
        "beiyanjiang",
        True,
        "leads to Nanjing by way of Nantong and may be meant for either direction",
    ),
    ("hu-hu", "husuhu", "Shanghai-Suzhou-Huzhou railway", "沪苏湖铁路", "husuhu-hsr", True, _COUNT),
    (
        "hu-yong",
        "huyong",
        "Shanghai-Ningbo (Zhoushan) railway",
        "沪甬(舟)铁路",
        "huzhouyong",
        True,
        "study only; no route is fixed",
    ),
)


def build(facts: Facts, out: Path) -> None:
    """Write corridors and pilot sections; needs the highways."""
    rows = [
        {
            "corridor_id": f"corridor:{slug}",
            "level": "direction",
            "seq": i,
            "name": name,
            "name_zh": name_zh,
            "towards_zh": towards,
            "plan_item_id": ITEM,
            "certain": True,
            "source_public": MASTER_PLAN,
            "confidence": "high",
        }
        for i, (slug, name, name_zh, towards) in enumerate(DIRECTIONS, start=1)
    ]
    rows += [
        {
            "corridor_id": f"corridor:{parent}/{slug}",
            "level": "trunk",
            "parent_id": f"corridor:{parent}",
            "seq": i,
            "name": name,
            "name_zh": name_zh,
            "line_ids": [f"line:{line}" for line in lines.split(";") if line],
            "plan_item_id": ITEM,
            "certain": certain,
            "doubt": doubt,
            "source_public": MASTER_PLAN if certain else "unverified general knowledge",
            "confidence": "medium" if certain else "low",
        }
        for i, (parent, slug, name, name_zh, lines, certain, doubt) in enumerate(TRUNKS, start=1)
    ]
    write_table(out, CORRIDORS, rows, sort=False)
    book = LinkBook.load(out)
    write_table(out, SMART, [_section(book, *spec) for spec in SECTIONS])


# id, names, links, published km, item, opened, status, source, confidence, note
SECTIONS = (
    (
        "g2-jiading",
        "G2 test section for automated vehicles, Jiading",
        "G2京沪高速嘉定测试路段",
        "g2:jiangqiao-toll>g2-border-sh-js",
        "19.5",
        "g2-v2x",
        "2022-11-07",
        "operating",
        "科创板日报 2022-11-07; 解放日报 2023-05",
        "medium",
        "opened as a test road on 7 November 2022, tests from May 2023; ends taken at Jiangqiao and the border, to fit the published length",
    ),
    (
        "g1503-jiading",
        "G1503 test section for automated vehicles, Jiading",
        "G1503上海绕城高速嘉定测试路段",
        "g1503:g1503-liuxiang>g2-g1503",
        "21.5",
        "g2-v2x",
        "2022-11-07",
        "operating",
        "科创板日报 2022-11-07",
        "medium",
        "opened together with the section of G2; the plan does not name it; ends taken to fit the published length",
    ),
    (
        "g60-shanghai",
        "G60 Shanghai section",
        "G60沪昆高速上海段",
        "g60:xinzhuang-hub>g60-border-sh-zj",
        "",
        "g60-v2x",
        "",
        "unknown",
        "上海市《贯彻〈长江三角洲区域一体化发展规划纲要〉实施方案》",
        "low",
        "the plan names the Shanghai section; no report of a pilot on it found",
    ),
)


def _section(
    book: LinkBook,
    slug: str,
    name: str,
    name_zh: str,
    spec: str,
    km: str,
    item: str,
    opened: str,
    status: str,
    source: str,
    confidence: str,
    note: str,
) -> Row:
    links = book.select("road", spec)
    length = {r["link_id"]: float(r["length_km"]) for rows in book.by_line.values() for r in rows}
    return {
        "section_id": f"smart:{slug}",
        "name": name,
        "name_zh": name_zh,
        "route_id": f"road:{spec.split(':')[0]}",
        "link_ids": links,
        "length_km": km,
        "length_linked_km": number(sum(length[link] for link in links), 1),
        "plan_item_id": f"item:{item}",
        "status": status,
        **dates(opened),
        "source_public": source,
        "confidence": confidence,
        "note": note,
    }
