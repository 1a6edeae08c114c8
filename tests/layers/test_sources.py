"""Every row says who says so, in words that a map may cite; vocabularies are closed in both directions."""

from __future__ import annotations

import re

import pytest

WORDS = re.compile(
    r"\b(seeds?|brief|stored|index(ed)?|mirror(s|ed)?|cop(y|ies|ied)|fact set|task brief)\b|search tool",
    re.IGNORECASE,
)
HOSTS = re.compile(r"\b[\w-]+\.(com|net|org|cn|cc|hk|tw|tech|wang)\b", re.IGNORECASE)
OWN_HOSTS = {"gov.cn"}  # the state's own, which is the publisher
PATHS = re.compile(r"(/work|/opt|/root|/home)/")
GENERAL = "unverified general knowledge"


def test_every_file_is_in_the_catalogue_and_back(folder, catalog):
    files = {
        p.relative_to(folder).as_posix()
        for p in folder.rglob("*")
        if p.suffix in (".csv", ".geojson") and p.parent.name != "schema" and p.name != "catalog.csv"
    }
    assert files == {row["path"] for row in catalog.values()}
    schemas = {p.stem for p in (folder / "schema").glob("*.csv")}
    assert schemas == {row["schema"] for row in catalog.values()}


def test_catalogue_rows_are_complete(catalog):
    for layer, row in catalog.items():
        assert row["valid_on"] == "2026-11-01", layer
        assert all(
            row[c] for c in ("title", "title_zh", "geometry", "path", "schema", "source", "licence")
        ), layer


def _owner(attributes) -> str:
    """Layer on whose rows the rows of a table of relations hang; blank for a table with a key of its own."""
    first = attributes[0]
    return (
        first["references"].split("|")[0].partition(".")[0]
        if first["description"].startswith("(no key)")
        else ""
    )


def test_every_row_has_a_public_source(rows, schema, catalog):
    without = []
    for layer in catalog:
        attributes = schema(layer)
        if "source_public" in {a["attribute"] for a in attributes}:
            without += [
                f"{layer}: {next(iter(row.values()))}"
                for row in rows(layer)
                if not row["source_public"].strip()
            ]
            continue
        owner = _owner(attributes)
        if not owner:
            without.append(f"{layer}: neither a column source_public nor an owner that has one")
            continue
        key = attributes[0]["references"].split("|")[0].partition(".")[2]
        sourced = {row[key] for row in rows(owner) if row["source_public"].strip()}
        hanging = {row[attributes[0]["attribute"]] for row in rows(layer)}
        without += [f"{layer}: {parent} has no source in {owner}" for parent in sorted(hanging - sourced)]
    assert without == []


def test_no_word_of_the_compilation_anywhere(folder):
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
                hit = WORDS.search(line) or PATHS.search(line)
                if hit:
                    around = line[max(0, hit.start() - 60) : hit.end() + 40]
                    found.append(f"{path.relative_to(folder)}:{number}: {hit.group(0)!r} in {around!r}")
    assert found == []


def test_public_sources_name_publishers_not_addresses(rows, schema, catalog):
    found = []
    for layer in catalog:
        columns = [a["attribute"] for a in schema(layer) if a["attribute"].startswith("source_public")]
        for row in rows(layer):
            for column in columns:
                hosts = {m.group(0) for m in HOSTS.finditer(row[column])} - OWN_HOSTS
                found += [f"{layer} {next(iter(row.values()))}: {host}" for host in hosts]
    assert found == []


def test_no_note_points_to_a_file_or_a_table_of_facts(rows, catalog):
    pointer = re.compile(r"\b\w+\.csv\b|\bsee \w+ table\b|本表路段合计")
    found = [
        f"{layer} {next(iter(row.values()))}"
        for layer in catalog
        for row in rows(layer)
        if pointer.search(row.get("note", "") or "")
    ]
    assert found == []


def test_general_knowledge_is_called_unverified(rows, catalog):
    for layer in catalog:
        for row in rows(layer):
            text = row.get("source_public", "")
            assert text.count("general knowledge") == text.count(GENERAL), f"{layer}: {text}"


def _items(value: str, kind: str) -> list[str]:
    return [item for item in (value.split(";") if kind == "list" else [value]) if item]


def test_vocabularies_are_closed_in_both_directions(rows, schema, catalog):
    by_schema: dict[str, list[str]] = {}
    for layer, row in catalog.items():
        by_schema.setdefault(row["schema"], []).append(layer)
    wrong = []
    for name, layers in by_schema.items():
        for attribute in schema(layers[0]):
            if ".." in attribute["allowed"] or not attribute["allowed"]:
                continue
            declared = set(attribute["allowed"].split("|"))
            column, kind = attribute["attribute"], attribute["type"]
            used = {
                item for layer in layers for row in rows(layer) for item in _items(row.get(column, ""), kind)
            }
            wrong += [f"{name}.{column}: {value!r} is not declared" for value in sorted(used - declared)]
            wrong += [
                f"{name}.{column}: {value!r} is declared and not used" for value in sorted(declared - used)
            ]
    assert wrong == []


def test_no_path_of_one_machine_and_no_byte_order_mark(folder):
    for path in folder.rglob("*.csv"):
        raw = path.read_bytes()
        assert not raw.startswith(b"\xef\xbb\xbf"), path.name
        assert b"\r" not in raw, path.name


@pytest.mark.parametrize(
    "layer",
    [
        "cities",
        "districts",
        "towns",
        "destinations",
        "rail_stations",
        "metro_stations",
        "road_nodes",
        "road_routes",
    ],
)
def test_names_come_in_pairs(rows, layer):
    for row in rows(layer):
        key = next(iter(row.values()))
        assert row["name"].strip(), key
        assert not re.search(r"[\u4e00-\u9fff]", row["name"]), f"{key}: {row['name']}"
        assert re.search(r"[\u4e00-\u9fff]", row["name_zh"]) or row["name_zh"].isascii(), key


@pytest.mark.parametrize(
    "layer", ["towns", "destinations", "airports", "rail_stations", "metro_stations", "road_nodes"]
)
def test_names_of_places_hold_no_comma(rows, layer):
    for row in rows(layer):
        assert not re.search(r"[,，]", row["name"] + row["name_zh"]), next(iter(row.values()))
