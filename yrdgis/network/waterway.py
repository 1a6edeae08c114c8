"""Sailing: which vessel may use which waterway, how fast, for how much.

Classes follow GB 50139: I is the largest, VII the smallest. A barge is built for a class and may use that class
and every larger one; so a vessel of class IV may use every inland link that one of class III may. Canal barges
keep to canals and rivers; river-sea ships and feeders to rivers of class I and the coast.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from yrdgis.errors import InputError
from yrdgis.network.assumptions import Assumptions
from yrdgis.network.drive import both_ways
from yrdgis.network.model import LINK_COLUMNS, together

__all__ = ["CLASSES", "Vessel", "afloat", "may_sail", "sailing_links", "vessels_for"]

Floats = npt.NDArray[np.float64]

CLASSES = ("I", "II", "III", "IV", "V", "VI", "VII")
"""Classes of inland waterways, the largest first."""

_REFERENCE = "III"
"""Class of the barge that the tariffs of the parameters are for."""


@dataclass(frozen=True)
class Vessel:
    """A kind of vessel: its id, the class it is built for, where it sails, and whose tariff it has."""

    vessel_id: str
    carrier: str
    vessel_class: str
    waters: frozenset[str]


_SHIPS = (
    Vessel("yangtze", "yangtze", "I", frozenset({"river"})),
    Vessel("river_sea", "river_sea", "I", frozenset({"river", "coastal"})),
    Vessel("sea_feeder", "sea_feeder", "I", frozenset({"river", "coastal"})),
)
_INLAND = frozenset({"inland", "river"})


def may_sail(vessel_class: str, link_class: str) -> bool:
    """Whether a barge built for one class fits a waterway of another.

    Raises
    ------
    InputError
        If one of them is no class.

    Examples
    --------
    >>> may_sail("IV", "III"), may_sail("III", "IV")
    (True, False)
    """
    strange = [name for name in (vessel_class, link_class) if name not in CLASSES]
    if strange:
        raise InputError(f"no waterway class {', '.join(strange)}; there are {', '.join(CLASSES)}")
    return CLASSES.index(link_class) <= CLASSES.index(vessel_class)


def vessels_for(classes: Iterable[str]) -> tuple[Vessel, ...]:
    """Vessels that waterways of some classes call for: a barge for each class below I, and the ships.

    Examples
    --------
    >>> [vessel.vessel_id for vessel in vessels_for(["III", "I", "V"])]
    ['barge-III', 'barge-V', 'yangtze', 'river_sea', 'sea_feeder']
    """
    there = set(classes)
    barges = [Vessel(f"barge-{name}", "barge", name, _INLAND) for name in CLASSES[1:] if name in there]
    return (*barges, *_SHIPS)


def afloat(node_id: str, vessel_id: str) -> str:
    """Node of a vessel at a place on the water."""
    return f"{node_id}@{vessel_id}"


def sailing_links(links: pd.DataFrame, waterways: pd.DataFrame, assume: Assumptions) -> pd.DataFrame:
    """Directed links of every vessel on every waterway that it may use.

    Parameters
    ----------
    links : pandas.DataFrame
        Rows of ``water_links`` in service, with the class of the day and ``dated``.
    waterways : pandas.DataFrame
        ``waterway_id``, ``category``, ``vessel_class`` and ``typical_speed_kph``.
    assume : Assumptions

    Returns
    -------
    pandas.DataFrame
        Links of a network, mode ``freight``, kind ``waterway``: locks count in ``total_min`` only; cost in yuan
        and CO2 in kilograms per TEU, the empty return with them. ``service_id`` is the vessel.
    """
    of = waterways.set_index("waterway_id").reindex(links["waterway_id"])
    water = _column(of, "category", "inland")
    strange = sorted({str(name) for name in links["vessel_class"]} - set(CLASSES))
    if strange:
        raise InputError(
            f"water_links: no waterway class {', '.join(strange)}; there are {', '.join(CLASSES)}"
        )
    typical = _typical_speed(links, of, assume)
    rank = links["vessel_class"].map(CLASSES.index).to_numpy(int)
    parts = []
    for vessel in vessels_for(links["vessel_class"]):
        fits = water.isin(vessel.waters).to_numpy() & (rank <= CLASSES.index(vessel.vessel_class))
        if fits.any():
            coastal = water.to_numpy(object)[fits] == "coastal"
            kph = _speed(vessel, typical[fits], coastal, assume)
            parts.append(_of_vessel(links[fits], vessel, kph, assume))
    return both_ways(together(parts, LINK_COLUMNS))


def _typical_speed(links: pd.DataFrame, of: pd.DataFrame, assume: Assumptions) -> Floats:
    """Speed of the waterway, scaled by the class of the link against that of the whole waterway."""
    own = links["vessel_class"].map(lambda name: assume.speed(f"freight.vessel_speed_kph.{name}"))
    whole = _column(of, "vessel_class", "").to_numpy(object)
    base = [assume.fixed(f"freight.vessel_speed_kph.{name}") if name in CLASSES else np.nan for name in whole]
    listed = _column(of, "typical_speed_kph", np.nan).to_numpy(float)
    scaled = listed * own.to_numpy(float) / np.array(base)
    return np.where(np.isfinite(scaled), scaled, own.to_numpy(float))


def _speed(vessel: Vessel, typical: Floats, coastal: npt.NDArray[np.bool_], assume: Assumptions) -> Floats:
    """Speed of a vessel: its own at sea, else no faster than the waterway's."""
    if vessel.carrier == "barge":
        return np.minimum(typical, assume.speed(f"freight.vessel_speed_kph.{vessel.vessel_class}"))
    own = assume.speed(f"freight.ship_speed_kph.{vessel.carrier}")
    return np.where(coastal, own, np.minimum(typical, own))


def _of_vessel(links: pd.DataFrame, vessel: Vessel, kph: Floats, assume: Assumptions) -> pd.DataFrame:
    km = links["length_km"].to_numpy(float)
    minutes = km / kph * 60
    locks = _column(links, "locks", 0).to_numpy(float) * assume["freight.lock_min"]
    scale = _scale(vessel, assume)
    cny = assume[f"freight.cny_per_teu_km.{vessel.carrier}"] * scale
    grams = assume[f"freight.co2_g_per_tkm.{vessel.carrier}"] * assume["freight.teu_tonnes"] * scale
    ends = {
        end: [afloat(node, vessel.vessel_id) for node in links[end]] for end in ("from_node_id", "to_node_id")
    }
    return pd.DataFrame(
        {
            **ends,
            "mode": "freight",
            "kind": "waterway",
            "length_km": km,
            "in_vehicle_min": minutes,
            "total_min": minutes + locks,
            "cost_cny": km * cny * (1 + assume["freight.empty_return_factor.water"]),
            "co2_kg": km * grams / 1000 * (1 + assume["freight.empty_return_co2_factor.water"]),
            "line_id": links["waterway_id"].to_numpy(object),
            "service_id": vessel.vessel_id,
            "train_class": vessel.vessel_class if vessel.carrier == "barge" else "",
            "confidence": links["confidence"].to_numpy(object),
            "dated": links["dated"].to_numpy(bool),
            "infra_id": links["link_id"].to_numpy(object),
        },
        index=pd.Index([f"{link}@{vessel.vessel_id}" for link in links["link_id"]], dtype=object),
    )


def _scale(vessel: Vessel, assume: Assumptions) -> float:
    """Cost of a box on this barge over that on one of class III: larger vessels are cheaper by the box."""
    if vessel.carrier != "barge":
        return 1.0
    boxes = [assume.fixed(f"freight.vessel_teu.{name}") for name in (_REFERENCE, vessel.vessel_class)]
    return float((boxes[0] / boxes[1]) ** assume.fixed("freight.vessel_scale_exponent"))


def _column(frame: pd.DataFrame, name: str, default: str | float) -> pd.Series:
    return frame[name].fillna(default) if name in frame else pd.Series(default, index=frame.index)
