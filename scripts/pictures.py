"""Take the pictures that the documents show, from the pages of an atlas, in headless Chromium.

python scripts/pictures.py ATLAS [--out docs/images]
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_PAGES = {"change": "change-rail.html", "projects": "projects.html", "network": "network.html"}
_FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


def main() -> int:
    """Write one picture for each page that the documents show."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("atlas", type=Path, help="folder that `yrdgis atlas` made")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "images")
    arguments = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        print("no Chromium on this machine")
        return 1
    arguments.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=_FLAGS)
        page = browser.new_context(viewport={"width": 1280, "height": 820}, offline=True).new_page()
        for name, file in _PAGES.items():
            page.goto((arguments.atlas / file).resolve().as_uri())
            page.wait_for_timeout(1000)
            page.screenshot(path=arguments.out / f"{name}.png")
        browser.close()
    print(*(arguments.out / f"{name}.png" for name in _PAGES), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
