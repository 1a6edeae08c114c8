"""What breaks: every link, crossing or set of links closed in turn, and what that costs people.

Exact: a closed link changes nothing for the pairs whose least way does not use it, and for the rest only the branch
that it cuts off is searched anew (`yrdgis.metrics.closing`).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from yrdgis.metrics.answers import ways_of
from yrdgis.metrics.blocks import MEMORY_MB, Job, Piece, blocks_of, carry_out, ids_told, size_of_blocks
from yrdgis.metrics.closing import FAR, Trees, after_closing, grow
from yrdgis.metrics.closures import every_ride, link_rows, single_links
from yrdgis.metrics.frames import basis, check_amounts, layers_of
from yrdgis.metrics.packing import digest_of, networks_of, pack, tables_of, unpack
from yrdgis.metrics.parts import Parts
from yrdgis.metrics.skim import check_places
from yrdgis.metrics.skimming import ENDS
from yrdgis.network import Network, rebuild
from yrdgis.network.impedance import PLACE_KINDS, compile_graph

if TYPE_CHECKING:
    from yrdgis.engine.work import Progress

__all__ = ["RESILIENCE_COLUMNS", "Closing", "added_by", "resilience", "trips"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

RESILIENCE_COLUMNS = (
    "closure_id",
    "name",
    "name_zh",
    "links",
    "pairs_slower",
    "pairs_cut",
    "lost_person_min",
    "lost_min_per_trip",
    "most_lost_min",
    "worst_from_id",
    "worst_to_id",
    "people_cut_off",
    "places_cut_off",
)
"""Columns of `resilience`: minutes, people, and ids joined by ``;``."""

_BLOCK = 64
_TREE_BYTES, _TIMES_BYTES = 24, 40
_RAW = [column for column in RESILIENCE_COLUMNS if column not in ("name", "name_zh")]


def trips(people: pd.Series, minutes: Floats, *, beta_per_min: float) -> Floats:
    """Trips between places, one for each person: to places by their people and by how near they are.

    w_ij = P_i P_j exp(-beta t_ij) / sum over k of P_k exp(-beta t_ik), over other places; rows add up to the people.

    Parameters
    ----------
    people : pandas.Series
        People by place.
    minutes : array of float
        Minutes from each place to each; NaN: no way.
    beta_per_min : float

    Examples
    --------
    >>> trips(pd.Series([10.0, 5.0, 5.0]), np.zeros((3, 3)), beta_per_min=0.02)[0].tolist()
    [0.0, 5.0, 5.0]
    """
    held = people.to_numpy(float)
    pull = np.where(np.isnan(minutes), 0.0, np.exp(-beta_per_min * np.nan_to_num(minutes)) * held)
    np.fill_diagonal(pull, 0.0)
    total = pull.sum(axis=1, keepdims=True)
    return np.divide(pull * held[:, None], total, out=np.zeros_like(pull), where=total > 0)


@dataclass(frozen=True)
class Closing:
    """A network ready for closures, between some places.

    Parameters
    ----------
    network : Network
        With the rides of every train (`every_ride`) where tracks are to be closed.
    places : tuple of str
    mode : str
        ``door``, ``drive`` or ``public``.
    """

    network: Network
    places: tuple[str, ...]
    mode: str = "door"

    @cached_property
    def _ways(self) -> list[tuple[Trees, Ints]]:
        """For each way its trees, and for each row of the network's links its link in them (-1: none)."""
        network, wanted = self.network, set(self.places)
        nodes = network.nodes
        others = nodes.index[nodes["kind"].isin(PLACE_KINDS) & ~nodes.index.isin(wanted)]
        links = network.links
        kept = np.flatnonzero(~(links["from_node_id"].isin(others) | links["to_node_id"].isin(others)))
        slim = network.subset(kept)
        found = []
        for way in ways_of(self.mode):
            graph = compile_graph(slim, mode=way, impedance="total", parallels=True)
            at = np.array([graph.positions.get(place, -1) for place in self.places], dtype=np.int64)
            ends = np.where(at >= 0, graph.entries[at], -1) if graph.size else at
            trees = grow(graph.size, graph.tails, graph.heads, graph.weights, at, ends)
            link_of = np.full(len(links), -1, dtype=np.int64)
            link_of[kept[graph.rows]] = np.arange(len(graph.rows))
            found.append((trees, link_of))
        return found

    @cached_property
    def base(self) -> Floats:
        """Minutes between the places with everything open; NaN: no way."""
        return self.minutes([np.empty(0, dtype=np.int64)])[0]

    def minutes(self, closures: Sequence[Ints]) -> Floats:
        """Minutes between the places for each closure, given as rows of the network's links."""
        best = np.full((len(closures), len(self.places), len(self.places)), FAR, dtype=np.int64)
        for trees, link_of in self._ways:
            own = [link_of[rows] for rows in closures]
            value = after_closing(trees, [links[links >= 0] for links in own])
            best = np.minimum(best, np.where(value == FAR, FAR, value >> 22))
        out = np.where(best == FAR, np.nan, best / 60_000)
        for at in range(len(self.places)):
            out[:, at, at] = 0.0
        return out


def resilience(
    network: Network,
    closures: Mapping[str, Iterable[str]] | None = None,
    *,
    places: Sequence[str] | None = None,
    people: pd.Series | None = None,
    mode: str = "door",
    range_: bool = False,
    client: Any = None,
    out: str | os.PathLike[str] | None = None,
    block: int | None = None,
    memory_mb: float = MEMORY_MB,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """What each closure costs, dearest first.

    Parameters
    ----------
    network : Network
        Built from layers.
    closures : mapping, optional
        Name to ids of links, of the layers or of the network; every road and rail link by itself by default. See
        `yrdgis.metrics.closures` for crossings, pairs and sets.
    places : sequence of str, optional
        Node ids; the districts by default.
    people : pandas.Series, optional
        People by place; those of the districts by default.
    mode : {"door", "drive", "public"}
    range_ : bool
        Whether to add the range of ``lost_person_min`` with all parameters at their ends.
    client : distributed.Client, optional
        Cluster on which blocks of closures are worked out; the result is the same, bit for bit.
    out : path, optional
        Folder that keeps the blocks, as partitioned Parquet; the same call goes on where one was broken off.
    block : int, optional
        Closures in a block.
    memory_mb : float
        Most working memory of a block, in megabytes.
    progress : callable, optional
        Called with (blocks done, blocks in all); returning ``False`` stops the work.

    Returns
    -------
    pandas.DataFrame
        Columns of `RESILIENCE_COLUMNS`. ``lost_person_min`` is the sum of w_ij (t_closed - t_open) in person-minutes
        over pairs that stay connected, with one trip by each person (`trips`, fixed before the closure);
        ``lost_min_per_trip`` the same per trip. ``people_cut_off`` are those who can't get to the larger part of
        the people any more, apart from who could not before. ``most_lost_min`` is that of the worst pair; NaN where none is
        slower.

    Raises
    ------
    UnknownNameError
        If a closure names a link, or the places a node, that is not there.
    InputError
        If a connector is to be closed, or the network was not built from layers.

    References
    ----------
    Jenelius, Petersen and Mattsson (2006), Importance and exposure in road network vulnerability analysis.

    Examples
    --------
    >>> import yrdgis as yg
    >>> now = yg.load().network("today").network
    >>> found = resilience(now, {"bridge": ["roadlink:sutong/sutong-s--sutong-n"]})
    >>> bool(found["lost_person_min"].iloc[0] > 0)
    True
    """
    layers = layers_of(network, what="resilience")
    wanted = tuple(layers["districts"]["district_id"]) if places is None else tuple(dict.fromkeys(places))
    check_places(network, wanted)
    if people is None:
        people = layers["districts"].set_index("district_id")["pop_2020"].astype(float)
    held = check_amounts(people, wanted, what="people")
    beta = layers.parameter("value.beta_per_min")
    full = every_ride(network)
    asked = single_links(full) if closures is None else {name: tuple(ids) for name, ids in closures.items()}
    closings = {"value": Closing(full, wanted, mode)}
    if range_:
        closings |= {end: Closing(every_ride(rebuild(network, parameters=end)), wanted, mode) for end in ENDS}
    if asked and any(given is not None for given in (client, out, block, progress)):
        options = {"client": client, "out": out, "progress": progress}
        costs = _in_blocks(closings, asked, held, beta, block, memory_mb, **options)
    else:
        costs = {end: _costs(closing, asked, held, beta) for end, closing in closings.items()}
    found = costs["value"]
    if range_:
        values = np.stack([frame["lost_person_min"].to_numpy() for frame in costs.values()])
        found["lost_person_min_low"], found["lost_person_min_high"] = values.min(axis=0), values.max(axis=0)
    found = found.merge(_names(network, asked), left_on="closure_id", right_index=True, how="left")
    more = [column for column in found if column not in RESILIENCE_COLUMNS]
    found = found[[*RESILIENCE_COLUMNS, *more]].sort_values(
        ["people_cut_off", "lost_person_min"], ascending=False, kind="stable", ignore_index=True
    )
    found.attrs.update(basis(network, wanted, wanted, mode=mode))
    return found


def added_by(
    network: Network, projects: Iterable[str], *, mode: str = "door", people: pd.Series | None = None
) -> pd.DataFrame:
    """What each project adds: what all single closures together would cost without it, less with it.

    Parameters
    ----------
    network : Network
        Built from layers, with the projects.
    projects : iterable of str
        Project ids.
    mode, people
        As for `resilience`.

    Returns
    -------
    pandas.DataFrame
        By ``project_id``: ``spared_person_min`` (sum over closures of links that stand in both networks),
        ``people_less_cut_off`` (greatest number cut off by one closure, without less with), ``links`` compared.
        Positive is better.

    Raises
    ------
    UnknownNameError
        If there is no such project.
    """
    layers_of(network, what="resilience")
    recipe = network.recipe
    now = resilience(network, mode=mode, people=people).set_index("closure_id")
    rows = []
    for project in dict.fromkeys(projects):
        left_out = frozenset([*(recipe.without_projects if recipe else ()), project])
        asked = frozenset(recipe.with_projects if recipe else ()) - {project}
        before = rebuild(network, without_projects=left_out, with_projects=asked)
        then = resilience(before, mode=mode, people=people).set_index("closure_id")
        both = now.index.intersection(then.index)
        spared = then.loc[both, "lost_person_min"].sum() - now.loc[both, "lost_person_min"].sum()
        fewer = then.loc[both, "people_cut_off"].max() - now.loc[both, "people_cut_off"].max()
        rows.append((project, float(spared), float(fewer), len(both)))
    columns = ["project_id", "spared_person_min", "people_less_cut_off", "links"]
    return pd.DataFrame(rows, columns=columns).set_index("project_id")


@dataclass(frozen=True)
class _Open:
    """A network with everything open: minutes, trips, people, and who can't get to the larger part of them."""

    closing: Closing
    base: Floats
    weights: Floats
    people: Floats
    whole: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, closing: Closing, held: pd.Series, beta: float) -> _Open:
        base, people = closing.base, held.to_numpy(float)
        weights = trips(held, base, beta_per_min=beta)
        return cls(closing, base, weights, people, _cut_off(np.isfinite(base), people))

    def costs(self, rows: Mapping[str, Ints]) -> pd.DataFrame:
        """What some closures, as rows of the network's links, cost."""
        names, found = list(rows), []
        for first in range(0, len(names), _BLOCK):
            block = names[first : first + _BLOCK]
            for name, after in zip(block, self.closing.minutes([rows[n] for n in block]), strict=True):
                cost = _cost(self.base, after, self.weights, self.people, self.whole, self.closing.places)
                found.append((name, len(rows[name]), *cost))
        out = pd.DataFrame(found, columns=_RAW)
        total = self.weights.sum()
        out["lost_min_per_trip"] = out["lost_person_min"] / total if total > 0 else np.nan
        return out


def _costs(
    closing: Closing, asked: Mapping[str, Iterable[str]], held: pd.Series, beta: float
) -> pd.DataFrame:
    return _Open.of(closing, held, beta).costs(link_rows(closing.network, asked))


def _in_blocks(
    closings: Mapping[str, Closing],
    asked: Mapping[str, Iterable[str]],
    held: pd.Series,
    beta: float,
    block: int | None,
    memory_mb: float,
    **options: Any,
) -> dict[str, pd.DataFrame]:
    """The same in blocks of closures, for the parameters and their ends."""
    cases, keys = {}, {}
    for end, closing in closings.items():
        data = _packed(closing, asked, held, beta)
        keys[end] = digest_of(data)
        cases[keys[end]] = data
    one = closings["value"]
    nodes, links, places = len(one.network.nodes), len(one.network.links), len(one.places)

    def megabytes(rows: int) -> float:
        trees = places * (_TREE_BYTES * nodes + links)
        return (trees + _TIMES_BYTES * min(rows, _BLOCK) * places**2) / 1e6

    size = size_of_blocks(len(asked), mb=megabytes, memory_mb=memory_mb, asked=block)
    inputs = {
        "closures": ids_told(list(asked)),
        "places": ids_told(one.places),
        "closures_per_block": size,
        "mode": one.mode,
    }
    job = Job("resilience", _opened, _block, cases, blocks_of(keys, list(asked), size), inputs)
    found = carry_out(job, meta=lambda facts: {}, scenarios=True, **options)
    frame = found.read() if isinstance(found, Parts) else found
    return {
        end: frame[frame["scenario"] == end].drop(columns="scenario").reset_index(drop=True)
        for end in closings
    }


def _packed(closing: Closing, asked: Mapping[str, Iterable[str]], held: pd.Series, beta: float) -> bytes:
    rows = link_rows(closing.network, asked)
    tables = tables_of({"open": closing.network})
    tables["people"] = pd.DataFrame({"id": list(held.index), "people": held.to_numpy(float)})
    tables["closures"] = pd.DataFrame(
        {
            "name": np.repeat(np.array(list(rows), dtype=object), [len(some) for some in rows.values()]),
            "row": np.concatenate([np.empty(0, dtype=np.int64), *rows.values()]).astype(np.int64),
        }
    )
    return pack(tables, {"places": list(closing.places), "mode": closing.mode, "beta": beta})


def _opened(data: bytes) -> tuple[_Open, dict[str, Ints]]:
    tables, facts = unpack(data)
    people, closures = tables.pop("people"), tables.pop("closures")
    closing = Closing(networks_of(tables)["open"], tuple(facts["places"]), facts["mode"])
    held = people.set_index("id")["people"]
    rows = {str(name): some.to_numpy(np.int64) for name, some in closures.groupby("name")["row"]}
    return _Open.of(closing, held, facts["beta"]), rows


def _block(case: tuple[_Open, dict[str, Ints]], rows: tuple[str, ...]) -> Piece:
    there, known = case
    return Piece(there.costs({name: known.get(name, np.empty(0, dtype=np.int64)) for name in rows}))


def _cost(
    base: Floats,
    after: Floats,
    weights: Floats,
    people: Floats,
    whole: npt.NDArray[np.bool_],
    places: tuple[str, ...],
) -> tuple[object, ...]:
    lost = np.nan_to_num(after - base, nan=0.0)
    gone = np.isnan(after) & ~np.isnan(base)
    at = np.unravel_index(int(lost.argmax()), lost.shape)
    slower = int((lost > 0).sum())
    cut = _cut_off(np.isfinite(after), people) & ~whole if gone.any() else np.zeros(len(people), dtype=bool)
    return (
        slower,
        int(gone.sum()),
        float((weights * lost).sum()),
        np.nan,
        float(lost[at]) if slower else np.nan,
        places[at[0]] if slower else "",
        places[at[1]] if slower else "",
        float(people[cut].sum()),
        ";".join(np.array(places, dtype=object)[cut]),
    )


def _cut_off(reached: npt.NDArray[np.bool_], people: Floats) -> npt.NDArray[np.bool_]:
    """Places outside the group, joined both ways, that has most people."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    _, group = connected_components(csr_array(reached), directed=True, connection="strong")
    return group != np.bincount(group, weights=people).argmax()


def _names(network: Network, asked: Mapping[str, Iterable[str]]) -> pd.DataFrame:
    """What to call closures: the line or route and the ends of a single link, the name of a route, or the id."""
    layers = layers_of(network, what="resilience")
    known: dict[str, tuple[str, str]] = {}
    for links, lines, nodes in (
        ("road_links", ("road_routes", "route_id"), "road_nodes"),
        ("rail_links", ("rail_lines", "line_id"), "rail_stations"),
        ("metro_links", ("metro_lines", "line_id"), "metro_stations"),
    ):
        if not len(layers.get(links, ())):
            continue
        rows, line = layers[links], layers[lines[0]].set_index(lines[1])
        node = layers[nodes].set_index(layers[nodes].columns[0])
        parts = []
        for column, joint in (("name", " - "), ("name_zh", "—")):
            ends = [rows[end].map(node[column]).fillna(rows[end]) for end in ("from_node_id", "to_node_id")]
            parts.append(rows[lines[1]].map(line[column]).fillna("") + " " + ends[0] + joint + ends[1])
        known |= dict(zip(rows["link_id"], zip(*parts, strict=True), strict=True))
        known |= {str(k): (str(a), str(b)) for k, a, b in line[["name", "name_zh"]].itertuples()}
    for row in layers["water_bodies"].to_dict("records") if len(layers.get("water_bodies", ())) else ():
        slug = str(row["water_id"]).split(":", 1)[-1]
        known[f"fog:{slug}"] = (f"Fog on {row['name']}", f"{row['name_zh']}大雾")
    known["fog:all"] = ("Fog on all waters", "全部水域大雾")
    for name in asked:
        if name not in known and "+" in name:
            parts = [known.get(part, (part, part)) for part in name.split("+")]
            known[name] = (" + ".join(p[0] for p in parts), " + ".join(p[1] for p in parts))
    return pd.DataFrame(
        [known.get(name, (name, name)) for name in asked], index=list(asked), columns=["name", "name_zh"]
    )
