from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from network.drawn import strait

from yrdgis.errors import InputError, UnknownNameError
from yrdgis.metrics.skim import skim
from yrdgis.metrics.targets import TARGET_COLUMNS, VERDICTS, judge, targets
from yrdgis.network import build_network


@given(low=st.floats(0, 100), more=st.tuples(st.floats(0, 50), st.floats(0, 50)), goal=st.floats(1, 150))
def test_a_goal_is_met_only_if_the_whole_range_meets_it(low, more, goal):
    value, high = low + more[0], low + more[0] + more[1]
    verdict = judge(value, low, high, goal)
    assert (verdict == "met") == (high <= goal)
    assert (verdict == "not met") == (low > goal)
    assert judge(float("nan"), low, high, goal) == "not met"


def test_every_travel_time_goal_has_a_verdict_and_a_source(layers):
    network = build_network(layers, "today")
    found = targets(network, range_=False)
    assert tuple(found.columns) == TARGET_COLUMNS
    assert set(found["goal_id"]) == set(layers["goals"].query("measure == 'travel_time'")["goal_id"])
    assert found["verdict"].isin(VERDICTS).all()
    assert found["source_public"].str.len().gt(0).all()
    silent = found["verdict"] == "not judged"
    assert found.loc[silent, "why"].str.len().gt(0).all()
    assert found.loc[~silent, "value_min"].notna().all()


def test_the_value_is_that_of_the_worst_pair(layers):
    network = build_network(layers, "today")
    found = targets(network, ["goal:neighbours-60"]).iloc[0]
    times = skim(network, ["city:shanghai"], ["district:320585", "district:320583", "district:330421"])
    assert found["value_min"] == times["time_min"].max()
    assert found["pairs_met"] == (times["time_min"] <= 60).sum()
    assert found["value_low_min"] <= found["value_min"] <= found["value_high_min"]


def test_a_published_timetable_is_compared_with_minutes_on_the_train(layers):
    found = targets(build_network(layers, "today"), ["goal:shanghai-nantong-rail"], range_=False).iloc[0]
    assert found["impedance"] == "in_vehicle"
    assert found["value_min"] == found["in_vehicle_min"]


def test_wrong_input_gets_one_clear_error(layers):
    with pytest.raises(UnknownNameError, match="no travel-time goal goal:nothing"):
        targets(build_network(layers, "today"), ["goal:nothing"])
    with pytest.raises(InputError, match="built from layers"):
        targets(strait())
