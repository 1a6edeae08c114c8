"""Isochrones that can show themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd

from yrdgis.api.frames import layers_at
from yrdgis.io.cards import card, head

if TYPE_CHECKING:
    import folium

    from yrdgis.io import Layers

__all__ = ["Isochrones", "as_isochrones"]


class Isochrones(gpd.GeoDataFrame):
    """Areas by cut-off; all that a GeoDataFrame is, with a map of our own."""

    @property
    def _constructor(self) -> Any:
        return Isochrones

    def __repr__(self) -> str:
        if not self._whole:
            return str(super().__repr__())
        mode, day = self.attrs.get("mode", ""), self.attrs.get("as_of", "")
        told = ", ".join(
            f"{minutes:g} min {km2:,.0f} km2"
            for minutes, km2 in zip(self["cutoff_min"], self["area_km2"], strict=True)
        )
        where = f" from {self.attrs['title_zh']}" if self.attrs.get("title_zh") else ""
        return f"<Isochrones{where} {mode} {day}: {told}>".replace("  ", " ")

    def _repr_html_(self) -> str:
        """Area by cut-off, for a notebook; every text is escaped."""
        if not self._whole:
            return str(super()._repr_html_())
        where = self.attrs.get("title_zh", "")
        facts = [("方式", "mode", self.attrs.get("mode", "")), ("日期", "day", self.attrs.get("as_of", ""))]
        columns = [
            ("cutoff_min", "分钟", "min"),
            ("area_km2", "平方公里", "km2"),
            ("area_low_km2", "低", "low, km2"),
            ("area_high_km2", "高", "high, km2"),
        ]
        title = (f"可达范围：{where}", f"Isochrones from {where}")
        note = (".explore() 为地图", ".explore() is the map")
        return card(title, facts, table=head(self, columns, len(self)), note=note)

    @property
    def _whole(self) -> bool:
        """Whether it still is what was made, not a selection of columns."""
        return {"cutoff_min", "area_km2", "geometry"} <= set(self.columns)

    def explore(self, *args: Any, **options: Any) -> folium.Map:
        """Map of the areas as rings on the region's own ground; saved, it is one file that needs no internet.

        Parameters
        ----------
        *args, **options
            As for `yrdgis.maps.add_isochrones`, which then draws the rings alone; another column than ``cutoff_min`` is
            shown as geopandas shows it.
        """
        from yrdgis.maps import add_isochrones, isochrone_map

        if not args and not options and self._whole and self.attrs.get("layers"):
            return isochrone_map(layers_at(self.attrs["layers"]), gpd.GeoDataFrame(self))
        if args or options.get("column", "cutoff_min") != "cutoff_min" or "cutoff_min" not in self:
            return gpd.GeoDataFrame(self).explore(*args, **options)
        told = self.attrs.get("title_zh", "")
        named = {"name_zh": f"可达范围：{told}", "name": f"Reached from {told}"} if told else {}
        return add_isochrones(gpd.GeoDataFrame(self), **{**named, **options})


def as_isochrones(frame: gpd.GeoDataFrame, title_zh: str, layers: Layers) -> Isochrones:
    """Isochrones as `Isochrones`, with what to call them and the layers that they are of."""
    out = Isochrones(frame)
    out.attrs = {**frame.attrs, "title_zh": title_zh, "layers": str(layers.root)}
    return out
