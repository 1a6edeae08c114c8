"""Every planted fault is named; hostile folders get clear lines."""

from __future__ import annotations

import contextlib
import json
import time

import pandas as pd
import pytest

from yrdgis.io.check import Finding, check_layers, has_errors, report


def edit(folder, path, old, new, count=1):
    file = folder / path
    text = file.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {path}"
    file.write_text(text.replace(old, new, count), encoding="utf-8")


def set_cell(folder, path, key, column, value):
    """Change one cell of a table, the row named by its first column."""
    file = folder / path
    frame = pd.read_csv(file, dtype=str, keep_default_na=False)
    assert (frame.iloc[:, 0] == key).any(), key
    frame.loc[frame.iloc[:, 0] == key, column] = value
    frame.to_csv(file, index=False)


def set_property(folder, path, at, change):
    file = folder / path
    data = json.loads(file.read_text(encoding="utf-8"))
    change(data["features"][at])
    file.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")


def move_to(*ring):
    def change(feature):
        feature["geometry"]["coordinates"] = [[*ring, ring[0]]]

    return change


LINK = "raillink:jia/jiazhou--jiadong"
RAIL = "links/rail_links.csv"
ROAD = "links/road_links.csv"
STATIONS = "nodes/rail_stations.csv"
TOWNS = "nodes/towns.csv"
OUTER = "raillink:jiayi-hsr/yizhou--yidong"


def spoil(path, key, column, value):
    return lambda folder: set_cell(folder, path, key, column, value)


def swap(path, old, new):
    return lambda folder: edit(folder, path, old, new)


def put(path, content):
    return lambda folder: (folder / path).write_bytes(content)


def redraw(path, *ring):
    return lambda folder: set_property(folder, path, 0, move_to(*ring))


def leave_unreached(folder):
    set_cell(folder, STATIONS, "station:yidong", "status", "operating")
    set_cell(folder, STATIONS, "station:yidong", "opened_earliest", "2021-07-01")
    set_cell(folder, STATIONS, "station:yidong", "opened_expected", "2021-07-01")
    set_cell(folder, STATIONS, "station:yidong", "opened_latest", "2021-07-01")
    set_cell(folder, RAIL, OUTER, "to_node_id", "station:jiadong")


QIAO = "town:yixi-qiaozhen"
CAT = "catalog.csv"
BIHU = "zones/water_bodies.geojson"
DISTRICTS = "zones/districts.geojson"
EFFECTS = "projects/project_links.csv"
MIDDLE = "raillink:jiayi-hsr/jiadong--yizhou"
BOW_TIE = ([120.1, 30.0], [120.2, 30.1], [120.2, 30.0], [120.1, 30.1])
METRES = ([5e5, 3e6], [6e5, 3e6], [6e5, 4e6], [5e5, 4e6])
NARROW = ([120.0, 30.0], [120.09, 30.0], [120.09, 30.1], [120.0, 30.1])
BROAD = ([120.0, 30.0], [120.11, 30.0], [120.11, 30.1], [120.0, 30.1])

FAULTS = {
    "missing file": (lambda f: (f / TOWNS).unlink(), "towns", "there is no such file"),
    "no licence": (spoil(CAT, "towns", "licence", ""), "catalog", "is empty"),
    "no source": (spoil(CAT, "towns", "source", ""), "catalog", "is empty"),
    "geometry": (spoil(CAT, "towns", "geometry", "blob"), "catalog", "is not in the vocabulary"),
    "layer day": (spoil(CAT, "towns", "valid_on", "now"), "catalog", "is no date"),
    "layer twice": (swap(CAT, "\ntowns,", "\ntowns,,,,,,,,,,\ntowns,"), "catalog", "stands twice"),
    "schema": (spoil(CAT, "towns", "schema", "none"), "catalog", "can't be used"),
    "path outside": (spoil(CAT, "towns", "path", "../x.csv"), "catalog", "can't be used"),
    "stray file": (put("nodes/x.csv", b"a\n"), "catalog", "no row names the file"),
    "stray schema": (put("schema/x.csv", b"a\n"), "catalog", "no layer uses"),
    "unknown column": (swap(TOWNS, "in_plan", "inplan"), "towns", "column 'inplan' is not in the schema"),
    "missing column": (swap(STATIONS, "status", "state"), "rail_stations", "no column 'status'"),
    "required blank": (spoil(TOWNS, QIAO, "name_zh", ""), "towns", "is empty"),
    "number": (spoil(RAIL, LINK, "length_km", "ten"), "rail_links", "is no number"),
    "not finite": (spoil(RAIL, LINK, "length_km", "nan"), "rail_links", "is not finite"),
    "whole number": (swap(ROAD, ",10,4,120", ",10,4.5,120"), "road_links", "is no whole number"),
    "date": (spoil(RAIL, LINK, "opened_expected", "1990"), "rail_links", "is no date"),
    "truth": (spoil(TOWNS, QIAO, "in_plan", "maybe"), "towns", "neither True nor False"),
    "vocabulary": (spoil(RAIL, LINK, "status", "open"), "rail_links", "is not in the vocabulary"),
    "range": (swap(ROAD, ",10,4,120", ",10,4,1200"), "road_links", "is out of range"),
    "key twice": (swap(TOWNS, "town:yidong-liuzhen", "town:jiadong-liuzhen"), "towns", "more than once"),
    "id": (swap(TOWNS, "town:yidong-liuzhen", "town:柳 镇"), "towns", "is no id"),
    "reference": (
        spoil(RAIL, LINK, "to_node_id", "station:x"),
        "rail_links",
        "names no row of rail_stations",
    ),
    "reference in a list": (
        spoil("services/services.csv", "service:jiayi-g", "line_ids", "line:jia;line:none"),
        "services",
        "names no row of rail_lines",
    ),
    "idle project": (swap(EFFECTS, "project:lake-road", "project:jiayi-canal"), "projects", "has no effect"),
    "outside its district": (spoil(TOWNS, QIAO, "lon", "120.35"), "towns", "does not hold the point"),
    "wrong city": (spoil(TOWNS, QIAO, "city_id", "city:jiazhou"), "towns", "not the city of its district"),
    "shorter": (spoil(RAIL, LINK, "length_km", "9"), "rail_links", "is shorter than the straight line"),
    "far longer": (spoil(RAIL, LINK, "length_km", "90"), "rail_links", "is far longer than what is drawn"),
    "self loop": (spoil(RAIL, LINK, "to_node_id", "station:jiazhou"), "rail_links", "at the same node"),
    "parts": (spoil(RAIL, MIDDLE, "from_node_id", "station:yidong"), "rail_links", "but not with the rest"),
    "unreached": (leave_unreached, "rail_stations", "is reached by no link"),
    "dates out of order": (spoil(RAIL, OUTER, "opened_latest", "2027-01-01"), "rail_links", "out of order"),
    "operating later": (spoil(RAIL, OUTER, "status", "operating"), "rail_links", "yet it opens later"),
    "closed before": (spoil(RAIL, LINK, "closed_on", "1980-01-01"), "rail_links", "is before the opening"),
    "closed yet operating": (spoil(RAIL, LINK, "closed_on", "2020-01-01"), "rail_links", "yet it has closed"),
    "no closing day": (spoil(RAIL, LINK, "status", "closed"), "rail_links", "is empty, though it is closed"),
    "closes unbuilt": (spoil(RAIL, OUTER, "closed_on", "2030-01-01"), "rail_links", "neither operates nor"),
    "date missing": (spoil(RAIL, LINK, "opened_latest", ""), "rail_links", "is blank in part"),
    "bow tie": (redraw(BIHU, *BOW_TIE), "water_bodies", "is not a valid shape"),
    "not in degrees": (redraw(BIHU, *METRES), "water_bodies", "is not in WGS84 degrees"),
    "kind of shape": (spoil(CAT, "water_bodies", "geometry", "line"), "water_bodies", "is no line"),
    "no shape": (
        lambda f: set_property(f, BIHU, 0, lambda feature: feature.update(geometry=None)),
        "water_bodies",
        "has no geometry",
    ),
    "hole": (redraw(DISTRICTS, *NARROW), "cities", "is not what its districts cover"),
    "overlap": (redraw(DISTRICTS, *BROAD), "cities", "has districts that overlap"),
    "area": (
        lambda f: set_property(
            f, "zones/cities.geojson", 0, lambda x: x["properties"].update(area_km2=999.0)
        ),
        "cities",
        "is not what is drawn",
    ),
    "no public source": (spoil(TOWNS, QIAO, "source_public", ""), "towns", "is empty"),
    "words": (spoil(TOWNS, QIAO, "note", "row of the seed table"), "towns", "how the data was gathered"),
    "formula": (spoil(TOWNS, QIAO, "name", "=HYPERLINK(0)"), "towns", "begins as a formula"),
    "control character": (spoil(TOWNS, QIAO, "name", "Qiao\x1b[31mzhen"), "towns", "control character"),
    "ragged row": (swap(TOWNS, "桥镇,town", "桥镇,,town"), "towns", "cells; the header has"),
    "encoding": (
        lambda f: (f / TOWNS).write_bytes((f / TOWNS).read_text("utf-8").encode("gb18030")),
        "towns",
        "is not UTF-8 (GBK perhaps)",
    ),
    "NUL byte": (put(TOWNS, b"town_id\nx\x00\n"), "towns", "NUL byte on line 2"),
    "open quote": (put(TOWNS, b'town_id\n"x\n'), "towns", "no readable CSV"),
    "empty file": (put(TOWNS, b""), "towns", "the file is empty"),
    "column twice": (swap(TOWNS, "name_zh", "name"), "towns", "stands twice in the header"),
    "huge cell": (swap(TOWNS, "桥镇", "桥" * 1_100_000), "towns", "field larger than field limit"),
    "very wide": (put(TOWNS, b",".join([b"a"] * 5000)), "towns", "has 5,000 columns"),
    "error page": (put("zones/cities.geojson", b"<html>404</html>"), "cities", "not readable as GeoJSON"),
}


def test_the_made_up_region_is_clean(toy):
    assert check_layers(toy.root) == []


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_named(toy_copy, name):
    plant, layer, told = FAULTS[name]
    plant(toy_copy)
    findings = check_layers(toy_copy)
    text = report(findings)
    assert any(f.layer == layer and told in f.message + f.value for f in findings), text
    assert all(line.isprintable() for line in text.splitlines())


def test_all_faults_come_at_once_and_name_their_rows(toy_copy):
    set_cell(toy_copy, RAIL, LINK, "length_km", "")
    set_cell(toy_copy, RAIL, OUTER, "length_km", "")
    set_cell(toy_copy, TOWNS, "town:yixi-qiaozhen", "confidence", "sure")
    edit(toy_copy, "schema/rail_links.csv", "length_km,float,km,False", "length_km,float,km,True")
    text = report(check_layers(toy_copy))
    assert f"'length_km' is empty for {LINK}, {OUTER} (2 in all)" in text
    assert (
        "'confidence' is not in the vocabulary for town:yixi-qiaozhen: 'sure'; expected high, medium, low"
        in text
    )


def test_a_point_may_say_how_far_it_lies_outside(toy_copy):
    set_cell(toy_copy, TOWNS, "town:yixi-qiaozhen", "lon", "120.31")
    assert has_errors(check_layers(toy_copy))
    set_cell(toy_copy, TOWNS, "town:yixi-qiaozhen", "note", "1.0 km outside the district polygon (bridge)")
    assert check_layers(toy_copy) == []


def test_a_coarse_point_outside_is_a_warning(toy_copy):
    set_cell(toy_copy, TOWNS, "town:yixi-qiaozhen", "lon", "120.31")
    set_cell(toy_copy, TOWNS, "town:yixi-qiaozhen", "confidence", "low")
    findings = check_layers(toy_copy)
    assert [f.severity for f in findings] == ["warning"]
    assert not has_errors(findings)
    assert has_errors(findings, strict=True)


def test_lists_that_name_each_other_must_agree(toy_copy):
    schema = toy_copy / "schema" / "services.csv"
    schema.write_text(
        schema.read_text("utf-8") + "project_ids,list,,False,,,projects.project_id,public,Projects,\n",
        "utf-8",
    )
    edit(
        toy_copy,
        "schema/projects.csv",
        "plan_item_ids,list,,False,,,,",
        "plan_item_ids,list,,False,,,services.service_id,",
    )
    file = toy_copy / "services" / "services.csv"
    pd.read_csv(file).assign(project_ids=["", "project:jiayi-hsr", ""]).to_csv(file, index=False)
    findings = check_layers(toy_copy)
    assert [(f.layer, f.row, f.column, f.value) for f in findings if "does not name it" in f.message] == [
        ("services", "service:jiayi-g", "project_ids", "project:jiayi-hsr")
    ]
    set_cell(toy_copy, "projects/projects.csv", "project:jiayi-hsr", "plan_item_ids", "service:jiayi-g")
    assert check_layers(toy_copy) == []


def test_a_symlink_out_of_the_folder_is_told(toy_copy, tmp_path):
    (tmp_path / "secret.csv").write_text("town_id\nx\n")
    (toy_copy / TOWNS).unlink()
    (toy_copy / TOWNS).symlink_to(tmp_path / "secret.csv")
    assert any("leads out of the layers by a link" in f.value for f in check_layers(toy_copy))


def test_a_circle_of_links_and_an_endless_name_are_told(toy_copy):
    (toy_copy / TOWNS).unlink()
    (toy_copy / TOWNS).symlink_to(toy_copy / "nodes" / "b.csv")
    (toy_copy / "nodes" / "b.csv").symlink_to(toy_copy / TOWNS)
    set_cell(toy_copy, CAT, "airports", "path", "a" * 5000 + ".csv")
    set_cell(toy_copy, CAT, "destinations", "schema", "a" * 5000)
    errors = [f for f in check_layers(toy_copy) if f.severity == "error"]
    assert {f.row for f in errors if f.layer == "catalog"} == {"towns", "destinations"}
    assert any("File name too long" in f.message for f in errors if f.layer == "airports")


def test_endless_faults_are_cut_off(toy_copy):
    rows = "".join(f"town:{i},,\n" for i in range(20_000))
    (toy_copy / TOWNS).write_text("town_id,name,name_zh\n" + rows, encoding="utf-8")
    findings = [f for f in check_layers(toy_copy) if f.layer == "towns"]
    assert len(findings) == 10_001
    assert "the rest is not listed" in findings[-1].message


def test_a_folder_without_a_catalogue_is_one_finding(tmp_path):
    (finding,) = check_layers(tmp_path)
    assert finding.severity == "error"
    assert "No catalog.csv" in finding.message
    (finding,) = check_layers(tmp_path / "none")
    assert "No catalog.csv" in finding.message


@pytest.mark.parametrize(
    "content", [b"", b"\x00\x01", b"\xff\xfe", b"a,b\n1\n", b'layer_id,path,schema,valid_on\n"x']
)
def test_a_broken_catalogue_is_told(tmp_path, content):
    (tmp_path / "catalog.csv").write_bytes(content)
    findings = check_layers(tmp_path)
    assert has_errors(findings)
    assert all("\n" not in f.message for f in findings)


def test_a_region_without_any_table_but_the_catalogue(tmp_path):
    (tmp_path / "catalog.csv").write_text("layer_id,path,schema,valid_on\n", encoding="utf-8")
    (finding,) = check_layers(tmp_path)
    assert "a region has one layer at least" in finding.message


def test_the_report_shows_few_rows_and_counts_all():
    many = [Finding("warning", "links", "is empty", f"link:{i}", "length_km") for i in range(9)]
    told = report(many)
    assert told.startswith("links: 9 problems\n  warning: 'length_km' is empty for link:0")
    assert told.endswith("link:4 (9 in all)")
    assert report([]) == ""


def test_shipped_layers_are_clean_and_checked_quickly(layers):
    started = time.perf_counter()
    findings = check_layers(layers.root)
    assert time.perf_counter() - started < 15
    assert [f for f in findings if f.severity == "error"] == []


TOKENS = (
    b"",
    b"\x00",
    b"\xff",
    b"nan",
    b"-1e999",
    b"9" * 400,
    b"=cmd()",
    b'"',
    b",",
    b"\n",
    b"[]",
    b"..",
    b"\r",
)


@pytest.mark.parametrize("number", range(12))
def test_no_damage_brings_the_check_down(toy_copy, number):
    """Bytes cut, swapped and planted anywhere: findings at most, never an exception other than ours on reading."""
    import random

    from yrdgis.errors import YrdgisError
    from yrdgis.io import load_layers

    chance = random.Random(number)
    files = sorted(file for file in toy_copy.rglob("*") if file.is_file())
    for file in chance.sample(files, 4):
        data = bytearray(file.read_bytes())
        at = chance.randrange(len(data))
        data[at : at + chance.choice((0, 1, 20))] = chance.choice(TOKENS)
        file.write_bytes(data if chance.random() < 0.8 else data[:at])
    text = report(check_layers(toy_copy))
    assert all(line.isprintable() for line in text.splitlines())
    with contextlib.suppress(YrdgisError):
        region = load_layers(toy_copy)
        for layer_id in region:
            with contextlib.suppress(YrdgisError):
                assert len(region.geometry(layer_id)) == len(region[layer_id])
