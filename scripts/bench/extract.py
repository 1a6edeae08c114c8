"""Import of an OpenStreetMap extract, ours against OSMnx: seconds, peak memory, and equal shortest times.

Run by itself: ``python scripts/bench/extract.py [--nodes 250000] [--json FILE]``. It writes the generated
network of the benchmark as ``.osm.pbf`` and ``.osm``, imports each in a process of its own, and compares
times between nodes that both have.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

SPEEDS = {"trunk": 80.0, "secondary": 50.0, "residential": 30.0, "service": 20.0, "other": 30.0}
_CORNER = (120.2, 30.6)
_KM_PER_DEGREE = (95.5, 111.0)
_SOURCES = 5


def write_extracts(nodes: int, folder: Path) -> dict[str, Any]:
    """The generated network as .osm.pbf and .osm; each street is one way."""
    import osmium

    from bench.graphs import road_like
    from yrdgis.network.collapse import collapse

    arrays = road_like(nodes)
    lon, lat = _CORNER[0] + arrays.x / _KM_PER_DEGREE[0], _CORNER[1] + arrays.y / _KM_PER_DEGREE[1]
    tail, head = arrays.tail.astype(np.int64), arrays.head.astype(np.int64)
    chains = collapse(arrays.n, tail, head)
    km = np.hypot(arrays.x[tail] - arrays.x[head], arrays.y[tail] - arrays.y[head])
    kph = km / np.maximum(arrays.weight, 1) * 3.6e6
    ways, seen = [], {}
    for i in range(len(chains.tail)):
        edges = chains.edges[chains.starts[i] : chains.starts[i + 1]]
        path = (int(tail[edges[0]]), *map(int, head[edges]))
        if path[::-1] in seen:
            ways[seen[path[::-1]]][1] = False
            continue
        seen[path] = len(ways)
        ways.append([path, True, _class(float(kph[edges].mean()))])
    for suffix in (".osm.pbf", ".osm"):
        with osmium.SimpleWriter(str(folder / f"bench{suffix}")) as writer:
            for node in range(arrays.n):
                place = (float(lon[node]), float(lat[node]))
                writer.add_node(osmium.osm.mutable.Node(id=node + 1, version=1, location=place))
            for number, (path, oneway, klass) in enumerate(ways):
                tags = {
                    "highway": klass,
                    "name": f"路{number % 999}",
                    **({"oneway": "yes"} if oneway else {}),
                }
                writer.add_way(
                    osmium.osm.mutable.Way(id=number + 1, version=1, nodes=[n + 1 for n in path], tags=tags)
                )
    return {"nodes": arrays.n, "links": arrays.m, "ways": len(ways)}


def _class(kph: float) -> str:
    return "trunk" if kph > 75 else "secondary" if kph > 45 else "residential" if kph > 27 else "service_road"


def ours(path: Path, sources: list[int]) -> dict[str, Any]:
    """Import, prepare, and answer from a few nodes."""
    from yrdgis.engine import UNREACHABLE, prepare
    from yrdgis.io import load_layers
    from yrdgis.network.osm import import_osm

    layers = load_layers()
    start = time.perf_counter()
    imported = import_osm(path, layers=layers, speeds=SPEEDS)
    read = time.perf_counter() - start
    nodes, links = imported.network.nodes, imported.network.links
    tail, head = (nodes.index.get_indexer(links[c]) for c in ("from_node_id", "to_node_id"))
    weight = (links["total_min"].to_numpy() * 60_000).round().astype(np.int64)
    engine = prepare(len(nodes), tail, head, weight, nodes["lon"].to_numpy(), nodes["lat"].to_numpy())
    seconds, peak = time.perf_counter() - start, _peak_mb()
    at = [nodes.index.get_loc(f"osm:{s}") for s in sources]
    found = engine.many_to_many(at, at).astype(float)
    found[found == UNREACHABLE] = np.nan
    told = {"nodes": len(nodes), "links": len(links), "raw": imported.counts}
    return {"seconds": seconds, "read_s": read, "peak_mb": peak, "minutes": (found / 60_000).tolist(), **told}


def theirs(path: Path, sources: list[int]) -> dict[str, Any]:
    """The same with OSMnx: graph from XML, simplified, speeds and times on its edges."""
    import osmnx as ox

    start = time.perf_counter()
    graph = ox.graph_from_xml(path, simplify=True, retain_all=True)
    graph = ox.add_edge_travel_times(ox.add_edge_speeds(graph, hwy_speeds=SPEEDS, fallback=SPEEDS["other"]))
    told = {"nodes": len(graph), "links": graph.number_of_edges()}
    return {"seconds": time.perf_counter() - start, "peak_mb": _peak_mb(), **told}


def referee(path: Path, sources: list[int]) -> dict[str, Any]:
    """Minutes by networkx on OSMnx's graph of every node, lengths on the ellipsoid as ours are."""
    import networkx as nx
    import osmnx as ox
    from pyproj import Geod

    graph = ox.graph_from_xml(path, simplify=False, retain_all=True)
    ends = [(graph.nodes[a], graph.nodes[b]) for a, b, _ in graph.edges]
    columns = [[e[k][c] for e in ends] for k in (0, 1) for c in ("x", "y")]
    metres = Geod(ellps="WGS84").inv(*columns)[2]
    for (_, _, data), length in zip(graph.edges(data=True), metres, strict=True):
        data["minutes"] = length / 1000 / SPEEDS.get(data["highway"], SPEEDS["other"]) * 60
    rows = []
    for source in sources:
        found = nx.single_source_dijkstra_path_length(graph, source, weight="minutes")
        rows.append([found.get(goal, float("nan")) for goal in sources])
    return {"minutes": rows}


def _peak_mb() -> float:
    """Most memory held since this program began (getrusage would count its parent's too)."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20)


def measure(nodes: int) -> dict[str, Any]:
    """Everything, each import in a process of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shape = write_extracts(nodes, folder)
        sources = _shared(folder / "bench.osm.pbf")
        results = {
            who: _apart(who, folder / f"bench{suffix}", sources)
            for who, suffix in (("ours", ".osm.pbf"), ("theirs", ".osm"), ("referee", ".osm"))
        }
    one, other = (np.array(results[w].pop("minutes"), float) for w in ("ours", "referee"))
    worst = float(np.nanmax(np.abs(one - other)))
    return {
        "extract": shape,
        "ours": results["ours"],
        "osmnx": results["theirs"],
        "time_ratio": results["theirs"]["seconds"] / results["ours"]["seconds"],
        "memory_ratio": results["theirs"]["peak_mb"] / results["ours"]["peak_mb"],
        "largest_difference_min": worst,
        "same_reach": bool((np.isnan(one) == np.isnan(other)).all()),
    }


def _shared(path: Path) -> list[int]:
    """Some nodes that stay in the simplified network."""
    from yrdgis.io import load_layers
    from yrdgis.network.osm import import_osm

    index = import_osm(path, layers=load_layers(), speeds=SPEEDS).network.nodes.index
    step = max(1, len(index) // _SOURCES)
    return [int(n[4:]) for n in index[::step][:_SOURCES]]


def _apart(who: str, path: Path, sources: list[int]) -> dict[str, Any]:
    command = [sys.executable, __file__, "--only", who, "--file", str(path), "--sources", json.dumps(sources)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    """Measure, or be one of the processes measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, default=250_000)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--only", choices=["ours", "theirs", "referee"])
    parser.add_argument("--file", type=Path)
    parser.add_argument("--sources", type=json.loads)
    told = parser.parse_args()
    if told.only:
        print(
            json.dumps(
                {"ours": ours, "theirs": theirs, "referee": referee}[told.only](told.file, told.sources)
            )
        )
        return
    result = measure(told.nodes)
    text = json.dumps(result, indent=1)
    print(text)
    if told.json:
        told.json.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
