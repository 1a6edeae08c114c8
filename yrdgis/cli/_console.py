"""What commands share: JSON documents, small tables, and progress on standard error."""

from __future__ import annotations

import datetime as dt
import json
import math
import sys
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import pandas as pd

_QUIET_S = 10.0

__all__ = ["columns_text", "echo_json", "echo_rows", "plain", "progress", "records", "working"]


def plain(value: Any) -> Any:
    """Value as JSON can hold it: missing is None, days are ISO texts, lists are lists."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, tuple | list | set | frozenset):
        return [plain(part) for part in value]
    if type(value).__name__ in ("NAType", "NaTType"):
        return None
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return str(value)


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a frame as plain dictionaries; geometry is left out."""
    if hasattr(frame, "geometry"):
        frame = frame.drop(columns=frame.geometry.name)
    names = [str(column) for column in frame.columns]
    return [
        dict(zip(names, map(plain, row), strict=True)) for row in frame.itertuples(index=False, name=None)
    ]


def echo_json(meta: Mapping[Any, Any], rows: pd.DataFrame | Iterable[Mapping[str, Any]]) -> None:
    """Print one JSON document ``{"meta": ..., "rows": ...}`` and nothing else on standard output."""
    listed = records(rows) if hasattr(rows, "columns") else [plain(row) for row in rows]  # type: ignore[arg-type]
    click.echo(json.dumps({"meta": plain(meta), "rows": listed}, ensure_ascii=False, allow_nan=False))


def columns_text(rows: Sequence[Sequence[Any]], header: Sequence[str] = ()) -> list[str]:
    """Rows as lines of aligned columns; a Chinese character counts as two wide."""
    cells = [[_shown(cell) for cell in row] for row in ([header] if header else []) + list(rows)]
    widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    lines = []
    for row in cells:
        padded = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
        lines.append("  ".join(padded).rstrip())
    return lines


def echo_rows(rows: Sequence[Sequence[Any]], header: Sequence[str] = ()) -> None:
    """Print rows as aligned columns."""
    for line in columns_text(rows, header):
        click.echo(line)


@contextmanager
def working(what: str) -> Iterator[None]:
    """Say on a terminal what takes its time while the block runs, and wipe it away afterwards."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(what):
        yield


@contextmanager
def progress(description: str, total: int | None = None) -> Iterator[Callable[..., None]]:
    """Show progress on standard error while the block runs: a bar on a terminal, else a line now and then.

    Yields
    ------
    callable
        To be called with a text when a step is done, or with a text, the steps done and those in all.
    """
    if not sys.stderr.isatty():
        yield _lines(description, total)
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(description, total=total)

        def tell(step: str, done: int | None = None, total: int | None = None) -> None:
            told = step or description
            if done is None:
                bar.update(task, advance=1, description=told)
            else:
                bar.update(task, completed=done, total=total, description=told)

        yield tell


def _lines(description: str, total: int | None) -> Callable[..., None]:
    """What tells of progress in a log: a line at most every so many seconds, none where all is done before."""
    known, last = {"done": 0, "total": total}, time.monotonic()

    def tell(step: str, done: int | None = None, total: int | None = None) -> None:
        nonlocal last
        known["done"] = (known["done"] or 0) + 1 if done is None else done
        known["total"] = total or known["total"]
        if time.monotonic() - last >= _QUIET_S:
            last = time.monotonic()
            of = f" of {known['total']}" if known["total"] else ""
            click.echo(f"{description}: {known['done']}{of} {step}".rstrip(), err=True)

    return tell


def _shown(cell: Any) -> str:
    value = plain(cell)
    if isinstance(value, float):
        return f"{value:.2f}"
    return "" if value is None else " ".join(str(value).split())


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
