"""Where a path runs: the lines of the roads, tracks, metros and waterways that it takes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from yrdgis.errors import UnknownNameError
from yrdgis.metrics.frames import layers_of
from yrdgis.network import Network, in_mode
from yrdgis.network.model import worst
from yrdgis.settings import GEOGRAPHIC_CRS

if TYPE_CHECKING:
    import geopandas as gpd

    from yrdgis.io import Layers

__all__ = ["path_lines"]

_LAYERS = ("road_links", "rail_links", "metro_links", "water_links")
_CARRIER = re.compile(r"@([a-z_]+)")


def path_lines(network: Network, links: Iterable[str], *, mode: str = "door") -> gpd.GeoDataFrame:
    """Lines of the links of a path, in order.

    Parameters
    ----------
    network : Network
        Built from layers; the one that the path was found on.
    links : iterable of str
        Link ids in order, as `Path.links` holds them.
    mode : str
        As for `path`; ``freight`` looks at the freight part.

    Returns
    -------
    geopandas.GeoDataFrame
        In EPSG:4326, one row per link that leads somewhere: ``link_id``, ``carrier`` (drive, local, ferry, rail, metro,
        walk; for freight truck, shuttle, train, barge, yangtze, river_sea, sea_feeder), ``name``, ``name_zh`` of the
        line or of both ends, ``length_km``, ``total_min``; ``attrs["ends"]`` says where it begins and ends. Links that stand for streets which the network lacks are
        straight lines between their ends.

    Raises
    ------
    UnknownNameError
        If a link is not in the network, naming all that are not.
    InputError
        If the network was not built from layers.

    Examples
    --------
    >>> import yrdgis as yg
    >>> now = yg.load().network("today")
    >>> way = now.path("上海虹桥", "苏州北", mode="rail")
    >>> path_lines(now.network, way.links, mode="rail")["carrier"].tolist()
    ['rail']
    """
    import geopandas as gpd
    import shapely

    layers, own = layers_of(network, what="the lines of a path"), in_mode(network, mode)
    wanted = list(links)
    missing = [link for link in wanted if link not in own.links.index]
    if missing:
        raise UnknownNameError(
            f"no links of this network: {', '.join(missing[:6])}. Is the path of another day or mode?"
        )
    rows = own.links.loc[wanted]
    built = [_built(row) for row in rows.to_dict("records")]
    shapes = _shapes(layers, {one for ids in built for one in ids})
    ends = [own.nodes.loc[rows[f"{end}_node_id"], ["lon", "lat"]].to_numpy(float) for end in ("from", "to")]
    lines: list[Any] = []
    for ids, start, stop in zip(built, *ends, strict=True):
        parts = [shapes[one] for one in ids if one in shapes]
        straight = shapely.LineString([start, stop]) if (start != stop).any() else None
        lines.append(shapely.line_merge(shapely.union_all(parts)) if parts else straight)
    frame = pd.DataFrame(
        {
            "link_id": rows.index,
            "carrier": [
                _carrier(link, row) for link, row in zip(rows.index, rows.to_dict("records"), strict=True)
            ],
            "name": _named(own, rows, "name", " - "),
            "name_zh": _named(own, rows, "name_zh", "—"),
            "length_km": rows["length_km"].to_numpy(float),
            "total_min": rows["total_min"].to_numpy(float),
        }
    )
    out = gpd.GeoDataFrame(frame, geometry=lines, crs=GEOGRAPHIC_CRS)
    out = out[out.geometry.notna()].reset_index(drop=True)
    out.attrs = {
        "as_of": own.as_of.isoformat() if own.as_of else None,
        "forecast": bool(own.attrs.get("forecast", False)),
        "confidence": worst(rows["confidence"]),
        "ends": _ends(own, rows),
    }
    return out


def _ends(network: Network, rows: pd.DataFrame) -> list[dict[Any, Any]]:
    """Where the path begins and ends."""
    if not len(rows):
        return []
    ids = [rows["from_node_id"].iloc[0], rows["to_node_id"].iloc[-1]]
    return network.nodes.loc[ids, ["name", "name_zh", "lon", "lat"]].to_dict("records")


def _built(row: Mapping[Any, Any]) -> list[str]:
    """Ids of what is built that a link runs over."""
    return [
        one
        for column in ("infra_id", "rail_link_ids")
        for one in str(row.get(column) or "").split(";")
        if one
    ]


def _shapes(layers: Layers, wanted: set[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for layer in _LAYERS:
        if layer in layers and wanted & set(layers[layer]["link_id"]):
            rows = layers.lines(layer)
            rows = rows[rows["link_id"].isin(wanted)]
            found.update(zip(rows["link_id"], rows.geometry, strict=True))
    return found


def _carrier(link: str, row: Mapping[Any, Any]) -> str:
    kind, mode = str(row["kind"]), str(row["mode"])
    if mode == "freight":
        carried = _CARRIER.search(link)
        return "shuttle" if kind == "shuttle" else carried[1] if carried else "truck"
    if kind in ("ferry", "walk"):
        return kind
    return "local" if kind in ("connector", "urban") else mode


def _named(network: Network, rows: pd.DataFrame, column: str, joint: str) -> list[str]:
    line = rows[f"line_{column}"] if f"line_{column}" in rows else pd.Series("", index=rows.index)
    ends = [network.nodes.loc[rows[f"{end}_node_id"], column].to_numpy(object) for end in ("from", "to")]
    return [text or f"{a}{joint}{b}" for text, a, b in zip(line, *ends, strict=True)]
