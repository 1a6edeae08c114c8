"""Read ways and the nodes they need from OpenStreetMap files, in two passes and bounded memory.

osmium reads .osm, .osm.gz, .osm.bz2 and .osm.pbf. The first pass keeps the ways that a mode wants, with
the positions of their nodes; the second keeps tags of nodes that matter. Memory is 16 bytes for each node of
the file, and what the ways kept need.

Why osmium: it keeps the ids of nodes, so that ways join where the map says so, and tags of nodes. GDAL's driver reads
the lines of an extract of 245,000 nodes in a quarter of the time (2.8 s against 12 s) and 2.6 times the memory, but
leaves the ids out: bridges and the roads below them could only be told apart by their coordinates and tags.
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
from yrdgis.network.osm_tags import KEYS, TAGS, Way, mean_way

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
    """Ways of one mode and the nodes on them; ways with the same tags share a record.

    Attributes
    ----------
    records : list of (Way, dict)
        What a way is, and the tags that matter.
    record : numpy.ndarray
        Position of each way's record.
    way_ids : numpy.ndarray
    refs, starts : numpy.ndarray
        Positions into the node arrays, all ways one after the other; way i owns
        ``refs[starts[i]:starts[i + 1]]``.
    node_ids, lon, lat : numpy.ndarray
        Sorted by id; degrees WGS84.
    node_tags : dict of int to dict
        Position -> tags, for nodes of interest.
    notes : list of str
        What was left out.
    """

    records: list[tuple[Way, dict[str, str]]]
    record: Ints
    way_ids: Ints
    refs: Ints
    starts: Ints
    node_ids: Ints
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    node_tags: dict[int, dict[str, str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        """How many ways."""
        return len(self.record)


class _Sorter:
    """Gives each set of tags a number, once; -1 for ways that are not wanted."""

    def __init__(self, wanted: Callable[[dict[str, str]], Way | None]) -> None:
        self.wanted = wanted
        self.seen: dict[tuple[tuple[str, str], ...], int] = {}
        self.records: list[tuple[Way, dict[str, str]]] = []

    def number(self, tags: Iterable[tuple[str, str]]) -> int:
        key = tuple([(k, v) for k, v in tags if k in TAGS])
        found = self.seen.get(key)
        if found is None:
            told = dict(key)
            way = self.wanted(told)
            found = -1 if way is None else len(self.records)
            if way is not None:
                self.records.append((way, told))
            self.seen[key] = found
        return found


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
        data = _first_pass(osmium, source, mode, _Sorter(_wanted(mode, access, wanted)))
        if not len(data):
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


def _wanted(mode: str, access: str, further: Any = None) -> Callable[[dict[str, str]], Way | None]:
    def way_of(tags: dict[str, str]) -> Way | None:
        way = mean_way(tags, mode, access=access)
        return way if way is None or further is None or further(tags, way) else None

    return way_of


def _first_pass(osmium: Any, source: Any, mode: str, sorter: _Sorter) -> OsmData:
    record, ids, refs, sizes, x, y = (array("q") for _ in range(6))
    processor = osmium.FileProcessor(source, osmium.osm.NODE | osmium.osm.WAY).with_locations()
    processor.with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
    processor.with_filter(osmium.filter.KeyFilter(*KEYS[mode]))
    for item in processor:
        number = sorter.number(item.tags)
        if number < 0:
            continue
        nodes = list(item.nodes)
        if len(nodes) < 2:
            continue
        refs.extend([n.ref for n in nodes])
        x.extend([n.x for n in nodes])
        y.extend([n.y for n in nodes])
        record.append(number)
        ids.append(item.id)
        sizes.append(len(nodes))
    return _located(sorter.records, record, ids, refs, sizes, x, y)


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
    sorter = _Sorter(_wanted(mode, access, lambda _, way: way.status == "operating"))
    record, ids, refs, sizes, x, y = (array("q") for _ in range(6))
    try:
        for item in elements:
            labels = {str(k): str(v) for k, v in (item.get("tags") or {}).items()}
            if item["type"] == "node":
                places[item["id"]] = (round(item["lon"] * 1e7), round(item["lat"] * 1e7))
                if any(labels.get(k) in v for k, v in _NODE_KINDS.items()):
                    told[item["id"]] = labels
            elif item["type"] == "way" and len(item["nodes"]) > 1:
                number = sorter.number(labels.items())
                if number >= 0:
                    record.append(number)
                    ids.append(item["id"])
                    refs.extend(item["nodes"])
                    sizes.append(len(item["nodes"]))
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"Elements that are no OpenStreetMap data ({type(error).__name__}: {error})."
        ) from error
    nowhere = (_NOWHERE, _NOWHERE)
    x.extend([places.get(r, nowhere)[0] for r in refs])
    y.extend([places.get(r, nowhere)[1] for r in refs])
    data = _located(sorter.records, record, ids, refs, sizes, x, y)
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


def _located(records: list[tuple[Way, dict[str, str]]], *columns: array[int]) -> OsmData:
    """Node ids as positions in arrays; where the extract cut a node away, the way ends and begins anew."""
    record, ids, refs, sizes, x, y = (np.array(c, dtype=np.int64) for c in columns)
    there = x != _NOWHERE
    owner = np.repeat(np.arange(len(record)), sizes)
    fresh = np.ones(len(refs), bool)
    fresh[1:] = (owner[1:] != owner[:-1]) | ~there[:-1]
    piece = np.cumsum(fresh)[there]
    starts = np.flatnonzero(np.concatenate([[True], piece[1:] != piece[:-1]])) if len(piece) else piece
    mine = owner[there][starts]
    node_ids, first, back = np.unique(refs[there], return_index=True, return_inverse=True)
    data = OsmData(
        records,
        record[mine],
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
