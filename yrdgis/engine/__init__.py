"""Shortest paths on arrays: prepare a network once, then ask.

This room knows neither names nor units: nodes and links are numbers, weights are whole numbers in any unit,
and every engine behind the door gives the same answer.

Examples
--------
>>> from yrdgis.engine import prepare
>>> engine = prepare(4, tail=[0, 1, 2], head=[1, 2, 3], weight=[10, 15, 10])
>>> engine.many_to_many([0], [3]).tolist()
[[35]]
>>> engine.update(added=([0], [3], [20])).many_to_many([0], [3]).tolist()
[[20]]
"""

from yrdgis.engine.answers import Nearest, Paths, Reach
from yrdgis.engine.choice import Choice
from yrdgis.engine.closed_form import Project, Scenarios
from yrdgis.engine.decays import DECAYS, decay_table
from yrdgis.engine.door import Engine, prepare
from yrdgis.engine.graph import UNREACHABLE, Graph
from yrdgis.engine.work import CancelledError

__all__ = [
    "DECAYS",
    "UNREACHABLE",
    "CancelledError",
    "Choice",
    "Engine",
    "Graph",
    "Nearest",
    "Paths",
    "Project",
    "Reach",
    "Scenarios",
    "decay_table",
    "prepare",
]
