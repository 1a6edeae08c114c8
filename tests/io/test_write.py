"""Writing: whole or not at all, safe to open, and back again as it was."""

from __future__ import annotations

import os
import stat

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest

from yrdgis.errors import InputError, OutputError
from yrdgis.io import _vector, write
from yrdgis.io.audience import for_audience
from yrdgis.io.schema import Attribute, Schema

HOSTILE = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "plain", "-12.5", "甲州"]


@pytest.fixture
def table():
    return pd.DataFrame(
        {
            "name_zh": HOSTILE,
            "time_min": [1.5, np.nan, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0],
            "opened_on": pd.to_datetime(["2020-07-01", None] * 4),
            "ids": [("a", "b"), ()] * 4,
            "people": pd.array([1, None] * 4, dtype="Int64"),
        }
    )


def test_a_file_appears_whole(tmp_path):
    file = tmp_path / "a.txt"
    file.write_text("old")
    with write.atomic_write(file) as temporary:
        temporary.write_text("new")
        assert file.read_text() == "old"
        assert temporary.suffix == ".txt"
    assert file.read_text() == "new"
    assert [f.name for f in tmp_path.iterdir()] == ["a.txt"]


def test_a_failure_leaves_what_was_there(tmp_path):
    file = tmp_path / "a.txt"
    file.write_text("old")
    with pytest.raises(UnicodeEncodeError), write.atomic_write(file) as temporary:
        temporary.write_text("half \ud800", encoding="utf-8")
    assert file.read_text() == "old"
    assert [f.name for f in tmp_path.iterdir()] == ["a.txt"]


def test_a_folder_is_replaced_only_when_whole(tmp_path):
    folder = tmp_path / "atlas"
    with write.atomic_folder(folder) as temporary:
        (temporary / "index.html").write_text("one")
    with pytest.raises(UnicodeEncodeError), write.atomic_folder(folder) as temporary:
        (temporary / "index.html").write_text("two \ud800", encoding="utf-8")
    assert (folder / "index.html").read_text() == "one"
    with write.atomic_folder(folder) as temporary:
        (temporary / "index.html").write_text("three")
    assert (folder / "index.html").read_text() == "three"
    assert [f.name for f in tmp_path.iterdir()] == ["atlas"]


@pytest.mark.parametrize("path", ["/vsizip/a.zip/b.csv", "https://example.com/a.csv", "a\0.csv"])
def test_only_plain_files_are_written(path):
    with pytest.raises(InputError, match="plain files only"):
        write.output_path(path)


def test_places_that_can_not_be_written(tmp_path, table):
    with pytest.raises(OutputError, match="no such folder"):
        write.write_table(table, tmp_path / "none" / "a.csv")
    with pytest.raises(OutputError, match="is a folder"):
        write.output_path(tmp_path)
    with pytest.raises(InputError, match=r"can't write .txt; use .csv, .parquet, .xlsx"):
        write.write_table(table, tmp_path / "a.txt")


def test_a_refusal_of_the_system_is_one_line_and_leaves_nothing(tmp_path, table, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OutputError, match=r"a\.csv: can't be written \(Permission denied\)"):
        write.write_table(table, tmp_path / "a.csv")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_folder_without_permission(tmp_path, table):
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    with pytest.raises(OutputError, match="can't be written"):
        write.write_table(table, tmp_path / "a.csv")


def test_cells_of_a_csv_are_no_formulas(tmp_path, table):
    file = write.write_table(table, tmp_path / "a.csv")
    back = pd.read_csv(file, dtype=str, keep_default_na=False)
    assert back["name_zh"].tolist() == [
        "'=1+1", "'+cmd|' /C calc'!A0", "'-2+3", "'@SUM(A1)", "'\t=1", "plain", "-12.5", "甲州",
    ]  # fmt: skip
    assert back["time_min"].tolist()[:2] == ["1.5", ""]
    assert back["opened_on"].tolist()[:2] == ["2020-07-01", ""]
    assert back["ids"].tolist()[:2] == ["a;b", ""]
    assert back["people"].tolist()[:2] == ["1", ""]
    assert not file.read_bytes().startswith(b"\xef\xbb\xbf")


def test_a_header_is_no_formula_either(tmp_path):
    file = write.write_table(pd.DataFrame({"=A1": [1]}), tmp_path / "a.csv")
    assert file.read_text(encoding="utf-8").splitlines()[0] == "'=A1"


def test_a_csv_for_excel_has_the_mark_and_chinese_titles(tmp_path, table):
    file = write.write_table(table, tmp_path / "a.csv", headers={"time_min": "时间(分钟)"}, excel_utf8=True)
    text = file.read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    assert "时间(分钟)" in text.decode("utf-8-sig").splitlines()[0]


def test_a_workbook_holds_texts_numbers_and_days(tmp_path, table):
    file = write.write_table(table, tmp_path / "a.xlsx", headers={"name_zh": "名称"})
    sheet = openpyxl.load_workbook(file).active
    rows = list(sheet.iter_rows())
    assert sheet.freeze_panes == "A2"
    assert rows[0][0].value == "名称"
    assert [row[0].value for row in rows[1:]] == HOSTILE
    assert {row[0].data_type for row in rows[1:]} == {"s"}
    assert (rows[1][1].value, rows[2][1].value) == (1.5, None)
    assert rows[1][2].value.date().isoformat() == "2020-07-01"
    assert (rows[1][4].value, rows[2][4].value) == (1, None)


def test_control_characters_do_not_break_a_workbook(tmp_path):
    file = write.write_table(pd.DataFrame({"a": ["x\x00\x0by"]}), tmp_path / "a.xlsx")
    assert openpyxl.load_workbook(file).active["A2"].value == "xy"


def test_parquet_keeps_texts_as_they_are(tmp_path, table):
    back = pd.read_parquet(write.write_table(table, tmp_path / "a.parquet"))
    assert back["name_zh"].tolist() == HOSTILE
    assert back["opened_on"].iloc[0] == pd.Timestamp("2020-07-01")


def test_tables_too_long_for_a_workbook_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"more than 1,048,575 rows; write .csv or .parquet"):
        write.write_table(pd.DataFrame({"a": np.zeros(1_048_576)}), tmp_path / "a.xlsx")


def test_the_table_is_left_as_it_was(tmp_path, table):
    before = table.copy(deep=True)
    write.write_table(table, tmp_path / "a.csv")
    write.write_table(table, tmp_path / "a.xlsx")
    pd.testing.assert_frame_equal(table, before)


@pytest.mark.parametrize("ending", [".gpkg", ".geojson", ".parquet"])
@pytest.mark.parametrize("layer_id", ["rail_links", "districts", "towns"])
def test_layers_come_back_from_gis_formats(toy, tmp_path, layer_id, ending):
    frame = toy.geometry(layer_id)
    file = write.write_layer(frame, tmp_path / f"a{ending}")
    back = gpd.read_parquet(file) if ending == ".parquet" else gpd.read_file(file)
    assert back.crs.to_epsg() == 4326
    assert (
        back["name_zh" if "name_zh" in back else "link_id"].tolist()
        == frame["name_zh" if "name_zh" in frame else "link_id"].tolist()
    )
    assert back.geometry.geom_equals_exact(frame.geometry, 1e-6).all()


def test_geojson_is_in_wgs84(toy, tmp_path):
    file = write.write_layer(toy.polygons("districts").to_crs(4549), tmp_path / "a.geojson")
    assert gpd.read_file(file).total_bounds.round(5).tolist() == [120.0, 30.0, 120.4, 30.1]


def test_a_shapefile_with_chinese_titles_comes_back(toy, tmp_path):
    frame = toy.points("rail_stations")
    headers = {"station_id": "车站编号", "name_zh": "中文名称", "name": "名称", "opened_expected": "中文名字"}
    file = write.write_layer(frame, tmp_path / "车站.shp", headers=headers)
    assert (tmp_path / "车站.cpg").read_text().strip() == "UTF-8"
    shown = gpd.read_file(file)
    assert {"车站编", "名称", "中文名"} <= set(shown.columns)
    assert all(len(column.encode()) <= 10 for column in shown.columns)
    back = _vector.read_shapefile(file)
    assert [c for c in back.columns if c != "geometry"] == [c for c in frame.columns if c != "geometry"]
    assert back["name_zh"].tolist() == frame["name_zh"].tolist()
    assert back["opened_expected"].tolist() == frame["opened_expected"].dt.strftime("%Y-%m-%d").tolist()


def test_long_texts_of_a_shapefile_are_cut_at_a_character(toy, tmp_path):
    frame = toy.points("towns").assign(note="字" * 200)
    back = _vector.read_shapefile(write.write_layer(frame, tmp_path / "a.shp"))
    assert back["note"].tolist() == ["字" * 84] * 3


def test_a_shapefile_without_its_table_is_told(toy, tmp_path):
    file = write.write_layer(toy.points("towns"), tmp_path / "a.shp")
    (tmp_path / "a_fields.csv").unlink()
    with pytest.raises(InputError, match=r"a_fields\.csv is not beside a\.shp"):
        _vector.read_shapefile(file)


def test_titles_are_laundered_to_different_ones():
    titles = ["中文名称一", "中文名称二", "中文名称三", "a_very_long_name", "a_very_long_nose", "LON", "lon"]
    made = _vector.launder(titles)
    assert len({t.casefold() for t in made}) == len(made)
    assert all(0 < len(t.encode()) <= 10 for t in made)


def test_layers_as_tables(toy, tmp_path):
    lines = pd.read_csv(write.write_layer(toy.lines("rail_links"), tmp_path / "a.csv"))
    assert lines["wkt"].iloc[0] == "LINESTRING (120.05 30.05, 120.15 30.05)"
    points = pd.read_csv(write.write_layer(toy.points("towns"), tmp_path / "b.csv"))
    assert points["lon"].tolist() == [120.17, 120.23, 120.33]
    with pytest.raises(InputError, match="has no shapes"):
        write.write_layer(toy["parameters"], tmp_path / "a.geojson")
    with pytest.raises(InputError, match="has no shapes"):
        write.write_layer(toy["parameters"], tmp_path / "a.shp")
    assert len(gpd.read_file(write.write_layer(toy["parameters"], tmp_path / "a.gpkg"))) == 2


def test_the_public_sees_no_internal_attribute(toy):
    schema = Schema(
        "energy",
        (
            Attribute("name", "string"),
            Attribute("lon", "float", audience="internal"),
            Attribute("lat", "float", audience="internal"),
            Attribute("voltage_kv", "float", audience="internal"),
        ),
    )
    frame = gpd.GeoDataFrame(
        {"name": ["x"], "lon": [120.0], "lat": [30.0], "voltage_kv": [500.0]},
        geometry=gpd.points_from_xy([120.0], [30.0]),
        crs=4326,
    )
    public = for_audience(frame, schema, "public")
    assert list(public.columns) == ["name"]
    assert not hasattr(public, "geometry")
    assert list(for_audience(frame, schema, "internal").columns) == list(frame.columns)
    with pytest.raises(InputError, match="No audience 'everyone'"):
        for_audience(frame, schema, "everyone")
