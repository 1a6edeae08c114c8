"""Every engine and every operation against networkx on hundreds of random networks."""

from __future__ import annotations

import numpy as np
import pytest
from engine.worlds import referee, within, worlds
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yrdgis.engine import UNREACHABLE, prepare
from yrdgis.engine.choice import ENGINES

NAMES = [name for name in ENGINES if name != "auto"]
many = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@pytest.fixture(params=NAMES)
def name(request):
    return request.param


@many
@given(world=worlds(), data=st.data())
def test_many_to_many(name, world, data):
    engine, costs = prepare(*world.arrays, engine=name), referee(world)
    nodes = st.lists(st.integers(0, world.n - 1), max_size=6)
    origins, targets = np.array(data.draw(nodes), int), np.array(data.draw(nodes), int)
    limit = data.draw(st.integers(0, 60))
    np.testing.assert_array_equal(engine.many_to_many(origins, targets), costs[np.ix_(origins, targets)])
    expected = within(costs, limit)[np.ix_(origins, targets)]
    np.testing.assert_array_equal(engine.many_to_many(origins, targets, limit=limit), expected)


@many
@given(world=worlds(), limit=st.integers(0, 60))
def test_full_and_reach(name, world, limit):
    engine, costs = prepare(*world.arrays, engine=name), referee(world)
    everyone = np.arange(world.n)
    np.testing.assert_array_equal(engine.full(everyone), costs)
    bounded = within(costs, limit)
    np.testing.assert_array_equal(engine.full(everyone, limit=limit), bounded)
    reach = engine.reach(everyone, limit)
    for origin in everyone:
        node, cost = reach.of(origin)
        np.testing.assert_array_equal(node, np.flatnonzero(bounded[origin] >= 0))
        np.testing.assert_array_equal(cost, bounded[origin][bounded[origin] >= 0])


@many
@given(world=worlds(), cutoffs=st.lists(st.integers(0, 60), max_size=4), data=st.data())
def test_sums_and_counts_within_cutoffs(name, world, cutoffs, data):
    engine, costs = prepare(*world.arrays, engine=name), referee(world)
    held = np.array(data.draw(st.lists(st.integers(0, 1000), min_size=world.n, max_size=world.n)))
    origins = np.arange(world.n)[::-1]
    inside = [(costs[origins] >= 0) & (costs[origins] <= cutoff) for cutoff in cutoffs]
    expected = np.array([part @ held for part in inside]).T.reshape(world.n, len(cutoffs))
    counts = np.array([part.sum(1) for part in inside]).T.reshape(world.n, len(cutoffs))
    np.testing.assert_array_equal(engine.reduce(origins, held, cutoffs), expected)
    np.testing.assert_array_equal(engine.reduce(origins, cutoffs=cutoffs), counts)
    np.testing.assert_allclose(engine.reduce(origins, held / 8, cutoffs), expected / 8)


@many
@given(world=worlds(), step=st.integers(1, 5), size=st.integers(0, 12))
def test_decay(name, world, step, size):
    engine, costs = prepare(*world.arrays, engine=name), referee(world)
    table = 0.5 ** np.arange(size)
    held = np.arange(world.n) + 1.0
    place = costs // step
    weights = np.where((costs >= 0) & (place < size), 0.5**place, 0.0)
    np.testing.assert_allclose(engine.decay(np.arange(world.n), held, table, step), weights @ held)


@many
@given(world=worlds())
def test_paths_add_up(name, world):
    engine, costs = prepare(*world.arrays, engine=name), referee(world)
    origins, targets = (grid.ravel() for grid in np.meshgrid(np.arange(world.n), np.arange(world.n)))
    paths = engine.paths(origins, targets)
    np.testing.assert_array_equal(paths.cost, costs[origins, targets])
    for i, (origin, target) in enumerate(zip(origins, targets, strict=True)):
        links = paths.of(i)
        if paths.cost[i] == UNREACHABLE:
            assert len(links) == 0
            continue
        nodes = np.r_[origin, world.head[links]]
        np.testing.assert_array_equal(nodes[:-1], world.tail[links])
        assert nodes[-1] == target
        assert world.weight[links].sum() == paths.cost[i]


@many
@given(world=worlds(), k=st.integers(1, 4), data=st.data())
def test_nearest(name, world, k, data):
    engine, costs = prepare(*world.arrays, engine=name), referee(world)
    targets = np.array(data.draw(st.lists(st.integers(0, world.n - 1), min_size=1, max_size=6)))
    limit = data.draw(st.none() | st.integers(0, 60))
    bounded = costs if limit is None else within(costs, limit)
    nearest = engine.nearest(np.arange(world.n), targets, k, limit=limit)
    for origin in range(world.n):
        ranked = sorted((bounded[origin, t], i) for i, t in enumerate(targets) if bounded[origin, t] >= 0)
        ranked += [(-1, -1)] * len(targets)
        ranked = ranked[: min(k, len(targets))]
        assert list(zip(nearest.cost[origin], nearest.position[origin], strict=True)) == ranked


@many
@given(world=worlds(), data=st.data())
def test_update_equals_a_rebuild(name, world, data):
    engine = prepare(*world.arrays, engine=name)
    everyone = np.arange(world.n)
    if data.draw(st.booleans()):
        engine.full(everyone)
    for _ in range(data.draw(st.integers(1, 2))):
        m = engine.graph.m
        links = data.draw(st.lists(st.integers(0, max(m - 1, 0)), unique=True, max_size=m))
        changed = {i: data.draw(st.integers(0, 40)) for i in links[::2]}
        removed = links[1::2]
        node = st.integers(0, world.n - 1)
        more = data.draw(st.lists(st.tuples(node, node, st.integers(0, 40)), max_size=4))
        added = tuple(np.array([link[i] for link in more], int) for i in range(3))
        before = engine.full(everyone)
        later = engine.update(changed=changed, added=added, removed=removed)
        np.testing.assert_array_equal(engine.full(everyone), before)
        engine = later
    graph = engine.graph
    on = np.ones(graph.m, bool) if graph.off is None else ~graph.off
    anew = prepare(graph.n, graph.tail[on], graph.head[on], graph.weight[on], engine="scipy")
    expected = anew.full(everyone)
    np.testing.assert_array_equal(engine.many_to_many(everyone, everyone), expected)
    np.testing.assert_array_equal(engine.full(everyone), expected)
    np.testing.assert_array_equal(engine.reduce(everyone, cutoffs=[20]), anew.reduce(everyone, cutoffs=[20]))
    paths = engine.paths(everyone, everyone[::-1])
    np.testing.assert_array_equal(paths.cost, expected[everyone, everyone[::-1]])
    for i in range(world.n):
        links = paths.of(i)
        assert on[links].all()
        assert graph.weight[links].sum() == max(paths.cost[i], 0)
