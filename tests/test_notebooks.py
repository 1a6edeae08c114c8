"""The notebooks' form, and the script that runs them."""

from __future__ import annotations

import base64
import html
import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.py"))

for module in ("jupytext", "nbformat", "nbclient"):
    pytest.importorskip(module)


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("run_notebooks", ROOT / "scripts" / "notebooks.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_asks_one_question_in_both_languages(path: Path) -> None:
    import jupytext

    cells = jupytext.read(path).cells
    title = cells[0].source.splitlines()[0]
    assert cells[0].cell_type == "markdown"
    assert re.fullmatch(r"# .*[A-Za-z].*", title)
    headings = [
        line
        for cell in cells
        if cell.cell_type == "markdown"
        for line in cell.source.splitlines()
        if line.startswith("#")
    ]
    assert all(re.search(r"[一-鿿]", heading) for heading in headings), headings
    assert [heading for heading in headings if heading.startswith("# ")] == [title]
    assert all(len(line) <= 140 for line in path.read_text(encoding="utf-8").splitlines())


def test_notebooks_are_numbered_without_a_gap() -> None:
    numbers = [int(path.stem.split("_")[0]) for path in NOTEBOOKS]
    assert numbers == list(range(1, len(NOTEBOOKS) + 1))


def test_both_readmes_list_every_notebook() -> None:
    for name in ("README.md", "README.zh-CN.md"):
        told = set(re.findall(r"`(\d\d_\w+)`", (ROOT / name).read_text(encoding="utf-8")))
        assert {path.stem for path in NOTEBOOKS} <= told


def test_charts_and_maps_of_a_run_are_kept(script: ModuleType) -> None:
    import nbformat.v4 as v4

    page = "<b>&amp; 图</b>"
    shown = [
        {"text/plain": "1"},
        {"image/png": base64.b64encode(b"png").decode()},
        {"text/html": f'<iframe srcdoc="{html.escape(page)}"></iframe>'},
    ]
    cell = v4.new_code_cell(outputs=[v4.new_output("display_data", data=data) for data in shown])
    notebook = v4.new_notebook(cells=[v4.new_markdown_cell("# x"), cell])
    assert dict(script.pictures(notebook)) == {"02.png": b"png", "03.html": page.encode()}


def test_taking_too_long_is_a_failure(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(script, "timed", lambda *_: (30.0, True))
    count = len(NOTEBOOKS)
    for limit, code in ((count / 2, 0), (count / 2 - 0.1, 1)):
        monkeypatch.setattr("sys.argv", ["notebooks.py", "--limit-min", str(limit)])
        assert script.main() == code
    assert "too long" in capsys.readouterr().out
    monkeypatch.setattr(script, "timed", lambda *_: (1.0, False))
    monkeypatch.setattr("sys.argv", ["notebooks.py", "01"])
    assert script.main() == 1
    assert "1 notebooks, 1 failed" in capsys.readouterr().out
