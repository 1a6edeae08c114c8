"""Long work in blocks: progress, stopping, and a bound on memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from yrdgis.errors import YrdgisError

__all__ = ["CancelledError", "Monitor", "Progress", "blocks"]

Progress = Callable[[int, int], object]
"""Called with (done, total) after each block; returning ``False`` stops the work."""


class CancelledError(YrdgisError):
    """The caller's progress function asked to stop."""


class Monitor:
    """Counts what is done and tells the caller, who may stop the work."""

    def __init__(self, total: int, progress: Progress | None = None) -> None:
        self.total = total
        self.done = 0
        self._progress = progress

    def step(self, count: int) -> None:
        """Note that ``count`` more are done.

        Raises
        ------
        CancelledError
            If the progress function returned ``False``.
        """
        self.done += count
        if self._progress is not None and self._progress(self.done, self.total) is False:
            raise CancelledError(f"Stopped on request after {self.done} of {self.total} origins.")


def blocks(count: int, bytes_each: int, memory_mb: int, multiple: int = 1) -> Iterator[slice]:
    """Slices of ``range(count)`` whose working memory stays within ``memory_mb``, at least ``multiple`` each.

    Examples
    --------
    >>> [s.stop for s in blocks(5, bytes_each=400_000, memory_mb=1)]
    [2, 4, 5]
    """
    size = max(1, memory_mb * 1_000_000 // max(bytes_each, 1))
    size = max(multiple, size // multiple * multiple)
    for start in range(0, count, size):
        yield slice(start, min(start + size, count))
