"""The parts of a shapefile: are they all there, whole, of one length, and in which code is the text."""

from __future__ import annotations

import shutil
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from yrdgis.errors import InputError
from yrdgis.io.encodings import DBF_CODE_PAGES, EncodingGuess, guess_encoding, plausibility, same_encoding
from yrdgis.io.sniff import first_bytes

__all__ = ["DbfText", "ShapeParts", "inspect_shapefile", "read_dbf_text"]

_SAMPLE_ROWS = 2000


@dataclass(frozen=True)
class DbfText:
    """What a .dbf says about its text, and the text itself as bytes.

    Attributes
    ----------
    declared_byte : int
        Code-page byte of the header; 0 says nothing.
    declared_cpg : str or None
        Content of the .cpg file beside it.
    guess : EncodingGuess
        What the text itself looks like.
    encoding : str
        What to read it in.
    why : str
        How that was decided.
    conflict : str or None
        A declaration that the text contradicts.
    broken : tuple of int
        Rows, of those looked at, with a text that does not decode whole.
    """

    declared_byte: int
    declared_cpg: str | None
    guess: EncodingGuess
    encoding: str
    why: str
    conflict: str | None = None
    broken: tuple[int, ...] = ()


@dataclass
class ShapeParts:
    """Where the parts are, what is missing, and how to read them."""

    shp: Path | None
    parts: dict[str, Path]
    rows: int
    text: DbfText | None
    repairs: list[str] = field(default_factory=list)


def _siblings(path: Path) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for other in path.parent.iterdir():
        if other.stem == path.stem and other.suffix and other.is_file():
            found.setdefault(other.suffix.lower(), other)
    return found


def _check_shp(path: Path) -> None:
    size = path.stat().st_size
    head = first_bytes(path, 100)
    if size < 100 or head[:4] != b"\x00\x00\x27\x0a":
        raise InputError(
            f"{path.name}: no shapefile, or cut off within its header ({size} bytes). Fetch it again."
        )
    stated = struct.unpack(">i", head[24:28])[0] * 2
    if size < stated:
        raise InputError(
            f"{path.name}: cut off: {size:,} bytes where its header says {stated:,}. Fetch it again."
        )


def _shapes_in(shx: Path) -> int:
    size = shx.stat().st_size
    if size < 100 or (size - 100) % 8:
        raise InputError(
            f"{shx.name}: cut off or damaged ({size} bytes). Delete it to have it rebuilt, or fetch it again."
        )
    return (size - 100) // 8


def _dbf_header(path: Path) -> tuple[int, int, int, bytes]:
    raw = first_bytes(path, 65536)
    if len(raw) < 33:
        raise InputError(f"{path.name}: cut off within its header ({len(raw)} bytes). Fetch it again.")
    rows, header, width = struct.unpack("<IHH", raw[4:12])
    if header < 33 or width < 1:
        raise InputError(f"{path.name}: the header is damaged. Export it again.")
    size = path.stat().st_size
    if size < header + rows * width:
        whole = max(0, size - header) // width
        raise InputError(
            f"{path.name}: cut off: {rows:,} rows announced, {whole:,} are there. Fetch it again."
        )
    return rows, header, width, raw


def _text_fields(raw: bytes, header: int) -> Iterator[tuple[int, int, bytes]]:
    """Offset, width and name of each character field."""
    offset = 1
    for start in range(32, header - 1, 32):
        block = raw[start : start + 32]
        if len(block) < 32 or block[0] == 0x0D:
            return
        width = block[16] + (block[17] << 8 if block[11:12] == b"C" else 0)
        if block[11:12] == b"C":
            yield offset, width, block[:11].split(b"\x00")[0]
        offset += width


def _whole(cell: bytes) -> bytes:
    """A field without the half character that a fixed width may have cut off."""
    for cut in range(3):
        part = cell[: len(cell) - cut] if cut else cell
        for encoding in ("utf-8", "gb18030"):
            try:
                part.decode(encoding)
            except UnicodeDecodeError:
                continue
            return part
    return cell


def _cells(path: Path, rows: int, header: int, width: int, raw: bytes) -> list[tuple[int, bytes]]:
    """Texts that are not ASCII, with their rows; names of fields as row -1."""
    fields = list(_text_fields(raw, header))
    cells = [(-1, name) for _, _, name in fields if not name.isascii()]
    step = max(1, rows // _SAMPLE_ROWS)
    with path.open("rb") as file:
        for row in range(0, rows, step):
            file.seek(header + row * width)
            record = file.read(width)
            for offset, size, _ in fields:
                cell = record[offset : offset + size].rstrip(b" \x00")
                if cell and not cell.isascii():
                    cells.append((row, cell))
    return cells


def _broken(cells: list[tuple[int, bytes]], encoding: str) -> tuple[int, ...]:
    rows = set()
    for row, cell in cells:
        try:
            cell.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            rows.add(row)
    return tuple(sorted(rows - {-1}))


def _decodes(cells: list[bytes], encoding: str) -> float | None:
    """How plausible the cells read in an encoding; None if they don't decode."""
    try:
        text = "".join(c.decode(encoding) for c in cells)
    except (UnicodeDecodeError, LookupError):
        return None
    return plausibility(text, "big5" if same_encoding(encoding, "big5") else "utf-8")


def _cpg(path: Path | None) -> str | None:
    if path is None:
        return None
    text = path.read_bytes()[:64].decode("ascii", "ignore").strip().splitlines()
    name = text[0].strip() if text else ""
    named = {"936": "gbk", "950": "big5", "65001": "utf-8", "1252": "cp1252", "utf8": "utf-8"}
    name = name.upper().removeprefix("ANSI ").removeprefix("CP").removeprefix("OEM ").strip()
    return named.get(name.lower(), name.lower()) or None


def read_dbf_text(path: Path, cpg: Path | None = None) -> DbfText:
    """In which encoding the text of a .dbf is, by .cpg, header byte and the text.

    Parameters
    ----------
    path : Path
        The .dbf.
    cpg : Path, optional
        The .cpg beside it.

    Returns
    -------
    DbfText
        A declaration is followed if the text decodes in it and reads no worse than in what it looks like.

    Raises
    ------
    InputError
        If the table is cut off or damaged.
    """
    rows, header, width, raw = _dbf_header(path)
    found = _cells(path, rows, header, width, raw)
    text = _choose(raw[29], _cpg(cpg), [_whole(cell) for _, cell in found])
    return replace(text, broken=_broken(found, text.encoding))


def _choose(byte: int, said: str | None, cells: list[bytes]) -> DbfText:
    """Follow a declaration if the text bears it out, else the text."""
    guess = guess_encoding(cells)
    declared = [(said, f"the .cpg says {said}")] if said else []
    if byte in DBF_CODE_PAGES:
        code = DBF_CODE_PAGES[byte]
        declared.append((code, f"code-page byte 0x{byte:02X} of the header says {code}"))
    conflict = None
    best = guess.score if guess.encoding else 0.0
    for encoding, why in declared:
        score = _decodes(cells, encoding)
        agrees = same_encoding(encoding, guess.encoding or "?")
        if guess.encoding == "ascii" or (score is not None and (score >= best - 0.2 or agrees)):
            return DbfText(byte, said, guess, encoding, why, conflict)
        conflict = f"{why}, but the text {guess.why}"
    if guess.encoding:
        why = f"no usable declaration; the text {guess.why}"
        code = "utf-8" if guess.encoding == "ascii" else guess.encoding
        return DbfText(byte, said, guess, code, why, conflict)
    usable = declared and _decodes(cells, declared[0][0]) is not None
    fallback = declared[0][0] if usable else "latin-1"
    return DbfText(byte, said, guess, fallback, f"not sure: the text {guess.why}", conflict)


def inspect_shapefile(path: Path, scratch: Path) -> ShapeParts:
    """Check the parts; copy them to a scratch folder where one has to be rebuilt.

    Parameters
    ----------
    path : Path
        Any of the parts.
    scratch : Path
        A folder of the caller, used only if the .shx has to be rebuilt.

    Raises
    ------
    InputError
        If a part is cut off, or shapes and rows differ in number, or there is neither .shp nor .dbf.
    """
    parts = _siblings(path)
    shp, shx, dbf = (parts.get(suffix) for suffix in (".shp", ".shx", ".dbf"))
    if shp is None and path.suffix.lower() != ".dbf":
        raise InputError(
            f"{path.name}: the .shp beside it is missing, and with it every shape. Fetch all parts."
        )
    text = read_dbf_text(dbf, parts.get(".cpg")) if dbf else None
    rows = _dbf_header(dbf)[0] if dbf else 0
    result = ShapeParts(shp, parts, rows, text)
    if shp is None:
        return result
    _check_shp(shp)
    if shx is not None and dbf is not None and _shapes_in(shx) != rows:
        raise InputError(
            f"{path.name}: {_shapes_in(shx):,} shapes but {rows:,} rows in the .dbf, so rows and shapes "
            "can't be matched. Export it again."
        )
    if dbf is None:
        result.repairs.append("the .dbf is missing: shapes without attributes")
    if ".prj" not in parts:
        result.repairs.append("the .prj is missing: no CRS is recorded")
    if shx is None:
        for part in parts.values():
            shutil.copy(part, scratch / f"data{part.suffix.lower()}")
        result.shp = scratch / "data.shp"
        result.repairs.append("the .shx is missing: rebuilt from the .shp in a copy")
    return result
