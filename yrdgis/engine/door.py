"""The one door: prepare a network once, then ask.

Costs come back as whole numbers in the unit of the weights, ``UNREACHABLE`` (-1) where there is no way, or
none within the limit. Whichever engine answers, the answer is the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yrdgis.engine.answers import Nearest, Paths, Reach
from yrdgis.engine.choice import ENGINES, Backend, Backends, Choice
from yrdgis.engine.graph import Changes, Graph
from yrdgis.engine.order import ORDERS
from yrdgis.engine.work import Monitor, Progress
from yrdgis.errors import EngineError

__all__ = ["Engine", "prepare"]


def prepare(
    n: int,
    tail: ArrayLike,
    head: ArrayLike,
    weight: ArrayLike,
    x: ArrayLike | None = None,
    y: ArrayLike | None = None,
    engine: str = "auto",
    memory_mb: int = 1024,
    order: str = "own",
) -> Engine:
    """Make a network ready for shortest-path questions.

    Parameters
    ----------
    n : int
        Number of nodes, called 0 to n - 1.
    tail, head : array of int
        Nodes where each link starts and ends. Parallel links and self loops are fine.
    weight : array of int
        Cost of each link: any whole number from 0, in any unit.
    x, y : array of float, optional
        Coordinates in any unit, which help to find a good order of the nodes.
    engine : {"auto", "scipy", "cch"}
        "auto" takes for each question what is faster; `Engine.explain` says which and why.
    memory_mb : int
        Most working memory of one call in megabytes, besides the network and the answer itself.
    order : {"own", "metis"}
        How a hierarchy finds its order of nodes; "metis" needs the package pymetis.

    Returns
    -------
    Engine

    Raises
    ------
    EngineError
        If the arrays contradict each other or there is no such engine.

    Examples
    --------
    >>> engine = prepare(3, tail=[0, 1], head=[1, 2], weight=[5, 7])
    >>> engine.many_to_many([0, 2], [2, 0]).tolist()
    [[12, 0], [0, -1]]
    """
    if engine not in ENGINES:
        raise EngineError(f"No engine named {engine!r}. There are: {', '.join(ENGINES)}.")
    if memory_mb < 1:
        raise EngineError(f"memory_mb is {memory_mb}; expected 1 or more.")
    if order not in ORDERS:
        raise EngineError(f"No order named {order!r}. There are: {', '.join(ORDERS)}.")
    return Engine(Backends(Graph.of(n, tail, head, weight, x, y), engine, memory_mb, order))


class Engine:
    """A prepared network. Made by `prepare`; `update` gives a changed one and leaves this as it is."""

    def __init__(self, backends: Backends) -> None:
        self._backends = backends

    @property
    def graph(self) -> Graph:
        """The network as given, with later changes."""
        return self._backends.graph

    def many_to_many(
        self,
        origins: ArrayLike,
        targets: ArrayLike,
        limit: int | None = None,
        progress: Progress | None = None,
    ) -> NDArray[Any]:
        """Least cost from each origin to each target.

        Parameters
        ----------
        origins, targets : array of int
            Nodes; may repeat.
        limit : int, optional
            Costs above it count as no way.
        progress : callable, optional
            Called with (origins done, origins in all); returning ``False`` stops the work.

        Returns
        -------
        array, one row for each origin, one column for each target
            int32 where every cost of the network fits, else int64.
        """
        sources, wanted = self._nodes(origins, "origins"), self._nodes(targets, "targets")
        most = _limit(limit)
        backend = self._pick("many_to_many", len(sources), len(wanted), most)
        return backend.many_to_many(sources, wanted, most, Monitor(len(sources), progress))

    def full(
        self, origins: ArrayLike, limit: int | None = None, progress: Progress | None = None
    ) -> NDArray[Any]:
        """Least cost from each origin to every node: one row of n for each origin."""
        sources, most = self._nodes(origins, "origins"), _limit(limit)
        backend = self._pick("full", len(sources), self.graph.n, most)
        return backend.full(sources, most, Monitor(len(sources), progress))

    def reach(self, origins: ArrayLike, limit: int, progress: Progress | None = None) -> Reach:
        """Nodes within ``limit`` of each origin, the limit included, with their costs.

        Examples
        --------
        >>> engine = prepare(3, tail=[0, 1], head=[1, 2], weight=[5, 7])
        >>> engine.reach([0], limit=5).of(0)[0].tolist()
        [0, 1]
        """
        sources, most = self._nodes(origins, "origins"), _limit(limit)
        if most is None:
            raise EngineError("reach needs a limit; `full` gives the costs to every node.")
        backend = self._pick("reach", len(sources), self.graph.n, most)
        return backend.reach(sources, most, Monitor(len(sources), progress))

    def reduce(
        self,
        origins: ArrayLike,
        opportunities: ArrayLike | None = None,
        cutoffs: Sequence[int] = (),
        progress: Progress | None = None,
    ) -> NDArray[Any]:
        """Sum of opportunities within each cut-off of each origin, without ever holding the matrix.

        Parameters
        ----------
        origins : array of int
            Nodes.
        opportunities : array of numbers, optional
            What each of the n nodes holds; left out, nodes are counted. Whole numbers are summed exactly.
        cutoffs : sequence of int
            Costs, each included.
        progress : callable, optional
            As in `many_to_many`.

        Returns
        -------
        array, one row for each origin, one column for each cut-off
            int64 for counts and whole opportunities, else float64.

        Examples
        --------
        >>> engine = prepare(3, tail=[0, 1], head=[1, 2], weight=[5, 7])
        >>> engine.reduce([0, 1], [1, 10, 100], cutoffs=[5, 12]).tolist()
        [[11, 111], [10, 110]]
        """
        sources = self._nodes(origins, "origins")
        held = self._opportunities(opportunities)
        limits = np.array([_limit(c) for c in cutoffs], np.int64)
        if not len(limits):
            return np.zeros((len(sources), 0), held.dtype)
        most = int(limits.max())
        backend = self._pick("reduce", len(sources), self.graph.n, most)
        return backend.reduce(sources, held, limits, Monitor(len(sources), progress))

    def decay(
        self,
        origins: ArrayLike,
        opportunities: ArrayLike | None,
        table: ArrayLike,
        step: int = 1,
        progress: Progress | None = None,
    ) -> NDArray[np.float64]:
        """Sum of opportunities, each weighed by its cost: ``table[cost // step]``, 0 beyond the table's end.

        `decay_table` makes tables of the usual decay functions.

        Examples
        --------
        >>> engine = prepare(3, tail=[0, 1], head=[1, 2], weight=[5, 7])
        >>> engine.decay([0], [1, 10, 100], [1.0, 0.5, 0.25], step=5).tolist()
        [31.0]
        """
        sources = self._nodes(origins, "origins")
        values = np.ascontiguousarray(table, np.float64)
        if values.ndim != 1 or step < 1 or not bool(np.isfinite(values).all()):
            raise EngineError("decay needs one row of finite values and a step of 1 or more.")
        held = self._opportunities(opportunities).astype(np.float64)
        if not len(values):
            return np.zeros(len(sources))
        backend = self._pick("decay", len(sources), self.graph.n, len(values) * step - 1)
        return backend.decay(sources, held, values, step, Monitor(len(sources), progress))

    def paths(self, origins: ArrayLike, targets: ArrayLike, progress: Progress | None = None) -> Paths:
        """One shortest path for each pair (origins[i], targets[i]), as link numbers.

        Among paths of equal cost an engine always takes the same one, but another engine may take another.

        Examples
        --------
        >>> engine = prepare(3, tail=[0, 1], head=[1, 2], weight=[5, 7])
        >>> engine.paths([0], [2]).of(0).tolist()
        [0, 1]
        """
        sources, wanted = self._nodes(origins, "origins"), self._nodes(targets, "targets")
        if len(sources) != len(wanted):
            raise EngineError(f"paths are asked in pairs: {len(sources)} origins, {len(wanted)} targets.")
        backend = self._pick("paths", len(sources), len(wanted), None)
        return backend.paths(sources, wanted, Monitor(len(sources), progress))

    def nearest(
        self,
        origins: ArrayLike,
        targets: ArrayLike,
        k: int = 1,
        limit: int | None = None,
        progress: Progress | None = None,
    ) -> Nearest:
        """The ``k`` targets of least cost from each origin, by cost and then position in ``targets``.

        Examples
        --------
        >>> engine = prepare(3, tail=[0, 1], head=[1, 2], weight=[5, 7])
        >>> engine.nearest([0], [2, 1], k=1).position.tolist()
        [[1]]
        """
        sources, wanted = self._nodes(origins, "origins"), self._nodes(targets, "targets")
        if k < 1:
            raise EngineError(f"k is {k}; expected 1 or more.")
        most = _limit(limit)
        backend = self._pick("nearest", len(sources), len(wanted), most)
        return backend.nearest(sources, wanted, k, most, Monitor(len(sources), progress))

    def update(
        self,
        changed: Changes | None = None,
        added: tuple[ArrayLike, ArrayLike, ArrayLike] | None = None,
        removed: ArrayLike | None = None,
    ) -> Engine:
        """A new engine with changes, sharing what it can with this one; answers as if built anew.

        Parameters
        ----------
        changed : mapping of link number to weight, or (link numbers, weights), optional
            New weights.
        added : (tail, head, weight), optional
            Links to append; the first gets number ``graph.m``.
        removed : array of int, optional
            Links to switch off; the numbers of the others stay.

        Examples
        --------
        >>> engine = prepare(3, tail=[0, 1], head=[1, 2], weight=[5, 7])
        >>> engine.update(changed={1: 1}).many_to_many([0], [2]).tolist()
        [[6]]
        >>> engine.update(removed=[1]).many_to_many([0], [2]).tolist()
        [[-1]]
        """
        return Engine(self._backends.updated(self.graph.changed(changed, added, removed)))

    def explain(
        self,
        operation: str = "many_to_many",
        origins: int = 1,
        targets: int | None = None,
        limit: int | None = None,
    ) -> Choice:
        """Which engine a question of that size would be given to, and why.

        Examples
        --------
        >>> engine = prepare(3, tail=[0, 1], head=[1, 2], weight=[5, 7], engine="scipy")
        >>> engine.explain(origins=10).why
        'asked for by name'
        """
        return self._backends.choose(operation, origins, self.graph.n if targets is None else targets, limit)

    def _pick(self, operation: str, origins: int, targets: int, limit: int | None) -> Backend:
        return self._backends.get(self._backends.choose(operation, origins, targets, limit).engine)

    def _nodes(self, given: ArrayLike, what: str) -> NDArray[np.int32]:
        nodes = np.atleast_1d(np.asarray(given))
        if nodes.ndim != 1 or (len(nodes) and nodes.dtype.kind not in "iu"):
            raise EngineError(
                f"{what} must be one row of node numbers, not {nodes.dtype} of shape {nodes.shape}."
            )
        wrong = np.flatnonzero((nodes < 0) | (nodes >= self.graph.n))
        if len(wrong):
            raise EngineError(
                f"{what}: there is no node {nodes[wrong[0]]}; nodes are 0 to {self.graph.n - 1}."
            )
        return nodes.astype(np.int32)

    def _opportunities(self, given: ArrayLike | None) -> NDArray[Any]:
        if given is None:
            return np.ones(self.graph.n, np.int64)
        held = np.asarray(given)
        if held.shape != (self.graph.n,):
            raise EngineError(
                f"opportunities have shape {held.shape}; expected one for each of {self.graph.n} nodes."
            )
        if held.dtype.kind in "biu":
            return held.astype(np.int64)
        if held.dtype.kind != "f" or not bool(np.isfinite(held).all()):
            raise EngineError("opportunities must be finite numbers; put 0 where nothing is known.")
        return held.astype(np.float64)


def _limit(limit: int | None) -> int | None:
    if limit is None:
        return None
    if isinstance(limit, bool) or limit < 0 or limit != int(limit):
        raise EngineError(
            f"limit is {limit}; expected a whole number of 0 or more, in the unit of the weights."
        )
    return int(limit)
