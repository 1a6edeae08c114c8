"""Tell what kind of numbers the coordinates are: degrees, swapped degrees, zone metres, Web Mercator.

Chinese survey data come as CGCS2000 Gauss-Kruger metres, with the number of the zone in front of the
easting or without it, often with northing first, and often with no CRS or a wrong one recorded. The range
of the numbers leaves a few candidates; only where they come to lie can choose between those.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yrdgis.doctor.reference import Reference

__all__ = ["Candidate", "CrsVerdict", "candidates", "tell_crs"]

Floats = NDArray[np.float64]

_CHINA = (73.0, 3.0, 136.0, 54.0)
_IN_ENOUGH = 0.8
_OUT_ENOUGH = 0.2
_EASTING_M = (10_000, 990_000)  # data of a whole province reach far beyond the strip of their zone
_STRAY_DEG = 3.0


@dataclass(frozen=True)
class Candidate:
    """One reading of the numbers: a CRS, and whether the axes are swapped.

    ``share`` is the part of the points that this reading puts into the area of the layers (NaN without an
    area).
    """

    crs: str
    swapped: bool
    label: str
    share: float = float("nan")

    def degrees(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Longitude and latitude of the raw numbers under this reading."""
        a, b = (y, x) if self.swapped else (x, y)
        return (a, b) if self.crs == "EPSG:4326" else _transformer(self.crs).transform(a, b)


@dataclass(frozen=True)
class CrsVerdict:
    """Which reading holds.

    Attributes
    ----------
    chosen : Candidate or None
        None where the evidence does not carry.
    status : str
        as recorded, missing, wrong, or not sure.
    score : float
        0 to 1.
    why : str
        One sentence.
    candidates : list of Candidate
        All readings that the numbers allow, best first.
    """

    chosen: Candidate | None
    status: str
    score: float
    why: str
    candidates: list[Candidate] = field(default_factory=list)


@lru_cache(maxsize=64)
def _transformer(crs: str) -> Any:
    from pyproj import Transformer

    return Transformer.from_crs(crs, "EPSG:4326", always_xy=True)


def _zone_candidates(east: Floats, north: Floats, *, swapped: bool) -> list[Candidate]:
    """Gauss-Kruger and UTM readings of metres, easting first."""
    e, n = float(np.median(east)), float(np.median(north))
    if not 300_000 <= n <= 6_100_000:
        return []
    first = "northing first, " if swapped else ""
    zone = int(e // 1_000_000)
    found = []
    least, most = _EASTING_M
    if least <= e - zone * 1_000_000 <= most:
        if 25 <= zone <= 45:
            found.append(
                Candidate(
                    f"EPSG:{4513 + zone - 25}",
                    swapped,
                    f"{first}CGCS2000 3-degree zone {zone} (number in the easting)",
                )
            )
        if 13 <= zone <= 23:
            found.append(
                Candidate(
                    f"EPSG:{4491 + zone - 13}",
                    swapped,
                    f"{first}CGCS2000 6-degree zone {zone} (number in the easting)",
                )
            )
    if least <= e <= most:
        for step in range(21):
            meridian = 75 + 3 * step
            found.append(
                Candidate(
                    f"EPSG:{4534 + step}",
                    swapped,
                    f"{first}CGCS2000 Gauss-Kruger, central meridian {meridian} E, no zone number",
                )
            )
        found += [Candidate(f"EPSG:{32600 + z}", swapped, f"{first}UTM zone {z}N") for z in range(43, 54)]
    return found


def candidates(x: Floats, y: Floats) -> list[Candidate]:
    """Readings that the numbers allow.

    Parameters
    ----------
    x, y : numpy.ndarray
        Raw coordinates, first and second.

    Examples
    --------
    >>> import numpy as np
    >>> [c.label for c in candidates(np.array([40_617_000.0]), np.array([3_456_000.0]))]
    ['CGCS2000 3-degree zone 40 (number in the easting)']
    >>> [c.swapped for c in candidates(np.array([31.2]), np.array([121.5]))]
    [True]
    """
    if not len(x):
        return []
    mx, my = float(np.median(x)), float(np.median(y))
    if abs(mx) <= 180 and abs(my) <= 180:
        found = []
        if abs(my) <= 90:
            found.append(Candidate("EPSG:4326", False, "degrees, longitude first"))
        if abs(mx) <= 90:
            found.append(Candidate("EPSG:4326", True, "degrees, latitude first (axes swapped)"))
        return found
    found = _zone_candidates(x, y, swapped=False) + _zone_candidates(y, x, swapped=True)
    for a, b, swapped in ((mx, my, False), (my, mx, True)):
        if 8_000_000 <= a <= 15_200_000 and 300_000 <= b <= 7_300_000:
            found.append(
                Candidate("EPSG:3857", swapped, "Web Mercator" + (", axes swapped" if swapped else ""))
            )
    return found


def _inside(candidate: Candidate, x: Floats, y: Floats, area: Any) -> float:
    import shapely

    lon, lat = candidate.degrees(x, y)
    good = np.isfinite(lon) & np.isfinite(lat)
    if not good.any():
        return 0.0
    shapely.prepare(area)
    return float(shapely.contains_xy(area, np.where(good, lon, 0.0), np.where(good, lat, 0.0)).mean())


def _in_china(candidate: Candidate, x: Floats, y: Floats) -> bool:
    lon, lat = candidate.degrees(x, y)
    west, south, east, north = _CHINA
    return bool(np.nanmean((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)) > 0.5)


def _astray(declared: Any, candidate: Candidate, x: Floats, y: Floats) -> bool:
    """Whether a recorded CRS puts most points far outside the area for which it is made."""
    lon, lat = candidate.degrees(x, y)
    use = declared.area_of_use
    west, south, east, north = use.bounds if use is not None else (-180.0, -90.0, 180.0, 90.0)
    if east < west:  # across the date line
        west, east = -180.0, 180.0
    inside = (lon >= max(west - _STRAY_DEG, -180)) & (lon <= min(east + _STRAY_DEG, 180))
    inside &= (lat >= south - _STRAY_DEG) & (lat <= north + _STRAY_DEG)
    return bool(len(x)) and bool(inside.mean() < 0.5)


def _usable_declared(declared: Any, found: list[Candidate]) -> Candidate | None:
    """The candidate that agrees with what is recorded; recorded projections of any other kind become one."""
    if declared is None:
        return None
    if declared.is_geographic:
        return next((c for c in found if c.crs == "EPSG:4326" and not c.swapped), None)
    code = declared.to_epsg()
    name = f"EPSG:{code}" if code else declared.to_wkt()
    return next(
        (c for c in found if c.crs == name and not c.swapped),
        Candidate(name, False, f"as recorded ({declared.name})"),
    )


def tell_crs(x: Floats, y: Floats, declared: Any, reference: Reference | None) -> CrsVerdict:
    """Which CRS the numbers are in, against what the file records.

    Parameters
    ----------
    x, y : numpy.ndarray
        Raw coordinates of a sample of points.
    declared : pyproj.CRS or None
        What the file records.
    reference : Reference or None
        Known places; its area chooses between readings.

    Returns
    -------
    CrsVerdict
        Readings that put no point into China are dropped if another one does. A recorded CRS is believed
        unless the numbers can't be in it, or another reading puts the points into the area of the layers
        and the recorded one does not.
    """
    good = np.isfinite(x) & np.isfinite(y)
    x, y = x[good][:5000], y[good][:5000]
    found = candidates(x, y)
    recorded = _usable_declared(declared, found)
    if recorded is not None and not declared.is_geographic and _astray(declared, recorded, x, y):
        recorded = None
        found = [c for c in found if c.crs != f"EPSG:{declared.to_epsg()}" or c.swapped]
    pool = [recorded, *(c for c in found if c != recorded)] if recorded else found
    if not pool:
        told = f"numbers around {np.median(x):.6g}, {np.median(y):.6g}" if len(x) else "no coordinates"
        but = f", {declared.name} as recorded included" if declared is not None else ""
        return CrsVerdict(None, "not sure", 0.0, f"{told} fit no CRS that is known here{but}")
    chinese = [c for c in pool if _in_china(c, x, y)]
    pool = chinese or pool
    if reference is not None and reference.area is not None:
        pool = [Candidate(c.crs, c.swapped, c.label, _inside(c, x, y, reference.area)) for c in pool]
        pool.sort(key=lambda c: -c.share)
    return _decide(pool, recorded, declared)


def _decide(pool: list[Candidate], recorded: Candidate | None, declared: Any) -> CrsVerdict:
    best = pool[0]
    mine = next(
        (c for c in pool if recorded and (c.crs, c.swapped) == (recorded.crs, recorded.swapped)), None
    )
    known_area = not np.isnan(best.share)
    rivals = [c for c in pool[1:] if known_area and c.share > _OUT_ENOUGH and not _same_numbers(c, best)]
    if mine is not None:
        if not known_area or mine.share >= _IN_ENOUGH or best.share < _IN_ENOUGH or mine.share > _OUT_ENOUGH:
            where = f"; {mine.share:.0%} of the points lie in the area of the layers" if known_area else ""
            return CrsVerdict(
                mine,
                "as recorded",
                0.95 if known_area and mine.share >= _IN_ENOUGH else 0.6,
                f"{mine.label}, as recorded{where}",
                pool,
            )
        if rivals:
            return CrsVerdict(None, "not sure", 0.0, _several(pool), pool)
        why = (
            f"recorded as {declared.name}, which puts {mine.share:.0%} of the points into the area of the "
            f"layers; as {best.label} it is {best.share:.0%}"
        )
        return CrsVerdict(best, "wrong", 0.9, why, pool)
    status = "missing" if declared is None else "wrong"
    told = "no CRS is recorded" if declared is None else f"the numbers can't be {declared.name}"
    if known_area and best.share >= _IN_ENOUGH and not rivals:
        return CrsVerdict(
            best,
            status,
            0.9,
            f"{told}; {best.share:.0%} of the points lie in the area of the layers as {best.label}",
            pool,
        )
    if len(pool) == 1 or all(_same_numbers(c, best) for c in pool[1:]):
        away = known_area and best.share <= _OUT_ENOUGH
        where = ", though that is outside the area of the layers" if away else ""
        return CrsVerdict(
            best, status, 0.5 if away else 0.75, f"{told}; the numbers allow only {best.label}{where}", pool
        )
    return CrsVerdict(None, "not sure", 0.0, f"{told}; {_several(pool)}", pool)


def _same_numbers(one: Candidate, other: Candidate) -> bool:
    return one.crs == other.crs and one.swapped == other.swapped


def _several(pool: list[Candidate]) -> str:
    return "the numbers allow " + "; ".join(c.label for c in pool[:6]) + (" ..." if len(pool) > 6 else "")
