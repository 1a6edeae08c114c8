"""The network of a date: frames of nodes and links, built from layers or a file, to networkx and GMNS and back.

What reads files is imported when it is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from yrdgis.network.build import build_network, in_mode, rebuild, with_points
from yrdgis.network.convert import from_gmns, from_networkx, to_gmns, to_networkx
from yrdgis.network.join import join
from yrdgis.network.model import Network

if TYPE_CHECKING:
    from yrdgis.network.deadends import find_dead_ends
    from yrdgis.network.gmns_io import read_gmns, write_gmns, write_network
    from yrdgis.network.lines import lines_to_network, open_lines
    from yrdgis.network.osm import Imported, import_osm
    from yrdgis.network.osm_place import import_place

_HOME = {
    "Imported": "osm",
    "find_dead_ends": "deadends",
    "import_osm": "osm",
    "import_place": "osm_place",
    "lines_to_network": "lines",
    "open_lines": "lines",
    "read_gmns": "gmns_io",
    "write_gmns": "gmns_io",
    "write_network": "gmns_io",
}

__all__ = [
    "Imported",
    "Network",
    "build_network",
    "find_dead_ends",
    "from_gmns",
    "from_networkx",
    "import_osm",
    "import_place",
    "in_mode",
    "join",
    "lines_to_network",
    "open_lines",
    "read_gmns",
    "rebuild",
    "to_gmns",
    "to_networkx",
    "with_points",
    "write_gmns",
    "write_network",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"yrdgis.network.{_HOME[name]}"), name)
    raise AttributeError(f"module 'yrdgis.network' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
