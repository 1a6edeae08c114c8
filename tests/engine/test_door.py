"""The door: what it refuses, how it reports, and where its limits are."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from yrdgis.engine import UNREACHABLE, CancelledError, decay_table, prepare
from yrdgis.engine.choice import ENGINES
from yrdgis.errors import EngineError

NAMES = [name for name in ENGINES if name != "auto"]


@pytest.fixture(params=NAMES)
def line(request):
    """0 --10-- 1 --20-- 2 --0-- 3, one way, and 4 alone."""
    return prepare(5, [0, 1, 2], [1, 2, 3], [10, 20, 0], engine=request.param)


def test_everything_wrong_is_told_at_once():
    with pytest.raises(EngineError) as caught:
        prepare(2, [0, 5], [1, -1], [3, -4], x=[0.0, np.nan])
    message = str(caught.value)
    for part in (
        "tail of link 1 is 5",
        "head of link 1 is -1",
        "weight 1 is -4",
        "not finite",
        "both x and y",
    ):
        assert part in message


@pytest.mark.parametrize("weight", [[0.5], [float("nan")], [[1]], ["a"]])
def test_weights_must_be_whole(weight):
    with pytest.raises(EngineError):
        prepare(2, [0], [1], weight)


def test_whole_floats_are_taken():
    assert prepare(2, [0], [1], [3.0]).many_to_many([0], [1])[0, 0] == 3


def test_no_nodes_and_no_links():
    assert prepare(0, [], [], []).many_to_many([], []).shape == (0, 0)
    alone = prepare(1, [], [], [])
    assert alone.many_to_many([0], [0]).tolist() == [[0]]
    assert alone.full([0]).tolist() == [[0]]


def test_unreachable_and_limit(line):
    assert line.many_to_many([0, 4], [3, 0]).tolist() == [[30, 0], [UNREACHABLE, UNREACHABLE]]
    assert line.many_to_many([0], [2, 3], limit=30).tolist() == [[30, 30]]
    assert line.many_to_many([0], [2, 3], limit=29).tolist() == [[UNREACHABLE, UNREACHABLE]]


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda e: e.many_to_many([9], [0]), "there is no node 9"),
        (lambda e: e.many_to_many([0.5], [0]), "node numbers"),
        (lambda e: e.many_to_many([0], [0], limit=-1), "limit is -1"),
        (lambda e: e.reach([0], None), "needs a limit"),
        (lambda e: e.reduce([0], [1, 2], [3]), "opportunities have shape"),
        (lambda e: e.reduce([0], [np.inf] * 5, [3]), "finite"),
        (lambda e: e.paths([0, 1], [2]), "in pairs"),
        (lambda e: e.nearest([0], [1], k=0), "k is 0"),
        (lambda e: e.update(changed={7: 1}), "no link 7"),
        (lambda e: e.update(changed={0: -1}), "0 or more"),
        (lambda e: e.update(added=([0], [9], [1])), "head of link 0 is 9"),
        (lambda e: prepare(1, [], [], [], engine="magic"), "No engine named"),
        (lambda e: prepare(1, [], [], [], order="magic"), "No order named"),
        (lambda e: prepare(1, [], [], [], memory_mb=0), "memory_mb is 0"),
    ],
)
def test_refusals_say_what_and_where(line, call, told):
    with pytest.raises(EngineError, match=told):
        call(line)


@pytest.mark.parametrize("name", NAMES)
def test_costs_beyond_32_bits_stay_exact(name):
    far = (1 << 31) + 7
    engine = prepare(4, [0, 1, 2], [1, 2, 3], [far, far, 1], engine=name)
    costs = engine.many_to_many([0], [1, 2, 3, 0])
    assert costs.dtype == np.int64
    assert costs.tolist() == [[far, 2 * far, 2 * far + 1, 0]]


def test_costs_that_could_be_inexact_are_refused():
    with pytest.raises(EngineError, match="coarser unit"):
        prepare(3, [0, 1], [1, 2], [1 << 52, 1 << 52])
    engine = prepare(3, [0, 1], [1, 2], [1 << 51, 1])
    with pytest.raises(EngineError, match="coarser unit"):
        engine.update(changed={1: 1 << 53})


def test_progress_counts_every_origin_and_can_stop(line):
    told = []
    line.full(np.arange(5), progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (5, 5)
    with pytest.raises(CancelledError, match="Stopped on request"):
        line.many_to_many(np.arange(5), np.arange(5), progress=lambda done, total: False)


def test_decay_tables():
    assert decay_table("exponential", 10, 20)[10] == pytest.approx(np.exp(-1))
    assert decay_table("gaussian", 10, 20)[10] == pytest.approx(np.exp(-0.5))
    assert decay_table("power", 10, 20, exponent=1)[10] == pytest.approx(0.5)
    assert decay_table("step", 3, 5).tolist() == [1, 1, 1, 1, 0, 0]
    assert len(decay_table("linear", 10, 29, step=10)) == 3
    with pytest.raises(EngineError, match="No decay named"):
        decay_table("cubic", 1, 1)
    with pytest.raises(EngineError, match="expected"):
        decay_table("linear", 0, 1)


def test_import_brings_no_compiler():
    code = "import sys, yrdgis.engine; print('numba' in sys.modules, 'pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
