"""Coverage: item to geometry, effect and status, drawn small and counted on the shipped register."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from yrdgis.plan import coverage_table, goal_states, trace
from yrdgis.plan.coverage import STATUSES

TODAY = dt.date(2026, 11, 1)


@pytest.fixture
def drawn():
    """Four items: a railway that opened, a tunnel that is late, a widening, and a wish."""
    items = pd.DataFrame(
        {
            "item_id": ["item:rail", "item:tunnel", "item:wide", "item:wish"],
            "section": ["二（三）1", "二（三）2", "二（三）2", "二（四）1"],
            "theme": ["rail", "highway", "highway", "ecology"],
            "actual_status": ["operating", "under_construction", "operating", "unknown"],
            "geometry_kind": ["line", "line", "line", "none"],
            "due": ["not stated", "not stated", "not stated", "2025"],
            "no_geometry_reason": [""] * 4,
            "lon": [float("nan")] * 4,
        }
    )
    projects = pd.DataFrame(
        {
            "project_id": ["project:rail", "project:tunnel", "project:wide"],
            "effect_kind": ["adds_link", "adds_link", "capacity"],
            "status": ["operating", "under_construction", "operating"],
            "opened_expected": pd.to_datetime(["2024-12-26", "2025-12-31", "2023-07-30"]),
            "not_measured": ["", "", "no volumes"],
        }
    )
    links = pd.DataFrame(
        {
            "project_id": ["project:rail", "project:rail", "project:tunnel", "project:wide"],
            "link_id": ["a", "b", "c", "d"],
            "effect_kind": ["adds_link", "adds_link", "adds_link", "capacity"],
        }
    )
    ties = pd.DataFrame(
        {
            "item_id": ["item:rail", "item:rail", "item:tunnel", "item:wide"],
            "feature_id": ["project:rail", "line:rail", "project:tunnel", "project:wide"],
            "relation": ["realised_by", "is", "realised_by", "realised_by"],
        }
    )
    return items, ties, projects, links


def test_an_item_is_followed_to_its_links(drawn):
    traced = trace(*drawn, valid_on=TODAY).set_index("item_id")
    rail = traced.loc["item:rail"]
    assert (rail["projects"], rail["links"], rail["features"]) == (("project:rail",), 2, 1)
    assert rail["effect_kinds"] == ("adds_link",)
    assert rail["on_network"]
    assert rail["measured"]


def test_capacity_is_on_the_network_and_not_measured(drawn):
    wide = trace(*drawn, valid_on=TODAY).set_index("item_id").loc["item:wide"]
    assert wide["on_network"]
    assert not wide["measured"]
    assert wide["why"] == "no volumes"


def test_a_day_that_passed_without_evidence_is_overdue(drawn):
    traced = trace(*drawn, valid_on=TODAY).set_index("item_id")
    assert traced["overdue"].to_dict() == {
        "item:rail": False,
        "item:tunnel": True,
        "item:wide": False,
        "item:wish": False,  # nothing is known of it, so it is unknown, not late
    }
    assert not trace(*drawn, valid_on=dt.date(2025, 6, 1))["overdue"].any()


def test_sections_count_what_they_hold(drawn):
    titles = pd.DataFrame({"section": ["二（四）", "二（三）"], "title_zh": ["生态", "设施"]})
    table = coverage_table(trace(*drawn, valid_on=TODAY), titles)
    assert table["section"].tolist() == ["二（四）", "二（三）"], "in the order of the plan"
    row = table.set_index("section").loc["二（三）"]
    assert row[["items", "with_geometry", "on_network", "measured", "overdue"]].tolist() == [3, 3, 3, 2, 1]


def test_statuses_of_a_section_add_up_to_its_items(layers):
    traced = trace(
        layers["items"],
        layers["item_links"],
        layers["projects"],
        layers["project_links"],
        valid_on=layers.valid_on,
    )
    table = coverage_table(traced, layers["sections"])
    assert (table[list(STATUSES)].sum(axis=1) == table["items"]).all()
    assert table["items"].sum() == len(layers["items"])
    assert (table["measured"] <= table["on_network"]).all()
    assert (table["with_geometry"] <= table["items"]).all()


def test_every_item_without_geometry_says_why(layers):
    traced = trace(
        layers["items"],
        layers["item_links"],
        layers["projects"],
        layers["project_links"],
        valid_on=layers.valid_on,
    )
    assert (traced.loc[~traced["has_geometry"], "why"] != "").all()


def test_infrastructure_that_the_plan_names_is_on_the_networks(layers):
    traced = trace(
        layers["items"],
        layers["item_links"],
        layers["projects"],
        layers["project_links"],
        valid_on=layers.valid_on,
    ).set_index("item_id")
    for item in (
        "hutong-rail-1",
        "husuhu-hsr",
        "s16-yunchuan-expressway",
        "broken-roads",
        "toll-station-removal",
    ):
        assert traced.loc[f"item:{item}", "measured"], item
    assert not traced.loc["item:g15-jialiu-widening", "measured"]
    assert traced.loc["item:g15-jialiu-widening", "on_network"]


def test_goals_are_listed_with_their_state(layers):
    goals = goal_states(layers["goals"], document="plan")
    assert set(goals["document"]) == {"plan"}
    assert goals.set_index("goal_id").loc["goal:target-pm25", "met"] == "met"


def test_an_empty_region_gives_empty_tables(toy):
    traced = trace(
        toy["items"], toy["item_links"], toy["projects"], toy["project_links"], valid_on=toy.valid_on
    )
    assert traced.empty
    assert coverage_table(traced, toy["sections"]).empty
