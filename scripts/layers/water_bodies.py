"""Water bodies."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .geo import read_geojson


@dataclass
class Water:
    """The water bodies, asked for points."""

    names: list[str]
    polygons: list[Any]

    @classmethod
    def load(cls, out: Path) -> Water:
        """Read ``zones/water_bodies.geojson`` under ``out``; empty where it isn't there."""
        path = out / "zones" / "water_bodies.geojson"
        if not path.is_file():
            return cls([], [])
        properties, polygons = read_geojson(path)
        from shapely import prepare

        prepare(polygons)
        return cls([p["name_zh"] for p in properties], polygons)

    def remark(self, lon: float | str, lat: float | str) -> str:
        """Remark where a point that should be on land lies in water; blank elsewhere."""
        from shapely import Point

        where = Point(float(lon), float(lat))
        wet = [
            name for name, polygon in zip(self.names, self.polygons, strict=True) if polygon.contains(where)
        ]
        return f"the point lies in water ({wet[0]}): its position is at fault" if wet else ""
