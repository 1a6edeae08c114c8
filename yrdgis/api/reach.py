"""Isochrones that can show themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd

if TYPE_CHECKING:
    import folium

__all__ = ["Areas", "as_areas"]


class Areas(gpd.GeoDataFrame):
    """Areas by cut-off; all that a GeoDataFrame is, with a map of our own."""

    @property
    def _constructor(self) -> Any:
        return Areas

    def explore(self, *args: Any, **options: Any) -> folium.Map:
        """Map of the areas as rings; saved, it is one file that needs no internet.

        Parameters
        ----------
        *args, **options
            As for `yrdgis.maps.add_isochrones`; another column than ``cutoff_min`` is shown as geopandas shows it.
        """
        from yrdgis.maps import add_isochrones

        if args or options.get("column", "cutoff_min") != "cutoff_min" or "cutoff_min" not in self:
            return gpd.GeoDataFrame(self).explore(*args, **options)
        told = self.attrs.get("title_zh", "")
        named = {"name_zh": f"可达范围：{told}", "name": f"Reached from {told}"} if told else {}
        return add_isochrones(gpd.GeoDataFrame(self), **{**named, **options})


def as_areas(frame: gpd.GeoDataFrame, title_zh: str) -> Areas:
    """Isochrones as `Areas`, with what to call them."""
    out = Areas(frame)
    out.attrs = {**frame.attrs, "title_zh": title_zh}
    return out
