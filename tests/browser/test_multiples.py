"""Small multiples in the page: each map shows its own values, all move together, one can be made large."""

import pytest

from yrdgis import maps
from yrdgis.maps.background import add_background

pytestmark = pytest.mark.browser

YEARS = {"y1": ("2019年", "2019"), "y2": ("2026年", "2026"), "y3": ("2035年", "2035")}
COLOURS = """() => YRD.pages[0].cellList.map((c) => {
  const m = c.canvas.width / c.w, seen = new Set(), d = c.ctx.getImageData(0, 0, c.canvas.width, c.canvas.height).data;
  for (let i = 0; i < d.length; i += 4) if (d[i + 3] === 255) seen.add([d[i], d[i + 1], d[i + 2]].join());
  return [...seen];
})"""


@pytest.fixture(scope="module")
def file(toy, tmp_path_factory):
    zones = toy.polygons("districts")
    zones["y1"], zones["y2"], zones["y3"] = 100.0, 50.0, 10.0
    m = maps.new_map("Times", "时间", as_of="2026-11-01")
    maps.add_small_multiples(zones, m, columns=YEARS, breaks=[30, 60], ramp="time", unit=("分钟", "min"))
    add_background(toy, m)
    return maps.save(m, tmp_path_factory.mktemp("multiples") / "m.html")


def rgb(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))


def test_each_small_map_has_its_own_colours_and_all_share_a_legend(file, open_page):
    opened = open_page(file)
    drawn = opened.drawn()
    assert {"multiple-0", "multiple-1", "multiple-2"} <= drawn.keys()
    found = [{tuple(map(int, c.split(","))) for c in cell} for cell in opened.js(COLOURS)]
    spec = opened.js("YRD.pages[0].byId('multiple-0').styles.map((s) => [s.fill, s.opacity || 1])")
    own = []
    for fill, opacity in (spec[2], spec[1], spec[0]):  # over the white of land
        own.append({c for cell in found for c in cell if _near(c, rgb(fill), opacity)})
    for at, cell in enumerate(found):
        assert own[at] & cell, at
        assert not any(own[other] & cell for other in range(3) if other != at), at
    assert opened.page.locator(".yrd-panel .yrd-legend.ramp").count() == 1
    opened.check()


def _near(colour, fill, opacity):
    land = (253, 252, 248)
    mixed = [f * opacity + ground * (1 - opacity) for f, ground in zip(fill, land, strict=True)]
    return max(abs(a - b) for a, b in zip(colour, mixed, strict=True)) <= 6


def test_a_heading_makes_its_map_large_and_the_choice_brings_the_small_ones_back(file, open_page):
    opened = open_page(file)
    zoom = opened.js("YRD.pages[0].map.getZoom()")
    opened.page.locator("[data-cell='multiple-1']").click()
    opened.settle()
    assert not opened.page.locator(".yrd-cells").is_visible()
    assert "multiple-0" not in opened.drawn()
    assert "multiple-1" in opened.drawn()
    assert opened.js("YRD.pages[0].map.getZoom()") > zoom
    opened.page.locator('.yrd-panel [data-group="multiples"]').check()
    opened.settle()
    assert opened.page.locator(".yrd-cells").is_visible()
    assert opened.js("YRD.pages[0].map.getZoom()") == zoom
    opened.check()


def test_a_click_in_a_small_map_tells_its_value(file, open_page):
    opened = open_page(file)
    spot = opened.js(
        "(() => { const p = YRD.pages[0], c = p.cellList[2], b = p.stage.getBoundingClientRect();"
        "return [b.left + c.x + c.w / 2 + 12, b.top + c.y + c.h / 2]; })()"
    )
    opened.page.mouse.move(*spot)
    opened.page.wait_for_selector(".yrd-tip.on")
    assert "10分钟" in opened.page.inner_text(".yrd-tip")
    assert opened.js("YRD.pages[0].hovered !== null")
    opened.page.mouse.click(*spot)
    opened.page.wait_for_selector(".yrd-pop")
    assert "10分钟" in opened.page.inner_text(".yrd-pop")
    assert opened.js("YRD.pages[0].on['multiple-2']")
    opened.check()


@pytest.mark.parametrize("size", [(1400, 900), (390, 844)], ids=["desk", "phone"])
def test_the_small_maps_fit_their_screen_and_an_address_brings_them_back(file, open_page, size):
    opened = open_page(file, width=size[0], height=size[1])
    opened.page.locator('.yrd-lang [data-lang="en"]').click()
    opened.settle()
    assert opened.page.locator("[data-cell='multiple-0']").inner_text() == "2019"
    boxes = [opened.page.locator(".yrd-cell").nth(i).bounding_box() for i in range(3)]
    assert all(b["x"] >= 0 and b["x"] + b["width"] <= size[0] and b["width"] > 100 for b in boxes)
    assert all(b["y"] + b["height"] <= size[1] and b["height"] > 90 for b in boxes)
    opened.js("YRD.pages[0].setTiled(false)")
    opened.settle()
    again = open_page(file, width=size[0], height=size[1], address=opened.js("location.hash.slice(1)"))
    assert not again.page.locator(".yrd-cells").is_visible()
    again.js("YRD.pages[0].setTiled(true)")
    back = open_page(file, width=size[0], height=size[1], address=again.js("location.hash.slice(1)"))
    assert back.page.locator(".yrd-cells").is_visible()
    back.check()
