"""Pages and tables of the measures: what each shows, and that a small region gets what its layers can fill."""

from __future__ import annotations

import html
import re

import pytest

from yrdgis.maps import save
from yrdgis.reports.context import Context
from yrdgis.reports.measure_tables import measure_tables
from yrdgis.reports.measured import resilience_of
from yrdgis.reports.pages import pages_of
from yrdgis.reports.thumbnails import Canvas

pytestmark = pytest.mark.xdist_group("atlas")

SLUGS = ["accessibility", "isochrones", "borders", "cohesion", "resilience", "goals"]


@pytest.fixture(scope="module")
def context(layers) -> Context:
    return Context(layers, layers.valid_on)


def pages(context: Context) -> dict:
    return {page.slug: page for page in pages_of(context) if page.heading[1] == "Measures"}


def test_each_measure_has_a_page(context):
    assert list(pages(context)) == SLUGS


@pytest.mark.parametrize("slug", SLUGS)
def test_a_page_is_one_small_file_with_figures_and_a_picture(context, slug, tmp_path):
    page = pages(context)[slug]
    made = page.build(context)
    file = tmp_path / "page.html"
    if isinstance(made, str):
        file.write_text(made, encoding="utf-8")
    else:
        save(made, file)
    assert file.stat().st_size < 3_000_000
    assert "default-src 'none'" in file.read_text(encoding="utf-8")
    assert all(zh and en and value for zh, en, value in page.figures(context))
    canvas = Canvas(context.layers)
    page.draw(context, canvas)
    assert canvas.png().startswith(b"\x89PNG")


def test_goals_cite_their_source_and_say_what_is_not_judged(context):
    page = html.unescape(re.sub(r"<[^>]+>", " ", str(pages(context)["goals"].build(context))))
    goals = context.layers["goals"].query("measure == 'travel_time'")
    assert all(source in page for source in goals["source_public"])
    assert "the goal names no pairs of places" in page


def test_below_resolution_is_told_beside_the_figure(context):
    told = [en for _, en, _ in pages(context)["cohesion"].figures(context)]
    assert any("Anting" in en and "below resolution" in en for en in told)
    assert any("below resolution" in en for _, en, _ in pages(context)["borders"].figures(context))


def test_closures_are_told_by_name(context):
    _, sets = resilience_of(context)
    assert not sets["name_zh"].str.startswith("fog:").any()
    assert sets["name"].str.startswith("Fog on").any()


def test_tables_hold_what_the_pages_show(context):
    tables = {table.name: table for table in measure_tables(context)}
    assert set(tables) == {"accessibility", "closures", "crossings", "borders", "cohesion", "goals"}
    assert len(tables["accessibility"].frame) == len(context.layers["districts"])
    assert "geometry" not in tables["closures"].frame


def test_a_small_region_gets_the_pages_that_its_layers_fill(toy, tmp_path):
    small = Context(toy, toy.valid_on)
    found = pages(small)
    assert {"accessibility", "isochrones", "resilience"} <= set(found)
    assert not {"cohesion", "goals"} & set(found)
    for slug, page in found.items():
        save(page.build(small), tmp_path / f"{slug}.html")
        page.figures(small)
        page.draw(small, Canvas(toy))
    assert measure_tables(small)
