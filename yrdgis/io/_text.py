"""Small helps for texts: nearest names, forgiving keys, and small tables read strictly."""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Iterable
from pathlib import Path

from yrdgis.errors import LayerError

_SURE = 0.9
"""A name as like as this is offered alone."""
_SHORT = 3
_MOST_COMPARED = 80

MAX_FILE_BYTES = 256 * 1024 * 1024
"""No layer file is larger than this; a larger one is refused before it is read."""


def key_of(text: str) -> str:
    """Text without case, spaces and punctuation, so that 'Rail links' finds 'rail_links'."""
    return "".join(c for c in text.casefold() if c.isalnum())


def nearest(name: str, names: Iterable[str], *, count: int = 3) -> list[str]:
    """Names that look most like `name`, best first; ones that hold it as a part come in too.

    Of names of two or three characters, which differ by half where one is wrong, those with the same
    beginning come first.
    """
    known = {key_of(n): n for n in names}
    wanted = key_of(name)[:_MOST_COMPARED]
    short = len(wanted) <= _SHORT
    close = difflib.get_close_matches(wanted, known, n=20, cutoff=0.5 if short else 0.55)
    close.sort(key=lambda k: (-_likeness(wanted, k), k[:1] != wanted[:1]))
    sure = [k for k in close if _likeness(wanted, k) >= _SURE]
    if sure:
        return [known[k] for k in sure[:count]]
    parts = [k for k in known if wanted in k] if len(wanted) > 1 else []
    found = list(dict.fromkeys([*close, *sorted(parts, key=len)]))
    return [known[k] for k in found[:count]]


def _likeness(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other).ratio()


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """A sentence that offers the nearest names, or an empty text where none is near."""
    close = nearest(name, names)
    return f" Did you mean {' or '.join(close)}?" if close else ""


def read_bytes(path: Path) -> bytes:
    """Bytes of a layer file, refused where it is missing, no file, or too large."""
    try:
        if not path.is_file():
            raise LayerError(f"{path.name}: there is no such file in {path.parent}.")
        if path.stat().st_size > MAX_FILE_BYTES:
            raise LayerError(
                f"{path.name}: larger than {MAX_FILE_BYTES // 2**20} MB; a layer file is smaller."
            )
        return path.read_bytes()
    except OSError as error:
        raise LayerError(f"{path.name}: can't be read ({error.strerror or error}).") from error


def decode(data: bytes, name: str) -> str:
    """Text of a layer file: UTF-8 with or without a byte order mark, and no NUL bytes."""
    if b"\0" in data:
        line = data[: data.index(b"\0")].count(b"\n") + 1
        raise LayerError(f"{name}: NUL byte on line {line}; this is no text file. Save it as CSV in UTF-8.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise LayerError(f"{name}: line {line} is not UTF-8 (GBK perhaps). Save the file as UTF-8.") from None


def read_rows(path: Path, needed: tuple[str, ...]) -> list[dict[str, str]]:
    """Rows of a small table, such as the catalogue, as texts; strict about columns.

    Raises
    ------
    LayerError
        If the file is missing, no CSV in UTF-8, or lacks a needed column.
    """
    text = decode(read_bytes(path), path.name)
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        rows = [{k: (v or "").strip() for k, v in row.items() if isinstance(k, str)} for row in reader]
        header = reader.fieldnames or []
    except csv.Error as error:
        raise LayerError(f"{path.name}: not a readable CSV ({error}).") from None
    missing = [column for column in needed if column not in header]
    if missing:
        raise LayerError(f"{path.name}: no column {', '.join(map(repr, missing))}.")
    return rows
