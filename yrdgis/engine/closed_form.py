"""Scenarios in closed form: added and faster links without a new search.

The cost after adding links is the least over chains of them: to the tail of the first, along it, on to the
next, and from the head of the last. With the costs between the links' ends, the terminals, that is a
closure over the terminals and two products in min-plus algebra: exact, and milliseconds for a matrix of a
thousand places.

For many sets of projects the matrix between all origins, targets and terminals is carried along. A set is
an earlier one with one more project, so it costs one closure over that project's own terminals, however
large the set is, and terminals that no later project needs are left behind. Where a link becomes slower or
is removed, that does not work: sets with such a project start from a network with its changes in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yrdgis.engine.door import Engine
from yrdgis.engine.graph import INT32_LIMIT, UNREACHABLE, Graph
from yrdgis.engine.work import Monitor, Progress, in_threads, threads
from yrdgis.errors import EngineError, all_at_once

__all__ = ["Project", "Scenarios"]

_TASKS_A_THREAD = 8


@dataclass(frozen=True)
class Project:
    """What a project does to the links of a network.

    Parameters
    ----------
    changed : mapping of link number to weight
        New weights.
    added : (tail, head, weight), optional
        New links.
    removed : array of int, optional
        Links that close.
    """

    changed: Mapping[int, int] = field(default_factory=dict)
    added: tuple[ArrayLike, ArrayLike, ArrayLike] | None = None
    removed: ArrayLike = ()


class _New(NamedTuple):
    """Links that a project adds or makes faster; ``link`` is the number of the one made faster, else -1."""

    tail: NDArray[np.int64]
    head: NDArray[np.int64]
    weight: NDArray[np.int64]
    link: NDArray[np.int64]


class _Step(NamedTuple):
    """How a project's links lie in the carried matrix."""

    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    tail: NDArray[np.int64]
    head: NDArray[np.int64]
    weight: NDArray[Any]


class _Start(NamedTuple):
    """A network with the changes that can't be had in closed form, and the matrix to go on from."""

    costs: NDArray[Any]
    steps: dict[int, _Step]
    tails: NDArray[np.int64]
    """Terminals that are still needed once a project's turn is over, by project."""
    far: Any


class Scenarios:
    """Costs under any set of projects, for fixed origins and targets.

    Where projects of one set disagree on a link, the least weight counts, unless one of them removes the
    link.

    Parameters
    ----------
    engine : Engine
        The network without any of the projects.
    projects : mapping of name to Project
    origins, targets : array of int
        Nodes; targets are the origins if left out.

    Raises
    ------
    EngineError
        If a project names a link or a node that there isn't, with everything that is wrong.

    Examples
    --------
    >>> from yrdgis.engine import prepare
    >>> engine = prepare(3, tail=[0, 1], head=[1, 2], weight=[5, 7])
    >>> bridge, repair = Project(added=([0], [2], [9])), Project(changed={1: 3})
    >>> both = Scenarios(engine, {"bridge": bridge, "repair": repair}, origins=[0], targets=[2])
    >>> [both.matrix(names).item() for names in ([], ["bridge"], ["repair"], ["bridge", "repair"])]
    [12, 9, 8, 8]
    >>> both.terminals
    {'bridge': 2, 'repair': 2}
    """

    def __init__(
        self,
        engine: Engine,
        projects: Mapping[str, Project],
        origins: ArrayLike,
        targets: ArrayLike | None = None,
    ) -> None:
        self.engine = engine
        self.names = tuple(projects)
        self._projects = tuple(projects.values())
        self._number = {name: i for i, name in enumerate(self.names)}
        self._origins = np.atleast_1d(np.asarray(origins)).astype(np.int64)
        self._targets = (
            self._origins if targets is None else np.atleast_1d(np.asarray(targets)).astype(np.int64)
        )
        self._new, hard = self._read(engine.graph)
        self._hard = frozenset(hard)
        self._starts: dict[frozenset[int], _Start] = {}

    @property
    def slower(self) -> list[str]:
        """Projects that make a link slower or remove one: sets with them need a network of their own."""
        return [self.names[i] for i in sorted(self._hard)]

    @property
    def terminals(self) -> dict[str, int]:
        """Number of terminals of each project: ends of links that it adds or makes faster."""
        return {
            name: len(np.union1d(new.tail, new.head)) for name, new in zip(self.names, self._new, strict=True)
        }

    def matrix(self, names: Iterable[str]) -> NDArray[Any]:
        """Costs from each origin to each target under a set of projects, as `Engine.many_to_many` gives them."""
        return next(self.matrices([names]))

    def matrices(self, sets: Iterable[Iterable[str]]) -> Iterator[NDArray[Any]]:
        """One matrix after another, in the order of the sets; only the starting ones are kept."""
        for chosen in self._numbers(sets):
            start = self._start(frozenset(chosen) & self._hard)
            costs = start.costs
            for project in chosen:
                if project in start.steps:
                    costs = self._step(start, costs, project)
            costs = costs[: len(self._origins), : len(self._targets)]
            yield np.where(costs >= start.far, UNREACHABLE, costs)

    def walk(self, sets: Sequence[Iterable[str]]) -> Iterator[tuple[list[int], NDArray[Any]]]:
        """The matrix of every set, each made from that of a set with one project less.

        Yields
        ------
        positions, matrix
            Where in `sets` such a set stands, and its matrix as in `matrices`; in an order of the walk's own.
        """
        groups: dict[frozenset[int], dict[tuple[int, ...], list[int]]] = {}
        for i, numbers in enumerate(self._numbers(sets)):
            hard = frozenset(numbers) & self._hard
            groups.setdefault(hard, {}).setdefault(tuple(p for p in numbers if p not in hard), []).append(i)
        for hard, wanted in groups.items():
            start = self._start(hard)
            todo: list[tuple[_Node, NDArray[Any], int | None]] = [(_tree(wanted), start.costs, None)]
            while todo:
                node, costs, project = todo.pop()
                if project is not None:
                    costs = self._step(start, costs, project)
                if node.positions:
                    part = costs[: len(self._origins), : len(self._targets)]
                    yield node.positions, np.where(part >= start.far, UNREACHABLE, part)
                todo += [(child, costs, number) for number, child in node.children.items()]

    def sums(
        self,
        sets: Iterable[Iterable[str]],
        weights: ArrayLike,
        no_way: float | None = None,
        progress: Progress | None = None,
    ) -> NDArray[np.float64]:
        """Weighted sum of costs from each origin, for thousands of sets at once.

        Parameters
        ----------
        sets : iterable of iterables of names
        weights : array (origins, targets)
            What a unit of cost counts for each pair.
        no_way : float, optional
            Cost that is put where there is no way; without it, such a pair is an error.
        progress : callable, optional
            Called with (sets done, sets in all); returning ``False`` stops the work.

        Returns
        -------
        array of float64, one row for each set, one column for each origin
        """
        weight = np.ascontiguousarray(weights, np.float64)
        if weight.shape != (len(self._origins), len(self._targets)):
            raise EngineError(
                f"weights have shape {weight.shape}; expected ({len(self._origins)}, {len(self._targets)})."
            )
        chosen = self._numbers(sets)
        out = np.empty((len(chosen), len(self._origins)))
        monitor = Monitor(len(chosen), progress)
        groups: dict[frozenset[int], dict[tuple[int, ...], list[int]]] = {}
        for i, numbers in enumerate(chosen):
            hard = frozenset(numbers) & self._hard
            soft = tuple(p for p in numbers if p not in hard)
            groups.setdefault(hard, {}).setdefault(soft, []).append(i)
        for hard, wanted in groups.items():
            self._sum_group(self._start(hard), wanted, weight, no_way, out, monitor)
        return out

    def _sum_group(
        self,
        start: _Start,
        wanted: dict[tuple[int, ...], list[int]],
        weight: NDArray[np.float64],
        no_way: float | None,
        out: NDArray[np.float64],
        monitor: Monitor,
    ) -> None:
        """Sums of all sets that share a start, walking the tree of their common beginnings."""
        from yrdgis.engine.min_plus import weighted_sums

        tree = _tree(wanted)

        def settle(node: _Node, costs: NDArray[Any]) -> int:
            if not node.positions:
                return 0
            first = node.positions[0]
            missing = weighted_sums(costs, weight, 0.0 if no_way is None else no_way, start.far, out[first])
            if missing and no_way is None:
                raise EngineError(
                    f"{missing} pairs that weigh something have no way; say with no_way what they count."
                )
            out[node.positions[1:]] = out[first]
            return len(node.positions)

        def walk(job: tuple[_Node, NDArray[Any]]) -> int:
            node, costs = job
            done = settle(node, costs)
            for project, child in node.children.items():
                done += walk((child, self._step(start, costs, project)))
            return done

        jobs = [(tree, start.costs)]
        enough = _TASKS_A_THREAD * threads() if threads() > 1 else 1
        while len(jobs) < enough and any(node.children for node, _ in jobs):
            grown = []
            for node, costs in jobs:
                monitor.step(settle(node, costs))
                grown += [(child, self._step(start, costs, p)) for p, child in node.children.items()]
            jobs = grown
        jobs.sort(key=lambda job: -job[0].size)
        done: list[int] = []

        def counted(job: tuple[_Node, NDArray[Any]]) -> None:
            done.append(walk(job))

        in_threads(counted, jobs, lambda job: monitor.step(job[0].size))

    def _numbers(self, sets: Iterable[Iterable[str]]) -> list[tuple[int, ...]]:
        given = [list(names) for names in sets]
        unknown = sorted({name for names in given for name in names if name not in self._number})
        if unknown:
            raise EngineError(
                f"No project named {', '.join(map(repr, unknown))}. There are: {', '.join(self.names)}."
            )
        return [tuple(sorted({self._number[name] for name in names})) for names in given]

    def _read(self, graph: Graph) -> tuple[list[_New], list[int]]:
        """Links that each project adds or makes faster, and the projects that also do something else."""
        new, hard, problems = [], [], []
        for i, (name, project) in enumerate(zip(self.names, self._projects, strict=True)):
            try:
                after = graph.changed(project.changed, project.added, project.removed)
            except EngineError as error:
                problems.append(f"project {name!r}: {error}")
                continue
            links = np.array(sorted(project.changed), np.int64)
            usable = np.ones(len(links), bool) if graph.off is None else ~graph.off[links]
            faster = links[usable & (after.weight[links] < graph.weight[links])]
            slower = bool((after.weight[links] > graph.weight[links])[usable].any())
            if slower or np.size(project.removed):
                hard.append(i)
            both = np.r_[faster, np.arange(graph.m, after.m)]
            number = np.r_[faster, np.full(after.m - graph.m, -1)]
            new.append(
                _New(
                    after.tail[both].astype(np.int64),
                    after.head[both].astype(np.int64),
                    after.weight[both],
                    number,
                )
            )
        if problems:
            raise EngineError(all_at_once("projects", problems))
        return new, hard

    def _start(self, hard: frozenset[int]) -> _Start:
        if hard not in self._starts:
            self._starts[hard] = self._make_start(hard)
        return self._starts[hard]

    def _make_start(self, hard: frozenset[int]) -> _Start:
        """The matrix with the projects that can't be had in closed form, and how the others lie in it."""
        from yrdgis.engine.metric import far_of

        engine, removed = self._with(hard)
        soft = [i for i in range(len(self.names)) if i not in self._hard]
        new = {}
        for i in soft:
            keep = ~np.isin(self._new[i].link, list(removed)) | (self._new[i].link < 0)
            if keep.any():
                new[i] = _New(*(part[keep] for part in self._new[i]))
        # a terminal is needed until the last project that has it; the longest needed come first
        last: dict[int, int] = {}
        for i, links in new.items():
            for node in (*links.tail.tolist(), *links.head.tolist()):
                last[node] = i
        terminals = sorted(last, key=lambda node: (-last[node], node))
        place = {node: t for t, node in enumerate(terminals)}
        kept = np.array([sum(last[node] > i for node in terminals) for i in range(len(self.names))], np.int64)
        extra = np.array(terminals, np.int64)
        costs = engine.many_to_many(np.r_[self._origins, extra], np.r_[self._targets, extra])
        # where every pair has a way, costs can only fall; where not, a new way may be as long as all there is
        longest = (sum(len(links.tail) for links in new.values()) + 1) * engine.graph.bound
        longest += sum(int(links.weight.sum()) for links in new.values())
        if longest >= INT32_LIMIT and (costs < 0).any():
            costs = costs.astype(np.int64)
        far = np.dtype(costs.dtype).type(far_of(costs.dtype.type))
        steps = {}
        for i, links in new.items():
            own = sorted({*links.tail.tolist(), *links.head.tolist()})
            at = np.array([place[node] for node in own], np.int64)
            steps[i] = _Step(
                at + len(self._origins),
                at + len(self._targets),
                np.searchsorted(own, links.tail),
                np.searchsorted(own, links.head),
                np.minimum(links.weight, int(far)).astype(costs.dtype),
            )
        return _Start(np.where(costs < 0, far, costs), steps, kept, far)

    def _with(self, hard: frozenset[int]) -> tuple[Engine, set[int]]:
        """The network with some projects built in, and the links that they remove."""
        removed: set[int] = set()
        if not hard:
            return self.engine, removed
        changed: dict[int, int] = {}
        added: list[list[NDArray[Any]]] = [[], [], []]
        for i in sorted(hard):
            project = self._projects[i]
            for link, weight in project.changed.items():
                changed[link] = min(weight, changed.get(link, weight))
            removed |= set(np.asarray(project.removed, np.int64).tolist())
            for parts, part in zip(added, project.added or ((), (), ()), strict=True):
                parts.append(np.asarray(part, np.int64))
        more = (np.concatenate(added[0]), np.concatenate(added[1]), np.concatenate(added[2]))
        return self.engine.update(changed, more, sorted(removed)), removed

    def _step(self, start: _Start, costs: NDArray[Any], project: int) -> NDArray[Any]:
        """The matrix with one more project, without the terminals that no later one needs."""
        from yrdgis.engine.min_plus import LANES, add_links

        if project not in start.steps:
            return costs
        kept = int(start.tails[project])
        rows, columns = len(self._origins) + kept, len(self._targets) + kept
        return add_links(costs, *start.steps[project], rows, columns, start.far, LANES)


@dataclass
class _Node:
    """Sets that begin alike: those that end here, and those that go on."""

    positions: list[int] = field(default_factory=list)
    children: dict[int, _Node] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Number of sets here and beyond."""
        return len(self.positions) + sum(child.size for child in self.children.values())


def _tree(wanted: Mapping[tuple[int, ...], Sequence[int]]) -> _Node:
    root = _Node()
    for projects, positions in wanted.items():
        node = root
        for project in projects:
            node = node.children.setdefault(project, _Node())
        node.positions.extend(positions)
    return root
