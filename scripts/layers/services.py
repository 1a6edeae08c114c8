"""Builder of the train services: from the table of routes to services and their stops, one row for each.

Every route gives several services, one for each class of train and stopping pattern. The patterns follow from the
marks of the stations (see ``service_patterns``), the same way on every line, so no pair of stations is served by hand:

- ``express``: hubs alone;
- ``mains``: hubs and main stations;
- ``one``: mains and one second station;
- ``part``: mains and about half of the second stations. Six such halves join every two of them;
- ``skip``: without the mains that some trains skip, every other second station;
- ``small``: mains, every other second station, and every third or fourth small station;
- ``all``: every station.

A pattern that is the fastest between no two of its stops is left out.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from .common import COMMON, DATED, NAMES, Attr, Facts, Layer, Row, worst
from .service_patterns import ROUTES, STRETCHES, Route
from .writers import write_table

__all__ = ["CATALOG", "build"]

PATTERN = {"express": "express", "mains": "semi_fast", "all": "all_stop"}
PATTERN_ZH = {"express": "直达", "semi_fast": "大站快车", "all_stop": "站站停", "turn_up": "公交化"}
RANK = "*!~+-("
SMALL_EACH = 3
FAMILIES = {
    "busy": ("express", "mains", "one", "part", "skip", "skip-one", "small", "all"),
    "busy-through": ("express", "mains", "part", "skip", "all"),
    "line": ("mains", "one", "part", "small", "all"),
    "through": ("mains", "part", "all"),
    "express": ("express",),
    "mains": ("mains",),
    "all": ("all",),
}
"""Kinds of patterns by how many trains run: only where they are many do some of them skip main stations."""

SERVICES = Layer(
    "services",
    "Train services",
    "列车开行方案",
    "none",
    "services/services.csv",
    (
        Attr(
            "service_id",
            description="Id of the service; it runs in both directions",
            description_zh="开行方案编号",
            required=True,
        ),
        *NAMES,
        Attr(
            "route",
            description="Route that the service belongs to; services of a route differ in class and stops",
            description_zh="径路",
            required=True,
        ),
        Attr(
            "pattern",
            description="Kind of stopping pattern",
            description_zh="停站方案",
            required=True,
            allowed="express|semi_fast|all_stop|turn_up",
        ),
        Attr(
            "train_class",
            description="G, C and D are multiple units, K stands for trains hauled by locomotives (K, T, Z), S for suburban trains",
            description_zh="列车等级",
            required=True,
            allowed="G|D|C|K|S",
        ),
        Attr(
            "line_ids",
            "list",
            "Lines that the route uses; where two tracks join the same stations, the first line named",
            "经由线路",
            required=True,
            references="rail_lines.line_id",
        ),
        Attr(
            "trains_per_day",
            "float",
            "Trains a day in each direction where known for this very service; blank where only counts over all patterns are known (layer direct_services)",
            "每日列车对数",
            "trains/day",
            allowed="0..400",
        ),
        Attr(
            "headway_min",
            "float",
            "Interval between trains where published",
            "发车间隔",
            "min",
            allowed="1..240",
        ),
        *DATED,
        Attr(
            "assumed",
            "bool",
            "Whether the stops are the model's, not those of a published timetable",
            "是否为假定",
            required=True,
        ),
        *COMMON,
    ),
    "yrdgis, from marks of stations and counts of direct trains of January 2021",
    note="a service runs when all track of its route is open; its own dates are blank unless it began or ends apart from them",
)
STOPS = Layer(
    "service_stops",
    "Stops of train services",
    "列车停站",
    "none",
    "services/service_stops.csv",
    (
        Attr(
            "service_id",
            description="(no key) Service",
            description_zh="开行方案编号",
            required=True,
            references="services.service_id",
        ),
        Attr("seq", "int", "Order along the route", "顺序号", required=True, allowed="1..200"),
        Attr(
            "station_id",
            description="Station or junction on the way",
            description_zh="车站",
            required=True,
            references="rail_stations.station_id",
        ),
        Attr("stops", "bool", "False where trains pass; such a row fixes the way", "是否停站", required=True),
    ),
    "yrdgis, from marks of stations and counts of direct trains of January 2021",
)
CLASSES = Layer(
    "station_classes",
    "Classes of passenger stations",
    "车站等级",
    "none",
    "services/station_classes.csv",
    (
        Attr(
            "station_id",
            description="Station",
            description_zh="车站",
            required=True,
            references="rail_stations.station_id",
        ),
        *NAMES,
        Attr(
            "station_class",
            description="hub: terminal of a metropolis or junction of trunk lines; main: main or second station of a city or county; minor: any other",
            description_zh="车站等级",
            required=True,
            allowed="hub|main|minor",
        ),
        *COMMON,
    ),
    "yrdgis, from marks of stations in the table of routes",
    note="decides the station process, least changing time, and the slower approach to hubs",
)
CATALOG = [SERVICES, STOPS, CLASSES]

SOURCE = "yrdgis, stopping patterns from the rank of stations and the counts of direct trains, 2026-11"
COUNTS = "; counts: China Railway timetables by station, 2021-01 (via thaddywu/RailwayVIS)"
# fmt: off
SMALL_HUBS = frozenset((
    "盐城", "南通", "南通西", "湖州", "舟山", "金山卫", "余姚", "城北路",
    "银都路", "水乡客厅", "八坼", "苏州东", "苏州北", "海盐东", "枫南", "嘉兴南",
    "枫泾", "滴水湖", "浙大国际校区", "临平南", "上海宝山", "虹桥2号航站楼", "浦东1号2号航站楼",
))
# fmt: on
"""Ends of routes that are no hub in the sense of a station's class: main stations of smaller cities and ends of lines."""


@dataclass(frozen=True)
class Stop:
    """A station on the way with its mark, the last sign of ``RANK`` for a junction."""

    name: str
    mark: str


def build(facts: Facts, out: Path) -> None:
    """Write ``services.csv``, ``service_stops.csv`` and ``station_classes.csv`` from the route table and ``out``'s rail."""
    world = Rail(out)
    services: list[Row] = []
    stops: list[Row] = []
    marks: dict[str, str] = {}
    for route in ROUTES:
        way, lines = expand(route)
        world.require(route, way, lines)
        for stop in way:
            marks[stop.name] = min(stop.mark, marks.get(stop.name, "("), key=RANK.index)
        for code, pattern, chosen in patterns(way, route.families):
            for train_class in route.classes.split():
                service = world.service(route, train_class, (code, pattern), way, lines)
                services.append(service)
                stops += world.stops(service["service_id"], way, chosen)
    write_table(out, SERVICES, services)
    write_table(out, STOPS, sorted(stops, key=lambda r: (r["service_id"], r["seq"])), sort=False)
    write_table(out, CLASSES, world.classes(marks))


def expand(route: Route) -> tuple[list[Stop], list[str]]:
    """The whole way of a route and its lines in order; where stretches meet, the stronger mark holds.

    Raises
    ------
    ValueError
        If two stretches don't meet.
    """
    way: list[Stop] = []
    lines: list[str] = []
    for part in re.findall(r"[^\s\[]+(?:\[[^\]]*\])?", route.ways):
        stops, used = stretch(part)
        if way and way[-1].name != stops[0].name:
            raise ValueError(f"route {route.slug}: {part} starts at {stops[0].name}, not at {way[-1].name}")
        if way:
            mark = min(way.pop().mark, stops[0].mark, key=RANK.index)
            stops[0] = Stop(stops[0].name, mark)
        way += stops
        lines += [line for line in used if line not in lines]
    return way, lines


def stretch(part: str) -> tuple[list[Stop], list[str]]:
    """Stops and lines of a stretch as written in a route: ``-name[from:to]``."""
    match = re.fullmatch(r"(-?)([a-z0-9-]+)(?:\[(\S+):(\S+)\])?", part)
    if match is None or match[2] not in STRETCHES:
        raise ValueError(f"no such stretch: {part}")
    table = STRETCHES[match[2]]
    stops = [Stop(w.strip("()"), "(") if w[0] == "(" else Stop(w[:-1], w[-1]) for w in table.stations.split()]
    if match[3]:
        names = [s.name for s in stops]
        a, b = names.index(match[3]), names.index(match[4])
        stops = stops[min(a, b) : max(a, b) + 1]
        stops = stops[::-1] if a > b else stops
    return (stops[::-1] if match[1] else stops), table.lines.split(";")


def patterns(way: Sequence[Stop], families: str) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Code, kind and stops of each pattern of a route that is the fastest between two stations at least."""
    kept: list[tuple[str, str, frozenset[str]]] = []
    for code, kind, chosen in _candidates(way, families):
        stops = frozenset(chosen | {way[0].name, way[-1].name})
        if stops not in [k[2] for k in kept]:
            kept.append((code, kind, stops))
    order = [s.name for s in way]
    for item in sorted(kept, key=lambda k: -len(k[2])):
        others = [k[2] for k in kept if k is not item]
        if len(kept) > 1 and all(_covered(pair, item[2], others, order) for pair in _pairs(item[2], order)):
            kept.remove(item)
    yield from kept


def _candidates(way: Sequence[Stop], families: str) -> Iterator[tuple[str, str, frozenset[str]]]:
    marked = {mark: [s.name for s in way if s.mark == mark] for mark in RANK}
    always = frozenset(marked["*"] + marked["!"])
    mains = always | set(marked["~"])
    second, small = marked["+"], marked["-"]
    halves = list(_halves(second))
    kinds = FAMILIES[families]
    if "express" in kinds:
        yield "express", "express", always
    if "mains" in kinds:
        yield "mains", "semi_fast", mains
    if "one" in kinds:
        yield from ((f"one-{i}", "semi_fast", mains | {name}) for i, name in enumerate(second, 1))
    if "part" in kinds:
        yield from ((f"part-{letter}", "semi_fast", mains | half) for letter, half in halves)
    if "skip" in kinds:
        yield from ((f"skip-{letter}", "semi_fast", always | half) for letter, half in halves[:2])
    if "skip-one" in kinds:
        yield from ((f"skip-one-{i}", "semi_fast", always | {name}) for i, name in enumerate(second, 1))
    if "small" in kinds:
        groups = -(-len(small) // SMALL_EACH)
        for k in range(groups):
            for letter, half in halves[:2] or [("a", frozenset())]:
                yield f"small-{k + 1}{letter}", "semi_fast", mains | half | set(small[k::groups])
    if "all" in kinds:
        yield "all", "all_stop", frozenset(s.name for s in way if s.mark != "(")


def _halves(names: Sequence[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """Six subsets of about half: any two names stand together in at least one of them."""
    rules = (
        lambda i: i % 2 == 0,
        lambda i: i % 2 == 1,
        lambda i: i // 2 % 2 == 0,
        lambda i: i // 2 % 2 == 1,
        lambda i: i % 4 in (0, 3),
        lambda i: i % 4 in (1, 2),
    )
    for letter, rule in zip("abcdef", rules, strict=True):
        half = frozenset(name for i, name in enumerate(names) if rule(i))
        if half:
            yield letter, half


def _pairs(stops: frozenset[str], order: Sequence[str]) -> Iterator[tuple[int, int]]:
    at = [i for i, name in enumerate(order) if name in stops]
    yield from ((a, b) for n, a in enumerate(at) for b in at[n + 1 :])


def _covered(
    pair: tuple[int, int], own: frozenset[str], others: Sequence[frozenset[str]], order: Sequence[str]
) -> bool:
    """Whether another pattern joins the pair with no more stops between."""
    a, b = pair
    between = set(order[a + 1 : b])
    mine = len(between & own)
    return any(order[a] in o and order[b] in o and len(between & o) <= mine for o in others)


def _read(path: Path) -> list[Row]:
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Rail:
    """Stations, lines and links as the rail builder wrote them."""

    def __init__(self, out: Path) -> None:
        self.stations = {row["name_zh"]: row for row in _read(out / "nodes" / "rail_stations.csv")}
        self.lines = {row["line_id"]: row for row in _read(out / "links" / "rail_lines.csv")}
        self.links = {
            (row["line_id"], frozenset((row["from_node_id"], row["to_node_id"]))): row
            for row in _read(out / "links" / "rail_links.csv")
        }

    def require(self, route: Route, way: Sequence[Stop], lines: Sequence[str]) -> None:
        """Refuse a route over a gap, naming every gap.

        Raises
        ------
        ValueError
            If a station or a link is missing.
        """
        faults = [f"no station {s.name}" for s in way if s.name not in self.stations]
        if not faults:
            faults = [
                f"no link {a.name}-{b.name}" for a, b in pairwise(way) if self.link(a, b, lines) is None
            ]
        if faults:
            raise ValueError(f"route {route.slug}: " + ", ".join(faults))

    def link(self, a: Stop, b: Stop, lines: Sequence[str]) -> Row | None:
        """Link between two neighbours on the first of the lines that has one."""
        ends = frozenset(self.stations[s.name]["station_id"] for s in (a, b))
        return next((self.links[f"line:{x}", ends] for x in lines if (f"line:{x}", ends) in self.links), None)

    def service(
        self,
        route: Route,
        train_class: str,
        stopping: tuple[str, str],
        way: Sequence[Stop],
        lines: Sequence[str],
    ) -> Row:
        """Row of a service; ``stopping`` is the code and the kind of its pattern."""
        code, pattern = stopping
        links = [self.link(a, b, lines) for a, b in pairwise(way)]
        used = list(dict.fromkeys(row["line_id"] for row in links if row))
        kind = "turn_up" if train_class == "S" else pattern
        ends = [self.stations[s.name] for s in (way[0], way[-1])]
        title = kind.replace("_", " ")
        ordered = [line for line in (f"line:{x}" for x in lines) if line in used]
        return {
            "service_id": f"service:{route.slug}-{train_class.lower()}-{code}",
            "name": f"{train_class} {ends[0]['name']} - {ends[1]['name']}, {title} ({code})",
            "name_zh": f"{train_class} {ends[0]['name_zh']}—{ends[1]['name_zh']} {PATTERN_ZH[kind]}（{code}）",
            "route": route.slug,
            "pattern": kind,
            "train_class": train_class,
            "line_ids": ordered,
            "trains_per_day": route.trains,
            "headway_min": route.headway_min,
            **self._dates(route, [row for row in links if row]),
            "assumed": True,
            "source_public": SOURCE + (COUNTS if route.evidence else ""),
            "confidence": "medium" if route.evidence else "low",
            "note": "; ".join(part for part in (route.evidence, route.note) if part),
        }

    def _dates(self, route: Route, links: Sequence[Row]) -> Row:
        """Status is the least advanced of the track; dates only where the service has its own."""
        order = ["operating", "under_construction", "planned", "preliminary", "unknown", "closed"]
        status = max((row["status"] for row in links), key=order.index)
        return {
            "status": status,
            "opened_earliest": route.opened,
            "opened_expected": route.opened,
            "opened_latest": route.opened,
            "closed_on": "",
        }

    def stops(self, service_id: str, way: Sequence[Stop], chosen: frozenset[str]) -> list[Row]:
        """Rows of the stops of a service."""
        return [
            {
                "service_id": service_id,
                "seq": i,
                "station_id": self.stations[s.name]["station_id"],
                "stops": s.name in chosen,
            }
            for i, s in enumerate(way, 1)
        ]

    def classes(self, marks: dict[str, str]) -> list[Row]:
        """Rows of the classes of stations: of every station where trains may stop."""
        rows = []
        for name, mark in marks.items():
            if mark == "(":
                continue
            station = self.stations[name]
            hub = mark == "*" and name not in SMALL_HUBS
            rows.append(
                {
                    "station_id": station["station_id"],
                    "name": station["name"],
                    "name_zh": name,
                    "station_class": "hub" if hub else "minor" if mark == "-" else "main",
                    "source_public": SOURCE,
                    "confidence": worst("medium", station["confidence"]),
                    "note": "",
                }
            )
        return rows
