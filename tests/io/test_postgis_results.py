"""Results to a PostGIS database and back, and the command line."""

from __future__ import annotations

import datetime as dt
import json
import secrets

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from shapely import GeometryCollection, LineString, MultiPoint, MultiPolygon, Point, Polygon

from yrdgis.errors import InputError, OutputError, UnknownNameError
from yrdgis.io import postgis

pytestmark = pytest.mark.xdist_group("postgis")

BIG = 2**63 - 1
SQUARE = Polygon([(120, 30), (121, 30), (121, 31)])


def everything():
    """A table with each type of column, and what is missing in each."""
    return pd.DataFrame(
        {
            "text": ["苏州", None, ""],
            "string": pd.array(["a", None, "NULL"], dtype="string"),
            "whole": [BIG, -BIG - 1, 0],
            "maybe": pd.array([BIG, None, -1], dtype="Int64"),
            "unsigned": np.array([2**64 - 1, 0, 1], dtype="uint64"),
            "small": np.array([1, 2, 3], dtype="int8"),
            "float": [0.1 + 0.2, np.nan, -0.0],
            "huge": [1.7976931348623157e308, 5e-324, np.inf],
            "single": np.array([0.1, np.nan, 3e38], dtype="float32"),
            "nullable": pd.array([1.5, None, 2.5], dtype="Float64"),
            "flag": [True, False, True],
            "perhaps": pd.array([True, None, False], dtype="boolean"),
            "day": pd.to_datetime(["2018-10-31", None, "1900-01-01"]).astype("datetime64[ns]"),
            "moment": pd.to_datetime(["2026-11-01T23:59:59.123456", None, "2026-03-29T02:30:00.5"]).astype(
                "datetime64[us]"
            ),
            "zoned": pd.to_datetime(["2026-11-01T00:30", None, "1969-12-31T00:00"]).tz_localize(
                "Asia/Shanghai"
            ),
            "date": [dt.date(2026, 11, 1), None, dt.date(1, 1, 1)],
            "tuple": [("a", 'b,"c'), (), ("NULL", "", "{}")],
            "list": [["x"], None, []],
            "kind": pd.Categorical(["a", None, "b"]),
            "nothing": pd.Series([None, None, None], dtype=object),
        }
    )


def test_every_type_comes_back_as_it_was(engine, schema):
    frame = everything()
    frame.attrs = {
        "as_of": "2026-11-01",
        "confidence": "low",
        "share": np.float64(0.25),
        "note": ["a", {"b": None}],
    }
    assert postgis.write_result(frame, engine, "everything", schema=schema) == 3
    back = postgis.read_result(engine, "everything", schema=schema)
    assert_frame_equal(back, frame, check_exact=True)
    assert back.dtypes.tolist() == frame.dtypes.tolist()
    assert np.signbit(back["float"].iloc[2])
    assert back["text"].isna().tolist() == [False, True, False]
    assert back.attrs == {**frame.attrs, "share": 0.25}


def test_days_do_not_move_with_the_clock_of_the_session(engine, schema, postgis_url):
    import sqlalchemy as sa

    west = sa.create_engine(engine.url, connect_args={"options": "-c TimeZone=America/Los_Angeles"})
    frame = everything()[["day", "moment", "zoned", "date"]]
    postgis.write_result(frame, west, "days", schema=schema)
    assert_frame_equal(postgis.read_result(engine, "days", schema=schema), frame)
    assert_frame_equal(postgis.read_result(west, "days", schema=schema), frame)
    with west.begin() as connection:
        (day, date) = connection.execute(sa.text(f"SELECT day::text, date::text FROM {schema}.days")).first()
    assert (day, date) == ("2018-10-31 00:00:00", "2026-11-01")
    west.dispose()


@pytest.mark.parametrize(
    ("shapes", "epsg", "kind"),
    [
        ([Point(0.1 + 0.2, 30), None], 4326, "POINT"),
        ([SQUARE, MultiPolygon([SQUARE, SQUARE.buffer(-0.1)])], 4326, "MULTIPOLYGON"),
        ([SQUARE, MultiPolygon([SQUARE])], 4326, "GEOMETRY"),
        ([Point(500000.123456789, 3400000)], 4549, "POINT"),
        ([Point(1, 2, 3), Point(4, 5, 6)], 4326, "POINT"),
        ([GeometryCollection([Point(1, 2), SQUARE]), LineString([(0, 0), (1, 1)])], 4326, "GEOMETRY"),
        ([Point(), MultiPoint([(1, 2), (3, 4)]), Polygon()], 3857, "GEOMETRY"),
        ([], 4326, "GEOMETRY"),
        ([None, None], 4326, "GEOMETRY"),
    ],
)
def test_shapes_come_back_bit_for_bit(engine, schema, shapes, epsg, kind):
    import sqlalchemy as sa

    frame = gpd.GeoDataFrame({"n": range(len(shapes))}, geometry=gpd.GeoSeries(shapes, crs=epsg))
    frame = frame.rename_geometry("area")[["area", "n"]]
    postgis.write_result(frame, engine, "shapes", schema=schema)
    back = postgis.read_result(engine, "shapes", schema=schema)
    assert back.active_geometry_name == "area"
    assert list(back.columns) == ["area", "n"]
    assert back.crs == frame.crs
    assert back["area"].to_wkb().tolist() == frame["area"].to_wkb().tolist()
    with engine.begin() as connection:
        found = connection.execute(
            sa.text("SELECT type, srid, f_geometry_column FROM geometry_columns WHERE f_table_schema = :s"),
            {"s": schema},
        ).all()
    assert [tuple(row) for row in found] == [(kind, epsg, "geom")]


def test_a_named_index_comes_back_and_row_labels_do_not(engine, schema):
    frame = pd.DataFrame({"from_id": ["b", "a"], "to_id": ["x", "y"], "n": [1, 2]})
    for indexed in (frame.set_index("from_id"), frame.set_index(["to_id", "from_id"])):
        postgis.write_result(indexed, engine, "indexed", schema=schema, if_exists="replace")
        assert_frame_equal(postgis.read_result(engine, "indexed", schema=schema), indexed)
    postgis.write_result(frame.iloc[::-1], engine, "indexed", schema=schema, if_exists="replace")
    back = postgis.read_result(engine, "indexed", schema=schema)
    assert_frame_equal(back, frame.iloc[::-1].reset_index(drop=True))
    with pytest.raises(InputError, match="stands twice"):
        postgis.write_result(frame.set_index("n").assign(n=1), engine, "twice", schema=schema)


def test_an_empty_result_keeps_its_types(engine, schema):
    frame = everything().iloc[:0]
    postgis.write_result(frame, engine, "empty", schema=schema)
    back = postgis.read_result(engine, "empty", schema=schema)
    kept = [c for c in frame if c not in ("tuple", "list", "date", "kind")]
    assert_frame_equal(back[kept], frame[kept], check_index_type=False)


def test_travel_times_come_back_with_what_they_rest_on(toy, engine, schema):
    import sqlalchemy as sa

    import yrdgis as yg

    times = yg.Area(toy).network("today").times("甲西", to="cities")
    postgis.write_result(times, engine, "times", schema=schema, source="yrdgis", licence="ODbL-1.0")
    back = postgis.read_result(engine, "times", schema=schema, layers=toy)
    assert_frame_equal(pd.DataFrame(back), pd.DataFrame(times), check_exact=True)
    assert back.attrs == times.attrs
    assert "甲" in back.yrd.map().get_root().render()
    with engine.begin() as connection:
        row = connection.execute(sa.text(f"SELECT * FROM {schema}.yrdgis_results")).mappings().one()
    assert (row["table_name"], row["as_of"]) == ("times", toy.valid_on)
    assert (row["source"], row["licence"], row["confidence"]) == (
        "yrdgis",
        "ODbL-1.0",
        times.attrs["confidence"],
    )
    assert str(toy.root) not in json.dumps(row["attrs"])  # a path of this machine is nobody's business


def test_a_result_is_replaced_only_on_purpose(engine, schema):
    one, two = pd.DataFrame({"a": [1]}), pd.DataFrame({"b": ["x", "y"]})
    postgis.write_result(one, engine, "r", schema=schema)
    with pytest.raises(OutputError, match="already holds r"):
        postgis.write_result(two, engine, "r", schema=schema)
    assert_frame_equal(postgis.read_result(engine, "r", schema=schema), one)
    postgis.write_result(two, engine, "r", schema=schema, if_exists="replace")
    assert_frame_equal(postgis.read_result(engine, "r", schema=schema), two)


def test_cells_emptied_in_the_database_are_blank(engine, schema):
    import sqlalchemy as sa

    postgis.write_result(everything()[["whole", "flag", "float"]], engine, "r", schema=schema)
    with engine.begin() as connection:
        connection.execute(
            sa.text(f"UPDATE {schema}.r SET whole = NULL, flag = NULL, float = NULL WHERE row_no = 1")
        )
    back = postgis.read_result(engine, "r", schema=schema)
    assert back["whole"].tolist() == [pd.NA, -BIG - 1, 0]
    assert back.isna().sum().tolist() == [1, 1, 2]


def test_what_is_not_there_is_told(engine, schema):
    import sqlalchemy as sa

    with pytest.raises(UnknownNameError, match="No result 'r' in schema"):
        postgis.read_result(engine, "r", schema=schema)
    postgis.write_result(pd.DataFrame({"a": [1], "b": [2]}), engine, "result", schema=schema)
    with pytest.raises(UnknownNameError, match="Did you mean result"):
        postgis.read_result(engine, "results", schema=schema)
    with engine.begin() as connection:
        connection.execute(sa.text(f"ALTER TABLE {schema}.result DROP COLUMN b"))
    with pytest.raises(InputError, match="no column 'b'"):
        postgis.read_result(engine, "result", schema=schema)


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


@st.composite
def frames(draw):
    count = draw(st.integers(1, 5))

    def column(values, dtype):
        return pd.Series(draw(st.lists(values, min_size=count, max_size=count)), dtype=dtype)

    moments = st.datetimes()
    return pd.DataFrame(
        {
            "text": column(st.none() | TEXTS, object),
            "zoned": column(st.none() | moments, "datetime64[us]").dt.tz_localize("UTC"),
            "float": column(st.floats(allow_nan=True), "float64"),
            "int": column(st.none() | st.integers(-(2**63), 2**63 - 1), "Int64"),
            "day": column(st.none() | moments, "datetime64[us]"),
            "list": column(st.lists(TEXTS, max_size=3).map(tuple), object),
            "地名": column(TEXTS, object),
        }
    )


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(frame=frames())
def test_any_table_comes_back_as_it_was(engine, schema, frame):
    name = f"t_{secrets.token_hex(4)}"
    postgis.write_result(frame, engine, name, schema=schema)
    back = postgis.read_result(engine, name, schema=schema)
    assert_frame_equal(back, frame, check_exact=True)
    assert back["float"].to_numpy().tobytes() == frame["float"].replace(np.nan, np.nan).to_numpy().tobytes()


def test_the_command_line_writes_and_reads_all(run, toy, postgis_url, schema, tmp_path):
    export = ("--layers", toy.root, "layers", "export")
    code, out, err = run(*export, "all", "--to", postgis_url, "--schema", schema)
    rows = sum(len(toy[layer_id]) for layer_id in toy)
    assert (code, out, err) == (0, "", f"{schema}: {rows} rows of {len(toy)} layers\n")
    code, _, err = run(*export, "towns", "--to", postgis_url, "--schema", schema)
    assert code == 1
    assert "already holds towns" in err
    assert len(err.splitlines()) == 1
    code, _, err = run(*export, "towns", "--to", postgis_url, "--schema", schema, "--if-exists", "replace")
    assert (code, err) == (0, f"{schema}: {len(toy['towns'])} rows of towns\n")
    folder = tmp_path / "region"
    code, out, err = run("layers", "import", postgis_url, "--schema", schema, "--to", folder)
    assert (code, out, err) == (0, "", f"{folder}: {len(toy)} layers valid on {toy.valid_on}\n")
    assert run("check", folder)[0] == 0
    code, _, err = run("layers", "import", postgis_url, "--schema", schema, "--to", folder)
    assert (code, "is not empty" in err) == (1, True)


def test_a_password_never_shows(run, toy, postgis_url, schema):
    import sqlalchemy as sa

    secret = str(sa.make_url(postgis_url).password)
    wrong = postgis_url.replace(secret, "geheim")
    for verbosity in ("-v", "-vv"):
        for url in (postgis_url, wrong):
            told = run(
                verbosity, "--layers", toy.root, "layers", "export", "towns", "--to", url, "--schema", schema
            )
            assert secret not in str(told)
            assert "geheim" not in str(told)
