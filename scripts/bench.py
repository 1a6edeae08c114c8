"""Measure the engine against others on this machine.

    python scripts/bench.py
        20k and 250k nodes and the strategic network, reports into build/bench
    python scripts/bench.py --sizes 20k,250k,1M --runs 5
        larger ones too, and more runs
    python scripts/bench.py --arrays FOLDER
        also a network from files, such as RoutingKit's Luxembourg

Engines that are not installed are left out; `pip install yrdgis[bench]` brings those with a free licence.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
from bench import cells, graphs, report

QUESTIONS = ("shape", "matrix", "customise", "full", "access", "choice", "process", "memory", "strategic")

CHOICE_NODES = 500_000
"""The choice prepares a hierarchy from nothing for every run, which takes minutes on larger networks."""


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--sizes", default="20k,250k", help="nodes of generated networks: 20k, 250k, 1M ...; '' for none"
    )
    parser.add_argument("--arrays", action="append", default=[], help="folder or npz file with a network")
    parser.add_argument("--questions", default=",".join(QUESTIONS), help=f"some of {','.join(QUESTIONS)}")
    parser.add_argument("--without", default="", help="engines to leave out")
    parser.add_argument("--runs", type=int, default=3, help="runs of each cell (at least 3 for a report)")
    parser.add_argument("--out", type=Path, default=Path("build/bench"), help="folder of the reports")
    options = parser.parse_args()
    asked = set(options.questions.split(","))
    without = set(options.without.split(",")) - {""}
    sizes = [nodes(size) for size in options.sizes.split(",") if size]
    made: list[Callable[[], graphs.Arrays]] = [partial(graphs.road_like, size) for size in sizes]
    made += [partial(graphs.read_arrays, path) for path in options.arrays]
    machine = cells.machine()
    networks: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    for make in made:
        arrays = make()
        log(f"{arrays.name}: {arrays.n} nodes, {arrays.m} links")
        if "shape" in asked:
            networks.append(graphs.shape(arrays))
            log(f"  {networks[-1]}")
        for found in measure(arrays, asked, options.runs, without):
            rows += found
            report.write(options.out, machine, networks, rows)
    if "strategic" in asked:
        rows += cells.subsets(options.runs, log)
        report.write(options.out, machine, networks, rows)
    log(f"Reports: {options.out / 'bench.md'}, {options.out / 'bench.json'}")
    if any(row.get("equal") is False for row in rows):
        raise SystemExit("Answers differ.")


def measure(
    arrays: graphs.Arrays, asked: set[str], runs: int, without: set[str]
) -> Iterator[list[dict[str, Any]]]:
    """All questions that were asked for on one network, one after the other."""
    parts: list[tuple[str, Callable[[], list[dict[str, Any]]]]] = [
        ("matrix", lambda: cells.matrices(arrays, runs, without, log)),
        ("customise", lambda: cells.customisation(arrays, runs)),
        ("full", lambda: cells.full_vectors(arrays, runs)),
        ("access", lambda: cells.accessibility(arrays, runs, 45) + cells.accessibility(arrays, runs, 5)),
        ("choice", lambda: cells.choice(arrays, runs) if arrays.n <= CHOICE_NODES else []),
        ("process", lambda: processes(arrays, runs)),
        ("memory", lambda: memory(arrays, without)),
    ]
    for name, part in parts:
        if name in asked:
            found = part()
            if name != "matrix":
                for row in found:
                    log(f"  {row['question']}: {row['engine']} {row['seconds']:.4g} s")
            yield found


def processes(arrays: graphs.Arrays, runs: int) -> list[dict[str, Any]]:
    """Preparation, memory and warm start, each in a process of its own."""
    with _on_disk(arrays) as path:
        fresh = cells.in_a_new_process(arrays, path, "prepare", runs)
        # one more run fills the cache, so that the median is of warm ones
        return fresh + cells.in_a_new_process(arrays, path, "skim", runs + 1)


def memory(arrays: graphs.Arrays, without: set[str]) -> list[dict[str, Any]]:
    """What each engine holds, in a process of its own."""
    with _on_disk(arrays) as path:
        return cells.memory(arrays, path, without)


@contextmanager
def _on_disk(arrays: graphs.Arrays) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "network.npz")
        fields = {name: getattr(arrays, name) for name in ("tail", "head", "weight", "x", "y")}
        np.savez(path, **fields)
        yield path


def nodes(text: str) -> int:
    """Number of nodes from text such as 250k or 1M."""
    scale = {"k": 1_000, "m": 1_000_000}.get(text[-1].lower())
    return int(float(text[:-1]) * scale) if scale else int(text)


def log(text: str) -> None:
    """Progress goes to standard error."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
