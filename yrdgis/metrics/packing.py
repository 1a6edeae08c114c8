"""Networks and tables as bytes, for processes that have none of the layers, and what a process holds of them.

Bytes are Arrow tables and one JSON text, never pickles, and equal content gives equal bytes. A process holds each
of them once, under a hash of its content, and opens it when it is first asked for.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from threading import Lock
from typing import Any

import pandas as pd

from yrdgis.network import Network

__all__ = [
    "digest_of",
    "hold",
    "holding",
    "networks_of",
    "pack",
    "release",
    "shipments",
    "tables_of",
    "take",
    "unpack",
    "versions",
]

_NODES = ("name", "name_zh", "kind", "city_id", "district_id")
_LINKS = (
    "from_node_id",
    "to_node_id",
    "mode",
    "kind",
    "length_km",
    "in_vehicle_min",
    "total_min",
    "cost_cny",
    "co2_kg",
    "legs",
    "confidence",
    "assumed",
    "dated",
)
_LENGTH = struct.Struct("<q")


def tables_of(networks: Mapping[str, Network]) -> dict[str, pd.DataFrame]:
    """Frames of some networks, with what paths need of them; links are numbered in their order.

    Parameters
    ----------
    networks : mapping of Network
    """
    tables = {}
    for name, network in networks.items():
        nodes = network.nodes[[column for column in _NODES if column in network.nodes]]
        links = network.links[list(_LINKS)]
        width = len(str(len(links)))
        numbers = [f"{at:0{width}d}" for at in range(len(links))]
        tables[f"{name}/nodes"] = nodes.rename_axis("id").reset_index()
        tables[f"{name}/links"] = links.set_axis(pd.Index(numbers, dtype=object, name="id")).reset_index()
    return tables


def networks_of(tables: Mapping[str, pd.DataFrame]) -> dict[str, Network]:
    """The networks whose frames `tables_of` gave; they know no layers."""
    names = [name.removesuffix("/links") for name in tables if name.endswith("/links")]
    return {
        name: Network(tables[f"{name}/nodes"].set_index("id"), tables[f"{name}/links"].set_index("id"))
        for name in names
    }


def pack(tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Any]) -> bytes:
    """Tables and facts as bytes.

    Parameters
    ----------
    tables : mapping of pandas.DataFrame
        Columns of numbers, booleans and texts; the index is left out.
    facts : mapping
        What JSON holds.

    Examples
    --------
    >>> data = pack({"a": pd.DataFrame({"x": [1, 2], "y": ["b", "b"]})}, {"mode": "drive"})
    >>> tables, facts = unpack(data)
    >>> tables["a"]["y"].tolist(), facts
    (['b', 'b'], {'mode': 'drive'})
    """
    bodies = {name: _arrow(table) for name, table in tables.items()}
    head = json.dumps(
        {"facts": facts, "tables": [[name, len(body)] for name, body in bodies.items()]},
        ensure_ascii=False,
        sort_keys=True,
    ).encode()
    return b"".join([_LENGTH.pack(len(head)), head, *bodies.values()])


def unpack(data: bytes) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """The tables and facts of some bytes that `pack` made."""
    import pyarrow as pa

    (length,) = _LENGTH.unpack_from(data)
    at = _LENGTH.size + length
    head = json.loads(data[_LENGTH.size : at])
    view, tables = memoryview(data), {}
    for name, size in head["tables"]:
        table = pa.ipc.open_stream(pa.py_buffer(view[at : at + size])).read_all()
        columns = {field.name: _column(table.column(number)) for number, field in enumerate(table.schema)}
        tables[name] = pd.DataFrame(columns)
        at += size
    return tables, head["facts"]


def versions() -> dict[str, str]:
    """Versions of the software on which the bits of a result depend."""
    found = {}
    for name in ("numpy", "pandas", "pyarrow", "scipy", "yrdgis"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def digest_of(data: bytes) -> str:
    """Hash of some content, by which it is called."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _arrow(table: pd.DataFrame) -> bytes:
    import pyarrow as pa

    arrays = []
    for name in table:
        column = table[name]
        if column.dtype.kind in "biuf":
            arrays.append(pa.array(column.to_numpy()))
        else:
            arrays.append(pa.array(column.to_numpy(object), type=pa.string()).dictionary_encode())
    whole = pa.table(arrays, names=list(map(str, table.columns)))
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, whole.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(whole)
    return sink.getvalue().to_pybytes()


def _column(column: Any) -> Any:
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        return column.cast(pa.string()).to_numpy(zero_copy_only=False)
    return column.to_numpy()


@dataclass
class _Held:
    data: bytes
    holders: int = 0
    opened: Any = None
    opens: int = 0
    lock: Lock = field(default_factory=Lock)


_held: dict[str, _Held] = {}
_lock = Lock()


def hold(key: str, data: bytes) -> None:
    """Keep some content in this process, until it is released as often as it was held."""
    with _lock:
        _held.setdefault(key, _Held(data)).holders += 1


def release(key: str) -> None:
    """Let go of some content; what nobody holds any more is forgotten."""
    with _lock:
        if key in _held:
            _held[key].holders -= 1
            if _held[key].holders <= 0:
                del _held[key]


def take(key: str, open_: Callable[[bytes], Any]) -> Any:
    """What is held under a key, opened once however many ask.

    Raises
    ------
    LookupError
        If nothing is held under it.
    """
    kept = _held.get(key)
    if kept is None:
        raise LookupError(f"nothing is held under {key}")
    with kept.lock:
        if kept.opens == 0:
            kept.opened = open_(kept.data)
            kept.opens = 1
            # the opened form is all that is asked for from now on
            kept.data = b""
    return kept.opened


@contextmanager
def holding(key: str, data: bytes) -> Iterator[None]:
    """Keep some content while the block runs."""
    hold(key, data)
    try:
        yield
    finally:
        release(key)


def shipments() -> dict[str, tuple[int, int]]:
    """For each content held in this process, how often it came here and how often it was opened."""
    return {key: (kept.holders, kept.opens) for key, kept in _held.items()}
