"""Maps that open without a network: one file each, in Chinese and English."""

from __future__ import annotations

from yrdgis.maps.background import add_background
from yrdgis.maps.base import Page, new_map, page_of
from yrdgis.maps.change import change_map
from yrdgis.maps.circles import isochrone_map
from yrdgis.maps.layers import add_categories, add_choropleth, add_lines, add_points, add_swipe, nice_breaks
from yrdgis.maps.multiples import add_small_multiples, beside
from yrdgis.maps.networks import network_by_year
from yrdgis.maps.offline import missing_assets, save
from yrdgis.maps.projects import add_projects, project_shapes, projects
from yrdgis.maps.reach import add_flows, add_isochrones
from yrdgis.maps.region import region
from yrdgis.maps.slider import add_figure, add_value, add_year_slider, opening_days
from yrdgis.maps.travel import travel_times
from yrdgis.maps.ways import way_map

__all__ = [
    "Page",
    "add_background",
    "add_categories",
    "add_choropleth",
    "add_figure",
    "add_flows",
    "add_isochrones",
    "add_lines",
    "add_points",
    "add_projects",
    "add_small_multiples",
    "add_swipe",
    "add_value",
    "add_year_slider",
    "beside",
    "change_map",
    "isochrone_map",
    "missing_assets",
    "network_by_year",
    "new_map",
    "nice_breaks",
    "opening_days",
    "page_of",
    "project_shapes",
    "projects",
    "region",
    "save",
    "travel_times",
    "way_map",
]
