"""OpenStreetMap extracts as networks: drive, rail or waterway, simplified, with their geometry kept.

Speeds are the tagged limits, or those that the layer ``parameters`` assumes for the class, times the
factors that the strategic roads use too. Turn restrictions and traffic signals are not modelled.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from yrdgis.io.archives import LIMITS, Limits
from yrdgis.network.assumptions import Assumptions
from yrdgis.network.collapse import Chains, collapse, turn_backs
from yrdgis.network.drive import car_cost
from yrdgis.network.model import Network
from yrdgis.network.osm_read import OsmData, read_ways
from yrdgis.network.osm_tags import Way, direction, ferry_minutes, names, opening, speed_kph

if TYPE_CHECKING:
    import geopandas as gpd

    from yrdgis.io import Layers

__all__ = ["ROAD_CLASS", "Imported", "Speeds", "import_osm", "network_of", "speeds_of"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ROAD_CLASS = {
    "motorway": "expressway",
    "motorway_link": "expressway",
    "trunk": "national_trunk",
    "trunk_link": "national_trunk",
    "primary": "provincial_trunk",
    "primary_link": "provincial_trunk",
    "ferry": "ferry",
}
"""Class of the strategic network whose factors a class of OpenStreetMap takes; county_road for any other."""

_TEXTS = ("kind", "osm_class", "name", "name_zh", "ref", "status", "opened", "lanes", "cemt")
_RARE = ("opened", "lanes", "cemt", "name", "name_zh", "ref")  # left out where no way has one
_FLAGS = ("dated", "bridge", "tunnel", "toll")
_LIMIT_WORDS = ("walk", "none", "urban", "rural", "trunk", "motorway", "living_street")
_MODE = {"drive": "drive", "rail": "rail", "waterway": "freight"}


@dataclass(frozen=True, repr=False)
class Imported:
    """A network from a file, its geometry, and what happened on the way.

    Attributes
    ----------
    network : Network
    report : list of str
        One sentence for each thing that was left out or assumed.
    counts : dict of str to int
        Ways, nodes and directed edges before simplification (``raw_nodes``, ``raw_links``).
    changes : pandas.DataFrame or None
        For lines: everything that was changed or noticed, with the row of the input and the place.
    """

    network: Network
    report: list[str]
    counts: dict[str, int]
    _xy: Floats
    _offsets: Ints
    _link_ids: NDArray[Any]
    changes: pd.DataFrame | None = None

    def __repr__(self) -> str:
        told = repr(self.network).removeprefix("<Network").removesuffix(">")
        return f"<Imported{told}; {len(self.report)} lines of report>"

    def _repr_html_(self) -> str:
        """Counts and the report, for a notebook; every text is escaped."""
        from yrdgis.io.cards import card

        network = self.network
        facts = [
            ("节点", "nodes", len(network.nodes)),
            ("连线", "links", len(network.links)),
            ("公里（单向计）", "km, each way", float(network.links["length_km"].sum())),
        ]
        title = (f"导入的网络 {network.label}", f"Imported network {network.label}")
        return card(title, facts, text=[("", "\n".join(self.report))])

    def shapes(self) -> gpd.GeoDataFrame:
        """Links with their geometry (EPSG:4326), made when asked for; one row for each directed link."""
        import geopandas as gpd
        import shapely

        which = np.repeat(np.arange(len(self._offsets) - 1), np.diff(self._offsets))
        lines = shapely.linestrings(self._xy, indices=which) if len(which) else np.empty(0, object)
        geometry = pd.Series(lines, index=self._link_ids).reindex(self.network.links.index)
        return gpd.GeoDataFrame(self.network.links, geometry=gpd.GeoSeries(geometry, crs="EPSG:4326"))


@dataclass(frozen=True)
class Speeds:
    """Kilometres per hour by class, words of limits, and factors by class."""

    assume: Assumptions
    table: Mapping[str, float] | None
    factors: bool

    def listed(self, klass: str, kind: str) -> float:
        """Speed of a class without a tagged limit."""
        if self.table is not None:
            return float(self.table.get(klass, self.table.get("other", 30.0)))
        try:
            return self.assume.speed(f"osm.speed_kph.{klass}")
        except LookupError:
            return self.assume.speed("osm.speed_kph." + ("rail" if kind == "track" else "other"))

    def words(self) -> dict[str, float]:
        """What words mean in place of a limit."""
        return {w: self.assume.speed(f"osm.limit_kph.{w}") for w in _LIMIT_WORDS}

    def factor(self, klass: str, kind: str) -> float:
        """Free-flow speed over the listed one."""
        if not self.factors or kind not in ("road", "ferry"):
            return 1.0
        return self.assume.speed(f"road.free_speed_factor.{ROAD_CLASS.get(klass, 'county_road')}")


def speeds_of(assume: Assumptions, table: Mapping[str, float] | None) -> Speeds:
    """Speeds from a table without factors, or from the parameters with them."""
    return Speeds(assume, table, table is None)


def import_osm(
    path: str | Path,
    *,
    layers: Layers,
    mode: str = "drive",
    access: str = "public",
    simplify: bool = True,
    keep_ends: bool = False,
    largest: bool = False,
    as_of: dt.date | None = None,
    speeds: Mapping[str, float] | None = None,
    limits: Limits = LIMITS,
) -> Imported:
    """A network from an OpenStreetMap file.

    Parameters
    ----------
    path : str or Path
        ``.osm``, ``.osm.gz``, ``.osm.bz2`` or ``.osm.pbf``.
    layers : Layers
        Their parameters give speeds, factors and costs.
    mode : {"drive", "rail", "waterway"}
    access : {"public", "any"}
        Whether ways closed to the public are left out.
    simplify : bool
        Whether nodes that only give shape are removed; the geometry is kept either way.
    keep_ends : bool
        Keep the nodes, too, where the class of a way changes and where the carriageways of a road are joined
        at its end: `find_dead_ends` needs them.
    largest : bool
        Keep only the largest connected part.
    as_of : datetime.date, optional
        Day whose network is wanted: ways that open later or have closed are left out, ways under
        construction are in if their tagged opening has come. Without it, what is built counts.
    speeds : mapping, optional
        Kilometres per hour by class, instead of the parameters; factors are then not applied.
    limits : Limits
        What the file may cost.

    Returns
    -------
    Imported

    Raises
    ------
    InputError
        If the file can't be read or holds nothing of this mode.
    """
    data = read_ways(
        path, mode, access=access, wanted=lambda tags, way: _stands(tags, way, as_of), limits=limits
    )
    return network_of(
        data,
        layers=layers,
        mode=mode,
        simplify=simplify,
        keep_ends=keep_ends,
        largest=largest,
        as_of=as_of,
        speeds=speeds,
        label=Path(path).name,
    )


def _stands(tags: Mapping[str, str], way: Way, as_of: dt.date | None) -> bool:
    """Whether a way is there on a day."""
    if as_of is None:
        return way.status == "operating"
    opened, closed = opening(tags)
    day = as_of.isoformat()
    if closed and closed <= day:
        return False
    if way.status != "operating":
        return bool(opened) and opened <= day[: len(opened)]
    return not opened or opened <= day[: len(opened)]


def network_of(
    data: OsmData,
    *,
    layers: Layers,
    mode: str = "drive",
    simplify: bool = True,
    keep_ends: bool = False,
    largest: bool = False,
    as_of: dt.date | None = None,
    speeds: Mapping[str, float] | None = None,
    label: str = "",
) -> Imported:
    """A network from ways that were read; parameters as in `import_osm`."""
    use = speeds_of(Assumptions(layers), speeds)
    per_way = _per_way(data, use)
    tail, head, owner, step_m = _edges(data, per_way["direction"])
    report = list(data.notes)
    counts = {"ways": len(data), "raw_nodes": len(data.node_ids), "raw_links": len(tail)}
    if largest and len(tail):
        kept = _largest(len(data.node_ids), tail, head)
        inside = kept[tail]
        if not inside.all():
            report.append(f"{len(kept) - kept.sum():,} nodes outside the largest connected part left out")
        tail, head, owner, step_m = tail[inside], head[inside], owner[inside], step_m[inside]
    keep = _kind_changes(len(data.node_ids), tail, head, per_way["kind_code"][owner])
    if not simplify:
        keep[:] = True
    if keep_ends:
        keep |= _road_ends(data, tail, head, owner, per_way, keep)
    chains = collapse(len(data.node_ids), tail, head, keep=keep)
    if len(chains.rings):
        report.append(f"{len(chains.rings):,} edges on closed rings that nothing else touches left out")
    totals = _totals(chains, owner, step_m, per_way["speed"])
    points, offsets = _shape_points(chains, head)
    xy = np.column_stack([data.lon[points], data.lat[points]])
    del tail, head, owner, step_m, points
    links, ids = _links(data, chains, totals, per_way, use, mode)
    nodes = _nodes(data, chains)
    share = float(links["assumed"].mean()) if len(links) else 0.0
    report.append(f"{share:.0%} of the links have no usable speed limit: the speed of their class is assumed")
    attrs = {
        "source": "© OpenStreetMap contributors, ODbL",
        "raw_nodes": counts["raw_nodes"],
        "raw_links": counts["raw_links"],
    }
    network = Network(nodes, links, as_of=as_of, label=label, attrs=attrs)
    return Imported(network, report, counts, xy, offsets, ids)


def _per_way(data: OsmData, use: Speeds) -> dict[str, Any]:
    """Arrays of what each way says, worked out once for each record."""
    words = use.words()
    known: dict[tuple[str, str], tuple[float, float]] = {}
    count = len(data.records)
    speed, told, turned = np.empty(count), np.empty(count, bool), np.empty(count, np.int64)
    for i, (way, tags) in enumerate(data.records):
        key = (way.klass, way.kind)
        if key not in known:
            known[key] = (use.listed(*key), use.factor(*key))
        base, factor = known[key]
        limit = speed_kph(tags.get("maxspeed"), words)
        speed[i] = (base if limit is None else limit) * factor
        told[i] = limit is not None
        turned[i] = direction(tags, way)
    kinds = sorted({way.kind for way, _ in data.records})
    kind = np.array([kinds.index(way.kind) for way, _ in data.records], np.int64)
    at = data.record
    return {"speed": speed[at], "told": told[at], "direction": turned[at], "kind_code": kind[at]}


def _edges(data: OsmData, turned: Ints) -> tuple[Ints, Ints, Ints, Floats]:
    """Directed edges between neighbouring nodes of ways: tail, head, way, metres."""
    from pyproj import Geod

    owner = np.repeat(np.arange(len(data)), np.diff(data.starts))
    a, b, way = data.refs[:-1], data.refs[1:], owner[1:]
    real = (owner[1:] == owner[:-1]) & (a != b)
    a, b, way = a[real], b[real], way[real]
    metres = np.asarray(Geod(ellps="WGS84").inv(data.lon[a], data.lat[a], data.lon[b], data.lat[b])[2])
    along, against = turned[way] >= 0, turned[way] <= 0
    return (
        np.concatenate([a[along], b[against]]),
        np.concatenate([b[along], a[against]]),
        np.concatenate([way[along], way[against]]),
        np.concatenate([metres[along], metres[against]]),
    )


def _largest(count: int, tail: Ints, head: Ints) -> NDArray[np.bool_]:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(tail), np.int8), (tail, head)), shape=(count, count))
    part = connected_components(graph, directed=True, connection="weak")[1]
    return part == np.bincount(part).argmax()


def _kind_changes(count: int, tail: Ints, head: Ints, kind: Ints) -> NDArray[np.bool_]:
    """Nodes where a road meets a ferry: they stay."""
    least, most = np.full(count, np.iinfo(np.int64).max), np.full(count, -1)
    for ends in (tail, head):
        np.minimum.at(least, ends, kind)
        np.maximum.at(most, ends, kind)
    return (most > least) & (most >= 0) & (least < np.iinfo(np.int64).max)


def _road_ends(
    data: OsmData, tail: Ints, head: Ints, owner: Ints, per_way: dict[str, Any], keep: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Nodes where the class changes, and where one-way carriageways turn back on themselves."""
    count = len(data.node_ids)
    classes = sorted({way.klass for way, _ in data.records})
    code = np.array([classes.index(way.klass) for way, _ in data.records], np.int64)
    found = _kind_changes(count, tail, head, code[data.record][owner])
    chains = collapse(count, tail, head, keep=keep | found)
    points, offsets = _shape_points(chains, head)
    along = per_way["direction"][owner[chains.edges[chains.starts[:-1]]]] != 0
    for first, last in zip(offsets[:-1][along], offsets[1:][along], strict=True):
        line = points[first:last]
        east = 111_320 * np.cos(np.radians(data.lat[line[0]]))
        xy = np.column_stack([data.lon[line] * east, data.lat[line] * 110_570])
        found[line[turn_backs(xy, np.array([0, len(line)]))]] = True
    return found


def _totals(chains: Chains, owner: Ints, metres: Floats, speed: Floats) -> tuple[Floats, Floats, Ints]:
    """Kilometres and minutes of each chain, and the way of its longest piece."""
    first = chains.starts[:-1]
    if not len(first):
        return np.empty(0), np.empty(0), np.empty(0, np.int64)
    edges = chains.edges
    along = metres[edges] / 1000
    which = np.repeat(np.arange(len(first)), np.diff(chains.starts))
    longest = edges[np.lexsort((-along, which))[first]]
    minutes = np.add.reduceat(along / speed[owner[edges]] * 60, first)
    return np.add.reduceat(along, first), minutes, owner[longest]


def _shape_points(chains: Chains, head: Ints) -> tuple[Ints, Ints]:
    """Nodes along each chain, one chain after the other, and where each begins."""
    ends = np.concatenate([[0], np.cumsum(np.diff(chains.starts) + 1)])
    points = np.empty(int(ends[-1]), np.int64)
    points[ends[:-1]] = chains.tail
    rest = np.ones(len(points), bool)
    rest[ends[:-1]] = False
    points[rest] = head[chains.edges]
    return points, ends


def _same(value: str, count: int) -> pd.Series:
    """One text for all rows; object, so that rows share it."""
    return pd.Series([value] * count, dtype=object)


def _links(
    data: OsmData,
    chains: Chains,
    totals: tuple[Floats, Floats, Ints],
    per_way: dict[str, Any],
    use: Speeds,
    mode: str,
) -> tuple[pd.DataFrame, NDArray[Any]]:
    """Links in the order of their ids, which spares a copy; and the ids in the order of the chains."""
    tails, heads = np.split(_ids(data, np.concatenate([chains.tail, chains.head])), 2)
    ids = _link_ids(data.way_ids[totals[2]], chains, tails, heads)
    order = np.argsort(ids, kind="stable")
    km, minutes, main = totals[0][order], totals[1][order], totals[2][order]
    table = _way_columns(data, main)
    ferry = (table["kind"] == "ferry").to_numpy()
    minutes = _ferry_minutes(data, main, ferry, minutes)
    wait = min(use.assume["drive.ferry_headway_min"] / 2, use.assume["drive.ferry_max_wait_min"])
    table["from_node_id"] = pd.Series(tails[order], dtype=object)
    table["to_node_id"] = pd.Series(heads[order], dtype=object)
    table["mode"] = _same(_MODE[mode], len(table))
    table["length_km"], table["in_vehicle_min"] = km, minutes
    table["total_min"] = minutes + np.where(ferry, wait + use.assume["drive.ferry_boarding_min"], 0.0)
    table["legs"] = ferry.astype(np.int64)
    table["assumed"] = ~per_way["told"][main]
    table["confidence"] = _same("medium", len(table))
    if mode == "drive":
        _add_costs(table, data, main, ferry, use)
    return table.set_axis(pd.Index(ids[order], dtype=object, name="link_id")), ids


def _add_costs(table: pd.DataFrame, data: OsmData, main: Ints, ferry: NDArray[np.bool_], use: Speeds) -> None:
    """Class of the strategic network, yuan and kilograms of CO2 per traveller."""
    roads = pd.Series([ROAD_CLASS.get(way.klass, "county_road") for way, _ in data.records], dtype=object)
    fixed, per_km = (car_cost(roads, np.full(len(roads), n), use.assume) for n in (0.0, 1.0))
    at, km = data.record[main], table["length_km"].to_numpy()
    table["road_class"] = pd.Series(roads.to_numpy(object)[at], dtype=object)
    table["cost_cny"] = fixed[at] + (per_km - fixed)[at] * km
    gram = np.where(ferry, use.assume["co2.g_per_km.ferry"], use.assume["co2.g_per_km.car"])
    table["co2_kg"] = km * gram / 1000 / use.assume.speed("cost.car_occupancy")


def _ferry_minutes(data: OsmData, main: Ints, ferry: NDArray[np.bool_], minutes: Floats) -> Floats:
    """Tagged durations count where a ferry is one whole link."""
    minutes = minutes.copy()
    for i in np.flatnonzero(ferry):
        told = ferry_minutes(data.records[data.record[main[i]]][1])
        if told:
            minutes[i] = told
    return minutes


def _way_columns(data: OsmData, main: Ints) -> pd.DataFrame:
    """Columns that come from the tags of the longest piece; texts are written once for each record."""
    told: dict[str, list[Any]] = {name: [] for name in _TEXTS + _FLAGS}
    for way, tags in data.records:
        latin, zh = names(tags)
        opened, _ = opening(tags)
        texts = [way.kind, way.klass, latin, zh, tags.get("ref", ""), way.status, opened]
        texts += [tags.get("lanes", ""), tags.get("CEMT", "")]
        flags = [bool(opened), _flag(tags, "bridge"), _flag(tags, "tunnel"), tags.get("toll") == "yes"]
        for name, value in zip(told, [*texts, *flags], strict=True):
            told[name].append(value)
    at = data.record[main]
    texts = [n for n in _TEXTS if n not in _RARE or any(told[n])]
    columns = {n: pd.Series(np.array(told[n], dtype=object)[at], dtype=object) for n in texts}
    return pd.DataFrame(columns | {n: np.array(told[n], dtype=bool)[at] for n in _FLAGS})


def _flag(tags: Mapping[str, str], key: str) -> bool:
    return tags.get(key, "no") not in ("no", "")


def _ids(data: OsmData, nodes: Ints) -> NDArray[Any]:
    used, back = np.unique(nodes, return_inverse=True)
    return np.array([f"osm:{i}" for i in data.node_ids[used].tolist()], dtype=object)[np.ravel(back)]


def _link_ids(ways: Ints, chains: Chains, tails: NDArray[Any], heads: NDArray[Any]) -> NDArray[Any]:
    """Ids of way and ends; the second and further links between the same ends get a number."""
    ends = zip(ways.tolist(), tails, heads, strict=True)
    plain = np.array([f"osmlink:{way}/{a[4:]}--{b[4:]}" for way, a, b in ends], dtype=object)
    order = np.lexsort((chains.head, chains.tail, ways))
    rows = np.column_stack([ways, chains.tail, chains.head])[order]
    again = 0
    for place in np.flatnonzero((rows[1:] == rows[:-1]).all(axis=1)) + 1:
        fresh = not (rows[place - 1] == rows[place - 2]).all() if place > 1 else True
        again = 2 if fresh else again + 1
        plain[order[place]] = f"{plain[order[place]]}/{again}"
    return plain


def _nodes(data: OsmData, chains: Chains) -> pd.DataFrame:
    used = np.unique(np.concatenate([chains.tail, chains.head]))
    blank = {"name": "", "name_zh": "", "kind": "junction"}
    texts = {n: np.array([v] * len(used), dtype=object) for n, v in blank.items()}
    for place in np.flatnonzero(np.isin(used, np.fromiter(data.node_tags, np.int64, len(data.node_tags)))):
        tags = data.node_tags[int(used[place])]
        texts["name"][place], texts["name_zh"][place] = names(tags)
        texts["kind"][place] = _node_kind(tags)
    columns: dict[str, Any] = {n: pd.Series(v, dtype=object) for n, v in texts.items()}
    columns |= {"lon": data.lon[used], "lat": data.lat[used]}
    columns["confidence"] = pd.Series(["high"] * len(used), dtype=object)
    return pd.DataFrame(columns).set_axis(pd.Index(_ids(data, used), dtype=object, name="node_id"))


def _node_kind(tags: Mapping[str, str]) -> str:
    return next((tags[k] for k in ("railway", "highway", "barrier", "waterway") if tags.get(k)), "junction")
