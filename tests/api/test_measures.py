from __future__ import annotations

import folium
import pytest

import yrdgis as yg
from yrdgis.errors import InputError


@pytest.fixture(scope="module")
def now(toy):
    return yg.Area(toy).network("today")


def test_isochrones_by_name_show_themselves_offline(now):
    areas = yg.isochrones(now, "甲西", [20, 40], cell_m=500)
    assert areas["cutoff_min"].tolist() == [20, 40]
    assert areas.crs == "EPSG:4326"
    page = areas.explore()
    assert isinstance(page, folium.Map)
    assert "可达范围" in page.get_root().render()
    assert {"iso_0", "districts"} <= {group["id"] for group in yg.maps.page_of(page).groups}
    alone = areas.explore(name="Rings")
    assert [group["id"] for group in yg.maps.page_of(alone).groups] == ["isochrones"]
    assert type(areas[areas["cutoff_min"] > 20]) is type(areas)


def test_what_comes_within_reach_adds_up(now):
    eve = now.area.network("plan-eve")
    found = yg.reach_change(eve, now, "甲西", [60], cell_m=500).set_index("change")["area_km2"]
    assert found["gained"] + found["kept"] == yg.isochrones(now, "甲西", [60], cell_m=500)["area_km2"].iloc[0]


def test_accessibility_comes_with_names_and_shapes(now):
    found = yg.accessibility(now, "districts")
    assert found.geometry.notna().all()
    assert found["place_name_zh"].str.len().gt(0).all()
    assert (found["mean_min_low"] <= found["mean_min_high"]).all()
    with pytest.raises(InputError, match="by rail alone"):
        yg.accessibility(now, "districts", mode="rail")


@pytest.fixture(scope="module")
def shipped(layers):
    return yg.Area(layers).network("today")


def test_each_measure_is_one_call_with_shapes(shipped):
    for found in (
        yg.connectivity(shipped, ["rail"]).query("city_id != ''"),
        yg.weak_points(shipped, "rail"),
        yg.borders(shipped),
        yg.cohesion(shipped, ["嘉昆太", "circle:anting-baihe-huaqiao"], range_=False),
        yg.resilience(shipped, "fog"),
        yg.interchange(shipped, "上海虹桥", range_=False),
    ):
        assert len(found)
        assert found.geometry.notna().all()
        assert found.crs == "EPSG:4326"
        assert found.attrs["confidence"] in ("high", "medium", "low")
    goals = yg.targets(shipped, range_=False)
    assert goals.geometry.notna().eq(goals["verdict"] != "not judged").all()
    with pytest.raises(InputError, match="there are crossings, pairs, fog"):
        yg.resilience(shipped, "storms")
    with pytest.raises(InputError, match="is no cluster"):
        yg.cohesion(shipped, ["火星"])


def test_equity_tells_who_loses(shipped):
    eve = shipped.area.network("plan-eve")
    found = yg.equity(eve, shipped)
    assert found.loc["gini"].between(-1, 1).all()
    assert isinstance(found.attrs["losers"], list)
    assert yg.equity(shipped, eve).attrs["losers"]
