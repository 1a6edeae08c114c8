"""The pages of words and tables: progress, methods, validation, and what the search finds."""

import html
import json
import re

import pandas as pd
import pytest

from yrdgis.maps.clauses import public_words
from yrdgis.reports.html import both, document, table

pytestmark = pytest.mark.xdist_group("atlas")


def shown(text: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", text))


def test_progress_tells_every_clause_with_its_words(atlas, layers):
    text = (atlas / "progress.html").read_text(encoding="utf-8")
    plain = shown(text)
    for row in layers["items"].itertuples():
        assert f'id="{row.item_id}"' in text
        assert public_words(row.quote) in plain
    known = layers["items"]["actual_evidence"].replace("", pd.NA).dropna()
    assert all(evidence in plain for evidence in known)


def test_the_bars_add_up_to_the_items_of_their_section(atlas):
    text = (atlas / "progress.html").read_text(encoding="utf-8")
    first = text[: text.index('id="rows"')]
    rows = re.findall(r"<tr><td>.*?</tr>", first)
    assert len(rows) > 10
    for row in rows:
        numbers = [int(n) for n in re.findall(r'<td class="num">(\d+)</td>', row)]
        assert numbers[0] == sum(numbers[1:7])


def test_methods_shows_each_parameter_with_its_range_and_source(atlas, layers):
    text = (atlas / "methods.html").read_text(encoding="utf-8")
    plain = shown(text)
    for row in layers["parameters"].itertuples():
        assert f'id="{row.parameter_id}"' in text
        assert row.source_public in plain
    line = re.search(r'<tr id="door.detour".*?</tr>', text)[0]
    own = layers["parameters"].set_index("parameter_id").loc["door.detour"]
    assert f">{own['value']:g}<" in line
    assert f"{own['low']:g} – {own['high']:g}" in line


def test_every_group_of_parameters_has_words(layers):
    from yrdgis.reports.methods import GROUPS

    assert not set(layers["parameters"]["group"]) - set(GROUPS)


def test_validation_says_that_minutes_by_car_are_not_validated(atlas):
    text = shown((atlas / "validation.html").read_text(encoding="utf-8"))
    assert "Drive minutes are not validated" in text
    assert "驾车时间未经验证" in text


def test_the_search_lists_places_and_clauses_of_pages_that_are_there(atlas, layers):
    text = (atlas / "index.html").read_text(encoding="utf-8")
    data = json.loads(re.search(r'id="data">(.*?)</script>', text, re.S)[1])
    pages = {page.stem for page in atlas.glob("*.html")}
    assert {kind[2] for kind in data["kinds"]} <= pages
    names = {row[0] for row in data["rows"]}
    assert {"嘉善县", "花桥镇", "上海虹桥", "长湖申线"} <= names
    clauses = [row for row in data["rows"] if row[2] == data["clause"]]
    assert len(clauses) == len(layers["items"])


def test_cells_are_text_unless_made_by_hand():
    evil = "</td><script>alert(1)</script>"
    page = document(
        title=(evil, evil), body=[table([(evil, evil)], [[both(evil, evil, "both")]], lang="both")]
    )
    assert "<script>alert(1)" not in page
    assert page.count("&lt;script&gt;alert(1)") >= 5


def test_one_language_leaves_no_switch():
    page = document(title=("题", "title"), body=[], lang="en")
    assert "题" not in page.replace("语言", "").replace("图集", "")
    assert 'switch" role' not in page


def test_no_voltage_anywhere_in_the_public_atlas(atlas):
    for file in [*atlas.glob("*.html"), *atlas.glob("tables/*.csv")]:
        text = re.sub(r"[\w+/=]{200,}", "", file.read_text(encoding="utf-8"), flags=re.A)
        assert not re.search(r"\d\s*(千伏|kV)", text), file.name


def test_briefs_are_filled_for_every_project_cluster_and_place(atlas, layers):
    for slug, ids in (
        ("projects", layers["projects"]["project_id"]),
        ("clusters", layers["clusters"]["cluster_id"]),
        ("places", [*layers["cities"]["city_id"], *layers["districts"]["district_id"]]),
    ):
        text = (atlas / f"briefs-{slug}.html").read_text(encoding="utf-8")
        assert all(f'<article class="prose brief" id="{key}"' in text for key in ids)
        assert ">nan<" not in text
        assert ">None<" not in text


def test_a_brief_of_a_project_names_who_gains(layers):
    from yrdgis.reports.briefs import gains_of
    from yrdgis.reports.context import Context

    gains = gains_of(Context(layers, layers.valid_on))
    assert (gains.to_numpy() >= 0).all()
    assert gains.loc["project:husuhu-hsr", "district:330503"] > 1
    assert gains.loc["project:husuhu-hsr"].idxmax() != "city:zhoushan"
