from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import pytest
from shapely import Point, Polygon

from yrdgis.reports import write_package

DAY = dt.date(2026, 11, 1)


@pytest.fixture
def frames() -> dict[str, tuple[gpd.GeoDataFrame, str, str]]:
    points = gpd.GeoDataFrame(
        {"name_zh": ["甲", "乙"], "parts": [("a", "b"), ()]},
        geometry=[Point(121, 31), Point(120, 30)],
        crs=4326,
    )
    square = gpd.GeoDataFrame(
        {"name_zh": ["区"]}, geometry=[Polygon([(120, 30), (121, 30), (121, 31)])], crs=4326
    )
    return {"points": (points, "点 Points", "#112233"), "zones": (square, "区 Zones", "#445566")}


def test_layers_come_back_as_they_were(frames: dict, tmp_path: Path) -> None:
    write_package(frames, tmp_path / "a.gpkg", created=DAY)
    back = gpd.read_file(tmp_path / "a.gpkg", layer="points")
    assert list(back["name_zh"]) == ["甲", "乙"]
    assert list(back["parts"]) == ["a; b", ""]
    assert back.crs.to_epsg() == 4326
    assert back.geometry.geom_equals(frames["points"][0].geometry).all()


def test_each_layer_has_its_style(frames: dict, tmp_path: Path) -> None:
    write_package(
        frames,
        tmp_path / "a.gpkg",
        created=DAY,
        colours={"points": [("name_zh", "甲", "#aa0000"), ("name_zh", "乙", "#00aa00")]},
    )
    with closing(sqlite3.connect(tmp_path / "a.gpkg")) as base:
        styles = dict(base.execute("SELECT f_table_name, styleQML FROM layer_styles WHERE useAsDefault"))
        held = {name for (name,) in base.execute("SELECT table_name FROM gpkg_contents")}
    assert set(styles) == {"points", "zones"}
    assert 'attr="name_zh"' in styles["points"]
    assert "170,0,0" in styles["points"]
    assert "68,85,102" in styles["zones"]
    assert "layer_styles" in held


def test_equal_content_gives_equal_bytes(frames: dict, tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_package(frames, tmp_path / f"{name}.gpkg", created=DAY)
    assert (tmp_path / "a.gpkg").read_bytes() == (tmp_path / "b.gpkg").read_bytes()
