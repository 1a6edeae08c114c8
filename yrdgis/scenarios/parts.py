"""What minutes are made of: getting to and from the main way, riding, and waiting and changing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from yrdgis.metrics.answers import answer_of
from yrdgis.network import Network
from yrdgis.network.impedance import units

__all__ = ["PARTS", "parts_of"]

PARTS = ("access", "in_vehicle", "transfer")
"""Access and egress (urban legs, connectors); minutes in the vehicle; waits, stations and changes."""


def parts_of(
    network: Network, origins: Sequence[str], destinations: Sequence[str], *, mode: str, impedance: str
) -> pd.DataFrame:
    """Minutes of each pair's path by part; they add up to its time.

    Parameters
    ----------
    network : Network
    origins, destinations : sequence of str
    mode, impedance : str
        As for `yrdgis.metrics.skim.skim`.

    Returns
    -------
    pandas.DataFrame
        One row per pair, origins first; a column of minutes for each of ``PARTS``, NaN where there is no way.
    """
    links = network.links
    ends = (links["mode"].eq("access") | links["kind"].eq("connector")).to_numpy()
    whole = units(links, "in_vehicle_min" if impedance == "in_vehicle" else "total_min")
    riding = np.where(ends, 0, units(links, "in_vehicle_min"))
    access = np.where(ends, whole, 0)
    sums = {"access": access, "in_vehicle": riding, "transfer": whole - access - riding}
    answer = answer_of(network, origins, destinations, mode=mode, impedance=impedance, sums=sums)
    reached = answer.reached.ravel()
    return pd.DataFrame({part: np.where(reached, answer[part].ravel() / 60_000, np.nan) for part in PARTS})
