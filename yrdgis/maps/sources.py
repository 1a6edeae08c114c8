"""What a source is called in the language of a view: a small table of standing phrases, read from data.

A source line is a list of phrases with ``;`` between them. Each that the table knows, ``{}`` standing for any text,
is told in both languages; any other stays as it is, so that nothing is ever invented or lost.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib import resources

from yrdgis.maps.language import Pair, pair

__all__ = ["source_parts", "source_words"]


@cache
def _table() -> tuple[dict[str, tuple[str, str]], list[tuple[re.Pattern[str], str, str]]]:
    file = resources.files("yrdgis.maps") / "static" / "sources.csv"
    rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    fixed = {row["text"]: (row["zh"], row["en"]) for row in rows if "{}" not in row["text"]}
    open_ = sorted((row for row in rows if "{}" in row["text"]), key=lambda row: -len(row["text"]))
    made = [
        (re.compile("(.*)".join(re.escape(part) for part in row["text"].split("{}"))), row["zh"], row["en"])
        for row in open_
    ]
    return fixed, made


@cache
def _phrase(text: str) -> tuple[str, str]:
    fixed, patterns = _table()
    if text in fixed:
        return fixed[text]
    for pattern, zh, en in patterns:
        if found := pattern.fullmatch(text):
            inner = [_phrase(part) for part in found.groups()]
            return _filled(zh, [a for a, _ in inner]), _filled(en, [b for _, b in inner])
    return text, text


def _filled(text: str, parts: list[str]) -> str:
    """The parts set into the gaps of a text, whatever braces they hold."""
    pieces = text.split("{}")
    return "".join(a + b for a, b in zip(pieces, [*parts, ""], strict=True))


def source_parts(text: str) -> list[Pair]:
    """The phrases of a source line, each in both languages.

    Examples
    --------
    >>> source_parts("the plan's text; data: 天地图")[0]
    {'zh': '规划文本', 'en': "the plan's text"}
    """
    return [pair(*_phrase(part)) for part in (p.strip() for p in text.split(";")) if part]


def source_words(text: str) -> tuple[str, str]:
    """A source line in Chinese and English.

    Examples
    --------
    >>> source_words("length: map-measured (polyline x 1.03); Someone, 2020")
    ('长度：图上量算（折线×1.03）；Someone, 2020', 'length: map-measured (polyline x 1.03); Someone, 2020')
    """
    parts = source_parts(text)
    return "；".join(p["zh"] for p in parts), "; ".join(p["en"] for p in parts)
