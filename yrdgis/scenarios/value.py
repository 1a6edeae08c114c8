"""What each project is worth, and to whom: shares of the joint gain that add up.

The worth of a set of projects is what the region gains with it over the base. Put-in (alone) and take-out
(last) values mislead where projects overlap; Shapley values share the joint gain, and are exact here for any
number of projects as long as few matter for one pair of places.
"""

from __future__ import annotations

import math
import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from yrdgis.engine.work import Progress
from yrdgis.errors import InputError
from yrdgis.metrics.blocks import MEMORY_MB
from yrdgis.metrics.hinterland import main_ports
from yrdgis.metrics.parts import nested
from yrdgis.network import Network, in_mode, rebuild
from yrdgis.network.effects import Effects, project_ids
from yrdgis.scenarios import games
from yrdgis.scenarios.coalitions import SetTimes, Times
from yrdgis.scenarios.gains import Gains, exact_gains, sampled_gains
from yrdgis.scenarios.reasons import no_links_reason, reason_words
from yrdgis.scenarios.value_blocks import Limits, times_in_blocks
from yrdgis.scenarios.worth import (
    MEASURES,
    Measure,
    accessibility,
    cluster_weights,
    cohesion_gain,
    minutes_saved,
    people_of,
    savings,
)

if TYPE_CHECKING:
    from yrdgis.io import Layers

__all__ = ["METHODS", "VALUE_COLUMNS", "Value", "value"]

METHODS = ("shapley", "put-in", "take-out", "sampling")
"""Ways to tell what one of several projects is worth; ``sampling`` is Shapley from random orders."""

VALUE_COLUMNS = (
    "game",
    "project_id",
    "name",
    "name_zh",
    "mode",
    "status",
    "worth",
    "share",
    "put_in",
    "take_out",
    "shapley",
    "standard_error",
    "worth_low",
    "worth_high",
    "pairs",
    "newly_connected",
    "most_saved",
    "reason_code",
    "reason",
    "reason_zh",
)
"""Columns of the table of values; one row per project (and game, where projects exclude each other)."""

_ON = {"drive": ("road",), "public": ("rail",), "rail": ("rail",)}
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
    task = _task(base, projects, origins, destinations, mode, measure, method)
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
class _Task:
    """What is asked, checked."""

    base: Network
    layers: Layers
    asked: tuple[str, ...]
    players: tuple[str, ...]
    pulled_in: tuple[str, ...]
    conflicts: tuple[frozenset[str], ...]
    requires: Mapping[str, tuple[str, ...]]
    silent: Mapping[str, tuple[str, str, str]]
    origins: tuple[str, ...]
    destinations: tuple[str, ...]
    mode: str
    measure: str
    method: str

    @property
    def impedance(self) -> str:
        return "cost" if self.measure == "freight_cost" else "total"


def _task(
    base: Network,
    projects: Iterable[str],
    origins: Sequence[str] | None,
    destinations: Sequence[str] | None,
    mode: str,
    measure: str,
    method: str,
) -> _Task:
    assert base.recipe is not None
    layers, recipe = base.recipe.layers, base.recipe
    if method not in METHODS:
        raise InputError(f"no method {method!r}; there are {', '.join(METHODS)}")
    usual = {"door": "minutes", "drive": "minutes", "freight": "freight_cost"}.get(mode, "accessibility")
    measure = measure or usual
    if measure not in MEASURES:
        raise InputError(f"no measure {measure!r}; there are {', '.join(MEASURES)}")
    if (measure == "freight_cost") != (mode == "freight"):
        raise InputError("measure freight_cost goes with mode freight, and no other measure does")
    table = layers["projects"].set_index("project_id", drop=False)
    asked = sorted(project_ids(layers, projects))
    if not asked:
        raise InputError("there is no project to value; give at least one")
    in_force = Effects(
        layers, recipe.as_of, recipe.variant, recipe.with_projects, recipe.without_projects
    ).projects_on()
    requires, conflicts = _lists(table, "requires"), _lists(table, "conflicts")
    pulled = _required(requires, asked, in_force)
    silent = {}
    for project in [*asked, *pulled]:
        row = table.loc[[project]].iloc[0]
        why = no_links_reason(layers, row, in_force=in_force, as_of=recipe.as_of, freight=mode == "freight")
        if why is not None:
            silent[project] = why
    # a silent project that another requires still has to stand
    needed = {other for project in [*asked, *pulled] for other in requires[project]}
    players = [p for p in [*asked, *pulled] if p not in in_force and (p not in silent or p in needed)]
    if origins is None:
        places_of = (
            ("cluster_members", "member_id") if measure == "cohesion" else ("districts", "district_id")
        )
        origins = [p for p in layers[places_of[0]][places_of[1]] if p in base.nodes.index]
    if destinations is None and mode == "freight":
        destinations = main_ports(in_mode(base, mode))
    places = tuple(dict.fromkeys(origins))
    rivals = {frozenset((p, other)) for p in players for other in conflicts[p] if other in players}
    return _Task(
        base,
        layers,
        tuple(asked),
        tuple(players),
        tuple(pulled),
        tuple(sorted(rivals, key=sorted)),
        {p: tuple(o for o in requires[p] if o not in in_force) for p in players},
        silent,
        places,
        places if destinations is None else tuple(dict.fromkeys(destinations)),
        mode,
        measure,
        method,
    )


def _lists(table: pd.DataFrame, column: str) -> dict[str, tuple[str, ...]]:
    """A column of lists, by project."""
    return dict(zip(table["project_id"], map(tuple, table[column]), strict=True))


def _required(
    requires: Mapping[str, tuple[str, ...]], asked: Sequence[str], in_force: Collection[str]
) -> list[str]:
    """What the projects require and theirs in turn, that is neither asked for nor in force."""
    todo, found = list(asked), list[str]()
    while todo:
        for other in requires[todo.pop()]:
            if other not in in_force and other not in asked and other not in found:
                found.append(other)
                todo.append(other)
    return sorted(found)


@dataclass(frozen=True)
class _Part:
    frame: pd.DataFrame
    shares: pd.DataFrame
    pairs: pd.DataFrame
    meta: dict[str, Any]


@dataclass(frozen=True)
class _How:
    """Where blocks of times are worked out and kept."""

    memory_mb: float
    progress: Progress | None
    places: Mapping[str, Any]

    def times(self, network: Network, task: _Task, game: str, end: str) -> SetTimes:
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


def _times_here(network: Network, task: _Task) -> SetTimes:
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
    task: _Task,
    name: str,
    ends: Sequence[str],
    error: float,
    seed: int,
    progress: Progress | None,
    how: _How | None,
) -> _Part:
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
    return _told(task, name, times, known)


def _measure(task: _Task, times: SetTimes, beta_end: str) -> Measure:
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


def _told(task: _Task, name: str, times: SetTimes, known: Mapping[str, Gains]) -> _Part:
    first = known["value/value"]
    table = task.layers["projects"].set_index("project_id", drop=False)
    number = {project: at for at, project in enumerate(task.players)}
    worths = {key: gains.worth(task.method).sum(axis=1) for key, gains in known.items()}
    shown = [p for p in dict.fromkeys([*task.asked, *task.pulled_in]) if p in number or not _rival(p, task)]
    rows = []
    for project in shown:
        at = number.get(project)
        why = task.silent.get(project) or _why_nothing(task, times, first, project, at)
        spread = [] if at is None else [float(worth[at]) for worth in worths.values()]
        worth = spread[0] if spread else 0.0
        rows.append(
            {
                "game": name,
                **{c: table.at[project, c] for c in ("project_id", "name", "name_zh", "mode", "status")},
                "worth": worth,
                "share": worth / first.joint if first.joint else math.nan,
                "put_in": 0.0 if at is None else float(first.put_in[at].sum()),
                "take_out": 0.0 if at is None else float(first.take_out[at].sum()),
                "shapley": 0.0 if at is None else float(first.shapley[at].sum()),
                "standard_error": 0.0 if at is None else float(first.errors[at]),
                "worth_low": min(spread, default=0.0) if len(worths) > 1 or not spread else math.nan,
                "worth_high": max(spread, default=0.0) if len(worths) > 1 or not spread else math.nan,
                "pairs": 0 if at is None else int(first.pairs[at]),
                "newly_connected": 0 if at is None else int(first.connected[at]),
                "most_saved": 0.0 if at is None else float(first.most[at]),
                **dict(zip(("reason_code", "reason", "reason_zh"), why, strict=True)),
            }
        )
    frame = pd.DataFrame(rows, columns=list(VALUE_COLUMNS))
    frame = frame.sort_values(["worth", "project_id"], ascending=[False, True], ignore_index=True)
    return _Part(
        frame, _shares(task, name, first), _pairs(task, name, first), _meta(task, name, times, first)
    )


def _rival(project: str, task: _Task) -> bool:
    """Whether a project is out of this game because it excludes one that is in it."""
    return any(project in pair for pair in task.conflicts)


def _why_nothing(
    task: _Task, times: SetTimes, gains: Gains, project: str, at: int | None
) -> tuple[str, str, str]:
    needs = [other for other in task.requires.get(project, ()) if other not in task.players]
    if needs:
        return ("requires", *reason_words("requires", needs=", ".join(needs)))
    nearer = "no cheaper way" if task.mode == "freight" else "no faster way"
    kind = task.layers["projects"].set_index("project_id").at[project, "mode"]
    if at is None or project not in times.acting:
        if kind not in _ON.get(task.mode, (kind,)):
            return ("mode", *reason_words("mode", mode=task.mode))
        code = "no train" if kind == "rail" and task.mode != "freight" else nearer
        return (code, *reason_words(code))
    if not ((times.mattering >> at) & 1).any() or (gains.orders == 0 and not gains.pairs[at]):
        return (nearer, *reason_words(nearer))
    if not any(float(np.abs(part[at]).sum()) for part in (gains.put_in, gains.take_out, gains.shapley)):
        return ("no weight", *reason_words("no weight"))
    least = task.layers.parameter("resolution.min_change_min")
    if task.mode != "freight" and not gains.connected[at] and abs(gains.most[at]) < least:
        return ("below", *reason_words("below", most=gains.most[at], least=least))
    return ("", *reason_words(""))


def _shares(task: _Task, name: str, gains: Gains) -> pd.DataFrame:
    places = task.base.nodes.reindex(list(task.origins))
    cities = places["city_id"].to_numpy() if "city_id" in places else np.full(len(places), "")
    shape = (len(task.players), len(places))
    return pd.DataFrame(
        {
            "game": name,
            "project_id": np.repeat(np.array(task.players, dtype=object), shape[1]),
            "place_id": np.tile(places.index.to_numpy(object), shape[0]),
            "place_name": np.tile(places["name"].to_numpy(object), shape[0]),
            "place_name_zh": np.tile(places["name_zh"].to_numpy(object), shape[0]),
            "city_id": np.tile(cities, shape[0]),
            "worth": gains.worth("shapley").ravel(),
        }
    )


def _pairs(task: _Task, name: str, gains: Gains) -> pd.DataFrame:
    columns = ["game", "project_id", "other_id", "name_zh", "other_name_zh", "interaction"]
    names = task.layers["projects"].set_index("project_id")["name_zh"]
    if gains.interaction is None:
        return pd.DataFrame(columns=columns).astype({"interaction": float})
    rows = [
        (name, a, b, names[a], names[b], float(gains.interaction[i, j]))
        for i, a in enumerate(task.players)
        for j, b in enumerate(task.players)
        if i < j and gains.interaction[i, j] != 0
    ]
    found = pd.DataFrame(rows, columns=columns).astype({"interaction": float})
    return found.sort_values("interaction", key=abs, ascending=False, ignore_index=True)


def _meta(task: _Task, name: str, times: SetTimes, gains: Gains) -> dict[str, Any]:
    people = None if task.measure == "cohesion" else int(people_of(task.layers, task.origins).sum())
    return {
        "measure": gains.measure.name,
        "unit": gains.measure.unit,
        "unit_zh": gains.measure.unit_zh,
        "method": task.method,
        "exact": gains.orders == 0,
        "orders": gains.orders,
        "computed_by": times.exact_form,
        "mode": task.mode,
        "joint": {name: gains.joint},
        "people": people,
        "places": len(task.origins),
        "pairs_without_way": int((times.base < 0).sum()),
        "base": task.base.label,
        "as_of": task.base.as_of.isoformat() if task.base.as_of else None,
        "beta_per_min": task.layers.parameter("value.beta_per_min"),
        "pulled_in": list(task.pulled_in),
        "most_projects_for_one_pair": times.size()[0],
        "confidence": task.base.confidence,
    }
