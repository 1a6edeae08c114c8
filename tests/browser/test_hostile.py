"""Whatever a layer says shows as text: in sheets, labels, legends, tips, titles, sources and addresses."""

import csv
import json
import shutil
from pathlib import Path

import geopandas as gpd
import pytest
from shapely.geometry import LineString, Point, box

from yrdgis import maps
from yrdgis.io import load_layers
from yrdgis.maps.clusters import clusters
from yrdgis.maps.environment import environment
from yrdgis.maps.progress import progress
from yrdgis.maps.waters import waterways
from yrdgis.reports.context import Context
from yrdgis.reports.method_pages import methods_page
from yrdgis.reports.plan_pages import progress_page
from yrdgis.reports.search import search_box, search_data

pytestmark = pytest.mark.browser

EVIL = "${alert(1)}</script><img src=x onerror=alert(2)>'\"`{{7*7}}{% raw %}<!--\\"


def text_columns(root: Path) -> dict[str, set[str]]:
    """For each schema, its columns of free text: no ids, no closed vocabulary, no dates in words."""
    out = {}
    for file in (root / "schema").glob("*.csv"):
        with file.open(encoding="utf-8") as stream:
            rows = [
                r
                for r in csv.DictReader(stream)
                if r["type"] == "string" and not r["allowed"] and not r["references"]
            ]
        out[file.stem] = {
            r["attribute"] for r in rows if not r["attribute"].endswith(("_id", "_on", "_start"))
        }
        out[file.stem] -= {"code", "adcode", "construction_start", "parameter_id"}
    return out


@pytest.fixture(scope="module")
def hostile(layers, tmp_path_factory):
    """The shipped layers with a hostile text in every field of free text."""
    root = Path(shutil.copytree(layers.root, tmp_path_factory.mktemp("hostile") / "layers"))
    free = text_columns(root)
    with (root / "catalog.csv").open(encoding="utf-8") as stream:
        catalog = list(csv.DictReader(stream))
    for info in catalog:
        columns, file = free[info["schema"]], root / info["path"]
        if file.suffix == ".csv":
            with file.open(encoding="utf-8") as stream:
                rows = list(csv.DictReader(stream))
            for row in rows:
                row.update(dict.fromkeys((c for c in columns & row.keys() if row[c]), EVIL))
            with file.open("w", encoding="utf-8", newline="") as stream:
                writer = csv.DictWriter(stream, rows[0].keys())
                writer.writeheader()
                writer.writerows(rows)
        else:
            data = json.loads(file.read_text(encoding="utf-8"))
            for feature in data["features"]:
                feature["properties"].update(dict.fromkeys(columns & feature["properties"].keys(), EVIL))
            file.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        info.update(title=EVIL, title_zh=EVIL, source=EVIL, attribution=EVIL, note=EVIL)
    with (root / "catalog.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, catalog[0].keys())
        writer.writeheader()
        writer.writerows(catalog)
    return load_layers(root)


MAPS = (maps.region, maps.projects, maps.network_by_year, clusters, waterways, environment, progress)


@pytest.mark.parametrize("make", MAPS, ids=lambda f: f.__name__)
def test_a_spoilt_layer_shows_as_text_everywhere(hostile, open_page, tmp_path, make):
    opened = open_page(maps.save(make(hostile), tmp_path / "m.html"))
    images, scripts = opened.js("document.images.length"), opened.js("document.scripts.length")
    shown = opened.js(
        """() => { const p = YRD.pages[0], out = [];
        for (const lang of p.spec.langs) { p.setLang(lang);
          for (const g of p.groups) { if (!g.popup || !g.table.n) continue;
            out.push(YRD.popupNode(p, g, 0).textContent, YRD.tipText(p, g, 0));
            document.body.appendChild(YRD.popupNode(p, g, 0)); } }
        return out; }"""
    )
    assert len(shown) >= 4
    assert all(EVIL in text for text in shown)
    opened.js("document.querySelector('.yrd-info').click()")
    assert EVIL in opened.page.locator(".yrd-about").text_content()
    assert EVIL in opened.page.locator(".yrd-foot").text_content()
    opened.js("YRD.pages[0].map.setZoom(11, {animate: false})")
    opened.settle()
    assert any(EVIL in label for label in opened.js("YRD.pages[0].labelled"))
    opened.page.mouse.move(760, 420)
    opened.page.mouse.click(760, 420)
    opened.settle()
    assert opened.js("document.images.length") == images
    assert opened.js("document.scripts.length") == scripts
    opened.check()


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


@pytest.mark.parametrize("make", [progress_page, methods_page], ids=lambda f: f.__name__)
def test_a_spoilt_layer_shows_as_text_in_tables(hostile, open_page, tmp_path, make):
    file = tmp_path / "d.html"
    file.write_text(make(Context(hostile, hostile.valid_on)), encoding="utf-8")
    opened = open_page(file, wait=False)
    assert EVIL in opened.page.locator("main").text_content()
    assert opened.js("document.images.length") == 0
    opened.page.locator(".tools input").fill("alert")
    opened.settle()
    opened.check()


def test_a_spoilt_layer_shows_as_text_in_the_search(hostile, open_page, tmp_path):
    from yrdgis.reports.html import document
    from yrdgis.reports.search import SEARCH_JS

    data = search_data(Context(hostile, hostile.valid_on), {"region", "projects", "progress"})
    file = tmp_path / "s.html"
    file.write_text(
        document(title=("题", "t"), body=[search_box("both")], script=SEARCH_JS, data=data), encoding="utf-8"
    )
    opened = open_page(file, wait=False)
    opened.page.locator("#find").fill("alert(1)")
    assert EVIL in opened.page.locator("#found").text_content()
    assert opened.js("document.images.length") == 0
    opened.check()
