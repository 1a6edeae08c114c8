"""What is reached from a place, and how far everything is, by a skim in long form: one row for each origin.

An origin's figures are the same to the last bit whatever other origins the skim holds.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from yrdgis.errors import InputError
from yrdgis.metrics.decay import Decay
from yrdgis.metrics.frames import check_amounts, check_ascending, pairs_of, square

__all__ = ["cumulative", "daily_reach", "gravity", "mean_time", "nearest"]


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
    held = check_amounts(amounts, wide.columns, what="opportunities")
    return _sums(decay(_plain(wide)), held, wide.index).rename("gravity")


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


def _sums(
    wide: pd.DataFrame | npt.NDArray[np.float64], held: pd.Series, index: pd.Index | None = None
) -> pd.Series:
    """Sum over the columns, each times what it holds.

    Row by row in one order, so that an origin's sum is the same to the last bit whatever origins are beside it.
    """
    known = wide.index if isinstance(wide, pd.DataFrame) else index
    return pd.Series((_plain(wide) * held.to_numpy(float)).sum(axis=1), index=known)


def _plain(wide: pd.DataFrame | npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Plain floats, row by row, whatever the table holds."""
    return np.ascontiguousarray(np.asarray(wide, dtype=float))
