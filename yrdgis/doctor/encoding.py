"""What the file says about its text, what the text looks like, and whether the two agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from yrdgis.io.encodings import Mended, mend_mojibake, plausibility, same_encoding

if TYPE_CHECKING:
    import pandas as pd

    from yrdgis.io.vectorfile import Opened

__all__ = ["EncodingVerdict", "mend_texts", "tell_encoding"]

_ROWS = 2000


@dataclass(frozen=True)
class EncodingVerdict:
    """Encoding of a file's text.

    ``verdict`` is the encoding, "ascii", or "not sure"; ``score`` 0 to 1; ``conflict`` a declaration that
    the text contradicts; ``mended`` holds what a wrong reading that was saved inside the file would be if
    undone.
    """

    verdict: str
    score: float
    why: str
    conflict: str | None = None
    mended: Mended | None = None
    columns: tuple[str, ...] = ()


def _texts(frame: pd.DataFrame) -> dict[str, list[str]]:
    found = {}
    for i, name in enumerate(frame.columns):
        column = frame.iloc[:, i]
        if column.dtype == object or str(column.dtype) in ("str", "string"):
            texts = [v for v in column.head(_ROWS) if isinstance(v, str) and v and not v.isascii()]
            if texts:
                found[str(name)] = texts
    return found


def tell_encoding(opened: Opened) -> EncodingVerdict:
    """Encoding of a file that was opened.

    Parameters
    ----------
    opened : Opened
        From `yrdgis.io.vectorfile.open_vector`.

    Returns
    -------
    EncodingVerdict
        Judged by .cpg, code-page byte and the text for shapefiles, by mark and text for tables and JSON, by
        the text alone for formats that fix their encoding.
    """
    texts = _texts(opened.frame)
    every = [t for column in texts.values() for t in column]
    lost = sum("\ufffd" in t for t in every)
    mended = mend_mojibake(every) if every else None
    columns = tuple(n for n, t in texts.items() if mended and mend_mojibake(t) is not None)
    if opened.dbf is not None:
        dbf = opened.dbf
        sure = dbf.guess.encoding is not None and same_encoding(dbf.encoding, dbf.guess.encoding)
        if dbf.guess.encoding == "ascii":
            return EncodingVerdict("ascii", 1.0, "the text is plain ASCII", None, mended, columns)
        if mended is None and (sure or not dbf.why.startswith("not sure")):
            return EncodingVerdict(dbf.encoding, 0.95 if sure else 0.7, dbf.why, dbf.conflict)
        if mended is None:
            return EncodingVerdict("not sure", 0.0, dbf.why, dbf.conflict)
    if not every:
        return EncodingVerdict("ascii", 1.0, "the text is plain ASCII")
    if mended is None and lost:
        told = f"{lost} texts hold replacement marks (\ufffd): a wrong reading lost bytes for good"
        return EncodingVerdict("not sure", 0.0, told)
    if mended is not None:
        told = f"the text reads as {mended.how}, and was saved that way: {mended.texts[0]!r} for {every[0]!r}"
        rest = f"; {mended.lost} texts have lost bytes and can't be mended" if mended.lost else ""
        return EncodingVerdict(opened.encoding or "utf-8", 0.9, told + rest, None, mended, columns)
    code = opened.encoding or "utf-8"
    share = plausibility("".join(every))
    why = (
        opened.guess.why if opened.guess else f"the format fixes it; the text is {share:.0%} ordinary writing"
    )
    return EncodingVerdict(code, round(min(0.99, 0.6 + 0.4 * share), 2), why)


def mend_texts(frame: pd.DataFrame, columns: tuple[str, ...]) -> tuple[pd.DataFrame, int]:
    """A frame with wrong readings undone in the columns named, and how many texts changed."""
    frame, changed = frame.copy(), 0
    for name in columns:
        values = list(frame[name])
        at = [i for i, v in enumerate(values) if isinstance(v, str) and not v.isascii()]
        mended = mend_mojibake([values[i] for i in at])
        if mended is None:
            continue
        for i, text in zip(at, mended.texts, strict=True):
            changed += values[i] != text
            values[i] = text
        frame[name] = values
    return frame, changed
