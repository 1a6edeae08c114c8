"""Reading layers: a mapping of typed frames, and their geometry where it is asked for.

A line is drawn from its two nodes and the shape points between them, so moving a node moves the line. Tables
are read when they are first used and kept; what is handed out is a copy, so changing it changes nothing else.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from yrdgis import settings
from yrdgis.errors import LayerError, UnknownNameError
from yrdgis.io import _table
from yrdgis.io._text import decode, did_you_mean, read_bytes
from yrdgis.io.catalog import Catalog, LayerInfo
from yrdgis.io.schema import Schema, load_schema

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["Layers", "line_geometry", "load_layers", "read_geojson"]

_DEEP = int(pd.__version__.split(".", 1)[0]) < 3
"""Before copy-on-write a shallow copy would share its cells with the kept frame."""

_PLACES = (("lon", "lat"), ("seat_lon", "seat_lat"))


class Layers(Mapping[str, pd.DataFrame]):
    """Mapping of layer id to typed frame.

    Types follow the schema: text (blank is ""), float (NaN), Int64 (<NA>), datetime64 (NaT), bool (False) and
    list (a tuple of texts, blank is ``()``). Columns of the schema that a file lacks are filled with their
    default. A layer that a region does not have, but the schemas know, is an empty frame with the same
    columns.

    Parameters
    ----------
    root : path
        Folder that holds ``catalog.csv``.
    """

    def __init__(self, root: str | os.PathLike[str]) -> None:
        self.root = Path(root)
        self.catalog = Catalog(self.root)
        self._frames: dict[str, pd.DataFrame] = {}
        self._shapes: dict[str, np.ndarray] = {}
        self._schemas: dict[str, Schema] = {}
        self._geo: dict[str, gpd.GeoDataFrame] = {}
        self._parameters: dict[str, dict[str, float]] | None = None
        self._shipped: Catalog | None = None

    def __repr__(self) -> str:
        return f"<Layers: {len(self)} layers valid on {self.valid_on}, from {self.root}>"

    def _repr_html_(self) -> str:
        """Layers by folder, for a notebook; every text is escaped."""
        from yrdgis.io.cards import card

        folders: dict[str, list[str]] = {}
        for info in self.catalog:
            folders.setdefault(info.path.rpartition("/")[0] or "-", []).append(info.layer_id)
        facts = [("", folder, ids) for folder, ids in folders.items()]
        title = (f"{len(self)} 个图层，截止 {self.valid_on}", f"{len(self)} layers valid on {self.valid_on}")
        note = ('layers["…"] 按 Tab 列出', 'press Tab inside layers["…"]')
        return card(title, facts, note=note)

    def _ipython_key_completions_(self) -> list[str]:
        return self.catalog.ids

    def __iter__(self) -> Iterator[str]:
        return iter(self.catalog.ids)

    def __len__(self) -> int:
        return len(self.catalog)

    def __contains__(self, layer_id: object) -> bool:
        return layer_id in self.catalog

    def __getitem__(self, layer_id: str) -> pd.DataFrame:
        return self._frame(layer_id).copy(deep=_DEEP)

    def get(self, layer_id: str, default: Any = None) -> Any:
        """Frame of a layer, or `default` where neither the catalogue nor the schemas know it."""
        try:
            return self[layer_id]
        except UnknownNameError:
            return default

    @property
    def valid_on(self) -> dt.date:
        """The day for which the layers hold; it is what "today" means."""
        return self.catalog.valid_on

    def info(self, layer_id: str) -> LayerInfo:
        """Row of the catalogue for a layer, also for one that only the shipped layers have.

        Raises
        ------
        UnknownNameError
            If no layer is called that.
        """
        for catalog in (self.catalog, self._shipped_catalog()):
            if catalog is not None and layer_id in catalog:
                return catalog.find(layer_id)
        hint = did_you_mean(layer_id, self.catalog.ids)
        raise UnknownNameError(f"No layer named {layer_id!r}.{hint} `yrdgis layers` lists them all.")

    def schema(self, layer_id: str) -> Schema:
        """Schema of a layer."""
        if layer_id not in self._schemas:
            self._schemas[layer_id] = load_schema(self.info(layer_id).schema, self.root)
        return self._schemas[layer_id]

    def points(self, layer_id: str) -> gpd.GeoDataFrame:
        """Layer as points in EPSG:4326, from ``lon`` and ``lat`` (or the seat of a city or district).

        Rows without a position have no geometry.

        Raises
        ------
        LayerError
            If the layer has no columns of coordinates.
        """
        return self._kept(layer_id, "points")

    def lines(self, layer_id: str) -> gpd.GeoDataFrame:
        """Layer as lines in EPSG:4326: from node to node through the shape points, or as drawn in the file.

        A link one of whose nodes has no position has no geometry.

        Raises
        ------
        LayerError
            If the layer has neither drawn lines nor columns of nodes.
        """
        return self._kept(layer_id, "lines")

    def polygons(self, layer_id: str) -> gpd.GeoDataFrame:
        """Layer as polygons in EPSG:4326, as drawn in its GeoJSON.

        Raises
        ------
        LayerError
            If the layer is no GeoJSON.
        """
        return self._kept(layer_id, "polygons")

    def geometry(self, layer_id: str) -> gpd.GeoDataFrame:
        """Layer with the kind of geometry that the catalogue names.

        Raises
        ------
        LayerError
            If the layer is a table without geometry.
        """
        kind = self.info(layer_id).geometry
        if kind not in ("point", "line", "polygon"):
            raise LayerError(f"Layer {layer_id!r} is a table without geometry; use layers[{layer_id!r}].")
        return self._kept(layer_id, f"{kind}s")

    def parameter(self, parameter_id: str, which: str = "value") -> float:
        """Value of an assumption; its unit stands in the layer ``parameters``.

        Parameters
        ----------
        parameter_id : str
            Dotted id, such as ``rail.dwell_min``. One that a region does not set has its value in the layers
            in force.
        which : {"value", "low", "high"}
            ``low`` and ``high`` bound the range; where they are blank, the value itself.

        Raises
        ------
        UnknownNameError
            If there is no such parameter.
        """
        if which not in ("value", "low", "high"):
            raise UnknownNameError(f"A parameter has value, low and high, not {which!r}.")
        if self._parameters is None:
            self._parameters = self._read_parameters()
        row = self._parameters.get(parameter_id)
        if row is None:
            hint = did_you_mean(parameter_id, self._parameters)
            raise UnknownNameError(f"No parameter {parameter_id!r} in the layer 'parameters'.{hint}")
        return row["value"] if np.isnan(row[which]) else row[which]

    def load_all(self) -> Layers:
        """Read every table now, and return the layers themselves."""
        for layer_id in self:
            self._frame(layer_id)
        return self

    def _read_parameters(self) -> dict[str, dict[str, float]]:
        """Parameters by id: those of the shipped layers, overlaid by the region's own."""
        shipped = self._shipped_catalog()
        rows: dict[str, dict[str, float]] = {}
        if shipped is not None and shipped.root.resolve() != self.root.resolve():
            rows = dict(Layers(shipped.root)._read_parameters())
        frame = self._numbers("parameters", "value", "low", "high", key="parameter_id")
        for parameter_id, value, low, high in frame.itertuples():
            rows[parameter_id] = {"value": value, "low": low, "high": high}
        return rows

    def _shipped_catalog(self) -> Catalog | None:
        """The catalogue of the shipped layers, which knows layers that a region may lack."""
        if self._shipped is None:
            try:
                self._shipped = Catalog(settings.shipped_layers_dir())
            except LayerError:
                return None
        return self._shipped

    def _frame(self, layer_id: str) -> pd.DataFrame:
        if layer_id not in self._frames:
            if layer_id not in self.catalog:
                return _table.empty(self.schema(layer_id))
            info = self.catalog.find(layer_id)
            file = self.catalog.file(info)
            if file.suffix == ".geojson":
                records, self._shapes[layer_id] = read_geojson(file)
                self._frames[layer_id] = _table.from_records(records, self.schema(layer_id), info.path)
            else:
                self._frames[layer_id] = _table.typed(
                    _table.read_texts(file), self.schema(layer_id), info.path
                )
        return self._frames[layer_id]

    def _kept(self, layer_id: str, kind: str) -> gpd.GeoDataFrame:
        key = f"{kind}:{layer_id}"
        if key not in self._geo:
            make = {"points": self._points, "lines": self._lines, "polygons": self._polygons}[kind]
            self._geo[key] = _geo_frame(self._frame(layer_id), make(layer_id))
        return self._geo[key].copy(deep=_DEEP)

    def _points(self, layer_id: str) -> np.ndarray:
        import shapely

        frame = self._frame(layer_id)
        for lon, lat in _PLACES:
            if lon in frame and lat in frame:
                frame = self._numbers(layer_id, lon, lat)
                made = np.full(len(frame), None, dtype=object)
                placed = (frame[lon].notna() & frame[lat].notna()).to_numpy()
                made[placed] = shapely.points(frame.loc[placed, lon], frame.loc[placed, lat])
                return made
        raise LayerError(
            f"Layer {layer_id!r} has no columns 'lon' and 'lat', so it can't be shown as points."
        )

    def _polygons(self, layer_id: str) -> np.ndarray:
        frame = self._frame(layer_id)
        if layer_id in self._shapes:
            return self._shapes[layer_id]
        if len(frame):
            raise LayerError(f"Layer {layer_id!r} is no GeoJSON, so it has no polygons.")
        return np.empty(0, dtype=object)

    def _lines(self, layer_id: str) -> np.ndarray:
        frame = self._frame(layer_id)
        if layer_id in self._shapes:
            return self._shapes[layer_id]
        if not {"from_node_id", "to_node_id"} <= set(frame.columns):
            raise LayerError(
                f"Layer {layer_id!r} has neither drawn lines nor nodes, so it can't be shown as lines."
            )
        nodes = self._node_points(layer_id)
        shapes_id = layer_id.removesuffix("_links") + "_shapes"
        shapes = None
        if shapes_id in self.catalog:
            shapes = self._numbers(shapes_id, "seq", "lon", "lat", key="link_id").reset_index()
        return line_geometry(frame, nodes, shapes)

    def _node_points(self, layer_id: str) -> pd.DataFrame:
        """Coordinates by node id, from every layer that the ends of the links may refer to."""
        ends = [a for a in self.schema(layer_id) if a.name in ("from_node_id", "to_node_id")]
        owners = dict.fromkeys(reference for end in ends for reference in end.references)
        if not owners:
            raise LayerError(
                f"Schema of {layer_id!r} names no layer that owns 'from_node_id'; add it to 'references'."
            )
        parts = [self._numbers(owner, "lon", "lat", key=column) for owner, column in owners]
        nodes = pd.concat(parts)
        return nodes[~nodes.index.duplicated()]

    def _numbers(self, layer_id: str, *columns: str, key: str | None = None) -> pd.DataFrame:
        """Columns of numbers of a layer, by its rows or by a key.

        Raises
        ------
        LayerError
            If the layer lacks one of them, or its schema says that it is no number.
        """
        frame = self._frame(layer_id)
        lacking = [c for c in (*columns, key) if c is not None and c not in frame]
        wrong = [c for c in columns if c in frame and not pd.api.types.is_numeric_dtype(frame[c])]
        if lacking or wrong:
            told = (
                f"has no column {', '.join(map(repr, lacking))}"
                if lacking
                else f"holds texts in {wrong[0]!r}"
            )
            raise LayerError(f"Layer {layer_id!r} {told}. `yrdgis check` tells all that is at fault.")
        chosen = frame.set_index(key)[list(columns)] if key is not None else frame[list(columns)]
        return chosen.astype(float)


def load_layers(path: str | os.PathLike[str] | None = None) -> Layers:
    """Layers of a folder, or those in force.

    Parameters
    ----------
    path : str or path, optional
        Folder that holds ``catalog.csv``; see `yrdgis.settings.layers_dir` for the default.

    Returns
    -------
    Layers

    Raises
    ------
    LayerError
        If the folder holds no readable catalogue. A fault in a table is raised when the table is first used.

    Examples
    --------
    >>> from yrdgis.io import load_layers
    >>> layers = load_layers()
    >>> layers.points("cities").crs.to_string()
    'EPSG:4326'
    """
    return Layers(Path(path) if path is not None else settings.layers_dir())


def line_geometry(links: pd.DataFrame, nodes: pd.DataFrame, shapes: pd.DataFrame | None = None) -> np.ndarray:
    """Lines from node to node through the shape points, in the order of the links.

    Parameters
    ----------
    links : pandas.DataFrame
        With ``link_id`` (only where there are shapes), ``from_node_id`` and ``to_node_id``.
    nodes : pandas.DataFrame
        ``lon`` and ``lat`` in degrees (WGS84), indexed by node id.
    shapes : pandas.DataFrame, optional
        Points between the ends: ``link_id, seq, lon, lat``.

    Returns
    -------
    numpy.ndarray
        Shapely lines; None where an end is unknown or has no position.

    Examples
    --------
    >>> nodes = pd.DataFrame({"lon": [120.0, 120.2], "lat": [30.0, 30.0]}, index=["a", "b"])
    >>> links = pd.DataFrame({"link_id": ["ab"], "from_node_id": ["a"], "to_node_id": ["b"]})
    >>> bend = pd.DataFrame({"link_id": ["ab"], "seq": [1], "lon": [120.1], "lat": [30.1]})
    >>> print(line_geometry(links, nodes, bend)[0])
    LINESTRING (120 30, 120.1 30.1, 120.2 30)
    """
    import shapely

    count = len(links)
    ends = [
        nodes.reindex(links[column])[["lon", "lat"]].to_numpy(float)
        for column in ("from_node_id", "to_node_id")
    ]
    link = [np.arange(count), np.arange(count)]
    order = [np.full(count, -np.inf), np.full(count, np.inf)]
    if shapes is not None and len(shapes):
        at = pd.Index(links["link_id"]).get_indexer(pd.Index(shapes["link_id"]))
        inner = at >= 0
        link.append(at[inner])
        order.append(shapes["seq"].to_numpy(float)[inner])
        ends.append(shapes[["lon", "lat"]].to_numpy(float)[inner])
    index, seq, points = np.concatenate(link), np.concatenate(order), np.concatenate(ends)
    placed = ~np.isnan(ends[0]).any(axis=1) & ~np.isnan(ends[1]).any(axis=1)
    keep = placed[index] & ~np.isnan(points).any(axis=1)
    index, seq, points = index[keep], seq[keep], points[keep]
    sorting = np.lexsort((seq, index))
    made = np.full(count, None, dtype=object)
    if len(index):
        which, compact = np.unique(index[sorting], return_inverse=True)
        made[which] = shapely.linestrings(points[sorting], indices=compact)
    return made


def read_geojson(file: Path) -> tuple[list[dict[str, Any]], np.ndarray]:
    """Properties and geometries of the features of a GeoJSON file.

    Raises
    ------
    LayerError
        If the file is no FeatureCollection, or a geometry can't be drawn; the features are named.
    """
    text = decode(read_bytes(file), file.name)
    try:
        parsed = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise LayerError(f"{file.name}: not readable as GeoJSON ({error}).") from None
    features = parsed.get("features") if isinstance(parsed, dict) else None
    if not isinstance(features, list) or not all(isinstance(feature, dict) for feature in features):
        raise LayerError(f"{file.name}: no GeoJSON FeatureCollection.")
    records = [feature.get("properties") or {} for feature in features]
    shapes = np.full(len(features), None, dtype=object)
    for i, feature in enumerate(features):
        shapes[i] = _shape(feature.get("geometry"), f"{file.name}: feature {i + 1}")
    return records, shapes


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no coordinate")


def _shape(geometry: Any, where: str) -> Any:
    import shapely
    import shapely.geometry

    if geometry is None:
        return None
    try:
        drawn = shapely.geometry.shape(geometry)
    except (
        shapely.errors.ShapelyError,
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        IndexError,
    ) as error:
        raise LayerError(f"{where} has a geometry that can't be drawn ({str(error)[:120]}).") from None
    return shapely.force_2d(drawn)


def _geo_frame(frame: pd.DataFrame, geometry: np.ndarray) -> gpd.GeoDataFrame:
    import geopandas as gpd

    return gpd.GeoDataFrame(
        frame.copy(deep=_DEEP), geometry=gpd.GeoSeries(geometry, crs=settings.GEOGRAPHIC_CRS)
    )
