"""Names in a CSV file of the user: one row, one place."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from yrdgis.errors import InputError, all_at_once

__all__ = ["NameRow", "read_names_file"]

_MAX_BYTES = 64 * 1024 * 1024
_MAX_ROWS = 1_000_000
_CALLED = {
    "id": ("编号", "代码"),
    "name": ("名称", "地名", "地点", "name_zh"),
    "lon": ("经度", "lng", "long", "longitude"),
    "lat": ("纬度", "latitude"),
}


@dataclass(frozen=True)
class NameRow:
    """One row: a name or id in `text`, or a `point` (lon, lat) labelled with it; `where` tells the row."""

    text: str
    point: tuple[float, float] | None
    where: str


def read_names_file(file: Path) -> list[NameRow]:
    """Rows of a CSV with a column ``id``, or ``lon`` and ``lat``, or ``name``, looked for in that order.

    Columns may be called 编号, 名称, 经度 and 纬度, or longitude and latitude, too.

    The text may be UTF-8, with or without a byte order mark, or GB 18030 (GBK), which are told apart.

    Raises
    ------
    InputError
        If the file can't be read, has none of these columns, or rows are at fault; all of them are named.
    """
    text = _text_of(file)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise InputError(f"{file.name}: not a readable CSV ({error}).") from None
    if not rows or not any(cell.strip() for cell in rows[0]):
        raise InputError(
            f"{file.name}: the file is empty. It needs a column 'name' or 'id', or 'lon' and 'lat'."
        )
    if len(rows) > _MAX_ROWS:
        raise InputError(f"{file.name}: more than {_MAX_ROWS:,} rows; split the file.")
    header = {_column(cell): at for at, cell in reversed(list(enumerate(rows[0])))}
    body = [
        (number, row) for number, row in enumerate(rows[1:], start=2) if any(cell.strip() for cell in row)
    ]
    if not body:
        raise InputError(f"{file.name}: a header and no rows.")
    if "id" not in header and {"lon", "lat"} <= set(header):
        return _points(file, header, body)
    column = "id" if "id" in header else "name"
    if column not in header:
        shown = ", ".join(rows[0])[:80]
        raise InputError(
            f"{file.name}: has columns {shown}; it needs 'name' or 'id', or 'lon' and 'lat' (名称 or 编号, or 经度 and 纬度)."
        )
    return _texts(file, header[column], column, body)


def _column(cell: str) -> str:
    """What a column is called here: case and the words that are usual in Chinese tables make no difference."""
    name = cell.strip().casefold()
    return next((ours for ours, words in _CALLED.items() if name in words), name)


def _texts(file: Path, at: int, column: str, body: list[tuple[int, list[str]]]) -> list[NameRow]:
    empty = [str(number) for number, row in body if at >= len(row) or not row[at].strip()]
    if empty:
        raise InputError(
            f"{file.name}: column {column!r} is empty in row {', '.join(empty[:10])} ({len(empty)} in all)."
        )
    return [NameRow(row[at].strip(), None, f"row {number}") for number, row in body]


def _points(file: Path, header: dict[str, int], body: list[tuple[int, list[str]]]) -> list[NameRow]:
    found: list[NameRow] = []
    problems: list[str] = []
    for number, row in body:
        cells = {name: row[at].strip() if at < len(row) else "" for name, at in header.items()}
        try:
            point = float(cells["lon"]), float(cells["lat"])
        except ValueError:
            told = f"{cells['lon'][:20]!r}, {cells['lat'][:20]!r}"
            problems.append(
                f"row {number}: lon and lat are {told}; expected degrees such as 121.4737 and 31.2304"
            )
            continue
        found.append(NameRow(cells.get("name", ""), point, f"row {number}"))
    if problems:
        raise InputError(all_at_once(file.name, problems))
    return found


def _text_of(file: Path) -> str:
    try:
        if not file.is_file():
            raise InputError(f"{file}: there is no such file.")
        if file.stat().st_size > _MAX_BYTES:
            raise InputError(f"{file.name}: larger than {_MAX_BYTES // 2**20} MB; split the file.")
        data = file.read_bytes()
    except OSError as error:
        raise InputError(f"{file}: can't be read ({error.strerror or error}).") from error
    if b"\0" in data:
        raise InputError(
            f"{file.name}: holds NUL bytes; this is no CSV in UTF-8 or GB 18030. Save it as CSV UTF-8."
        )
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputError(f"{file.name}: neither UTF-8 nor GB 18030 (GBK). Save it as CSV UTF-8.")
