"""Times under sets of projects in blocks of origins, here or on a cluster: whole numbers, put together exactly.

What projects change is told in bundles once, by the caller; a block of origins is then a small job of its own,
with a row for each pair: its time in the base, with all projects, and under every set of those that matter for it.
The game itself is played on these rows, whoever worked them out, so that its figures are the same to the last bit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from yrdgis.engine import Engine
from yrdgis.engine.work import Monitor, Progress
from yrdgis.errors import InputError
from yrdgis.metrics.answers import answer_of, stops_of, ways_of
from yrdgis.metrics.blocks import Job, Piece, blocks_of, carry_out, ids_told, size_of_blocks
from yrdgis.metrics.packing import digest_of, networks_of, pack, tables_of, unpack
from yrdgis.metrics.parts import Parts
from yrdgis.metrics.skim_blocks import memory_of_block
from yrdgis.metrics.skimming import Ask
from yrdgis.network import Network, in_mode
from yrdgis.scenarios.bundles import Bundle, Bundled, bundled, network_of
from yrdgis.scenarios.coalitions import Group, SetTimes, Times, Way, needs_of, ready, same_places, with_all

__all__ = ["GatheredTimes", "Limits", "times_in_blocks"]

Ints = npt.NDArray[np.int64]

_COPIES = 3


@dataclass(frozen=True)
class Limits:
    """How far times under every set are worked out: projects for one pair, sets x pairs in all, MB of a block."""

    players: int
    times: int
    memory_mb: float


class GatheredTimes(SetTimes):
    """Times that blocks worked out; what they did not, sets of networks asked for one by one, is worked out here.

    Parameters
    ----------
    frame : pandas.DataFrame
        Rows of all blocks in order.
    acting : frozenset of str
        Projects that change some link.
    anew : (Network, mapping)
        What `Times` takes, for questions that the rows don't answer.
    **sets
        What `SetTimes` takes.
    """

    def __init__(
        self, frame: pd.DataFrame, acting: frozenset[str], anew: tuple[Network, dict[str, Any]], **sets: Any
    ) -> None:
        super().__init__(ways=[], **sets)
        self._frame, self._network, self.acting = frame, anew, acting
        shape = (len(self.origins), len(self.destinations))
        self.base = frame["base"].to_numpy(np.int64).reshape(shape)
        self.complete = frame["with_all"].to_numpy(np.int64).reshape(shape)
        self.mattering = frame["mattering"].to_numpy(np.int64).reshape(shape)

    @cached_property
    def _here(self) -> Times:
        network, options = self._network
        return Times(network, self.projects, self.origins, self.destinations, **options)

    def matrices(self, sets: Sequence[int]) -> Iterator[tuple[int, Ints]]:
        """Each set that is asked for, with its matrix; worked out here."""
        yield from self._here.matrices(sets)

    def groups(self, progress: Progress | None = None) -> Iterator[Group]:
        """Pairs that can change, by the projects that matter for them, with times under every set of those."""
        members: dict[int, list[int]] = defaultdict(list)
        for pair, bits in enumerate(self.mattering.ravel().tolist()):
            if bits:
                members[bits].append(pair)
        times = self._frame["times"].to_numpy()
        monitor = Monitor(len(members), progress)
        for bits, pairs in members.items():
            players = tuple(at for at in range(len(self.projects)) if bits >> at & 1)
            yield Group(players, np.array(pairs), np.ascontiguousarray(np.stack(list(times[pairs])).T))
            monitor.step(1)


def times_in_blocks(
    base: Network,
    projects: Sequence[str],
    origins: Sequence[str],
    destinations: Sequence[str],
    *,
    mode: str,
    impedance: str,
    requires: Mapping[str, Collection[str]],
    limits: Limits,
    block: int | None = None,
    **options: Any,
) -> SetTimes:
    """Times under sets of projects, in blocks of origins.

    Parameters
    ----------
    base, projects, origins, destinations, mode, impedance, requires
        As for `yrdgis.scenarios.coalitions.Times`.
    limits : Limits
    block : int, optional
        Origins in a block.
    **options
        ``client``, ``out`` and ``progress``, as for `yrdgis.metrics.blocks.carry_out`.

    Returns
    -------
    SetTimes
        Where projects also slow or remove links, as `Times` works them out here.
    """
    network = in_mode(base, mode)
    anew: dict[str, Any] = {"mode": mode, "impedance": impedance, "requires": requires}
    needs = needs_of(projects, requires)
    union = network_of(network, projects)
    parts = _parts(network, union, projects, origins, destinations, mode, impedance)
    if parts is None:
        return Times(base, projects, origins, destinations, **anew)
    megabytes = memory_of_block(union, origins, destinations, Ask(mode, impedance))
    size = size_of_blocks(len(origins), mb=megabytes, memory_mb=limits.memory_mb, asked=block)
    data = _packed(union, parts, projects, destinations, needs, mode, impedance, limits)
    key = digest_of(data)
    inputs = {
        "projects": ";".join(projects),
        "origins": ids_told(list(origins)),
        "destinations": ids_told(list(destinations)),
        "origins_per_block": size,
        "mode": mode,
        "impedance": impedance,
    }
    blocks = blocks_of({base.label or "network": key}, list(origins), size)
    job = Job("value", _opened, _block, {key: data}, blocks, inputs)
    found = carry_out(job, meta=_joined_facts, **options)
    frame = found.read() if isinstance(found, Parts) else found
    if not frame.attrs["closed_form"]:
        return Times(base, projects, origins, destinations, **anew)
    acting = frozenset().union(*(part[0].projects for part in parts))
    return GatheredTimes(
        frame,
        acting,
        (base, anew),
        projects=projects,
        origins=origins,
        destinations=destinations,
        needs=needs,
    )


def _joined_facts(facts: Mapping[str, list[Mapping[str, Any]]]) -> dict[str, Any]:
    return {"closed_form": all(one["closed_form"] for some in facts.values() for one in some)}


Part = tuple[Bundled, list[list[str]], list[list[str]]]


def _parts(
    base: Network,
    union: Network,
    projects: Sequence[str],
    origins: Sequence[str],
    destinations: Sequence[str],
    mode: str,
    impedance: str,
) -> list[Part] | None:
    """For each way its bundles, and the stops of the origins and the destinations."""
    found = []
    for way in ways_of(mode):
        stops = [stops_of(union, places, way) for places in (origins, destinations)]
        places = [stop for groups in stops for group in groups for stop in group]
        part = bundled(base, projects, way=way, impedance=impedance, places=places)
        if part is None:
            return None
        found.append((part, stops[0], stops[1]))
    return found


def _packed(
    union: Network,
    parts: Sequence[Part],
    projects: Sequence[str],
    destinations: Sequence[str],
    needs: Sequence[int],
    mode: str,
    impedance: str,
    limits: Limits,
) -> bytes:
    tables = tables_of({"union": union})
    for number, (part, from_stops, to_stops) in enumerate(parts):
        tables[f"{number}/links"] = pd.DataFrame(
            {"tail": part.tail, "head": part.head, "weight": part.weight}
        )
        tables[f"{number}/bundles"] = pd.DataFrame(
            {
                "bundle": np.repeat(np.arange(len(part.bundles)), [len(one) for one in part.bundles]),
                **{
                    name: np.concatenate(
                        [getattr(one, name) for one in part.bundles] or [np.empty(0, np.int64)]
                    )
                    for name in ("tail", "head", "weight")
                },
            }
        )
        for side, stops, at in (("from", from_stops, part.exits), ("to", to_stops, part.entries)):
            listed = sorted({stop for group in stops for stop in group})
            tables[f"{number}/{side}"] = pd.DataFrame(
                {"stop": listed, "at": np.array([at.get(stop, -1) for stop in listed], dtype=np.int64)}
            )
    facts = {
        "projects": list(projects),
        "destinations": list(destinations),
        "needs": list(needs),
        "mode": mode,
        "impedance": impedance,
        "requires": [[sorted(one.requires) for one in part.bundles] for part, _, _ in parts],
        "sizes": [part.size for part, _, _ in parts],
        "players": limits.players,
        "times": limits.times,
        "memory_mb": limits.memory_mb,
    }
    return pack(tables, facts)


@dataclass(frozen=True)
class _Case:
    """What a process holds: the network with all projects, the bundles of each way and their engines."""

    union: Network
    parts: list[tuple[Bundled, Engine]]
    facts: Mapping[str, Any]


def _opened(data: bytes) -> _Case:
    tables, facts = unpack(data)
    parts = []
    for number, (requires, size) in enumerate(zip(facts["requires"], facts["sizes"], strict=True)):
        links, rows = tables.pop(f"{number}/links"), tables.pop(f"{number}/bundles")
        bundles = tuple(
            Bundle(frozenset(needed), *_arrays(rows[rows["bundle"] == at]))
            for at, needed in enumerate(requires)
        )
        exits, entries = (_known(tables.pop(f"{number}/{side}")) for side in ("from", "to"))
        part = Bundled(size, *_arrays(links), bundles, exits, entries)
        parts.append((part, ready(part)))
    return _Case(networks_of(tables)["union"], parts, facts)


def _arrays(rows: pd.DataFrame) -> tuple[Ints, Ints, Ints]:
    tail, head, weight = (rows[name].to_numpy(np.int64).copy() for name in ("tail", "head", "weight"))
    return tail, head, weight


def _known(stops: pd.DataFrame) -> dict[str, int]:
    there = stops[stops["at"] >= 0]
    return dict(zip(there["stop"], there["at"].tolist(), strict=True))


def _block(case: _Case, rows: tuple[str, ...]) -> Piece:
    facts = case.facts
    projects, ends, mode = facts["projects"], facts["destinations"], facts["mode"]
    same = same_places(rows, ends)
    ways = [
        Way(part, projects, stops_of(case.union, rows, way), stops_of(case.union, ends, way), same, engine)
        for way, (part, engine) in zip(ways_of(mode), case.parts, strict=True)
    ]
    times = SetTimes(projects, rows, ends, facts["needs"], list(ways))
    anew = answer_of(case.union, rows, ends, mode=mode, impedance=facts["impedance"])["value"]
    most, held = times.size()
    megabytes = held * 8 * (len(ways) + _COPIES) / 1e6
    within = most <= facts["players"] and held <= facts["times"]
    if within and len(rows) > 1 and megabytes > facts["memory_mb"]:
        raise InputError(
            f"a block of {len(rows)} origins from {rows[0]} takes about {megabytes:.0f} MB for the times under all sets, "
            f"and {facts['memory_mb']:g} MB are allowed; give smaller blocks, or more memory"
        )
    frame = pd.DataFrame(
        {
            "from_id": np.repeat(np.array(rows, dtype=object), len(ends)),
            "to_id": np.tile(np.array(ends, dtype=object), len(rows)),
            "base": times.base.ravel(),
            "with_all": times.complete.ravel(),
            "mattering": times.mattering.ravel(),
            "projects": _named(times.mattering.ravel().tolist(), projects),
            "times": _listed(times.groups() if within else (), same.size),
        }
    )
    exact = bool(np.array_equal(with_all(ways, len(projects)), anew))
    return Piece(frame, {"closed_form": exact, "most": most, "held": held}, lists=("times",))


def _named(mattering: Sequence[int], projects: Sequence[str]) -> list[str]:
    known = {
        bits: ";".join(project for at, project in enumerate(projects) if bits >> at & 1)
        for bits in set(mattering)
    }
    return [known[bits] for bits in mattering]


def _listed(groups: Iterable[Group], pairs: int) -> npt.NDArray[Any]:
    """For each pair its times under every set of the projects that matter; None where none does."""
    out = np.full(pairs, None, dtype=object)
    for group in groups:
        for at, times in zip(group.pairs.tolist(), group.times.T, strict=True):
            out[at] = times.copy()
    return out
