"""Online base maps: an option, with a datum, and never with a key in a file unless it was given for that."""

import pytest

from yrdgis.crs import gcj02_to_wgs84
from yrdgis.errors import InputError, SettingError
from yrdgis.maps import new_map, page_of, region, save
from yrdgis.maps.basemap import BASEMAPS, KEY_VARIABLE, add_basemap


def seat(page):
    table = page.tables["seats"]
    return table["xy"][0] / table["scale"], table["xy"][1] / table["scale"]


@pytest.mark.parametrize("name", ["osm", "carto", "amap"])
def test_the_page_may_ask_that_host_for_pictures_only(toy, name):
    html = region(toy, new_map("x", basemap=name)).get_root().render()
    policy = html.split('Content-Security-Policy" content="')[1].split('"')[0]
    assert "default-src 'none'" in policy
    host = BASEMAPS[name].url.split("/")[2].split("{s}")[-1].lstrip(".")
    assert host in policy.split("img-src")[1].split(";")[0]
    assert {"land", "water", "surround"}.isdisjoint(page_of(region(toy, new_map("x", basemap=name))).tables)


def test_such_a_page_is_not_taken_for_one_without_network(toy, tmp_path):
    m = region(toy, new_map("x", basemap="osm"))
    with pytest.raises(InputError, match="tiles"):
        save(m, tmp_path / "m.html")
    assert save(m, tmp_path / "m.html", offline=False).exists()


def test_amap_shifts_what_is_shown_and_says_so(toy):
    plain, moved = page_of(region(toy)), page_of(region(toy, new_map("x", basemap="amap")))
    there, here = seat(moved), seat(plain)
    assert 0.002 < abs(there[0] - here[0]) + abs(there[1] - here[1]) < 0.02
    back = gcj02_to_wgs84([there[0]], [there[1]])
    assert (back[0][0], back[1][0]) == (pytest.approx(here[0], abs=2e-5), pytest.approx(here[1], abs=2e-5))
    assert any("GCJ-02" in note["en"] for note in moved.notes)
    names = {g["id"]: g for g in moved.groups}["districts"]["label"]["xy"]
    own = {g["id"]: g for g in plain.groups}["districts"]["label"]["xy"]
    assert names[0] != own[0]


@pytest.mark.parametrize("given", [None, "my-own-key"])
def test_a_key_is_in_no_page_unless_asked_for(tmp_path, monkeypatch, given):
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    with pytest.raises(SettingError, match=KEY_VARIABLE):
        new_map("x", basemap="tianditu")
    if given is None:
        monkeypatch.setenv(KEY_VARIABLE, "my-own-key")
    m = new_map("x", basemap="tianditu", key=given)
    ours, theirs = save(m, tmp_path / "a.html", offline=False), tmp_path / "b.html"
    m.save(theirs)
    for page in (ours.read_text("utf-8"), theirs.read_text("utf-8"), m._repr_html_(), m.get_root().render()):
        assert "my-own-key" not in page
        assert "tianditu.gov.cn" in page
    assert "stays blank" in ours.read_text("utf-8")


def test_a_key_is_written_where_it_is_asked_for_and_nowhere_else(tmp_path):
    m = new_map("x", basemap="tianditu", key="my-own-key")
    asked = save(m, tmp_path / "a.html", offline=False, key_in_page=True).read_text("utf-8")
    assert '"key": "my-own-key"' in asked
    assert "stays blank" not in asked
    assert "my-own-key" not in m.get_root().render()
    assert "my-own-key" in new_map("x", basemap="tianditu", key="my-own-key", key_in_page=True)._repr_html_()


def test_unknown_base_maps_and_late_ones_are_refused(toy):
    with pytest.raises(InputError, match="osm, carto, amap, tianditu"):
        new_map("x", basemap="google")
    m = region(toy)
    with pytest.raises(InputError, match="before features"):
        add_basemap(m, page_of(m), "osm")
