"""Pages on what projects are worth."""

from __future__ import annotations

import re

import pytest

from yrdgis.reports.context import Context
from yrdgis.reports.value_pages import gains_page, has_worth, worth_figures, worth_page


@pytest.fixture(scope="module")
def context(layers):
    return Context(layers, layers.valid_on)


def test_every_project_of_the_plan_is_on_the_page_with_a_figure_or_a_reason(context):
    page = worth_page(context)
    projects = context.layers["projects"]
    for name in projects.loc[projects["in_plan"], "name_zh"]:
        assert name in page
    assert "所列地点之间没有更快的走法" in page
    assert "仅增加能力" in page
    assert "苏申内港线" in page
    assert "元/标箱" in page
    assert not re.search(r"(?:src|href)=\"https?:", page)


def test_who_gains_has_all_cities_and_districts(context):
    page = gains_page(context)
    for layer in ("cities", "districts"):
        for name in context.layers[layer]["name_zh"]:
            assert name in page
    assert "沪苏湖" in page


def test_figures_name_the_project_worth_most(context):
    assert has_worth(context)
    told = worth_figures(context)
    assert told[0][0].startswith("合计")
    assert float(told[0][2]) > 0


def test_a_region_without_a_plan_has_no_such_page(toy):
    layers = toy
    context = Context(layers, layers.valid_on)
    assert has_worth(context) == bool(
        set(context.candidates) & set(layers["projects"].loc[layers["projects"]["in_plan"], "project_id"])
    )


def test_the_made_up_region_has_its_page_too(toy):
    page = worth_page(Context(toy, toy.valid_on))
    assert "甲乙高铁" in page
    assert "没有可计量作用的项目" in page
