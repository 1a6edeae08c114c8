"""Small OpenStreetMap files, drawn."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

import geopandas as gpd

# A crossroads with a one-way street, a lane that bends, a private drive, a ferry and a road being built:
#
#           4
#           |            10 ~~~~ 11 --- 12
#   1 ----- 2 ----- 3 --- 9
#           |       |
#           5       6 - 7 - 8 (private)
NODES = {
    1: (121.00, 31.00),
    2: (121.01, 31.00),
    3: (121.02, 31.00),
    4: (121.01, 31.01),
    5: (121.01, 30.99),
    6: (121.02, 30.99),
    7: (121.025, 30.985),
    8: (121.03, 30.98),
    9: (121.03, 31.00),
    10: (121.03, 31.005),
    11: (121.05, 31.005),
    12: (121.06, 31.005),
}
WAYS = {
    100: ([1, 2, 3], {"highway": "primary", "name": "人民路", "name:en": "Renmin Road", "maxspeed": "60"}),
    101: ([4, 2, 5], {"highway": "residential", "oneway": "yes"}),
    102: ([3, 6, 7], {"highway": "tertiary", "maxspeed": "CN:urban"}),
    103: ([7, 8], {"highway": "residential", "access": "private"}),
    104: ([3, 9, 10], {"highway": "secondary", "bridge": "yes"}),
    105: ([10, 11], {"route": "ferry", "motor_vehicle": "yes", "duration": "00:20"}),
    106: ([11, 12], {"highway": "secondary"}),
    107: ([6, 5], {"highway": "construction", "construction": "primary", "opening_date": "2027-06"}),
    108: ([1, 4], {"highway": "footway"}),
    109: ([5, 6], {"railway": "rail", "maxspeed": "120"}),
    110: ([1, 5], {"waterway": "canal", "name": "大运河", "CEMT": "IV"}),
}


def osm_xml(nodes=NODES, ways=WAYS, node_tags=None) -> str:
    """OpenStreetMap XML of nodes and ways."""
    tags = node_tags or {}
    parts = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6">']
    for node, (lon, lat) in nodes.items():
        inner = "".join(f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in tags.get(node, {}).items())
        parts.append(f'<node id="{node}" lat="{lat}" lon="{lon}" version="1">{inner}</node>')
    for way, (refs, told) in ways.items():
        inner = "".join(f'<nd ref="{r}"/>' for r in refs)
        inner += "".join(f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in told.items())
        parts.append(f'<way id="{way}" version="1">{inner}</way>')
    return "\n".join([*parts, "</osm>"])


def overpass_json(nodes=NODES, ways=WAYS) -> dict:
    """What an Overpass server would answer."""
    elements = [{"type": "node", "id": n, "lon": x, "lat": y} for n, (x, y) in nodes.items()]
    elements += [{"type": "way", "id": w, "nodes": refs, "tags": told} for w, (refs, told) in ways.items()]
    return {"version": 0.6, "generator": "drawn", "elements": elements}


def as_osm(roads: gpd.GeoDataFrame) -> str:
    """The roads as OpenStreetMap XML; vertices at one place are one node."""
    nodes: dict[tuple[float, float], int] = {}
    places, ways = {}, {}
    tags = [c for c in roads.columns if c != "geometry"]
    shown = roads.to_crs(4326)
    for number, (told, here, there) in enumerate(
        zip(roads[tags].to_dict("records"), roads.geometry, shown.geometry, strict=True), start=1
    ):
        refs = []
        for (x, y), (lon, lat) in zip(here.coords, there.coords, strict=True):
            ref = nodes.setdefault((round(x, 2), round(y, 2)), len(nodes) + 1)
            places[ref] = (round(lon, 7), round(lat, 7))
            refs.append(ref)
        ways[number] = (refs, {k: v for k, v in told.items() if isinstance(v, str)})
    return osm_xml(places, ways)
