"""The files under ``layers/`` as they stand, read without the package so that both are tested."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from yrdgis.settings import layers_dir

Rows = list[dict[str, str]]


@cache
def _rows(path: Path) -> tuple[dict[str, str], ...]:
    if path.suffix == ".geojson":
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        return tuple({k: "" if v is None else str(v) for k, v in f["properties"].items()} for f in features)
    with open(path, encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@pytest.fixture(scope="session")
def folder() -> Path:
    """Folder of the layers."""
    return layers_dir()


@pytest.fixture(scope="session")
def catalog(folder: Path) -> dict[str, dict[str, str]]:
    """Rows of the catalogue by layer id."""
    return {row["layer_id"]: row for row in _rows(folder / "catalog.csv")}


@pytest.fixture(scope="session")
def rows(folder: Path, catalog: dict[str, dict[str, str]]) -> Callable[[str], Rows]:
    """Function that gives the rows of a layer as text."""
    return lambda layer: list(_rows(folder / catalog[layer]["path"]))


@pytest.fixture(scope="session")
def schema(folder: Path, catalog: dict[str, dict[str, str]]) -> Callable[[str], Rows]:
    """Function that gives the attributes of a layer."""
    return lambda layer: list(_rows(folder / "schema" / f"{catalog[layer]['schema']}.csv"))


@pytest.fixture(scope="session")
def frame(folder: Path, catalog: dict[str, dict[str, str]]) -> Callable[[str], Any]:
    """Function that gives a GeoJSON layer as a frame."""
    import geopandas as gpd

    return lambda layer: gpd.read_file(folder / catalog[layer]["path"])
