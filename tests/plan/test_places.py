"""Corridors, clusters and places of the plan."""

from __future__ import annotations

import pytest

from yrdgis.errors import SettingError, UnknownNameError
from yrdgis.plan import cluster_members, clusters_of, corridor_tree, energy_lines, item_places


def test_no_trunk_line_drops_out_of_the_tree(layers):
    tree = corridor_tree(layers["corridors"], layers["rail_lines"])
    assert tree["trunk_id"].nunique() == 12
    assert tree["direction_id"].nunique() == 5
    blank = tree[tree["line_id"] == ""]
    assert blank["trunk_zh"].tolist() == ["沪杭城际铁路"]
    assert (blank["doubt"] != "").all()


def test_members_come_by_reading(layers):
    members = layers["cluster_members"]
    words = cluster_members(members, "circle:fengjing-xinbang-jiashan-pinghu")
    official = cluster_members(members, "circle:fengjing-xinbang-jiashan-pinghu", reading="official_plan")
    assert set(words["reading"]) == {"plan_words"}
    assert len(official) == 8
    with pytest.raises(UnknownNameError, match="it has plan_words"):
        cluster_members(members, "pair:jiading-kunshan-taicang", reading="official_plan")
    with pytest.raises(UnknownNameError, match="Did you mean pair:jinshan-pinghu"):
        cluster_members(members, "pair:jinshan-pingh")


def test_a_place_knows_its_clusters(layers):
    mine = clusters_of(layers["cluster_members"], "town:jinshan-fengjing")
    assert {"pair:fengjing-jiashan", "circle:fengjing-xinbang-jiashan-pinghu"} <= set(mine["cluster_id"])
    assert clusters_of(layers["cluster_members"], "town:nowhere").empty


def test_items_are_shown_where_they_are(layers):
    places = item_places(layers["items"])
    assert places.crs.to_epsg() == 4326
    assert len(places) > 90
    assert not (places["theme"] == "energy").any()


def test_energy_lines_are_for_internal_use_only(layers):
    lines = energy_lines(layers["energy"], audience="internal")
    assert len(lines) == 8
    assert set(lines.geom_type) == {"LineString"}
    with pytest.raises(SettingError, match="internal audience only"):
        energy_lines(layers["energy"], audience="public")
