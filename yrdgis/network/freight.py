"""Freight: what may happen to a box between a works and a port, as nodes and links of one TEU.

A box is on the road (``roadnode:x``), on a quay or in a yard (``port:x#box``), afloat on a vessel
(``waternode:x@barge-III``) or on a train (``station:x@train``)::

    city:a --truck--> road --gate--> port:x#box --wait, load--> port:x@vessel --sail--> port:y@vessel
                                                                 --discharge--> port:y#box --dwell--> port:y

Every step has minutes, kilometres, yuan and kilograms of CO2 of its own, so a chain is a path, and any of them
can be made least. Where a vessel calls is data (layer ``freight_terminals``): canal barges call at no deep-sea
port, so their boxes change at a gateway, or cross the bridge by truck.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from yrdgis.errors import InputError
from yrdgis.network.assumptions import Assumptions, distance_km
from yrdgis.network.drive import both_ways
from yrdgis.network.effects import Effects, table
from yrdgis.network.model import LINK_COLUMNS, NODE_COLUMNS, together
from yrdgis.network.waterway import afloat, sailing_links, vessels_for

if TYPE_CHECKING:
    from yrdgis.io import Layers
    from yrdgis.network.places import Base

__all__ = ["TRAIN", "freight_frames", "truck_connectors"]

Floats = npt.NDArray[np.float64]

TRAIN = "train"
_BOX = "#box"
_PLACES = frozenset({"city", "district", "town", "destination", "airport", "point"})
_PORT_DWELL = ("gateway", "deep_sea")
_HANDLING = {"yangtze": "river_sea", TRAIN: "rail"}
_FREIGHT_TRACK = ("conventional", "freight")


def freight_frames(
    effects: Effects, base: Base, assume: Assumptions, roads: pd.DataFrame, delay_min: pd.Series
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Nodes and directed links of freight on one day.

    Parameters
    ----------
    effects : Effects
        What stands on the day.
    base : Base
        Places, and the road nodes that they are joined to.
    assume : Assumptions
    roads : pandas.DataFrame
        Rows of ``road_links`` in service, with ``road_class``.
    delay_min : pandas.Series
        Minutes lost at toll barriers by ``link_id``.

    Returns
    -------
    nodes, links : pandas.DataFrame
        Mode ``freight``; minutes, kilometres, yuan and kilograms per TEU.

    Raises
    ------
    InputError
        If the region does not say where boxes change hands.
    """
    layers = effects.layers
    terminals = _terminals(layers)
    sail = _sailing(effects, assume)
    trains = _trains(effects, assume)
    moving = together([sail, trains], LINK_COLUMNS)
    calls = _calls(terminals, moving)
    terminals = terminals[terminals.index.isin(calls["terminal_id"])]
    road = _road(roads, assume, delay_min)
    gates = _gates(terminals, base, assume)
    gates = gates[gates["node_id"].isin(road["from_node_id"])] if len(road) else gates.iloc[:0]
    doors = base.pairs["drive"]
    kinds = base.places["kind"].reindex(doors["place_id"])
    doors = doors[
        kinds.isin(_PLACES).to_numpy() & doors["node_id"].isin(road.get("from_node_id", [])).to_numpy()
    ]
    parts = [
        moving,
        road,
        truck_connectors(doors, assume),
        truck_connectors(gates.assign(place_id=gates["place_id"] + _BOX), assume, handled=True),
        _handling(calls, terminals, assume),
        _shuttles(terminals, assume),
        _port_gates(terminals, assume),
    ]
    links = together(parts, LINK_COLUMNS)
    return _nodes(links, layers, base, terminals), links


def truck_connectors(pairs: pd.DataFrame, assume: Assumptions, *, handled: bool = False) -> pd.DataFrame:
    """Directed links of trucks between places, quays or yards and the roads around them.

    Parameters
    ----------
    pairs : pandas.DataFrame
        ``place_id``, ``node_id`` and ``km`` (straight line).
    assume : Assumptions
    handled : bool
        Whether the box is lifted there, as on a quay.

    Returns
    -------
    pandas.DataFrame
        Kind ``connector``, assumed, of low confidence; leaving begins a run of a truck, which has a fixed price.
    """
    km = pairs["km"].to_numpy(float) * assume["network.connector_detour"]
    minutes = km / assume.speed("freight.truck_speed_kph.connector") * 60
    lift = _lift("truck", assume) if handled else (0.0, 0.0, 0.0)
    cny, grams = _truck_rates(assume)
    common = {
        "mode": "freight",
        "kind": "connector",
        "length_km": km,
        "in_vehicle_min": minutes,
        "total_min": minutes + lift[0],
        "co2_kg": km * grams + lift[2],
        "confidence": "low",
        "assumed": True,
        "service_id": "truck",
    }
    place, node = pairs["place_id"].to_numpy(object), pairs["node_id"].to_numpy(object)
    ways = []
    for tails, heads, first in ((place, node, True), (node, place, False)):
        fixed = assume["freight.truck_fixed_cny_per_teu"] if first else 0.0
        way = pd.DataFrame({"from_node_id": tails, "to_node_id": heads, **common, "legs": int(first)})
        way["cost_cny"] = km * cny + lift[1] + fixed
        way.index = pd.Index([f"truck:{a}--{b}" for a, b in zip(tails, heads, strict=True)], dtype=object)
        ways.append(way)
    return pd.concat(ways)


def _terminals(layers: Layers) -> pd.DataFrame:
    """Terminals by id, with name, position and district of the port or station that each is."""
    rows = table(layers, "freight_terminals", ["terminal_id"])
    if rows.empty:
        raise InputError(
            "no freight in this region: its layers have no table freight_terminals, which says where boxes "
            "change hands. Add it (see layers/schema/freight_terminals.csv)."
        )
    columns = ["name", "name_zh", "lon", "lat", "district_id"]
    places = [
        table(layers, layer_id, [key, *columns]).set_index(key).reindex(columns=columns)
        for layer_id, key in (("water_nodes", "node_id"), ("rail_stations", "station_id"))
    ]
    return rows.set_index("terminal_id").join(pd.concat(places), how="left")


def _sailing(effects: Effects, assume: Assumptions) -> pd.DataFrame:
    links = effects.open_links("water_links")
    if links.empty:
        return pd.DataFrame()
    links = links.assign(vessel_class=effects.text_now(links, "vessel_class"))
    waterways = table(effects.layers, "waterways", ["waterway_id"])
    return sailing_links(links, waterways, assume)


def _trains(effects: Effects, assume: Assumptions) -> pd.DataFrame:
    """Box trains on conventional and freight lines, and on the lines that ``freight_lines`` names."""
    links = effects.open_links("rail_links")
    lines = table(effects.layers, "rail_lines", ["line_id", "category"])
    more = table(effects.layers, "freight_lines", ["line_id"])["line_id"]
    own = lines.loc[lines["category"].isin(_FREIGHT_TRACK) | lines["line_id"].isin(more), "line_id"]
    links = links[links["line_id"].isin(own)] if len(links) else links
    if links.empty:
        return pd.DataFrame()
    km = links["length_km"].to_numpy(float)
    minutes = km / assume.speed("freight.rail_speed_kph") * 60
    grams = assume["freight.co2_g_per_tkm.rail"] * assume["freight.teu_tonnes"]
    out = pd.DataFrame(
        {
            **{end: [afloat(node, TRAIN) for node in links[end]] for end in ("from_node_id", "to_node_id")},
            "mode": "freight",
            "kind": "track",
            "length_km": km,
            "in_vehicle_min": minutes,
            "total_min": minutes,
            "cost_cny": km
            * assume["freight.cny_per_teu_km.rail"]
            * (1 + assume["freight.empty_return_factor.rail"]),
            "co2_kg": km * grams / 1000 * (1 + assume["freight.empty_return_co2_factor.rail"]),
            "line_id": links["line_id"].to_numpy(object),
            "service_id": TRAIN,
            "confidence": links["confidence"].to_numpy(object),
            "assumed": True,
            "dated": links["dated"].to_numpy(bool),
            "infra_id": links["link_id"].to_numpy(object),
        },
        index=pd.Index([f"{link}@{TRAIN}" for link in links["link_id"]], dtype=object),
    )
    return both_ways(out)


def _road(roads: pd.DataFrame, assume: Assumptions, delay_min: pd.Series) -> pd.DataFrame:
    """Trucks on roads and ferries: no faster than the road allows."""
    if roads.empty:
        return pd.DataFrame()
    klass, km = roads["road_class"], roads["length_km"].to_numpy(float)
    ferry = (klass == "ferry").to_numpy()
    listed = roads["free_speed_kph"].to_numpy(float)
    truck = klass.map(
        lambda name: np.inf if name == "ferry" else assume.speed(f"freight.truck_speed_kph.{name}")
    ).to_numpy(float)
    minutes = km / np.minimum(listed, truck) * 60
    minutes = minutes + roads["link_id"].map(delay_min).fillna(0).to_numpy(float)
    wait = min(assume["drive.ferry_headway_min"] / 2, assume["drive.ferry_max_wait_min"])
    cny, kilograms = _truck_rates(assume)
    out = pd.DataFrame(
        {
            "from_node_id": roads["from_node_id"].to_numpy(object),
            "to_node_id": roads["to_node_id"].to_numpy(object),
            "mode": "freight",
            "kind": np.where(ferry, "ferry", "road"),
            "length_km": km,
            "in_vehicle_min": minutes,
            "total_min": minutes + np.where(ferry, wait + assume["drive.ferry_boarding_min"], 0.0),
            "wait_min": np.where(ferry, wait, 0.0),
            "cost_cny": km * cny,
            "co2_kg": km * kilograms,
            "line_id": roads["route_id"].to_numpy(object),
            "service_id": "truck",
            "road_class": klass.to_numpy(object),
            "confidence": roads["confidence"].to_numpy(object),
            "assumed": (klass == "connector").to_numpy(),
            "dated": roads["dated"].to_numpy(bool),
            "infra_id": roads["link_id"].to_numpy(object),
        },
        index=pd.Index([f"{link}@truck" for link in roads["link_id"]], dtype=object),
    )
    return both_ways(out)


def _truck_rates(assume: Assumptions) -> tuple[float, float]:
    """Yuan and kilograms per TEU and kilometre, the empty return with them."""
    grams = assume["freight.co2_g_per_tkm.truck"] * assume["freight.teu_tonnes"]
    return (
        assume["freight.truck_cny_per_teu_km"] * (1 + assume["freight.empty_return_factor.truck"]),
        grams / 1000 * (1 + assume["freight.empty_return_co2_factor.truck"]),
    )


def _lift(carrier: str, assume: Assumptions) -> tuple[float, float, float]:
    """Minutes, yuan and kilograms of one move of a box between ground and carrier."""
    kind = _HANDLING.get(carrier, carrier)
    return (
        assume[f"freight.handling_h.{kind}"] * 60,
        assume[f"freight.handling_cny_teu.{kind}"],
        assume["freight.handling_co2_kg_teu"],
    )


def _calls(terminals: pd.DataFrame, moving: pd.DataFrame) -> pd.DataFrame:
    """Which vessel or train calls where: ``terminal_id``, ``carrier``, ``vessel_id``; only where one gets to."""
    there = set(moving["from_node_id"]) if len(moving) else set()
    classes = {node.rsplit("@barge-", 1)[1] for node in there if "@barge-" in node}
    kinds = [(v.carrier, v.vessel_id) for v in vessels_for(classes)] + [(TRAIN, TRAIN)]
    rows = [
        (terminal, carrier, vessel)
        for terminal, accepted in terminals["carriers"].items()
        for carrier, vessel in kinds
        if carrier in accepted and afloat(str(terminal), vessel) in there
    ]
    return pd.DataFrame(rows, columns=["terminal_id", "carrier", "vessel_id"])


def _handling(calls: pd.DataFrame, terminals: pd.DataFrame, assume: Assumptions) -> pd.DataFrame:
    """Waiting for and loading onto a carrier, and discharging from it."""
    if calls.empty:
        return pd.DataFrame()
    ground = (calls["terminal_id"] + _BOX).to_numpy(object)
    aboard = [afloat(t, v) for t, v in zip(calls["terminal_id"], calls["vessel_id"], strict=True)]
    lift = np.array([_lift(carrier, assume) for carrier in calls["carrier"]])
    role = terminals["role"].reindex(calls["terminal_id"])
    wait = role.map(lambda name: assume[f"freight.dwell_h.{name}"] * 60).to_numpy(float)
    fixed = np.where(calls["carrier"] == TRAIN, assume["freight.rail_base_cny_per_teu"], 0.0)
    ways = []
    for kind, tails, heads, waited, base_cny, legs in (
        ("board", ground, aboard, wait, fixed, 1),
        ("alight", aboard, ground, np.zeros(len(calls)), np.zeros(len(calls)), 0),
    ):
        way = pd.DataFrame(
            {
                "from_node_id": tails,
                "to_node_id": heads,
                "mode": "freight",
                "kind": kind,
                "total_min": lift[:, 0] + waited,
                "wait_min": waited,
                "cost_cny": lift[:, 1] + base_cny,
                "co2_kg": lift[:, 2],
                "legs": legs,
                "service_id": calls["vessel_id"].to_numpy(object),
                "confidence": "low",
                "assumed": True,
            }
        )
        way.index = pd.Index([f"{kind}:{a}--{b}" for a, b in zip(tails, heads, strict=True)], dtype=object)
        ways.append(way)
    return pd.concat(ways)


def _gates(terminals: pd.DataFrame, base: Base, assume: Assumptions) -> pd.DataFrame:
    """Road nodes that serve each terminal; kept, since no date changes them.

    A port drawn on its water front has no dry way to a road node: then the nearest ones of its own district
    count, within a distance that is a parameter.
    """
    missing = (
        terminals[~terminals.index.isin(base.pairs["gates"]["place_id"])]
        if "gates" in base.pairs
        else terminals
    )
    if len(missing):
        found = base.join(missing[["lon", "lat"]], "drive", assume)
        dry = set(found["place_id"])
        near = [
            _in_district(str(terminal), row, base, assume)
            for terminal, row in missing.iterrows()
            if terminal not in dry
        ]
        old = [base.pairs["gates"]] if "gates" in base.pairs else []
        base.pairs["gates"] = pd.concat([*old, found, *near], ignore_index=True)
    pairs = base.pairs["gates"]
    return pairs[pairs["place_id"].isin(terminals.index)].reset_index(drop=True)


def _in_district(terminal: str, row: pd.Series, base: Base, assume: Assumptions) -> pd.DataFrame:
    nodes = base.targets["drive"].nodes
    own = nodes[nodes["district_id"].eq(row["district_id"])] if "district_id" in nodes else nodes.iloc[:0]
    km = distance_km(
        np.full(len(own), row["lon"]),
        np.full(len(own), row["lat"]),
        own["lon"].to_numpy(float),
        own["lat"].to_numpy(float),
    )
    found = pd.DataFrame({"place_id": terminal, "node_id": own.index, "km": km})
    found = found[found["km"] <= assume.fixed("freight.gate_max_km")]
    return found.nsmallest(int(assume.fixed("network.connector_count")), "km")


def _shuttles(terminals: pd.DataFrame, assume: Assumptions) -> pd.DataFrame:
    """Short hauls between quays and yards of one port, off the public road."""
    ids = terminals.index.to_numpy(object)
    lon, lat = (terminals[axis].to_numpy(float) for axis in ("lon", "lat"))
    a, b = np.nonzero(~np.eye(len(ids), dtype=bool))
    line = distance_km(lon[a], lat[a], lon[b], lat[b])
    near = line <= assume.fixed("freight.shuttle_max_km")
    a, b, km = a[near], b[near], line[near] * assume["network.connector_detour"]
    lift = _lift("truck", assume)
    minutes = km / assume.speed("freight.shuttle_speed_kph") * 60
    out = pd.DataFrame(
        {
            "from_node_id": [f"{ids[i]}{_BOX}" for i in a],
            "to_node_id": [f"{ids[i]}{_BOX}" for i in b],
            "mode": "freight",
            "kind": "shuttle",
            "length_km": km,
            "in_vehicle_min": minutes,
            "total_min": minutes + 2 * lift[0],
            "cost_cny": assume["freight.shuttle_cny_per_teu"] + 2 * lift[1],
            "co2_kg": km * _truck_rates(assume)[1] + 2 * lift[2],
            "legs": 1,
            "service_id": "shuttle",
            "confidence": "low",
            "assumed": True,
        }
    )
    out.index = pd.Index([f"shuttle:{ids[i]}--{ids[j]}" for i, j in zip(a, b, strict=True)], dtype=object)
    return out


def _port_gates(terminals: pd.DataFrame, assume: Assumptions) -> pd.DataFrame:
    """Where a chain begins or ends at a terminal itself: a port of ocean ships keeps a box waiting for them."""
    role = terminals["role"]
    dwell = np.array(
        [assume[f"freight.dwell_h.{name}"] * 60 if name in _PORT_DWELL else 0.0 for name in role]
    )
    box, place = (terminals.index + _BOX).to_numpy(object), terminals.index.to_numpy(object)
    ways = []
    for tails, heads in ((box, place), (place, box)):
        way = pd.DataFrame(
            {
                "from_node_id": tails,
                "to_node_id": heads,
                "mode": "freight",
                "kind": "gate",
                "total_min": dwell,
                "wait_min": dwell,
                "service_id": "port",
                "confidence": "low",
                "assumed": True,
            }
        )
        way.index = pd.Index([f"gate:{a}--{b}" for a, b in zip(tails, heads, strict=True)], dtype=object)
        ways.append(way)
    return pd.concat(ways)


def _nodes(links: pd.DataFrame, layers: Layers, base: Base, terminals: pd.DataFrame) -> pd.DataFrame:
    """Places, and every node of the links under the name of the place, quay, lock or station that it is at."""
    columns = ["name", "name_zh", "lon", "lat", "confidence"]
    known = [base.places, base.roads]
    for layer_id, key in (("water_nodes", "node_id"), ("rail_stations", "station_id")):
        known.append(table(layers, layer_id, [key]).set_index(key))
    at = pd.concat([frame.reindex(columns=columns) for frame in known])
    at = at[~at.index.duplicated()]
    used = pd.Index(pd.unique(pd.concat([links["from_node_id"], links["to_node_id"]])))
    used = used[~used.isin(base.places.index)]
    plain = [node.split("@", 1)[0].removesuffix(_BOX) for node in used]
    out = at.reindex(plain).set_axis(used)
    out["kind"] = [
        "box" if node.endswith(_BOX) else "afloat" if "@" in node else node.split(":", 1)[0] for node in used
    ]
    return together([base.places, out], NODE_COLUMNS)
