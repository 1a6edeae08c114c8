"""The page of questions: its answers are Python's, to the millisecond, and the page follows each choice."""

import numpy as np
import pytest

from yrdgis.io.dates import parse_date
from yrdgis.metrics.answers import answer_of
from yrdgis.network import build_network
from yrdgis.scenarios.bundles import network_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("atlas")]


@pytest.fixture
def ask(atlas, open_page):
    return open_page(atlas / "ask.html")


def test_the_page_gives_the_times_of_networks_built_anew(ask, layers):
    base = build_network(layers, parse_date("plan-eve", layers.valid_on))
    spec = ask.js(
        "(() => { const s = YRD.pages[0].spec.ask; return {o: s.origins.map((o) => o.id), p: s.projects.map((p) => p.id)}; })()"
    )
    districts = list(layers["districts"]["district_id"])
    random = np.random.default_rng(11)
    for size in (0, 1, 7, 30, len(spec["p"])):
        chosen = sorted(random.choice(len(spec["p"]), size, replace=False).tolist())
        mode = "public" if size == 7 else "door"
        name = "'public'" if size == 7 else "''"
        told = ask.js(
            f"(() => {{ const k = YRD.pages[0].ask.kernel, on = new Uint8Array(k.n); for (const i of {chosen}) on[i] = 1;"
            f"return {list(range(len(spec['o'])))}.map((o) => k.times(o, on, {name}).map((v) => isFinite(v) ? v : -1)); }})()"
        )
        told = np.array(
            [
                [row[str(d)] if isinstance(row, dict) else row[d] for d in range(len(districts))]
                for row in told
            ]
        )
        network = network_of(base, [spec["p"][i] for i in chosen])
        expected = answer_of(network, spec["o"], districts, mode=mode, impedance="total")["value"]
        same = np.equal.outer(np.array(spec["o"], dtype=object), np.array(districts, dtype=object)).astype(
            bool
        )
        assert np.array_equal(np.where(same, 0, told), np.where(same, 0, expected)), size


def test_choices_change_map_figures_and_ranking_at_once(ask):
    before = ask.page.inner_text(".yrd-results")
    assert "节省最多的区县" in before
    ask.page.locator("[data-preset=none]").click()
    ask.settle()
    assert "无可计量的变化" in ask.page.inner_text(".yrd-results")
    kinds = "YRD.pages[0].ask.last.kinds.filter((k) => k === 'faster').length"
    assert ask.js(kinds) == 0
    ask.page.locator("[data-project='project:husuhu-hsr']").check()
    ask.settle()
    assert ask.js(kinds) > 0
    assert "南浔区" in ask.page.inner_text(".yrd-results ol >> nth=0")
    styles = ask.js("[...new Set(YRD.pages[0].byId('ask_saved').style)].length")
    assert styles > 2
    ask.page.locator("select[name=from]").select_option(label="湖州市")
    ask.settle()
    assert ask.js("YRD.pages[0].ask.spec.origins[YRD.pages[0].ask.from].id") == "city:huzhou"
    ask.check()


def test_what_a_project_requires_comes_along_and_goes_along(ask):
    pair = ask.js(
        "(() => { const s = YRD.pages[0].spec.ask; const i = s.projects.findIndex((p) => p.requires.length);"
        "return i < 0 ? null : [s.projects[i].id, s.projects[s.projects[i].requires[0]].id]; })()"
    )
    assert pair
    ask.page.locator("[data-preset=none]").click()
    ask.page.locator(f"[data-project='{pair[0]}']").check()
    assert ask.page.locator(f"[data-project='{pair[1]}']").is_checked()
    ask.page.locator(f"[data-project='{pair[1]}']").uncheck()
    assert not ask.page.locator(f"[data-project='{pair[0]}']").is_checked()


def test_an_address_brings_the_question_back(ask, atlas, open_page):
    ask.page.locator("[data-preset=none]").click()
    ask.page.locator("[data-project='project:husuhu-hsr']").check()
    ask.page.locator("select[name=from]").select_option(label="嘉善县")
    ask.page.locator("select[name=by]").select_option("public")
    ask.settle()
    again = open_page(atlas / "ask.html", address=ask.js("location.hash.slice(1)"))
    assert again.page.inner_text(".yrd-results") == ask.page.inner_text(".yrd-results")
    assert again.page.locator(".yrd-asked input:checked").count() == 1
    assert again.js("YRD.pages[0].ask.way") == "public"
    again.check()


def test_the_answer_comes_fast_enough_to_play_with(ask):
    took = ask.js(
        "(() => { const t = performance.now(); YRD.answerNow(YRD.pages[0]); return performance.now() - t; })()"
    )
    assert took < 1500


def test_the_question_speaks_english_and_keeps_the_choice(ask):
    chosen = ask.page.locator(".yrd-asked input:checked").count()
    ask.page.locator('.yrd-lang [data-lang="en"]').click()
    ask.settle()
    assert "Most minutes saved" in ask.page.inner_text(".yrd-ask")
    assert ask.page.locator(".yrd-asked input:checked").count() == chosen
    ask.check()


def test_the_keyboard_reaches_every_choice(ask):
    ask.page.locator("select[name=from]").focus()
    order = []
    for _ in range(9):
        order.append(
            ask.js(
                "(() => { const d = document.activeElement; return d.dataset.preset || d.dataset.project || d.name; })()"
            )
        )
        ask.page.keyboard.press("Tab")
    assert order[:7] == ["from", "by", "in_plan", "open", "coming", "all", "none"]
    assert order[7].startswith("project:")


def test_the_panel_fits_a_phone(atlas, open_page):
    opened = open_page(atlas / "ask.html", width=390, height=844)
    box = opened.page.locator(".yrd-ask").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert box["height"] < 844 * 0.5
    opened.check()
