"""The whole diagnosis: shapes, rows, words, the command, the mended copy."""

from __future__ import annotations

import json

import geopandas as gpd
import numpy as np
import pytest
import shapely
from click.testing import CliRunner
from realdata import real
from shapely import LineString, MultiPolygon, Point, Polygon, box

from yrdgis.cli.doctor import command
from yrdgis.doctor import examine, mend
from yrdgis.doctor.geometry import geometry_faults, row_faults

BOWTIE = Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])


def _kinds(shapes):
    return {f.kind: f for f in geometry_faults(gpd.GeoDataFrame(geometry=shapes))}


def test_each_fault_of_shapes_is_named_with_its_rows():
    found = _kinds(
        [BOWTIE, None, Point(), box(0, 0, 1, 1), box(0, 0, 1, 1), LineString([(1, 0), (1, 0)]), Point(3, 3)]
    )
    assert set(found) == {"invalid", "missing", "empty", "mixed", "doubled", "no extent"}
    assert found["invalid"].rows == (0, 5)
    assert "Self-intersection" in found["invalid"].message
    assert found["doubled"].rows == (4,)


def test_outliers_are_noted():
    cloud = [Point(121 + i / 100, 31 + (i % 5) / 100) for i in range(40)]
    found = _kinds([*cloud, Point(0, 0), Point(500, 31)])
    assert found["at 0,0"].rows == (40,)
    assert found["far away"].rows == (41,)


def test_a_layer_without_shapes_or_rows_is_an_error():
    assert _kinds([None, None])["no shapes"].severity == "error"
    assert _kinds([])["no rows"].severity == "error"


def test_rows_that_repeat_are_told_from_shapes_that_repeat():
    frame = gpd.GeoDataFrame({"a": [1, 2, 2]}, geometry=[Point(1, 1)] * 3)
    assert row_faults(frame)[0].rows == (2,)


def test_mending_keeps_area_and_rows(tmp_path):
    shapes = [BOWTIE, box(0, 0, 1, 1), box(0, 0, 1, 1), None]
    gpd.GeoDataFrame({"a": [1, 2, 2, 3]}, geometry=shapes, crs=4326).to_file(tmp_path / "a.gpkg")
    frame, changes = mend(examine(tmp_path / "a.gpkg"))
    assert len(frame) == 3
    assert shapely.is_valid(frame.geometry.to_numpy()[:2]).all()
    assert frame.geometry.iloc[0].area == pytest.approx(2.0)
    assert isinstance(frame.geometry.iloc[0], MultiPolygon | Polygon)
    assert changes == ["1 invalid shapes mended", "1 repeated rows dropped"]


def test_command_tells_and_writes(layers, tmp_path):
    source, out = real("awkward/shanghai_shp_gbk_no_ldid/区县界_area.shp"), tmp_path / "districts.gpkg"
    result = CliRunner().invoke(command, [str(source), "--fix", str(out), "--json"])
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    topics = {f["topic"]: f for f in document["rows"][0]["findings"]}
    assert topics["encoding"]["verdict"] == "gb18030"
    assert topics["datum"]["verdict"] == "wgs84"
    assert topics["datum"]["score"] > 0.75
    written = gpd.read_file(out)
    assert written["NAME"].tolist()[:2] == ["宝山区", "杨浦区"]
    assert written.crs == "EPSG:4326"


def test_command_converts_a_shifted_file(layers, tmp_path):
    from yrdgis.crs import wgs84_to_gcj02

    stations = layers["rail_stations"]
    stations = stations[stations["confidence"] == "high"].head(30)
    x, y = wgs84_to_gcj02(stations["lon"], stations["lat"])
    table = stations[["name_zh"]].assign(lng=x, lat=y)
    table.to_csv(tmp_path / "stations.csv", index=False)
    result = CliRunner().invoke(command, [str(tmp_path / "stations.csv"), "--fix", str(tmp_path / "out.csv")])
    assert result.exit_code == 0, result.output
    assert "gcj02 (0." in result.stdout
    assert "converted from gcj02 to WGS84" in result.stdout
    back = gpd.pd.read_csv(tmp_path / "out.csv")
    assert np.abs(back["lng"] - stations["lon"].to_numpy()).max() < 1e-6


def test_command_never_overwrites_its_input(tmp_path):
    (tmp_path / "a.csv").write_text("lon,lat\n1,2\n")
    result = CliRunner().invoke(command, [str(tmp_path / "a.csv"), "--fix", str(tmp_path / "a.csv")])
    assert result.exit_code == 1
    assert (tmp_path / "a.csv").read_text() == "lon,lat\n1,2\n"


def test_layers_of_the_project_are_told_as_wgs84(layers, tmp_path):
    layers.polygons("districts")[["name", "geometry"]].to_file(tmp_path / "d.geojson")
    from yrdgis.doctor import Reference

    diagnosis = examine(tmp_path / "d.geojson", reference=Reference.from_layers(layers))
    assert diagnosis.datum.verdict == "wgs84"
