"""Decay functions as tables, so that every engine weighs a cost alike.

A table holds one value for each ``step`` of cost: a cost ``c`` weighs ``table[c // step]``, and 0 beyond the
table's end. With ``step=1`` the function is met exactly at every whole cost.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from yrdgis.errors import EngineError

__all__ = ["DECAYS", "decay_table"]

DECAYS = ("exponential", "gaussian", "linear", "power", "step")


def decay_table(
    name: str, scale: float, limit: int, step: int = 1, exponent: float = 2.0
) -> NDArray[np.float64]:
    """Tabulate a decay function from cost 0 to ``limit``, taken in the middle of each step.

    Parameters
    ----------
    name : {"exponential", "gaussian", "linear", "power", "step"}
        ``exp(-c / scale)``, ``exp(-(c / scale)^2 / 2)``, ``max(0, 1 - c / scale)``,
        ``(1 + c / scale)^-exponent``, or 1 up to ``scale`` and 0 beyond.
    scale : float
        In the unit of the weights, above 0.
    limit : int
        The last cost that counts, in the unit of the weights.
    step : int
        Width of one entry, in the unit of the weights.
    exponent : float
        Of "power" alone.

    Returns
    -------
    array of float64
        ``limit // step + 1`` values between 0 and 1.

    Raises
    ------
    EngineError
        If there is no such function, or a figure is out of range.

    Examples
    --------
    >>> decay_table("linear", scale=4, limit=5).tolist()
    [1.0, 0.75, 0.5, 0.25, 0.0, 0.0]
    """
    if name not in DECAYS:
        raise EngineError(f"No decay named {name!r}. There are: {', '.join(DECAYS)}.")
    if not scale > 0 or limit < 0 or step < 1:
        raise EngineError(
            f"decay {name}: scale {scale}, limit {limit}, step {step}; expected > 0, >= 0 and >= 1."
        )
    cost = np.arange(limit // step + 1, dtype=np.float64) * step + (step - 1) / 2
    share = cost / scale
    if name == "exponential":
        return np.exp(-share)
    if name == "gaussian":
        return np.exp(-(share**2) / 2)
    if name == "linear":
        return np.maximum(0.0, 1 - share)
    if name == "power":
        return (1 + share) ** -exponent
    return (share <= 1).astype(np.float64)
