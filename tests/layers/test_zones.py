"""Cities, districts, borders and water: valid, tiling, of the right size."""

from __future__ import annotations

import pytest
import shapely

METRIC = "EPSG:4549"
PUBLISHED_AREA_KM2 = 56_000  # the metropolitan area 1+8 as its plan gives it


def test_nine_cities_hold_seventy_one_districts(frame):
    cities, districts = frame("cities"), frame("districts")
    assert (len(cities), len(districts)) == (9, 71)
    assert set(districts["city_id"]) == set(cities["city_id"])
    assert cities["province_zh"].value_counts().to_dict() == {"江苏省": 4, "浙江省": 4, "上海市": 1}


@pytest.mark.parametrize("layer", ["cities", "districts", "water_bodies"])
def test_polygons_are_valid_and_in_wgs84(frame, layer):
    polygons = frame(layer)
    assert polygons.geometry.is_valid.all()
    west, south, east, north = polygons.total_bounds
    assert west > 118
    assert east <= 123.5
    assert south > 28
    assert north < 33


def test_districts_tile_their_city(frame):
    cities, districts = frame("cities").to_crs(METRIC).set_index("city_id"), frame("districts").to_crs(METRIC)
    for city_id, group in districts.groupby("city_id"):
        city = cities.geometry[city_id]
        union = shapely.union_all(group.geometry.to_numpy())
        assert group.area.sum() - union.area <= 0.001 * city.area, f"{city_id}: districts overlap"
        assert union.symmetric_difference(city).area <= 0.001 * city.area, (
            f"{city_id}: districts don't fill it"
        )


def test_neighbours_share_their_edges(frame):
    assert shapely.coverage_is_valid(frame("districts").geometry.to_numpy())
    assert shapely.coverage_is_valid(frame("cities").geometry.to_numpy())


def test_total_area_is_near_the_published_one(frame):
    total = frame("cities").to_crs(METRIC).area.sum() / 1e6
    assert total == pytest.approx(PUBLISHED_AREA_KM2, rel=0.03)
    assert total == pytest.approx(frame("cities")["area_km2"].sum(), rel=0.001)


def test_residents_of_districts_sum_to_their_city(frame):
    sums = frame("districts").groupby("city_id")["pop_2020"].sum()
    published = frame("cities").set_index("city_id")["pop_2020"]
    assert sums.to_dict() == published.to_dict()
    assert published.sum() == 77_416_595


def test_seats_lie_in_their_zone(frame):
    from shapely import Point

    for layer in ("cities", "districts"):
        zones = frame(layer)
        outside = [
            z.name_zh
            for z in zones.itertuples()
            if not z.geometry.buffer(0.01).contains(Point(z.seat_lon, z.seat_lat))
        ]
        assert outside == []


def test_borders_are_what_two_provinces_share(frame):
    borders = frame("borders").set_index("border_id")
    assert set(borders.index) == {
        "border:shanghai-jiangsu",
        "border:shanghai-zhejiang",
        "border:jiangsu-zhejiang",
    }
    cities = frame("cities").to_crs(METRIC)
    provinces = {
        p: shapely.union_all(g.geometry.to_numpy()).boundary for p, g in cities.groupby("province_zh")
    }
    for border in borders.to_crs(METRIC).itertuples():
        for side in (border.province_a_zh, border.province_b_zh):
            assert provinces[side].buffer(2).contains(border.geometry), f"{border.Index} leaves {side}"
        assert border.geometry.length / 1000 == pytest.approx(border.length_km, rel=0.01)


def test_water_is_open_data_and_the_great_waters_are_there(frame):
    water = frame("water_bodies").set_index("water_id")
    assert {
        f"water:{w}" for w in ("taihu", "dianshan-lake", "changjiang", "hangzhou-bay", "huangpu-river")
    } <= set(water.index)
    assert set(water["licence"]) <= {"ODbL-1.0", "CC-BY-4.0", "ODbL-1.0 and CC-BY-4.0", "Public domain"}
    assert not water["source_public"].str.contains("GSHHG|GPL", regex=True).any()
    assert water.loc["water:taihu", "area_km2"] == pytest.approx(2338, rel=0.05)  # published: 2338 km2


def test_coarse_outlines_of_low_confidence_bar_no_way(frame):
    water = frame("water_bodies")
    assert (water["barrier"] == (water["confidence"] != "low")).all()


@pytest.mark.parametrize(
    ("lon", "lat", "name"),
    [(121.4737, 31.2304, "黄浦区"), (120.6196, 31.2990, "姑苏区"), (122.10, 30.02, "定海区")],
)
def test_known_places_lie_in_the_right_district(frame, lon, lat, name):
    from shapely import Point

    districts = frame("districts")
    assert districts[districts.contains(Point(lon, lat))]["name_zh"].tolist() == [name]
