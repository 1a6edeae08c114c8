"""What is in service on a day, on a small table that can be checked by hand."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yrdgis.errors import DateError
from yrdgis.io import dates

TODAY = dt.date(2026, 11, 1)
STATUSES = ("operating", "under_construction", "planned", "preliminary", "closed", "unknown")


def thing(status, earliest=None, expected=None, latest=None, closed=None):
    return pd.DataFrame(
        {
            "status": [status],
            "opened_earliest": pd.to_datetime([earliest]),
            "opened_expected": pd.to_datetime([expected]),
            "opened_latest": pd.to_datetime([latest]),
            "closed_on": pd.to_datetime([closed]),
        }
    )


def is_open(frame, day, variant="expected"):
    return bool(dates.in_service(frame, dt.date.fromisoformat(day), TODAY, variant).iloc[0])


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("plan-eve", "2019-12-01"),
        ("Plan Eve", "2019-12-01"),
        ("2025", "2025-12-31"),
        ("today", "2026-11-01"),
        ("2030", "2030-12-31"),
        ("2035", "2035-12-31"),
        ("2021", "2021-12-31"),
        ("2024-02", "2024-02-29"),
        ("2021-1-5", "2021-01-05"),
        (" 2021-01-15 ", "2021-01-15"),
    ],
)
def test_dates_and_their_names(text, day):
    assert dates.parse_date(text, TODAY) == dt.date.fromisoformat(day)


def test_dates_pass_through():
    assert dates.parse_date(TODAY) is TODAY
    assert dates.parse_date(dt.datetime(2021, 1, 2, 3)) == dt.date(2021, 1, 2)


@pytest.mark.parametrize(
    "text", ["", "soon", "2021-13", "2021-02-30", "15/01/2021", "1-1-1", "99999", "２０２５x"]
)
def test_what_is_no_date_gets_one_line(text):
    with pytest.raises(DateError, match=r"is no date\. Write 2021-01-15") as told:
        dates.parse_date(text, TODAY)
    assert "\n" not in str(told.value)


def test_today_needs_layers():
    with pytest.raises(DateError, match="load the layers first"):
        dates.parse_date("today")


def test_a_thing_is_in_service_on_its_opening_day():
    railway = thing("operating", *["2020-07-01"] * 3)
    assert [is_open(railway, d) for d in ("2020-06-30", "2020-07-01", "2020-07-02")] == [False, True, True]


def test_a_stated_year_is_open_at_its_end_unless_one_is_optimistic():
    road = thing("operating", "2018-01-01", "2018-12-31", "2018-12-31")
    assert [is_open(road, "2018-06-01", v) for v in dates.VARIANTS] == [False, True, False]
    assert is_open(road, "2018-12-31")


def test_operating_without_a_date_is_always_open():
    assert is_open(thing("operating"), "1900-01-01")


def test_a_closed_thing_was_open_until_its_closing_day():
    ferry = thing("closed", *["1990-01-01"] * 3, "2020-07-01")
    assert [is_open(ferry, d) for d in ("1989-12-31", "2020-06-30", "2020-07-01")] == [False, True, False]
    assert not is_open(thing("closed", *["1990-01-01"] * 3), "2000-01-01")


def test_what_closes_later_is_open_until_then():
    barrier = thing("operating", *["1990-01-01"] * 3, "2028-01-01")
    assert [is_open(barrier, d) for d in ("2027-12-31", "2028-01-01")] == [True, False]


@pytest.mark.parametrize("status", ["under_construction", "planned", "preliminary", "unknown"])
def test_expected_dates_count_after_today_only(status):
    planned = thing(status, "2027-01-01", "2027-12-31", "2028-12-31")
    assert not is_open(planned, "2026-11-01")
    assert [is_open(planned, "2027-12-31", v) for v in dates.VARIANTS] == [True, True, False]
    assert is_open(planned, "2028-12-31", "pessimistic")


def test_a_passed_expected_date_is_overdue_and_not_open():
    late = thing("under_construction", "2024-01-01", "2024-12-31", "2024-12-31")
    assert dates.overdue(late, TODAY).tolist() == [True]
    assert not is_open(late, "2025-06-01")
    assert not is_open(late, "2026-11-01")
    assert not is_open(late, "2035-12-31")
    assert is_open(late, "2026-11-02", "optimistic")
    assert is_open(late, dates.PLAN_COMPLETE.isoformat())


def test_an_overdue_thing_may_still_open_on_its_latest_day():
    late = thing("under_construction", "2024-01-01", "2025-12-31", "2027-12-31")
    assert [is_open(late, d) for d in ("2027-12-30", "2027-12-31")] == [False, True]


def test_what_operates_is_never_overdue():
    assert not dates.overdue(thing("operating", *["2020-01-01"] * 3), TODAY).any()


@pytest.mark.parametrize("status", STATUSES)
def test_when_the_plan_is_complete_all_but_the_closed_is_open(status):
    assert is_open(thing(status), dates.PLAN_COMPLETE.isoformat()) == (status != "closed")


def test_a_table_without_dates_is_open():
    frame = pd.DataFrame({"link_id": ["a", "b"]})
    assert dates.in_service(frame, TODAY, TODAY).tolist() == [True, True]


def test_unknown_variant():
    with pytest.raises(DateError, match="No variant 'hopeful'"):
        dates.in_service(thing("planned"), TODAY, TODAY, "hopeful")


days = st.dates(dt.date(1990, 1, 1), dt.date(2050, 1, 1))


@given(st.sampled_from(STATUSES[:4]), st.lists(days, min_size=3, max_size=3).map(sorted), days, days)
def test_later_days_and_more_hope_open_no_less(status, opened, one, other):
    """What opens stays open, and optimistic holds expected, which holds pessimistic."""
    frame = thing(status, *opened)
    early, late = sorted((one, other))
    for variant in dates.VARIANTS:
        if is_open(frame, early.isoformat(), variant):
            assert is_open(frame, late.isoformat(), variant)
    hope = [is_open(frame, one.isoformat(), v) for v in ("pessimistic", "expected", "optimistic")]
    assert hope == sorted(hope)


def test_undated_share():
    frame = pd.concat(
        [thing("operating"), thing("operating", *["2020-01-01"] * 3), thing("planned")], ignore_index=True
    )
    assert dates.undated_share(frame) == pytest.approx(1 / 3)
    assert dates.undated_share(frame, weights=pd.Series([9.0, 1.0, 0.0])) == pytest.approx(0.9)
    assert dates.undated_share(frame.iloc[:0]) == 0.0


def test_forecast_begins_after_today():
    assert not dates.is_forecast(TODAY, TODAY)
    assert dates.is_forecast(dt.date(2026, 11, 2), TODAY)
