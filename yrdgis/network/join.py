"""Join a detailed road network to the strategic one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from yrdgis.errors import NetworkError
from yrdgis.network.model import Network
from yrdgis.settings import GEOGRAPHIC_CRS, METRIC_CRS

__all__ = ["join"]

_THROUGH = ("motorway", "motorway_link", "trunk", "trunk_link", "primary")
_JOINED = ("interchange", "junction", "toll_station", "border_crossing", "bridge_head", "end")


def join(strategic: Network, detailed: Network, *, within_m: float) -> tuple[Network, list[str]]:
    """Both networks as one, the expressway nodes of the strategic one snapped to the detailed one.

    Parameters
    ----------
    strategic : Network
        With links of mode ``drive``.
    detailed : Network
        From `import_osm`, with ``osm_class``; times in the same units, of course.
    within_m : float
        How far, in metres, a node may be from the node that it joins (parameter ``osm.join_m``).

    Returns
    -------
    (Network, list of str)
        Links of both, connectors of the distance between the nodes at the speed of the road they lead to,
        and what could not be joined. Strategic links stay, so that the way through the rest of the region
        is there; a connector is no street access.

    Raises
    ------
    NetworkError
        If the two share ids, or no node can be joined.
    """
    from pyproj import Transformer
    from scipy.spatial import cKDTree

    shared = strategic.nodes.index.intersection(detailed.nodes.index)
    if len(shared):
        raise NetworkError(f"both networks have nodes called {', '.join(map(str, shared[:5]))}")
    goals, speed = _goals(detailed)
    drive = strategic.links
    drive = drive[drive["mode"].eq("drive") & drive["kind"].isin(["road", "bridge"])]
    starts = pd.unique(pd.concat([drive["from_node_id"], drive["to_node_id"]]))
    if not len(goals) or not len(starts):
        which = "the strategic network has no roads"
        if not len(goals):
            which = f"the detailed network has no through roads (class {', '.join(_THROUGH)})"
        raise NetworkError(f"nothing to join: {which}")
    ahead = Transformer.from_crs(GEOGRAPHIC_CRS, METRIC_CRS, always_xy=True)
    there = np.column_stack(ahead.transform(*detailed.nodes.loc[goals, ["lon", "lat"]].to_numpy().T))
    here = np.column_stack(ahead.transform(*strategic.nodes.loc[starts, ["lon", "lat"]].to_numpy().T))
    far, at = cKDTree(there).query(here, distance_upper_bound=within_m)
    found = np.flatnonzero(np.isfinite(far))
    low, high = there.min(axis=0) - within_m, there.max(axis=0) + within_m
    nearby = ((here >= low) & (here <= high)).all(axis=1)
    if not len(found):
        raise NetworkError(f"no node of the strategic network lies within {within_m:.0f} m of a through road")
    connectors = _connectors(starts[found], goals[at[found]], far[found] / 1000, speed)
    report = [
        f"{len(found)} nodes of the strategic network joined, in the median {np.median(far[found]):.0f} m away"
    ]
    missed = strategic.nodes.loc[starts[nearby & ~np.isfinite(far)]]
    if len(missed):
        shown = missed["name_zh"].where(missed["name_zh"] != "", missed.index.to_series()).head(8)
        where = f"no through road within {within_m:.0f} m"
        report.append(f"{len(missed)} within its extent not joined, {where}: {', '.join(shown)}")
    return strategic.with_(detailed.links, detailed.nodes).with_(connectors), report


def _goals(detailed: Network) -> tuple[np.ndarray, float]:
    """Nodes on through roads from which one gets everywhere and back, and the mean speed of those roads (km/h).

    Where a carriageway leaves the extract no way leads back; such nodes are taken only if there are no others.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    links = detailed.links
    # lines without classes say nothing of which roads lead through: any may
    classed = "osm_class" in links and set(links["osm_class"]) - {"", "road"}
    big = links[links["osm_class"].isin(_THROUGH)] if classed else links
    if not len(big):
        return np.array([], object), float("nan")
    index = detailed.nodes.index
    tail, head = (index.get_indexer(pd.Index(links[c])) for c in ("from_node_id", "to_node_id"))
    shape = (len(index), len(index))
    graph = coo_array((np.ones(len(links), np.int8), (tail, head)), shape=shape)
    part = connected_components(graph, directed=True, connection="strong")[1]
    ends = np.unique(index.get_indexer(pd.Index(pd.concat([big["from_node_id"], big["to_node_id"]]))))
    inside = ends[part[ends] == np.bincount(part).argmax()]
    speed = big["length_km"].sum() / max(big["in_vehicle_min"].sum(), 1e-9) * 60
    return index[inside if len(inside) else ends].to_numpy(object), float(speed)


def _connectors(starts: np.ndarray, goals: np.ndarray, km: np.ndarray, speed: float) -> pd.DataFrame:
    one = pd.DataFrame({"from_node_id": starts, "to_node_id": goals, "length_km": km})
    one.index = pd.Index([f"joinlink:{a}--{b}" for a, b in zip(starts, goals, strict=True)], name="link_id")
    back = one.rename(columns={"from_node_id": "to_node_id", "to_node_id": "from_node_id"})
    both = pd.concat([one, back.set_axis([f"{i}/back" for i in back.index])])
    minutes = both["length_km"] / speed * 60
    return both.assign(
        mode="drive",
        kind="connector",
        in_vehicle_min=minutes,
        total_min=minutes,
        confidence="low",
        assumed=True,
        road_class="connector",
    )
