"""Times of the shipped layers that a traveller would recognise."""

from __future__ import annotations

import pytest

from yrdgis.io import Resolver
from yrdgis.metrics import skim
from yrdgis.network import build_network

RANGES = [
    ("上海虹桥", "苏州北", "rail", "in_vehicle", "today", 20, 32),
    ("上海虹桥", "南通西", "rail", "in_vehicle", "2021-01-15", 60, 95),
    ("上海虹桥", "湖州", "rail", "in_vehicle", "plan-eve", 65, 110),
    ("上海虹桥", "湖州", "rail", "in_vehicle", "today", 38, 65),
    ("人民广场", "昆山", "drive", "total", "today", 45, 80),
    ("人民广场", "舟山", "drive", "total", "today", 190, 260),
]


@pytest.mark.parametrize(("origin", "destination", "mode", "impedance", "day", "low", "high"), RANGES)
def test_minutes_are_as_a_traveller_knows_them(layers, origin, destination, mode, impedance, day, low, high):
    places = Resolver(layers).resolve_all([origin, destination], mode)
    network = build_network(layers, day)
    ends = [place.id for place in places]
    minutes = skim(network, ends[:1], ends[1:], mode=mode, impedance=impedance)["time_min"].iloc[0]
    assert low <= minutes <= high
