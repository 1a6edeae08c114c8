"""Hinterlands of ports: how boxes of a place would divide among ports, and by which kind of chain they would go.

A nested logit on generalised cost. For each place, port and kind of chain (truck all the way; a vessel on part of it;
a train on part of it) the chain of least generalised cost G = money + v x hours counts. Kinds to one port share
by exp(-m G); their logsum -ln(sum exp(-m G)) / m is the port's cost, and ports share by exp(-p logsum), p <= m. How
often ships sail overseas from each port is not in it.

References
----------
McFadden (1978), Modelling the choice of residential location: nested logit and its logsum.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from yrdgis.errors import InputError, all_at_once
from yrdgis.metrics.skim import check_places, skim
from yrdgis.network import Network, in_mode, rebuild

__all__ = [
    "CHAIN_KINDS",
    "HINTERLAND_COLUMNS",
    "forced",
    "hinterland",
    "main_ports",
    "shares",
    "shift",
    "totals",
]

Floats = npt.NDArray[np.float64]

CHAIN_KINDS = ("truck", "water", "rail")
"""Kinds of chain: by truck all the way, with a vessel on part of it, with a train on part of it."""

HINTERLAND_COLUMNS = (
    "from_id", "from_name", "from_name_zh", "to_id", "to_name", "to_name_zh",
    "generalised_cny_teu", "cost_cny_teu", "time_min", "co2_kg_teu",
    "share", "share_low", "share_high", "share_truck", "share_water", "share_rail",
)  # fmt: skip
"""Columns of a hinterland: the logsum, what a box costs on average over the kinds of chain, and shares of 1."""

_AMOUNTS = ("cost_cny_teu", "time_min", "co2_kg_teu")
_USED = "|used"


@dataclass(frozen=True)
class _Scales:
    """Worth of an hour of a box in yuan, and the two scales of the logit per yuan."""

    hour: float
    port: float
    mode: float


def main_ports(network: Network) -> list[str]:
    """Ports that the layer ``freight_terminals`` names for this comparison, by id.

    Raises
    ------
    InputError
        If the network was not built from layers, or they name none.
    """
    layers = None if network.recipe is None else network.recipe.layers
    rows = None if layers is None else layers.get("freight_terminals")
    if rows is None or "main" not in rows or not rows["main"].any():
        raise InputError("no ports to compare: give their ids, or mark them as main in freight_terminals")
    return sorted(rows.loc[rows["main"], "terminal_id"])


def shares(cost: Floats, scale: float) -> tuple[Floats, Floats]:
    """Logit shares along the last axis, and the logsum; infinite costs have no share.

    Parameters
    ----------
    cost : array of float
        Generalised cost; infinite where there is no way.
    scale : float
        Per unit of cost, above zero.

    Returns
    -------
    shares, logsum : arrays of float
        Shares that sum to 1, NaN where nothing can be reached; the logsum is then infinite.

    Examples
    --------
    >>> found, logsum = shares(np.array([[1000.0, 1000.0], [900.0, np.inf]]), 0.01)
    >>> found.tolist(), logsum.round(1).tolist()
    ([[0.5, 0.5], [1.0, 0.0]], [930.7, 900.0])
    """
    if not scale > 0:
        raise InputError(f"the scale of a logit is above zero, not {scale}")
    least = cost.min(axis=-1, keepdims=True)
    reached = np.isfinite(least)
    weights = np.where(np.isfinite(cost), np.exp(-scale * (cost - np.where(reached, least, 0))), 0.0)
    total = weights.sum(axis=-1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.where(reached, weights / total, np.nan)
        logsum = np.where(reached, least - np.log(total) / scale, np.inf)
    return found, logsum[..., 0]


def forced(network: Network, kind: str) -> Network:
    """The freight part in which every chain between two places is of one kind.

    Each node stands twice, before and after the first vessel (or train); places are left before it and entered
    after it. ``truck`` leaves out vessels and trains.

    Parameters
    ----------
    network : Network
        Freight part of a network.
    kind : {"truck", "water", "rail"}
        A chain with a train may use vessels too.
    """
    if kind not in CHAIN_KINDS:
        raise InputError(f"no kind of chain {kind!r}; there are {', '.join(CHAIN_KINDS)}")
    links = network.links
    train = links["service_id"].eq("train")
    moved = links["kind"].isin(["board", "alight", "waterway", "track"])
    ground = links[~moved]
    if kind == "truck":
        return network.subset(~moved.to_numpy())
    first = links[links["kind"].eq("board") & (train if kind == "rail" else ~train)]
    later = links if kind == "rail" else links[~train]
    places = set(network.nodes.index[~network.nodes["kind"].isin(["box", "afloat", "roadnode"])])
    before = ground if kind == "water" else links[~train]
    before = before[~before["to_node_id"].isin(places)]
    after = later[~later["from_node_id"].isin(places)]
    after = after.assign(
        from_node_id=after["from_node_id"] + _USED,
        to_node_id=after["to_node_id"].where(after["to_node_id"].isin(places), after["to_node_id"] + _USED),
    ).set_axis(after.index + _USED)
    change = first.assign(to_node_id=first["to_node_id"] + _USED).set_axis(first.index + "|first")
    inner = network.nodes[~network.nodes.index.isin(places)]
    nodes = pd.concat([network.nodes, inner.set_axis(inner.index + _USED)])
    return replace(network, nodes=nodes, links=pd.concat([before, change, after]), recipe=None)


def hinterland(
    network: Network,
    origins: Sequence[str],
    ports: Sequence[str] | None = None,
    *,
    range_: bool = True,
) -> pd.DataFrame:
    """How boxes of some places divide among ports.

    Parameters
    ----------
    network : Network
        Built from layers; its parameters of group ``hinterland`` count.
    origins : sequence of str
        Node ids, such as districts.
    ports : sequence of str, optional
        Two or more; by default those that the layers name.
    range_ : bool
        Whether to work out ``share_low`` and ``share_high``: the least and greatest share over all parameters of the
        chains at both ends, and over each parameter of the logit at both ends; NaN if not.

    Returns
    -------
    pandas.DataFrame
        One row per pair, columns of ``HINTERLAND_COLUMNS``. Shares of a place sum to 1; NaN where no port can be
        reached. ``share_truck`` and the others divide the boxes of the pair; money, minutes and CO2 per TEU are
        their mean. ``attrs`` holds ``as_of``, ``forecast``, ``confidence`` and ``assumed``.

    Raises
    ------
    UnknownNameError
        If an id is no node of the network.
    InputError
        If fewer than two ports are given or the network was not built from layers.
    """
    frame, every = _run(network, origins, ports, range_=range_)
    if range_:
        frame["share_low"], frame["share_high"] = every.min(axis=0), every.max(axis=0)
    return frame


def totals(frame: pd.DataFrame, weights: pd.Series) -> pd.DataFrame:
    """Share of each port in all boxes, and by kind of chain, with places weighted.

    Parameters
    ----------
    frame : pandas.DataFrame
        As `hinterland` gives it.
    weights : pandas.Series
        Boxes, or people in their stead, by ``from_id``; zero or more.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``to_id``: names, ``share``, ``share_low``, ``share_high`` (weighted means of the places' own, so
        a cautious range), ``share_truck``, ``share_water``, ``share_rail`` (of the port's boxes), ``co2_kg_teu``.

    Raises
    ------
    InputError
        If a place has no weight or a negative one.
    """
    missing = [str(place) for place in frame["from_id"].unique() if not weights.get(place, np.nan) >= 0]
    if missing:
        raise InputError(
            all_at_once("weights", [f"none, or a negative one, for {place}" for place in missing])
        )
    reached = frame[frame["share"].notna()]
    weight = reached["from_id"].map(weights).to_numpy(float)
    whole = float(weights.reindex(reached["from_id"].unique()).sum())
    boxes = weight * reached["share"].to_numpy()
    parts = {"share": boxes, **{c: weight * reached[c].to_numpy(float) for c in ("share_low", "share_high")}}
    inner = [f"share_{kind}" for kind in CHAIN_KINDS] + ["co2_kg_teu"]
    parts |= {column: boxes * reached[column].fillna(0).to_numpy() for column in inner}
    keys = [reached[column].to_numpy() for column in ("to_id", "to_name", "to_name_zh")]
    sums = pd.DataFrame(parts).groupby(keys, sort=False).sum(min_count=1)
    sums.index.names = ["to_id", "to_name", "to_name_zh"]
    sums[inner] = sums[inner].div(sums["share"], axis=0)
    sums[["share", "share_low", "share_high"]] /= whole
    return sums.reset_index().set_index("to_id")


def shift(
    before: Network, after: Network, origins: Sequence[str], ports: Sequence[str] | None = None
) -> pd.DataFrame:
    """How shares move from one network to another, each end of the parameters against the same end.

    Parameters
    ----------
    before, after : Network
        Built from the same layers.
    origins, ports : sequence of str
        As for `hinterland`.

    Returns
    -------
    pandas.DataFrame
        One row per pair: ids and names, ``share_before``, ``share_after``, ``shift_pp`` (percentage points),
        ``shift_low_pp`` and ``shift_high_pp`` (over the ends of the parameters), ``water_before``, ``water_after``,
        ``rail_before``, ``rail_after`` (shares by kind), ``co2_change_kg_teu``, ``cost_change_cny_teu`` (mean over
        the kinds) and ``change``: ``gain``, ``loss`` or ``no measurable change`` (below
        ``hinterland.min_share_pp``, or of both signs within the range).
    """
    (first, old), (last, new) = (_run(network, origins, ports, range_=True) for network in (before, after))
    moved = (new - old) * 100
    out = first[list(HINTERLAND_COLUMNS[:6])].copy()
    out["share_before"], out["share_after"] = first["share"], last["share"]
    out["shift_pp"] = moved[0]
    out["shift_low_pp"], out["shift_high_pp"] = moved.min(axis=0), moved.max(axis=0)
    for kind in CHAIN_KINDS[1:]:
        out[f"{kind}_before"], out[f"{kind}_after"] = first[f"share_{kind}"], last[f"share_{kind}"]
    out["co2_change_kg_teu"] = last["co2_kg_teu"] - first["co2_kg_teu"]
    out["cost_change_cny_teu"] = last["cost_cny_teu"] - first["cost_cny_teu"]
    least = _layers(before).parameter("hinterland.min_share_pp")
    doubt = (out["shift_pp"].abs() < least) | ((out["shift_low_pp"] < 0) & (out["shift_high_pp"] > 0))
    out["change"] = np.select([doubt, out["shift_pp"] > 0], ["no measurable change", "gain"], "loss")
    out.attrs = {"before": first.attrs, "after": last.attrs}
    return out


def _layers(network: Network) -> Any:
    if network.recipe is None:
        raise InputError("hinterlands need a network that was built from layers")
    return network.recipe.layers


def _scales(network: Network, ends: Mapping[str, str]) -> _Scales:
    layers = _layers(network)
    names = {"hour": "cny_per_teu_hour", "port": "port_scale_per_cny", "mode": "mode_scale_per_cny"}
    found = {
        key: float(layers.parameter(f"hinterland.{name}", ends.get(key, "value")))
        for key, name in names.items()
    }
    return _Scales(found["hour"], min(found["port"], found["mode"]), found["mode"])


def _run(
    network: Network, origins: Sequence[str], ports: Sequence[str] | None, *, range_: bool
) -> tuple[pd.DataFrame, Floats]:
    """The frame of a hinterland, and its shares at the values and, if asked for, at every end: one row each."""
    freight = in_mode(network, "freight")
    chosen = main_ports(freight) if ports is None else list(dict.fromkeys(ports))
    if len(chosen) < 2 or freight.recipe is None:
        raise InputError("hinterlands need two ports or more, on a network that was built from layers")
    places = list(dict.fromkeys(origins))
    check_places(freight, [*places, *chosen])
    value = _scales(freight, {})
    key = ("hinterland", tuple(places), tuple(chosen), value, range_)
    chains, every = freight.kept(key, partial(_worked_out, freight, places, chosen, value, range_))
    return _frame(freight, places, chosen, chains, value), every


def _worked_out(
    network: Network, places: list[str], ports: list[str], value: _Scales, range_: bool
) -> tuple[dict[str, Floats], Floats]:
    """The chains at the values; and shares of ports there and, if asked for, at every end: runs by pairs."""
    parts = _parts(network)
    chains = _chains(parts, places, ports, value.hour)
    runs = [(chains, value)] if range_ else []
    for end in ("low", "high") if range_ else ():
        moved = _parts(rebuild(network, parameters=end))
        runs.append((_chains(moved, places, ports, value.hour), value))
        later = _scales(network, {"hour": end})
        runs.append((_chains(parts, places, ports, later.hour), later))
        runs += [(chains, _scales(network, {scale: end})) for scale in ("port", "mode")]
    shares_of = [_shares(*run)[2].ravel() for run in runs]
    return chains, np.stack(shares_of) if runs else np.empty((0, len(places) * len(ports)))


def _parts(network: Network) -> list[Network]:
    return [forced(network, kind) for kind in CHAIN_KINDS]


def _chains(parts: Sequence[Network], places: list[str], ports: list[str], hour: float) -> dict[str, Floats]:
    """Generalised cost, money, minutes and CO2 of the best chain of each kind: places x ports x kinds."""
    found: dict[str, list[Floats]] = {name: [] for name in ("generalised", *_AMOUNTS)}
    for part in parts:
        hours = part.links["total_min"].to_numpy() / 60
        priced = part.with_measure("cost_cny", part.links["cost_cny"].to_numpy() + hour * hours)
        frame = skim(priced, places, ports, mode="freight", impedance="cost")
        minutes = frame["time_min"].to_numpy()
        general = frame["cost_cny_teu"].to_numpy()
        amounts = {"generalised": np.where(np.isnan(general), np.inf, general)}
        amounts |= {"time_min": minutes, "cost_cny_teu": general - hour * minutes / 60}
        amounts["co2_kg_teu"] = frame["co2_kg_teu"].to_numpy()
        for name, values in amounts.items():
            found[name].append(values.reshape(len(places), len(ports)))
    return {name: np.stack(values, axis=-1) for name, values in found.items()}


def _shares(chains: Mapping[str, Floats], scales: _Scales) -> tuple[Floats, Floats, Floats]:
    """Shares by kind, logsum, and share of each port."""
    kinds, logsum = shares(chains["generalised"], scales.mode)
    return kinds, logsum, shares(logsum, scales.port)[0]


def _frame(
    network: Network, places: list[str], ports: list[str], chains: dict[str, Floats], value: _Scales
) -> pd.DataFrame:
    kinds, logsum, share = _shares(chains, value)
    names = network.nodes[["name", "name_zh"]]
    columns: dict[str, Any] = {}
    for end, ids, tiled in (("from", places, False), ("to", ports, True)):
        at = names.reindex(ids)
        for column, values in (
            (f"{end}_id", np.array(ids, dtype=object)),
            (f"{end}_name", at["name"].to_numpy()),
            (f"{end}_name_zh", at["name_zh"].to_numpy()),
        ):
            columns[column] = np.tile(values, len(places)) if tiled else np.repeat(values, len(ports))
    columns["generalised_cny_teu"] = np.where(np.isfinite(logsum), logsum, np.nan).ravel()
    for name in _AMOUNTS:
        mean = np.nansum(np.where(kinds > 0, chains[name] * kinds, 0.0), axis=-1)
        columns[name] = np.where(np.isfinite(logsum), mean, np.nan).ravel()
    columns |= {"share": share.ravel(), "share_low": np.nan, "share_high": np.nan}
    columns |= {f"share_{kind}": kinds[..., at].ravel() for at, kind in enumerate(CHAIN_KINDS)}
    frame = pd.DataFrame(columns)[list(HINTERLAND_COLUMNS)]
    frame.attrs = {
        "as_of": network.as_of.isoformat() if network.as_of else None,
        "label": network.label,
        "forecast": bool(network.attrs.get("forecast", False)),
        "confidence": "low",
        "assumed": "prices, times in port and the scales of the choice are assumed; overseas sailings are not counted",
    }
    return frame
