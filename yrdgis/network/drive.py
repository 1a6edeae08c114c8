"""Driving: roads, ferries and toll barriers, and the connectors by which a place enters and leaves them.

Free-flow minutes come from the listed speed of each section and a factor by road class; the peak multiplies
them by a factor by class and ring. They are not validated: published road times have no known hour of the
day.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import numpy.typing as npt
import pandas as pd

from yrdgis.errors import InputError
from yrdgis.network.assumptions import RINGS, Assumptions

__all__ = [
    "PERIODS",
    "ROAD_CLASSES",
    "barrier_delay",
    "connector_links",
    "has_street_access",
    "road_class",
    "road_links",
]

PERIODS = ("free", "peak")
"""Times of day that the model tells apart."""

ROAD_CLASSES = (
    "expressway", "crossing", "national_trunk", "provincial_trunk", "county_road", "connector", "ferry",
)  # fmt: skip
"""Classes for which parameters exist."""

_CLOSED_ACCESS = ("expressway", "crossing", "ferry")


def road_class(links: pd.DataFrame, routes: pd.DataFrame) -> pd.Series:
    """Class of each link, on which its factors rest: its ``facility_type``, or the ``category`` of its route.

    Raises
    ------
    InputError
        If neither is one of `ROAD_CLASSES`, naming what they are.
    """
    own = links["facility_type"].astype(object)
    strange = ~own.isin(ROAD_CLASSES)
    if strange.any():
        of_route = links["route_id"].map(dict(zip(routes["route_id"], routes["category"], strict=True)))
        own = own.mask(strange & of_route.isin(ROAD_CLASSES), of_route)
    unknown = sorted({str(kind) for kind in own[~own.isin(ROAD_CLASSES)]})
    if unknown:
        raise InputError(
            f"road_links: no parameters for the road class {', '.join(unknown)}; "
            f"there are {', '.join(ROAD_CLASSES)}"
        )
    return own.rename("road_class")


def road_links(
    links: pd.DataFrame, *, nodes: pd.DataFrame, assume: Assumptions, period: str, delay_min: pd.Series
) -> pd.DataFrame:
    """Directed links of roads in service, both ways.

    Parameters
    ----------
    links : pandas.DataFrame
        Rows of ``road_links`` in service, with ``road_class`` and the speed of the day.
    nodes : pandas.DataFrame
        ``lon`` and ``lat`` by node id.
    assume : Assumptions
    period : {"free", "peak"}
    delay_min : pandas.Series
        Minutes lost at toll barriers by ``link_id``.

    Returns
    -------
    pandas.DataFrame
        Links of a network; those of the way back end in ``/back``. Modelled connectors of the layer are of
        kind ``connector`` and assumed. Times in minutes, cost in yuan and CO2 in
        kilograms per traveller.
    """
    if period not in PERIODS:
        raise InputError(f"no period {period!r}; there are {', '.join(PERIODS)}")
    klass, km = links["road_class"], links["length_km"].to_numpy(float)
    ferry, drawn = (klass == "ferry").to_numpy(), (klass == "connector").to_numpy()
    factor = klass.map(lambda name: assume.speed(f"road.free_speed_factor.{name}")).to_numpy(float)
    minutes = km / (links["free_speed_kph"].to_numpy(float) * factor) * 60
    if period == "peak":
        minutes = minutes * _peak(links, nodes, assume)
    minutes = minutes + links["link_id"].map(delay_min).fillna(0).to_numpy(float)
    wait = min(assume["drive.ferry_headway_min"] / 2, assume["drive.ferry_max_wait_min"])
    extra = np.where(ferry, wait + assume["drive.ferry_boarding_min"], 0.0)
    out = pd.DataFrame(
        {
            "from_node_id": links["from_node_id"].to_numpy(object),
            "to_node_id": links["to_node_id"].to_numpy(object),
            "mode": "drive",
            "kind": np.select([ferry, drawn], ["ferry", "connector"], "road"),
            "length_km": km,
            "in_vehicle_min": minutes,
            "total_min": minutes + extra,
            "wait_min": np.where(ferry, wait, 0.0),
            "cost_cny": car_cost(klass, km, assume),
            "co2_kg": km
            * np.where(ferry, assume["co2.g_per_km.ferry"], assume["co2.g_per_km.car"])
            / 1000
            / assume.speed("cost.car_occupancy"),
            "legs": ferry.astype(int),
            "assumed": drawn,
            "line_id": links["route_id"].to_numpy(object),
            "confidence": links["confidence"].to_numpy(object),
            "dated": links["dated"].to_numpy(bool),
            "road_class": klass.to_numpy(object),
            "infra_id": links["link_id"].to_numpy(object),
        },
        index=pd.Index(links["link_id"].to_numpy(object), name="link_id"),
    )
    return both_ways(out)


def barrier_delay(
    links: pd.DataFrame, barriers: pd.DataFrame, standing: npt.NDArray[np.bool_], minutes: float
) -> pd.Series:
    """Minutes that standing toll barriers cost, by ``link_id``: half on either side of the barrier's node.

    Only expressways have them, where one meets the node.
    """
    minutes_at = np.zeros(len(links))
    tolled = links["road_class"].isin(["expressway", "crossing"]).to_numpy()
    tails, heads = links["from_node_id"].to_numpy(object), links["to_node_id"].to_numpy(object)
    for node in barriers.loc[standing, "road_node_id"].unique():
        at = (tails == node) | (heads == node)
        minutes_at[at & tolled if (at & tolled).any() else at] += minutes / 2
    return pd.Series(minutes_at, index=links["link_id"].to_numpy(object))


def has_street_access(nodes: pd.Index, kinds: pd.Series, links: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Whether a road node can be reached from the streets around it.

    A border crossing or a bridgehead on an expressway can't: it is a point on the road, not a junction.
    """
    open_roads = links[~links["road_class"].isin(_CLOSED_ACCESS)]
    street = nodes.isin(pd.concat([open_roads["from_node_id"], open_roads["to_node_id"]]).unique())
    return street | ~kinds.reindex(nodes).isin(["border_crossing", "bridge_head"]).to_numpy()


def connector_links(pairs: pd.DataFrame, *, assume: Assumptions, period: str) -> pd.DataFrame:
    """Directed connectors between places and road nodes.

    Parameters
    ----------
    pairs : pandas.DataFrame
        ``place_id``, ``node_id``, ``km`` (straight line), ``place_ring`` and ``node_ring``.
    assume : Assumptions
    period : {"free", "peak"}

    Returns
    -------
    pandas.DataFrame
        Kind ``connector``, assumed, of low confidence; leaving a place is one leg, and entering one costs the
        minutes of parking.
    """
    km = pairs["km"].to_numpy(float) * assume["network.connector_detour"]
    rings = pairs["place_ring"].to_numpy(int), pairs["node_ring"].to_numpy(int)
    minutes = assume.urban_min(km, rings)
    if period == "peak":
        factor = np.array([assume[f"drive.period_factor.connector.{ring}"] for ring in RINGS])
        minutes = minutes * (factor[rings[0]] + factor[rings[1]]) / 2
    per_traveller = 1 / assume.speed("cost.car_occupancy")
    place, node = pairs["place_id"].to_numpy(object), pairs["node_id"].to_numpy(object)
    common = {
        "mode": "drive",
        "kind": "connector",
        "length_km": km,
        "in_vehicle_min": minutes,
        "cost_cny": km * assume["cost.car_running_cny_per_km"] * per_traveller,
        "co2_kg": km * assume["co2.g_per_km.car"] / 1000 * per_traveller,
        "confidence": "low",
        "assumed": True,
        "road_class": "connector",
    }
    leave = pd.DataFrame(
        {"from_node_id": place, "to_node_id": node, **common, "total_min": minutes, "legs": 1}
    )
    parked = minutes + assume["door.park_min"]
    enter = pd.DataFrame(
        {"from_node_id": node, "to_node_id": place, **common, "total_min": parked, "legs": 0}
    )
    leave.index = pd.Index(_named("connector", place, node))
    enter.index = pd.Index(_named("connector", node, place))
    return pd.concat([leave, enter])


def both_ways(links: pd.DataFrame) -> pd.DataFrame:
    """Links and the way back of each, whose id ends in ``/back``."""
    back = links.rename(columns={"from_node_id": "to_node_id", "to_node_id": "from_node_id"})
    back.index = pd.Index([f"{link}/back" for link in links.index], dtype=object)
    return pd.concat([links, back])


def _named(kind: str, tails: Collection[str], heads: Collection[str]) -> list[str]:
    return [f"{kind}:{tail}--{head}" for tail, head in zip(tails, heads, strict=True)]


def _peak(links: pd.DataFrame, nodes: pd.DataFrame, assume: Assumptions) -> npt.NDArray[np.float64]:
    """Peak minutes over free-flow minutes: by class, and the mean of the rings of both ends."""
    factors = np.array(
        [[assume[f"drive.period_factor.{name}.{ring}"] for ring in RINGS] for name in ROAD_CLASSES]
    )
    row = links["road_class"].map(ROAD_CLASSES.index).to_numpy(int)
    mean = np.zeros(len(links))
    for end in ("from_node_id", "to_node_id"):
        at = nodes.loc[links[end]]
        mean += factors[row, assume.ring(at["lon"].to_numpy(float), at["lat"].to_numpy(float))] / 2
    return mean


def car_cost(klass: pd.Series, km: npt.NDArray[np.float64], assume: Assumptions) -> npt.NDArray[np.float64]:
    """Running cost, toll and ferry fare in yuan per traveller."""
    per_km = klass.map(
        lambda name: (
            0.0
            if name == "ferry"
            else assume["cost.car_running_cny_per_km"]
            + assume[f"toll.cny_per_km.{name if name in ('expressway', 'crossing') else 'other'}"]
        )
    ).to_numpy(float)
    fare = np.where(klass == "ferry", assume["cost.ferry_cny"], 0.0)
    return (km * per_km + fare) / assume.speed("cost.car_occupancy")
