"""Cases that nobody chose by hand: samples of the layers' towns, shifted, disturbed, mixed up, in many CRS."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from pyproj import CRS, Transformer

from yrdgis.crs import distance_km, wgs84_to_bd09, wgs84_to_gcj02
from yrdgis.doctor import Reference, tell_datum
from yrdgis.doctor.coordinates import tell_crs

SHIFTS = {
    "wgs84": lambda x, y: (np.asarray(x), np.asarray(y)),
    "gcj02": wgs84_to_gcj02,
    "bd09": wgs84_to_bd09,
    "gcj02_twice": lambda x, y: wgs84_to_gcj02(*wgs84_to_gcj02(x, y)),
}


@pytest.fixture(scope="module")
def reference(layers):
    return Reference.from_layers(layers)


@pytest.fixture(scope="module")
def towns(layers):
    table = layers["towns"]
    return table[table["confidence"] != "low"]


def _sample(towns, rng, size, within_m):
    """Some towns, each at another point within some metres."""
    part = towns.sample(size, random_state=int(rng.integers(1 << 30)))
    turn, far = rng.uniform(0, 2 * np.pi, size), within_m * np.sqrt(rng.random(size))
    lon = part["lon"].to_numpy() + far * np.cos(turn) / 95_000
    lat = part["lat"].to_numpy() + far * np.sin(turn) / 111_000
    return lon, lat, list(part["name_zh"])


def _answers(towns, reference, *, sizes, within_m, named, times):
    rng = np.random.default_rng(hash((within_m, named)) % 1000)
    told = Counter()
    for size in sizes:
        for datum, shift in SHIFTS.items():
            for _ in range(times):
                lon, lat, names = _sample(towns, rng, size, within_m)
                verdict = tell_datum(*shift(lon, lat), reference, names=names if named else None).verdict
                told[verdict if verdict == "not sure" else "right" if verdict == datum else "wrong"] += 1
    return told


@pytest.mark.parametrize(
    ("sizes", "within_m", "named", "right"),
    [
        ((5, 20, 200), 50, True, 1.0),
        ((20, 200), 50, False, 0.9),
        ((5, 20, 200), 300, True, 0.8),
        ((5, 20), 2000, True, 0.0),  # so far off that nothing can be told, and nothing is
    ],
)
def test_samples_of_towns_are_told_or_not_sure_and_never_wrong(
    sizes, within_m, named, right, towns, reference
):
    told = _answers(towns, reference, sizes=sizes, within_m=within_m, named=named, times=2)
    assert told["wrong"] == 0
    assert told["right"] / told.total() >= right


@pytest.mark.parametrize("named", [True, False])
def test_files_that_mix_two_datums_are_not_sure(named, towns, reference):
    rng = np.random.default_rng(31)
    for one, other in (("wgs84", "gcj02"), ("bd09", "wgs84"), ("gcj02", "gcj02_twice")):
        for size in (20, 80):
            lon, lat, names = _sample(towns, rng, size, 30)
            parts = [
                SHIFTS[one](lon[: size // 2], lat[: size // 2]),
                SHIFTS[other](lon[size // 2 :], lat[size // 2 :]),
            ]
            x, y = (np.concatenate([p[k] for p in parts]) for k in (0, 1))
            verdict = tell_datum(x, y, reference, names=names if named else None)
            assert verdict.verdict == "not sure"
            if named:
                assert "mix" in verdict.why


@pytest.mark.parametrize("names", [None, "of here"])
def test_data_far_from_all_that_is_known_are_not_sure(names, towns, reference):
    rng = np.random.default_rng(5)
    lon, lat = 104.06 + rng.normal(0, 0.1, 60), 30.67 + rng.normal(0, 0.1, 60)
    told = list(towns["name_zh"].head(60)) if names else None
    assert tell_datum(lon, lat, reference, names=told).verdict == "not sure"


def test_a_file_halfway_between_two_datums_is_not_sure(towns, reference):
    lon, lat, names = _sample(towns, np.random.default_rng(8), 200, 10)
    x, y = wgs84_to_gcj02(lon, lat)
    assert tell_datum((lon + x) / 2, (lat + y) / 2, reference, names=names).verdict == "not sure"


@pytest.mark.parametrize("epsg", [4326, 4549, 4548, 4550, 4527, 4528, 4498, 4499, 32650, 32651, 3857])
@pytest.mark.parametrize("swapped", [False, True])
def test_no_crs_is_told_wrongly(epsg, swapped, towns, reference):
    rng = np.random.default_rng(epsg)
    for size in (1, 5, 40):
        lon, lat, _ = _sample(towns, rng, size, 0)
        x, y = Transformer.from_crs(4326, epsg, always_xy=True).transform(lon, lat)
        x, y = (y, x) if swapped else (x, y)
        for declared in (None, CRS(4326), CRS(3857)):
            chosen = tell_crs(x, y, declared, reference).chosen
            if chosen is not None:
                assert distance_km(*chosen.degrees(x, y), lon, lat).max() < 0.005


def test_a_zone_reaches_beyond_its_strip():
    """122.2 E in the zone of 117 E: half a province is often kept in one zone."""
    x, y = Transformer.from_crs(4326, 4527, always_xy=True).transform(122.0, 30.0)
    assert x > 39_980_000
    assert tell_crs(np.array([x]), np.array([y]), None, None).chosen.crs == "EPSG:4527"


def test_a_recorded_crs_that_can_not_hold_the_numbers_is_not_believed(towns, reference):
    x, y = Transformer.from_crs(4326, 4528, always_xy=True).transform(121.3, 31.2)
    verdict = tell_crs(np.array([x]), np.array([y]), CRS(3857), None)
    assert (verdict.chosen.crs, verdict.status) == ("EPSG:4528", "wrong")
    nowhere = tell_crs(np.array([9e7]), np.array([9e7]), CRS(3857), reference)
    assert (nowhere.chosen, nowhere.status) == (None, "not sure")
    assert "Pseudo-Mercator" in nowhere.why
