"""Work in blocks, here or on a cluster, with results in memory or in a folder.

A job is a list of blocks, such as origins by scenarios. Each block is worked out on its own from content that
every process holds once, so blocks may run anywhere, in any order, and again. The result does not depend on where
they ran. With a folder each block's file is written when the block is done, and a later run of the same job
makes only what is missing.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from yrdgis.engine.work import CancelledError, Progress
from yrdgis.errors import InputError
from yrdgis.metrics.packing import digest_of, holding, take, versions
from yrdgis.metrics.parts import Folder, Parts, as_parquet, check_scenarios, joined

__all__ = [
    "MEMORY_MB",
    "Block",
    "Job",
    "Piece",
    "blocks_of",
    "carry_out",
    "gather",
    "ids_told",
    "size_of_blocks",
]

MEMORY_MB = 256
"""Working memory of one block in megabytes, where the caller sets none."""

_MOST, _PARTS = 128, 16

Meta = Callable[[Mapping[str, list[Mapping[str, Any]]]], Mapping[str, Any]]


@dataclass(frozen=True)
class Piece:
    """What a block gives: rows, facts that JSON can hold, and which columns hold arrays of whole numbers."""

    frame: pd.DataFrame
    facts: Mapping[str, Any] = field(default_factory=dict)
    lists: tuple[str, ...] = ()


@dataclass(frozen=True)
class Block:
    """A part of a job: its number, scenario, the content that it is worked out from, and what it is about."""

    number: int
    scenario: str
    case: str
    rows: tuple[str, ...]


@dataclass(frozen=True)
class Job:
    """Blocks, and how each is worked out.

    Parameters
    ----------
    kind : str
        What it is, such as ``skim``.
    open_ : callable
        Makes of some content what `work` takes; a function of a module.
    work : callable
        Takes the opened content and the rows of a block, gives a `Piece`; a function of a module.
    cases : mapping of bytes
        Content by its hash.
    blocks : tuple of Block
        In the order of the result.
    inputs : mapping
        What it is made from in words and numbers, to be compared with what a folder holds.
    """

    kind: str
    open_: Callable[[bytes], Any]
    work: Callable[[Any, tuple[str, ...]], Piece]
    cases: Mapping[str, bytes]
    blocks: tuple[Block, ...]
    inputs: Mapping[str, Any]

    @cached_property
    def told(self) -> dict[str, Any]:
        """All that the result depends on, with a hash of it as ``key``."""
        digest = hashlib.blake2b(digest_size=16)
        for block in self.blocks:
            digest.update(json.dumps([block.scenario, block.case, block.rows]).encode())
        told = {
            "kind": self.kind,
            "inputs": dict(self.inputs),
            "blocks": len(self.blocks),
            "content": {block.scenario: block.case for block in self.blocks},
            "split": digest.hexdigest(),
            "versions": versions(),
        }
        return {**told, "key": digest_of(json.dumps(told, sort_keys=True).encode())}


def size_of_blocks(rows: int, *, mb: Callable[[int], float], memory_mb: float, asked: int | None) -> int:
    """Rows of a block: as asked, else as many as fit the memory, in at least some blocks.

    It does not depend on the cluster, so that a job can be taken up again on another one.

    Parameters
    ----------
    rows : int
        In all.
    mb : callable
        Megabytes that a block of some rows takes.
    memory_mb : float
        Most megabytes of a block.
    asked : int, optional

    Raises
    ------
    InputError
        If fewer than one is asked for, or a single row does not fit.

    Examples
    --------
    >>> size_of_blocks(1000, mb=lambda rows: 2.0 * rows, memory_mb=256, asked=None)
    63
    """
    if asked is not None and asked < 1:
        raise InputError(f"a block has 1 row or more, not {asked}")
    size = asked or max(1, min(_MOST, -(-rows // _PARTS)))
    if mb(size) <= memory_mb:
        return size
    if asked is None:
        while size > 1 and mb(size) > memory_mb:
            size -= 1
    if mb(size) > memory_mb:
        raise InputError(
            f"a block of {size} takes about {mb(size):.0f} MB, and {memory_mb:g} MB are allowed; "
            + ("give more memory" if size == 1 else "give smaller blocks, or more memory")
        )
    return size


def blocks_of(cases: Mapping[str, str], rows: Sequence[str], size: int) -> tuple[Block, ...]:
    """Blocks of some rows for each scenario, scenario by scenario.

    Parameters
    ----------
    cases : mapping
        Hash of the content by scenario.
    rows : sequence of str
    size : int
    """
    parts = [tuple(rows[first : first + size]) for first in range(0, len(rows), size)]
    each = [(scenario, case, part) for scenario, case in cases.items() for part in parts]
    return tuple(Block(number, *one) for number, one in enumerate(each))


def ids_told(ids: Sequence[str]) -> str:
    """How many ids, with a hash of them, in words.

    Examples
    --------
    >>> ids_told(["a", "b"])
    '2 ids (c95b5b0a5d45c522)'
    """
    return f"{len(ids)} ids ({digest_of(json.dumps(list(ids)).encode())[:16]})"


def carry_out(
    job: Job,
    *,
    meta: Meta,
    client: Any = None,
    out: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
    index: str = "",
    scenarios: bool = False,
) -> pd.DataFrame | Parts:
    """Work a job out: its rows as a frame, or in a folder.

    Parameters
    ----------
    job : Job
    meta : callable
        Takes the facts of the blocks of each scenario, in order, and gives what the figures rest on.
    client : distributed.Client, optional
        Where to work; in this process by default.
    out : path, optional
        As for `Folder`; what is there already stays.
    progress : callable, optional
        Called with (blocks done, blocks in all); returning ``False`` stops the work.
    index : str, optional
        Column that is the index of the result.
    scenarios : bool
        Whether the scenario is a column of the result.

    Raises
    ------
    CancelledError
        If `progress` asked to stop.
    ClusterError
        If the cluster can't do the work.
    InputError, OutputError
        As for `Folder`.
    """
    if out is not None:
        return _store(job, out, meta, client, progress, index, scenarios)
    pieces = gather(job, client=client, progress=progress)
    facts: dict[str, list[Mapping[str, Any]]] = {}
    for block, piece in zip(job.blocks, pieces, strict=True):
        facts.setdefault(block.scenario, []).append(piece.facts)
    frame = joined([piece.frame for piece in pieces])
    if scenarios:
        sizes = [len(piece.frame) for piece in pieces]
        names = np.array([block.scenario for block in job.blocks], dtype=object)
        frame.insert(0, "scenario", np.repeat(names, sizes))
    frame = frame.set_index(index) if index else frame
    frame.attrs.update(meta(facts))
    return frame


def gather(job: Job, *, client: Any = None, progress: Progress | None = None) -> list[Piece]:
    """All pieces of a job, in order.

    Parameters
    ----------
    job, client, progress
        As for `carry_out`.
    """
    found: dict[int, Piece] = {}
    _note(progress, 0, len(job.blocks))
    with closing(_results(job, job.blocks, client, stored=False)) as results:
        for block, piece in results:
            found[block.number] = piece
            _note(progress, len(found), len(job.blocks))
    return [found[block.number] for block in job.blocks]


def _store(
    job: Job,
    out: str | os.PathLike[str],
    meta: Meta,
    client: Any,
    progress: Progress | None,
    index: str,
    scenarios: bool,
) -> Parts:
    """Work a job out into a folder, block by block."""
    check_scenarios(list({block.scenario: 0 for block in job.blocks}))
    folder = Folder(out, job.told)
    told = {block.number: folder.facts(block.scenario, block.number) for block in job.blocks}
    todo = [block for block in job.blocks if told[block.number] is None]
    _note(progress, len(job.blocks) - len(todo), len(job.blocks))
    left = len(todo)
    with closing(_results(job, todo, client, stored=True)) as results:
        for block, (data, told_now) in results:
            folder.write(block.scenario, block.number, data)
            told[block.number] = told_now
            left -= 1
            _note(progress, len(job.blocks) - left, len(job.blocks))
    facts: dict[str, list[Mapping[str, Any]]] = {}
    for block in job.blocks:
        facts.setdefault(block.scenario, []).append((told[block.number] or {})["facts"])
    return folder.finish(
        meta(facts),
        sum((one or {})["rows"] for one in told.values()),
        [folder.file_of(block.scenario, block.number) for block in job.blocks],
        len(todo),
        {"index": index, "scenarios": scenarios},
    )


def worked_out(
    open_: Callable[[bytes], Any],
    work: Callable[[Any, tuple[str, ...]], Piece],
    block: Block,
    job: str,
    stored: bool,
) -> Any:
    """A block's piece or, to be stored, its file and what that tells; runs where the content is held."""
    piece = work(take(block.case, open_), block.rows)
    if not stored:
        return piece
    told = {"job": job, "block": block.number, "rows": len(piece.frame), "facts": dict(piece.facts)}
    return as_parquet(piece.frame, told, piece.lists), told


def _results(job: Job, todo: Sequence[Block], client: Any, *, stored: bool) -> Generator[tuple[Block, Any]]:
    """Blocks with their results, as they are done."""
    if not todo:
        return
    if client is not None:
        from yrdgis.metrics import cluster

        yield from cluster.results(client, job, todo, worked_out, stored=stored)
        return
    for case, blocks in _by_case(todo):
        with holding(case, job.cases[case]):
            for block in blocks:
                yield block, worked_out(job.open_, job.work, block, job.told["key"], stored)


def _by_case(todo: Iterable[Block]) -> list[tuple[str, list[Block]]]:
    found: dict[str, list[Block]] = {}
    for block in todo:
        found.setdefault(block.case, []).append(block)
    return list(found.items())


def _note(progress: Progress | None, done: int, total: int) -> None:
    if progress is not None and progress(done, total) is False:
        raise CancelledError(f"Stopped on request after {done} of {total} blocks.")
