"""What the measures share: checks of what they are given, minutes as a matrix, and ranges."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from yrdgis.engine.work import Progress
from yrdgis.errors import InputError, all_at_once
from yrdgis.metrics.answers import stops_of, ways_of
from yrdgis.metrics.blocks import MEMORY_MB, Job, Piece, blocks_of, gather, size_of_blocks
from yrdgis.metrics.packing import digest_of, networks_of, pack, tables_of, unpack
from yrdgis.metrics.skim import skim
from yrdgis.metrics.skim_blocks import memory_of_block
from yrdgis.metrics.skimming import ENDS, RANGE_TOLD, Ask
from yrdgis.metrics.trees import blocks, turned
from yrdgis.network import Network, rebuild
from yrdgis.network.impedance import compile_graph
from yrdgis.network.model import CONFIDENCE, worst

__all__ = [
    "basis",
    "check_amounts",
    "check_ascending",
    "layers_of",
    "minutes",
    "pairs_of",
    "spread",
    "square",
    "with_range",
]

Floats = npt.NDArray[np.float64]

_MOST_PAIRS = 12_000


def check_amounts(amounts: pd.Series, wanted: Iterable[str], *, what: str) -> pd.Series:
    """Amounts (people, destinations) of some places, in their order, as floats.

    Raises
    ------
    InputError
        If one is missing, negative or not finite; all at once.
    """
    ids = list(wanted)
    if amounts.index.has_duplicates:
        raise InputError(f"{what}: places given twice: {_some(amounts.index[amounts.index.duplicated()])}")
    values = pd.to_numeric(amounts, errors="coerce").reindex(ids).astype(float)
    lost = [place for place in ids if place not in amounts.index]
    blank = values.index[values.isna() & ~values.index.isin(lost)]
    odd = values.index[(values < 0) | np.isinf(values)]
    problems = [
        f"{words}: {_some(found)}. {todo}"
        for words, found, todo in (
            ("no amount for", lost, "Give one for each place, 0 where there is none"),
            ("blank for", blank, "Give a number, 0 where there is none"),
            ("negative or infinite for", odd, "Amounts are zero or more"),
        )
        if len(found)
    ]
    if problems:
        raise InputError(all_at_once(what, problems))
    return values


def check_ascending(cutoffs: Sequence[float], *, what: str = "cut-offs") -> list[float]:
    """Cut-offs in minutes as they are.

    Raises
    ------
    InputError
        If there is none, one is not above zero, or they do not ascend.
    """
    limits = [float(value) for value in cutoffs]
    if not limits or not all(np.isfinite(limits)) or min(limits) <= 0:
        raise InputError(f"{what}: give one or more minutes above 0, not {list(cutoffs)}")
    if limits != sorted(set(limits)):
        raise InputError(f"{what} have to ascend without repeats: {list(cutoffs)}")
    return limits


def pairs_of(times: pd.DataFrame, *, what: str = "times") -> pd.DataFrame:
    """Long times (``from_id``, ``to_id``, ``time_min``), checked.

    Raises
    ------
    InputError
        If a column is missing, a pair stands twice, or minutes are negative.
    """
    missing = [column for column in ("from_id", "to_id", "time_min") if column not in times]
    if missing:
        raise InputError(f"{what} lack the column {', '.join(missing)}; a skim has them all")
    if times.duplicated(["from_id", "to_id"]).any():
        raise InputError(f"{what} hold a pair twice; give one row for each pair")
    if (times["time_min"] < 0).any():
        raise InputError(f"{what} hold negative minutes")
    return times


def square(times: pd.DataFrame) -> pd.DataFrame:
    """Times as a table: one row per origin, one column per destination, in order of appearance; NaN: no way."""
    checked = pairs_of(times)
    wide = checked.pivot(index="from_id", columns="to_id", values="time_min")
    return wide.reindex(index=checked["from_id"].unique(), columns=checked["to_id"].unique())


def minutes(
    network: Network,
    origins: Sequence[str],
    destinations: Sequence[str],
    *,
    mode: str = "door",
    impedance: str = "total",
    back: bool = False,
    client: Any = None,
    block: int | None = None,
    memory_mb: float = MEMORY_MB,
    progress: Progress | None = None,
) -> Floats:
    """Least minutes between places as a matrix, without what lies along: the times of a skim, faster.

    Parameters
    ----------
    network : Network
    origins, destinations : sequence of str
        Node ids.
    mode : str
        As for `yrdgis.metrics.skim.skim`.
    impedance : {"total", "in_vehicle"}
    back : bool
        Whether to take the way back: from each destination to each origin.
    client, block, memory_mb, progress
        As for `yrdgis.metrics.skim.skim`: blocks of origins, here or on a cluster; the same to the last bit.

    Returns
    -------
    array of float
        Minutes, origins by destinations; NaN where there is no way.
    """
    if impedance not in ("total", "in_vehicle"):
        raise InputError(f"minutes are of impedance total or in_vehicle, not {impedance!r}")
    if len(origins) and not (client is None and block is None and progress is None):
        ask = _Minutes(tuple(destinations), mode, impedance, back)
        return _minutes_in_blocks(network, origins, ask, memory_mb, block, client=client, progress=progress)
    best: Floats = np.full((len(origins), len(destinations)), np.inf)
    for way in ways_of(mode):
        graph = compile_graph(network, mode=way, impedance=impedance)
        graph = turned(graph) if back else graph
        groups = [stops_of(network, places, way) for places in (origins, destinations)]
        starts, ends = ([stop for stops in group for stop in stops] for group in groups)
        full = np.full((len(starts), len(ends)), np.inf)
        for part in blocks(graph, starts, ends, along={}):
            full[part.rows] = np.where(part.value >= 0, part.value / 60_000, np.inf)
        for axis, group in enumerate(groups):
            sizes = [len(stops) for stops in group]
            if any(size != 1 for size in sizes) and full.size:
                full = np.minimum.reduceat(full, np.cumsum([0, *sizes[:-1]]), axis=axis)
        best = np.minimum(best, full)
    best[np.isinf(best)] = np.nan
    return best


@dataclass(frozen=True)
class _Minutes:
    """What `minutes` asks of a network."""

    ends: tuple[str, ...]
    mode: str
    impedance: str
    back: bool


def _minutes_in_blocks(
    network: Network,
    origins: Sequence[str],
    ask: _Minutes,
    memory_mb: float,
    block: int | None,
    **options: Any,
) -> Floats:
    rows, ends = tuple(dict.fromkeys(origins)), list(ask.ends)
    megabytes = memory_of_block(network, rows, ends, Ask(ask.mode, ask.impedance))
    size = size_of_blocks(len(rows), mb=megabytes, memory_mb=memory_mb, asked=block)
    data = pack(tables_of({"value": network}), asdict(ask))
    key = digest_of(data)
    split = blocks_of({network.label or "network": key}, rows, size)
    pieces = gather(Job("minutes", _opened, _block, {key: data}, split, asdict(ask)), **options)
    table = np.concatenate([piece.frame["time_min"].to_numpy() for piece in pieces])
    at = {place: row for row, place in enumerate(rows)}
    return table.reshape(len(rows), len(ends))[[at[place] for place in origins]]


def _opened(data: bytes) -> tuple[Network, _Minutes]:
    tables, facts = unpack(data)
    return networks_of(tables)["value"], _Minutes(**{**facts, "ends": tuple(facts["ends"])})


def _block(case: tuple[Network, _Minutes], rows: tuple[str, ...]) -> Piece:
    network, ask = case
    table = minutes(network, rows, ask.ends, mode=ask.mode, impedance=ask.impedance, back=ask.back)
    return Piece(pd.DataFrame({"time_min": table.ravel()}))


def with_range(network: Network, measure: Callable[[Network], pd.DataFrame]) -> pd.DataFrame:
    """A measure with the range that follows from the ends of all parameters.

    Parameters
    ----------
    network : Network
        As `build_network` makes it.
    measure : callable
        From a network to a frame; numeric columns get a range.

    Returns
    -------
    pandas.DataFrame
        The measure, and for each numeric column ``..._low`` and ``..._high``: the least and greatest of its value
        and of those at both ends.
    """
    return spread([measure(network), *(measure(rebuild(network, parameters=end)) for end in ENDS)])


def spread(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """A measure, and at both ends of the parameters: one frame, each numeric column with its range.

    Parameters
    ----------
    frames : sequence of pandas.DataFrame
        The measure, then at the low and the high end.
    """
    frames = [frame.reindex(frames[0].index) for frame in frames]
    out = frames[0].copy()
    for column in frames[0].select_dtypes("number").columns:
        values = np.stack([frame[column].to_numpy(float) for frame in frames])
        unknown = np.isnan(values).any(axis=0)
        filled = np.where(unknown, 0.0, values)
        out[f"{column}_low"] = np.where(unknown, np.nan, filled.min(axis=0))
        out[f"{column}_high"] = np.where(unknown, np.nan, filled.max(axis=0))
    out.attrs = {**frames[0].attrs, "range": RANGE_TOLD}
    return out


def basis(
    network: Network, origins: Sequence[str], destinations: Sequence[str], *, mode: str = "door"
) -> dict[str, Any]:
    """What figures over some pairs rest on: mode, day, forecast, confidence and undated share.

    Of the links that the ways use, where the pairs are few enough to follow each way; else of all links.
    """
    if len(origins) * len(destinations) <= _MOST_PAIRS:
        meta = skim(network, origins, destinations, mode=mode).attrs
        return {**{str(key): value for key, value in meta.items()}, "basis": "links on the ways"}
    return {
        "mode": mode,
        "impedance": "total",
        "as_of": network.as_of.isoformat() if network.as_of else None,
        "label": network.label,
        "forecast": bool(network.attrs.get("forecast", False)),
        "undated_share": round(network.undated_share, 4),
        "confidence": worst(set(network.links["confidence"]) & set(CONFIDENCE)),
        "basis": "all links",
    }


def layers_of(network: Network, *, what: str) -> Any:
    """Layers that a network was built from.

    Raises
    ------
    InputError
        If it was not.
    """
    if network.recipe is None:
        raise InputError(f"{what} needs a network that was built from layers")
    return network.recipe.layers


def _some(names: Iterable[Any], shown: int = 6) -> str:
    listed = [str(name) for name in names]
    rest = len(listed) - shown
    return ", ".join(listed[:shown]) + (f" and {rest} more" if rest > 0 else "")
