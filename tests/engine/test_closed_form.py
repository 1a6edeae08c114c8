"""Scenarios in closed form against networks built anew."""

from __future__ import annotations

from itertools import chain, combinations

import numpy as np
import pytest
from engine.worlds import worlds
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yrdgis.engine import CancelledError, Project, Scenarios, prepare
from yrdgis.errors import EngineError


@st.composite
def plans(draw, world):
    """Up to four projects that add, change and remove links."""
    node = st.integers(0, world.n - 1)
    projects = {}
    for name in "abcd"[: draw(st.integers(0, 4))]:
        more = draw(st.lists(st.tuples(node, node, st.integers(0, 20)), max_size=3))
        changed, removed = {}, []
        if len(world.tail):
            link = st.integers(0, len(world.tail) - 1)
            changed = draw(st.dictionaries(link, st.integers(0, 35), max_size=2))
            removed = draw(st.lists(link, max_size=1)) if draw(st.integers(0, 3)) == 0 else []
        added = tuple(np.array([link[i] for link in more], int) for i in range(3))
        projects[name] = Project(changed, added, removed)
    return projects


def built_anew(world, projects, names):
    """The network with the projects in it: the least weight where they disagree, removal before all."""
    changed: dict[int, int] = {}
    for name in names:
        for link, weight in projects[name].changed.items():
            changed[link] = min(weight, changed.get(link, weight))
    weight = world.weight.copy()
    for link, value in changed.items():
        weight[link] = value
    on = np.ones(len(weight), bool)
    for name in names:
        on[np.asarray(projects[name].removed, int)] = False
    parts = [(world.tail[on], world.head[on], weight[on])] + [projects[name].added for name in names]
    tail, head, costs = (np.concatenate([part[i] for part in parts]) for i in range(3))
    everyone = np.arange(world.n)
    return prepare(world.n, tail, head, costs, engine="scipy").many_to_many(everyone, everyone)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(world=worlds(max_nodes=9), data=st.data())
def test_every_subset_equals_a_network_built_anew(world, data):
    projects = data.draw(plans(world))
    everyone = np.arange(world.n)
    scenarios = Scenarios(prepare(*world.arrays, engine="scipy"), projects, everyone)
    names = list(projects)
    sets = list(chain.from_iterable(combinations(names, k) for k in range(len(names) + 1)))
    weights = np.arange(world.n**2, dtype=float).reshape(world.n, world.n)
    sums = scenarios.sums(sets, weights, no_way=1000)
    for i, (chosen, matrix) in enumerate(zip(sets, scenarios.matrices(sets), strict=True)):
        expected = built_anew(world, projects, chosen)
        np.testing.assert_array_equal(matrix, expected)
        np.testing.assert_array_equal(sums[i], (np.where(expected < 0, 1000, expected) * weights).sum(1))


@pytest.fixture
def line():
    """0 --10-- 1 --20-- 2 --30-- 3, one way."""
    return prepare(4, [0, 1, 2], [1, 2, 3], [10, 20, 30])


def test_what_needs_a_network_of_its_own_is_told(line):
    projects = {
        "bypass": Project(added=([0, 1], [1, 3], [5, 5])),
        "works": Project(changed={2: 40}),
        "closure": Project(removed=[1]),
        "repair": Project(changed={0: 1}),
    }
    scenarios = Scenarios(line, projects, [0], [3])
    assert scenarios.slower == ["works", "closure"]
    assert scenarios.terminals == {"bypass": 3, "works": 0, "closure": 0, "repair": 2}
    assert scenarios.matrix([]).item() == 60
    assert scenarios.matrix(["works"]).item() == 70
    assert scenarios.matrix(["closure"]).item() == -1
    assert scenarios.matrix(["closure", "bypass", "repair"]).item() == 6


def test_refusals(line):
    with pytest.raises(EngineError, match="2 problems"):
        Scenarios(line, {"a": Project(changed={9: 1}), "b": Project(added=([0], [7], [1]))}, [0])
    scenarios = Scenarios(line, {"closure": Project(removed=[1])}, [0], [3])
    with pytest.raises(EngineError, match="No project named 'tunnel'"):
        scenarios.matrix(["tunnel"])
    with pytest.raises(EngineError, match="shape"):
        scenarios.sums([[]], [[1, 2]])
    with pytest.raises(EngineError, match="no way"):
        scenarios.sums([["closure"]], [[1]])
    assert scenarios.sums([["closure"], []], [[2]], no_way=100).tolist() == [[200], [120]]


def test_progress_and_stopping(line):
    scenarios = Scenarios(line, {"a": Project(changed={0: 1}), "b": Project(changed={1: 1})}, [0], [3])
    sets = [[], ["a"], ["b"], ["a", "b"], ["a"]]
    told = []
    scenarios.sums(sets, [[1]], progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (5, 5)
    with pytest.raises(CancelledError):
        scenarios.sums(sets, [[1]], progress=lambda done, total: False)
