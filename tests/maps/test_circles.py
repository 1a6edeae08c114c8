"""The map of isochrones: several days on the region's own ground, and what one gained over another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
from shapely.geometry import Point

from yrdgis.errors import InputError
from yrdgis.maps import isochrone_map, page_of

if TYPE_CHECKING:
    from yrdgis.io import Layers


def rings(day: str, *, forecast: bool = False) -> gpd.GeoDataFrame:
    """Two discs about 甲西, as of a day."""
    frame = gpd.GeoDataFrame(
        {"cutoff_min": [30.0, 60.0], "area_km2": [100.0, 400.0]},
        geometry=[Point(120.1, 31.0).buffer(size) for size in (0.05, 0.1)],
        crs=4326,
    )
    frame.attrs = {
        "as_of": day,
        "mode": "door",
        "forecast": forecast,
        "confidence": "low",
        "origins": [],
        "title_zh": "甲西",
    }
    return frame


def gains(**km2: float) -> gpd.GeoDataFrame:
    frame = gpd.GeoDataFrame(
        {"cutoff_min": 60.0, "change": list(km2), "area_km2": list(km2.values())},
        geometry=[Point(120.3, 31.0).buffer(0.02)] * len(km2),
        crs=4326,
    )
    frame.attrs = {"before": {"as_of": "2019-12-01"}, "after": {"as_of": "2026-11-01"}}
    return frame


def groups(m: Any) -> dict[str, Any]:
    return {group["id"]: group for group in page_of(m).groups}


def test_the_map_stands_on_the_region_and_says_what_it_shows(toy: Layers) -> None:
    m = isochrone_map(toy, rings("2026-11-01"))
    page = page_of(m)
    assert page.title == {"zh": "从甲西出发的等时圈", "en": "Isochrones from 甲西"}
    assert page.as_of == "2026-11-01"
    assert {"iso_0", "districts", "borders"} <= set(groups(m))
    assert any("low" in note["en"] for note in page.notes)
    assert page.sources


def test_of_several_days_the_first_is_shown(toy: Layers) -> None:
    days = {"eve": rings("2019-12-01"), "2030": rings("2030-12-31", forecast=True)}
    m = isochrone_map(toy, days)
    found = groups(m)
    assert [found[key]["on"] for key in ("iso_0", "iso_1")] == [True, False]
    assert "2030" in found["iso_1"]["title"]["en"]
    assert page_of(m).banner["en"].endswith("forecast")


def test_gains_are_shown_and_empty_ones_left_out(toy: Layers) -> None:
    found = groups(isochrone_map(toy, rings("2026-11-01"), change=gains(gained=12.0, lost=0.0, kept=300.0)))
    labels = [style["label"]["en"] for style in found["gains"]["styles"]]
    assert labels[0] == "gained: within 60 min"
    assert not any("lost" in label or "kept" in label for label in labels)
    assert "gains" not in groups(
        isochrone_map(toy, rings("2026-11-01"), change=gains(gained=0.0, kept=300.0))
    )


def test_nothing_to_show_is_an_error(toy: Layers) -> None:
    with pytest.raises(InputError, match="one day"):
        isochrone_map(toy, {})
    with pytest.raises(InputError, match="cutoff_min"):
        isochrone_map(toy, rings("2026-11-01").drop(columns="cutoff_min"))
