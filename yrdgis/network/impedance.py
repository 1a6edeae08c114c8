"""What is minimised, over which links, and where a path may not pass.

Weights are whole numbers (milliseconds, metres, fen, grams), so that every engine gives equal answers. Ties
break by fewest legs, then fewest links, then the order of ids: legs and links ride along in the low bits of
one weight.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd

from yrdgis.errors import InputError, NetworkError
from yrdgis.network.model import Network

__all__ = ["IMPEDANCES", "PLACE_KINDS", "Graph", "Impedance", "compile_graph", "impedance_named", "units"]

Ints = npt.NDArray[np.int64]

LEG_BITS = 8
LINK_BITS = 14
_UNIT = 1 << (LEG_BITS + LINK_BITS)
_LEG = 1 << LINK_BITS

PLACE_KINDS = frozenset({"city", "district", "town", "destination", "airport", "port", "point"})
"""Kinds of nodes where a path begins or ends but never passes, in every mode."""

_DRIVE_ENDS = PLACE_KINDS | {"station", "metro"}
_PUBLIC = frozenset({"rail", "metro", "walk", "access"})


@dataclass(frozen=True)
class Impedance:
    """One thing to minimise: the links' column, its unit, and how many whole units that is."""

    name: str
    column: str
    unit: str
    per_unit: int


IMPEDANCES: Mapping[str, Impedance] = MappingProxyType(
    {
        i.name: i
        for i in (
            Impedance("in_vehicle", "in_vehicle_min", "min", 60_000),
            Impedance("total", "total_min", "min", 60_000),
            Impedance("distance", "length_km", "km", 1_000),
            Impedance("cost", "cost_cny", "CNY", 100),
            Impedance("co2", "co2_kg", "kg", 1_000),
        )
    }
)
"""Milliseconds, metres, fen and grams inside; minutes, kilometres, yuan and kilograms outside."""


def impedance_named(name: str) -> Impedance:
    """The impedance of that name.

    Raises
    ------
    InputError
        If there is none; the message lists them.

    Examples
    --------
    >>> impedance_named("distance").unit
    'km'
    """
    if name not in IMPEDANCES:
        raise InputError(f"no impedance named {name!r}; there are {', '.join(IMPEDANCES)}")
    return IMPEDANCES[name]


def units(links: pd.DataFrame, column: str) -> Ints:
    """A column of links in whole units: milliseconds, metres, fen or grams.

    Examples
    --------
    >>> units(pd.DataFrame({"total_min": [1.5]}), "total_min").tolist()
    [90000]
    """
    per_unit = next(i.per_unit for i in IMPEDANCES.values() if i.column == column)
    return np.rint(links[column].to_numpy() * per_unit).astype(np.int64)


@dataclass(frozen=True)
class Graph:
    """Arrays of one mode and impedance: nodes, links, and composite weights.

    A place is two nodes here, one that is only left and one that is only entered, so that no path passes it.
    """

    network: Network
    impedance: Impedance
    node_ids: pd.Index
    entries: Ints
    tails: Ints
    heads: Ints
    weights: Ints
    rows: Ints
    size: int

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """Node id to position among ``node_ids``."""
        return {node: at for at, node in enumerate(self.node_ids)}

    def value(self, weights: npt.NDArray[np.float64]) -> Ints:
        """Whole units of the impedance in composite weights; -1 where there is no way."""
        reached = np.isfinite(weights)
        return np.where(reached, np.where(reached, weights, 0).astype(np.int64) // _UNIT, -1)

    def legs(self, weights: npt.NDArray[np.float64]) -> Ints:
        """Legs in composite weights; -1 where there is no way."""
        reached = np.isfinite(weights)
        return np.where(reached, np.where(reached, weights, 0).astype(np.int64) % _UNIT // _LEG, -1)


def compile_graph(network: Network, *, mode: str, impedance: str, parallels: bool = False) -> Graph:
    """Arrays for shortest paths in one mode.

    Parameters
    ----------
    network : Network
    mode : str
        ``drive``, ``rail`` (station to station), ``public`` (access, rail, metro, egress), or any mode that
        links have.
    impedance : str
        One of ``IMPEDANCES``.
    parallels : bool
        Whether to keep every link between two nodes; else only the least, which is all that a least path uses.

    Raises
    ------
    InputError
        If no link has this mode, or the impedance is not known.
    NetworkError
        If weights are too large for exact whole numbers.
    """
    what = impedance_named(impedance)
    kept = network.kept(("graph", mode, what, parallels), lambda: _compiled(network, mode, what, parallels))
    return replace(kept, network=network)


def _compiled(network: Network, mode: str, what: Impedance, parallels: bool) -> Graph:
    rows = np.flatnonzero(_of_mode(network, mode))
    links = network.links.iloc[rows]
    ends = network.kept("ends", lambda: _ends(network))
    used = np.zeros(len(network.nodes), dtype=bool)
    used[ends[:, rows].ravel()] = True
    number = np.cumsum(used) - 1
    node_ids = network.nodes.index[used]
    split = network.nodes["kind"][used].isin(_DRIVE_ENDS if mode == "drive" else PLACE_KINDS).to_numpy()
    entries = np.arange(len(node_ids))
    entries[split] = len(node_ids) + np.arange(split.sum())
    weights = units(links, what.column) * _UNIT + links["legs"].to_numpy() * _LEG + 1
    if len(weights) and weights.max() > 1 << 51:
        raise NetworkError(f"'{what.column}' of {links.index[weights.argmax()]} is too large for exact paths")
    tails, heads = number[ends[0, rows]], entries[number[ends[1, rows]]]
    keep = np.flatnonzero(tails != heads) if parallels else _best_of_parallels(tails, heads, weights)
    return Graph(
        network,
        what,
        node_ids,
        entries,
        tails[keep],
        heads[keep],
        weights[keep],
        rows[keep],
        len(node_ids) + int(split.sum()),
    )


def _ends(network: Network) -> Ints:
    """Rows of the nodes at both ends of each link."""
    ends = (pd.Index(network.links[end]) for end in ("from_node_id", "to_node_id"))
    return np.stack([network.nodes.index.get_indexer(end) for end in ends])


def _of_mode(network: Network, mode: str) -> npt.NDArray[np.bool_]:
    column = network.links["mode"]
    if mode == "public":
        chosen = column.isin(_PUBLIC)
    elif mode == "rail":
        between = network.links["from_node_id"].str.startswith("station:") & network.links[
            "to_node_id"
        ].str.startswith("station:")
        chosen = (column == "rail") | ((column == "walk") & between)
    else:
        chosen = column == mode
        if not chosen.any():
            there = ", ".join(network.modes) or "none"
            raise InputError(f"no links of mode {mode!r} in this network; it has {there}")
    return chosen.to_numpy()


def _best_of_parallels(tails: Ints, heads: Ints, weights: Ints) -> Ints:
    """Positions of the least link of each pair of nodes, the first id where weights are equal; no self
    loops.
    """
    order = np.lexsort((np.arange(len(tails)), weights, heads, tails))
    if not len(order):
        return order
    first = np.ones(len(order), dtype=bool)
    first[1:] = (np.diff(tails[order]) != 0) | (np.diff(heads[order]) != 0)
    keep = np.sort(order[first])
    return keep[tails[keep] != heads[keep]]
