"""Whatever a layer says shows as text: on every page of an atlas, in its tables, its package and its addresses."""

import csv
import json
import sqlite3
from contextlib import closing
from xml.etree import ElementTree

import geopandas as gpd
import openpyxl
import pytest
from browser.spoilt import EVIL, FORMULA, free_texts, spoilt_region
from shapely.geometry import LineString, Point, box

from yrdgis import maps
from yrdgis.io import load_layers
from yrdgis.reports import make_atlas

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("hostile")]


DRIVE = """() => { const p = YRD.pages[0], out = [];
  const told = p.groups.filter((g) => g.popup && g.table.n && (g.table.kind === 'point' || g.table.parts[0].length));
  for (const g of told) p.setOn(g.id, true);
  for (const lang of p.spec.langs) { p.setLang(lang);
    for (const g of told) {
      out.push(YRD.tipText(p, g, 0));
      p.select(g.id, 0);
      out.push(document.querySelector('.yrd-pop').textContent);
    } }
  if (p.spec.multiples) { p.setTiled(true); p.setTiled(false); }
  if (p.spec.slider) { p.setStep(0); p.setStep(p.spec.slider.steps.length - 1); }
  if (p.ask) { p.ask.on.fill(1); YRD.fillAsk(p); out.push(p.askPanel.textContent); }
  document.querySelector('.yrd-info').click();
  out.push(p.about.textContent, p.foot.textContent, p.panel.textContent);
  return out; }"""
"""Opens all that a map has to tell, in both languages."""

MADE = """() => [...document.querySelectorAll('*')].filter((e) => [...e.attributes].some((a) => a.name.startsWith('on'))
  || (e.tagName === 'IMG' && !e.src.startsWith('data:'))
  || (e.tagName === 'SCRIPT' && !e.textContent && e.src)).map((e) => e.outerHTML)"""
"""Elements that only a text could have made: with handlers, or with something to fetch."""


@pytest.fixture(scope="module")
def hostile(toy, layers, tmp_path_factory):
    """An atlas of a region in which every free text is hostile, in a folder with a hostile name."""
    folder = tmp_path_factory.mktemp("hostile")
    region = load_layers(spoilt_region(toy.root, layers.root, folder / "region"))
    return make_atlas(region, folder / "${alert(5)}<img src=x onerror=alert(6)>'")


def test_every_schema_is_covered(toy, layers, tmp_path):
    """Every layer with free texts that the pages show is in the spoilt region, or is one of these."""
    root = spoilt_region(toy.root, layers.root, tmp_path / "region")
    with (root / "catalog.csv").open(encoding="utf-8") as stream:
        there = {row["layer_id"] for row in csv.DictReader(stream)}
    not_shown = {
        "metro_lines", "metro_links", "metro_stations", "station_transfers", "freight_lines", "toll_barriers", "short_names",
        "road_shapes", "water_shapes", "station_classes", "direct_services", "smart_sections", "calibration_folds",
        "commuting_flows", "water_distances",
    }  # fmt: skip
    assert set(layers) - there <= not_shown
    with (root / "schema" / "items.csv").open(encoding="utf-8") as stream:
        free = free_texts(list(csv.DictReader(stream)))
    assert {
        "name",
        "name_zh",
        "quote",
        "ask_zh",
        "responsible",
        "actual_evidence",
        "note",
        "source_public",
    } <= free


def test_every_page_shows_hostile_text_as_text(hostile, open_page):
    pages = sorted(hostile.glob("*.html"))
    assert len(pages) >= 27
    silent, opened = [], open_page(pages[0], wait=False)
    for file in pages:
        is_map = '"groups":' in file.read_text(encoding="utf-8")
        opened.turn_to(file, wait=is_map)
        if is_map:
            shown = opened.js(DRIVE)
            opened.js("YRD.pages[0].map.setZoom(11, {animate: false})")
            opened.settle()
            shown += opened.js("YRD.pages[0].labelled")
            opened.page.mouse.move(760, 420)
            opened.page.mouse.click(760, 420)
            opened.page.locator(".yrd-search input").fill("alert")
        else:
            for box_ in opened.page.locator(".tools input").all():
                box_.fill("alert")
            for language in ("en", "zh"):
                opened.page.locator(f".switch [value={language}]").click()
            opened.js("for (const s of document.querySelectorAll('summary')) s.click()")
            shown = [opened.page.locator("body").text_content()]
        opened.settle()
        assert opened.js(MADE) == [], file.name
        if not any(EVIL in text for text in shown):
            silent.append(file.name)
        opened.check()
    assert silent == []


def test_tables_hold_hostile_text_as_text(hostile):
    book = openpyxl.load_workbook(hostile / "tables" / "atlas.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell for cell in cells if cell.data_type == "f"]
    texts = {cell.value for cell in cells if isinstance(cell.value, str)}
    assert any(EVIL in text for text in texts)
    assert any(text.startswith("=HYPERLINK") for text in texts)
    for file in (hostile / "tables").glob("*.csv"):
        with file.open(encoding="utf-8-sig", newline="") as stream:
            for row in csv.reader(stream):
                assert not [cell for cell in row if cell[:1] in "=+@\t" and cell], file.name


def test_the_package_holds_hostile_text_as_text(hostile):
    package = hostile / "data" / "atlas.gpkg"
    assert (gpd.read_file(package, layer="cities")["name_zh"] == EVIL).all()
    with closing(sqlite3.connect(package)) as base:
        styles = [qml for (qml,) in base.execute("SELECT styleQML FROM layer_styles")]
        titles = [title for (title,) in base.execute("SELECT identifier FROM gpkg_contents")]
    assert len(styles) > 8
    for qml in styles:
        ElementTree.fromstring(qml.split("?>")[-1].split("'>", 1)[-1] if qml.startswith("<!DOCTYPE") else qml)
    assert len(set(titles)) == len(titles)
    assert sum(EVIL in title for title in titles) > 5


def test_the_manifest_is_plain_data(hostile):
    told = json.loads((hostile / "manifest.json").read_text(encoding="utf-8"))
    assert {row["source"] for row in told["layers"]} == {EVIL}
    assert FORMULA not in json.dumps(told["files"])


def test_every_text_that_a_user_gives_shows_as_text(open_page, tmp_path):
    table = {
        "name": [EVIL],
        "name_zh": [EVIL],
        "kind_zh": [EVIL],
        "kind_en": [EVIL],
        EVIL: [EVIL],
        "v": [1.0],
    }
    zone = gpd.GeoDataFrame(table, geometry=[box(121, 31, 121.2, 31.2)], crs=4326)
    line = zone.set_geometry([LineString([(121, 31), (121.2, 31.2)])], crs=4326)
    point = zone.set_geometry([Point(121.1, 31.1)], crs=4326)
    texts = {"name": EVIL, "name_zh": EVIL, "section": EVIL}
    m = maps.new_map(
        EVIL, EVIL, as_of="2026-11-01", source=EVIL, unit=EVIL, subtitle=EVIL, review_number=EVIL, banner=EVIL
    )  # fmt: skip
    maps.add_choropleth(zone, m, column="v", breaks=[2], unit=EVIL, note=EVIL, key=EVIL, **texts)
    maps.add_categories(zone, m, columns=("kind_zh", "kind_en"), **texts)
    maps.add_lines(line, m, style="metro", popup_columns=[EVIL], **texts)
    maps.add_points(point, m, style="town", popup_columns=[EVIL], **texts)
    maps.add_value(m, EVIL, EVIL, 1.0, unit=EVIL)
    maps.page_of(m).add_note(EVIL, EVIL)
    opened = open_page(maps.save(m, tmp_path / "${alert(3)}.html"))
    assert opened.page.title() == EVIL
    assert opened.page.locator("h1").text_content() == EVIL
    assert opened.page.locator(".yrd-banner").text_content() == EVIL
    assert EVIL in opened.page.locator(".yrd-foot").text_content()
    assert opened.page.locator(".yrd-panel").text_content().count(EVIL) >= 8
    assert opened.js("document.images.length") == 0
    opened.page.locator(".yrd-panel input").first.uncheck()
    opened.check()


def test_folium_layers_of_a_user_are_listed_by_name_as_text(open_page, tmp_path):
    import folium

    m = maps.new_map("Mine")
    group = folium.FeatureGroup(name=EVIL).add_to(m)
    folium.CircleMarker([31.2, 121.4], radius=9).add_to(group)
    opened = open_page(maps.save(m, tmp_path / "m.html"))
    assert EVIL in opened.page.locator(".yrd-panel").text_content()
    count = "document.querySelectorAll('path.leaflet-interactive').length"
    assert opened.js(count) == 1
    opened.page.locator(".yrd-panel input").first.uncheck()
    assert opened.js(count) == 0
    opened.check()
