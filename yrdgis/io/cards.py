"""How objects show themselves in a notebook: one small card in both languages, every text escaped.

A card is a title, some facts, and the first rows of a table. It holds no colours of its own, so that it reads on
light and dark pages, and no scripts.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from html import escape
from numbers import Real
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Fact", "Words", "card", "count_words", "head", "shown"]

Words = tuple[str, str]
"""A text in Chinese and English."""

Fact = tuple[str, str, Any]
"""What it is called in Chinese and English, and its value."""

_LONGEST, _LONGEST_LIST = 160, 480
_ROWS = 6


def shown(value: Any) -> str:
    """A value as short text: thousands set apart, at most three digits after the point, a dash for what is missing.

    Examples
    --------
    >>> shown(4362), shown(38.25), shown(float("nan")), shown(["a", "b"])
    ('4,362', '38.2', '–', 'a, b')
    """
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if hasattr(value, "item") and not isinstance(value, str):
        value = value.item()
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        if not math.isfinite(value):
            return "–" if math.isnan(value) else str(value)
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 1 else f"{value:.3g}"
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, list | tuple | set | frozenset):
        return _cut(", ".join(map(str, value)), _LONGEST_LIST)
    return _cut(str(value), _LONGEST)


def _cut(text: str, most: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def count_words(counts: Iterable[tuple[int, str]]) -> str:
    """Counts in words, those that are 0 left out.

    Examples
    --------
    >>> count_words([(4362, "nodes"), (0, "ferries"), (1, "link")])
    '4,362 nodes, 1 link'
    """
    return ", ".join(f"{n:,} {word}" for n, word in counts if n)


def card(
    title: Words,
    facts: Iterable[Fact] = (),
    *,
    table: str = "",
    text: Sequence[Words] = (),
    note: Words = ("", ""),
) -> str:
    """A card as HTML.

    Parameters
    ----------
    title : (zh, en)
    facts : iterable of (zh, en, value)
        Values as `shown` writes them; facts whose value is blank are left out.
    table : str
        HTML, made by `head`.
    text : sequence of (zh, en)
        Paragraphs; lines stay lines.
    note : (zh, en)
        What to know besides, in small letters.

    Examples
    --------
    >>> "&lt;b&gt;" in card(("区", "<b>"), [("数", "count", 3)])
    True
    """
    told = [(zh, en, shown(value)) for zh, en, value in facts if value not in ("", (), [])]
    rows = "".join(
        f'<tr><th style="text-align:left;font-weight:normal">{_both(zh, en)}</th>'
        f'<td style="text-align:left">{escape(value)}</td></tr>'
        for zh, en, value in told
    )
    parts = [
        '<div class="yrdgis mathjax_ignore tex2jax_ignore" style="line-height:1.4">',
        f"<strong>{_both(*title)}</strong>",
        f'<table style="margin:.3em 0">{rows}</table>' if rows else "",
        *(
            f'<p style="margin:.3em 0;white-space:pre-line">{_both(*words, sign="<br>")}</p>'
            for words in text
        ),
        table,
        f"<div><small>{_both(*note)}</small></div>" if any(note) else "",
        "</div>",
    ]
    return "".join(parts)


def head(
    frame: pd.DataFrame, columns: Sequence[tuple[str, str, str]] | None = None, rows: int = _ROWS
) -> str:
    """First rows of a frame as an HTML table, and how many more there are.

    Parameters
    ----------
    frame : pandas.DataFrame
    columns : sequence of (column, zh, en), optional
        Columns to show, those that the frame lacks or that hold nothing left out; all but the geometry, under their own names, by
        default.
    rows : int
    """
    if columns is None:
        columns = [(str(c), "", str(c)) for c in frame.columns if c != "geometry"]
    known = [entry for entry in columns if entry[0] in frame and not frame[entry[0]].isna().all()]
    header = "".join(f'<th style="text-align:left">{_both(zh, en)}</th>' for _, zh, en in known)
    body = []
    for values in frame[[column for column, *_ in known]].head(rows).itertuples(index=False, name=None):
        cells = "".join(
            f'<td style="text-align:{_side(value)}">{escape(shown(value))}</td>' for value in values
        )
        body.append(f"<tr>{cells}</tr>")
    more = len(frame) - rows
    left = (
        f"<div><small>{_both(f'另有 {more:,} 行', f'{more:,} more rows')}</small></div>" if more > 0 else ""
    )
    return (
        f'<table style="margin:.3em 0"><thead><tr>{header}</tr></thead><tbody>{"".join(body)}</tbody></table>'
        + left
    )


def _both(zh: str, en: str, sign: str = " ") -> str:
    """Both languages, each marked as what it is; a text that is the same in both stands once."""
    if not zh or not en or zh == en:
        return escape(zh or en)
    return f'<span lang="zh">{escape(zh)}</span>{sign}<span lang="en">{escape(en)}</span>'


def _side(value: Any) -> str:
    return "left" if isinstance(value, bool) or not isinstance(value, Real) else "right"
