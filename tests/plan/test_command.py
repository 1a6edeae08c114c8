"""``yrdgis plan`` as a script sees it: standard output, standard error and exit codes."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest


def run(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "yrdgis", *args], capture_output=True, text=True, encoding="utf-8", check=False
    )


@pytest.fixture
def invoke(layers):
    """Function that runs the command in this process and gives exit code, output and error text."""
    from click.testing import CliRunner

    from yrdgis.cli.plan import command

    def call(*args: str):
        return CliRunner().invoke(command, list(args))

    return call


def test_list_prints_one_json_document(invoke):
    result = invoke("list", "--theme", "rail", "--json")
    document = json.loads(result.stdout)
    assert result.exit_code == 0
    assert document["meta"]["registered"] == 259
    assert document["meta"]["count"] == len(document["rows"]) == 10
    row = next(r for r in document["rows"] if r["item_id"] == "item:husuhu-hsr")
    assert row["quote"] == "沪苏湖高铁"
    assert row["projects"] == ["project:husuhu-hsr"]


def test_filters_combine(invoke):
    document = json.loads(
        invoke("list", "--section", "二(三)", "--status", "operating", "--kind", "project", "--json").stdout
    )
    assert document["rows"]
    assert all(
        r["section"].startswith("二（三）") and r["actual_status"] == "operating" for r in document["rows"]
    )


def test_a_place_is_given_by_name_or_id(invoke):
    by_name = json.loads(invoke("list", "--place", "昆山", "--json").stdout)["rows"]
    by_id = json.loads(invoke("list", "--place", "district:320583", "--json").stdout)["rows"]
    assert by_name == by_id != []


def test_words_find_an_item(invoke):
    document = json.loads(invoke("list", "沪苏湖", "--json").stdout)
    assert [r["item_id"] for r in document["rows"]] == ["item:husuhu-hsr"]


def test_coverage_counts_every_item_once(invoke):
    document = json.loads(invoke("coverage", "--json").stdout)
    assert document["meta"]["total"]["items"] == sum(r["items"] for r in document["rows"]) == 259
    assert {"with_geometry", "on_network", "measured", "overdue", "unknown"} <= set(document["rows"][0])


def test_a_document_that_is_not_the_plan_fails(invoke, tmp_path):
    file = tmp_path / "other.txt"
    file.write_text("二、别的\n（三）别的\n1.别的。没有规划原文。\n", encoding="utf-8")
    result = invoke("coverage", "--document", str(file))
    assert result.exit_code == 1
    assert "0 of 259 quotes stand in" in result.stdout
    document = json.loads(invoke("coverage", "--document", str(file), "--json").stdout)
    assert document["meta"]["found"] == 0
    assert [r["sentence"] for r in document["rows"]] == ["没有规划原文"]


def test_without_a_subcommand_the_register_is_listed(invoke):
    result = invoke()
    assert result.exit_code == 0
    assert "item:husuhu-hsr" in result.stdout


def test_bad_input_is_one_line_and_code_1(layers):
    result = run("plan", "list", "--theme", "rails")
    assert result.returncode == 1
    assert result.stdout == ""
    assert "no item has theme 'rails'" in result.stderr
    assert "Traceback" not in result.stderr


def test_wrong_usage_is_code_2(layers):
    result = run("plan", "list", "--colour", "red")
    assert result.returncode == 2
