"""Graphs of OSMnx in and out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from yrdgis.errors import InputError
from yrdgis.network.assumptions import Assumptions
from yrdgis.network.model import Network
from yrdgis.network.osm import ROAD_CLASS, Imported, speeds_of
from yrdgis.network.osm_tags import names, speed_kph

if TYPE_CHECKING:
    from yrdgis.io import Layers

__all__ = ["from_osmnx", "to_osmnx"]


def from_osmnx(graph: Any, *, layers: Layers, speeds: Mapping[str, float] | None = None) -> Imported:
    """A drive network from an OSMnx graph, simplified or not.

    Parameters
    ----------
    graph : networkx.MultiDiGraph
        With ``x`` and ``y`` of nodes in WGS84 and ``length`` of edges in metres, as OSMnx makes it.
    layers : Layers
        Their parameters give speeds where the graph has no usable ``maxspeed``.
    speeds : mapping, optional
        Kilometres per hour by class, instead of the parameters; factors are then not applied.

    Raises
    ------
    InputError
        If nodes lack coordinates, edges lack a length, or the graph is projected.
    """
    crs = str(graph.graph.get("crs", "EPSG:4326")).upper()
    if crs not in ("EPSG:4326", "WGS84", "OGC:CRS84"):
        raise InputError(
            f"The graph is projected ({crs}). Give it in WGS84: `osmnx.project_graph(graph, "
            "to_latlong=True)`."
        )
    nodes = list(graph.nodes(data=True))
    lost = [n for n, d in nodes if "x" not in d or "y" not in d]
    if lost:
        raise InputError(f"{len(lost)} nodes of the graph have no x and y, such as {lost[0]!r}.")
    use = speeds_of(Assumptions(layers), speeds)
    words = use.words()
    rows, lines = [], []
    place = {n: (d["x"], d["y"]) for n, d in nodes}
    for number, (tail, head, data) in enumerate(graph.edges(data=True)):
        if not isinstance(data.get("length"), int | float):
            raise InputError(f"The edge from {tail!r} to {head!r} has no length.")
        rows.append(_row(number, tail, head, data, use, words))
        shape = data.get("geometry")
        lines.append(list(shape.coords) if shape is not None else [place[tail], place[head]])
    links = pd.DataFrame(rows).set_index("link_id")
    table = pd.DataFrame(
        {
            "lon": [d["x"] for _, d in nodes],
            "lat": [d["y"] for _, d in nodes],
            "name": [str(d.get("name", "")) for _, d in nodes],
            "kind": [d["highway"] if isinstance(d.get("highway"), str) else "junction" for _, d in nodes],
        },
        index=[f"osm:{n}" for n, _ in nodes],
    )
    offsets = np.concatenate([[0], np.cumsum([len(line) for line in lines])])
    xy = np.array([p[:2] for line in lines for p in line], dtype=float)
    network = Network(table, links, label=str(graph.graph.get("name", "")))
    counts = {"raw_nodes": len(table), "raw_links": len(links)}
    return Imported(network, [], counts, xy, offsets, links.index.to_numpy(object))


def _first(value: Any) -> str:
    """OSMnx keeps a list where it merged edges that differ: the first counts."""
    value = next(iter(value), "") if isinstance(value, list | tuple | set) else value
    return "" if value is None else str(value)


def _row(
    number: int, tail: Any, head: Any, data: dict[str, Any], use: Any, words: Mapping[str, float]
) -> dict[str, Any]:
    klass = _first(data.get("highway")) or "other"
    limits = data.get("maxspeed")
    told = speed_kph(";".join(map(str, limits)) if isinstance(limits, list) else _first(limits), words)
    speed = (told or use.listed(klass, "road")) * use.factor(klass, "road")
    latin, zh = names({"name": _first(data.get("name"))})
    km = float(data["length"]) / 1000
    minutes = km / speed * 60
    return {
        "link_id": f"osmlink:{_first(data.get('osmid'))}/{tail}--{head}/{number}",
        "from_node_id": f"osm:{tail}",
        "to_node_id": f"osm:{head}",
        "mode": "drive",
        "kind": "road",
        "length_km": km,
        "in_vehicle_min": minutes,
        "total_min": minutes,
        "confidence": "medium",
        "assumed": told is None,
        "dated": False,
        "osm_class": klass,
        "road_class": ROAD_CLASS.get(klass, "county_road"),
        "name": latin,
        "name_zh": zh,
        "ref": _first(data.get("ref")),
        "bridge": _first(data.get("bridge")) not in ("", "no"),
        "tunnel": _first(data.get("tunnel")) not in ("", "no"),
    }


def to_osmnx(imported: Imported) -> Any:
    """A graph that OSMnx's functions take: ``x``, ``y``, ``length`` (m), ``travel_time`` (s), ``geometry``.

    Returns
    -------
    networkx.MultiDiGraph
        Node ids are OpenStreetMap's where there are such, else our own.
    """
    import networkx as nx

    network = imported.network
    graph = nx.MultiDiGraph(crs="EPSG:4326", name=network.label)
    plain = {n: int(n[4:]) if n[4:].isdigit() and n.startswith("osm:") else n for n in network.nodes.index}
    for node, row in zip(network.nodes.index, network.nodes.to_dict("records"), strict=True):
        graph.add_node(plain[node], x=row["lon"], y=row["lat"], name=row["name_zh"] or row["name"])
    shapes = imported.shapes().geometry
    rows = network.links.to_dict("records")
    for link, row, shape in zip(network.links.index, rows, shapes, strict=True):
        minutes = row["in_vehicle_min"]
        graph.add_edge(
            plain[row["from_node_id"]],
            plain[row["to_node_id"]],
            osmid=link,
            length=row["length_km"] * 1000,
            travel_time=minutes * 60,
            speed_kph=row["length_km"] / minutes * 60 if minutes else float("nan"),
            highway=row.get("osm_class", row["kind"]),
            name=row.get("name_zh") or row.get("name", ""),
            oneway=True,
            geometry=shape,
        )
    return graph
