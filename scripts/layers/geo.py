"""Geometry that builders share: in which city and district a point lies, how long a line is, what is water."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

METRIC_CRS = "EPSG:4549"
NEAR_KM = 3.0
"""A point outside every polygon belongs to the nearest district if that is no farther (reclaimed land, bridges)."""

__all__ = ["METRIC_CRS", "NEAR_KM", "Areas", "line_km", "read_geojson", "straight_km"]


@lru_cache(maxsize=1)
def _geod() -> Any:
    from pyproj import Geod

    return Geod(ellps="WGS84")


def straight_km(a: Sequence[float], b: Sequence[float]) -> float:
    """Kilometres between two points (lon, lat) on the ellipsoid."""
    return _geod().inv(a[0], a[1], b[0], b[1])[2] / 1000


def line_km(points: Sequence[Sequence[float]]) -> float:
    """Kilometres along a line of points (lon, lat) on the ellipsoid."""
    return _geod().line_length([p[0] for p in points], [p[1] for p in points]) / 1000


def read_geojson(path: Path) -> tuple[list[dict[str, Any]], list[Any]]:
    """Properties and geometries of a GeoJSON layer."""
    from shapely.geometry import shape

    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    return [f["properties"] for f in features], [shape(f["geometry"]) for f in features]


@dataclass
class Areas:
    """The districts of the area, asked for points.

    Examples
    --------
    ``Areas.load(out).place(121.47, 31.23)`` gives
    ``{"city_id": "city:shanghai", "district_id": "district:310101"}`` and an empty remark.
    """

    districts: list[dict[str, Any]]
    polygons: list[Any]
    tree: Any
    cities_zh: dict[str, str]

    @classmethod
    def load(cls, out: Path) -> Areas:
        """Read ``zones/districts.geojson`` under ``out`` (the builder ``zones`` writes it)."""
        from shapely import STRtree, prepare

        districts, polygons = read_geojson(out / "zones" / "districts.geojson")
        prepare(polygons)
        cities, _ = read_geojson(out / "zones" / "cities.geojson")
        return cls(districts, polygons, STRtree(polygons), {c["city_id"]: c["name_zh"] for c in cities})

    def place(self, lon: float | str, lat: float | str, city_zh: str = "") -> tuple[dict[str, str], str]:
        """City and district ids of a point, and a remark where it lies outside every polygon but near one.

        Outside, the nearest district counts, one of the city that is named (``city_zh``) before others. Both ids are
        blank for a point more than ``NEAR_KM`` away, and for one outside that is said to be in a city of none.
        """
        from shapely import Point

        where = Point(float(lon), float(lat))
        inside = [i for i in self.tree.query(where) if self.polygons[i].intersects(where)]
        if inside:
            return self._ids(min(inside)), ""
        if city_zh and city_zh not in self.cities_zh.values():
            return {"city_id": "", "district_id": ""}, ""
        reach = [
            (self._distance_km(int(i), where), int(i)) for i in self.tree.query(where.buffer(NEAR_KM / 90))
        ]
        reach = [(away, i) for away, i in reach if away <= NEAR_KM]
        said = [(away, i) for away, i in reach if self.cities_zh[self.districts[i]["city_id"]] == city_zh]
        if not reach:
            return {"city_id": "", "district_id": ""}, ""
        away, near = min(said or reach)
        return self._ids(
            near
        ), f"{away:.1f} km outside the district polygon (reclaimed land, water or bridge)"

    def name_zh(self, district_id: str) -> str:
        """Chinese name of a district; blank for a blank id."""
        return next((d["name_zh"] for d in self.districts if d["district_id"] == district_id), "")

    def compare(self, found: dict[str, str], district_zh: str) -> str:
        """Remark where a fact names another district than the polygons do."""
        name = self.name_zh(found["district_id"])
        if district_zh and name and name not in district_zh and district_zh not in name:
            return f"by position in {name}; one source names {district_zh}"
        return ""

    def _ids(self, i: int) -> dict[str, str]:
        return {"city_id": self.districts[i]["city_id"], "district_id": self.districts[i]["district_id"]}

    def _distance_km(self, i: int, where: Any) -> float:
        from shapely.ops import nearest_points

        border = nearest_points(self.polygons[i], where)[0]
        return straight_km((border.x, border.y), (where.x, where.y))
