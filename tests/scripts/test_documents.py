"""The scripts behind the documentation: a block that fails is told, kept answers go stale, pages fetch nothing."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

import yrdgis

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import _runs  # noqa: E402
import docs_figures  # noqa: E402
from _documents import blocks  # noqa: E402


@pytest.fixture
def document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A page of its own, with a place for what its blocks show."""
    monkeypatch.setattr(_runs, "ROOT", tmp_path)
    monkeypatch.setattr(_runs, "RUNS", tmp_path / "build")
    monkeypatch.setattr(_runs, "key_of", lambda path: path.read_text(encoding="utf-8"))
    return tmp_path / "page.md"


def test_blocks_share_names_and_the_last_value_is_shown(document: Path) -> None:
    document.write_text("```python\nx = 20\n```\n\n```python\nprint('twice')\nx * 2\n```\n", encoding="utf-8")
    shown, faults = _runs.run(document, commands=True)
    assert not faults
    assert [one.text for one in shown] == ["", "twice\n40\n"]
    assert _runs.kept(document) == shown


def test_answers_of_an_older_text_are_not_kept(document: Path) -> None:
    document.write_text("```python\n1 + 1\n```\n", encoding="utf-8")
    _runs.run(document, commands=True)
    document.write_text("```python\n1 + 2\n```\n", encoding="utf-8")
    assert _runs.kept(document) is None
    assert _runs.kept(document, stale=True) is None


def test_a_block_that_warns_or_fails_is_told_with_its_line(document: Path) -> None:
    document.write_text(
        "text\n\n```python\nimport warnings\nwarnings.warn('old')\n```\n\n```python\n1 / 0\n```\n",
        encoding="utf-8",
    )
    _, faults = _runs.run(document, commands=True)
    assert len(faults) == 2
    assert "page.md:3" in faults[0]
    assert "UserWarning: old" in faults[0]
    assert "page.md:8" in faults[1]
    assert "ZeroDivisionError" in faults[1]
    assert _runs.kept(document) is None


def test_a_command_that_leaves_with_a_fault_is_told(document: Path) -> None:
    document.write_text("```bash\nyrdgis check nowhere\n```\n\n```bash\nrm -r x\n```\n", encoding="utf-8")
    _, faults = _runs.run(document, commands=True)
    assert len(faults) == 2
    assert "nowhere" in faults[0]
    assert "not 'rm'" in faults[1]


def test_saved_maps_and_drawn_pictures_are_kept(document: Path) -> None:
    plt.figure()  # somebody else's
    code = "from pathlib import Path\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\nclass M:\n    def save(self, f):\n        Path(f).write_text('x')\nM().save('m.html')"
    document.write_text(f"```python\n{code}\n```\n", encoding="utf-8")
    shown, faults = _runs.run(document, commands=True)
    assert not faults
    assert len(shown[0].pictures) == 1
    assert shown[0].maps == ["page-0-m.html"]


def test_a_table_cell_cannot_break_its_table() -> None:
    lines = list(docs_figures._table(["a"], [["x | y\n$z$ <b>"]]))
    assert lines[2] == "| x \\| y \\$z\\$ \\<b> |"


def test_every_term_is_told_in_both_languages() -> None:
    for lang in ("en", "zh"):
        rows = list(docs_figures.glossary(lang))[2:]
        assert len(rows) > 30
        assert not [row for row in rows if "|  |" in row]


def test_the_citation_is_of_this_version() -> None:
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {yrdgis.__version__}\n" in text
    assert "@" not in text + (ROOT / "SECURITY.md").read_text(encoding="utf-8").replace("`@`", "")


def test_documents_have_no_block_in_a_language_that_is_not_run() -> None:
    for path in (ROOT / "docs").rglob("*.md"):
        if not path.relative_to(ROOT / "docs").parts[0].startswith("_"):
            assert not [
                block for name in ("sh", "shell", "console", "py", "pycon") for block in blocks(path, name)
            ]


def test_the_data_card_counts_what_is_there() -> None:
    from yrdgis.io import load_layers

    layers = load_layers()
    rows = re.findall(
        r"^\| ([a-z_]+(?:, [a-z_]+)*) \| ([\d, ]+) \|",
        (ROOT / "layers" / "README.md").read_text("utf-8"),
        re.M,
    )
    assert len(rows) > 10
    for names, counts in rows:
        told = [
            int(count.replace(",", "")) for count in re.findall(r"\d{1,3}(?:,\d{3})*(?=, |$)", counts.strip())
        ]
        assert told == [len(layers[name]) for name in names.split(", ")], names
