"""The command `yrdgis deadends`."""

from __future__ import annotations

import json

import geopandas as gpd
import pytest
import shapely
from click.testing import CliRunner
from network.border_worlds import BorderWorld

from yrdgis.cli.deadends import command
from yrdgis.errors import InputError


@pytest.fixture
def files(tmp_path):
    world = BorderWorld()
    world.road((0, -4000), (0, -200), name="人民路")
    world.road((0, 200), (0, 4000), name="人民路")
    world.road((0, -4000), (6000, -4000), (6000, 4000), (0, 4000), highway="primary")
    world.road((3000, -4000), (3000, -300))
    world.roads().to_file(tmp_path / "roads.gpkg")
    world.border(6000).to_file(tmp_path / "border.geojson")
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(command, [str(a) for a in arguments])


def test_a_table_to_review_and_a_map_are_written(layers, files):
    arguments = (files / "roads.gpkg", "--border", files / "border.geojson", "--out", files / "ends.gpkg")
    result = run(*arguments, "--map", files / "map.html", "--json")
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    assert document["meta"]["likely"] == 1
    table = gpd.read_file(files / "ends.gpkg")
    assert table["kind"].tolist() == ["gap", "no partner"]
    assert {"verdict", "remark"} <= set(table.columns)
    page = (files / "map.html").read_text(encoding="utf-8")
    assert "断头路" in page
    assert "人民路" in page


def test_the_provincial_borders_are_used_by_default(layers, files):
    border = layers.polygons("borders").to_crs(4549)
    point = border.geometry.iloc[0].interpolate(0.5, normalized=True)
    lines = [
        shapely.LineString([(point.x - 3000 + k, point.y - 3000), (point.x - 100 + k, point.y - 100)])
        for k in (0,)
    ]
    gpd.GeoDataFrame({"highway": ["primary"]}, geometry=lines, crs=4549).to_file(files / "one.gpkg")
    result = run(files / "one.gpkg", "--out", files / "ends.csv")
    assert result.exit_code == 0, result.output
    assert (files / "ends.csv").is_file()


def test_faults_are_told(layers, files):
    assert isinstance(run(files / "no.gpkg", "--out", files / "a.csv").exception, InputError)
    assert isinstance(run(files / "roads.gpkg", "--out", files / "a.doc").exception, InputError)
