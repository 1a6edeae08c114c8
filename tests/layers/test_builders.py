"""The builders' own tools: sources, dates, positions, lengths, and writers that refuse faults."""

from __future__ import annotations

import doctest
import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

FOLDER = Path(__file__).resolve().parents[2] / "scripts" / "layers"


@pytest.fixture(scope="module")
def builders():
    """Function that gives a module of ``scripts/layers``, which is a package without a place on the path."""
    if not FOLDER.is_dir():
        pytest.skip("the builders of layers are not part of this installation")
    if "layer_builders" not in sys.modules:
        spec = importlib.util.spec_from_file_location(
            "layer_builders", FOLDER / "__init__.py", submodule_search_locations=[str(FOLDER)]
        )
        package = importlib.util.module_from_spec(spec)
        sys.modules["layer_builders"] = package
        spec.loader.exec_module(package)

    def module(name: str) -> ModuleType:
        return importlib.import_module(f"layer_builders.{name}")

    return module


@pytest.mark.parametrize("name", ["common", "sources", "node_names"])
def test_examples_in_the_builders_run(builders, name):
    result = doctest.testmod(builders(name))
    assert result.attempted > 0
    assert result.failed == 0


@pytest.mark.parametrize(
    ("raw", "public"),
    [
        ("", "unverified general knowledge"),
        ("general knowledge", "unverified general knowledge"),
        ("Wikipedia zh 沪宁高速公路 (wikiwand copy)", "Wikipedia (zh) 沪宁高速公路"),
        ("someblog.com 2020-06-28 城北路通车", "web report: 2020-06-28 城北路通车"),
        ("新华社 2020-12-28 叶新公路 (copy)", "新华社 2020-12-28 叶新公路"),
        ("上观新闻 via 163.com S26公路(省界-G15)改建", "上观新闻 S26公路(省界-G15)改建"),
        ("github owner/name: data/file.json (2025)", "owner/name (2025)"),
    ],
)
def test_raw_references_become_publisher_title_and_date(builders, raw, public):
    assert builders("sources").public_source(raw) == public


def test_a_reference_that_no_rule_covers_is_refused(builders):
    with pytest.raises(ValueError, match="fit to cite"):
        builders("sources").public_source("the brief says so")


@given(text=st.text(alphabet="abc;()（） .,上海copymirrrseed", max_size=40))
def test_no_word_of_the_compilation_gets_through(builders, text):
    sources = builders("sources")
    try:
        public = sources.public_source(text)
    except ValueError:
        return
    assert public
    assert not sources.FORBIDDEN.search(public)
    assert sources.FORBIDDEN.search(sources.clean_note(text)) is None


@pytest.mark.parametrize(
    ("opened", "expected", "spread"),
    [
        ("2018", "", ("2018-01-01", "2018-12-31", "2018-12-31")),
        ("2018-02", "", ("2018-02-01", "2018-02-28", "2018-02-28")),
        ("2024-12-26", "", ("2024-12-26", "2024-12-26", "2024-12-26")),
        ("", "2027", ("2027-01-01", "2027-12-31", "2027-12-31")),
        ("", "", ("", "", "")),
    ],
)
def test_dates_are_spread_over_the_period_that_is_stated(builders, opened, expected, spread):
    found = builders("common").dates(opened, expected)
    assert (found["opened_earliest"], found["opened_expected"], found["opened_latest"]) == spread


def test_a_text_that_is_no_date_is_refused(builders):
    with pytest.raises(ValueError, match="Not a year, month or day"):
        builders("common").dates("spring 2018")


@pytest.mark.parametrize(
    ("raw", "origin", "lon"),
    [
        (
            "point: github Vonng/adcode (Amap 2016, GCJ-02 converted); GeoNames point 0.3 km away",
            "amap",
            "121.123",
        ),
        (
            "OpenStreetMap via github a/b; name from github metromancn/x (GCJ-02 converted)",
            "osm",
            "121.12346",
        ),
        ("Baidu BD-09 converted", "baidu", "121.123"),
        ("general knowledge; 0.3 km outside the tianditu land polygon", "unverified", "121.12346"),
    ],
)
def test_positions_are_as_exact_as_their_origin_allows(builders, raw, origin, lon):
    common = builders("common")
    assert common.coord_origin(raw) == origin
    assert common.point("121.123456", "31", origin)["lon"] == lon


def test_a_length_below_the_straight_line_is_measured_anew(builders):
    mended = builders("linework").mended
    ends = [(121.0, 31.0), (121.1, 31.0)]  # 9.55 km apart
    assert mended(12.0, ends) == ("12", "")
    length, remark = mended(9.0, ends)
    assert 9.54 < float(length) < 9.57
    assert remark.startswith("derived: length")
    longer, _ = mended(9.0, ends, [(121.05, 31.05)])
    assert float(longer) > float(length)


@pytest.fixture
def layer(builders):
    common = builders("common")
    attributes = (
        common.Attr("thing_id", required=True),
        common.Attr("status", allowed="open|shut|lost", required=True),
        common.Attr("lon", "float", allowed="73..136"),
    )
    return common.Layer("things", "Things", "东西", "none", "nodes/things.csv", attributes, "us")


def test_writers_give_the_same_bytes_and_declare_what_is_used(builders, layer, tmp_path):
    rows = [{"thing_id": "b", "status": "shut", "lon": 121.0}, {"thing_id": "a", "status": "open"}]
    for folder in ("one", "two"):
        builders("writers").write_table(tmp_path / folder, layer, rows if folder == "one" else rows[::-1])
    one, two = ((tmp_path / folder / "nodes" / "things.csv").read_bytes() for folder in ("one", "two"))
    assert one == two == b"thing_id,status,lon\na,open,\nb,shut,121\n"
    assert "open|shut," in (tmp_path / "one" / "schema" / "things.csv").read_text()


def test_writers_tell_every_fault_at_once(builders, layer, tmp_path):
    rows = [
        {"thing_id": "a", "status": "broken", "lon": 7.0},
        {"thing_id": "a", "status": ""},
        {"thing_id": "c", "status": "open", "more": "1"},
    ]
    with pytest.raises(ValueError, match="5 faults") as error:
        builders("writers").write_table(tmp_path, layer, rows)
    for part in (
        "unknown column more",
        "thing_id twice: a",
        "'broken'",
        "outside 73..136",
        "status is empty",
    ):
        assert part in str(error.value)
    assert not (tmp_path / "nodes").exists()


@pytest.mark.parametrize(
    ("raw", "note"),
    [
        ("works from 2022, expected 2027 (see rail_lines.csv)", "works from 2022, expected 2027"),
        ("lines under construction (rail_lines.csv); see highway table", "lines under construction"),
        ("three lakes, see ecology_sites.csv; dyke works", "three lakes; dyke works"),
    ],
)
def test_a_pointer_to_a_file_goes_and_its_statement_stays(builders, raw, note):
    assert builders("sources").clean_note(raw) == note


@pytest.mark.parametrize(
    ("linked", "told"), [(0.89, "双向4快"), (3.2, "双向4快; 官方/百科里程0.89 km,此处路段合计3.2 km(范围)")]
)
def test_a_route_tells_the_sum_of_its_links_as_they_stand(builders, linked, told):
    row = {"note": "双向4快；官方/百科里程0.89 km,本表路段合计14.9 km(范围)", "length_km_in_area": "0.89"}
    assert builders("roads")._told(row, linked) == told
