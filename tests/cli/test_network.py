"""The command `yrdgis network`."""

from __future__ import annotations

import json

import geopandas as gpd
import pytest
from click.testing import CliRunner
from network.osm_worlds import osm_xml
from shapely import LineString

from yrdgis import settings
from yrdgis.cli.network import command
from yrdgis.errors import InputError


def run(*arguments):
    return CliRunner().invoke(command, [str(a) for a in arguments])


def test_osm_is_imported_to_a_geopackage(layers, tmp_path):
    pytest.importorskip("osmium")
    (tmp_path / "world.osm").write_text(osm_xml(), encoding="utf-8")
    result = run("import", "osm", tmp_path / "world.osm", "--out", tmp_path / "net.gpkg", "--json")
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    assert document["meta"]["counts"]["raw_links"] == 18
    assert len(gpd.read_file(tmp_path / "net.gpkg", layer="links")) == 14


def test_lines_are_imported_to_gmns_and_back(layers, tmp_path):
    frame = gpd.GeoDataFrame({"v": [40]}, geometry=[LineString([(121, 31), (121.01, 31)])], crs=4326)
    frame.to_file(tmp_path / "roads.geojson")
    result = run("import", "lines", tmp_path / "roads.geojson", "--speed", "v", "--out", tmp_path / "gmns")
    assert result.exit_code == 0, result.output
    assert "2 x dangling end" in result.output
    again = run("import", "gmns", tmp_path / "gmns", "--out", tmp_path / "links.geojson")
    assert again.exit_code == 0, again.output
    assert len(gpd.read_file(tmp_path / "links.geojson")) == 2


@pytest.fixture
def small(toy):
    """The made-up region in force: quick to build."""
    with settings.override(layers_dir=str(toy.root)):
        yield toy


def test_a_detailed_network_joins_the_strategic_one(small, tmp_path):
    node = small["road_nodes"].iloc[0]
    x, y = float(node["lon"]), float(node["lat"])
    road = gpd.GeoDataFrame(
        {"highway": ["motorway"]}, geometry=[LineString([(x - 0.02, y), (x + 0.001, y)])], crs=4326
    )
    road.to_file(tmp_path / "roads.geojson")
    result = run(
        "import", "lines", tmp_path / "roads.geojson", "--join", "today", "--out", tmp_path / "net.gpkg"
    )
    assert result.exit_code == 0, result.output
    assert "nodes of the strategic network joined" in result.output
    links = gpd.read_file(tmp_path / "net.gpkg", layer="links")
    assert links["link_id"].str.startswith("joinlink").sum() == 2
    assert links["link_id"].str.startswith("roadlink").any()


def test_the_strategic_network_is_exported(small, tmp_path):
    result = run("export", "--as-of", "2025", "--mode", "drive", "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "out" / "link.csv").is_file()


def test_faults_are_raised_as_input_errors(layers, tmp_path):
    result = run("import", "osm", tmp_path / "no.osm", "--out", tmp_path / "a.gpkg")
    assert isinstance(result.exception, InputError)
    assert run("import", "osm").exit_code == 2
