"""Model against observation: the targets, the folds, and files of a user."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from yrdgis.cli import cli
from yrdgis.errors import InputError
from yrdgis.network.rail_times import FREE_PARAMETERS
from yrdgis.validation import observed_in_layers, read_observed
from yrdgis.validation.calibrate import Problem, cross_validate, fit, problem_of
from yrdgis.validation.measures import relative_error, summary
from yrdgis.validation.report import scatter, validate, write_report


@pytest.fixture(scope="module")
def result(layers):
    return validate(layers)


@pytest.fixture(scope="module")
def problem(layers) -> Problem:
    return problem_of(layers, observed_in_layers(layers).rows)


def written(path, text: str):
    path.write_text(text, encoding="utf-8")
    return path


def test_fast_trains_hold_on_lines_left_out(result):
    rail = result.by("group").set_index("group").loc["rail G, D, C"]
    assert rail["n"] >= 90
    assert rail["no_answer"] == 0
    assert rail["median_error"] <= 0.08
    assert rail["p90_error"] <= 0.25
    assert abs(rail["bias"]) <= 0.03


def test_hauled_trains_are_told_apart(result):
    assert {"rail K", "rail G, D, C"} <= set(result.by("group")["group"])


@pytest.mark.parametrize(("group", "most"), [("road", 0.06), ("water", 0.08)])
def test_distances_hold(result, group, most):
    assert result.by("group").set_index("group").at[group, "median_error"] <= most


def test_train_rows_are_compared_with_a_fit_that_left_their_line_out(result):
    rail = result.rows.query("mode == 'rail'")
    assert set(rail["basis"]) == {"left-out fold"}
    assert rail["counts"].all()


def test_rows_that_sit_in_a_layer_are_counted_and_left_out(result):
    used = result.rows.query("mode != 'rail' and in_layer")
    assert len(used) == result.left_out["already in a layer"] > 0
    assert not used["counts"].any()


def test_the_worst_rows_tell_their_way(result):
    worst = result.worst()
    assert len(worst) == 10
    assert worst["error"].abs().is_monotonic_decreasing
    assert worst["way"].str.len().min() > 5


def test_the_shipped_parameters_are_those_of_the_fit(layers, problem):
    """Within what their digits and the search can tell."""
    found = cross_validate(problem)
    for parameter in FREE_PARAMETERS:
        assert layers.parameter(parameter) == pytest.approx(found.parameters[parameter], rel=0.02)
        low, high = layers.parameter(parameter, "low"), layers.parameter(parameter, "high")
        assert low <= layers.parameter(parameter) <= high
    assert not set(found.rows["fold"]) - set(found.folds["line"])


def test_a_fold_is_fitted_to_no_train_that_touches_its_line(problem):
    """The folds that the layer keeps say how many trains were left."""
    for line in set(problem.folds):
        touching = sum(line in shares for shares in problem.lines)
        assert touching >= sum(fold == line for fold in problem.folds)


def test_fitting_finds_the_parameters_that_made_the_times(problem):
    true = np.array([0.85, 0.72, 0.8, 1.6, 1.5])
    made = Problem(
        problem.rows.assign(observed=problem.minutes(true)),
        problem.parts,
        problem.starts,
        problem.base,
        problem.lines,
    )
    error = relative_error(made.minutes(fit(made)), made.rows["observed"])
    assert np.abs(error).max() < 0.01


def test_errors_of_short_rides_are_taken_over_twenty_minutes():
    assert relative_error([12.0, 50.0], [10.0, 40.0]).tolist() == [0.1, 0.25]
    assert relative_error([12.0], [10.0], floor=0).tolist() == [pytest.approx(0.2)]
    table = summary(pd.DataFrame({"error": [0.1, np.nan]}))
    assert (table["n"].iloc[0], table["no_answer"].iloc[0]) == (1, 1)


def test_a_file_is_read_whatever_its_columns_are_called(layers, tmp_path):
    plain = written(
        tmp_path / "a.csv", "from,to,train_class,minutes,as_of\n上海虹桥,杭州东站,g,45,2021-01-15\n"
    )
    other = written(
        tmp_path / "b.csv", "from_zh,to_zh,train_class,minutes_fastest,year\n上海虹桥,杭州东,G,45,2021\n"
    )
    romanised = written(
        tmp_path / "c.csv", "mode,from_id,to_name,minutes\nrail,shanghai-hongqiao,Hangzhou East,45\n"
    )
    for file in (plain, other, romanised):
        row = read_observed(file, layers).rows.iloc[0]
        assert (row["from_id"], row["to_id"], row["observed"]) == (
            "station:shanghai-hongqiao",
            "station:hangzhou-dong",
            45,
        )
    assert read_observed(plain, layers).rows["as_of"].iloc[0] == dt.date(2021, 1, 15)


def test_roads_and_waterways_come_in_by_name_or_position(layers, tmp_path):
    road = written(
        tmp_path / "r.csv",
        "from,to,from_lon,from_lat,distance_km\n某地,紫金港枢纽(S14/G2504),121.4737,31.2304,170\n",
    )
    water = written(tmp_path / "w.csv", "from,to,via,distance\n鸭子坝,瓜泾口,运河,70\n")
    assert read_observed(road, layers).rows.iloc[0]["from_id"] == "point:121.4737/31.2304"
    assert read_observed(water, layers).rows.iloc[0]["mode"] == "water"


def test_all_faults_of_a_file_are_told_at_once(layers, tmp_path):
    rows = ["上海虹桥,苏州北,X,20", "上海虹桥,苏州背,G,20", "苏州,苏州,G,20", "苏州,无锡,G,-3"]
    text = "\n".join(["from,to,train_class,minutes", *rows])
    with pytest.raises(InputError) as caught:
        read_observed(written(tmp_path / "bad.csv", text), layers)
    message = str(caught.value)
    assert "4 problems" in message
    for part in ("row 2: train class 'X'", "苏州背", "both ends are station:suzhou", "not above zero"):
        assert part in message


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("from,minutes\n苏州,3\n", "no column for the to end"),
        ("from,to,speed\n苏州,无锡,3\n", "needs the value"),
        ("from,to,minutes\n", "no rows|empty"),
    ],
)
def test_a_file_without_what_it_needs_is_refused(layers, tmp_path, text, told):
    with pytest.raises(InputError, match=told):
        read_observed(written(tmp_path / "x.csv", text), layers)


def test_known_and_blank_rows_of_a_file_are_counted(layers, tmp_path):
    known = layers["rail_times"].query("train_class == 'G'").iloc[0]
    text = (
        "from,to,train_class,minutes\n"
        f"{known['to_id']},{known['from_id']},G,{known['fastest_min']}\n苏州,无锡,G,\n上海虹桥,杭州东,G,45\n"
    )
    seen = read_observed(written(tmp_path / "k.csv", text), layers, as_of="2021-01-15")
    assert len(seen.rows) == 1
    assert seen.left_out == {"already in a layer": 1, "no value": 1}


def test_a_pair_without_a_direct_train_has_no_answer(layers, tmp_path):
    file = written(
        tmp_path / "n.csv", "from,to,train_class,minutes\n上海虹桥,湖州,G,50\n上海虹桥,杭州东,G,45\n"
    )
    eve = validate(layers, file, as_of="plan-eve")
    assert eve.by("group")["no_answer"].tolist() == [1]
    assert "no direct train" in " ".join(eve.rows["way"])


def test_the_report_is_written_whole(result, tmp_path):
    folder = write_report(result, tmp_path / "out")
    assert {p.name for p in folder.iterdir()} == {
        "rows.csv", "by_group.csv", "by_class.csv", "by_line.csv", "worst.csv", "scatter.png"
    }  # fmt: skip
    assert len(pd.read_csv(folder / "rows.csv")) == len(result.rows)
    assert len(scatter(result).axes) == 2


def test_the_command_prints_one_document(layers, tmp_path):
    file = written(tmp_path / "a.csv", "from,to,train_class,minutes\n上海虹桥,杭州东,G,45\n")
    run = CliRunner().invoke(cli, ["validate", "--observed", str(file), "--as-of", "2021-01-15", "--json"])
    assert run.exit_code == 0
    document = json.loads(run.stdout)
    assert document["meta"]["by_group"][0]["n"] == 1
    assert document["rows"][0]["to_name_zh"] == "杭州东"
    assert "not validated" in document["meta"]["unvalidated"]


def test_the_command_tells_a_bad_file_in_one_line(tmp_path):
    run = CliRunner().invoke(cli, ["validate", "--observed", str(tmp_path / "none.csv")])
    assert isinstance(run.exception, InputError)
    assert "no such file" in str(run.exception)
