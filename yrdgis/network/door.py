"""Door to door: the urban leg between a place and a station where no metro layer says how long it takes.

Short legs are walked. Longer ones wait for a car or a bus and then go at the door speed of the rings at both
ends. All of it is assumed and marked so.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from yrdgis.network.assumptions import Assumptions

__all__ = ["access_links"]


def access_links(pairs: pd.DataFrame, *, assume: Assumptions) -> pd.DataFrame:
    """Directed access and egress legs between places and stations.

    Parameters
    ----------
    pairs : pandas.DataFrame
        ``place_id``, ``node_id`` (a railway or metro station), ``km`` (straight line), ``place_ring``,
        ``node_ring``.
    assume : Assumptions

    Returns
    -------
    pandas.DataFrame
        Mode ``access``, kind ``walk`` or ``urban``; each way is one leg. Walking spends no time in a vehicle.
    """
    line = pairs["km"].to_numpy(float)
    km = line * assume["door.detour"]
    walked = line <= assume.fixed("door.walk_max_km")
    rings = pairs["place_ring"].to_numpy(int), pairs["node_ring"].to_numpy(int)
    ride = np.where(walked, 0.0, assume.urban_min(km, rings))
    total = np.where(walked, km / assume.speed("door.walk_speed_kph") * 60, ride + assume["door.wait_min"])
    common = {
        "mode": "access",
        "kind": np.where(walked, "walk", "urban"),
        "length_km": km,
        "in_vehicle_min": ride,
        "total_min": total,
        "wait_min": np.where(walked, 0.0, assume["door.wait_min"]),
        "cost_cny": np.where(walked, 0.0, km * assume["cost.urban_cny_per_km"]),
        "co2_kg": np.where(walked, 0.0, km * assume["co2.g_per_km.urban"] / 1000),
        "legs": 1,
        "confidence": "low",
        "assumed": True,
    }
    place, node = pairs["place_id"].to_numpy(object), pairs["node_id"].to_numpy(object)
    ways = []
    for tails, heads in ((place, node), (node, place)):
        way = pd.DataFrame({"from_node_id": tails, "to_node_id": heads, **common})
        way.index = pd.Index([f"access:{a}--{b}" for a, b in zip(tails, heads, strict=True)], dtype=object)
        ways.append(way)
    return pd.concat(ways)
