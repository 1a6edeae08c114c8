"""Least times between places under every set of projects, exactly, without building a network for each.

The bundles of links that projects add (`yrdgis.scenarios.bundles`) go through the engine's closed form. For a
pair of places only few projects can matter: a bundle matters when some link of it, with the best ways to and
from it that all projects together allow, is quicker than the base. So each pair has a small game of its own,
exact however many projects there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import or_

import numpy as np
import numpy.typing as npt

from yrdgis.engine import Engine, Scenarios, prepare
from yrdgis.engine import Project as Change
from yrdgis.engine.work import Monitor, Progress
from yrdgis.errors import InputError
from yrdgis.metrics.answers import answer_of, stops_of, ways_of
from yrdgis.network import Network, in_mode
from yrdgis.scenarios.bundles import Bundled, bundled, network_of

__all__ = ["Group", "SetTimes", "Times", "Way", "needs_of", "ready", "same_places", "with_all"]

Ints = npt.NDArray[np.int64]

_MOST = 62
_FAR = np.int64(1) << 60


@dataclass(frozen=True)
class Group:
    """Pairs for which the same projects matter, and their times under every set of those.

    Parameters
    ----------
    players : tuple of int
        Numbers of the projects.
    pairs : array of int64
        Positions in the matrix, row by row.
    times : array (2 ** players, pairs) of int64
        Whole units, -1 where there is no way; a set that can't stand has the times of its largest part that
        can.
    """

    players: tuple[int, ...]
    pairs: Ints
    times: Ints


class SetTimes:
    """Least impedances between places under any set of projects, from the bundles of each way.

    Parameters
    ----------
    projects : sequence of str
        Ids; their order numbers them.
    origins, destinations : sequence of str
        Node ids.
    needs : sequence of int
        For each project, what it requires as bits.
    ways : sequence of Way, optional
        None where nothing but networks tells.
    """

    def __init__(
        self,
        projects: Sequence[str],
        origins: Sequence[str],
        destinations: Sequence[str],
        needs: Sequence[int],
        ways: list[Way] | None,
    ) -> None:
        self.projects, self.origins, self.destinations = tuple(projects), tuple(origins), tuple(destinations)
        self.same = same_places(self.origins, self.destinations)
        self.needs = list(needs)
        self._ways = ways

    @property
    def exact_form(self) -> str:
        """``closed form``, or ``networks built anew`` where projects also slow or remove links."""
        return "networks built anew" if self._ways is None else "closed form"

    @cached_property
    def base(self) -> Ints:
        """Matrix without any project."""
        return self.matrix(0)

    @cached_property
    def complete(self) -> Ints:
        """Matrix with all projects."""
        return self.matrix((1 << len(self.projects)) - 1)

    @cached_property
    def acting(self) -> frozenset[str]:
        """Projects that change some link of these ways."""
        if self._ways is None:
            return frozenset(self.projects)
        return frozenset().union(*(way.bundled.projects for way in self._ways))

    def feasible(self, chosen: int) -> int:
        """The largest part of a set (as bits) that can stand: every project with all that it requires."""
        while True:
            kept = sum(
                1 << at for at, need in enumerate(self.needs) if chosen >> at & 1 and need & chosen == need
            )
            if kept == chosen:
                return kept
            chosen = kept

    def matrix(self, chosen: int) -> Ints:
        """Matrix under the largest part of a set that can stand, in whole units, -1 where there is no way."""
        return next(self.matrices([chosen]))[1]

    def matrices(self, sets: Sequence[int]) -> Iterator[tuple[int, Ints]]:
        """Each set that is asked for, with its matrix; in the order asked."""
        able = [self.feasible(chosen) for chosen in sets]
        if self._ways is None:
            yield from self._matrices_anew(sets, able)
            return
        of_way = [way.many(able) for way in self._ways]
        for chosen, real in zip(sets, able, strict=True):
            yield (
                chosen,
                least_of([many[real & way.mask] for many, way in zip(of_way, self._ways, strict=True)]),
            )

    def named(self, chosen: int) -> list[str]:
        """Ids of the projects of a set."""
        return [project for at, project in enumerate(self.projects) if chosen >> at & 1]

    def _matrices_anew(self, sets: Sequence[int], able: Sequence[int]) -> Iterator[tuple[int, Ints]]:
        raise NotImplementedError("there are no networks here")

    @cached_property
    def mattering(self) -> Ints:
        """For each pair, as bits, the projects that can matter, with all that those require."""
        shape = (len(self.origins), len(self.destinations))
        if self._ways is None:
            return np.where(self.same, 0, np.full(shape, (1 << len(self.projects)) - 1))
        found = np.zeros(shape, dtype=np.int64)
        base = np.where(self.base < 0, _FAR, self.base)
        for way in self._ways:
            for bits, least in way.through():
                found[least < base] |= bits
        for bits in np.unique(found).tolist():
            found[found == bits] = self._with_needs(bits)
        found[self.same] = 0
        return found

    def _with_needs(self, bits: int) -> int:
        while True:
            more = bits
            for at, need in enumerate(self.needs):
                more |= need if bits >> at & 1 else 0
            if more == bits:
                return bits
            bits = more

    def groups(self, progress: Progress | None = None) -> Iterator[Group]:
        """Pairs that can change, by the projects that matter for them, with times under every set of those.

        Parameters
        ----------
        progress : callable, optional
            Called with (sets done, sets in all); returning ``False`` stops the work.
        """
        plans = self._plans()
        parts = [_wanted(plans, way.mask) for way in self._ways or ()]
        monitor = Monitor(sum(len(part) for part in parts), progress)
        values = [way.fill(plans, part, monitor) for way, part in zip(self._ways or (), parts, strict=True)]
        for bits, plan in plans.items():
            if self._ways is None:
                flat = [matrix.ravel()[plan.pairs] for _, matrix in self.matrices(plan.real.tolist())]
                yield Group(plan.players, plan.pairs, np.array(flat))
            else:
                rows = [
                    value[bits][np.unique(plan.real & way.mask, return_inverse=True)[1]]
                    for way, value in zip(self._ways, values, strict=True)
                ]
                yield Group(plan.players, plan.pairs, least_of(rows))

    def _plans(self) -> dict[int, _Plan]:
        members: dict[int, list[int]] = defaultdict(list)
        for pair, bits in enumerate(self.mattering.ravel().tolist()):
            if bits:
                members[bits].append(pair)
        return {bits: self._plan(bits, pairs) for bits, pairs in members.items()}

    def _plan(self, bits: int, pairs: list[int]) -> _Plan:
        players = tuple(at for at in range(len(self.projects)) if bits >> at & 1)
        sets = np.zeros(1, dtype=np.int64)
        for player in players:
            sets = np.concatenate([sets, sets | 1 << player])
        return _Plan(players, np.array(pairs), np.array([self.feasible(int(one)) for one in sets]))

    def size(self) -> tuple[int, int]:
        """Most projects that matter for one pair, and times that `groups` would hold: sets x pairs over groups."""
        masks, pairs = np.unique(self.mattering[self.mattering != 0], return_counts=True)
        counts = [int(bits).bit_count() for bits in masks.tolist()]
        return max(counts, default=0), sum(
            n << count for n, count in zip(pairs.tolist(), counts, strict=True)
        )


class Times(SetTimes):
    """Least impedances between places under any set of projects.

    Parameters
    ----------
    base : Network
        Built from layers, without the projects.
    projects : sequence of str
        Ids; their order numbers them.
    origins, destinations : sequence of str
        Node ids; destinations are the origins by default.
    mode, impedance : str
        As for `yrdgis.metrics.skim.skim`.
    requires : mapping, optional
        What each project requires, among the projects; sets that lack it can't stand.

    Raises
    ------
    InputError
        If the base was not built from layers, or there are more projects than bits.
    """

    def __init__(
        self,
        base: Network,
        projects: Sequence[str],
        origins: Sequence[str],
        destinations: Sequence[str] | None = None,
        *,
        mode: str = "door",
        impedance: str = "total",
        requires: Mapping[str, Collection[str]] | None = None,
    ) -> None:
        ends = origins if destinations is None else destinations
        super().__init__(projects, origins, ends, needs_of(projects, requires), None)
        self.base_network = in_mode(base, mode)
        self.mode, self.impedance = mode, impedance
        self._ways = self._made()

    def _made(self) -> list[Way] | None:
        ways = []
        union = network_of(self.base_network, self.projects)
        for way in ways_of(self.mode):
            stops = [stops_of(union, places, way) for places in (self.origins, self.destinations)]
            places = [stop for groups in stops for group in groups for stop in group]
            parts = bundled(
                self.base_network, self.projects, way=way, impedance=self.impedance, places=places
            )
            if parts is None:
                return None
            ways.append(Way(parts, self.projects, stops[0], stops[1], self.same))
        return ways if np.array_equal(with_all(ways, len(self.projects)), self._anew(union)) else None

    def _matrices_anew(self, sets: Sequence[int], able: Sequence[int]) -> Iterator[tuple[int, Ints]]:
        known: dict[int, Ints] = {}
        for chosen, real in zip(sets, able, strict=True):
            if real not in known:
                known[real] = self._anew(network_of(self.base_network, self.named(real)))
            yield chosen, known[real]

    def _anew(self, network: Network) -> Ints:
        answer = answer_of(network, self.origins, self.destinations, mode=self.mode, impedance=self.impedance)
        return answer["value"]


def needs_of(projects: Sequence[str], requires: Mapping[str, Collection[str]] | None) -> list[int]:
    """For each project, what it requires among them, as bits.

    Raises
    ------
    InputError
        If there are more projects than bits.
    """
    if len(projects) > _MOST:
        raise InputError(f"{len(projects)} projects at once; give {_MOST} or fewer")
    number = {project: at for at, project in enumerate(projects)}
    known = {} if requires is None else requires
    return [
        sum(1 << number[other] for other in known.get(project, ()) if other in number) for project in projects
    ]


def same_places(origins: Sequence[str], destinations: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Pairs of a place with itself."""
    return np.array(origins, dtype=object)[:, None] == np.array(destinations, dtype=object)


def with_all(ways: Sequence[Way], projects: int) -> Ints:
    """Matrix with all projects, whether or not they can stand."""
    everything = (1 << projects) - 1
    return least_of([way.many([everything])[everything & way.mask] for way in ways])


@dataclass(frozen=True)
class _Plan:
    """A group before it is worked out; ``real`` is what can stand of each set of its players, as bits."""

    players: tuple[int, ...]
    pairs: Ints
    real: Ints


def _wanted(plans: Mapping[int, _Plan], mask: int) -> list[int]:
    return sorted({one for plan in plans.values() for one in np.unique(plan.real & mask).tolist()})


class Way:
    """One way of getting there: the engine, the bundles, and where places begin and end in it."""

    def __init__(
        self,
        parts: Bundled,
        projects: Sequence[str],
        from_stops: Sequence[Sequence[str]],
        to_stops: Sequence[Sequence[str]],
        same: npt.NDArray[np.bool_],
        engine: Engine | None = None,
    ) -> None:
        self.bundled, self.same = parts, same
        number = {project: at for at, project in enumerate(projects)}
        self.needs = [sum(1 << number[project] for project in one.requires) for one in parts.bundles]
        self.mask = reduce(or_, self.needs, 0)
        self.sizes = [[len(group) for group in stops] for stops in (from_stops, to_stops)]
        # a place that no link of this way touches gets a node of its own, which nothing reaches
        self.starts = np.array([parts.exits.get(stop, parts.size) for group in from_stops for stop in group])
        self.ends = np.array(
            [parts.entries.get(stop, parts.size + 1) for group in to_stops for stop in group]
        )
        self.engine = engine or ready(parts)
        changes = {
            str(at): Change(added=(one.tail, one.head, one.weight)) for at, one in enumerate(parts.bundles)
        }
        self.scenarios = Scenarios(self.engine, changes, self.starts, self.ends)

    def names(self, chosen: int) -> tuple[str, ...]:
        """Bundles that a set of projects, as bits, brings with it."""
        return tuple(str(at) for at, need in enumerate(self.needs) if need & chosen == need)

    def many(self, sets: Iterable[int]) -> dict[int, Ints]:
        """Matrices by set, each set cut to the projects of this way."""
        unique = sorted({chosen & self.mask for chosen in sets})
        found = self.scenarios.walk([self.names(one) for one in unique])
        return {unique[at]: self._of_places(matrix) for positions, matrix in found for at in positions}

    def fill(self, plans: Mapping[int, _Plan], wanted: Sequence[int], monitor: Monitor) -> dict[int, Ints]:
        """Times of each group's pairs, one row for each set of this way's projects that it needs."""
        own = {bits: np.unique(plan.real & self.mask) for bits, plan in plans.items()}
        users: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for bits, sets in own.items():
            for row, one in enumerate(sets.tolist()):
                users[one].append((bits, row))
        out = {bits: np.empty((len(sets), len(plans[bits].pairs)), np.int64) for bits, sets in own.items()}
        for positions, matrix in self.scenarios.walk([self.names(one) for one in wanted]):
            flat = self._of_places(matrix).ravel()
            for at in positions:
                for bits, row in users[wanted[at]]:
                    out[bits][row] = flat[plans[bits].pairs]
            monitor.step(len(positions))
        return out

    def through(self) -> Iterator[tuple[int, Ints]]:
        """For each bundle, its projects as bits, and the least over all ways that use one of its links."""
        parts = self.bundled
        if not parts.bundles:
            return
        tail, head, weight = (
            np.concatenate([getattr(one, name) for one in parts.bundles])
            for name in ("tail", "head", "weight")
        )
        whole = self.engine.update(added=(tail, head, weight))
        tails, tail_at = np.unique(tail, return_inverse=True)
        heads, head_at = np.unique(head, return_inverse=True)
        to = _open(whole.many_to_many(self.starts, tails))
        onward = _open(whole.many_to_many(heads, self.ends))
        first = 0
        for need, one in zip(self.needs, parts.bundles, strict=True):
            least = np.full((len(self.starts), len(self.ends)), _FAR)
            for link in range(first, first + len(one)):
                cost = to[:, tail_at[link], None] + weight[link] + onward[head_at[link]]
                np.minimum(least, cost, out=least)
            first += len(one)
            yield need, self._best(least)

    def _of_places(self, matrix: npt.NDArray[np.int64]) -> Ints:
        best = self._best(_open(matrix))
        best[self.same] = 0
        return np.where(best >= _FAR, -1, best)

    def _best(self, costs: Ints) -> Ints:
        """Least over the stops of each place."""
        for axis, sizes in enumerate(self.sizes):
            if any(size != 1 for size in sizes):
                costs = np.minimum.reduceat(costs, np.cumsum([0, *sizes[:-1]]), axis=axis)
        return costs


def ready(parts: Bundled) -> Engine:
    """The base network of some bundles, ready for questions."""
    return prepare(parts.size + 2, parts.tail, parts.head, parts.weight)


def _open(costs: npt.NDArray[np.int64]) -> Ints:
    """Costs with what can't be reached far away, yet not so far that three of them overflow."""
    return np.where(costs < 0, _FAR, costs).astype(np.int64)


def least_of(matrices: Sequence[Ints]) -> Ints:
    """Least of several, -1 where none has a way."""
    best = reduce(np.minimum, [np.where(matrix < 0, _FAR, matrix) for matrix in matrices])
    return np.where(best >= _FAR, -1, best)
