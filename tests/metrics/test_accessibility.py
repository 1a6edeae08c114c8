from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from metrics.worlds import long, tables
from network.drawn import bridge, strait

from yrdgis.errors import InputError, UnknownNameError
from yrdgis.metrics.accessibility import (
    accessibility,
    cumulative,
    daily_reach,
    estimated_people,
    gravity,
    mean_time,
    nearest,
    opportunities,
)
from yrdgis.metrics.decay import DECAYS, Decay, weight
from yrdgis.metrics.frames import basis, minutes, with_range
from yrdgis.metrics.skim import skim
from yrdgis.network import build_network

NAN = float("nan")
WORLD = long([[0, 30, 61], [30, 0, 90], [61, 90, 0]])
PEOPLE = pd.Series({"a": 10.0, "b": 20.0, "c": 40.0})
FALLING = [
    Decay("exponential", beta_per_min=0.02),
    Decay("gaussian", scale_min=40),
    Decay("power", scale_min=20, exponent=2),
    Decay("loglogistic", scale_min=45, exponent=3),
]


def test_a_cutoff_counts_what_lies_just_on_it():
    found = cumulative(WORLD, PEOPLE, cutoffs_min=[30, 61])
    assert found.loc["a"].tolist() == [30.0, 70.0, 0.0]
    assert found.loc["c"].tolist() == [40.0, 50.0, 0.0]
    assert list(found.columns) == ["within_30_min", "within_61_min", "no_way"]


def test_what_has_no_way_is_told_not_dropped():
    world = long([[0, NAN], [NAN, 0]])
    assert cumulative(world, PEOPLE[:2], cutoffs_min=[500]).loc["a"].tolist() == [10.0, 20.0]
    found = mean_time(world.query("from_id != to_id"), PEOPLE[:2])
    assert found.loc["a", "reached_share"] == 0
    assert math.isnan(found.loc["a", "mean_min"])


def test_gravity_by_hand():
    by_hand = 10 + 20 * math.exp(-0.02 * 30) + 40 * math.exp(-0.02 * 61)
    assert gravity(WORLD, PEOPLE, decay=FALLING[0])["a"] == pytest.approx(by_hand)


def test_mean_time_by_hand():
    assert mean_time(WORLD, PEOPLE)["mean_min"]["a"] == pytest.approx((20 * 30 + 40 * 61) / 70)


def test_a_day_counts_both_ways():
    world = long([[0, 100], [141, 0]])
    assert daily_reach(world, PEOPLE[:2], day_travel_min=240)["a"] == 10.0
    assert daily_reach(world, PEOPLE[:2], day_travel_min=241)["a"] == 30.0
    with pytest.raises(InputError, match="ways back"):
        daily_reach(world.query("from_id == 'a'"), PEOPLE[:2], day_travel_min=240)


def test_nearest_goes_by_minutes_then_by_order():
    world = long([[0, 5, 5], [5, 0, NAN], [5, 5, 0]])
    found = nearest(world, k=2)
    assert found.query("from_id == 'a'")["to_id"].tolist() == ["b", "c"]
    assert found.query("from_id == 'b'")["to_id"].tolist() == ["a"]
    assert nearest(world, others=False).query("rank == 1")["time_min"].eq(0).all()


@pytest.mark.parametrize("decay", FALLING, ids=repr)
@given(times=st.lists(st.floats(0, 1e4), min_size=2, max_size=6))
def test_decays_start_at_one_and_never_rise(decay: Decay, times: list[float]):
    found = decay(sorted(times))
    assert decay([0.0])[0] == 1
    assert ((found >= 0) & (found <= 1)).all()
    assert (np.diff(found) <= 0).all()
    assert decay([NAN])[0] == 0


@settings(max_examples=25)
@given(table=tables(), faster=st.tuples(st.integers(0, 3), st.integers(0, 3)), gain=st.floats(0, 1))
def test_accessibility_never_falls_when_a_way_gets_shorter(table, faster, gain):
    before, after = long(table), [list(row) for row in table]
    old = after[faster[0]][faster[1]]
    after[faster[0]][faster[1]] = 50.0 if math.isnan(old) else old * gain
    amounts = pd.Series([3.0, 0.0, 8.0, 1.0], index=list("abcd"))
    for measure in (
        lambda t: cumulative(t, amounts, cutoffs_min=[30, 60, 90]).drop(columns="no_way"),
        lambda t: gravity(t, amounts, decay=FALLING[0]),
        lambda t: daily_reach(t, amounts, day_travel_min=240),
    ):
        assert (measure(long(after)) >= measure(before) - 1e-9).all(axis=None)


def test_accessibility_never_falls_when_a_link_opens():
    places = ["town:a", "town:b", "town:c"]
    people = pd.Series(1000.0, index=places)
    before, after = (
        cumulative(skim(network, places, mode="drive"), people, cutoffs_min=[35])
        for network in (strait(), strait().with_(bridge()))
    )
    assert before["within_35_min"].tolist() == [2000, 2000, 3000]
    assert after["within_35_min"].tolist() == [3000, 3000, 3000]


def test_wrong_input_gets_one_clear_error():
    with pytest.raises(InputError, match=r"(?s)2 problems.*no amount for: c.*negative or infinite for: b"):
        cumulative(WORLD, pd.Series({"a": 1.0, "b": -1.0}), cutoffs_min=[30])
    with pytest.raises(InputError, match="blank for: b"):
        gravity(WORLD, pd.Series({"a": 1.0, "b": NAN, "c": 1.0}), decay=FALLING[0])
    for cutoffs in ([], [60, 30], [30, 30], [0], [NAN]):
        with pytest.raises(InputError, match="cut-offs"):
            cumulative(WORLD, PEOPLE, cutoffs_min=cutoffs)
    with pytest.raises(InputError, match="no decay named 'linear'; there are exponential"):
        weight([1.0], "linear")
    with pytest.raises(InputError, match="takes beta_per_min, above 0; given: beta_per_min=-1"):
        Decay("exponential", beta_per_min=-1)
    with pytest.raises(InputError, match="a pair twice"):
        mean_time(pd.concat([WORLD, WORLD]), PEOPLE)
    with pytest.raises(InputError, match="lack the column time_min"):
        mean_time(WORLD.drop(columns="time_min"), PEOPLE)
    with pytest.raises(InputError, match="built from layers"):
        accessibility(strait())


def test_on_a_network_all_measures_come_with_a_range(toy):
    network = build_network(toy, "today")
    places = [*toy["districts"]["district_id"]]
    found = accessibility(network, places)
    assert list(found.index) == places
    for column in ("within_60_min", "gravity", "mean_min", "daily_reach", "nearest_min"):
        low, value, high = (found[column + end] for end in ("_low", "", "_high"))
        assert ((low <= value) & (value <= high)).all()
    assert found.attrs["confidence"] in ("high", "medium", "low")
    assert {"as_of", "undated_share", "forecast", "range", "decay"} <= set(found.attrs)
    with pytest.raises(UnknownNameError, match="no node 'district:nowhere'"):
        accessibility(network, ["district:nowhere"])


def test_minutes_are_those_of_the_skim(toy):
    network = build_network(toy, "today")
    places = [*toy["districts"]["district_id"], *toy["towns"]["town_id"]]
    for mode in ("door", "drive"):
        table = skim(network, places, mode=mode)["time_min"].to_numpy().reshape(len(places), -1)
        np.testing.assert_array_equal(minutes(network, places, places, mode=mode), table)
    districts = list(toy["districts"]["district_id"])
    table = skim(network, districts, mode="rail")["time_min"].to_numpy().reshape(len(districts), -1)
    np.testing.assert_array_equal(minutes(network, districts, districts, mode="rail"), table)


def test_a_range_is_unknown_where_one_end_is():
    values = iter([5.0, NAN, 7.0])

    class Fake:
        recipe = None

    frame = pd.DataFrame({"x": [1.0]})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("yrdgis.metrics.frames.rebuild", lambda network, parameters: network)
        found = with_range(Fake(), lambda _: frame.assign(x=next(values)))
    assert found["x"].tolist() == [5.0]
    assert found[["x_low", "x_high"]].isna().all(axis=None)


def test_estimated_people_keep_the_sums_of_the_districts(layers):
    towns = layers["towns"].assign(people=estimated_people(layers).to_numpy())
    census = layers["districts"].set_index("district_id")["pop_2020"].astype(float)
    sums = towns.groupby("district_id")["people"].sum()
    pd.testing.assert_series_equal(sums, census.reindex(sums.index), check_names=False)


def test_opportunities_by_kind(layers):
    kinds = layers["destinations"]["kind"]
    assert opportunities(layers, kinds.iloc[0]).sum() == (kinds == kinds.iloc[0]).sum()
    assert opportunities(layers, "people").sum() == layers["districts"]["pop_2020"].sum()
    with pytest.raises(InputError, match="there are people, towns, destinations"):
        opportunities(layers, "unicorns")


def test_the_basis_of_many_pairs_is_that_of_the_network(toy):
    network = build_network(toy, "today")
    places = [*toy["districts"]["district_id"]]
    assert basis(network, places, places)["basis"] == "links on the ways"
    assert basis(network, places * 4000, places)["confidence"] == network.confidence


def test_every_decay_has_its_parameters(layers):
    for name in DECAYS:
        assert Decay.of(layers, name)([10.0])[0] < 1
