"""What projects are worth, with times worked out in blocks: the same figures to the last bit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from scenarios.drawn_world import DISTRICTS, LINKS, PROJECTS, bare, world

from yrdgis.errors import InputError
from yrdgis.network import Network
from yrdgis.scenarios import Value, value

OWNERS = dict(zip(LINKS[3:], PROJECTS, strict=True))


@pytest.fixture(scope="module")
def roads(tmp_path_factory: pytest.TempPathFactory) -> Network:
    """Four roads, each a project; one requires another."""
    layers = world(tmp_path_factory.mktemp("roads"), OWNERS, {"project:p2": "project:p1"}, {})
    return bare(layers)


def same(one: Value, other: Value) -> None:
    for name in ("frame", "shares", "pairs"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name), check_exact=True)
    assert one.meta == other.meta


@pytest.mark.parametrize("options", [{}, {"mode": "drive", "range_": False}, {"measure": "accessibility"}])
def test_blocks_give_the_figures_of_one_go(roads: Network, options: dict[str, Any]) -> None:
    at_once = value(roads, PROJECTS, origins=DISTRICTS, **options)
    assert at_once.frame["worth"].gt(0).any()
    for block in (1, 3):
        same(value(roads, PROJECTS, origins=DISTRICTS, **options, block=block), at_once)


def test_a_folder_keeps_times_under_every_set_and_is_gone_on_with(roads: Network, tmp_path: Path) -> None:
    at_once = value(roads, PROJECTS, origins=DISTRICTS, mode="drive")
    same(value(roads, PROJECTS, origins=DISTRICTS, mode="drive", block=2, out=tmp_path / "out"), at_once)
    kept = {file: file.stat().st_mtime_ns for file in (tmp_path / "out").rglob("*.parquet")}
    assert len(kept) == 3 * 2
    gone = sorted(kept)[0]
    gone.unlink()
    same(value(roads, PROJECTS, origins=DISTRICTS, mode="drive", block=2, out=tmp_path / "out"), at_once)
    assert {file for file in kept if file.stat().st_mtime_ns == kept[file]} == set(kept) - {gone}
    rows = pd.read_parquet(tmp_path / "out")
    assert set(rows["end"]) == {"value", "low", "high"}
    some = rows[rows["mattering"] > 0]
    assert (some["times"].map(len) == 2 ** some["projects"].str.split(";").map(len)).all()
    assert (some["times"].map(lambda times: times[0]) == some["base"]).all()
    with pytest.raises(InputError, match="projects was"):
        value(roads, PROJECTS[:2], origins=DISTRICTS, mode="drive", block=2, out=tmp_path / "out")


def test_games_that_exclude_each_other_have_folders_of_their_own(tmp_path: Path) -> None:
    network = bare(world(tmp_path / "region", OWNERS, {}, {"project:p0": "project:p1"}))
    at_once = value(network, PROJECTS, origins=DISTRICTS, mode="drive", range_=False)
    assert set(at_once.meta["joint"]) == {"1", "2"}
    found = value(
        network, PROJECTS, origins=DISTRICTS, mode="drive", range_=False, block=2, out=tmp_path / "out"
    )
    same(found, at_once)
    assert sorted(one.name for one in (tmp_path / "out").iterdir()) == ["game=1", "game=2"]


def test_sampling_takes_what_is_worked_out_here(roads: Network) -> None:
    options: dict[str, Any] = {"mode": "drive", "method": "sampling", "range_": False}
    at_once = value(roads, PROJECTS, origins=DISTRICTS, **options)
    same(value(roads, PROJECTS, origins=DISTRICTS, **options, block=2), at_once)


def test_times_that_would_not_fit_are_refused(roads: Network) -> None:
    from yrdgis.scenarios.value_blocks import Limits, times_in_blocks

    def take(memory_mb: float, block: int) -> None:
        times_in_blocks(
            roads,
            PROJECTS,
            DISTRICTS,
            DISTRICTS,
            mode="drive",
            impedance="total",
            requires={},
            limits=Limits(20, 1_000_000, memory_mb),
            block=block,
        )

    take(1.0, 4)
    with pytest.raises(InputError, match="smaller blocks"):
        take(0.001, 4)
