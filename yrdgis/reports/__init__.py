"""Reports: the atlas, its tables, pictures and data package.

Nothing heavy is imported until a name of this room is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from yrdgis.reports.atlas import make_atlas
    from yrdgis.reports.map_set import write_map_set
    from yrdgis.reports.package import write_package
    from yrdgis.reports.plots import chinese_labels, ground
    from yrdgis.reports.tables import Column, Table, write_workbook

_HOME = {
    "Column": "tables",
    "Table": "tables",
    "chinese_labels": "plots",
    "ground": "plots",
    "make_atlas": "atlas",
    "write_map_set": "map_set",
    "write_package": "package",
    "write_workbook": "tables",
}

__all__ = [
    "Column",
    "Table",
    "chinese_labels",
    "ground",
    "make_atlas",
    "write_map_set",
    "write_package",
    "write_workbook",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"yrdgis.reports.{_HOME[name]}"), name)
    raise AttributeError(f"module 'yrdgis.reports' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
