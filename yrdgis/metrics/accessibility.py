"""What can be reached from a place, and how far everything is from it.

``accessibility`` puts the measures of `yrdgis.metrics.reached` together for a network, with their range, at once or in
blocks of origins.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

import numpy as np
import pandas as pd

from yrdgis.errors import InputError
from yrdgis.metrics.blocks import MEMORY_MB, Job, Piece, blocks_of, carry_out, ids_told, size_of_blocks
from yrdgis.metrics.decay import Decay
from yrdgis.metrics.frames import (
    basis,
    check_amounts,
    check_ascending,
    layers_of,
    minutes,
    spread,
    with_range,
)
from yrdgis.metrics.packing import digest_of, networks_of, pack, tables_of, unpack
from yrdgis.metrics.parts import Parts
from yrdgis.metrics.reached import cumulative, daily_reach, gravity, mean_time, nearest
from yrdgis.metrics.skim import check_places
from yrdgis.metrics.skim_blocks import memory_of_block
from yrdgis.metrics.skimming import ENDS, RANGE_TOLD, Ask
from yrdgis.network import Network, rebuild

if TYPE_CHECKING:
    from yrdgis.engine.work import Progress
    from yrdgis.io import Layers

__all__ = [
    "accessibility",
    "cumulative",
    "daily_reach",
    "estimated_people",
    "gravity",
    "mean_time",
    "nearest",
    "opportunities",
]


def estimated_people(layers: Layers) -> pd.Series:
    """People of each town as a rule of thumb: those of its district, in equal parts. Low confidence.

    Only a few towns have a published population; this rule keeps the sums of the districts, which are from the
    census, and says nothing about towns inside one. A population grid is better where there is one.

    Returns
    -------
    pandas.Series
        ``pop_estimated`` by ``town_id``.
    """
    towns = layers["towns"].set_index("town_id")["district_id"]
    people = layers["districts"].set_index("district_id")["pop_2020"].astype(float)
    share = people.reindex(towns.to_numpy()).to_numpy() / towns.map(towns.value_counts()).to_numpy()
    return pd.Series(share, index=towns.index, name="pop_estimated")


def opportunities(layers: Layers, what: str = "people") -> pd.Series:
    """What can be reached: people of the districts, or destinations of a kind.

    Parameters
    ----------
    layers : Layers
    what : str
        ``people`` (census 2020, at the district seats), ``towns`` (`estimated_people`), ``destinations`` (all), or
        a kind of the layer ``destinations`` such as ``hospital``; each destination counts as one.

    Returns
    -------
    pandas.Series
        Amount by place id.

    Raises
    ------
    InputError
        If there is no such kind.
    """
    if what == "people":
        return layers["districts"].set_index("district_id")["pop_2020"].astype(float)
    if what == "towns":
        return estimated_people(layers)
    rows = layers["destinations"]
    chosen = rows if what == "destinations" else rows[rows["kind"] == what]
    if chosen.empty:
        kinds = ", ".join(sorted(rows["kind"].unique()))
        raise InputError(f"no opportunities called {what!r}; there are people, towns, destinations, {kinds}")
    return pd.Series(1.0, index=pd.Index(chosen["destination_id"], name="place_id"), name=what)


@overload
def accessibility(
    network: Network,
    origins: Sequence[str] | None = None,
    *,
    to: str | pd.Series = "people",
    mode: str = "door",
    cutoffs_min: Sequence[float] | None = None,
    decay: str = "exponential",
    range_: bool = True,
    client: Any = None,
    out: None = None,
    block: int | None = None,
    memory_mb: float = MEMORY_MB,
    progress: Progress | None = None,
) -> pd.DataFrame: ...


@overload
def accessibility(
    network: Network,
    origins: Sequence[str] | None = None,
    *,
    to: str | pd.Series = "people",
    mode: str = "door",
    cutoffs_min: Sequence[float] | None = None,
    decay: str = "exponential",
    range_: bool = True,
    client: Any = None,
    out: str | os.PathLike[str],
    block: int | None = None,
    memory_mb: float = MEMORY_MB,
    progress: Progress | None = None,
) -> Parts: ...


def accessibility(
    network: Network,
    origins: Sequence[str] | None = None,
    *,
    to: str | pd.Series = "people",
    mode: str = "door",
    cutoffs_min: Sequence[float] | None = None,
    decay: str = "exponential",
    range_: bool = True,
    client: Any = None,
    out: str | os.PathLike[str] | None = None,
    block: int | None = None,
    memory_mb: float = MEMORY_MB,
    progress: Progress | None = None,
) -> pd.DataFrame | Parts:
    """All measures of accessibility of some places on a network.

    Parameters
    ----------
    network : Network
        Built from layers.
    origins : sequence of str, optional
        Node ids; all districts by default.
    to : str or pandas.Series
        As for `opportunities`, or the user's own amounts by node id.
    mode : str
        As for `yrdgis.metrics.skim.skim`.
    cutoffs_min : sequence of float, optional
        The goalposts of the parameters by default: 30, 60 and 90 minutes.
    decay : str
        As for `Decay.of`.
    range_ : bool
        Whether to add the range that follows from the ends of all parameters.
    client, out, block, memory_mb, progress
        As for `yrdgis.metrics.skim.skim`: blocks of origins on a cluster, and into a folder.

    Returns
    -------
    pandas.DataFrame or Parts
        Indexed by ``from_id``: ``within_<c>_min``, ``no_way``, ``gravity``, ``daily_reach`` (all in the unit of the
        amounts), ``mean_min`` (minutes), ``reached_share``, ``nearest_min`` (to the nearest other destination), and
        with a range ``..._low`` and ``..._high`` of each. ``attrs`` say what the figures rest on.

    Raises
    ------
    InputError
        If the network was not built from layers, or an amount or cut-off is at fault.
    UnknownNameError
        If a place is no node of the network.

    Examples
    --------
    >>> import yrdgis as yg
    >>> now = yg.load().network("today").network
    >>> found = accessibility(now, ["city:huzhou"], range_=False)
    >>> bool(found["within_90_min"].iloc[0] > found["within_60_min"].iloc[0])
    True
    """
    layers = layers_of(network, what="accessibility")
    amounts = opportunities(layers, to) if isinstance(to, str) else to
    starts = list(layers["districts"]["district_id"]) if origins is None else list(dict.fromkeys(origins))
    ends = list(amounts.index)
    check_places(network, [*starts, *ends])
    limits = check_ascending(cutoffs_min) if cutoffs_min is not None else goalposts(layers)
    falling, day = Decay.of(layers, decay), layers.parameter("access.day_travel_min")
    check_amounts(amounts, ends, what="opportunities")

    reach = Reach(amounts.astype(float), tuple(limits), falling, day, mode)
    known = {str(key): value for key, value in basis(network, starts, ends, mode=mode).items()}
    meta = {**known, "decay": repr(falling), "to": str(amounts.name or "user")}
    meta |= {"range": RANGE_TOLD} if range_ else {}
    if starts and not (client is None and out is None and block is None and progress is None):
        options = {"client": client, "out": out, "progress": progress}
        return _in_blocks(network, starts, reach, range_, meta, memory_mb, block, **options)
    if out is not None:
        raise InputError("there is no origin, and so nothing to write")

    def measure(one: Network) -> pd.DataFrame:
        return reach.of(one, starts)

    found = with_range(network, measure) if range_ else measure(network)
    found.attrs.update(meta)
    return found


@dataclass(frozen=True)
class Reach:
    """What `accessibility` asks of a network: amounts by place, cut-offs, a decay, the travel time of a day, a mode."""

    amounts: pd.Series
    limits: tuple[float, ...]
    falling: Decay
    day: float
    mode: str

    def of(self, network: Network, starts: Sequence[str]) -> pd.DataFrame:
        """All measures of some origins, by ``from_id``."""
        ends = list(self.amounts.index)
        there = _long(starts, ends, minutes(network, starts, ends, mode=self.mode))
        home = _long(ends, starts, minutes(network, starts, ends, mode=self.mode, back=True).T)
        near: pd.Series = nearest(there).set_index("from_id")["time_min"]
        return pd.concat(
            [
                cumulative(there, self.amounts, cutoffs_min=self.limits),
                gravity(there, self.amounts, decay=self.falling),
                daily_reach(there, self.amounts, day_travel_min=self.day, back=home),
                mean_time(there, self.amounts),
                near.reindex(list(starts)).rename("nearest_min"),
            ],
            axis=1,
        )


def _in_blocks(
    network: Network,
    starts: Sequence[str],
    reach: Reach,
    range_: bool,
    meta: Mapping[str, Any],
    memory_mb: float,
    block: int | None,
    **options: Any,
) -> pd.DataFrame | Parts:
    """The same in blocks of origins."""
    ends = list(reach.amounts.index)
    megabytes = memory_of_block(network, starts, ends, Ask(reach.mode))
    size = size_of_blocks(len(starts), mb=megabytes, memory_mb=memory_mb, asked=block)
    networks = {"value": network}
    if range_:
        networks |= {end: rebuild(network, parameters=end) for end in ENDS}
    amounts = pd.DataFrame({"id": ends, "amount": reach.amounts.to_numpy(float)})
    facts = {
        "limits": list(reach.limits),
        "decay": [reach.falling.name, dict(reach.falling.figures)],
        "day": reach.day,
        "mode": reach.mode,
        "name": str(reach.amounts.name or ""),
    }
    data = pack({**tables_of(networks), "amounts": amounts}, facts)
    key = digest_of(data)
    inputs = {
        "origins": ids_told(list(starts)),
        "destinations": ids_told(ends),
        "origins_per_block": size,
        "to": meta["to"],
        "mode": reach.mode,
        "cutoffs_min": list(reach.limits),
        "decay": repr(reach.falling),
        "range": range_,
    }
    blocks = blocks_of({network.label or "network": key}, starts, size)
    job = Job("accessibility", _opened, _block, {key: data}, blocks, inputs)
    return carry_out(job, meta=lambda facts: meta, index="from_id", **options)


def _opened(data: bytes) -> tuple[dict[str, Network], Reach]:
    tables, facts = unpack(data)
    amounts = tables.pop("amounts").set_index("id")["amount"].rename(facts["name"])
    name, figures = facts["decay"]
    reach = Reach(amounts, tuple(facts["limits"]), Decay(name, **figures), facts["day"], facts["mode"])
    return networks_of(tables), reach


def _block(case: tuple[dict[str, Network], Reach], rows: tuple[str, ...]) -> Piece:
    networks, reach = case
    found = [reach.of(networks[name], rows) for name in ("value", *ENDS) if name in networks]
    frame = spread(found) if len(found) > 1 else found[0]
    return Piece(frame.rename_axis("from_id").reset_index())


def goalposts(layers: Layers) -> list[float]:
    """The goalposts of the parameters in minutes: 30, 60 and 90."""
    return [layers.parameter(f"goalpost.{post}_min") for post in ("near", "middle", "far")]


def _long(starts: Sequence[str], ends: Sequence[str], matrix: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "from_id": np.repeat(np.array(starts, dtype=object), len(ends)),
            "to_id": np.tile(np.array(ends, dtype=object), len(starts)),
            "time_min": matrix.ravel(),
        }
    )
