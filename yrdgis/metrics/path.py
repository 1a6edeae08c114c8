"""Paths: the way of one pair, in legs and in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from yrdgis.errors import InputError
from yrdgis.metrics.answers import stops_of
from yrdgis.metrics.chains import CHAIN_COLUMNS, chain_legs, is_chain, told_chain, vessel_tonnes
from yrdgis.metrics.skim import skim
from yrdgis.metrics.trees import links_of_path
from yrdgis.network import Network, in_mode
from yrdgis.network.impedance import compile_graph, units
from yrdgis.network.model import worst

__all__ = ["LEG_COLUMNS", "Path", "path"]

LEG_COLUMNS = (
    "mode",
    "from_id",
    "from_name",
    "from_name_zh",
    "to_id",
    "to_name",
    "to_name_zh",
    "line_id",
    "line_name",
    "line_name_zh",
    "train_class",
    "trains_per_day",
    "total_min",
    "wait_min",
    "process_min",
    "in_vehicle_min",
    "schedule_delay_min",
    "distance_km",
    "cost_cny",
    "co2_kg",
    "project_id",
    "confidence",
    "assumed",
)
"""Columns of the legs of a path; wait, process and in-vehicle minutes add up to the total.

Schedule delay, how far the nearest train is from the wished time on average, is told apart and is in no
total; NaN where it is not known how many trains run, and where nobody books one.
"""

_STARTS = frozenset({"board", "transfer", "walk", "urban", "connector", "ferry"})
_BOARDED = frozenset({"board", "transfer"})


@dataclass(frozen=True, eq=False, repr=False)
class Path:
    """The least path of one pair.

    Parameters
    ----------
    legs : pandas.DataFrame
        One row per leg in order, columns of ``LEG_COLUMNS``; no row for a place to itself.
    links : tuple of str
        Link ids in order.
    meta : mapping
        ``time_min`` and ``distance_km`` as in the skim, ``mode``, ``by``, ``impedance``, ``as_of``,
        ``confidence``,
        ``undated_share``, ``forecast``, and the names of both ends.
    """

    legs: pd.DataFrame
    links: tuple[str, ...]
    meta: Mapping[str, Any]

    def __repr__(self) -> str:
        ends = f"{self.meta['from_id']} to {self.meta['to_id']}"
        legs = f"{len(self.legs)} leg{'' if len(self.legs) == 1 else 's'}"
        return f"<Path {ends}: {self.time_min:.1f} min, {self.distance_km:.1f} km, {legs}>"

    def _repr_html_(self) -> str:
        """The path in words in both languages, for a notebook; every text is escaped."""
        from yrdgis.io.cards import card

        zh, en = ([self.tell(language)] for language in ("zh", "en"))
        (first_zh, _, rest_zh), (first_en, _, rest_en) = zh[0].partition("\n"), en[0].partition("\n")
        return card((first_zh, first_en), text=[(rest_zh, rest_en)] if rest_zh or rest_en else ())

    @property
    def time_min(self) -> float:
        """Minutes of the skim for this pair: in-vehicle ones where these were minimised, else total ones."""
        return float(self.meta["time_min"])

    @property
    def distance_km(self) -> float:
        """Kilometres along the path."""
        return float(self.meta["distance_km"])

    def tell(self, language: str = "en") -> str:
        """The path as a traveller would be told it.

        Parameters
        ----------
        language : {"en", "zh"}

        Raises
        ------
        InputError
            If there is no such language.
        """
        from yrdgis.metrics.telling import told

        if self.meta.get("chain"):
            return told_chain(self.legs, self.meta, language)
        return told(self.legs, self.meta, language)


def path(
    network: Network, origin: str, destination: str, mode: str = "door", impedance: str = "total"
) -> Path:
    """The least path of one pair, in legs that add up to the skim.

    Parameters
    ----------
    network : Network
    origin, destination : str
        Node ids; in mode ``rail`` also a city, which stands for the best of its stations.
    mode, impedance : str
        As for `skim`.

    Raises
    ------
    UnknownNameError
        If an id is no node of the network.
    InputError
        If there is no way between them in this mode, or the mode or impedance is not known.

    Examples
    --------
    >>> nodes = pd.DataFrame({"name": ["A", "B"]}, index=["a", "b"])
    >>> links = pd.DataFrame(
    ...     {"from_node_id": ["a"], "to_node_id": ["b"], "mode": "drive", "kind": "road", "length_km": [8.0],
    ...      "in_vehicle_min": [9.0], "total_min": [10.0]}, index=["ab"])
    >>> found = path(Network(nodes, links), "a", "b", mode="drive")
    >>> found.legs[["from_name", "to_name", "total_min", "in_vehicle_min"]]
      from_name to_name  total_min  in_vehicle_min
    0         A       B       10.0             9.0
    """
    extra = ["by", "from_stop_id", "to_stop_id"]
    network = in_mode(network, mode)
    row = skim(network, [origin], [destination], mode=mode, impedance=impedance, extra=extra)
    answer = row.iloc[0]
    if np.isnan(answer["time_min"]):
        raise InputError(
            f"no way from {origin} to {destination} in mode {mode} on the network of "
            f"{network.as_of or network.label or 'no date'}. Try another mode or a later date."
        )
    graph = compile_graph(network, mode=answer["by"], impedance=impedance)
    start, end = _ends(network, origin, destination, mode, answer)
    rows = links_of_path(graph, start, end) or []
    links = network.links.iloc[rows]
    meta: dict[str, Any] = {
        **{str(key): value for key, value in row.attrs.items()},
        **{str(column): answer[column] for column in row.columns},
        "confidence": worst(links["confidence"]),
    }
    if mode == "freight" and is_chain(network.links):
        meta |= {"chain": True, "vessel_tonnes": vessel_tonnes(network)}
    return Path(_legs(network, links), tuple(links.index), meta)


def _ends(network: Network, origin: str, destination: str, mode: str, answer: pd.Series) -> tuple[str, str]:
    """Both ends, or the stations that stand for them."""
    stops = [stops_of(network, [place], mode)[0] for place in (origin, destination)]
    start, end = (
        chosen if chosen in own else own[0]
        for own, chosen in zip(stops, (answer["from_stop_id"], answer["to_stop_id"]), strict=True)
    )
    return start, end


def _legs(network: Network, links: pd.DataFrame) -> pd.DataFrame:
    """One row per leg: a new one begins at a door, a change, a walk, or another road."""
    if links.empty:
        return pd.DataFrame(columns=list(LEG_COLUMNS))
    if is_chain(links):
        return pd.DataFrame(chain_legs(network, links), columns=[*LEG_COLUMNS, *CHAIN_COLUMNS])
    kind, line = links["kind"].to_numpy(), links["line_id"].to_numpy()
    mode = links["mode"].to_numpy()
    begins = np.ones(len(links), dtype=bool)
    for at in range(1, len(links)):
        rides = kind[at - 1] in _BOARDED or kind[at] == "alight"
        same_road = mode[at] == "drive" and line[at] == line[at - 1] and kind[at] == kind[at - 1]
        through = mode[at] != "drive" and mode[at] == mode[at - 1] and kind[at] not in _STARTS
        begins[at] = not (mode[at] == mode[at - 1] and (rides or same_road or through)) or (
            kind[at] in _STARTS and not same_road
        )
    number = np.cumsum(begins) - 1
    rows = [_leg(network, links[number == leg]) for leg in range(number[-1] + 1)]
    return pd.DataFrame(rows, columns=list(LEG_COLUMNS))


def _leg(network: Network, links: pd.DataFrame) -> dict[str, Any]:
    first, last = links["from_node_id"].iloc[0], links["to_node_id"].iloc[-1]
    names = network.nodes.loc[[first, last], ["name", "name_zh"]]
    waiting = np.rint(_column(links, "wait_min", 0.0).fillna(0).to_numpy(float) * 60_000).astype(np.int64)
    total, riding = units(links, "total_min"), units(links, "in_vehicle_min")
    waiting = np.minimum(waiting, total - riding)
    ride = links[links["kind"].isin(["ride", "road", "ferry", "track"])]
    trains = float(_column(ride, "trains_per_day", np.nan).astype(float).min()) if len(ride) else np.nan
    return {
        "mode": _leg_mode(links),
        "from_id": first,
        "from_name": names["name"].iloc[0],
        "from_name_zh": names["name_zh"].iloc[0],
        "to_id": last,
        "to_name": names["name"].iloc[1],
        "to_name_zh": names["name_zh"].iloc[1],
        **{
            column: _first_text(ride, column)
            for column in ("line_id", "line_name", "line_name_zh", "train_class")
        },
        "trains_per_day": trains,
        "total_min": total.sum() / 60_000,
        "wait_min": waiting.sum() / 60_000,
        "process_min": (total - riding - waiting).sum() / 60_000,
        "in_vehicle_min": riding.sum() / 60_000,
        "schedule_delay_min": float(_column(ride, "schedule_delay_min", np.nan).astype(float).max()),
        "distance_km": units(links, "length_km").sum() / 1000,
        "cost_cny": units(links, "cost_cny").sum() / 100,
        "co2_kg": units(links, "co2_kg").sum() / 1000,
        "project_id": ";".join(dict.fromkeys(p for ids in links["project_id"] for p in ids.split(";") if p)),
        "confidence": worst(links["confidence"]),
        "assumed": bool((ride if len(ride) else links)["assumed"].any()),
    }


def _leg_mode(links: pd.DataFrame) -> str:
    """What a traveller calls it: drive, local (streets not in the network), ferry, rail, metro, walk,
    urban.
    """
    kinds, mode = set(links["kind"]), links["mode"].iloc[0]
    if mode == "drive":
        return "local" if kinds == {"connector"} else "ferry" if kinds == {"ferry"} else "drive"
    return next(iter(kinds)) if mode == "access" else str(mode)


def _first_text(links: pd.DataFrame, column: str) -> str:
    texts = [text for text in _column(links, column, "") if isinstance(text, str) and text]
    return texts[0] if texts else ""


def _column(links: pd.DataFrame, column: str, default: Any) -> pd.Series:
    return links[column] if column in links else pd.Series(default, index=links.index)
