"""Fit the free rail parameters to timetables, and test them on lines that the fit has not seen.

What is fitted is the sum of `yrdgis.network.rail_times`: a few ratios and minutes that hold for every line.
Folds are lines: the trains whose longest part is on a line are predicted with parameters fitted to trains
that do not touch that line at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from yrdgis.errors import InputError
from yrdgis.network.assumptions import Assumptions
from yrdgis.network.rail_times import FREE_PARAMETERS, PARTS, Floats, part_values
from yrdgis.validation.measures import relative_error
from yrdgis.validation.predict import RailDay, as_day

if TYPE_CHECKING:
    from yrdgis.io import Layers

__all__ = ["Fit", "Problem", "cross_validate", "fit", "problem_of"]

BOUNDS: Mapping[str, tuple[float, float]] = {
    "rail.speed_ratio.high_speed": (0.6, 1.0),
    "rail.speed_ratio.other": (0.5, 1.0),
    "rail.speed_ratio.hauled": (0.5, 1.0),
    "rail.stop_penalty_min_per_100_kph.rail": (0.5, 3.0),
    "rail.hub_approach_min": (0.0, 6.0),
}
"""Where the search looks: a timetable is never above line speed, and a stop never costs less than physics
allows."""

SOFT = 0.08
"""Relative error below which the loss is square and above which it is linear, so that odd trains don't steer
the fit."""

_HUB = "sh-hub zj-hub nt-hub"


@dataclass(frozen=True)
class Problem:
    """Observed trains with the parts of every ride that may explain them.

    Parameters
    ----------
    rows : pandas.DataFrame
        Observed rows that the model has a direct train for.
    parts : numpy.ndarray
        Parts of the candidate rides of all rows, one below the other.
    starts : numpy.ndarray
        Where the candidates of each row begin.
    base : numpy.ndarray
        Values of the parts with the parameters as they stand.
    lines : tuple of dict
        For each row the kilometres on each line, of the ride that is fastest with the parameters as they
        stand.
    """

    rows: pd.DataFrame
    parts: Floats
    starts: np.ndarray
    base: Floats
    lines: tuple[dict[str, float], ...]

    @property
    def folds(self) -> list[str]:
        """Line of each row: the one with most of its kilometres."""
        return [max(shares, key=lambda line: (shares[line], line)) for shares in self.lines]

    def values(self, free: Iterable[float]) -> Floats:
        """Values of the parts with the free parameters set."""
        out = self.base.copy()
        for parameter, value in zip(FREE_PARAMETERS, free, strict=True):
            out[PARTS.index(parameter)] = 1 / value if ".speed_ratio." in parameter else value
        return out

    def minutes(self, free: Iterable[float]) -> Floats:
        """Fastest modelled minutes of each row."""
        return np.minimum.reduceat(self.parts @ self.values(free), self.starts)


@dataclass(frozen=True)
class Fit:
    """Fitted parameters, their spread over the folds, and the rows with both predictions.

    ``rows`` has ``modelled`` (fitted on all rows) and ``left_out`` (fitted without the row's line); ``folds``
    one row for each line, with its parameters and errors.
    """

    parameters: Mapping[str, float]
    low: Mapping[str, float]
    high: Mapping[str, float]
    rows: pd.DataFrame
    folds: pd.DataFrame


def problem_of(layers: Layers, rows: pd.DataFrame) -> Problem:
    """Candidates for the rail rows of an observed table; rows without a direct train are left out.

    Parameters
    ----------
    layers : Layers
    rows : pandas.DataFrame
        As `yrdgis.validation.observed_in_layers` gives them.

    Raises
    ------
    InputError
        If no row can be used.
    """
    rail = rows[rows["mode"].eq("rail")]
    parts, kept, lines = [], [], []
    base = part_values(Assumptions(layers).__getitem__)
    for as_of, of_day in rail.groupby("as_of", sort=True):
        day = RailDay(layers, as_day(as_of))
        for at, found in zip(of_day.index, day.candidates(of_day), strict=True):
            if len(found):
                kept.append(at)
                parts.append(day.rides.parts[found])
                lines.append(day.line_shares(int(found[np.argmin(parts[-1] @ base)])))
    if not kept:
        raise InputError(
            "no observed train that the model has a direct train for; is layer rail_times there?"
        )
    starts = np.concatenate([[0], np.cumsum([len(p) for p in parts])[:-1]])
    return Problem(rail.loc[kept].reset_index(drop=True), np.concatenate(parts), starts, base, tuple(lines))


def fit(problem: Problem, among: np.ndarray | None = None) -> Floats:
    """Free parameters that make the relative errors least, in the order of ``FREE_PARAMETERS``.

    Parameters
    ----------
    problem : Problem
    among : numpy.ndarray of bool, optional
        Rows to fit to; all by default.
    """
    from scipy.optimize import minimize

    observed = problem.rows["observed"].to_numpy(float)
    used = np.ones(len(observed), dtype=bool) if among is None else among
    bounds = [BOUNDS[p] for p in FREE_PARAMETERS]
    middle = np.array([sum(b) / 2 for b in bounds])

    def loss(free: Floats) -> float:
        error = relative_error(problem.minutes(free), observed)[used]
        return float(np.mean(np.sqrt(error**2 + SOFT**2)))

    options = {"maxiter": 4000, "xatol": 1e-4, "fatol": 1e-8, "adaptive": True}
    first = minimize(loss, middle, method="Nelder-Mead", bounds=bounds, options=options)
    best = minimize(loss, first.x, method="Nelder-Mead", bounds=bounds, options=options)
    return np.asarray(best.x, dtype=float)


def cross_validate(problem: Problem) -> Fit:
    """Fit to all rows, and once without each line in turn.

    Parameters
    ----------
    problem : Problem

    Returns
    -------
    Fit
        The range of a parameter is that of its values over the folds.
    """
    observed = problem.rows["observed"].to_numpy(float)
    fold = np.array(problem.folds, dtype=object)
    touched = [set(shares) - {f"line:{hub}" for hub in _HUB.split()} for shares in problem.lines]
    left_out = np.full(len(observed), np.nan)
    folds = []
    for line in sorted(set(fold)):
        test, train = fold == line, np.array([line not in lines for lines in touched])
        free = fit(problem, train & ~test)
        left_out[test] = problem.minutes(free)[test]
        error = relative_error(left_out[test], observed[test])
        folds.append(
            {
                "line": line,
                "tested": int(test.sum()),
                "fitted_to": int((train & ~test).sum()),
                **_summary(error),
            }
            | dict(zip(FREE_PARAMETERS, free, strict=True))
        )
    free = fit(problem)
    table = pd.DataFrame(folds)
    rows = problem.rows.assign(fold=fold, modelled=problem.minutes(free), left_out=left_out)
    spread = table[list(FREE_PARAMETERS)]
    return Fit(
        dict(zip(FREE_PARAMETERS, map(float, free), strict=True)),
        {p: float(min(spread[p].min(), v)) for p, v in zip(FREE_PARAMETERS, free, strict=True)},
        {p: float(max(spread[p].max(), v)) for p, v in zip(FREE_PARAMETERS, free, strict=True)},
        rows,
        table,
    )


def _summary(error: Floats) -> dict[str, float]:
    size = np.abs(error)
    return {
        "median": float(np.median(size)),
        "p90": float(np.quantile(size, 0.9)),
        "bias": float(np.mean(error)),
    }
