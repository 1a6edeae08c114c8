"""Where the real files are that some tests use: YRDGIS_REALDATA, or shared/realdata beside the checkout."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_CHOSEN = os.environ.get("YRDGIS_REALDATA")
FOLDER = Path(_CHOSEN) if _CHOSEN else Path(__file__).resolve().parents[2] / "shared" / "realdata"


def real(name: str) -> Path:
    """Path of a real file; skips the test where it is not there."""
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"{name}: no such file in the folder of real files (set YRDGIS_REALDATA)")
    return path
