"""What a provincial border costs: crossings along it, the penalty on travel time across it, and detours.

A border, a river and a city limit often fall together: between Shanghai and Nantong it is the estuary that takes time.
The penalty is told apart from water and from crossing into any other city, and its error says how often so large a
figure would come up if provincial borders ran between other cities.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from yrdgis.errors import InputError
from yrdgis.metrics.connectivity import built_links, road_classes
from yrdgis.metrics.frames import layers_of, minutes
from yrdgis.network import Network
from yrdgis.network.assumptions import distance_km
from yrdgis.network.effects import table
from yrdgis.network.model import worst
from yrdgis.network.places import base_of
from yrdgis.network.topology import to_metres

__all__ = ["Penalty", "crossings_of_borders", "detours", "matched_pairs", "penalty", "town_pairs"]

Floats = npt.NDArray[np.float64]

_CLASSES = {"road": ("road_links", "facility_type", None), "rail": ("rail_lines", "category", "line_id")}
_EFFECTS = ("ln_km", "province_border", "city_border", "water")


def crossings_of_borders(network: Network, modes: Sequence[str] = ("road", "rail")) -> pd.DataFrame:
    """Links that cross each provincial border on the day of a network, by class, and how many per 10 km of it.

    A link crosses where its ends lie in different provinces, so a road that runs to and fro counts each time that its
    nodes change side. The length of a border is that of the layer, water included.

    Parameters
    ----------
    network : Network
        Built from layers.
    modes : sequence of {"road", "rail"}

    Returns
    -------
    pandas.DataFrame
        ``border_id``, ``name``, ``name_zh``, ``length_km``, ``mode``, ``class`` (of the road, or of the railway line;
        ``all`` for all), ``crossings``, ``per_10_km``, ``confidence`` (worst of the links), ``resolution``: "below
        resolution" says that the strategic network has only the classes told, and local roads are missing.

    Raises
    ------
    InputError
        If there is no such mode, the network was not built from layers, or these have no borders.

    Examples
    --------
    >>> import yrdgis as yg
    >>> found = crossings_of_borders(yg.load().network("today").network, ["rail"])
    >>> bool((found["crossings"] > 0).all())
    True
    """
    strange = set(modes) - set(_CLASSES)
    if strange:
        raise InputError(f"crossings are counted for road and rail, not {', '.join(sorted(strange))}")
    layers = layers_of(network, what="border crossings")
    borders = _borders(layers)
    province = layers["cities"].set_index("city_id")["province_zh"]
    rows = []
    for mode in modes:
        links = built_links(network, mode)
        sides = [links[f"{end}_city_id"].map(province) for end in ("from", "to")]
        pair = [_pair(a, b) for a, b in zip(*sides, strict=True)]
        links = links.assign(pair=pair, klass=_class(layers, links, mode))
        for border in borders.to_dict("records"):
            own = links[links["pair"] == _pair(border["province_a_zh"], border["province_b_zh"])]
            groups = [("all", own), *own.groupby("klass", sort=True)]
            rows += [
                {
                    "border_id": border["border_id"],
                    "name": border["name"],
                    "name_zh": border["name_zh"],
                    "length_km": border["length_km"],
                    "mode": mode,
                    "class": klass,
                    "crossings": len(group),
                    "per_10_km": len(group) / border["length_km"] * 10,
                    "confidence": worst(group["confidence"].unique()),
                    "resolution": "below resolution" if mode == "road" else "",
                }
                for klass, group in groups
            ]
    out = pd.DataFrame(rows)
    out.attrs.update(
        as_of=network.as_of.isoformat() if network.as_of else None,
        label=network.label,
        forecast=bool(network.attrs.get("forecast", False)),
        confidence=worst(out["confidence"].unique()),
        undated_share=round(network.undated_share, 4),
        range="none: a count does not depend on the parameters",
        rests_on=road_classes(network),
    )
    return out


def town_pairs(
    network: Network,
    *,
    towns: Iterable[str] | None = None,
    mode: str = "drive",
    min_km: float | None = None,
    max_km: float | None = None,
    **how: Any,
) -> pd.DataFrame:
    """Pairs of towns that lie some way apart, with what lies between them.

    Parameters
    ----------
    network : Network
        Built from layers.
    towns : iterable of str, optional
        Ids; all towns of the layer by default.
    mode : str
        As for `yrdgis.metrics.frames.minutes`.
    min_km, max_km : float, optional
        Straight lines that count; the parameters ``border.pair_min_km`` and ``border.pair_max_km`` by default.
    **how
        ``client``, ``block``, ``memory_mb`` and ``progress``, as for `yrdgis.metrics.frames.minutes`.

    Returns
    -------
    pandas.DataFrame
        One row per pair: ``from_id``, ``to_id``, ``from_city_id``, ``to_city_id``, ``km`` (straight line), ``time_min``
        (mean of both directions; NaN where there is no way), ``province_border`` and ``city_border`` (1 where the
        ends lie on different sides), ``water`` (1 where the straight line crosses more water than a connector may),
        ``border_id`` (blank inside a province).

    Raises
    ------
    InputError
        If distances are not 0 < min < max, or the network was not built from layers.
    """
    layers = layers_of(network, what="town pairs")
    low = layers.parameter("border.pair_min_km") if min_km is None else min_km
    high = layers.parameter("border.pair_max_km") if max_km is None else max_km
    if not 0 < low < high:
        raise InputError(f"town pairs lie {low:g} to {high:g} km apart; give 0 < min_km < max_km")
    rows = layers["towns"].set_index("town_id")
    ids = [t for t in (rows.index if towns is None else towns) if t in network.nodes.index]
    rows = rows.loc[ids]
    lon, lat = rows["lon"].to_numpy(float), rows["lat"].to_numpy(float)
    a, b = np.triu_indices(len(ids), 1)
    km = distance_km(lon[a], lat[a], lon[b], lat[b])
    near = (km >= low) & (km <= high)
    a, b, km = a[near], b[near], km[near]
    time = minutes(network, ids, ids, mode=mode, **how)
    city = rows["city_id"].to_numpy(object)
    province = rows["city_id"].map(layers["cities"].set_index("city_id")["province_zh"]).to_numpy(object)
    metres = to_metres(lon, lat)
    allowed = layers.parameter("network.connector_max_water_km")
    names = {
        _pair(r["province_a_zh"], r["province_b_zh"]): r["border_id"]
        for r in _borders(layers).to_dict("records")
    }
    pairs = [_pair(x, y) for x, y in zip(province[a], province[b], strict=True)]
    out = pd.DataFrame(
        {
            "from_id": np.array(ids, dtype=object)[a],
            "to_id": np.array(ids, dtype=object)[b],
            "from_city_id": city[a],
            "to_city_id": city[b],
            "km": km,
            "time_min": (time[a, b] + time[b, a]) / 2,
            "province_border": (province[a] != province[b]).astype(float),
            "city_border": (city[a] != city[b]).astype(float),
            "water": (base_of(layers).water.km_under(metres[a], metres[b]) > allowed).astype(float),
            "border_id": [names.get(pair, "") if pair else "" for pair in pairs],
        }
    )
    out.attrs.update(
        mode=mode,
        as_of=network.as_of.isoformat() if network.as_of else None,
        label=network.label,
        forecast=bool(network.attrs.get("forecast", False)),
        confidence="low",
        undated_share=round(network.undated_share, 4),
        rests_on=road_classes(network),
        resolution="below resolution",
    )
    return out


@dataclass(frozen=True, eq=False, repr=False)
class Penalty:
    """What a provincial border adds to a travel time.

    Attributes
    ----------
    table : pandas.DataFrame
        By effect (``ln_km``, ``province_border``, ``city_border``, ``water``): ``coefficient`` of ln(minutes),
        ``factor`` (its exponential: 1.1 is 10 % longer).
    error : float
        Standard deviation of the coefficient of ``province_border`` over permutations of which pairs of cities a
        provincial border runs between.
    p : float
        Share of permutations with a coefficient at least as far from 0.
    pairs, cut, city_pairs : int
        Town pairs used, pairs without a way (left out and told here), pairs of different cities that were permuted.
    meta : dict
        As the town pairs have it.
    """

    table: pd.DataFrame
    error: float
    p: float
    pairs: int
    cut: int
    city_pairs: int
    meta: dict[str, Any]

    def __repr__(self) -> str:
        low, high = self.percent_range
        return f"<Penalty of a provincial border: {self.percent:+.1f} % of time ({low:+.1f} to {high:+.1f}), {self.pairs:,} town pairs>"

    def _repr_html_(self) -> str:
        """The percentage, its range and the table, for a notebook; every text is escaped."""
        from yrdgis.io.cards import card, head

        low, high = self.percent_range
        facts = [
            ("省界使时间增加（%）", "a border adds (% of time)", self.percent),
            ("区间（%）", "range (%)", f"{low:+.1f} … {high:+.1f}"),
            ("p", "p", self.p),
            ("镇对", "town pairs", self.pairs),
            ("其中不通（不计）", "without a way, left out", self.cut),
        ]
        return card(
            ("省界的代价", "What a provincial border costs"), facts, table=head(self.table.reset_index())
        )

    @property
    def percent(self) -> float:
        """Percent of time that a provincial border adds."""
        return float(self.table["factor"].to_dict()["province_border"] - 1) * 100

    @property
    def percent_range(self) -> tuple[float, float]:
        """Percent at the coefficient less and plus twice its error."""
        coefficient = float(self.table["coefficient"].to_dict()["province_border"])
        low, high = (np.expm1(coefficient + sign * 2 * self.error) * 100 for sign in (-1, 1))
        return float(low), float(high)


def penalty(pairs: pd.DataFrame, *, permutations: int = 499, seed: int = 0) -> Penalty:
    """Penalty of a provincial border: ln t on ln d, with a term for water, one for another city, and city effects.

    ln t_ij = a + b ln d_ij + c B_ij + g C_ij + w W_ij + s_i + s_j, with B a provincial border, C another city, W water on
    the straight line and s an effect of each end's city. The error permutes B over the pairs of different cities,
    which is where borders run, and fits anew.

    Parameters
    ----------
    pairs : pandas.DataFrame
        As `town_pairs` gives them.
    permutations : int
        How many.
    seed : int
        Of the permutations; the same seed gives the same error.

    Raises
    ------
    InputError
        If there are too few pairs, none across a provincial border, or none across another city limit to compare with.

    References
    ----------
    McCallum (1995), National borders matter, for the form; Manly (2007), Randomization, bootstrap and Monte Carlo
    methods in biology, for the error.

    Examples
    --------
    >>> city = np.array(list("ABCD"))[np.indices((4, 4)).reshape(2, -1).repeat(4, axis=1)]
    >>> border = ((city[0] < "C") != (city[1] < "C")).astype(float)
    >>> km = np.linspace(10, 60, 64)
    >>> pairs = pd.DataFrame({"from_city_id": city[0], "to_city_id": city[1], "km": km, "time_min": km * 1.2**border,
    ...                       "province_border": border, "city_border": (city[0] != city[1]) * 1.0, "water": np.arange(64) % 2})
    >>> round(penalty(pairs, permutations=9).percent, 6)
    20.0
    """
    known = pairs[pairs["time_min"].gt(0)]
    ends = np.sort(known[["from_city_id", "to_city_id"]].to_numpy(str), axis=1)
    across = known["city_border"].eq(1).to_numpy()
    units, unit_of = np.unique(
        np.char.add(np.char.add(ends[across, 0], "|"), ends[across, 1]), return_inverse=True
    )
    border = known["province_border"].to_numpy(float)
    flags = np.zeros(len(units))
    flags[unit_of] = border[across]
    if len(known) < 30 or len(np.unique(flags)) < 2:
        raise InputError(
            "the penalty needs 30 town pairs or more, some across a provincial border and some across the limit of two"
            " cities of one province"
        )
    y = np.log(known["time_min"].to_numpy(float))
    fit = np.linalg.lstsq(_design(known, border), y, rcond=None)[0][: len(_EFFECTS)]
    # what the other terms leave of the border and of the times decides the coefficient (Frisch and Waugh)
    others, _ = np.linalg.qr(_design(known, None))
    which = np.zeros((len(known), len(units)))
    which[np.flatnonzero(across), unit_of] = 1.0
    left = which - others @ (others.T @ which)
    pull, size = left.T @ (y - others @ (others.T @ y)), left.T @ left
    random = np.random.default_rng(seed)
    drawn = np.array([random.permutation(flags) for _ in range(permutations)]).reshape(
        permutations, len(units)
    )
    spread = np.einsum("pu,uv,pv->p", drawn, size, drawn)
    values = np.divide(drawn @ pull, spread, out=np.zeros(permutations), where=spread > 1e-9)
    found = float(fit[_EFFECTS.index("province_border")])
    listed = pd.DataFrame({"coefficient": fit}, index=pd.Index(_EFFECTS, name="effect"))
    listed["factor"] = np.exp(listed["coefficient"])
    return Penalty(
        listed,
        float(values.std(ddof=1)) if len(values) > 1 else float("nan"),
        float((1 + (np.abs(values) >= abs(found)).sum()) / (1 + len(values))),
        len(known),
        int(len(pairs) - len(known)),
        len(units),
        {str(key): value for key, value in pairs.attrs.items()},
    )


def _design(pairs: pd.DataFrame, border: Floats | None) -> Floats:
    """Terms of the penalty in the order of their names, then city effects; without the border where it is None."""
    cities = sorted({*pairs["from_city_id"], *pairs["to_city_id"]})[1:]
    effects = [
        sum(pairs[end].eq(c).to_numpy(float) for end in ("from_city_id", "to_city_id")) for c in cities
    ]
    terms = [np.log(pairs["km"].to_numpy(float)), *([] if border is None else [border])]
    terms += [pairs[column].to_numpy(float) for column in ("city_border", "water")]
    return np.column_stack([*terms, *effects, np.ones(len(pairs))])


def matched_pairs(pairs: pd.DataFrame, *, share: float) -> pd.DataFrame:
    """Each pair across a provincial border beside pairs of one of its towns with another city of its own province.

    Matched are pairs that share a town with it, stay inside the province but leave the city, lie nearly as far apart, and
    have as much water between them.

    Parameters
    ----------
    pairs : pandas.DataFrame
        As `town_pairs` gives them.
    share : float
        Greatest difference in distance, of 1.

    Returns
    -------
    pandas.DataFrame
        One row per pair across a border that has a match: ``border_id``, ``from_id``, ``to_id``, ``km``, ``time_min``,
        ``matches``, ``matched_min`` (their mean time, scaled to the distance), ``ratio``. ``attrs`` tell ``unmatched``.

    References
    ----------
    Rosenbaum and Rubin (1985), Constructing a control group using matched sampling.
    """
    if not 0 < share < 1:
        raise InputError(f"matched pairs differ by a share of their distance between 0 and 1, not {share}")
    known = pairs[pairs["time_min"].gt(0)]
    across = known[known["province_border"].eq(1)]
    control = known[known["province_border"].eq(0) & known["city_border"].eq(1)]
    both = pd.concat(
        [
            control.assign(town=control[end])[["town", "km", "time_min", "water"]]
            for end in ("from_id", "to_id")
        ]
    ).sort_values(["town", "km"], kind="stable")
    groups = {town: group.to_numpy() for town, group in both.groupby("town")[["km", "time_min", "water"]]}
    rows = []
    told = across[["border_id", "from_id", "to_id", "km", "time_min", "water"]]
    for border_id, start, end, km, time, water in told.itertuples(index=False, name=None):
        found: list[float] = []
        for town in (start, end):
            if town in groups:
                own = groups[town]
                fits = (np.abs(own[:, 0] - km) <= share * km) & (own[:, 2] == water)
                found += list(own[fits, 1] * km / own[fits, 0])
        if found:
            mean = float(np.mean(found))
            rows.append((border_id, start, end, km, time, len(found), mean, time / mean))
    columns = ["border_id", "from_id", "to_id", "km", "time_min", "matches", "matched_min", "ratio"]
    out = pd.DataFrame(rows, columns=columns)
    out.attrs = {**pairs.attrs, "unmatched": len(across) - len(out)}
    return out


def detours(
    network: Network, *, towns: Iterable[str] | None = None, max_km: float | None = None, **how: Any
) -> pd.DataFrame:
    """Road kilometres over the straight line for town pairs, across each border and on either side of it.

    Parameters
    ----------
    network : Network
        Built from layers.
    towns : iterable of str, optional
        As for `town_pairs`.
    max_km : float, optional
        Longest straight line; ``resolution.min_km`` to ``border.pair_max_km`` count by default, since nearer pairs lie
        below the resolution.
    **how
        As for `town_pairs`.

    Returns
    -------
    pandas.DataFrame
        One row per border and ``water`` (0 or 1: whether it lies between): ``pairs``, ``detour`` (mean ratio of the least
        distance to the straight line), ``same_side_pairs``, ``same_side_detour`` (pairs of the same towns that stay in
        their province but leave their city), ``no_way`` (pairs left out).
    """
    layers = layers_of(network, what="detours")
    low = layers.parameter("resolution.min_km")
    pairs = town_pairs(network, towns=towns, min_km=low, max_km=max_km, **how)
    ids = sorted({*pairs["from_id"], *pairs["to_id"]})
    km = _least_km(network, ids)
    at = {town: position for position, town in enumerate(ids)}
    a, b = (pairs[end].map(at).to_numpy(int) for end in ("from_id", "to_id"))
    pairs["detour"] = km[a, b] / pairs["km"].to_numpy()
    rows = []
    for border in _borders(layers).to_dict("records"):
        own = pairs[pairs["border_id"] == border["border_id"]]
        near = {*own["from_id"], *own["to_id"]}
        inside = pairs[pairs["province_border"].eq(0) & pairs["city_border"].eq(1)]
        inside = inside[inside["from_id"].isin(near) | inside["to_id"].isin(near)]
        for water in (0.0, 1.0):
            across, same = own[own["water"] == water], inside[inside["water"] == water]
            if len(across):
                rows.append(
                    {
                        "border_id": border["border_id"],
                        "name": border["name"],
                        "name_zh": border["name_zh"],
                        "water": water,
                        "pairs": int(across["detour"].notna().sum()),
                        "detour": across["detour"].mean(),
                        "same_side_pairs": int(same["detour"].notna().sum()),
                        "same_side_detour": same["detour"].mean(),
                        "no_way": int(across["detour"].isna().sum()),
                    }
                )
    out = pd.DataFrame(rows)
    out.attrs = dict(pairs.attrs)
    return out


def _least_km(network: Network, ids: Sequence[str]) -> Floats:
    from yrdgis.metrics.trees import blocks
    from yrdgis.network.impedance import compile_graph

    graph = compile_graph(network, mode="drive", impedance="distance")
    out = np.full((len(ids), len(ids)), np.nan)
    for block in blocks(graph, ids, ids, along={}):
        out[block.rows] = np.where(block.value >= 0, block.value / 1000, np.nan)
    return out


def _borders(layers: Any) -> pd.DataFrame:
    borders = table(layers, "borders")
    if borders.empty:
        raise InputError("these layers have no borders")
    return borders


def _pair(a: Any, b: Any) -> str:
    """Both provinces in one order; blank inside one, or where a side is not known."""
    if not isinstance(a, str) or not isinstance(b, str) or not a or not b or a == b:
        return ""
    return "|".join(sorted((a, b)))


def _class(layers: Any, links: pd.DataFrame, mode: str) -> pd.Series:
    layer, column, by = _CLASSES[mode]
    rows = layers[layer]
    key = by or "link_id"
    return links[key].map(dict(zip(rows[key], rows[column], strict=True))).fillna("unknown")
