"""Open any vector or table file of a user: one clear error, or the data with every repair reported.

Nothing of the file is trusted: its name, its size claims, its parts, its text and its numbers are looked at
before and after the library that reads it.
"""

from __future__ import annotations

import sqlite3
import warnings
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from yrdgis.errors import InputError
from yrdgis.io.archives import LIMITS, Limits, unpacked
from yrdgis.io.encodings import EncodingGuess
from yrdgis.io.jsonsafe import read_geojson
from yrdgis.io.shapeparts import DbfText, inspect_shapefile
from yrdgis.io.sniff import first_bytes, local_file, sniff
from yrdgis.io.textfile import coordinate_columns, read_text_table, read_workbook
from yrdgis.io.xmlsafe import check_xml

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["Opened", "Repair", "open_vector"]

_GDAL_KINDS = {
    "sqlite": "GeoPackage or SpatiaLite",
    "flatgeobuf": "FlatGeobuf",
    "filegdb": "file geodatabase",
    "gpx": "GPX",
    "kml": "KML",
    "gml": "GML",
}
_DATA_SUFFIXES = (
    ".shp",
    ".gpkg",
    ".geojson",
    ".json",
    ".kml",
    ".gml",
    ".gpx",
    ".fgb",
    ".csv",
    ".tsv",
    ".parquet",
    ".dbf",
    ".xlsx",
)


@dataclass(frozen=True)
class Repair:
    """One thing that was mended or left out on reading, with the rows (from 0) that it touched."""

    what: str
    rows: tuple[int, ...] = ()

    def __str__(self) -> str:
        if not self.rows:
            return self.what
        shown = ", ".join(str(r + 1) for r in self.rows[:5]) + (" ..." if len(self.rows) > 5 else "")
        return f"{self.what} ({len(self.rows)} of the rows: {shown})"


@dataclass
class Opened:
    """A user's file, read.

    Attributes
    ----------
    frame : GeoDataFrame or DataFrame
        GeoDataFrame wherever there are geometries or columns of coordinates.
    kind : str
        shapefile, dbf, GeoJSON, GeoPackage ..., CSV, workbook, Parquet.
    path : Path
        As given.
    layer, layers : str or None, list of str
        The layer read and all there are.
    coordinates : tuple of str or None
        The columns that the points were made from.
    encoding : str or None
        Of the text, where the format leaves that open; `guess` and `dbf` hold the evidence.
    repairs : list of Repair
        Everything that was mended or left out.
    """

    frame: Any
    kind: str
    path: Path
    layer: str | None = None
    layers: list[str] = field(default_factory=list)
    coordinates: tuple[str, str] | None = None
    encoding: str | None = None
    guess: EncodingGuess | None = None
    dbf: DbfText | None = None
    repairs: list[Repair] = field(default_factory=list)


def open_vector(
    name: str | Path,
    *,
    layer: str | None = None,
    encoding: str | None = None,
    coordinates: tuple[str, str] | None = None,
    limits: Limits = LIMITS,
) -> Opened:
    """Open a vector or table file safely.

    Parameters
    ----------
    name : str or Path
        A local file: shapefile (any part), GeoPackage, GeoJSON, FlatGeobuf, file geodatabase, KML, GPX,
        GML, CSV, workbook, (Geo)Parquet; also zipped, .kmz, .gz or .bz2.
    layer : str, optional
        Layer or sheet; the first one if not given.
    encoding : str, optional
        Of the text; judged from the file if not given.
    coordinates : (str, str), optional
        Columns of a table with longitude (easting) and latitude (northing); found by their names if not
        given.
    limits : Limits
        What the file may cost.

    Returns
    -------
    Opened
        CRS as the file states it, None where it states none; nothing is reprojected.

    Raises
    ------
    InputError
        With what is wrong, where, and what to do, for anything that can't be read whole.

    Examples
    --------
    >>> import tempfile
    >>> place = Path(tempfile.mkdtemp()) / "towns.csv"
    >>> _ = place.write_bytes("名称,经度,纬度\\n安亭,121.16,31.29\\n".encode("gbk"))
    >>> opened = open_vector(place)
    >>> opened.encoding, opened.coordinates, len(opened.frame)
    ('gb18030', ('经度', '纬度'), 1)
    """
    path = local_file(name, limits=limits)
    with ExitStack() as stack:
        inner = _unwrap(path, stack, limits)
        try:
            opened = _open(inner, layer, encoding, coordinates, limits)
        except UnicodeError as error:
            raise InputError(f"{path.name}: texts in it are damaged ({error}). Export it again.") from error
    opened.path = path
    if hasattr(opened.frame, "geometry") and "geometry" in opened.frame.columns:
        opened.repairs += _not_finite(opened.frame)
    return opened


def _unwrap(path: Path, stack: ExitStack, limits: Limits) -> Path:
    """The file itself, or the one data set inside an archive."""
    kind = sniff(path, limits=limits).kind
    if kind in ("gzip", "bzip2"):
        want = ".gz" if kind == "gzip" else ".bz2"
        if path.suffix.lower() != want:
            raise InputError(
                f"{path.name}: compressed with {kind}, but the name does not end in {want}. Rename it."
            )
    elif kind != "zip":
        return path
    files = stack.enter_context(unpacked(path, limits=limits))
    if kind != "zip":
        return local_file(files[0], limits=limits)
    data = [f for f in files if f.suffix.lower() in _DATA_SUFFIXES and not f.name.startswith(("._", "."))]
    stems = {f.with_suffix("") for f in data if f.suffix.lower() == ".shp"}
    data = [f for f in data if f.suffix.lower() == ".shp" or f.with_suffix("") not in stems]
    if len(data) != 1:
        names = ", ".join(f.name for f in (data or files)[:8]) or "nothing"
        raise InputError(
            f"{path.name}: {'more than one data set' if data else 'no data set'} in the archive ({names}). "
            "Unpack it and name one file."
        )
    inner = local_file(data[0], limits=limits)
    return inner


def _open(
    path: Path, layer: str | None, encoding: str | None, xy: tuple[str, str] | None, limits: Limits
) -> Opened:
    kind = sniff(path, limits=limits).kind
    if kind in ("zip", "gzip", "bzip2"):
        raise InputError(f"{path.name}: an archive inside an archive. Unpack it by hand.")
    if kind in ("shapefile", "dbf") or path.suffix.lower() in (".shx",):
        return _shapefile(path, encoding)
    if kind == "json":
        return _geojson(path, encoding, limits)
    if kind == "text":
        if path.suffix.lower() in (".shp", ".gpkg", ".fgb", ".parquet", ".xlsx"):
            raise InputError(f"{path.name}: plain text, not what its name says. Fetch the file again.")
        table = read_text_table(path, encoding=encoding, limits=limits)
        opened = Opened(table.frame, "CSV", path, encoding=table.encoding, guess=table.guess)
        opened.repairs = [Repair(note) for note in table.notes]
        return _placed(opened, xy)
    if kind == "xlsx":
        frame, sheet = read_workbook(path, sheet=layer, limits=limits)
        return _placed(Opened(frame, "workbook", path, layer=sheet), xy)
    if kind == "parquet":
        return _placed(_parquet(path, limits), xy)
    if kind in ("osm_xml", "osm_pbf"):
        raise InputError(f"{path.name}: OpenStreetMap data. Import it with `yrdgis network import`.")
    if kind == "tiff":
        raise InputError(f"{path.name}: a raster (GeoTIFF), not vector data.")
    if kind in ("gpx", "kml", "gml"):
        check_xml(path, limits=limits)
    if kind == "sqlite":
        _check_sqlite(path)
    return _gdal(path, kind, layer)


def _check_sqlite(path: Path) -> None:
    """The header of SQLite says how many pages there are: a file that is shorter was cut off."""
    head = first_bytes(path, 100)
    page = int.from_bytes(head[16:18], "big")
    page = 65536 if page == 1 else page
    stated = page * int.from_bytes(head[28:32], "big")
    size = path.stat().st_size
    if len(head) < 100 or size < stated:
        raise InputError(
            f"{path.name}: cut off: {size:,} bytes where its header says {stated:,}. Fetch it again."
        )


def _curves(path: Path) -> list[str]:
    """Kinds of curved geometry that a GeoPackage declares; GDAL hands them on as straight pieces."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as base:
            kinds = base.execute("select geometry_type_name from gpkg_geometry_columns").fetchall()
    except sqlite3.Error:
        return []
    return [
        k
        for (k,) in kinds
        if isinstance(k, str) and ("CURVE" in k.upper() or "CIRCULAR" in k.upper() or "SURFACE" in k.upper())
    ]


def _gdal(path: Path, kind: str, layer: str | None) -> Opened:
    import pyogrio

    options: dict[str, Any] = {"DOWNLOAD_SCHEMA": "NO"} if kind == "gml" else {}
    what = _GDAL_KINDS[kind]
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            layers = [str(n) for n in pyogrio.list_layers(path)[:, 0]]
            if not layers:
                raise InputError(f"{path.name}: a {what} without any layer.")
            if layer is not None and layer not in layers:
                raise InputError(f"{path.name}: no layer {layer!r}. There are: {', '.join(layers[:20])}.")
            chosen = layer or layers[0]
            frame = pyogrio.read_dataframe(path, layer=chosen, **options)
    except InputError:
        raise
    except Exception as error:  # pyogrio and GDAL raise many kinds for damaged files
        raise InputError(
            f"{path.name}: can't be read as {what} ({str(error)[:200]}). Export it again."
        ) from error
    opened = Opened(frame, what, path, layer=chosen, layers=layers)
    if len(layers) > 1 and layer is None:
        opened.repairs.append(Repair(f"{len(layers)} layers ({', '.join(layers[:8])}): the first was read"))
    opened.repairs += [Repair(_plain(str(w.message))) for w in caught if "easured" in str(w.message)][:1]
    opened.repairs += [
        Repair(f"curved geometry ({c.lower()}) is read as straight pieces")
        for c in (_curves(path) if kind == "sqlite" else [])
    ]
    return opened


def _plain(message: str) -> str:
    return f"measure (M) values are dropped: {message.split('. ')[-1]}" if "easured" in message else message


def _shapefile(path: Path, encoding: str | None) -> Opened:
    import geopandas as gpd
    import pyogrio

    with TemporaryDirectory(prefix="yrdgis-") as scratch:
        parts = inspect_shapefile(path, Path(scratch))
        code = encoding or (parts.text.encoding if parts.text else "utf-8")
        source = parts.shp or path
        if ".shx" not in parts.parts and parts.shp is not None:
            pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": "YES"})
        try:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                frame = pyogrio.read_dataframe(source, encoding=code)
        except (LookupError, UnicodeError) as error:
            raise InputError(f"{path.name}: the text is not {code} ({error}). Give its encoding.") from error
        except Exception as error:  # as above
            raise InputError(
                f"{path.name}: can't be read as shapefile ({str(error)[:200]}). Export it again."
            ) from error
        finally:
            pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": None})
    opened = Opened(
        frame,
        "shapefile" if isinstance(frame, gpd.GeoDataFrame) else "dbf",
        path,
        encoding=code,
        dbf=parts.text,
    )
    opened.guess = parts.text.guess if parts.text else None
    opened.repairs = [Repair(r) for r in parts.repairs]
    if parts.text and parts.text.broken:
        what = f"texts that end within a character in {code}: the broken end is dropped"
        opened.repairs.append(Repair(what, parts.text.broken))
    elif any("converted" in str(w.message) for w in caught):
        opened.repairs.append(Repair(f"some characters are no {code}: they are dropped"))
    return opened if opened.kind == "shapefile" else _placed(opened, None)


def _geojson(path: Path, encoding: str | None, limits: Limits) -> Opened:
    import geopandas as gpd
    import pandas as pd

    parsed = read_geojson(path, encoding=encoding, limits=limits)
    if not parsed.geometries:
        raise InputError(f"{path.name}: GeoJSON without any feature.")
    table = pd.DataFrame(parsed.properties)
    if len(table.columns) > limits.columns:
        raise InputError(
            f"{path.name}: {len(table.columns):,} different properties, more than the {limits.columns:,} "
            "allowed."
        )
    if "geometry" in table.columns:
        table = table.rename(columns={"geometry": "geometry_text"})
    crs: Any = "EPSG:4326"
    repairs = []
    if parsed.crs is not None:
        from pyproj import CRS
        from pyproj.exceptions import CRSError

        try:
            crs = CRS.from_user_input(parsed.crs)
        except CRSError:
            repairs.append(Repair(f"the crs {parsed.crs[:60]!r} is unknown: none is recorded"))
            crs = None
    frame = gpd.GeoDataFrame(table, geometry=parsed.geometries, crs=crs)
    repairs += [Repair(what, tuple(rows)) for what, rows in parsed.faults.items()]
    return Opened(frame, "GeoJSON", path, encoding=parsed.encoding, repairs=repairs)


def _parquet(path: Path, limits: Limits) -> Opened:
    import geopandas as gpd
    import pandas as pd
    import pyarrow.parquet as pq

    try:
        meta = pq.read_metadata(path)
        claimed = sum(meta.row_group(i).total_byte_size for i in range(meta.num_row_groups))
        if claimed > limits.unpacked_mb << 20 or meta.num_columns > limits.columns:
            raise InputError(
                f"{path.name}: {claimed >> 20} MB in {meta.num_columns} columns, more than is allowed."
            )
        spatial = b"geo" in (pq.read_schema(path).metadata or {})
        return Opened(gpd.read_parquet(path) if spatial else pd.read_parquet(path), "Parquet", path)
    except InputError:
        raise
    except Exception as error:  # pyarrow raises many kinds for damaged files
        raise InputError(
            f"{path.name}: damaged or cut-off Parquet ({str(error)[:200]}). Fetch it again."
        ) from error


def _placed(opened: Opened, wanted: tuple[str, str] | None) -> Opened:
    """Points from columns of coordinates, or shapes from a column of WKT."""
    import geopandas as gpd
    import numpy as np
    import pandas as pd
    import shapely

    frame = opened.frame
    if isinstance(frame, gpd.GeoDataFrame):
        return opened
    if wanted is not None:
        missing = [c for c in wanted if c and c not in frame.columns]
        if missing:
            raise InputError(
                f"{opened.path.name}: no column {', '.join(missing)}. "
                f"There are: {', '.join(map(str, frame.columns[:20]))}."
            )
    pairs = [wanted] if wanted else coordinate_columns(frame)
    if not pairs:
        return opened
    x, y = opened.coordinates = pairs[0]
    if len(pairs) > 1:
        others = "; ".join(f"{a} and {b}" if b else a for a, b in pairs[1:])
        opened.repairs.append(
            Repair(f"more than one set of coordinates: {x} and {y} were taken, not {others}")
        )
    if y:
        columns = [pd.to_numeric(frame[c], errors="coerce") for c in (x, y)]
        filled = [frame[c].notna() & frame[c].astype(str).str.strip().str.lower().ne("") for c in (x, y)]
        odd = [(f & c.isna()).to_numpy() for f, c in zip(filled, columns, strict=True)]
        bad = (odd[0] | odd[1]).nonzero()[0]
        if len(bad):
            opened.repairs.append(
                Repair("coordinates that are no numbers: the point is left out", tuple(int(b) for b in bad))
            )
        points = shapely.points(columns[0].to_numpy(float), columns[1].to_numpy(float))
        points[columns[0].isna() | columns[1].isna()] = None
        opened.frame = gpd.GeoDataFrame(frame, geometry=points, crs=None)
        return opened
    texts = np.array([str(v) if isinstance(v, str) else None for v in frame[x]], object)
    shapes = shapely.from_wkt(texts, on_invalid="ignore")
    bad = [
        i
        for i, (s, t) in enumerate(zip(shapes, frame[x], strict=True))
        if s is None and isinstance(t, str) and t.strip()
    ]
    if len(bad) == len(frame):
        opened.coordinates = None
        return opened
    if bad:
        opened.repairs.append(Repair("texts that are no WKT: the geometry is left out", tuple(bad)))
    opened.frame = gpd.GeoDataFrame(frame.drop(columns=[x]), geometry=shapes, crs=None)
    return opened


def _not_finite(frame: gpd.GeoDataFrame) -> list[Repair]:
    """Leave out geometries with NaN or infinite coordinates."""
    import numpy as np
    import shapely

    xy, owner = shapely.get_coordinates(frame.geometry.to_numpy(), return_index=True)
    rows = np.unique(owner[~np.isfinite(xy).all(axis=1)])
    if not len(rows):
        return []
    shapes = frame.geometry.to_numpy().copy()
    shapes[rows] = None
    frame[frame.geometry.name] = shapes
    return [
        Repair(
            "coordinates that are not finite (NaN or infinity): the geometry is left out",
            tuple(int(r) for r in rows),
        )
    ]
