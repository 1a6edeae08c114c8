"""The projects: what the plan names and the main ones that it does not, each with the links that it opens or changes.

A project takes name, status, dates, source and confidence from the fact named in ``fact`` (``rail:``, ``road:``,
``dead:``, ``item:``, ``air:``, ``way:``) unless the row says otherwise. ``links`` select links by line or route,
``line`` for all of it, ``line:a>b`` for the links from node a to node b in the order of the line.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

__all__ = ["NOT_MEASURED_ZH", "PROJECTS", "Project"]

NO_VOLUMES = "capacity: this model has no volumes, so it does not measure what more lanes or berths do; set a peak factor to see a time effect"
NO_ROUTE = "no route is published in the sources at hand, so the project has no links and no effect is measured"
EARLIER = "opened before the plan; never counted as its effect"


@dataclass(frozen=True)
class Project:
    """One project; blank fields are taken from its fact."""

    slug: str
    fact: str
    mode: str
    kind: str
    effect: str
    links: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    change: tuple[str, Any, Any] = ("", "", "")
    not_measured: str = ""
    over: dict[str, str] = field(default_factory=dict)


def _rail(slug: str, *, fact: str = "", kind: str = "new_line", links: tuple[str, ...] | None = None, **more: Any) -> Project:
    chosen = (slug,) if links is None else links
    extra = {} if chosen else {"not_measured": NO_ROUTE}
    return Project(slug, fact or f"rail:{slug}", "rail", kind, "adds_link", chosen, **{**extra, **more})


def _road(slug: str, route: str, links: tuple[str, ...], kind: str = "new_road", **more: Any) -> Project:
    return Project(slug, f"road:{route}", "road", kind, "adds_link", links, **more)


def _dead(slug: str, route: str, **more: Any) -> Project:
    return Project(f"dead-end-{slug}", f"dead:{slug}", "road", "dead_end", "adds_link", (route,), **{"items": ("broken-roads",), **more})


def _widening(slug: str, fact: str, links: tuple[str, ...], lanes: tuple[Any, Any], **more: Any) -> Project:
    return Project(slug, fact, "road", "widening", "capacity", links, change=("lanes", *lanes), not_measured=NO_VOLUMES, **more)


RAIL = (
    _rail("hutong-1", items=("hutong-rail-1",)),
    _rail("hutong-2", links=("hutong-2", "hutong-2-conn"), items=("hutong-rail-2",), requires=("hutong-1",)),
    _rail("beiyanjiang", items=("beiyanjiang-hsr",), requires=("hutong-2",), over={"note": "only Shanghai Baoshan to Yangzhou East has links (308 of 554.6 km); the approved times let the Shanghai end open later than the rest"}),
    _rail("husuhu-hsr", items=("husuhu-hsr",)),
    _rail("huzhahang", items=("huzhahang-rail",), requires=("hutong-2",)),
    _rail("huzha-freight", kind="freight_branch", items=("huzhahang-rail",)),
    _rail("airport-link", links=("airport-link:hongqiao-t2>pudong-t1t2", "hub-transfer"), items=("airport-link-line", "yrd-intercity-express"), over={"opened": "2024-12-27", "expected": "", "length_km": "59", "note": "section Hongqiao Terminal 2 to Pudong Terminals 1 and 2, with the walk to Hongqiao station"}),
    _rail("airport-link-east", fact="rail:airport-link", links=("airport-link:pudong-t1t2>shanghai-dong",), items=("airport-link-line",), requires=("airport-link",), over={"name": "Shanghai Airport Link, section Pudong T1/T2 to Shanghai East", "name_zh": "机场联络线(浦东1号2号航站楼—上海东)", "length_km": "", "opened": "", "expected": "2027", "status": "under_construction", "note": "expected year is that of Shanghai East station", "confidence": "low"}),
    Project("yrd-intercity-express", "item:yrd-intercity-express", "rail", "programme", "service", items=("yrd-intercity-express",), not_measured="no line has this name; read as the express lines into the Hongqiao hub, which are projects of their own (airport link, Jiamin, demonstration-zone line)"),
    _rail("waigaoqiao-branch", kind="freight_branch", items=("rail-into-waigaoqiao",), requires=("hutong-2",)),
    Project("pudong-hub", "item:pudong-hub", "rail", "hub", "service", items=("pudong-hub",), requires=("hutong-2",), not_measured="a station changes no time by itself; its lines are projects of their own (hutong-2, airport-link-east, huzhahang)", over={"expected": "2027-07-01"}),
    _rail("nanyanjiang", requires=("hutong-1",)),
    _rail("huhang-west"),
    _rail("yantong-hsr"),
    _rail("shanghehang"),
    _rail("lianzhen"),
    _rail("yongjin"),
    _rail("hanghai"),
    _rail("tongsujiayong", requires=("hutong-1",)),
    _rail("yongzhou"),
    _rail("jiamin", items=("yrd-intercity-express",), over={"in_plan": "False"}),
    _rail("shifanqu", items=("yrd-intercity-express",), over={"in_plan": "False"}),
    _rail("shuixiang-js", requires=("shifanqu",)),
    _rail("rutongsuhu"),
    _rail("jiaxing-fengnan"),
    _rail("hupingyan"),
    _rail("nanfeng"),
    _rail("lianggang", requires=("airport-link-east",)),
    Project("suzhou-metro-11", "metro:sz-11", "rail", "metro", "adds_link", ("sz-11",)),
    Project("wuxi-metro-s1", "metro:wx-s1", "rail", "metro", "adds_link", ("wx-s1",)),
    _rail("yantaixichangyi", links=()),
    _rail("huzhouyong", links=()),
    _rail("yangshan-railway", links=()),
    _rail("fengxian-line", links=()),
    _rail("suxichang", links=()),
    _rail("ningbo-cixi", links=()),
    _rail("ningbo-xiangshan", links=()),
    _rail("jiashan-xitang", links=()),
    _rail("yanglv", links=()),
)

ROAD = (
    _widening("g15-jialiu", "item:g15-jialiu-widening", ("g15-shn",), (8, 6), items=("g15-jialiu-widening",)),
    _road("s16", "s16", ("s16",), items=("s16-yunchuan-expressway",)),
    Project("toll-barriers", "road:toll-barrier-removal", "road", "barrier_removal", "delay", items=("toll-station-removal",), over={"opened": "2020-01-01", "status": "operating"}),
    _dead("yingdian-xinle", "dead-yingdian", items=("broken-roads",), over={"in_plan": "False", "note": EARLIER}),
    _dead("chengbei-yuelu", "dead-chengbei"),
    _dead("waiqingsong-lvdi", "dead-waiqingsong"),
    _dead("xinsheng-xiangxieli", "dead-xinsheng"),
    _dead("donghang-kangli", "dead-donghang"),
    _dead("fuxing-shuguang", "dead-fuxing"),
    _dead("yexin-yaoyang", "dead-yexin"),
    _dead("zhulv-shanxin", "dead-zhulv"),
    _dead("xinghao-north", "dead-xinghao"),
    _dead("pugang-east", "dead-pugang", over={"expected": "2026", "construction_start": "2024-05-17", "note": "begun 17 May 2024 and first announced for the end of 2025 (网易新闻, 2024); no report of the opening found"}),
    _dead("g228-chusheng", "g228-out", items=("g228-outbound", "broken-roads")),
    Project("dead-end-g320-gaijian", "dead:g320-gaijian", "road", "widening", "capacity", ("g320:city-songjiang>g320-border-sh-zj",), ("broken-roads",), change=("lanes", 6, ""), not_measured=NO_VOLUMES, over={"name": "National Road 320 rebuilding, Songjiang to the provincial border", "note": "the road stands; it is rebuilt, 42 km in all; lanes before are not known"}),
    _dead("jichang-dadao", "jichang-dadao", items=(), over={"note": "between Jiangsu and Zhejiang, where the Shanghai plan does not reach"}),
    _dead("g524-wangjiangjing", "g524-bypass", items=(), over={"expected": "2026-12", "note": "between Jiangsu and Zhejiang, where the Shanghai plan does not reach; stands beside the existing G524"}),
    _dead("taoyuan-lianjie", "taoyuan-link", items=(), requires=("sutai",), over={"opened": "2025-09-28", "confidence": "low", "note": "between Jiangsu and Zhejiang; derived: taken as opened with the interchange that it serves"}),
    _road("hutong-bridge", "hutong-bridge", ("hutong-bridge", "s19:zhangjiagang-g4221>hutong-s"), "crossing"),
    _road("g1521-zhejiang", "g1521", ("g1521:g1521-border-js-zj>buyun-hub",), over={"name": "Changshu-Jiashan Expressway, Zhejiang section", "name_zh": "常嘉高速(浙江段)"}),
    _road("s12-west-2", "s12", ("s12:anji-bei-hub>tangshe-border",), over={"name": "Shanghai-Jiaxing-Huzhou Expressway, western extension stage 2", "name_zh": "申嘉湖高速西延二期", "opened": "2021-12-31"}),
    _road("s14-jiangsu", "s14", ("s14:s14-border-zj-js>xushe-hub",), over={"name": "Hangzhou-Changxing-Yixing Expressway, Jiangsu section", "name_zh": "杭长宜高速(宜兴—长兴江苏段)", "opened": "2021-01-20"}),
    _road("taihu-tunnel", "taihu-tunnel", ("taihu-tunnel", "s58:nanquan-hub>taihu-tunnel-e", "s58:taihu-tunnel-w>qianhuang-hub"), "crossing"),
    _road("s7-phase-2", "s7", ("s7:s7-yueluo>s7-baoqian",), over={"name": "Shanghai-Chongming Expressway, Yueluo Road to Baoqian Road", "name_zh": "S7沪崇高速二期(月罗公路—宝钱公路)", "opened": "2021-07-02", "source": "人民网上海频道, S7公路(月罗公路-宝钱公路)全面建成通车, 2021-07-02", "confidence": "high", "note": "6.1 km, dual three lanes, 100 km/h"}),
    _road("s3-phase-2", "s3", ("s3:s3-zhoudeng>g1503-s3",), over={"opened": "2023-09-26"}),
    _road("s6-dingdai", "s6-dingdai", ("s6-dingdai",), "crossing"),
    _road("sutai", "s9", ("s9:s17-border-js-zj>lianshi-hub", "s17:zhenze>s17-border-js-zj"), over={"opened": "2025-09-28", "name": "Suzhou-Taizhou Expressway, stage 1", "name_zh": "苏台高速一期"}),
    _road("sutai-2", "s9", ("s9:lianshi-hub>tongxiang-hub", "g9903:fengming-hub>xinshi-hub"), over={"opened": "2025-07-04", "name": "Suzhou-Taizhou Expressway, stage 2", "name_zh": "苏台高速二期"}),
    _road("qianjiang-north-link", "s9", ("s9:tongxiang-hub>s9-g92",), over={"opened": "2021", "name": "Qianjiang Passage, northern link", "name_zh": "钱江通道北接线", "length_km": "11.42", "source": "浙江在线, 钱江通道北接线项目6月底前通车, 2021-03-21", "confidence": "medium", "note": "works begun in August 2017, due in June 2021 and in use by 2023; the day of opening was not found"}),
    _road("g9903-huzhou", "g9903", ("g9903:xinshi-hub>jingshan", "g9903:deqing-bei>qianyuan",), over={"opened": "2020-12-22"}),
    _road("g9221", "g9221", ("g9221",)),
    _road("s47", "s47", ("s47",)),
    _road("s22-xiangshanwan", "s22-xiangshanwan", ("s22-xiangshanwan",)),
    _road("changtai-bridge", "changtai-bridge", ("changtai-bridge",), "crossing"),
    _road("nantong-ring", "s19-e", ("s19-e",)),
    _road("g1519-phase-2", "g1519", ("g1519:@2024-12",), over={"opened": "2024-12", "name": "Nantong-Rudong Expressway, stage 2", "name_zh": "洋通高速二期"}),
    _road("haitai-tunnel", "haitai", ("haitai",), "crossing"),
    _road("zhangjinggao-bridge", "zhanggao", ("zhanggao",), "crossing"),
    _road("jiangyin-jingjiang-tunnel", "jj-tunnel", ("jj-tunnel",), "crossing", over={"status": "under_construction", "opened": "", "expected": "2025-12", "source": "泰州发布, 江阴靖江长江隧道左右线盾构贯通, 2025-08-27; 无锡本地宝 2021-01-26", "note": "both bores through and fitting out in August 2025; no report of an opening found, so the expected date has passed: overdue, not open"}),
    _road("s48-xitai", "s48-xitai", ("s48-xitai",)),
    _road("s21-liuheng", "s21-liuheng", ("s21-liuheng",), "crossing"),
    _road("yongzhou-2", "yongzhou2", ("yongzhou2",), "crossing"),
    _road("s7-s11-north", "s7-plan", ("s7-plan",), "crossing", requires=("s7-phase-2",)),
    _road("s17-taihu-east", "s17", ("s17:xukou>zhenze",), over={"status": "planned", "opened": "", "name": "Suzhou-Taizhou Expressway, Xukou to Zhenze", "name_zh": "苏台高速(胥口—震泽)"}),
    _road("huyong-crossing", "huyong", ("huyong",), "crossing"),
    _road("sutong-2", "sutong2", (), "crossing", not_measured=NO_ROUTE),
    _widening("g4221-widening", "road:g4221-w", ("g4221-w:dongbang-hub>changzhou-nan",), (8, 4), over={"status": "under_construction", "opened": "", "expected": "2027", "name": "Shanghai-Wuhan Expressway widening, Taicang-Changzhou", "name_zh": "沪武高速太仓至常州段改扩建"}),
    _widening("g15-taicang-widening", "road:g15-taicang", ("g15-taicang:taicang-bei-hub>dongbang-hub",), (10, 6), over={"status": "under_construction", "opened": "", "expected": "2027", "name": "Shenyang-Haikou Expressway widening, Taicang North to Dongbang", "name_zh": "沈海高速太仓北枢纽至董浜枢纽扩建"}),
    _widening("s26-widening", "road:s26", ("s26:g15-s26>s26-border-sh-js",), (8, 6), over={"status": "under_construction", "opened": "", "expected": "", "name": "Shanghai-Changzhou Expressway widening, provincial border to G15", "name_zh": "S26沪常高速(省界—G15)改建"}),
)

WATER = (
    Project("changhushen", "item:changhushen-waterway", "water", "waterway_upgrade", "vessel_class", ("changhushen:jinze>ximaohe-kou",), ("changhushen-waterway",), change=("vessel_class", "III", ""), not_measured="the class before the works is not known; the works were reported basically done in September 2019, before plan-eve, so nothing changes between plan-eve and today", over={"status": "operating", "source": "看看新闻, 大治河西枢纽新建二线船闸工程基本完工, 2019-09; 上海投资咨询, 长湖申线航道(上海段)整治工程", "note": "Shanghai section 14.5 km to class III"}),
    Project("hangpingshen", "item:hangpingshen-waterway", "water", "waterway_upgrade", "vessel_class", ("hangpingshen:yucheng>xindai",), ("hangpingshen-waterway",), change=("vessel_class", "III", "V"), over={"status": "operating", "opened": "2017-04", "source": "浙江物流网(浙江省交通运输厅), 杭平申线平湖段, 2017-07-10; 看看新闻, 2019-09 (平申线基本完工)", "note": "Pinghu section raised from class V to III, works done in April 2017 (32.5 km published; modelled on the links Yucheng-Pinghu-Xindai); the Shanghai section was reported basically done in September 2019: opened before the plan, no change between plan-eve and today", "confidence": "medium"}),
    Project("sushen-neigang-west", "item:sushen-inner-waterway", "water", "waterway_upgrade", "vessel_class", ("sushen-neigang:sanjiangkou>youdungang-beikou",), ("sushen-inner-waterway",), change=("vessel_class", "III", "V"), over={"name": "Sushen inner-port waterway, Shanghai west part", "name_zh": "苏申内港线上海西段(省界—老白石路)", "status": "under_construction", "opened": "", "expected": "", "note": "built with the Wusong River works; bank works complete by August 2025; no date for the class"}),
    Project("sushen-neigang-east", "item:sushen-inner-waterway", "water", "waterway_upgrade", "vessel_class", ("sushen-neigang:youdungang-beikou>yunzaobang-kou",), ("sushen-inner-waterway",), change=("vessel_class", "III", "V"), requires=("sushen-neigang-west",), over={"name": "Sushen inner-port waterway, Shanghai middle and east parts", "name_zh": "苏申内港线上海中段、东段", "status": "planned", "opened": "", "expected": "", "note": "the middle part is among the works to be started in 2026"}),
    Project("sushen-neigang-jiangsu", "item:sushen-inner-waterway", "water", "waterway_upgrade", "vessel_class", ("sushen-neigang:luzhi>sanjiangkou",), change=("vessel_class", "III", "V"), over={"in_plan": "False", "name": "Sushen inner-port waterway, Jiepujiang to the provincial limit", "name_zh": "苏申内港线江苏段(界浦江—省界)", "status": "under_construction", "opened": "", "expected": "2030", "note": "deferred to the Wusong River works, Jiangsu section, begun 16 May 2022 and due 2030"}),
    Project("xiaoyangshan-north", "item:xiaoyangshan-north", "port", "terminal", "adds_link", ("yangshan-lane:nancao-dong>xiaoyangshan-bei", "yangshan-lane:xiaoyangshan-bei>yangshan", "yangshan-lane:luchaogang>xiaoyangshan-bei"), ("xiaoyangshan-north",), not_measured="berths are capacity and not measured; the lanes to them are", over={"opened": "", "expected": "2030", "note": "22 berths for 11.6 million TEU a year; eight years of works from 30 August 2022"}),
    Project("daluxian-east", "way:daluxian", "water", "new_waterway", "adds_link", ("daluxian:luchaogang-neihe>luchaogang",), over={"name": "Dalu waterway, east extension to the sea", "name_zh": "大芦线东延伸", "status": "under_construction", "opened": "", "expected": "", "note": "lock and tide gate foundations done by August 2025"}),
    Project("yunhe-erditong", "way:yunhe-erditong", "water", "new_waterway", "adds_link", ("yunhe-erditong",), over={"opened": "2023-07"}),
    Project("sunan-canal-2", "way:jinghang-sunan", "water", "waterway_upgrade", "vessel_class", ("jinghang-sunan",), change=("vessel_class", "II", "III"), over={"name": "Grand Canal, South Jiangsu, to class II", "name_zh": "苏南运河三级改二级", "status": "under_construction", "opened": "", "expected": ""}),
    Project("tongyang-nantong", "way:tongyang", "water", "waterway_upgrade", "vessel_class", ("tongyang:dingyan>weitinghe-nan",), change=("vessel_class", "III", "V"), over={"status": "under_construction", "opened": "", "expected": ""}),
)

AIR = (
    Project("pvg-phase-3", "item:pvg-phase-3", "air", "terminal", "capacity", (), ("pvg-phase-3",), not_measured=NO_VOLUMES),
    Project("pvg-phase-4", "item:pvg-phase-3", "air", "terminal", "capacity", (), (), not_measured=NO_VOLUMES, over={"in_plan": "False", "name": "Pudong airport phase 4 (Terminal 3)", "name_zh": "浦东国际机场四期扩建(T3航站楼)", "status": "under_construction", "opened": "", "expected": "2028", "source": "每日经济新闻 2024-11-20; 中国新闻网 2026-02-01"}),
    Project("jiaxing-airport", "air:jnh", "air", "airport", "service", (), not_measured="flights are not modelled"),
    Project("nantong-airport", "air:nantong-new", "air", "airport", "service", (), not_measured="flights are not modelled"),
)

PROJECTS = (*RAIL, *ROAD, *WATER, *AIR)

# Why nothing, or not all, is measured, in Chinese; every reason has its row.
NOT_MEASURED_ZH = {
    NO_VOLUMES: "能力类项目：本模型没有流量，不计量车道或泊位增加的作用；如需时间效应，请设定高峰系数",
    NO_ROUTE: "现有资料未公布线路走向，项目没有路段，不计量其作用",
    "no line has this name; read as the express lines into the Hongqiao hub, which are projects of their own (airport link, Jiamin, demonstration-zone line)": "没有以此为名的线路；理解为接入虹桥枢纽的市域快线(机场联络线、嘉闵线、示范区线)，它们各自单列",
    "a station changes no time by itself; its lines are projects of their own (hutong-2, airport-link-east, huzhahang)": "车站本身不改变时间；其线路各自单列(沪通二期、机场联络线东段、沪乍杭)",
    "the class before the works is not known; the works were reported basically done in September 2019, before plan-eve, so nothing changes between plan-eve and today": "整治前的航道等级未查明；2019年9月已报道基本完工，早于规划前夕，故规划前夕至今无变化",
    "berths are capacity and not measured; the lanes to them are": "泊位属能力，不计量；通往泊位的航线计量",
    "flights are not modelled": "未建航班模型",
}
