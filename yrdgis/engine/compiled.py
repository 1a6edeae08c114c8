"""How kernels are compiled and kept.

A kernel is compiled when it is first called and kept on disk, so that another process loads it in
milliseconds. The environment variable ``YRDGIS_KERNEL_CACHE`` set to 0 keeps nothing. Kept kernels lie in
``kernels`` of the cache folder, apart for every state of this room's source; they are safe to delete, and
numba makes them anew when its version or the processor changes. Whenever compilation starts, the user is told.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from typing import Any

import numba
from numba import njit
from numba.core import event

from yrdgis.engine.cache import kernel_folder

__all__ = ["kernel"]

logger = logging.getLogger(__name__)


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


class _Teller(event.Listener):
    """Says so when compilation starts, rather than leave the user before a silence."""

    told = False

    def on_start(self, event: Any) -> None:
        """A kernel that was not found on disk is about to be compiled."""
        dispatcher = (event.data or {}).get("dispatcher")
        module = getattr(getattr(dispatcher, "py_func", None), "__module__", "")
        if module.startswith("yrdgis.") and not self.told:
            self.told = True
            logger.warning(
                "Compiling the kernels of the engine, once on this machine; it takes up to 20 seconds."
            )

    def on_end(self, event: Any) -> None:
        """What follows is quick."""


event.register("numba:compile", _Teller())
