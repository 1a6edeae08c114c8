from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest

from yrdgis.errors import InputError
from yrdgis.reports import make_atlas

if TYPE_CHECKING:
    from yrdgis.io import Layers

pytestmark = pytest.mark.xdist_group("atlas")


def test_the_manifest_names_every_file_and_layer(atlas: Path, layers: Layers) -> None:
    manifest = json.loads((atlas / "manifest.json").read_text(encoding="utf-8"))
    there = {p.relative_to(atlas).as_posix() for p in atlas.rglob("*") if p.is_file()} - {"manifest.json"}
    assert set(manifest["files"]) == there
    for name, told in manifest["files"].items():
        assert hashlib.sha256((atlas / name).read_bytes()).hexdigest() == told["sha256"]
    assert {row["layer_id"] for row in manifest["layers"]} == set(layers)
    assert manifest["as_of"] == layers.valid_on.isoformat()


def test_no_page_names_an_address_to_fetch(atlas: Path) -> None:
    for page in atlas.glob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert "default-src 'none'" in text, page.name
        assert not re.findall(r"<(?:script|link|img|iframe)\b[^>]*(?:src|href)=[\"']?(?:https?:)?//", text), (
            page.name
        )
        assert page.stat().st_size < 3_000_000


def test_the_index_says_what_is_assumed_before_what_is_found(atlas: Path) -> None:
    text = (atlas / "index.html").read_text(encoding="utf-8")
    assert 0 < text.index("What this rests on") < text.index('class="cards"') < text.index("<table>")
    assert "minutes were not" in text
    linked = set(re.findall(r'href="([^"]+)"', text))
    assert {page.name for page in atlas.glob("*.html")} - {"index.html"} <= linked
    assert all((atlas / href).is_file() for href in linked)


def test_the_workbook_holds_what_the_csv_files_hold(atlas: Path) -> None:
    book = openpyxl.load_workbook(atlas / "tables" / "atlas.xlsx", read_only=True)
    sheets = {name: book[name] for name in book.sheetnames}
    for name, title in (("times", "出行时间"), ("projects", "项目"), ("change_door", "变化（门到门）")):
        rows = pd.read_csv(atlas / "tables" / f"{name}.csv")
        assert sheets[title].max_row == len(rows) + 1
    times = pd.read_csv(atlas / "tables" / "times.csv").dropna(subset=["time_min"])
    assert (times["time_low_min"] <= times["time_min"] + 1e-6).all()
    assert (times["time_min"] <= times["time_high_min"] + 1e-6).all()


def test_the_package_holds_layers_and_results(atlas: Path) -> None:
    change = gpd.read_file(atlas / "data" / "atlas.gpkg", layer="district_change")
    listed = set(gpd.list_layers(atlas / "data" / "atlas.gpkg")["name"])
    assert {"cities", "districts", "rail_links", "road_links", "project_lines", "district_times"} <= listed
    assert len(change) == 71
    assert change["change"].isin(["faster", "newly connected"]).any()


def test_the_public_atlas_holds_nothing_internal(atlas: Path, layers: Layers) -> None:
    listed = gpd.list_layers(atlas / "data" / "atlas.gpkg")["name"]
    for name in set(listed) & set(layers):
        hidden = set(layers.schema(name).names) - set(layers.schema(name).visible_to("public"))
        assert not hidden & set(gpd.read_file(atlas / "data" / "atlas.gpkg", layer=name, rows=1).columns)


def test_a_made_up_region_gets_an_atlas_through_the_same_door(toy: Layers, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    out = make_atlas(toy, tmp_path / "toy", lang="zh", progress=lambda *step: told.append(step))
    index = (out / "index.html").read_text(encoding="utf-8")
    assert all(name in index for name in toy["cities"]["name_zh"])
    assert told[-1] == ("done", told[-1][2], told[-1][2])
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)


def test_wrong_words_are_refused_before_anything_is_written(toy: Layers, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="lang is one of"):
        make_atlas(toy, tmp_path / "x", lang="fr")
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_the_same_layers_give_the_same_bytes_in_any_process(toy: Layers, tmp_path: Path) -> None:
    """But for the time in the manifest; a map, a comparison, a question, words and tables stand for all pages."""
    script = (
        "import sys\n"
        "from yrdgis.io import load_layers\n"
        "from yrdgis.reports import atlas\n"
        "every = atlas.pages_of\n"
        "atlas.pages_of = lambda c: [p for p in every(c) if p.slug in {'region', 'change-door', 'ask', 'methods'}]\n"
        "atlas.make_atlas(load_layers(sys.argv[1]), sys.argv[2])\n"
    )
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(toy.root), str(tmp_path / seed)],
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        for seed in ("1", "2")
    ]
    assert [run.wait() for run in runs] == [0, 0]
    told = [
        json.loads((tmp_path / seed / "manifest.json").read_text(encoding="utf-8")) for seed in ("1", "2")
    ]
    for one in told:
        one.pop("made_at")
    assert told[0] == told[1]
    assert len(told[0]["files"]) > 15
