"""Rasters: opened safely, read in windows, written as COG."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin
from realdata import real

from yrdgis.errors import CrsError, InputError, OutputError
from yrdgis.io.raster import Grid, grid_over, open_raster, read_window, write_cog


@pytest.fixture
def tif(tmp_path):
    values = np.arange(600 * 500, dtype=np.float32).reshape(600, 500)
    values[:50] = -9999
    path = tmp_path / "a.tif"
    with rasterio.open(
        path, "w", driver="GTiff", height=600, width=500, count=1, dtype="float32", crs="EPSG:4549", nodata=-9999,
        transform=from_origin(600_000, 3_460_000, 100, 100),
    ) as out:  # fmt: skip
        out.write(values, 1)
    return path


def test_a_window_holds_the_cells_that_the_bounds_touch(tif):
    grid = read_window(tif, (600_250, 3_450_150, 600_850, 3_450_750))
    assert grid.bounds[0] <= 600_250
    assert grid.bounds[2] >= 600_850
    whole = read_window(tif)
    row, column = 98, 7
    inner = grid.values[
        row - round((3_460_000 - grid.bounds[3]) / 100), column - round((grid.bounds[0] - 600_000) / 100)
    ]
    assert inner == whole.values[row, column] == row * 500 + column
    assert np.isnan(whole.values[:50]).all()


def test_bounds_may_be_in_degrees(tif):
    grid = read_window(tif, (121.06, 31.1, 121.1, 31.12), crs="EPSG:4326")
    assert 30 < grid.values.shape[1] < 60


@pytest.mark.parametrize(
    ("kwargs", "words"), [({"bounds": (0, 0, 10, 10)}, "outside the raster"), ({"band": 2}, "no band 2")]
)
def test_faults_of_the_call(kwargs, words, tif):
    with pytest.raises(InputError, match=words):
        read_window(tif, **kwargs)


def test_what_is_no_raster_is_refused(tif, tmp_path):
    (tmp_path / "b.tif").write_text("<html></html>")
    with pytest.raises(InputError, match="web page"), open_raster(tmp_path / "b.tif"):
        pass
    (tmp_path / "c.csv").write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match="no GeoTIFF"), open_raster(tmp_path / "c.csv"):
        pass
    with pytest.raises(InputError, match="not a local file"), open_raster("/vsicurl/http://a.b/c.tif"):
        pass
    (tmp_path / "cut.tif").write_bytes(tif.read_bytes()[:5000])
    with pytest.raises(InputError, match="damaged or cut-off"):
        read_window(tmp_path / "cut.tif")


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_a_raster_without_crs_or_place_is_refused(tmp_path):
    for name, extra, error in (
        ("a", {"transform": from_origin(0, 1, 1, 1)}, CrsError),
        ("b", {"crs": "EPSG:4326"}, InputError),
    ):
        with rasterio.open(
            tmp_path / f"{name}.tif", "w", driver="GTiff", height=2, width=2, count=1, dtype="uint8", **extra
        ) as out:
            out.write(np.ones((2, 2), np.uint8), 1)
        with pytest.raises(error), open_raster(tmp_path / f"{name}.tif"):
            pass


def test_a_written_grid_is_cloud_optimised_and_comes_back(tmp_path):
    values = np.random.default_rng(1).uniform(0, 120, (700, 900))
    values[:10] = np.nan
    grid = Grid(values, from_origin(600_000, 3_460_000, 250, 250), "EPSG:4549")
    path = write_cog(
        grid, tmp_path / "times.tif", unit="min", title="travel time", tags={"as_of": "2026-11-01"}
    )
    with rasterio.open(path) as back:
        assert back.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert back.overviews(1)
        assert (back.units[0], back.descriptions[0], back.tags()["as_of"]) == (
            "min",
            "travel time",
            "2026-11-01",
        )
        assert back.crs.to_epsg() == 4549
    read = read_window(path).values
    assert np.isnan(read[:10]).all()
    assert np.abs(read[10:] - values[10:]).max() < 1e-4
    assert sorted(p.name for p in tmp_path.iterdir()) == ["times.tif"]


def test_masks_and_classes_are_written_as_whole_numbers(tmp_path):
    grid = Grid(np.eye(4, dtype=bool), from_origin(0, 4, 1, 1), "EPSG:4549", 255)
    assert read_window(write_cog(grid, tmp_path / "m.tif")).values.dtype == np.uint8


def test_faults_of_writing(tmp_path):
    grid = Grid(np.ones((2, 2)), from_origin(0, 4, 1, 1), "EPSG:4549")
    with pytest.raises(InputError, match=r"use \.tif"):
        write_cog(grid, tmp_path / "a.png")
    with pytest.raises(OutputError):
        write_cog(grid, tmp_path / "no" / "a.tif")
    with pytest.raises(CrsError):
        write_cog(Grid(grid.values, grid.transform, None), tmp_path / "a.tif")


def test_a_grid_lies_on_whole_multiples_of_its_cell(layers):
    frame = layers.polygons("districts").to_crs(4549)
    transform, (rows, columns) = grid_over(frame, cell_m=1000, margin_m=500)
    assert transform.c % 1000 == 0
    assert transform.f % 1000 == 0
    west, south, east, _ = frame.total_bounds
    assert transform.c <= west - 500
    assert transform.c + columns * 1000 >= east + 500
    assert transform.f - rows * 1000 <= south - 500
    with pytest.raises(InputError, match="too many"):
        grid_over(frame, cell_m=1)
    with pytest.raises(CrsError):
        grid_over(layers.polygons("districts"), cell_m=100)


def test_ningbo_land_cover_has_the_values_of_its_readme():
    with open_raster(real("raster/world_cover_CHN-Ningbo.tif")) as source:
        assert (source.width, source.height, source.dtypes[0], source.nodata) == (3059, 3392, "uint8", 0)
        assert source.crs.to_epsg() == 4326
        assert np.allclose(source.bounds, (120.285, 28.0367, 122.8342, 30.8633), atol=0.01)
    window = read_window(real("raster/world_cover_CHN-Ningbo.tif"), (121.5, 29.8, 121.6, 29.9))
    assert {50, 80} <= set(np.unique(window.values).tolist())
