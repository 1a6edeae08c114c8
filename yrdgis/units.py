"""Units: kilometres, minutes and kilometres an hour, and what the end of a column name says.

Examples
--------
>>> travel_min(30.0, 120.0)
15.0
>>> unit_of("free_speed_kph"), unit_of("length_km", "zh"), unit_of("name")
('km/h', '公里', '')
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from yrdgis.errors import InputError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Number = TypeVar("Number", float, pd.Series, NDArray)

__all__ = ["UNITS", "duration_text", "speed_kph", "travel_min", "unit_of"]

UNITS: dict[str, tuple[str, str]] = {
    "cost_cny_teu": ("yuan/TEU", "元/标箱"),
    "co2_kg_teu": ("kg CO2/TEU", "千克二氧化碳/标箱"),
    "co2_kg": ("kg CO2", "千克二氧化碳"),
    "co2_g": ("g CO2", "克二氧化碳"),
    "100m_cny": ("100 million yuan", "亿元"),
    "cny": ("yuan", "元"),
    "km2": ("km2", "平方公里"),
    "kph": ("km/h", "公里/小时"),
    "km": ("km", "公里"),
    "m": ("m", "米"),
    "min": ("min", "分钟"),
    "h": ("h", "小时"),
    "ms": ("ms", "毫秒"),
    "deg": ("degrees", "度"),
    "lon": ("degrees E", "东经(度)"),
    "lat": ("degrees N", "北纬(度)"),
    "share": ("share", "比例"),
    "pct": ("%", "%"),
    "teu": ("TEU", "标箱"),
    "per_day": ("per day", "次/日"),
    "people": ("people", "人"),
}
"""Ends of column names, and the unit that each stands for in English and Chinese."""


def unit_of(column: str, language: str = "en") -> str:
    """Unit that the end of a column name stands for.

    Parameters
    ----------
    column : str
        Column name, such as ``length_km``; the suffixes of comparisons (``_before``, ``_after``) are looked
        through.
    language : {"en", "zh"}
        Language of the unit.

    Returns
    -------
    str
        Unit, or an empty text where the name ends in none.

    Examples
    --------
    >>> unit_of("time_min_before", "zh")
    '分钟'
    """
    name = column.removesuffix("_before").removesuffix("_after")
    for ending in sorted(UNITS, key=len, reverse=True):
        if name == ending or name.endswith(f"_{ending}"):
            return UNITS[ending][1 if language == "zh" else 0]
    return ""


def travel_min(length_km: Number, speed_kph: Number) -> Number:
    """Minutes that a length takes at a speed; numbers, arrays and series alike.

    Raises
    ------
    InputError
        If a speed is not above zero.

    Examples
    --------
    >>> travel_min(10.0, 60.0)
    10.0
    """
    _require_positive(speed_kph, "speed_kph")
    return length_km / speed_kph * 60.0


def speed_kph(length_km: Number, time_min: Number) -> Number:
    """Kilometres an hour of a length covered in some minutes; numbers, arrays and series alike.

    Raises
    ------
    InputError
        If a time is not above zero.

    Examples
    --------
    >>> speed_kph(84.0, 24.0)
    210.0
    """
    _require_positive(time_min, "time_min")
    return length_km / time_min * 60.0


def duration_text(time_min: float, language: str = "en") -> str:
    """Minutes in words, as a traveller says them.

    Examples
    --------
    >>> duration_text(95.2), duration_text(95.2, "zh"), duration_text(42.0, "zh")
    ('1 h 35 min', '1小时35分钟', '42分钟')
    """
    hours, minutes = divmod(round(time_min), 60)
    if language == "zh":
        return (f"{hours}小时" if hours else "") + (f"{minutes}分钟" if minutes or not hours else "")
    parts = [f"{hours} h"] if hours else []
    return " ".join(parts + ([f"{minutes} min"] if minutes or not hours else []))


def _require_positive(value: object, name: str) -> None:
    """Refuse zero and less; NaN passes, since it means that nothing is known."""
    import numpy as np

    numbers = np.asarray(value, dtype=float)
    if (numbers <= 0).any():
        raise InputError(f"{name!r} is {numbers[numbers <= 0].flat[0]:g}; it has to be above zero.")
