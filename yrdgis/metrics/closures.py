"""What may be closed: single links, named crossings, and sets such as the crossings that fog shuts together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from yrdgis.errors import AmbiguousNameError, InputError, UnknownNameError, all_at_once
from yrdgis.metrics.frames import layers_of
from yrdgis.network import Network
from yrdgis.network.assumptions import Assumptions
from yrdgis.network.effects import Effects
from yrdgis.network.rail_times import part_values
from yrdgis.network.services import TURN_UP, running_services, service_table
from yrdgis.settings import METRIC_CRS

if TYPE_CHECKING:
    from yrdgis.io import Layers

__all__ = [
    "crossings",
    "every_ride",
    "fog_sets",
    "link_rows",
    "pairs_of_closures",
    "road_closure",
    "single_links",
]

_CROSSED = ("river", "estuary", "bay", "strait", "sea")
_SHUT_BY_FOG = ("crossing", "ferry")


def every_ride(network: Network) -> Network:
    """The network with rides over every track that trains take between two stations, not only the fastest.

    Least times are the same; but where a track closes, trains on another track are there to take its place. Trains
    over a closed track do not run over it; on either side of it they still do. Of the trains over one track the
    fastest is kept.

    Parameters
    ----------
    network : Network
        Built from layers.
    """
    layers, recipe = layers_of(network, what="the rides of every train"), network.recipe
    kept = ~(network.links["mode"].eq("rail") & network.links["kind"].eq("ride") & _reserved(network.links))
    if recipe is None or kept.all():
        return network
    effects = Effects(layers, recipe.as_of, recipe.variant, recipe.with_projects, recipe.without_projects)
    there = frozenset(effects.open_links("rail_links")["link_id"])
    table, assume = service_table(layers), Assumptions(layers, recipe.parameters)
    running, rides = running_services(layers, table, there, recipe.as_of, recipe.variant)
    chosen = rides.of({s for s in running if table.way_of[s].train_class != TURN_UP})
    frame = rides.frame[chosen]
    frame = frame.assign(
        min=rides.parts[chosen] @ part_values(assume.__getitem__, assume.speed),
        track=[
            ";".join(table.way_of[service].link_ids[first:last])
            for service, first, last in zip(frame["service_id"], frame["first"], frame["last"], strict=True)
        ],
    )
    frame = frame.sort_values("min", kind="stable").drop_duplicates(["from_id", "to_id", "track"])
    ways = [
        pd.DataFrame(
            {
                "from_node_id": frame[start].to_numpy(object) + "#dep",
                "to_node_id": frame[end].to_numpy(object) + "#arr",
                "mode": "rail",
                "kind": "ride",
                "length_km": frame["length_km"].to_numpy(float),
                "in_vehicle_min": frame["min"].to_numpy(float),
                "total_min": frame["min"].to_numpy(float),
                "legs": 1,
                "service_id": frame["service_id"].to_numpy(object),
                "train_class": frame["train_class"].to_numpy(object),
                "rail_link_ids": frame["track"].to_numpy(object),
                "confidence": "low",
            },
            index=pd.Index(
                [
                    f"ride:{service}/{a}--{b}"
                    for service, a, b in zip(frame["service_id"], frame[start], frame[end], strict=True)
                ],
                dtype=object,
            ),
        )
        for start, end in (("from_id", "to_id"), ("to_id", "from_id"))
    ]
    return network.without(network.links.index[~kept]).with_(pd.concat(ways))


def _reserved(links: pd.DataFrame) -> pd.Series:
    return ~links["from_node_id"].str.contains("@", regex=False)


def single_links(network: Network, modes: Collection[str] = ("road", "rail")) -> dict[str, tuple[str, ...]]:
    """Every road, rail or metro link by itself, both directions at once. Connectors are never closed.

    Parameters
    ----------
    network : Network
    modes : collection of {"road", "rail", "metro"}

    Returns
    -------
    dict
        Id of the layer's link to itself, as `link_rows` takes it.

    Raises
    ------
    InputError
        If there is no such mode.
    """
    strange = set(modes) - {"road", "rail", "metro"}
    if strange:
        raise InputError(f"links of road, rail and metro can be closed, not of {', '.join(sorted(strange))}")
    links = network.links
    found: set[str] = set()
    if "road" in modes and "infra_id" in links:
        roads = links["mode"].eq("drive") & links["kind"].isin(["road", "bridge", "ferry"])
        found |= set(links.loc[roads, "infra_id"])
    if "metro" in modes and "infra_id" in links:
        found |= set(links.loc[links["mode"].eq("metro") & links["kind"].eq("ride"), "infra_id"])
    if "rail" in modes and "rail_link_ids" in links:
        found |= {one for ids in links["rail_link_ids"].unique() for one in str(ids).split(";")}
    return {link: (link,) for link in sorted(found - {""})}


def crossings(layers: Layers, network: Network) -> dict[str, tuple[str, ...]]:
    """Named crossings of the road layer: the links of each route of category ``crossing`` that carry it over water.

    Returns
    -------
    dict
        Route id to the links of it that stand in the network and are of type ``crossing``.
    """
    routes = layers["road_routes"]
    named = routes.loc[routes["category"] == "crossing", "route_id"]
    links = layers["road_links"]
    there = single_links(network, ["road"])
    over = links[links["facility_type"].isin(_SHUT_BY_FOG) & links["link_id"].isin(there)]
    groups = over.groupby("route_id")["link_id"]
    return {str(route): tuple(ids) for route, ids in groups if route in set(named)}


def road_closure(layers: Layers, network: Network, name: str) -> tuple[str, ...]:
    """Links that are shut when a road or crossing is.

    Parameters
    ----------
    layers : Layers
    network : Network
        Built from them.
    name : str
        Id of a road link; id or name of a route; or a part of the name that only one crossing has. Of a crossing the
        links over the water are shut, of any other road all.

    Returns
    -------
    tuple of str
        Ids of links of the layers that stand in the network.

    Raises
    ------
    UnknownNameError
        If no road that stands is called that; the nearest crossings are named.
    AmbiguousNameError
        If it is a part of several names.

    Examples
    --------
    >>> import yrdgis as yg
    >>> area = yg.load()
    >>> road_closure(area.layers, area.network("today").network, "嘉绍")
    ('roadlink:jiashao/jiashao-n--jiashao-s',)
    """
    there = single_links(network, ["road"])
    if name in there:
        return (name,)
    over, routes = crossings(layers, network), layers["road_routes"]
    whole = routes[routes["route_id"].eq(name) | routes["name"].eq(name) | routes["name_zh"].eq(name)]
    own = routes[routes["route_id"].isin(over)]
    part = own["name"].str.casefold().str.contains(name.casefold(), regex=False)
    part |= own["name_zh"].str.contains(name, regex=False)
    found = whole if len(whole) else own[part]
    if len(found) > 1:
        told = ", ".join(f"{row.name_zh} ({row.route_id})" for row in found.itertuples())
        raise AmbiguousNameError(f"{name!r} is the name of {len(found)} roads: {told}. Give the id.")
    route = str(found["route_id"].iloc[0]) if len(found) else ""
    links = layers["road_links"]
    shut = over.get(route) or tuple(
        link for link in links.loc[links["route_id"] == route, "link_id"] if link in there
    )
    if not shut:
        near = get_close_matches(name, [*own["name_zh"], *own["name"]], n=3, cutoff=0.3)
        raise UnknownNameError(
            f"No road called {name!r} stands in this network."
            + (f" Did you mean {' or '.join(near)}?" if near else "")
        )
    return shut


def fog_sets(layers: Layers, network: Network) -> dict[str, tuple[str, ...]]:
    """For each river, estuary, bay and sea, the road crossings and ferries over it, which fog shuts together.

    Returns
    -------
    dict
        ``fog:<water>`` to links, where there are two or more; ``fog:all`` to all of them.
    """
    if not len(layers.get("water_bodies", ())):
        return {}
    water = layers.polygons("water_bodies").to_crs(METRIC_CRS)
    water = water[water["kind"].isin(_CROSSED)] if "kind" in water else water
    water = water[water["barrier"].astype(bool)] if "barrier" in water else water
    lines = layers.lines("road_links").to_crs(METRIC_CRS)
    there = single_links(network, ["road"])
    lines = lines[lines["facility_type"].isin(_SHUT_BY_FOG) & lines["link_id"].isin(there)]
    sets = {}
    for water_id, shape in zip(water["water_id"], water.geometry, strict=True):
        over = lines.loc[lines.geometry.intersects(shape).to_numpy(), "link_id"]
        if len(over) > 1:
            sets[f"fog:{water_id.split(':', 1)[-1]}"] = tuple(over)
    everything = tuple(dict.fromkeys(link for links in sets.values() for link in links))
    return {**sets, "fog:all": everything} if len(sets) > 1 else sets


def pairs_of_closures(closures: Mapping[str, Collection[str]]) -> dict[str, tuple[str, ...]]:
    """Every two of some closures at once; the name joins theirs with ``+``."""
    names = list(closures)
    return {
        f"{a}+{b}": tuple(dict.fromkeys([*closures[a], *closures[b]]))
        for at, a in enumerate(names)
        for b in names[at + 1 :]
    }


def link_rows(network: Network, closures: Mapping[str, Iterable[str]]) -> dict[str, np.ndarray]:
    """Rows of the network's links that each closure takes away.

    Parameters
    ----------
    network : Network
    closures : mapping
        Name to ids: of links of the layers (``roadlink:``, ``raillink:``, ``metrolink:``), or of the network itself.

    Raises
    ------
    UnknownNameError
        Naming all ids that no link of the network has.
    InputError
        If a connector is to be closed: it stands for local streets, not for one road.
    """
    links = network.links
    of: dict[str, list[int]] = {}
    for at, link in enumerate(links.index):
        of.setdefault(link, []).append(at)
    for column in ("infra_id", "rail_link_ids"):
        if column in links:
            for at, ids in enumerate(links[column]):
                for one in ids.split(";") if ids else ():
                    if one != links.index[at]:
                        of.setdefault(one, []).append(at)
    made = links["kind"].eq("connector").to_numpy()
    problems, connectors, rows = [], [], {}
    for name, ids in closures.items():
        listed = list(ids)
        problems += [f"{name}: no link {one!r}" for one in listed if one not in of]
        found = np.array(sorted({at for one in listed for at in of.get(one, ())}), dtype=np.int64)
        connectors += [name] if made[found].any() else []
        rows[name] = found
    if problems:
        raise UnknownNameError(all_at_once("closures", problems))
    if connectors:
        raise InputError(
            f"connectors can't be closed, they stand for local streets: {', '.join(connectors[:6])}"
        )
    return rows
