"""Maps of the plan's layers: extents, readings, clauses, and what the public may see."""

import json

import pytest

from yrdgis.maps import page_of, save
from yrdgis.maps.clauses import with_clauses
from yrdgis.maps.clusters import cluster_shapes, clusters
from yrdgis.maps.environment import environment
from yrdgis.maps.progress import item_shapes, progress
from yrdgis.maps.waters import water_lines, waterways
from yrdgis.settings import METRIC_CRS

MAPS = (clusters, waterways, environment, progress)


@pytest.mark.parametrize("make", MAPS, ids=lambda f: f.__name__)
def test_every_sheet_has_a_clause_to_cite(layers, make):
    page = page_of(make(layers))
    quoted = [
        table["fields"]["quote"]
        for group in page.groups
        if group.get("popup") and (table := page.tables[group["table"]])["fields"].get("quote")
    ]
    assert quoted
    cited = [
        row for g in page.groups if g.get("popup") for row in g["popup"]["rows"] if row.get("kind") == "quote"
    ]
    assert all(row["cite"] == "section" for row in cited)


def test_solid_extents_are_unions_of_whole_districts(layers):
    districts = layers.polygons("districts").to_crs(METRIC_CRS).set_index("district_id").geometry
    members = layers["cluster_members"]
    members = members[members["reading"] == "plan_words"]
    extents, _ = cluster_shapes(layers, "plan_words")
    solid = extents[~extents["style"].str.endswith("~") & (extents["kind"] != "metro_area")].to_crs(
        METRIC_CRS
    )
    assert len(solid) >= 5
    for row in solid.itertuples():
        own = members.loc[members["cluster_id"] == row.cluster_id, "member_id"]
        expected = districts[districts.index.isin(own)].union_all()
        assert row.geometry.symmetric_difference(expected).area < 1e-3 * expected.area


def test_the_readings_of_a_circle_differ_as_the_register_says(layers):
    wide, _ = cluster_shapes(layers, "official_plan")
    words, _ = cluster_shapes(layers, "plan_words")
    told = [
        f.loc[f["cluster_id"] == "circle:fengjing-xinbang-jiashan-pinghu", "members_zh"].iloc[0]
        for f in (words, wide)
    ]
    assert told[0] != told[1]
    assert "枫泾" in told[1]


def test_towns_are_circles_drawn_dashed(layers):
    page = page_of(clusters(layers))
    group = next(g for g in page.groups if g["id"] == "plan_words")
    dashed = [s for s in group["styles"] if s.get("dash")]
    assert dashed
    assert all("示意" in s["label"]["zh"] for s in dashed)


def test_a_quote_of_the_layer_stays_and_others_come_from_the_register(layers):
    frame = with_clauses(layers["clusters"], layers, "cluster_id", item_column="plan_item_id")
    pair = frame.set_index("cluster_id").loc["circle:anting-baihe-huaqiao"]
    assert pair["quote"] == "嘉定安亭-青浦白鹤-苏州花桥"
    assert pair["section"].startswith("二")


def test_wider_classes_are_drawn_wider(layers):
    lines = water_lines(layers)
    assert set(lines.loc[lines["category"] == "coastal", "style"]) == {"sea"}
    inland = lines[lines["category"] != "coastal"]
    assert (inland["style"] == inland["vessel_class"].astype(str)).all()


def test_the_public_sees_no_depth_no_voltage_and_no_point_of_energy(layers, tmp_path):
    for make in (waterways, environment):
        text = save(make(layers), tmp_path / "public.html").read_text(encoding="utf-8")
        for layer_id in ("waterways", "energy"):
            for column in ("detail", "name_full_zh"):
                if column in layers[layer_id]:
                    hidden = [
                        v
                        for v in layers[layer_id][column]
                        if v and v not in set(layers[layer_id].get("name_zh", ()))
                    ]
                    assert not [v for v in hidden if json.dumps(v, ensure_ascii=False)[1:-1] in text]
        page = page_of(make(layers))
        for table in page.tables.values():
            assert not {"min_depth_m", "site_lon", "site_lat", "points", "detail"} & set(table["fields"])
    energy = [g for g in page_of(environment(layers)).groups if g["id"].startswith("energy")]
    assert energy
    assert {g["kind"] for g in energy} == {"polygon"}


def test_for_internal_use_depths_and_lines_are_shown(layers):
    page = page_of(waterways(layers, audience="internal"))
    assert "min_depth_m" in page.tables["waterways"]["fields"]
    groups = {g["id"]: g["kind"] for g in page_of(environment(layers, audience="internal")).groups}
    assert groups["energy_lines"] == "line"


def test_items_stand_once_as_line_or_as_points(layers):
    lines, points = item_shapes(layers)
    assert not set(lines["item_id"]) & set(points["item_id"])
    assert "item:husuhu-hsr" in set(lines["item_id"])
    none = layers["items"].query("geometry_kind == 'none'")
    tied = set(layers["item_links"]["item_id"])
    assert not (set(none["item_id"]) - tied) & set(points["item_id"])


def test_a_made_up_region_without_these_layers_is_refused_nothing(toy):
    for name in ("clusters", "plan_zones", "ecology", "energy"):
        if name not in toy:
            break
    else:
        pytest.skip("the made-up region has them all")
    assert page_of(clusters(toy)).groups
