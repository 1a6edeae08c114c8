from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from network.drawn import both_ways, bridge, networks, strait
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from yrdgis.errors import InputError, UnknownNameError
from yrdgis.metrics.closing import FAR, after_closing, grow
from yrdgis.metrics.closures import (
    crossings,
    every_ride,
    fog_sets,
    link_rows,
    pairs_of_closures,
    single_links,
)
from yrdgis.metrics.frames import minutes
from yrdgis.metrics.resilience import RESILIENCE_COLUMNS, Closing, added_by, resilience, trips
from yrdgis.network import Network, build_network
from yrdgis.network.impedance import compile_graph

NODES, LINKS = st.integers(0, 5), st.integers(0, 11)


def anew(size, tails, heads, weights, open_links, origins, targets):
    """SciPy on what is left, from the start."""
    order = np.lexsort((weights, heads, tails))
    order = order[open_links[order]]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (np.diff(tails[order]) != 0) | (np.diff(heads[order]) != 0)
    least = order[first]
    matrix = csr_array((weights[least].astype(float), (tails[least], heads[least])), shape=(size, size))
    found = dijkstra(matrix, indices=origins)[:, targets]
    return np.where(np.isfinite(found), found, -1).astype(np.int64)


@settings(max_examples=60)
@given(
    ends=st.lists(st.tuples(NODES, NODES, st.integers(1, 9)), min_size=1, max_size=12),
    closed=st.lists(st.lists(LINKS, max_size=4), min_size=1, max_size=3),
)
def test_closing_gives_what_scipy_gives_anew(ends, closed):
    tails, heads, weights = (np.array(column, dtype=np.int64) for column in zip(*ends, strict=True))
    places = np.arange(6)
    trees = grow(6, tails, heads, weights, places, places)
    sets = [np.unique([link for link in links if link < len(ends)]).astype(np.int64) for links in closed]
    found = after_closing(trees, sets)
    for links, one in zip(sets, found, strict=True):
        there = np.ones(len(ends), dtype=bool)
        there[links] = False
        expected = anew(6, tails, heads, weights, there, places, places)
        np.testing.assert_array_equal(np.where(one == FAR, -1, one), expected)


@settings(max_examples=30)
@given(network=networks(), data=st.data())
def test_closing_more_never_shortens_a_way(network: Network, data):
    if network.links.empty:
        return
    places = tuple(network.nodes.index)
    number = st.integers(0, len(network.links) - 1)
    few = data.draw(st.sets(number, max_size=3))
    more = few | data.draw(st.sets(number, max_size=3))
    rows = [np.array(sorted(one), dtype=np.int64) for one in (set(), few, more)]
    closing = Closing(network, places, "drive")
    open_, some, most = np.nan_to_num(closing.minutes(rows), nan=np.inf)
    assert (open_ <= some).all()
    assert (some <= most).all()
    left = network.without(network.links.index[rows[1]])
    if len(left.links):
        expected = minutes(left, places, places, mode="drive")
        np.fill_diagonal(expected, 0.0)
        np.testing.assert_array_equal(closing.minutes(rows)[1], expected)


def test_a_bridge_and_its_ferry_by_hand():
    """The bridge takes 15, a ferry beside it 40: without the bridge each crossing takes 25 more."""
    ferry = both_ways([("f", "roadnode:x", "roadnode:y", "ferry", 40.0, 12.0)])
    network = strait().with_(pd.concat([bridge(), ferry]))
    closing = Closing(network, ("town:a", "town:b"), "drive")
    rows = link_rows(network, {"bridge": ["x-y", "x-y/back"], "both": ["x-y", "x-y/back", "f", "f/back"]})
    open_, without, none = closing.base, *closing.minutes(list(rows.values()))
    assert open_.tolist() == [[0, 35], [35, 0]]
    assert without.tolist() == [[0, 60], [60, 0]]
    assert np.isnan(none[0, 1])


def test_trips_add_up_to_the_people():
    people = pd.Series([10.0, 20.0, 30.0])
    found = trips(people, np.array([[0, 30, np.nan], [30, 0, 60], [np.nan, 60, 0]]), beta_per_min=0.02)
    np.testing.assert_allclose(found.sum(axis=1), people)
    assert found[0].tolist() == [0, 10, 0]
    assert found[1, 0] / found[1, 2] == pytest.approx(10 / 30 * np.exp(0.02 * 30))


@pytest.fixture(scope="module")
def now(toy):
    return build_network(toy, "today")


def test_every_single_closure_on_the_toy_region_is_that_of_a_network_without_it(toy, now):
    places = list(toy["districts"]["district_id"])
    people = toy["districts"].set_index("district_id")["pop_2020"].astype(float)
    found = resilience(now).set_index("closure_id")
    full = every_ride(now)
    before = minutes(now, places, places)
    weights = trips(people, before, beta_per_min=toy.parameter("value.beta_per_min"))
    for closure, rows in link_rows(full, single_links(full)).items():
        after = minutes(full.without(full.links.index[rows]), places, places)
        lost = np.nan_to_num(after - before)
        assert found.loc[closure, "lost_person_min"] == pytest.approx((weights * lost).sum())
        assert found.loc[closure, "pairs_slower"] == (lost > 0).sum()
        assert found.loc[closure, "pairs_cut"] == (np.isnan(after) & ~np.isnan(before)).sum()
    assert tuple(found.reset_index().columns) == RESILIENCE_COLUMNS
    assert found.attrs["confidence"]


def test_a_range_holds_the_cost(now):
    found = resilience(now, range_=True)
    assert (found["lost_person_min_low"] <= found["lost_person_min"]).all()
    assert (found["lost_person_min"] <= found["lost_person_min_high"]).all()


def test_what_a_project_adds_is_what_closures_cost_without_it(toy, now):
    project = toy["projects"]["project_id"].iloc[0]
    found = added_by(now, [project])
    assert found.index.tolist() == [project]
    assert found["links"].iloc[0] > 0


def test_connectors_are_never_closed(now):
    assert not any("connector" in link for link in single_links(now, ["road", "rail", "metro"]))
    connector = now.links.index[now.links["kind"] == "connector"][0]
    with pytest.raises(InputError, match="connectors can't be closed"):
        resilience(now, {"street": [connector]})
    with pytest.raises(UnknownNameError, match=r"(?s)2 problems.*no link 'x'.*no link 'y'"):
        resilience(now, {"a": ["x"], "b": ["y"]})
    with pytest.raises(InputError, match="not of canal"):
        single_links(now, ["canal"])
    with pytest.raises(InputError, match="negative"):
        resilience(now, people=pd.Series(-1.0, index=now.recipe.layers["districts"]["district_id"]))


def test_two_at_once():
    assert pairs_of_closures({"a": ["1"], "b": ["2"], "c": ["1", "3"]}) == {
        "a+b": ("1", "2"),
        "a+c": ("1", "3"),
        "b+c": ("2", "1", "3"),
    }


@pytest.mark.slow
def test_on_the_shipped_region_it_is_exact_and_twenty_times_faster_than_scipy_anew(layers):
    network = build_network(layers, "today")
    seats = tuple(layers["districts"]["district_id"])
    full = every_ride(network)
    np.testing.assert_array_equal(minutes(full, seats, seats), minutes(network, seats, seats))
    closing = Closing(full, seats)
    np.testing.assert_array_equal(closing.base, minutes(network, seats, seats))
    rows = link_rows(full, single_links(full))
    begun = time.perf_counter()
    found = dict(zip(rows, closing.minutes(list(rows.values())), strict=True))
    ours = (time.perf_counter() - begun) / len(rows)
    theirs = []
    for name in list(rows)[::120]:
        left = full.without(full.links.index[rows[name]])
        np.testing.assert_array_equal(found[name], minutes(left, seats, seats))
        for way in ("drive", "public"):
            graph = compile_graph(left, mode=way, impedance="total")
            matrix = csr_array(
                (graph.weights.astype(float), (graph.tails, graph.heads)), shape=(graph.size,) * 2
            )
            starts = [graph.positions[seat] for seat in seats if seat in graph.positions]
            begun = time.perf_counter()
            dijkstra(matrix, indices=starts)
            theirs.append(time.perf_counter() - begun)
    assert sum(theirs) / len(theirs) * 2 > 20 * ours


def test_crossings_and_fog_sets_are_roads_over_water(layers):
    network = build_network(layers, "today")
    named, fog = crossings(layers, network), fog_sets(layers, network)
    assert {"road:sutong", "road:donghai"} <= set(named)
    assert set(fog["fog:changjiang"]) <= set(fog["fog:all"])
    types = layers["road_links"].set_index("link_id")["facility_type"]
    assert types.loc[list(fog["fog:all"])].isin(["crossing", "ferry"]).all()
