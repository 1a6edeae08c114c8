"""Fixtures that many tests share: the shipped layers, and a tiny made-up region."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from yrdgis import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yrdgis.io import Layers

# A busy machine is no failing example.
hypothesis.settings.register_profile("yrdgis", deadline=None)
hypothesis.settings.load_profile("yrdgis")

TOY = Path(__file__).parent / "data" / "toy"


@pytest.fixture(autouse=True)
def _no_figure_stays_open() -> Iterator[None]:
    """Close what a test drew: matplotlib warns of many open figures, and the next test finds none."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


@pytest.fixture(scope="session")
def layers() -> Layers:
    """The layers that the project ships."""
    from yrdgis.io import load_layers

    return load_layers(settings.shipped_layers_dir())


@pytest.fixture(scope="session")
def toy() -> Layers:
    """A made-up region of two cities in two provinces, with a lake between them.

    甲西 --- 甲东 | 乙西 --- 乙东     one square each; | is the border, at 120.2 E

    The railway runs through all four (to 乙西 since 2021-07-01, to 乙东 planned for 2028), so does
    the expressway G1; the lake road has a gap at the border; the canal is class V east of it. There is no
    metro.
    """
    from yrdgis.io import load_layers

    return load_layers(TOY)


@pytest.fixture
def toy_copy(tmp_path: Path) -> Path:
    """A copy of the made-up region that a test may spoil."""
    import shutil

    return Path(shutil.copytree(TOY, tmp_path / "region"))


@pytest.fixture(scope="session")
def atlas(layers: Layers, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of an atlas of the shipped layers on the day for which they hold, made once.

    Tests that use it belong to the xdist group "atlas", so that one process makes it for all.
    """
    from yrdgis.reports import make_atlas

    return make_atlas(layers, tmp_path_factory.mktemp("atlas") / "atlas")


@pytest.fixture
def run(capsys):
    """The command line: called with its words, gives exit code, standard output and standard error."""
    from yrdgis import cli

    def call(*args):
        with pytest.raises(SystemExit) as left:
            cli.main([str(a) for a in args])
        captured = capsys.readouterr()
        return left.value.code, captured.out, captured.err

    return call
