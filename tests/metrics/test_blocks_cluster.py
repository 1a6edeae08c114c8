"""Jobs in blocks on a cluster of several processes, some of which are killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from metrics.cluster_world import scenarios, towns

from yrdgis.engine.work import CancelledError
from yrdgis.errors import ClusterError, InputError, MissingExtraError
from yrdgis.metrics import skim
from yrdgis.metrics.accessibility import accessibility
from yrdgis.metrics.borders import town_pairs
from yrdgis.metrics.connectivity import nodal_efficiency
from yrdgis.metrics.packing import shipments
from yrdgis.metrics.parts import Parts
from yrdgis.metrics.resilience import resilience
from yrdgis.network import build_network
from yrdgis.scenarios import value

pytest.importorskip("distributed", reason="dask is not installed: pip install 'yrdgis[dask]'")
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("cluster")]

TESTS = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    """Two processes with one thread each."""
    from yrdgis.metrics.cluster import connected

    with connected("local:2") as found:
        yield found


@pytest.fixture(scope="module")
def networks() -> dict[str, Any]:
    return scenarios()


@pytest.fixture(scope="module")
def places(networks: dict[str, Any]) -> list[str]:
    return list(networks["before"].nodes.index)


@pytest.fixture(scope="module")
def undisturbed(
    networks: dict[str, Any], places: list[str], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The folder of the job with 200 blocks, made in one process that nobody disturbed."""
    folder = tmp_path_factory.mktemp("undisturbed") / "out"
    done = skim(networks, places, mode="drive", block=1, out=folder)
    assert (done.made, done.rows) == (200, 20_000)
    return folder


def content(folder: Path) -> dict[str, bytes]:
    return {str(f.relative_to(folder)): f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file()}


def test_a_killed_worker_changes_no_byte(
    client: Any, networks: dict[str, Any], places: list[str], undisturbed: Path, tmp_path: Path
) -> None:
    pids = client.run(os.getpid)
    assert len(set(pids.values())) == 2
    seen: list[int] = []

    def kill(done: int, total: int) -> None:
        seen.append(done)
        if done == 80:
            os.kill(next(iter(pids.values())), signal.SIGKILL)

    done = skim(networks, places, mode="drive", block=1, client=client, out=tmp_path / "out", progress=kill)
    assert (done.made, seen) == (200, list(range(201)))
    assert content(tmp_path / "out") == content(undisturbed)


def test_a_killed_driver_loses_nothing_and_repeats_nothing(
    client: Any, networks: dict[str, Any], places: list[str], undisturbed: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    code = f"from metrics.cluster_world import begin_and_die; begin_and_die({client.scheduler.address!r}, {str(folder)!r}, 60)"
    ran = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(TESTS)}, check=False
    )
    assert ran.returncode == -signal.SIGKILL
    before = {file: file.stat().st_mtime_ns for file in folder.rglob("*.parquet")}
    assert len(before) == 60
    with pytest.raises(InputError, match="not finished"):
        Parts.open(folder)
    done = skim(networks, places, mode="drive", block=1, client=client, out=folder)
    assert done.made == 140
    assert {file: file.stat().st_mtime_ns for file in before} == before
    assert content(folder) == content(undisturbed)
    again = skim(networks, places, mode="drive", block=1, client=client, out=folder)
    assert (again.made, again.rows) == (0, 20_000)


def test_the_frame_is_that_of_the_local_call_bit_for_bit(
    client: Any, networks: dict[str, Any], places: list[str], undisturbed: Path
) -> None:
    options = {"mode": "drive", "extra": ("cost_cny", "confidence", "legs", "undated_share"), "max_min": 90.0}
    here = skim(networks["before"], places, **options)
    there = skim(networks["before"], places, **options, client=client)
    pd.testing.assert_frame_equal(there, here, check_exact=True)
    assert there.attrs == here.attrs
    both = skim(networks, places, mode="drive")
    read = Parts.open(undisturbed).read()
    pd.testing.assert_frame_equal(read, both, check_exact=True)
    assert read.attrs == both.attrs


def test_measures_on_a_cluster_are_those_of_the_local_call(client: Any, toy: Any) -> None:
    now = build_network(toy, "2030")
    places = [place for place in now.nodes.index if place.startswith(("city:", "district:", "town:"))]
    amounts = pd.Series([1.1 + at / 7 for at in range(len(places))], index=places, name="jobs")
    here = accessibility(now, places, to=amounts)
    there = accessibility(now, places, to=amounts, client=client, block=2)
    pd.testing.assert_frame_equal(there, here, check_exact=True)
    assert there.attrs == here.attrs
    for measure in (nodal_efficiency, town_pairs):
        far_off = measure(now, client=client, block=1)
        pd.testing.assert_frame_equal(far_off, measure(now), check_exact=True)
        assert far_off.attrs == measure(now).attrs
    shut = {"lake": ["roadlink:g1/jiadong--yixi"]}
    pd.testing.assert_frame_equal(
        resilience(now, shut, client=client), resilience(now, shut), check_exact=True
    )
    before = build_network(toy, "plan-eve")
    districts = [place for place in places if place.startswith("district:")]
    projects = list(toy["projects"]["project_id"])
    worth = value(before, projects, origins=districts, range_=False)
    far = value(before, projects, origins=districts, range_=False, client=client, block=2)
    for name in ("frame", "shares", "pairs"):
        pd.testing.assert_frame_equal(getattr(far, name), getattr(worth, name), check_exact=True)
    assert far.meta == worth.meta


def test_a_network_is_shipped_and_opened_once_for_each_worker_and_few_blocks_fly(
    client: Any, networks: dict[str, Any], places: list[str]
) -> None:
    held: list[dict[str, Any]] = []
    flying: list[int] = []

    def look(done: int, total: int) -> None:
        if done % 40 == 10:
            held.extend(client.run(shipments).values())
            flying.append(client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks)))

    skim(networks["before"], places, mode="drive", block=1, client=client, progress=look)
    assert len(held) == 6
    assert all(list(one.values()) == [(1, 1)] for one in held)
    assert max(flying) <= 4
    assert set(map(len, client.run(shipments).values())) == {0}


def test_stopping_leaves_what_is_finished(
    client: Any, networks: dict[str, Any], places: list[str], tmp_path: Path
) -> None:
    with pytest.raises(CancelledError, match="after 20 of 200 blocks"):
        skim(
            networks,
            places,
            mode="drive",
            block=1,
            client=client,
            out=tmp_path / "out",
            progress=lambda done, total: done < 20,
        )
    files = list((tmp_path / "out").rglob("*.parquet"))
    assert len(files) == 20
    assert all(len(pd.read_parquet(file)) == 100 for file in files)
    assert set(map(len, client.run(shipments).values())) == {0}


def test_what_fails_on_a_worker_is_told_as_it_is(client: Any) -> None:
    network = towns(6)
    with pytest.raises(InputError, match="no links of mode 'rail-'"):
        skim(network, list(network.nodes.index), mode="rail-", client=client)
    with pytest.raises(InputError, match=r"dask\.distributed"):
        skim(network, list(network.nodes.index), mode="drive", client="tcp://nowhere:1")


def test_a_scheduler_that_is_not_there_is_told_soon() -> None:
    from yrdgis.metrics.cluster import connected

    with (
        pytest.raises(ClusterError, match=r"no scheduler answers at tcp://127\.0\.0\.1:1 within 1 s"),
        connected("tcp://127.0.0.1:1", timeout_s=1),
    ):
        pass
    for where in ("local:many", "local:0", "nowhere", "http://127.0.0.1:80/x"):
        with pytest.raises(InputError, match="local:2"), connected(where):
            pass


def test_the_command_works_on_a_cluster_and_goes_on_where_it_stopped(
    client: Any, toy: Any, tmp_path: Path
) -> None:
    from click.testing import CliRunner

    from yrdgis import settings
    from yrdgis.cli import cli

    given = ["skim", "--from", "districts", "--to", "cities", "--as-of", "plan-eve,2030", "--block", "1"]
    out = tmp_path / "times"
    with settings.override(layers_dir=toy.root):
        first = CliRunner().invoke(
            cli, [*given, "--cluster", client.scheduler.address, "--out", str(out)], catch_exceptions=False
        )
        again = CliRunner().invoke(cli, [*given, "--out", str(out)], catch_exceptions=False)
        both = CliRunner().invoke(cli, [*given, "--out", str(out), "--json"], catch_exceptions=False)
    assert (first.exit_code, again.exit_code, both.exit_code) == (0, 0, 2)
    assert f"Wrote 16 rows in 8 files to {out}." in first.stderr
    assert f"Wrote 16 rows in 8 files to {out} (8 were there already)." in again.stderr
    frame = Parts.open(out).read()
    assert frame["scenario"].unique().tolist() == ["plan-eve", "2030"]


def test_without_dask_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    import yrdgis.metrics

    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.delitem(sys.modules, "yrdgis.metrics.cluster")
    monkeypatch.delattr(yrdgis.metrics, "cluster")
    network = towns(6)
    with pytest.raises(MissingExtraError, match=r"pip install 'yrdgis\[dask\]'"):
        skim(network, list(network.nodes.index), mode="drive", client=object())
