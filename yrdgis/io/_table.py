"""One CSV to a typed frame: read as text by Arrow, then each column as its schema says."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from yrdgis.errors import LayerError, all_at_once
from yrdgis.io._text import decode, read_bytes

if TYPE_CHECKING:
    from yrdgis.io.schema import Attribute, Schema

TRUE, FALSE = ("true", "yes", "1"), ("false", "no", "0")
_SHOWN = 5


def read_texts(path: Path) -> pa.Table:
    """All cells of a CSV as texts, stripped of nothing; rows of unequal length are refused."""
    data = read_bytes(path)
    decode(data, path.name)
    header = _header(data, path.name)
    options = pacsv.ConvertOptions(
        column_types=dict.fromkeys(header, pa.string()),
        strings_can_be_null=False,
        quoted_strings_can_be_null=False,
    )
    parse = pacsv.ParseOptions(newlines_in_values=True)
    try:
        return pacsv.read_csv(
            pa.py_buffer(data.removeprefix(b"\xef\xbb\xbf")),
            read_options=pacsv.ReadOptions(use_threads=False, block_size=max(len(data) + 1, 1 << 16)),
            parse_options=parse,
            convert_options=options,
        )
    except (pa.ArrowInvalid, pa.ArrowKeyError) as error:
        raise LayerError(f"{path.name}: not a readable CSV ({str(error).splitlines()[0]}).") from None


def _header(data: bytes, name: str) -> list[str]:
    first = data.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n").split(b"\n", 1)[0].decode()
    try:
        header = next(csv.reader([first.rstrip("\r")], strict=True), [])
    except csv.Error as error:
        raise LayerError(f"{name}: the header is not readable ({error}).") from None
    if not header:
        raise LayerError(f"{name}: the file is empty; a layer has a header at least.")
    twice = sorted({column for column in header if header.count(column) > 1})
    if twice:
        raise LayerError(f"{name}: column {', '.join(map(repr, twice))} stands twice in the header.")
    return header


def typed(texts: pa.Table, schema: Schema, name: str) -> pd.DataFrame:
    """Frame with the columns of the schema, in its order, then columns it does not know, as texts.

    Raises
    ------
    LayerError
        If a required column is missing or cells are not of their type; everything is named at once.
    """
    problems: list[str] = []
    columns: dict[str, Any] = {}
    for attribute in schema:
        if attribute.name in texts.column_names:
            column = texts.column(attribute.name)
        elif attribute.required:
            problems.append(f"no column {attribute.name!r}")
            continue
        else:
            column = pa.chunked_array([pa.array([""] * texts.num_rows, pa.string())])
        if attribute.default:
            column = pc.if_else(pc.equal(column, ""), attribute.default, column)
        try:
            columns[attribute.name] = _convert(column, attribute)
        except (pa.ArrowInvalid, ValueError):
            problems.append(_blame(column, attribute))
    if problems:
        raise LayerError(all_at_once(name, problems) + "\n`yrdgis check` tells all that is at fault.")
    for column_name in texts.column_names:
        if column_name not in columns:
            columns[column_name] = texts.column(column_name).to_pandas()
    return pd.DataFrame(columns)


def empty(schema: Schema) -> pd.DataFrame:
    """Frame without rows, with the columns and types of a schema."""
    return typed(pa.table({name: pa.array([], pa.string()) for name in schema.names}), schema, schema.name)


def from_records(records: list[dict[str, Any]], schema: Schema, name: str) -> pd.DataFrame:
    """Typed frame from the properties of GeoJSON features."""
    names = list(dict.fromkeys(key for record in records for key in record)) or schema.names
    texts = {key: pa.array([as_text(record.get(key)) for record in records], pa.string()) for key in names}
    return typed(pa.table(texts), schema, name)


def as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ";".join(as_text(part) for part in value)
    return str(value)


def _convert(column: pa.ChunkedArray, attribute: Attribute) -> Any:
    """Column of texts as its type: blanks are "" in texts, NaN, <NA>, NaT, False and () in the others."""
    if attribute.type == "string":
        return column.to_pandas()
    if attribute.type == "list":
        return _lists(column)
    column = pc.utf8_trim_whitespace(column)
    blank = pc.equal(column, "")
    if attribute.type == "bool":
        lower = pc.utf8_lower(column)
        yes, no = pc.is_in(lower, pa.array(TRUE)), pc.is_in(lower, pa.array(FALSE))
        if not pc.all(pc.or_(pc.or_(yes, no), blank), min_count=0).as_py():
            raise ValueError
        return yes.to_numpy(zero_copy_only=False) if isinstance(yes, pa.Array) else yes.to_numpy()
    filled = pc.if_else(blank, pa.scalar(None, pa.string()), column)
    if attribute.type == "float":
        return pc.cast(filled, pa.float64()).to_numpy().astype(float, copy=True)
    if attribute.type == "int":
        return _integers(pc.cast(filled, pa.int64()))
    return pc.cast(pc.cast(filled, pa.date32()), pa.timestamp("ns")).to_numpy().astype("datetime64[ns]")


def _integers(column: pa.ChunkedArray) -> pd.api.extensions.ExtensionArray:
    mask = np.asarray(pc.is_null(column).to_numpy(), dtype=bool)
    return pd.arrays.IntegerArray(np.array(pc.fill_null(column, 0).to_numpy(), dtype="int64"), mask)


def _lists(column: pa.ChunkedArray) -> np.ndarray:
    made = np.empty(len(column), dtype=object)
    for i, text in enumerate(column.to_pylist()):
        made[i] = tuple(part for part in (p.strip() for p in text.split(";")) if part) if text else ()
    return made


def _blame(column: pa.ChunkedArray, attribute: Attribute) -> str:
    """Sentence that names the cells which are not of the attribute's type, by row of the file."""
    wrong = [
        (row, text) for row, text in enumerate(column.to_pylist(), start=2) if not _fits(text, attribute)
    ]
    shown = ", ".join(f"{text[:40]!r} (row {row})" for row, text in wrong[:_SHOWN])
    more = f" and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
    expected = {
        "float": "a number",
        "int": "a whole number",
        "date": "a date such as 2021-01-15",
        "bool": "True or False",
    }
    return f"column {attribute.name!r} holds {shown}{more}; expected {expected[attribute.type]} or a blank"


def _fits(text: str, attribute: Attribute) -> bool:
    try:
        _convert(pa.chunked_array([pa.array([text], pa.string())]), attribute)
    except (pa.ArrowInvalid, ValueError):
        return False
    return True
