"""Read GeoJSON with care: mend what can be mended, name what can't, never guess a coordinate."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from pathlib import Path
from typing import Any

from yrdgis.errors import InputError
from yrdgis.io.archives import LIMITS, Limits
from yrdgis.io.encodings import guess_encoding

__all__ = ["GeoJson", "read_geojson"]

_DEPTH = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
_COLLECTION_DEPTH = 6


class _BadGeometryError(Exception):
    """A geometry that can't be mended; the text says why."""


class GeoJson:
    """Features of a GeoJSON text, and what was mended on the way.

    Attributes
    ----------
    geometries : list
        Shapely geometries or None, one for each feature.
    properties : list of dict
        Attributes, in the same order.
    crs : str or None
        Named in an old-style ``crs`` member; None means WGS84, as the format says.
    faults : dict of str to list of int
        What was wrong -> numbers of the features (from 0).
    encoding : str
        Of the text.
    """

    def __init__(self) -> None:
        self.geometries: list[Any] = []
        self.properties: list[dict[str, Any]] = []
        self.crs: str | None = None
        self.faults: dict[str, list[int]] = defaultdict(list)
        self.encoding = "utf-8"


def _load(path: Path, encoding: str | None, limits: Limits) -> tuple[Any, str]:
    if path.stat().st_size > limits.json_mb << 20:
        raise InputError(
            f"{path.name}: more than {limits.json_mb} MB of JSON, which is held in memory as a whole. "
            "Convert it to GeoPackage first."
        )
    raw = path.read_bytes()
    guess = guess_encoding(raw)
    code = encoding or guess.encoding or "utf-8"
    try:
        text = raw.decode("utf-8" if code == "ascii" else code)
    except (UnicodeDecodeError, LookupError) as error:
        raise InputError(
            f"{path.name}: the text is not {code} ({error}). Say its encoding, or save it as UTF-8."
        ) from error
    try:
        return json.loads(text.lstrip("\ufeff \x1e\n\r\t")), code
    except RecursionError as error:
        raise InputError(f"{path.name}: JSON nested too deep to be map data.") from error
    except json.JSONDecodeError as error:
        lines = [line.strip("\x1e \r\t") for line in text.splitlines()]
        if len(lines) > 1 and error.msg.startswith("Extra data"):
            return {"type": "FeatureCollection", "features": _sequence(path, lines)}, code
        what = (
            "ends too early (cut off?)" if error.pos >= len(text.rstrip()) - 1 else "is not well-formed JSON"
        )
        where = f"line {error.lineno}, column {error.colno}"
        raise InputError(f"{path.name}: {what} at {where}: {error.msg}. Fetch or export it again.") from error


def _sequence(path: Path, lines: list[str]) -> list[Any]:
    """One feature a line (GeoJSON text sequence)."""
    found = []
    for number, line in enumerate(lines, start=1):
        if line:
            try:
                found.append(json.loads(line))
            except (json.JSONDecodeError, RecursionError) as error:
                raise InputError(f"{path.name}: line {number} is no JSON ({error}).") from error
    return found


def _position(value: Any, faults: set[str]) -> list[float]:
    if not isinstance(value, list) or len(value) < 2:
        raise _BadGeometryError("positions with fewer than two values")
    if any(isinstance(v, bool) or not isinstance(v, int | float) for v in value):
        raise _BadGeometryError("positions that hold something else than numbers")
    if len(value) > 3:
        faults.add("positions with more than three values: the first three are kept")
        value = value[:3]
    try:
        x, y, *rest = (float(v) for v in value)
    except OverflowError as error:
        raise _BadGeometryError("coordinates that are not finite (NaN or infinity)") from error
    if not (math.isfinite(x) and math.isfinite(y)):
        raise _BadGeometryError("coordinates that are not finite (NaN or infinity)")
    if rest and not math.isfinite(rest[0]):
        faults.add("heights that are not finite: set to 0")
        rest = [0.0]
    return [x, y, *rest]


def _line(value: Any, faults: set[str], *, ring: bool) -> list[list[float]]:
    if not isinstance(value, list):
        raise _BadGeometryError("coordinates that are no list")
    line = [_position(p, faults) for p in value]
    if len({len(p) for p in line}) > 1:
        faults.add("lines with and without heights mixed: heights are dropped")
        line = [p[:2] for p in line]
    if ring:
        if line and line[0] != line[-1]:
            faults.add("rings that were not closed: closed")
            line.append(line[0])
        if len(line) < 4:
            raise _BadGeometryError("rings with fewer than three corners")
    elif len(line) < 2:
        raise _BadGeometryError("lines with fewer than two positions")
    return line


def _coordinates(kind: str, value: Any, faults: set[str]) -> Any:
    if kind == "Point":
        return _position(value, faults)
    if kind == "LineString":
        return _line(value, faults, ring=False)
    if not isinstance(value, list):
        raise _BadGeometryError("coordinates that are no list")
    if kind == "MultiPoint":
        return [_position(v, faults) for v in value]
    if kind == "Polygon":
        return [_line(v, faults, ring=True) for v in value]
    single = kind.removeprefix("Multi")
    return [_coordinates(single, v, faults) for v in value]


def _flat(coordinates: Any, depth: int) -> Any:
    """The same nesting with heights dropped."""
    return coordinates[:2] if depth == 0 else [_flat(c, depth - 1) for c in coordinates]


def _dimensions(coordinates: Any, depth: int) -> set[int]:
    if depth == 0:
        return {len(coordinates)}
    return set().union(*(_dimensions(c, depth - 1) for c in coordinates)) if coordinates else set()


def _geometry(value: Any, faults: set[str], level: int = 0) -> Any:
    import shapely

    if value is None:
        return None
    if not isinstance(value, dict):
        raise _BadGeometryError("a geometry that is no object")
    kind = value.get("type")
    if kind == "GeometryCollection":
        if level >= _COLLECTION_DEPTH:
            raise _BadGeometryError("collections nested too deep")
        parts = value.get("geometries")
        if not isinstance(parts, list):
            raise _BadGeometryError("a collection without a list of geometries")
        return shapely.GeometryCollection(
            [g for p in parts if (g := _geometry(p, faults, level + 1)) is not None]
        )
    if kind not in _DEPTH:
        raise _BadGeometryError(f"a geometry of the unknown type {str(kind)[:40]!r}")
    clean = _coordinates(kind, value.get("coordinates"), faults)
    if len(_dimensions(clean, _DEPTH[kind])) > 1:
        clean = _flat(clean, _DEPTH[kind])
    if not clean:
        return shapely.from_wkt(f"{kind.upper()} EMPTY")
    return shapely.geometry.shape({"type": kind, "coordinates": clean})


def _features(document: Any, path: Path) -> list[Any]:
    if isinstance(document, dict):
        kind = document.get("type")
        if kind == "FeatureCollection" and isinstance(document.get("features"), list):
            return document["features"]
        if kind == "Feature":
            return [document]
        if kind in _DEPTH or kind == "GeometryCollection":
            return [{"type": "Feature", "geometry": document, "properties": {}}]
        if kind == "Topology":
            raise InputError(f"{path.name}: TopoJSON. Convert it to GeoJSON first.")
        keys = ", ".join(list(document)[:5])
        raise InputError(
            f"{path.name}: JSON, but no GeoJSON (its keys are {keys or 'none'}). An answer of a server, "
            "perhaps?"
        )
    raise InputError(f"{path.name}: JSON, but no GeoJSON (a {type(document).__name__} at the top).")


def _cell(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value


def _named_crs(document: Any) -> str | None:
    member = document.get("crs") if isinstance(document, dict) else None
    properties = member.get("properties") if isinstance(member, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    return name if isinstance(name, str) and len(name) < 200 else None


def read_geojson(path: Path, *, encoding: str | None = None, limits: Limits = LIMITS) -> GeoJson:
    """Features of a GeoJSON file (also one feature a line), mended and reported.

    Parameters
    ----------
    path : Path
        The file.
    encoding : str, optional
        Of the text; judged from it if not given.
    limits : Limits
        Cap on the size.

    Returns
    -------
    GeoJson
        Unclosed rings are closed, values after the third are dropped, geometries with coordinates that are
        not finite or with too few positions become None: all counted in ``faults``.

    Raises
    ------
    InputError
        If the text is no JSON, or no GeoJSON, or cut off.

    Examples
    --------
    >>> import tempfile
    >>> place = Path(tempfile.mkdtemp()) / "a.geojson"
    >>> _ = place.write_text('{"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1]]]}')
    >>> dict(read_geojson(place).faults)
    {'rings that were not closed: closed': [0]}
    """
    document, code = _load(path, encoding, limits)
    result = GeoJson()
    result.encoding, result.crs = code, _named_crs(document)
    for number, feature in enumerate(_features(document, path)):
        faults: set[str] = set()
        geometry = None
        if not isinstance(feature, dict):
            faults.add("features that are no objects: left empty")
            feature = {}
        try:
            geometry = _geometry(feature.get("geometry"), faults)
        except _BadGeometryError as bad:
            faults = {f"{bad}: the geometry is left out"}
        properties = feature.get("properties")
        cells = {str(k): _cell(v) for k, v in properties.items()} if isinstance(properties, dict) else {}
        if "id" in feature and "id" not in cells:
            cells["id"] = _cell(feature["id"])
        result.geometries.append(geometry)
        result.properties.append(cells)
        for fault in sorted(faults):
            result.faults[fault].append(number)
    return result
