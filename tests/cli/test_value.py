"""``value`` as a script meets it."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from click.testing import CliRunner

from yrdgis import settings
from yrdgis.cli import cli, main
from yrdgis.scenarios.value import VALUE_COLUMNS

RAIL = ("--base", "2019-12-01", "--mode", "rail", "--from", "cities")


@pytest.fixture(autouse=True)
def region(toy):
    """The made-up region as the layers in force."""
    with settings.override(layers_dir=toy.root):
        yield


def run(*args: str) -> str:
    result = CliRunner().invoke(cli, ["value", *RAIL, *args], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_json_is_one_document_with_a_row_for_each_project_of_the_plan():
    document = json.loads(run("--json"))
    assert tuple(document["rows"][0]) == VALUE_COLUMNS
    assert {row["project_id"] for row in document["rows"]} == {
        "project:jiayi-hsr",
        "project:lake-road",
        "project:jiayi-canal",
        "project:yigang-terminal",
    }
    joint = sum(document["meta"]["joint"].values())
    assert joint > 0
    assert sum(row["worth"] for row in document["rows"]) == pytest.approx(joint)
    assert sum(sum(row.values()) for row in document["meta"]["by_city"].values()) == pytest.approx(joint)
    assert all(row["reason"] for row in document["rows"] if row["worth"] == 0)


def test_methods_agree_on_a_single_project():
    worths = [
        json.loads(run("--projects", "甲乙高铁", "--no-range", "--method", method, "--json"))["rows"][0][
            "worth"
        ]
        for method in ("shapley", "put-in", "take-out", "sampling")
    ]
    assert worths[0] > 0
    assert worths == pytest.approx([worths[0]] * 4)


def test_the_table_is_written_to_a_file(tmp_path):
    out = tmp_path / "worth.xlsx"
    assert run("--no-range", "--out", str(out)) == ""
    assert tuple(pd.read_excel(out).columns) == VALUE_COLUMNS


def test_a_terminal_shows_what_acts_and_why_the_rest_does_not():
    result = CliRunner().invoke(cli, ["value", *RAIL, "--no-range"], catch_exceptions=False)
    assert "甲乙高铁" in result.stdout
    assert "capacity changes no free-flow time" in result.stderr or "capacity only" in result.stderr
    assert "乙港码头" in result.stderr


def test_an_unknown_project_is_told_once_with_the_nearest(capsys):
    with pytest.raises(SystemExit) as left:
        main(["value", "--projects", "project:lake-raod"])
    assert left.value.code == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("Error:") == 1
    assert "project:lake-road" in captured.err


def test_late_projects_cost_minutes_people_and_years():
    document = json.loads(run_plain("value", "--projects", "jiayi-hsr", "--late", "1", "--json"))
    assert document["meta"]["unit"] == "minutes x people x years"
    assert document["rows"][0]["project_id"] == "project:jiayi-hsr"
    assert document["rows"][0]["alone"] >= 0


def test_a_scenario_is_saved_with_what_it_requires(tmp_path):
    out = tmp_path / "mine.json"
    assert (
        run_plain("scenario", "show", "2019-12-01", "--with", "湖滨路接线", "--pull-in", "--out", str(out))
        == ""
    )
    document = json.loads(run_plain("scenario", "show", str(out), "--json"))
    assert document["meta"]["with_projects"] == ["project:lake-road"]
    assert document["meta"]["pulled_in"] == []
    compared = json.loads(
        run_plain("compare", "--before", "2019-12-01", "--after", str(out), "--from", "cities", "--json")
    )
    assert {row["city_id"] for row in compared["meta"]["by_city"]} == {"city:jiazhou", "city:yizhou"}


def run_plain(*args: str) -> str:
    result = CliRunner().invoke(cli, list(args), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout
