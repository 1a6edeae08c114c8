"""The network of a date and a project set, from layers.

What no date changes (places, nearest nodes, water between) is worked out once for some layers; a date is then
a filter of the links in service and an overlay of what projects change.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from yrdgis.errors import InputError
from yrdgis.io.dates import in_service, is_forecast, parse_date
from yrdgis.network.assumptions import Assumptions, distance_km
from yrdgis.network.door import access_links
from yrdgis.network.drive import barrier_delay, connector_links, road_class, road_links
from yrdgis.network.effects import Effects, project_ids, table
from yrdgis.network.freight import freight_frames, truck_connectors
from yrdgis.network.metro import metro_links, metro_platforms, walk_links
from yrdgis.network.model import LINK_COLUMNS, NODE_COLUMNS, Network, together
from yrdgis.network.places import Base, base_of
from yrdgis.network.services import service_links

if TYPE_CHECKING:
    from yrdgis.io import Layers

__all__ = ["Recipe", "build_network", "in_mode", "rebuild", "with_points"]

_KEPT = {"": 12, "drive": 4, "freight": 9}
_PARTS = ("", "drive", "freight")


@dataclass(frozen=True)
class Recipe:
    """What a network was built from, so that it can be built again with one thing changed."""

    layers: Layers
    as_of: dt.date
    with_projects: frozenset[str] = frozenset()
    without_projects: frozenset[str] = frozenset()
    variant: str = "expected"
    parameters: str = "value"
    period: str = "free"
    label: str = ""
    part: str = ""


def build_network(
    layers: Layers,
    as_of: dt.date | str = "today",
    *,
    with_projects: Iterable[str] = (),
    without_projects: Iterable[str] = (),
    variant: str = "expected",
    parameters: str = "value",
    period: str = "free",
    label: str | None = None,
    part: str = "",
) -> Network:
    """Network of one day with some projects added or left out.

    Parameters
    ----------
    layers : Layers
    as_of : datetime.date or str
        A day, or a name such as ``plan-eve`` or ``today`` (the day for which the layers hold).
    with_projects, without_projects : iterable of str
        Project ids. A project that is added counts as open whatever its date; one that is left out takes its
        links away and undoes what it changed.
    variant : {"expected", "optimistic", "pessimistic"}
        Which opening dates count.
    parameters : {"value", "low", "high"}
        ``low`` and ``high`` take every assumption at the end of its range that gives the shortest and longest
        times.
    period : {"free", "peak"}
        Time of day: free flow, or the peak.
    label : str, optional
        Name for maps; the date and projects by default.
    part : {"", "drive", "freight"}
        ``drive`` builds the roads alone, where nothing else is asked; ``freight`` builds the freight part alone,
        which otherwise is built when it is first asked for.

    Returns
    -------
    Network
        Modes ``drive``, ``rail``, ``metro``, ``walk`` and ``access``, as far as the layers have them.

    Raises
    ------
    UnknownNameError
        If there is no such project; the nearest ids are named.
    ScenarioError
        If a project is added and left out at once.
    DateError
        If `as_of` is no date.
    """
    recipe = Recipe(
        layers,
        parse_date(as_of, layers.valid_on),
        project_ids(layers, with_projects),
        project_ids(layers, without_projects),
        variant,
        parameters,
        period,
        label if label is not None else str(as_of),
        part,
    )
    if part not in _PARTS:
        raise InputError(f"a network has no part {part!r}; there are {' and '.join(_PARTS[1:])}")
    return _from_recipe(recipe)


def rebuild(network: Network, **changes: Any) -> Network:
    """The network built again with something changed, such as ``parameters="low"``.

    Links that were closed stay closed, links that were added stay as they are, and so do points.

    Raises
    ------
    InputError
        If the network was not built from layers.
    """
    if network.recipe is None:
        raise InputError(
            "this network was not built from layers, so it can't be built again with other parameters"
        )
    was, again = _from_recipe(network.recipe), _from_recipe(replace(network.recipe, **changes))
    if network.links.index.equals(was.links.index) and network.nodes.index.equals(was.nodes.index):
        return again
    points = network.nodes[~network.nodes.index.isin(was.nodes.index) & network.nodes["kind"].eq("point")]
    if len(points):
        was, again = with_points(was, points), with_points(again, points)
    closed = was.links.index.difference(network.links.index).intersection(again.links.index)
    more = network.links[~network.links.index.isin(was.links.index.union(again.links.index))]
    again = again.without(closed) if len(closed) else again
    return (
        again.with_(more, network.nodes[~network.nodes.index.isin(again.nodes.index)]) if len(more) else again
    )


def with_points(network: Network, points: pd.DataFrame) -> Network:
    """The network with more places to start from or go to.

    Parameters
    ----------
    network : Network
        As `build_network` makes it.
    points : pandas.DataFrame
        Indexed by node id (``point:...``): ``lon`` and ``lat`` in WGS84 degrees, and names where there are
        any.

    Raises
    ------
    InputError
        If the network was not built from layers.
    """
    if network.recipe is None:
        raise InputError("this network was not built from layers, so no point can be joined to it")
    base = base_of(network.recipe.layers)
    assume = Assumptions(network.recipe.layers, network.recipe.parameters)
    new = points[~points.index.isin(network.nodes.index)]
    if network.recipe.part == "freight":
        pairs = base.join(new, "drive", assume)
        trucks = truck_connectors(pairs[pairs["node_id"].isin(network.links["from_node_id"])], assume)
        return network.with_(
            trucks, new.reindex(columns=["name", "name_zh", "lon", "lat"]).assign(kind="point")
        )
    drive = base.ringed(base.join(new, "drive", assume), assume, new)
    access = pd.concat([base.join(new, stop, assume) for stop in ("rail", "metro")], ignore_index=True)
    entrances = _entrance_links(drive, base.ringed(access, assume, new), assume, network.recipe.period)
    links = together(_in_reach(entrances, network.links), LINK_COLUMNS)
    nodes = new.reindex(columns=["name", "name_zh", "lon", "lat"]).assign(kind="point")
    return network.with_(links, nodes)


def in_mode(network: Network, mode: str) -> Network:
    """The network that a mode is asked on: for ``freight`` its freight part, built when first asked for.

    Points and freight links that were added stay, and roads and tracks that were closed stay closed. A network
    that was not built from layers is taken as it is.
    """
    recipe = network.recipe
    if mode != "freight" or recipe is None or recipe.part == "freight":
        return network
    freight = _from_recipe(replace(recipe, part="freight"))
    points = network.nodes[network.nodes["kind"].eq("point")]
    freight = with_points(freight, points) if len(points) else freight
    was = _from_recipe(recipe).links
    gone = was.index.difference(network.links.index)
    if len(gone) and "infra_id" in was:
        closed = freight.links["infra_id"].isin(set(was.loc[gone, "infra_id"].dropna()) - {""})
        freight = freight.without(freight.links.index[closed])
    own = network.links[network.links["mode"].eq("freight")]
    if len(own):
        ends = network.nodes.index.isin([*own["from_node_id"], *own["to_node_id"]])
        new = network.nodes[ends & ~network.nodes.index.isin(freight.nodes.index)]
        freight = freight.with_(own, new)
    return freight


def _from_recipe(recipe: Recipe) -> Network:
    """The network of a recipe; the last few are kept, whatever they are called."""
    kept = base_of(recipe.layers).built.setdefault(recipe.part, {})
    parts = (recipe.as_of, recipe.with_projects, recipe.without_projects)
    key = (*parts, recipe.variant, recipe.parameters, recipe.period)
    network = kept.pop(key) if key in kept else _made(recipe)
    kept[key] = network
    while len(kept) > _KEPT[recipe.part]:
        kept.pop(next(iter(kept)))
    return network.copy(label=recipe.label, recipe=recipe)


def _made(recipe: Recipe) -> Network:
    layers, base = recipe.layers, base_of(recipe.layers)
    assume = Assumptions(layers, recipe.parameters)
    effects = Effects(layers, recipe.as_of, recipe.variant, recipe.with_projects, recipe.without_projects)
    if recipe.part == "freight":
        return _freight(effects, base, assume, recipe)
    drive = _drive(effects, base, assume, recipe.period)
    frames = [(_road_nodes(base, drive), drive)]
    if recipe.part != "drive":
        frames += [_rail(effects, recipe), _metro(effects, base, assume, recipe.period)]
    links = _named(_with_projects(together([links for _, links in frames], LINK_COLUMNS), effects), layers)
    nodes = together([base.places, *(nodes for nodes, _ in frames)], NODE_COLUMNS)
    nodes = nodes.assign(confidence=nodes["confidence"].replace("", "high").fillna("high"))
    return Network(
        nodes.drop(columns="layer_kind", errors="ignore"),
        together([links, *_in_reach(_entrances(base, assume, recipe.period), links)], LINK_COLUMNS),
        as_of=recipe.as_of,
        label=recipe.label,
        attrs=_facts(recipe),
        recipe=recipe,
    )


def _freight(effects: Effects, base: Base, assume: Assumptions, recipe: Recipe) -> Network:
    """The freight part, which has no times of day: trucks keep out of the peak."""
    roads = effects.open_links("road_links")
    delays = pd.Series(dtype=float)
    if len(roads):
        roads["road_class"] = road_class(
            roads, table(effects.layers, "road_routes", ["route_id", "category"])
        )
        delays = _delays(effects, roads, assume, effects.layers)
    nodes, links = freight_frames(effects, base, assume, roads, delays)
    nodes = nodes.assign(confidence=nodes["confidence"].replace("", "high").fillna("high"))
    return Network(
        nodes.drop(columns="layer_kind", errors="ignore"),
        _named(_with_projects(links, effects), effects.layers),
        as_of=recipe.as_of,
        label=recipe.label,
        attrs=_facts(recipe),
        recipe=recipe,
    )


def _facts(recipe: Recipe) -> dict[str, Any]:
    return {
        "forecast": is_forecast(recipe.as_of, recipe.layers.valid_on),
        "valid_on": recipe.layers.valid_on.isoformat(),
        "period": recipe.period,
        "variant": recipe.variant,
        "parameters": recipe.parameters,
        "with_projects": sorted(recipe.with_projects),
        "without_projects": sorted(recipe.without_projects),
    }


def _drive(effects: Effects, base: Base, assume: Assumptions, period: str) -> pd.DataFrame:
    links = effects.open_links("road_links")
    if links.empty:
        return pd.DataFrame()
    layers = effects.layers
    links["road_class"] = road_class(links, table(layers, "road_routes", ["route_id", "category"]))
    return road_links(
        links,
        nodes=base.roads,
        assume=assume,
        period=period,
        delay_min=_delays(effects, links, assume, layers),
    )


def _delays(effects: Effects, links: pd.DataFrame, assume: Assumptions, layers: Layers) -> pd.Series:
    """Minutes at barriers that stand on the day, or would stand without the project that removed them."""
    barriers = table(layers, "toll_barriers")
    if barriers.empty:
        return pd.Series(dtype=float)
    gone, kept = effects.removed_delays()
    standing = in_service(barriers, effects.as_of, layers.valid_on, effects.variant).to_numpy(bool)
    minutes = assume["drive.barrier_delay_min"]
    by_date = barrier_delay(links, barriers, standing, minutes)
    always = barrier_delay(links, barriers, np.ones(len(barriers), dtype=bool), minutes)
    named = pd.Series(links["link_id"].to_numpy(object), index=by_date.index)
    by_date = by_date.where(~named.isin(kept), always)
    return by_date.mask(named.isin(gone), 0.0)


def _rail(effects: Effects, recipe: Recipe) -> tuple[pd.DataFrame, pd.DataFrame]:
    links = effects.open_links("rail_links")
    if links.empty:
        return pd.DataFrame(), pd.DataFrame()
    return service_links(
        recipe.layers,
        list(links["link_id"]),
        as_of=recipe.as_of,
        parameters=recipe.parameters,
        period=recipe.period,
        variant=recipe.variant,
    )


def _metro(
    effects: Effects, base: Base, assume: Assumptions, period: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Platforms and links of metro lines in service, and the walks to railway stations and airports."""
    links = effects.open_links("metro_links")
    if links.empty:
        return pd.DataFrame(), pd.DataFrame()
    stations, running = effects.open_rows("metro_stations")["station_id"], effects.open_rows("metro_lines")
    stands = links["line_id"].isin(running["line_id"])
    for end in ("from_node_id", "to_node_id"):
        stands &= links[end].isin(stations)
    links = links[stands | links["link_id"].isin(effects.brought_forward())]
    lines = table(effects.layers, "metro_lines")
    platforms = metro_platforms(links)
    at = base.places.loc[platforms["station_id"], ["name", "name_zh", "lon", "lat"]]
    nodes = at.set_index(platforms.index).assign(kind="platform")
    walks = effects.open_rows("station_transfers")
    if len(walks):
        ends = [base.places.reindex(walks[end]) for end in ("from_node_id", "to_node_id")]
        known = ends[0]["lon"].notna().to_numpy() & ends[1]["lon"].notna().to_numpy()
        a, b = (end[known] for end in ends)
        km = pd.Series(
            distance_km(a["lon"].to_numpy(), a["lat"].to_numpy(), b["lon"].to_numpy(), b["lat"].to_numpy())
        )
        walks = walk_links(walks[known], km=km, assume=assume)
    return nodes, together([metro_links(links, lines, assume=assume, period=period), walks], LINK_COLUMNS)


def _road_nodes(base: Base, drive: pd.DataFrame) -> pd.DataFrame:
    used = base.roads[base.roads.index.isin(drive["from_node_id"])] if len(drive) else base.roads.iloc[:0]
    return used.reindex(columns=["name", "name_zh", "lon", "lat", "confidence"]).assign(kind="roadnode")


def _entrances(base: Base, assume: Assumptions, period: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Connectors and access legs of all places at all dates; kept, since only the parameters change them."""
    key = f"{assume.which}/{period}"
    if key not in base.entrances:
        drive, access = (base.ringed(base.pairs[kind], assume) for kind in ("drive", "access"))
        base.entrances[key] = _entrance_links(drive, access, assume, period)
    return base.entrances[key]


def _entrance_links(
    drive: pd.DataFrame, access: pd.DataFrame, assume: Assumptions, period: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Connectors and access legs of some pairs, each with the ``node_id`` of the road node or station."""
    connectors = connector_links(drive, assume=assume, period=period)
    legs = access_links(access, assume=assume)
    return (
        connectors.assign(at_node_id=np.tile(drive["node_id"].to_numpy(object), 2)),
        legs.assign(at_node_id=np.tile(access["node_id"].to_numpy(object), 2)),
    )


def _in_reach(entrances: tuple[pd.DataFrame, pd.DataFrame], links: pd.DataFrame) -> list[pd.DataFrame]:
    """Connectors to road nodes, and access legs to stations, that are in service."""
    drive, access = entrances
    roads = links.loc[links["mode"].eq("drive"), "from_node_id"].unique()
    served = links.loc[links["mode"].isin(["rail", "metro"]), "from_node_id"].unique()
    return [
        frame[frame["at_node_id"].isin(open_nodes)].drop(columns="at_node_id")
        for frame, open_nodes in ((drive, roads), (access, served))
    ]


def _named(links: pd.DataFrame, layers: Layers) -> pd.DataFrame:
    """Links with the names of their lines or routes; of several lines, all of them in order."""
    parts = [
        table(layers, layer_id, [key, "name", "name_zh"]).set_index(key)[["name", "name_zh"]]
        for layer_id, key in (
            ("rail_lines", "line_id"),
            ("metro_lines", "line_id"),
            ("road_routes", "route_id"),
            ("waterways", "waterway_id"),
        )
    ]
    names = pd.concat(parts)
    names = names[~names.index.duplicated()]
    for column, joint in (("name", ", "), ("name_zh", "、")):
        known = names[column].to_dict()
        told = {
            ids: joint.join(known.get(line, line) for line in ids.split(";"))
            for ids in links["line_id"].unique()
        }
        links = links.assign(**{f"line_{column}": links["line_id"].map(told)})
    return links


def _with_projects(links: pd.DataFrame, effects: Effects) -> pd.DataFrame:
    """Links with the projects that add them; a ride has those of all its track."""
    owners = effects.projects_of()
    if links.empty or not owners:
        return links
    own = links["infra_id"].map(owners) if "infra_id" in links else pd.Series("", index=links.index)
    if "rail_link_ids" in links:
        rides = links["rail_link_ids"].fillna("").ne("")
        tracks = links.loc[rides, "rail_link_ids"]
        told = {track: _owners_of(track.split(";"), owners) for track in tracks.unique()}
        own = own.where(~rides, links["rail_link_ids"].map(told))
    return links.assign(project_id=own.fillna(""))


def _owners_of(links: Iterable[str], owners: dict[str, str]) -> str:
    return ";".join(sorted({one for link in links if link in owners for one in owners[link].split(";")}))
