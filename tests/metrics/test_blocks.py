"""Jobs in blocks in one process: folders, going on, refusals, memory, and what other programs read."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from metrics.cluster_world import towns

from yrdgis.engine.work import CancelledError
from yrdgis.errors import InputError, OutputError
from yrdgis.io import Layers
from yrdgis.metrics import skim
from yrdgis.metrics.accessibility import accessibility
from yrdgis.metrics.frames import minutes
from yrdgis.metrics.packing import hold, networks_of, pack, release, shipments, tables_of, take, unpack
from yrdgis.metrics.parts import Parts
from yrdgis.metrics.resilience import resilience
from yrdgis.metrics.skim_blocks import memory_of_block
from yrdgis.metrics.skimming import EXTRA_COLUMNS, Ask, rows_of
from yrdgis.network import Network, build_network

NETWORK = towns(12)
TOWNS = list(NETWORK.nodes.index)


@pytest.fixture(scope="module")
def region(toy: Layers) -> dict[str, Network]:
    """The made-up region on two days."""
    return {name: build_network(toy, name) for name in ("plan-eve", "2030")}


def same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(one, other, check_exact=True)
    assert one.attrs == other.attrs


@settings(max_examples=15)
@given(st.integers(1, 12), st.integers(1, 13), st.sampled_from([None, 30.0]))
def test_blocks_of_any_size_give_the_frame_of_one_go(origins: int, block: int, max_min: float | None) -> None:
    options: dict[str, Any] = {"mode": "drive", "max_min": max_min, "extra": ("legs", "confidence", "by")}
    at_once = skim(NETWORK, TOWNS[:origins], TOWNS, **options)
    same(skim(NETWORK, TOWNS[:origins], TOWNS, **options, block=block), at_once)


@pytest.mark.parametrize("mode", ["door", "rail"])
def test_a_region_in_blocks_is_the_region_with_ranges_stations_and_all_columns(
    region: dict[str, Network], mode: str, tmp_path: Path
) -> None:
    places = ["city:jiazhou", "district:990101", "district:980121", "station:jiadong"]
    places = [place for place in places if place in region["2030"].nodes.index]
    options: dict[str, Any] = {"mode": mode, "range_": True, "extra": EXTRA_COLUMNS}
    at_once = skim(region["2030"], places, **options)
    same(skim(region["2030"], places, **options, block=1), at_once)
    done = skim(region["2030"], places, **options, block=2, out=tmp_path / "out")
    same(done.read(), at_once)
    assert (at_once["time_min"].notna()).any()


def test_freight_keeps_its_columns_in_blocks() -> None:
    freight = Network(NETWORK.nodes, NETWORK.links.assign(mode="freight"))
    at_once = skim(freight, TOWNS, mode="freight")
    assert list(at_once.columns[-2:]) == ["cost_cny_teu", "co2_kg_teu"]
    same(skim(freight, TOWNS, mode="freight", block=5), at_once)


@pytest.mark.parametrize("range_", [True, False])
def test_accessibility_in_blocks_is_accessibility_bit_for_bit(
    region: dict[str, Network], range_: bool, tmp_path: Path
) -> None:
    now = region["2030"]
    places = [
        "city:jiazhou",
        *(place for place in now.nodes.index if place.startswith(("district:", "town:"))),
    ]
    amounts = pd.Series(np.linspace(0.1, 7.3, len(places)), index=places, name="jobs")
    at_once = accessibility(now, places, to=amounts, range_=range_)
    for block in (1, 3):
        same(accessibility(now, places, to=amounts, range_=range_, block=block), at_once)
    done = accessibility(now, places, to=amounts, range_=range_, block=2, out=tmp_path / "out")
    same(done.read(), at_once)
    assert at_once["gravity"].gt(0).all()


def test_closures_in_blocks_cost_the_same_to_the_last_bit(region: dict[str, Network], tmp_path: Path) -> None:
    at_once = resilience(region["2030"], range_=True)
    assert at_once["lost_person_min"].gt(0).any()
    for options in ({"block": 4}, {"out": tmp_path / "out"}, {"out": tmp_path / "out"}):
        same(resilience(region["2030"], range_=True, **options), at_once)  # type: ignore[arg-type]
    assert {one.name for one in (tmp_path / "out").glob("scenario=*")} == {
        "scenario=value",
        "scenario=low",
        "scenario=high",
    }
    with pytest.raises(InputError, match="another job"):
        resilience(region["2030"], mode="drive", range_=True, out=tmp_path / "out")


def test_minutes_back_are_those_of_the_other_direction(region: dict[str, Network]) -> None:
    ends = ["city:jiazhou", "district:990101", "district:980121"]
    for mode in ("door", "drive", "public"):
        there = minutes(region["2030"], ends, ends[:2], mode=mode)
        back = minutes(region["2030"], ends[:2], ends, mode=mode, back=True)
        assert np.array_equal(there.T, back, equal_nan=True)
        split = minutes(region["2030"], ends[:2], ends, mode=mode, back=True, block=1)
        assert np.array_equal(split, back, equal_nan=True)
    one_way = Network(NETWORK.nodes, NETWORK.links.iloc[::2])
    there = minutes(one_way, TOWNS, TOWNS[:5], mode="drive")
    assert np.array_equal(
        there.T, minutes(one_way, TOWNS[:5], TOWNS, mode="drive", back=True), equal_nan=True
    )
    assert not np.array_equal(there[:5], there[:5].T, equal_nan=True)


def test_several_networks_are_a_column(region: dict[str, Network], tmp_path: Path) -> None:
    places = [place for place in region["2030"].nodes.index if place.startswith("district:")]
    both = skim(region, places)
    assert list(both.columns[:2]) == ["scenario", "from_id"]
    for name, network in region.items():
        one = skim(network, places)
        mine = both[both["scenario"] == name].drop(columns="scenario").reset_index(drop=True)
        pd.testing.assert_frame_equal(mine, one, check_exact=True)
        assert both.attrs["scenarios"][name] == one.attrs
    same(skim(region, places, block=3), both)
    done = skim(region, places, out=tmp_path / "out")
    same(done.read(), both)
    assert sum(map(len, done.frames())) == len(both)


def test_pandas_and_duckdb_read_a_folder_as_one_table(region: dict[str, Network], tmp_path: Path) -> None:
    named = {"2030 年/甲": region["2030"], "plan-eve": region["plan-eve"]}
    places = [place for place in region["2030"].nodes.index if place.startswith("district:")]
    done = skim(named, places, block=1, out=tmp_path / "out")
    whole = done.read()
    plain = pd.read_parquet(tmp_path / "out")
    assert sorted(plain["scenario"].astype(str).unique()) == ["2030 年/甲", "plan-eve"]
    assert len(plain) == len(whole) == done.rows
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed")
    files = str(tmp_path / "out" / "**" / "*.parquet")
    asked = duckdb.sql(
        f"select scenario, to_id, sum(time_min) from read_parquet('{files}', hive_partitioning = true) "
        "group by all order by all"
    ).fetchall()
    sums = whole.groupby(["scenario", "to_id"])["time_min"].sum().sort_index()
    assert [row[:2] for row in asked] == sums.index.tolist()
    assert np.allclose([row[2] for row in asked], sums)


def test_two_runs_give_the_same_bytes_and_the_second_makes_nothing(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("a", "b")]
    for folder in folders:
        skim(NETWORK, TOWNS, mode="drive", block=5, out=folder)
    one, other = ({f.relative_to(d): f.read_bytes() for f in d.rglob("*") if f.is_file()} for d in folders)
    assert one == other
    assert len(one) == 5
    assert skim(NETWORK, TOWNS, mode="drive", block=5, out=folders[0]).made == 0


@pytest.mark.parametrize("harm", ["half", "empty", "gone", "other"])
def test_a_spoilt_file_is_made_again(tmp_path: Path, harm: str) -> None:
    done = skim(NETWORK, TOWNS, mode="drive", block=4, out=tmp_path / "out")
    file, other = (done.folder / name for name in done.files[1:3])
    whole = file.read_bytes()
    if harm == "gone":
        file.unlink()
    else:
        file.write_bytes({"half": whole[: len(whole) // 2], "empty": b"", "other": other.read_bytes()}[harm])
    again = skim(NETWORK, TOWNS, mode="drive", block=4, out=tmp_path / "out")
    assert (again.made, file.read_bytes()) == (1, whole)


def test_stopping_leaves_finished_blocks_and_the_rest_follows(tmp_path: Path) -> None:
    with pytest.raises(CancelledError, match="after 2 of 3 blocks"):
        skim(NETWORK, TOWNS, mode="drive", block=4, out=tmp_path / "out", progress=lambda done, _: done < 2)
    assert len(list((tmp_path / "out").rglob("*.parquet"))) == 2
    with pytest.raises(InputError, match="not finished"):
        Parts.open(tmp_path / "out")
    told: list[tuple[int, int]] = []
    done = skim(
        NETWORK, TOWNS, mode="drive", block=4, out=tmp_path / "out", progress=lambda *at: told.append(at)
    )
    assert (done.made, told) == (1, [(2, 3), (3, 3)])
    assert shipments() == {}


def test_another_job_in_the_same_folder_is_refused_and_told_what_differs(tmp_path: Path) -> None:
    out = tmp_path / "out"
    skim(NETWORK, TOWNS, mode="drive", block=4, out=out)
    with pytest.raises(InputError, match=r"max_min was None, now 30"):
        skim(NETWORK, TOWNS, mode="drive", block=4, out=out, max_min=30.0)
    with pytest.raises(InputError, match=r"origins_per_block was 4, now 3"):
        skim(NETWORK, TOWNS, mode="drive", block=3, out=out)
    with pytest.raises(InputError, match=r"scenario 'drawn' has another network"):
        skim(NETWORK.without([NETWORK.links.index[0]]), TOWNS, mode="drive", block=4, out=out)
    with pytest.raises(InputError, match=r"origins was 12 ids .*, now 11 ids"):
        skim(NETWORK, TOWNS[1:], TOWNS, mode="drive", block=4, out=out)


def test_folders_that_can_t_be_are_refused(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    for name, error, words in (
        ("full", InputError, "no result of blocks"),
        ("file", OutputError, "is a file"),
        ("no/such", OutputError, "no such folder"),
    ):
        with pytest.raises(error, match=words):
            skim(NETWORK, TOWNS, mode="drive", out=tmp_path / name)
    with pytest.raises(InputError, match="no path"):
        skim(NETWORK, TOWNS, mode="drive", out="s3://bucket/out")
    with pytest.raises(InputError, match="name of a folder"):
        skim({"": NETWORK}, TOWNS, mode="drive", out=tmp_path / "new")
    with pytest.raises(InputError, match="holds no result"):
        Parts.open(tmp_path / "full")
    assert (tmp_path / "full" / "letter.txt").read_text() == "mine"


def test_what_a_killed_run_left_half_written_is_cleared_away(tmp_path: Path) -> None:
    done = skim(NETWORK, TOWNS, mode="drive", block=4, out=tmp_path / "out")
    half = (done.folder / done.files[0]).with_name(".part-00000.parquet.12ab.tmp")
    half.write_bytes(b"half")
    assert len(pd.read_parquet(done.folder)) == 144
    skim(NETWORK, TOWNS, mode="drive", block=4, out=tmp_path / "out")
    assert not half.exists()


def test_a_block_stays_within_the_memory_that_is_stated() -> None:
    network = towns(1500)
    ids = list(network.nodes.index)
    ask = Ask("drive", extra=("cost_cny", "confidence", "legs"))
    stated = memory_of_block(network, ids[:100], ids, ask)(100)
    rows_of({"value": network}, ids[:1], ids, ask)
    tracemalloc.start()
    rows_of({"value": network}, ids[:100], ids, ask)
    used = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    assert stated / 4 < used < stated


def test_blocks_shrink_to_fit_and_what_never_fits_is_refused() -> None:
    network = towns(400)
    ids = list(network.nodes.index)
    some = memory_of_block(network, ids, ids, Ask("drive"))
    told: list[int] = []
    skim(
        network,
        ids[:32],
        ids,
        mode="drive",
        memory_mb=some(1) * 1.01,
        progress=lambda _, total: told.append(total),
    )
    assert set(told) == {32}
    with pytest.raises(InputError, match="give more memory"):
        skim(network, ids, mode="drive", memory_mb=0.01, block=1)
    with pytest.raises(InputError, match="smaller blocks"):
        skim(network, ids, mode="drive", memory_mb=some(3), block=300)
    with pytest.raises(InputError, match="1 row or more"):
        skim(network, ids, mode="drive", block=0)


def test_a_network_goes_through_bytes_and_equal_content_gives_equal_bytes(region: dict[str, Network]) -> None:
    one, other = (pack(tables_of({"value": region["2030"]}), {"a": [1, None, "甲"]}) for _ in range(2))
    assert one == other
    tables, facts = unpack(one)
    network = networks_of(tables)["value"]
    assert facts == {"a": [1, None, "甲"]}
    for column in ("from_node_id", "to_node_id", "mode", "total_min", "legs", "confidence", "dated"):
        assert network.links[column].tolist() == region["2030"].links[column].tolist()
    assert len(one) < 200_000


def test_content_is_opened_once_and_forgotten_when_nobody_holds_it() -> None:
    opened: list[bytes] = []
    hold("k", b"x")
    hold("k", b"x")
    assert take("k", lambda data: opened.append(data) or 5) == 5
    assert take("k", lambda data: opened.append(data) or 6) == 5
    assert (opened, shipments()["k"]) == ([b"x"], (2, 1))
    release("k")
    release("k")
    with pytest.raises(LookupError, match="nothing is held under k"):
        take("k", len)


def test_without_a_client_dask_is_not_imported() -> None:
    code = (
        "import sys; from metrics.cluster_world import towns; from yrdgis.metrics import skim\n"
        "n = towns(6); skim(n, list(n.nodes.index), mode='drive', block=2)\n"
        "print([m for m in ('dask', 'distributed') if m in sys.modules])"
    )
    tests = str(Path(__file__).parents[1])
    ran = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {tests!r})\n{code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == "[]"
