"""Every word of a page that is not data, in both languages, in one place.

Coded values (a status, a kind, a confidence) are shown through this table as well: key ``namespace.value``.
"""

from __future__ import annotations

from typing import Any

__all__ = ["WORDS", "Pair", "as_pair", "as_unit", "pair", "word"]

Pair = dict[str, str]

_WORDS: dict[str, tuple[str, str]] = {
    "yes": ("是", "yes"),
    "no": ("否", "no"),
    # furniture
    "ui.layers": ("图层与图例", "Layers and legend"),
    "ui.layers_short": ("图层与图例", "Layers"),
    "ui.fold": ("收起或展开", "Fold or unfold"),
    "ui.about": ("说明", "About"),
    "ui.notes": ("说明", "Notes"),
    "ui.close": ("关闭", "Close"),
    "ui.language": ("语言", "Language"),
    "ui.north": ("北", "North"),
    "ui.as_of": ("数据截止", "as of"),
    "ui.unit": ("单位：", "unit:"),
    "ui.source": ("资料来源：", "Sources:"),
    "ui.review": ("审图号：", "Map review no.:"),
    "ui.not_reviewed": ("未送审", "not reviewed"),
    "ui.line_state": ("线型", "Line pattern"),
    "ui.year": ("年份", "Year"),
    "ui.play": ("播放", "Play"),
    "ui.pause": ("暂停", "Pause"),
    "ui.forecast": ("预测", "forecast"),
    "ui.search": ("查找地点、线路、项目", "Find a place, line or project"),
    "ui.search_short": ("查找", "Find"),
    "ui.nothing": ("没有找到", "Nothing found"),
    "ui.swipe": ("分界线：左右移动", "Divider: move left or right"),
    "ui.side_by_side": ("左右对比（拖动分界线）", "Side by side (drag the divider)"),
    "ui.multiples": ("并列小图", "Small multiples"),
    "ui.enlarge": ("放大此图", "Enlarge this map"),
    "ui.zoom_closer": ("放大", "Zoom in"),
    "ui.zoom_away": ("缩小", "Zoom out"),
    "ui.zoom_in": ("放大后显示", "zoom in"),
    "ui.home": ("图集首页", "Index of the atlas"),
    "ui.previous": ("上一个", "Previous"),
    "ui.next": ("下一个", "Next"),
    # the page of questions
    "ask.title": ("提问：若有这些项目", "Ask: with these projects"),
    "ask.from": ("从", "From"),
    "ask.way": ("方式", "By"),
    "ask.projects": ("选定项目", "Projects chosen"),
    "ask.in_plan": ("规划列名", "named by the plan"),
    "ask.open": ("已开通", "open"),
    "ask.coming": ("未开通", "not open yet"),
    "ask.all": ("全部", "all"),
    "ask.none": ("清空", "none"),
    "ask.star": (
        "★ 规划列名。选一项即连带其前置项目。",
        "★ named by the plan. A project brings what it requires.",
    ),
    "ask.mean_before": ("平均时间（按人口），无项目", "mean time by people, without"),
    "ask.mean_after": ("平均时间（按人口），有项目", "mean time by people, with"),
    "ask.faster": ("变快的区县", "districts that got nearer"),
    "ask.new": ("新近可达", "newly connected"),
    "ask.people": ("变快区县的人口", "people there"),
    "ask.wan": ("万人", "× 10,000"),
    "ask.min": ("分钟", "min"),
    "ask.top": ("节省最多的区县", "Most minutes saved"),
    "ask.rank": ("项目排序（对此地）", "Projects ranked, for this place"),
    "ask.rank_note": (
        "平均节省（按人口）：深色为从选定项目中去掉它的损失，浅色为加上它的收益。",
        "mean minutes by people: dark, lost if taken out of the set; pale, gained if put in",
    ),
    "ask.nothing": ("无可计量的变化", "no measurable change"),
    "ask.more": ("其余项目数：", "further projects:"),
    # status
    "status.operating": ("已开通", "open"),
    "status.under_construction": ("在建", "under construction"),
    "status.planned": ("规划", "planned"),
    "status.preliminary": ("前期工作", "preliminary work"),
    "status.closed": ("已停用", "closed"),
    "status.unknown": ("情况不明", "not known"),
    # confidence and audience
    "confidence.high": ("高", "high"),
    "confidence.medium": ("中", "medium"),
    "confidence.low": ("低", "low"),
    # modes and kinds
    "mode.rail": ("铁路", "rail"),
    "mode.road": ("公路", "highway"),
    "mode.water": ("航道", "waterway"),
    "mode.port": ("港口", "port"),
    "mode.air": ("机场", "airport"),
    "mode.door": ("门到门", "door to door"),
    "mode.drive": ("自驾", "by car"),
    "mode.metro": ("城市轨道", "metro"),
    "kind.station": ("车站", "station"),
    "kind.yard": ("站场", "yard"),
    "kind.junction": ("枢纽、线路所", "junction"),
    "kind.town": ("镇", "town"),
    "kind.township": ("乡", "township"),
    "kind.subdistrict": ("街道", "subdistrict"),
    "kind.zone": ("功能区", "zone"),
    "kind.farm": ("农场", "farm"),
    "kind.new_line": ("新建线路", "new line"),
    "kind.new_road": ("新建公路", "new road"),
    "kind.crossing": ("跨江跨海通道", "crossing"),
    "kind.dead_end": ("省际断头路", "dead-end road at a border"),
    "kind.widening": ("拓宽改建", "widening"),
    "kind.barrier_removal": ("撤站", "removal of toll barriers"),
    "kind.freight_branch": ("货运支线", "freight branch"),
    "kind.metro": ("城市轨道", "metro"),
    "kind.hub": ("枢纽", "hub"),
    "kind.programme": ("方案", "programme"),
    "kind.waterway_upgrade": ("航道整治", "waterway upgrade"),
    "kind.new_waterway": ("新航道", "new waterway"),
    "kind.terminal": ("航站楼或码头", "terminal"),
    "kind.airport": ("机场", "airport"),
    "kind.port": ("港口", "port"),
    "kind.city_quay": ("城市码头", "city quay"),
    "kind.lock": ("船闸", "lock"),
    "kind.sea_junction": ("海上航路点", "junction at sea"),
    "kind.anchorage": ("锚地", "anchorage"),
    "kind.lake": ("湖泊", "lake"),
    "kind.river": ("河流", "river"),
    "kind.estuary": ("河口", "estuary"),
    "kind.sea": ("海域", "sea"),
    "kind.bay": ("海湾", "bay"),
    "kind.island": ("岛屿", "island"),
    "kind.reservoir": ("水库", "reservoir"),
    "kind.nature_reserve": ("自然保护区", "nature reserve"),
    "kind.national_park": ("国家公园", "national park"),
    "kind.monitoring_section": ("监测断面", "monitoring section"),
    "kind.heritage_towns": ("历史文化名镇", "heritage towns"),
    "kind.gas_pipeline": ("天然气管道", "gas pipeline"),
    "kind.lng_terminal": ("LNG接收站", "LNG terminal"),
    "kind.lng_storage": ("LNG储罐", "LNG storage"),
    "kind.substation": ("变电站", "substation"),
    "kind.power_line": ("输电线路", "power line"),
    "kind.offshore_wind": ("海上风电", "offshore wind"),
    "kind.exchange": ("交易中心", "exchange"),
    "kind.power_iot": ("电力物联网", "power internet of things"),
    "kind.metro_area": ("都市圈", "metropolitan area"),
    "kind.demonstration_zone": ("示范区", "demonstration zone"),
    "kind.free_trade_zone": ("自贸试验区", "free-trade zone"),
    "kind.bonded_zone": ("综合保税区", "bonded zone"),
    "kind.business_district": ("商务区", "business district"),
    "kind.facility": ("设施", "facility"),
    "kind.science_city": ("科学城", "science city"),
    "kind.science_centre": ("科学中心", "science centre"),
    "kind.innovation_zone": ("创新区", "innovation zone"),
    "kind.corridor": ("走廊", "corridor"),
    "kind.industrial_park": ("产业园区", "industrial park"),
    "kind.rural_area": ("乡村地区", "rural area"),
    "kind.control_zone": ("管控区", "control zone"),
    "kind.port_zone": ("港区", "port zone"),
    "kind.pair": ("毗邻镇对", "pair of towns"),
    "kind.circle": ("城镇圈", "town circle"),
    "kind.opening_hub": ("开放枢纽", "hub of opening up"),
    "kind.coordination_unit": ("协作单元", "coordination unit"),
    "kind.tertiary_hospital": ("三级医院", "tertiary hospital"),
    "kind.university": ("高校", "university"),
    "kind.scenic": ("景区", "scenic area"),
    "kind.cbd": ("商务中心", "central business district"),
    "kind.hub_station": ("枢纽车站", "hub station"),
    "kind.science_park": ("科技园", "science park"),
    "kind.exhibition": ("会展中心", "exhibition centre"),
    "role.core": ("核心城市", "core city"),
    "role.member": ("成员城市", "member city"),
    "role.deep_sea": ("深水港区", "deep-sea terminal"),
    "role.gateway": ("门户港区", "gateway terminal"),
    "role.inland": ("内河港区", "inland port"),
    "role.rail": ("铁路货运站", "rail freight terminal"),
    "effect.adds_link": ("新增线路", "adds a link"),
    "effect.speed": ("提速", "raises speed"),
    "effect.delay": ("减少延误", "removes delay"),
    "effect.vessel_class": ("提高航道等级", "larger vessels"),
    "effect.service": ("新增列车服务", "adds a service"),
    "effect.capacity": ("扩大能力", "adds capacity"),
}


def pair(zh: str, en: str = "") -> Pair:
    """A text in both languages, as the pages read it; a blank one falls back on the other.

    Examples
    --------
    >>> pair("铁路", "Rail")
    {'zh': '铁路', 'en': 'Rail'}
    """
    return {"zh": str(zh or en), "en": str(en or zh)}


def word(key: str) -> Pair:
    """The pair of a fixed word.

    Raises
    ------
    KeyError
        If the table has no such word: a mistake of ours, never of the data.

    Examples
    --------
    >>> word("status.planned")
    {'zh': '规划', 'en': 'planned'}
    """
    return pair(*_WORDS[key])


def as_pair(text: Any) -> Pair:
    """A pair from a pair, a ``(zh, en)`` tuple or one text for both."""
    if isinstance(text, dict):
        return pair(text.get("zh", ""), text.get("en", ""))
    if isinstance(text, tuple | list):
        return pair(*text)
    return pair(str(text or ""))


def as_unit(text: Any) -> Pair:
    """A unit in both languages; unlike a name, one that is blank in a language stays blank there.

    Examples
    --------
    >>> as_unit(("个", ""))
    {'zh': '个', 'en': ''}
    """
    if isinstance(text, dict):
        return {"zh": str(text.get("zh", "")), "en": str(text.get("en", ""))}
    zh, en = text if isinstance(text, tuple | list) else (text, text)
    return {"zh": str(zh or ""), "en": str(en or "")}


WORDS: dict[str, Pair] = {key: pair(*both) for key, both in _WORDS.items()}
"""All fixed words, as pages carry them."""
