"""The plan as data: clause to project to map and back.

Pure functions on the frames of the layers ``items``, ``sections``, ``item_links``, ``projects`` and
``project_links``. Nothing heavy is imported until a name of this room is used.

Examples
--------
>>> from yrdgis import plan
>>> plan.section_key("二(三) 1")
'二（三）1'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from yrdgis.plan.clusters import cluster_members, clusters_of
    from yrdgis.plan.corridors import corridor_tree
    from yrdgis.plan.coverage import coverage_table, goal_states, trace
    from yrdgis.plan.document import DocumentCheck, check_document, headings, read_document, sentences
    from yrdgis.plan.places import energy_lines, item_places
    from yrdgis.plan.register import clause, clauses, find_items, list_items, section_key
    from yrdgis.plan.telling import Clause

_HOME = {
    "cluster_members": "clusters",
    "clusters_of": "clusters",
    "corridor_tree": "corridors",
    "coverage_table": "coverage",
    "goal_states": "coverage",
    "trace": "coverage",
    "DocumentCheck": "document",
    "check_document": "document",
    "headings": "document",
    "read_document": "document",
    "sentences": "document",
    "energy_lines": "places",
    "item_places": "places",
    "Clause": "telling",
    "clause": "register",
    "clauses": "register",
    "find_items": "register",
    "list_items": "register",
    "section_key": "register",
}

__all__ = [
    "Clause",
    "DocumentCheck",
    "check_document",
    "clause",
    "clauses",
    "cluster_members",
    "clusters_of",
    "corridor_tree",
    "coverage_table",
    "energy_lines",
    "find_items",
    "goal_states",
    "headings",
    "item_places",
    "list_items",
    "read_document",
    "section_key",
    "sentences",
    "trace",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"yrdgis.plan.{_HOME[name]}"), name)
    raise AttributeError(f"module 'yrdgis.plan' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
