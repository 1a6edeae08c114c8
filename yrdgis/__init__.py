"""yrdgis: see what a regional plan does to travel times, to whom, by when, on a map that cites the clause.

>>> import yrdgis as yg
>>> area = yg.load()
>>> now = area.network("today")
>>> round(now.times("虹桥", to="湖州", mode="rail", impedance="in_vehicle")["time_min"].iloc[0]) in range(38, 66)
True
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from yrdgis.api import (
        Area,
        DatedNetwork,
        accessibility,
        border_detours,
        border_penalty,
        borders,
        centrality,
        chains,
        city_cuts,
        cohesion,
        compare,
        connectivity,
        efficiency,
        equity,
        hinterland,
        interchange,
        isochrones,
        load,
        reach_change,
        resilience,
        targets,
        value,
        weak_points,
    )

_HOME = {
    "Area": "yrdgis.api",
    "DatedNetwork": "yrdgis.api",
    "accessibility": "yrdgis.api",
    "border_detours": "yrdgis.api",
    "border_penalty": "yrdgis.api",
    "borders": "yrdgis.api",
    "centrality": "yrdgis.api",
    "chains": "yrdgis.api",
    "city_cuts": "yrdgis.api",
    "cohesion": "yrdgis.api",
    "compare": "yrdgis.api",
    "connectivity": "yrdgis.api",
    "efficiency": "yrdgis.api",
    "equity": "yrdgis.api",
    "hinterland": "yrdgis.api",
    "interchange": "yrdgis.api",
    "isochrones": "yrdgis.api",
    "load": "yrdgis.api",
    "reach_change": "yrdgis.api",
    "resilience": "yrdgis.api",
    "targets": "yrdgis.api",
    "value": "yrdgis.api",
    "weak_points": "yrdgis.api",
}

__all__ = [
    "Area",
    "DatedNetwork",
    "__version__",
    "accessibility",
    "border_detours",
    "border_penalty",
    "borders",
    "centrality",
    "chains",
    "city_cuts",
    "cohesion",
    "compare",
    "connectivity",
    "efficiency",
    "equity",
    "hinterland",
    "interchange",
    "isochrones",
    "load",
    "reach_change",
    "resilience",
    "targets",
    "value",
    "weak_points",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'yrdgis' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
