"""Pages that need nothing: assets inside, policy first, foreign maps named or mended, files whole."""

import base64
import hashlib
import re

import folium
import pytest

from yrdgis.errors import InputError, OutputError
from yrdgis.maps import missing_assets, new_map, offline, save

OUTSIDE = re.compile(r"(?:src|href)=[\"'](?!data:|#)[^\"']+[\"']|url\((?![\"']?data:)[^)]*//[^)]*\)|@import")


def written(m, tmp_path, **options):
    return save(m, tmp_path / "m.html", **options).read_text(encoding="utf-8")


def test_our_page_refers_to_nothing_outside(tmp_path):
    page = written(new_map("Test", "试验"), tmp_path)
    assert OUTSIDE.findall(re.sub(r"<script>.*?</script>", "", page, flags=re.S)) == []
    assert "sourceMappingURL" not in page
    assert "Leaflet 1.9.3" in page


def test_policy_comes_before_any_script_and_allows_only_the_scripts_of_the_page(tmp_path):
    page = written(new_map("Test"), tmp_path)
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy is not None
    assert policy.start() < page.index("<script>")
    assert "default-src 'none'" in policy[1]
    assert "'unsafe-inline'" not in policy[1].split("script-src")[1].split(";")[0]
    scripts = re.findall(r"<script>(.*?)</script>", page, flags=re.S)
    for text in scripts:
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy[1]
    assert len(scripts) >= 3


def test_same_map_same_bytes(tmp_path):
    assert written(new_map("Test"), tmp_path) == written(new_map("Test"), tmp_path)


def test_foreign_map_with_known_assets_is_carried(tmp_path):
    m = folium.Map([31.2, 121.4], tiles=None)
    folium.Marker([31.2, 121.4], popup="text").add_to(m)
    page = written(m, tmp_path)
    assert OUTSIDE.findall(re.sub(r"<script>.*?</script>", "", page, flags=re.S)) == []
    assert "jQuery v3.7.1" in page
    assert "bootstrap" not in page


def test_jquery_is_left_out_where_nothing_calls_it(tmp_path):
    assert "jQuery v3.7.1" not in written(folium.Map([31, 121], tiles=None), tmp_path)


def test_what_a_foreign_map_would_fetch_is_named_all_at_once(tmp_path):
    from folium.plugins import MarkerCluster

    m = folium.Map([31.2, 121.4])
    MarkerCluster([[31.2, 121.4]]).add_to(m)
    with pytest.raises(InputError) as caught:
        save(m, tmp_path / "m.html")
    told = str(caught.value)
    assert "tiles https://tile.openstreetmap.org" in told
    assert "leaflet.markercluster" in told
    assert not (tmp_path / "m.html").exists()
    page = written(m, tmp_path, missing="drop")
    assert "markercluster.js" not in page


def test_awesome_icons_are_named_because_their_font_is_not_carried():
    m = folium.Map([31.2, 121.4], tiles=None)
    folium.Marker([31.2, 121.4], icon=folium.Icon(color="red")).add_to(m)
    assert any("awesome-markers.js" in left for left in missing_assets(m))


def test_our_map_misses_nothing_even_if_its_texts_look_like_addresses():
    assert (
        missing_assets(new_map("url(https://x.example/a.png)", source="<img src='https://x.example/b.png'>"))
        == []
    )


def test_tiles_of_a_user_are_let_in_by_the_policy():
    m = new_map("Test")
    folium.TileLayer("https://tiles.example/{z}/{x}/{y}.png", attr="x").add_to(m)
    assert "img-src data: blob: https://tiles.example" in m.get_root().render()
    assert missing_assets(m) == ["tiles https://tiles.example/{z}/{x}/{y}.png"]


def test_the_policy_takes_hosts_only():
    tag = offline.policy_tag(
        allow_images=["https://{s}.tile.example/{z}.png", "javascript:x", "https://a b;x/y"]
    )
    assert "https://*.tile.example" in tag
    assert "javascript" not in tag
    assert "a b" not in tag


def test_a_folder_that_is_not_there_gets_one_clear_line(tmp_path):
    with pytest.raises(OutputError):
        save(new_map("Test"), tmp_path / "none" / "m.html")
    assert list(tmp_path.iterdir()) == []


def test_an_old_page_stays_if_the_new_one_fails(tmp_path, monkeypatch):
    file = tmp_path / "m.html"
    file.write_text("old")
    m = folium.Map([31, 121])
    with pytest.raises(InputError):
        save(m, file)
    assert file.read_text() == "old"
    assert [f.name for f in tmp_path.iterdir()] == ["m.html"]
