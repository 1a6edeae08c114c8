"""Prepared topologies on disk, found again by what they were made from.

A file holds plain arrays (npz, never pickle) and is named after a hash of the network's shape. It is
written under another name and then renamed, so two processes may write at once and a reader never sees half
a file. A damaged file is refused, deleted and made anew. The folder is safe to delete; the settings
``cache`` and ``cache_max_mb`` switch it off and cap it, the files used longest ago going first.
"""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
import zipfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from yrdgis import settings
from yrdgis.engine.graph import Graph

if TYPE_CHECKING:
    from yrdgis.engine.topology import Topology

__all__ = ["content_hash", "kernel_folder", "kernels_kept", "load_topology", "save_topology"]

logger = logging.getLogger(__name__)

_FORMAT = "1"
_FIELDS = ("rank", "start", "head", "parent", "depth")
_DAMAGE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile)


def content_hash(graph: Graph, method: str) -> str:
    """Hash of what a topology depends on: nodes, ends of links and coordinates, not weights."""
    digest = hashlib.blake2b(digest_size=20)
    digest.update(f"{_FORMAT} {method} {graph.n} {graph.m} {graph.x is not None}".encode())
    for array in (graph.tail, graph.head, graph.x, graph.y):
        if array is not None:
            digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def load_topology(key: str, n: int) -> Topology | None:
    """The topology kept under that key, or None where there is none that is whole."""
    path = _path(key)
    if not settings.get("cache") or not path.is_file():
        return None
    from yrdgis.engine.topology import Topology

    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            topology = Topology(*(kept[field] for field in _FIELDS))
        _check(topology, n)
    except _DAMAGE as error:
        logger.warning("The prepared network %s is damaged (%s); it is made anew.", path, error)
        path.unlink(missing_ok=True)
        return None
    try:
        os.utime(path)
    except OSError:
        logger.debug("Can't note the use of %s", path)
    return topology


def save_topology(key: str, topology: Topology) -> None:
    """Keep a topology; where that fails, the work goes on without."""
    cap = settings.get("cache_max_mb") * 1_000_000
    if not settings.get("cache") or cap == 0:
        return
    path = _path(key)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{key}-", suffix=".tmp", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                np.savez(file, **{field: getattr(topology, field) for field in _FIELDS})
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        _trim(path.parent, cap)
    except OSError as error:
        logger.warning("The prepared network can't be kept in %s: %s", path.parent, error)


def kernel_folder() -> Path:
    """Where compiled kernels are kept: apart for every state of their source.

    A kernel holds copies of those it calls, so a change in any of them makes all of them old.
    """
    return settings.cache_dir() / "kernels" / _kernel_source()


def kernels_kept() -> bool:
    """Whether kernels were compiled here before, so that they load in a moment."""
    folder = kernel_folder()
    return folder.is_dir() and next(folder.rglob("sweep.sweep-*.nbc"), None) is not None


@cache
def _kernel_source() -> str:
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(Path(__file__).parent.glob("*.py")):
        text = path.read_bytes()
        if b"import kernel\n" in text or path.name in ("compiled.py", "lanes.py"):
            digest.update(text)
    return digest.hexdigest()


def _path(key: str) -> Path:
    return settings.cache_dir() / "topologies" / f"{key}.npz"


def _trim(folder: Path, cap: int) -> None:
    """Delete the files used longest ago until the rest fits."""
    found = []
    for path in folder.glob("*.npz"):
        try:
            status = path.stat()
        except FileNotFoundError:
            continue
        found.append((status.st_mtime_ns, status.st_size, path))
    total = sum(size for _, size, _ in found)
    for _, size, path in sorted(found):
        if total <= cap:
            return
        path.unlink(missing_ok=True)
        total -= size


def _check(topology: Topology, n: int) -> None:
    """Refuse arrays with which a kernel could read beyond an end."""
    rank, start, head, parent, depth = (getattr(topology, field) for field in _FIELDS)
    kinds = [array.dtype for array in (rank, start, head, parent, depth)]
    if kinds != [np.int32, np.int64, np.int32, np.int32, np.int32] or any(
        array.ndim != 1 for array in (rank, start, head, parent, depth)
    ):
        raise ValueError("wrong types")
    if not (len(rank) == len(parent) == len(depth) == n and len(start) == n + 1):
        raise ValueError("wrong lengths")
    counts = np.diff(start)
    if n and (start[0] != 0 or start[-1] != len(head) or counts.min() < 0):
        raise ValueError("arcs don't add up")
    if not np.array_equal(np.sort(rank), np.arange(n)):
        raise ValueError("ranks are no order")
    tail = topology.tail
    if len(head) and not ((head > tail).all() and head.max() < n):
        raise ValueError("arcs don't run up")
    first = np.full(n, -1, np.int64)
    first[counts > 0] = head[start[:-1][counts > 0]]
    if not np.array_equal(first, parent):
        raise ValueError("parents don't fit the arcs")
    below = parent >= 0
    if (depth[~below] != 0).any() or (depth[below] != depth[parent[below]] + 1).any():
        raise ValueError("depths don't fit the parents")
