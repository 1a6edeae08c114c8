"""Layers to a PostGIS database and back: exact, whole or not at all, and nothing of others is touched."""

from __future__ import annotations

import logging
import secrets
import threading
import traceback

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from yrdgis.errors import InputError, LayerError, OutputError, UnknownNameError
from yrdgis.io import _pg_tables, check_layers, load_layers, postgis

pytestmark = pytest.mark.xdist_group("postgis")

FEW = ("cities", "towns", "projects", "rail_stations", "rail_links", "rail_shapes")
"""Of the made-up region: a layer with polygons, two with points, one with lines, and tables."""

NASTY = [
    "'); DROP TABLE towns; --",
    '"quoted" and \\back\\slash\\.',
    "\\N",
    "NULL",
    "=cmd|' /C calc'!A0",
    "100 % of %s and %(x)s :name $1",
    "tab\there",
    'line\nbreak\r\nand "more"',
    '{a,NULL,"b"}',
    "  blanks at the ends  ",
    "苏州 🚄 \u202eرقم e\u0301",
    "0",
    "<script>alert(1)</script>",
]


@pytest.fixture(scope="module")
def shipped(engine, layers):
    """Schema that holds the shipped layers, for tests that only look."""
    import sqlalchemy as sa

    name = f"test_{secrets.token_hex(6)}"
    counts = postgis.write_layers(layers, engine, schema=name, audience="internal")
    assert counts == {layer_id: len(layers[layer_id]) for layer_id in layers}
    yield name
    with engine.begin() as connection:
        connection.execute(sa.schema.DropSchema(name, cascade=True))


@pytest.fixture
def sql(engine):
    """Run one statement behind the back of yrdgis, and give its rows."""
    import sqlalchemy as sa

    def run(statement, **values):
        with engine.begin() as connection:
            found = connection.execute(sa.text(statement), values)
            return [tuple(row) for row in found] if found.returns_rows else []

    return run


def state(engine, schema):
    """All tables of a schema with their rows, as texts."""
    import sqlalchemy as sa

    with engine.begin() as connection:
        names = sorted(sa.inspect(connection).get_table_names(schema))
        return {
            name: sorted(
                str(row[0])
                for row in connection.execute(sa.text(f'SELECT t::text FROM "{schema}"."{name}" t'))
            )
            for name in names
        }


def assert_same_layers(one, other, only=None):
    assert list(other) == [layer_id for layer_id in one if only is None or layer_id in only]
    for layer_id in other:
        assert_frame_equal(one[layer_id], other[layer_id], check_exact=True)
        assert one.schema(layer_id) == other.schema(layer_id)
        assert one.info(layer_id) == other.info(layer_id)
        if one.info(layer_id).geometry != "none":
            mine, theirs = one.geometry(layer_id).geometry, other.geometry(layer_id).geometry
            assert mine.to_wkb().tolist() == theirs.to_wkb().tolist()


def test_the_shipped_layers_come_back_exactly(shipped, layers, engine, tmp_path):
    back = postgis.read_layers(engine, schema=shipped, folder=tmp_path / "region")
    assert back.root == tmp_path / "region"
    assert back.valid_on == layers.valid_on
    assert_same_layers(layers, back)
    for layer_id in ("towns", "rail_links", "districts", "borders", "ecology", "parameters"):
        one = postgis.read_layer(engine, layer_id, schema=shipped)
        whole = layers[layer_id] if layer_id == "parameters" else layers.geometry(layer_id)
        assert type(one) is type(whole)
        assert getattr(one, "crs", None) == getattr(whole, "crs", None)
        assert_frame_equal(pd.DataFrame(one), pd.DataFrame(whole), check_exact=True)


def test_tables_are_declared(shipped, layers, sql):
    declared = {
        table: (kind, srid)
        for table, kind, srid in sql(
            "SELECT f_table_name, type, srid FROM geometry_columns WHERE f_table_schema = :s", s=shipped
        )
    }
    drawn = {layer_id for layer_id in layers if layers.info(layer_id).geometry != "none"}
    assert set(declared) == drawn
    assert {srid for _, srid in declared.values()} == {4326}
    assert "GEOMETRY" not in {kind for kind, _ in declared.values()}
    assert declared["towns"][0] == "POINT"
    assert declared["rail_links"][0] == "LINESTRING"
    assert declared["districts"][0] == "MULTIPOLYGON"
    gist = sql(
        "SELECT tablename FROM pg_indexes WHERE schemaname = :s AND indexdef LIKE '%USING gist (geom)'",
        s=shipped,
    )
    assert {name for (name,) in gist} == drawn
    keys = dict(
        sql(
            "SELECT c.relname, string_agg(a.attname, ',') FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid"
            " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY(i.indkey)"
            " WHERE i.indisprimary AND c.relnamespace = CAST(CAST(:s AS text) AS regnamespace) GROUP BY 1",
            s=shipped,
        )
    )
    for layer_id in layers:
        assert keys[layer_id] == (layers.schema(layer_id).key or "row_no")


def test_columns_have_types_and_chinese_comments(shipped, layers, sql):
    found = sql(
        "SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), col_description(c.oid, a.attnum)"
        " FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0"
        " WHERE c.relkind = 'r' AND c.relnamespace = CAST(CAST(:s AS text) AS regnamespace)",
        s=shipped,
    )
    types = {(table, column): kind for table, column, kind, _ in found}
    comments = {(table, column): comment for table, column, _, comment in found}
    expected = {
        "string": "text",
        "int": "bigint",
        "float": "double precision",
        "date": "date",
        "bool": "boolean",
        "list": "text[]",
    }
    for layer_id in layers:
        for attribute in layers.schema(layer_id):
            assert types[layer_id, attribute.name] == expected[attribute.type]
            assert (comments[layer_id, attribute.name] or "").startswith(attribute.description_zh)
    assert comments["road_links", "length_km"].endswith("[km]")
    assert types["towns", "geom"] == "geometry(Point,4326)"
    ((title,),) = sql(f"SELECT obj_description('{shipped}.towns'::regclass)")
    assert layers.info("towns").title_zh in title
    assert layers.info("towns").source in title


def test_blanks_are_null_and_the_catalogue_tells_source_and_licence(shipped, layers, sql):
    ((blank,),) = sql(f"SELECT count(*) FROM {shipped}.projects WHERE closed_on IS NULL")
    assert blank == int(layers["projects"]["closed_on"].isna().sum())
    ((empty,),) = sql(f"SELECT count(*) FROM {shipped}.towns WHERE note IS NULL")
    assert empty == int((layers["towns"]["note"] == "").sum())
    assert sql(f"SELECT count(*) FROM {shipped}.towns WHERE note = ''") == [(0,)]
    rows = sql(f"SELECT layer_id, licence, source, valid_on, row_count FROM {shipped}.yrdgis_catalog")
    assert {row[0]: row[1:] for row in rows} == {
        i.layer_id: (i.licence, i.source, i.valid_on, len(layers[i.layer_id])) for i in layers.catalog
    }


def test_a_query_in_the_database_agrees(shipped, layers, sql):
    """Towns within their district, by PostGIS, as the geometry of the layers has it."""
    inside = sql(
        f"SELECT count(*) FROM {shipped}.towns t JOIN {shipped}.districts d USING (district_id)"
        " WHERE ST_Contains(d.geom, t.geom)"
    )
    towns, districts = layers.points("towns"), layers.polygons("districts").set_index("district_id")
    known = towns[towns["district_id"].isin(districts.index)]
    home = districts.geometry.reindex(known["district_id"]).reset_index(drop=True)
    expected = int(home.contains(known.geometry.reset_index(drop=True), align=False).sum())
    assert inside == [(expected,)]
    assert expected > 500


def test_what_was_read_is_a_region(toy, engine, schema, tmp_path):
    """The folder passes the checks, and an area of it answers as one of the folder that was written."""
    import yrdgis as yg

    postgis.write_layers(toy, engine, schema=schema)
    area = yg.Area(postgis.read_layers(engine, schema=schema, folder=tmp_path / "region"))
    assert_same_layers(toy, area.layers)
    assert [f for f in check_layers(tmp_path / "region") if f.severity == "error"] == []
    there, here = area.network("today"), yg.Area(toy).network("today")
    times, expected = (network.times("甲西", to="cities") for network in (there, here))
    assert_frame_equal(pd.DataFrame(times), pd.DataFrame(expected))
    assert "甲" in times.yrd.map().get_root().render()


def test_the_public_gets_no_internal_attribute(layers, engine, schema, sql):
    postgis.write_layers(layers, engine, schema=schema, only=["waterways", "energy"])
    columns = sql(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = :s", s=schema
    )
    hidden = {
        (layer_id, a.name)
        for layer_id in ("waterways", "energy")
        for a in layers.schema(layer_id)
        if a.audience == "internal"
    }
    assert hidden
    assert not hidden & set(columns)
    back = postgis.read_layers(engine, schema=schema)
    assert back["waterways"]["min_depth_m"].isna().all()
    assert sql(f"SELECT DISTINCT audience FROM {schema}.yrdgis_catalog") == [("public",)]


def test_nothing_is_overwritten_unless_asked(toy, engine, schema):
    postgis.write_layers(toy, engine, schema=schema, only=FEW)
    before = state(engine, schema)
    for only in (None, FEW, ["towns"]):
        with pytest.raises(OutputError, match=r"already holds .*Nothing was changed"):
            postgis.write_layers(toy, engine, schema=schema, only=only)
    assert state(engine, schema) == before
    postgis.write_layers(toy, engine, schema=schema, only=["towns"], if_exists="replace")
    assert state(engine, schema).keys() == before.keys()
    assert_same_layers(toy, postgis.read_layers(engine, schema=schema), FEW)


def test_replacing_all_leaves_no_layer_of_before(toy, layers, engine, schema, sql):
    postgis.write_layers(layers, engine, schema=schema, only=["short_names", "towns"])
    sql(f"CREATE TABLE {schema}.my_own (a int)")
    postgis.write_layers(toy, engine, schema=schema, if_exists="replace")
    assert set(state(engine, schema)) == {*toy, "my_own", "yrdgis_catalog", "yrdgis_schemas"}
    assert list(postgis.read_layers(engine, schema=schema)) == list(toy)


def test_one_layer_joins_the_others(toy, engine, schema):
    postgis.write_layers(toy, engine, schema=schema, only=["towns"])
    postgis.write_layers(toy, engine, schema=schema, only=["districts", "Cities"])
    assert set(postgis.read_layers(engine, schema=schema)) == {"towns", "districts", "cities"}


def test_tables_of_others_are_never_replaced(toy, engine, schema, sql):
    sql(f"CREATE SCHEMA {schema}")
    sql(f"CREATE TABLE {schema}.towns AS SELECT 'mine' AS a")
    sql(f"CREATE VIEW {schema}.cities AS SELECT 1 AS a")
    with pytest.raises(OutputError, match=r"holds cities, towns, not written by yrdgis"):
        postgis.write_layers(toy, engine, schema=schema, if_exists="replace")
    postgis.write_result(pd.DataFrame({"a": [1]}), engine, "mine", schema=schema)
    with pytest.raises(OutputError, match="not written by yrdgis"):
        postgis.write_result(pd.DataFrame({"a": [1]}), engine, "towns", schema=schema, if_exists="replace")
    assert sql(f"SELECT a FROM {schema}.towns") == [("mine",)]


def test_what_is_built_on_a_table_keeps_it(toy, engine, schema, sql):
    postgis.write_layers(toy, engine, schema=schema, only=FEW)
    sql(f"CREATE VIEW {schema}.big_towns AS SELECT * FROM {schema}.towns")
    before = state(engine, schema)
    with pytest.raises(
        OutputError, match=rf"view {schema}\.big_towns depends .*drop that first.*Nothing was changed"
    ):
        postgis.write_layers(toy, engine, schema=schema, only=FEW, if_exists="replace")
    assert state(engine, schema) == before


def test_a_refusal_midway_leaves_all_as_it_was(toy, engine, schema, sql):
    """The server itself refuses one of the later tables: a domain has the name that its row type needs."""
    postgis.write_layers(toy, engine, schema=schema, only=["cities"])
    sql(f"CREATE DOMAIN {schema}.towns AS text")
    before = state(engine, schema)
    with pytest.raises(OutputError, match="Nothing was changed"):
        postgis.write_layers(toy, engine, schema=schema, only=FEW, if_exists="replace")
    assert state(engine, schema) == before
    sql(f"DROP DOMAIN {schema}.towns")
    postgis.write_layers(toy, engine, schema=schema, only=FEW, if_exists="replace")


def test_a_connection_lost_midway_leaves_all_as_it_was(toy, engine, schema, monkeypatch, postgis_url):
    import sqlalchemy as sa

    postgis.write_layers(toy, engine, schema=schema, only=FEW)
    before = state(engine, schema)
    copy_rows, sent = _pg_tables.copy_rows, []

    def cut_off(connection, schema, table, columns, rows):
        sent.append(table)
        if len(sent) == 5:
            pid = connection.scalar(sa.text("SELECT pg_backend_pid()"))
            with engine.begin() as other:
                other.execute(sa.text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
        copy_rows(connection, schema, table, columns, rows)

    monkeypatch.setattr(_pg_tables, "copy_rows", cut_off)
    with pytest.raises(OutputError, match="Nothing was changed"):
        postgis.write_layers(toy, postgis_url, schema=schema, only=FEW, if_exists="replace")
    assert len(sent) == 5
    assert state(engine, schema) == before


def test_our_own_fault_midway_leaves_all_as_it_was(toy, engine, schema, monkeypatch):
    import sqlalchemy as sa

    careless = sa.create_engine(engine.url, isolation_level="AUTOCOMMIT")
    postgis.write_layers(toy, careless, schema=schema, only=FEW)
    before = state(engine, schema)

    def fail(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(_pg_tables, "copy_rows", fail)
    with pytest.raises(ZeroDivisionError):
        postgis.write_layers(toy, careless, schema=schema, only=FEW, if_exists="replace")
    careless.dispose()
    assert state(engine, schema) == before


def test_of_two_writers_one_wins(toy, postgis_url, schema):
    told, start = [], threading.Barrier(2)

    def write():
        start.wait()
        try:
            postgis.write_layers(toy, postgis_url, schema=schema, only=FEW)
            told.append("written")
        except OutputError as error:
            told.append(str(error))

    threads = [threading.Thread(target=write) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert "written" in told
    assert sum("already holds" in text for text in told) == 1
    assert_same_layers(toy, postgis.read_layers(postgis_url, schema=schema), FEW)


def test_hostile_texts_stay_texts(toy_copy, engine, schema, sql):
    file = toy_copy / "nodes" / "towns.csv"
    frame = pd.read_csv(file, dtype=str, keep_default_na=False)
    frame = pd.concat([frame.iloc[[0]]] * len(NASTY), ignore_index=True)
    frame["town_id"] = [f"town:{i}" for i in range(len(NASTY))]
    frame["note"] = NASTY
    frame["备注"] = NASTY
    frame.to_csv(file, index=False)
    catalog = toy_copy / "catalog.csv"
    rows = pd.read_csv(catalog, dtype=str, keep_default_na=False)
    rows.loc[rows["layer_id"] == "towns", ["title", "title_zh", "source"]] = NASTY[0], NASTY[5], NASTY[1]
    rows.to_csv(catalog, index=False)
    spoilt = load_layers(toy_copy)
    postgis.write_layers(spoilt, engine, schema=schema, only=["towns"])
    assert [note for (note,) in sql(f"SELECT note FROM {schema}.towns ORDER BY row_no")] == NASTY
    ((comment,),) = sql(f"SELECT obj_description('{schema}.towns'::regclass)")
    assert NASTY[5] in comment
    assert NASTY[0] in comment
    assert_same_layers(spoilt, postgis.read_layers(engine, schema=schema), ["towns"])


def test_empty_layers_come_back_empty(toy_copy, engine, schema, sql):
    for name in ("nodes/towns.csv", "links/rail_links.csv"):
        file = toy_copy / name
        file.write_text(file.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    (toy_copy / "zones" / "water_bodies.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    empty = load_layers(toy_copy)
    postgis.write_layers(empty, engine, schema=schema, only=[*FEW, "water_bodies"])
    kinds = dict(sql("SELECT f_table_name, type FROM geometry_columns WHERE f_table_schema = :s", s=schema))
    assert (kinds["towns"], kinds["rail_links"], kinds["water_bodies"]) == (
        "POINT",
        "LINESTRING",
        "MULTIPOLYGON",
    )
    assert_same_layers(empty, postgis.read_layers(engine, schema=schema), [*FEW, "water_bodies"])


def test_rows_added_in_the_database_are_read(toy, engine, schema, sql):
    postgis.write_layers(toy, engine, schema=schema, only=["towns"])
    sql(
        f"INSERT INTO {schema}.towns (town_id, name, name_zh, lon, lat, in_plan, geom) VALUES"
        " ('town:new', 'New', '新镇', 120.1234567, 30.0, true, ST_Point(120.1234567, 30.0, 4326))"
    )
    towns = postgis.read_layers(engine, schema=schema)["towns"]
    assert len(towns) == len(toy["towns"]) + 1
    assert (towns["town_id"].iloc[-1], towns["lon"].iloc[-1]) == ("town:new", 120.1234567)


def test_a_point_moved_without_its_columns_is_named(toy, engine, schema, sql):
    postgis.write_layers(toy, engine, schema=schema, only=FEW)
    moved = toy["rail_stations"]["station_id"].iloc[0]
    sql(
        f"UPDATE {schema}.rail_stations SET geom = ST_Translate(geom, 0.01, 0) WHERE station_id = :i", i=moved
    )
    with pytest.raises(LayerError, match=rf"rail_stations: geom is not where the columns say for {moved}\n"):
        postgis.read_layers(engine, schema=schema)
    assert_same_layers(toy, postgis.read_layers(engine, schema=schema, contradictions="columns"), FEW)
    sql(f"UPDATE {schema}.rail_stations SET lon = ST_X(geom), lat = ST_Y(geom)")
    with pytest.raises(LayerError, match="rail_links: geom is not where the columns say"):
        postgis.read_layers(engine, schema=schema)
    back = postgis.read_layers(engine, schema=schema, contradictions="columns")
    assert back["rail_stations"]["lon"].iloc[0] == pytest.approx(toy["rail_stations"]["lon"].iloc[0] + 0.01)


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        ("DROP TABLE {s}.towns", "'towns' has no table"),
        ("DELETE FROM {s}.yrdgis_schemas WHERE schema_name = 'towns'", "has no schema 'towns'"),
        ("UPDATE {s}.yrdgis_catalog SET path = '../../x.csv' WHERE layer_id = 'towns'", "not a path inside"),
        ("UPDATE {s}.yrdgis_catalog SET path = '/etc/x.csv' WHERE layer_id = 'towns'", "not a path inside"),
        (
            "UPDATE {s}.yrdgis_catalog SET path = 'catalog.csv' WHERE layer_id = 'towns'",
            "folder of its own kind",
        ),
        ("UPDATE {s}.yrdgis_catalog SET path = 'x.py' WHERE layer_id = 'towns'", "a .csv or .geojson"),
        ("UPDATE {s}.yrdgis_catalog SET path = 'zones/a.geojson'", "stands twice"),
        ("UPDATE {s}.yrdgis_catalog SET schema = '../x' WHERE layer_id = 'towns'", "has no schema"),
        (
            "UPDATE {s}.yrdgis_schemas SET schema_name = '../x' WHERE schema_name = 'towns'",
            "no name of a schema",
        ),
        ("UPDATE {s}.yrdgis_schemas SET type = 'code' WHERE schema_name = 'towns'", "has type 'code'"),
        ("UPDATE {s}.yrdgis_catalog SET layer_id = 'a\"b' WHERE layer_id = 'towns'", "only letters"),
        ('ALTER TABLE {s}.towns ADD "x; y" int', "only letters, digits and underscores"),
        ("ALTER TABLE {s}.towns ALTER lon TYPE text USING 'east'", "expected a number"),
        ("UPDATE {s}.projects SET requires = ARRAY['a;b']", "a part of a list"),
        ("TRUNCATE {s}.yrdgis_catalog", "holds no layers"),
        ("ALTER TABLE {s}.yrdgis_catalog DROP COLUMN path", "path does not exist"),
        (
            "DO $$ BEGIN DROP INDEX {s}.cities_geom_idx;"
            " ALTER TABLE {s}.cities ALTER geom TYPE text USING 'x'; END $$",
            "no shape",
        ),
        (
            "ALTER TABLE {s}.towns ALTER geom TYPE geometry USING 'SRID=4326;CIRCULARSTRING(0 0,1 1,2 0)'",
            "no shape, or has arcs",
        ),
        (
            "ALTER TABLE {s}.towns ALTER geom TYPE geometry(Point,4549) USING ST_Transform(geom,4549)",
            "EPSG 4549",
        ),
    ],
)
def test_what_others_did_to_the_tables_is_told(toy, engine, schema, sql, spoil, told, tmp_path):
    postgis.write_layers(toy, engine, schema=schema, only=["cities", "towns", "projects"])
    if "schema_name = '../x'" in spoil:
        sql(f"UPDATE {schema}.yrdgis_catalog SET schema = '../x' WHERE layer_id = 'towns'")
    sql(spoil.format(s=schema).replace(":", "\\:"))
    with pytest.raises((InputError, LayerError)) as caught:
        postgis.read_layers(engine, schema=schema, folder=tmp_path / "a" / "region")
    assert told in str(caught.value)
    assert not list(tmp_path.glob("*.csv"))


def test_a_folder_with_something_in_it_is_left_alone(shipped, engine, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="is not empty"):
        postgis.read_layers(engine, schema=shipped, folder=tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]


def test_a_schema_without_layers_names_those_that_have_some(shipped, engine):
    with pytest.raises(
        InputError, match=rf"'nothing_here' holds no layers\. There may be some in .*'{shipped}'"
    ):
        postgis.read_layers(engine, schema="nothing_here")
    with pytest.raises(UnknownNameError, match=r"No layer 'town' in schema .*Did you mean towns"):
        postgis.read_layer(engine, "town", schema=shipped)


def test_a_wrong_password_is_told_without_it(postgis_url, toy, caplog, monkeypatch):
    import sqlalchemy as sa

    caplog.set_level(logging.DEBUG)
    url = sa.make_url(postgis_url)
    for bad in (
        url.set(password="geheim-1"),
        url.set(password="geheim-1").render_as_string(hide_password=False),
    ):
        with pytest.raises(OutputError, match="password authentication failed") as caught:
            postgis.write_layers(toy, bad)
        told = "".join(traceback.format_exception(caught.value)) + caplog.text
        assert "geheim-1" not in told
        assert str(url.password) not in told


def test_the_password_of_the_environment_is_used(postgis_url, schema, monkeypatch, toy, caplog):
    import sqlalchemy as sa

    caplog.set_level(logging.DEBUG)
    url = sa.make_url(postgis_url)
    monkeypatch.setenv("PGPASSWORD", str(url.password))
    without = f"postgresql://{url.username}@{url.host}:{url.port}/{url.database}"
    postgis.write_layers(toy, without, schema=schema, only=["towns"])
    assert len(postgis.read_layer(without, "towns", schema=schema)) == len(toy["towns"])
    assert str(url.password) not in caplog.text


@pytest.fixture
def stranger(engine, sql, postgis_url):
    """URL of somebody who may connect and nothing else."""
    import sqlalchemy as sa

    role = f"test_{secrets.token_hex(6)}"
    sql(f"CREATE ROLE {role} LOGIN PASSWORD 'fremd'")
    yield sa.make_url(postgis_url).set(username=role, password="fremd")
    sql(f"DROP OWNED BY {role} CASCADE")
    sql(f"DROP ROLE {role}")


def test_no_permission_is_told(stranger, toy, shipped, schema, sql):
    with pytest.raises(OutputError, match=r"permission denied for database .*Ask the owner"):
        postgis.write_layers(toy, stranger, schema=schema)
    with pytest.raises(OutputError, match=rf"permission denied for schema {shipped}.*Nothing was changed"):
        postgis.write_result(pd.DataFrame({"a": [1]}), stranger, "x", schema=shipped)
    with pytest.raises(InputError, match=rf"permission denied for schema {shipped}"):
        postgis.read_layers(stranger, schema=shipped)


def test_a_schema_that_is_there_needs_no_right_to_make_one(stranger, toy, schema, sql):
    sql(f"CREATE SCHEMA {schema} AUTHORIZATION {stranger.username}")
    postgis.write_layers(toy, stranger, schema=schema, only=["towns"])
    assert sql(f"SELECT count(*) FROM {schema}.towns") == [(len(toy["towns"]),)]


def test_without_postgis_and_with_it_in_a_schema_of_its_own(engine, toy, postgis_url):
    import sqlalchemy as sa

    name = f"test_bare_{secrets.token_hex(6)}"
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
        try:
            bare = sa.create_engine(engine.url.set(database=name), poolclass=sa.NullPool)
            with pytest.raises(
                OutputError, match=r"has no PostGIS\. Let its owner run `CREATE EXTENSION postgis`"
            ):
                postgis.write_layers(toy, bare)
            with bare.begin() as inside:
                inside.execute(sa.text('CREATE SCHEMA "Gis"'))
                inside.execute(sa.text('CREATE EXTENSION postgis SCHEMA "Gis"'))
            postgis.write_layers(toy, bare, only=FEW)
            assert_same_layers(toy, postgis.read_layers(bare), FEW)
        finally:
            connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
