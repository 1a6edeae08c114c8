"""The catalogue and the schemas."""

from __future__ import annotations

import pytest

from yrdgis.errors import LayerError, UnknownNameError
from yrdgis.io import Catalog
from yrdgis.io.catalog import find
from yrdgis.io.schema import load_schema

HEADER = "attribute,type,unit,required,default,allowed,references,audience,description,description_zh\n"


def write_schema(folder, *rows):
    (folder / "schema").mkdir(exist_ok=True)
    (folder / "schema" / "things.csv").write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", ["rail_links", "Rail links", "RAIL-LINKS", "铁路区间", " rail links. "])
def test_a_layer_is_found_whatever_the_case_and_punctuation(toy, name):
    assert find(name, toy.root).layer_id == "rail_links"


def test_an_unknown_layer_is_told_with_what_to_do(toy):
    with pytest.raises(UnknownNameError) as told:
        Catalog(toy.root).find("rail link")
    assert (
        str(told.value)
        == "No layer named 'rail link'. Did you mean rail_links? `yrdgis layers` lists them all."
    )


def test_the_catalogue_says_whose_each_layer_is(layers):
    for info in layers.catalog:
        assert info.source, info.layer_id
        assert info.licence, info.layer_id
        assert info.valid_on == "2026-11-01"
        assert layers.catalog.file(info).is_file()


def test_a_catalogue_without_its_columns(tmp_path):
    (tmp_path / "catalog.csv").write_text("layer_id,title\nx,y\n", encoding="utf-8")
    with pytest.raises(LayerError, match="no column 'path', 'schema', 'valid_on'"):
        Catalog(tmp_path)


def test_a_catalogue_without_a_day(tmp_path):
    (tmp_path / "catalog.csv").write_text("layer_id,path,schema,valid_on\nx,x.csv,x,soon\n", encoding="utf-8")
    with pytest.raises(LayerError, match="'valid_on' says soon"):
        _ = Catalog(tmp_path).valid_on


def test_a_schema_tells_types_ranges_vocabularies_and_owners(tmp_path):
    write_schema(
        tmp_path,
        "thing_id,string,,True,,,,public,Id,编号",
        "speed_kph,float,km/h,False,60,5..400,,internal,Speed,速度",
        "kind,string,,True,,a|b,,,Kind,类型",
        "node_id,string,,False,,,rail_stations.station_id|road_nodes.node_id,,Node,节点",
        "depth_m,float,m,False,,..30,,,Depth,水深",
    )
    schema = load_schema("things", tmp_path)
    assert schema.key == "thing_id"
    assert (schema["speed_kph"].low, schema["speed_kph"].high, schema["speed_kph"].default) == (
        5.0,
        400.0,
        "60",
    )
    assert (schema["depth_m"].low, schema["depth_m"].high) == (None, 30.0)
    assert schema["kind"].allowed == ("a", "b")
    assert schema["node_id"].references == (("rail_stations", "station_id"), ("road_nodes", "node_id"))
    assert schema.visible_to("public") == ["thing_id", "kind", "node_id", "depth_m"]
    assert schema.visible_to("internal") == schema.names
    assert "length_km" not in schema
    with pytest.raises(KeyError):
        schema["length_km"]


def test_a_table_without_a_key_says_so(toy):
    assert toy.schema("rail_shapes").key is None
    assert toy.schema("rail_links").key == "link_id"


def test_faults_of_a_schema_are_told_at_once(tmp_path):
    write_schema(
        tmp_path,
        "a,text,,True,,,,,,",
        "a,float,,True,,low..high,,,,",
        "b,string,,True,,,nodes,everyone,,",
    )
    with pytest.raises(LayerError) as told:
        load_schema("things", tmp_path)
    message = str(told.value)
    for word in (
        "type 'text'",
        "range such as 0..400",
        "'nodes'; expected layer.attribute",
        "'everyone'",
        "'a' stands twice",
    ):
        assert word in message


@pytest.mark.parametrize("name", ["../catalog", "a/b", "", "a\0b"])
def test_a_schema_is_named_not_pathed(tmp_path, name):
    with pytest.raises(LayerError, match="no name of a schema"):
        load_schema(name, tmp_path)
