"""Dates: reading them, and which things are in service on a day.

Three dates stand beside each other for one opening: ``opened_earliest``, ``opened_expected`` and
``opened_latest`` (a stated year is any day of it, and is counted as open at its end). Up to the day for which
the layers hold, only what is known to have opened counts; after it, dates that are expected count too, and
the result is a forecast.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import TYPE_CHECKING

from yrdgis.errors import DateError

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "NAMED_DATES",
    "PLAN_COMPLETE",
    "VARIANTS",
    "date_range",
    "in_service",
    "is_forecast",
    "overdue",
    "parse_date",
    "undated_share",
]

PLAN_COMPLETE = dt.date(2099, 12, 31)
"""The day on which all that is planned counts as open, dated or not."""

NAMED_DATES: dict[str, dt.date | None] = {
    "plan-eve": dt.date(2019, 12, 1),
    "2025": dt.date(2025, 12, 31),
    "today": None,
    "2030": dt.date(2030, 12, 31),
    "2035": dt.date(2035, 12, 31),
    "plan-complete": PLAN_COMPLETE,
}
"""Dates that have a name; ``today`` is the day for which the layers hold, never the clock."""

VARIANTS = ("expected", "optimistic", "pessimistic")
"""Which of the three opening dates counts."""

_COLUMN = {"expected": "opened_expected", "optimistic": "opened_earliest", "pessimistic": "opened_latest"}
_STATED = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?")


def date_range(text: str) -> tuple[dt.date, dt.date]:
    """First and last day that a stated date may mean: a day, a month or a whole year.

    Raises
    ------
    DateError
        If the text is no date between the years 1800 and 2999.

    Examples
    --------
    >>> date_range("2018-10")
    (datetime.date(2018, 10, 1), datetime.date(2018, 10, 31))
    """
    stated = _STATED.fullmatch(text.strip())
    try:
        if stated is None or not 1800 <= int(stated[1]) < 3000:
            raise ValueError
        year, month, day = (int(part) if part else None for part in stated.groups())
        assert year is not None
        if month is None:
            return dt.date(year, 1, 1), dt.date(year, 12, 31)
        if day is None:
            return dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1])
        return dt.date(year, month, day), dt.date(year, month, day)
    except (ValueError, IndexError):
        raise DateError(
            f"{text!r} is no date. Write 2021-01-15, 2021-01, 2021, or one of {', '.join(NAMED_DATES)}."
        ) from None


def parse_date(text: str | dt.date, valid_on: dt.date | None = None) -> dt.date:
    """Day that a text or a name stands for.

    Parameters
    ----------
    text : str or datetime.date
        An ISO date, a year or a month (their last day is meant), or a name: ``plan-eve``, ``2025``,
        ``today``, ``2030``, ``2035``, ``plan-complete``.
    valid_on : datetime.date, optional
        Day for which the layers hold; it is what ``today`` means.

    Returns
    -------
    datetime.date

    Raises
    ------
    DateError
        If the text is no date, or says ``today`` where no layers are known.

    Examples
    --------
    >>> parse_date("plan-eve"), parse_date("2021-02")
    (datetime.date(2019, 12, 1), datetime.date(2021, 2, 28))
    >>> parse_date("today", dt.date(2026, 11, 1))
    datetime.date(2026, 11, 1)
    """
    if isinstance(text, dt.datetime):
        return text.date()
    if isinstance(text, dt.date):
        return text
    name = str(text).strip().casefold().replace("_", "-").replace(" ", "-")
    if name == "today":
        if valid_on is None:
            raise DateError(
                "'today' is the day for which the layers hold; give a date, or load the layers first."
            )
        return valid_on
    named = NAMED_DATES.get(name)
    return named if named is not None else date_range(str(text))[1]


def is_forecast(on: dt.date, valid_on: dt.date) -> bool:
    """Whether a result of that day rests on what is expected, not on what is known."""
    return on > valid_on


def _day(frame: pd.DataFrame, column: str) -> pd.Series:
    """Column of days, all blank where the frame has no such column."""
    import pandas as pd

    if column in frame:
        return pd.to_datetime(frame[column])
    return pd.Series(pd.NaT, index=frame.index, dtype="datetime64[ns]")


def _status(frame: pd.DataFrame) -> pd.Series:
    import pandas as pd

    return frame["status"] if "status" in frame else pd.Series("operating", index=frame.index)


def in_service(frame: pd.DataFrame, on: dt.date, valid_on: dt.date, variant: str = "expected") -> pd.Series:
    """Which rows are in service on a day.

    A thing is in service on its opening day and no longer on its closing day. Operating without an opening
    date means always open. What is not built counts only after `valid_on`, from its expected day on; one
    whose expected day has passed without evidence is overdue and stays closed until its latest day, if that
    is still to come.

    Parameters
    ----------
    frame : pandas.DataFrame
        Rows with ``status`` and the dates ``opened_*`` and ``closed_on``; a missing column counts as blank, a
        missing ``status`` as operating.
    on : datetime.date
        The day asked about; `PLAN_COMPLETE` opens all that is not closed.
    valid_on : datetime.date
        The day for which the layers hold.
    variant : {"expected", "optimistic", "pessimistic"}
        Which of the three opening dates counts. Optimistic opens what is overdue right after `valid_on`.

    Returns
    -------
    pandas.Series
        True or False for each row.

    Raises
    ------
    DateError
        If there is no such variant.

    Examples
    --------
    >>> import datetime as dt, pandas as pd
    >>> days = ["2020-07-01", "2030-12-31"]
    >>> frame = pd.DataFrame({"status": ["operating", "planned"], "opened_expected": days})
    >>> in_service(frame, dt.date(2026, 1, 1), dt.date(2026, 11, 1)).tolist()
    [True, False]
    >>> in_service(frame, dt.date(2035, 12, 31), dt.date(2026, 11, 1)).tolist()
    [True, True]
    """
    import pandas as pd

    if variant not in _COLUMN:
        raise DateError(f"No variant {variant!r} of the opening dates. There are: {', '.join(VARIANTS)}.")
    day, today = pd.Timestamp(on), pd.Timestamp(valid_on)
    status = _status(frame)
    expected, closed = _day(frame, "opened_expected"), _day(frame, "closed_on")
    opened = _day(frame, _COLUMN[variant]).fillna(expected)
    was_built = status.eq("operating") | (status.eq("closed") & closed.notna())
    unbuilt = ~status.isin(["operating", "closed"])
    not_closed = closed.isna() | (closed > day)
    known = was_built & (opened.isna() | (opened <= day)) & not_closed
    if on >= PLAN_COMPLETE:
        return (known | unbuilt) & not_closed
    if on <= valid_on:
        return known
    due = opened.where(opened > today, _next_chance(frame, today, variant))
    return known | (unbuilt & (due > today) & (due <= day) & not_closed)


def _next_chance(frame: pd.DataFrame, today: pd.Timestamp, variant: str) -> pd.Series:
    """Day on which a thing whose date has passed may open after all; blank where it has no date at all."""
    import pandas as pd

    latest = _day(frame, "opened_latest").fillna(_day(frame, "opened_expected"))
    if variant == "optimistic":
        return latest.mask(latest.notna(), today + pd.Timedelta(days=1))
    return latest.where(latest > today)


def overdue(frame: pd.DataFrame, valid_on: dt.date) -> pd.Series:
    """Which rows were expected to be open by now, with no evidence that they are.

    Parameters
    ----------
    frame : pandas.DataFrame
        Rows with ``status`` and ``opened_expected``.
    valid_on : datetime.date
        The day for which the layers hold.

    Returns
    -------
    pandas.Series
        True or False for each row.

    Examples
    --------
    >>> import datetime as dt, pandas as pd
    >>> status = ["under_construction", "operating"]
    >>> frame = pd.DataFrame({"status": status, "opened_expected": ["2025-12-31"] * 2})
    >>> overdue(frame, dt.date(2026, 11, 1)).tolist()
    [True, False]
    """
    import pandas as pd

    late = _day(frame, "opened_expected") <= pd.Timestamp(valid_on)
    return late & ~_status(frame).isin(["operating", "closed"])


def undated_share(frame: pd.DataFrame, *, weights: pd.Series | None = None) -> float:
    """Share of rows that operate without an opening date, and so count as always open.

    Parameters
    ----------
    frame : pandas.DataFrame
        Rows in service, with ``status`` and ``opened_expected``.
    weights : pandas.Series, optional
        Weight of each row, such as its length; one each by default.

    Returns
    -------
    float
        From 0 to 1; 0 for no rows.

    Examples
    --------
    >>> import pandas as pd
    >>> undated_share(pd.DataFrame({"status": ["operating"] * 2, "opened_expected": ["2020-07-01", None]}))
    0.5
    """
    undated = _status(frame).eq("operating") & _day(frame, "opened_expected").isna()
    weight = undated.astype(float) * 0 + 1.0 if weights is None else weights.reindex(frame.index).fillna(0.0)
    total = float(weight.sum())
    return float(weight[undated].sum()) / total if total > 0 else 0.0
