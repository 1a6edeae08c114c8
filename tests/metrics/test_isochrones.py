from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from network.drawn import strait
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from yrdgis.errors import InputError, UnknownNameError
from yrdgis.metrics.grid import least_cost, moves
from yrdgis.metrics.isochrones import (
    ISOCHRONE_COLUMNS,
    gain_loss,
    intersection,
    isochrones,
    level_sets,
    union,
    write_raster,
)
from yrdgis.metrics.skim import skim
from yrdgis.metrics.surface import Land, Surface, land_of, surface
from yrdgis.network import build_network


def by_scipy(is_open, starts, costs, step_cost):
    """The slow and obvious way: a graph of all cells and moves, and one node in front of all starts."""
    height, width = is_open.shape
    rows = []
    for r, c in np.ndindex(is_open.shape):
        for dr, dc, through in moves():
            cells = [(r, c), (r + dr, c + dc), *((r + a, c + b) for a, b in through)]
            if all(0 <= a < height and 0 <= b < width and is_open[a, b] for a, b in cells):
                rows.append((r * width + c, (r + dr) * width + c + dc, np.rint(np.hypot(dr, dc) * step_cost)))
    front = height * width
    best = {}
    for cell, cost in zip(starts, costs, strict=True):
        if is_open.ravel()[cell]:
            best[cell] = min(cost, best.get(cell, cost))
    rows += [(front, cell, cost + 1) for cell, cost in best.items()]
    if not best:
        return np.full(is_open.shape, -1)
    tail, head, weight = map(np.array, zip(*rows, strict=True))
    found = dijkstra(coo_array((weight, (tail, head)), shape=(front + 1,) * 2).tocsr(), indices=front)[:-1]
    return np.where(np.isfinite(found), found - 1, -1).astype(int).reshape(is_open.shape)


@settings(max_examples=30)
@given(
    is_open=hnp.arrays(bool, hnp.array_shapes(min_dims=2, max_dims=2, min_side=2, max_side=7)),
    data=st.data(),
)
def test_the_kernel_gives_what_scipy_gives(is_open, data):
    cell = st.integers(0, is_open.size - 1)
    seeds = data.draw(st.lists(st.tuples(cell, st.integers(0, 50)), max_size=4))
    starts, costs = (np.array([seed[at] for seed in seeds], dtype=np.int64) for at in (0, 1))
    found = least_cost(is_open, starts, costs, step_cost=10, limit=10**9)
    np.testing.assert_array_equal(found, by_scipy(is_open, starts, costs, 10))
    limited = least_cost(is_open, starts, costs, step_cost=10, limit=30)
    np.testing.assert_array_equal(limited, np.where(found <= 30, found, -1))


def test_sixteen_moves_no_corner_cut():
    assert len({move[:2] for move in moves()}) == 16
    corner = np.array([[True, False], [False, True]])
    assert least_cost(corner, np.array([0]), np.array([0]), step_cost=10, limit=999)[1, 1] == -1


def test_any_direction_is_within_three_percent_of_the_straight_line():
    open_land = np.ones((81, 81), dtype=bool)
    cost = least_cost(open_land, np.array([40 * 81 + 40]), np.array([0]), step_cost=1000, limit=10**9)
    rows, columns = np.indices(cost.shape) - 40
    straight = np.hypot(rows, columns) * 1000
    ratio = cost[straight > 0] / straight[straight > 0]
    assert ratio.min() > 0.999
    assert ratio.max() < 1.028


@pytest.fixture(scope="module")
def toy_surface(toy):
    network = build_network(toy, "today")
    origin = toy["districts"]["district_id"].iloc[0]
    return network, origin, surface(network, [origin], limit_min=60, cell_m=250)


def test_the_surface_holds_the_origin_and_no_water(toy, toy_surface):
    network, origin, found = toy_surface
    at = network.nodes.loc[origin]
    assert found.at(at["lon"], at["lat"])[0] < 1
    assert np.isnan(found.minutes[~found.land.is_land]).all()
    water = toy.polygons("water_bodies").geometry.iloc[0].representative_point()
    assert np.isnan(found.at(water.x, water.y)[0])


def test_places_are_reached_no_later_than_by_the_skim(toy, toy_surface):
    network, origin, found = toy_surface
    towns = toy["towns"]
    times = skim(network, [origin], list(towns["town_id"]))["time_min"].to_numpy()
    cells = found.at(towns["lon"], towns["lat"])
    sure = (times <= 60) & ~np.isnan(cells)
    assert sure.any()
    assert (cells[sure] <= times[sure] + 1e-4).all()


def test_level_sets_are_the_cells_holes_and_all(toy_surface):
    found = toy_surface[2]
    areas = level_sets(found, [20, 40, 60])
    assert tuple(areas.columns) == ISOCHRONE_COLUMNS
    assert areas.crs == "EPSG:4326"
    metric = areas.to_crs("EPSG:4549")
    for row in metric.itertuples():
        assert row.geometry.is_valid
        assert row.geometry.area / 1e6 == pytest.approx(row.area_km2, rel=1e-6)
        assert row.area_km2 == pytest.approx((found.minutes <= row.cutoff_min).sum() * 250**2 / 1e6)
    inner, outer = metric.geometry.iloc[0], metric.geometry.iloc[1]
    assert inner.difference(outer.buffer(0.01)).area < 1


def test_a_hole_stays_a_hole():
    minutes = np.full((5, 5), 10.0)
    minutes[2, 2] = np.nan
    land = Land(np.isfinite(minutes), 400_000.0, 3_400_000.0, 100.0)
    shape = level_sets(Surface(minutes, land, 30.0), [30]).geometry.iloc[0]
    assert len(shape.geoms[0].interiors) == 1


def test_an_expressway_is_not_left_between_junctions(layers):
    """Mid-way between two far junctions, the surface is what going over land from them takes."""
    network = build_network(layers, "today")
    links = network.links
    closed = links[(links["kind"] == "road") & links["road_class"].isin(["expressway", "crossing"])]
    bay = closed[closed["line_id"] == "road:g15-hzwb"].nlargest(1, "length_km").iloc[0]
    shape = layers.lines("road_links").set_index("link_id").geometry[bay["infra_id"]]
    middle = shapely.line_interpolate_point(shape, 0.5, normalized=True)
    found = surface(network, [bay["from_node_id"]], limit_min=90, mode="drive", cell_m=500)
    assert np.isnan(found.at(middle.x, middle.y)[0])
    assert np.isfinite(found.minutes).any()


def test_gains_and_losses_add_up(toy, toy_surface):
    _, origin, now = toy_surface
    eve = surface(build_network(toy, "plan-eve"), [origin], limit_min=60, cell_m=250)
    found = gain_loss(eve, now, [30, 60]).set_index(["cutoff_min", "change"])["area_km2"]
    for limit in (30, 60):
        before, after = (level_sets(s, [limit])["area_km2"].iloc[0] for s in (eve, now))
        assert found[limit, "kept"] + found[limit, "gained"] == pytest.approx(after)
        assert found[limit, "kept"] + found[limit, "lost"] == pytest.approx(before)


def test_union_reaches_what_either_does_and_intersection_what_both_do(toy, toy_surface):
    network, _, one = toy_surface
    other = surface(network, [toy["districts"]["district_id"].iloc[-1]], limit_min=60, cell_m=250)
    either, both = union([one, other]), intersection([one, other])
    a, b = (s.minutes <= 30 for s in (one, other))
    np.testing.assert_array_equal(either.minutes <= 30, a | b)
    np.testing.assert_array_equal(both.minutes <= 30, a & b)
    joint = surface(network, [*one.meta["origins"], *other.meta["origins"]], limit_min=60, cell_m=250)
    np.testing.assert_allclose(either.minutes, joint.minutes, atol=1e-3)


def test_a_range_holds_the_area(toy, toy_surface):
    network, origin, _ = toy_surface
    found = isochrones(network, [origin], [30, 60], cell_m=500, range_=True)
    assert (
        (found["area_low_km2"] <= found["area_km2"]) & (found["area_km2"] <= found["area_high_km2"])
    ).all()
    assert found.attrs["confidence"] in ("high", "medium", "low")


def test_the_raster_reads_back(tmp_path, toy_surface):
    found = toy_surface[2]
    with rasterio.open(write_raster(found, tmp_path / "minutes.tif")) as raster:
        assert raster.crs.to_epsg() == 4549
        assert raster.res == (250, 250)
        np.testing.assert_allclose(raster.read(1), found.minutes.astype(np.float32))
    with pytest.raises(InputError, match=r"\.tif"):
        write_raster(found, tmp_path / "minutes.png")


def test_wrong_input_gets_one_clear_error(toy, toy_surface):
    network, origin, found = toy_surface
    with pytest.raises(InputError, match="ascend"):
        isochrones(network, [origin], [60, 30])
    with pytest.raises(InputError, match="mode door, drive, public, not 'rail'"):
        isochrones(network, [origin], [30], mode="rail")
    with pytest.raises(InputError, match="50 to 5000 m"):
        isochrones(network, [origin], [30], cell_m=1)
    with pytest.raises(InputError, match="built from layers"):
        isochrones(strait(), ["town:a"], [30])
    with pytest.raises(InputError, match="can't be read off"):
        level_sets(found, [90])
    with pytest.raises(UnknownNameError, match="district:nowhere"):
        surface(network, ["district:nowhere"], limit_min=30)
    coarse = Surface(found.minutes, land_of(toy, 500), 60.0)
    with pytest.raises(InputError, match="different cells"):
        gain_loss(found, coarse, [30])
    with pytest.raises(InputError, match="different limits"):
        union([found, Surface(found.minutes, found.land, 30.0)])


def test_points_of_the_user_can_be_asked(toy, toy_surface):
    found = toy_surface[2]
    outside = found.at([0.0], [0.0])
    assert np.isnan(outside).all()
    assert isinstance(repr(found), str)
    assert pd.notna(found.limit_min)
