"""The network of a date: frames of nodes and links, built from layers, to networkx and GMNS and back."""

from yrdgis.network.build import build_network, in_mode, rebuild, with_points
from yrdgis.network.convert import from_gmns, from_networkx, to_gmns, to_networkx
from yrdgis.network.model import Network

__all__ = [
    "Network",
    "build_network",
    "from_gmns",
    "from_networkx",
    "in_mode",
    "rebuild",
    "to_gmns",
    "to_networkx",
    "with_points",
]
