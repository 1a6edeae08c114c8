"""Small pictures for the index: the same frames and colours as the maps, without a word on them."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from yrdgis.maps.background import ground
from yrdgis.maps.style import AREAS, BORDER, LINES, RAMPS, classes
from yrdgis.settings import METRIC_CRS

if TYPE_CHECKING:
    import pandas as pd

    from yrdgis.io import Layers

__all__ = ["Canvas", "picture"]

BEYOND = "#f0f2f4"
_SIZE_INCH, _DPI = (4.2, 3.0), 100


class Canvas:
    """One picture of the area, on which frames are drawn in the order of the calls."""

    def __init__(self, layers: Layers, *, axes: Any = None) -> None:
        """Start on axes of one's own, or on those of a larger figure."""
        import geopandas as gpd
        from matplotlib.figure import Figure

        self.layers = layers
        if axes is None:
            figure = Figure(figsize=_SIZE_INCH, dpi=_DPI)
            figure.patch.set_facecolor(BEYOND)
            axes = figure.add_axes((0, 0, 1, 1))
        self.figure, self.axes = axes.figure, axes
        # no frame and no ticks, yet the ground of the axes stays: it is what lies beyond, of which nothing is said
        self.axes.set(xticks=[], yticks=[], facecolor=BEYOND)
        for spine in self.axes.spines.values():
            spine.set_visible(False)
        self.districts = layers.polygons("districts").to_crs(METRIC_CRS)
        _, strip = ground(layers)
        if strip is not None:
            self.add(gpd.GeoDataFrame(geometry=[strip], crs=4326), color=AREAS["surround"]["fill"], zorder=0)
        self.districts.plot(ax=self.axes, color=AREAS["land"]["fill"], edgecolor="#d6d0c4", linewidth=0.3)
        west, south, east, north = self.districts.total_bounds
        self._frame = (west, south, east, north)
        self._is_map = True

    def colour_districts(self, values: pd.Series, *, breaks: list[float], ramp: str) -> None:
        """Fill the districts by value (indexed by id); one without a value stays as it is."""
        shades = RAMPS[ramp]
        found = classes(list(values.reindex(self.districts["district_id"])), breaks=breaks)
        last = max(1, len(breaks))
        own = [at for at, number in enumerate(found) if number >= 0]
        if own:
            colours = [shades[round(found[at] * (len(shades) - 1) / last)] for at in own]
            self.districts.iloc[own].plot(ax=self.axes, color=colours, edgecolor="#ffffff", linewidth=0.3)

    def water(self) -> None:
        """Draw the water over the land, as far as the ground goes."""
        water, _ = ground(self.layers)
        if water is not None:
            self.add(water, color=AREAS["sea"]["fill"])

    def borders(self) -> None:
        """Draw the borders of the provinces."""
        if "borders" in self.layers:
            self.add(self.layers.geometry("borders"), color=BORDER["color"], linewidth=0.8, linestyle="--")

    def lines(self, frame: Any, style: str, *, width: float = 0.9, dashed: bool = False) -> None:
        """Draw lines in the colour that they have on every map."""
        self.add(frame, color=LINES[style]["color"], linewidth=width, linestyle=":" if dashed else "-")

    def points(self, frame: Any, colour: str, *, size: float = 3) -> None:
        """Draw points."""
        self.add(frame, color=colour, markersize=size)

    def add(self, frame: Any, **options: Any) -> None:
        """Draw a frame with options of `geopandas.GeoDataFrame.plot`."""
        import shapely

        shapes = frame.geometry.to_numpy()
        shown = frame[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
        if len(shown):
            shown.to_crs(METRIC_CRS).plot(ax=self.axes, **options)

    def fit(self) -> None:
        """Show the whole area, whatever the shape of the axes."""
        west, south, east, north = self._frame
        box, (across, down) = self.axes.get_position(original=True), self.figure.get_size_inches()
        wide = box.width * across / (box.height * down)
        centre_x, centre_y = (west + east) / 2, (south + north) / 2
        half = max((north - south) / 2, (east - west) / 2 / wide) * 1.03
        self.axes.set(aspect="equal", xlabel="", ylabel="")
        self.axes.set_xlim(centre_x - half * wide, centre_x + half * wide)
        self.axes.set_ylim(centre_y - half, centre_y + half)

    def plain(self) -> Any:
        """Give up the map and return empty axes on white, for a picture that is no map."""
        self.figure.clear()
        self.figure.patch.set_facecolor("#ffffff")
        self.axes = self.figure.add_axes((0.06, 0.08, 0.88, 0.84))
        self.axes.set_axis_off()
        self._is_map = False
        return self.axes

    def png(self) -> bytes:
        """The picture, fitted to the area."""
        out = io.BytesIO()
        if not self._is_map:
            self.figure.savefig(out, format="png", dpi=_DPI, metadata={"Software": None})
            return out.getvalue()
        self.fit()
        self.figure.savefig(out, format="png", dpi=_DPI, metadata={"Software": None})
        return out.getvalue()


def picture(layers: Layers, draw: Callable[[Canvas], None]) -> bytes:
    """PNG of what `draw` puts on a canvas of the area."""
    canvas = Canvas(layers)
    draw(canvas)
    return canvas.png()
