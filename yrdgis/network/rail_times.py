"""Running times of trains: what a ride is made of, and how long that takes.

A ride is kilometres at a running speed, stops, dwells and approaches to hubs. The parts of a ride depend on
the service alone; minutes are their product with the parameters of the layer, so that calibration and the
network use the same sum::

    minutes = sum(km / (speed x ratio)) x 60 + stops x speed / 100 x penalty + dwells + hub approaches

The speed of a train on a link is the lower of the design speed of the line and the top speed of its class.
The ratio, which turns it into the speed of a timetable, depends on the kind of train and of line. Half a stop
penalty is paid for leaving a station and half for reaching one, each by the speed on the neighbouring link.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from yrdgis.errors import NetworkError, all_at_once

if TYPE_CHECKING:
    from yrdgis.io import Layers

__all__ = [
    "FREE_PARAMETERS",
    "PARTS",
    "Rides",
    "ServiceTable",
    "Way",
    "minutes",
    "part_values",
    "services_running",
]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

FREE_PARAMETERS = (
    "rail.speed_ratio.high_speed",
    "rail.speed_ratio.other",
    "rail.speed_ratio.hauled",
    "rail.stop_penalty_min_per_100_kph.rail",
    "rail.hub_approach_min",
)
"""The parameters that calibration sets; none of them is of a line or of a pair of stations."""

_COUNTED_AS = {"T": "K", "Z": "K"}
_KIND = {"G": "emu", "D": "emu", "C": "emu", "K": "hauled", "S": "suburban"}

RATIO_PARTS = tuple(f"rail.speed_ratio.{kind}" for kind in ("high_speed", "other", "hauled", "suburban"))
PENALTY_PARTS = tuple(f"rail.stop_penalty_min_per_100_kph.{kind}" for kind in ("rail", "suburban"))
DWELL_PARTS = tuple(f"rail.dwell_min.{kind}" for kind in ("emu", "hauled", "suburban"))
PARTS = (*RATIO_PARTS, *PENALTY_PARTS, *DWELL_PARTS, "rail.hub_approach_min")
"""Parameters behind each part of a ride: minutes at a ratio of one, stops by hundreds of km/h, counts."""


def part_values(read: Callable[[str], float], speed: Callable[[str], float] | None = None) -> Floats:
    """What one unit of each part costs in minutes.

    Parameters
    ----------
    read : callable
        Gives a parameter by its id; used for penalties and dwells.
    speed : callable, optional
        Gives a parameter that shortens a ride as it grows (the ratios); `read` by default.

    Returns
    -------
    numpy.ndarray
        In the order of ``PARTS``: the reciprocal of a ratio, minutes for the others.
    """
    ratios = [1 / (speed or read)(part) for part in RATIO_PARTS]
    return np.array(ratios + [read(part) for part in PARTS[len(RATIO_PARTS) :]])


def minutes(parts: Floats, values: Floats) -> Floats:
    """In-vehicle minutes of rides from their parts (one row each) and the values of the parts."""
    return parts @ values


@dataclass(frozen=True)
class Way:
    """The way of one service: stations in order, where it stops, and the track between neighbours."""

    service_id: str
    route: str
    train_class: str
    stations: tuple[str, ...]
    stops: tuple[bool, ...]
    link_ids: tuple[str, ...]


@dataclass(frozen=True)
class Rides:
    """All direct rides of some services, in the direction of their stop lists.

    Parameters
    ----------
    frame : pandas.DataFrame
        ``from_id``, ``to_id``, ``train_class``, ``service_id``, ``length_km``, ``halts`` (stops between), and
        the positions ``first`` and ``last`` in the service's way.
    parts : numpy.ndarray
        One row for each ride, one column for each of ``PARTS``.
    """

    frame: pd.DataFrame
    parts: Floats

    def __len__(self) -> int:
        return len(self.frame)

    @cached_property
    def _keys(self) -> tuple[Ints, Ints]:
        """A number for each unordered pair of stations and class, and one for each service, in order of
        ids."""
        ends = np.sort(self.frame[["from_id", "to_id"]].to_numpy(str), axis=1)
        _, pair = np.unique(np.char.add(np.char.add(ends[:, 0], "|"), ends[:, 1]), return_inverse=True)
        _, train_class = np.unique(self.frame["train_class"].to_numpy(str), return_inverse=True)
        _, service = np.unique(self.frame["service_id"].to_numpy(str), return_inverse=True)
        return pair * (train_class.max(initial=0) + 1) + train_class, service

    def of(self, services: Collection[str]) -> npt.NDArray[np.bool_]:
        """Which rides belong to some services."""
        return self.frame["service_id"].isin(services).to_numpy()

    def fastest(self, values: Floats, among: npt.NDArray[np.bool_] | None = None) -> pd.DataFrame:
        """The fastest ride of each unordered pair of stations and class, with ``in_vehicle_min``.

        Ties go to fewer halts, then the service's id.

        Parameters
        ----------
        values : numpy.ndarray
            Of the parts, as `part_values` gives them.
        among : numpy.ndarray of bool, optional
            Rides to choose from; all by default.
        """
        rows = np.arange(len(self)) if among is None else np.flatnonzero(among)
        time = minutes(self.parts[rows], values)
        pair, service = (key[rows] for key in self._keys)
        order = np.lexsort((service, self.frame["halts"].to_numpy()[rows], np.round(time, 9), pair))
        first = np.ones(len(order), dtype=bool)
        first[1:] = np.diff(pair[order]) != 0
        best = order[first]
        return self.frame.iloc[rows[best]].assign(in_vehicle_min=time[best])


class ServiceTable:
    """Services of the layers, with the track that each of them needs.

    Parameters
    ----------
    layers : Layers
        Uses rail_lines, rail_links, services, service_stops, station_classes and the top speeds in
        parameters.

    Raises
    ------
    NetworkError
        Naming every service whose neighbouring stations are joined by no link of its lines.
    """

    def __init__(self, layers: Layers) -> None:
        self._layers = layers
        self.services = layers["services"].set_index("service_id", drop=False)
        links = layers["rail_links"].set_index("link_id", drop=False)
        lines = layers["rail_lines"].set_index("line_id")
        self.links = links.assign(
            design_speed_kph=links["line_id"].map(lines["design_speed_kph"]).astype(float),
            category=links["line_id"].map(lines["category"]),
        )
        classes = layers["station_classes"].set_index("station_id")["station_class"]
        self.station_class: dict[Any, str] = classes.to_dict()
        self.top_speed = {c: layers.parameter(f"rail.top_speed_kph.{c}") for c in _KIND}

    @cached_property
    def ways(self) -> tuple[Way, ...]:
        """Ways of all services, in the order of their ids."""
        passenger = self.links[self.links["category"] != "freight"]
        track: dict[tuple[str, str, str], str] = {}
        for line, a, b, link in zip(
            passenger["line_id"],
            passenger["from_node_id"],
            passenger["to_node_id"],
            passenger["link_id"],
            strict=True,
        ):
            track.setdefault((line, a, b), link)
            track.setdefault((line, b, a), link)
        stops = self._layers["service_stops"].sort_values(["service_id", "seq"], kind="stable")
        problems: list[str] = []
        ways = [
            self._way(str(name), group, track, problems)
            for name, group in stops.groupby("service_id", sort=True)
        ]
        if problems:
            raise NetworkError(all_at_once("service_stops", problems))
        return tuple(ways)

    def _way(
        self,
        service_id: str,
        stops: pd.DataFrame,
        track: Mapping[tuple[str, str, str], str],
        problems: list[str],
    ) -> Way:
        if service_id not in self.services.index:
            problems.append(f"{service_id} has stops but no row in services")
            return Way(service_id, "", "", (), (), ())
        service = self.services.loc[service_id]
        stations = tuple(stops["station_id"])
        found = []
        for a, b in pairwise(stations):
            link = next((track[line, a, b] for line in service["line_ids"] if (line, a, b) in track), None)
            if link is None:
                problems.append(
                    f"{service_id}: no track between {a} and {b} on its lines; "
                    "add the line or the station between"
                )
            found.append(link or "")
        route = str(service.get("route", service_id))
        return Way(
            service_id, route, str(service["train_class"]), stations, tuple(stops["stops"]), tuple(found)
        )

    def rides(self, closed_stations: Collection[str] = ()) -> Rides:
        """Direct rides of all services, whether they run or not; worked out once for each set of stations.

        Parameters
        ----------
        closed_stations : collection of str
            Stations that trains pass without stopping.
        """
        closed = frozenset(closed_stations)
        if closed not in self._rides:
            made = [self._rides_of(way, closed) for way in self.ways]
            columns = ("from_id", "to_id", "train_class", "service_id", "length_km", "halts", "first", "last")
            joined = {c: np.concatenate([frame[c] for frame, _ in made]) for c in columns} if made else {}
            parts = np.concatenate([part for _, part in made]) if made else np.zeros((0, len(PARTS)))
            self._rides[closed] = Rides(pd.DataFrame(joined, columns=list(columns)), parts)
        return self._rides[closed]

    @cached_property
    def _rides(self) -> dict[frozenset[str], Rides]:
        return {}

    @cached_property
    def counted(self) -> Mapping[tuple[frozenset[str], str], float]:
        """Direct trains a day by pair of stations and class, mean of both directions; T and Z count as K."""
        rows = self._layers["direct_services"]
        found: dict[tuple[frozenset[str], str], float] = {}
        for a, b, c, n in zip(
            rows["from_station_id"],
            rows["to_station_id"],
            rows["train_class"],
            rows["trains_per_day"],
            strict=True,
        ):
            key = (frozenset((a, b)), _COUNTED_AS.get(c, c))
            found[key] = found.get(key, 0.0) + float(n) / 2
        return found

    @cached_property
    def track_opened(self) -> pd.Series:
        """Day on which the last of a service's track opened, by service; the least day where none is
        dated."""
        opened = pd.to_datetime(self.links["opened_expected"]).fillna(pd.Timestamp.min).to_dict()
        days = {
            way.service_id: max((opened[link] for link in way.link_ids), default=pd.Timestamp.min)
            for way in self.ways
        }
        return pd.Series(days, dtype="datetime64[ns]").reindex(self.services.index)

    @cached_property
    def way_of(self) -> Mapping[str, Way]:
        """Way of each service."""
        return {way.service_id: way for way in self.ways}

    def _rides_of(self, way: Way, closed: frozenset[str]) -> tuple[dict[str, Any], Floats]:
        at = np.array([i for i, s in enumerate(way.stations) if way.stops[i] and s not in closed], dtype=int)
        run, leave, reach, km = self._along(way)
        dwell = np.zeros(len(PARTS))
        dwell[PARTS.index(f"rail.dwell_min.{_KIND[way.train_class]}")] = 1
        whole = leave[at] + reach[at] + dwell
        passed = np.vstack([np.zeros(len(PARTS)), np.cumsum(whole, axis=0)])
        i, j = np.triu_indices(len(at), 1)
        a, b = at[i], at[j]
        parts = run[b] - run[a] + leave[a] + reach[b] + passed[j] - passed[i + 1]
        names = np.array(way.stations, dtype=object)
        count = len(i)
        frame = {
            "from_id": names[a],
            "to_id": names[b],
            "train_class": np.full(count, way.train_class, dtype=object),
            "service_id": np.full(count, way.service_id, dtype=object),
            "length_km": km[b] - km[a],
            "halts": j - i - 1,
            "first": a,
            "last": b,
        }
        return frame, parts

    def _along(self, way: Way) -> tuple[Floats, Floats, Floats, Floats]:
        """Parts run up to each station, for leaving it and for reaching it, and kilometres from the first."""
        key = (way.train_class, way.stations, way.link_ids)
        if key not in self._known:
            self._known[key] = self._computed(way)
        return self._known[key]

    @cached_property
    def _known(self) -> dict[Any, tuple[Floats, Floats, Floats, Floats]]:
        return {}

    def _computed(self, way: Way) -> tuple[Floats, Floats, Floats, Floats]:
        count = len(way.stations)
        run, leave, reach = (np.zeros((count, len(PARTS))) for _ in range(3))
        km = np.zeros(count)
        kind = _KIND[way.train_class]
        halt = PARTS.index(PENALTY_PARTS[kind == "suburban"])
        for n, link in enumerate(way.link_ids):
            length, design, category = self._track[link]
            speed = min(design, self.top_speed[way.train_class])
            line = "high_speed" if category == "high_speed" else "other"
            run[n + 1] = run[n]
            run[n + 1, PARTS.index(f"rail.speed_ratio.{line if kind == 'emu' else kind}")] += (
                length / speed * 60
            )
            km[n + 1] = km[n] + length
            leave[n, halt] += speed / 200
            reach[n + 1, halt] += speed / 200
        hub = np.array([self.station_class.get(s) == "hub" for s in way.stations]) & (kind != "suburban")
        leave[hub, -1] += 1
        reach[hub, -1] += 1
        return run, leave, reach, km

    @cached_property
    def _track(self) -> dict[str, tuple[float, float, str]]:
        columns = (self.links[c] for c in ("length_km", "design_speed_kph", "category"))
        return dict(zip(self.links["link_id"], zip(*columns, strict=True), strict=True))


def services_running(table: ServiceTable, open_links: Collection[str]) -> Iterator[str]:
    """Ids of the services all of whose track is open."""
    there = frozenset(open_links)
    for way in table.ways:
        if there.issuperset(way.link_ids):
            yield way.service_id
