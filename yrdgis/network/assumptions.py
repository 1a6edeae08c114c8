"""The model's assumptions at one end of their range, and the rings around city seats that some depend on.

``low`` gives the shortest times, ``high`` the longest: a speed is then taken at the other end of its own
range.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from yrdgis.errors import InputError, UnknownNameError

if TYPE_CHECKING:
    from yrdgis.io import Layers

__all__ = ["RINGS", "Assumptions"]

Floats = npt.NDArray[np.float64]

RINGS = ("core", "middle", "outer")
"""Rings around a city seat, inside out; what lies beyond the middle ring is ``outer``."""

_OTHER_END = {"low": "high", "value": "value", "high": "low"}


@dataclass(frozen=True)
class Assumptions:
    """Parameters of some layers at ``value``, or all at the ``low`` or ``high`` end for travel times.

    Raises
    ------
    InputError
        If there is no such end.
    """

    layers: Layers
    which: str = "value"
    _rings: list[tuple[float, float, float, float]] = field(default_factory=list, compare=False, repr=False)

    def __post_init__(self) -> None:
        if self.which not in _OTHER_END:
            raise InputError(f"parameters are taken at value, low or high, not {self.which!r}")

    def __getitem__(self, parameter_id: str) -> float:
        """A parameter that lengthens travel when it grows: minutes, factors on minutes, detours, prices,
        radii.
        """
        return self.layers.parameter(parameter_id, self.which)

    def speed(self, parameter_id: str) -> float:
        """A parameter that shortens travel when it grows: speeds, factors on speeds, counts and reach of
        connectors.
        """
        return self.layers.parameter(parameter_id, _OTHER_END[self.which])

    def fixed(self, parameter_id: str) -> float:
        """A parameter at its value, whatever the end: rules that say what is connected, not how long it
        takes.
        """
        return self.layers.parameter(parameter_id, "value")

    def ring(self, lon: Floats, lat: Floats) -> npt.NDArray[np.int64]:
        """Ring of each point: 0 core, 1 middle, 2 outer, by distance from any city seat."""
        if not self._rings:
            self._rings.extend(self._city_rings())
        out = np.full(len(lon), 2)
        for seat_lon, seat_lat, core, middle in self._rings:
            km = distance_km(lon, lat, np.full(len(lon), seat_lon), np.full(len(lat), seat_lat))
            out = np.minimum(out, np.where(km <= core, 0, np.where(km <= middle, 1, 2)))
        return out

    def urban_min(self, km: Floats, rings: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]) -> Floats:
        """Minutes of an urban leg of so many road kilometres, half in the ring of each end."""
        pace = np.array([60 / self.speed(f"door.urban_speed_kph.{ring}") for ring in RINGS])
        return km / 2 * (pace[rings[0]] + pace[rings[1]])

    def _city_rings(self) -> list[tuple[float, float, float, float]]:
        cities: pd.DataFrame = self.layers["cities"]
        large = self.fixed("door.ring_large_min_gdp_100m_cny")
        found = []
        gdp = (
            cities["gdp_2020_100m_cny"] if "gdp_2020_100m_cny" in cities else pd.Series(np.nan, cities.index)
        )
        rows = zip(cities["city_id"], cities["seat_lon"], cities["seat_lat"], gdp >= large, strict=True)
        for city_id, lon, lat, is_large in rows:
            kinds = (str(city_id).split(":", 1)[-1], "large" if is_large else "other")
            core, middle = (self._ring_km(kinds, ring) for ring in RINGS[:2])
            found.append((float(lon), float(lat), core, middle))
        return found

    def _ring_km(self, kinds: tuple[str, ...], ring: str) -> float:
        for kind in kinds[:-1]:
            try:
                return self[f"door.ring_km.{kind}.{ring}"]
            except UnknownNameError:
                continue
        return self[f"door.ring_km.{kinds[-1]}.{ring}"]


def distance_km(lon_a: Floats, lat_a: Floats, lon_b: Floats, lat_b: Floats) -> Floats:
    """Great-circle kilometres between points in WGS84 degrees.

    Examples
    --------
    >>> lon, lat = np.array([121.0]), np.array([31.0])
    >>> distance_km(lon, lat, lon, lat + 1).round(1).tolist()
    [111.2]
    """
    earth_km = 6371.0088
    a, b = np.radians(lat_a), np.radians(lat_b)
    half = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(np.radians(lon_b - lon_a) / 2) ** 2
    return 2 * earth_km * np.arcsin(np.sqrt(half))
