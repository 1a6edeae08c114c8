"""Frames as compact tables that a page can read: rounded coordinates as steps, repeated texts once.

Nothing here knows of colours or of folium. A table is a plain dict, ready for JSON.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Iterable, Sequence
from typing import Any

from yrdgis.errors import InputError, all_at_once

__all__ = ["day_number", "encode_fields", "encode_geometry", "require_columns", "safe_json", "simplified"]


def safe_json(value: Any) -> str:
    r"""JSON that can stand inside a ``<script>`` of any page and can't end it, whatever the texts say.

    Examples
    --------
    >>> safe_json({"name": "</script>"})
    '{"name":"\\u003c/script\\u003e"}'
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign, code in (
        ("<", r"\u003c"),
        (">", r"\u003e"),
        ("&", r"\u0026"),
        ("\u2028", r"\u2028"),
        ("\u2029", r"\u2029"),
    ):
        text = text.replace(sign, code)
    # "{" before one of these only occurs inside a text; Jinja must never take it for a tag
    return re.sub(r"\{(?=[{%#])", r"\\u007b", text)


def day_number(value: Any) -> int | None:
    """A day as the whole number YYYYMMDD; None where there is none.

    Examples
    --------
    >>> day_number("2024-12-26"), day_number(None)
    (20241226, None)
    """
    if _is_blank(value):
        return None
    if not isinstance(value, dt.date):
        value = dt.date.fromisoformat(str(value)[:10])
    return value.year * 10000 + value.month * 100 + value.day


def require_columns(frame: Any, columns: Iterable[str], *, name: str) -> None:
    """Refuse a frame that lacks columns, naming all of them.

    Raises
    ------
    InputError
        If a column is missing.
    """
    missing = [c for c in columns if c not in frame.columns]
    if missing:
        has = ", ".join(map(str, frame.columns))
        raise InputError(all_at_once(name, [f"no column {c!r} (there are: {has})" for c in missing]))


def simplified(frame: Any, *, tolerance_m: float) -> Any:
    """The frame in WGS84 with lines and areas simplified; neighbouring areas keep their common edges.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
        In any CRS.
    tolerance_m : float
        Metres; 0 leaves geometry as it is.

    Raises
    ------
    InputError
        If the frame has no CRS.
    """
    import shapely

    if frame.crs is None:
        raise InputError("Geometry has no CRS: set it first, for example `frame.set_crs(4326)`.")
    frame = frame.to_crs(4326)
    if tolerance_m <= 0 or not len(frame):
        return frame
    tolerance = tolerance_m / 100_000
    shapes, kinds = frame.geometry.to_numpy(), set(frame.geom_type.dropna())
    coverage = getattr(shapely, "coverage_simplify", None)
    if coverage is not None and kinds <= {"Polygon", "MultiPolygon"} and shapely.coverage_is_valid(shapes):
        shapes = coverage(shapes, tolerance)
    elif kinds - {"Point"}:
        shapes = shapely.simplify(shapes, tolerance, preserve_topology=True)
    return frame.set_geometry(frame.geometry.__class__(shapes, index=frame.index, crs=frame.crs))


def encode_geometry(shapes: Iterable[Any], *, digits: int = 4) -> dict[str, Any]:
    """Geometry as whole-number steps of 10**-digits degrees.

    Parameters
    ----------
    shapes : iterable of shapely geometries
        All points, all lines or all polygons (multi or not), WGS84 degrees. A line or polygon may be empty.
    digits : int
        Decimals kept; 4 is about 10 m.

    Returns
    -------
    dict
        ``kind``, ``n``, ``scale`` and ``xy`` (points) or ``parts`` (lines, polygons; rings of a polygon
        follow the even-odd rule).

    Raises
    ------
    InputError
        If kinds are mixed or a point is missing.
    """
    scale = 10**digits
    shapes = list(shapes)
    kinds = {k for k in map(_kind, shapes) if k}
    if len(kinds) > 1:
        raise InputError(f"A table of a map holds one kind of geometry, not {', '.join(sorted(kinds))}.")
    kind = kinds.pop() if kinds else "polygon"
    out: dict[str, Any] = {"kind": kind, "n": len(shapes), "scale": scale}
    if kind == "point":
        if any(s is None or s.is_empty for s in shapes):
            raise InputError("A point of the map has no coordinates: give it some or leave the row out.")
        out["xy"] = _steps([(p.x, p.y) for p in shapes], scale, closed=False, thin=False)
    else:
        out["parts"] = [_parts(s, kind, scale) for s in shapes]
    return out


def encode_fields(frame: Any, columns: Sequence[str]) -> dict[str, Any]:
    """Columns as lists; a text column with repeats as its values once and a number per row."""
    return {str(c): _field([_plain(v) for v in frame[c]]) for c in columns}


def _field(values: list[Any]) -> Any:
    if all(v is None or isinstance(v, str) for v in values):
        unique = list(dict.fromkeys(v for v in values if v is not None))
        if len(unique) < 0.7 * len(values):
            place = {v: i for i, v in enumerate(unique)}
            return {"v": unique, "i": [-1 if v is None else place[v] for v in values]}
    return values


def _is_blank(value: Any) -> bool:
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return value == "" if isinstance(value, str) else isinstance(value, float) and math.isnan(value)


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple | set):
        return "; ".join(str(v) for v in value) or None
    if _is_blank(value):
        return None
    if isinstance(value, dt.datetime):
        value = value.date()
    if isinstance(value, dt.date):
        return value.isoformat()
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        return None if not math.isfinite(value) else int(value) if value.is_integer() else round(value, 3)
    return value if isinstance(value, bool | int) else str(value)


def _kind(shape: Any) -> str | None:
    if shape is None or shape.is_empty:
        return None
    return {
        "Point": "point",
        "LineString": "line",
        "MultiLineString": "line",
        "LinearRing": "line",
        "Polygon": "polygon",
        "MultiPolygon": "polygon",
    }.get(shape.geom_type, shape.geom_type)


def _steps(points: Sequence[Sequence[float]], scale: int, *, closed: bool, thin: bool = True) -> list[int]:
    flat: list[int] = []
    px = py = 0
    for i, point in enumerate(points):
        x, y = round(point[0] * scale), round(point[1] * scale)
        if thin and i and x == px and y == py and not (closed and i < 3):
            continue
        flat += (x - px, y - py)
        px, py = x, y
    return flat


def _parts(shape: Any, kind: str, scale: int) -> list[list[int]]:
    if shape is None or shape.is_empty:
        return []
    out = []
    for piece in getattr(shape, "geoms", [shape]):
        lines = (
            [piece.coords] if kind == "line" else [r.coords[:-1] for r in (piece.exterior, *piece.interiors)]
        )
        for line in lines:
            flat = _steps(list(line), scale, closed=kind == "polygon")
            if len(flat) == 2 and kind == "line":
                flat += [0, 0]
            if len(flat) >= (4 if kind == "line" else 6):
                out.append(flat)
    return out
