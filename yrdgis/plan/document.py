"""The plan's own text: its headings and sentences, and whether register and text agree in both directions."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yrdgis.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "INFRASTRUCTURE",
    "DocumentCheck",
    "Heading",
    "check_document",
    "headings",
    "lies_in",
    "quote_hash",
    "read_document",
    "sentences",
]

INFRASTRUCTURE = "二（三）"
"""Section of the plan on infrastructure: every sentence of it is to have its items."""

_MAX_BYTES = 20_000_000
_NUMERALS = "一二三四五六七八九十"
_PART = re.compile(rf"([{_NUMERALS}]+)、(.+)")
_SECTION = re.compile(rf"[（(]([{_NUMERALS}]+)[）)]\s*(.+)")
_PARAGRAPH = re.compile(r"(\d+)[.．]\s*([^。]+)。")


@dataclass(frozen=True)
class Heading:
    """A heading of the plan and the stretch of text that it governs."""

    section: str
    parent: str
    level: int
    title_zh: str
    start: int
    end: int


@dataclass(frozen=True, repr=False)
class DocumentCheck:
    """What a text and the register say of each other.

    Attributes
    ----------
    quotes : pandas.DataFrame
        One row per item: ``found`` (the quote stands in the text), ``in_section`` (within its section),
        ``hash_ok`` (the quote is the one that was registered).
    unmapped : pandas.DataFrame
        Sentences of the section that no item quotes: ``section``, ``sentence``.
    sentences : int
        Sentences of the section in all.
    """

    quotes: pd.DataFrame
    unmapped: pd.DataFrame
    sentences: int

    def __repr__(self) -> str:
        found = int(self.quotes["found"].sum())
        mapped = self.sentences - len(self.unmapped)
        return f"<DocumentCheck: {found} of {len(self.quotes)} quotes found, {mapped} of {self.sentences} sentences mapped>"

    @property
    def ok(self) -> bool:
        """Whether every quote stands in the text as registered."""
        return bool(self.quotes["found"].all() and self.quotes["hash_ok"].all())


def quote_hash(quote: str) -> str:
    """First 16 hexadecimal digits of the SHA-256 of a quote in UTF-8.

    Examples
    --------
    >>> quote_hash("沪苏湖高铁")
    '295af609ca18ff26'
    """
    return hashlib.sha256(quote.encode()).hexdigest()[:16]


def lies_in(section: str, whole: str) -> bool:
    """Whether a section is another one or lies in it.

    Examples
    --------
    >>> lies_in("二（三）1", "二（三）"), lies_in("二（五）10", "二（五）1")
    (True, False)
    """
    rest = section.removeprefix(whole)
    return section == whole or (rest != section and not (whole[-1:].isdigit() and rest[:1].isdigit()))


def read_document(path: str | Path) -> str:
    """Text of a plan from a file in UTF-8 or GB18030.

    Raises
    ------
    InputError
        If the file is missing, empty, too large, or no text.
    """
    file = Path(path)
    try:
        if file.stat().st_size > _MAX_BYTES:
            raise InputError(f"{file.name}: larger than {_MAX_BYTES // 1_000_000} MB; a plan is a text file.")
        data = file.read_bytes()
    except OSError as error:
        raise InputError(f"{file}: can't be read ({error.strerror or error}).") from None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text.strip() and "\0" not in text:
            return text
        break
    raise InputError(f"{file.name}: no text in UTF-8 or GB18030. Save the plan as plain text.")


def headings(text: str) -> list[Heading]:
    """Headings of a plan in their order, each with the stretch of text up to the next one.

    Parts are numbered 一、, sections （一）, paragraphs ``1.``; the title of a paragraph ends at its first
    full stop.

    Examples
    --------
    >>> found = headings("一、总则\\n（一）目标\\n1.先行。再做。")
    >>> [(h.section, h.title_zh) for h in found]
    [('一', '总则'), ('一（一）', '目标'), ('一（一）1', '先行')]
    """
    found: list[tuple[str, str, int, str, int, int]] = []
    part = section = ""
    position = 0
    for line in text.splitlines(keepends=True):
        stripped = line.strip()
        begin = position + len(line) - len(line.lstrip())
        if match := _PART.fullmatch(stripped):
            part, section = match[1], ""
            found.append((part, "", 1, match[2], begin, position + len(line)))
        elif part and (match := _SECTION.fullmatch(stripped)):
            section = f"{part}（{match[1]}）"
            found.append((section, part, 2, match[2], begin, position + len(line)))
        elif section and (match := _PARAGRAPH.match(stripped)):
            found.append((f"{section}{match[1]}", section, 3, match[2], begin, begin + match.end()))
        position += len(line)
    ends = [row[4] for row in found[1:]] + [len(text)]
    return [Heading(s, p, n, t, body, end) for (s, p, n, t, _, body), end in zip(found, ends, strict=True)]


def sentences(text: str, section: str = INFRASTRUCTURE) -> list[tuple[str, str]]:
    """Sentences of a section, headings left out, each with the path of its paragraph.

    Examples
    --------
    >>> sentences("一、总则\\n（一）目标\\n1.先行。再做。还做。", "一（一）")
    [('一（一）1', '再做'), ('一（一）1', '还做')]
    """
    found = []
    for heading in headings(text):
        if lies_in(heading.section, section):
            body = "".join(text[heading.start : heading.end].split("\n"))
            found += [(heading.section, s.strip()) for s in body.split("。") if s.strip()]
    return found


def check_document(items: pd.DataFrame, text: str, *, section: str = INFRASTRUCTURE) -> DocumentCheck:
    """Check every quote of the register against a text, and every sentence of a section against the register.

    Parameters
    ----------
    items : pandas.DataFrame
        Layer ``items``.
    text : str
        Text of the plan.
    section : str
        Section whose sentences are to have their items.

    Returns
    -------
    DocumentCheck

    Examples
    --------
    >>> import pandas as pd
    >>> one = pd.DataFrame({"item_id": ["item:a"], "section": ["一（一）1"], "quote": ["再做"]})
    >>> one["quote_sha256"] = quote_hash("再做")
    >>> found = check_document(one, "一、总则\\n（一）目标\\n1.先行。再做。还做。", section="一（一）")
    >>> found.ok, found.unmapped["sentence"].tolist()
    (True, ['还做'])
    """
    import pandas as pd

    flat = text.replace("\r\n", "\n")
    spans = headings(flat)
    rows = [_check_quote(row, flat, spans) for row in items.to_dict("records")]
    columns = ["item_id", "section", "quote", "found", "in_section", "hash_ok"]
    quotes = pd.DataFrame(rows, columns=columns)
    listed = sentences(flat, section)
    words = list(items["quote"])
    missing = [(path, s) for path, s in listed if not any(q in s or s in q for q in words)]
    unmapped = pd.DataFrame(missing, columns=["section", "sentence"])
    return DocumentCheck(quotes, unmapped, len(listed))


def _check_quote(row: Mapping[Any, Any], text: str, spans: list[Heading]) -> dict[str, object]:
    quote, section = row["quote"], row["section"]
    # A quote may be the heading itself, which stands before the body that the heading governs.
    bodies = [text[h.start : h.end] + h.title_zh for h in spans if lies_in(h.section, section)]
    return {
        "item_id": row["item_id"],
        "section": section,
        "quote": quote,
        "found": quote in text,
        "in_section": any(quote in body for body in bodies),
        "hash_ok": row["quote_sha256"] == quote_hash(quote),
    }
