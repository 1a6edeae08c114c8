"""Measures of a network by one obvious call each: ``yg.isochrones(now, "虹桥")``, ``yg.accessibility(now)``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from yrdgis.api.frames import with_geometry
from yrdgis.errors import InputError

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from yrdgis.api.dated import DatedNetwork, Names
    from yrdgis.metrics.parts import Parts

__all__ = ["accessibility", "chains", "hinterland", "isochrones"]


def isochrones(
    network: DatedNetwork,
    origins: Names,
    cutoffs_min: Sequence[float] | None = None,
    *,
    mode: str = "door",
    cell_m: float | None = None,
    range_: bool = False,
) -> gpd.GeoDataFrame:
    """Areas that can be reached from the nearest of some places.

    Parameters
    ----------
    network : DatedNetwork
    origins : str or sequence of str
        Names, ids or points.
    cutoffs_min, mode, cell_m, range_
        As for `yrdgis.metrics.isochrones.isochrones`.

    Returns
    -------
    geopandas.GeoDataFrame
        As `yrdgis.metrics.isochrones.isochrones` gives it; ``.explore()`` is a map that needs no internet once saved.

    Examples
    --------
    >>> import yrdgis as yg
    >>> now = yg.load().network("today")
    >>> yg.isochrones(now, "station:上海虹桥", [30, 60, 90])["cutoff_min"].tolist()
    [30.0, 60.0, 90.0]
    """
    from yrdgis.api.reach import as_isochrones
    from yrdgis.metrics.isochrones import isochrones as areas_of

    places = network.places(origins, mode="door" if mode == "public" else mode)
    ids = [place.id for place in places]
    found = areas_of(network._with(places), ids, cutoffs_min, mode=mode, cell_m=cell_m, range_=range_)
    told = "、".join(place.name_zh or place.name for place in places)
    return as_isochrones(found, told, network.area.layers)


def accessibility(
    network: DatedNetwork, places: Names = "districts", *, to: Any = "people", **options: Any
) -> gpd.GeoDataFrame | Parts:
    """What can be reached from some places.

    Parameters
    ----------
    network : DatedNetwork
    places : str or sequence of str
        Names, or a group such as ``districts`` or ``towns``.
    to : str or pandas.Series
        ``people``, a kind of destinations, or amounts by place id.
    **options
        As for `yrdgis.metrics.accessibility.accessibility`; ``client`` and ``out`` for large jobs.

    Returns
    -------
    geopandas.GeoDataFrame or Parts
        One row per place with its names and shape; columns as `yrdgis.metrics.accessibility.accessibility` gives
        them. With ``out`` a folder of Parquet files.

    Examples
    --------
    >>> import yrdgis as yg
    >>> found = yg.accessibility(yg.load().network("today"), "湖州", range_=False)
    >>> found["place_name_zh"].tolist()
    ['湖州市']
    """
    from yrdgis.metrics.accessibility import accessibility as measure
    from yrdgis.metrics.parts import Parts

    starts = network.places(places)
    if options.get("mode") == "rail":
        raise InputError("accessibility by rail alone is not measured; take mode public, or door")
    found = measure(network._with(starts), [place.id for place in starts], to=to, **options)
    if isinstance(found, Parts):
        return found
    return shaped(network, found.rename_axis("place_id").reset_index(), "place_id")


def hinterland(
    network: DatedNetwork, places: Names = "districts", *, ports: Names | None = None, range_: bool = True
) -> gpd.GeoDataFrame:
    """How boxes of some places would divide among ports, and by which kind of chain.

    Parameters
    ----------
    network : DatedNetwork
    places : str or sequence of str
        Names, or a group such as ``districts``.
    ports : str or sequence of str, optional
        Two or more; those that the layers mark as main by default.
    range_ : bool
        Whether to work out the range of the shares.

    Returns
    -------
    geopandas.GeoDataFrame
        One row per pair with the shape of the place; columns as `yrdgis.metrics.hinterland.hinterland` gives them.

    Examples
    --------
    >>> import yrdgis as yg
    >>> found = yg.hinterland(yg.load().network("today"), "湖州", range_=False)
    >>> round(float(found["share"].sum()), 6)
    1.0
    """
    from yrdgis.metrics.hinterland import hinterland as measure

    starts = network.places(places, mode="freight")
    ends = None if ports is None else [place.id for place in network.places(ports, mode="freight")]
    found = measure(network._with(starts), [place.id for place in starts], ends, range_=range_)
    return with_geometry(found, network.area.layers, "from_id")


def chains(network: DatedNetwork, origin: str, destination: str, *, tolerance: float = 0.0) -> pd.DataFrame:
    """Freight chains between two places that none beats in time, money and CO2 at once.

    Parameters
    ----------
    network : DatedNetwork
    origin, destination : str
        Names, ids or points.
    tolerance : float
        As for `yrdgis.metrics.pareto.pareto`.

    Returns
    -------
    pandas.DataFrame
        As `yrdgis.metrics.pareto.pareto` gives it.

    Examples
    --------
    >>> import yrdgis as yg
    >>> found = yg.chains(yg.load().network("today"), "南通", "外高桥", tolerance=0.05)
    >>> found["carriers"].iloc[0]
    'truck'
    """
    from yrdgis.metrics.pareto import pareto

    ends = [*network.places([origin], mode="freight"), *network.places([destination], mode="freight")]
    return pareto(network._with(ends), ends[0].id, ends[1].id, tolerance=tolerance)


def shaped(network: DatedNetwork, frame: Any, column: str) -> gpd.GeoDataFrame:
    """A measure with the names and the shape of the place that a column of ids tells."""
    nodes = network.network.nodes[["name", "name_zh"]]
    at = frame.columns.get_loc(column) + 1
    names = nodes.reindex(frame[column])
    out = frame.copy()
    for offset, name in enumerate(("name", "name_zh")):
        if f"place_{name}" not in out:
            out.insert(at + offset, f"place_{name}", names[name].to_numpy())
    out.attrs = dict(frame.attrs)
    return with_geometry(out, network.area.layers, column)
