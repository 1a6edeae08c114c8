"""How skims in blocks scale with processes on this machine: seconds, memory and what is shipped.

python scripts/bench_blocks.py --from towns --to towns --runs 3
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any


def peak_mb() -> float:
    """Most memory that this process has had, in megabytes."""
    status = Path("/proc/self/status")
    if status.is_file():  # what getrusage tells is handed down from the parent
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1e3
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / (1e6 if sys.platform == "darwin" else 1e3)


def main() -> None:
    """Time the same skim at once, in blocks here, and on local clusters in turn; print one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--from", dest="origins", default="towns", help="a group of places (default: towns)")
    parser.add_argument(
        "--to", dest="destinations", default="towns", help="a group of places (default: towns)"
    )
    parser.add_argument("--as-of", default="plan-eve,today", help="days, by commas (default: plan-eve,today)")
    parser.add_argument("--mode", default="door", help="how to get there (default: door)")
    parser.add_argument("--processes", default="1,2", help="numbers of processes, by commas (default: 1,2)")
    parser.add_argument("--runs", type=int, default=3, help="runs of each, taken in turn (default: 3)")
    asked = parser.parse_args()

    import yrdgis as yg
    from yrdgis.metrics import skim
    from yrdgis.metrics.cluster import connected
    from yrdgis.metrics.skim_blocks import packed

    area = yg.load()
    starts = [place.id for place in area.resolver.resolve_all(asked.origins, asked.mode)]
    ends = [place.id for place in area.resolver.resolve_all(asked.destinations, asked.mode)]
    networks = {day: area.network(day).network for day in asked.as_of.split(",")}
    known = next(iter(networks.values())).nodes.index
    starts, ends = ([place for place in some if place in known] for some in (starts, ends))
    shipped = {day: len(packed(network, ends, yg_ask(asked.mode))) for day, network in networks.items()}
    seconds: dict[str, list[float]] = {}
    peaks: dict[str, list[float]] = {}
    result: dict[str, Any] = {}

    def timed(name: str, **options: Any) -> None:
        with tempfile.TemporaryDirectory() as folder:
            out = {} if name == "at once" else {"out": Path(folder) / "out"}
            began = time.perf_counter()
            found = skim(networks, starts, ends, mode=asked.mode, **out, **options)
            seconds.setdefault(name, []).append(time.perf_counter() - began)
            if out:
                result["files"], result["rows"] = len(found.files), found.rows
                result["mb_of_files"] = sum(f.stat().st_size for f in (Path(folder) / "out").rglob("*")) / 1e6

    counts = [int(count) for count in asked.processes.split(",")]
    for _ in range(asked.runs):
        timed("at once")
        timed("blocks here")
        for count in counts:
            with connected(f"local:{count}") as client:
                timed(f"{count} processes", client=client)
                peaks.setdefault(f"{count} processes", []).extend(client.run(peak_mb).values())
                # a second job on the same cluster, which has its libraries loaded
                timed(f"{count} processes, warm", client=client)
    middle = {name: statistics.median(found) for name, found in seconds.items()}
    result |= {
        "pairs": len(starts) * len(ends) * len(networks),
        "seconds": {name: round(value, 2) for name, value in middle.items()},
        "all_seconds": {name: [round(value, 2) for value in found] for name, found in seconds.items()},
        "peak_mb_of_a_worker": {name: round(max(found)) for name, found in peaks.items()},
        "peak_mb_here": round(peak_mb()),
        "mb_shipped_to_each_worker": {day: round(size / 1e6, 2) for day, size in shipped.items()},
        "processors": os.cpu_count(),
    }
    print(json.dumps(result, indent=1))


def yg_ask(mode: str) -> Any:
    """What a plain skim in a mode asks."""
    from yrdgis.metrics.skimming import Ask

    return Ask(mode)


if __name__ == "__main__":
    main()
