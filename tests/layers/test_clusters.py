"""Town clusters, zones, ecology: one registry, members by reading, outlines only where one is known."""

from __future__ import annotations

import pytest

PAIRS = {
    "pair:hongqiao-kunshan-xiangcheng",
    "pair:jiading-kunshan-taicang",
    "pair:jinshan-pinghu",
    "pair:fengjing-jiashan",
}
CIRCLES = {
    "circle:dongping-haiyong-qilong",
    "circle:anting-baihe-huaqiao",
    "circle:fengjing-xinbang-jiashan-pinghu",
}


def _members(rows, cluster, reading):
    return {
        r["member_id"]
        for r in rows("cluster_members")
        if (r["cluster_id"], r["reading"]) == (cluster, reading)
    }


def test_the_plan_s_four_pairs_and_three_circles_are_there(rows):
    named = {r["cluster_id"] for r in rows("clusters") if r["in_plan"] == "True"}
    assert named >= PAIRS | CIRCLES | {"zone:demo-zone", "zone:metro-1plus8"}


def test_every_cluster_has_two_members_or_more(rows):
    for row in rows("clusters"):
        assert (
            len({m["member_id"] for m in rows("cluster_members") if m["cluster_id"] == row["cluster_id"]})
            >= 2
        )


def test_hongqiao_is_the_business_district(rows):
    members = _members(rows, "pair:hongqiao-kunshan-xiangcheng", "plan_words")
    assert members == {"town:minhang-hongqiao-cbd", "district:320583", "district:320507"}


def test_the_official_fengjing_circle_differs_from_the_words(rows):
    words = _members(rows, "circle:fengjing-xinbang-jiashan-pinghu", "plan_words")
    official = _members(rows, "circle:fengjing-xinbang-jiashan-pinghu", "official_plan")
    assert "district:330482" in words
    assert "town:pinghu-xindai" in official
    assert words != official


def test_the_metropolitan_area_has_all_nine_cities(rows):
    cities = {r["city_id"] for r in rows("cities")}
    assert _members(rows, "zone:metro-1plus8", "plan_words") == cities


def test_an_outline_is_a_union_of_districts_or_a_water_body(rows, frame):
    """Everything else is marked indicative, so that no circle passes for a boundary."""
    for layer in ("plan_zones", "ecology"):
        for row in rows(layer):
            if row["extent"] not in ("districts", "water_body"):
                assert row["extent"].startswith("indicative_")
                assert (
                    "no outline" in row["note"]
                    or "traced" in row["note"]
                    or "band" in row["note"]
                    or "only says" in row["note"]
                )
    zones = frame("plan_zones").set_index("zone_id")
    districts = frame("districts").set_index("district_id")
    demo = districts.loc[["district:310118", "district:320509", "district:330421"], "geometry"].union_all()
    assert zones.loc["zone:demo-zone", "geometry"].symmetric_difference(demo).area < 1e-6


def test_indicative_extents_have_the_published_area(frame):
    zones = frame("plan_zones").to_crs(4549)
    drawn = zones[(zones["extent"] == "indicative_area") & zones["area_km2"].notna()]
    assert len(drawn) >= 10
    for row in drawn.itertuples():
        assert row.geometry.area / 1e6 == pytest.approx(row.area_km2, rel=0.02), row.zone_id


def test_polygons_are_valid(frame):
    for layer in ("plan_zones", "ecology", "energy"):
        polygons = frame(layer)
        assert polygons.geometry.is_valid.all()
        assert set(polygons.geom_type) <= {"Polygon", "MultiPolygon"}


def test_pairs_and_circles_stand_in_one_registry_only(rows):
    zones = {r["zone_id"] for r in rows("plan_zones")}
    assert not any("pair" in z or "circle" in z for z in zones)
    assert all(i in zones for i in ("zone:demo-zone", "zone:metro-1plus8"))
