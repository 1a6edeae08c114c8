from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from network.drawn import bridge, networks, strait

from yrdgis.errors import InputError
from yrdgis.metrics import path, skim
from yrdgis.metrics.path import LEG_COLUMNS
from yrdgis.network import Network, build_network


def test_legs_of_a_drive_name_its_ends():
    found = path(strait().with_(bridge()), "town:a", "town:b", mode="drive")
    assert found.legs["mode"].tolist() == ["local", "drive", "local"]
    assert found.legs["from_name_zh"].tolist() == ["甲", "西岸", "东岸"]
    assert found.legs["project_id"].tolist() == ["", "project:bridge", ""]
    assert found.links == ("a-x", "x-y", "b-y/back")
    assert tuple(found.legs.columns) == LEG_COLUMNS


def test_a_place_to_itself_is_no_leg():
    found = path(strait(), "town:a", "town:a", mode="drive")
    assert found.time_min == 0.0
    assert found.legs.empty
    assert "nothing to travel" in found.tell("en")


def test_no_way_is_told():
    with pytest.raises(InputError, match="no way from town:a to town:b in mode drive"):
        path(strait(), "town:a", "town:b", mode="drive")


def test_a_train_is_one_leg_with_its_station_time(toy):
    network = build_network(toy)
    legs = path(network, "station:jiazhou", "station:yizhou", "rail").legs
    assert len(legs) == 1
    leg = legs.iloc[0]
    assert leg["train_class"] == "G"
    assert leg["line_name_zh"] == "甲线、甲乙高铁"
    assert leg["process_min"] > 0
    assert leg["total_min"] == pytest.approx(leg["wait_min"] + leg["process_min"] + leg["in_vehicle_min"])


def test_schedule_delay_is_told_apart(toy):
    leg = path(build_network(toy), "station:jiazhou", "station:yizhou", "rail").legs.iloc[0]
    assert leg["trains_per_day"] == 20
    assert leg["schedule_delay_min"] == pytest.approx(toy.parameter("rail.operating_hours") * 60 / 20 / 4)
    assert np.isnan(
        path(build_network(toy), "city:jiazhou", "city:yizhou", "drive").legs["schedule_delay_min"]
    ).all()


def test_told_like_a_traveller_in_both_languages(toy):
    found = path(build_network(toy), "station:jiazhou", "station:yizhou", "rail")
    assert found.tell("zh").splitlines()[0].startswith("甲州站 至 乙州站：")
    assert "乘G字头火车（甲线、甲乙高铁），甲州站 至 乙州站" in found.tell("zh")
    assert "Train G" in found.tell("en")
    assert "20 trains a day" in found.tell("en")
    with pytest.raises(InputError, match="en or zh"):
        found.tell("fr")


def test_stations_are_called_stations(layers):
    found = path(build_network(layers), "station:shanghai-hongqiao", "station:suzhou-bei", "rail")
    assert found.tell("zh").startswith("上海虹桥站 至 苏州北站：")
    assert "from Shanghai Hongqiao station to Suzhou North station" in found.tell("en")


def test_forecast_and_in_vehicle_are_said(toy):
    found = path(build_network(toy, "2030"), "station:jiazhou", "station:yidong", "rail", "in_vehicle")
    assert "a forecast" in found.tell("en")
    assert "in the vehicle" in found.tell("en")
    assert "属预测" in found.tell("zh")


def test_a_city_by_rail_starts_at_its_best_station(toy):
    network = build_network(toy, "2030")
    found = path(network, "city:jiazhou", "city:yizhou", "rail")
    assert found.meta["from_stop_id"] == found.legs["from_id"].iloc[0]
    assert found.time_min == skim(network, ["city:jiazhou"], ["city:yizhou"], mode="rail")["time_min"].iloc[0]


@pytest.mark.parametrize("mode", ["door", "drive", "public"])
@pytest.mark.parametrize("impedance", ["total", "in_vehicle", "distance", "cost", "co2"])
def test_legs_add_up_to_the_skim(toy, mode, impedance):
    network = build_network(toy, "2030")
    ids = ["city:jiazhou", "district:980122", "town:yixi-qiaozhen", "airport:jzx", "destination:univ-jia"]
    frame = skim(network, ids, mode=mode, impedance=impedance, extra=["cost_cny", "co2_kg", "legs"])
    for row in frame[frame["time_min"].notna()].itertuples():
        adds_up(path(network, row.from_id, row.to_id, mode, impedance), row, impedance)


@given(networks())
@settings(max_examples=60, deadline=None)
def test_legs_add_up_on_any_network(network: Network):
    ids = list(network.nodes.index)
    frame = (
        skim(network, ids, mode="drive", extra=["cost_cny", "co2_kg"])
        if len(network.links)
        else pd.DataFrame()
    )
    for row in frame.dropna().itertuples():
        adds_up(path(network, row.from_id, row.to_id, "drive"), row, "total")


def adds_up(found, row, impedance: str) -> None:
    legs = found.legs
    time = "in_vehicle_min" if impedance == "in_vehicle" else "total_min"
    sums = legs[[time, "distance_km", "cost_cny", "co2_kg"]].sum().to_numpy(float)
    assert (
        np.rint(sums * [60_000, 1000, 100, 1000]).tolist()
        == np.rint(
            np.array([row.time_min, row.distance_km, row.cost_cny, row.co2_kg]) * [60_000, 1000, 100, 1000]
        ).tolist()
    )
    assert found.time_min == row.time_min
    parts = (
        legs[["wait_min", "process_min", "in_vehicle_min"]].sum(axis=1)
        if len(legs)
        else pd.Series(dtype=float)
    )
    assert np.allclose(parts.astype(float), legs["total_min"].astype(float))
    assert (legs["from_id"].iloc[1:].tolist(), len(legs)) == (legs["to_id"].iloc[:-1].tolist(), len(legs))
