"""What the command line says to someone new: help, near names, and progress where nobody watches a bar."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from yrdgis.cli import _console, cli, progress
from yrdgis.cli.measure import MEASURES


def test_the_help_of_measure_lists_every_measure():
    told = CliRunner().invoke(cli, ["measure", "--help"]).output
    assert all(f"{name} " in told and text in told for name, text in MEASURES.items())


def test_a_measure_with_a_typing_error_gets_the_nearest():
    result = CliRunner().invoke(cli, ["measure", "acessibility"])
    assert result.exit_code == 2
    assert "Did you mean accessibility" in result.output


def test_progress_is_a_line_now_and_then_in_a_log(monkeypatch: pytest.MonkeyPatch, capsys):
    clock = iter((0.0, 1.0, 11.0, 11.0, 12.0))
    monkeypatch.setattr(_console.time, "monotonic", lambda: next(clock))
    with progress("Maps", 3) as tell:
        tell("one")
        tell("two")
        tell("three")
    assert capsys.readouterr().err == "Maps: 2 of 3 two\n"
