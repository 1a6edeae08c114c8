"""A folder of results that is replaced whole or not at all, and never replaces what is not ours."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from yrdgis.errors import OutputError
from yrdgis.io.write import atomic_folder

__all__ = ["MARK", "staged_folder"]

MARK = "manifest.json"
"""File by which a folder is known as an earlier result that may be replaced."""


@contextmanager
def staged_folder(target: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary folder that becomes ``target`` when the block ends without an error.

    Parameters
    ----------
    target : path
        Folder to make or to replace. One that is there must be empty or hold a ``manifest.json``.

    Raises
    ------
    OutputError
        If the target is a file, holds something else, or its parent can't be written; nothing is left behind.
    """
    target = Path(target).absolute()
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise OutputError(f"Can't write to {target}: it is not a folder. Choose another name.")
    if target.is_dir() and any(target.iterdir()) and not (target / MARK).is_file():
        raise OutputError(
            f"Won't replace {target}: it holds files that no earlier run wrote (no {MARK}). "
            "Choose another folder, or empty it first."
        )
    with atomic_folder(target) as part:
        yield part
