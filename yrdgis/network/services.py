"""Rail services of a date as nodes and links: which trains run, how long they take, where one may change.

A service runs when every track link that its route needs is open. For each pair of stations that a train
joins without a change, and each class of train, the fastest such train becomes one ``ride`` link; so a leg of
a path is one link, and no path pays a dwell at the station where it boards. Around the rides stand the
station's links::

    station:x  --board-->  station:x#dep  --ride-->  station:y#arr  --alight-->  station:y
                                                     station:y#arr  --transfer-->  station:y#dep

Boarding costs the station process of its class and a change between two reserved trains only the minimum
transfer. Turn-up services (suburban) have their own pair of nodes per service, ``service:s@station:x#dep``
and ``#arr``, since each has its own headway; half of it, capped, is waited on boarding.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from yrdgis.io.dates import in_service
from yrdgis.network.assumptions import Assumptions
from yrdgis.network.drive import both_ways
from yrdgis.network.model import LINK_COLUMNS, together, worst
from yrdgis.network.rail_times import Floats, Rides, ServiceTable, part_values, services_running

if TYPE_CHECKING:
    from yrdgis.io import Layers

__all__ = ["TURN_UP", "running_services", "service_links", "service_table"]

TURN_UP = "S"
"""Class of the trains that nobody books: half the interval between them is waited."""

_TARIFF = {"G": "high_speed", "D": "intercity", "C": "intercity", "K": "conventional", "S": "suburban"}


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
        Ids of the rows of ``rail_links`` that are in service, projects already added or left out. Freight
        lines may be among them; they carry no passengers.
    as_of : datetime.date
        Day on which services and stations themselves must be in service.
    parameters : {"value", "low", "high"}
        Which end of the parameters to use; ``low`` gives the shortest times, whatever the sign of a
        parameter.
    period : {"free", "peak"}
        Headways of turn-up services are those of the period.
    variant : {"expected", "optimistic", "pessimistic"}
        Which opening dates of services and stations count.

    Returns
    -------
    nodes : pandas.DataFrame
        Indexed by node_id (``station:x#dep``, ``station:x#arr`` ...): name, name_zh, lon, lat, kind
        ``platform``. The stations ``station:x`` themselves are the caller's, but for yards and junctions that
        become stations.
    links : pandas.DataFrame
        Indexed by link_id: the columns of a network's links (mode ``rail``; kind ``ride``, ``board``,
        ``alight`` or ``transfer``; minutes, kilometres, yuan, kg CO2 per traveller; a ride is one leg), and
        ``train_class``, ``rail_link_ids`` (";"-joined track links of the ride in order), ``line_id``
        (";"-joined lines in order), ``trains_per_day`` (over all services that join the
        pair, as counted in January 2021; NaN where not known) and ``schedule_delay_min``: a quarter of the
        interval between them, how far the nearest train is from the wished time; it is told apart, in no total.

    Raises
    ------
    NetworkError
        If a service's route has a gap: two consecutive stations that no track link joins.
    """
    table = service_table(layers)
    assume = Assumptions(layers, parameters)
    there = frozenset(open_links)
    running, rides = running_services(layers, table, there, as_of, variant)
    values = part_values(assume.__getitem__, assume.speed)
    reserved = {s for s in running if table.way_of[s].train_class != TURN_UP}
    turn_up = {s for s in running if table.way_of[s].train_class == TURN_UP}
    best = rides.fastest(values, rides.of(reserved))
    own = _each_service(rides, values, turn_up)
    dated = table.links["opened_expected"].notna() | table.links["status"].ne("operating")
    facts = _Facts(table, assume, dated.to_dict(), period)
    parts = [
        facts.rides(best, ""),
        facts.rides(own, "service"),
        facts.doors_reserved(best),
        facts.doors_turn_up(own),
        _walks(table, there, assume),
    ]
    links = together(parts, LINK_COLUMNS)
    return _platforms(layers, links), links


def service_table(layers: Layers) -> ServiceTable:
    """Services of some layers with their track; read at first use and kept on the layers object."""
    kept: dict[str, Any] = layers.__dict__.setdefault("_network_base", {})
    if "services" not in kept:
        kept["services"] = ServiceTable(layers)
    return kept["services"]


def running_services(
    layers: Layers, table: ServiceTable, open_links: Iterable[str], as_of: dt.date, variant: str = "expected"
) -> tuple[set[str], Rides]:
    """Services that run on a day, and the rides of all services with the stops of that day.

    A service runs when all its track is open. Dates of its own count where it began later than its track
    opened, or ended; so a project that brings the track forward brings its trains forward too.
    """
    services = table.services
    opened = pd.to_datetime(services["opened_expected"])
    apart = services[(opened > table.track_opened) | services["closed_on"].notna()]
    barred = set(apart.index[~in_service(apart, as_of, layers.valid_on, variant).to_numpy(bool)])
    running = {s for s in services_running(table, frozenset(open_links)) if s not in barred}
    return running, table.rides(_closed_stations(layers, table, as_of))


def _closed_stations(layers: Layers, table: ServiceTable, as_of: dt.date) -> set[str]:
    """Stations that opened later than the track they stand on and are not open yet on the day.

    A station that opened with its track is open wherever the track is, also where a project brings that
    forward.
    """
    stations = layers["rail_stations"].set_index("station_id")
    ends = pd.concat(
        [table.links.set_index(end)["opened_expected"] for end in ("from_node_id", "to_node_id")]
    )
    track = pd.to_datetime(ends.fillna(pd.Timestamp.min)).groupby(level=0).min()
    opened = pd.to_datetime(stations["opened_expected"])
    later = stations["status"].eq("operating") & (opened > track.reindex(stations.index))
    shut = pd.to_datetime(stations["closed_on"]) <= pd.Timestamp(as_of)
    return set(stations.index[(later & (opened > pd.Timestamp(as_of))) | shut])


def _each_service(rides: Rides, values: Floats, services: set[str]) -> pd.DataFrame:
    """Rides between neighbouring and further stops of each turn-up service, every one kept."""
    among = rides.of(services)
    return rides.frame[among].assign(in_vehicle_min=rides.parts[among] @ values)


@dataclass(frozen=True)
class _Facts:
    """What all links of a date are made with."""

    table: ServiceTable
    assume: Assumptions
    dated: dict[Any, bool]
    period: str

    def rides(self, rides: pd.DataFrame, kind: str) -> pd.DataFrame:
        """Ride links of both directions; ``kind`` tells rides of a service's own platforms from the rest."""
        if rides.empty:
            return pd.DataFrame()
        own = rides["service_id"].to_numpy(object) if kind else np.full(len(rides), "", dtype=object)
        track = [
            self.table.way_of[s].link_ids[a:b]
            for s, a, b in zip(rides["service_id"], rides["first"], rides["last"], strict=True)
        ]
        forward = self._one_way(rides, own, track, "from_id", "to_id")
        back = self._one_way(rides, own, [links[::-1] for links in track], "to_id", "from_id")
        return together([forward, back], LINK_COLUMNS)

    def _one_way(
        self, rides: pd.DataFrame, own: np.ndarray, track: list[tuple[str, ...]], start: str, end: str
    ) -> pd.DataFrame:
        links = self.table.links
        line_of, sure = links["line_id"].to_dict(), links["confidence"].to_dict()
        km = rides["length_km"].to_numpy(float)
        tariff = rides["train_class"].map(_TARIFF)
        services = self.table.services.loc[rides["service_id"]]
        trains = self._trains(rides, services["trains_per_day"].to_numpy(float, na_value=np.nan))
        names = [
            f"ride:{service or train_class}/{_slug(a)}--{_slug(b)}"
            for service, train_class, a, b in zip(
                own, rides["train_class"], rides[start], rides[end], strict=True
            )
        ]
        return pd.DataFrame(
            {
                "from_node_id": _nodes(own, rides[start], "dep"),
                "to_node_id": _nodes(own, rides[end], "arr"),
                "mode": "rail",
                "kind": "ride",
                "length_km": km,
                "in_vehicle_min": rides["in_vehicle_min"].to_numpy(float),
                "total_min": rides["in_vehicle_min"].to_numpy(float),
                "cost_cny": km * tariff.map(lambda t: self.assume[f"fare.cny_per_km.{t}"]).to_numpy(float),
                "co2_kg": km * tariff.map(lambda t: self.assume[f"co2.g_per_km.{t}"]).to_numpy(float) / 1000,
                "legs": 1,
                "line_id": [";".join(dict.fromkeys(line_of[link] for link in way)) for way in track],
                "service_id": rides["service_id"].to_numpy(object),
                "train_class": rides["train_class"].to_numpy(object),
                "rail_link_ids": [";".join(way) for way in track],
                "trains_per_day": trains,
                "schedule_delay_min": self.assume["rail.operating_hours"] * 60 / trains / 4,
                "confidence": [
                    worst([*(sure[link] for link in way), service])
                    for way, service in zip(track, services["confidence"], strict=True)
                ],
                "assumed": services["assumed"].to_numpy(bool),
                "dated": [all(self.dated[link] for link in way) for way in track],
            },
            index=pd.Index(names, dtype=object),
        )

    def _trains(self, rides: pd.DataFrame, own: Floats) -> Floats:
        """Direct trains a day of each ride's pair and class where they were counted, else of its service."""
        keys = zip(rides["from_id"], rides["to_id"], rides["train_class"], strict=True)
        counted = np.array([self.table.counted.get((frozenset((a, b)), c), np.nan) for a, b, c in keys])
        return np.where(np.isnan(counted), own, counted)

    def doors_reserved(self, rides: pd.DataFrame) -> pd.DataFrame:
        """Boarding, alighting and changing at the stations of reserved trains, by class of station."""
        stations = (
            np.unique(rides[["from_id", "to_id"]].to_numpy(object))
            if len(rides)
            else np.array([], dtype=object)
        )
        classes = [self.table.station_class.get(s, "main") for s in stations]
        dep, arr = (
            _nodes(np.full(len(stations), ""), stations, "dep"),
            _nodes(np.full(len(stations), ""), stations, "arr"),
        )
        process, leave, change = (
            [self.assume[f"rail.{what}.{c}"] for c in classes]
            for what in ("process_min", "exit_min", "transfer_min")
        )
        return together(
            [
                _door("board", stations, dep, process),
                _door("alight", arr, stations, leave),
                _door("transfer", arr, dep, change),
            ],
            LINK_COLUMNS,
        )

    def doors_turn_up(self, rides: pd.DataFrame) -> pd.DataFrame:
        """Boarding with the wait for the next train, and alighting, of each turn-up service."""
        ends = pd.concat(
            [
                rides[["service_id", end]].set_axis(["service_id", "station"], axis=1)
                for end in ("from_id", "to_id")
            ]
        )
        ends = ends.drop_duplicates().sort_values(["service_id", "station"], kind="stable")
        service, station = ends["service_id"].to_numpy(object), ends["station"].to_numpy(object)
        published = self.table.services.loc[service, "headway_min"].to_numpy(float, na_value=np.nan)
        headway = np.where(np.isnan(published), self.assume[f"suburban.headway_min.{self.period}"], published)
        wait = np.minimum(headway / 2, self.assume["turnup.max_wait_min"])
        board = _door(
            "board", station, _nodes(service, station, "dep"), self.assume["turnup.process_min"] + wait
        )
        board["wait_min"] = wait
        alight = _door(
            "alight",
            _nodes(service, station, "arr"),
            station,
            np.full(len(ends), self.assume["turnup.exit_min"]),
        )
        return together([board.assign(service_id=service), alight.assign(service_id=service)], LINK_COLUMNS)


def _door(kind: str, tails: np.ndarray, heads: np.ndarray, minutes: Floats | list[float]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "from_node_id": np.asarray(tails, dtype=object),
            "to_node_id": np.asarray(heads, dtype=object),
            "mode": "rail",
            "kind": kind,
            "total_min": np.asarray(minutes, dtype=float),
            "assumed": True,
        },
        index=pd.Index(
            [f"{kind}:{head if kind == 'board' else tail}" for tail, head in zip(tails, heads, strict=True)],
            dtype=object,
        ),
    )


def _walks(table: ServiceTable, open_links: frozenset[str], assume: Assumptions) -> pd.DataFrame:
    """Walks between stations of one hub, which the layers keep among the rail links."""
    walks = table.links[table.links["category"].eq("walk") & table.links.index.isin(open_links)]
    if walks.empty:
        return pd.DataFrame()
    km = walks["length_km"].to_numpy(float)
    return both_ways(
        pd.DataFrame(
            {
                "from_node_id": walks["from_node_id"].to_numpy(object),
                "to_node_id": walks["to_node_id"].to_numpy(object),
                "mode": "walk",
                "kind": "walk",
                "length_km": km,
                "total_min": km / assume.speed("door.walk_speed_kph") * 60,
                "legs": 1,
                "confidence": walks["confidence"].to_numpy(object),
                "assumed": True,
            },
            index=pd.Index(walks.index.to_numpy(object)),
        )
    )


def _nodes(own: np.ndarray, stations: pd.Series | np.ndarray, side: str) -> np.ndarray:
    """Ids of platforms: of a station, or of one service at it."""
    return np.array(
        [f"{s}@{x}#{side}" if s else f"{x}#{side}" for s, x in zip(own, stations, strict=True)], dtype=object
    )


def _slug(station: str) -> str:
    return station.split(":", 1)[-1]


def _platforms(layers: Layers, links: pd.DataFrame) -> pd.DataFrame:
    """Platform nodes at the position of their station, and yards and junctions where trains will stop."""
    ids = (
        np.unique(links[["from_node_id", "to_node_id"]].to_numpy(object))
        if len(links)
        else np.array([], dtype=object)
    )
    stations = layers["rail_stations"].set_index("station_id")
    platforms = [node for node in ids if "#" in node]
    other = [node for node in ids if "#" not in node and stations["kind"].get(node, "station") != "station"]
    station = [node.rsplit("#", 1)[0].rsplit("@", 1)[-1] for node in platforms]
    at = stations[["name", "name_zh", "lon", "lat"]].reindex([*station, *other])
    kinds = ["platform"] * len(platforms) + ["station"] * len(other)
    return at.set_axis(pd.Index([*platforms, *other], name="node_id", dtype=object)).assign(kind=kinds)
