"""How the documentation is built; `python scripts/docs_site.py` builds it."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE / "_ext"), str(HERE.parent)]

import yrdgis  # noqa: E402

project = "yrdgis"
author = "The yrdgis developers"
copyright = "The yrdgis developers"
version = release = yrdgis.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "numpydoc",
    "sphinx_copybutton",
    "mathml",
    "references",
    "runs",
]
source_suffix = {".rst": "restructuredtext", ".md": "markdown"}
exclude_patterns = ["_generated/**", "images/**"]
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

# every reference in a docstring has to lead somewhere, but those to other libraries need the network
default_role = "py:obj"
nitpicky = True
nitpick_ignore_regex = [
    (
        "py:.*",
        r"(numpy|np|pandas|pd|geopandas|gpd|shapely|networkx|folium|matplotlib|pyarrow|datetime|pathlib|collections|typing|os|scipy|rasterio|osmium|click|branca|dask)(\..*)?",
    ),
]
autodoc_typehints = "none"
autodoc_member_order = "bysource"
autodoc_class_signature = "mixed"
numpydoc_show_class_members = False
numpydoc_validation_checks = {"GL06", "GL07", "PR02", "PR10"}

smartquotes = False
html_sidebars = {name: [] for name in ("index", "tutorial", "methods", "comparison")}
html_context = {"default_mode": "auto"}
html_theme = "pydata_sphinx_theme"
html_title = "yrdgis"
html_math_renderer = "mathml"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "show_prev_next": True,
    "navbar_align": "left",
    "header_links_before_dropdown": 6,
    "show_toc_level": 2,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": ["sphinx-version"],
    "navbar_end": ["theme-switcher"],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
