"""Zonal statistics: equal to a slow, obvious count of cell pieces; people and land cover."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st
from rasterio.transform import from_origin
from realdata import real

from yrdgis.errors import CrsError, InputError
from yrdgis.io.raster import grid_over
from yrdgis.metrics.raster import class_on_grid, class_shares, closed_land, gain_grid, people, zonal

pytest.importorskip("exactextract")


def _tif(path, values, *, crs="EPSG:4549", nodata=None, cell=100.0, west=0.0, north=1000.0):
    with rasterio.open(
        path, "w", driver="GTiff", height=values.shape[0], width=values.shape[1], count=1, dtype=values.dtype, crs=crs,
        nodata=nodata, transform=from_origin(west, north, cell, cell),
    ) as out:  # fmt: skip
        out.write(values, 1)
    return path


def _zones(*shapes, crs=4549):
    return gpd.GeoDataFrame(geometry=list(shapes), crs=crs)


def _shares(shape, rows, columns, cell=100.0, north=1000.0):
    """Share of each cell inside a shape, cell by cell."""
    out = np.zeros((rows, columns))
    for r in range(rows):
        for c in range(columns):
            box = shapely.box(c * cell, north - (r + 1) * cell, (c + 1) * cell, north - r * cell)
            out[r, c] = box.intersection(shape).area / cell**2
    return out


@limits(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.floats(20, 980), st.floats(20, 980)), min_size=3, max_size=8), st.integers(0, 99)
)
def test_sums_and_means_equal_a_count_of_cell_pieces(tmp_path_factory, points, seed):
    shape = shapely.convex_hull(shapely.multipoints(points))
    if shape.geom_type != "Polygon" or shape.area < 50:
        return
    values = np.random.default_rng(seed).uniform(0, 50, (10, 10))
    values[2, 3] = -1
    path = _tif(tmp_path_factory.mktemp("r") / "a.tif", values, nodata=-1)
    shares = _shares(shape, 10, 10)
    known = values != -1
    found = zonal(path, _zones(shape), statistics=("sum", "mean")).iloc[0]
    total, weight = (values * shares)[known].sum(), shares[known].sum()
    assert found["covered_share"] == pytest.approx(weight / shares.sum(), abs=1e-4)
    if weight > 1e-6:
        assert found["sum"] == pytest.approx(total, rel=1e-4, abs=1e-4)
        assert found["mean"] == pytest.approx(total / weight, rel=1e-4)


def test_people_add_up_over_zones_that_share_cells(tmp_path):
    values = np.random.default_rng(4).uniform(0, 9, (10, 10))
    path = _tif(tmp_path / "pop.tif", values)
    left, right = shapely.box(0, 0, 333, 1000), shapely.box(333, 0, 1000, 1000)
    found = people(path, _zones(left, right, shapely.box(5000, 0, 6000, 10), None))
    assert found["people"].iloc[:2].sum() == pytest.approx(values.sum())
    assert found["people"].isna().tolist() == [False, False, True, True]
    assert found["covered_share"].round(6).tolist() == [1, 1, 0, 0]


def test_density_is_turned_into_people(tmp_path):
    path = _tif(tmp_path / "d.tif", np.full((10, 10), 200.0), west=600_000, north=3_450_000)
    zone = _zones(shapely.box(600_100, 3_449_200, 600_600, 3_449_700))
    assert people(path, zone, density=True)["people"].iloc[0] == pytest.approx(0.25 * 200, rel=2e-3)


def test_zones_in_another_crs_give_the_same(tmp_path):
    path = _tif(
        tmp_path / "a.tif", np.random.default_rng(2).uniform(0, 9, (20, 20)), west=600_000, north=3_450_000
    )
    zones = _zones(shapely.box(600_150, 3_448_800, 601_250, 3_449_730))
    one, other = zonal(path, zones), zonal(path, zones.to_crs(4326))
    assert other["mean"].iloc[0] == pytest.approx(one["mean"].iloc[0], rel=1e-3)


def test_faults_are_told(tmp_path):
    path = _tif(tmp_path / "a.tif", np.full((4, 4), -5.0))
    zone = _zones(shapely.box(0, 700, 300, 900))
    with pytest.raises(InputError, match="does not declare as no data"):
        people(path, zone)
    with pytest.raises(InputError, match="No statistic mode"):
        zonal(path, zone, statistics=("mode",))
    with pytest.raises(InputError, match="polygons, not Point"):
        zonal(path, _zones(shapely.Point(1, 1)))
    with pytest.raises(CrsError):
        zonal(path, zone.set_crs(None, allow_override=True))
    with pytest.raises(InputError, match="not classes"):
        class_shares(path, zone)


def test_shares_of_classes_add_up(tmp_path):
    values = np.where(np.arange(100).reshape(10, 10) % 3 == 0, 50, 80).astype(np.uint8)
    found = class_shares(
        _tif(tmp_path / "a.tif", values, nodata=0),
        _zones(shapely.box(50, 50, 950, 950), shapely.box(9e5, 0, 9.1e5, 9)),
    )
    assert found.columns.tolist() == [50, 80]
    assert found.iloc[0].sum() == pytest.approx(1)
    assert found.iloc[1].isna().all()


def test_classes_on_another_grid_are_shares(tmp_path):
    values = np.full((100, 100), 10, np.uint8)
    values[:, 50:] = 80
    values[:10] = 0
    path = _tif(tmp_path / "a.tif", values, nodata=0, cell=10)
    grid = class_on_grid(path, {80}, from_origin(0, 1000, 100, 100), (10, 12), "EPSG:4549")
    assert np.isnan(grid.values[0]).all()
    assert np.isnan(grid.values[:, 10:]).all()
    assert grid.values[3, :10].tolist() == [0] * 5 + [1] * 5
    shifted = class_on_grid(path, {80}, from_origin(50, 1000, 100, 100), (10, 9), "EPSG:4549")
    assert shifted.values[5, 4] == pytest.approx(0.5, abs=0.01)


def test_land_cover_of_ningbo(layers):
    path = real("raster/world_cover_CHN-Ningbo.tif")
    districts = layers.polygons("districts")
    ningbo = districts[districts["city_id"] == "city:ningbo"]
    shares = class_shares(path, ningbo)
    assert np.allclose(shares.sum(axis=1), 1)
    names = ningbo["name_zh"]
    assert (
        shares.loc[names[names.str.startswith("海曙")].index[0], 50]
        > shares.loc[names[names.str.startswith("宁海")].index[0], 50]
    )
    water = class_on_grid(path, {80}, *grid_over(ningbo.to_crs(4549), cell_m=500), "EPSG:4549")
    assert 0.05 < np.nanmean(water.values) < 0.8


def _land(values):
    from yrdgis.metrics.surface import Land

    return Land(np.asarray(values, bool), 600_000.0, 3_450_000.0, 100.0)


def test_water_of_a_raster_closes_cells(tmp_path):
    values = np.full((40, 40), 10, np.uint8)
    values[:, 20:26] = 80
    path = _tif(tmp_path / "a.tif", values, nodata=0, cell=10, west=600_000, north=3_450_000)
    land = _land(np.ones((4, 6)))
    assert closed_land(land, path, {80}).is_land.tolist() == [[True, True, False, True, True, True]] * 4
    assert closed_land(land, path, {80}, share=0.7).is_land.all()
    with pytest.raises(InputError, match="share"):
        closed_land(land, path, {80}, share=0)


def test_minutes_saved_are_a_grid(tmp_path):
    from yrdgis.io.raster import read_window, write_cog
    from yrdgis.metrics.surface import Surface

    land = _land(np.ones((1, 3)))
    before, after = (Surface(np.array([v]), land, 60.0) for v in ([30.0, np.nan, 50.0], [20.0, 40.0, 50.0]))
    grid = gain_grid(before, after)
    read = read_window(write_cog(grid, tmp_path / "gain.tif", unit="min")).values[0]
    assert np.array_equal(read, [10.0, np.nan, 0.0], equal_nan=True)
    with pytest.raises(InputError, match="different cells"):
        gain_grid(before, Surface(np.ones((2, 3)), _land(np.ones((2, 3))), 60.0))


def test_water_of_a_raster_bends_a_surface(layers):
    from yrdgis.io import parse_date
    from yrdgis.metrics.surface import land_of, surface
    from yrdgis.network import build_network

    network = build_network(layers, as_of=parse_date("today", layers.valid_on))
    plain = land_of(layers, 2000)
    wet = closed_land(plain, real("raster/world_cover_CHN-Ningbo.tif"), {80})
    assert 0 < wet.is_land.sum() < plain.is_land.sum()
    found = surface(network, ["city:ningbo"], limit_min=25, mode="drive", land=wet)
    free = surface(network, ["city:ningbo"], limit_min=25, mode="drive", land=plain)
    assert not np.isfinite(found.minutes[~wet.is_land]).any()
    both = np.isfinite(found.minutes)
    assert (found.minutes[both] >= free.minutes[both] - 1e-6).all()
