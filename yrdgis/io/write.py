"""Writing results: whole or not at all, and safe for whoever opens them.

A file is written under a temporary name beside its place and renamed when it is whole. Cells that a
spreadsheet would run as a formula are written as text.
"""

from __future__ import annotations

import datetime as dt
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yrdgis.errors import InputError, OutputError

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = [
    "LAYER_FORMATS",
    "TABLE_FORMATS",
    "atomic_folder",
    "atomic_write",
    "output_path",
    "safe_cell",
    "safe_texts",
    "write_layer",
    "write_table",
    "write_workbook",
]

TABLE_FORMATS = (".csv", ".parquet", ".xlsx")
"""Endings that `write_table` knows."""

LAYER_FORMATS = (".gpkg", ".geojson", ".parquet", ".csv", ".xlsx", ".shp")
"""Endings that `write_layer` knows."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_MAX_XLSX_ROWS = 1_048_575
_MAX_XLSX_TEXT = 32_767


def output_path(path: str | os.PathLike[str], formats: tuple[str, ...] = ()) -> Path:
    """Path of a file to be written, refused where it can't be one.

    Raises
    ------
    InputError
        If the ending is none of `formats`, or the path is a URL or a virtual file.
    OutputError
        If its folder does not exist, or a folder stands in its place.
    """
    text = os.fspath(path)
    if "://" in text or text.startswith("/vsi") or "\0" in text:
        raise InputError(f"{text!r} is no path of a file; results are written to plain files only.")
    file = Path(text)
    if formats and file.suffix.casefold() not in formats:
        raise InputError(
            f"{file.name}: can't write {file.suffix or 'a file without an ending'}; use {', '.join(formats)}."
        )
    if file.is_dir():
        raise OutputError(f"{file} is a folder; give the name of a file.")
    if not file.parent.is_dir():
        raise OutputError(f"{file.parent}: there is no such folder. Make it first, or write elsewhere.")
    return file


@contextmanager
def atomic_write(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary path to write to; it takes its place when the block ends, or vanishes if that fails.

    Parameters
    ----------
    path : str or path
        Where the file shall stand; what stood there stays until the new one is whole.

    Yields
    ------
    pathlib.Path
        Temporary path in the same folder, with the same ending.

    Raises
    ------
    OutputError
        If the file can't be written there.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> with atomic_write(folder / "a.txt") as temporary:
    ...     _ = temporary.write_text("whole")
    >>> [file.name for file in folder.iterdir()]
    ['a.txt']
    """
    file = output_path(path)
    temporary = file.with_name(f".{file.stem}.{secrets.token_hex(4)}.part{file.suffix}")
    try:
        yield temporary
        os.replace(temporary, file)
    except OSError as error:
        raise _refusal(error, file) from error
    finally:
        for left in (temporary, *file.parent.glob(f"{temporary.name}-*")):
            left.unlink(missing_ok=True)


@contextmanager
def atomic_folder(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary folder to fill; it replaces the one at `path` when the block ends well, or vanishes.

    Raises
    ------
    OutputError
        If the folder can't be made there.
    """
    folder = Path(path)
    temporary = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.part")
    old = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.old")
    try:
        if folder.exists() and not folder.is_dir():
            raise OutputError(f"{folder} is a file; give the name of a folder.")
        temporary.mkdir(parents=True)
        yield temporary
        if folder.exists():
            os.replace(folder, old)
        os.replace(temporary, folder)
    except OSError as error:
        if old.exists() and not folder.exists():
            os.replace(old, folder)
        raise _refusal(error, folder) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def safe_cell(value: Any) -> Any:
    """Value for a cell: a text that a spreadsheet would run as a formula gets an apostrophe in front.

    Numbers stay as they are, and so do texts that are plain numbers.

    Examples
    --------
    >>> safe_cell("=HYPERLINK(1)"), safe_cell("-12.5"), safe_cell("甲州"), safe_cell(-3)
    ("'=HYPERLINK(1)", '-12.5', '甲州', -3)
    """
    if isinstance(value, str) and value.startswith(_FORMULA) and not _is_number(value):
        return f"'{value}"
    return value


def safe_texts(frame: pd.DataFrame) -> pd.DataFrame:
    """Frame as it may be written to a CSV: lists joined by ``;``, days in ISO form, no cell a formula."""
    made = frame.copy()
    for column in made.columns:
        series = made[column]
        if str(series.dtype).startswith("datetime64"):
            made[column] = _days(series)
        elif series.dtype == object or str(series.dtype) in ("str", "string"):
            made[column] = series.map(lambda value: safe_cell(_flat(value)))
    return made.rename(columns={column: safe_cell(str(column)) for column in made.columns})


def write_table(
    frame: pd.DataFrame,
    path: str | os.PathLike[str],
    *,
    headers: Mapping[str, str] | None = None,
    excel_utf8: bool = False,
) -> Path:
    """Write a table as CSV, Parquet or a workbook, by the ending of the path.

    Parameters
    ----------
    frame : pandas.DataFrame
        Table; its row labels are not written.
    path : str or path
        File ending in ``.csv``, ``.parquet`` or ``.xlsx``.
    headers : mapping, optional
        Titles to show for columns, in CSV and workbook.
    excel_utf8 : bool
        Whether a CSV begins with the mark by which Excel knows UTF-8.

    Returns
    -------
    pathlib.Path
        The file written.

    Raises
    ------
    InputError
        If the ending is none of these, or the table is too long for a workbook.
    OutputError
        If the file can't be written there.
    """
    file = output_path(path, TABLE_FORMATS)
    if file.suffix.casefold() == ".xlsx":
        return write_workbook({file.stem[:31]: frame}, file, headers=headers)
    with atomic_write(file) as temporary:
        if file.suffix.casefold() == ".parquet":
            _plain(frame).to_parquet(temporary, index=False)
        else:
            shown = safe_texts(frame.rename(columns=dict(headers or {})))
            encoding = "utf-8-sig" if excel_utf8 else "utf-8"
            shown.to_csv(temporary, index=False, encoding=encoding, lineterminator="\n")
    return file


def write_workbook(
    sheets: Mapping[str, pd.DataFrame],
    path: str | os.PathLike[str],
    *,
    headers: Mapping[str, str] | None = None,
) -> Path:
    """Write tables as sheets of one workbook, each with a header that stays in view.

    Parameters
    ----------
    sheets : mapping of str to pandas.DataFrame
        Title of each sheet, and its table.
    path : str or path
        File ending in ``.xlsx``.
    headers : mapping, optional
        Titles to show for columns.

    Raises
    ------
    InputError
        If a table has more rows than a sheet can hold.
    OutputError
        If the file can't be written there.
    """
    from openpyxl import Workbook

    file = output_path(path, (".xlsx",))
    long = [title for title, frame in sheets.items() if len(frame) > _MAX_XLSX_ROWS]
    if long:
        raise InputError(
            f"{file.name}: {', '.join(long)} has more than {_MAX_XLSX_ROWS:,} rows; write .csv or .parquet."
        )
    book = Workbook(write_only=True)
    for title, frame in sheets.items():
        _fill_sheet(book, title, frame.rename(columns=dict(headers or {})))
    with atomic_write(file) as temporary:
        book.save(temporary)
    return file


def write_layer(
    frame: gpd.GeoDataFrame | pd.DataFrame,
    path: str | os.PathLike[str],
    *,
    layer: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Path:
    """Write a layer for other programs, by the ending of the path.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame or pandas.DataFrame
        Layer; one without geometry can be written as ``.csv``, ``.xlsx``, ``.parquet`` or ``.gpkg``.
    path : str or path
        File ending in ``.gpkg``, ``.geojson``, ``.parquet``, ``.csv``, ``.xlsx`` or ``.shp``. Points get
        columns ``lon`` and ``lat`` in a CSV or workbook; other shapes a column ``wkt`` in a CSV.
    layer : str, optional
        Name of the layer inside a GeoPackage; the file's own name by default.
    headers : mapping, optional
        Titles to show for columns in CSV, workbook and Shapefile. A Shapefile holds 10 bytes of a title; what
        does not fit is cut, and ``<name>_fields.csv`` beside it tells which column each stands for.

    Returns
    -------
    pathlib.Path
        The file written.

    Raises
    ------
    InputError
        If the ending is none of these, or the layer has no shapes where they are needed.
    OutputError
        If the file can't be written there.
    """
    from yrdgis.io import _vector

    file = output_path(path, LAYER_FORMATS)
    kind = file.suffix.casefold()
    if kind in (".csv", ".xlsx"):
        return write_table(_vector.as_table(frame, wkt=kind == ".csv"), file, headers=headers)
    if kind == ".shp":
        return _vector.write_shapefile(frame, file, headers or {})
    if not hasattr(frame, "geometry"):
        if kind == ".parquet":
            return write_table(frame, file)
        if kind == ".geojson":
            raise InputError(
                f"{file.name}: the layer has no shapes; write it as .csv, .xlsx, .parquet or .gpkg."
            )
    with atomic_write(file) as temporary:
        _vector.write_vector(_plain(frame), temporary, kind, layer or file.stem)
    return file


def _plain(frame: Any) -> Any:
    """Frame whose lists are texts joined by ``;``, as file formats want them."""
    made = frame.copy()
    geometry = made.geometry.name if hasattr(made, "geometry") else None
    for column in made.columns:
        if column != geometry and made[column].dtype == object:
            made[column] = made[column].map(_flat)
    return made


def _fill_sheet(book: Any, title: str, frame: pd.DataFrame) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet("".join(c for c in title if c not in "[]:*?/\\")[:31] or "table")
    sheet.freeze_panes = "A2"
    for at, column in enumerate(frame.columns, start=1):
        sample = [str(column), *(str(_flat(v)) for v in frame.iloc[:200, at - 1])]
        widest = max(sum(2 if ord(c) > 0x2E7F else 1 for c in text) for text in sample)
        sheet.column_dimensions[get_column_letter(at)].width = min(max(widest + 2, 8), 60)
    bold = Font(bold=True)
    titles = [WriteOnlyCell(sheet, value=_sheet_text(str(column))) for column in frame.columns]
    for cell in titles:
        cell.font, cell.data_type = bold, "s"
    sheet.append(titles)
    for row in frame.itertuples(index=False, name=None):
        sheet.append([_sheet_cell(sheet, value) for value in row])


def _sheet_cell(sheet: Any, value: Any) -> Any:
    """Value for a workbook: missing is blank, and a text stays a text whatever it begins with."""
    import pandas as pd
    from openpyxl.cell import WriteOnlyCell

    value = _flat(value)
    if pd.isna(value):
        return None
    if isinstance(value, dt.datetime):
        return value.date() if value.time() == dt.time() else value.replace(tzinfo=None)
    if isinstance(value, str):
        text = _sheet_text(value)
        if not text.startswith(_FORMULA):
            return text
        cell = WriteOnlyCell(sheet, value=text)
        cell.data_type = "s"
        return cell
    return value.item() if hasattr(value, "item") else value


def _sheet_text(text: str) -> str:
    """Text without control characters, which workbooks can't hold, cut to the most that a cell takes."""
    return "".join(c for c in text if ord(c) >= 32 or c in "\t\n\r")[:_MAX_XLSX_TEXT]


def _flat(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return ";".join(str(part) for part in value)
    return value


def _days(series: pd.Series) -> pd.Series:
    """Days in ISO form, with the time of day only where there is one."""
    whole = series.dropna()
    pattern = "%Y-%m-%d" if (whole == whole.dt.normalize()).all() else "%Y-%m-%dT%H:%M:%S"
    return series.dt.strftime(pattern)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _refusal(error: OSError, path: Path) -> OutputError:
    if isinstance(error, OutputError):
        return error
    return OutputError(
        f"{path}: can't be written ({error.strerror or error}). Choose another place or free this one."
    )
