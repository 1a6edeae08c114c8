"""Reading a region: types, defaults, geometry and clear words where a file is at fault."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest

from yrdgis.errors import LayerError, UnknownNameError
from yrdgis.io import load_layers
from yrdgis.io.read import line_geometry


def test_types_follow_the_schema(toy):
    links, cities, services = toy["rail_links"], toy["cities"], toy["services"]
    assert links["length_km"].dtype == float
    assert str(links["opened_expected"].dtype).startswith("datetime64")
    assert str(cities["pop_2020"].dtype) == "Int64"
    assert toy["towns"]["pop_2020"].isna().all()
    assert services["assumed"].dtype == bool
    assert services["line_ids"].iloc[1] == ("line:jia", "line:jiayi-hsr")
    assert toy["projects"]["requires"].iloc[0] == ()
    assert links["note"].eq("").all()


def test_a_region_is_a_mapping(toy):
    assert "rail_links" in toy
    assert len(list(toy)) == len(toy) == len(toy.catalog)
    assert toy.valid_on.isoformat() == "2026-11-01"
    assert "layers valid on 2026-11-01" in repr(toy)
    assert toy.get("no_such_layer", "none") == "none"


def test_what_is_handed_out_is_a_copy(toy):
    frame = toy["towns"]
    frame["name_zh"] = "spoiled"
    shapes = toy.points("towns")
    shapes["name_zh"] = "spoiled"
    assert toy["towns"]["name_zh"].tolist() == ["柳镇", "桥镇", "柳镇"]
    assert toy.points("towns")["name_zh"].tolist() == ["柳镇", "桥镇", "柳镇"]


def test_lines_run_through_shape_points_in_order(toy):
    lines = toy.lines("rail_links")
    assert lines.crs.to_epsg() == 4326
    assert lines.geometry.iloc[0].coords[:] == [(120.05, 30.05), (120.15, 30.05)]
    assert lines.geometry.iloc[1].coords[:] == [
        (120.15, 30.05),
        (120.18, 30.055),
        (120.22, 30.055),
        (120.25, 30.05),
    ]


def test_moving_a_node_moves_the_line(toy_copy):
    file = toy_copy / "nodes" / "rail_stations.csv"
    file.write_text(
        file.read_text(encoding="utf-8").replace("甲州站,120.05", "甲州站,120.06"), encoding="utf-8"
    )
    assert load_layers(toy_copy).lines("rail_links").geometry.iloc[0].coords[0] == (120.06, 30.05)


def test_lines_of_unknown_nodes_have_no_geometry():
    nodes = pd.DataFrame({"lon": [120.0, np.nan], "lat": [30.0, 30.0]}, index=["a", "b"])
    links = pd.DataFrame(
        {"link_id": ["1", "2", "3"], "from_node_id": ["a", "a", "x"], "to_node_id": ["a", "b", "a"]}
    )
    made = line_geometry(links, nodes)
    assert [shape is None for shape in made] == [False, True, True]


def test_links_alone_out_of_order_keep_their_rows():
    nodes = pd.DataFrame({"lon": [0.0, 1.0, 2.0], "lat": [0.0, 0.0, 0.0]}, index=list("abc"))
    links = pd.DataFrame(
        {"link_id": ["bc", "ab"], "from_node_id": ["b", "a"], "to_node_id": ["c", "b"]}, index=[7, 3]
    )
    shapes = pd.DataFrame(
        {
            "link_id": ["ab", "bc", "ab", "zz"],
            "seq": [2, 1, 1, 1],
            "lon": [0.6, 1.5, 0.3, 9.0],
            "lat": [1.0, 2.0, 3.0, 9.0],
        }
    )
    made = line_geometry(links, nodes, shapes)
    assert made[0].coords[:] == [(1.0, 0.0), (1.5, 2.0), (2.0, 0.0)]
    assert made[1].coords[:] == [(0.0, 0.0), (0.3, 3.0), (0.6, 1.0), (1.0, 0.0)]


def test_points_and_polygons(toy):
    assert toy.points("cities").geometry.iloc[0].coords[0] == (120.05, 30.05)
    assert toy.polygons("districts").total_bounds.tolist() == [120.0, 30.0, 120.4, 30.1]
    assert toy.geometry("borders").geom_type.tolist() == ["LineString"]
    assert toy.geometry("rail_stations").geom_type.eq("Point").all()
    with pytest.raises(LayerError, match="table without geometry"):
        toy.geometry("parameters")
    with pytest.raises(LayerError, match="no columns 'lon' and 'lat'"):
        toy.points("rail_lines")
    with pytest.raises(LayerError, match="is no GeoJSON"):
        toy.polygons("towns")


def test_a_layer_that_a_region_lacks_is_empty_with_the_same_columns(toy, layers):
    missing = next(layer_id for layer_id in layers if layer_id not in toy)
    frame = toy[missing]
    assert missing not in toy
    assert len(frame) == 0
    assert list(frame.columns) == layers.schema(missing).names


def test_an_unknown_layer_is_told_with_the_nearest(toy):
    with pytest.raises(UnknownNameError, match=r"No layer named 'rail_link'.*rail_links"):
        toy["rail_link"]
    assert toy.catalog.find("Rail Links!").layer_id == "rail_links"
    assert toy.catalog.find("铁路区间").layer_id == "rail_links"


def test_parameters_and_their_ranges(toy):
    assert [toy.parameter("rail.dwell_min", which) for which in ("value", "low", "high")] == [2.0, 1.0, 3.0]
    assert toy.parameter("toy.only", "high") == 7.0
    with pytest.raises(UnknownNameError, match=r"No parameter 'rail.dwel_min'.*rail.dwell_min"):
        toy.parameter("rail.dwel_min")
    with pytest.raises(UnknownNameError, match="value, low and high, not 'middle'"):
        toy.parameter("rail.dwell_min", "middle")


def test_a_parameter_that_a_region_does_not_set_comes_from_the_shipped(toy, layers):
    own = set(toy["parameters"]["parameter_id"])
    other = next(p for p in layers["parameters"]["parameter_id"] if p not in own)
    assert toy.parameter(other) == layers.parameter(other)


def test_columns_that_a_file_lacks_are_filled_and_unknown_ones_kept(toy_copy):
    file = toy_copy / "nodes" / "towns.csv"
    frame = pd.read_csv(file).drop(columns="note").assign(nickname="x")
    frame.to_csv(file, index=False)
    towns = load_layers(toy_copy)["towns"]
    assert towns["note"].tolist() == ["", "", ""]
    assert towns["nickname"].tolist() == ["x", "x", "x"]


def test_defaults_fill_blanks(toy_copy):
    schema = toy_copy / "schema" / "towns.csv"
    text = schema.read_text(encoding="utf-8")
    schema.write_text(
        text.replace("area_km2,float,km2,False,,", "area_km2,float,km2,False,9.5,"), encoding="utf-8"
    )
    assert load_layers(toy_copy)["towns"]["area_km2"].tolist() == [9.5, 9.5, 9.5]


def test_cells_of_the_wrong_type_are_named_at_once(toy_copy):
    file = toy_copy / "links" / "rail_links.csv"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace("jiadong,10,", "jiadong,ten,").replace("2021-07-01", "2021-07-41"), encoding="utf-8"
    )
    with pytest.raises(LayerError) as told:
        load_layers(toy_copy)["rail_links"]
    message = str(told.value)
    assert "'length_km' holds 'ten' (row 2)" in message
    assert "'opened_earliest' holds '2021-07-41' (row 3); expected a date" in message
    assert "yrdgis check" in message


def test_a_missing_required_column_is_named(toy_copy):
    file = toy_copy / "nodes" / "towns.csv"
    pd.read_csv(file).drop(columns="lon").to_csv(file, index=False)
    with pytest.raises(LayerError, match="no column 'lon'"):
        load_layers(toy_copy)["towns"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b"a,a\n1,2\n", "stands twice"),
        (b"town_id,name\nx,\x00\n", "NUL byte on line 2"),
        ("town_id,name\n柳镇,x\n".encode("gb18030"), "line 2 is not UTF-8"),
        (b"town_id,name\na,b,c\n", "not a readable CSV"),
    ],
)
def test_a_broken_table_gets_one_clear_line(toy_copy, content, told):
    (toy_copy / "nodes" / "towns.csv").write_bytes(content)
    with pytest.raises(LayerError, match=told) as error:
        load_layers(toy_copy)["towns"]
    assert len(str(error.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("<html>not found</html>", "not readable as GeoJSON"),
        ('{"type": "FeatureCollection"}', "no GeoJSON FeatureCollection"),
        ('{"features": [{"geometry": {"type": "Point", "coordinates": [NaN, 1]}}]}', "no coordinate"),
        ('{"features": [{"geometry": {"type": "Polygon", "coordinates": [[["x"]]]}}]}', "feature 1"),
        ('{"features": [{"properties": {}, "geometry": {"type": "Ball"}}]}', "feature 1"),
        ("[" * 100_000, "not readable as GeoJSON"),
    ],
)
def test_a_broken_geojson_gets_one_clear_line(toy_copy, content, told):
    (toy_copy / "zones" / "cities.geojson").write_text(content, encoding="utf-8")
    with pytest.raises(LayerError, match=told) as error:
        load_layers(toy_copy)["cities"]
    assert len(str(error.value).splitlines()) == 1


def test_a_byte_order_mark_is_no_fault(toy_copy):
    file = toy_copy / "nodes" / "towns.csv"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert load_layers(toy_copy)["towns"]["town_id"].iloc[0] == "town:jiadong-liuzhen"


def test_no_catalogue_no_layers(tmp_path):
    with pytest.raises(LayerError, match=r"No catalog\.csv"):
        load_layers(tmp_path)


@pytest.mark.parametrize(
    "path", ["../towns.csv", "/etc/hostname", "https://example.com/a.csv", "nodes\\towns.csv", ""]
)
def test_a_catalogue_that_points_outside_is_refused(toy_copy, path):
    file = toy_copy / "catalog.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("nodes/towns.csv", path), encoding="utf-8")
    with pytest.raises(LayerError, match="not a path inside the layers"):
        load_layers(toy_copy)["towns"]


def test_a_link_out_of_the_folder_is_refused(toy_copy, tmp_path):
    outside = tmp_path / "secret.csv"
    outside.write_text("town_id\nx\n", encoding="utf-8")
    (toy_copy / "nodes" / "towns.csv").unlink()
    (toy_copy / "nodes" / "towns.csv").symlink_to(outside)
    with pytest.raises(LayerError, match="leads out of the layers by a link"):
        load_layers(toy_copy)["towns"]


def test_the_whole_set_loads_in_under_a_second(layers):
    def seconds():
        started = time.perf_counter()
        load_layers(layers.root).load_all()
        return time.perf_counter() - started

    assert min(seconds() for _ in range(4)) < 1.0
