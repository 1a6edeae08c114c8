"""The register of the plan: sections, items with their quotes, and what each item is tied to."""

from __future__ import annotations

import re
from pathlib import Path

from yrdgis.plan.document import headings, lies_in, quote_hash

from .common import (
    COMMON,
    CONFIDENCES,
    ORIGINS,
    Attr,
    Facts,
    Layer,
    Row,
    coord_origin,
    join_notes,
    make_id,
    point,
)
from .plan_words import ASKS, FEATURES, NO_GEOMETRY, REASONS, RESPONSIBLE, ask
from .projects import read_csv
from .sources import PLAN, UNVERIFIED, clean_note, public_source
from .writers import write_table

THEMES = (
    "aviation|ecology|energy|environment|highway|industry|information|market|metro_area|port|public_service|rail|"
    "science|smart|target|town_cluster|transport_management|water|waterway|zone"
)
KINDS = "policy|facility|project|zone|target|cluster|corridor"
ACTUAL = "done|operating|under_construction|planned|preliminary|unknown"
RELATIONS = "realised_by|is|at|covers|along|between|read_as"
NOT_STATED = "not stated"

SECTIONS = Layer(
    "sections",
    "Sections of the plan",
    "规划章节",
    "none",
    "plan/sections.csv",
    (
        Attr(
            "section",
            description="Path of the section, such as 二（三）1",
            description_zh="章节",
            required=True,
        ),
        Attr(
            "parent",
            description="Section that holds it",
            description_zh="上级章节",
            references="sections.section",
        ),
        Attr(
            "level", "int", "1 part, 2 section, 3 numbered paragraph", "层级", required=True, allowed="1..3"
        ),
        Attr("seq", "int", "Order in the text", "顺序", required=True, allowed="1..200"),
        Attr("title_zh", description="Heading as printed", description_zh="标题", required=True),
        Attr(
            "items",
            "int",
            "Items of the register in it, its parts included",
            "条目数",
            required=True,
            allowed="0..300",
        ),
        *COMMON[:1],
    ),
    PLAN,
)
ITEMS = Layer(
    "items",
    "Register of the plan: what each clause asks and what became of it",
    "规划条目登记册",
    "none",
    "plan/items.csv",
    (
        Attr("item_id", description="Id of the item", description_zh="条目编号", required=True),
        Attr("seq", "int", "Order of the quote in the text", "原文顺序", required=True, allowed="1..1000"),
        Attr("name", description="Name in English", description_zh="英文名称", required=True),
        Attr("name_zh", description="Name in Chinese", description_zh="中文名称", required=True),
        Attr(
            "section",
            description="Section of the plan",
            description_zh="章节",
            required=True,
            references="sections.section",
        ),
        Attr("quote", description="Words of the plan, as printed", description_zh="规划原文", required=True),
        Attr(
            "quote_sha256",
            description="First 16 hexadecimal digits of the SHA-256 of the quote (UTF-8)",
            description_zh="原文校验值",
            required=True,
        ),
        Attr("theme", description="Theme", description_zh="主题", required=True, allowed=THEMES),
        Attr("kind", description="Kind of item", description_zh="类型", required=True, allowed=KINDS),
        Attr(
            "ask",
            description="What the plan asks, in one word",
            description_zh="规划要求(归类)",
            required=True,
            allowed="|".join(ASKS),
        ),
        Attr("ask_zh", description="Verb of the plan", description_zh="规划要求(原文动词)", required=True),
        Attr(
            "normalised_name_zh",
            description="Name to use where the text misprints, leaves out or runs together",
            description_zh="规范名称",
        ),
        Attr(
            "normalised_reason",
            description="Why the name was normalised",
            description_zh="规范原因",
            allowed="misprint|omission|run_together|later_name|one_of_several|fuller_name",
        ),
        Attr("target_value", "float", "Value aimed at", "目标值"),
        Attr(
            "target_unit",
            description="Unit of the target; qualitative has no value",
            description_zh="目标单位",
        ),
        Attr("target_year", "int", "Year of the target", "目标年", "year", False, "", "2019..2050"),
        Attr(
            "responsible",
            description="Who is to act; 'not stated' is a value",
            description_zh="责任主体",
            required=True,
        ),
        Attr(
            "due",
            description="Year or day by which; 'not stated' is a value",
            description_zh="期限",
            required=True,
        ),
        Attr(
            "actual_status",
            description="What is known on the day for which the layers hold",
            description_zh="现状",
            required=True,
            allowed=ACTUAL,
        ),
        Attr("actual_date", description="Year, month or day of that status", description_zh="现状日期"),
        Attr("actual_value", "float", "Latest published value for the target", "最新实际值"),
        Attr("actual_unit", description="Unit of the latest value", description_zh="实际值单位"),
        Attr("actual_year", "int", "Year of the latest value", "实际值年份", "year", False, "", "2015..2050"),
        Attr(
            "actual_evidence",
            description="Who says so; blank where nothing was found",
            description_zh="现状依据",
        ),
        Attr(
            "city_ids",
            "list",
            "Cities that it concerns; blank where it names none of the nine",
            "涉及城市",
            references="cities.city_id",
        ),
        Attr(
            "district_ids",
            "list",
            "Districts that it concerns",
            "涉及区县",
            references="districts.district_id",
        ),
        Attr(
            "geometry_kind",
            description="Shape that it has in the world",
            description_zh="空间形态",
            required=True,
            allowed="point|line|polygon|none",
        ),
        Attr(
            "lon",
            "float",
            "Longitude of a point to show it at, WGS84",
            "经度(WGS84)",
            "degree",
            False,
            "",
            "73..136",
        ),
        Attr(
            "lat",
            "float",
            "Latitude of a point to show it at, WGS84",
            "纬度(WGS84)",
            "degree",
            False,
            "",
            "17..54",
        ),
        Attr(
            "coord_origin",
            description="Where the position comes from",
            description_zh="坐标来源",
            allowed=ORIGINS,
        ),
        Attr(
            "no_geometry_reason",
            description="Why it has a place but no geometry here",
            description_zh="无几何的原因",
        ),
        Attr(
            "source_public",
            description="Who says so: publisher, title, date",
            description_zh="公开来源",
            required=True,
        ),
        Attr(
            "confidence",
            description="How sure the status is",
            description_zh="可信度",
            required=True,
            allowed=CONFIDENCES,
        ),
        Attr("note", description="What to know about the item", description_zh="备注"),
        Attr(
            "detail",
            description="Figures that public maps leave out",
            description_zh="详情(仅内部)",
            audience="internal",
        ),
    ),
    PLAN,
    note="every quote is verbatim; statuses rest on the evidence named, 'unknown' means none was found",
)
LINKS = Layer(
    "item_links",
    "What each item of the plan is tied to",
    "规划条目与要素的对应",
    "none",
    "plan/item_links.csv",
    (
        Attr(
            "item_id",
            description="(no key) Item of the register",
            description_zh="条目编号",
            required=True,
            references="items.item_id",
        ),
        Attr(
            "feature_id",
            description="Project or feature of a layer",
            description_zh="项目或要素编号",
            required=True,
            references=(
                "projects.project_id|plan_zones.zone_id|clusters.cluster_id|ecology.site_id|energy.facility_id|"
                "corridors.corridor_id|smart_sections.section_id|airports.airport_id|water_nodes.node_id|"
                "waterways.waterway_id|rail_lines.line_id|rail_stations.station_id|road_routes.route_id|"
                "cities.city_id|districts.district_id"
            ),
        ),
        Attr(
            "relation",
            description="How they belong together",
            description_zh="关系",
            required=True,
            allowed=RELATIONS,
        ),
    ),
    "derived from the register and the layers",
)
CATALOG = [SECTIONS, ITEMS, LINKS]

# A quote that stands outside the section that the item belongs to.
QUOTED_ELSEWHERE = {
    "demo-zone": "the quote gives the full name and stands in 一（一）; the section of the zone is 三（一）"
}


def plan_text(facts: Facts) -> str:
    """Text of the plan, which stands beside the facts."""
    return (facts.folder.parent / "plan" / "shanghai-implementation-plan.txt").read_text(encoding="utf-8")


def build(facts: Facts, out: Path) -> None:
    """Write the register; needs the cities, districts and projects.

    Raises
    ------
    ValueError
        If quotes are not words of the plan, all at once.
    """
    text = plan_text(facts)
    raw = facts.table("plan_items")
    lost = [r["item_id"] for r in raw if r["quote"] not in text]
    if lost:
        raise ValueError(f"quotes that are no words of the plan: {', '.join(lost)}")
    sections = [
        {"section": h.section, "parent": h.parent, "level": h.level, "title_zh": h.title_zh}
        for h in headings(text)
    ]
    order = {row["section"]: i for i, row in enumerate(sections)}
    raw.sort(key=lambda r: (order[r["section"]], text.index(r["quote"]), -len(r["quote"])))
    places = _Places(out)
    projects = read_csv(out / "projects" / "projects.csv")
    items = [_item(i, row, places, projects) for i, row in enumerate(raw, start=1)]
    for i, row in enumerate(sections, start=1):
        counted = sum(lies_in(item["section"], row["section"]) for item in items)
        row |= {"seq": i, "items": counted, "source_public": PLAN}
    write_table(out, SECTIONS, sections, sort=False)
    write_table(out, ITEMS, items, sort=False)
    write_table(out, LINKS, _links(items, out), sort=False)


class _Places:
    """Ids of cities and districts by their Chinese names."""

    def __init__(self, out: Path) -> None:
        from .geo import read_geojson

        self.cities = {p["name_zh"]: p["city_id"] for p in read_geojson(out / "zones" / "cities.geojson")[0]}
        self.districts = read_geojson(out / "zones" / "districts.geojson")[0]

    def city_ids(self, cities_zh: str) -> list[str]:
        return [self.cities[name] for name in cities_zh.split(";") if name in self.cities]

    def district_ids(self, districts_zh: str, cities_zh: str) -> list[str]:
        """Districts of those names; where two cities have one (普陀区), the one in a city that is named."""
        cities = self.city_ids(cities_zh)
        found = []
        for name in filter(None, districts_zh.split(";")):
            alike = [d for d in self.districts if d["name_zh"] == name]
            found += [d["district_id"] for d in alike if len(alike) == 1 or d["city_id"] in cities]
        return found


def _item(seq: int, row: Row, places: _Places, projects: list[Row]) -> Row:
    item_id = row["item_id"]
    internal = row["theme"] == "energy"
    note = join_notes(QUOTED_ELSEWHERE.get(item_id, ""), _note(row["note"]))
    known = row["actual_status"] != "unknown" or row["actual_value"]
    evidence = _evidence(row["source"], item_id, projects) if known else ""
    normalised, reason = _normalised(row)
    return {
        "item_id": make_id("item", item_id),
        "seq": seq,
        "name": row["name_en"],
        "name_zh": row["name_zh"],
        "section": row["section"],
        "quote": row["quote"],
        "quote_sha256": quote_hash(row["quote"]),
        "theme": row["theme"],
        "kind": row["kind"],
        "ask": ask(row["status_in_plan"]),
        "ask_zh": row["status_in_plan"],
        "normalised_name_zh": normalised,
        "normalised_reason": reason,
        "target_value": row["target_value"],
        "target_unit": row["target_unit"],
        "target_year": row["target_year"],
        "responsible": RESPONSIBLE.get(item_id, NOT_STATED),
        "due": "2019-12-31" if item_id == "toll-station-removal" else row["target_year"] or NOT_STATED,
        "actual_status": row["actual_status"],
        "actual_date": row["actual_date"],
        "actual_value": row["actual_value"],
        "actual_unit": row["actual_unit"],
        "actual_year": row["actual_year"],
        "actual_evidence": evidence,
        "city_ids": places.city_ids(row["city_zh"]),
        "district_ids": places.district_ids(row["district_zh"], row["city_zh"]),
        "geometry_kind": row["geometry_kind"],
        **_position(row, internal),
        "no_geometry_reason": NO_GEOMETRY.get(item_id, ""),
        "source_public": PLAN,
        "confidence": row["confidence"],
        "note": "" if internal else note,
        "detail": note if internal else "",
    }


def _position(row: Row, internal: bool) -> Row:
    """Point of an item; exact points of energy facilities stay internal."""
    if internal or not row["lon"]:
        return {}
    return point(row["lon"], row["lat"], coord_origin(row["source"]))


def _note(raw: str) -> str:
    text = raw.replace("encyclopedia copies", "encyclopedias")
    return clean_note(re.sub(r"searched( again)? November 2026", "looked for in November 2026", text))


def _evidence(raw: str, item_id: str, projects: list[Row]) -> str:
    """Public evidence for a status besides the plan; that of the projects where there is none."""
    said = public_source(raw).split("; ")
    found = [s.replace(" for status/position", "").replace(" for position", "") for s in said if s != PLAN]
    if found and found != [UNVERIFIED]:
        return join_notes(*found)
    borrowed = [p["source_public"] for p in projects if f"item:{item_id}" in p["plan_item_ids"].split(";")]
    borrowed = [s.removeprefix(f"{PLAN}; ") for s in borrowed if s != PLAN]
    return join_notes(*borrowed) or UNVERIFIED


def _normalised(row: Row) -> tuple[str, str]:
    reason = next((word for word, ids in REASONS.items() if row["item_id"] in ids.split()), "")
    name = row["normalised_name_zh"]
    if not name or (name == row["quote"] and not reason):
        return "", ""
    return name, reason or "fuller_name"


def _links(items: list[Row], out: Path) -> list[Row]:
    rows = []
    realised: dict[str, list[str]] = {}
    for project in read_csv(out / "projects" / "projects.csv"):
        for item in filter(None, project["plan_item_ids"].split(";")):
            realised.setdefault(item, []).append(project["project_id"])
    for item in items:
        pairs = [(project, "realised_by") for project in realised.get(item["item_id"], [])]
        for tie in filter(None, FEATURES.get(item["item_id"].removeprefix("item:"), "").split(";")):
            feature, relation = tie.split("=")
            pairs.append((feature, relation))
        rows += [{"item_id": item["item_id"], "feature_id": f, "relation": r} for f, r in pairs]
    return rows
