"""A folder of results that is replaced whole or not at all, and never replaces what is not ours."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from yrdgis.errors import OutputError
from yrdgis.io.write import atomic_folder

__all__ = ["MARK", "staged_folder"]

MARK = "manifest.json"
"""File by which a folder is known as an earlier result; its ``kind`` says of which kind."""


@contextmanager
def staged_folder(target: str | os.PathLike[str], kind: str) -> Iterator[Path]:
    """Give a temporary folder that becomes ``target`` when the block ends without an error.

    Parameters
    ----------
    target : path
        Folder to make or to replace. One that is there must be empty or hold a ``manifest.json`` of the same kind.
    kind : str
        What is written, as the manifest has it under ``kind``: an atlas never replaces a set of maps, nor the
        other way round.

    Raises
    ------
    OutputError
        If the target is a file, holds something else, or its parent can't be written; nothing is left behind.
    """
    target = Path(target).absolute()
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise OutputError(f"Can't write to {target}: it is not a folder. Choose another name.")
    if target.is_dir() and any(target.iterdir()) and _kind(target / MARK) != kind:
        raise OutputError(
            f"Won't replace {target}: it holds files that no earlier run of this kind wrote (no {MARK} with "
            f'"kind": "{kind}"). Choose another folder, or empty it first.'
        )
    with atomic_folder(target) as part:
        yield part


def _kind(mark: Path) -> str | None:
    """What a manifest says of itself; None if it isn't there or is none of ours."""
    try:
        content = json.loads(mark.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return str(content.get("kind")) if isinstance(content, dict) and "made_by" in content else None
