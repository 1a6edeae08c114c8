"""Tables: what a page reads is what the frame held, rounded, and can't break out of the page."""

import datetime as dt
import json

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box

from yrdgis.errors import InputError
from yrdgis.maps.tables import (
    day_number,
    encode_fields,
    encode_geometry,
    require_columns,
    safe_json,
    simplified,
)


def decoded(flat: list[int], scale: int) -> list[tuple[float, float]]:
    """What the page's script makes of one part."""
    out, x, y = [], 0, 0
    for dx, dy in zip(flat[::2], flat[1::2], strict=True):
        x, y = x + dx, y + dy
        out.append((x / scale, y / scale))
    return out


def test_points_survive_to_the_digits_kept():
    table = encode_geometry([Point(121.47371, 31.23041), Point(120.1, 30.9)], digits=5)
    assert decoded(table["xy"], table["scale"]) == [(121.47371, 31.23041), (120.1, 30.9)]


def test_lines_lose_only_points_that_round_to_the_same_place():
    line = LineString([(120, 31), (120.00001, 31), (120.5, 31.25)])
    table = encode_geometry([line], digits=4)
    assert decoded(table["parts"][0][0], 10_000) == [(120.0, 31.0), (120.5, 31.25)]


def test_polygon_keeps_holes_and_all_its_parts():
    with_hole = Polygon(box(0, 0, 4, 4).exterior, [box(1, 1, 2, 2).exterior])
    table = encode_geometry([MultiPolygon([with_hole, box(5, 5, 6, 6)])], digits=0)
    assert len(table["parts"][0]) == 3
    assert table["kind"] == "polygon"


def test_an_empty_line_keeps_its_row():
    table = encode_geometry([LineString(), LineString([(0, 0), (1, 1)])], digits=1)
    assert table["n"] == 2
    assert table["parts"][0] == []


def test_a_point_without_place_and_mixed_kinds_are_refused():
    with pytest.raises(InputError, match="no coordinates"):
        encode_geometry([Point(1, 1), None])
    with pytest.raises(InputError, match="one kind of geometry"):
        encode_geometry([Point(1, 1), LineString([(0, 0), (1, 1)])])


def test_repeated_texts_are_written_once():
    fields = encode_fields(pd.DataFrame({"a": ["x"] * 9 + [None], "n": range(10)}), ["a", "n"])
    assert fields["a"] == {"v": ["x"], "i": [0] * 9 + [-1]}
    assert fields["n"] == list(range(10))


def test_values_of_every_kind_become_plain():
    frame = pd.DataFrame(
        {
            "day": [pd.Timestamp("2024-12-26"), pd.NaT],
            "count": pd.array([3, None], dtype="Int64"),
            "share": [0.12345, float("nan")],
            "many": [("a", "b"), ()],
            "yes": [True, False],
        }
    )
    fields = encode_fields(frame, list(frame.columns))
    assert fields["day"] == {"v": ["2024-12-26"], "i": [0, -1]}
    assert fields["count"] == [3, None]
    assert fields["share"] == [0.123, None]
    assert fields["many"] == {"v": ["a; b"], "i": [0, -1]}
    assert fields["yes"] == [True, False]
    json.loads(safe_json(fields))


@given(st.text(alphabet=st.sampled_from("<>/!-&{}%#${`'\"\\ \u2028scriptab"), max_size=40))
def test_json_in_a_page_says_the_same_and_closes_nothing(text):
    written = safe_json({"t": text, "nested": {"u": [text]}})
    assert json.loads(written) == {"t": text, "nested": {"u": [text]}}
    for sign in ("<", ">", "&", "{{", "{%", "{#", "\u2028"):
        assert sign not in written


def test_days_are_whole_numbers():
    assert day_number(dt.date(2020, 7, 1)) == 20200701
    assert day_number(pd.Timestamp("2020-07-01")) == 20200701
    assert day_number(pd.NaT) is None
    assert day_number("") is None


def test_all_missing_columns_are_named_at_once():
    with pytest.raises(InputError, match="2 problems") as caught:
        require_columns(pd.DataFrame({"a": []}), ["b", "c"], name="zones")
    assert "'b'" in str(caught.value)
    assert "'c'" in str(caught.value)


def test_neighbours_keep_their_common_edge_when_simplified():
    edge = [(1 + 0.0002 * (i % 2), i / 500) for i in range(501)]
    left = Polygon([(0, 1), (0, 0), *edge])
    right = Polygon([(2, 0), (2, 1), *reversed(edge)])
    frame = simplified(gpd.GeoDataFrame(geometry=[left, right], crs=4326), tolerance_m=100)
    a, b = frame.geometry
    assert a.intersection(b).area == 0
    assert a.union(b).area == pytest.approx(2, abs=1e-3)
    assert len(a.exterior.coords) < len(left.exterior.coords)


def test_geometry_without_crs_is_refused():
    with pytest.raises(InputError, match="no CRS"):
        simplified(gpd.GeoDataFrame(geometry=[box(0, 0, 1, 1)]), tolerance_m=10)
