"""Where the items of the plan are: points to show them at, and energy lines for internal use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yrdgis.errors import SettingError
from yrdgis.settings import GEOGRAPHIC_CRS

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["energy_lines", "item_places"]


def item_places(items: pd.DataFrame) -> gpd.GeoDataFrame:
    """Items that have a point of their own, in EPSG:4326; exact energy sites are not among them.

    Parameters
    ----------
    items : pandas.DataFrame
        Layer ``items``.
    """
    import geopandas as gpd

    placed = items[items["lon"].notna() & items["lat"].notna()]
    points = gpd.points_from_xy(placed["lon"], placed["lat"])
    return gpd.GeoDataFrame(placed, geometry=points, crs=GEOGRAPHIC_CRS)


def energy_lines(energy: pd.DataFrame, *, audience: str) -> gpd.GeoDataFrame:
    """Lines of pipelines and power lines through their published ends, in EPSG:4326.

    Parameters
    ----------
    energy : pandas.DataFrame
        Layer ``energy``, with its internal attribute ``points``.
    audience : {"internal"}
        Has to be said: exact positions of energy facilities are not for public maps.

    Returns
    -------
    geopandas.GeoDataFrame
        One row per facility with two or more points; the ends are known to about 3 km.

    Raises
    ------
    SettingError
        For any other audience.
    """
    import geopandas as gpd
    from shapely import LineString

    if audience != "internal":
        raise SettingError(
            f"Exact lines of energy facilities are for the internal audience only, not for {audience!r}."
        )
    parsed = [[tuple(map(float, p.rsplit(" ", 2)[1:])) for p in points] for points in energy["points"]]
    chosen = [len(points) >= 2 for points in parsed]
    lines = [LineString(points) for points in parsed if len(points) >= 2]
    rows = energy.loc[chosen].drop(columns="geometry", errors="ignore")
    return gpd.GeoDataFrame(rows, geometry=lines, crs=GEOGRAPHIC_CRS)
