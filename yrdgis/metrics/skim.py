"""Skims: least impedance between places, one row per pair."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, overload

import pandas as pd

from yrdgis.errors import InputError, UnknownNameError, all_at_once
from yrdgis.metrics.blocks import MEMORY_MB
from yrdgis.metrics.parts import Parts
from yrdgis.metrics.skim_blocks import skim_in_blocks, together
from yrdgis.metrics.skimming import ENDS, EXTRA_COLUMNS, FREIGHT_COLUMNS, Ask, meta_of, rows_of
from yrdgis.network import Network, in_mode, rebuild

if TYPE_CHECKING:
    from yrdgis.engine.work import Progress

__all__ = ["EXTRA_COLUMNS", "FREIGHT_COLUMNS", "SKIM_COLUMNS", "check_places", "skim"]

SKIM_COLUMNS = (
    "from_id",
    "from_name",
    "from_name_zh",
    "to_id",
    "to_name",
    "to_name_zh",
    "time_min",
    "distance_km",
)
"""Columns of every skim, in this order."""


@overload
def skim(
    network: Network | Mapping[str, Network],
    origins: Sequence[str],
    destinations: Sequence[str] | None = None,
    *,
    mode: str = "door",
    impedance: str = "total",
    max_min: float | None = None,
    range_: bool = False,
    extra: Sequence[str] = (),
    client: Any = None,
    out: None = None,
    block: int | None = None,
    memory_mb: float = MEMORY_MB,
    progress: Progress | None = None,
) -> pd.DataFrame: ...


@overload
def skim(
    network: Network | Mapping[str, Network],
    origins: Sequence[str],
    destinations: Sequence[str] | None = None,
    *,
    mode: str = "door",
    impedance: str = "total",
    max_min: float | None = None,
    range_: bool = False,
    extra: Sequence[str] = (),
    client: Any = None,
    out: str | os.PathLike[str],
    block: int | None = None,
    memory_mb: float = MEMORY_MB,
    progress: Progress | None = None,
) -> Parts: ...


def skim(
    network: Network | Mapping[str, Network],
    origins: Sequence[str],
    destinations: Sequence[str] | None = None,
    *,
    mode: str = "door",
    impedance: str = "total",
    max_min: float | None = None,
    range_: bool = False,
    extra: Sequence[str] = (),
    client: Any = None,
    out: str | os.PathLike[str] | None = None,
    block: int | None = None,
    memory_mb: float = MEMORY_MB,
    progress: Progress | None = None,
) -> pd.DataFrame | Parts:
    """Least impedance between places, and the way there.

    Parameters
    ----------
    network : Network or mapping of Network
        One, or several by name of scenario; then the first column is ``scenario``.
    origins, destinations : sequence of str
        Node ids; destinations are the origins by default. In mode ``rail`` a city or
        district stands for the best of its stations.
    mode : str
        ``door`` (the best of driving and of access, rail or metro, and egress), ``drive``, ``rail`` (station
        to
        station), ``public``, ``freight`` (the chain of a box between a works and a port), or any other mode
        that the network's links have.
    impedance : {"total", "in_vehicle", "distance", "cost", "co2"}
        What is minimised, on its own. ``time_min`` and ``distance_km`` are those of the path that has the
        least of it:
        in-vehicle minutes for ``in_vehicle``, total minutes for all others.
    max_min : float, optional
        Pairs that take longer count as not connected.
    range_ : bool
        Whether to add ``time_low_min`` and ``time_high_min``: the same skim with every assumption at the end
        of its
        range that makes for the shortest and the longest times.
    extra : sequence of str
        More columns, of ``EXTRA_COLUMNS``.
    client : distributed.Client, optional
        Cluster on which blocks of origins are worked out; the result is the same, bit for bit.
    out : path, optional
        Folder for partitioned Parquet, written block by block; the same call goes on where one was broken off.
    block : int, optional
        Origins in a block; as many as fit the memory by default, in at least 16 blocks.
    memory_mb : float
        Most working memory of a block, in megabytes.
    progress : callable, optional
        Called with (blocks done, blocks in all); returning ``False`` stops the work.

    Returns
    -------
    pandas.DataFrame or Parts
        With `out`, what it takes to read it from there. Else the frame:
        One row per pair, origins first; the columns of ``SKIM_COLUMNS``, for ``freight`` also those of
        ``FREIGHT_COLUMNS``. NaN where there is no way. ``attrs``
        holds
        ``mode``, ``impedance``, ``as_of``, ``label``, ``period``, ``forecast``, ``undated_share`` (of the
        kilometres
        used), ``confidence`` (the worst of all links used) and, for a city in mode ``rail``, its ``stations``
        used.

    Raises
    ------
    UnknownNameError
        If an id is no node of the network, naming all of them and the nearest ids.
    InputError
        If the mode, the impedance or an extra column is not known, or a place has no station in mode
        ``rail``; if `out` holds another job.
    ClusterError
        If the cluster can't do the work.

    Examples
    --------
    >>> links = pd.DataFrame(
    ...     {"from_node_id": ["a", "b"], "to_node_id": ["b", "c"], "mode": "drive", "total_min": [10.0, 5.0],
    ...      "length_km": [8.0, 4.0]}, index=["ab", "bc"])
    >>> frame = skim(Network(pd.DataFrame(index=["a", "b", "c"]), links), ["a"], ["c"], mode="drive")
    >>> frame[["from_id", "to_id", "time_min", "distance_km"]]
      from_id to_id  time_min  distance_km
    0       a     c      15.0         12.0
    """
    starts = list(dict.fromkeys(origins))
    ends = starts if destinations is None else list(dict.fromkeys(destinations))
    given = network if isinstance(network, Mapping) else {network.label or "network": network}
    if not given:
        raise InputError("a skim takes at least one network")
    networks = {name: in_mode(one, mode) for name, one in given.items()}
    for one in networks.values():
        check_places(one, [*starts, *ends])
    ask = Ask(mode, impedance, max_min, range_, tuple(extra))
    several = isinstance(network, Mapping)
    if starts and not (client is None and out is None and block is None and progress is None):
        return skim_in_blocks(
            networks,
            starts,
            ends,
            ask,
            several=several,
            client=client,
            out=out,
            block=block,
            memory_mb=memory_mb,
            progress=progress,
        )
    if out is not None:
        raise InputError("there is no origin, and so nothing to write")
    frames = {name: _at_once(one, starts, ends, ask) for name, one in networks.items()}
    if not several:
        return next(iter(frames.values()))
    whole = pd.concat([frame.assign(scenario=name) for name, frame in frames.items()], ignore_index=True)
    whole = whole[["scenario", *whole.columns.drop("scenario")]]
    metas: dict[str, dict[str, Any]] = {
        name: {str(key): value for key, value in frame.attrs.items()} for name, frame in frames.items()
    }
    whole.attrs.update(together(metas))
    return whole


def _at_once(network: Network, starts: Sequence[str], ends: Sequence[str], ask: Ask) -> pd.DataFrame:
    networks = {"value": network}
    if ask.range_:
        networks |= {end: rebuild(network, parameters=end) for end in ENDS}
    frame, facts = rows_of(networks, starts, ends, ask)
    frame.attrs.update(meta_of(network, [facts], [*starts, *ends], ask))
    return frame


def check_places(network: Network, places: Sequence[str]) -> None:
    """Refuse ids that are no node of a network.

    Raises
    ------
    UnknownNameError
        Naming all of them, with the nearest ids.
    """
    problems = []
    for node in dict.fromkeys(places):
        if node not in network.nodes.index:
            near = get_close_matches(str(node), network.nodes.index, n=3, cutoff=0.6)
            problems.append(f"no node {node!r}" + (f"; nearest: {', '.join(near)}" if near else ""))
    if problems:
        raise UnknownNameError(all_at_once("places", problems))
