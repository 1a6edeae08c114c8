"""``yrdgis layers`` and ``yrdgis check`` as a planner runs them."""

from __future__ import annotations

import json

import geopandas as gpd
import pandas as pd
import pytest

from yrdgis.io._vector import read_shapefile


def test_layers_are_listed(run, toy):
    code, out, err = run("--layers", toy.root, "layers")
    assert (code, err) == (0, "")
    assert len(out.splitlines()) == len(toy) + 1
    assert "rail_links" in out
    code, out, _ = run("--layers", toy.root, "layers", "list", "--json")
    document = json.loads(out)
    assert document["meta"] == {"valid_on": "2026-11-01", "layers": len(toy)}
    assert document["rows"][0]["layer_id"] == "cities"


def test_a_layer_is_shown_with_source_attributes_and_rows(run, layers):
    code, out, err = run("layers", "show", "Rail Stations", "--rows", 1)
    assert (code, err) == (0, "")
    assert layers.info("rail_stations").licence in out
    assert "车站编号" in out
    assert layers["rail_stations"]["station_id"].iloc[0] in out


def test_a_layer_as_json_holds_all_rows(run, toy):
    _, out, _ = run("--layers", toy.root, "layers", "show", "towns", "--json")
    document = json.loads(out)
    assert document["meta"]["count"] == len(document["rows"]) == 3
    assert document["rows"][0]["name_zh"] == "柳镇"


@pytest.mark.parametrize("ending", ["gpkg", "geojson", "parquet", "csv", "xlsx", "shp"])
def test_a_shipped_layer_is_exported(run, layers, tmp_path, ending):
    file = tmp_path / f"stations.{ending}"
    code, out, err = run("layers", "export", "rail_stations", "--to", file)
    assert (code, out) == (0, "")
    assert f"{len(layers['rail_stations'])} rows" in err
    read = {"csv": pd.read_csv, "xlsx": pd.read_excel, "parquet": gpd.read_parquet, "shp": read_shapefile}
    back = read.get(ending, gpd.read_file)(file)
    assert back["station_id"].tolist() == layers["rail_stations"]["station_id"].tolist()
    assert back["name_zh"].tolist() == layers["rail_stations"]["name_zh"].tolist()


def test_titles_in_chinese(run, toy, tmp_path, layers):
    file = tmp_path / "a.csv"
    run("layers", "export", "cities", "--to", file, "--lang", "zh")
    assert "中文名称" in file.read_text(encoding="utf-8").splitlines()[0]


def test_the_public_gets_no_internal_attribute(run, layers, tmp_path):
    hidden = {
        layer_id: [
            a.name for a in layers.schema(layer_id) if a.audience == "internal" and a.name in layers[layer_id]
        ]
        for layer_id in layers
    }
    layer_id = next(layer_id for layer_id, names in hidden.items() if names)
    public, internal = tmp_path / "public.csv", tmp_path / "internal.csv"
    assert run("layers", "export", layer_id, "--to", public)[0] == 0
    assert run("layers", "export", layer_id, "--to", internal, "--audience", "internal")[0] == 0
    assert not set(hidden[layer_id]) & set(pd.read_csv(public).columns)
    assert set(hidden[layer_id]) <= set(pd.read_csv(internal).columns)
    _, out, _ = run("layers", "show", layer_id, "--json")
    assert not set(hidden[layer_id]) & set(json.loads(out)["rows"][0])


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("layers", "show", "rail link"), "No layer named 'rail link'. Did you mean rail_links?"),
        (("layers", "export", "towns", "--to", "a.doc"), "can't write .doc; use .gpkg"),
        (("layers", "export", "towns", "--to", "none/a.csv"), "no such folder"),
        (("layers", "export", "parameters", "--to", "a.shp"), "has no shapes"),
        (("layers", "export", "towns", "--to", "https://x/a.csv"), "plain files only"),
    ],
)
def test_faults_are_one_line(run, args, told, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, err = run(*args)
    assert (code, out) == (1, "")
    assert told in err
    assert len(err.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_check_of_a_clean_region(run, toy):
    assert run("check", toy.root) == (0, "0 errors, 0 warnings\n", "")
    assert run("--layers", toy.root, "check", "--strict")[0] == 0


def test_check_of_a_spoiled_region(run, toy_copy):
    file = toy_copy / "nodes" / "towns.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("120.23,", "120.33,"), encoding="utf-8")
    code, out, err = run("check", toy_copy)
    assert code == 1
    assert "towns: 1 problem\n  'district_id' does not hold the point for town:yixi-qiaozhen" in out
    assert err == "1 errors, 0 warnings\n"
    code, out, _ = run("check", toy_copy, "--json")
    document = json.loads(out)
    assert code == 1
    assert document["meta"]["errors"] == 1
    assert document["rows"][0]["layer"] == "towns"


def test_warnings_count_when_strict(run, toy_copy):
    (toy_copy / "nodes" / "stray.csv").write_text("a\n1\n")
    assert run("check", toy_copy)[0] == 0
    assert run("check", toy_copy, "--strict")[0] == 1


def test_check_of_no_folder(run, tmp_path):
    code, out, _ = run("check", tmp_path / "none")
    assert code == 1
    assert "No catalog.csv" in out
