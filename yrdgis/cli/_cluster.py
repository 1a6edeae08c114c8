"""What the commands for large jobs share: where blocks are worked out, and folders of results."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from yrdgis.cli._console import progress

if TYPE_CHECKING:
    from yrdgis.metrics.parts import Parts

__all__ = ["cluster_options", "in_blocks", "is_folder", "tell_parts"]


def cluster_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--cluster`` and ``--block``."""
    for option in (
        click.option("--block", type=int, metavar="N", help="Rows in a block; what fits 256 MB by default."),
        click.option(
            "--cluster",
            metavar="WHERE",
            help="Work in blocks on a dask scheduler (tcp://HOST:PORT; only one that you trust), or on local:N processes.",
        ),
    ):
        command = option(command)
    return command


def is_folder(out: str | None) -> bool:
    """Whether a result goes to a folder of Parquet files: a path without ending, or a folder that is there."""
    return out is not None and (not Path(out).suffix or out.endswith("/") or Path(out).is_dir())


@contextmanager
def in_blocks(cluster: str | None, block: int | None, folder: str | None) -> Iterator[dict[str, Any]]:
    """Arguments with which a call works in blocks; none where nothing asks for that.

    Parameters
    ----------
    cluster : str, optional
        As `yrdgis.metrics.cluster.connected` takes it.
    block : int, optional
        Rows in a block.
    folder : str, optional
        Where parts go.
    """
    if cluster is None and block is None and folder is None:
        yield {}
        return
    options: dict[str, Any] = {"block": block, "out": folder}
    if cluster is None:
        with progress("Blocks") as tell:
            yield {**options, "progress": lambda done, total: tell("", done, total)}
        return
    from yrdgis.metrics.cluster import connected

    with connected(cluster) as client, progress("Blocks") as tell:
        yield {**options, "client": client, "progress": lambda done, total: tell("", done, total)}


def tell_parts(parts: Parts) -> None:
    """Say on standard error what was written."""
    kept = len(parts.files) - parts.made
    told = f" ({kept} were there already)" if kept else ""
    click.echo(f"Wrote {parts.rows} rows in {len(parts.files)} files to {parts.folder}{told}.", err=True)
