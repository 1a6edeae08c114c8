"""Run what the documents show: every Python block, in order, and every link into the repository.

python scripts/docs.py --check
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import traceback
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from _documents import blocks, local_links

ROOT = Path(__file__).resolve().parent.parent


def documents() -> list[Path]:
    """Markdown files that a reader is sent to."""
    return sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "layers" / "README.md"])


def broken_links(path: Path) -> list[str]:
    """Links of a document that lead nowhere."""
    return [
        f"{path.relative_to(ROOT)}:{line}: no file {target}"
        for line, target in local_links(path)
        if not (path.parent / target).exists()
    ]


def run_blocks(path: Path) -> tuple[int, list[str]]:
    """Run a document's Python blocks in one namespace, as a reader would; count them and say what failed."""
    namespace: dict[str, object] = {"__name__": "__document__"}
    count, faults = 0, []
    for block in blocks(path, "python"):
        where = f"{path.relative_to(ROOT)}:{block.line}"
        count += 1
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                # rasterio before 1.5 with affine 3; the tests let the same one through
                warnings.filterwarnings("ignore", "Use `@` matmul instead", PendingDeprecationWarning)
                exec(compile(block.code, where, "exec"), namespace)
        except Exception:
            faults.append(f"{where}: {traceback.format_exc(limit=-1).strip()}")
    return count, faults


def main() -> int:
    """Check every document; print what is wrong and return 1 if anything is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="run the blocks and check the links (the default)"
    )
    parser.parse_args()
    os.environ.setdefault("MPLBACKEND", "Agg")
    faults, count = [], 0
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for path in documents():
            faults += broken_links(path)
            ran, wrong = run_blocks(path)
            count += ran
            faults += wrong
        os.chdir(ROOT)
    print(*faults, sep="\n")
    print(f"{len(documents())} documents, {count} blocks run, {len(faults)} faults")
    return 1 if faults or not count else 0


if __name__ == "__main__":
    sys.exit(main())
