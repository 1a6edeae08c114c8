"""Datum and CRS: told by where known places lie, or not told."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from realdata import real

from yrdgis.crs import gcj02_to_wgs84, wgs84_to_bd09, wgs84_to_gcj02
from yrdgis.doctor import Reference, examine, mend, tell_datum
from yrdgis.doctor.datum import Test as Outcome
from yrdgis.doctor.datum import judge

SHIFTS = {
    "wgs84": lambda x, y: (np.asarray(x), np.asarray(y)),
    "gcj02": wgs84_to_gcj02,
    "bd09": wgs84_to_bd09,
    "gcj02_twice": lambda x, y: wgs84_to_gcj02(*wgs84_to_gcj02(x, y)),
}


@pytest.fixture(scope="module")
def places() -> pd.DataFrame:
    """Sixty invented towns between Shanghai and Suzhou, no two within a kilometre and a half."""
    rng = np.random.default_rng(7)
    grid = np.stack(np.meshgrid(np.linspace(120.7, 121.6, 10), np.linspace(31.0, 31.5, 6)), -1).reshape(-1, 2)
    grid += rng.uniform(-0.02, 0.02, grid.shape)
    names = [f"{a}{b}镇" for a in "安嘉青松昆太常吴江平" for b in "亭定浦江山仓"]
    return pd.DataFrame({"name_zh": names, "lon": grid[:, 0], "lat": grid[:, 1]})


@pytest.fixture(scope="module")
def counties() -> gpd.GeoDataFrame:
    """Six counties with wavy edges that together cover the towns."""
    t = np.linspace(0, 1, 200)
    wave = 0.02 * np.sin(9 * np.pi * t)
    shapes = []
    for i in range(3):
        for j in range(2):
            west, south = 120.65 + 0.35 * i, 30.95 + 0.3 * j
            down = np.column_stack([west + 0.35 * t, south + wave])
            up = np.column_stack([west + 0.35 * t[::-1], south + 0.3 + wave[::-1]])
            shapes.append(shapely.Polygon(np.vstack([down, up])))
    return gpd.GeoDataFrame({"name": list("abcdef")}, geometry=shapes, crs=4326)


@pytest.fixture(scope="module")
def reference(places, counties) -> Reference:
    return Reference.from_frames(places, counties)


@pytest.mark.parametrize("datum", SHIFTS)
@pytest.mark.parametrize("error_m", [0, 40, 150])
def test_points_with_names_are_told(datum, error_m, places, reference):
    rng = np.random.default_rng(3)
    spread = error_m / 100_000
    x, y = SHIFTS[datum](
        places["lon"] + rng.normal(0, spread, len(places)), places["lat"] + rng.normal(0, spread, len(places))
    )
    verdict = tell_datum(x, y, reference, names=list(places["name_zh"]))
    assert verdict.verdict == datum
    assert verdict.score > 0.75
    assert verdict.examples


@pytest.mark.parametrize("datum", SHIFTS)
def test_points_without_names_are_told_by_how_many_hit_a_place(datum, places, reference):
    assert tell_datum(*SHIFTS[datum](places["lon"], places["lat"]), reference).verdict == datum


@pytest.mark.parametrize("datum", SHIFTS)
def test_boundaries_are_told_by_lying_on_known_ones(datum, counties, reference, tmp_path):
    shifted = counties.copy()
    shifted["geometry"] = shapely.transform(
        counties.geometry.to_numpy(), lambda xy: np.column_stack(SHIFTS[datum](xy[:, 0], xy[:, 1]))
    )
    shifted.drop(columns="name").to_file(tmp_path / "counties.geojson")
    diagnosis = examine(tmp_path / "counties.geojson", reference=reference)
    assert diagnosis.datum.verdict == datum
    assert {t.name for t in diagnosis.datum.tests if t.winner} == {"boundary"}


@pytest.mark.parametrize("datum", SHIFTS)
def test_lines_are_told_by_passing_through_places(datum, places, reference, tmp_path):
    x, y = SHIFTS[datum](places["lon"].to_numpy(), places["lat"].to_numpy())
    lines = [shapely.LineString(np.column_stack([x[i : i + 10], y[i : i + 10]])) for i in range(0, 60, 10)]
    gpd.GeoDataFrame(geometry=lines, crs=4326).to_file(tmp_path / "roads.geojson")
    assert examine(tmp_path / "roads.geojson", reference=reference).datum.verdict == datum


def test_unrelated_points_are_not_sure(reference):
    rng = np.random.default_rng(11)
    for _ in range(20):
        verdict = tell_datum(rng.uniform(120.7, 121.6, 200), rng.uniform(31.0, 31.5, 200), reference)
        assert verdict.verdict == "not sure"


def test_two_points_are_not_enough(places, reference):
    two = places.head(2)
    assert (
        tell_datum(
            two["lon"].to_numpy(), two["lat"].to_numpy(), reference, names=list(two["name_zh"])
        ).verdict
        == "not sure"
    )


def test_positions_a_kilometre_off_are_not_forced_into_a_datum(places, reference):
    rng = np.random.default_rng(5)
    x = places["lon"].to_numpy() + rng.normal(0, 0.01, 60)
    y = places["lat"].to_numpy() + rng.normal(0, 0.01, 60)
    assert tell_datum(x, y, reference, names=list(places["name_zh"])).verdict == "not sure"


def test_a_file_that_mixes_datums_is_not_sure():
    one = Outcome("named", 40, {"wgs84": 30.0, "gcj02": 500.0}, "wgs84", 50.0, "")
    other = Outcome("boundary", 900, {"wgs84": 0.1, "gcj02": 0.8}, "gcj02", 30.0, "")
    verdict = judge([one, other])
    assert verdict.verdict == "not sure"
    assert "disagree" in verdict.why


def test_paired_nodes_of_openstreetmap_agree_with_the_conversion():
    table = pd.read_csv(real("awkward/paired_wgs84_gcj02_osm_nodes.csv"))
    assert len(table) == 96
    x, y = gcj02_to_wgs84(table["lon_gcj02"], table["lat_gcj02"])
    assert np.hypot((x - table["lon_wgs84"]) * 95_000, (y - table["lat_wgs84"]) * 111_000).max() < 0.02


def test_paired_columns_of_one_table_are_told_apart():
    diagnosis = examine(real("awkward/paired_wgs84_gcj02_osm_nodes.csv"))
    pairs = [f for f in diagnosis.findings if f.verdict.startswith("pair")]
    assert [f.verdict for f in pairs] == ["pair: gcj02"]
    assert "lon_gcj02 and lat_gcj02 are lon_wgs84 and lat_wgs84" in pairs[0].message


def test_half_of_the_paired_nodes_tell_the_datum_of_the_other_half():
    table = pd.read_csv(real("awkward/paired_wgs84_gcj02_osm_nodes.csv"))
    known = table.rename(columns={"lon_wgs84": "lon", "lat_wgs84": "lat"}).assign(name_zh=table["osm_id"])
    reference = Reference.from_frames(known)
    for datum in ("wgs84", "gcj02"):
        verdict = tell_datum(table[f"lon_{datum}"].to_numpy(), table[f"lat_{datum}"].to_numpy(), reference)
        assert verdict.verdict == datum


def _written(counties, epsg, path, *, swapped=False, declared=None):
    moved = counties.to_crs(epsg)
    shapes = moved.geometry.to_numpy()
    if swapped:
        shapes = shapely.transform(shapes, lambda xy: xy[:, ::-1])
    frame = gpd.GeoDataFrame({"name": moved["name"]}, geometry=shapes, crs=declared)
    if declared is None:
        frame.assign(wkt=frame.geometry.to_wkt()).drop(columns="geometry").to_csv(path, index=False)
    else:
        frame.to_file(path)
    return path


@pytest.mark.parametrize(
    ("epsg", "what"),
    [
        (4549, "zone without number, 120 E"),
        (4548, "zone without number, 117 E"),
        (4528, "3-degree zone 40"),
        (4529, "3-degree zone 41"),
        (4499, "6-degree zone 21"),
        (32651, "UTM 51"),
        (3857, "Web Mercator"),
    ],
)
@pytest.mark.parametrize("swapped", [False, True])
def test_metres_without_a_crs_are_told(epsg, what, swapped, counties, reference, tmp_path):
    path = _written(counties, epsg, tmp_path / "a.csv", swapped=swapped)
    diagnosis = examine(path, reference=reference)
    chosen = diagnosis.crs.chosen
    assert chosen is not None, what
    assert ("CGCS2000" in chosen.label) == any("Xi'an 1980" in f.message for f in diagnosis.findings)
    assert (chosen.crs, chosen.swapped) == (f"EPSG:{epsg}", swapped)


def test_zone_without_number_and_without_known_places_is_not_sure(counties, tmp_path):
    diagnosis = examine(_written(counties, 4549, tmp_path / "a.csv"))
    assert diagnosis.crs.chosen is None
    assert any("central meridian 120" in e for f in diagnosis.findings for e in f.evidence)


def test_zone_number_alone_is_enough(counties, tmp_path):
    assert examine(_written(counties, 4528, tmp_path / "a.csv")).crs.chosen.crs == "EPSG:4528"


def test_metres_declared_as_degrees_are_told(counties, reference, tmp_path):
    diagnosis = examine(_written(counties, 4549, tmp_path / "a.gpkg", declared=4326), reference=reference)
    assert (diagnosis.crs.status, diagnosis.crs.chosen.crs) == ("wrong", "EPSG:4549")


def test_a_wrong_central_meridian_is_told(counties, reference, tmp_path):
    diagnosis = examine(_written(counties, 4549, tmp_path / "a.gpkg", declared=4547), reference=reference)
    assert (diagnosis.crs.status, diagnosis.crs.chosen.crs) == ("wrong", "EPSG:4549")


def test_swapped_degrees_are_told(counties, tmp_path):
    diagnosis = examine(_written(counties, 4326, tmp_path / "a.geojson", swapped=True, declared=4326))
    assert diagnosis.crs.chosen.swapped
    assert diagnosis.crs.status == "wrong"


@pytest.mark.parametrize("datum", ["gcj02", "bd09", "gcj02_twice"])
def test_mending_brings_points_and_columns_back(datum, places, reference, tmp_path):
    x, y = SHIFTS[datum](places["lon"], places["lat"])
    table = pd.DataFrame({"名称": places["name_zh"], "纬度": x, "经度": y})
    table.to_csv(tmp_path / "a.csv", index=False, encoding="gbk")
    frame, changes = mend(examine(tmp_path / "a.csv", reference=reference))
    assert np.abs(frame.geometry.x - places["lon"]).max() < 1e-9
    assert np.abs(frame.geometry.y - places["lat"]).max() < 1e-9
    assert frame.crs == "EPSG:4326"
    assert np.abs(frame["经度"] - places["lon"]).max() < 1e-6
    assert any(datum in c for c in changes)
    assert any("swapped" in c for c in changes)


def test_mending_never_guesses_a_datum(tmp_path):
    (tmp_path / "a.csv").write_text("lon,lat\n121.1,31.1\n121.2,31.2\n")
    frame, changes = mend(examine(tmp_path / "a.csv"))
    assert frame.geometry.x.tolist() == [121.1, 121.2]
    assert any("give --datum" in c for c in changes)
    told, _ = mend(examine(tmp_path / "a.csv"), datum="gcj02")
    assert told.geometry.x.tolist() == gcj02_to_wgs84([121.1, 121.2], [31.1, 31.2])[0].tolist()
