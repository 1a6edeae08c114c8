"""PostGIS without a server: what is refused before anything is sent, and what messages may not show."""

from __future__ import annotations

import logging
import re
import socket
import sys
import traceback

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Point, Polygon

from yrdgis.errors import CrsError, InputError, LayerError, MissingExtraError, OutputError, UnknownNameError
from yrdgis.io import _pg, postgis
from yrdgis.io._pg import name_faults
from yrdgis.io._pg_columns import result_columns
from yrdgis.io._pg_shapes import drawn, undrawn
from yrdgis.io._region import schema_rows
from yrdgis.io.schema import schema_of

NOWHERE = "postgresql://planner:geheim@127.0.0.1:1/plans"

HOSTILE = [
    'towns"; DROP TABLE towns; --',
    "towns'; SELECT pg_sleep(9); --",
    "public.towns",
    "a b",
    "a-b",
    "1a",
    "",
    "a\0b",
    "a\nb",
    "a%sb",
    "$1",
    "a\u200bb",
    "cafe\u0301",
    "镇" * 22,
    "x" * 64,
    "pg_catalog.x",
    "towns/*",
    "\\",
]


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("kind", ["schema", "table", "column"])
def test_hostile_names_are_refused(kind, name):
    (fault,) = name_faults(kind, [name])
    assert fault.startswith(f"{kind} ")
    assert "\n" not in fault
    assert "\0" not in fault


@pytest.mark.parametrize("name", ["time_min", "备注", "Straße", "镇" * 21, "x" * 63, "_a", "select", "user"])
def test_plain_names_pass(name):
    assert name_faults("column", [name]) == []


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("schema", "pg_toast"),
        ("schema", "PG_x"),
        ("schema", "information_schema"),
        ("table", "spatial_ref_sys"),
        ("table", "yrdgis_catalog"),
        ("column", "ctid"),
        ("column", "row_no"),
        ("column", "geom"),
        ("column", 7),
    ],
)
def test_names_that_are_taken(kind, name):
    assert len(name_faults(kind, [name])) == 1


@given(st.text(max_size=80))
def test_a_name_that_passes_needs_no_quotes_to_be_safe(name):
    if not name_faults("table", [name]):
        assert not set(name) & set("\"'\\;%:$.-/ \t\n\r\0()")
        assert len(name.encode()) <= 63


def test_everything_wrong_with_names_at_once_and_before_any_connection(layers):
    frame = pd.DataFrame({"a b": [1], "x": [2], 'c"d': [3]})
    with pytest.raises(InputError) as caught:
        postgis.write_result(frame, NOWHERE, "t;", schema="pg_x")
    assert "4 problems" in str(caught.value)
    for told in ("'t;'", "'pg_x'", "'a b'", "'c\"d'"):
        assert told in str(caught.value)
    with pytest.raises(InputError, match="schema"):
        postgis.write_layers(layers, NOWHERE, schema='x"; drop schema public cascade; --')
    for read in (postgis.read_layers, lambda t, **k: postgis.read_layer(t, "towns", **k)):
        with pytest.raises(InputError, match="no name for PostgreSQL"):
            read(NOWHERE, schema="x y")


def test_a_region_with_hostile_names_is_refused(toy_copy):
    from yrdgis.io import load_layers

    catalog = toy_copy / "catalog.csv"
    catalog.write_text(
        re.sub(r"(?m)^towns,", '"towns""; drop",', catalog.read_text(encoding="utf-8")), encoding="utf-8"
    )
    with pytest.raises(InputError, match="only letters, digits and underscores"):
        postgis.write_layers(load_layers(toy_copy), NOWHERE)
    catalog.write_text(
        catalog.read_text(encoding="utf-8").replace('"towns""; drop",', "towns,"), encoding="utf-8"
    )
    towns = toy_copy / "nodes" / "towns.csv"
    lines = towns.read_text(encoding="utf-8").splitlines()
    towns.write_text(
        "\n".join([lines[0] + ',"x) drop"', *(line + ",1" for line in lines[1:])]), encoding="utf-8"
    )
    with pytest.raises(InputError, match=r"Layer towns.*'x\) drop'"):
        postgis.write_layers(load_layers(toy_copy), NOWHERE)


def test_values_that_no_text_may_hold_are_named():
    frame = pd.DataFrame({"a": ["x", "y\0z"], "b": ["ok", "\ud800"], "c": [("p", "q\0"), ()]}, dtype=object)
    with pytest.raises(InputError) as caught:
        result_columns(frame)
    told = str(caught.value)
    assert "3 problems" in told
    assert "column 'a', row 2" in told
    assert "column 'c', row 1" in told


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ([{"a": 1}, None], "holds dict"),
        ([1, "a"], "holds int, str"),
        ([2**63, 1], "more than 64 bits"),
        ([("a", 1)], "holds tuple"),
        ([("a",), ["b"]], "holds list, tuple"),
        (pd.Series([1, 2], dtype="timedelta64[ns]"), "timedelta64"),
        (pd.Series([1 + 2j]), "complex128"),
        (pd.Series(pd.to_datetime(["2020-01-01T00:00:00.000000001"])), "finer than a microsecond"),
        (pd.Series(pd.period_range("2020", periods=1, freq="D")), "period"),
    ],
)
def test_values_without_a_type_are_refused(values, told):
    series = values if isinstance(values, pd.Series) else pd.Series(values, dtype=object)
    frame = pd.DataFrame({"fine": [1] * len(series), "odd": series})
    with pytest.raises(InputError, match=r"column 'odd'.*" + re.escape(told)):
        result_columns(frame)


def test_shapes_without_a_crs_are_refused():
    bare = gpd.GeoDataFrame({"a": [1]}, geometry=[Point(1, 2)])
    with pytest.raises(CrsError, match="no CRS that EPSG knows"):
        postgis.write_result(bare, NOWHERE, "t")
    odd = bare.set_crs("+proj=aeqd +lat_0=31 +lon_0=121 +datum=WGS84")
    with pytest.raises(CrsError, match="no CRS that EPSG knows"):
        postgis.write_result(odd, NOWHERE, "t")
    mixed = gpd.GeoDataFrame({"a": [1, 2]}, geometry=[Point(1, 2), Point(1, 2, 3)], crs=4326)
    with pytest.raises(InputError, match="heights"):
        postgis.write_result(mixed, NOWHERE, "t")


SQUARE = Polygon([(0, 0), (1, 0), (1, 1)])
TWO = MultiPolygon([SQUARE, Polygon([(5, 5), (6, 5), (6, 6)])])


@pytest.mark.parametrize(
    ("shapes", "geometry", "declared", "promoted"),
    [
        ([], "", "GEOMETRY", False),
        ([], "point", "POINT", False),
        ([], "polygon", "MULTIPOLYGON", False),
        ([None], "line", "LINESTRING", False),
        ([SQUARE], "", "POLYGON", False),
        ([SQUARE], "polygon", "MULTIPOLYGON", True),
        ([SQUARE, None, TWO], "", "MULTIPOLYGON", True),
        ([SQUARE, MultiPolygon([SQUARE])], "polygon", "GEOMETRY", False),
        ([MultiPolygon([SQUARE])], "polygon", "MULTIPOLYGON", False),
        ([SQUARE, Polygon()], "polygon", "GEOMETRY", False),
        ([Point(1, 2), LineString([(0, 0), (1, 1)])], "", "GEOMETRY", False),
        ([Point(1, 2, 3)], "", "POINTZ", False),
    ],
)
def test_shapes_get_a_type_and_come_back(shapes, geometry, declared, promoted):
    made = drawn(shapes, 4326, geometry)
    assert (made.type, made.promoted) == (declared, promoted)
    back, srids = undrawn(made.values, promoted=made.promoted)
    assert [s and s.wkb for s in back] == [s and s.wkb for s in shapes]
    assert srids == ({4326} if any(shapes) else set())


def test_schemas_come_back_from_their_rows(layers):
    for layer_id in layers:
        schema = layers.schema(layer_id)
        assert schema_of(schema.name, schema_rows(schema)) == schema


@pytest.mark.parametrize(
    "target",
    [
        "mysql://u:geheim@h/d",
        "postgresql://u:geheim@h:port/d",
        "postgresql://u:ge/heim@h:x/d",
        "not a url geheim",
        "",
        "/some/geheim.csv",
        7,
    ],
)
def test_what_is_no_address_is_not_repeated(target, layers):
    with pytest.raises(InputError, match="No address of a PostgreSQL database") as caught:
        postgis.write_layers(layers, target, only=["towns"])
    assert "heim" not in "".join(traceback.format_exception(caught.value))


def test_an_engine_of_another_database_is_refused():
    sqlalchemy = pytest.importorskip("sqlalchemy")
    with pytest.raises(InputError, match="engine of sqlite"):
        postgis.read_layers(sqlalchemy.create_engine("sqlite://"))


@pytest.mark.parametrize("query", ["", "?password=geheim2&sslmode=disable"])
def test_no_server_is_one_message_without_a_password(layers, caplog, monkeypatch, query):
    monkeypatch.setenv("PGPASSWORD", "geheim3")
    caplog.set_level(logging.DEBUG)
    with pytest.raises(
        OutputError, match=r"PostgreSQL at 127\.0\.0\.1:1/plans can't be used: .*refused"
    ) as caught:
        postgis.write_layers(layers, NOWHERE + query, only=["short_names"])
    told = "".join(traceback.format_exception(caught.value)) + caplog.text + repr(caught.value.__dict__)
    assert "geheim" not in told
    with pytest.raises(InputError, match="can't be used"):
        postgis.read_layers(NOWHERE + query)


def test_a_server_that_says_nothing_is_given_up(monkeypatch):
    monkeypatch.setattr(_pg, "_CONNECT_SECONDS", 2)
    monkeypatch.delenv("PGCONNECT_TIMEOUT", raising=False)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        port = deaf.getsockname()[1]
        with pytest.raises(InputError, match=r"can't be used: .*timeout"):
            postgis.read_layers(f"postgresql://u@127.0.0.1:{port}/d")


@pytest.mark.parametrize("missing", ["sqlalchemy", "geoalchemy2", "psycopg"])
def test_the_extra_is_named_where_it_is_missing(layers, monkeypatch, missing):
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(MissingExtraError, match=r"pip install 'yrdgis\[postgis\]'"):
        postgis.write_layers(layers, NOWHERE, only=["towns"])


def test_choices_are_checked(layers):
    with pytest.raises(InputError, match="if_exists is 'fail' or 'replace', not 'append'"):
        postgis.write_layers(layers, NOWHERE, if_exists="append")
    with pytest.raises(InputError, match="contradictions"):
        postgis.read_layers(NOWHERE, contradictions="ignore")
    with pytest.raises(UnknownNameError, match="Did you mean towns"):
        postgis.write_layers(layers, NOWHERE, only=["town"])
    with pytest.raises(InputError, match="no columns"):
        postgis.write_result(pd.DataFrame(index=np.arange(3)), NOWHERE, "t")


def test_a_key_that_stands_twice_is_named(toy_copy):
    from yrdgis.io import load_layers

    file = toy_copy / "nodes" / "towns.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join([*lines, lines[1], "," + lines[1].split(",", 1)[1]]), encoding="utf-8")
    with pytest.raises(LayerError) as caught:
        postgis.write_layers(load_layers(toy_copy), NOWHERE)
    assert "stands twice" in str(caught.value)
    assert "blank in 1 rows" in str(caught.value)
