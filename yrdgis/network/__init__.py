"""The network of a date: frames of nodes and links, built from layers, to networkx and GMNS and back."""

from yrdgis.network.convert import from_gmns, from_networkx, to_gmns, to_networkx
from yrdgis.network.model import Network

__all__ = ["Network", "from_gmns", "from_networkx", "to_gmns", "to_networkx"]
