"""Both languages: every fixed word, and every coded value of the layers."""

import csv

import pytest

from yrdgis.io import load_layers
from yrdgis.maps.language import WORDS, as_pair, as_unit, pair
from yrdgis.maps.popup import _KNOWN
from yrdgis.maps.style import STATUS_CODE

SPACES = {row["field"]: row["ns"] for row in _KNOWN if row.get("kind") == "word"}


def coded():
    for file in sorted((load_layers().root / "schema").glob("*.csv")):
        with file.open(encoding="utf-8") as stream:
            for row in csv.DictReader(stream):
                if row["attribute"] in SPACES and row["allowed"] and ".." not in row["allowed"]:
                    for value in row["allowed"].split("|"):
                        yield f"{SPACES[row['attribute']]}.{value}"


NOT_SHOWN = {
    f"kind.{k}"
    for k in (
        *("policy", "project", "target", "cluster"),
        *("interchange", "city_access", "town_access", "border_crossing", "bridge_head", "ferry"),
    )
}
"""Kinds of plan items and highway nodes: no map shows these as features."""


@pytest.mark.parametrize("key", sorted(set(coded()) - NOT_SHOWN))
def test_every_coded_value_has_a_word_in_both_languages(key):
    assert WORDS[key]["zh"] != WORDS[key]["en"]


def test_every_word_is_written_in_its_language():
    for key, both in WORDS.items():
        assert both["zh"], key
        assert both["en"], key
        assert not any("\u4e00" <= c <= "\u9fff" for c in both["en"]), key


def test_every_status_is_known_to_the_pages():
    assert {k.removeprefix("status.") for k in WORDS if k.startswith("status.")} == set(STATUS_CODE)


def test_names_fall_back_and_units_do_not():
    assert pair("铁路") == {"zh": "铁路", "en": "铁路"}
    assert as_pair(("铁路", "Rail"))["en"] == "Rail"
    assert as_unit("km") == {"zh": "km", "en": "km"}
    assert as_unit(("座", "")) == {"zh": "座", "en": ""}
