"""How evenly something is shared among people: Gini, Theil, Palma, before and after; and who loses."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from yrdgis.errors import InputError
from yrdgis.metrics.frames import check_amounts

__all__ = ["equity", "gini", "losers", "palma", "theil"]

Floats = npt.NDArray[np.float64]


def gini(values: pd.Series, people: pd.Series) -> float:
    """Gini coefficient of a measure over people: 0 all have the same, towards 1 few have all.

    ``G = sum over i, j of p_i p_j |x_i - x_j| / (2 mean)``, with p shares of people.

    Parameters
    ----------
    values : pandas.Series
        Measure by place, zero or more; every person of a place has that of the place.
    people : pandas.Series
        People by place.

    Returns
    -------
    float
        NaN where nobody has anything.

    Raises
    ------
    InputError
        If a value or people are missing, negative or not finite.

    References
    ----------
    Gini (1912); Lerman and Yitzhaki (1989) for weights.

    Examples
    --------
    >>> gini(pd.Series([0.0, 4.0]), pd.Series([1, 1]))
    0.5
    """
    x, p = _checked(values, people)
    order = np.argsort(x, kind="stable")
    x, p = x[order], p[order]
    held = np.cumsum(x * p)
    if not held[-1] > 0:
        return float("nan")
    lorenz = np.concatenate([[0.0], held / held[-1]])
    return float(1 - (p * (lorenz[1:] + lorenz[:-1])).sum())


def theil(values: pd.Series, people: pd.Series, groups: pd.Series | None = None) -> pd.Series:
    """Theil's T, and its parts between and within groups of places.

    T = sum of p_i (x_i / m) ln(x_i / m), with m the mean over people; what has nothing adds 0.

    Parameters
    ----------
    values, people
        As for `gini`.
    groups : pandas.Series, optional
        Group of each place, such as its city; one group by default.

    Returns
    -------
    pandas.Series
        ``total``, ``between`` and ``within``, which add up to it; NaN where nobody has anything.

    References
    ----------
    Theil (1967), Economics and information theory; Shorrocks (1980) for the parts.

    Examples
    --------
    >>> float(theil(pd.Series([1.0, 1.0, 3.0]), pd.Series([1, 1, 1]), pd.Series(list("aab")))["within"])
    0.0
    """
    x, p = _checked(values, people)
    group = (
        np.zeros(len(x), dtype=object) if groups is None else groups.reindex(values.index).to_numpy(object)
    )
    if pd.isna(group).any():
        raise InputError("theil: a place has no group; give one for each")
    mean = float((p * x).sum())
    if not mean > 0:
        return pd.Series({"total": np.nan, "between": np.nan, "within": np.nan})
    total, between, within = _theil(x, p, mean), 0.0, 0.0
    for name in pd.unique(group):
        own = group == name
        share = float(p[own].sum())
        centre = float((p[own] * x[own]).sum() / share) if share > 0 else 0.0
        if centre > 0:
            ratio = centre / mean
            between += share * ratio * np.log(ratio)
            within += share * ratio * _theil(x[own], p[own] / share, centre)
    return pd.Series({"total": total, "between": float(between), "within": float(within)})


def palma(values: pd.Series, people: pd.Series) -> float:
    """Palma ratio: what the tenth of people who have most hold, over what the four tenths who have least hold.

    A place is split where a tenth ends within it. Infinite where the four tenths hold nothing, NaN where nobody does.

    References
    ----------
    Palma (2011); Cobham and Sumner (2013).

    Examples
    --------
    >>> palma(pd.Series([1.0, 1.0]), pd.Series([3, 7]))
    0.25
    """
    x, p = _checked(values, people)
    order = np.argsort(x, kind="stable")
    x, p = x[order], p[order]
    edges = np.concatenate([[0.0], np.cumsum(p)])
    held = np.concatenate([[0.0], np.cumsum(x * p)])
    top = held[-1] - float(np.interp(0.9, edges, held))
    bottom = float(np.interp(0.4, edges, held))
    if bottom > 0:
        return float(round(top / bottom, 12))
    return float("inf") if top > 0 else float("nan")


def equity(
    before: pd.Series, after: pd.Series, people: pd.Series, groups: pd.Series | None = None
) -> pd.DataFrame:
    """How evenly a measure is shared before and after.

    Parameters
    ----------
    before, after : pandas.Series
        Measure by place, more is better, such as the gravity of `yrdgis.metrics.accessibility`.
    people, groups
        As for `theil`.

    Returns
    -------
    pandas.DataFrame
        Rows ``mean``, ``gini``, ``theil``, ``theil_between``, ``theil_within``, ``palma``; columns ``before``, ``after``,
        ``change``.

    Raises
    ------
    InputError
        If the places differ, or as for `gini`.
    """
    if set(before.index) != set(after.index):
        raise InputError("before and after have to be of the same places")
    columns = {}
    for name, values in (("before", before), ("after", after.reindex(before.index))):
        x, p = _checked(values, people)
        parts = theil(values, people, groups)
        columns[name] = {
            "mean": float((p * x).sum()),
            "gini": gini(values, people),
            "theil": parts["total"],
            "theil_between": parts["between"],
            "theil_within": parts["within"],
            "palma": palma(values, people),
        }
    out = pd.DataFrame(columns).rename_axis("index_name")
    return out.assign(change=out["after"] - out["before"])


def losers(
    before: pd.Series,
    after: pd.Series,
    people: pd.Series,
    *,
    tolerance: float = 0.0,
    less_is_better: bool = False,
) -> pd.DataFrame:
    """Places that have less than before, most people first.

    Parameters
    ----------
    before, after : pandas.Series
        Measure by place; NaN in one only counts as having nothing there.
    people : pandas.Series
    tolerance : float
        Loss that still counts as none, in the unit of the measure.
    less_is_better : bool
        For minutes and other costs, where a loss is a rise and NaN the worst.

    Returns
    -------
    pandas.DataFrame
        Indexed by place: ``before``, ``after``, ``loss`` (above 0; infinite where a way was lost), ``people``.
    """
    if set(before.index) != set(after.index):
        raise InputError("before and after have to be of the same places")
    if tolerance < 0:
        raise InputError(f"the tolerance is {tolerance}; it has to be zero or more")
    held = check_amounts(people, before.index, what="people")
    blank = np.inf if less_is_better else 0.0
    was, now = before.fillna(blank), after.reindex(before.index).fillna(blank)
    with np.errstate(invalid="ignore"):
        loss = (now - was if less_is_better else was - now).fillna(0.0)
    out = pd.DataFrame({"before": before, "after": after.reindex(before.index), "loss": loss, "people": held})
    return out[out["loss"] > tolerance].sort_values("people", ascending=False, kind="stable")


def _checked(values: pd.Series, people: pd.Series) -> tuple[Floats, Floats]:
    x = check_amounts(values, values.index, what="values").to_numpy()
    p = check_amounts(people, values.index, what="people").to_numpy()
    if not p.sum() > 0:
        raise InputError("people: there are none")
    return x, p / p.sum()


def _theil(x: Floats, p: Floats, mean: float) -> float:
    ratio = x / mean
    return float((p * ratio * np.log(np.where(ratio > 0, ratio, 1.0))).sum())
