"""Travel times under any set of projects, as small matrices that a page can carry and work out by itself.

For each way of getting there the kernel holds the times between places on the base network, from places to
the ends of the links that projects add (their tails), from their heads to places, and from heads to tails.
The times with some projects are then the least over chains of new links: a search over the ends alone, exact
in whole milliseconds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from yrdgis.engine import prepare
from yrdgis.metrics.answers import ways_of
from yrdgis.network import Network
from yrdgis.scenarios.bundles import Bundled, bundled

__all__ = ["FAR", "Kernel", "KernelWay", "kernel_of"]

Ints = npt.NDArray[np.int64]

FAR = 2_000_000_000
"""Milliseconds that stand for no way; more than any journey, and two of them still fit in 32 bits unsigned."""


@dataclass(frozen=True)
class KernelWay:
    """Matrices in milliseconds of one way of getting there, `FAR` where there is none.

    Parameters
    ----------
    name : str
        Such as ``drive`` or ``public``.
    base : array (origins, destinations)
    to_tails : array (origins, tails)
    between : array (heads, tails)
    from_heads : array (heads, destinations)
    links : array (links, 4)
        Tail, head, milliseconds and number of the requirement of each new link.
    requires : tuple of tuple of int
        For each requirement, numbers of the projects that it takes.
    """

    name: str
    base: Ints
    to_tails: Ints
    between: Ints
    from_heads: Ints
    links: Ints
    requires: tuple[tuple[int, ...], ...]

    def times(self, chosen: Collection[int]) -> Ints:
        """Milliseconds from each origin to each destination with some projects, `FAR` where there is no way."""
        have = set(chosen)
        on = np.array([have.issuperset(need) for need in self.requires], dtype=bool)
        links = self.links[on[self.links[:, 3]]] if len(self.links) else self.links
        best = self.base.copy()
        if not len(links):
            return best
        tails, heads = np.unique(links[:, 0]), np.unique(links[:, 1])
        step = np.full((len(tails), len(heads)), FAR)
        at = (np.searchsorted(tails, links[:, 0]), np.searchsorted(heads, links[:, 1]))
        np.minimum.at(step, at, links[:, 2])
        reach, between = self.to_tails[:, tails], self.between[np.ix_(heads, tails)]
        while True:
            # a walk over one more new link each time, until none helps
            arrived = _min_plus(reach, step)
            further = np.minimum(reach, _min_plus(arrived, between))
            if np.array_equal(further, reach):
                break
            reach = further
        return np.minimum(best, _min_plus(arrived, self.from_heads[heads]))


@dataclass(frozen=True)
class Kernel:
    """What a page needs to answer for any set of projects.

    Parameters
    ----------
    projects : tuple of str
        Ids of the projects that change some link, in order of their numbers.
    origins, destinations : tuple of str
        Node ids.
    ways : tuple of KernelWay
    """

    projects: tuple[str, ...]
    origins: tuple[str, ...]
    destinations: tuple[str, ...]
    ways: tuple[KernelWay, ...]

    def times(self, chosen: Iterable[str]) -> Ints:
        """Milliseconds with some projects over the best of all ways, `FAR` where there is no way.

        Parameters
        ----------
        chosen : iterable of str
            Ids; one that changes nothing is passed over.
        """
        number = {project: at for at, project in enumerate(self.projects)}
        have = [number[project] for project in chosen if project in number]
        return np.minimum.reduce([way.times(have) for way in self.ways])


def kernel_of(
    base: Network,
    projects: Sequence[str],
    origins: Sequence[str],
    destinations: Sequence[str],
    *,
    mode: str = "door",
    impedance: str = "total",
) -> Kernel | None:
    """The kernel of a base network and some projects.

    Parameters
    ----------
    base : Network
        Built from layers, without the projects.
    projects : sequence of str
        Ids.
    origins, destinations : sequence of str
        Node ids; in mode ``rail`` stations only.
    mode, impedance : str
        As for `yrdgis.metrics.skim.skim`.

    Returns
    -------
    Kernel or None
        None where a project makes a link slower or takes one away: then the closed form doesn't hold.
    """
    places = list(dict.fromkeys([*origins, *destinations]))
    found = [
        (way, bundled(base, projects, way=way, impedance=impedance, places=places)) for way in ways_of(mode)
    ]
    parts = {way: part for way, part in found if part is not None}
    if len(parts) < len(found):
        return None
    acting = frozenset().union(*(part.projects for part in parts.values()))
    own = tuple(project for project in projects if project in acting)
    number = {project: at for at, project in enumerate(own)}
    ways = tuple(_way(way, part, number, origins, destinations) for way, part in parts.items())
    return Kernel(own, tuple(origins), tuple(destinations), ways)


def _way(
    name: str, part: Bundled, number: Mapping[str, int], origins: Sequence[str], destinations: Sequence[str]
) -> KernelWay:
    # a place that this way doesn't touch gets a node of its own, which nothing reaches
    starts = np.array([part.exits.get(place, part.size) for place in origins])
    ends = np.array([part.entries.get(place, part.size + 1) for place in destinations])
    rows = [
        (tail, head, weight, at)
        for at, bundle in enumerate(part.bundles)
        for tail, head, weight in zip(bundle.tail, bundle.head, bundle.weight, strict=True)
    ]
    links = np.array(rows, dtype=np.int64).reshape(-1, 4)
    tails, links[:, 0] = np.unique(links[:, 0], return_inverse=True)
    heads, links[:, 1] = np.unique(links[:, 1], return_inverse=True)
    engine = prepare(part.size + 2, part.tail, part.head, part.weight)

    def between(a: Ints, b: Ints) -> Ints:
        if not (len(a) and len(b)):
            return np.full((len(a), len(b)), FAR)
        costs = engine.many_to_many(a, b).astype(np.int64)
        return np.where(costs < 0, FAR, costs)

    same = np.equal.outer(np.array(origins, dtype=object), np.array(destinations, dtype=object)).astype(bool)
    requires = tuple(tuple(sorted(number[p] for p in bundle.requires)) for bundle in part.bundles)
    return KernelWay(
        name,
        np.where(same, 0, between(starts, ends)),
        between(starts, tails),
        between(heads, tails),
        between(heads, ends),
        links,
        requires,
    )


def _min_plus(a: Ints, b: Ints) -> Ints:
    """Least sums over what lies between, never more than `FAR`."""
    out = np.full((a.shape[0], b.shape[1]), FAR)
    for row in range(a.shape[0]):
        np.minimum(out[row], (a[row][:, None] + b).min(axis=0), out=out[row])
    return out
