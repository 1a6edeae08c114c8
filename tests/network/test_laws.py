"""Laws of the shipped network, and the referee on sampled pairs."""

from __future__ import annotations

import numpy as np
import pytest
from metrics.referee import least

from yrdgis.metrics import skim
from yrdgis.network import build_network
from yrdgis.network.impedance import IMPEDANCES

ORIGINS = [
    "city:shanghai",
    "district:320583",
    "town:kunshan-huaqiao",
    "station:shanghai-hongqiao",
    "airport:pvg",
]


@pytest.fixture(scope="module")
def today(layers):
    return build_network(layers, "today")


@pytest.fixture(scope="module")
def districts(today):
    return sorted(today.nodes.index[today.nodes["kind"] == "district"])


def times(network, origins, destinations, **options):
    frame = skim(network, origins, destinations, **options)
    return frame["time_min"].to_numpy().reshape(len(origins), len(destinations))


@pytest.mark.parametrize("mode", ["drive", "public"])
@pytest.mark.parametrize("impedance", ["total", "in_vehicle", "cost"])
def test_equal_to_the_referee(today, districts, mode, impedance):
    what = IMPEDANCES[impedance]
    extra = ["cost_cny"]
    column = "cost_cny" if impedance == "cost" else "time_min"
    for origin in ORIGINS:
        want = least(today, origin, mode, impedance)
        frame = skim(today, [origin], districts, mode=mode, impedance=impedance, extra=extra)
        got = np.rint(frame[column].fillna(-1).to_numpy() * what.per_unit)
        assert got.tolist() == [want.get(place, -what.per_unit) for place in frame["to_id"]]


def test_door_is_the_best_of_its_ways(today, districts):
    door, drive, public = (
        times(today, ORIGINS, districts, mode=mode) for mode in ("door", "drive", "public")
    )
    assert np.array_equal(door, np.fmin(drive, public))


def test_every_district_is_reached_by_road(today, districts):
    assert not np.isnan(times(today, districts[:5], districts, mode="drive")).any()


def test_total_is_never_below_in_vehicle(today, districts):
    total, riding = (
        times(today, ORIGINS, districts, mode="public", impedance=i) for i in ("total", "in_vehicle")
    )
    assert np.array_equal(np.isnan(total), np.isnan(riding))
    assert (np.nan_to_num(total) >= np.nan_to_num(riding)).all()


def test_no_way_back_is_longer_in_the_vehicle(today, districts):
    table = times(today, districts[::6], districts[::6], mode="drive", impedance="in_vehicle")
    assert np.allclose(table, table.T, rtol=0, atol=1e-6)


def test_driving_keeps_the_triangle_through_road_nodes(today):
    nodes = sorted(today.nodes.index[today.nodes["kind"] == "roadnode"])[::20]
    table = times(today, nodes, nodes, mode="drive")
    assert (table[:, None, :] <= table[:, :, None] + table[None, :, :] + 1e-6).all()


@pytest.mark.parametrize("project", ["beiyanjiang", "dead-end-waiqingsong-lvdi", "husuhu-hsr"])
def test_a_project_never_lengthens_a_way(layers, districts, project):
    without = build_network(layers, "2030", without_projects=[project])
    with_ = build_network(layers, "2030", with_projects=[project])
    for mode in ("drive", "door"):
        before, after = (times(network, ORIGINS, districts, mode=mode) for network in (without, with_))
        assert (np.nan_to_num(after, nan=np.inf) <= np.nan_to_num(before, nan=np.inf)).all()


def test_time_goes_by_and_ways_get_no_longer(layers, districts):
    eve, now = (build_network(layers, day) for day in ("plan-eve", "today"))
    before, after = (times(network, ORIGINS, districts, mode="door") for network in (eve, now))
    assert (np.nan_to_num(after, nan=np.inf) <= np.nan_to_num(before, nan=np.inf) + 1e-9).all()
    assert (after < before - 1).any()


def test_peak_is_never_shorter_than_free_flow(layers, today, districts):
    peak = build_network(layers, "today", period="peak")
    free, slow = (times(network, ORIGINS, districts, mode="drive") for network in (today, peak))
    assert (slow >= free).all()


def test_no_connector_crosses_the_estuary(today):
    """A place on Chongming leaves its island by a bridge, a tunnel or a ferry of the road layer."""
    links = today.links[today.links["kind"].isin(["connector", "walk", "urban"])]
    nodes = today.nodes
    island = nodes.index[(nodes["lat"] > 31.46) & nodes["district_id"].eq("district:310151")]
    tied = links[links["from_node_id"].isin(island)]
    ends = nodes.loc[tied["to_node_id"]]
    assert len(tied)
    assert (ends["lat"] > 31.4).all()
    assert not (
        ends["district_id"].ne("") & ends["district_id"].ne("district:310151") & ends["lon"].gt(121.5)
    ).any()


def test_modelled_connectors_are_assumed_and_not_infrastructure(today):
    drawn = today.links[today.links["road_class"].eq("connector")]
    assert drawn["assumed"].all()
    assert drawn["kind"].eq("connector").all()
