"""The hierarchy's parts: order, completion, customisation, sweeps over many lanes, threads."""

from __future__ import annotations

import numpy as np
import pytest
from engine.worlds import road_like, worlds
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yrdgis.engine import prepare
from yrdgis.engine.customising import customise_all
from yrdgis.engine.graph import Graph
from yrdgis.engine.metric import Metric, far_of
from yrdgis.engine.min_plus import LANES, improve
from yrdgis.engine.order import contraction_order
from yrdgis.engine.topology import build_topology
from yrdgis.engine.turning import answer, layout
from yrdgis.errors import EngineError, MissingExtraError

some = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@pytest.fixture(scope="module")
def roads():
    """About 3600 nodes with coordinates: several batches of lanes, levels of subtrees, some places cut off."""
    return road_like(60, np.random.default_rng(4))


@pytest.fixture(scope="module")
def engines(roads):
    return prepare(*roads.arrays, engine="cch"), prepare(*roads.arrays, engine="scipy")


@some
@given(world=worlds(max_nodes=30))
def test_an_order_holds_every_node_once(world):
    tail, head = world.tail.astype(np.int32), world.head.astype(np.int32)
    order = contraction_order(world.n, tail, head, world.x, world.y)
    assert sorted(order.tolist()) == list(range(world.n))


def test_an_order_is_refused_by_name():
    none = np.zeros(0, np.int32)
    with pytest.raises(EngineError, match="No order named"):
        contraction_order(1, none, none, method="random")


def test_metis_gives_an_order_or_says_what_to_install(roads):
    tail, head = roads.tail.astype(np.int32), roads.head.astype(np.int32)
    try:
        import pymetis  # noqa: F401
    except ImportError:
        with pytest.raises(MissingExtraError, match="pymetis"):
            contraction_order(roads.n, tail, head, method="metis")
        return
    order = contraction_order(roads.n, tail, head, method="metis")
    assert sorted(order.tolist()) == list(range(roads.n))


def slow_completion(n, tail, head, rank):
    """Upper neighbours of every rank by plain contraction."""
    upper = [set() for _ in range(n)]
    for a, b in zip(rank[tail], rank[head], strict=True):
        if a != b:
            upper[min(a, b)].add(max(a, b))
    for v in range(n):
        above = sorted(upper[v])
        for i, a in enumerate(above):
            upper[a] |= set(above[i + 1 :])
    return [sorted(above) for above in upper]


@some
@given(world=worlds(max_nodes=16))
def test_completion_equals_plain_contraction(world):
    tail, head = world.tail.astype(np.int32), world.head.astype(np.int32)
    order = contraction_order(world.n, tail, head)
    topology = build_topology(world.n, tail, head, order)
    expected = slow_completion(world.n, tail, head, topology.rank)
    for v in range(world.n):
        assert topology.head[topology.start[v] : topology.start[v + 1]].tolist() == expected[v]
        assert topology.parent[v] == (expected[v][0] if expected[v] else -1)
    size = np.arange(world.n) - topology.lowest + 1
    for v in range(world.n):
        inside = [u for u in range(world.n) if v in ancestors(topology, u)]
        assert inside == list(range(v - size[v] + 1, v + 1))


def ancestors(topology, v):
    found = []
    while v >= 0:
        found.append(v)
        v = topology.parent[v]
    return found


def test_a_long_chain_makes_a_shallow_hierarchy():
    n = 5000
    tail, head = np.arange(n - 1, dtype=np.int32), np.arange(1, n, dtype=np.int32)
    topology = build_topology(n, tail, head, contraction_order(n, tail, head))
    assert topology.height < 40
    engine = prepare(n, tail, head, np.ones(n - 1, int), engine="cch")
    assert engine.many_to_many([0], [n - 1])[0, 0] == n - 1


def test_own_order_with_and_without_coordinates_is_good(roads):
    tail, head = roads.tail.astype(np.int32), roads.head.astype(np.int32)
    for places in ((roads.x, roads.y), (None, None)):
        order = contraction_order(roads.n, tail, head, *places)
        topology = build_topology(roads.n, tail, head, order)
        assert topology.height < 4 * np.sqrt(roads.n)
        assert len(topology.head) < 9 * roads.n


def test_subtrees_side_by_side_equal_one_after_the_other(roads, monkeypatch):
    import yrdgis.engine.topology as module

    graph = Graph.of(*roads.arrays)
    order = contraction_order(graph.n, graph.tail, graph.head, graph.x, graph.y)
    found = []
    for smallest in (100, graph.n + 1):
        monkeypatch.setattr(module, "_SMALLEST_PART", smallest)
        topology = build_topology(graph.n, graph.tail, graph.head, order)
        assert (len(topology.parts.subtrees) > 4) == (smallest == 100)
        metric = Metric(topology, topology.arcs_of(graph.tail, graph.head), graph.weight, np.int32)
        found.append((metric.up, metric.down, *metric.climb[1:]))
    for one, other in zip(*found, strict=True):
        np.testing.assert_array_equal(one, other)


@some
@given(world=worlds(max_nodes=16), data=st.data())
def test_following_changes_equals_customising_everything(world, data):
    tail, head = world.tail.astype(np.int32), world.head.astype(np.int32)
    topology = build_topology(world.n, tail, head, contraction_order(world.n, tail, head))
    arc = topology.arcs_of(tail, head)
    arc[tail == head] = -1
    metric = Metric(topology, arc, world.weight, np.int32)
    for _ in range(3):
        weight = data.draw(st.lists(st.integers(0, 30), min_size=len(tail), max_size=len(tail)))
        keep = data.draw(st.lists(st.booleans(), min_size=len(tail), max_size=len(tail)))
        after = np.where(keep, metric.weight, np.array(weight, int)).astype(np.int64)
        metric = Metric(topology, arc, after, np.int32, metric)
        up, down = metric.own_up.copy(), metric.own_down.copy()
        customise_all(topology, up, down, np.int32(far_of(np.int32)))
        np.testing.assert_array_equal(metric.up, up)
        np.testing.assert_array_equal(metric.down, down)


def test_few_changes_are_followed_and_many_are_not(engines, roads):
    engine, _ = engines
    engine.many_to_many([0], [1])
    few = engine.update(changed={5: int(roads.weight[5]) + 1})
    many = engine.update(changed=(np.arange(len(roads.weight)), roads.weight + 1))
    assert few._backends.get("cch").metric.incremental
    assert not many._backends.get("cch").metric.incremental


def test_many_lanes_and_targets_that_repeat(engines, roads):
    cch, scipy = engines
    rng = np.random.default_rng(1)
    origins, targets = rng.integers(0, roads.n, 300), rng.integers(0, roads.n, 200)
    np.testing.assert_array_equal(cch.many_to_many(origins, targets), scipy.many_to_many(origins, targets))
    limit = 300
    np.testing.assert_array_equal(
        cch.many_to_many(origins, targets, limit), scipy.many_to_many(origins, targets, limit)
    )
    np.testing.assert_array_equal(cch.full(origins[:150]), scipy.full(origins[:150]))
    np.testing.assert_array_equal(cch.full(origins[:70], limit), scipy.full(origins[:70], limit))
    for one, other in zip(cch.reach(origins, limit), scipy.reach(origins, limit), strict=True):
        np.testing.assert_array_equal(one, other)
    everyone, held = np.arange(roads.n), rng.integers(0, 9, roads.n)
    np.testing.assert_array_equal(
        cch.reduce(everyone, held, [0, 100, 300]), scipy.reduce(everyone, held, [0, 100, 300])
    )
    few = np.where(everyone % 50 == 0, held, 0)
    np.testing.assert_array_equal(cch.reduce(everyone, few, [900]), scipy.reduce(everyone, few, [900]))
    table = np.exp(-np.arange(400) / 90)
    np.testing.assert_allclose(cch.decay(origins, held, table), scipy.decay(origins, held, table))
    assert (
        cch.paths(origins[:200], targets).cost.tolist() == scipy.paths(origins[:200], targets).cost.tolist()
    )


def test_costs_beyond_32_bits_over_many_lanes(roads):
    weight = roads.weight * 50_000_000
    arrays = (roads.n, roads.tail, roads.head, weight, roads.x, roads.y)
    origins = np.arange(0, roads.n, 20)
    cch, scipy = prepare(*arrays, engine="cch"), prepare(*arrays, engine="scipy")
    costs = cch.full(origins)
    assert costs.dtype == np.int64
    np.testing.assert_array_equal(costs, scipy.full(origins))
    np.testing.assert_array_equal(cch.many_to_many(origins, origins), scipy.many_to_many(origins, origins))


def test_the_bound_found_on_the_way_holds_and_tells_the_same_type(roads):
    for scale, dtype in ((10_000, np.int32), (50_000_000, np.int64)):
        arrays = (roads.n, roads.tail, roads.head, roads.weight * scale, roads.x, roads.y)
        cch, scipy = prepare(*arrays, engine="cch"), prepare(*arrays, engine="scipy")
        assert not cch.graph.bound_known
        costs = cch.many_to_many(np.arange(0, roads.n, 5), np.arange(roads.n))
        assert cch.graph.bound_known
        assert costs.dtype == scipy.graph.dtype == dtype
        assert costs.max() <= cch.graph.bound


def test_a_link_too_heavy_for_32_bits_is_passed_by(roads):
    weight = roads.weight.copy()
    weight[7] = 1 << 33
    cch = prepare(roads.n, roads.tail, roads.head, weight, engine="cch")
    scipy = prepare(roads.n, roads.tail, roads.head, weight, engine="scipy")
    origins = np.arange(0, roads.n, 37)
    np.testing.assert_array_equal(cch.many_to_many(origins, origins), scipy.many_to_many(origins, origins))


def test_any_number_of_threads_and_lanes_gives_the_same(roads, monkeypatch):
    from yrdgis.engine import metric

    rng = np.random.default_rng(2)
    origins, targets = rng.integers(0, roads.n, 200), rng.integers(0, roads.n, 200)
    held = rng.random(roads.n)
    found = []
    for threads, lanes in (("1", 64), ("2", 64), ("5", 64), ("3", 16)):
        monkeypatch.setenv("YRDGIS_THREADS", threads)
        monkeypatch.setattr(metric, "lane_count", lambda count=lanes: count)
        engine = prepare(*roads.arrays, engine="cch")
        found.append(
            [
                engine.many_to_many(origins, targets),
                engine.full(origins[:70]),
                engine.reduce(origins, held, [200, 400]),
                engine.paths(origins, targets).link,
                engine._backends.get("cch").topology.rank,
            ]
        )
    for other in found[1:]:
        for one, two in zip(found[0], other, strict=True):
            np.testing.assert_array_equal(one, two)


def test_added_links_in_both_ways(engines, roads):
    """Few new links go through the closed form, many complete the topology."""
    cch, scipy = engines
    rng = np.random.default_rng(3)
    origins, targets = rng.integers(0, roads.n, 90), rng.integers(0, roads.n, 90)
    for count in (5, 100):
        added = rng.integers(0, roads.n, count), rng.integers(0, roads.n, count), rng.integers(0, 50, count)
        one, other = cch.update(added=added), scipy.update(added=added)
        for limit in (None, 250):
            expected = other.many_to_many(origins, targets, limit)
            np.testing.assert_array_equal(one.many_to_many(origins, targets, limit), expected)
        np.testing.assert_array_equal(one.full(origins), other.full(origins))
        later = one.update(removed=np.arange(0, 400, 7), changed={1: 0})
        anew = other.update(removed=np.arange(0, 400, 7), changed={1: 0})
        np.testing.assert_array_equal(
            later.many_to_many(origins, targets), anew.many_to_many(origins, targets)
        )


def test_memory_is_bounded_by_fewer_threads_and_lanes(roads):
    engine = prepare(*roads.arrays, engine="cch", memory_mb=1)
    engine.full([0])
    lanes, workers = engine._backends.get("cch")._fit(10_000, 500)
    assert (lanes, workers) == (16, 1)
    np.testing.assert_array_equal(
        engine.full(np.arange(100)), prepare(*roads.arrays, engine="scipy").full(np.arange(100))
    )


@pytest.mark.parametrize("every", [16, 50, 5000])
@pytest.mark.parametrize("by_lot", [False, True])
def test_rows_wait_for_their_neighbours_and_no_room_is_taken_twice(every, by_lot):
    n = 1001
    node = np.random.default_rng(6).permutation(n) if by_lot else np.arange(n)[::-1]
    plan = layout(node.astype(np.int32), every)
    turned = np.full(n, -1)
    held = {}
    for i in range(n):
        assert plan.waits[i] not in held
        held[plan.waits[i]] = node[i]
        if (i + 1) % every == 0 or i + 1 == n:
            for k in range(plan.start[i // every], plan.start[i // every + 1]):
                for v in range(plan.base[k], min(plan.base[k] + 16, n)):
                    turned[v] = held.pop(plan.slot[16 * k + v - plan.base[k]])
    np.testing.assert_array_equal(turned, np.arange(n))
    assert plan.room <= n
    assert by_lot or plan.room <= every + 16


def test_numbers_drawn_by_lot_give_the_same_costs(roads):
    new = np.random.default_rng(7).permutation(roads.n)
    arrays = (
        roads.n,
        new[roads.tail],
        new[roads.head],
        roads.weight,
        roads.x[np.argsort(new)],
        roads.y[np.argsort(new)],
    )
    origins = np.arange(0, roads.n, 37)
    costs = prepare(*arrays, engine="cch").full(origins)
    np.testing.assert_array_equal(costs, prepare(*arrays, engine="scipy").full(origins))


def test_an_answer_starts_its_lines_where_memory_does():
    for dtype in (np.int32, np.int64):
        room = answer(3, 37, dtype)
        assert room.shape == (3, 48)
        assert [room[i].ctypes.data % 64 for i in range(3)] == [0, 0, 0]


def test_min_plus_product():
    rng = np.random.default_rng(5)
    costs, to, onward = (
        rng.integers(0, 99, (7, 150)),
        rng.integers(0, 99, (7, 3)),
        rng.integers(0, 9, (3, 150)),
    )
    out = np.empty_like(costs)
    improve(costs, to, onward, 40, -1, LANES, out)
    expected = np.minimum(costs, (to[:, :, None] + onward[None]).min(1))
    np.testing.assert_array_equal(out, np.where(expected > 40, -1, expected))
