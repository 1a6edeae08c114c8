"""Observed: published times, distances and flows that can be compared with the model."""

from __future__ import annotations

import pytest


def test_rail_times_name_stations_and_are_ordered(rows):
    stations = {r["station_id"]: r["name_zh"] for r in rows("rail_stations")}
    assert len(rows("rail_times")) == 112
    for row in rows("rail_times"):
        assert stations[row["from_id"]] == row["from_zh"]
        assert stations[row["to_id"]] == row["to_zh"]
        assert float(row["fastest_min"]) <= float(row["typical_min"] or row["fastest_min"])
        assert row["valid_on"].startswith("2021-01")


def test_no_train_beats_its_class(rows):
    """Kilometres by the mileage table over the fastest time: never above the class's top speed."""
    top = {"G": 350, "D": 250, "C": 350, "K": 160, "T": 160, "Z": 160, "S": 160}
    for row in rows("rail_times"):
        if row["distance_km"]:
            kph = float(row["distance_km"]) / float(row["fastest_min"]) * 60
            assert kph <= top[row["train_class"]], row["observation_id"]


def test_road_distances_say_whether_they_are_independent(rows):
    flags = {r["independent"] for r in rows("road_distances")}
    assert flags == {"True", "False"}
    for row in rows("road_distances"):
        assert row["distance_km"] or row["drive_min"], row["observation_id"]


def test_road_distances_are_no_shorter_than_the_straight_line(rows):
    from pyproj import Geod

    geod = Geod(ellps="WGS84")
    for row in rows("road_distances"):
        if row["distance_km"] and not row["note"].startswith("ends approximate"):
            ends = (float(row[c]) for c in ("from_lon", "from_lat", "to_lon", "to_lat"))
            assert float(row["distance_km"]) >= geod.inv(*ends)[2] / 1000 * 0.97, row["observation_id"]


def test_direct_services_are_counts_between_main_stations(rows):
    stations = {r["station_id"] for r in rows("rail_stations")}
    direct = rows("direct_services")
    assert len(direct) == 397
    assert len({r["from_station_id"] for r in direct}) == 16
    for row in direct:
        assert {row["from_station_id"], row["to_station_id"]} <= stations
        assert int(row["trains_per_day"]) >= 1


def test_flows_tell_samples_from_expanded_figures(rows):
    kinds = [r["unit_kind"] for r in rows("commuting_flows")]
    assert {k: kinds.count(k) for k in set(kinds)}["persons"] == 1
    for row in rows("commuting_flows"):
        if row["unit_kind"] == "share":
            assert 0 < float(row["flow"]) <= 100
        if row["unit_kind"] == "users":
            assert "not expanded" in row["unit"]


def test_kunshan_leads_the_commuters_into_shanghai(rows):
    shares = {
        r["from_zh"]: float(r["flow"])
        for r in rows("commuting_flows")
        if r["unit_kind"] == "share"
        and r["to_zh"] == "上海市"
        and r["year"] == "2021"
        and "into Shanghai" in r["unit"]
    }
    assert max(shares, key=shares.__getitem__) == "昆山市"
    assert sum(shares.values()) == pytest.approx(91.9, abs=0.1)
