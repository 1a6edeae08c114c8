"""What the model says about observed rows, with the way that it takes.

Rail is compared like with like: the fastest direct train of the same class on the day of the observation.
Road and waterway distances are those of the shortest way: which drive is the quickest rests on minutes that
nothing validates.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

from yrdgis.io.dates import in_service
from yrdgis.network.assumptions import Assumptions
from yrdgis.network.rail_times import FREE_PARAMETERS, Floats, Rides, Way, part_values
from yrdgis.network.services import running_services, service_table

if TYPE_CHECKING:
    from yrdgis.io import Layers

__all__ = ["RailDay", "as_day", "predict", "told_way"]

_MODEL = ("modelled", "left_out", "line", "way")


def as_day(value: Any) -> dt.date:
    """The day that a cell of a frame holds."""
    return value if type(value) is dt.date else pd.Timestamp(value).date()


class RailDay:
    """Direct trains of one day.

    Parameters
    ----------
    layers : Layers
    as_of : datetime.date
    variant : str
        Which opening dates count.
    """

    def __init__(self, layers: Layers, as_of: dt.date, variant: str = "expected") -> None:
        links = layers["rail_links"]
        open_links = links.loc[in_service(links, as_of, layers.valid_on, variant), "link_id"]
        self.layers = layers
        self.table = service_table(layers)
        running, self.rides = running_services(layers, self.table, open_links, as_of, variant)
        self.among = self.rides.of(running)

    def candidates(self, rows: pd.DataFrame) -> list[np.ndarray]:
        """Positions of the rides that join each row's pair in its class; any class where it names none."""
        frame = self.rides.frame
        by_pair: dict[frozenset[str], list[int]] = {}
        wanted = {frozenset(pair) for pair in zip(rows["from_id"], rows["to_id"], strict=True)}
        for at, a, b in zip(
            np.flatnonzero(self.among), frame["from_id"][self.among], frame["to_id"][self.among], strict=True
        ):
            pair = frozenset((a, b))
            if pair in wanted:
                by_pair.setdefault(pair, []).append(int(at))
        classes = frame["train_class"].to_numpy(object)
        found = []
        for a, b, train_class in zip(rows["from_id"], rows["to_id"], rows["train_class"], strict=True):
            own = np.array(by_pair.get(frozenset((a, b)), []), dtype=int)
            found.append(own[classes[own] == train_class] if train_class else own[classes[own] != "S"])
        return found

    def line_shares(self, ride: int) -> dict[str, float]:
        """Kilometres of a ride on each line."""
        links = self.table.links
        way, first, last = self._cut(ride)
        used = links.loc[list(way.link_ids[first:last])]
        shares = used.groupby("line_id")["length_km"].sum()
        return {str(line): float(km) for line, km in shares.items()}

    def way(self, ride: int) -> str:
        """A ride in words: class, stops, lines and service."""
        way, first, last = self._cut(ride)
        return told_way(self.layers, way, first, last, list(self.line_shares(ride)))

    def _cut(self, ride: int) -> tuple[Way, int, int]:
        row = self.rides.frame.iloc[ride]
        return self.table.way_of[row["service_id"]], int(row["first"]), int(row["last"])


def told_way(layers: Layers, way: Way, first: int, last: int, lines: list[str]) -> str:
    """Stops of a service between two of its stations, and the lines it uses."""
    names = layers["rail_stations"].set_index("station_id")["name_zh"]
    stops = [
        names[s]
        for i, s in enumerate(way.stations)
        if first <= i <= last and (way.stops[i] or i in (first, last))
    ]
    titles = layers["rail_lines"].set_index("line_id")["name_zh"]
    return (
        f"{way.train_class} {'—'.join(stops)} ({'、'.join(titles[line] for line in lines)}; {way.service_id})"
    )


def predict(layers: Layers, rows: pd.DataFrame, *, variant: str = "expected") -> pd.DataFrame:
    """Observed rows with what the model says.

    Parameters
    ----------
    layers : Layers
    rows : pandas.DataFrame
        As `yrdgis.validation.read_observed` gives them.
    variant : str
        Which opening dates count.

    Returns
    -------
    pandas.DataFrame
        The rows with ``modelled`` (minutes for rail, else kilometres; NaN where the model has no direct train
        or no way), ``left_out`` (rail: minutes with the parameters that were fitted without the row's line,
        NaN where no fold left it out), ``line`` (rail: the line with most of its kilometres) and ``way`` in
        words.
    """
    out = rows.assign(modelled=np.nan, left_out=np.nan, line="", way="")
    makers = {"rail": _rail, "road": _road, "water": _water}
    for (mode, as_of), part in out.groupby(["mode", "as_of"], sort=True):
        out.loc[part.index, list(_MODEL)] = makers[str(mode)](layers, part, as_day(as_of), variant)
    return out.astype({"modelled": float, "left_out": float})


def _fold_values(layers: Layers) -> dict[str, Floats]:
    """Values of the parts by the line that was left out when they were fitted."""
    if "calibration_folds" not in layers:
        return {}
    out = {}
    for fold in layers["calibration_folds"].to_dict("records"):
        own = {p: float(fold[p.replace(".", "_")]) for p in FREE_PARAMETERS}
        out[fold["line_id"]] = part_values(partial(_one_of, own, layers))
    return out


def _one_of(own: Mapping[str, float], layers: Layers, parameter_id: str) -> float:
    return own[parameter_id] if parameter_id in own else layers.parameter(parameter_id)


def _rail(layers: Layers, rows: pd.DataFrame, as_of: dt.date, variant: str) -> pd.DataFrame:
    day = RailDay(layers, as_of, variant)
    assume = Assumptions(layers)
    values, folds = part_values(assume.__getitem__, assume.speed), _fold_values(layers)
    made = []
    for found in day.candidates(rows):
        if not len(found):
            made.append((np.nan, np.nan, "", "no direct train of this class in the model"))
            continue
        ride, minutes = _fastest(day.rides, found, values)
        shares = day.line_shares(ride)
        line = max(shares, key=lambda line: (shares[line], line))
        unseen = float((day.rides.parts[found] @ folds[line]).min()) if line in folds else np.nan
        made.append((minutes, unseen, line, day.way(ride)))
    return pd.DataFrame(made, index=rows.index, columns=list(_MODEL))


def _fastest(rides: Rides, among: np.ndarray, values: Floats) -> tuple[int, float]:
    time = rides.parts[among] @ values
    best = int(np.argmin(time))
    return int(among[best]), float(time[best])


def _road(layers: Layers, rows: pd.DataFrame, as_of: dt.date, variant: str) -> pd.DataFrame:
    from yrdgis.errors import InputError
    from yrdgis.metrics.path import path
    from yrdgis.network.build import build_network, with_points

    network = build_network(layers, as_of, variant=variant, part="drive")
    points = _points(rows)
    if len(points):
        network = with_points(network, points)
    made = []
    for a, b in zip(rows["from_id"], rows["to_id"], strict=True):
        if a not in network.nodes.index or b not in network.nodes.index:
            made.append((np.nan, np.nan, "", "a place that is not on the road network of the day"))
            continue
        try:
            found = path(network, a, b, mode="drive", impedance="distance")
        except InputError:
            made.append((np.nan, np.nan, "", "no way by road"))
            continue
        made.append((found.distance_km, np.nan, "", found.tell("zh").replace("\n", " ")))
    return pd.DataFrame(made, index=rows.index, columns=list(_MODEL))


def _points(rows: pd.DataFrame) -> pd.DataFrame:
    """Ends that are bare positions, as points to be joined to the network."""
    ids = pd.unique(pd.concat([rows["from_id"], rows["to_id"]]))
    places = [
        (node, *map(float, node.removeprefix("point:").split("/")))
        for node in ids
        if node.startswith("point:")
    ]
    return (
        pd.DataFrame(places, columns=["node_id", "lon", "lat"])
        .set_index("node_id")
        .assign(name="", name_zh="")
    )


def _water(layers: Layers, rows: pd.DataFrame, as_of: dt.date, variant: str) -> pd.DataFrame:
    import networkx as nx

    links = layers["water_links"]
    links = links[in_service(links, as_of, layers.valid_on, variant).to_numpy(bool)]
    graph = nx.Graph()
    for row in links.sort_values("link_id").itertuples():
        known = graph.get_edge_data(row.from_node_id, row.to_node_id, {"km": np.inf})
        if row.length_km < known["km"]:
            graph.add_edge(
                row.from_node_id,
                row.to_node_id,
                km=float(cast(float, row.length_km)),
                waterway=row.waterway_id,
            )
    titles: dict[Any, str] = layers["waterways"].set_index("waterway_id")["name_zh"].to_dict()
    made = []
    for a, b in zip(rows["from_id"], rows["to_id"], strict=True):
        try:
            km, nodes = nx.single_source_dijkstra(graph, a, b, weight="km")
        except (nx.NetworkXNoPath, nx.NodeNotFound):
            made.append((np.nan, np.nan, "", "no way by water on the day"))
            continue
        used = dict.fromkeys(graph.edges[u, v]["waterway"] for u, v in pairwise(nodes))
        made.append((float(km), np.nan, "", "—".join(titles.get(w, w) for w in used)))
    return pd.DataFrame(made, index=rows.index, columns=list(_MODEL))
