"""Minutes, kilometres and what column names say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yrdgis import units
from yrdgis.errors import InputError


@given(st.floats(0.01, 1e4), st.floats(1.0, 500.0))
def test_minutes_and_speed_undo_each_other(length_km, kph):
    assert units.speed_kph(length_km, units.travel_min(length_km, kph)) == pytest.approx(kph)


def test_series_keep_their_index_and_missing_stays_missing():
    length = pd.Series([10.0, 20.0], index=["a", "b"])
    minutes = units.travel_min(length, pd.Series([60.0, np.nan], index=["a", "b"]))
    assert minutes["a"] == 10.0
    assert np.isnan(minutes["b"])


@pytest.mark.parametrize("speed", [0.0, -5.0, np.array([60.0, 0.0])])
def test_a_speed_that_is_none_is_refused(speed):
    with pytest.raises(InputError, match=r"'speed_kph' is .*above zero"):
        units.travel_min(10.0, speed)


def test_no_links_take_no_time():
    assert units.travel_min(np.array([]), np.array([])).size == 0


@pytest.mark.parametrize(
    ("column", "english", "chinese"),
    [
        ("time_min", "min", "分钟"),
        ("distance_km", "km", "公里"),
        ("area_km2", "km2", "平方公里"),
        ("gdp_2020_100m_cny", "100 million yuan", "亿元"),
        ("cost_cny_teu", "yuan/TEU", "元/标箱"),
        ("time_min_after", "min", "分钟"),
        ("name", "", ""),
        ("platform", "", ""),
    ],
)
def test_units_of_columns(column, english, chinese):
    assert (units.unit_of(column), units.unit_of(column, "zh")) == (english, chinese)


def test_durations_in_words():
    assert [units.duration_text(m) for m in (0, 42, 60, 95.2)] == ["0 min", "42 min", "1 h", "1 h 35 min"]
    assert [units.duration_text(m, "zh") for m in (0, 60)] == ["0分钟", "1小时"]
