from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from click.testing import CliRunner

from yrdgis import settings
from yrdgis.cli.measure import MEASURES, command
from yrdgis.errors import InputError, UnknownNameError

TOY = Path(__file__).parents[1] / "data" / "toy"

ON_THE_TOY = (
    "accessibility",
    "connectivity",
    "efficiency",
    "centrality",
    "cuts",
    "weak-points",
    "borders",
    "resilience",
    "equity",
)
"""What a region without town clusters, goals, metro and freight can be measured for."""


def run(*args: str):
    with settings.override(layers_dir=TOY):
        return CliRunner().invoke(command, list(args), catch_exceptions=False)


@pytest.mark.parametrize("name", ON_THE_TOY)
def test_each_prints_one_json_document(name):
    found = json.loads(run(name, "--no-range", "--json").stdout)
    assert found["meta"]["measure"] == name
    assert {"as_of", "confidence", "undated_share"} <= set(found["meta"])
    assert found["rows"] or name == "weak-points"
    assert all("geometry" not in row for row in found["rows"])


def test_several_days_stand_one_below_the_other(tmp_path):
    done = run("borders", "--as-of", "plan-eve,today", "--out", str(tmp_path / "b.csv"))
    assert done.exit_code == 0
    table = pd.read_csv(tmp_path / "b.csv")
    assert list(table["as_of"].unique()) == ["2019-12-01", "2026-11-01"]


def test_it_writes_a_layer_with_shapes(tmp_path):
    run("accessibility", "--no-range", "--out", str(tmp_path / "a.gpkg"))
    layer = gpd.read_file(tmp_path / "a.gpkg")
    assert layer.geometry.notna().all()
    assert layer["within_60_min"].gt(0).all()


def test_wrong_use_is_told():
    assert run("speed").exit_code == 2
    assert "takes --mode road, rail, metro" in run("cuts", "--mode", "door").stderr
    with pytest.raises(InputError, match="no opportunities called"):
        run("accessibility", "--to", "unicorns")
    with pytest.raises(UnknownNameError, match="no link 'roadlink:nowhere'"):
        run("resilience", "--close", "roadlink:nowhere")


def test_efficiency_in_blocks_is_the_same():
    told = [run("efficiency", "--no-range", "--json", *more).stdout for more in ((), ("--block", "1"))]
    assert told[0] == told[1]


def test_every_measure_has_a_line():
    assert all(line.endswith(".") for line in MEASURES.values())
    assert set(ON_THE_TOY) <= set(MEASURES)


def test_a_measure_in_blocks_goes_to_a_folder_and_is_the_same(tmp_path):
    whole, folder = tmp_path / "whole.csv", tmp_path / "reach"
    run("accessibility", "--from", "districts", "--out", str(whole))
    run("accessibility", "--from", "districts", "--block", "1", "--out", str(folder))
    parts = pd.read_parquet(folder).set_index("from_id")
    assert parts["mean_min"].tolist() == pytest.approx(pd.read_csv(whole)["mean_min"].tolist())
    assert len(list(folder.rglob("*.parquet"))) == len(parts)


@pytest.mark.parametrize(
    "asked", [("borders", "--block", "2"), ("accessibility", "--as-of", "plan-eve,2030", "--out", "reach")]
)
def test_what_can_t_be_in_blocks_is_wrong_usage(asked):
    assert CliRunner().invoke(command, list(asked)).exit_code == 2
