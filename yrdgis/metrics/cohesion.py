"""Cohesion (同城化) of town clusters and pairs: how far their members live as one place.

Minutes are judged on fixed goalposts, so that a figure of one cluster and year means the same as that of another: 100 up to
the near goalpost (30 minutes), 50 at the middle one (60), 0 from the far one (90) on, straight lines between.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from yrdgis.errors import InputError, UnknownNameError
from yrdgis.metrics.connectivity import road_classes
from yrdgis.metrics.frames import layers_of, minutes
from yrdgis.metrics.skim import check_places
from yrdgis.network import Network, rebuild
from yrdgis.network.assumptions import distance_km

__all__ = ["COHESION_COLUMNS", "COMPONENTS", "cohesion", "cohesion_index", "components", "score"]

Floats = npt.NDArray[np.float64]

COMPONENTS = ("between", "weakest", "centre", "core")
"""Between members on average; between the two worst; to their own centres; to the core city of the region."""

COHESION_COLUMNS = (
    "cluster_id", "name", "name_zh", "kind", "reading", "members", "missing", "pairs", "near_pairs",
    "mean_between_min", "worst_between_min", "ratio", *COMPONENTS, "index", "index_low", "index_high",
    "rank_in_kind", "resolution",
)  # fmt: skip
"""Columns of `cohesion`; components and index from 0 to 100."""

_POSTS = ("near", "middle", "far")


def score(minutes: npt.ArrayLike, posts: Sequence[float]) -> Floats:
    """Minutes on goalposts: 100 up to the first, 50 at the second, 0 from the third on; 0 where there is no way.

    Parameters
    ----------
    minutes : array of float
        NaN: no way.
    posts : three of float
        Minutes, ascending.

    Raises
    ------
    InputError
        If the goalposts do not ascend.

    Examples
    --------
    >>> score([10, 45, 60, 90, np.nan], [30, 60, 90]).tolist()
    [100.0, 75.0, 50.0, 0.0, 0.0]
    """
    near, middle, far = posts
    if not 0 <= near < middle < far:
        raise InputError(f"goalposts have to ascend from 0: {list(posts)}")
    time = np.nan_to_num(np.asarray(minutes, dtype=float), nan=far)
    return np.interp(time, [near, middle, far], [100.0, 50.0, 0.0])


def components(between: Floats, centre: Floats, core: Floats, posts: Sequence[float]) -> dict[str, float]:
    """Components of one cluster; none ever falls when one of the minutes falls.

    Parameters
    ----------
    between : array of float
        Minutes from each member to each, NaN: no way.
    centre, core : array of float
        Minutes from each member to its own centre (NaN: it has none of its own, left out) and to the core city.
    posts : three of float
        Goalposts.

    Returns
    -------
    dict
        Of `COMPONENTS`, 0 to 100; NaN where a component says nothing (``centre`` of clusters of whole cities).

    Examples
    --------
    >>> components(np.array([[0, 60], [60, 0]]), np.array([20.0, 75.0]), np.array([90.0, 30.0]), [30, 60, 90])
    {'between': 50.0, 'weakest': 50.0, 'centre': 62.5, 'core': 50.0}
    """
    off = score(between, posts)[~np.eye(len(between), dtype=bool)]
    own = score(centre[~np.isnan(centre)], posts)
    return {
        "between": float(off.mean()) if len(off) else float("nan"),
        "weakest": float(off.min()) if len(off) else float("nan"),
        "centre": float(own.mean()) if len(own) else float("nan"),
        "core": float(score(core, posts).mean()) if len(core) else float("nan"),
    }


def cohesion_index(parts: Mapping[str, float], weights: Mapping[str, float] | None = None) -> float:
    """Weighted mean of the components that are known.

    Parameters
    ----------
    parts : mapping
        As `components` gives them.
    weights : mapping, optional
        Weight by component, zero or more, not all zero; equal by default. A component that is not named weighs nothing.

    Raises
    ------
    InputError
        If a weight is negative, of no component, or all are zero.

    Examples
    --------
    >>> cohesion_index({"between": 80.0, "weakest": 40.0}, {"between": 3, "weakest": 1})
    70.0
    """
    told = dict.fromkeys(COMPONENTS, 1.0) if weights is None else dict(weights)
    strange = sorted(set(told) - set(COMPONENTS))
    if strange or any(not np.isfinite(w) or w < 0 for w in told.values()) or not sum(told.values()) > 0:
        raise InputError(
            f"weights are for {', '.join(COMPONENTS)}, zero or more and not all zero; given: "
            + ", ".join(f"{name}={weight}" for name, weight in told.items())
        )
    known = {name: parts[name] for name in told if name in parts and not np.isnan(parts[name])}
    total = sum(told[name] for name in known)
    return sum(told[name] * value for name, value in known.items()) / total if total > 0 else float("nan")


def cohesion(
    network: Network,
    clusters: Iterable[str] | None = None,
    *,
    weights: Mapping[str, float] | None = None,
    mode: str = "door",
    range_: bool = True,
    **how: Any,
) -> pd.DataFrame:
    """Cohesion of town clusters on the day of a network.

    Parameters
    ----------
    network : Network
        Built from layers with ``clusters`` and ``cluster_members``.
    clusters : iterable of str, optional
        Ids; all by default.
    weights : mapping, optional
        As for `cohesion_index`.
    mode : str
        As for `yrdgis.metrics.skim.skim`.
    range_ : bool
        Whether the band takes in the ends of all parameters, which takes two more networks.
    **how
        ``client``, ``block``, ``memory_mb`` and ``progress``, as for `yrdgis.metrics.frames.minutes`.

    Returns
    -------
    pandas.DataFrame
        Columns of `COHESION_COLUMNS`, one row per cluster and reading of its members. ``ratio`` is the mean over pairs of
        t_ij / mean(t_i,centre, t_j,centre): below 1, members are nearer to each other than to their own centres (the seat
        of its district for a town, of its city for a district). ``index_low`` and ``index_high`` are the band of
        sensitivity: goalposts at their low and high ends, each component left out in turn, and the parameters' ends.
        ``rank_in_kind`` compares clusters of the same kind by the same reading, 1 the highest index.
        ``missing`` names members that no node stands for. ``resolution`` is "below resolution" where half the pairs or
        more are nearer than ``resolution.min_km``: the strategic network then lacks the roads that carry them.

    Raises
    ------
    UnknownNameError
        If there is no such cluster.

    References
    ----------
    The form follows the human development index: components on fixed goalposts (UNDP, technical notes).

    Examples
    --------
    >>> import yrdgis as yg
    >>> now = yg.load().network("today").network
    >>> cohesion(now, ["pair:jiading-kunshan-taicang"], range_=False)["members"].tolist()
    ['district:310114;district:320583;district:320585']
    """
    layers = layers_of(network, what="cohesion")
    chosen = _chosen(layers, clusters)
    cohesion_index(dict.fromkeys(COMPONENTS, 0.0), weights)
    groups = _members(layers, network, list(chosen["cluster_id"]))
    own = _centres(layers, network)
    core = str(layers["cities"].set_index("city_id")["pop_2020"].astype(float).idxmax())
    check_places(network, [core])
    ends = ("value", "low", "high") if range_ else ("value",)
    networks = [network if end == "value" else rebuild(network, parameters=end) for end in ends]
    tables = [_minutes(one, groups, own, core, mode, how) for one in networks]
    posts = [
        [layers.parameter(f"goalpost.{post}_min", end) for post in _POSTS] for end in ("value", "low", "high")
    ]
    near_km = layers.parameter("resolution.min_km")
    facts = chosen.set_index("cluster_id")
    rows = []
    for at, (cluster, reading, members, missing) in enumerate(groups):
        between, centre, far = tables[0][at]
        parts = components(between, centre, far, posts[0])
        index = cohesion_index(parts, weights)
        band = [
            index,
            *(v for t in tables for p in posts for v in _sensitive(components(*t[at], p), weights)),
        ]
        known = [value for value in band if not np.isnan(value)]
        pairs, near = _pairs(network, members, near_km)
        below = bool(pairs) and near * 2 >= pairs and not network.attrs.get("detailed", False)
        rows.append(
            {
                "cluster_id": cluster,
                **{column: facts.at[cluster, column] for column in ("name", "name_zh", "kind")},
                "reading": reading,
                "members": ";".join(members),
                "missing": ";".join(missing),
                "pairs": pairs,
                "near_pairs": near,
                **_plain(between, centre),
                **parts,
                "index": index,
                "index_low": min(known, default=np.nan),
                "index_high": max(known, default=np.nan),
                "resolution": "below resolution" if below else "",
            }
        )
    out = pd.DataFrame(rows, columns=list(COHESION_COLUMNS))
    out["rank_in_kind"] = out.groupby(["kind", "reading"])["index"].rank(ascending=False, method="min")
    out.attrs.update(
        mode=mode,
        as_of=network.as_of.isoformat() if network.as_of else None,
        label=network.label,
        forecast=bool(network.attrs.get("forecast", False)),
        confidence="low",
        undated_share=round(network.undated_share, 4),
        range="goalposts, components left out in turn" + (", parameters" if range_ else ""),
        core=core,
        rests_on=road_classes(network),
        goalposts_min=posts[0],
    )
    return out


def _chosen(layers: Any, clusters: Iterable[str] | None) -> pd.DataFrame:
    rows = layers["clusters"]
    if clusters is None:
        return rows
    wanted = list(dict.fromkeys(clusters))
    lost = sorted(set(wanted) - set(rows["cluster_id"]))
    if lost:
        raise UnknownNameError(f"no cluster {', '.join(lost)}; there are {', '.join(rows['cluster_id'])}")
    return rows[rows["cluster_id"].isin(wanted)]


def _members(layers: Any, network: Network, wanted: list[str]) -> list[tuple[str, str, list[str], list[str]]]:
    rows = layers["cluster_members"]
    found = []
    for cluster in wanted:
        for reading, group in rows[rows["cluster_id"] == cluster].groupby("reading", sort=True):
            ids = list(dict.fromkeys(group["member_id"]))
            there = [member for member in ids if member in network.nodes.index]
            found.append((cluster, str(reading), there, [m for m in ids if m not in there]))
    return found


def _centres(layers: Any, network: Network) -> dict[str, str]:
    """Own centre of a member: the seat of its district for a town, of its city for a district."""
    towns, districts = layers["towns"], layers["districts"]
    of: dict[str, str] = {}
    for rows, member, centre in ((towns, "town_id", "district_id"), (districts, "district_id", "city_id")):
        of.update({str(a): str(b) for a, b in zip(rows[member], rows[centre], strict=True)})
    return {member: centre for member, centre in of.items() if centre in network.nodes.index}


def _minutes(
    network: Network,
    groups: Sequence[Any],
    own: Mapping[str, str],
    core: str,
    mode: str,
    how: Mapping[str, Any],
) -> list[tuple[Floats, Floats, Floats]]:
    """For each group: minutes between its members (mean of both ways), to own centres, to the core city."""
    ids = list(dict.fromkeys(member for *_, members, _ in groups for member in members))
    ends = list(dict.fromkeys([*ids, *(own[m] for m in ids if m in own), core]))
    table = minutes(network, ids, ends, mode=mode, **how)
    row, column = ({place: at for at, place in enumerate(places)} for places in (ids, ends))
    found = []
    for *_, members, _ in groups:
        at = [row[m] for m in members]
        there = table[np.ix_(at, [column[m] for m in members])]
        centre = np.array([table[row[m], column[own[m]]] if m in own else np.nan for m in members])
        found.append(((there + there.T) / 2, centre, table[at, column[core]]))
    return found


def _sensitive(parts: dict[str, float], weights: Mapping[str, float] | None) -> list[float]:
    """The index, and the index without each component in turn."""
    told = dict.fromkeys(COMPONENTS, 1.0) if weights is None else dict(weights)
    found = [cohesion_index(parts, told)]
    for left_out in COMPONENTS:
        rest = {name: weight for name, weight in told.items() if name != left_out}
        if sum(rest.values()) > 0:
            found.append(cohesion_index(parts, rest))
    return found


def _pairs(network: Network, members: list[str], near_km: float) -> tuple[int, int]:
    """Pairs of members, and how many are nearer than the network resolves."""
    pairs = list(combinations(members, 2))
    if not pairs:
        return 0, 0
    a, b = (
        network.nodes.loc[list(side), ["lon", "lat"]].to_numpy(float) for side in zip(*pairs, strict=True)
    )
    return len(pairs), int((distance_km(a[:, 0], a[:, 1], b[:, 0], b[:, 1]) < near_km).sum())


def _plain(between: Floats, centre: Floats) -> dict[str, float]:
    """Mean and worst minutes between members, and the mean ratio to those to their centres; NaN where not known."""
    a, b = np.triu_indices(len(between), 1)
    time = between[a, b]
    if not len(time) or np.isnan(time).any():
        return {"mean_between_min": np.nan, "worst_between_min": np.nan, "ratio": np.nan}
    home = (centre[a] + centre[b]) / 2
    ratio = np.divide(time, home, out=np.full(len(time), np.nan), where=np.nan_to_num(home) > 0)
    known = ratio[~np.isnan(ratio)]
    mean = float(known.mean()) if len(known) else np.nan
    return {"mean_between_min": float(time.mean()), "worst_between_min": float(time.max()), "ratio": mean}
