"""Tell WGS84, GCJ-02, BD-09 and GCJ-02 applied twice apart, by where known things lie.

No formula can tell a shifted point from another point; only places that are known can. Four tests are made,
each against a null that the data themselves supply, and a verdict is given only where a test is decisive
and none contradicts it:

named
    Features that share their name with a place nearby: the residual after undoing each shift, judged by a
    heavy-tailed likelihood ratio, so that a few wrong partners do not decide.
near places
    How many points fall on a known place after undoing each shift, against as many random displacements.
boundary
    How many vertices fall on a known boundary, likewise.
along lines
    How many known places fall on a line of the file, likewise.

Shifts in the Yangtze delta are about 0.5 km (GCJ-02), 1.3 km (BD-09) and 1.0 km (twice GCJ-02).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from yrdgis.crs import bd09_to_wgs84, gcj02_to_wgs84
from yrdgis.doctor.reference import Reference, plain_name, to_metres

if TYPE_CHECKING:
    from scipy.spatial import cKDTree

__all__ = ["DATUM_HYPOTHESES", "DatumVerdict", "Test", "judge", "tell_datum"]

Floats = NDArray[np.float64]
Points = tuple[Floats, Floats]

DATUM_HYPOTHESES: dict[str, Callable[[Floats, Floats], Points]] = {
    "wgs84": lambda lon, lat: (lon, lat),
    "gcj02": gcj02_to_wgs84,
    "bd09": bd09_to_wgs84,
    "gcj02_twice": lambda lon, lat: gcj02_to_wgs84(*gcj02_to_wgs84(lon, lat)),
}
"""Name of a datum -> how to get from it to WGS84."""

_NEAR_M = 120.0  # a hit: well below half the distance between any two hypotheses
_REACH_M = 4000.0  # partners by name are looked for this far away
_SHIFTS = 96  # random displacements for the null
_FEWEST_HITS = 6
_SURE = 6.9  # natural logarithm of 1000 to 1
_STANDARD_ERRORS = 5.0
_CLEARLY = 0.6  # the median distance of the winner, over that of the runner-up
_MIXED = 0.15  # from this share on, features that fit another datum speak for a file that mixes them
_SAMPLE = 4000


@dataclass(frozen=True)
class Test:
    """One test: what each hypothesis scores, and whether it decides.

    Attributes
    ----------
    name : str
        named, near places, boundary, along lines.
    size : int
        Features, vertices or places that could be compared.
    scores : dict of str to float
        Named: median residual in metres (small is good). Others: share of hits.
    winner : str or None
        The hypothesis that this test decides for; None where it decides nothing.
    strength : float
        Named: log likelihood ratio to the runner-up; others: standard errors above the null.
    said : str
        One sentence.
    examples : list of str
        Evidence points.
    """

    __test__ = False
    name: str
    size: int
    scores: dict[str, float]
    winner: str | None
    strength: float
    said: str
    examples: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class DatumVerdict:
    """Which hypothesis holds, how sure, and why.

    ``verdict`` is a hypothesis or "not sure"; ``score`` is 0 to 1.
    """

    verdict: str
    score: float
    why: str
    tests: list[Test]

    @property
    def examples(self) -> list[str]:
        """Evidence points of the tests that carry the verdict."""
        return [e for t in self.tests if t.winner == self.verdict for e in t.examples]


def _tree(points: Floats) -> cKDTree:
    from scipy.spatial import cKDTree

    return cKDTree(points)


def _displacements(count: int) -> Floats:
    """The same random displacements every time: 0.25 to 2 km, in every direction."""
    rng = np.random.default_rng(20260101)
    angle = rng.uniform(0, 2 * np.pi, count)
    radius = rng.uniform(250.0, 2000.0, count)
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


def _hits_test(name: str, hits: dict[str, NDArray[np.bool_]], null: Floats, size: int, what: str) -> Test:
    counts = {h: int(v.sum()) for h, v in hits.items()}
    ranked = sorted(counts, key=lambda h: -counts[h])
    best = ranked[0]
    second = counts[ranked[1]] if len(ranked) > 1 else 0
    spread = max(float(null.std()), float(np.sqrt(null.mean())), 1.0)
    above = (counts[best] - float(null.mean())) / spread
    lead = (counts[best] - second) / max(np.sqrt(counts[best] + second), 1.0)
    decides = counts[best] >= _FEWEST_HITS and above >= _STANDARD_ERRORS and lead >= 3.0
    told = ", ".join(f"{h} {counts[h]}" for h in ranked)
    said = f"{what}: {told} of {size}; by chance {null.mean():.1f} ± {spread:.1f}"
    shares = {h: counts[h] / max(size, 1) for h in counts}
    return Test(name, size, shares, best if decides else None, round(above, 1), said)


def _cloud_test(
    name: str,
    moving: dict[str, Floats],
    fixed: Floats,
    what: str,
    *,
    within: float = _NEAR_M,
    flip: bool = False,
) -> Test | None:
    """How many moving points hit a fixed one; flipped: how many fixed points are hit."""
    if not len(fixed):
        return None
    trees = {h: _tree(p) for h, p in moving.items()} if flip else {}
    tree = None if flip else _tree(fixed)

    def hits(points: Floats, key: str, shift: Floats) -> NDArray[np.bool_]:
        if flip:
            return trees[key].query(fixed - shift, distance_upper_bound=within)[0] < within
        assert tree is not None
        return tree.query(points + shift, distance_upper_bound=within)[0] < within

    first = next(iter(moving))
    reach = _REACH_M
    if flip:
        usable = trees[first].query(fixed, distance_upper_bound=reach)[0] < reach
        fixed = fixed[usable]
        size = len(fixed)
    else:
        assert tree is not None
        usable = tree.query(moving[first], distance_upper_bound=reach)[0] < reach
        moving = {h: p[usable] for h, p in moving.items()}
        size = int(usable.sum())
    if size < _FEWEST_HITS:
        return None
    none = np.zeros(2)
    found = {h: hits(p, h, none) for h, p in moving.items()}
    # displacements count from every hypothesis in turn, so that a null never sits on another hypothesis for
    # all points
    keys = list(moving)
    null = np.array(
        [
            hits(moving[keys[i % len(keys)]], keys[i % len(keys)], s).sum()
            for i, s in enumerate(_displacements(_SHIFTS))
        ],
        float,
    )
    # a displacement may by chance undo a shift: the highest few are no part of the null
    null = np.sort(null)[: int(_SHIFTS * 0.95)]
    return _hits_test(name, found, null, size, what)


def _named_test(
    points: dict[str, Floats], names: Sequence[str], reference: Reference, lon0: float
) -> Test | None:
    by_name: dict[str, list[int]] = {}
    for row, name in enumerate(reference.names):
        if name:
            by_name.setdefault(name, []).append(row)
    places = to_metres(reference.lon, reference.lat, lon0)
    first = next(iter(points.values()))
    rows, partners = [], []
    for row, name in enumerate(names):
        for partner in by_name.get(name, ()):
            if np.hypot(*(first[row] - places[partner])) < _REACH_M:
                rows.append(row)
                partners.append(partner)
    if len(rows) < 2:
        return None
    # one partner a feature and hypothesis: the nearest of that name
    table = np.array(rows)
    residual = {}
    for h, xy in points.items():
        d = np.hypot(*(xy[rows] - places[partners]).T)
        residual[h] = np.array([d[table == r].min() for r in np.unique(table)])
    size = len(np.unique(table))
    return _named_verdict(
        residual, size, [reference.labels[partners[int(np.argmax(table == r))]] for r in np.unique(table)]
    )


def _named_verdict(residual: dict[str, Floats], size: int, labels: list[str]) -> Test:
    median = {h: float(np.median(r)) for h, r in residual.items()}
    scale = max(min(median.values()), 50.0)
    fit = {h: float(-1.5 * np.log1p((r / scale) ** 2).sum()) for h, r in residual.items()}
    ranked = sorted(fit, key=lambda h: -fit[h])
    best = ranked[0]
    ratio = fit[best] - fit[ranked[1]] if len(ranked) > 1 else 0.0
    clearly = len(ranked) < 2 or median[best] <= _CLEARLY * median[ranked[1]]
    astray = _astray(residual, best)
    mixed = astray >= max(2, _MIXED * size)
    decides = ratio >= _SURE and size >= 3 and median[best] < 350.0 and clearly and not mixed
    told = ", ".join(f"{h} {median[h]:.0f} m" for h in ranked)
    said = f"{size} features share a name with a known place nearby; median distance after undoing: {told}"
    if mixed:
        said += f"; {astray} of them fit another datum than {best}: the file may mix datums"
    order = np.argsort(residual[best])[:8]
    others = [h for h in ranked[:3] if h != best]
    examples = [
        f"{labels[i]}: {residual[best][i]:.0f} m as {best}, "
        + ", ".join(f"{residual[h][i]:.0f} m as {h}" for h in others)
        for i in order
    ]
    return Test("named", size, median, best if decides else None, round(ratio, 1), said, examples)


def _astray(residual: dict[str, Floats], best: str) -> int:
    """Features that lie on their place under another datum, and far from it under the best."""
    others = [r for h, r in residual.items() if h != best]
    if not others:
        return 0
    return int(((np.min(others, axis=0) < _NEAR_M) & (residual[best] > 2 * _NEAR_M)).sum())


def judge(tests: list[Test]) -> DatumVerdict:
    """Verdict of several tests: the decisive ones have to agree."""
    winners = {t.winner for t in tests if t.winner}
    if len(winners) == 1:
        verdict = winners.pop()
        deciding = [t for t in tests if t.winner == verdict]
        strength = max(
            min(t.strength / (4 * _SURE if t.name == "named" else 4 * _STANDARD_ERRORS), 1.0)
            for t in deciding
        )
        against = any(t.winner is None and t.size >= 30 and _prefers_other(t, verdict) for t in tests)
        score = round(0.75 + 0.24 * strength - (0.15 if against else 0.0), 2)
        return DatumVerdict(verdict, score, "; ".join(t.said for t in deciding), tests)
    if winners:
        told = "; ".join(f"{t.name} says {t.winner}" for t in tests if t.winner)
        return DatumVerdict("not sure", 0.0, f"the tests disagree ({told}): the file may mix datums", tests)
    why = "; ".join(t.said for t in tests) if tests else "nothing known lies near enough to compare with"
    return DatumVerdict("not sure", 0.0, why, tests)


def _prefers_other(test: Test, verdict: str) -> bool:
    better = min if test.name == "named" else max
    return better(test.scores, key=lambda h: test.scores[h]) != verdict


def tell_datum(
    lon: Floats,
    lat: Floats,
    reference: Reference,
    *,
    names: Sequence[str] | None = None,
    vertices: Points | None = None,
    lines: bool = False,
    polygons: bool = False,
    hypotheses: dict[str, Callable[[Floats, Floats], Points]] | None = None,
) -> DatumVerdict:
    """Which datum points, lines or polygons are in.

    Parameters
    ----------
    lon, lat : numpy.ndarray
        One point for each feature, degrees as the file has them.
    reference : Reference
        Known places in WGS84.
    names : sequence of str, optional
        Name of each feature.
    vertices : (lon, lat), optional
        Vertices of lines or boundaries, dense (some tens of metres apart).
    lines, polygons : bool
        What the vertices belong to.
    hypotheses : dict, optional
        Name -> function to WGS84; the four datums if not given.

    Returns
    -------
    DatumVerdict
        "not sure" where no test is decisive or two contradict each other.

    Examples
    --------
    >>> import pandas as pd
    >>> from yrdgis.crs import wgs84_to_gcj02
    >>> known = pd.DataFrame({"name_zh": ["虹桥", "上海", "昆山南"], "lon": [121.3162, 121.4512, 120.9545],
    ...                       "lat": [31.1960, 31.2516, 31.3572]})
    >>> x, y = wgs84_to_gcj02(known["lon"], known["lat"])
    >>> tell_datum(x, y, Reference.from_frames(known), names=["虹桥站", "上海站", "昆山南站"]).verdict
    'gcj02'
    """
    options = hypotheses or DATUM_HYPOTHESES
    lon0 = float(np.median(reference.lon)) if len(reference.lon) else float(np.median(lon))
    places = to_metres(reference.lon, reference.lat, lon0)
    keep = _sample(len(lon))
    xy = {h: to_metres(*f(lon[keep], lat[keep]), lon0) for h, f in options.items()}
    tests: list[Test | None] = []
    if names is not None:
        tests.append(_named_test(xy, [plain_name(names[i]) for i in keep], reference, lon0))
    if vertices is None:
        tests.append(
            _cloud_test("near places", xy, places, f"points within {_NEAR_M:.0f} m of a known place")
        )
    else:
        tests += _vertex_tests(vertices, reference, options, lon0, places, lines=lines, polygons=polygons)
    return judge([t for t in tests if t is not None])


def _vertex_tests(
    vertices: Points,
    reference: Reference,
    options: dict[str, Callable[[Floats, Floats], Points]],
    lon0: float,
    places: Floats,
    *,
    lines: bool,
    polygons: bool,
) -> list[Test | None]:
    vx, vy = vertices
    tests = []
    if polygons and len(reference.boundary):
        edge = to_metres(reference.boundary[:, 0], reference.boundary[:, 1], lon0)
        some = _sample(len(vx))
        moved = {h: to_metres(*f(vx[some], vy[some]), lon0) for h, f in options.items()}
        tests.append(
            _cloud_test("boundary", moved, edge, "vertices within 60 m of a known boundary", within=60.0)
        )
    if lines and len(places):
        every = {h: to_metres(*f(vx, vy), lon0) for h, f in options.items()}
        tests.append(
            _cloud_test(
                "along lines", every, places, "known places within 60 m of a line", within=60.0, flip=True
            )
        )
    return tests


def _sample(size: int) -> NDArray[np.int64]:
    return np.arange(size) if size <= _SAMPLE else np.linspace(0, size - 1, _SAMPLE).astype(np.int64)
