"""Damaged files of every kind: read, or refused with one clear error; never anything else."""

from __future__ import annotations

import gzip
import zipfile

import geopandas as gpd
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as limits
from hypothesis import strategies as st

from yrdgis.errors import InputError
from yrdgis.io.vectorfile import open_vector

KINDS = (
    "a.geojson",
    "a.csv",
    "a.gpkg",
    "a.shp",
    "a.dbf",
    "a.kml",
    "a.gpx",
    "a.fgb",
    "a.parquet",
    "a.xlsx",
    "a.zip",
    "b.csv.gz",
)


@pytest.fixture(scope="module")
def originals(tmp_path_factory):
    """One small file of each kind."""
    folder = tmp_path_factory.mktemp("originals")
    points = gpd.points_from_xy([121.1, 121.2, 121.3], [31.1, 31.2, 31.3])
    frame = gpd.GeoDataFrame({"name": ["安亭", "花桥", "白鹤"], "n": [1, 2, 3]}, geometry=points, crs=4326)
    frame.to_file(folder / "a.geojson")
    frame.drop(columns="geometry").assign(lon=frame.geometry.x, lat=frame.geometry.y).to_csv(
        folder / "a.csv", index=False
    )
    frame.to_file(folder / "a.gpkg")
    frame.to_file(folder / "a.shp", encoding="gbk")
    frame.to_file(folder / "a.kml", driver="KML")
    # by hand: pyogrio before 0.13 mixes up the fields when it writes one
    marks = "".join(
        f'<wpt lat="{p.y}" lon="{p.x}"><name>{n}</name></wpt>'
        for n, p in zip(frame["name"], points, strict=True)
    )
    gpx = f'<gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1">{marks}</gpx>'
    (folder / "a.gpx").write_text(gpx, encoding="utf-8")
    frame.to_file(folder / "a.fgb", driver="FlatGeobuf")
    frame.to_parquet(folder / "a.parquet")
    frame.drop(columns="geometry").to_excel(folder / "a.xlsx", index=False)
    with zipfile.ZipFile(folder / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(folder / "a.geojson", "a.geojson")
    with gzip.open(folder / "b.csv.gz", "wb") as file:
        file.write((folder / "a.csv").read_bytes())
    return folder


@pytest.mark.parametrize("name", KINDS)
@limits(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cut=st.none() | st.floats(0, 1),
    flips=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=6),
)
def test_damage_gives_one_clear_error_or_a_frame(name, cut, flips, originals, tmp_path):
    stem = name.split(".")[0]
    for part in originals.glob(f"{stem}.*"):
        if part.suffix in (".shp", ".shx", ".dbf", ".prj", ".cpg"):
            (tmp_path / part.name).write_bytes(part.read_bytes())
    raw = bytearray((originals / name).read_bytes())
    raw = raw if cut is None else raw[: int(cut * len(raw))]
    for at, value in flips if raw else []:
        raw[int(at * len(raw))] = value
    path = tmp_path / name
    path.write_bytes(raw)
    try:
        opened = open_vector(path)
    except InputError:
        return
    assert len(opened.frame.columns) >= 1
