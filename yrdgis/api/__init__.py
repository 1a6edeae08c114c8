"""What a planner types: an area, its network of any date, times, paths, comparisons, maps.

Thin doors to the pure functions of the rooms below, which work on frames and arrays alone.
"""

from yrdgis.api.area import Area, load
from yrdgis.api.change import Change, compare
from yrdgis.api.choices import Places, Projects, Scenarios
from yrdgis.api.dated import DatedNetwork
from yrdgis.api.frames import YrdAccessor
from yrdgis.api.indicators import (
    border_detours,
    border_penalty,
    borders,
    centrality,
    city_cuts,
    cohesion,
    connectivity,
    efficiency,
    equity,
    interchange,
    reach_change,
    resilience,
    targets,
    weak_points,
)
from yrdgis.api.measures import accessibility, chains, hinterland, isochrones
from yrdgis.api.reach import Isochrones
from yrdgis.api.worth import Shares, Worth, value
from yrdgis.errors import YrdgisError
from yrdgis.metrics import Path
from yrdgis.scenarios import Scenario

__all__ = [
    "Area",
    "Change",
    "DatedNetwork",
    "Isochrones",
    "Path",
    "Places",
    "Projects",
    "Scenario",
    "Scenarios",
    "Shares",
    "Worth",
    "YrdAccessor",
    "YrdgisError",
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
