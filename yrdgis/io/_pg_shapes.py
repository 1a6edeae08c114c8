"""Shapes of a table in PostGIS: declared with type and SRID, and the same to the last bit on the way back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from yrdgis.errors import CrsError, InputError

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["Shapes", "drawn", "epsg_of", "placed", "undrawn"]

_EMPTY_LAYER = {"point": "POINT", "line": "LINESTRING", "polygon": "MULTIPOLYGON"}


@dataclass(frozen=True)
class Shapes:
    """The geometry of a table: the type and the SRID that it is declared with, and its values as EWKB.

    `promoted` says that shapes of one part are kept as shapes of several parts, so that the column has one
    type; on the way back they are single again.
    """

    type: str
    srid: int
    dimension: int
    promoted: bool
    values: Sequence[str | None]

    def sql_type(self) -> Any:
        """GeoAlchemy's type of the column; the index is made apart, under a name of PostgreSQL's choice."""
        from geoalchemy2 import Geometry

        return Geometry(self.type, srid=self.srid, dimension=self.dimension, spatial_index=False)


def drawn(shapes: Any, srid: int, geometry: str = "") -> Shapes:
    """Shapes as a declared column.

    Parameters
    ----------
    shapes : array of shapely geometries
        None where there is none.
    srid : int
        EPSG code of their CRS.
    geometry : {"", "point", "line", "polygon"}
        What the catalogue calls them: polygons are always kept as shapes of several parts, so that one more
        island changes no type, and a layer without rows has a type too.

    Raises
    ------
    InputError
        If some have heights and others none, which no declared column can hold.

    Examples
    --------
    >>> from shapely import Point
    >>> drawn([Point(120, 30), None], 4326).type
    'POINT'
    """
    import shapely

    made = np.empty(len(shapes), dtype=object)
    made[:] = list(shapes)
    held = made[~shapely.is_missing(made)]
    deep = shapely.has_z(held)
    if deep.any() and not deep.all():
        raise InputError(
            "Some shapes have heights and others none. Use `shapely.force_2d`, or give all of them one."
        )
    kind, promoted = _declared(held, geometry)
    if promoted:
        made[:] = [_several(shape) for shape in made]
    texts = shapely.to_wkb(shapely.set_srid(made, srid), hex=True, include_srid=True) if len(made) else ()
    high = bool(deep.any())
    return Shapes(f"{kind}{'Z' * high}", srid, 2 + high, promoted, list(texts))


def undrawn(values: Sequence[str | None], *, promoted: bool) -> tuple[np.ndarray, set[int]]:
    """Shapes from what the database gives as hexadecimal EWKB (None where there is none), and their SRIDs.

    Raises
    ------
    InputError
        If one is no shape, or one with arcs.
    """
    import shapely

    made = np.empty(len(values), dtype=object)
    if not len(values):
        return made, set()
    try:
        held = shapely.from_wkb(np.array(values, dtype=object))
    except (shapely.errors.ShapelyError, NotImplementedError, TypeError, ValueError) as error:
        raise InputError(f"Column geom holds what is no shape, or has arcs ({str(error)[:120]}).") from None
    srids = set(shapely.get_srid(held[~shapely.is_missing(held)]).tolist())
    made[:] = shapely.set_srid(held, 0)
    if promoted:
        made[:] = [shape.geoms[0] if _parts(shape) == 1 else shape for shape in made]
    return made, srids


def placed(frame: pd.DataFrame, shapes: np.ndarray, srid: int, column: str = "geometry") -> gpd.GeoDataFrame:
    """Frame with shapes in a CRS of EPSG."""
    import geopandas as gpd

    return gpd.GeoDataFrame(frame.assign(**{column: gpd.GeoSeries(shapes, crs=srid)}), geometry=column)


def epsg_of(frame: gpd.GeoDataFrame) -> int:
    """EPSG code of a frame's CRS.

    Raises
    ------
    CrsError
        If it has none.
    """
    code = frame.crs.to_epsg() if frame.crs is not None else None
    if code is None:
        raise CrsError(
            "The shapes have no CRS that EPSG knows, so PostGIS can't be told where they lie. Use `to_crs` first"
            " (or `set_crs`, where you know what they are in)."
        )
    return int(code)


def _declared(held: np.ndarray, geometry: str) -> tuple[str, bool]:
    """Type that fits all shapes, and whether single ones become shapes of several parts.

    They don't where one could not tell on the way back which were single.
    """
    kinds = {shape.geom_type.upper().replace("LINEARRING", "LINESTRING") for shape in held}
    if not kinds:
        return _EMPTY_LAYER.get(geometry, "GEOMETRY"), False
    if geometry == "polygon":
        kinds.add("MULTIPOLYGON")
    if len(kinds) == 1:
        return kinds.pop(), False
    single = {kind.removeprefix("MULTI") for kind in kinds}
    if len(single) == 1 and not any(shape.is_empty or _parts(shape) == 1 for shape in held):
        return f"MULTI{single.pop()}", True
    return "GEOMETRY", False


def _parts(shape: Any) -> int:
    """How many parts a shape of several parts has; 0 for any other."""
    return len(shape.geoms) if shape is not None and shape.geom_type.startswith("Multi") else 0


def _several(shape: Any) -> Any:
    import shapely

    if shape is None or shape.geom_type.startswith("Multi"):
        return shape
    several = {"Point": shapely.MultiPoint, "Polygon": shapely.MultiPolygon}
    return several.get(shape.geom_type, shapely.MultiLineString)([shape])
