from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pytest
import rasterio
from click.testing import CliRunner

from yrdgis import settings
from yrdgis.cli.isochrone import command
from yrdgis.errors import InputError

TOY = Path(__file__).parents[1] / "data" / "toy"


def run(*args: str):
    with settings.override(layers_dir=TOY):
        return CliRunner().invoke(command, [*args, "--cell", "500"], catch_exceptions=False)


def test_json_is_one_document_with_columns_that_scripts_rely_on():
    found = json.loads(run("--from", "甲西", "--cutoffs", "20,40", "--json").stdout)
    assert [row["cutoff_min"] for row in found["rows"]] == [20, 40]
    assert {"mode", "as_of", "confidence", "origins"} <= set(found["meta"])


def test_it_writes_a_layer_a_raster_and_a_map(tmp_path):
    for name in ("a.gpkg", "a.tif", "a.html"):
        done = run("--from", "甲西", "--cutoffs", "30", "--out", str(tmp_path / name))
        assert done.exit_code == 0
        assert done.stdout == ""
    assert gpd.read_file(tmp_path / "a.gpkg")["cutoff_min"].tolist() == [30]
    with rasterio.open(tmp_path / "a.tif") as raster:
        assert raster.crs.to_epsg() == 4549
    assert "可达范围" in (tmp_path / "a.html").read_text(encoding="utf-8")


def test_wrong_input_is_told():
    with pytest.raises(InputError, match="ascend"):
        run("--from", "甲西", "--cutoffs", "40,20")
    assert run("--from", "甲西", "--cutoffs", "soon").exit_code == 2
    with pytest.raises(InputError, match=r"\.gpkg"):
        run("--from", "甲西", "--out", "a.doc")


def test_gains_since_an_earlier_day():
    found = json.loads(run("--from", "甲西", "--cutoffs", "30,60", "--before", "plan-eve", "--json").stdout)
    assert [row["change"] for row in found["rows"]] == ["gained", "lost", "kept"] * 2
    assert run("--from", "甲西", "--before", "plan-eve", "--out", "a.tif").exit_code == 2
