"""Run every notebook from a clean kernel; a warning is no error, an exception is, and so is taking too long.

python scripts/notebooks.py [NAME ...] [--out FOLDER] [--pictures FOLDER] [--limit-min MINUTES]
"""

from __future__ import annotations

import argparse
import base64
import html
import re
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

ROOT = Path(__file__).resolve().parent.parent
LIMIT_MIN = 6.0  # for all of them together, on two cores


def run(path: Path, folder: Path) -> tuple[Any, str | None]:
    """Execute one notebook in `folder`; return it, and what went wrong or None."""
    notebook = jupytext.read(path)
    try:
        NotebookClient(
            notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
        ).execute()
    except CellExecutionError as error:
        return notebook, re.sub(r"\x1b\[[0-9;]*m", "", str(error))
    return notebook, None


def pictures(notebook: Any) -> Iterator[tuple[str, bytes]]:
    """What an executed notebook shows: name and content of each chart (.png) and each page of a map (.html)."""
    shown = [data for cell in notebook.cells for out in cell.get("outputs", ()) if (data := out.get("data"))]
    for number, data in enumerate(shown, 1):
        page = re.search(r'srcdoc="([^"]*)"', data.get("text/html", ""))
        if page:
            yield f"{number:02}.html", html.unescape(page[1]).encode()
        elif "image/png" in data:
            yield f"{number:02}.png", base64.b64decode(data["image/png"])


def keep(notebook: Any, stem: str, out: Path | None, shown: Path | None) -> None:
    """Write the executed notebook and its pictures where they are wanted."""
    for folder in (out, shown):
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
    if out is not None:
        nbformat.write(notebook, out / f"{stem}.ipynb")
    if shown is not None:
        for name, content in pictures(notebook):
            (shown / f"{stem}-{name}").write_bytes(content)


def _cpu_s() -> float:
    """Processor seconds of all kernels that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def timed(path: Path, out: Path | None, shown: Path | None) -> tuple[float, bool]:
    """Run one notebook and print how it went; return its seconds, and whether it ran."""
    wall, cpu = time.perf_counter(), _cpu_s()
    with tempfile.TemporaryDirectory() as folder:
        notebook, wrong = run(path, Path(folder))
    wall, cpu = time.perf_counter() - wall, _cpu_s() - cpu
    print(
        f"{path.stem:<24} {'failed' if wrong else 'ran'} in {wall:5.1f} s ({cpu:.1f} s of processor)",
        flush=True,
    )
    if wrong:
        print(wrong)
    else:
        keep(notebook, path.stem, out, shown)
    return wall, wrong is None


def main() -> int:
    """Run the notebooks named, or all; print times and return 1 if one fails or all take longer than the limit."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "names", nargs="*", help="stems of notebooks or how they begin; all when none is named"
    )
    parser.add_argument("--out", type=Path, help="folder for the executed .ipynb files")
    parser.add_argument("--pictures", type=Path, help="folder for the charts and maps that they show")
    parser.add_argument(
        "--limit-min", type=float, default=LIMIT_MIN, help="minutes for all together (default %(default)s)"
    )
    arguments = parser.parse_args()
    paths = sorted((ROOT / "notebooks").glob("*.py"))
    if arguments.names:
        paths = [path for path in paths if path.stem.startswith(tuple(arguments.names))]
    results = [timed(path, arguments.out, arguments.pictures) for path in paths]
    total = sum(seconds for seconds, _ in results) / 60
    failed = sum(not ran for _, ran in results)
    late = total > arguments.limit_min
    print(
        f"{len(paths)} notebooks, {failed} failed, {total:.1f} min of {arguments.limit_min:g}"
        f"{': too long' if late else ''}"
    )
    return 1 if failed or late or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
