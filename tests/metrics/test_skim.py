from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from metrics.referee import least
from network.drawn import bridge, networks, strait

from yrdgis.errors import InputError, UnknownNameError
from yrdgis.metrics import skim
from yrdgis.metrics.skim import SKIM_COLUMNS
from yrdgis.network import Network, build_network
from yrdgis.network.impedance import IMPEDANCES

TOWNS = ["town:a", "town:b", "town:c"]


def minutes(network: Network, a: str, b: str, **options) -> float:
    return skim(network, [a], [b], **{"mode": "drive", **options})["time_min"].iloc[0]


def test_columns_are_exactly_these_eight():
    frame = skim(strait(), TOWNS, mode="drive")
    assert tuple(frame.columns) == SKIM_COLUMNS
    assert list(zip(frame["from_id"], frame["to_id"], strict=True)) == [(a, b) for a in TOWNS for b in TOWNS]
    assert frame.loc[0, ["from_name", "from_name_zh", "to_name"]].tolist() == ["A", "甲", "A"]


def test_a_town_on_both_shores_is_no_way_across():
    assert np.isnan(minutes(strait(), "town:a", "town:b"))
    assert minutes(strait(), "town:a", "town:c") == 11.0
    assert minutes(strait().with_(bridge()), "town:a", "town:b") == 35.0


def test_nan_where_there_is_no_way_and_zero_to_itself():
    frame = skim(strait(), ["town:a"], ["town:a", "town:b"], mode="drive")
    assert frame["time_min"].tolist()[0] == 0.0
    assert frame[["time_min", "distance_km"]].isna().iloc[1].all()


def test_distance_is_that_of_the_path_with_least_minutes():
    nodes = pd.DataFrame(index=["x", "y", "z"])
    links = pd.DataFrame(
        {
            "from_node_id": ["x", "x", "z"],
            "to_node_id": ["y", "z", "y"],
            "mode": "drive",
            "total_min": [30.0, 5.0, 5.0],
            "length_km": [10.0, 20.0, 20.0],
        },
        index=["slow", "f1", "f2"],
    )
    network = Network(nodes, links)
    fast = skim(network, ["x"], ["y"], mode="drive").iloc[0]
    short = skim(network, ["x"], ["y"], mode="drive", impedance="distance").iloc[0]
    assert (fast["time_min"], fast["distance_km"]) == (10.0, 40.0)
    assert (short["time_min"], short["distance_km"]) == (30.0, 10.0)


def test_ties_break_by_fewest_legs_then_ids():
    nodes = pd.DataFrame(index=["x", "p", "q", "r", "y"])
    rows = [("x", "p", 1), ("p", "y", 1), ("x", "q", 0), ("q", "y", 1), ("x", "r", 0), ("r", "y", 1)]
    for order in (rows, rows[::-1]):
        links = pd.DataFrame(order, columns=["from_node_id", "to_node_id", "legs"])
        links.index = links["from_node_id"] + links["to_node_id"]
        from yrdgis.metrics import path

        found = path(Network(nodes, links.assign(mode="drive", total_min=5.0)), "x", "y", mode="drive")
        assert found.links == ("xq", "qy")


def test_max_min_leaves_far_pairs_blank():
    frame = skim(strait().with_(bridge()), ["town:a"], TOWNS, mode="drive", max_min=20, extra=["legs", "by"])
    assert frame["time_min"].isna().tolist() == [False, True, False]
    assert frame["by"].tolist() == ["drive", "", "drive"]


def test_unknown_ids_are_named_with_the_nearest():
    with pytest.raises(UnknownNameError, match=r"(?s)town:aa.*nearest: town:a.*town:zz"):
        skim(strait(), ["town:aa", "town:zz"], mode="drive")


def test_unknown_mode_impedance_and_column_are_told():
    with pytest.raises(InputError, match="no links of mode 'boat'"):
        skim(strait(), ["town:a"], mode="boat")
    with pytest.raises(InputError, match="total, distance"):
        skim(strait(), ["town:a"], mode="drive", impedance="joy")
    with pytest.raises(InputError, match="no column joy"):
        skim(strait(), ["town:a"], mode="drive", extra=["joy"])


def test_undated_share_and_confidence_are_of_the_links_used():
    added = bridge().assign(dated=False, confidence="medium")
    network = (
        strait()
        .with_(added)
        .with_(
            pd.DataFrame(
                {
                    "from_node_id": ["roadnode:x"],
                    "to_node_id": ["roadnode:x2"],
                    "mode": "drive",
                    "confidence": "low",
                },
                index=["elsewhere"],
            ),
            pd.DataFrame(index=["roadnode:x2"]),
        )
    )
    used = skim(network, ["town:a"], ["town:b"], mode="drive", extra=["undated_share", "confidence"])
    spared = skim(network, ["town:a"], ["town:c"], mode="drive", extra=["confidence"])
    assert used["undated_share"].iloc[0] == 1.0
    assert (used.attrs["confidence"], spared.attrs["confidence"]) == ("medium", "high")
    assert spared.attrs["undated_share"] is None


def test_a_city_by_rail_is_the_best_of_its_stations(toy):
    network = build_network(toy, "2030")
    frame = skim(
        network,
        ["city:jiazhou"],
        ["station:yizhou", "city:yizhou"],
        mode="rail",
        extra=["from_stop_id", "to_stop_id"],
    )
    stations = ["station:jiazhou", "station:jiadong"]
    each = skim(network, stations, ["station:yizhou"], mode="rail")["time_min"]
    assert frame["time_min"].iloc[0] == each.min()
    assert frame["from_stop_id"].iloc[0] == stations[int(each.to_numpy().argmin())]
    assert frame.attrs["stations"]["city:jiazhou"] == ["station:jiadong"]
    with pytest.raises(InputError, match=r"town:jiadong-liuzhen is no station"):
        skim(network, ["town:jiadong-liuzhen"], ["station:yizhou"], mode="rail")


def test_range_brackets_the_time(toy):
    frame = skim(build_network(toy), ["city:jiazhou"], ["city:yizhou"], range_=True).iloc[0]
    assert frame["time_low_min"] < frame["time_min"] < frame["time_high_min"]


def test_meta_says_what_the_figures_are(toy):
    attrs = skim(build_network(toy, "2030"), ["city:jiazhou"], ["city:yizhou"]).attrs
    assert attrs["mode"] == "door"
    assert attrs["impedance"] == "total"
    assert attrs["as_of"] == "2030-12-31"
    assert attrs["forecast"] is True
    assert attrs["drive_minutes_validated"] is False


@given(networks(), st.sampled_from(sorted(IMPEDANCES)))
@settings(max_examples=120, deadline=None)
def test_equal_to_the_referee(network: Network, impedance: str):
    if not len(network.links):
        return
    what = IMPEDANCES[impedance]
    ids = list(network.nodes.index)
    extra = ["cost_cny", "co2_kg"]
    frame = skim(network, ids, mode="drive", impedance=impedance, extra=extra)
    column = {"cost": "cost_cny", "co2": "co2_kg", "distance": "distance_km"}.get(impedance, "time_min")
    for origin, rows in frame.groupby("from_id"):
        want = least(network, origin, "drive", impedance)
        for row in rows.itertuples():
            got = getattr(row, column)
            assert (np.isnan(got) and row.to_id not in want) or round(got * what.per_unit) == want[row.to_id]


@given(networks(), st.integers(0, 5), st.integers(0, 5), st.integers(0, 60))
@settings(max_examples=80, deadline=None)
def test_adding_never_lengthens(network: Network, tail: int, head: int, time: int):
    if not len(network.links):
        return
    ids = list(network.nodes.index)
    ends = {"from_node_id": [ids[tail % len(ids)]], "to_node_id": [ids[head % len(ids)]]}
    more = network.with_(pd.DataFrame({**ends, "mode": "drive", "total_min": [float(time)]}, index=["new"]))
    for impedance in ("total", "in_vehicle"):
        before, after = (skim(n, ids, mode="drive", impedance=impedance)["time_min"] for n in (network, more))
        assert (after.fillna(np.inf) <= before.fillna(np.inf)).all()


@given(networks())
@settings(max_examples=60, deadline=None)
def test_total_is_never_below_in_vehicle_and_legs_of_a_triangle_hold(network: Network):
    if not len(network.links):
        return
    ids = list(network.nodes.index)
    total, riding = (
        skim(network, ids, mode="drive", impedance=impedance)["time_min"]
        .to_numpy()
        .reshape(len(ids), len(ids))
        for impedance in ("total", "in_vehicle")
    )
    assert np.array_equal(np.isnan(total), np.isnan(riding))
    assert (np.nan_to_num(total) >= np.nan_to_num(riding)).all()
    far = np.nan_to_num(total, nan=np.inf)
    assert (far[:, None, :] <= far[:, :, None] + far[None, :, :] + 1e-9).all()


@given(networks())
@settings(max_examples=60, deadline=None)
def test_in_vehicle_is_symmetric_where_links_go_both_ways(network: Network):
    if not len(network.links):
        return
    back = network.links.rename(columns={"from_node_id": "to_node_id", "to_node_id": "from_node_id"})
    both = network.with_(back.set_axis([f"{link}/back" for link in back.index]))
    ids = list(both.nodes.index)
    table = (
        skim(both, ids, mode="drive", impedance="in_vehicle")["time_min"]
        .to_numpy()
        .reshape(len(ids), len(ids))
    )
    assert np.array_equal(table, table.T, equal_nan=True)


def test_door_on_roads_alone_is_driving(toy):
    roads = build_network(toy).filter("drive")
    ids = ["city:jiazhou", "city:yizhou", "town:yidong-liuzhen"]
    door, drive = (skim(roads, ids, mode=mode)["time_min"].tolist() for mode in ("door", "drive"))
    assert door == drive
    assert skim(roads, ["station:jiazhou"], ["station:jiadong"], mode="rail")["time_min"].isna().all()
