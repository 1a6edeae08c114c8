"""A folder that is replaced whole or not at all.

Everything is written beside the target under a name of its own; only a finished folder takes the target's place. What
is not ours is never replaced: a folder that holds other files than those of an earlier atlas is refused.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from yrdgis.errors import OutputError

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
    target = Path(target)
    _require_replaceable(target)
    try:
        target.absolute().parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=f".{target.name}-", suffix=".part", dir=target.absolute().parent))
    except OSError as error:
        raise OutputError(f"Can't write to {target}: {error.strerror or error}. Choose another folder.") from None
    try:
        part.chmod(0o755)
        yield part
        _swap(part, target)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def _require_replaceable(target: Path) -> None:
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise OutputError(f"Can't write to {target}: it is not a folder. Choose another name.")
    if target.is_dir() and any(target.iterdir()) and not (target / MARK).is_file():
        raise OutputError(
            f"Won't replace {target}: it holds files that no earlier run wrote (no {MARK}). "
            "Choose another folder, or empty it first."
        )


def _swap(part: Path, target: Path) -> None:
    """Put the new folder in the old one's place; the old one comes back if that fails."""
    try:
        if not target.exists():
            part.rename(target)
            return
        old = Path(tempfile.mkdtemp(prefix=f".{target.name}-", suffix=".old", dir=target.absolute().parent))
        old.rmdir()
        target.rename(old)
        try:
            part.rename(target)
        except OSError:
            old.rename(target)
            raise
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise OutputError(f"Can't put the result at {target}: {error.strerror or error}.") from None
