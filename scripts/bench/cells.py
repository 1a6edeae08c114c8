"""What is measured: one function for each question, answers compared, medians of several runs."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from bench.graphs import Arrays
from bench.peers import PEERS, THREADS, Ours
from yrdgis import settings
from yrdgis.engine import prepare

Row = dict[str, Any]
PLACES = 1000


def timed(function: Callable[[], Any], runs: int) -> tuple[Any, list[float]]:
    """Last result, and seconds of each run."""
    seconds, result = [], None
    for _ in range(runs):
        gc.collect()
        start = time.perf_counter()
        result = function()
        seconds.append(time.perf_counter() - start)
    return result, seconds


def in_turn(functions: dict[str, Callable[[], Any]], runs: int) -> dict[str, tuple[Any, list[float]]]:
    """Last result and seconds of each function, all of them once in every round.

    On a machine that others use too, what is compared has to be measured side by side.
    """
    found: dict[str, tuple[Any, list[float]]] = {name: (None, []) for name in functions}
    for _ in range(runs):
        for name, function in functions.items():
            result, seconds = timed(function, 1)
            found[name] = (result, found[name][1] + seconds)
    return found


def sample(arrays: Arrays, count: int = PLACES, seed: int = 11) -> tuple[np.ndarray, np.ndarray]:
    """Origins and targets at random, the same in every run."""
    rng = np.random.default_rng(seed)
    count = min(count, arrays.n)
    return rng.choice(arrays.n, count, False).astype(np.int32), rng.choice(arrays.n, count, False).astype(
        np.int32
    )


def scenario(arrays: Arrays, seed: int = 5) -> tuple[np.ndarray, ...]:
    """0.1 % of the links made up to half faster or slower, and 20 new ones with strong effect."""
    rng = np.random.default_rng(seed)
    links = rng.choice(arrays.m, max(arrays.m // 1000, 1), False)
    weights = np.maximum(1, np.round(arrays.weight[links] * rng.uniform(0.5, 1.5, len(links)))).astype(
        np.int64
    )
    tail, head = (
        rng.choice(arrays.n, 20, False).astype(np.int32),
        rng.choice(arrays.n, 20, False).astype(np.int32),
    )
    return links, weights, tail, head, np.full(20, 60_000, np.int64)


def matrices(arrays: Arrays, runs: int, without: set[str], log: Callable[[str], None]) -> list[Row]:
    """A matrix of 1000 x 1000 places, and the same again after a scenario, by every engine."""
    origins, targets = sample(arrays)
    links, weights, tail, head, new = scenario(arrays)
    peers: dict[str, Any] = {}
    prepared: dict[str, float] = {}
    for kind in [Ours, *PEERS]:
        left_out = kind.name in without or arrays.n > kind.largest
        if left_out or not kind.installed():
            log(f"  {kind.name}: {'left out' if left_out else 'not installed'}")
            continue
        gc.collect()
        start = time.perf_counter()
        peers[kind.name] = kind(arrays, (tail, head) if kind.takes_changes else None)
        prepared[kind.name] = time.perf_counter() - start
        peers[kind.name].matrix(origins[:2], targets[:2])
    few = {
        name: peer.sample if peer.sample and arrays.n > 5_000 else len(origins)
        for name, peer in peers.items()
    }
    asked = {name: partial(peer.matrix, origins[: few[name]], targets) for name, peer in peers.items()}
    question = f"matrix {len(origins)} x {len(targets)}"
    rows: list[Row] = []
    expected = None
    for name, (costs, seconds) in in_turn(asked, runs).items():
        scale = len(origins) / few[name]
        expected = costs if expected is None else expected
        same = bool(np.array_equal(costs, expected[: few[name]]))
        more = {"origins_run": few[name], "prepare_s": prepared[name], "equal": same}
        rows.append(_row(arrays, question, name, [s * scale for s in seconds], **more))
    # only those that take changes go on; each starts every run from the base, outside the clock
    peers = {name: peer for name, peer in peers.items() if peer.takes_changes}
    answers: dict[str, Any] = {}
    spent: dict[str, list[float]] = {name: [] for name in peers}
    for _ in range(runs + 1):
        for name, peer in peers.items():
            peer.restore(links, arrays.weight[links])

            def again(p: Any = peer) -> np.ndarray:
                p.change(links, weights, new)
                return p.matrix(origins, targets)

            answers[name], seconds = timed(again, 1)
            spent[name] += seconds
    first = next(iter(answers.values()), None)
    question = "scenario: 0.1 % of links changed, 20 added, matrix again"
    for name, seconds in spent.items():
        same = bool(np.array_equal(answers[name], first))
        rows.append(_row(arrays, question, name, seconds[1:], equal=same))
    for row in rows:
        log(f"  {row['question']}: {row['engine']} {row['seconds']:.4g} s, equal {row['equal']}")
    return rows


def customisation(arrays: Arrays, runs: int) -> list[Row]:
    """All weights anew on a prepared topology, up to the first answer's plan."""
    engine = prepare(arrays.n, arrays.tail, arrays.head, arrays.weight, arrays.x, arrays.y, engine="cch")
    engine.many_to_many([0], [0])
    everything = np.arange(arrays.m), arrays.weight * 2

    def customise() -> Any:
        changed = engine.update(changed=everything)
        changed._backends.get("cch")
        return changed

    changed, seconds = timed(customise, runs)
    ok = np.array_equal(changed.many_to_many([0, 1], [5, 6]), 2 * engine.many_to_many([0, 1], [5, 6]))
    return [_row(arrays, "customise all weights", "yrdgis", seconds, equal=bool(ok))]


def full_vectors(arrays: Arrays, runs: int, origins: int = 128) -> list[Row]:
    """Costs from many origins to every node, beside the time to copy as many numbers into a new matrix."""
    engine = prepare(arrays.n, arrays.tail, arrays.head, arrays.weight, arrays.x, arrays.y, engine="cch")
    chosen = sample(arrays, origins)[0]
    engine.full(chosen[:2])
    found = np.ascontiguousarray(engine.full(chosen))
    referee = prepare(arrays.n, arrays.tail, arrays.head, arrays.weight, engine="scipy")
    equal = bool(np.array_equal(referee.full(chosen[:2]), found[:2]))

    def floor() -> np.ndarray:
        # the least that has to happen: every number read once from memory and put into a new matrix
        copy = np.empty_like(found)
        half = len(found) // 2
        _both(lambda: np.copyto(copy[:half], found[:half]), lambda: np.copyto(copy[half:], found[half:]))
        return copy

    measured = in_turn({"yrdgis": lambda: engine.full(chosen), "floor": floor}, runs)
    seconds, least = measured["yrdgis"][1], measured["floor"][1]
    question = f"full vectors from {len(chosen)} origins"
    return [
        _row(arrays, question, "yrdgis", seconds, equal=equal),
        _row(arrays, question, "memory floor (read once, written once)", least, equal=None),
    ]


def _both(one: Callable[[], Any], other: Callable[[], Any]) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(2) as pool:
        for future in (pool.submit(one), pool.submit(other)):
            future.result()


def accessibility(arrays: Arrays, runs: int, minutes: int, few: int = 60) -> list[Row]:
    """People within some minutes for every node; SciPy runs a few origins and is scaled."""
    people = np.random.default_rng(3).integers(0, 100, arrays.n)
    limit = minutes * 60_000
    everyone = np.arange(arrays.n, dtype=np.int32)
    some = sample(arrays, few)[0]
    question = f"people within {minutes} minutes of every node"
    rows = []
    ours = prepare(arrays.n, arrays.tail, arrays.head, arrays.weight, arrays.x, arrays.y, engine="cch")
    ours.reduce([0], people, [limit])
    referee = prepare(arrays.n, arrays.tail, arrays.head, arrays.weight, engine="scipy")
    measured = in_turn(
        {
            "yrdgis": lambda: ours.reduce(everyone, people, [limit]),
            "scipy": lambda: referee.reduce(some, people, [limit]),
        },
        runs,
    )
    (found, seconds), (expected, spent) = measured["yrdgis"], measured["scipy"]
    equal = bool(np.array_equal(found[some], expected))
    rows.append(_row(arrays, question, "yrdgis", seconds, equal=equal))
    scaled = [s * arrays.n / len(some) for s in spent]
    rows.append(_row(arrays, question, "scipy", scaled, equal=True, origins_run=len(some)))
    chosen = prepare(arrays.n, arrays.tail, arrays.head, arrays.weight, arrays.x, arrays.y)
    rows[0]["chosen"] = chosen.explain("reduce", origins=arrays.n, limit=limit).engine
    return rows


def choice(arrays: Arrays, runs: int, minutes: int = 5, counts: tuple[int, ...] = (1, 20, 1000)) -> list[Row]:
    """The automatic choice beside both engines, from nothing to the answer, with a small cut-off."""
    rows = []
    limit = minutes * 60_000
    for count in counts:
        origins = sample(arrays, count)[0]

        def ask(engine: str, nodes: np.ndarray = origins) -> tuple[np.ndarray, str]:
            made = prepare(
                arrays.n, arrays.tail, arrays.head, arrays.weight, arrays.x, arrays.y, engine=engine
            )
            chosen = made.explain("reduce", origins=len(nodes), limit=limit).engine
            return made.reduce(nodes, cutoffs=[limit]), chosen

        with settings.override(cache=False):
            measured = in_turn({name: partial(ask, name) for name in ("auto", "scipy", "cch")}, runs)
        question = f"nodes within {minutes} minutes of {count} origins, preparation included"
        for name, ((answer, chosen), seconds) in measured.items():
            equal = bool(np.array_equal(answer, measured["auto"][0][0]))
            rows.append(_row(arrays, question, name, seconds, equal=equal, chosen=chosen))
    return rows


_PEAK = """
def peak():
    # not getrusage: a child starts with what its parent held
    try:
        with open("/proc/self/status", encoding="ascii") as file:
            return next(int(line.split()[1]) / 1e3 for line in file if line.startswith("VmHWM"))
    except OSError:
        import resource
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
"""


def memory(arrays: Arrays, path: str, without: set[str]) -> list[Row]:
    """Seconds and peak memory of each engine in a process of its own: arrays read, prepared, a few places asked."""
    origins, targets = sample(arrays)
    rows = []
    for kind in [Ours, *PEERS]:
        if kind.name in without or arrays.n > kind.largest or not kind.installed():
            continue
        code = (
            f"import json, sys, time; sys.path.insert(0, {str(Path(__file__).parents[1])!r})\n"
            f"from bench.graphs import read_arrays; from bench.peers import {kind.__name__} as Kind\n"
            f"import numpy as np; arrays = read_arrays({path!r}); start = time.perf_counter()\n"
            "peer = Kind(arrays); s = time.perf_counter() - start\n"
            f"peer.matrix(np.array({origins[:2].tolist()}), np.array({targets[:2].tolist()}))\n"
            f"{_PEAK}print(json.dumps({{'s': s, 'mb': peak()}}))"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
        )
        found = json.loads(done.stdout.splitlines()[-1])
        question = "prepared in a process of its own"
        rows.append(_row(arrays, question, kind.name, [found["s"]], equal=None, peak_mb=found["mb"]))
    return rows


def in_a_new_process(arrays: Arrays, path: str, what: str, runs: int) -> list[Row]:
    """Seconds and peak memory of a process of its own: ``prepare`` from nothing, or the first ``skim``."""
    found = []
    for _ in range(runs):
        code = (
            "import json, time\n"
            "import numpy as np\n"
            f"z = np.load({path!r}); a = [z[k] for k in ('tail', 'head', 'weight', 'x', 'y')]\n"
            "read = time.perf_counter()\n"
            "from yrdgis.engine import prepare; from yrdgis import settings\n"
            f"with settings.override(cache={what == 'skim'}):\n"
            "    e = prepare(len(a[3]), *a, engine='cch'); i = np.arange(0, len(a[3]), max(1, len(a[3]) // 1000))[:1000]\n"
            "    e.many_to_many(i, i)\n"
            "s = time.perf_counter() - read\n"
            f"{_PEAK}print(json.dumps({{'s': s, 'mb': peak()}}))"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
        )
        found.append(json.loads(done.stdout.splitlines()[-1]))
    question = "new process, caches warm: import, prepare, first matrix" if what == "skim" else (
        "new process: import, prepare from nothing, first matrix"
    )  # fmt: skip
    return [
        _row(
            arrays,
            question,
            "yrdgis",
            [f["s"] for f in found],
            equal=None,
            peak_mb=max(f["mb"] for f in found),
        )
    ]


def _row(arrays: Arrays, question: str, engine: str, seconds: list[float], **more: Any) -> Row:
    return {
        "network": arrays.name,
        "question": question,
        "engine": engine,
        "seconds": float(np.median(seconds)),
        "runs": [round(s, 4) for s in seconds],
        **more,
    }


def machine() -> dict[str, Any]:
    """What was measured on."""
    import platform

    import numba

    from yrdgis.engine.metric import lane_count

    return {
        "processor": platform.processor() or platform.machine(),
        "threads": THREADS,
        "lanes": lane_count(),
        "python": platform.python_version(),
        "numba": numba.__version__,
        "load_before": [round(x, 2) for x in os.getloadavg()] if hasattr(os, "getloadavg") else None,
    }


def subsets(runs: int, log: Callable[[str], None], count: int = 12) -> list[Row]:
    """Every subset of the plan's strongest projects, districts as zones."""
    from itertools import chain, combinations

    from bench.strategic import strategic, strongest
    from yrdgis.engine import Scenarios

    arrays, districts, projects = strategic()
    engine = prepare(arrays.n, arrays.tail, arrays.head, arrays.weight, arrays.x, arrays.y)
    names = strongest(Scenarios(engine, projects, districts), count)
    chosen = {name: projects[name] for name in names}
    sets = list(chain.from_iterable(combinations(names, k) for k in range(len(names) + 1)))
    weights = np.ones((len(districts), len(districts)))

    def all_sets() -> np.ndarray:
        return Scenarios(engine, chosen, districts).sums(sets, weights, no_way=0)

    sums, seconds = timed(all_sets, runs)
    terminals = Scenarios(engine, chosen, districts).terminals
    log(f"  strategic: {arrays.n} nodes, {arrays.m} links, terminals {terminals}")
    equal = True
    for i in np.random.default_rng(2).choice(len(sets), min(20, len(sets)), False):
        links = [projects[name].added for name in sets[i]]
        added = tuple(np.concatenate([part[j] for part in links]) for j in range(3)) if links else None
        costs = engine.update(added=added).many_to_many(districts, districts)
        equal &= bool(np.array_equal(sums[i], np.where(costs < 0, 0, costs).sum(1)))
    return [
        _row(arrays, f"{len(sets)} subsets of {len(names)} projects, {len(districts)} districts", "yrdgis", seconds,
             equal=equal)
    ]  # fmt: skip
