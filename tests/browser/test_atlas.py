"""Every page of an atlas in a browser that is cut off: nothing asked for, nothing wrong, and it answers."""

import os
from pathlib import Path

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("atlas")]

DOCUMENTS = {
    "index",
    "progress",
    "methods",
    "validation",
    "briefs-places",
    "briefs-projects",
    "briefs-clusters",
}


def document_page(open_page, atlas, slug, address="", **size):
    opened = open_page(atlas / f"{slug}.html", address=address, wait=False, **size)
    opened.settle()
    return opened


def test_no_page_asks_for_anything_or_goes_wrong(atlas, open_page):
    pages = sorted(atlas.glob("*.html"))
    assert len(pages) >= 13
    for page in pages:
        opened = open_page(page, wait=False)
        opened.page.wait_for_function(
            "document.querySelector('[data-ready=\"1\"]') || !document.querySelector('.folium-map')",
            timeout=15_000,
        )
        opened.settle()
        assert opened.js("document.title"), page.name
        assert opened.requests == [], page.name
        assert opened.errors == [], page.name


@pytest.mark.parametrize("slug", ["clusters", "waterways", "environment", "plan-map"])
def test_maps_of_the_plan_draw_and_cite(atlas, open_page, slug):
    opened = open_page(atlas / f"{slug}.html")
    assert sum(opened.drawn().values()) > 80
    quote = opened.js(
        "(() => { const p = YRD.pages[0]; for (const g of p.groups) { if (!g.popup) continue;"
        "for (let r = 0; r < g.table.n; r++) if (g.table.get('quote', r)) { p.setOn(g.id, true); p.select(g.id, r);"
        "return g.table.get('quote', r); } } })()"
    )
    assert quote in opened.page.inner_text(".yrd-quote")
    opened.check()


def test_one_reading_of_the_clusters_is_shown_at_a_time(atlas, open_page):
    opened = open_page(atlas / "clusters.html")
    assert {"plan_words", "plan_words_towns"} <= opened.drawn().keys()
    opened.page.locator('[data-group="official_plan"]').check()
    drawn = opened.drawn().keys()
    assert {"official_plan", "official_plan_towns"} <= drawn
    assert not {"plan_words", "plan_words_towns"} & drawn
    opened.check()


def test_the_index_finds_a_place_and_its_link_opens_the_sheet(atlas, open_page):
    opened = document_page(open_page, atlas, "index")
    opened.page.locator("#find").fill("嘉善县")
    hit = opened.page.locator("#found a").first
    assert hit.inner_text() == "嘉善县"
    hit.click()
    opened.page.wait_for_selector(".yrd-pop")
    assert "嘉善县" in opened.page.inner_text(".yrd-pop")


def test_the_index_finds_a_clause_by_its_words_and_leads_to_it(atlas, open_page):
    opened = document_page(open_page, atlas, "index")
    opened.page.locator("#find").fill("沪苏湖高铁")
    opened.page.locator("#found a[href*='progress']").first.click()
    opened.page.wait_for_selector("tr.wanted")
    assert "沪苏湖" in opened.page.inner_text("tr.wanted")


def test_the_language_goes_along_with_the_links(atlas, open_page):
    opened = document_page(open_page, atlas, "index")
    opened.page.locator(".switch [value=en]").click()
    assert opened.page.locator("h1").inner_text() == "Atlas of a regional plan"
    opened.page.locator("a.card[href^='progress']").click()
    assert opened.page.locator("h1").inner_text().startswith("Progress of the plan")
    opened.page.locator("nav a").click()
    assert opened.page.locator("h1").inner_text() == "Atlas of a regional plan"
    assert opened.errors == []
    assert all(url.startswith("file:") for url in opened.requests)


def test_the_register_can_be_filtered(atlas, open_page, layers):
    opened = document_page(open_page, atlas, "progress")
    opened.page.locator("select[name=status]").select_option("under_construction")
    expected = int((layers["items"]["actual_status"] == "under_construction").sum())
    assert opened.page.locator(".count b").inner_text() == str(expected)
    assert opened.page.locator("#rows tbody tr:visible").count() == expected
    opened.page.locator("input[name=text]").fill("没有这样的条目")
    assert opened.page.locator("#rows tbody tr:visible").count() == 0
    opened.check()


@pytest.mark.parametrize("slug", sorted(DOCUMENTS))
def test_documents_fit_a_phone(atlas, open_page, slug):
    opened = document_page(open_page, atlas, slug, width=390, height=844)
    assert opened.js("document.documentElement.scrollWidth") <= 390
    opened.check()


def test_a_brief_tells_what_the_plan_changes_for_a_place_and_leads_on(atlas, open_page):
    opened = document_page(open_page, atlas, "briefs-places", "row=district:330421")
    brief = opened.page.locator(".brief.wanted")
    text = brief.inner_text()
    assert text.startswith("嘉善县")
    assert "上海虹桥" in text
    assert "nan" not in opened.page.inner_text("main").lower().split()
    brief.locator("a[href^='ask']").click()
    opened.page.wait_for_selector(".yrd-results dl")
    assert opened.js("YRD.pages[0].ask.spec.origins[YRD.pages[0].ask.from].id") == "district:330421"


def test_every_map_leads_back_to_the_index(atlas, open_page):
    opened = open_page(atlas / "region.html", address="lang=en")
    opened.page.locator(".yrd-home").click()
    opened.settle()
    assert opened.page.locator("h1").inner_text() == "Atlas of a regional plan"


def test_no_page_has_a_serious_fault_of_accessibility(chromium, atlas):
    script = Path(os.environ.get("AXE_CORE", "node_modules/axe-core/axe.min.js"))
    if not script.is_file():
        pytest.skip("axe-core is not here: `npm pack axe-core`, and set AXE_CORE to its axe.min.js")
    faults = {}
    for file in sorted(atlas.glob("*.html")):
        context = chromium.new_context(viewport={"width": 1400, "height": 900}, bypass_csp=True, offline=True)
        page = context.new_page()
        page.goto(file.as_uri())
        page.wait_for_function(
            "document.querySelector('[data-ready=\"1\"]') || !document.querySelector('.folium-map')"
        )
        page.wait_for_function("() => document.getAnimations().every((a) => a.playState === 'finished')")
        page.evaluate(script.read_text(encoding="utf-8"))
        found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
        serious = [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in ("serious", "critical")]
        if serious:
            faults[file.name] = serious
        context.close()
    assert faults == {}
