"""Build the documentation, with every warning an error, and look that it asks the network for nothing.

python scripts/docs_site.py [--out build/site]

Blocks that have not run since they, the library or the layers changed are run first.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import docs_figures
from _notebook_pages import write_pages

import docs

ROOT = docs.ROOT
_ASKED = re.compile(
    r"<(?:script|img|iframe|source)\b[^>]*?\bsrc=[\"'](?P<src>(?:https?:)?//[^\"']+)"
    r"|<link\b(?![^>]*rel=[\"'](?:canonical|search|author)[\"'])[^>]*?\bhref=[\"'](?P<href>(?:https?:)?//[^\"']+)"
    r"|@import\s+(?:url\()?[\"']?(?P<css>(?:https?:)?//[^\"')]+)",
    re.IGNORECASE,
)


def main() -> int:
    """Run, build, look; return 1 where something is wrong."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "site")
    parser.add_argument(
        "--stale", action="store_true", help="run only documents whose own blocks have changed"
    )
    parser.add_argument("--workers", type=int, default=2, help="documents that run at the same time")
    options = parser.parse_args()
    started = time.perf_counter()
    pages = [path for path in docs.documents() if (ROOT / "docs") in path.parents]
    count, faults = docs.run_all(pages, again=False, stale=options.stale, workers=options.workers)
    print(*faults, sep="\n")
    _say(started, f"{count} blocks have run, {len(faults)} faults")
    if faults:
        return 1
    made = list(docs_figures.make(docs_figures.OUT))
    made += write_pages(ROOT / "notebooks", ROOT / "build" / "notebooks", ROOT / "docs" / "_notebooks")
    _say(started, f"{len(made)} tables and pictures made")
    options.out.parent.mkdir(parents=True, exist_ok=True)
    trees = str(ROOT / "build" / "docs" / "doctrees")
    sphinx = [sys.executable, "-m", "sphinx", "-b", "html", "-q", "-E", "-W", "--keep-going", "-d", trees]
    built = subprocess.run([*sphinx, str(ROOT / "docs"), str(options.out)], check=False)
    _say(started, f"pages built into {options.out}")
    asked = sorted(requests_of(options.out))
    print(*asked, sep="\n")
    return 1 if built.returncode or asked else 0


def requests_of(folder: Path) -> set[str]:
    """What the pages of a folder would fetch from elsewhere when they are opened."""
    found = set()
    for path in [*folder.rglob("*.html"), *folder.rglob("*.css")]:
        for match in _ASKED.finditer(path.read_text(encoding="utf-8", errors="replace")):
            target = match["src"] or match["href"] or match["css"]
            found.add(f"{path.relative_to(folder)}: would fetch {target}")
    return found


def _say(started: float, text: str) -> None:
    print(f"[{time.perf_counter() - started:5.1f} s] {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
