"""Long work in blocks: progress, stopping, and a bound on memory."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cache
from threading import local
from typing import TypeVar

from yrdgis.errors import YrdgisError

__all__ = ["CancelledError", "Monitor", "Progress", "blocks", "in_threads", "threads"]

A = TypeVar("A")
B = TypeVar("B")

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


def threads() -> int:
    """Threads to work with: ``YRDGIS_THREADS``, else as many as the machine lets this process use."""
    wanted = os.environ.get("YRDGIS_THREADS", "")
    if wanted.isdigit() and int(wanted) > 0:
        return int(wanted)
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def in_threads(
    task: Callable[[A], B], items: Iterable[A], done: Callable[[A], object] | None = None
) -> list[B]:
    """Results of the task in the order of the items; compiled kernels run side by side.

    ``done`` is called in this thread for each finished item, in order. When it or a task fails, nothing new
    starts.
    """
    jobs = list(items)
    count = min(threads(), len(jobs))
    results: list[B] = []
    if count <= 1:
        for job in jobs:
            results.append(task(job))
            if done is not None:
                done(job)
        return results
    if getattr(_inside, "task", False):
        # a task that splits its work further must not wait for threads that wait for it
        return [task(job) for job in jobs] if done is None else [_then(task, done, job) for job in jobs]
    futures = [_pool(os.getpid(), threads()).submit(_marked, task, job) for job in jobs]
    try:
        for job, future in zip(jobs, futures, strict=True):
            results.append(future.result())
            if done is not None:
                done(job)
    finally:
        for future in futures:
            future.cancel()
        wait(futures)
    return results


_inside = local()


@cache
def _pool(process: int, count: int) -> ThreadPoolExecutor:
    """Threads are kept for the next call; a forked process makes its own."""
    return ThreadPoolExecutor(count, thread_name_prefix="yrdgis")


def _marked(task: Callable[[A], B], job: A) -> B:
    _inside.task = True
    try:
        return task(job)
    finally:
        _inside.task = False


def _then(task: Callable[[A], B], done: Callable[[A], object], job: A) -> B:
    result = task(job)
    done(job)
    return result
