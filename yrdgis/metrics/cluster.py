"""Blocks on a `dask.distributed` cluster: content shipped once to each worker, few blocks in flight.

Needs the extra ``dask``; nothing else of yrdgis imports it. Dask moves pickles between its own processes, so a client
should only be connected to a scheduler that is trusted.
"""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from yrdgis.errors import ClusterError, InputError, MissingExtraError, YrdgisError
from yrdgis.metrics import packing

try:
    import dask
    import distributed
    from distributed.diagnostics.plugin import WorkerPlugin
except ImportError as error:
    raise MissingExtraError("a cluster needs dask: pip install 'yrdgis[dask]'") from error

if TYPE_CHECKING:
    from yrdgis.metrics.blocks import Block, Job

__all__ = ["IN_FLIGHT", "connected", "results"]

logger = logging.getLogger(__name__)

IN_FLIGHT = 2
"""Blocks that are sent, worked on or waiting to be fetched, for each thread of the cluster."""

_ADDRESS = re.compile(r"((tcp|tls|ucx|wss?)://)?([^/:\s]+|\[[0-9a-fA-F:.]+\]):\d{1,5}")
_TRIM = "MALLOC_TRIM_THRESHOLD_"
_TRIES = 4
_PATIENCE_S = 60.0
_CONNECT_S = 10.0
_POLL_S = 0.005
_LOOK_S = 1.0


class _Content(WorkerPlugin):
    """Content that every worker of a cluster holds, those that come later too, until it is unregistered."""

    def __init__(self, key: str, data: bytes) -> None:
        self.key, self.data = key, data
        self.versions = packing.versions()

    def setup(self, worker: Any) -> None:
        """Hold the content in a worker, if its software is that of the caller."""
        here = packing.versions()
        if here != self.versions:
            odd = [f"{name} {here[name]} there, {own} here" for name, own in self.versions.items()]
            raise ClusterError(f"a worker has other software: {'; '.join(odd)}")
        packing.hold(self.key, self.data)

    def teardown(self, worker: Any) -> None:
        """Let go of it."""
        packing.release(self.key)


@contextmanager
def connected(where: str, *, timeout_s: float = _CONNECT_S, memory_mb: int = 1024) -> Iterator[Any]:
    """A client of a cluster while the block runs.

    Parameters
    ----------
    where : str
        Address of a scheduler such as ``tcp://10.0.0.5:8786``, or ``local`` or ``local:4`` for so many
        processes on this machine (one for each processor by default).
    timeout_s : float
        How long to wait for a scheduler, in seconds.
    memory_mb : int
        Memory limit of each local process, in megabytes.

    Yields
    ------
    distributed.Client

    Raises
    ------
    InputError
        If `where` is neither.
    ClusterError
        If the scheduler can't be reached.

    Examples
    --------
    >>> with connected("local:1") as client:  # doctest: +SKIP
    ...     skim(network, origins, client=client)
    """
    if where == "local" or where.startswith("local:"):
        text = where.partition(":")[2] or "0"
        if not text.isdigit() or (":" in where and int(text) < 1):
            raise InputError(f"--cluster {where}: give local or local:2, or the address of a scheduler")
        with _local(int(text), memory_mb) as client:
            yield client
        return
    if not _ADDRESS.fullmatch(where):
        raise InputError(
            f"{where!r} is no address of a scheduler, such as tcp://10.0.0.5:8786, and not local:2"
        )
    try:
        client = distributed.Client(where, timeout=timeout_s, set_as_default=False)
    except (OSError, TimeoutError) as error:
        raise ClusterError(
            f"no scheduler answers at {where} within {timeout_s:g} s; is it running, and is the address right?"
        ) from error
    with client:
        yield client


@contextmanager
def _local(count: int, memory_mb: int) -> Iterator[Any]:
    from yrdgis.engine.work import threads

    # dask tells the allocator to give every array back at once, and a third of the time then goes into fresh pages
    with (
        dask.config.set({f"distributed.nanny.pre-spawn-environ.{_TRIM}": None}),
        distributed.LocalCluster(
            n_workers=count or threads(),
            threads_per_worker=1,
            memory_limit=f"{memory_mb}MB",
            dashboard_address="127.0.0.1:0",  # None would take a fixed port, on all interfaces
            host="127.0.0.1",
            silence_logs=logging.ERROR,
            env={"YRDGIS_THREADS": "1"},
        ) as cluster,
        distributed.Client(cluster, set_as_default=False) as client,
    ):
        yield client


def results(
    client: Any,
    job: Job,
    todo: Sequence[Block],
    call: Callable[..., Any],
    *,
    stored: bool,
    patience_s: float = _PATIENCE_S,
) -> Iterator[tuple[Block, Any]]:
    """Blocks with their results, in the order in which they are done.

    Parameters
    ----------
    client : distributed.Client
    job : Job
    todo : sequence of Block
        Grouped by content.
    call : callable
        Works a block out where its content is held.
    stored : bool
        Whether results are files.
    patience_s : float
        How long to wait while the cluster has no worker at all, in seconds.

    Raises
    ------
    InputError
        If `client` is no client, or an asynchronous one.
    ClusterError
        If there is no worker, a worker has other software, or a block has cost several workers their lives.
    """
    if not isinstance(client, distributed.Client) or client.asynchronous:
        raise InputError("client: give a dask.distributed.Client that is not asynchronous")
    run = _Run(client, job, list(todo), call, stored, patience_s)
    try:
        yield from run.results()
    finally:
        run.close()


class _Run:
    """One job on a cluster."""

    def __init__(
        self,
        client: Any,
        job: Job,
        todo: list[Block],
        call: Callable[..., Any],
        stored: bool,
        patience_s: float,
    ) -> None:
        self.client, self.job, self.call, self.stored = client, job, call, stored
        self.patience_s = patience_s
        self.waiting = todo[::-1]
        self.left: dict[str, int] = {}
        for block in todo:
            self.left[block.case] = self.left.get(block.case, 0) + 1
        self.flying: dict[Any, tuple[Block, int]] = {}
        self.shipped: set[str] = set()
        self.token = secrets.token_hex(4)
        self.done = distributed.as_completed(loop=client.loop)
        self.looked, self.known = -_LOOK_S, 0

    def results(self) -> Iterator[tuple[Block, Any]]:
        self._wait_for_workers()
        self._send()
        while self.flying:
            future = self._next()
            block, tries = self.flying.pop(future)
            result = self._result(future, block, tries)
            future.release()
            if result is not None:
                self.left[block.case] -= 1
                if not self.left[block.case]:
                    self._take_back(block.case)
                yield block, result
            self._send()

    def close(self) -> None:
        """Leave nothing of this job on the cluster; what was yielded stays."""
        try:
            if self.flying:
                self.client.cancel(list(self.flying), force=True)
            for case in list(self.shipped):
                self._take_back(case)
        except (OSError, TimeoutError, RuntimeError, distributed.CancelledError) as error:
            # the scheduler is gone, and all of it with it
            logger.warning("The cluster could not be tidied up: %s", error)

    def _send(self) -> None:
        """Send blocks until enough are in flight."""
        room = max(IN_FLIGHT * self._threads(), 1) - len(self.flying)
        for _ in range(min(room, len(self.waiting))):
            self._submit(self.waiting.pop(), 1)

    def _submit(self, block: Block, tries: int) -> None:
        self._ship(block.case)
        future = self.client.submit(
            self.call,
            self.job.open_,
            self.job.work,
            block,
            self.job.told["key"],
            self.stored,
            key=f"yrdgis-{self.job.kind}-{block.number}-{self.token}-{tries}",
            pure=False,
        )
        self.flying[future] = (block, tries)
        self.done.add(future)

    def _ship(self, case: str) -> None:
        """Have every worker hold some content."""
        if case in self.shipped:
            return
        data = self.job.cases[case]
        logger.info("Shipping %d bytes to each worker", len(data))
        self.shipped.add(case)
        try:
            self.client.register_plugin(_Content(case, data), name=f"yrdgis-{case}")
        except YrdgisError:
            raise
        except Exception as error:
            raise ClusterError(
                f"the workers can't take the network; they need yrdgis {packing.versions()['yrdgis']} too: {error}"
            ) from error

    def _take_back(self, case: str) -> None:
        self.shipped.discard(case)
        self.client.unregister_worker_plugin(f"yrdgis-{case}")

    def _next(self) -> Any:
        """The next block that is done, unless no worker is left for long."""
        alone_since: float | None = None
        while not self.done.has_ready():
            time.sleep(_POLL_S)
            if self._threads():
                alone_since = None
            elif alone_since is None:
                alone_since = time.monotonic()
            elif time.monotonic() - alone_since > self.patience_s:
                raise ClusterError(
                    f"no worker has been there for {self.patience_s:g} s; finished blocks are kept where they went to a "
                    "folder"
                )
        return next(self.done)

    def _result(self, future: Any, block: Block, tries: int) -> Any:
        """What a block gave; None where it has to be sent again."""
        if future.status == "finished":
            try:
                return future.result()
            except (distributed.CancelledError, OSError) as error:
                again: BaseException = error
        elif future.status == "error":
            again = future.exception()
            if isinstance(again, distributed.KilledWorker):
                raise ClusterError(
                    f"block {block.number} ({block.scenario}, from {block.rows[0]}) has cost several workers their "
                    "lives, most likely for want of memory; give smaller blocks"
                ) from again
            if not isinstance(again, LookupError) or isinstance(again, YrdgisError):
                raise again
            # a worker that does not hold the content any more
            self.shipped.discard(block.case)
        else:
            again = ClusterError(f"block {block.number} was lost ({future.status})")
        if tries >= _TRIES:
            raise ClusterError(f"block {block.number} could not be worked out: {again}") from again
        self._submit(block, tries + 1)
        return None

    def _threads(self) -> int:
        """Threads of all workers; asked once a second."""
        if time.monotonic() - self.looked >= _LOOK_S:
            try:
                self.known = sum(self.client.nthreads().values())
            except (OSError, TimeoutError, RuntimeError) as error:
                raise ClusterError(f"the scheduler does not answer any more: {error}") from error
            self.looked = time.monotonic()
        return self.known

    def _wait_for_workers(self) -> None:
        try:
            self.client.wait_for_workers(1, timeout=self.patience_s)
        except TimeoutError as error:
            raise ClusterError(f"the cluster has had no worker for {self.patience_s:g} s") from error
