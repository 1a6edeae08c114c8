"""Rail services of a date as nodes and links: which trains run, how long they take, where one may change.

A service runs when every track link that its route needs is open. For each pair of stations that a train joins
without a change, and each class of train, the fastest such train becomes one ``ride`` link; so a leg of a path is
one link, and no path pays a dwell at the station where it boards. Around the rides stand the station's links::

    station:x  --board-->  station:x#dep  --ride-->  station:y#arr  --alight-->  station:y
                                                     station:y#arr  --transfer-->  station:y#dep

Boarding costs the station process of its class and a change between two reserved trains only the minimum transfer.
Turn-up services (suburban) have their own pair of nodes per service, ``service:s@station:x#dep`` and ``#arr``, since
each has its own headway; half of it, capped, is waited on boarding.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from yrdgis.io import Layers

__all__ = ["service_links"]


def service_links(
    layers: Layers,
    open_links: Collection[str],
    *,
    as_of: dt.date,
    parameters: str = "value",
    period: str = "free",
    variant: str = "expected",
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Nodes and directed links of the trains that run on the open track.

    Parameters
    ----------
    layers : Layers
        Uses rail_lines, rail_links, rail_stations, services, service_stops, station_classes and parameters.
    open_links : collection of str
        Ids of the rows of ``rail_links`` that are in service, projects already added or left out. Freight lines may
        be among them; they carry no passengers.
    as_of : datetime.date
        Day on which services and stations themselves must be in service.
    parameters : {"value", "low", "high"}
        Which end of the parameters to use; ``low`` gives the shortest times, whatever the sign of a parameter.
    period : {"free", "peak"}
        Headways of turn-up services are those of the period.
    variant : {"expected", "optimistic", "pessimistic"}
        Which opening dates of services and stations count.

    Returns
    -------
    nodes : pandas.DataFrame
        Indexed by node_id (``station:x#dep``, ``station:x#arr`` ...): name, name_zh, lon, lat, kind ``platform``. The
        stations ``station:x`` themselves are the caller's.
    links : pandas.DataFrame
        Indexed by link_id: the columns of a network's links (mode ``rail``; kind ``ride``, ``board``, ``alight`` or
        ``transfer``; minutes, kilometres, yuan, kg CO2 per traveller; a ride is one leg), and ``train_class``,
        ``rail_link_ids`` (";"-joined track links of the ride in order), ``line_id`` (";"-joined lines in order),
        ``trains_per_day`` (NaN where not known).

    Raises
    ------
    NetworkError
        If a service's route has a gap: two consecutive stations that no track link joins.
    """
    raise NotImplementedError
