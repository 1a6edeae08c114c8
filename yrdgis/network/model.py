"""The network: two frames, frozen, that agree with each other.

A network holds what exists at one date with one set of projects. Links are directed; a two-way road is two
links. Impedances are columns, so that a change of date or of a project is a filter and an overlay on frames.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from yrdgis.errors import NetworkError, all_at_once
from yrdgis.network.memory import SHARED, Memory

if TYPE_CHECKING:
    from yrdgis.network.build import Recipe

__all__ = [
    "CONFIDENCE",
    "INFRASTRUCTURE_KINDS",
    "LINK_COLUMNS",
    "NODE_COLUMNS",
    "Network",
    "together",
    "worst",
]

CONFIDENCE = ("high", "medium", "low")
"""Words for how sure a row is, best first."""

NODE_COLUMNS: Mapping[str, Any] = MappingProxyType(
    {"name": "", "name_zh": "", "lon": np.nan, "lat": np.nan, "kind": "", "confidence": "high"}
)
"""Columns of ``nodes`` and what stands there when nothing is known."""

LINK_COLUMNS: Mapping[str, Any] = MappingProxyType(
    {
        "from_node_id": "",
        "to_node_id": "",
        "mode": "",
        "kind": "",
        "length_km": 0.0,
        "in_vehicle_min": 0.0,
        "total_min": 0.0,
        "cost_cny": 0.0,
        "co2_kg": 0.0,
        "legs": 0,
        "line_id": "",
        "service_id": "",
        "project_id": "",
        "confidence": "high",
        "assumed": False,
        "dated": True,
    }
)
"""Columns of ``links`` (GMNS names where GMNS has one) and their defaults; minutes, kilometres, yuan,
kilograms.
"""

INFRASTRUCTURE_KINDS = frozenset({"road", "bridge", "ferry", "ride", "track", "waterway"})
"""Link kinds that stand for something built or sailed; the others (connector, walk, board ...) are made
up.
"""

_MEASURES = ("length_km", "in_vehicle_min", "total_min", "cost_cny", "co2_kg")


def worst(confidence: Iterable[str]) -> str:
    """Worst confidence of several, ``high`` for none.

    Examples
    --------
    >>> worst(["high", "low", "medium"])
    'low'
    """
    found = set(confidence)
    return next((word for word in reversed(CONFIDENCE) if word in found), CONFIDENCE[0])


@dataclass(frozen=True, eq=False, repr=False)
class Network:
    """A directed multimodal network of one date and project set.

    Parameters
    ----------
    nodes : pandas.DataFrame
        Indexed by ``node_id``; columns as in ``NODE_COLUMNS``, positions in WGS84 degrees. More columns are
        kept.
    links : pandas.DataFrame
        Indexed by ``link_id``; columns as in ``LINK_COLUMNS``. Missing columns take their default, except the
        two ends, which must be there.
    as_of : datetime.date, optional
        Day whose network this is.
    label : str
        What to call it on a map.
    attrs : mapping
        Facts about the whole, such as ``period`` or ``forecast``; JSON values only.

    Raises
    ------
    NetworkError
        Naming every fault at once: ids given twice, ends that are no node, minutes that are negative or
        missing, an in-vehicle time above the total.

    Examples
    --------
    >>> nodes = pd.DataFrame(index=["a", "b"])
    >>> links = pd.DataFrame({"from_node_id": ["a"], "to_node_id": ["b"], "total_min": [5.0]}, index=["ab"])
    >>> Network(nodes, links)
    <Network: 2 nodes, 1 links>
    """

    nodes: pd.DataFrame
    links: pd.DataFrame
    as_of: dt.date | None = None
    label: str = ""
    attrs: Mapping[str, Any] = field(default_factory=dict)
    recipe: Recipe | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        nodes = _standard(self.nodes, NODE_COLUMNS, "node_id")
        links = _standard(self.links, LINK_COLUMNS, "link_id")
        problems = (
            []
            if {"from_node_id", "to_node_id"} <= set(self.links.columns) or self.links.empty
            else ["links need the columns from_node_id and to_node_id"]
        )
        problems += _faults(nodes, links)
        if problems:
            raise NetworkError(all_at_once("network", problems))
        object.__setattr__(self, "nodes", nodes)
        object.__setattr__(self, "links", links)
        object.__setattr__(self, "attrs", MappingProxyType(dict(self.attrs)))
        object.__setattr__(self, "_memory", Memory())

    def kept(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """What was made from these frames under this key before, as long as nobody wrote into them.

        Copies of a network share it. The value must not be changed.
        """
        memory: Memory = self.__dict__["_memory"]
        return memory.get(key, (self.nodes, self.links), make)

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 over frames, date, label and attributes; equal content gives an equal hash."""
        digest = hashlib.sha256()
        for frame in (self.nodes, self.links):
            digest.update("|".join(map(str, frame.columns)).encode())
            digest.update(pd.util.hash_pandas_object(frame, index=True).to_numpy().tobytes())
        digest.update(repr((self.as_of, self.label, sorted(self.attrs.items()))).encode())
        return digest.hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Network) and self.content_hash == other.content_hash

    def __hash__(self) -> int:
        return hash(self.content_hash)

    def __repr__(self) -> str:
        title = " ".join(dict.fromkeys(part for part in (self.label, str(self.as_of or "")) if part))
        modes = ", ".join(
            f"{n} {mode}" for mode, n in self.links["mode"].value_counts(sort=False).items() if mode
        )
        counts = f"{len(self.nodes)} nodes, {len(self.links)} links" + (f" ({modes})" if modes else "")
        return f"<Network{' ' + title if title else ''}: {counts}>"

    def _repr_html_(self) -> str:
        """Counts, kilometres by mode and what they rest on, for a notebook; every text is escaped."""
        from yrdgis.io.cards import card, head

        built = self.links["kind"].isin(INFRASTRUCTURE_KINDS)
        km = self.links["length_km"].where(built).groupby(self.links["mode"], sort=True).sum(min_count=1)
        by_mode = km.rename("km").to_frame().assign(links=self.links["mode"].value_counts()).reset_index()
        columns = [
            ("mode", "方式", "mode"),
            ("links", "连线", "links"),
            ("km", "所建公里（双向）", "km built, both ways"),
        ]
        title = " ".join(dict.fromkeys(part for part in (self.label, str(self.as_of or "")) if part))
        facts = [
            ("节点", "nodes", len(self.nodes)),
            ("连线", "links", len(self.links)),
            ("最差可信度", "worst confidence", self.confidence if len(self.links) else ""),
            ("无开通日期里程（%）", "km without opening day (%)", 100 * self.undated_share),
        ]
        return card((f"网络 {title}", f"Network {title}"), facts, table=head(by_mode, columns, len(by_mode)))

    @property
    def modes(self) -> tuple[str, ...]:
        """Modes that links have, in alphabetical order."""
        return tuple(sorted(set(self.links["mode"]) - {""}))

    @cached_property
    def undated_share(self) -> float:
        """Share of built kilometres whose opening day is not known; NaN where nothing built is in the
        network.
        """
        built = self.links[self.links["kind"].isin(INFRASTRUCTURE_KINDS)]
        km = float(built["length_km"].sum())
        return float(built.loc[~built["dated"], "length_km"].sum()) / km if km else float("nan")

    @cached_property
    def confidence(self) -> str:
        """Worst confidence of its links."""
        return worst(self.links["confidence"].unique())

    def copy(self, *, label: str | None = None, recipe: Recipe | None = None) -> Network:
        """The same network with frames of its own, under another label if one is given."""
        twin = object.__new__(type(self))
        own = {"nodes": self.nodes.copy(deep=not SHARED), "links": self.links.copy(deep=not SHARED)}
        named = {"label": self.label if label is None else label, "recipe": recipe or self.recipe}
        rest = {"as_of": self.as_of, "attrs": self.attrs, "_memory": self.__dict__["_memory"]}
        for name, value in {**rest, **own, **named}.items():
            object.__setattr__(twin, name, value)
        return twin

    def with_measure(self, column: str, values: Sequence[float] | npt.NDArray[np.float64]) -> Network:
        """The network with one of its measures replaced, such as what each link costs.

        Parameters
        ----------
        column : str
            ``length_km``, ``in_vehicle_min``, ``total_min``, ``cost_cny`` or ``co2_kg``.
        values : sequence of float
            One per link, in the order of ``links``.

        Raises
        ------
        NetworkError
            If a value is negative or not finite, or an in-vehicle time above the total.
        """
        if column not in _MEASURES:
            raise NetworkError(f"no measure {column!r}; there are {', '.join(_MEASURES)}")
        links = self.links.assign(**{column: np.asarray(values, dtype=float)})
        problems = _measure_faults(links, [column])
        if problems:
            raise NetworkError(all_at_once("network", problems))
        return self._part(links=links)

    def _part(self, *, links: pd.DataFrame, nodes: pd.DataFrame | None = None) -> Network:
        """Some of its rows, or measures that were checked."""
        twin = self.copy()
        object.__setattr__(twin, "links", links)
        object.__setattr__(twin, "nodes", twin.nodes if nodes is None else nodes)
        object.__setattr__(twin, "_memory", Memory())
        return twin

    def filter(self, modes: Collection[str] | str) -> Network:
        """The part that the modes use; nodes that no link touches are left out, unless nothing is left.

        Parameters
        ----------
        modes : str or collection of str
            Such as ``"drive"`` or ``{"rail", "metro"}``.

        Raises
        ------
        NetworkError
            If a mode has no link here.
        """
        wanted = {modes} if isinstance(modes, str) else set(modes)
        missing = wanted - set(self.modes)
        if missing:
            raise NetworkError(
                f"no links of mode {', '.join(sorted(missing))}; there are {', '.join(self.modes)}"
            )
        return self._of_links(self.links[self.links["mode"].isin(wanted)])

    def subset(self, rows: npt.NDArray[Any]) -> Network:
        """The network with some of its links, by position or as a mask; nodes stay."""
        return self._part(links=self.links.iloc[rows])

    def without(self, link_ids: Iterable[str]) -> Network:
        """The network with some links closed; nodes stay.

        Raises
        ------
        NetworkError
            If a link is not in the network, naming all that are not.
        """
        closed = list(dict.fromkeys(link_ids))
        missing = [
            link
            for link, row in zip(closed, self.links.index.get_indexer(pd.Index(closed)), strict=True)
            if row < 0
        ]
        if missing:
            raise NetworkError(f"can't close links that aren't there: {', '.join(missing)}")
        return self._part(links=self.links.drop(index=closed))

    def with_(self, links: pd.DataFrame, nodes: pd.DataFrame | None = None) -> Network:
        """The network with more links, and nodes where new ones are needed.

        Raises
        ------
        NetworkError
            If an id is taken already or a link ends nowhere.
        """
        more = self.nodes if nodes is None or not len(nodes) else together([self.nodes, nodes], NODE_COLUMNS)
        return replace(self, nodes=more, links=together([self.links, links], LINK_COLUMNS))

    def _of_links(self, links: pd.DataFrame) -> Network:
        used = set(links["from_node_id"]) | set(links["to_node_id"])
        return self._part(links=links, nodes=self.nodes[self.nodes.index.isin(used)])


def together(frames: Iterable[pd.DataFrame], columns: Mapping[str, Any]) -> pd.DataFrame:
    """Frames one below the other; a column of the model that a whole frame lacks takes its default there."""
    full = [
        frame.assign(**{column: default for column, default in columns.items() if column not in frame})
        for frame in frames
        if len(frame)
    ]
    return pd.concat(full) if full else pd.DataFrame(columns=list(columns))


def _standard(frame: pd.DataFrame, columns: Mapping[str, Any], index: str) -> pd.DataFrame:
    """The frame with all columns there, in one order, typed, sorted by id."""
    out = frame.copy(deep=False)
    for column, default in columns.items():
        if column not in out:
            out[column] = default
        _type(out, column, default)
    extra = sorted(str(column) for column in out.columns if column not in columns)
    for column in extra:
        if not pd.api.types.is_numeric_dtype(out[column]):
            _type(out, column, "")
    order = [*columns, *extra]
    out = out if list(out.columns) == order else out[order]
    out.index = pd.Index(out.index.astype(object), name=index)
    return out if out.index.is_monotonic_increasing else out.sort_index(kind="stable")


def _type(frame: pd.DataFrame, name: str, default: Any) -> None:
    """Give a column its type where it has another, or gaps."""
    column = frame[name]
    typed = _typed(column, default)
    if typed is not column:
        frame[name] = typed


def _typed(column: pd.Series, default: Any) -> pd.Series:
    if isinstance(default, bool):
        return column if column.dtype == bool else column.astype("boolean").fillna(default).astype(bool)
    if isinstance(default, int):
        return column if column.dtype == np.int64 else column.fillna(default).astype(np.int64)
    if isinstance(default, float):
        return column if column.dtype == np.float64 else column.astype(np.float64)
    text = column if column.dtype == object else column.astype(object)
    return text.where(text.notna(), default) if text.isna().any() else text


def _faults(nodes: pd.DataFrame, links: pd.DataFrame) -> list[str]:
    """One sentence for each kind of fault, naming the rows."""
    found = []
    for frame, kind in ((nodes, "node"), (links, "link")):
        twice = frame.index[frame.index.duplicated()].unique()
        if len(twice):
            found.append(f"{kind} ids given twice: {_some(twice)}")
    for end in ("from_node_id", "to_node_id"):
        lost = links.index[~links[end].isin(nodes.index)]
        if len(lost):
            found.append(f"'{end}' of {_some(lost)} names no node: {_some(links.loc[lost, end].unique())}")
    found += _measure_faults(links, _MEASURES)
    if (links["legs"] < 0).any():
        found.append(f"'legs' is negative for {_some(links.index[links['legs'] < 0])}")
    unknown = links.index[~links["confidence"].isin(CONFIDENCE)]
    if len(unknown):
        found.append(f"'confidence' must be one of {', '.join(CONFIDENCE)}, but isn't for {_some(unknown)}")
    return found


def _measure_faults(links: pd.DataFrame, columns: Iterable[str]) -> list[str]:
    found = []
    for column in columns:
        bad = links.index[~(links[column] >= 0) | np.isinf(links[column])]
        if len(bad):
            found.append(f"'{column}' must be zero or more and finite, but isn't for {_some(bad)}")
    above = links.index[links["in_vehicle_min"] > links["total_min"] + 1e-9]
    if len(above):
        found.append(f"'in_vehicle_min' is above 'total_min' for {_some(above)}")
    return found


def _some(names: Iterable[Any], shown: int = 8) -> str:
    listed = [str(name) for name in names]
    rest = len(listed) - shown
    return ", ".join(listed[:shown]) + (f" and {rest} more" if rest > 0 else "")
