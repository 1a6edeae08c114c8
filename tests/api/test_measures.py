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
    assert type(areas[areas["cutoff_min"] > 20]) is type(areas)


def test_accessibility_comes_with_names_and_shapes(now):
    found = yg.accessibility(now, "districts")
    assert found.geometry.notna().all()
    assert found["place_name_zh"].str.len().gt(0).all()
    assert (found["mean_min_low"] <= found["mean_min_high"]).all()
    with pytest.raises(InputError, match="by rail alone"):
        yg.accessibility(now, "districts", mode="rail")
