"""Tables for people: a workbook with Chinese headers and units, and the same as plain CSV.

The bytes depend on the content alone: no clock, no user name, no order of a set.
"""

from __future__ import annotations

import datetime as dt
import os
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yrdgis.errors import InputError
from yrdgis.io.write import atomic_write, write_table

if TYPE_CHECKING:
    import pandas as pd

    from yrdgis.io.schema import Schema

__all__ = ["Column", "Table", "from_schema", "write_csv", "write_workbook"]

_LONG_AGO = (1980, 1, 1, 0, 0, 0)
_MOST = 32_767


@dataclass(frozen=True)
class Column:
    """One column of a table: its key in the frame, its titles, unit and what its codes mean."""

    key: str
    title: str
    title_zh: str
    unit: str = ""
    unit_zh: str = ""
    codes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    decimals: int | None = None

    def heading(self) -> str:
        """Chinese title with its unit, and the English one under it."""
        unit_zh, unit = self.unit_zh or self.unit, self.unit
        return f"{self.title_zh}{f'（{unit_zh}）' if unit_zh else ''}\n{self.title}{f' ({unit})' if unit else ''}"


@dataclass(frozen=True)
class Table:
    """A frame with the columns that a reader sees, and a sentence on what it rests on."""

    name: str
    title: str
    title_zh: str
    frame: pd.DataFrame
    columns: Sequence[Column]
    note: str = ""
    note_zh: str = ""

    def __post_init__(self) -> None:
        missing = [column.key for column in self.columns if column.key not in self.frame.columns]
        if missing:
            raise InputError(f"Table {self.name!r} has no column {', '.join(map(repr, missing))}.")


def from_schema(
    schema: Schema,
    frame: pd.DataFrame,
    *,
    audience: str,
    words: Mapping[str, Mapping[str, str]] | None = None,
    skip: Iterable[str] = (),
) -> list[Column]:
    """Columns of a layer: titles and units from its schema, only those that the audience may see.

    Parameters
    ----------
    schema : Schema
    frame : pandas.DataFrame
        The layer; attributes that it lacks are left out.
    audience : {"public", "internal"}
    words : mapping, optional
        Words of coded values, ``{code: {"zh": ..., "en": ...}}``.
    skip : iterable of str
        Attributes to leave out.
    """
    skipped, columns = set(skip), []
    for attribute in schema:
        if attribute.name in skipped or attribute.name not in frame.columns:
            continue
        if audience != "internal" and attribute.audience != "public":
            continue
        codes = {
            code: (words[key]["en"], words[key]["zh"])
            for code in attribute.allowed
            for key in (f"{attribute.name}.{code}",)
            if words and key in words
        }
        columns.append(
            Column(
                attribute.name,
                attribute.name,
                attribute.description_zh or attribute.description,
                attribute.unit,
                codes=codes,
            )
        )
    return columns


def write_csv(table: Table, path: str | os.PathLike[str]) -> None:
    """Write a table as CSV in UTF-8, with the keys of the columns as header."""
    write_table(table.frame[[column.key for column in table.columns]], path)


def write_workbook(
    tables: Sequence[Table], path: str | os.PathLike[str], *, title: str, created: dt.date
) -> None:
    """Write tables as one ``.xlsx``: a contents sheet, a sheet each with a frozen header, and the code lists.

    Parameters
    ----------
    tables : sequence of Table
        In the order of the sheets.
    path : path
    title : str
        Title in the properties of the file.
    created : datetime.date
        Day written as the file's own date, so that equal content gives equal bytes.
    """
    from openpyxl import Workbook

    book = Workbook()
    contents = book.active
    contents.title = "目录 Contents"
    for table in tables:
        _sheet(book.create_sheet(_sheet_name(table, book.sheetnames)), table)
    _contents(contents, tables, book.sheetnames[1:])
    _codes(book, tables)
    stamp = dt.datetime(created.year, created.month, created.day)
    book.properties.title, book.properties.creator = title, "yrdgis"
    book.properties.created = book.properties.modified = stamp
    with atomic_write(path) as part:
        book.save(part)
        _steady_zip(Path(part), stamp)


def _sheet_name(table: Table, taken: Sequence[str]) -> str:
    name = "".join("_" if c in "[]:*?/\\" else c for c in table.title_zh)[:31] or table.name[:31]
    return name if name not in taken else f"{name[:28]}-{len(taken)}"


def _sheet(sheet: Any, table: Table) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    head = Font(bold=True, color="FFFFFF")
    fill = PatternFill("solid", fgColor="1D4267")
    for i, column in enumerate(table.columns, start=1):
        cell = sheet.cell(1, i, column.heading())
        cell.font, cell.fill, cell.alignment = head, fill, Alignment(wrap_text=True, vertical="center")
        values = [_shown(value, column) for value in table.frame[column.key]]
        widest = max((_width(value) for value in values), default=0)
        sheet.column_dimensions[get_column_letter(i)].width = min(
            60, max(10, _width(column.heading()) + 2, widest + 2)
        )
        for row, value in enumerate(values, start=2):
            cell = sheet.cell(row, i)
            _put(cell, value)
            if column.decimals is not None and isinstance(value, float):
                cell.number_format = "0" if column.decimals == 0 else "0." + "0" * column.decimals
    sheet.row_dimensions[1].height = 34
    sheet.freeze_panes = "B2"
    if table.columns:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.columns))}{len(table.frame) + 1}"


def _contents(sheet: Any, tables: Sequence[Table], names: Sequence[str]) -> None:
    from openpyxl.styles import Alignment, Font

    for i, text in enumerate(
        ("工作表 Sheet", "内容 What it holds", "行数 Rows", "依据 What it rests on"), start=1
    ):
        sheet.cell(1, i, text).font = Font(bold=True)
    for row, (table, name) in enumerate(zip(tables, names, strict=True), start=2):
        link = sheet.cell(row, 1, name)
        link.hyperlink, link.style = f"#'{name}'!A1", "Hyperlink"
        _put(sheet.cell(row, 2), f"{table.title_zh}\n{table.title}")
        sheet.cell(row, 3, len(table.frame))
        _put(sheet.cell(row, 4), "\n".join(part for part in (table.note_zh, table.note) if part))
        for i in (2, 4):
            sheet.cell(row, i).alignment = Alignment(wrap_text=True, vertical="top")
    for letter, width in zip("ABCD", (26, 44, 12, 80), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"


def _codes(book: Any, tables: Sequence[Table]) -> None:
    from openpyxl.styles import Font

    rows = {
        (column.title_zh, code, zh, en): None
        for table in tables
        for column in table.columns
        for code, (en, zh) in column.codes.items()
    }
    if not rows:
        return
    sheet = book.create_sheet("代码表 Codes")
    for i, text in enumerate(("字段 Field", "代码 Code", "中文", "English"), start=1):
        sheet.cell(1, i, text).font = Font(bold=True)
    for row, values in enumerate(rows, start=2):
        for i, value in enumerate(values, start=1):
            _put(sheet.cell(row, i), value)
    for letter in "ABCD":
        sheet.column_dimensions[letter].width = 26
    sheet.freeze_panes = "A2"


def _put(cell: Any, value: Any) -> None:
    """Write a value; a text is always text, also when it begins like a formula."""
    if isinstance(value, str):
        cell.value = "".join(c for c in value if ord(c) >= 32 or c == "\n")[:_MOST]
        cell.data_type = "s"
    elif value is not None:
        cell.value = value


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return "; ".join(map(str, value))
    if value is None or type(value).__name__ in ("NAType", "NaTType") or value != value:
        return None
    if hasattr(value, "to_pydatetime"):
        return value.to_pydatetime().date()
    return value.item() if hasattr(value, "item") else value


def _shown(value: Any, column: Column) -> Any:
    value = _plain(value)
    if isinstance(value, bool):
        return "是 yes" if value else "否 no"
    if isinstance(value, str) and value in column.codes:
        return column.codes[value][1]
    if isinstance(value, float) and column.decimals is not None:
        return round(value, column.decimals)
    return None if value == "" else value


def _width(value: Any) -> int:
    lines = str(value if value is not None else "").split("\n")
    return max(sum(2 if ord(c) > 0x2E80 else 1 for c in line) for line in lines)


def _steady_zip(path: Path, stamp: dt.datetime) -> None:
    """Write a zip anew with one date for all its parts, and the stamp as the file's own last change."""
    with zipfile.ZipFile(path) as old:
        parts = [(info.filename, old.read(info)) for info in old.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts:
            if name == "docProps/core.xml":
                content = _with_dates(content, stamp)
            info = zipfile.ZipInfo(name, _LONG_AGO)
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, content)


def _with_dates(core: bytes, stamp: dt.datetime) -> bytes:
    import re

    text = stamp.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    return re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + text, core)
