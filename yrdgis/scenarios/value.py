"""What each project is worth, and to whom: shares of the joint gain that add up.

The worth of a set of projects is what the region gains with it over the base. Put-in (alone) and take-out
(last) values mislead where projects overlap; Shapley values share the joint gain, and are exact here for any
number of projects as long as few matter for one pair of places.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from yrdgis.engine.work import Progress
from yrdgis.errors import InputError
from yrdgis.metrics.blocks import MEMORY_MB
from yrdgis.metrics.parts import nested
from yrdgis.network import Network, rebuild
from yrdgis.scenarios import games
from yrdgis.scenarios.coalitions import SetTimes, Times
from yrdgis.scenarios.gains import Gains, exact_gains, sampled_gains
from yrdgis.scenarios.value_blocks import Limits, times_in_blocks
from yrdgis.scenarios.value_task import METHODS, Task, task_of
from yrdgis.scenarios.value_told import VALUE_COLUMNS, Part, told
from yrdgis.scenarios.worth import (
    Measure,
    accessibility,
    cluster_weights,
    cohesion_gain,
    minutes_saved,
    people_of,
    savings,
)

__all__ = ["METHODS", "VALUE_COLUMNS", "Value", "value"]

_ANEW_PLAYERS = 6
_TOLD_COLUMNS = (
    ("name_zh", "项目", "project"),
    ("name", "", ""),
    ("worth", "价值", "worth"),
    ("worth_low", "低", "low"),
    ("worth_high", "高", "high"),
    ("share", "占比", "share"),
)
_EXACT_PLAYERS, _EXACT_TIMES = 20, 60_000_000
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class Value:
    """What projects are worth.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns of ``VALUE_COLUMNS``, most worth first. ``worth`` is that of the method, in the measure's unit;
        ``share`` its part of the joint gain; ``worth_low`` and ``worth_high`` bound it over the ranges of the
        parameters. ``pairs`` it makes nearer or connects; ``most_saved`` is the most that any pair saves (minutes,
        for freight yuan). Signs are as they are. ``reason`` says why a project changes nothing.
    shares : pandas.DataFrame
        Shapley shares by place of the people who gain: ``game``, ``project_id``, ``place_id``, names,
        ``city_id``, ``worth``; they add up to the joint gain.
    pairs : pandas.DataFrame
        Shapley interaction index of each pair of projects that act: ``interaction`` positive for complements,
        negative for substitutes.
    meta : mapping
        ``measure``, ``unit``, ``method``, ``joint`` (by game), ``people``, ``base`` and its date, and what the
        figures rest on.
    """

    frame: pd.DataFrame
    shares: pd.DataFrame
    pairs: pd.DataFrame
    meta: Mapping[str, Any]

    def __repr__(self) -> str:
        joint = ", ".join(f"{gain:.4g}" for gain in self.meta["joint"].values())
        acting = int(self.frame["reason_code"].eq("").sum())
        return (
            f"<Value of {len(self.frame)} projects ({acting} with effect), {self.meta['method']}: "
            f"together {joint} {self.meta['unit']}>"
        )

    def _repr_html_(self) -> str:
        """The joint gain and the projects that act, for a notebook; every text is escaped."""
        from yrdgis.io.cards import card, head

        meta = self.meta
        acting = self.frame[self.frame["reason_code"].eq("")]
        games = [(f"合计 {game}", f"together {game}", joint) for game, joint in meta["joint"].items()]
        facts = [
            *games,
            ("单位", "unit", meta["unit"]),
            ("方法", "method", meta["method"]),
            ("基准", "base", f"{meta['base']} {meta['as_of']}"),
            ("项目", "projects", f"{len(self.frame)}, {len(acting)} with effect 有作用"),
        ]
        return card(("项目价值", "What projects are worth"), facts, table=head(acting, _TOLD_COLUMNS, 10))

    def by_city(self) -> pd.DataFrame:
        """Shapley share of each project (rows) for the people of each city (columns), in the measure's unit.

        Rows are in the order of `frame`, columns by what the city gains; the sum over all is the joint gain.
        """
        return self._by("city_id")

    def by_district(self) -> pd.DataFrame:
        """Shapley share of each project (rows) for the people of each place of origin (columns)."""
        return self._by("place_id")

    def complements(self, count: int = 5) -> pd.DataFrame:
        """Pairs of projects that are worth more together, strongest first."""
        return self.pairs[self.pairs["interaction"] > 0].nlargest(count, "interaction").reset_index(drop=True)

    def substitutes(self, count: int = 5) -> pd.DataFrame:
        """Pairs of projects of which one does in part what the other does, strongest first."""
        return (
            self.pairs[self.pairs["interaction"] < 0].nsmallest(count, "interaction").reset_index(drop=True)
        )

    def _by(self, column: str) -> pd.DataFrame:
        table = self.shares.pivot_table(
            index=["game", "project_id"], columns=column, values="worth", aggfunc="sum", sort=False
        )
        keys = pd.MultiIndex.from_frame(self.frame[["game", "project_id"]])
        table = table.reindex(keys[keys.isin(table.index)])
        table = table[table.sum().sort_values(ascending=False, kind="stable").index]
        return table.droplevel("game") if len(self.meta["joint"]) == 1 else table


def value(
    base: Network,
    projects: Iterable[str],
    *,
    origins: Sequence[str] | None = None,
    destinations: Sequence[str] | None = None,
    mode: str = "door",
    measure: str = "",
    method: str = "shapley",
    range_: bool = True,
    error: float = 0.01,
    seed: int = 1,
    progress: Progress | None = None,
    client: Any = None,
    out: str | os.PathLike[str] | None = None,
    block: int | None = None,
    memory_mb: float = MEMORY_MB,
) -> Value:
    """What each of some projects is worth over a base, and to whom.

    Parameters
    ----------
    base : Network
        Built from layers. Projects are added to it whatever their dates; those in force in it already are told
        so.
    projects : iterable of str
        Ids or names. What they require is added to them, and told in ``meta["pulled_in"]``.
    origins, destinations : sequence of str, optional
        Node ids of places with people: all districts by default; destinations the origins, or for freight the
        main ports. Those who gain are
        the people of the origins.
    mode : {"door", "drive", "public", "rail", "freight"}
    measure : {"minutes", "accessibility", "cohesion", "freight_cost"}, optional
        Mean minutes saved per trip, gain of what can be reached in percent, points of cohesion of town clusters
        (places are then their members by default), or yuan saved per TEU. By default
        minutes in modes ``door`` and ``drive``, cost in mode ``freight``, else accessibility, since not every
        pair has trains.
    method : {"shapley", "put-in", "take-out", "sampling"}
        What ``worth`` is. Shapley values are exact where that is feasible, else sampled.
    range_ : bool
        Whether to bound the values over the ranges of the parameters (three times the work).
    error : float
        Sampling stops when each standard error is at most this share of the joint gain.
    seed : int
        Of the random orders.
    progress : callable, optional
        Called with (steps done, steps in all); returning ``False`` stops the work.
    client : distributed.Client, optional
        Cluster on which times under sets of projects are worked out, in blocks of origins and for each end of the
        parameters; the figures are the same, bit for bit. Sampling is done here.
    out : path, optional
        Folder that keeps the blocks, as partitioned Parquet: for each pair its times (whole milliseconds or fen, -1:
        no way) under every set of the projects that matter for it, by ``game`` and ``end``. The same call goes on
        where one was broken off.
    block : int, optional
        Origins in a block.
    memory_mb : float
        Most working memory of a block, in megabytes.

    Returns
    -------
    Value

    Raises
    ------
    UnknownNameError
        If a project or place is not known.
    InputError
        If the base was not built from layers, or method, measure or mode do not go together.

    Examples
    --------
    >>> from yrdgis.io import load_layers
    >>> from yrdgis.network import build_network
    >>> base = build_network(load_layers(), "plan-eve")  # doctest: +SKIP
    >>> value(base, ["husuhu-hsr", "hutong-1"]).frame[["name", "worth"]]  # doctest: +SKIP
    """
    if base.recipe is None:
        raise InputError("what projects are worth needs a network that was built from layers")
    task = task_of(base, projects, origins, destinations, mode, measure, method)
    rivals = games.rival_sets(task.players, task.conflicts)
    ends = ("value", "low", "high") if range_ else ("value",)
    places = {"client": client, "out": out, "block": block}
    how = _How(memory_mb, progress, places) if any(x is not None for x in places.values()) else None
    parts = []
    for number, players in enumerate(rivals, 1):
        name = "" if len(rivals) == 1 else str(number)
        parts.append(_one_game(replace(task, players=players), name, ends, error, seed, progress, how))
    frame = pd.concat([part.frame for part in parts], ignore_index=True)
    pairs = pd.concat([part.pairs for part in parts], ignore_index=True)
    shares = pd.concat([part.shares for part in parts], ignore_index=True)
    meta = dict(parts[0].meta)
    meta["joint"] = {game: gain for part in parts for game, gain in part.meta["joint"].items()}
    return Value(frame, shares, pairs, meta)


@dataclass(frozen=True)
class _How:
    """Where blocks of times are worked out and kept."""

    memory_mb: float
    progress: Progress | None
    places: Mapping[str, Any]

    def times(self, network: Network, task: Task, game: str, end: str) -> SetTimes:
        """Times of one game at one end of the parameters."""
        out = self.places["out"]
        folder = None if out is None else nested(out, {"game": game or "1", "end": end})
        return times_in_blocks(
            network,
            task.players,
            task.origins,
            task.destinations,
            mode=task.mode,
            impedance=task.impedance,
            requires=task.requires,
            limits=Limits(_EXACT_PLAYERS, _EXACT_TIMES, self.memory_mb),
            block=self.places["block"],
            client=self.places["client"],
            out=folder,
            progress=self.progress,
        )


def _times_here(network: Network, task: Task) -> SetTimes:
    return Times(
        network,
        task.players,
        task.origins,
        task.destinations,
        mode=task.mode,
        impedance=task.impedance,
        requires=task.requires,
    )


def _one_game(
    task: Task,
    name: str,
    ends: Sequence[str],
    error: float,
    seed: int,
    progress: Progress | None,
    how: _How | None,
) -> Part:
    known: dict[str, Gains] = {}
    times: SetTimes | None = None
    for end in ends:
        network = task.base if end == "value" else rebuild(task.base, parameters=end)
        one = _times_here(network, task) if how is None else how.times(network, task, name, end)
        times = times or one
        most, held = one.size()
        if times.exact_form != "closed form" and len(task.players) > _ANEW_PLAYERS:
            raise InputError(
                f"what {len(task.players)} projects change together can't be told from what fewer of them change, so "
                f"each set needs a network of its own; give {_ANEW_PLAYERS} or fewer"
            )
        exact = task.method != "sampling" and most <= _EXACT_PLAYERS and held <= _EXACT_TIMES
        # the ends of the decay matter only around the middle of the times
        for beta_end in ("value", "low", "high") if end == "value" and len(ends) > 1 else ("value",):
            measure = _measure(task, one, beta_end)
            key = f"{end}/{beta_end}"
            if exact:
                known[key] = exact_gains(one, measure, progress if not known and how is None else None)
            elif end == "value" and beta_end == "value":
                known[key] = sampled_gains(one, measure, error=error, seed=seed, progress=progress)
    assert times is not None
    return told(task, name, times, known)


def _measure(task: Task, times: SetTimes, beta_end: str) -> Measure:
    fresh = int(((times.base < 0) & (times.complete >= 0)).sum())
    if fresh and task.measure in ("minutes", "freight_cost"):
        raise InputError(
            f"{fresh} pairs have no way in the base and one with the projects: that is no finite number of minutes "
            "or yuan. Measure accessibility instead"
        )
    beta = task.layers.parameter("value.beta_per_min", beta_end)
    if task.measure == "cohesion":
        posts = [
            task.layers.parameter(f"goalpost.{post}_min", beta_end) for post in ("near", "middle", "far")
        ]
        weights = cluster_weights(task.layers, task.origins, task.destinations)
        return cohesion_gain(times.base, weights, posts)
    people = people_of(task.layers, task.origins).to_numpy()
    if task.measure == "freight_cost":
        return savings(times.base, times.same, (people, np.ones(len(task.destinations))), 100)
    there = (
        people if task.destinations == task.origins else people_of(task.layers, task.destinations).to_numpy()
    )
    make = minutes_saved if task.measure == "minutes" else accessibility
    return make(times.base, times.same, (people, there), beta)
