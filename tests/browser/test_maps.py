"""The pages of the maps, with the network cut off: what is drawn, and that nothing is asked for."""

import datetime as dt
from pathlib import Path

import pytest

from yrdgis import maps
from yrdgis.io.dates import in_service

pytestmark = pytest.mark.browser

PAGES = ("region", "projects", "network", "times", "change")


def made_up(layers, seed: int = 7):
    """Times and a comparison that no model stands behind: the pages only have to show them."""
    import numpy as np
    import pandas as pd

    ids = [*layers["districts"]["district_id"], *layers["towns"]["town_id"][:200]]
    minutes = np.random.default_rng(seed).uniform(10, 240, len(ids)).round(1)
    base = {
        "from_id": "station:shanghai-hongqiao",
        "from_name": "Shanghai Hongqiao",
        "from_name_zh": "上海虹桥",
    }
    times = pd.DataFrame({**base, "to_id": ids, "time_min": minutes})
    saved = np.where(minutes > 90, minutes / 4, 0.0)
    change = np.where(minutes > 200, "newly connected", np.where(saved > 0, "faster", "no measurable change"))
    compared = pd.DataFrame(
        {
            **base,
            "to_id": ids,
            "time_before_min": np.where(minutes > 200, np.nan, minutes + saved),
            "time_after_min": minutes,
            "saved_min": np.where(minutes > 200, np.nan, saved),
            "change": change,
            "project_id": np.where(change == "faster", "project:husuhu", ""),
            "project_name": np.where(change == "faster", "Shanghai–Suzhou–Huzhou HSR", ""),
            "project_name_zh": np.where(change == "faster", "沪苏湖高速铁路", ""),
        }
    )
    return times, compared


@pytest.fixture(scope="module")
def pages(layers, tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    times, compared = made_up(layers)
    made = {
        "region": maps.region(layers),
        "projects": maps.projects(layers),
        "network": maps.network_by_year(layers),
        "times": maps.travel_times(layers, times),
        "change": maps.change_map(layers, compared),
    }
    return {name: maps.save(m, folder / f"{name}.html") for name, m in made.items()}


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("size", [(1400, 900), (390, 844)], ids=["desk", "phone"])
def test_page_asks_for_nothing_and_shows_all_its_furniture(pages, open_page, name, size):
    opened = open_page(pages[name], width=size[0], height=size[1])
    assert sum(opened.drawn().values()) > 80
    text = opened.page.inner_text(".yrd-page")
    for piece in ("数据截止 2026-11-01", "审图号： 未送审", "资料来源：", "天地图", "km"):
        assert piece in text
    assert opened.page.locator(".yrd-north svg").is_visible()
    assert opened.page.locator(".leaflet-control-scale-line").is_visible()
    opened.check()


@pytest.mark.parametrize("name", PAGES)
def test_panels_do_not_cover_each_other(pages, open_page, name):
    opened = open_page(pages[name])
    for width, height in ((1400, 900), (1024, 700), (390, 844)):
        opened.page.set_viewport_size({"width": width, "height": height})
        opened.settle()
        boxes = {}
        for part in (".yrd-head", ".yrd-panel", ".yrd-figures", ".yrd-slider", ".leaflet-control-zoom",
                     ".leaflet-control-scale", ".yrd-foot"):  # fmt: skip
            found = opened.page.locator(part)
            if found.count() and found.first.is_visible():
                boxes[part] = found.first.bounding_box()
        names = list(boxes)
        for i, a in enumerate(names):
            for b in names[i + 1 :]:
                p, q = boxes[a], boxes[b]
                apart = (
                    p["x"] + p["width"] <= q["x"] + 1
                    or q["x"] + q["width"] <= p["x"] + 1
                    or p["y"] + p["height"] <= q["y"] + 1
                    or q["y"] + q["height"] <= p["y"] + 1
                )
                assert apart, (width, a, b)
        assert opened.js("document.documentElement.scrollWidth") <= width


def test_the_slider_shows_and_hides_real_features(layers, pages, open_page):
    opened = open_page(pages["network"])
    now = opened.drawn()
    opened.page.locator(".yrd-slider input").focus()
    opened.page.keyboard.press("Home")
    first = opened.drawn()
    assert opened.page.inner_text(".yrd-year b") == "1990"
    assert first["rail"] < now["rail"]
    assert first["road"] < now["road"]

    def on_screen(year: int, layer_id: str) -> int:
        index = opened.js(f"YRD.pages[0].spec.slider.steps.findIndex((s) => s.label === '{year}')")
        opened.js(f"YRD.pages[0].setStep({index})")
        opened.settle()
        return opened.js(
            f"YRD.pages[0].rowsNow(YRD.pages[0].byId('{layer_id}')).state.filter((s) => s === 1).length"
        )

    links = layers["rail_links"]
    walks = links["line_id"].map(layers["rail_lines"].set_index("line_id")["category"]).eq("walk")
    for year in (1995, 2010, 2019, 2030):
        expected = in_service(links, dt.date(year, 12, 31), layers.valid_on)[~walks].sum()
        assert on_screen(year, "rail") == expected
    opened.check()


def test_legend_figures_and_label_follow_the_year(pages, open_page):
    opened = open_page(pages["network"])
    figures, legend = opened.page.locator(".yrd-figures"), opened.page.locator(".yrd-panel")
    assert "高速铁路" in legend.inner_text()
    before = figures.inner_text()
    opened.js("YRD.pages[0].setStep(0)")
    opened.settle()
    assert figures.inner_text() != before
    assert "1990" in figures.inner_text()
    assert "高速铁路" not in legend.inner_text()
    opened.page.keyboard.press("Tab")
    opened.page.locator(".yrd-slider input").focus()
    opened.page.keyboard.press("End")
    opened.settle()
    assert "预测" in opened.page.inner_text(".yrd-year")
    values = opened.js("YRD.pages[0].figureValues")
    assert values["km_fast"] > 1000
    opened.check()


def test_play_moves_the_year_and_stops_at_the_end(pages, open_page):
    opened = open_page(pages["network"])
    opened.js("YRD.pages[0].setStep(YRD.pages[0].spec.slider.steps.length - 2)")
    opened.page.locator(".yrd-play").click()
    opened.page.wait_for_selector(".yrd-year b:text('2035')", timeout=5000)
    opened.page.wait_for_selector(".yrd-play:text('▶')", timeout=5000)
    assert opened.page.locator(".yrd-year b").inner_text() == "2035"


def test_language_swaps_title_legend_labels_and_sheet(pages, open_page):
    opened = open_page(pages["projects"])
    opened.js("YRD.pages[0].select('open_plan', 0)")
    sheet = opened.page.locator(".yrd-pop")
    assert "规划原文" in sheet.inner_text()
    assert "上海市" in opened.js("YRD.pages[0].labelled")
    opened.page.locator('.yrd-lang [data-lang="en"]').click()
    opened.settle()
    assert opened.page.title().startswith("Rail, highway")
    assert "The plan's words" in sheet.inner_text()
    assert "Under construction" in opened.page.inner_text(".yrd-panel")
    assert "Shanghai" in opened.js("YRD.pages[0].labelled")
    assert opened.js("document.documentElement.lang") == "en"
    opened.check()


def test_labels_stand_apart_and_cities_come_first(pages, open_page):
    opened = open_page(pages["region"])
    far = opened.js("YRD.pages[0].labelled")
    assert sum(name.endswith("市") for name in far) >= 9
    opened.js("YRD.pages[0].map.setView([31.2, 121.2], 10.5, {animate: false})")
    opened.settle()
    near = opened.js("YRD.pages[0].labelled")
    assert "昆山市" in near
    assert "花桥镇" in near
    assert "花桥镇" not in far


@pytest.mark.parametrize("name", ["region", "projects", "times"])
def test_no_label_stands_on_another_or_is_cut_by_the_edge(pages, open_page, name):
    opened = open_page(pages[name])
    for zoom in (8, 9.5, 11):
        opened.js(f"YRD.pages[0].map.setView([31.2, 121.0], {zoom}, {{animate: false}})")
        opened.settle()
        boxes, (wide, high), (left, top) = opened.js(
            "(() => { const m = YRD.pages[0].map, s = m.getSize(), p = m.containerPointToLayerPoint([0, 0]);"
            "return [YRD.pages[0].labelBoxes, [s.x, s.y], [p.x, p.y]]; })()"
        )
        assert len(boxes) > 4
        assert all(b[0] >= left and b[1] >= top and b[2] <= left + wide and b[3] <= top + high for b in boxes)
        for i, a in enumerate(boxes):
            assert not any(
                a[0] < b[2] and a[2] > b[0] and a[1] < b[3] and a[3] > b[1] for b in boxes[i + 1 :]
            ), zoom


def test_a_finger_moves_the_year(pages, open_page):
    opened = open_page(pages["network"], width=390, height=844)
    box = opened.page.locator(".yrd-slider input").bounding_box()
    assert box["height"] >= 20
    opened.page.touchscreen.tap(box["x"] + 0.25 * box["width"], box["y"] + box["height"] / 2)
    opened.settle()
    year = int(opened.page.inner_text(".yrd-year b"))
    assert 1995 < year < 2010
    opened.check()


def test_on_paper_there_is_the_map_with_its_legend_and_no_tool(pages, open_page):
    opened = open_page(pages["projects"])
    opened.page.emulate_media(media="print")
    for part in ("h1", ".yrd-panel", ".yrd-north", ".leaflet-control-scale", ".yrd-foot", "canvas"):
        assert opened.page.locator(part).first.is_visible(), part
    for part in (".yrd-tools", ".yrd-search", ".leaflet-control-zoom", ".yrd-fold"):
        assert not opened.page.locator(part).first.is_visible(), part
    assert "资料来源" in opened.page.inner_text(".yrd-foot")
    opened.check()


def test_who_wants_less_motion_gets_less(pages, chromium):
    context = chromium.new_context(offline=True, reduced_motion="reduce")
    page = context.new_page()
    page.goto(pages["network"].as_uri())
    page.wait_for_selector('[data-ready="1"]')
    zoomed = page.evaluate(
        "() => { const m = YRD.pages[0].map; m.zoomIn(); return [m._animatingZoom || false, m.options.inertia]; }"
    )
    start = page.evaluate("YRD.pages[0].stepIndex")
    page.evaluate("YRD.pages[0].setStep(0)")
    page.locator(".yrd-play").click()
    page.wait_for_timeout(1000)
    step = page.evaluate("YRD.pages[0].stepIndex")
    context.close()
    assert zoomed == [False, False]
    assert start > 0
    assert step == 0  # one step in 1.6 seconds instead of 0.7


def test_a_layer_is_switched_off_and_on(pages, open_page):
    opened = open_page(pages["network"])
    assert opened.drawn()["road"] > 0
    box = opened.page.locator('.yrd-panel [data-group="road"]')
    box.uncheck()
    assert "road" not in opened.drawn()
    assert box.evaluate("(e) => e === document.activeElement")
    box.check()
    assert opened.drawn()["road"] > 0


def test_themes_exclude_each_other(pages, open_page):
    opened = open_page(pages["change"])
    assert "saved" in opened.drawn()
    opened.page.locator('.yrd-panel [data-group="before"]').check()
    drawn = opened.drawn()
    assert "before" in drawn
    assert "saved" not in drawn


def test_a_click_opens_the_sheet_of_what_lies_there(pages, open_page):
    opened = open_page(pages["times"])
    spot = opened.js(
        "(() => { const map = YRD.pages[0].map, p = map.latLngToContainerPoint([31.385, 120.98]);"
        "const b = map.getContainer().getBoundingClientRect(); return [b.x + p.x, b.y + p.y]; })()"
    )
    opened.page.mouse.click(*spot)
    opened.settle()
    text = opened.page.inner_text(".yrd-pop")
    assert "昆山市" in text
    assert "分钟" in text
    opened.page.keyboard.press("Escape")
    opened.check()


def test_the_address_brings_the_state_back(pages, open_page):
    opened = open_page(pages["network"])
    opened.js("YRD.pages[0].setStep(18); YRD.pages[0].setOn('road', false); YRD.pages[0].setLang('en')")
    opened.js("YRD.pages[0].map.setView([30.9, 120.6], 9, {animate: false})")
    opened.settle()
    address = opened.js("location.hash.slice(1)")
    again = open_page(pages["network"], address=address)
    assert again.js(
        "[YRD.pages[0].lang, YRD.pages[0].step.label, YRD.pages[0].isOn(YRD.pages[0].byId('road'))]"
    ) == [
        "en",
        "2008",
        False,
    ]
    assert again.js("YRD.pages[0].map.getZoom()") == 9
    assert again.drawn() == opened.drawn()


def test_a_senseless_address_does_no_harm(pages, open_page):
    opened = open_page(pages["network"], address="year=abc&view=x/y/z&lang=%3Cscript%3E&layers=%00")
    assert opened.js("YRD.pages[0].step.label") == "2026"
    assert opened.js("YRD.pages[0].lang") == "zh"
    opened.check()


def test_the_policy_stops_whatever_tries_to_go_out(pages, open_page):
    opened = open_page(pages["region"])
    assert opened.js("fetch('https://example.org/').then(() => 'out', () => 'stopped')") == "stopped"
    ran = opened.js(
        "(() => { const s = document.createElement('script'); s.textContent = 'window.ran = 1';"
        "document.body.appendChild(s); return window.ran === 1; })()"
    )
    assert ran is False


def test_on_a_phone_the_legend_opens_and_closes(pages, open_page):
    opened = open_page(pages["projects"], width=390, height=844)
    panel = opened.page.locator(".yrd-panel")
    assert not panel.is_visible()
    opened.page.locator(".yrd-only-small").tap()
    assert panel.is_visible()
    opened.page.locator(".yrd-only-small").tap()
    assert not panel.is_visible()


@pytest.mark.parametrize(("text", "told"), [("虹桥国际", "虹桥"), ("kunshan", "昆山"), ("花桥", "花桥镇")])
def test_search_goes_there_and_opens_the_sheet(pages, open_page, text, told):
    opened = open_page(pages["region"])
    opened.page.locator(".yrd-search input").fill(text)
    assert told in opened.page.locator(".yrd-search ul").inner_text()
    opened.page.keyboard.press("Enter")
    opened.settle()
    assert told in opened.page.inner_text(".yrd-pop")
    opened.check()


def test_search_says_so_when_it_finds_nothing(pages, open_page):
    opened = open_page(pages["region"], width=390, height=844)
    opened.page.locator(".yrd-search input").fill("亚特兰蒂斯")
    assert "没有找到" in opened.page.locator(".yrd-search ul").inner_text()
    opened.page.keyboard.press("Enter")
    opened.check()


@pytest.mark.slow
def test_fifty_thousand_points_are_small_and_usable(open_page, tmp_path):
    import geopandas as gpd
    import numpy as np

    random, n = np.random.default_rng(1), 50_000
    points = gpd.GeoDataFrame(
        {
            "name": [f"Place {i}" for i in range(n)],
            "kind": random.choice(["a", "b", "c"], n),
            "value": random.uniform(0, 100, n).round(2),
        },
        geometry=gpd.points_from_xy(random.uniform(119.5, 122.5, n), random.uniform(29.5, 32.5, n)),
        crs=4326,
    )
    m = maps.add_points(points, name="Places", style="town", popup_columns=["name", "kind", "value"])
    file = maps.save(m, tmp_path / "many.html")
    assert file.stat().st_size < 2_500_000
    opened = open_page(file)
    assert opened.drawn()["points"] == n
    # page loaded to first paint, and one more paint, as the browser measures them
    assert opened.js("performance.getEntriesByName('first-contentful-paint')[0].startTime") < 5000
    assert (
        opened.js(
            "(() => { const t = performance.now(); YRD.pages[0].canvas.paint(); return performance.now() - t; })()"
        )
        < 500
    )
    opened.check()


def test_before_and_after_stand_side_by_side(pages, open_page):
    opened = open_page(pages["change"])
    opened.page.locator('.yrd-panel [data-group="swipe"]').check()
    drawn = opened.drawn()
    assert {"before", "after"} <= drawn.keys()
    assert "saved" not in drawn
    grip = opened.page.locator(".yrd-grip")
    box = grip.bounding_box()
    opened.page.mouse.move(box["x"] + 20, box["y"] + 20)
    opened.page.mouse.down()
    opened.page.mouse.move(box["x"] + 220, box["y"] + 20)
    opened.page.mouse.up()
    assert grip.bounding_box()["x"] == pytest.approx(box["x"] + 200, abs=3)
    grip.press("ArrowLeft")
    assert grip.bounding_box()["x"] < box["x"] + 190
    # what lies left of the divider is told by the left group, right of it by the right one
    found = opened.js(
        "(() => { const p = YRD.pages[0]; p.map.setView([31.3, 120.6], 10, {animate: false}); p.moveSplit(0.5);"
        "const s = p.map.getSize(), at = (k) => p.map.containerPointToLatLng([s.x * k, s.y / 2]);"
        "return [0.4, 0.6].map((k) => YRD.hits(p, at(k), 0).map((h) => h.g.id).filter((i) => p.byId(i).choice).join()); })()"
    )
    assert found == ["before", "after"]
    opened.page.locator('.yrd-panel [data-group="saved"]').check()
    assert "before" not in opened.drawn()
    assert not grip.is_visible()
    opened.check()


@pytest.mark.parametrize("name", PAGES)
def test_pages_have_no_serious_fault_of_accessibility(chromium, pages, name):
    import os

    script = Path(os.environ.get("AXE_CORE", "node_modules/axe-core/axe.min.js"))
    if not script.is_file():
        pytest.skip("axe-core is not here: `npm pack axe-core`, and set AXE_CORE to its axe.min.js")
    context = chromium.new_context(viewport={"width": 1400, "height": 900}, bypass_csp=True, offline=True)
    page = context.new_page()
    page.goto(pages[name].as_uri())
    page.wait_for_selector('[data-ready="1"]')
    page.evaluate(
        "() => { const p = YRD.pages[0], g = p.groups.find((x) => x.popup && p.isOn(x)); if (g) p.select(g.id, 0); }"
    )
    page.wait_for_function("() => document.getAnimations().every((a) => a.playState === 'finished')")
    page.evaluate(script.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    context.close()
    assert [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in ("serious", "critical")] == []


def test_a_map_inside_a_notebook_works_and_asks_for_nothing(toy, open_page, tmp_path):
    file = tmp_path / "cell.html"
    file.write_text(
        f"<!DOCTYPE html><meta charset='utf-8'>{maps.region(toy)._repr_html_()}", encoding="utf-8"
    )
    opened = open_page(file, wait=False)
    frame = opened.page.frame_locator("iframe")
    frame.locator('[data-ready="1"]').wait_for(timeout=15_000)
    frame.locator('.yrd-lang [data-lang="en"]').click()
    assert "not reviewed" in frame.locator(".yrd-foot").inner_text()
    opened.check()
