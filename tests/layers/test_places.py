"""Towns, destinations and airports: inside their district, and as exact as their origin allows."""

from __future__ import annotations

import pytest

POINT_LAYERS = [
    "towns",
    "destinations",
    "airports",
    "rail_stations",
    "metro_stations",
    "road_nodes",
    "toll_barriers",
]
COMMERCIAL = ("amap", "baidu")


def _decimals(text: str) -> int:
    return len(text.partition(".")[2])


@pytest.mark.parametrize("layer", POINT_LAYERS)
def test_points_of_map_services_are_coarse(rows, layer):
    for row in rows(layer):
        exact = 3 if row["coord_origin"] in COMMERCIAL else 5
        key = next(iter(row.values()))
        assert (_decimals(row["lon"]), _decimals(row["lat"])) == (exact, exact), key


@pytest.mark.parametrize(
    "layer", ["towns", "destinations", "airports", "rail_stations", "metro_stations", "road_nodes"]
)
def test_points_lie_in_the_district_that_they_name(rows, frame, layer):
    from shapely import Point

    districts = frame("districts").set_index("district_id")
    for row in rows(layer):
        where = Point(float(row["lon"]), float(row["lat"]))
        key = next(iter(row.values()))
        if row["district_id"]:
            told = districts.loc[row["district_id"]]
            assert told["city_id"] == row["city_id"], key
            said_outside = "outside the district polygon" in row["note"]
            near = 0.04 if said_outside else 0.001  # rounding to 3 decimals moves a point by up to 100 m
            assert told.geometry.distance(where) < near, key
        else:
            assert not districts.contains(where).any(), f"{key} lies in a district but names none"


def test_counts(rows):
    assert len(rows("towns")) == 886
    assert len(rows("destinations")) == 222
    assert len(rows("airports")) == 10


def test_every_district_has_towns(rows, frame):
    assert {row["district_id"] for row in rows("towns")} == set(frame("districts")["district_id"])


def test_points_in_water_are_said_to_be_at_fault(rows, frame):
    from shapely import Point

    sea = frame("water_bodies")
    sea = sea[(sea["confidence"] == "high") & sea["kind"].isin(["sea", "estuary"])]
    for row in rows("towns"):
        if sea.contains(Point(float(row["lon"]), float(row["lat"]))).any():
            assert row["confidence"] == "low", row["town_id"]
            assert "lies in water" in row["note"], row["town_id"]


def test_airports_have_codes_and_dates(rows):
    airports = {row["airport_id"]: row for row in rows("airports")}
    assert airports["airport:pvg"]["opened_expected"] == "1999-09-16"
    assert airports["airport:jnh"]["opened_expected"] == "2025-12-26"
    for row in airports.values():
        assert (row["iata"] != "") == (row["status"] == "operating"), row["airport_id"]


def test_a_place_abroad_names_no_city_of_the_area(rows):
    xiaoshan = next(row for row in rows("airports") if row["airport_id"] == "airport:hgh")
    assert (xiaoshan["city_id"], xiaoshan["city_zh"]) == ("", "杭州市")
