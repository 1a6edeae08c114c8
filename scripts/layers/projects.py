"""Projects as effects: what each one opens or changes on the links of the networks."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .common import (
    COMMON,
    DATED,
    NAMES,
    Attr,
    Facts,
    Layer,
    Row,
    clean_note,
    dates,
    join_notes,
    merge_source,
    number,
)
from .project_list import NOT_MEASURED_ZH, PROJECTS, Project
from .writers import write_table

MODES = "rail|road|water|port|air"
EFFECTS = "adds_link|speed|delay|vessel_class|service|capacity"
KINDS = (
    "new_line|new_road|crossing|dead_end|widening|barrier_removal|freight_branch|metro|hub|programme|"
    "waterway_upgrade|new_waterway|terminal|airport"
)
BARRIER_DELAY = "drive.barrier_delay_min"

LAYER = Layer(
    "projects",
    "Projects: what the plan names and the main ones that it does not",
    "项目(规划所列与规划外主要项目)",
    "none",
    "projects/projects.csv",
    (
        Attr("project_id", description="Id of the project", description_zh="项目编号", required=True),
        *NAMES,
        Attr(
            "mode",
            description="Network that it belongs to",
            description_zh="方式",
            required=True,
            allowed=MODES,
        ),
        Attr("in_plan", "bool", "Whether the plan names it", "规划是否列名", required=True),
        Attr("section", description="Section of the plan", description_zh="规划章节"),
        Attr("quote", description="Words of the plan, as printed", description_zh="规划原文"),
        Attr(
            "plan_item_ids",
            "list",
            "Items of the register that it realises",
            "对应规划条目",
            references="items.item_id",
        ),
        Attr("kind", description="Kind of project", description_zh="类型", required=True, allowed=KINDS),
        Attr(
            "effect_kind",
            description="What it does to links",
            description_zh="作用方式",
            required=True,
            allowed=EFFECTS,
        ),
        *DATED,
        Attr(
            "construction_start", description="Start of works: year, month or day", description_zh="开工时间"
        ),
        Attr("length_km", "float", "Published length", "公布长度", "km", False, "", "0..2000"),
        Attr(
            "requires", "list", "Projects that must stand first", "前置项目", references="projects.project_id"
        ),
        Attr(
            "conflicts",
            "list",
            "Projects that can't stand beside it",
            "互斥项目",
            references="projects.project_id",
        ),
        Attr(
            "not_measured",
            description="Why the networks show no effect, or not all of it",
            description_zh="未计量的原因",
        ),
        Attr("not_measured_zh", description="The same in Chinese", description_zh="未计量的原因(中文)"),
        *COMMON,
    ),
    "the plan's text; news and notices named in each row",
)
LINKS = Layer(
    "project_links",
    "Links that projects open or change",
    "项目与路段",
    "none",
    "projects/project_links.csv",
    (
        Attr(
            "project_id",
            description="(no key) Project",
            description_zh="项目编号",
            required=True,
            references="projects.project_id",
        ),
        Attr(
            "link_id",
            description="Link of a network",
            description_zh="路段编号",
            required=True,
            references="rail_links.link_id|metro_links.link_id|road_links.link_id|water_links.link_id",
        ),
        Attr(
            "effect_kind",
            description="What it does to the link",
            description_zh="作用方式",
            required=True,
            allowed=EFFECTS,
        ),
        Attr(
            "attribute",
            description="Attribute that changes; for a delay the parameter that gives the minutes removed",
            description_zh="变化的属性",
            allowed=f"lanes|vessel_class|free_speed_kph|{BARRIER_DELAY}",
        ),
        Attr(
            "value",
            description="Value after; for a delay the minutes removed (half of the parameter on either side)",
            description_zh="之后",
        ),
        Attr("value_before", description="Value before; blank where it is not known", description_zh="之前"),
    ),
    "derived from the projects and the layers of links",
)
CATALOG = [LAYER, LINKS]

_NETWORKS = {
    "rail": ("rail_links", "line_id", "line"),
    "metro": ("metro_links", "line_id", "metroline"),
    "road": ("road_links", "route_id", "road"),
    "water": ("water_links", "waterway_id", "waterway"),
}


@dataclass(frozen=True)
class LinkBook:
    """The links of the layers, looked up by line or route."""

    by_line: dict[str, list[Row]]

    @classmethod
    def load(cls, out: Path) -> LinkBook:
        """Read the link layers that stand under ``out``."""
        found: dict[str, list[Row]] = {}
        for name, column, _ in _NETWORKS.values():
            for row in read_csv(out / "links" / f"{name}.csv"):
                found.setdefault(row[column], []).append(row)
        return cls(found)

    def select(self, mode: str, spec: str) -> list[str]:
        """Ids of the links that a selector names: ``line``, ``line:a>b`` or ``line:@date``.

        Raises
        ------
        ValueError
            If the selector names no link.
        """
        line, _, part = spec.partition(":")
        kind = "metroline" if f"metroline:{line}" in self.by_line and mode == "rail" else _NETWORKS[mode][2]
        rows = self.by_line.get(f"{kind}:{line}", [])
        if part.startswith("@"):
            rows = [r for r in rows if r["opened_expected"].startswith(part[1:])]
        elif part:
            rows = _between(rows, *part.split(">"))
        if not rows:
            raise ValueError(f"No links for {spec!r} ({kind}:{line})")
        return [r["link_id"] for r in rows]


def _between(rows: list[Row], start: str, end: str) -> list[Row]:
    """Links from one node to another, following the order of the line and then its nodes."""
    steps: dict[str, list[tuple[str, Row]]] = {}
    for row in rows:
        a, b = (row[c].split(":", 1)[1] for c in ("from_node_id", "to_node_id"))
        steps.setdefault(a, []).append((b, row))
        steps.setdefault(b, []).append((a, row))
    paths: list[tuple[str, list[Row]]] = [(start, [])]
    seen = {start}
    for node, path in paths:
        if node == end:
            return path
        for after, row in steps.get(node, []):
            if after not in seen:
                seen.add(after)
                paths.append((after, [*path, row]))
    return []


def read_csv(path: Path) -> list[Row]:
    """Rows of a layer already written; none where the file does not stand."""
    if not path.is_file():
        return []
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def build(facts: Facts, out: Path) -> None:
    """Write the projects and their links; needs the layers of links, the parameters and the toll barriers."""
    book = LinkBook.load(out)
    base = _Facts(
        facts,
        {r["route_id"]: r for r in read_csv(out / "links" / "road_routes.csv")},
        read_csv(out / "links" / "metro_lines.csv"),
    )
    rows, links, faults = [], [], []
    for project in PROJECTS:
        rows.append(base.row(project))
        try:
            links += _links(project, book, facts, out)
        except ValueError as error:
            faults.append(f"{project.slug}: {error}")
    if faults:
        raise ValueError("projects without their links\n  " + "\n  ".join(faults))
    write_table(out, LAYER, rows)
    write_table(out, LINKS, sorted(links, key=lambda r: (r["project_id"], r["link_id"])), sort=False)


def _links(project: Project, book: LinkBook, facts: Facts, out: Path) -> list[Row]:
    attribute, after, before = project.change
    if project.effect == "delay":
        attribute, after, before = BARRIER_DELAY, number(_parameter(out, BARRIER_DELAY) / 2), ""
        chosen: Iterable[str] = _barrier_links(book, facts)
    else:
        mode = "water" if project.mode == "port" else project.mode
        chosen = [link for spec in project.links for link in book.select(mode, spec)]
    return [
        {
            "project_id": f"project:{project.slug}",
            "link_id": link,
            "effect_kind": project.effect,
            "attribute": attribute,
            "value": after,
            "value_before": before,
        }
        for link in dict.fromkeys(chosen)
    ]


def _parameter(out: Path, parameter_id: str) -> float:
    rows = read_csv(out / "parameters" / "parameters.csv")
    return float(next(r["value"] for r in rows if r["parameter_id"] == parameter_id))


def _barrier_links(book: LinkBook, facts: Facts) -> list[str]:
    """Expressway links that begin or end at the border node of a provincial barrier.

    A trip across the border uses one of them on either side of the node, so each carries half of the delay.
    """
    chosen = []
    for barrier in facts.table("toll_barriers"):
        node = f"roadnode:{barrier['road_node_id']}"
        touching = [
            row["link_id"]
            for rows in book.by_line.values()
            for row in rows
            if row.get("facility_type") in ("expressway", "crossing")
            and node in (row["from_node_id"], row["to_node_id"])
        ]
        if not touching:
            raise ValueError(f"no expressway link at {node}")
        chosen += touching
    return chosen


@dataclass(frozen=True)
class _Facts:
    """The facts that projects take their defaults from."""

    facts: Facts
    routes: dict[str, Row]
    metro: list[Row]

    def row(self, project: Project) -> Row:
        base = self._base(project)
        over = dict(project.over)
        items = [self._item(i) for i in project.items]
        opened = over.pop("opened", base.get("opened", ""))
        expected = "" if opened else over.pop("expected", base.get("expected", ""))
        over.pop("expected", "")
        in_plan = over.pop("in_plan", str(bool(items))) == "True"
        status = over.pop("status", base["status"])
        source = over.pop("source", "")
        return {
            "project_id": f"project:{project.slug}",
            "name": over.pop("name", base["name"]),
            "name_zh": over.pop("name_zh", base["name_zh"]),
            "mode": project.mode,
            "in_plan": in_plan,
            "section": items[0]["section"] if in_plan else "",
            "quote": items[0]["quote"] if in_plan else "",
            "plan_item_ids": [f"item:{i}" for i in project.items] if in_plan else [],
            "kind": project.kind,
            "effect_kind": project.effect,
            "status": {"upgrading": "under_construction", "done": "operating"}.get(status, status),
            **dates(opened, expected),
            "construction_start": over.pop("construction_start", base.get("construction_start", "")),
            "length_km": number(over.pop("length_km", base.get("length_km", ""))),
            "requires": [f"project:{p}" for p in project.requires],
            "conflicts": [f"project:{p}" for p in project.conflicts],
            "not_measured": project.not_measured,
            "not_measured_zh": NOT_MEASURED_ZH.get(project.not_measured, ""),
            "source_public": source or base.get("source_public") or merge_source(base["source"]),
            "confidence": over.pop("confidence", base["confidence"]),
            "note": join_notes(over.pop("note", ""), base.get("note", "")),
        }

    def _item(self, item_id: str) -> Row:
        return next(r for r in self.facts.table("plan_items") if r["item_id"] == item_id)

    def _base(self, project: Project) -> dict[str, Any]:
        kind, _, key = project.fact.partition(":")
        return getattr(self, f"_from_{kind}")(key, project)

    def _from_rail(self, key: str, project: Project) -> Row:
        row = next(r for r in self.facts.table("rail_lines") if r["line_id"] == key)
        row |= {"name": row["name_en"], "expected": row["expected_open"], "note": ""}
        return row

    def _from_road(self, key: str, project: Project) -> Row:
        row = next(r for r in self.facts.table("road_routes") if r["route_id"] == key)
        row |= {"name": row["name_en"], "expected": row["expected_open"], "note": ""}
        return row | {"length_km": "" if project.over.get("name_zh") else row["length_km_in_area"]}

    def _from_dead(self, key: str, project: Project) -> Row:
        row = next(r for r in self.facts.table("dead_end_roads") if r["project_id"] == key)
        route = self.routes.get(f"road:{project.links[0]}", {})
        return row | {"name": route.get("name", row["name_zh"]), "note": clean_note(row["note"])}

    def _from_item(self, key: str, project: Project) -> Row:
        row = self._item(key)
        opened = row["actual_date"] if row["actual_status"] in ("operating", "done") else ""
        started = row["actual_date"] if row["actual_status"] == "under_construction" else ""
        name = row["normalised_name_zh"] or row["name_zh"]
        return row | {
            "name": row["name_en"],
            "name_zh": name,
            "opened": opened,
            "status": row["actual_status"],
            "construction_start": started,
            "note": clean_note(row["note"]),
        }

    def _from_air(self, key: str, project: Project) -> Row:
        row = next(r for r in self.facts.table("airports") if r["airport_id"] == key)
        return row | {"name": row["name_en"], "note": clean_note(row["role"])}

    def _from_way(self, key: str, project: Project) -> Row:
        row = next(r for r in self.facts.table("waterways") if r["waterway_id"] == key)
        return row | {"name": row["name_en"], "expected": "", "note": ""}

    def _from_metro(self, key: str, project: Project) -> Row:
        row = next((r for r in self.metro if r["line_id"] == f"metroline:{key}"), None)
        if row is None:
            raise ValueError(f"no metro line {key}: build the metro layers first")
        return row | {"opened": row["opened_expected"], "note": ""}
