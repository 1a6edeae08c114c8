"""How far a model is off: relative errors and their summaries."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["FLOOR", "relative_error", "summary"]

Floats = npt.NDArray[np.float64]

FLOOR = 20.0
"""Minutes: a short ride's error is taken over this, since timetables are in whole minutes."""


def relative_error(
    modelled: npt.ArrayLike, observed: npt.ArrayLike, *, floor: npt.ArrayLike = FLOOR
) -> Floats:
    """Signed error over the observed value, or over a floor where that is larger.

    Parameters
    ----------
    modelled, observed : array_like
        Minutes, or kilometres with ``floor=0``.
    floor : float
        Least denominator, in the same unit.

    Examples
    --------
    >>> relative_error([12.0, 50.0], [10.0, 40.0]).tolist()
    [0.1, 0.25]
    """
    seen = np.asarray(observed, dtype=float)
    return (np.asarray(modelled, dtype=float) - seen) / np.maximum(seen, floor)


def summary(rows: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """Errors of compared rows: how many, median and 90th percentile of their size, and bias.

    Parameters
    ----------
    rows : pandas.DataFrame
        With ``error`` (relative, signed; NaN where the model has no answer) and the columns of `by`.
    by : sequence of str
        Columns to summarise by; all rows together where there is none.

    Returns
    -------
    pandas.DataFrame
        Columns of `by`, ``n``, ``no_answer``, ``median_error``, ``p90_error`` and ``bias`` (mean signed
        error), as shares.

    Examples
    --------
    >>> summary(pd.DataFrame({"mode": ["rail"] * 3, "error": [0.1, -0.1, 0.3]}), ["mode"]).round(3)
       mode  n  no_answer  median_error  p90_error  bias
    0  rail  3          0           0.1       0.26   0.1
    """
    keys = list(by)
    groups = rows.groupby(keys, sort=True) if keys else [((), rows)]
    made = []
    for key, part in groups:
        error = part["error"].dropna().to_numpy(float)
        size = np.abs(error)
        some = len(error) > 0
        named = dict(zip(keys, key if isinstance(key, tuple) else (key,), strict=True))
        made.append(
            {
                **named,
                "n": len(error),
                "no_answer": int(part["error"].isna().sum()),
                "median_error": float(np.median(size)) if some else np.nan,
                "p90_error": float(np.quantile(size, 0.9)) if some else np.nan,
                "bias": float(error.mean()) if some else np.nan,
            }
        )
    return pd.DataFrame(made, columns=[*keys, "n", "no_answer", "median_error", "p90_error", "bias"])
