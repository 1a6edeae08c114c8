"""What is kept on disk, and which engine is chosen."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import numpy as np
import pytest
from engine.worlds import road_like

from yrdgis import settings
from yrdgis.engine import prepare
from yrdgis.engine.cache import content_hash, load_topology, save_topology
from yrdgis.engine.graph import Graph
from yrdgis.engine.preparing import topology_of
from yrdgis.engine.work import in_threads
from yrdgis.errors import EngineError


@pytest.fixture(scope="module")
def graph():
    return Graph.of(*road_like(50, np.random.default_rng(6)).arrays)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A cache folder of the test's own; compiled kernels stay where they are."""
    monkeypatch.setenv("YRDGIS_CACHE", str(tmp_path))
    return tmp_path / "topologies"


def files(folder):
    return sorted(folder.glob("*")) if folder.exists() else []


def test_a_topology_is_kept_and_found_again(graph, folder, monkeypatch):
    first = topology_of(graph)
    assert len(files(folder)) == 1

    def never(*_):
        raise AssertionError("the order was computed again")

    monkeypatch.setattr("yrdgis.engine.preparing.contraction_order", never)
    second = topology_of(graph)
    for field in ("rank", "start", "head", "parent", "depth"):
        np.testing.assert_array_equal(getattr(first, field), getattr(second, field))


def test_the_name_depends_on_shape_and_not_on_weights(graph):
    key = content_hash(graph, "own")
    assert content_hash(graph.changed(changed={0: 12345}), "own") == key
    assert content_hash(graph.changed(added=([0], [1], [1])), "own") != key
    assert content_hash(graph, "metis") != key
    assert content_hash(Graph.of(graph.n, graph.tail, graph.head, graph.weight), "own") != key


@pytest.mark.parametrize("harm", ["cut", "flip", "text", "ranks", "heads", "fields"])
def test_a_damaged_file_is_refused_and_made_anew(graph, folder, harm, caplog):
    good = topology_of(graph)
    path = files(folder)[0]
    data = path.read_bytes()
    if harm == "cut":
        path.write_bytes(data[: len(data) // 2])
    elif harm == "flip":
        middle = len(data) // 2
        path.write_bytes(data[:middle] + bytes([data[middle] ^ 255]) + data[middle + 1 :])
    elif harm == "text":
        path.write_bytes(b"nothing of the kind")
    else:
        with np.load(path) as kept:
            fields = {name: kept[name] for name in kept.files}
        if harm == "ranks":
            fields["rank"][0] = fields["rank"][1]
        elif harm == "heads":
            fields["head"][3] = graph.n + 5
        else:
            del fields["depth"]
        with path.open("wb") as file:
            np.savez(file, **fields)
    with caplog.at_level(logging.WARNING):
        again = topology_of(graph)
    assert "damaged" in caplog.text
    np.testing.assert_array_equal(good.head, again.head)
    assert load_topology(path.stem, graph.n) is not None


def test_an_array_of_objects_is_never_unpickled(graph, folder, caplog):
    topology_of(graph)
    path = files(folder)[0]
    with path.open("wb") as file:
        np.savez(file, rank=np.array([{"a": 1}], dtype=object))
    assert load_topology(path.stem, graph.n) is None
    assert not path.exists()


def test_switch_and_cap(graph, folder):
    with settings.override(cache=False):
        topology_of(graph)
    with settings.override(cache_max_mb=0):
        topology_of(graph)
    assert files(folder) == []
    topology = topology_of(graph)
    size = files(folder)[0].stat().st_size
    for i in range(3):
        save_topology(f"copy{i}", topology)
        os.utime(folder / f"copy{i}.npz", (i + 1, i + 1))
    room = (2 * size) // 1_000_000 + 1
    keep = room * 1_000_000 // size
    with settings.override(cache_max_mb=room):
        for i in range(keep + 2):
            save_topology(f"more{i}", topology)
    names = [path.stem for path in files(folder)]
    assert sum(path.stat().st_size for path in files(folder)) <= room * 1_000_000
    assert f"more{keep + 1}" in names
    assert "copy0" not in names


def test_many_write_at_once(graph, folder):
    topology = topology_of(graph)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: save_topology("same", topology), range(12)))
    assert load_topology("same", graph.n) is not None
    assert not [path for path in files(folder) if path.suffix == ".tmp"]


def test_a_folder_that_cant_be_written_is_no_failure(graph, tmp_path, caplog):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with settings.override(cache_dir=str(blocked)), caplog.at_level(logging.WARNING):
        assert topology_of(graph).n == graph.n
    assert "can't be kept" in caplog.text


def test_compiled_kernels_are_found_by_another_process():
    code = (
        "import time, numpy as np; from yrdgis.engine import prepare; from yrdgis.engine import sweep;"
        "e = prepare(2, [0], [1], [1], engine='cch'); e.many_to_many([0], [1]);"
        "print(sum(sweep.sweep.stats.cache_misses.values()))"
    )
    prepare(2, [0], [1], [1], engine="cch").many_to_many([0], [1])
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0"]


def test_compiling_is_told_once_and_loading_is_not(caplog):
    from yrdgis.engine.compiled import _Teller

    def compiling(module):
        function = SimpleNamespace(__module__=module)
        return SimpleNamespace(data={"dispatcher": SimpleNamespace(py_func=function)})

    teller = _Teller()
    with caplog.at_level(logging.WARNING):
        teller.on_start(compiling("somebody.elses"))
        assert caplog.text == ""
        teller.on_start(compiling("yrdgis.engine.sweep"))
        teller.on_start(compiling("yrdgis.engine.topology"))
    assert caplog.text.count("Compiling the kernels") == 1


def test_compilation_is_told_by_the_process_that_does_it(tmp_path):
    code = (
        "import numpy as np; from yrdgis.engine.compiled import kernel\n"
        "def double(x): return 2 * x\n"
        "double.__module__ = 'yrdgis.engine.double'\n"
        "print(kernel(double)(3))"
    )
    told = {**os.environ, "YRDGIS_KERNEL_CACHE": "0"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=told)
    assert done.stdout.split() == ["6"]
    assert done.stderr.startswith("Compiling the kernels of the engine, once")


def test_choice_by_size_bound_and_what_is_prepared():
    small = prepare(3, [0, 1], [1, 2], [5, 7])
    assert small.explain(origins=3).engine == "scipy"
    world = road_like(60, np.random.default_rng(4))
    engine = prepare(*world.arrays)
    assert engine.explain(origins=2).engine == "scipy"
    large = engine.explain(origins=10_000_000)
    assert large.engine == "cch"
    assert "10000000 origins" in large.why
    assert prepare(*world.arrays, engine="cch").explain(origins=1).why == "asked for by name"
    everyone = np.arange(world.n)
    expected = engine.reduce(everyone[:3], cutoffs=[50])
    engine._backends.get("cch")
    assert engine.explain(origins=world.n).engine == "cch"
    assert engine.update(changed={0: 1}).explain(origins=world.n).engine == "cch"
    np.testing.assert_array_equal(engine.reduce(everyone, cutoffs=[50])[:3], expected)


def test_tasks_may_split_their_work_and_stop():
    def outer(i):
        return sum(in_threads(lambda j: i * j, range(4)))

    assert in_threads(outer, range(6)) == [6 * i for i in range(6)]
    started = []

    def task(i):
        started.append(i)
        time.sleep(0.001)
        if i == 1:
            raise ValueError("enough")

    with pytest.raises(ValueError, match="enough"):
        in_threads(task, range(3_000))
    assert len(started) < 3_000


def test_a_network_without_small_cuts_is_left_to_scipy(monkeypatch):
    monkeypatch.setattr("yrdgis.engine.topology._MOST_ARCS", 0)
    monkeypatch.setattr("yrdgis.engine.topology._MOST_ARCS_A_NODE", 3)
    rng = np.random.default_rng(8)
    tail, head = rng.integers(0, 300, 3000), rng.integers(0, 300, 3000)
    weight = rng.integers(1, 9, 3000)
    with pytest.raises(EngineError, match="can't be cut along few nodes"):
        prepare(300, tail, head, weight, engine="cch").many_to_many([0], [1])
    engine = prepare(300, tail, head, weight)
    monkeypatch.setattr("yrdgis.engine.choice._SOON_S", 0)
    monkeypatch.setattr(engine._backends, "_hierarchy_s", lambda origins: 0.0)
    expected = prepare(300, tail, head, weight, engine="scipy").many_to_many([0], [1])
    np.testing.assert_array_equal(engine.many_to_many([0], [1]), expected)
    assert "few nodes" in engine.explain().why
