"""Read the fenced code blocks of a Markdown file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_FENCE = re.compile(r"^```(?P<language>[\w+-]*)[^\n]*\n(?P<code>.*?)^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """One fenced block: where it begins, its language and its text."""

    path: Path
    line: int
    language: str
    code: str


def blocks(path: Path, language: str) -> Iterator[Block]:
    """Fenced blocks of one language, in order."""
    text = path.read_text(encoding="utf-8")
    for match in _FENCE.finditer(text):
        if match["language"] == language:
            yield Block(path, text.count("\n", 0, match.start()) + 1, language, match["code"])


def local_links(path: Path) -> Iterator[tuple[int, str]]:
    """Targets of Markdown links that point into the repository, with their lines."""
    text = path.read_text(encoding="utf-8")
    for match in re.finditer(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", text):
        yield text.count("\n", 0, match.start()) + 1, match[1]
