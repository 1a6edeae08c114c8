"""Opening what users hand in: each awkward kind gets one clear error or a reported repair."""

from __future__ import annotations

import bz2
import gzip
import json
import os
import shutil
import struct
import zipfile

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from realdata import real

from yrdgis.errors import InputError
from yrdgis.io.archives import Limits, unpacked
from yrdgis.io.vectorfile import open_vector
from yrdgis.io.xmlsafe import check_xml

SMALL = Limits(file_mb=50, json_mb=1, xml_mb=1, unpacked_mb=20, ratio=50, members=20, columns=100)


@pytest.fixture
def towns() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"name": ["安亭", "花桥", "白鹤"]},
        geometry=gpd.points_from_xy([121.16, 121.1, 121.14], [31.29, 31.3, 31.26]),
        crs=4326,
    )


def _refused(path, words, **kwargs):
    with pytest.raises(InputError) as caught:
        open_vector(path, **kwargs)
    message = str(caught.value)
    assert words in message, message
    assert "\n" not in message.strip()
    return message


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty (0 bytes)"),
        (b"   \n", "white space only"),
        (b"\x00" * 5000, "null bytes only"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 1234567\n", "1,234,567 bytes"),
        (b"\n<!DOCTYPE html>\n<html><body>404</body></html>", "web page"),
        (b'<?xml version="1.0"?><html xmlns="x"><head/></html>', "web page"),
        (b'[{"id": "document", "version": "1.0"}, {"id": "a"}]', "CZML"),
        (b"<Error><Code>AccessDenied</Code></Error>", "root <Error>"),
        (b"<OGRVRTDataSource><OGRVRTLayer/></OGRVRTDataSource>", "root <OGRVRTDataSource>"),
        (b'{"error": "token expired"}', "no GeoJSON"),
        (b'{"type": "Topology", "objects": {}}', "TopoJSON"),
        (b'{"type": "FeatureCollection", "features": [', "ends too early"),
        (b'{"type": "FeatureCollection", "features": []}', "without any feature"),
        (b"[" * 200_000, "nested too deep"),
        (b"%PDF-1.7", "PDF"),
        (bytes(range(256)) * 10, "binary data"),
    ],
)
@pytest.mark.parametrize("name", ["data.geojson", "data.shp", "data.csv", "data.gpkg"])
def test_wrong_content_is_named_whatever_the_name_says(content, words, name, tmp_path):
    (tmp_path / name).write_bytes(content)
    _refused(tmp_path / name, words)


@pytest.mark.parametrize(
    "name",
    [
        "/vsicurl/http://a.b/c.gpkg",
        "http://a.b/c.gpkg",
        "s3://a/b",
        "/vsizip/a.zip/b.shp",
        "GPKG:a.gpkg",
        "PG:dbname=x",
    ],
)
def test_addresses_and_virtual_paths_are_refused(name):
    _refused(name, "not a local file")


def test_missing_files_folders_and_pipes_are_refused(tmp_path):
    _refused(tmp_path / "no.csv", "no such file")
    _refused(tmp_path, "not a file")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.csv")
        _refused(tmp_path / "pipe.csv", "not a file")


def test_too_large_a_file_is_refused_before_it_is_read(tmp_path):
    with (tmp_path / "big.csv").open("wb") as file:
        file.truncate(51 << 20)
    _refused(tmp_path / "big.csv", "more than the 50 MB", limits=SMALL)


def _geojson(tmp_path, *geometries):
    features = ",".join(f'{{"type": "Feature", "properties": {{}}, "geometry": {g}}}' for g in geometries)
    path = tmp_path / "a.geojson"
    path.write_text(f'{{"type": "FeatureCollection", "features": [{features}]}}')
    return open_vector(path)


def test_an_unclosed_ring_is_closed_and_reported(tmp_path):
    opened = _geojson(tmp_path, '{"type": "Polygon", "coordinates": [[[0, 0], [2, 0], [2, 2], [0, 2]]]}')
    assert opened.frame.geometry.iloc[0].area == 4.0
    assert [r.what for r in opened.repairs] == ["rings that were not closed: closed"]


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_coordinates_that_are_not_finite_are_left_out_and_reported(value, tmp_path):
    opened = _geojson(
        tmp_path,
        f'{{"type": "Point", "coordinates": [{value}, 31]}}',
        '{"type": "Point", "coordinates": [121, 31]}',
    )
    assert opened.frame.geometry.isna().tolist() == [True, False]
    assert opened.repairs[0].rows == (0,)
    assert "not finite" in opened.repairs[0].what


def test_a_fourth_value_is_dropped_and_reported(tmp_path):
    opened = _geojson(tmp_path, '{"type": "LineString", "coordinates": [[0, 0, 1, 9], [2, 0, 1, 9]]}')
    assert opened.frame.geometry.iloc[0].wkt == "LINESTRING Z (0 0 1, 2 0 1)"
    assert "more than three values" in opened.repairs[0].what


@pytest.mark.parametrize(
    ("geometry", "words"),
    [
        ('{"type": "Point", "coordinates": [1]}', "fewer than two values"),
        ('{"type": "Point", "coordinates": ["1", "2"]}', "something else than numbers"),
        ('{"type": "LineString", "coordinates": [[1, 2]]}', "fewer than two positions"),
        ('{"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}', "fewer than three corners"),
        ('{"type": "Circle", "coordinates": [1, 2]}', "unknown type"),
        ('{"type": "Polygon", "coordinates": 5}', "no list"),
    ],
)
def test_a_hopeless_geometry_costs_only_its_row(geometry, words, tmp_path):
    opened = _geojson(tmp_path, geometry, '{"type": "Point", "coordinates": [121, 31]}')
    assert opened.frame.geometry.isna().tolist() == [True, False]
    assert words in opened.repairs[0].what


def test_old_style_crs_is_followed(tmp_path):
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4549"}}
    text = {
        "type": "Feature",
        "crs": crs,
        "properties": {},
        "geometry": {"type": "Point", "coordinates": [6e5, 3.4e6]},
    }
    (tmp_path / "a.json").write_text(json.dumps(text))
    assert open_vector(tmp_path / "a.json").frame.crs.to_epsg() == 4549


def test_one_feature_a_line_is_read(tmp_path):
    feature = json.dumps(
        {"type": "Feature", "properties": {"a": 1}, "geometry": {"type": "Point", "coordinates": [1, 2]}}
    )
    (tmp_path / "a.geojsonl").write_text(f"{feature}\n{feature}\n")
    assert len(open_vector(tmp_path / "a.geojsonl").frame) == 2


def _shapefile(towns, folder):
    towns.to_file(folder / "towns.shp", encoding="utf-8")
    return folder / "towns.shp"


def test_missing_parts_of_a_shapefile(towns, tmp_path):
    path = _shapefile(towns, tmp_path)
    path.with_suffix(".prj").unlink()
    opened = open_vector(path)
    assert opened.frame.crs is None
    path.with_suffix(".shx").unlink()
    opened = open_vector(path)
    assert len(opened.frame) == 3
    assert opened.frame["name"].tolist() == ["安亭", "花桥", "白鹤"]
    assert any(".shx is missing: rebuilt" in str(r) for r in opened.repairs)
    assert not path.with_suffix(".shx").exists()
    path.with_suffix(".dbf").unlink()
    opened = open_vector(path)
    assert len(opened.frame) == 3
    assert any("shapes without attributes" in str(r) for r in opened.repairs)


def test_a_shapefile_without_its_shapes_is_refused(towns, tmp_path):
    path = _shapefile(towns, tmp_path)
    path.unlink()
    _refused(path.with_suffix(".shx"), ".shp beside it is missing")
    assert open_vector(path.with_suffix(".dbf")).kind == "dbf"


@pytest.mark.parametrize(
    ("suffix", "cut", "words"), [(".shp", 20, "cut off"), (".dbf", 40, "announced"), (".shx", 4, "cut off")]
)
def test_cut_off_parts_are_refused(suffix, cut, words, towns, tmp_path):
    path = _shapefile(towns, tmp_path)
    part = path.with_suffix(suffix)
    part.write_bytes(part.read_bytes()[:-cut])
    _refused(path, words)


def test_shapes_and_rows_that_differ_in_number_are_refused(towns, tmp_path):
    path = _shapefile(towns, tmp_path)
    shutil.copy(path.with_suffix(".dbf"), tmp_path / "keep.dbf")
    towns.head(2).to_file(path)
    shutil.copy(tmp_path / "keep.dbf", path.with_suffix(".dbf"))
    _refused(path, "can't be matched")


def test_a_cut_off_geopackage_is_refused(towns, tmp_path):
    towns.to_file(tmp_path / "a.gpkg")
    raw = (tmp_path / "a.gpkg").read_bytes()
    (tmp_path / "a.gpkg").write_bytes(raw[: len(raw) // 2])
    _refused(tmp_path / "a.gpkg", "cut off")


def test_nan_points_of_a_geopackage_are_reported(towns, tmp_path):
    towns.geometry = [shapely.Point(float("nan"), 31), *towns.geometry.iloc[1:]]
    towns.to_file(tmp_path / "a.gpkg")
    assert open_vector(tmp_path / "a.gpkg").frame.geometry.isna().tolist() == [True, False, False]


def test_odd_geometry_of_real_geopackages():
    opened = open_vector(real("awkward/line_zm.gpkg"))
    assert opened.frame.geometry.has_z.all()
    assert any("measure" in str(r) for r in opened.repairs)
    opened = open_vector(real("awkward/curvepolygon.gpkg"))
    assert opened.frame.geometry.geom_type.tolist() == ["Polygon"]
    assert any("curve" in str(r) for r in opened.repairs)


def test_a_very_wide_table_is_refused_quickly(tmp_path):
    (tmp_path / "wide.csv").write_text(",".join(f"c{i}" for i in range(50_000)) + "\n")
    _refused(tmp_path / "wide.csv", "50,000 columns")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b\n1,2\n1,2,3\n", "line 3 has 3 values"),
        ('a,b\n"1,2\n3,4\n', "quotation mark"),
        ("a,b\n1,\x002\n", "binary"),
        ("a" * 200_000 + ",b\n1,2\n", "no header"),
    ],
)
def test_broken_tables_are_refused_with_the_place(text, words, tmp_path):
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(InputError, match=words):
        open_vector(tmp_path / "a.csv")


def test_numbers_become_numbers_and_codes_stay_text(tmp_path):
    (tmp_path / "a.csv").write_text("code,lon,lat,x\n010,121.1,31.1,5\n020,,31.2,6\n030,121.3,n/a,7\n")
    opened = open_vector(tmp_path / "a.csv")
    assert opened.frame["code"].tolist() == ["010", "020", "030"]
    assert opened.frame["x"].sum() == 18
    assert opened.frame.geometry.isna().tolist() == [False, True, True]
    assert opened.repairs[0].rows == (2,)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators_are_found(separator, tmp_path):
    (tmp_path / "a.txt").write_text(
        separator.join(["name", "lng", "lat"]) + "\n" + separator.join(["a", "121", "31"]) + "\n"
    )
    assert open_vector(tmp_path / "a.txt").frame.geometry.iloc[0].wkt == "POINT (121 31)"


def test_wkt_columns_are_shapes(tmp_path):
    (tmp_path / "a.csv").write_text('id,wkt\n1,"LINESTRING (0 0, 1 1)"\n2,nonsense\n')
    opened = open_vector(tmp_path / "a.csv")
    assert opened.frame.geometry.length.iloc[0] == pytest.approx(2**0.5)
    assert opened.repairs[0].rows == (1,)


def test_workbooks_and_parquet_are_read(towns, tmp_path):
    pd.DataFrame({"名称": ["安亭"], "经度": [121.16], "纬度": [31.29]}).to_excel(
        tmp_path / "a.xlsx", index=False
    )
    assert open_vector(tmp_path / "a.xlsx").frame.geometry.iloc[0].x == 121.16
    towns.to_parquet(tmp_path / "a.parquet")
    assert open_vector(tmp_path / "a.parquet").frame.crs == towns.crs
    raw = (tmp_path / "a.parquet").read_bytes()
    (tmp_path / "a.parquet").write_bytes(raw[:-30])
    _refused(tmp_path / "a.parquet", "Parquet")


def test_zipped_shapefiles_and_compressed_texts_are_read(towns, tmp_path):
    path = _shapefile(towns, tmp_path)
    with zipfile.ZipFile(tmp_path / "towns.zip", "w") as archive:
        for part in tmp_path.glob("towns.*"):
            if part.suffix != ".zip":
                archive.write(part, f"folder/{part.name}")
    assert open_vector(tmp_path / "towns.zip").frame["name"].tolist() == towns["name"].tolist()
    for opener, suffix in ((gzip.open, ".gz"), (bz2.open, ".bz2")):
        with opener(tmp_path / f"t.csv{suffix}", "wb") as file:
            file.write(b"lon,lat\n1,2\n")
        assert len(open_vector(tmp_path / f"t.csv{suffix}").frame) == 1
    assert path.exists()


def test_an_archive_bomb_is_stopped_early(tmp_path):
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", b"0" * (30 << 20))
    _refused(tmp_path / "bomb.zip", "unpacks to more than", limits=SMALL)
    with gzip.open(tmp_path / "bomb.csv.gz", "wb") as file:
        file.write(b"0" * (30 << 20))
    _refused(tmp_path / "bomb.csv.gz", "unpacks to", limits=SMALL)


def test_a_zip_that_lies_about_its_size_is_stopped(tmp_path):
    path = tmp_path / "lie.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", b"0" * (30 << 20))
    raw = bytearray(path.read_bytes())
    for mark, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = raw.find(mark) + at
        raw[start : start + 4] = struct.pack("<I", 10)
    path.write_bytes(raw)
    with pytest.raises(InputError):
        open_vector(path, limits=SMALL)


@pytest.mark.parametrize(
    "name", ["../evil.csv", "/etc/evil.csv", "a/../../evil.csv", "C:\\evil.csv", "..\\evil.csv"]
)
def test_members_that_climb_out_are_refused(name, tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), "x")
    with pytest.raises(InputError, match=r"absolute path|climbs out"), unpacked(tmp_path / "a.zip"):
        pass
    assert not (tmp_path.parent / "evil.csv").exists()


def test_links_in_archives_and_archives_in_archives_are_refused(tmp_path):
    link = zipfile.ZipInfo("a.csv")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    _refused(tmp_path / "a.zip", "link or a device")
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.write(tmp_path / "a.zip", "a.geojson")
    _refused(tmp_path / "b.zip", "archive inside an archive")
    with zipfile.ZipFile(tmp_path / "c.zip", "w") as archive:
        for i in range(30):
            archive.writestr(f"{i}.csv", "x")
    _refused(tmp_path / "c.zip", "more than the 20 allowed", limits=SMALL)


def test_a_cut_off_archive_is_refused(towns, tmp_path):
    with gzip.open(tmp_path / "a.csv.gz", "wb") as file:
        file.write(b"lon,lat\n" + b"1,2\n" * 100_000)
    raw = (tmp_path / "a.csv.gz").read_bytes()
    (tmp_path / "a.csv.gz").write_bytes(raw[: len(raw) // 2])
    _refused(tmp_path / "a.csv.gz", "cut off or damaged")
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04" + b"junk" * 50)
    _refused(tmp_path / "a.zip", "damaged")


BOMB = '<?xml version="1.0"?><!DOCTYPE gpx [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><gpx>&b;</gpx>'
THEFT = '<?xml version="1.0"?><!DOCTYPE kml SYSTEM "file:///etc/passwd"><kml></kml>'


@pytest.mark.parametrize("text", [BOMB, THEFT])
@pytest.mark.parametrize("name", ["a.gpx", "a.kml", "a.osm"])
def test_document_types_are_refused(text, name, tmp_path):
    (tmp_path / name).write_text(text)
    _refused(tmp_path / name, "document type")
    with pytest.raises(InputError, match="document type"):
        check_xml(tmp_path / name)


def test_deep_and_long_xml_is_refused(tmp_path):
    (tmp_path / "deep.gpx").write_text("<gpx>" + "<a>" * 100 + "</a>" * 100 + "</gpx>")
    _refused(tmp_path / "deep.gpx", "nested deeper")
    (tmp_path / "long.gpx").write_text("<gpx>" + "<wpt lat='1' lon='2'/>" * 60_000 + "</gpx>")
    _refused(tmp_path / "long.gpx", "more than 1 MB of XML", limits=SMALL)
    (tmp_path / "cut.gpx").write_text("<gpx><wpt lat='1' lon='2'/>")
    _refused(tmp_path / "cut.gpx", "cut off or not well formed")


def test_gpx_and_kml_are_read(towns, tmp_path):
    towns.to_file(tmp_path / "a.kml", driver="KML")
    assert len(open_vector(tmp_path / "a.kml").frame) == 3
    (tmp_path / "a.gpx").write_text(
        '<gpx version="1.1" creator="x"><wpt lat="31" lon="121"><name>安亭</name></wpt></gpx>'
    )
    assert open_vector(tmp_path / "a.gpx").frame["name"].tolist() == ["安亭"]


def test_openstreetmap_and_rasters_are_pointed_elsewhere():
    _refused(real("osm/shanghai-huangpu.osm"), "yrdgis network import")
    _refused(real("osm/monaco.osm.gz"), "yrdgis network import")
    _refused(real("raster/world_cover_CHN-Ningbo.tif"), "raster")


def test_old_line_ends_are_read(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"name,lon,lat\ra,121,31\rb,122,32\r")
    assert open_vector(tmp_path / "a.csv").frame["name"].tolist() == ["a", "b"]
