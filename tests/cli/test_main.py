"""The door of the command line: quick, lazy, and clear about what is wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import click
import pytest

from yrdgis import cli
from yrdgis.cli import _console
from yrdgis.cli._commands import COMMANDS
from yrdgis.errors import InputError

HEAVY = (
    "pandas",
    "numpy",
    "geopandas",
    "shapely",
    "scipy",
    "numba",
    "folium",
    "matplotlib",
    "networkx",
    "rich",
    "pyarrow",
)


def run(*args, env=None):
    return subprocess.run(
        [sys.executable, "-m", "yrdgis", *args],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, **(env or {})},
        timeout=120,
        check=False,
    )


def imported_by(code):
    script = (
        f"import sys\ntry:\n    {code}\nexcept SystemExit:\n    pass\nprint('modules', *sorted(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    return {name.split(".")[0] for name in done.stdout.splitlines()[-1].split()}


@pytest.mark.parametrize(
    "code",
    [
        "import yrdgis",
        "from yrdgis.cli import main; main(['--help'])",
        "from yrdgis.cli import main; main(['layers', 'list'])",
    ],
)
def test_starting_imports_nothing_heavy(code):
    assert imported_by(code) & set(HEAVY) == set()


def test_help_takes_less_than_importing_pandas():
    def best(*args):
        times = []
        for _ in range(3):
            started = time.perf_counter()
            subprocess.run([sys.executable, *args], capture_output=True, check=True, timeout=60)
            times.append(time.perf_counter() - started)
        return min(times)

    assert best("-m", "yrdgis", "--help") < best("-c", "import pandas")


def test_help_lists_the_commands_that_exist():
    done = run("--help")
    assert done.returncode == 0
    assert "layers" in done.stdout
    assert "check" in done.stdout
    assert COMMANDS["check"] in done.stdout
    assert run("--version").stdout.strip().startswith("yrdgis, version ")


def test_every_command_can_be_imported_and_has_help():
    context = click.Context(cli.cli)
    for name in cli.cli.list_commands(context):
        command = cli.cli.get_command(context, name)
        assert command is not None
        assert command.help, name


def test_wrong_usage_is_two():
    for args in (["skimm"], ["check", "--nope"], ["layers", "show"], ["layers", "export", "towns"]):
        done = run(*args)
        assert done.returncode == 2, args
        assert "Usage:" in done.stderr
        assert "Traceback" not in done.stderr
        assert done.stdout == ""
    assert "Did you mean check?" in run("chek").stderr


def test_a_fault_of_the_data_is_one_line_and_one(tmp_path):
    done = run("--layers", str(tmp_path), "layers")
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("Error: No layers found")
    assert len(done.stderr.splitlines()) == 1


def test_an_unexpected_fault_is_one_line_and_its_place_is_shown_on_request(monkeypatch, capsys):
    def fail(*_, **__):
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(cli.cli, "main", fail)
    with pytest.raises(SystemExit) as left:
        cli.main(["layers"])
    assert left.value.code == 1
    assert capsys.readouterr().err.startswith("Error: unexpected ZeroDivisionError: division by zero.")
    with pytest.raises(ZeroDivisionError):
        cli.main(["--debug", "layers"])


def test_stopping_is_quiet(monkeypatch, capsys):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli.cli, "main", stop)
    with pytest.raises(SystemExit) as left:
        cli.main(["layers"])
    assert left.value.code == 130
    assert capsys.readouterr().err == "Stopped.\n"


def test_errors_of_ours_show_their_place_with_debug(monkeypatch):
    def fail(*_, **__):
        raise InputError("no")

    monkeypatch.setattr(cli.cli, "main", fail)
    with pytest.raises(InputError):
        cli.main(["--debug", "layers"])


def test_a_terminal_without_chinese_is_no_fault(toy):
    done = run("--layers", str(toy.root), "layers", env={"PYTHONIOENCODING": "ascii", "LC_ALL": "C"})
    assert done.returncode == 0
    assert "rail_links" in done.stdout
    assert done.stderr == ""


def test_json_documents_hold_only_what_json_has(capsys):
    import datetime as dt

    import numpy as np
    import pandas as pd

    frame = pd.DataFrame(
        {
            "a": [1.5, np.nan],
            "b": pd.to_datetime(["2021-01-15", None]),
            "c": pd.array([1, None], dtype="Int64"),
            "d": [("x", "y"), ()],
            "e": [np.inf, 2.0],
        }
    )
    _console.echo_json({"as_of": dt.date(2026, 11, 1), "n": np.int64(2)}, frame)
    out = capsys.readouterr().out
    assert json.loads(out) == {
        "meta": {"as_of": "2026-11-01", "n": 2},
        "rows": [
            {"a": 1.5, "b": "2021-01-15", "c": 1, "d": ["x", "y"], "e": None},
            {"a": None, "b": None, "c": None, "d": [], "e": 2.0},
        ],
    }


def test_columns_line_up_with_chinese():
    lines = _console.columns_text([("上海", 1), ("a", 2.5)], ("name", "min"))
    assert lines == ["name  min", "上海  1", "a     2.50"]


def test_progress_is_silent_where_there_is_no_terminal(capsys):
    with _console.progress("working", 2) as step:
        step("one")
        step("two")
    captured = capsys.readouterr()
    assert captured.out == captured.err == ""
