"""Measure a page of many points against `GeoDataFrame.explore` on this machine: bytes, seconds to write, first paint.

    python scripts/bench_maps.py            50,000 points with three attributes
    python scripts/bench_maps.py --points 10000

`explore` needs mapclassify; without it, or without a browser, that part is left out and said so.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np

from yrdgis import maps

NAMES = ("chromium", "chromium-browser", "google-chrome")


def main() -> None:
    """Write both pages, weigh them and open them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--points", type=int, default=50_000)
    points = drawn(parser.parse_args().points)
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, write in (("yrdgis", ours), ("explore", theirs)):
            file = Path(folder) / f"{name}.html"
            try:
                took = seconds(lambda write=write, file=file: write(points, file))
            except ImportError as fault:
                sys.stdout.write(f"{name}: left out, {str(fault).splitlines()[0][:90]}\n")
                continue
            found[name] = file.stat().st_size
            told = f"{name}: {found[name] / 1e6:.2f} MB, written in {took:.1f} s"
            sys.stdout.write(f"{told}, {painted(file, name)}\n")
    if len(found) == 2:
        sys.stdout.write(f"explore writes {found['explore'] / found['yrdgis']:.1f} times as many bytes\n")


def drawn(n: int) -> gpd.GeoDataFrame:
    """Points over the delta with a name, a kind and a value."""
    random = np.random.default_rng(1)
    return gpd.GeoDataFrame(
        {
            "name": [f"Place {i}" for i in range(n)],
            "kind": random.choice(["a", "b", "c"], n),
            "value": random.uniform(0, 100, n).round(2),
        },
        geometry=gpd.points_from_xy(random.uniform(119.5, 122.5, n), random.uniform(29.5, 32.5, n)),
        crs=4326,
    )


def ours(points: gpd.GeoDataFrame, file: Path) -> None:
    """Our page, with Leaflet and everything else inside."""
    columns = ["name", "kind", "value"]
    maps.save(maps.add_points(points, name="Places", style="town", popup_columns=columns), file)


def theirs(points: gpd.GeoDataFrame, file: Path) -> None:
    """The page of geopandas, without tiles, on the canvas; its scripts stay on the internet."""
    points.explore(tiles=None, prefer_canvas=True).save(str(file))


def seconds(work: Callable[[], None]) -> float:
    """Time of one run."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def painted(file: Path, name: str) -> str:
    """When the browser painted first, and whether all points were there; explore needs the internet for that."""
    browser = next((path for path in map(shutil.which, NAMES) if path), None)
    if name != "yrdgis" or browser is None:
        return "not opened: " + ("its scripts are not in it" if name != "yrdgis" else "no browser")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as api:
        chromium: Any = api.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        page = chromium.new_context(offline=True, viewport={"width": 1400, "height": 900}).new_page()
        page.goto(file.as_uri())
        page.wait_for_selector('[data-ready="1"]', timeout=60_000)
        page.wait_for_timeout(300)
        first, ready, count, again = page.evaluate(
            "() => { const p = YRD.pages[0], t = performance.now(); p.canvas.paint();"
            "return [performance.getEntriesByName('first-contentful-paint')[0].startTime, "
            "performance.timing.domContentLoadedEventEnd - performance.timing.navigationStart,"
            "p.drawn().points, performance.now() - t]; }"
        )
        chromium.close()
    return f"first paint after {first / 1000:.2f} s (loaded {ready / 1000:.2f} s), {count} points, painted again in {again:.0f} ms"


if __name__ == "__main__":
    main()
