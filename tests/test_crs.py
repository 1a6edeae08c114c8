"""Datums and metres, against published pairs, the landmark and their own inverses."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from realdata import real

from yrdgis import crs
from yrdgis.errors import CrsError

MILLIMETRE_DEG = 1e-3 / 111_320


def test_landmark_of_hongqiao():
    """The published pair: 121.3155, 31.1940 in WGS84 is 121.3200, 31.1920 in GCJ-02."""
    lon, lat = crs.wgs84_to_gcj02(121.3155, 31.1940)
    assert (round(float(lon), 4), round(float(lat), 4)) == (121.3200, 31.1920)


def test_paired_nodes_agree_both_ways():
    import pandas as pd

    nodes = pd.read_csv(real("awkward/paired_wgs84_gcj02_osm_nodes.csv"))
    lon, lat = crs.wgs84_to_gcj02(nodes["lon_wgs84"], nodes["lat_wgs84"])
    assert np.abs(lon - nodes["lon_gcj02"]).max() < 1.1e-6
    assert np.abs(lat - nodes["lat_gcj02"]).max() < 1.1e-6
    back_lon, back_lat = crs.gcj02_to_wgs84(nodes["lon_gcj02"], nodes["lat_gcj02"])
    assert np.abs(back_lon - nodes["lon_wgs84"]).max() < 1.1e-6
    assert np.abs(back_lat - nodes["lat_wgs84"]).max() < 1.1e-6


@pytest.mark.parametrize(
    ("there", "back"),
    [
        (crs.wgs84_to_gcj02, crs.gcj02_to_wgs84),
        (crs.gcj02_to_bd09, crs.bd09_to_gcj02),
        (crs.wgs84_to_bd09, crs.bd09_to_wgs84),
    ],
)
def test_inverses_are_exact_all_over_china(there, back):
    rng = np.random.default_rng(7)
    lon, lat = rng.uniform(74, 135, 20_000), rng.uniform(3, 53, 20_000)
    back_lon, back_lat = back(*there(lon, lat))
    assert np.abs(back_lon - lon).max() < MILLIMETRE_DEG
    assert np.abs(back_lat - lat).max() < MILLIMETRE_DEG


@given(st.floats(118.0, 123.5), st.floats(28.0, 33.5))
def test_shift_is_some_hundred_metres_in_the_region(lon, lat):
    x, y = crs.wgs84_to_gcj02(lon, lat)
    assert 0.3 < float(crs.distance_km(lon, lat, x, y)) < 0.8


def test_outside_china_nothing_moves():
    lon, lat = crs.wgs84_to_gcj02([2.35, -74.0], [48.85, 40.7])
    assert lon.tolist() == [2.35, -74.0]
    assert lat.tolist() == [48.85, 40.7]
    assert [float(v) for v in crs.gcj02_to_wgs84(2.35, 48.85)] == [2.35, 48.85]


def test_missing_stays_missing_and_does_not_stop_the_others():
    lon, lat = crs.gcj02_to_wgs84([np.nan, 121.5], [31.0, 31.2])
    assert np.isnan(lon[0])
    x, _ = crs.wgs84_to_gcj02(lon[1], lat[1])
    assert abs(float(x) - 121.5) < MILLIMETRE_DEG


def test_converts_between_any_two_datums():
    direct = crs.convert_datum(121.5, 31.2, source="bd09", target="wgs84")
    assert np.allclose(direct, crs.bd09_to_wgs84(121.5, 31.2), atol=0, rtol=0)
    with pytest.raises(CrsError, match=r"No datum 'gcj'. There are: wgs84, gcj02, bd09"):
        crs.convert_datum(121.5, 31.2, source="gcj", target="wgs84")


def test_inputs_are_left_alone():
    lon = np.array([121.5])
    crs.bd09_to_wgs84(lon, np.array([31.2]))
    assert lon.tolist() == [121.5]


@pytest.mark.parametrize(
    ("epsg", "told"), [(4326, "is in degrees"), (4490, "is in degrees"), (2263, "is in US survey foot")]
)
def test_lengths_are_refused_where_there_are_no_metres(epsg, told):
    with pytest.raises(CrsError, match=told):
        crs.require_metres(gpd.GeoSeries([], crs=epsg), name="links")


def test_no_crs_is_refused():
    with pytest.raises(CrsError, match="'links' has no CRS"):
        crs.require_metres(gpd.GeoSeries([]), name="links")
    with pytest.raises(CrsError, match="has no CRS"):
        crs.to_metric(gpd.GeoDataFrame(geometry=[]))


def test_metric_crs_keeps_lengths_in_the_region():
    """A degree of latitude at both ends of the region, against the geodesic."""
    import shapely

    for lon in (119.0, 121.0, 123.2):
        line = gpd.GeoSeries([shapely.LineString([(lon, 30.5), (lon, 31.5)])], crs=4326)
        length_km = crs.to_metric(line).length.iloc[0] / 1000
        assert length_km == pytest.approx(float(crs.distance_km(lon, 30.5, lon, 31.5)), rel=0.0013)
