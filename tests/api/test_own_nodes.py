"""Nodes of a network of one's own are places once it is joined."""

from __future__ import annotations

import pytest

import yrdgis as yg
from yrdgis.errors import UnknownNameError

OSM = """<osm version="0.6">
 <node id="1" lat="30.041" lon="120.051"/> <node id="2" lat="30.041" lon="120.09"/> <node id="3" lat="30.06" lon="120.09"/>
 <way id="7"> <nd ref="1"/> <nd ref="2"/> <nd ref="3"/> <tag k="highway" v="primary"/> </way>
</osm>"""


@pytest.fixture(scope="module")
def mine(toy, tmp_path_factory):
    file = tmp_path_factory.mktemp("osm") / "own.osm"
    file.write_text(OSM)
    area = yg.Area(toy)
    return area.network("today").join(area.import_osm(file))


def test_own_nodes_and_named_places_go_together_in_order(mine):
    found = mine.places("乙东, osm:3, 甲西")
    assert [place.id for place in found] == ["district:980122", "osm:3", "district:990101"]
    assert (found[1].lon, found[1].lat, found[1].kind) == (120.09, 30.06, "node")


def test_times_and_paths_start_at_an_own_node(mine):
    minutes = mine.skim("osm:3", "osm:1,乙东", mode="drive")["time_min"]
    assert 0 < minutes.iloc[0] < minutes.iloc[1]
    way = mine.path("osm:3", "乙东", mode="drive")
    assert way.time_min == pytest.approx(minutes.iloc[1], abs=0.001)


def test_without_a_network_of_ones_own_such_an_id_means_nothing(mine):
    with pytest.raises(UnknownNameError):
        mine.area.network("today").places("osm:3")
    with pytest.raises(UnknownNameError):
        mine.places("osm:99")


def test_a_surface_by_name_is_that_of_the_ids(toy):
    from yrdgis.metrics.surface import surface

    now = yg.Area(toy).network("today")
    found = now.surface("甲西", limit_min=60, cell_m=1000)
    same = surface(now.network, ["district:990101"], limit_min=60, cell_m=1000)
    assert (found.minutes[found.land.is_land] <= 60).any()
    assert repr(found) == repr(same)
    assert found.meta["origins"] == ["district:990101"]
