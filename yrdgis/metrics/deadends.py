"""What joining a dead-end road would save: minutes and kilometres of the way round, ranked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from yrdgis.network.deadends import Rules, find_dead_ends

if TYPE_CHECKING:
    import geopandas as gpd

    from yrdgis.io import Layers
    from yrdgis.network.osm import Imported

__all__ = ["dead_ends"]

_FACTOR = 1000  # minutes and kilometres in thousandths, as whole numbers for the engine


def dead_ends(
    imported: Imported,
    border: gpd.GeoDataFrame,
    *,
    layers: Layers,
    rules: Rules | None = None,
    water: gpd.GeoDataFrame | None = None,
) -> gpd.GeoDataFrame:
    """Dead-end roads at a border, with what joining them would save, for a person to review.

    Parameters
    ----------
    imported : Imported
        A detailed road network, from `import_osm` or `lines_to_network`.
    border : geopandas.GeoDataFrame
        Lines, or polygons whose edges are the borders.
    layers : Layers
        Their parameters give the rules and the speed on what is built.
    rules : Rules, optional
        Other rules.
    water : geopandas.GeoDataFrame, optional
        Polygons of water.

    Returns
    -------
    geopandas.GeoDataFrame
        As `find_dead_ends` without the roots, with ``way_round_km`` and ``before_min`` of today's way between
        the two ends (NaN where there is none), ``after_min`` over the gap at the speed of the lower class,
        ``saved_min``, ``detour_ratio``; ``detour_km`` is what the way round is longer than the road once
        joined, for someone who comes from where either branch leaves the rest of the network. ``likely`` says
        whether the score is high enough and joining would spare a detour at all (minutes, for a class drop); ``rank`` orders the likely
        ones by minutes saved (no way at all first), and ``verdict`` and ``remark`` are left blank for the
        person.
    """
    told = rules or Rules.of(layers)
    table = find_dead_ends(imported, border, rules=told, water=water)
    before, km, detour = _ways(imported, table)
    gap_km = table["gap_m"].to_numpy(float) / 1000
    one, other = _speeds(table, layers)
    met_km = np.where(table["kind"] == "meets a road", table["partner_root_m"].to_numpy(float) / 1000, 0.0)
    km, before = km + met_km, before + met_km / other * 60
    after = gap_km / np.fmin(one, other) * 60
    table["way_round_km"], table["before_min"] = km.round(3), before.round(2)
    table["after_min"] = after.round(2)
    table["saved_min"] = (before - after).round(2)
    with np.errstate(divide="ignore", invalid="ignore"):
        table["detour_ratio"] = np.where(gap_km > 0, km / gap_km, np.nan).round(1)
    branch_km = table[["root_m", "partner_root_m"]].sum(axis=1).to_numpy() / 1000
    detour = detour + 2 * met_km - branch_km - gap_km
    table["detour_km"] = detour.round(3)
    drops = table[["end", "partner_end"]].eq("class drop").any(axis=1)
    joined = np.where(drops, table["saved_min"] <= 0, detour * 1000 < told.detour_m)
    table.loc[joined, "kind"] = "joined nearby"
    table["likely"] = (table["score"] >= told.min_score) & ~joined & (table["kind"] != "no partner")
    worth = np.where(table["likely"], table["saved_min"].fillna(np.inf), -np.inf)
    order = np.lexsort((-table["score"], -worth, ~table["likely"]))
    table = table.drop(columns=["root_node_id", "root_m", "partner_root_node_id", "partner_root_m"])
    table = table.iloc[order].reset_index(drop=True)
    table.insert(0, "rank", np.where(table["likely"], np.arange(1, len(table) + 1), 0))
    table["verdict"], table["remark"] = "", ""
    return table


def _speeds(table: gpd.GeoDataFrame, layers: Layers) -> tuple[np.ndarray, np.ndarray]:
    """Kilometres per hour on the road that ends and on its partner."""
    from yrdgis.network._road_classes import osm_class
    from yrdgis.network.assumptions import Assumptions
    from yrdgis.network.osm import speeds_of

    use = speeds_of(Assumptions(layers), None)
    classes = {*table["class"], *table["partner_class"]}
    known = {k: osm_class(k) for k in classes if k}
    listed = {k: use.listed(v, "road") * use.factor(v, "road") for k, v in known.items()}
    return table["class"].map(listed).to_numpy(float), table["partner_class"].map(listed).to_numpy(float)


def _ways(imported: Imported, table: gpd.GeoDataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Minutes and kilometres of today's way between the ends of each row, and kilometres between the roots.

    NaN where there is no way.
    """
    from yrdgis.engine import prepare

    network = imported.network
    links = network.links
    index = network.nodes.index
    tail, head = (index.get_indexer(pd.Index(links[c])) for c in ("from_node_id", "to_node_id"))
    lon, lat = network.nodes["lon"].to_numpy(), network.nodes["lat"].to_numpy()
    minutes, km = (
        prepare(
            len(index),
            tail,
            head,
            np.maximum((links[column].to_numpy() * _FACTOR).round(), 0).astype(np.int64),
            lon,
            lat,
        )
        for column in ("total_min", "length_km")
    )
    ends = [index.get_indexer(pd.Index(table[c])) for c in ("node_id", "partner_node_id")]
    roots = [index.get_indexer(pd.Index(table[c])) for c in ("root_node_id", "partner_root_node_id")]
    return _least(minutes, *ends), _least(km, *ends), _least(km, *roots)


def _least(engine: Any, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Least weight between each start and its end, NaN where there is no way.

    The better of both directions: nothing can leave the end of a carriageway that leads to it.
    """
    from yrdgis.engine import UNREACHABLE

    found = np.full(len(start), np.nan)
    rows = np.flatnonzero((start >= 0) & (end >= 0))
    for tail, head in ((start[rows], end[rows]), (end[rows], start[rows])):
        if len(rows):
            origins, back = np.unique(tail, return_inverse=True)
            goals, there = np.unique(head, return_inverse=True)
            values = engine.many_to_many(origins, goals)[np.ravel(back), np.ravel(there)].astype(float)
            values[values == UNREACHABLE] = np.nan
            found[rows] = np.fmin(found[rows], values / _FACTOR)
    return found
