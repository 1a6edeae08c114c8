"""yrdgis: see what a regional plan does to travel times, to whom, by when, on a map that cites the clause.

>>> import yrdgis as yg
>>> area = yg.load()
>>> now = area.network("today")
>>> round(now.times("虹桥", to="湖州", mode="rail", impedance="in_vehicle")["time_min"].iloc[0]) in range(38, 66)
True

What a planner types stands here; the rooms below (``yg.metrics``, ``yg.maps`` ...) hold the functions on frames that it
rests on. Nothing heavy is imported until a name is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from yrdgis.api import (
        Area,
        Change,
        DatedNetwork,
        Isochrones,
        Path,
        Scenario,
        Shares,
        Worth,
        YrdgisError,
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

_ROOMS = (
    "crs",
    "doctor",
    "engine",
    "errors",
    "io",
    "maps",
    "metrics",
    "network",
    "plan",
    "reports",
    "scenarios",
    "settings",
    "units",
    "validation",
)

__all__ = [
    "Area",
    "Change",
    "DatedNetwork",
    "Isochrones",
    "Path",
    "Scenario",
    "Shares",
    "Worth",
    "YrdgisError",
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
    if name in _ROOMS:
        return import_module(f"yrdgis.{name}")
    if name in __all__:
        return getattr(import_module("yrdgis.api"), name)
    import difflib

    near = difflib.get_close_matches(name, [*__all__, *_ROOMS], n=2)
    hint = f". Did you mean {' or '.join(near)}?" if near else ""
    raise AttributeError(f"module 'yrdgis' has no attribute {name!r}{hint}")


def __dir__() -> list[str]:
    return sorted([*__all__, *_ROOMS, "__doc__", "__file__", "__name__", "__path__"])
