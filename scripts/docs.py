"""Run what the documents show, every block in order, and follow every link into the repository.

python scripts/docs.py --check

What the blocks show is kept under build/docs/runs, from where scripts/docs_site.py takes it.
"""

from __future__ import annotations

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import _runs
from _documents import blocks, local_links

ROOT = Path(__file__).resolve().parent.parent


def documents() -> list[Path]:
    """Markdown files that a reader is sent to."""
    pages = [
        p for p in ROOT.glob("docs/**/*.md") if not p.relative_to(ROOT / "docs").parts[0].startswith("_")
    ]
    return sorted([*ROOT.glob("*.md"), *pages, ROOT / "layers" / "README.md"])


def broken_links(path: Path) -> list[str]:
    """Links of a document that lead nowhere."""
    return [
        f"{path.relative_to(ROOT)}:{line}: no file {target}"
        for line, target in local_links(path)
        if not (path.parent / target).exists()
    ]


def run_all(
    paths: list[Path], *, again: bool = True, stale: bool = False, workers: int = 2
) -> tuple[int, list[str]]:
    """Run the blocks of documents, some side by side; count them, and say what failed.

    Parameters
    ----------
    paths : list of Path
    again : bool
        Whether to run a document whose answers are kept and still hold.
    stale : bool
        Whether kept answers hold until the document's own blocks change, whatever the library does.
    workers : int
        Documents at the same time, each in a process of its own.
    """
    count, faults, waiting = 0, [], []
    for path in paths:
        shown = None if again else _runs.kept(path, stale=stale)
        if shown is None:
            waiting.append(path)
        else:
            count += len(shown)
    waiting.sort(key=lambda path: -len(list(blocks(path, "python"))))
    with ProcessPoolExecutor(min(workers, len(waiting) or 1), get_context("spawn"), _settle) as pool:
        for ran, wrong in pool.map(_run, waiting):
            count += ran
            faults += wrong
    return count, faults


def _run(path: Path) -> tuple[int, list[str]]:
    shown, wrong = _runs.run(path, commands=(ROOT / "docs") in path.parents)
    return len(shown) + len(wrong), wrong


def _settle() -> None:
    """The same answers whatever the terminal: no windows, one width, no colours."""
    os.environ.setdefault("MPLBACKEND", "Agg")
    os.environ.update(COLUMNS="100", NO_COLOR="1")
    os.environ.pop("FORCE_COLOR", None)


def main() -> int:
    """Check every document; print what is wrong and return 1 if anything is."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", help="parts of the paths of documents; all when none is named")
    parser.add_argument(
        "--check", action="store_true", help="run the blocks and check the links (the default)"
    )
    parser.add_argument("--workers", type=int, default=2, help="documents at the same time")
    options = parser.parse_args()
    paths = [p for p in documents() if not options.names or any(name in str(p) for name in options.names)]
    faults = [fault for path in paths for fault in broken_links(path)]
    count, failed = run_all(paths, workers=options.workers)
    faults += failed
    print(*faults, sep="\n")
    print(f"{len(paths)} documents, {count} blocks run, {len(faults)} faults")
    return 1 if faults or not count else 0


if __name__ == "__main__":
    sys.exit(main())
