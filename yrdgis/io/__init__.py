"""Layers in and out: catalogue, schemas, reading, dates, names, checking and writing.

Nothing heavy is imported until a name of this room is used.

Examples
--------
>>> from yrdgis import io
>>> io.parse_date("2025")
datetime.date(2025, 12, 31)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from yrdgis.io.catalog import Catalog, LayerInfo, find
    from yrdgis.io.check import Finding, check_layers
    from yrdgis.io.dates import in_service, overdue, parse_date, undated_share
    from yrdgis.io.names import Place, Resolver
    from yrdgis.io.read import Layers, load_layers
    from yrdgis.io.schema import Attribute, Schema
    from yrdgis.io.write import atomic_write, safe_cell, write_layer, write_table

_HOME = {
    "Catalog": "catalog",
    "LayerInfo": "catalog",
    "find": "catalog",
    "Finding": "check",
    "check_layers": "check",
    "in_service": "dates",
    "overdue": "dates",
    "parse_date": "dates",
    "undated_share": "dates",
    "Place": "names",
    "Resolver": "names",
    "Layers": "read",
    "load_layers": "read",
    "Attribute": "schema",
    "Schema": "schema",
    "atomic_write": "write",
    "safe_cell": "write",
    "write_layer": "write",
    "write_table": "write",
}

__all__ = [
    "Attribute",
    "Catalog",
    "Finding",
    "LayerInfo",
    "Layers",
    "Place",
    "Resolver",
    "Schema",
    "atomic_write",
    "check_layers",
    "find",
    "in_service",
    "load_layers",
    "overdue",
    "parse_date",
    "safe_cell",
    "undated_share",
    "write_layer",
    "write_table",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"yrdgis.io.{_HOME[name]}"), name)
    raise AttributeError(f"module 'yrdgis.io' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
