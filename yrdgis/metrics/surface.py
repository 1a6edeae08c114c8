"""Minutes to every spot of the region: a raster of least cost.

The network brings one to the places where it may be left: stations, junctions with street access, any point of an
ordinary road, never the middle of an expressway, a bridge, a ferry or a railway. From there one goes over land at
the speed off the network. Water is crossed along links alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from yrdgis.errors import InputError
from yrdgis.metrics.answers import ways_of
from yrdgis.metrics.frames import basis, layers_of
from yrdgis.metrics.grid import NO_WAY, least_cost
from yrdgis.metrics.skim import check_places
from yrdgis.network import Network
from yrdgis.network.assumptions import Assumptions
from yrdgis.network.impedance import PLACE_KINDS, compile_graph
from yrdgis.network.places import base_of
from yrdgis.network.topology import to_metres
from yrdgis.settings import METRIC_CRS

if TYPE_CHECKING:
    from yrdgis.io import Layers

__all__ = ["MODES", "Land", "Surface", "land_of", "surface"]

Floats = npt.NDArray[np.float64]

MODES = ("door", "drive", "public")
"""Modes that a surface may be made for."""

_OPEN_ROADS = ("national_trunk", "provincial_trunk", "county_road")
_MS = 60_000


@dataclass(frozen=True)
class Land:
    """Cells of the region, and which of them are land.

    Parameters
    ----------
    is_land : array of bool, rows by columns
        Row 0 is the north.
    west, north : float
        Corner of the grid in metres of the metric CRS.
    cell_m : float
    """

    is_land: npt.NDArray[np.bool_]
    west: float
    north: float
    cell_m: float

    @property
    def transform(self) -> Any:
        """Affine transform of the grid, as rasterio wants it."""
        from rasterio.transform import from_origin

        return from_origin(self.west, self.north, self.cell_m, self.cell_m)

    def cells(self, metres: Floats) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
        """Positions of points in the grid, and whether they lie in it."""
        column = np.floor((metres[:, 0] - self.west) / self.cell_m).astype(np.int64)
        row = np.floor((self.north - metres[:, 1]) / self.cell_m).astype(np.int64)
        height, width = self.is_land.shape
        inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
        return np.where(inside, row * width + column, 0), inside

    def centres(self, cells: npt.NDArray[np.int64]) -> Floats:
        """Middle of cells in metres."""
        row, column = np.divmod(cells, self.is_land.shape[1])
        x = self.west + (column + 0.5) * self.cell_m
        return np.column_stack([x, self.north - (row + 0.5) * self.cell_m])


@dataclass(frozen=True, eq=False, repr=False)
class Surface:
    """Minutes to every cell of the region.

    Parameters
    ----------
    minutes : array of float, rows by columns
        NaN on water, outside the region, and where nothing is reached within the limit.
    land : Land
    limit_min : float
        Minutes up to which it was worked out.
    meta : dict
        Origins, mode, day and what the figures rest on.
    """

    minutes: Floats
    land: Land
    limit_min: float
    meta: dict[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        reached = np.isfinite(self.minutes).sum() * self.land.cell_m**2 / 1e6
        return f"<Surface: {reached:,.0f} km2 within {self.limit_min:g} min, cells of {self.land.cell_m:g} m>"

    def _repr_html_(self) -> str:
        """What is reached within the limit, for a notebook; every text is escaped."""
        from yrdgis.io.cards import card

        reached = np.isfinite(self.minutes)
        facts = [
            ("以内（分钟）", "within (min)", self.limit_min),
            ("可达面积（平方公里）", "reached (km2)", float(reached.sum()) * self.land.cell_m**2 / 1e6),
            ("格网（米）", "cells (m)", self.land.cell_m),
            *(
                ("", str(key), value)
                for key, value in self.meta.items()
                if isinstance(value, str | int | float)
            ),
        ]
        return card(("到各处的分钟数", "Minutes to everywhere"), facts)

    def at(self, lon: npt.ArrayLike, lat: npt.ArrayLike) -> Floats:
        """Minutes at points in WGS84 degrees; NaN where there are none."""
        cells, inside = self.land.cells(to_metres(np.atleast_1d(lon), np.atleast_1d(lat)))
        return np.where(inside, self.minutes.ravel()[cells], np.nan)


def land_of(layers: Layers, cell_m: float) -> Land:
    """Land of a region: its districts without the water bodies, in cells; kept on the layers object.

    Raises
    ------
    InputError
        If cells are not between 50 and 5,000 m, or the region has no districts.
    """
    if not 50 <= cell_m <= 5000:
        raise InputError(f"cells of {cell_m:g} m; a surface takes 50 to 5000 m")
    if not len(layers.get("districts", ())):
        raise InputError("a surface needs the layer 'districts', which says where land is")
    kept = layers.__dict__.setdefault("_land", {})
    if cell_m not in kept:
        kept[cell_m] = _land(layers, cell_m)
    return kept[cell_m]


def surface(
    network: Network,
    origins: Sequence[str],
    *,
    limit_min: float,
    mode: str = "door",
    cell_m: float | None = None,
    land: Land | None = None,
) -> Surface:
    """Least minutes from the nearest of some origins to every cell.

    Parameters
    ----------
    network : Network
        Built from layers.
    origins : sequence of str
        Node ids.
    limit_min : float
        Minutes beyond which nothing is worked out.
    mode : {"door", "drive", "public"}
        ``door`` takes the better of driving (with parking) and public transport for every cell.
    cell_m : float, optional
        Size of cells in metres; the parameter ``isochrone.cell_m`` by default.
    land : Land, optional
        Cells that may be crossed, as `yrdgis.metrics.raster.closed_land` gives; districts without water by default.

    Returns
    -------
    Surface

    Raises
    ------
    InputError
        If the mode is another, the limit is not above 0, or the network was not built from layers.
    UnknownNameError
        If an origin is no node.

    References
    ----------
    Douglas (1994), Least-cost path in GIS using an accumulated cost surface and slopelines.
    """
    layers = layers_of(network, what="a surface")
    if mode not in MODES:
        raise InputError(f"a surface is made for mode {', '.join(MODES)}, not {mode!r}")
    if not (np.isfinite(limit_min) and limit_min > 0):
        raise InputError(f"the limit is {limit_min} min; it has to be above 0")
    places = list(dict.fromkeys(origins))
    if not places:
        raise InputError("a surface needs at least one origin")
    check_places(network, places)
    if land is None:
        land = land_of(layers, layers.parameter("isochrone.cell_m") if cell_m is None else float(cell_m))
    assume = Assumptions(layers, network.recipe.parameters if network.recipe else "value")
    speed = assume.speed("isochrone.off_network_speed_kph") / 60 * 1000
    seeds = _seeds(network, places, mode, assume, limit_min)
    cells, spent = _on_land(land, seeds, assume.fixed("network.connector_shore_km") * 1000, speed)
    cost = least_cost(
        land.is_land,
        cells,
        np.rint(spent * _MS).astype(np.int64),
        step_cost=round(land.cell_m / speed * _MS),
        limit=round(limit_min * _MS),
    )
    found = np.where(cost == NO_WAY, np.nan, cost / _MS)
    meta = basis(network, places, _districts(network), mode=mode)
    return Surface(found, land, float(limit_min), {**meta, "origins": places, "cell_m": land.cell_m})


def _districts(network: Network) -> list[str]:
    return list(network.nodes.index[network.nodes["kind"] == "district"])


def _land(layers: Layers, cell_m: float) -> Land:
    from rasterio.features import rasterize
    from rasterio.transform import from_origin

    zones = layers.polygons("districts").to_crs(METRIC_CRS)
    west, south, east, north = zones.total_bounds
    west, north = np.floor(west / cell_m) * cell_m, np.ceil(north / cell_m) * cell_m
    shape = (int(np.ceil((north - south) / cell_m)), int(np.ceil((east - west) / cell_m)))
    transform = from_origin(west, north, cell_m, cell_m)
    land = rasterize(zones.geometry, out_shape=shape, transform=transform, dtype="uint8").astype(bool)
    if len(layers.get("water_bodies", ())):
        water = layers.polygons("water_bodies").to_crs(METRIC_CRS).geometry
        # every cell that water touches, so that no way slips through a narrow river
        wet = rasterize(water, out_shape=shape, transform=transform, dtype="uint8", all_touched=True)
        land &= ~wet.astype(bool)
    return Land(land, float(west), float(north), float(cell_m))


def _seeds(
    network: Network, places: list[str], mode: str, assume: Assumptions, limit_min: float
) -> pd.DataFrame:
    """Where the network is left: ``x``, ``y`` in metres and ``min`` spent."""
    at = network.nodes.loc[places]
    parts = [at.assign(min=0.0)[["lon", "lat", "min"]]]
    for way in ways_of(mode):
        reached = _node_minutes(network, places, way)
        reached = reached[reached <= limit_min]
        parts.append(_exits(network, reached, way, assume))
        if way == "drive":
            parts.append(_roadside(network, reached, assume))
    seeds = pd.concat(parts)
    seeds = seeds[seeds["min"].le(limit_min) & seeds["lon"].notna()]
    metres = to_metres(seeds["lon"].to_numpy(float), seeds["lat"].to_numpy(float))
    return pd.DataFrame({"x": metres[:, 0], "y": metres[:, 1], "min": seeds["min"].to_numpy(float)})


def _node_minutes(network: Network, places: list[str], way: str) -> pd.Series:
    """Least minutes to every node of a way from the nearest of some places."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    graph = compile_graph(network, mode=way, impedance="total")
    starts = [graph.positions[place] for place in places if place in graph.positions]
    if not starts:
        return pd.Series(dtype=float)
    shape = (graph.size, graph.size)
    matrix = csr_array((graph.weights.astype(float), (graph.tails, graph.heads)), shape=shape)
    least = dijkstra(matrix, indices=starts, min_only=True)
    value = graph.value(least[graph.entries])
    found = pd.Series(np.where(value >= 0, value / _MS, np.inf), index=graph.node_ids)
    found[[place for place in places if place in found.index]] = 0.0
    return found[np.isfinite(found)]


def _exits(network: Network, reached: pd.Series, way: str, assume: Assumptions) -> pd.DataFrame:
    """Nodes where the way may be left: places, stations, and road nodes with street access."""
    nodes = network.nodes.reindex(reached.index)
    kinds = nodes["kind"]
    ends = kinds.isin([*PLACE_KINDS, "station", "metro"])
    parked: Any = 0.0
    if way == "drive":
        streets = kinds.eq("roadnode") & nodes.index.isin(base_of(assume.layers).targets["drive"].nodes.index)
        ends, parked = ends | streets, streets * assume["door.park_min"]
    return nodes.assign(min=reached + parked).loc[ends, ["lon", "lat", "min"]]


def _roadside(network: Network, reached: pd.Series, assume: Assumptions) -> pd.DataFrame:
    """Points along ordinary roads, which may be left anywhere, a cell or so apart."""
    import shapely

    links = network.links
    if "road_class" not in links or "infra_id" not in links:
        return pd.DataFrame(columns=["lon", "lat", "min"])
    roads = links[links["kind"].eq("road") & links["road_class"].isin(_OPEN_ROADS)]
    roads = roads[roads["from_node_id"].isin(reached.index)]
    shapes = assume.layers.lines("road_links").set_index("link_id").geometry
    roads = roads[roads["infra_id"].isin(shapes.index)]
    step = assume.fixed("isochrone.cell_m") / 1000
    count = np.maximum(np.ceil(roads["length_km"].to_numpy() / step).astype(int), 1)
    row = np.repeat(np.arange(len(roads)), count - 1)
    share = np.concatenate([np.arange(1, n) / n for n in count]) if len(count) else np.empty(0)
    back = roads.index.str.endswith("/back")
    along = np.where(back[row], 1 - share, share)
    lines = shapes.reindex(roads["infra_id"]).to_numpy()[row]
    points = shapely.line_interpolate_point(lines, along, normalized=True)
    spent = (
        reached.reindex(roads["from_node_id"]).to_numpy()[row] + share * roads["total_min"].to_numpy()[row]
    )
    return pd.DataFrame(
        {"lon": shapely.get_x(points), "lat": shapely.get_y(points), "min": spent + assume["door.park_min"]}
    )


def _on_land(
    land: Land, seeds: pd.DataFrame, shore_m: float, speed: float
) -> tuple[npt.NDArray[np.int64], Floats]:
    """Cells and minutes of seeds; one drawn in the water near the shore counts from the nearest land."""
    from scipy.spatial import cKDTree

    metres, spent = seeds[["x", "y"]].to_numpy(), seeds["min"].to_numpy()
    cells, inside = land.cells(metres)
    dry = inside & land.is_land.ravel()[cells]
    wet = np.flatnonzero(inside & ~dry)
    if len(wet):
        shore = land.__dict__.get("_tree") or cKDTree(land.centres(np.flatnonzero(land.is_land)))
        land.__dict__["_tree"] = shore
        far, at = shore.query(metres[wet], distance_upper_bound=shore_m)
        near = np.isfinite(far)
        moved = np.flatnonzero(land.is_land)[at[near]]
        cells = np.concatenate([cells[dry], moved])
        return cells, np.concatenate([spent[dry], spent[wet[near]] + far[near] / speed])
    return cells[dry], spent[dry]
