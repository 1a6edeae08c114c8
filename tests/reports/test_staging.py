from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from yrdgis.errors import OutputError
from yrdgis.reports.staging import MARK, staged_folder


def _fill(target: Path, text: str) -> None:
    with staged_folder(target, "atlas") as part:
        (part / MARK).write_text('{"kind": "atlas", "made_by": "yrdgis"}')
        (part / "page.html").write_text(text)


def test_a_second_run_replaces_the_first_whole(tmp_path: Path) -> None:
    target = tmp_path / "out"
    _fill(target, "first")
    (target / "left-over.html").write_text("old")
    _fill(target, "second")
    assert sorted(p.name for p in target.iterdir()) == [MARK, "page.html"]
    assert (target / "page.html").read_text() == "second"


def test_a_run_that_fails_leaves_the_old_one_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "out"
    _fill(target, "good")

    def _half(text: str) -> None:
        with staged_folder(target, "atlas") as part:
            (part / "page.html").write_text(text)
            raise RuntimeError("midway")

    with pytest.raises(RuntimeError, match="midway"):
        _half("half")
    assert (target / "page.html").read_text() == "good"
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_folder_of_somebody_else_is_never_replaced(tmp_path: Path) -> None:
    theirs = tmp_path / "documents"
    theirs.mkdir()
    (theirs / "thesis.txt").write_text("years of work")
    with pytest.raises(OutputError, match="holds files that no earlier run of this kind wrote"):
        _fill(theirs, "atlas")
    assert (theirs / "thesis.txt").read_text() == "years of work"


@pytest.mark.parametrize(
    "told", ['{"kind": "atlas", "made_by": "yrdgis 0.1"}', '{"kind": "map set"}', "{", "[]"]
)
def test_a_result_of_another_kind_is_never_replaced(tmp_path: Path, told: str) -> None:
    theirs = tmp_path / "out"
    theirs.mkdir()
    (theirs / MARK).write_text(told)
    with pytest.raises(OutputError, match="no earlier run of this kind"), staged_folder(theirs, "map set"):
        pass
    assert (theirs / MARK).read_text() == told


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("x")
    with pytest.raises(OutputError, match="not a folder"):
        _fill(tmp_path / "taken", "atlas")
    assert (tmp_path / "taken").read_text() == "x"


def test_a_parent_that_is_a_file_gets_a_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError):
        _fill(tmp_path / "file" / "out", "atlas")
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_a_run_that_is_killed_midway_leaves_the_old_one_whole(tmp_path: Path) -> None:
    target = tmp_path / "out"
    _fill(target, "good")
    script = (
        "import os, signal, sys\n"
        "from yrdgis.reports.staging import staged_folder\n"
        "with staged_folder(sys.argv[1], 'atlas') as part:\n"
        "    (part / 'page.html').write_text('half')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    ran = subprocess.run([sys.executable, "-c", script, str(target)], check=False)
    assert ran.returncode == -signal.SIGKILL
    assert (target / "page.html").read_text() == "good"
    _fill(target, "next")
    assert (target / "page.html").read_text() == "next"
