"""Freight chains as legs and in words."""

from __future__ import annotations

import pytest

from yrdgis.errors import InputError
from yrdgis.metrics import path
from yrdgis.metrics.path import LEG_COLUMNS
from yrdgis.network import build_network

PAIRS = [
    ("city:huzhou", "port:yangshan", "total"),
    ("port:hexi", "port:yangshan", "cost"),
    ("city:wuxi", "port:beilun", "co2"),
    ("city:nantong", "city:huzhou", "cost"),
    ("port:yangshan", "port:anji-shanggang", "cost"),
]


@pytest.fixture(scope="module")
def today(layers):
    return build_network(layers, "today", part="freight")


@pytest.mark.parametrize(("origin", "destination", "impedance"), PAIRS)
def test_legs_add_up_to_the_skim(today, origin, destination, impedance):
    found = path(today, origin, destination, "freight", impedance)
    legs = found.legs
    assert tuple(legs.columns[: len(LEG_COLUMNS)]) == LEG_COLUMNS
    assert legs["total_min"].sum() == pytest.approx(found.time_min)
    assert legs["distance_km"].sum() == pytest.approx(found.distance_km)
    assert legs["cost_cny"].sum() == pytest.approx(found.meta["cost_cny_teu"])
    assert legs["co2_kg"].sum() == pytest.approx(found.meta["co2_kg_teu"])
    parts = legs[["wait_min", "process_min", "in_vehicle_min"]].sum(axis=1)
    assert parts.tolist() == pytest.approx(legs["total_min"].tolist())
    assert (legs["lock_min"] <= legs["process_min"] + 1e-9).all()
    assert legs["to_id"].tolist()[:-1] == legs["from_id"].tolist()[1:]


def test_told_as_a_forwarder_would(today):
    found = path(today, "port:hexi", "port:yangshan", "freight", "cost")
    zh, en = found.tell("zh"), found.tell("en")
    assert zh.startswith("长兴合溪 至 洋山深水港区：全程 ")
    assert "元/标箱" in zh or "每标箱" in zh
    assert "III 级（1,000 吨）驳船走长湖申线" in zh
    assert "港内待装" in zh
    assert "Barge of class III (1,000 t) via Changhushen waterway" in en
    assert "handling and locks" in en
    assert "#box" not in zh + en
    assert "  " not in zh + en
    for line in (*zh.splitlines(), *en.splitlines()):
        assert line.endswith(("。", "."))


def test_a_place_to_itself_and_a_language_that_is_none(today):
    assert "无需运输" in path(today, "city:huzhou", "city:huzhou", "freight").tell("zh")
    with pytest.raises(InputError, match="en or zh"):
        path(today, "city:huzhou", "port:taicang", "freight").tell("fr")
