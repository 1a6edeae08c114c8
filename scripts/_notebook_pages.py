"""Pages of the documentation from notebooks: their text and code, and what they showed where they have been run."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jupytext
import nbformat


def write_pages(notebooks: Path, ran: Path, out: Path) -> list[Path]:
    """One page for each notebook, with the outputs of a run of the same cells if there is one in `ran`.

    Nothing is executed here: scripts/notebooks.py does that, in a step of its own.
    """
    out.mkdir(parents=True, exist_ok=True)
    wanted = {}
    for source in sorted(notebooks.glob("*.py")):
        cells = jupytext.read(source).cells
        done = _ran(ran / f"{source.stem}.ipynb", cells)
        wanted[out / f"{source.stem}.md"] = "\n".join(
            _page(done or cells, source.stem, out, done is not None)
        )
    for path in out.glob("*.md"):
        if path not in wanted:
            path.unlink()
    for path, text in wanted.items():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
    return list(wanted)


def _ran(path: Path, cells: list[Any]) -> list[Any] | None:
    """Cells with outputs, if the notebook that was run is the one that stands there."""
    if not path.is_file():
        return None
    found = nbformat.read(path, as_version=4).cells
    same = [c.source for c in found] == [c.source for c in cells]
    return list(found) if same else None


def _page(cells: list[Any], stem: str, out: Path, ran: bool) -> Iterator[str]:
    told = False
    for number, cell in enumerate(cells):
        if cell.cell_type == "markdown":
            yield from (cell.source, "")
        elif cell.cell_type == "code" and cell.source.strip():
            yield from ("```python", cell.source, "```", "")
            for output in cell.get("outputs", []):
                yield from _output(output, f"{stem}-{number}", out)
        if not told:
            told = True
            how = "as it ran in the checks" if ran else "not run when this page was built: code only"
            yield from (f"*`notebooks/{stem}.py`, {how}.*", "")


def _output(output: Any, name: str, out: Path) -> Iterator[str]:
    data = output.get("data", {})
    if "image/png" in data:
        (out / f"{name}.png").write_bytes(base64.b64decode(data["image/png"]))
        yield from (f"![What the code above draws]({name}.png)", "")
    elif "text/html" in data:
        html = re.sub(r"<style.*?</style>", "", data["text/html"], flags=re.DOTALL)
        yield from _raw(f'<div class="answer answer-table" tabindex="0">{html}</div>')
    else:
        text = data.get("text/plain") or output.get("text") or ""
        if str(text).strip() and output.get("name") != "stderr":
            shown = str(text).replace("&", "&amp;").replace("<", "&lt;")
            yield from _raw(f'<pre class="answer" tabindex="0">{shown}</pre>')


def _raw(html: str) -> Iterator[str]:
    yield from ("````{raw} html", html, "````", "")
