"""Run every notebook from a clean kernel; a warning is no error, an exception is.

python scripts/notebooks.py [NAME ...] [--out FOLDER]
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

ROOT = Path(__file__).resolve().parent.parent


def run(path: Path, folder: Path, out: Path | None) -> str | None:
    """Execute one notebook in `folder`; return what went wrong, or None."""
    notebook = jupytext.read(path)
    try:
        NotebookClient(
            notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
        ).execute()
    except CellExecutionError as error:
        return re.sub(r"\x1b\[[0-9;]*m", "", str(error))
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, out / f"{path.stem}.ipynb")
    return None


def main() -> int:
    """Run the notebooks named, or all; print the time of each and return 1 if one fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="stems of notebooks; all when none is named")
    parser.add_argument("--out", type=Path, help="folder for the executed .ipynb files")
    arguments = parser.parse_args()
    paths = sorted((ROOT / "notebooks").glob("*.py"))
    if arguments.names:
        paths = [path for path in paths if path.stem in arguments.names]
    failed = 0
    for path in paths:
        started = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            wrong = run(path, Path(folder), arguments.out)
        print(
            f"{path.stem}: {'failed' if wrong else 'ran'} in {time.perf_counter() - started:.1f} s",
            flush=True,
        )
        if wrong:
            failed += 1
            print(wrong)
    print(f"{len(paths)} notebooks, {failed} failed")
    return 1 if failed or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
