"""Scenarios: projects in force on a day, and what a change of them means."""

from yrdgis.scenarios.compare import Comparison, compare
from yrdgis.scenarios.model import Scenario, named_scenarios, scenario

__all__ = ["Comparison", "Scenario", "compare", "named_scenarios", "scenario"]
