"""Rasters in and out: opened safely, read in windows, written as Cloud-Optimised GeoTIFF."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from yrdgis.errors import CrsError, InputError, OutputError
from yrdgis.io.archives import LIMITS, Limits
from yrdgis.io.sniff import local_file, sniff

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["Grid", "grid_over", "open_raster", "read_window", "write_cog"]

Bounds = tuple[float, float, float, float]

_MOST_CELLS = 200_000_000  # in memory at once: 0.2 GB as bytes, 1.6 GB as floats


@dataclass(frozen=True)
class Grid:
    """Values on a regular grid.

    Attributes
    ----------
    values : numpy.ndarray
        Rows from north to south; floats have NaN where there is no data, whole numbers keep ``nodata``.
    transform : affine.Affine
        From (column, row) to coordinates of the CRS.
    crs : pyproj.CRS or rasterio.crs.CRS or str
    nodata : float or None
        What stands where there is no data.
    """

    values: NDArray[Any]
    transform: Any
    crs: Any
    nodata: float | None = None

    @property
    def bounds(self) -> Bounds:
        """West, south, east, north in the grid's CRS."""
        from rasterio.transform import array_bounds

        west, south, east, north = array_bounds(*self.values.shape, self.transform)
        return min(west, east), min(south, north), max(west, east), max(south, north)


@contextmanager
def open_raster(name: str | Path, *, limits: Limits = LIMITS, need_crs: bool = True) -> Iterator[Any]:
    """A GeoTIFF of the user, opened with rasterio after a look at what it is.

    Parameters
    ----------
    name : str or Path
        A local GeoTIFF.
    limits : Limits
        Cap on the size of the file.
    need_crs : bool
        Whether a raster without CRS is refused.

    Yields
    ------
    rasterio.DatasetReader

    Raises
    ------
    InputError
        If it is no GeoTIFF, is cut off, or has no place on Earth.
    CrsError
        If it has no CRS.
    """
    import rasterio
    from rasterio.errors import RasterioError, RasterioIOError

    path = local_file(name, limits=limits)
    kind = sniff(path, limits=limits).kind
    if kind != "tiff":
        raise InputError(f"{path.name}: no GeoTIFF ({kind}). Convert the raster to GeoTIFF first.")
    try:
        with rasterio.Env(GDAL_DISABLE_READDIR_ON_OPEN="EMPTY_DIR"), _opened(path) as source:
            if source.crs is None and need_crs:
                raise CrsError(
                    f"{path.name}: no CRS is recorded. Write it into the file first (`rio edit-info --crs`)."
                )
            if source.transform.is_identity and need_crs:
                raise InputError(f"{path.name}: a picture without a place on Earth. Georeference it first.")
            yield source
    except (RasterioError, RasterioIOError) as error:  # apart from each other before rasterio 1.4
        raise InputError(
            f"{path.name}: damaged or cut-off GeoTIFF ({str(error)[:200]}). Fetch it again."
        ) from error


def _opened(path: Path) -> Any:
    """The file, opened in silence: that a place is missing becomes an error later."""
    import rasterio
    from rasterio.errors import NotGeoreferencedWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        return rasterio.open(path, driver="GTiff")


def read_window(
    name: str | Path, bounds: Bounds | None = None, *, crs: Any = None, band: int = 1, limits: Limits = LIMITS
) -> Grid:
    """Part of a raster.

    Parameters
    ----------
    name : str or Path
        A local GeoTIFF.
    bounds : (west, south, east, north), optional
        What to read, all of it if not given; cells that it touches are read whole.
    crs : optional
        Of the bounds; the raster's if not given.
    band : int
        Counted from 1.
    limits : Limits
        Cap on the size of the file.

    Returns
    -------
    Grid
        Scale and offset of the band applied. Floats with NaN for no data; whole numbers as they are.

    Raises
    ------
    InputError
        If the bounds miss the raster, the band is not there, or more would be read than fits into memory.
    """
    from rasterio.windows import Window, from_bounds

    with open_raster(name, limits=limits) as source:
        if not 1 <= band <= source.count:
            raise InputError(f"{Path(name).name}: no band {band}; there are {source.count}.")
        window = Window(0, 0, source.width, source.height)
        if bounds is not None:
            inner = _bounds_in(bounds, crs, source.crs)
            asked = from_bounds(*inner, transform=source.transform)
            touched = asked.round_offsets(op="floor").round_lengths(op="ceil")
            grown = Window(touched.col_off, touched.row_off, touched.width + 1, touched.height + 1)
            if not _meets(grown, window):
                raise InputError(f"{Path(name).name}: the area asked for lies outside the raster.")
            window = grown.intersection(window)
        if window.width * window.height > _MOST_CELLS:
            raise InputError(
                f"{Path(name).name}: {int(window.width * window.height):,} cells at once are too many; ask "
                "for a smaller area."
            )
        values = source.read(band, window=window)
        scale, offset = source.scales[band - 1], source.offsets[band - 1]
        return _grid(
            values, source.window_transform(window), source.crs, source.nodatavals[band - 1], scale, offset
        )


def _meets(one: Any, other: Any) -> bool:
    from rasterio.windows import intersect

    return bool(one.width > 0 and one.height > 0 and intersect(one, other))


def _bounds_in(bounds: Bounds, crs: Any, target: Any) -> Bounds:
    from rasterio.warp import transform_bounds

    if crs is None or crs == target:
        return bounds
    return tuple(transform_bounds(crs, target, *bounds))


def _grid(
    values: NDArray[Any], transform: Any, crs: Any, nodata: float | None, scale: float, offset: float
) -> Grid:
    if scale != 1 or offset != 0 or np.issubdtype(values.dtype, np.floating):
        out = values.astype(float)
        missing = ~np.isfinite(out)
        if nodata is not None:
            missing |= np.isclose(out, nodata) if np.isfinite(nodata) else np.zeros(out.shape, bool)
        out = out * scale + offset
        out[missing] = np.nan
        return Grid(out, transform, crs, float("nan"))
    return Grid(values, transform, crs, nodata)


def grid_over(
    frame: gpd.GeoDataFrame, *, cell_m: float, margin_m: float = 0.0
) -> tuple[Any, tuple[int, int]]:
    """Transform and shape of a grid in metres over a frame, on whole multiples of the cell.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
        In a CRS in metres.
    cell_m, margin_m : float
        Side of a cell, and how far the grid reaches beyond, in metres.

    Raises
    ------
    CrsError
        If the frame is not in metres.
    InputError
        If the cell is not above zero or the grid would have too many cells.
    """
    from rasterio.transform import from_origin

    from yrdgis.crs import require_metres

    require_metres(frame, name="frame")
    if not cell_m > 0:
        raise InputError(f"A cell must be larger than zero: {cell_m} m.")
    west, south, east, north = frame.total_bounds
    low = np.floor((np.array([west, south]) - margin_m) / cell_m) * cell_m
    high = np.ceil((np.array([east, north]) + margin_m) / cell_m) * cell_m
    columns, rows = (int(n) for n in np.maximum(np.round((high - low) / cell_m), 1))
    if columns * rows > _MOST_CELLS:
        raise InputError(f"{columns * rows:,} cells are too many; take larger ones than {cell_m:g} m.")
    return from_origin(float(low[0]), float(high[1]), cell_m, cell_m), (rows, columns)


def write_cog(
    grid: Grid, path: str | Path, *, unit: str = "", title: str = "", tags: Mapping[str, str] | None = None
) -> Path:
    """Write a grid as Cloud-Optimised GeoTIFF: tiled, compressed, with overviews.

    Parameters
    ----------
    grid : Grid
        Floats are written as float32 with NaN for no data.
    path : str or Path
        Ending in .tif or .tiff.
    unit, title : str
        Of the values; written into the band.
    tags : mapping, optional
        Such as source and date; written into the file.

    Returns
    -------
    Path

    Raises
    ------
    InputError
        If the ending is another one or the grid has no CRS.
    OutputError
        If it can't be written.

    Examples
    --------
    >>> import tempfile
    >>> from rasterio.transform import from_origin
    >>> grid = Grid(np.array([[1.0, np.nan]]), from_origin(0, 1, 1, 1), "EPSG:4549")
    >>> write_cog(grid, Path(tempfile.mkdtemp()) / "times.tif", unit="min").name
    'times.tif'
    """
    import rasterio
    from rasterio.errors import RasterioError, RasterioIOError
    from rasterio.io import MemoryFile

    from yrdgis.io.write import atomic_write, output_path

    target = output_path(path, (".tif", ".tiff"))
    if grid.crs is None:
        raise CrsError("A grid without CRS can't be written.")
    floats = np.issubdtype(grid.values.dtype, np.floating)
    values = grid.values.astype(np.float32) if floats else grid.values
    values = values.astype(np.uint8) if values.dtype == bool else values
    profile = {
        "driver": "GTiff",
        "height": values.shape[0],
        "width": values.shape[1],
        "count": 1,
        "dtype": values.dtype,
        "crs": grid.crs,
        "transform": grid.transform,
        "nodata": float("nan") if floats else grid.nodata,
    }
    options = {
        "driver": "COG",
        "COMPRESS": "DEFLATE",
        "PREDICTOR": "YES",
        "BLOCKSIZE": 256,
        "OVERVIEW_RESAMPLING": "NEAREST",
    }
    try:
        with MemoryFile() as memory:
            with memory.open(**profile) as draft:
                draft.write(values, 1)
                draft.update_tags(**{k: str(v) for k, v in (tags or {}).items()})
                draft.set_band_description(1, title)
                draft.set_band_unit(1, unit)
            with memory.open() as draft, atomic_write(target) as temporary, rasterio.Env():
                from rasterio.shutil import copy

                copy(draft, str(temporary), **options)
    except (RasterioError, RasterioIOError) as error:  # apart from each other before rasterio 1.4
        raise OutputError(f"{target}: can't be written ({error}).") from error
    return target
