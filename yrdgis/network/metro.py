"""Metro: lines that run so often that nobody reads a timetable.

Each line has a platform of its own at every station. Boarding costs the gates and half the interval between
trains, capped; a change of lines costs the walk and the next wait.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from yrdgis.network.assumptions import Assumptions
from yrdgis.network.drive import both_ways
from yrdgis.network.model import LINK_COLUMNS, together

__all__ = ["metro_links", "metro_platforms", "walk_links"]


def metro_links(
    links: pd.DataFrame, lines: pd.DataFrame, *, assume: Assumptions, period: str
) -> pd.DataFrame:
    """Directed links of metro lines in service: rides, boarding, alighting and changes.

    Parameters
    ----------
    links : pandas.DataFrame
        Rows of ``metro_links`` in service, with ``dated``.
    lines : pandas.DataFrame
        ``metro_lines``: commercial speed and headways; blank ones take the parameter.
    assume : Assumptions
    period : {"free", "peak"}
        Whose headways to use.

    Returns
    -------
    pandas.DataFrame
        Links of a network of mode ``metro``, between ``metro:`` stations and their platforms.
    """
    lines = lines.set_index("line_id")
    rides = both_ways(_rides(links, lines, assume))
    platforms = metro_platforms(links)
    wait = platforms["line_id"].map(_waits(lines, assume, period)).to_numpy(float)
    return together([rides, _doors(platforms, wait, assume), _changes(platforms, wait, assume)], LINK_COLUMNS)


def metro_platforms(links: pd.DataFrame) -> pd.DataFrame:
    """Platforms that the links touch: ``node_id`` as index, ``station_id`` and ``line_id``."""
    ends = pd.concat(
        [
            links[["line_id", end]].set_axis(["line_id", "station_id"], axis=1)
            for end in ("from_node_id", "to_node_id")
        ]
    ).drop_duplicates()
    ends.index = pd.Index(_platform(ends["line_id"], ends["station_id"]), name="node_id")
    return ends.sort_index()


def walk_links(transfers: pd.DataFrame, *, km: pd.Series, assume: Assumptions) -> pd.DataFrame:
    """Walks between metro and railway stations or airports, both ways.

    Parameters
    ----------
    transfers : pandas.DataFrame
        Rows of ``station_transfers`` in service: ``walk_min``, which is an estimate.
    km : pandas.Series
        Straight line between both ends, aligned to `transfers`.
    assume : Assumptions
    """
    minutes = transfers["walk_min"].to_numpy(float)
    out = pd.DataFrame(
        {
            "from_node_id": transfers["from_node_id"].to_numpy(object),
            "to_node_id": transfers["to_node_id"].to_numpy(object),
            "mode": "walk",
            "kind": "walk",
            "length_km": km.to_numpy(float) * assume["transfer.walk_detour"],
            "total_min": minutes,
            "legs": 1,
            "confidence": transfers["confidence"].to_numpy(object),
            "assumed": True,
        },
        index=pd.Index(transfers["transfer_id"].to_numpy(object)),
    )
    return both_ways(out)


def _platform(lines: pd.Series, stations: pd.Series) -> list[str]:
    return [f"{line}@{station}" for line, station in zip(lines, stations, strict=True)]


def _rides(links: pd.DataFrame, lines: pd.DataFrame, assume: Assumptions) -> pd.DataFrame:
    speed = links["line_id"].map(lines["commercial_speed_kph"].astype(float)).to_numpy(float)
    unknown = np.isnan(speed)
    km = links["length_km"].to_numpy(float)
    minutes = km / np.where(unknown, assume.speed("metro.speed_kph"), speed) * 60
    return pd.DataFrame(
        {
            "from_node_id": _platform(links["line_id"], links["from_node_id"]),
            "to_node_id": _platform(links["line_id"], links["to_node_id"]),
            "mode": "metro",
            "kind": "ride",
            "length_km": km,
            "in_vehicle_min": minutes,
            "total_min": minutes,
            "cost_cny": km * assume["fare.cny_per_km.metro"],
            "co2_kg": km * assume["co2.g_per_km.metro"] / 1000,
            "legs": 0,
            "line_id": links["line_id"].to_numpy(object),
            "confidence": links["confidence"].to_numpy(object),
            "assumed": unknown,
            "dated": links["dated"].to_numpy(bool),
            "infra_id": links["link_id"].to_numpy(object),
        },
        index=pd.Index(links["link_id"].to_numpy(object)),
    )


def _waits(lines: pd.DataFrame, assume: Assumptions, period: str) -> pd.Series:
    """Half the interval of each line, capped."""
    column = "headway_peak_min" if period == "peak" else "headway_off_min"
    headway = lines[column].astype(float).fillna(assume[f"metro.headway_min.{period}"])
    return (headway / 2).clip(upper=assume["turnup.max_wait_min"])


def _doors(platforms: pd.DataFrame, wait: np.ndarray, assume: Assumptions) -> pd.DataFrame:
    """Boarding from the station and alighting to it."""
    station, platform = platforms["station_id"].to_numpy(object), platforms.index.to_numpy(object)
    common = {"mode": "metro", "line_id": platforms["line_id"].to_numpy(object), "assumed": True}
    board = pd.DataFrame(
        {
            "from_node_id": station,
            "to_node_id": platform,
            **common,
            "kind": "board",
            "total_min": assume["turnup.process_min"] + wait,
            "wait_min": wait,
            "cost_cny": assume["fare.metro_base_cny"],
            "legs": 1,
        },
        index=pd.Index([f"board:{node}" for node in platform], dtype=object),
    )
    alight = pd.DataFrame(
        {
            "from_node_id": platform,
            "to_node_id": station,
            **common,
            "kind": "alight",
            "total_min": assume["turnup.exit_min"],
            "legs": 0,
        },
        index=pd.Index([f"alight:{node}" for node in platform], dtype=object),
    )
    return together([board, alight], LINK_COLUMNS)


def _changes(platforms: pd.DataFrame, wait: np.ndarray, assume: Assumptions) -> pd.DataFrame:
    """From each line to each other line of the same station, inside the gates."""
    here = platforms.assign(wait=wait, node=platforms.index)
    pairs = here.merge(here, on="station_id", suffixes=("", "_next"))
    pairs = pairs[pairs["node"] != pairs["node_next"]]
    tails, heads = pairs["node"].to_numpy(object), pairs["node_next"].to_numpy(object)
    next_wait = pairs["wait_next"].to_numpy(float)
    return pd.DataFrame(
        {
            "from_node_id": tails,
            "to_node_id": heads,
            "mode": "metro",
            "kind": "transfer",
            "total_min": assume["turnup.transfer_min"] + next_wait,
            "wait_min": next_wait,
            "legs": 1,
            "line_id": pairs["line_id_next"].to_numpy(object),
            "assumed": True,
        },
        index=pd.Index([f"change:{a}--{b}" for a, b in zip(tails, heads, strict=True)], dtype=object),
    )
