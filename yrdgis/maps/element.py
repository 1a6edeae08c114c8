"""The folium element that carries a `Page` into the HTML.

Its texts are handed over as they are: branca would run them through Jinja a second time, and a place called
``{{ x }}`` would then be executed.
"""

from __future__ import annotations

import re
from typing import Any

from branca.element import Element, Figure
from folium import TileLayer
from folium.map import Layer

from yrdgis.maps import offline
from yrdgis.maps.base import Page, page_payload, script_text, style_text
from yrdgis.maps.tables import safe_json

__all__ = ["PageElement", "Raw"]


class Raw(Element):
    """Text that is written as it stands."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._name = "Raw"
        self.text = text

    def render(self, **kwargs: Any) -> str:
        """Give the text."""
        return self.text


class PageElement(Element):
    """Writes style, scripts and data of a page into the figure that its map stands in."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._name = "YrdgisPage"
        self.page = page

    def render(self, **kwargs: Any) -> str:
        """Add everything to the figure; gives no text of its own."""
        figure, parent = self.get_root(), self._parent
        if not isinstance(figure, Figure) or parent is None:
            return ""
        head = figure.header
        head.add_child(Raw(offline.policy_tag(allow_images=tile_hosts(parent))), name="yrdgis_policy")
        head._children.move_to_end("yrdgis_policy", last=False)
        head._children.move_to_end("meta_http", last=False)
        own = head._children.get(parent.get_name())
        if own is not None:  # folium forbids to zoom the page, which readers with weak eyes need
            head.add_child(
                Raw(re.sub(r",\s*maximum-scale=1.0,\s*user-scalable=no", "", own.render())),
                name=parent.get_name(),
            )
        head.add_child(Raw(f"<style>{offline.leaflet_css()}</style>"), name="yrdgis_leaflet_css")
        head.add_child(Raw(f"<script>{offline.leaflet_js()}</script>"), name="yrdgis_leaflet_js")
        head.add_child(Raw(f"<style>{style_text()}</style>"), name="yrdgis_css")
        data = f"{parent.get_name()}_data"
        figure.html.add_child(
            Raw(f'<script type="application/json" id="{data}">{page_payload(self.page)}</script>'),
            name="yrdgis_data",
        )
        figure.html.add_child(Raw(f"<script>{script_text()}</script>"), name="yrdgis_js")
        others = ",".join(f"{{name:{safe_json(n)},layer:{v}}}" for n, v in foreign_layers(parent))
        # the last child: layers of the user are made before they are listed
        figure.script.add_child(
            Raw(
                f"window.addEventListener('load',function(){{YRD.start({parent.get_name()},{safe_json(data)},[{others}]);}});"
            ),
            name="yrdgis_start",
        )
        return ""


def foreign_layers(m: Any) -> list[tuple[str, str]]:
    """Switchable layers of a map that are folium's own: (name, JavaScript name)."""
    return [
        (str(child.layer_name), child.get_name())
        for child in m._children.values()
        if isinstance(child, Layer) and getattr(child, "control", False)
    ]


def tile_hosts(m: Any) -> list[str]:
    """Addresses of the tile layers that a user added; their pictures have to be let in."""
    return [str(child.tiles) for child in m._children.values() if isinstance(child, TileLayer)]
