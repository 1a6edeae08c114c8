"""Interchange between the tiers of rail at each hub: minutes from leaving one train to the platform of another.

From the platform where one arrives to that where one boards, walks, checks and the wait for a turn-up train included,
by the network's own links and nothing that rolls.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product

import numpy as np
import pandas as pd

from yrdgis.errors import InputError, UnknownNameError
from yrdgis.metrics.frames import layers_of, with_range
from yrdgis.network import Network
from yrdgis.network.impedance import units

__all__ = ["INTERCHANGE_COLUMNS", "TIERS", "hubs_of", "interchange"]

TIERS = {
    "metro": "metro", "S": "suburban", "C": "intercity", "D": "intercity", "G": "high_speed", "K": "conventional",
}  # fmt: skip
"""Tier of the metro and of each class of train."""

INTERCHANGE_COLUMNS = ("station_id", "name", "name_zh", "from_tier", "to_tier", "time_min")
"""Columns of `interchange`, before its range."""

_STILL = ("alight", "board", "transfer", "walk")


def hubs_of(network: Network) -> list[str]:
    """Railway stations with trains where one may walk to the metro or to another station."""
    links = network.links
    rides = links[links["mode"].eq("rail") & links["kind"].eq("ride")]
    served = set(rides["from_node_id"].str.extract(r"(station:[^#@]+)#")[0])
    walks = links[links["kind"].eq("walk") & links["mode"].eq("walk")]
    ends = {*walks["from_node_id"], *walks["to_node_id"]}
    return sorted(served & ends)


def interchange(
    network: Network, stations: Iterable[str] | None = None, *, range_: bool = True
) -> pd.DataFrame:
    """Minutes between tiers at each hub, the least of all pairs of platforms.

    Parameters
    ----------
    network : Network
        Built from layers.
    stations : iterable of str, optional
        Station ids; `hubs_of` by default.
    range_ : bool
        Whether to add ``time_min_low`` and ``time_min_high``.

    Returns
    -------
    pandas.DataFrame
        Columns of `INTERCHANGE_COLUMNS`, a row for each ordered pair of tiers that meet at a hub: what stops at the station
        itself, at its metro, or at a station within a walk. Between two trains of one tier too where one may change.
        A schedule of reserved trains is not in it, only what has to be walked, checked and, for turn-up trains, waited.

    Raises
    ------
    UnknownNameError
        If a station is no node of the network.
    InputError
        If the network has no rail, or a place is no railway station.

    Examples
    --------
    >>> import yrdgis as yg
    >>> now = yg.load().network("today").network
    >>> found = interchange(now, ["station:shanghai-hongqiao"], range_=False)
    >>> "metro" in set(found["from_tier"])
    True
    """
    layers_of(network, what="interchange")
    if not network.links["mode"].eq("rail").any():
        raise InputError("interchange needs a network with rail")
    hubs = hubs_of(network) if stations is None else list(dict.fromkeys(stations))
    lost = [hub for hub in hubs if hub not in network.nodes.index]
    if lost:
        raise UnknownNameError(f"no station {', '.join(lost)}")
    strange = [hub for hub in hubs if network.nodes.at[hub, "kind"] != "station"]
    if strange:
        raise InputError(f"interchange is measured at railway stations, not at {', '.join(strange)}")

    def measure(one: Network) -> pd.DataFrame:
        return _table(one, hubs)

    out = with_range(network, measure) if range_ else measure(network)
    names = network.nodes[["name", "name_zh"]]
    out = out.reset_index()
    for at, column in enumerate(("name", "name_zh"), start=1):
        out.insert(at, column, names[column].reindex(out["station_id"]).to_numpy())
    out.attrs = {
        "as_of": network.as_of.isoformat() if network.as_of else None,
        "label": network.label,
        "forecast": bool(network.attrs.get("forecast", False)),
        "confidence": "low",
        "undated_share": round(network.undated_share, 4),
        "range": "all parameters at the low and the high end for travel times"
        if range_
        else "not worked out",
    }
    return out


def _table(network: Network, hubs: Sequence[str]) -> pd.DataFrame:
    """Minutes by station and pair of tiers; the same rows at both ends of the parameters."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    links = network.links
    still = links[links["kind"].isin(_STILL) & ~links["mode"].eq("access")]
    nodes = pd.Index(pd.unique(pd.concat([still["from_node_id"], still["to_node_id"]])))
    arrive, leave = _platforms(network, nodes)
    tail, head = (nodes.get_indexer(still[end]) for end in ("from_node_id", "to_node_id"))
    # one more than the milliseconds, for a walk of no minutes is still a walk
    weight = units(still, "total_min") + 1
    order = np.lexsort((weight, head, tail))
    first = np.ones(len(order), dtype=bool)
    first[1:] = (np.diff(tail[order]) != 0) | (np.diff(head[order]) != 0)
    best = order[first]
    matrix = csr_array((weight[best].astype(float), (tail[best], head[best])), shape=(len(nodes),) * 2)
    near = _neighbours(links, hubs)
    rows: dict[tuple[str, str, str], float] = {}
    for hub in hubs:
        starts = [(n, t) for place in near[hub] for n, t in arrive.get(place, ())]
        ends = [(n, t) for place in near[hub] for n, t in leave.get(place, ())]
        if not starts or not ends:
            continue
        own = {n for place in (hub,) for n, _ in [*arrive.get(place, ()), *leave.get(place, ())]}
        found = dijkstra(matrix, indices=[n for n, _ in starts])
        for (at, (a, from_tier)), (b, to_tier) in product(enumerate(starts), ends):
            if a not in own and b not in own:
                continue
            value = found[at, b] / 60_000
            key = (hub, from_tier, to_tier)
            if np.isfinite(value):
                rows[key] = min(value, rows.get(key, np.inf))
    index = pd.MultiIndex.from_tuples(sorted(rows), names=["station_id", "from_tier", "to_tier"])
    values = np.array([rows[key] for key in sorted(rows)])
    return pd.DataFrame({"time_min": values.round(3)}, index=index)


def _platforms(network: Network, nodes: pd.Index) -> tuple[dict[str, list[tuple[int, str]]], ...]:
    """Nodes where trains arrive and where they are boarded, with their tier, by station."""
    links = network.links
    rides = links[links["kind"].eq("ride") & links["mode"].isin(["rail", "metro"])]
    tier = rides["train_class"].map(TIERS).where(rides["mode"].eq("rail"), TIERS["metro"]).fillna("other")
    out = []
    for end in ("to_node_id", "from_node_id"):
        pairs = pd.DataFrame({"node": rides[end], "tier": tier}).drop_duplicates()
        pairs["at"] = nodes.get_indexer(pd.Index(pairs["node"]))
        pairs = pairs[pairs["at"] >= 0]
        pairs["place"] = pairs["node"].str.extract(r"((?:station|metro):[^#@]+)")[0]
        out.append(
            {
                str(place): list(zip(group["at"].astype(int), group["tier"], strict=True))
                for place, group in pairs.groupby("place")
            }
        )
    return out[0], out[1]


def _neighbours(links: pd.DataFrame, hubs: Sequence[str]) -> dict[str, list[str]]:
    """A hub, and the stations of rail and metro that it is joined to by a walk."""
    walks = links[links["mode"].eq("walk")]
    found: dict[str, list[str]] = {hub: [hub] for hub in hubs}
    for start, end in zip(walks["from_node_id"], walks["to_node_id"], strict=True):
        if start in found and end not in found[start]:
            found[start].append(end)
    return found
