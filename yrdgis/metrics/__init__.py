"""Measures on a network: skims, paths, and what is made from them."""

from yrdgis.metrics.path import Path, path
from yrdgis.metrics.skim import skim

__all__ = ["Path", "path", "skim"]
