"""What is wrong with the shapes and rows of a file: null, empty, invalid, mixed, doubled, far away."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["GeometryFault", "geometry_faults", "row_faults"]

_FAMILY = {
    "LinearRing": "line",
    "LineString": "line",
    "MultiLineString": "line",
    "Point": "point",
    "MultiPoint": "point",
}


@dataclass(frozen=True)
class GeometryFault:
    """One kind of fault: what, how grave, which rows (from 0), and what mending would do.

    ``severity`` is error, warning or note.
    """

    kind: str
    severity: str
    message: str
    rows: tuple[int, ...] = ()
    cure: str = ""


def _family(kind: str) -> str:
    return _FAMILY.get(kind, "polygon" if "Polygon" in kind else "collection")


def _rows(mask: np.ndarray) -> tuple[int, ...]:
    return tuple(int(i) for i in np.flatnonzero(mask))


def geometry_faults(frame: gpd.GeoDataFrame) -> list[GeometryFault]:
    """Faults of the shapes of a frame.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
        As read.

    Returns
    -------
    list of GeometryFault
        Missing, empty, invalid (with the commonest reasons), mixed kinds, doubled, without extent, heights,
        outliers.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import Point
    >>> [f.kind for f in geometry_faults(gpd.GeoDataFrame(geometry=[Point(1, 2), Point(1, 2), None]))]
    ['missing', 'doubled']
    """
    import shapely

    shapes = frame.geometry.to_numpy()
    found = []
    missing = shapely.is_missing(shapes)
    empty = shapely.is_empty(shapes)
    there = ~missing & ~empty
    if not len(frame):
        return [GeometryFault("no rows", "error", "the file holds no rows")]
    if not there.any():
        return [GeometryFault("no shapes", "error", f"none of the {len(frame):,} rows has a shape")]
    if missing.any():
        found.append(
            GeometryFault(
                "missing",
                "warning",
                f"{missing.sum():,} rows have no shape",
                _rows(missing),
                "rows are kept without a shape",
            )
        )
    if empty.any():
        found.append(
            GeometryFault(
                "empty", "warning", f"{empty.sum():,} shapes are empty", _rows(empty), "set to missing"
            )
        )
    found += _invalid(shapes, there)
    kinds = Counter(_family(s.geom_type) for s in shapes[there])
    if len(kinds) > 1:
        told = ", ".join(f"{n:,} {k}s" for k, n in kinds.most_common())
        found.append(
            GeometryFault(
                "mixed",
                "warning",
                f"different kinds of shapes in one layer: {told}",
                (),
                "written to one layer each where the format needs it",
            )
        )
    found += _doubled(shapes, there)
    flat = there & np.isin(
        [_family(s.geom_type) if s is not None else "" for s in shapes], ["line", "polygon"]
    )
    nothing = flat & (shapely.length(shapes) == 0)
    if nothing.any():
        found.append(
            GeometryFault(
                "no extent",
                "warning",
                f"{nothing.sum():,} lines or polygons have no extent",
                _rows(nothing),
                "set to missing",
            )
        )
    if shapely.has_z(shapes[there]).any():
        found.append(
            GeometryFault(
                "heights", "note", f"{int(shapely.has_z(shapes[there]).sum()):,} shapes carry heights (Z)"
            )
        )
    return found + _outliers(shapes, there)


def _invalid(shapes: np.ndarray, there: np.ndarray) -> list[GeometryFault]:
    import shapely

    wrong = there & ~shapely.is_valid(shapes)
    if not wrong.any():
        return []
    reasons = Counter(str(r).split("[")[0].strip() for r in shapely.is_valid_reason(shapes[wrong]))
    told = ", ".join(f"{r} ({n})" for r, n in reasons.most_common(3))
    return [
        GeometryFault(
            "invalid",
            "error",
            f"{wrong.sum():,} shapes are invalid: {told}",
            _rows(wrong),
            "mended, keeping the area",
        )
    ]


def _doubled(shapes: np.ndarray, there: np.ndarray) -> list[GeometryFault]:
    import pandas as pd
    import shapely

    code = pd.Series(shapely.to_wkb(shapely.normalize(shapes[there])))
    again = code.duplicated().to_numpy()
    if not again.any():
        return []
    rows = np.flatnonzero(there)[again]
    return [
        GeometryFault(
            "doubled",
            "warning",
            f"{again.sum():,} shapes repeat an earlier one",
            tuple(int(r) for r in rows),
            "dropped only where the whole row repeats",
        )
    ]


def _outliers(shapes: np.ndarray, there: np.ndarray) -> list[GeometryFault]:
    """Shapes at 0,0, and shapes more than twenty times the usual spread away from the middle."""
    import shapely

    bounds = shapely.bounds(shapes[there])
    middle = (bounds[:, :2] + bounds[:, 2:]) / 2
    at_zero = (np.abs(bounds) < 1e-6).all(axis=1)
    found = []
    rows = np.flatnonzero(there)
    if at_zero.any() and not at_zero.all():
        found.append(
            GeometryFault(
                "at 0,0",
                "warning",
                f"{at_zero.sum():,} shapes lie at 0, 0: a missing position?",
                tuple(int(r) for r in rows[at_zero]),
            )
        )
    if len(middle) >= 10:
        centre = np.median(middle, axis=0)
        away = np.abs(middle - centre).max(axis=1)
        usual = max(float(np.median(away)), 1e-9)
        far = (away > 20 * usual) & ~at_zero
        if 0 < far.sum() <= 0.05 * len(middle):
            found.append(
                GeometryFault(
                    "far away",
                    "warning",
                    f"{far.sum():,} shapes lie far from all others",
                    tuple(int(r) for r in rows[far]),
                )
            )
    return found


def row_faults(frame: pd.DataFrame) -> list[GeometryFault]:
    """Faults of the rows: whole rows that repeat, columns without any value.

    Examples
    --------
    >>> import pandas as pd
    >>> [f.kind for f in row_faults(pd.DataFrame({"a": [1, 1], "b": [None, None]}))]
    ['repeated rows', 'empty columns']
    """
    import pandas as pd

    if not len(frame):
        return [GeometryFault("no rows", "error", "the file holds no rows")]
    plain = pd.DataFrame({str(i): _hashable(frame.iloc[:, i]) for i in range(frame.shape[1])})
    found = []
    again = plain.duplicated().to_numpy()
    if again.any():
        found.append(
            GeometryFault(
                "repeated rows",
                "warning",
                f"{again.sum():,} rows repeat an earlier one in every value",
                _rows(again),
                "dropped",
            )
        )
    empty = [str(c) for i, c in enumerate(frame.columns) if frame.iloc[:, i].isna().all()]
    if empty:
        found.append(
            GeometryFault("empty columns", "note", f"columns without any value: {', '.join(empty[:8])}")
        )
    return found


def _hashable(column: pd.Series) -> pd.Series:
    import pandas as pd
    import shapely

    if str(column.dtype) == "geometry":
        return pd.Series(shapely.to_wkb(column.to_numpy()))
    if column.dtype == object:
        return column.map(
            lambda v: repr(v) if isinstance(v, list | dict | set | np.ndarray) else v
        ).reset_index(drop=True)
    return column.reset_index(drop=True)
