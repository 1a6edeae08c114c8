"""What can be reached from a place, and how far everything is from it.

Each measure takes a skim in long form and gives one row per origin. ``accessibility`` puts them together for a
network, with their range.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from yrdgis.errors import InputError
from yrdgis.metrics.decay import Decay
from yrdgis.metrics.frames import (
    basis,
    check_amounts,
    check_ascending,
    layers_of,
    minutes,
    pairs_of,
    square,
    with_range,
)
from yrdgis.metrics.skim import check_places
from yrdgis.network import Network

if TYPE_CHECKING:
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


def cumulative(times: pd.DataFrame, amounts: pd.Series, *, cutoffs_min: Sequence[float]) -> pd.DataFrame:
    """Amount within each cut-off, the cut-off itself included: sum over j of O_j where t_ij <= c.

    Parameters
    ----------
    times : pandas.DataFrame
        Long skim: ``from_id``, ``to_id``, ``time_min`` in minutes, NaN where there is no way.
    amounts : pandas.Series
        People or other opportunities by ``to_id``, zero or more.
    cutoffs_min : sequence of float
        Minutes, ascending.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``from_id``: ``within_<c>_min`` in the unit of the amounts, and ``no_way``, the amount that can't
        be reached at all.

    Raises
    ------
    InputError
        If an amount is negative or missing, cut-offs do not ascend, or pairs are given twice.

    References
    ----------
    Wachs and Kumagai (1973), Physical accessibility as a social indicator.

    Examples
    --------
    >>> times = pd.DataFrame({"from_id": "a", "to_id": ["a", "b", "c"], "time_min": [0.0, 30.0, np.nan]})
    >>> cumulative(times, pd.Series({"a": 5, "b": 7, "c": 9}), cutoffs_min=[15, 30]).loc["a"].tolist()
    [5.0, 12.0, 9.0]
    """
    limits, wide = check_ascending(cutoffs_min), square(times)
    held = check_amounts(amounts, wide.columns, what="opportunities")
    out = {f"within_{limit:g}_min": _sums(wide <= limit, held) for limit in limits}
    return pd.DataFrame({**out, "no_way": _sums(wide.isna(), held)})


def gravity(times: pd.DataFrame, amounts: pd.Series, *, decay: Decay) -> pd.Series:
    """Potential accessibility: sum over j of O_j f(t_ij).

    Parameters
    ----------
    times, amounts
        As for `cumulative`.
    decay : Decay
        f, such as ``Decay("exponential", beta_per_min=0.02)``.

    Returns
    -------
    pandas.Series
        ``gravity`` by ``from_id``, in the unit of the amounts; what can't be reached adds nothing.

    References
    ----------
    Hansen (1959), How accessibility shapes land use.

    Examples
    --------
    >>> times = pd.DataFrame({"from_id": "a", "to_id": ["a", "b"], "time_min": [0.0, 45.0]})
    >>> half = Decay("loglogistic", scale_min=45, exponent=3)
    >>> gravity(times, pd.Series({"a": 10, "b": 4}), decay=half).tolist()
    [12.0]
    """
    wide = square(times)
    held = check_amounts(amounts, wide.columns, what="opportunities").to_numpy()
    return pd.Series(decay(wide.to_numpy()) @ held, index=wide.index, name="gravity")


def mean_time(times: pd.DataFrame, people: pd.Series) -> pd.DataFrame:
    """People-weighted mean time: sum of P_j t_ij over sum of P_j, over the destinations that are reached.

    Parameters
    ----------
    times : pandas.DataFrame
        As for `cumulative`.
    people : pandas.Series
        People by ``to_id``.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``from_id``: ``mean_min`` in minutes (NaN where nobody is reached), and ``reached_share``, the
        share of the people whom that mean is about. An origin counts itself, at 0 minutes, if the skim holds it.

    References
    ----------
    Gutiérrez, González and Gómez (1996), The European high-speed train network, for the weighted mean.

    Examples
    --------
    >>> times = pd.DataFrame({"from_id": "a", "to_id": ["b", "c", "d"], "time_min": [30.0, 60.0, np.nan]})
    >>> mean_time(times, pd.Series({"b": 2, "c": 1, "d": 1})).loc["a"].tolist()
    [40.0, 0.75]
    """
    wide = square(times)
    held = check_amounts(people, wide.columns, what="people")
    reached = _sums(wide.notna(), held)
    mean = _sums(wide.fillna(0.0), held) / reached.where(reached > 0)
    total = held.sum()
    share = reached / total if total > 0 else reached * np.nan
    return pd.DataFrame({"mean_min": mean, "reached_share": share})


def daily_reach(
    times: pd.DataFrame, amounts: pd.Series, *, day_travel_min: float, back: pd.DataFrame | None = None
) -> pd.Series:
    """Amount that a day trip reaches: sum over j of O_j where t_ij + t_ji <= the travel time of a day.

    Parameters
    ----------
    times, amounts
        As for `cumulative`.
    day_travel_min : float
        Minutes of travel there and back.
    back : pandas.DataFrame, optional
        Skim of the ways back (from each destination to each origin); those of `times` turned round by default,
        which have to be there then.

    Returns
    -------
    pandas.Series
        ``daily_reach`` by ``from_id``, in the unit of the amounts.

    References
    ----------
    Törnqvist (1970), Contact systems and regional development; Spiekermann and Neubauer (2002), European
    accessibility and peripherality.

    Examples
    --------
    >>> times = pd.DataFrame({"from_id": ["a", "b"], "to_id": ["b", "a"], "time_min": [100.0, 150.0]})
    >>> daily_reach(times, pd.Series({"a": 5, "b": 7}), day_travel_min=240).tolist()
    [0.0, 0.0]
    """
    limit = check_ascending([day_travel_min], what="travel time of a day")[0]
    there = square(times)
    home = square(times if back is None else back).T.reindex(index=there.index, columns=there.columns)
    if back is None:
        known = set(zip(times["to_id"], times["from_id"], strict=True))
        if not known >= set(zip(times["from_id"], times["to_id"], strict=True)):
            raise InputError(
                "daily reach needs the ways back too: give `back`, a skim of the other direction"
            )
    held = check_amounts(amounts, there.columns, what="opportunities")
    reached: pd.DataFrame = (there + home) <= limit
    return _sums(reached, held).rename("daily_reach")


def nearest(times: pd.DataFrame, *, k: int = 1, others: bool = True) -> pd.DataFrame:
    """The k destinations that take least, by minutes and then in the order of the skim.

    Parameters
    ----------
    times : pandas.DataFrame
        As for `cumulative`.
    k : int
        How many.
    others : bool
        Whether to leave out the origin itself.

    Returns
    -------
    pandas.DataFrame
        ``from_id``, ``rank`` (from 1), ``to_id``, ``time_min``; fewer rows where fewer are reached.

    Examples
    --------
    >>> times = pd.DataFrame({"from_id": "a", "to_id": ["a", "b", "c"], "time_min": [0.0, 30.0, 20.0]})
    >>> nearest(times, k=1)[["to_id", "time_min"]].values.tolist()
    [['c', 20.0]]
    """
    if k < 1:
        raise InputError(f"k is {k}; nearest takes 1 or more")
    rows = pairs_of(times)[["from_id", "to_id", "time_min"]].dropna(subset=["time_min"])
    if others:
        rows = rows[rows["from_id"] != rows["to_id"]]
    order = {place: at for at, place in enumerate(times["from_id"].unique())}
    rows = rows.assign(order=rows["from_id"].map(order)).sort_values(["order", "time_min"], kind="stable")
    rows["rank"] = rows.groupby("from_id", sort=False).cumcount() + 1
    return rows.loc[rows["rank"] <= k, ["from_id", "rank", "to_id", "time_min"]].reset_index(drop=True)


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


def accessibility(
    network: Network,
    origins: Sequence[str] | None = None,
    *,
    to: str | pd.Series = "people",
    mode: str = "door",
    cutoffs_min: Sequence[float] | None = None,
    decay: str = "exponential",
    range_: bool = True,
) -> pd.DataFrame:
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

    Returns
    -------
    pandas.DataFrame
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

    def measure(one: Network) -> pd.DataFrame:
        there = _long(starts, ends, minutes(one, starts, ends, mode=mode))
        back = _long(ends, starts, minutes(one, ends, starts, mode=mode))
        near: pd.Series = nearest(there).set_index("from_id")["time_min"]
        return pd.concat(
            [
                cumulative(there, amounts, cutoffs_min=limits),
                gravity(there, amounts, decay=falling),
                daily_reach(there, amounts, day_travel_min=day, back=back),
                mean_time(there, amounts),
                near.reindex(starts).rename("nearest_min"),
            ],
            axis=1,
        )

    out = with_range(network, measure) if range_ else measure(network)
    out.attrs.update(basis(network, starts, ends, mode=mode), decay=repr(falling), to=amounts.name or "user")
    return out


def goalposts(layers: Layers) -> list[float]:
    """The goalposts of the parameters in minutes: 30, 60 and 90."""
    return [layers.parameter(f"goalpost.{post}_min") for post in ("near", "middle", "far")]


def _sums(wide: pd.DataFrame, held: pd.Series) -> pd.Series:
    """Sum over the columns, each times what it holds; plain floats whatever the table holds."""
    return pd.Series(wide.to_numpy(float) @ held.to_numpy(float), index=wide.index)


def _long(starts: Sequence[str], ends: Sequence[str], matrix: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "from_id": np.repeat(np.array(starts, dtype=object), len(ends)),
            "to_id": np.tile(np.array(ends, dtype=object), len(starts)),
            "time_min": matrix.ravel(),
        }
    )
