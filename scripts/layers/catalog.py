"""The catalogue of layers, merged from the rows that every builder exports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from .common import Layer
from .writers import write_csv

__all__ = ["write_catalog"]


def write_catalog(out: Path, catalogs: Iterable[Sequence[Layer]]) -> None:
    """Write ``catalog.csv``, one row for each layer whose file stands in ``out``, sorted by path.

    Raises
    ------
    ValueError
        If two builders claim the same layer.
    """
    layers = [layer for catalog in catalogs for layer in catalog if (out / layer.path).is_file()]
    ids = [layer.layer_id for layer in layers]
    twice = sorted({i for i in ids if ids.count(i) > 1})
    if twice:
        raise ValueError(f"Two builders claim the same layers: {', '.join(twice)}")
    rows = [layer.catalog_row() for layer in sorted(layers, key=lambda layer: layer.path)]
    write_csv(out / "catalog.csv", list(rows[0]), rows)
