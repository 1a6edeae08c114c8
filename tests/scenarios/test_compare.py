from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from network.drawn import bridge, strait

from yrdgis.errors import InputError, UnknownNameError
from yrdgis.metrics import skim
from yrdgis.network import Network, build_network
from yrdgis.scenarios import compare
from yrdgis.scenarios.compare import CHANGES, COMPARE_COLUMNS

TOWNS = ["town:a", "town:b", "town:c"]


def pair(found, a: str, b: str) -> pd.Series:
    frame = found.frame
    return frame[(frame["from_id"] == a) & (frame["to_id"] == b)].iloc[0]


def test_a_bridge_connects_and_is_named():
    found = compare(strait(), strait().with_(bridge()), TOWNS, mode="drive", range_=False)
    over = pair(found, "town:a", "town:b")
    assert tuple(found.frame.columns) == COMPARE_COLUMNS
    assert over["newly_connected"]
    assert over["change"] == "newly connected"
    assert np.isnan(over["saved_min"])
    assert over["time_after_min"] == 35.0
    assert over["project_id"] == "project:bridge"
    assert pair(found, "town:a", "town:c")["project_id"] == ""


def test_without_the_bridge_pairs_are_lost():
    found = compare(strait().with_(bridge()), strait(), TOWNS, mode="drive", range_=False)
    over = pair(found, "town:a", "town:b")
    assert over["lost"]
    assert over["change"] == "lost"
    assert over["project_id"] == "project:bridge"


def test_saved_minutes_are_the_difference_of_two_skims(toy):
    before, after = build_network(toy, "2019-12-01"), build_network(toy, "2030")
    ids = ["city:jiazhou", "city:yizhou", "district:980122"]
    found = compare(before, after, ids, mode="door").frame
    times = [skim(network, ids)["time_min"] for network in (before, after)]
    assert np.allclose(found["saved_min"], times[0] - times[1])
    assert (found["saved_low_min"] <= found["saved_min"]).all()
    assert (found["saved_min"] <= found["saved_high_min"]).all()
    assert set(found["change"]) <= set(CHANGES)


def test_the_same_network_changes_nothing(toy):
    network = build_network(toy)
    found = compare(network, network, ["city:jiazhou"], ["city:yizhou"])
    assert found.frame["change"].tolist() == ["no measurable change"]
    assert found.frame["saved_min"].tolist() == [0.0]


def test_changes_within_the_range_are_not_measurable():
    nodes = pd.DataFrame(index=["a", "b"])
    slow = pd.DataFrame(
        {"from_node_id": ["a"], "to_node_id": ["b"], "mode": "rail", "total_min": [60.0]}, index=["l"]
    )
    found = compare(
        Network(nodes, slow),
        Network(nodes, slow.assign(total_min=59.0)),
        ["a"],
        ["b"],
        mode="rail",
        range_=False,
    )
    assert found.frame["change"].tolist() == ["faster"]


def test_summary_counts_every_pair(toy):
    before, after = build_network(toy, "2019-12-01"), build_network(toy, "today")
    found = compare(before, after, ["station:jiazhou", "station:jiadong", "station:yizhou"], mode="rail")
    summary = found.summary()
    assert sum(summary[change.replace(" ", "_")] for change in CHANGES) == summary["pairs"] == 9
    assert summary["newly_connected"] == 4
    by_project = found.by_project()
    assert by_project.loc["project:jiayi-hsr", ["project_name_zh", "pairs"]].tolist() == ["甲乙高铁", 4]
    by_place = found.by_place("to")
    assert by_place.loc["station:yizhou", "newly_connected"] == 2
    with pytest.raises(InputError, match="from and a to"):
        found.by_place("side")


def test_a_city_by_rail_is_compared_by_its_best_station(toy):
    before, after = build_network(toy, "2019-12-01"), build_network(toy, "today")
    found = compare(before, after, ["city:jiazhou"], ["city:yizhou"], mode="rail").frame
    assert found["change"].tolist() == ["newly connected"]
    assert found["project_id"].tolist() == ["project:jiayi-hsr"]


def test_unknown_places_are_told(toy):
    network = build_network(toy)
    with pytest.raises(UnknownNameError, match="town:nowhere"):
        compare(network, network, ["town:nowhere"])


def test_huzhou_gets_nearer_by_the_railway_of_the_plan(layers):
    eve, now = build_network(layers, "plan-eve"), build_network(layers, "today")
    row = compare(eve, now, ["station:shanghai-hongqiao"], ["city:huzhou"], mode="rail").frame.iloc[0]
    assert row["change"] == "faster"
    assert row["project_id"] == "project:husuhu-hsr"
    assert row["saved_min"] > 15
    assert row["saved_low_min"] > 0


def test_what_times_can_not_show_is_named_with_the_reason(toy):
    found = compare(
        build_network(toy, "today"), build_network(toy, "2030"), ["city:jiazhou"], ["city:yizhou"]
    )
    told = {row["project_id"]: row["not_measured"] for row in found.meta["not_measured"]}
    assert told["project:yigang-terminal"] == "capacity changes no free-flow time"
    assert "vessel_class" in told["project:jiayi-canal"]
    assert "project:lake-road" not in told


def test_parts_add_up_to_the_minutes_saved(layers):
    before, after = build_network(layers, "plan-eve"), build_network(layers, "today")
    ends = ["city:huzhou", "city:suzhou", "city:nantong", "district:320583"]
    found = compare(before, after, ["city:shanghai", "station:shanghai-hongqiao"], ends, range_=False)
    parts = found.frame[["access_saved_min", "in_vehicle_saved_min", "transfer_saved_min"]].sum(axis=1)
    assert np.allclose(parts, found.frame["saved_min"])
    by_rail = compare(
        before, after, ["station:shanghai-hongqiao"], ["city:huzhou"], mode="rail", range_=False
    )
    row = by_rail.frame.iloc[0]
    assert row["in_vehicle_saved_min"] > 10
    assert row["access_saved_min"] == 0


def test_summaries_by_city_weigh_people(toy):
    before, after = build_network(toy, "2019-12-01"), build_network(toy, "2019-12-01", without_projects=[])
    after = after.without(
        [link for link in after.links.index if link.startswith("roadlink:g1/jiadong--yixi")]
    )
    districts = ["district:990101", "district:990102", "district:980101", "district:980122"]
    found = compare(before, after, districts, mode="drive", range_=False)
    table = found.by_city("from")
    assert list(table.index) == ["city:jiazhou", "city:yizhou"]
    people = toy["districts"].set_index("district_id")["pop_2020"].astype(float)
    own = found.frame[found.frame["from_id"].isin(districts[:2])].dropna(subset="saved_min")
    weight = people[own["from_id"]].to_numpy() * people[own["to_id"]].to_numpy()
    assert table.loc["city:jiazhou", "mean_saved_min"] == pytest.approx(
        np.average(own["saved_min"], weights=weight)
    )
    assert table.loc["city:jiazhou", "people"] == people[districts[:2]].sum()
    assert table["pairs"].sum() == len(found.by_district("to")) * 4 == 16


def test_places_without_people_have_no_weighted_mean(toy):
    network = build_network(toy, "2019-12-01")
    found = compare(network, network, ["station:jiazhou"], ["station:jiadong"], mode="rail", range_=False)
    assert found.by_city().empty or found.by_city()["mean_saved_min"].isna().all()
    with pytest.raises(InputError, match="from and a to"):
        found.by_district("middle")
