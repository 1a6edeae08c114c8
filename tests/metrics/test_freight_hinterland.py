"""Hinterlands: the logit by hand, chains forced to be of one kind, and what a project shifts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from yrdgis.errors import InputError, UnknownNameError
from yrdgis.metrics import path, skim
from yrdgis.metrics.hinterland import (
    CHAIN_KINDS,
    HINTERLAND_COLUMNS,
    forced,
    hinterland,
    main_ports,
    shares,
    shift,
    totals,
)
from yrdgis.network import Network, build_network

PLACES = ["district:320205", "district:320583", "district:330502", "city:nantong"]
CANAL = ["sushen-neigang-west", "sushen-neigang-east", "sushen-neigang-jiangsu"]


@pytest.fixture(scope="module")
def today(layers):
    return build_network(layers, "today", part="freight")


@pytest.fixture(scope="module")
def found(today):
    return hinterland(today, PLACES)


@settings(max_examples=40)
@given(arrays(float, (3, 4), elements=st.floats(0, 1e5)), st.floats(1e-5, 0.1))
def test_shares_sum_to_one_and_a_dearer_port_loses(cost, scale):
    before, logsum = shares(cost, scale)
    assert np.allclose(before.sum(axis=-1), 1)
    assert (logsum <= cost.min(axis=-1) + 1e-9).all()
    dearer = cost.copy()
    dearer[:, 0] += 100
    after, later = shares(dearer, scale)
    assert (after[:, 0] <= before[:, 0] + 1e-12).all()
    assert (after[:, 1:] >= before[:, 1:] - 1e-12).all()
    assert (later >= logsum - 1e-9).all()


def test_a_port_out_of_reach_has_no_share():
    found, logsum = shares(np.array([[np.inf, 5.0], [np.inf, np.inf]]), 1.0)
    assert found[0].tolist() == [0.0, 1.0]
    assert np.isnan(found[1]).all()
    assert np.isinf(logsum[1])
    with pytest.raises(InputError, match="above zero"):
        shares(np.ones((1, 2)), 0.0)


def test_chains_are_of_the_kind_asked_for(today):
    for kind, used in (("water", {"barge", "river_sea", "sea_feeder", "yangtze"}), ("rail", {"train"})):
        modes = set(path(forced(today, kind), "city:wuxi", "port:waigaoqiao", "freight", "cost").legs["mode"])
        assert modes & used
    trucks = set(path(forced(today, "truck"), "city:wuxi", "port:waigaoqiao", "freight", "co2").legs["mode"])
    assert trucks <= {"truck", "shuttle", "port"}
    with pytest.raises(InputError, match="no kind of chain 'air'"):
        forced(today, "air")


@pytest.mark.parametrize("impedance", ["total", "cost", "co2"])
def test_the_best_kind_is_the_best_chain(today, impedance):
    column = {"total": "time_min", "cost": "cost_cny_teu", "co2": "co2_kg_teu"}[impedance]
    ports = main_ports(today)
    free = skim(today, PLACES, ports, mode="freight", impedance=impedance)[column].to_numpy()
    kinds = [
        skim(forced(today, kind), PLACES, ports, mode="freight", impedance=impedance)[column].to_numpy()
        for kind in CHAIN_KINDS
    ]
    assert np.allclose(np.nanmin(kinds, axis=0), free, rtol=0, atol=1e-6)


def test_the_nested_logit_by_hand(layers, today, found):
    """Kinds by exp(-m G), ports by exp(-p logsum), from the best chains of each kind."""
    hour, port, mode = (
        layers.parameter(f"hinterland.{name}")
        for name in ("cny_per_teu_hour", "port_scale_per_cny", "mode_scale_per_cny")
    )
    ports = main_ports(today)
    general = np.full((len(ports), len(CHAIN_KINDS)), np.inf)
    for at, kind in enumerate(CHAIN_KINDS):
        part = forced(today, kind)
        cost = part.links["cost_cny"] + hour / 60 * part.links["total_min"]
        priced = Network(part.nodes, part.links.assign(cost_cny=cost))
        frame = skim(priced, PLACES[:1], ports, mode="freight", impedance="cost")
        general[:, at] = frame["cost_cny_teu"].fillna(np.inf)
    logsum = -np.log(np.exp(-mode * general).sum(axis=1)) / mode
    want = np.exp(-port * logsum) / np.exp(-port * logsum).sum()
    mine = found[found["from_id"].eq(PLACES[0])]
    assert mine["to_id"].tolist() == ports
    assert mine["share"].tolist() == pytest.approx(want.tolist(), abs=1e-6)
    assert mine["generalised_cny_teu"].tolist() == pytest.approx(logsum.tolist(), abs=0.1)


def test_shares_and_their_range(found):
    assert tuple(found.columns) == HINTERLAND_COLUMNS
    assert found.groupby("from_id")["share"].sum().tolist() == pytest.approx([1.0] * len(PLACES))
    assert (found["share_low"] <= found["share"]).all()
    assert (found["share"] <= found["share_high"]).all()
    assert np.allclose(found[["share_truck", "share_water", "share_rail"]].sum(axis=1), 1)
    assert found.attrs["confidence"] == "low"


def test_totals_weigh_places(found):
    weights = pd.Series(1.0, index=PLACES)
    whole = totals(found, weights)
    assert whole["share"].sum() == pytest.approx(1)
    assert whole.loc["port:taicang", "share"] == pytest.approx(
        found.loc[found["to_id"].eq("port:taicang"), "share"].mean()
    )
    one = totals(found, weights.where(weights.index == PLACES[0], 0.0))
    assert one["share"].tolist() == pytest.approx(found["share"].head(len(one)).tolist())
    with pytest.raises(InputError, match="city:nantong"):
        totals(found, weights.drop("city:nantong"))


def test_a_raised_canal_moves_boxes_to_the_water(layers):
    before, after = (
        build_network(layers, "today", part="freight", **{how: CANAL})
        for how in ("without_projects", "with_projects")
    )
    moved = shift(before, after, PLACES[:2])
    assert moved.groupby("from_id")["shift_pp"].sum().abs().max() < 1e-9
    gain = moved[moved["to_id"].eq("port:waigaoqiao")]
    assert (gain["change"] == "gain").all()
    assert (gain["water_after"] > gain["water_before"]).all()
    assert (moved["shift_low_pp"] <= moved["shift_pp"]).all()
    same = shift(before, before, PLACES[:1])
    assert set(same["change"]) == {"no measurable change"}


def test_what_is_asked_wrongly_is_told(today, toy):
    with pytest.raises(InputError, match="two ports or more"):
        hinterland(today, PLACES, ["port:taicang"])
    with pytest.raises(UnknownNameError, match="district:1"):
        hinterland(today, ["district:1"])
    with pytest.raises(InputError, match="no ports to compare"):
        main_ports(build_network(toy, "today"))
