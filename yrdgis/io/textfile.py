"""Read a delimited text or a workbook with care, and find the columns that hold coordinates."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from io import BytesIO, StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yrdgis.errors import InputError
from yrdgis.io.archives import LIMITS, Limits
from yrdgis.io.encodings import EncodingGuess, guess_encoding

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["TextTable", "coordinate_columns", "read_text_table", "read_workbook"]

_SAMPLE = 4 << 20
_LON = re.compile(
    r"(?:^|[_\s])(?:lon|lng|long|longitude|经度|經度|x|xcoord|x坐标|东坐标|easting|east)(?:$|[_\s\d(])", re.I
)
_LAT = re.compile(
    r"(?:^|[_\s])(?:lat|latitude|纬度|緯度|y|ycoord|y坐标|北坐标|northing|north)(?:$|[_\s\d(])", re.I
)
_WKT = re.compile(r"^(?:wkt|geometry|geom|the_geom|shape|几何)$", re.I)


@dataclass
class TextTable:
    """A table as read: its frame, encoding and delimiter, and what was noticed."""

    frame: pd.DataFrame
    guess: EncodingGuess
    encoding: str
    delimiter: str = ","
    notes: list[str] = field(default_factory=list)


def _head(path: Path, limits: Limits) -> bytes:
    with path.open("rb") as file:
        raw = file.read(_SAMPLE)
    first = raw.split(b"\n", 1)[0]
    if len(first) == len(raw) and path.stat().st_size > limits.line_mb << 20:
        raise InputError(f"{path.name}: the first line is longer than {_SAMPLE >> 20} MB; not a table.")
    return raw


def _delimiter(line: str) -> str:
    counts = {d: line.count(d) for d in ",;\t|"}
    best = max(counts, key=lambda d: counts[d])
    return best if counts[best] else ","


def _numbers(frame: pd.DataFrame) -> pd.DataFrame:
    """Columns that hold numbers as numbers; codes with leading zeros stay text."""
    import pandas as pd

    out = {}
    for position in range(frame.shape[1]):
        column = frame.iloc[:, position]
        filled = column[column != ""]
        code = filled.str.match(r"^-?0\d").any() if len(filled) else True
        number = None if code else pd.to_numeric(filled, errors="coerce")
        if (
            number is None
            or (number.isna().mean() > 0.5 and not filled.str.lower().isin(["nan"]).all())
            or (
                number.isna().any()
                and not filled[number.isna()].str.lower().isin(["nan", "null", "none", "na", "-"]).all()
            )
        ):
            out[frame.columns[position]] = column.where(column != "", None)
        else:
            out[frame.columns[position]] = number.reindex(frame.index)
    return pd.DataFrame(out, index=frame.index)


def read_text_table(path: Path, *, encoding: str | None = None, limits: Limits = LIMITS) -> TextTable:
    """A CSV, TSV or the like as a frame; text stays text, numbers become numbers.

    Parameters
    ----------
    path : Path
        The file.
    encoding : str, optional
        Judged from the text if not given.
    limits : Limits
        Caps on columns and length of lines.

    Raises
    ------
    InputError
        On binary content, text that does not decode, too many columns, rows of unequal length, or no rows at
        all.
    """
    import pandas as pd

    raw = _head(path, limits)
    guess = guess_encoding(raw, cut=len(raw) == _SAMPLE)
    code = encoding or guess.encoding
    if code is None:
        raise InputError(
            f"{path.name}: not sure in which encoding the text is: it {guess.why}. Give it, such as "
            "gb18030 or big5."
        )
    code = "utf-8" if code == "ascii" else code
    if b"\x00" in raw and not code.startswith("utf-16") and not code.startswith("utf-32"):
        raise InputError(f"{path.name}: holds null bytes: binary data or a damaged file, not a table.")
    first = re.split(r"\r\n|\n|\r", raw.decode(code, "ignore").lstrip("\ufeff"), maxsplit=1)[0]
    delimiter = _delimiter(first)
    try:
        names = next(csv.reader(StringIO(first), delimiter=delimiter), [])
    except csv.Error as error:
        raise InputError(f"{path.name}: the first line is no header ({error}). Is it a table?") from error
    if len(names) > limits.columns:
        raise InputError(
            f"{path.name}: {len(names):,} columns, more than the {limits.columns:,} allowed. Turn the "
            "table (one row a record), or cut it."
        )
    if not names:
        raise InputError(f"{path.name}: the first line is blank; it has to name the columns.")
    notes = []
    names = [n.strip() or f"column_{i + 1}" for i, n in enumerate(names)]
    if len(set(names)) < len(names):
        double = sorted({n for n in names if names.count(n) > 1})
        notes.append(f"columns named twice: {', '.join(double[:5])}; numbers are added to the later ones")
        names = [n if n not in names[:i] else f"{n}_{names[:i].count(n) + 1}" for i, n in enumerate(names)]
    frame = _read(path, code, delimiter, names, pd)
    return TextTable(_numbers(frame), guess, code, delimiter, notes)


def _read(path: Path, code: str, delimiter: str, names: list[str], pd: Any) -> pd.DataFrame:
    try:
        frame = pd.read_csv(
            path,
            sep=delimiter,
            encoding=code,
            dtype=str,
            keep_default_na=False,
            names=names,
            skiprows=1,
            header=None,
            index_col=False,
            on_bad_lines="error",
            compression=None,
        )
    except pd.errors.EmptyDataError:
        frame = pd.DataFrame({n: pd.Series(dtype=str) for n in names})
    except pd.errors.ParserError as error:
        told = re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", str(error))
        if told:
            raise InputError(
                f"{path.name}: line {told[2]} has {told[3]} values where the header has {told[1]}. Quote "
                f"texts that hold {delimiter!r}."
            ) from error
        raise InputError(
            f"{path.name}: not a table that can be read ({str(error).strip()}). Is a quotation mark left "
            "open?"
        ) from error
    except (UnicodeDecodeError, LookupError) as error:
        raise InputError(
            f"{path.name}: the text is not {code} throughout ({error}). Give its encoding, or save it as "
            "UTF-8."
        ) from error
    except pd.errors.ParserWarning as error:
        raise InputError(
            f"{path.name}: rows have more values than the header has names. Mend the header."
        ) from error
    return frame.fillna("")


def read_workbook(
    path: Path, *, sheet: str | None = None, limits: Limits = LIMITS
) -> tuple[pd.DataFrame, str]:
    """First sheet of an .xlsx workbook, or the one named, as a frame.

    Raises
    ------
    InputError
        If it unpacks to more than the limits allow, is damaged, or has no such sheet.
    """
    import pandas as pd
    from openpyxl import load_workbook

    from yrdgis.io.archives import unpacked

    with unpacked(path, limits=limits):  # counts the bytes; the copy is dropped
        pass
    try:
        book = load_workbook(BytesIO(path.read_bytes()), read_only=True, data_only=True)
        if sheet is not None and sheet not in book.sheetnames:
            raise InputError(f"{path.name}: no sheet {sheet!r}. There are: {', '.join(book.sheetnames)}.")
        page = book[sheet or book.sheetnames[0]]
        rows = page.iter_rows(values_only=True)
        header = [
            str(c).strip() if c is not None else f"column_{i + 1}" for i, c in enumerate(next(rows, ()))
        ]
        if len(header) > limits.columns:
            raise InputError(
                f"{path.name}: {len(header):,} columns, more than the {limits.columns:,} allowed."
            )
        frame = pd.DataFrame(list(rows), columns=header)
    except InputError:
        raise
    except Exception as error:  # openpyxl raises many kinds for damaged workbooks
        raise InputError(
            f"{path.name}: a damaged workbook ({type(error).__name__}: {error}). Save it again."
        ) from error
    return frame.dropna(how="all").reset_index(drop=True), page.title


def coordinate_columns(frame: pd.DataFrame) -> list[tuple[str, str]]:
    """Pairs of columns that look like coordinates, easting or longitude first; a WKT column as (name, "").

    Examples
    --------
    >>> import pandas as pd
    >>> coordinate_columns(pd.DataFrame(columns=["名称", "经度", "纬度"]))
    [('经度', '纬度')]
    >>> coordinate_columns(pd.DataFrame(columns=["id", "lon_gcj02", "lat_gcj02", "lon", "lat"]))
    [('lon_gcj02', 'lat_gcj02'), ('lon', 'lat')]
    """
    names = [str(c) for c in frame.columns]
    found = [(n, "") for n in names if _WKT.match(n)]
    lats = [n for n in names if _LAT.search(n)]
    for lon in (n for n in names if _LON.search(n)):
        rest = _LON.sub("*", lon)
        partner = next((n for n in lats if _LAT.sub("*", n) == rest), None)
        if partner:
            found.append((lon, partner))
            lats.remove(partner)
    return found
