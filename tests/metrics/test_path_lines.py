"""Where a path runs, and the map of it."""

from __future__ import annotations

import pytest
import shapely

import yrdgis as yg
from yrdgis.errors import InputError, UnknownNameError
from yrdgis.maps import page_of, way_map
from yrdgis.metrics.path_lines import path_lines


@pytest.fixture(scope="module")
def now(toy):
    return yg.Area(toy).network("today")


def test_a_drive_follows_the_roads_that_it_takes(now):
    way = now.path("甲西", "乙东", mode="drive")
    lines = now.lines(way)
    assert lines["length_km"].sum() == pytest.approx(way.distance_km, abs=0.001)
    assert lines["total_min"].sum() == pytest.approx(way.time_min, abs=0.001)
    roads = now.area.layers.lines("road_links").set_index("link_id").geometry
    driven = lines[lines["carrier"] == "drive"]
    built = now.network.links.loc[driven["link_id"], "infra_id"]
    assert len(driven)
    assert all(shape.equals(roads[one]) for shape, one in zip(driven.geometry, built, strict=True))
    assert lines.attrs["ends"][0]["name_zh"] == way.meta["from_name_zh"]


def test_the_pieces_hang_together(now):
    lines = now.lines(now.path("甲西", "乙东", mode="drive"))
    for one, other in zip(lines.geometry, lines.geometry[1:], strict=False):
        assert one.distance(other) < 1e-6


def test_a_ride_is_the_tracks_under_it(layers):
    now = yg.Area(layers).network("today")
    lines = now.lines(now.path("湖州", "苏州北", mode="rail"))
    assert set(lines["carrier"]) == {"rail"}
    tracks = layers.lines("rail_links").set_index("link_id").geometry
    ids = now.network.links.loc[lines["link_id"].iloc[0], "rail_link_ids"].split(";")
    assert lines.geometry.iloc[0].equals(shapely.line_merge(shapely.union_all(tracks[ids].to_numpy())))


def test_a_chain_tells_its_carriers(layers):
    now = yg.Area(layers).network("today")
    way = now.path("湖州", "洋山", mode="freight", impedance="co2")
    lines = now.lines(way)
    carried = [mode for mode in way.legs["mode"] if mode != "port"]
    assert list(dict.fromkeys(lines["carrier"])) == list(dict.fromkeys(carried))
    assert now.lines(";".join(way.links))["link_id"].tolist() == lines["link_id"].tolist()
    page = page_of(way_map(layers, {"a": lines, "b": lines.head(2)}))
    assert [g["title"]["zh"] for g in page.groups if g["id"].startswith("way")] == ["a", "b"]
    assert page.tables["ends"]["n"] == 2
    west, south, east, north = page.bounds
    box = lines.total_bounds
    assert west < box[0]
    assert south < box[1]
    assert east > box[2]
    assert north > box[3]


def test_a_path_from_a_point_has_its_lines(now):
    lines = now.lines(now.path("120.06/30.06", "乙东", mode="drive"))
    assert lines["carrier"].iloc[0] == "local"
    assert lines.geometry.iloc[0].coords[0] == (120.06, 30.06)


def test_links_of_another_network_and_strange_ways_are_refused(now, toy):
    with pytest.raises(UnknownNameError, match="another day"):
        path_lines(now.network, ["roadlink:nowhere"], mode="drive")
    lines = now.lines(now.path("甲西", "乙东", mode="drive"))
    with pytest.raises(InputError, match="no such carrier: balloon"):
        way_map(toy, lines.assign(carrier="balloon"))
    with pytest.raises(InputError, match="one way at least"):
        way_map(toy, lines.head(0))
