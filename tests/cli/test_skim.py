"""``skim``, ``path``, ``compare`` and ``scenario`` as a script meets them."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from click.testing import CliRunner

from yrdgis import settings
from yrdgis.cli import cli, main
from yrdgis.metrics.skim import SKIM_COLUMNS
from yrdgis.scenarios.compare import COMPARE_COLUMNS


@pytest.fixture(autouse=True)
def region(toy, request):
    """The made-up region as the layers in force."""
    with settings.override(layers_dir=toy.root):
        yield


def run(*args: str) -> str:
    result = CliRunner().invoke(cli, list(args), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def fails(capsys, *args: str) -> str:
    with pytest.raises(SystemExit) as left:
        main(list(args))
    assert left.value.code == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("Error:") == 1
    assert "Traceback" not in captured.err
    return captured.err


def test_skim_json_is_one_document_with_the_eight_columns():
    document = json.loads(run("skim", "--from", "甲州站", "--to", "stations", "--mode", "rail", "--json"))
    assert set(document) == {"meta", "rows"}
    assert tuple(document["rows"][0]) == SKIM_COLUMNS
    assert document["meta"]["mode"] == "rail"
    assert document["meta"]["impedance"] == "total"


@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx"])
def test_skim_writes_a_file(tmp_path, ending):
    out = tmp_path / f"times.{ending}"
    assert run("skim", "--from", "cities", "--to", "districts", "--out", str(out)) == ""
    read = {"csv": pd.read_csv, "parquet": pd.read_parquet, "xlsx": pd.read_excel}[ending]
    frame = read(out)
    assert tuple(frame.columns) == SKIM_COLUMNS
    assert len(frame) == 2 * 4
    assert [file.name for file in tmp_path.iterdir()] == [out.name]


def test_skim_takes_points_files_and_projects(tmp_path):
    names = tmp_path / "places.csv"
    names.write_text("name\n甲州大学\n", encoding="utf-8")
    for with_ in ([], ["--with", "lake-road"]):
        document = json.loads(
            run("skim", "--from", str(names), "--to", "120.23/30.03", "--json", "--mode", "drive", *with_)
        )
        assert document["rows"][0]["to_id"] == "point:120.23/30.03"
        assert document["rows"][0]["time_min"] > 0


def test_peak_and_distance_are_passed_on():
    def first(*more: str) -> dict:
        return json.loads(run("skim", "--from", "甲州", "--to", "乙州", "--mode", "drive", "--json", *more))[
            "rows"
        ][0]

    assert first("--period", "peak")["time_min"] > first()["time_min"]
    assert first("--impedance", "distance")["distance_km"] <= first()["distance_km"]


def test_without_an_out_the_pairs_are_shown():
    shown = run("skim", "--from", "甲州", "--to", "乙州")
    assert "time_min" in shown.splitlines()[0]
    assert "甲州市" in shown


def test_path_tells_both_languages_or_json():
    told = run("path", "--from", "甲州站", "--to", "乙州站", "--mode", "rail")
    assert "乘G字头火车" in told
    assert "Train G" in told
    document = json.loads(run("path", "--from", "甲州站", "--to", "乙州站", "--mode", "rail", "--json"))
    total = sum(row["total_min"] for row in document["rows"])
    assert total == pytest.approx(document["meta"]["time_min"])


def test_compare_names_the_project():
    args = [
        "compare",
        "--before",
        "plan-eve",
        "--after",
        "today",
        "--from",
        "甲州",
        "--to",
        "乙州",
        "--mode",
        "rail",
    ]
    document = json.loads(run(*args, "--json"))
    assert tuple(document["rows"][0]) == COMPARE_COLUMNS
    assert document["rows"][0]["project_id"] == "project:jiayi-hsr"
    assert document["rows"][0]["newly_connected"] is True
    left_out = json.loads(run(*args, "--without", "jiayi-hsr", "--json"))
    assert left_out["rows"][0]["newly_connected"] is False
    assert "newly connected" in run(*args)


def test_scenarios_are_listed_and_shown():
    assert "plan-eve" in run("scenario")
    listed = json.loads(run("scenario", "list", "--json"))["rows"]
    assert listed[0]["scenario"] == "plan-eve"
    shown = json.loads(run("scenario", "show", "2030", "--without", "甲乙高铁", "--json"))
    assert shown["meta"]["without_projects"] == ["project:jiayi-hsr"]
    states = {row["project_id"]: row["state"] for row in shown["rows"]}
    assert states["project:jiayi-hsr"] == "left out"
    assert states["project:lake-road"] == "open"


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["--from", "甲洲大学", "--to", "乙州"], "甲州大学"),
        (["--from", "柳镇", "--to", "乙州"], "2 places"),
        (["--from", "甲州", "--to", "乙州", "--as-of", "soon"], "is no date"),
        (["--from", "甲州", "--to", "乙州", "--with", "moonrail"], "No project is called 'moonrail'"),
        (["--from", "甲州", "--to", "乙州", "--out", "nowhere/at/all.csv"], "no such folder"),
        (["--from", "甲州", "--to", "乙州", "--out", "times.doc"], ".csv, .parquet, .xlsx"),
        (["--from", "柳镇-甲", "--to", "乙州", "--mode", "rail"], "No place is called"),
    ],
)
def test_bad_input_gets_one_clear_line(capsys, args, told):
    assert told in fails(capsys, "skim", *args)


def test_no_way_is_told(capsys):
    assert "no way from" in fails(
        capsys, "path", "--from", "甲州站", "--to", "乙州站", "--mode", "rail", "--as-of", "plan-eve"
    )


def test_help_imports_nothing_heavy():
    import subprocess
    import sys

    code = (
        "import sys; from yrdgis.cli import cli\n"
        "import yrdgis.cli.skim, yrdgis.cli.path, yrdgis.cli.compare, yrdgis.cli.scenario\n"
        "print([m for m in ('pandas', 'numpy', 'scipy', 'geopandas') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_skim_of_several_days_has_the_day_in_front(tmp_path):
    out = tmp_path / "times.csv"
    run(
        "skim",
        "--from",
        "甲州站",
        "--to",
        "stations",
        "--mode",
        "rail",
        "--as-of",
        "plan-eve,2030",
        "--out",
        str(out),
    )
    frame = pd.read_csv(out)
    assert tuple(frame.columns) == ("scenario", *SKIM_COLUMNS)
    assert frame["scenario"].unique().tolist() == ["plan-eve", "2030"]
    shown = run("skim", "--from", "甲州站", "--to", "甲东站", "--mode", "rail", "--as-of", "plan-eve,2030")
    assert [line.split()[0] for line in shown.splitlines()] == ["scenario", "plan-eve", "2030"]


def test_a_path_without_ending_is_a_folder_of_parquet_files(tmp_path):
    out = tmp_path / "times"
    assert run("skim", "--from", "cities", "--to", "districts", "--out", str(out)) == ""
    assert [len(pd.read_parquet(file)) for file in sorted(out.glob("scenario=today/*.parquet"))] == [4, 4]


def test_what_is_wrong_at_both_ends_is_told_at_once(capsys):
    told = fails(capsys, "skim", "--from", "nowhere,甲州", "--to", "also nowhere,nor here")
    assert told.startswith("Error: names: 3 problems\n")
    assert told.count("No place is called") == 3
