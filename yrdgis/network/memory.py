"""What was worked out from a network, kept beside it as long as its frames are what they were."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import Any

import numpy as np
import pandas as pd

__all__ = ["SHARED", "Memory"]

_KEPT = 24
SHARED = int(pd.__version__.split(".", 1)[0]) >= 3
"""Whether pandas copies on write, so that a shallow copy is safe and tells whether anybody wrote; else nothing is kept."""

Frames = tuple[pd.DataFrame, ...]


class Memory:
    """Values by key, each with the frames that it was made from.

    A frame that was written into stands elsewhere afterwards, since the copy here holds the old cells; so the places
    of the cells tell whether a value still holds. Nothing of it goes along when a network is pickled.
    """

    def __init__(self) -> None:
        self._values: dict[Hashable, tuple[Frames, list[tuple[Any, ...]], Any]] = {}

    def get(self, key: Hashable, frames: Frames, make: Callable[[], Any]) -> Any:
        """The value under the key if it was made from these very cells, else made now."""
        if not SHARED:
            return make()
        at = _places(frames)
        if key in self._values:
            held, was, value = self._values.pop(key)
            if was == at:
                self._values[key] = (held, was, value)
                return value
        value = make()
        self._values[key] = (tuple(frame.copy(deep=False) for frame in frames), at, value)
        while len(self._values) > _KEPT:
            self._values.pop(next(iter(self._values)))
        return value

    def __reduce__(self) -> tuple[type[Memory], tuple[()]]:
        return Memory, ()


def _places(frames: Frames) -> list[tuple[Any, ...]]:
    """Where the cells of some frames stand in memory, column by column."""
    return [place for frame in frames for place in _of_frame(frame)]


def _of_frame(frame: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    yield tuple(frame.columns), _place(frame.index.to_numpy())
    yield from (_place(frame[name].to_numpy()) for name in frame.columns)


def _place(cells: np.ndarray) -> tuple[Any, ...]:
    return cells.__array_interface__["data"][0], cells.shape, cells.strides, cells.dtype.str
