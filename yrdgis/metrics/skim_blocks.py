"""Skims in blocks of origins and scenarios, here or on a cluster, in memory or in a folder."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from yrdgis.engine.work import Progress
from yrdgis.metrics.answers import stops_of, ways_of
from yrdgis.metrics.blocks import Job, Piece, blocks_of, gather, size_of_blocks, store
from yrdgis.metrics.packing import digest_of, networks_of, pack, tables_of, unpack
from yrdgis.metrics.parts import Parts, joined
from yrdgis.metrics.skimming import ENDS, Ask, meta_of, rows_of
from yrdgis.network import Network, rebuild
from yrdgis.network.impedance import Graph, compile_graph

__all__ = ["memory_of_block", "skim_in_blocks", "together"]

_NODE_BYTES, _PAIR_BYTES, _LINK_BYTES = 24, 480, 160
_AT_ONCE = 128


@dataclass
class _Case:
    """A network as a process holds it: frames, and the graphs that were made of them."""

    networks: Mapping[str, Network]
    ends: tuple[str, ...]
    ask: Ask
    graphs: dict[tuple[int, str], Graph] = field(default_factory=dict)

    def graph(self, network: Network, *, mode: str, impedance: str) -> Graph:
        """The graph of a way, made when it is first asked for."""
        key = (id(network), mode)
        if key not in self.graphs:
            self.graphs[key] = compile_graph(network, mode=mode, impedance=impedance)
        return self.graphs[key]


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
        data = _packed(network, ends, ask)
        keys[scenario] = digest_of(data)
        cases[keys[scenario]] = data
    size = min(sizes)
    job = Job("skim", _opened, _block, cases, blocks_of(keys, starts, size), _inputs(starts, ends, ask, size))
    places = [*starts, *ends]

    def meta(facts: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, Any]:
        own = {name: meta_of(network, facts[name], places, ask) for name, network in networks.items()}
        return together(own) if several else next(iter(own.values()))

    if out is not None:
        return store(job, out, meta=meta, client=client, progress=progress, scenarios=several)
    pieces = gather(job, client=client, progress=progress)
    facts: dict[str, list[Mapping[str, Any]]] = {}
    for one, piece in zip(job.blocks, pieces, strict=True):
        facts.setdefault(one.scenario, []).append(piece.facts)
    frame = joined([piece.frame for piece in pieces])
    if several:
        names = [
            one.scenario
            for one, piece in zip(job.blocks, pieces, strict=True)
            for _ in range(len(piece.frame))
        ]
        frame.insert(0, "scenario", names)
    frame.attrs.update(meta(facts))
    return frame


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


def _packed(network: Network, ends: Sequence[str], ask: Ask) -> bytes:
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
    return Piece(*rows_of(case.networks, rows, case.ends, case.ask, compile_=case.graph))


def _inputs(starts: Sequence[str], ends: Sequence[str], ask: Ask, size: int) -> dict[str, Any]:
    def told(places: Sequence[str]) -> str:
        digest = hashlib.blake2b("\n".join(places).encode(), digest_size=8).hexdigest()
        return f"{len(places)} places ({digest})"

    return {
        "origins": told(starts),
        "destinations": told(ends),
        "origins_per_block": size,
        "mode": ask.mode,
        "impedance": ask.impedance,
        "max_min": ask.max_min,
        "range": ask.range_,
        "extra": list(ask.extra),
    }
