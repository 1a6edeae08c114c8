"""The year slider: when each feature comes and goes, and which years there are.

Up to the day for which the layers hold, only what is known to have opened is drawn as open; from that day
on what is not built is drawn dashed or dotted until its expected day; years after that day are labelled a
forecast.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from yrdgis.errors import InputError
from yrdgis.maps.base import page_of
from yrdgis.maps.language import as_pair, as_unit, pair
from yrdgis.maps.tables import day_number

if TYPE_CHECKING:
    import folium
    import pandas as pd

__all__ = ["add_figure", "add_value", "add_year_slider", "opening_days", "year_steps"]


def opening_days(frame: pd.DataFrame, valid_on: dt.date) -> pd.DataFrame:
    """Columns ``start`` and ``end`` by which a page shows and hides features.

    The rule is that of `yrdgis.io.dates.in_service`, written as two days.

    Parameters
    ----------
    frame : pandas.DataFrame
        With ``status`` and the dates ``opened_*`` and ``closed_on``; a missing column counts as blank.
    valid_on : datetime.date
        The day for which the layers hold.

    Returns
    -------
    pandas.DataFrame
        On the frame's index. ``start``: 0 for always open, a date, or None for never (no date, or overdue);
        ``end``: a date or None.

    Examples
    --------
    >>> import datetime as dt, pandas as pd
    >>> frame = pd.DataFrame({"status": ["operating", "planned", "operating"],
    ...                       "opened_expected": ["2020-07-01", "2024-12-31", None]})
    >>> opening_days(frame, dt.date(2026, 11, 1))["start"].tolist()
    [datetime.date(2020, 7, 1), None, 0]
    """
    import pandas as pd

    def days(column: str) -> list[dt.date | None]:
        if column not in frame.columns:
            return [None] * len(frame)
        parsed = pd.to_datetime(frame[column].replace("", None))
        return [None if pd.isna(v) else v.date() for v in parsed]

    status = list(frame["status"]) if "status" in frame.columns else ["operating"] * len(frame)
    starts: list[Any] = []
    for state, expected, latest, closed in zip(
        status, days("opened_expected"), days("opened_latest"), days("closed_on"), strict=True
    ):
        if state == "operating" or (state == "closed" and closed is not None):
            starts.append(expected or 0)
        elif state == "closed":
            starts.append(None)
        else:
            chance = [d for d in (expected, latest) if d is not None and d > valid_on]
            starts.append(chance[0] if chance else None)
    return pd.DataFrame({"start": starts, "end": days("closed_on")}, index=frame.index, dtype=object)


def year_steps(first: int, last: int, valid_on: dt.date) -> list[dict[str, Any]]:
    """The stops of the slider: the end of each year, and the layers' own day in the year that it falls in.

    Raises
    ------
    InputError
        If the years don't ascend.

    Examples
    --------
    >>> import datetime as dt
    >>> [(s["label"], s["date"], s["forecast"]) for s in year_steps(2025, 2027, dt.date(2026, 11, 1))]
    [('2025', 20251231, False), ('2026', 20261101, False), ('2027', 20271231, True)]
    """
    if first >= last:
        raise InputError(f"The slider needs at least two years: {first} to {last}.")
    steps = []
    for year in range(first, last + 1):
        day = valid_on if year == valid_on.year else dt.date(year, 12, 31)
        step: dict[str, Any] = {"date": day_number(day), "label": str(year), "forecast": day > valid_on}
        if year == valid_on.year:
            step["note"] = pair(f"截至{valid_on.month}月{valid_on.day}日", f"as of {valid_on:%d %b}")
        if year % 10 == 0 or year in (first, last):
            step["tick"] = str(year)
        steps.append(step)
    return steps


def add_year_slider(
    m: folium.Map, *, valid_on: dt.date, first: int = 1990, last: int = 2035, value: int | None = None
) -> folium.Map:
    """Give the map a year slider; groups added with ``timed=True`` follow it.

    Parameters
    ----------
    m : folium.Map
        The map.
    valid_on : datetime.date
        The day for which the layers hold; later years are labelled a forecast.
    first, last : int
        Years at the ends.
    value : int, optional
        Year shown at first; that of ``valid_on`` if left out.

    Raises
    ------
    InputError
        If the years don't ascend or ``value`` is not among them.
    """
    steps = year_steps(first, last, valid_on)
    value = value if value is not None else min(max(valid_on.year, first), last)
    if not first <= value <= last:
        raise InputError(f"Year {value} is not on the slider: {first} to {last}.")
    page = page_of(m)
    page.slider = {"steps": steps, "value": value - first}
    page.today = day_number(valid_on)
    return m


def add_figure(
    m: folium.Map,
    key: str,
    title: Any,
    *,
    table: str,
    rows: Any = None,
    field: str | None = None,
    unit: Any = "",
    digits: int = 0,
    states: tuple[int, ...] = (1,),
    distinct: str | None = None,
) -> folium.Map:
    """Add a figure to the panel: a sum or a count over features that are open in the year shown.

    Parameters
    ----------
    key : str
        Id of the figure.
    title : pair or (zh, en)
        Its label.
    table : str
        Id of the table in the page.
    rows : sequence of int, optional
        Row numbers that count; all if left out.
    field : str, optional
        Column to add up; features are counted if left out.
    states : tuple of int
        States that count; 1 is open.
    distinct : str, optional
        Column of which each value counts once.

    Raises
    ------
    InputError
        If the page has no such table or column.
    """
    page = page_of(m)
    if table not in page.tables:
        raise InputError(f"The map has no table {table!r}. It has: {', '.join(page.tables)}.")
    missing = [f for f in (field, distinct) if f and f not in page.tables[table]["fields"]]
    if missing:
        raise InputError(f"Table {table!r} of the map has no column {', '.join(missing)}.")
    page.figures.append(
        {
            "id": key,
            "label": as_pair(title),
            "table": table,
            "rows": [int(r) for r in (range(page.tables[table]["n"]) if rows is None else rows)],
            "field": field,
            "unit": as_unit(unit),
            "digits": digits,
            "states": list(states),
            "distinct": distinct,
        }
    )
    return m


def add_value(
    m: folium.Map, key: str, title: Any, value: float, *, unit: Any = "", digits: int = 0
) -> folium.Map:
    """Add a figure that was worked out beforehand and doesn't follow the year.

    Parameters
    ----------
    key : str
        Id of the figure.
    title : pair or (zh, en)
        Its label.
    value : float
        The figure, in ``unit``.
    """
    page_of(m).figures.append(
        {
            "id": key,
            "label": as_pair(title),
            "value": round(float(value), digits),
            "unit": as_unit(unit),
            "digits": digits,
        }
    )
    return m
