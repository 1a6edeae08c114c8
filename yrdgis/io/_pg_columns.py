"""Columns of a table in PostgreSQL: their types, and values on the way there and back.

What is blank in a frame (NaN, NaT, <NA>, None, and "" in a layer) is NULL there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from yrdgis.errors import InputError, all_at_once

if TYPE_CHECKING:
    from yrdgis.io.schema import Attribute, Schema

__all__ = ["Column", "layer_columns", "restored", "result_columns", "sql_type"]

_LAYER_KINDS = {
    "string": "text",
    "int": "bigint",
    "float": "double",
    "date": "date",
    "bool": "bool",
    "list": "list",
}
_BIG = 2**63
_SHOWN = 5
_TAKES = "make it texts, numbers, dates or lists of texts"
_OLD_TEXTS = int(pd.__version__.split(".", 1)[0]) < 3
"""Before pandas 3 there is no type called ``str``; texts are objects."""


@dataclass(frozen=True)
class Column:
    """One column: its kind, what a comment says about it, and its values as PostgreSQL takes them."""

    name: str
    kind: str
    values: Sequence[Any]
    comment: str = ""
    blank: bool = True
    dtype: str = ""


def sql_type(kind: str) -> Any:
    """SQLAlchemy's type for a kind of column."""
    import sqlalchemy as sa
    from sqlalchemy.dialects.postgresql import ARRAY, DOUBLE_PRECISION

    made: dict[str, Any] = {
        "text": sa.Text(),
        "bigint": sa.BigInteger(),
        "numeric": sa.Numeric(20, 0),
        "double": DOUBLE_PRECISION(),
        "date": sa.Date(),
        "bool": sa.Boolean(),
        "list": ARRAY(sa.Text()),
        "timestamp": sa.DateTime(timezone=False),
        "timestamptz": sa.DateTime(timezone=True),
    }
    return made[kind]


def layer_columns(frame: pd.DataFrame, schema: Schema) -> list[Column]:
    """Columns of a layer, typed by its schema; what the schema does not know is text.

    Raises
    ------
    InputError
        If a text can't be held by PostgreSQL.
    """
    made, faults = [], []
    known = {attribute.name: attribute for attribute in schema}
    for name in frame.columns:
        attribute = known.get(name)
        kind = _LAYER_KINDS[attribute.type] if attribute else "text"
        values = _values(frame[name], kind)
        if kind == "text" and name != schema.key:
            values = [value or None for value in values]
        faults += _text_faults(name, kind, values)
        comment = _comment(attribute) if attribute else ""
        made.append(Column(name, kind, values, comment, name != schema.key and kind not in ("bool", "list")))
    if faults:
        raise InputError(all_at_once(f"Layer {schema.name}", faults))
    return made


def result_columns(frame: pd.DataFrame) -> list[Column]:
    """Columns of a result, typed by what they hold.

    Raises
    ------
    InputError
        If a column holds what PostgreSQL has no type for here; every one is named.
    """
    made, faults = [], []
    for name in frame.columns:
        series = frame[name]
        try:
            kind, dtype = _kind(series)
            values = _values(series, kind)
        except (TypeError, ValueError, OverflowError) as error:
            faults.append(f"column {name!r} {error}")
            continue
        faults += _text_faults(name, kind, values)
        made.append(Column(name, kind, values, dtype=dtype))
    if faults:
        raise InputError(all_at_once("This table can't be written", faults))
    return made


def restored(values: Sequence[Any], dtype: str) -> pd.Series:
    """Values of a column as they were in the frame, by the name of their type there.

    Where somebody emptied a cell of a whole number or a bool, the type is the one of pandas that may be blank.
    """
    if dtype in ("tuple", "list"):
        sequence: Callable[[Any], Any] = tuple if dtype == "tuple" else list
        values = [None if value is None else sequence(value) for value in values]
    if dtype.casefold().startswith(("int", "uint")):
        return pd.Series(_whole(values, dtype))
    series = pd.Series(list(values), dtype=object)
    if dtype in ("object", "tuple", "list", "") or (dtype == "str" and _OLD_TEXTS):
        return series
    wanted: Any = dtype
    if dtype.startswith("datetime64"):
        series = _moments_back(values, zone="," in dtype)
    elif dtype.startswith(("float", "Float")):
        series = series.astype("float64" if dtype.startswith("f") else "Float64")
    elif dtype == "bool" and series.isna().any():
        wanted = "boolean"
    return series.astype(wanted)


def _moments_back(values: Sequence[Any], *, zone: bool) -> pd.Series:
    """Moments without a way through nanoseconds, which end in 2262; in UTC where they have a zone."""
    if zone:
        values = [v if v is None else v.astimezone(dt.UTC).replace(tzinfo=None) for v in values]
    series = pd.Series(np.array(values, dtype="datetime64[us]"))
    return series.dt.tz_localize("UTC") if zone else series


def _whole(values: Sequence[Any], dtype: str) -> Any:
    """Whole numbers without a way through floats, which hold 53 bits."""
    blank = np.array([value is None for value in values], dtype=bool)
    data = np.array([0 if value is None else int(value) for value in values], dtype=dtype.casefold())
    return pd.arrays.IntegerArray(data, blank) if dtype[0].isupper() or blank.any() else data


def _comment(attribute: Attribute) -> str:
    told = attribute.description_zh or attribute.description.removeprefix("(no key) ")
    return f"{told} [{attribute.unit}]" if attribute.unit else told


def _kind(series: pd.Series) -> tuple[str, str]:
    """Kind of a column of a result, and the name of the type to restore; a TypeError says what it holds."""
    dtype = series.dtype
    name = str(dtype)
    types = pd.api.types
    if types.is_bool_dtype(dtype):
        return "bool", name
    if types.is_integer_dtype(dtype):
        return ("numeric" if name.casefold() == "uint64" else "bigint"), name
    if types.is_float_dtype(dtype):
        return "double", name
    if isinstance(dtype, pd.DatetimeTZDtype):
        return "timestamptz", name
    if types.is_datetime64_dtype(dtype):
        return "timestamp", name
    if isinstance(dtype, pd.CategoricalDtype):
        series, name = series.astype(object), "category"
    elif isinstance(dtype, pd.StringDtype):
        return "text", name
    elif not types.is_object_dtype(dtype):
        raise TypeError(f"is of type {name}; {_TAKES}")
    held = [value for value in series if not _missing(value)]
    if all(isinstance(value, str) for value in held):
        return "text", name
    if name == "object" and all(
        isinstance(v, tuple | list) and all(isinstance(p, str) for p in v) for v in held
    ):
        sequences = {type(value).__name__ for value in held}
        if len(sequences) == 1:
            return "list", sequences.pop()
    if name == "object" and all(type(value) is bool for value in held):
        return "bool", name
    if name == "object" and all(isinstance(v, int) and not isinstance(v, bool) for v in held):
        return "bigint", name
    if name == "object" and all(isinstance(v, dt.date) and not isinstance(v, dt.datetime) for v in held):
        return "date", name
    found = sorted({type(value).__name__ for value in held})
    raise TypeError(f"holds {', '.join(found[:_SHOWN])}; {_TAKES}")


def _missing(value: Any) -> bool:
    return value is None or (not isinstance(value, list | tuple) and bool(pd.isna(value)))


def _values(series: pd.Series, kind: str) -> list[Any]:
    """Values as plain Python, missing ones as None; a ValueError says what does not fit."""
    if kind in ("timestamp", "timestamptz"):
        return _moments(series)
    values = series.astype(object).tolist()
    if kind == "date":
        return [None if _missing(v) else v.date() if isinstance(v, dt.datetime) else v for v in values]
    cast: Callable[[Any], Any] = {
        "double": float,
        "bigint": int,
        "numeric": int,
        "bool": bool,
        "list": list,
        "text": str,
    }[kind]
    made = [None if _missing(value) else cast(value) for value in values]
    if kind == "bigint" and any(value is not None and not -_BIG <= value < _BIG for value in made):
        raise ValueError("holds whole numbers of more than 64 bits; make them texts")
    return made


def _moments(series: pd.Series) -> list[Any]:
    whole = series.dropna()
    if (whole.dt.nanosecond != 0).any():
        raise ValueError(
            "holds moments finer than a microsecond, which PostgreSQL would round; round them first"
        )
    return [None if pd.isna(value) else value.to_pydatetime() for value in series]


def _text_faults(name: str, kind: str, values: Sequence[Any]) -> list[str]:
    """A sentence for a column with texts that UTF-8 or PostgreSQL can't hold."""
    if kind not in ("text", "list"):
        return []
    wrong = []
    for row, value in enumerate(values, start=1):
        text = value if isinstance(value, str) else "\n".join(value or ())
        if "\0" in text or any("\ud800" <= c <= "\udfff" for c in text):
            wrong.append(str(row))
    if not wrong:
        return []
    more = f" and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
    return [
        f"column {name!r}, row {', '.join(wrong[:_SHOWN])}{more}: NUL or half a character, which no text may hold"
    ]
