"""One atlas of the shipped layers, made once and shared."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from yrdgis.io import Layers


@pytest.fixture(scope="session")
def atlas(layers: Layers, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of an atlas of the shipped layers on the day for which they hold."""
    from yrdgis.reports import make_atlas

    return make_atlas(layers, tmp_path_factory.mktemp("atlas") / "atlas")
