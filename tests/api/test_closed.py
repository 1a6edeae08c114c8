"""The network of a day with roads closed, by name."""

from __future__ import annotations

import pytest

import yrdgis as yg
from yrdgis.errors import AmbiguousNameError, UnknownNameError
from yrdgis.metrics.closures import road_closure

G1 = "roadlink:g1/jiadong--yixi"


@pytest.fixture(scope="module")
def now(toy):
    return yg.Area(toy).network("today")


def minutes(network):
    return network.skim("甲西", "乙东", mode="drive")["time_min"].iloc[0]


def test_a_closed_link_is_gone_in_both_directions_and_nothing_else(now):
    shut = now.closed(G1)
    gone = now.network.links.index.difference(shut.network.links.index)
    assert set(now.network.links.loc[gone, "infra_id"]) == {G1}
    assert len(gone) == 2
    assert minutes(shut) > minutes(now)  # over local streets


def test_a_way_round_that_opens_later_takes_the_traffic(now):
    later = now.area.network("2030").closed(G1)
    assert minutes(later) > minutes(now.area.network("2030"))


def test_a_road_is_closed_by_name_and_stays_closed_in_another_scenario(now):
    shut = now.closed("G1高速")
    assert "3 links closed" in repr(shut)
    assert minutes(shut) > minutes(now.closed(G1))
    assert shut.without(*now.area.layers["projects"]["project_id"].head(1)).shut == shut.shut
    assert shut.closed("湖滨路").shut == (*shut.shut, *now.closed("road:x1").shut)


def test_the_range_of_a_closed_network_is_closed_too(now):
    columns = ["time_low_min", "time_min", "time_high_min"]
    before, after = (n.times("甲西", to="乙东", mode="drive")[columns] for n in (now, now.closed(G1)))
    assert (after > before).all(axis=None)


def test_names_that_say_too_little_or_nothing_are_refused(now, layers):
    with pytest.raises(UnknownNameError, match="No road called '长江桥'"):
        now.closed("长江桥")
    shipped = yg.Area(layers).network("today").network
    with pytest.raises(AmbiguousNameError, match="road:sutong"):
        road_closure(layers, shipped, "苏通")
    with pytest.raises(UnknownNameError, match="Did you mean 嘉绍大桥"):
        road_closure(layers, shipped, "嘉少大桥")
    own = set(layers["road_links"].query("route_id == 'road:sutong'")["link_id"])
    assert set(road_closure(layers, shipped, "苏通长江公路大桥")) <= own
