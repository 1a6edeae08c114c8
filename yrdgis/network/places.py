"""Places: where trips begin and end, and what each may be joined to at any date.

This part does not depend on the date, so it is worked out once for some layers and kept with them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from yrdgis.io.dates import in_service, parse_date
from yrdgis.network.assumptions import Assumptions
from yrdgis.network.drive import has_street_access, road_class
from yrdgis.network.effects import table
from yrdgis.network.topology import Water, nearest, to_metres

if TYPE_CHECKING:
    from yrdgis.io import Layers

__all__ = ["Base", "Target", "base_of", "place_table"]

_PLACES = (
    ("cities", "city_id", "seat_lon", "seat_lat"),
    ("districts", "district_id", "seat_lon", "seat_lat"),
    ("towns", "town_id", "lon", "lat"),
    ("destinations", "destination_id", "lon", "lat"),
    ("airports", "airport_id", "lon", "lat"),
    ("rail_stations", "station_id", "lon", "lat"),
    ("metro_stations", "station_id", "lon", "lat"),
    ("water_nodes", "node_id", "lon", "lat"),
)
_DOORS = frozenset({"city", "district", "town", "destination", "airport", "port", "point"})
_COLUMNS = ["name", "name_zh", "lon", "lat", "kind", "confidence", "city_id", "district_id", "layer_kind"]


@dataclass(frozen=True)
class Target:
    """Nodes to which places are joined, which of them stood before any project, and how many and how far."""

    nodes: pd.DataFrame
    lasting: npt.NDArray[np.bool_]
    count: str
    max_km: str


@dataclass(frozen=True)
class Base:
    """What some layers say at all dates: places, road nodes, and the pairs that may be joined."""

    places: pd.DataFrame
    roads: pd.DataFrame
    water: Water
    targets: dict[str, Target]
    pairs: dict[str, pd.DataFrame] = field(default_factory=dict)
    rings: dict[str, pd.Series] = field(default_factory=dict)
    entrances: dict[str, tuple[pd.DataFrame, pd.DataFrame]] = field(default_factory=dict)
    built: dict[str, dict[tuple[Any, ...], Any]] = field(default_factory=dict)

    def join(self, points: pd.DataFrame, target: str, assume: Assumptions) -> pd.DataFrame:
        """Pairs of points (``lon`` and ``lat`` by id) with nodes: ``place_id``, ``node_id``, ``km``."""
        to = self.targets[target]
        found = nearest(
            to_metres(points["lon"].to_numpy(float), points["lat"].to_numpy(float)),
            to_metres(to.nodes["lon"].to_numpy(float), to.nodes["lat"].to_numpy(float)),
            lasting=to.lasting,
            count=int(assume.fixed(to.count)),
            max_km=assume.fixed(to.max_km),
            water=self.water,
            max_water_km=assume.fixed("network.connector_max_water_km"),
            shore_km=assume.fixed("network.connector_shore_km"),
        )
        ends = {"place_id": points.index[found["point"]], "node_id": to.nodes.index[found["node"]]}
        pairs = pd.DataFrame({**ends, "km": found["km"].to_numpy()})
        return pairs[pairs["place_id"] != pairs["node_id"]].reset_index(drop=True)

    def ringed(
        self, pairs: pd.DataFrame, assume: Assumptions, points: pd.DataFrame | None = None
    ) -> pd.DataFrame:
        """Pairs with the ring of both ends, for the end of the parameters that `assume` has."""
        if assume.which not in self.rings:
            known = pd.concat([self.places[["lon", "lat"]], self.roads[["lon", "lat"]]])
            self.rings[assume.which] = _ring(known, assume)
        rings = self.rings[assume.which]
        if points is not None:
            more = _ring(points, assume)
            rings = pd.concat([rings[~rings.index.isin(more.index)], more])
        return pairs.assign(
            place_ring=rings.reindex(pairs["place_id"]).to_numpy(),
            node_ring=rings.reindex(pairs["node_id"]).to_numpy(),
        )


def base_of(layers: Layers) -> Base:
    """The part of a network that no date changes; worked out at first use and kept on the layers object."""
    kept: dict[str, Any] = layers.__dict__.setdefault("_network_base", {})
    if "base" not in kept:
        kept["base"] = _made(layers)
    return kept["base"]


def place_table(layers: Layers) -> pd.DataFrame:
    """Every place of some layers, indexed by id, with name, position, kind, confidence and city."""
    parts = []
    for layer_id, key, lon, lat in _PLACES:
        rows = table(layers, layer_id)
        if rows.empty:
            continue
        part = rows.rename(columns={lon: "lon", lat: "lat", "kind": "layer_kind"}).set_index(key)
        part["kind"] = [str(node).split(":", 1)[0] for node in part.index]
        part["city_id"] = part.index if layer_id == "cities" else part.get("city_id", "")
        part["district_id"] = part.index if layer_id == "districts" else part.get("district_id", "")
        parts.append(part.reindex(columns=_COLUMNS))
    places = pd.concat(parts) if parts else pd.DataFrame(columns=_COLUMNS)
    streets = places["kind"].isin([*_DOORS, "metro", "station"]) & ~places["layer_kind"].isin(
        ["yard", "junction"]
    )
    places = places[streets & places["lon"].notna() & places["lat"].notna()]
    return places[~places.index.duplicated()].rename_axis("node_id")


def _made(layers: Layers) -> Base:
    assume, eve = Assumptions(layers), parse_date("plan-eve")
    places = place_table(layers)
    roads = table(layers, "road_nodes", ["node_id", "lon", "lat", "kind"]).set_index("node_id")
    links = table(
        layers, "road_links", ["link_id", "route_id", "from_node_id", "to_node_id", "facility_type"]
    )
    links = links.assign(road_class=road_class(links, table(layers, "road_routes", ["route_id", "category"])))
    reachable = roads[has_street_access(roads.index, roads["kind"], links)]
    old = links[in_service(links, eve, layers.valid_on)] if len(links) else links
    old_nodes = pd.concat([old["from_node_id"], old["to_node_id"]])
    targets = {
        "drive": Target(
            reachable, reachable.index.isin(old_nodes), "network.connector_count", "network.connector_max_km"
        ),
        "rail": _stops(layers, places, "rail_stations", "door.access_stations"),
        "metro": _stops(layers, places, "metro_stations", "door.access_metro_stations"),
    }
    water = Water.from_polygons(
        layers.polygons("water_bodies") if len(table(layers, "water_bodies")) else None
    )
    base = Base(places, roads, water, targets)
    base.pairs["drive"] = base.join(places, "drive", assume)
    doors = places[places["kind"].isin(_DOORS)]
    base.pairs["access"] = pd.concat(
        [base.join(doors, stop, assume) for stop in ("rail", "metro")], ignore_index=True
    )
    return base


def _stops(layers: Layers, places: pd.DataFrame, layer_id: str, count: str) -> Target:
    rows = table(layers, layer_id, ["station_id"]).set_index("station_id")
    nodes = places[places.index.isin(rows.index)]
    eve = parse_date("plan-eve")
    old = in_service(rows, eve, layers.valid_on).reindex(nodes.index) if len(rows) else pd.Series(dtype=bool)
    return Target(nodes, old.to_numpy(bool), count, "door.access_max_km")


def _ring(points: pd.DataFrame, assume: Assumptions) -> pd.Series:
    return pd.Series(
        assume.ring(points["lon"].to_numpy(float), points["lat"].to_numpy(float)), index=points.index
    )
