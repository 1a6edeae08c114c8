"""How much a destination still counts when it is some minutes away."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from yrdgis.errors import InputError

if TYPE_CHECKING:
    from yrdgis.io import Layers

__all__ = ["DECAYS", "Decay", "weight"]

Floats = npt.NDArray[np.float64]

DECAYS = MappingProxyType(
    {
        "exponential": ("beta_per_min",),
        "gaussian": ("scale_min",),
        "power": ("scale_min", "exponent"),
        "loglogistic": ("scale_min", "exponent"),
    }
)
"""Names of the decays, and the figures that each takes."""

_PARAMETERS = {
    ("exponential", "beta_per_min"): "value.beta_per_min",
    ("gaussian", "scale_min"): "access.gaussian_min",
    ("power", "scale_min"): "access.power_scale_min",
    ("power", "exponent"): "access.power_exponent",
    ("loglogistic", "scale_min"): "access.loglogistic_median_min",
    ("loglogistic", "exponent"): "access.loglogistic_shape",
}


def weight(minutes: npt.ArrayLike, decay: str, **figures: float) -> Floats:
    """Weight of what is some minutes away: 1 at 0 minutes, falling, 0 where there is no way.

    ``exponential`` is exp(-beta t), ``gaussian`` exp(-(t / scale)^2 / 2), ``power`` (1 + t / scale)^-exponent,
    ``loglogistic`` 1 / (1 + (t / scale)^exponent), which is one half at the scale.

    Parameters
    ----------
    minutes : array of float
        Minutes; NaN where there is no way.
    decay : {"exponential", "gaussian", "power", "loglogistic"}
    **figures
        ``beta_per_min``; ``scale_min``; or ``scale_min`` and ``exponent``, all above 0.

    Raises
    ------
    InputError
        If there is no such decay, or a figure is missing, unknown or not above 0.

    References
    ----------
    Hansen (1959), How accessibility shapes land use; Kwan (1998); de Vries, Nijkamp and Rietveld (2009) for the
    log-logistic form.

    Examples
    --------
    >>> weight([0, 45, np.nan], "loglogistic", scale_min=45, exponent=3).tolist()
    [1.0, 0.5, 0.0]
    """
    if decay not in DECAYS:
        raise InputError(f"no decay named {decay!r}; there are {', '.join(DECAYS)}")
    wanted = DECAYS[decay]
    if set(figures) != set(wanted) or not all(np.isfinite(v) and v > 0 for v in figures.values()):
        given = ", ".join(f"{name}={value}" for name, value in figures.items()) or "nothing"
        raise InputError(f"decay {decay} takes {' and '.join(wanted)}, above 0; given: {given}")
    time = np.asarray(minutes, dtype=float)
    known = np.where(np.isnan(time), np.inf, time)
    with np.errstate(over="ignore"):
        if decay == "exponential":
            return np.exp(-figures["beta_per_min"] * known)
        share = known / figures["scale_min"]
        if decay == "gaussian":
            return np.exp(-(share**2) / 2)
        if decay == "power":
            return (1 + share) ** -figures["exponent"]
        return 1 / (1 + share ** figures["exponent"])


class Decay:
    """A decay with its figures, by default those of the layers' parameters.

    Parameters
    ----------
    name : str
        One of `DECAYS`.
    **figures
        As `weight` takes them.
    """

    def __init__(self, name: str, **figures: float) -> None:
        weight([0.0], name, **figures)
        self.name = name
        self.figures = figures

    @classmethod
    def of(cls, layers: Layers, name: str = "exponential", **figures: float) -> Decay:
        """The decay of that name; figures that are not given are parameters of the layers."""
        if name not in DECAYS:
            raise InputError(f"no decay named {name!r}; there are {', '.join(DECAYS)}")
        known = {
            figure: layers.parameter(_PARAMETERS[name, figure])
            for figure in DECAYS[name]
            if figure not in figures
        }
        return cls(name, **known, **figures)

    def __call__(self, minutes: npt.ArrayLike) -> Floats:
        """Weight of some minutes, as `weight` gives it."""
        return weight(minutes, self.name, **self.figures)

    def __repr__(self) -> str:
        return f"{self.name}({', '.join(f'{k}={v:g}' for k, v in self.figures.items())})"
