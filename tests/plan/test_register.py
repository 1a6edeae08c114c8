"""The register: a clause is found by its words, and items are listed by what they are about."""

from __future__ import annotations

import pytest

from yrdgis.errors import AmbiguousNameError, UnknownNameError
from yrdgis.plan import clause, clauses, find_items, list_items, section_key

TABLES = ("items", "sections", "item_links", "projects", "project_links")


@pytest.fixture(scope="module")
def tables(layers):
    """The frames that a clause is made from."""
    return {name: layers[name] for name in TABLES}


def test_a_clause_answers_with_quote_ask_status_and_projects(tables):
    found = clause(tables, "沪苏湖")
    assert found.quote == "沪苏湖高铁"
    assert (found.ask_zh, found.ask) == ("规划建设", "plan_and_build")
    assert (found.status, found.status_date) == ("operating", "2024-12-26")
    assert found.projects["project_id"].tolist() == ["project:husuhu-hsr"]
    assert found.projects["links"].tolist() == [7]
    assert found.section_title_zh == "加快建设区域轨道交通网络"


def test_it_is_told_in_both_languages(tables):
    found = clause(tables, "沪苏湖")
    assert "原文：“沪苏湖高铁”" in found.tell("zh")
    assert "Status: operating, 2024-12-26" in found.tell("en")
    assert str(found) == found.tell("zh")


def test_what_is_not_measured_is_said(tables):
    found = clause(tables, "G15嘉浏")
    assert "未计量" in found.tell("zh")
    assert "does not measure" in found.tell("en")


@pytest.mark.parametrize(
    ("words", "item"),
    [
        ("item:husuhu-hsr", "item:husuhu-hsr"),
        ("husuhu-hsr", "item:husuhu-hsr"),
        ("蕰川", "item:s16-yunchuan-expressway"),
        ("蕙川", "item:s16-yunchuan-expressway"),
        ("杭平申线", "item:hangpingshen-waterway"),
        ("杭平申航道", "item:hangpingshen-waterway"),
        ("G15嘉浏", "item:g15-jialiu-widening"),
        ("g 228 公路 出省段", "item:g228-outbound"),
        ("机场联络线", "item:airport-link-line"),
        ("north yangtze high-speed railway", "item:beiyanjiang-hsr"),
    ],
)
def test_names_as_printed_and_as_meant_both_find_it(tables, words, item):
    assert clause(tables, words).item_id == item


def test_several_clauses_are_listed_not_chosen(tables):
    with pytest.raises(AmbiguousNameError, match=r"沪通铁路一期 \(item:hutong-rail-1\); 沪通铁路二期"):
        clause(tables, "沪通铁路")
    assert [c.item_id for c in clauses(tables, "沪通铁路")] == ["item:hutong-rail-1", "item:hutong-rail-2"]


def test_a_project_outside_the_plan_is_said_to_be_one(tables):
    with pytest.raises(UnknownNameError, match="The plan does not name '通苏嘉甬'; it is known as a project"):
        clause(tables, "通苏嘉甬")


@pytest.mark.parametrize("words", ["", "  ", "。", "月球高铁", "<script>alert(1)</script>"])
def test_words_that_are_not_in_the_plan_find_nothing(tables, words):
    assert find_items(tables["items"], words).empty
    with pytest.raises(UnknownNameError, match="yrdgis plan list"):
        clause(tables, words)


def test_a_slip_of_one_character_gets_a_hint(tables):
    with pytest.raises(UnknownNameError, match="Did you mean 沪苏湖高铁"):
        clause(tables, "沪苏胡")


def test_a_notebook_shows_texts_as_text(tables):
    spoilt = {**tables, "items": tables["items"].assign(quote="<script>alert(1)</script>")}
    shown = clause(spoilt, "husuhu-hsr")._repr_html_()
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown


def test_an_exact_name_goes_before_names_that_hold_it(tables):
    items = tables["items"]
    found = find_items(items, "智慧交通")
    assert found.iloc[0]["name_zh"] == "智慧交通"


def test_filters_narrow_and_keep_the_order_of_the_plan(layers):
    items = layers["items"]
    rail = list_items(items, theme="rail")
    assert rail["seq"].is_monotonic_increasing
    assert set(rail["theme"]) == {"rail"}
    both = list_items(items, theme=("rail", "highway"), status="operating")
    assert set(both["actual_status"]) == {"operating"}
    assert len(list_items(items, section="二（三）")) == 70
    assert len(list_items(items, section="二(三) 1")) == 7
    kunshan = list_items(items, place="district:320583")
    assert "item:pair-hongqiao-kunshan-xiangcheng" in set(kunshan["item_id"])


def test_a_paragraph_does_not_hold_the_tenth(layers):
    sections = set(list_items(layers["items"], section="三（二）1")["section"])
    assert sections == {"三（二）1"}


def test_wrong_filters_are_all_named_at_once(layers):
    with pytest.raises(UnknownNameError) as error:
        list_items(layers["items"], theme="rails", status="nearly", section="九")
    for word in ("'rails'", "'nearly'", "'九'"):
        assert word in str(error.value)


def test_the_input_is_left_as_it_was(layers):
    items = layers["items"]
    before = items.copy()
    find_items(items, "铁路")
    list_items(items, theme="rail")
    assert items.equals(before)


@pytest.mark.parametrize(
    ("text", "key"), [("二（三）1", "二（三）1"), (" 二 ( 三 ) 1 ", "二（三）1"), ("四", "四")]
)
def test_section_paths_are_forgiving(text, key):
    assert section_key(text) == key


def test_a_region_without_a_plan_has_no_clauses(toy):
    frames = {name: toy[name] for name in TABLES}
    assert frames["items"].empty
    with pytest.raises(UnknownNameError, match="it is known as a project: 甲乙高铁"):
        clause(frames, "甲乙高铁")
