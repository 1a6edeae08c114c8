"""Balance: what the districts add up to, against their city and the published totals of the area."""

from __future__ import annotations

import pytest

CENSUS_2020 = 77_416_595
AREA_KM2 = 56_000


def _sums(rows, column):
    sums: dict[str, float] = {}
    for row in rows("districts"):
        sums[row["city_id"]] = sums.get(row["city_id"], 0) + float(row[column])
    return sums


def test_residents_of_districts_add_up_to_their_city(rows):
    sums = _sums(rows, "pop_2020")
    for city in rows("cities"):
        assert sums[city["city_id"]] == pytest.approx(int(city["pop_2020"]), rel=0.002), city["name_zh"]
    assert sum(int(c["pop_2020"]) for c in rows("cities")) == CENSUS_2020


def test_areas_of_districts_add_up_to_their_city(rows):
    sums = _sums(rows, "area_km2")
    for city in rows("cities"):
        assert sums[city["city_id"]] == pytest.approx(float(city["area_km2"]), rel=0.001), city["name_zh"]


def test_the_whole_is_the_metropolitan_area(rows):
    total = sum(float(c["area_km2"]) for c in rows("cities"))
    assert total == pytest.approx(AREA_KM2, rel=0.03)
