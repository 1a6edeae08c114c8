"""How kernels are compiled and kept.

A kernel is compiled when it is first called and kept on disk, so that another process loads it in
milliseconds. The environment variable ``YRDGIS_KERNEL_CACHE`` set to 0 keeps nothing. Kept kernels lie in
``kernels`` of the cache folder, apart for every state of this room's source; they are safe to delete, and
numba makes them anew when its version or the processor changes.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Timer
from typing import Any

import numba
from numba import njit

from yrdgis.engine.cache import kernel_folder

__all__ = ["kernel", "telling"]

logger = logging.getLogger(__name__)

_PATIENCE_S = 1.0


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function to machine code that runs without the interpreter's lock."""
    if os.environ.get("YRDGIS_KERNEL_CACHE") == "0":
        return njit(nogil=True)(function)
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = before or str(kernel_folder())
    try:
        return njit(nogil=True, cache=True)(function)
    except RuntimeError:
        # no folder can be written to
        return njit(nogil=True)(function)
    finally:
        numba.config.CACHE_DIR = before


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
