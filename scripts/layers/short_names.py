"""Well-known short names of hubs: what people say, and the one place that they mean by it."""

from __future__ import annotations

from pathlib import Path

from .common import COMMON, Attr, Facts, Layer
from .writers import write_table

__all__ = ["CATALOG", "build"]

_SOURCE = "yrdgis: common short names of hubs, 2026-11-01"

SHORT_NAMES = Layer(
    "short_names",
    "Short names of hubs",
    "枢纽简称",
    "none",
    "nodes/short_names.csv",
    (
        Attr("short_name", description="What people say", description_zh="简称", required=True),
        Attr(
            "place_id",
            description="The place that is meant",
            description_zh="所指地点",
            required=True,
            references="cities.city_id|rail_stations.station_id|metro_stations.station_id|airports.airport_id"
            "|water_nodes.node_id|destinations.destination_id|towns.town_id",
        ),
        Attr(
            "modes",
            "list",
            "Modes in which it holds; blank for all",
            "适用方式(空为全部)",
            allowed="door|drive|rail|freight",
        ),
        *COMMON,
    ),
    "yrdgis",
    note="a short name wins over namesakes; several towns are called 虹桥, but the hub is meant",
)
CATALOG = (SHORT_NAMES,)

_ROWS = (
    (
        "虹桥",
        "station:shanghai-hongqiao",
        "",
        "the hub; the towns called 虹桥 are reached by 虹桥镇 or their ids",
    ),
    ("Hongqiao", "station:shanghai-hongqiao", "", "the hub"),
    ("虹桥枢纽", "station:shanghai-hongqiao", "", "the hub"),
    ("虹桥机场", "airport:sha", "", ""),
    ("浦东机场", "airport:pvg", "", ""),
    ("萧山机场", "airport:hgh", "", ""),
    ("硕放机场", "airport:wux", "", ""),
    ("人民广场", "metro:sh-renminguangchang", "door;drive", "the centre of Shanghai"),
    ("People's Square", "metro:sh-renminguangchang", "door;drive", "the centre of Shanghai"),
    ("洋山", "port:yangshan", "freight", "the port; 洋山镇 is the town"),
    ("洋山港", "port:yangshan", "", "the port"),
)


def build(facts: Facts, out: Path) -> None:
    """Write the short names; they rest on no table of facts."""
    del facts
    rows = [
        {
            "short_name": short,
            "place_id": place,
            "modes": modes,
            "source_public": _SOURCE,
            "confidence": "high",
            "note": note,
        }
        for short, place, modes, note in _ROWS
    ]
    write_table(out, SHORT_NAMES, rows)
