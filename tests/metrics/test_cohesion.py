from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from metrics.worlds import tables
from network.drawn import strait

from yrdgis.errors import InputError, UnknownNameError
from yrdgis.metrics.cohesion import COHESION_COLUMNS, COMPONENTS, cohesion, cohesion_index, components, score
from yrdgis.network import build_network

NAN = float("nan")
POSTS = [30, 60, 90]
MINUTES = st.one_of(st.floats(0, 200), st.just(NAN))


@given(minutes=st.lists(st.floats(0, 300), min_size=2, max_size=6))
def test_scores_fall_from_a_hundred_to_none(minutes):
    found = score(sorted(minutes), POSTS)
    assert (np.diff(found) <= 0).all()
    assert ((found >= 0) & (found <= 100)).all()
    assert score([30, 60, 90, NAN], POSTS).tolist() == [100, 50, 0, 0]


@settings(max_examples=80)
@given(
    between=tables(3),
    centre=st.lists(MINUTES, min_size=3, max_size=3),
    core=st.lists(MINUTES, min_size=3, max_size=3),
    share=st.floats(0, 1),
    at=st.integers(0, 14),
    weights=st.lists(st.floats(0.1, 5), min_size=4, max_size=4),
)
def test_the_index_never_falls_when_a_members_time_falls(between, centre, core, share, at, weights):
    told = dict(zip(COMPONENTS, weights, strict=True))
    before = [np.array(between), np.array(centre), np.array(core)]
    after = [table.copy() for table in before]
    if at < 9:
        after[0].ravel()[at] *= share
    else:
        after[1 + (at - 9) // 3][at % 3] *= share
    parts = [components(*tables_, POSTS) for tables_ in (before, after)]
    for name in COMPONENTS:
        assert math.isnan(parts[0][name]) or parts[1][name] >= parts[0][name] - 1e-9
    first, last = (cohesion_index(p, told) for p in parts)
    assert last >= first - 1e-9


def test_an_index_by_hand():
    parts = {"between": 80.0, "weakest": 40.0, "centre": NAN, "core": 0.0}
    assert cohesion_index(parts) == pytest.approx(40)
    assert cohesion_index(parts, {"between": 1, "centre": 5}) == 80
    assert math.isnan(cohesion_index(parts, {"centre": 1}))


def test_clusters_of_the_plan_are_answered_by_name(layers):
    network = build_network(layers, "today")
    found = cohesion(network, range_=False)
    assert tuple(found.columns) == COHESION_COLUMNS
    circles = layers["clusters"].query("in_plan and kind in ('circle', 'pair')")["cluster_id"]
    assert set(circles) <= set(found["cluster_id"])
    assert len(set(circles)) == 7
    assert ((found["index_low"] <= found["index"]) & (found["index"] <= found["index_high"])).all()
    assert (
        found.set_index("cluster_id")
        .loc["circle:anting-baihe-huaqiao", "resolution"]
        .eq("below resolution")
        .all()
    )
    assert found["missing"].eq("").all()
    assert found.attrs["rests_on"]


def test_weights_of_the_user_decide(layers):
    network = build_network(layers, "today")
    pair = ["pair:jiading-kunshan-taicang"]
    found = cohesion(network, pair, weights={"between": 1}, range_=False).iloc[0]
    assert found["index"] == found["between"]


def test_wrong_input_gets_one_clear_error(layers):
    network = build_network(layers, "today")
    with pytest.raises(UnknownNameError, match="no cluster circle:nowhere"):
        cohesion(network, ["circle:nowhere"])
    for weights in ({"between": -1}, {"speed": 1}, {"between": 0}, {}):
        with pytest.raises(InputError, match="weights are for"):
            cohesion(network, weights=weights)
    with pytest.raises(InputError, match="ascend"):
        score([1], [60, 30, 90])
    with pytest.raises(InputError, match="built from layers"):
        cohesion(strait())
