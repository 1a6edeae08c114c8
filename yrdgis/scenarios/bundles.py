"""What each set of projects adds to a network: links in bundles, each with the projects that it requires.

A road needs its own project; a train needs every project on the track of its whole service, so it may need
several at once. With the links of each such requirement in one bundle, the network of any set of projects is
the base and the bundles whose requirement lies inside the set; nothing has to be built again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, product

import numpy as np
import numpy.typing as npt
import pandas as pd

from yrdgis.errors import InputError
from yrdgis.network import Network, rebuild
from yrdgis.network.build import Recipe, in_mode
from yrdgis.network.effects import Effects
from yrdgis.network.impedance import compile_graph, impedance_named, units
from yrdgis.network.services import service_links, service_table

__all__ = ["Bundle", "Bundled", "Requirement", "bundled", "network_of"]

Ints = npt.NDArray[np.int64]
Requirement = frozenset[str]

_SERVED = ("rail", "metro")


@dataclass(frozen=True)
class Bundle:
    """Links that are there, or as fast as this, once all of some projects are in force."""

    requires: Requirement
    tail: Ints
    head: Ints
    weight: Ints

    def __len__(self) -> int:
        return len(self.tail)


@dataclass(frozen=True)
class Bundled:
    """A network in arrays, and the bundles that projects add to it, for one way of getting there.

    Parameters
    ----------
    size : int
        Number of nodes; a place is two, one to leave and one to enter.
    tail, head, weight : array of int64
        Links of the base in whole units.
    bundles : tuple of Bundle
        One for each requirement, large ones first.
    exits, entries : mapping of node id to number
    """

    size: int
    tail: Ints
    head: Ints
    weight: Ints
    bundles: tuple[Bundle, ...]
    exits: Mapping[str, int]
    entries: Mapping[str, int]

    @cached_property
    def projects(self) -> frozenset[str]:
        """Projects that some bundle requires."""
        return frozenset().union(*(bundle.requires for bundle in self.bundles))


def network_of(base: Network, projects: Iterable[str]) -> Network:
    """The base network with some projects, built anew; points and closed links of the base stay.

    Raises
    ------
    InputError
        If the base was not built from layers.
    """
    recipe, chosen = _recipe(base), frozenset(projects)
    return rebuild(
        base,
        with_projects=recipe.with_projects | chosen,
        without_projects=recipe.without_projects - chosen,
    )


def bundled(
    base: Network, projects: Collection[str], *, way: str, impedance: str, places: Collection[str]
) -> Bundled | None:
    """What projects add to a network, in bundles; None where that can't be told in bundles.

    Parameters
    ----------
    base : Network
        Built from layers, without the projects.
    projects : collection of str
        Ids.
    way : {"drive", "public", "rail"}
    impedance : str
        As for `yrdgis.metrics.skim.skim`.
    places : collection of str
        Places that are asked for; links of other places are left out, since no path passes a place.

    Returns
    -------
    Bundled or None
        None where a project makes a link slower or takes it away, so that more projects may mean longer times.
    """
    base = in_mode(base, way)
    key = ("bundled", frozenset(projects), way, impedance, frozenset(places))
    return base.kept(key, lambda: _bundled(base, projects, way, impedance, places))


def _bundled(
    base: Network, projects: Collection[str], way: str, impedance: str, places: Collection[str]
) -> Bundled | None:
    union = network_of(base, projects)
    column = impedance_named(impedance).column
    old, new = (compile_graph(network, mode=way, impedance=impedance) for network in (base, union))
    if len(old.node_ids.difference(new.node_ids)):
        return None
    place_kinds = union.nodes["kind"].reindex(new.node_ids).to_numpy()
    ends = new.entries != np.arange(len(new.node_ids))
    shut = ends & ~new.node_ids.isin(list(places)) & (place_kinds != "station") & (place_kinds != "metro")
    at = new.node_ids.get_indexer(old.node_ids)
    number = np.full(old.size, -1)
    number[: len(at)] = at
    split = old.entries != np.arange(len(at))
    number[old.entries[split]] = new.entries[at[split]]
    tail, head = number[old.tails], number[old.heads]
    weight = units(base.links.iloc[old.rows], column)
    closed = set(new.node_ids[shut])
    keep = ~_touch(base.links.iloc[old.rows], closed)
    parts = _rows_of(base, union, projects, way, column)
    if parts is None:
        return None
    known = dict(
        zip(zip(tail[keep].tolist(), head[keep].tolist(), strict=True), weight[keep].tolist(), strict=True)
    )
    exits, entries = new.positions, dict(zip(new.node_ids, new.entries.tolist(), strict=True))
    bundles: list[Bundle] = []
    for requires, links in sorted(parts.items(), key=lambda part: (len(part[0]), sorted(part[0]))):
        links = links[~_touch(links, closed)]
        arrays = (
            np.array([exits[node] for node in links["from_node_id"]], dtype=np.int64),
            np.array([entries[node] for node in links["to_node_id"]], dtype=np.int64),
            units(links, column),
        )
        bundle = _news(requires, arrays, known, bundles)
        if len(bundle):
            bundles.append(bundle)
    bundles.sort(key=lambda bundle: (-len(bundle), sorted(bundle.requires)))
    return Bundled(new.size, tail[keep], head[keep], weight[keep], tuple(bundles), exits, entries)


def _recipe(network: Network) -> Recipe:
    if network.recipe is None:
        raise InputError("what projects are worth needs a network that was built from layers")
    return network.recipe


def _touch(links: pd.DataFrame, nodes: Collection[str]) -> npt.NDArray[np.bool_]:
    return (links["from_node_id"].isin(nodes) | links["to_node_id"].isin(nodes)).to_numpy()


def _news(
    requires: Requirement,
    arrays: tuple[Ints, Ints, Ints],
    known: Mapping[tuple[int, int], int],
    smaller: Iterable[Bundle],
) -> Bundle:
    """A bundle of the links that are better than those of the base and of bundles that require less."""
    best: dict[tuple[int, int], int] = {}
    for tail, head, weight in zip(*(array.tolist() for array in arrays), strict=True):
        if tail != head and weight < known.get((tail, head), weight + 1):
            best[tail, head] = min(weight, best.get((tail, head), weight))
    for bundle in smaller:
        if bundle.requires < requires:
            for tail, head, weight in zip(
                bundle.tail.tolist(), bundle.head.tolist(), bundle.weight.tolist(), strict=True
            ):
                if weight <= best.get((tail, head), -1):
                    del best[tail, head]
    pairs = np.array(list(best), dtype=np.int64).reshape(-1, 2)
    return Bundle(
        requires, pairs[:, 0].copy(), pairs[:, 1].copy(), np.array(list(best.values()), dtype=np.int64)
    )


def _rows_of(
    base: Network, union: Network, projects: Collection[str], way: str, column: str
) -> dict[Requirement, pd.DataFrame] | None:
    """Rows of links by requirement; None where a link is slower in the union, or gone."""
    before, after = (pd.Series(units(one.links, column), one.links.index) for one in (base, union))
    now = after.reindex(before.index)
    if now.isna().any() or (now > before).any():
        return None
    was = before.reindex(after.index)
    fresh = union.links[was.isna() | (after < was)]
    found: dict[Requirement, list[pd.DataFrame]] = defaultdict(list)
    served: dict[str, set[Requirement]] = defaultdict(set)
    if way == "freight":
        if not _freight(base, fresh, projects, found, column):
            return None
    elif way == "drive":
        _roads(base, base.links["mode"] == way, fresh[fresh["mode"] == way], projects, found)
    else:
        trains = base.kept(("trains", frozenset(projects)), lambda: _trains(base, projects))
        for requires, rides in trains.items():
            found[requires].append(rides)
            for station in rides.loc[rides["mode"].eq("rail"), "from_node_id"].unique():
                served[station].add(requires)
        if way == "public":
            _metro(base, fresh[fresh["mode"] == "metro"], projects, found, served)
            _access(fresh[fresh["mode"] == "access"], served, found)
    return {requires: pd.concat(frames) for requires, frames in found.items()}


def _own(ids: str, projects: Collection[str]) -> Requirement:
    return frozenset(ids.split(";")) & frozenset(projects)


def _by_requirement(
    links: pd.DataFrame, projects: Collection[str]
) -> Iterable[tuple[Requirement, pd.DataFrame]]:
    for ids, rows in links.groupby("project_id", sort=True):
        yield _own(str(ids), projects), rows


def _roads(
    base: Network,
    driven: pd.Series,
    fresh: pd.DataFrame,
    projects: Collection[str],
    found: dict[Requirement, list[pd.DataFrame]],
) -> None:
    """New and faster roads, and the connectors to road nodes that they touch."""
    connectors = fresh["kind"].eq("connector")
    touched: dict[str, set[Requirement]] = defaultdict(set)
    used = set(base.links.loc[driven, ["from_node_id", "to_node_id"]].to_numpy().ravel())
    for requires, rows in _by_requirement(fresh[~connectors], projects):
        # a link that several projects make as it is has another weight with fewer of them
        for count in range(1, len(requires)):
            for some in map(frozenset, combinations(sorted(requires), count)):
                links = network_of(base, some).links
                found[some].append(links[links.index.isin(rows.index)])
        found[requires].append(rows)
        for node in pd.unique(rows[["from_node_id", "to_node_id"]].to_numpy().ravel()):
            if node not in used:
                touched[node].add(requires)
    _at_nodes(fresh[connectors], touched, found)


def _freight(
    base: Network,
    fresh: pd.DataFrame,
    projects: Collection[str],
    found: dict[Requirement, list[pd.DataFrame]],
    column: str,
) -> bool:
    """Links of freight by what brings them; whether that tells all that the projects bring together.

    Roads tell by themselves. Vessels of a class come as far as all the water on their way allows, and quays are
    served where they come, so of the rest nothing but a network with each project alone shows what it opens.
    """
    _roads(base, _driven(base.links), fresh[_driven(fresh)], projects, found)
    told = {link for frames in found.values() for frame in frames for link in frame.index}
    fresh = fresh[~fresh.index.isin(told)]
    owners = {project for ids in fresh["project_id"].unique() for project in _own(str(ids), projects)}
    wanted = pd.Series(units(fresh, column), fresh.index)
    best = pd.Series(np.iinfo(np.int64).max, fresh.index)
    for project in sorted(owners):
        alone = network_of(base, [project]).links
        rows = alone[alone.index.isin(fresh.index)]
        weight = pd.Series(units(rows, column), rows.index)
        found[frozenset((project,))].append(rows)
        best = pd.concat([best, weight.reindex(best.index)], axis=1).min(axis=1)
    return bool((best <= wanted).all())


def _driven(links: pd.DataFrame) -> pd.Series:
    return links["service_id"].eq("truck")


def _trains(base: Network, projects: Collection[str]) -> dict[Requirement, pd.DataFrame]:
    """Trains by what the whole way of a service requires."""
    recipe = _recipe(base)
    layers = recipe.layers
    found: dict[Requirement, pd.DataFrame] = {}
    if layers.get("services") is None:
        return found
    table = service_table(layers)
    effects = Effects(layers, recipe.as_of, recipe.variant, recipe.with_projects, recipe.without_projects)
    there = set(effects.open_links("rail_links")["link_id"])
    owners: dict[str, set[str]] = defaultdict(set)
    rows = layers["project_links"]
    rows = rows[rows["effect_kind"].eq("adds_link") & rows["project_id"].isin(list(projects))]
    for link, project in zip(rows["link_id"], rows["project_id"], strict=True):
        owners[link].add(project)
    tracks: dict[Requirement, set[str]] = defaultdict(set)
    walks = table.links.index[table.links["category"].eq("walk")]
    for track in [*(way.link_ids for way in table.ways), *((link,) for link in walks)]:
        closed = [link for link in track if link not in there]
        if closed and all(link in owners for link in closed):
            for chosen in product(*(sorted(owners[link]) for link in closed)):
                tracks[frozenset(chosen)].update(track)
    for requires, links in tracks.items():
        _, found[requires] = service_links(
            layers,
            sorted(links),
            as_of=recipe.as_of,
            parameters=recipe.parameters,
            period=recipe.period,
            variant=recipe.variant,
        )
    return found


def _metro(
    base: Network,
    fresh: pd.DataFrame,
    projects: Collection[str],
    found: dict[Requirement, list[pd.DataFrame]],
    served: dict[str, set[Requirement]],
) -> None:
    """Metro lines that projects open: rides by their project, doors and changes by that of their platforms."""
    rides = fresh["kind"].eq("ride")
    touched: dict[str, set[Requirement]] = defaultdict(set)
    for requires, rows in _by_requirement(fresh[rides], projects):
        found[requires].append(rows)
        for node in pd.unique(rows[["from_node_id", "to_node_id"]].to_numpy().ravel()):
            if node not in base.nodes.index:
                touched[node].add(requires)
    doors = fresh[~rides]
    _at_nodes(doors, touched, found)
    for tail, head in zip(doors["from_node_id"], doors["to_node_id"], strict=True):
        served[tail] |= touched.get(head, set())


def _access(
    fresh: pd.DataFrame, served: Mapping[str, set[Requirement]], found: dict[Requirement, list[pd.DataFrame]]
) -> None:
    """Access and egress legs of stations that only projects serve."""
    _at_nodes(fresh, served, found)


def _at_nodes(
    links: pd.DataFrame, touched: Mapping[str, set[Requirement]], found: dict[Requirement, list[pd.DataFrame]]
) -> None:
    """Links that stand when the nodes at their ends do, once for each way in which those may come to stand."""
    at: dict[Requirement, list[int]] = defaultdict(list)
    nothing = {frozenset[str]()}
    ends = zip(links["from_node_id"], links["to_node_id"], strict=True)
    for row, (tail, head) in enumerate(ends):
        for a, b in product(touched.get(tail) or nothing, touched.get(head) or nothing):
            at[a | b].append(row)
    for requires, rows in at.items():
        if requires:
            found[requires].append(links.iloc[rows])
