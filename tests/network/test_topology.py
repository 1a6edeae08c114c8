from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from yrdgis.network.topology import Water, nearest, to_metres


@pytest.fixture
def river() -> Water:
    """A river 4 km wide from north to south at 120.2 E, and a doubtful pond at 120.0 E.

    point 120.15 |  west bank 120.17  ~~river 120.18-120.22~~  east bank 120.23
    """
    shapes = [shapely.box(120.18, 29.0, 120.22, 31.0), shapely.box(119.99, 29.0, 120.01, 31.0)]
    return Water.from_polygons(
        gpd.GeoDataFrame({"confidence": ["high", "low"]}, geometry=shapes, crs="EPSG:4326")
    )


def joins(river: Water, points, nodes, lasting=None, count=2, max_km=50.0):
    places, ends = (to_metres(*np.array(lonlat, dtype=float).T) for lonlat in (points, nodes))
    lasting = np.ones(len(nodes), dtype=bool) if lasting is None else np.array(lasting)
    found = nearest(places, ends, lasting=lasting, count=count, max_km=max_km, water=river, max_water_km=0.8)
    return found["node"].tolist()


def test_kilometres_of_water_under_a_line(river):
    ends = to_metres(np.array([120.15, 120.25]), np.array([30.0, 30.0]))
    width = (
        shapely.length(shapely.LineString(to_metres(np.array([120.18, 120.22]), np.array([30.0, 30.0]))))
        / 1000
    )
    assert river.km_under(ends[:1], ends[1:])[0] == pytest.approx(width, rel=1e-3)


def test_no_join_across_the_river_though_it_is_nearest(river):
    nodes = [(120.23, 30.0), (120.02, 30.0)]
    assert joins(river, [(120.17, 30.0)], nodes) == [1]


def test_doubtful_water_stops_nothing(river):
    assert joins(river, [(119.98, 30.0)], [(120.02, 30.0)]) == [0]


def test_an_island_without_a_bridge_stays_alone(river):
    assert joins(river, [(120.2, 30.0)], [(120.15, 30.0), (120.25, 30.0)]) == []


def test_a_new_node_adds_a_choice_and_takes_none_away(river):
    old = [(120.10, 30.0), (120.05, 30.0), (120.00, 30.0)]
    before = joins(river, [(120.12, 30.0)], old)
    after = joins(river, [(120.12, 30.0)], [*old, (120.11, 30.0)], lasting=[True, True, True, False])
    assert before == [0, 1]
    assert after == [3, 0, 1]


def test_a_quay_drawn_in_the_water_is_on_its_shore(river):
    quay, far_bank, near_bank = (120.187, 30.0), (120.23, 30.0), (120.17, 30.0)
    places, ends = (to_metres(*np.array(points).T) for points in ([quay], [far_bank, near_bank]))
    options = {"lasting": np.ones(2, bool), "count": 2, "max_km": 50.0, "water": river, "max_water_km": 0.2}
    assert nearest(places, ends, **options).empty
    assert nearest(places, ends, **options, shore_km=1.0)["node"].tolist() == [1]


def test_reach_ends(river):
    assert joins(river, [(120.12, 30.0)], [(120.10, 30.0), (120.00, 30.0)], max_km=5.0) == [0]
    assert joins(river, np.empty((0, 2)), [(120.10, 30.0)]) == []
