"""Maps that open without a network: one file each, in Chinese and English."""

from __future__ import annotations

from yrdgis.maps.base import Page, new_map, page_of
from yrdgis.maps.layers import add_choropleth, add_lines, add_points, nice_breaks
from yrdgis.maps.offline import missing_assets, save

__all__ = [
    "Page",
    "add_choropleth",
    "add_lines",
    "add_points",
    "missing_assets",
    "new_map",
    "nice_breaks",
    "page_of",
    "save",
]
