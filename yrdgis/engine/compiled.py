"""How kernels are compiled and kept.

A kernel is compiled when it is first called and kept on disk, so that another process loads it in milliseconds. The
environment variable ``YRDGIS_KERNEL_CACHE`` set to 0 keeps nothing. Kept kernels lie in ``kernels`` of the cache
folder, apart for every state of this room's source; they are safe to delete, and numba makes them anew when its
version or the processor changes.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import Timer
from typing import Any, TypeVar

import numba
from numba import njit

from yrdgis import settings

__all__ = ["kernel", "telling"]

logger = logging.getLogger(__name__)

F = TypeVar("F", bound=Callable[..., Any])
_PATIENCE_S = 1.0


def kernel(function: F) -> F:
    """Compile a function to machine code that runs without the interpreter's lock."""
    if os.environ.get("YRDGIS_KERNEL_CACHE") == "0":
        return njit(nogil=True)(function)
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = before or str(settings.cache_dir() / "kernels" / _source_hash())
    try:
        return njit(nogil=True, cache=True)(function)
    finally:
        numba.config.CACHE_DIR = before


@cache
def _source_hash() -> str:
    """A kernel holds copies of those it calls, so a change in any file makes all of them old."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@contextmanager
def telling(what: str) -> Iterator[None]:
    """Say so when something takes long, rather than leave the user before a silence."""
    timer = Timer(_PATIENCE_S, logger.warning, (what,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
