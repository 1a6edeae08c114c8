"""What joining a dead-end road would save: minutes and kilometres of the way round, ranked."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
        As `find_dead_ends`, with ``way_round_km`` and ``before_min`` of today's way between the two ends
        (NaN where there is none), ``after_min`` over the gap at the speed of the lower class,
        ``saved_min``, ``detour_ratio``; ``likely`` says whether the score is high enough and the ends are
        not joined already by a short way; ``rank`` orders the likely ones by minutes saved (no way at all
        first), and ``verdict`` and ``remark`` are left blank for the person.
    """
    told = rules or Rules.of(layers)
    table = find_dead_ends(imported, border, rules=told, water=water)
    before, km = _ways(imported, table)
    gap_km = table["gap_m"].to_numpy(float) / 1000
    after = gap_km / _speeds(table, layers) * 60
    table["way_round_km"], table["before_min"] = km.round(3), before.round(2)
    table["after_min"] = after.round(2)
    table["saved_min"] = (before - after).round(2)
    with np.errstate(divide="ignore", invalid="ignore"):
        table["detour_ratio"] = np.where(gap_km > 0, km / gap_km, np.nan).round(1)
    joined = (km - gap_km) * 1000 < told.detour_m
    joined &= ~table[["end", "partner_end"]].eq("class drop").any(axis=1)
    table.loc[joined, "kind"] = "joined nearby"
    table["likely"] = (table["score"] >= told.min_score) & ~joined & (table["kind"] != "no partner")
    worth = np.where(table["likely"], table["saved_min"].fillna(np.inf), -np.inf)
    order = np.lexsort((-table["score"], -worth, ~table["likely"]))
    table = table.iloc[order].reset_index(drop=True)
    table.insert(0, "rank", np.where(table["likely"], np.arange(1, len(table) + 1), 0))
    table["verdict"], table["remark"] = "", ""
    return table


def _speeds(table: gpd.GeoDataFrame, layers: Layers) -> np.ndarray:
    """Kilometres per hour on what is built: that of the slower of the two roads."""
    from yrdgis.network.assumptions import Assumptions
    from yrdgis.network.osm import speeds_of

    use = speeds_of(Assumptions(layers), None)
    listed = {
        k: use.listed(k, "road") * use.factor(k, "road")
        for k in {*table["class"], *table["partner_class"]}
        if k
    }
    one = table["class"].map(listed).to_numpy(float)
    other = table["partner_class"].map(listed).to_numpy(float)
    return np.fmin(one, other)


def _ways(imported: Imported, table: gpd.GeoDataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Minutes and kilometres of today's way between the ends of each row; NaN where there is none."""
    from yrdgis.engine import UNREACHABLE, prepare

    network = imported.network
    links = network.links
    index = network.nodes.index
    ends = [links["from_node_id"], links["to_node_id"], table["node_id"], table["partner_node_id"]]
    tail, head, start, end = (index.get_indexer(pd.Index(e)) for e in ends)
    rows = np.flatnonzero(end >= 0)
    out = []
    for column in ("total_min", "length_km"):
        weight = np.maximum((links[column].to_numpy() * _FACTOR).round(), 0).astype(np.int64)
        engine = prepare(
            len(index), tail, head, weight, network.nodes["lon"].to_numpy(), network.nodes["lat"].to_numpy()
        )
        found = np.full(len(table), np.nan)
        if len(rows):
            origins, back = np.unique(start[rows], return_inverse=True)
            goals, there = np.unique(end[rows], return_inverse=True)
            matrix = engine.many_to_many(origins, goals)
            values = matrix[np.ravel(back), np.ravel(there)].astype(float)
            values[matrix[np.ravel(back), np.ravel(there)] == UNREACHABLE] = np.nan
            found[rows] = values / _FACTOR
        out.append(found)
    return out[0], out[1]
