"""Read ways and the nodes they need from OpenStreetMap files, in two passes and bounded memory.

osmium reads .osm, .osm.gz, .osm.bz2 and .osm.pbf. The first pass keeps the ways that a mode wants, with
the positions of their nodes; the second keeps tags of nodes that matter. Memory is 16 bytes for each node of
the file, and what the ways kept need.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yrdgis.errors import InputError, MissingExtraError
from yrdgis.io.archives import LIMITS, Limits
from yrdgis.io.sniff import local_file, sniff
from yrdgis.io.xmlsafe import check_xml
from yrdgis.network.osm_tags import KEYS, Way, mean_way

__all__ = ["OsmData", "read_ways", "ways_of"]

Ints = NDArray[np.int64]

_NOWHERE = 2**31 - 1  # osmium's mark for a node whose position is not in the file
_NODE_KINDS = {
    "highway": ("motorway_junction", "traffic_signals", "toll_gantry"),
    "barrier": ("toll_booth", "border_control"),
    "railway": ("station", "halt", "switch", "tram_stop"),
    "waterway": ("lock_gate", "dock"),
    "lock": ("yes",),
}


@dataclass
class OsmData:
    """Ways of one mode and the nodes on them.

    Attributes
    ----------
    ways : list of Way
    tags : list of dict
        Of each way.
    way_ids : numpy.ndarray
    refs, starts : numpy.ndarray
        Positions into the node arrays, all ways one after the other; way i owns ``refs[starts[i]:starts[i +
        1]]``.
    node_ids, lon, lat : numpy.ndarray
        Sorted by id; degrees WGS84.
    node_tags : dict of int to dict
        Position -> tags, for nodes that carry a name or are of interest.
    notes : list of str
        What was left out.
    """

    ways: list[Way]
    tags: list[dict[str, str]]
    way_ids: NDArray[np.int64]
    refs: NDArray[np.int64]
    starts: NDArray[np.int64]
    node_ids: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    node_tags: dict[int, dict[str, str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def _osmium() -> Any:
    try:
        import osmium
    except ImportError as error:
        raise MissingExtraError(
            "Reading OpenStreetMap files needs the library osmium: `pip install osmium`."
        ) from error
    return osmium


def _file(path: Path, limits: Limits) -> tuple[Path, str]:
    """The file and osmium's name of its format, after a look for what is dangerous."""
    kind = sniff(path, limits=limits).kind
    if kind == "osm_pbf":
        return path, "pbf"
    suffix = {"gzip": ".gz", "bzip2": ".bz2", "osm_xml": ""}.get(kind)
    if suffix is None or (suffix and path.suffix.lower() != suffix):
        raise InputError(
            f"{path.name}: no OpenStreetMap data ({kind}). Give an .osm, .osm.gz, .osm.bz2 or .osm.pbf file."
        )
    root = check_xml(path, limits=limits, depth=False)
    if root != "osm":
        raise InputError(f"{path.name}: XML with the root <{root}>, not OpenStreetMap data.")
    return path, f"osm{suffix}"


def read_ways(
    name: str | Path,
    mode: str,
    *,
    access: str = "public",
    wanted: Callable[[Mapping[str, str], Way], bool] | None = None,
    limits: Limits = LIMITS,
) -> OsmData:
    """Ways of a mode from a file.

    Parameters
    ----------
    name : str or Path
        ``.osm``, ``.osm.gz``, ``.osm.bz2`` or ``.osm.pbf``.
    mode : {"drive", "rail", "waterway"}
    access : {"public", "any"}
        Whether ways closed to the public are left out.
    wanted : callable, optional
        Further filter on (tags, way).
    limits : Limits
        What the file may cost.

    Raises
    ------
    InputError
        If the file is none of these, damaged, cut off or dangerous, or holds no way of this mode.
    MissingExtraError
        If osmium is not installed.
    """
    if mode not in KEYS:
        raise InputError(f"No mode {mode!r} can be imported. There are: {', '.join(KEYS)}.")
    path = local_file(name, limits=limits)
    osmium = _osmium()
    path, kind = _file(path, limits)
    try:
        source = osmium.io.File(str(path.resolve()), kind)
        data = _first_pass(osmium, source, mode, access, wanted)
        if not data.ways:
            raise InputError(f"{path.name}: no ways for the mode {mode!r} in it.")
        source = osmium.io.File(str(path.resolve()), kind)
        told = _second_pass(osmium, source)
    except (RuntimeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"{path.name}: damaged or cut-off OpenStreetMap data ({error}). Fetch it again."
        ) from error
    _label(data, told)
    return data


def _first_pass(osmium: Any, source: Any, mode: str, access: str, wanted: Any) -> OsmData:
    ways, tags = [], []
    ids, refs, sizes, x, y = array("q"), array("q"), array("q"), array("q"), array("q")
    processor = osmium.FileProcessor(source, osmium.osm.NODE | osmium.osm.WAY).with_locations()
    processor.with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
    processor.with_filter(osmium.filter.KeyFilter(*KEYS[mode]))
    for item in processor:
        told = dict(item.tags)
        way = mean_way(told, mode, access=access)
        if way is None or (wanted is not None and not wanted(told, way)):
            continue
        nodes = list(item.nodes)
        if len(nodes) < 2:
            continue
        refs.extend([n.ref for n in nodes])
        x.extend([n.x for n in nodes])
        y.extend([n.y for n in nodes])
        ways.append(way)
        tags.append(told)
        ids.append(item.id)
        sizes.append(len(nodes))
    plain = [np.array(a, dtype=np.int64) for a in (ids, refs, sizes, x, y)]
    return _located(ways, tags, plain[0], plain[1], plain[2], plain[3], plain[4])


def ways_of(elements: Iterable[Mapping[str, Any]], mode: str, *, access: str = "public") -> OsmData:
    """Ways of a mode from the elements of an Overpass answer (JSON).

    Parameters
    ----------
    elements : iterable of mapping
        ``{"type": "node", "id", "lat", "lon", "tags"}`` and ``{"type": "way", "id", "nodes", "tags"}``.
    mode, access
        As in `read_ways`.

    Raises
    ------
    InputError
        If an element is not of this form.
    """
    places: dict[int, tuple[int, int]] = {}
    told: dict[int, dict[str, str]] = {}
    ways, tags = [], []
    ids, refs, sizes = array("q"), array("q"), array("q")
    try:
        for item in elements:
            labels = {str(k): str(v) for k, v in (item.get("tags") or {}).items()}
            if item["type"] == "node":
                places[item["id"]] = (round(item["lon"] * 1e7), round(item["lat"] * 1e7))
                if any(labels.get(k) in v for k, v in _NODE_KINDS.items()):
                    told[item["id"]] = labels
            elif item["type"] == "way" and (way := mean_way(labels, mode, access=access)) is not None:
                if way.status != "operating" or len(item["nodes"]) < 2:
                    continue
                ways.append(way)
                tags.append(labels)
                ids.append(item["id"])
                refs.extend(item["nodes"])
                sizes.append(len(item["nodes"]))
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"Elements that are no OpenStreetMap data ({type(error).__name__}: {error})."
        ) from error
    nowhere = (_NOWHERE, _NOWHERE)
    x, y = (np.array([places.get(r, nowhere)[k] for r in refs], np.int64) for k in (0, 1))
    counts = [np.array(a, np.int64) for a in (ids, refs, sizes)]
    data = _located(ways, tags, counts[0], counts[1], counts[2], x, y)
    _label(data, told)
    return data


def _label(data: OsmData, told: Mapping[int, dict[str, str]]) -> None:
    """Tags of nodes by their place in the arrays."""
    at = np.searchsorted(data.node_ids, np.fromiter(told, np.int64, len(told)))
    for place, (node, tags) in zip(at.tolist(), told.items(), strict=True):
        if place < len(data.node_ids) and data.node_ids[place] == node:
            data.node_tags[place] = tags


def _second_pass(osmium: Any, source: Any) -> dict[int, dict[str, str]]:
    """Tags of the nodes that matter, by id."""
    told: dict[int, dict[str, str]] = {}
    processor = osmium.FileProcessor(source, osmium.osm.NODE)
    for node in processor.with_filter(osmium.filter.KeyFilter(*_NODE_KINDS)):
        tags = dict(node.tags)
        if any(tags.get(k) in v for k, v in _NODE_KINDS.items()):
            told[node.id] = tags
    return told


def _located(
    ways: list[Way], tags: list[dict[str, str]], ids: Ints, refs: Ints, sizes: Ints, x: Ints, y: Ints
) -> OsmData:
    """Node ids as positions in arrays; where the extract cut a node away, the way ends and begins anew."""
    there = x != _NOWHERE
    owner = np.repeat(np.arange(len(ways)), sizes)
    fresh = np.ones(len(refs), bool)
    fresh[1:] = (owner[1:] != owner[:-1]) | ~there[:-1]
    piece = np.cumsum(fresh)[there]
    starts = np.flatnonzero(np.concatenate([[True], piece[1:] != piece[:-1]])) if len(piece) else piece
    mine = owner[there][starts]
    node_ids, first, back = np.unique(refs[there], return_index=True, return_inverse=True)
    data = OsmData(
        [ways[i] for i in mine],
        [tags[i] for i in mine],
        ids[mine],
        back.astype(np.int64),
        np.append(starts, len(back)),
        node_ids,
        x[there][first] / 1e7,
        y[there][first] / 1e7,
    )
    if not there.all():
        lost = int((~there).sum())
        data.notes.append(f"{lost:,} references to nodes outside the extract left out; their ways end there")
    return data
