"""Every command and its help line, so that the list can be shown without importing one of them."""

from __future__ import annotations

__all__ = ["COMMANDS"]

COMMANDS = {
    "layers": "List, show and export the layers.",
    "check": "Name every fault of a folder of layers.",
    "atlas": "Make the whole atlas: maps, tables and figures that need no internet.",
    "plan": "List what the plan asks for, and what became of it.",
    "scenario": "List and show scenarios: sets of projects with a date.",
    "skim": "Travel times and distances between places.",
    "path": "The way from one place to another, leg by leg.",
    "isochrone": "Areas that can be reached within some minutes.",
    "compare": "What changes between two scenarios.",
    "value": "What each project is worth, and to whom.",
    "measure": "Accessibility, connectivity, borders, cohesion and other measures.",
    "network": "Import and export networks: OpenStreetMap, GMNS, lines.",
    "deadends": "Find roads that end at a border.",
    "doctor": "Tell datum, encoding and faults of a file, and mend them.",
    "validate": "Compare the model with observed times and distances.",
}
"""Command to help line, in the order of the list; a command is there when its module is."""
