"""To networkx and GMNS and back, without loss.

GMNS is the General Modeling Network Specification: ``node.csv``, ``link.csv`` and ``config.csv``, with the
columns of this model beside the ones that the specification names.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from yrdgis.errors import InputError, OutputError
from yrdgis.network.model import LINK_COLUMNS, NODE_COLUMNS, Network

__all__ = ["from_gmns", "from_networkx", "to_gmns", "to_networkx"]

_GMNS_NODE = {"name": "name", "lon": "x_coord", "lat": "y_coord", "kind": "node_type"}
_GMNS_LINK = {"length_km": "length", "kind": "facility_type", "mode": "allowed_uses"}
_FORMULA = ("=", "+", "-", "@", "'", "\t", "\r")


def to_networkx(network: Network) -> Any:
    """The network as a ``networkx.MultiDiGraph``: keys are link ids, attributes are the columns.

    Returns
    -------
    networkx.MultiDiGraph
        Its ``graph`` holds ``as_of`` (ISO text or None), ``label``, ``attrs`` and the extra columns' order.

    Examples
    --------
    >>> nodes = pd.DataFrame(index=["a", "b"])
    >>> links = pd.DataFrame({"from_node_id": ["a"], "to_node_id": ["b"], "total_min": [5.0]}, index=["ab"])
    >>> graph = to_networkx(Network(nodes, links))
    >>> graph["a"]["b"]["ab"]["total_min"]
    5.0
    >>> from_networkx(graph) == Network(nodes, links)
    True
    """
    import networkx as nx

    graph = nx.MultiDiGraph(
        as_of=network.as_of.isoformat() if network.as_of else None,
        label=network.label,
        attrs=dict(network.attrs),
        more_columns={"node": _more(network.nodes), "link": _more(network.links)},
    )
    graph.add_nodes_from(zip(network.nodes.index, network.nodes.to_dict("records"), strict=True))
    plain = network.links.drop(columns=["from_node_id", "to_node_id"]).to_dict("records")
    ends = zip(
        network.links["from_node_id"], network.links["to_node_id"], network.links.index, plain, strict=True
    )
    graph.add_edges_from(ends)
    return graph


def from_networkx(graph: Any) -> Network:
    """A network from a ``networkx`` graph as ``to_networkx`` makes it, or any multi-digraph with these
    attributes.

    Raises
    ------
    NetworkError
        If the frames that come out contradict each other, such as a link id used between two pairs of nodes.
    InputError
        If the graph is not directed or not a multigraph: its links would have no direction, or no id.
    """
    if not (graph.is_directed() and graph.is_multigraph()):
        raise InputError("a network needs a directed multigraph: give networkx.MultiDiGraph(graph)")
    ids, rows = zip(*graph.nodes(data=True), strict=True) if graph.number_of_nodes() else ((), ())
    nodes = pd.DataFrame(list(rows), index=pd.Index(ids, dtype=object))
    edges = [
        {**data, "from_node_id": tail, "to_node_id": head, "link_id": key}
        for tail, head, key, data in graph.edges(keys=True, data=True)
    ]
    links = pd.DataFrame(edges, columns=None if edges else ["link_id", *LINK_COLUMNS]).set_index("link_id")
    more = graph.graph.get("more_columns", {})
    nodes, links = _with_more(nodes, more.get("node", {})), _with_more(links, more.get("link", {}))
    as_of = graph.graph.get("as_of")
    return Network(
        nodes,
        links,
        as_of=dt.date.fromisoformat(as_of) if as_of else None,
        label=graph.graph.get("label", ""),
        attrs=graph.graph.get("attrs", {}),
    )


def to_gmns(network: Network, folder: str | Path | None = None) -> dict[str, pd.DataFrame]:
    """The network as GMNS tables, written to a folder when one is given.

    Parameters
    ----------
    network : Network
    folder : path, optional
        Where ``node.csv``, ``link.csv`` and ``config.csv`` go. A text that a spreadsheet would run as a
        formula gets a leading apostrophe in the files, which ``from_gmns`` takes off again.

    Returns
    -------
    dict
        ``node``, ``link`` and ``config``. Lengths in kilometres, ``free_speed`` in km/h (NaN where no time
        passes).

    Raises
    ------
    OutputError
        If the folder can't be written.
    """
    node = network.nodes.rename(columns=_GMNS_NODE).reset_index()
    link = network.links.rename(columns=_GMNS_LINK).reset_index()
    link["directed"] = True
    hours = network.links["in_vehicle_min"].to_numpy() / 60
    with np.errstate(divide="ignore", invalid="ignore"):
        link["free_speed"] = np.where(hours > 0, network.links["length_km"].to_numpy() / hours, np.nan)
    config = pd.DataFrame(
        {
            "dataset_name": [network.label],
            "long_length": ["km"],
            "speed": ["kph"],
            "crs": ["EPSG:4326"],
            "currency": ["CNY"],
            "id_type": ["string"],
            "as_of": [network.as_of.isoformat() if network.as_of else ""],
            "attrs": [json.dumps(dict(network.attrs), ensure_ascii=False)],
            "more_columns": [json.dumps({"node": _more(network.nodes), "link": _more(network.links)})],
        }
    )
    tables = {"node": node, "link": link, "config": config}
    if folder is not None:
        _write(tables, Path(folder))
    return tables


def from_gmns(source: str | Path | dict[str, pd.DataFrame]) -> Network:
    """A network from GMNS tables, in memory or in a folder.

    Parameters
    ----------
    source : path or dict of pandas.DataFrame
        As ``to_gmns`` gives or writes them. ``config`` may be missing. ``directed`` false makes a link go
        both ways.

    Raises
    ------
    InputError
        If a table is missing or can't be read.
    NetworkError
        If the tables contradict each other.
    """
    tables = source if isinstance(source, dict) else _read(Path(source))
    missing = {"node", "link"} - set(tables)
    if missing:
        raise InputError(f"GMNS needs the tables node and link; missing: {', '.join(sorted(missing))}")
    nodes = (
        tables["node"].rename(columns={gmns: ours for ours, gmns in _GMNS_NODE.items()}).set_index("node_id")
    )
    link = (
        tables["link"].rename(columns={gmns: ours for ours, gmns in _GMNS_LINK.items()}).set_index("link_id")
    )
    links = _both_ways(link)
    config: Any = tables["config"].iloc[0] if "config" in tables and len(tables["config"]) else {}
    as_of = config.get("as_of") or None
    return Network(
        nodes,
        links.drop(columns=["directed", "free_speed"], errors="ignore"),
        as_of=dt.date.fromisoformat(as_of) if as_of else None,
        label=config.get("dataset_name") or "",
        attrs=json.loads(config.get("attrs") or "{}"),
    )


def _more(frame: pd.DataFrame) -> dict[str, str]:
    """Columns beyond those of the model, with their kind: a file tells text from numbers only by this."""
    known = {**NODE_COLUMNS, **LINK_COLUMNS}
    return {column: frame[column].dtype.kind for column in frame.columns if column not in known}


def _with_more(frame: pd.DataFrame, more: dict[str, str]) -> pd.DataFrame:
    """The frame with the further columns that it had, which an empty frame has lost."""
    types: dict[str, Any] = {"f": np.float64, "i": np.int64, "b": bool}
    lost = {
        column: pd.Series(dtype=types.get(kind, object))
        for column, kind in more.items()
        if column not in frame
    }
    return frame.assign(**lost) if frame.empty else frame


def _both_ways(link: pd.DataFrame) -> pd.DataFrame:
    """Add the way back of each link that is not directed."""
    if "directed" not in link or link["directed"].astype(bool).all():
        return link
    back = link[~link["directed"].astype(bool)]
    back = back.rename(columns={"from_node_id": "to_node_id", "to_node_id": "from_node_id"})
    return pd.concat([link, back.set_axis([f"{key}/back" for key in back.index])])


def _write(tables: dict[str, pd.DataFrame], folder: Path) -> None:
    from yrdgis.io.write import atomic_write

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"can't write GMNS to {folder}: {error.strerror}. Choose a folder you may write."
        ) from error
    for name, table in tables.items():
        safe = table.copy()
        for column in safe.columns:
            if not pd.api.types.is_numeric_dtype(safe[column]) and safe[column].dtype != bool:
                safe[column] = [_quoted(value) for value in safe[column]]
        with atomic_write(folder / f"{name}.csv") as target:
            safe.to_csv(target, index=False, encoding="utf-8", lineterminator="\n", quoting=2)


def _read(folder: Path) -> dict[str, pd.DataFrame]:
    tables = {}
    for name in ("node", "link", "config"):
        path = folder / f"{name}.csv"
        if not path.is_file():
            continue
        try:
            raw = pd.read_csv(
                path, dtype=str, keep_default_na=False, encoding="utf-8-sig", lineterminator="\n"
            )
        except (OSError, ValueError) as error:
            raise InputError(f"can't read {path}: {error}. GMNS tables are CSV in UTF-8.") from error
        tables[name] = raw
    config = _retyped(tables["config"], "config", {}) if "config" in tables else pd.DataFrame()
    more = json.loads(config["more_columns"].iloc[0]) if "more_columns" in config and len(config) else {}
    return {
        name: config if name == "config" else _retyped(raw, name, more.get(name, {}))
        for name, raw in tables.items()
    }


def _retyped(raw: pd.DataFrame, name: str, more: dict[str, str]) -> pd.DataFrame:
    """Numbers and booleans as numbers and booleans, the rest as text without the apostrophe."""
    samples: dict[str, Any] = {"f": 0.0, "i": 0, "b": True}
    defaults = (
        {**NODE_COLUMNS, **LINK_COLUMNS, "directed": True, "free_speed": 0.0} if name != "config" else {}
    )
    defaults |= {column: samples.get(kind, "") for column, kind in more.items()}
    back = {gmns: ours for ours, gmns in (*_GMNS_NODE.items(), *_GMNS_LINK.items())}
    out = {}
    for column in raw.columns:
        default = defaults.get(back.get(column, column), "")
        try:
            out[column] = _cast(raw[column], default)
        except ValueError as error:
            raise InputError(f"{name}.csv: column '{column}' holds what is no number: {error}") from error
    return pd.DataFrame(out)


def _cast(column: pd.Series, default: Any) -> pd.Series:
    if isinstance(default, bool):
        return column.str.lower().isin(["true", "1"])
    if isinstance(default, int):
        return column.astype(np.int64)
    if isinstance(default, float):
        return pd.Series(
            [float(value) if value else np.nan for value in column], index=column.index, dtype=float
        )
    return pd.Series(
        [value[1:] if value[:1] == "'" else value for value in column], index=column.index, dtype=object
    )


def _quoted(value: Any) -> str:
    text = "" if value is None or value is pd.NA else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
