"""Results with geometry, and the accessor that shows them: ``frame.yrd.map()``."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from yrdgis.errors import InputError
from yrdgis.io import Layers, load_layers
from yrdgis.settings import GEOGRAPHIC_CRS

if TYPE_CHECKING:
    import folium
    import geopandas as gpd

__all__ = ["YrdAccessor", "layers_at", "with_geometry"]

_OUTLINES = ("cities", "districts")
_POINTS = ("towns", "destinations", "airports", "rail_stations", "metro_stations", "water_nodes")


def with_geometry(frame: pd.DataFrame, layers: Layers, column: str) -> gpd.GeoDataFrame:
    """The frame with the shape of the place that a column names.

    Parameters
    ----------
    frame : pandas.DataFrame
    layers : Layers
    column : str
        Column of place ids.

    Returns
    -------
    geopandas.GeoDataFrame
        In EPSG:4326: outlines of cities and districts, points of all else; none for an id that no layer has.
    """
    import geopandas as gpd
    from shapely import Point

    wanted = set(frame[column])
    shapes: dict[str, Any] = {}
    for names, read in ((_OUTLINES, layers.polygons), (_POINTS, layers.points)):
        for name in names:
            if name in layers and wanted & set(layers[name].iloc[:, 0]):
                found = read(name)
                shapes.update(zip(found.iloc[:, 0], found.geometry, strict=True))
    for place in wanted:
        if place.startswith("point:"):
            shapes[place] = Point(*map(float, place.removeprefix("point:").split("/")))
    out = gpd.GeoDataFrame(frame.copy(), geometry=[shapes.get(i) for i in frame[column]], crs=GEOGRAPHIC_CRS)
    out.attrs = {**frame.attrs, "layers": str(layers.root)}
    return out


@lru_cache(maxsize=4)
def layers_at(root: str) -> Layers:
    """Layers of a folder, as a frame's ``attrs`` name it; the last few are kept."""
    return load_layers(root)


@pd.api.extensions.register_dataframe_accessor("yrd")
class YrdAccessor:
    """What yrdgis can do with a frame that it made.

    Parameters
    ----------
    frame : pandas.DataFrame
        As `DatedNetwork.times` gives it.
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame

    def map(self, **options: Any) -> folium.Map:
        """Map of the times in the frame; saved, it is one file that needs no internet.

        Parameters
        ----------
        **options
            As for `yrdgis.maps.travel_times`.

        Raises
        ------
        InputError
            If the frame holds no times of one place.
        """
        from yrdgis.maps import travel_times

        missing = [c for c in ("from_id", "to_id", "time_min", "geometry") if c not in self._frame]
        if missing or not self._frame.attrs.get("layers"):
            raise InputError(
                f"This frame can't be mapped: it {'lacks ' + ', '.join(missing) if missing else 'does not say its layers'}."
                " Make it with `network.times(place)`."
            )
        return travel_times(layers_at(self._frame.attrs["layers"]), self._frame, **options)
