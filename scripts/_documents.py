"""Read the fenced code blocks of a Markdown file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_FENCE = re.compile(r"^```(?P<language>[\w+-]*)(?P<info>[^\n]*)\n(?P<code>.*?)^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """One fenced block: where it begins, its language and its text.

    `needs` is an environment variable without which it can't run (a server, say): ```python needs=PGDATABASE
    """

    path: Path
    line: int
    language: str
    code: str
    needs: str = ""


def blocks(path: Path, language: str) -> Iterator[Block]:
    """Fenced blocks of one language, in order."""
    text = path.read_text(encoding="utf-8")
    for match in _FENCE.finditer(text):
        if match["language"] == language:
            needs = re.search(r"\bneeds=(\w+)", match["info"])
            line = text.count("\n", 0, match.start()) + 1
            yield Block(path, line, language, match["code"], needs[1] if needs else "")


def local_links(path: Path) -> Iterator[tuple[int, str]]:
    """Targets of Markdown links that point into the repository, with their lines."""
    text = path.read_text(encoding="utf-8")
    for match in re.finditer(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", text):
        yield text.count("\n", 0, match.start()) + 1, match[1]
