"""Skims in blocks of origins and scenarios, here or on a cluster, in memory or in a folder."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from yrdgis.engine.work import Progress
from yrdgis.metrics.answers import stops_of, ways_of
from yrdgis.metrics.blocks import Job, Piece, blocks_of, carry_out, ids_told, size_of_blocks
from yrdgis.metrics.packing import digest_of, networks_of, pack, tables_of, unpack
from yrdgis.metrics.parts import Parts
from yrdgis.metrics.skimming import ENDS, Ask, meta_of, rows_of
from yrdgis.network import Network, rebuild
from yrdgis.network.impedance import compile_graph

__all__ = ["memory_of_block", "packed", "skim_in_blocks", "together"]

_NODE_BYTES, _PAIR_BYTES, _LINK_BYTES = 24, 480, 160
_AT_ONCE = 128


@dataclass(frozen=True)
class _Case:
    """What a process holds: networks, which keep what is made of them, and what is asked."""

    networks: Mapping[str, Network]
    ends: tuple[str, ...]
    ask: Ask


def skim_in_blocks(
    networks: Mapping[str, Network],
    starts: Sequence[str],
    ends: Sequence[str],
    ask: Ask,
    *,
    several: bool,
    client: Any = None,
    out: str | os.PathLike[str] | None = None,
    block: int | None = None,
    memory_mb: float,
    progress: Progress | None = None,
) -> pd.DataFrame | Parts:
    """A skim of some networks, block by block.

    Parameters
    ----------
    networks : mapping of Network
        By scenario; each with all places, in its mode.
    starts, ends : sequence of str
        Node ids, each once.
    ask : Ask
    several : bool
        Whether the scenario is a column.
    client, out, block, memory_mb, progress
        As for `yrdgis.metrics.skim.skim`.
    """
    sizes, cases, keys = [], {}, {}
    for scenario, network in networks.items():
        megabytes = memory_of_block(network, starts, ends, ask)
        sizes.append(size_of_blocks(len(starts), mb=megabytes, memory_mb=memory_mb, asked=block))
        data = packed(network, ends, ask)
        keys[scenario] = digest_of(data)
        cases[keys[scenario]] = data
    size = min(sizes)
    job = Job("skim", _opened, _block, cases, blocks_of(keys, starts, size), _inputs(starts, ends, ask, size))
    places = [*starts, *ends]

    def meta(facts: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, Any]:
        own = {name: meta_of(network, facts[name], places, ask) for name, network in networks.items()}
        return together(own) if several else next(iter(own.values()))

    return carry_out(job, meta=meta, client=client, out=out, progress=progress, scenarios=several)


def together(metas: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """What a skim of several scenarios rests on: what they share, and each by itself."""
    first = next(iter(metas.values()))
    shared = {name: first[name] for name in ("mode", "impedance", "impedance_unit")}
    return {**shared, "scenarios": {name: dict(meta) for name, meta in metas.items()}}


def memory_of_block(network: Network, starts: Sequence[str], ends: Sequence[str], ask: Ask) -> Any:
    """How many megabytes a block of some origins takes, as a function of their number.

    24 bytes for each node and each of the 128 origins that are searched at once, 480 for each pair of stops, 160
    for each link.

    Raises
    ------
    InputError
        If there is no such mode here, or a place has no station in mode ``rail``.
    """
    searched, from_stops, to_stops, links = 0, 1, len(ends), len(network.links)
    for way in ways_of(ask.mode):
        graph = compile_graph(network, mode=way, impedance=ask.impedance)
        searched = max(searched, graph.size)
        from_stops = max(from_stops, *(len(stops) for stops in stops_of(network, starts, way)))
        to_stops = max(to_stops, sum(len(stops) for stops in stops_of(network, ends, way)))

    def megabytes(rows: int) -> float:
        stops = rows * from_stops
        node = _NODE_BYTES * min(stops, _AT_ONCE) * searched
        return (node + _PAIR_BYTES * stops * to_stops + _LINK_BYTES * links) / 1e6

    return megabytes


def packed(network: Network, ends: Sequence[str], ask: Ask) -> bytes:
    """What a process needs for any block of a skim, as bytes."""
    networks = {"value": network}
    if ask.range_:
        networks |= {end: rebuild(network, parameters=end) for end in ENDS}
    facts = {
        "ends": list(ends),
        "mode": ask.mode,
        "impedance": ask.impedance,
        "max_min": ask.max_min,
        "range_": ask.range_,
        "extra": list(ask.extra),
    }
    return pack(tables_of(networks), facts)


def _opened(data: bytes) -> _Case:
    tables, facts = unpack(data)
    ends = tuple(facts.pop("ends"))
    return _Case(networks_of(tables), ends, Ask(**{**facts, "extra": tuple(facts["extra"])}))


def _block(case: _Case, rows: tuple[str, ...]) -> Piece:
    return Piece(*rows_of(case.networks, rows, case.ends, case.ask))


def _inputs(starts: Sequence[str], ends: Sequence[str], ask: Ask, size: int) -> dict[str, Any]:
    return {
        "origins": ids_told(starts),
        "destinations": ids_told(ends),
        "origins_per_block": size,
        "mode": ask.mode,
        "impedance": ask.impedance,
        "max_min": ask.max_min,
        "range": ask.range_,
        "extra": list(ask.extra),
    }
