"""Scenarios: projects in force on a day, what a change of them means, and what each is worth."""

from yrdgis.scenarios.compare import Comparison, compare
from yrdgis.scenarios.delay import Delay, delay
from yrdgis.scenarios.model import Scenario, named_scenarios, scenario
from yrdgis.scenarios.value import Value, value

__all__ = [
    "Comparison",
    "Delay",
    "Scenario",
    "Value",
    "compare",
    "delay",
    "named_scenarios",
    "scenario",
    "value",
]
