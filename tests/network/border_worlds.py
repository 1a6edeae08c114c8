"""Drawn worlds with a border, roads that cross it, and roads that end at it, with the truth beside them."""

from __future__ import annotations

from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import shapely

X, Y = 560_000.0, 3_430_000.0
CRS = "EPSG:4549"


@dataclass
class BorderWorld:
    """Roads in metres (x east, y north of a corner), the border near y = 0, and where the true gaps are."""

    lines: list = field(default_factory=list)
    highway: list = field(default_factory=list)
    name: list = field(default_factory=list)
    bridge: list = field(default_factory=list)
    truth: list = field(default_factory=list)
    water: list = field(default_factory=list)

    def road(self, *points, highway="secondary", name="", bridge=""):
        self.lines.append(shapely.LineString(points))
        self.highway.append(highway)
        self.name.append(name)
        self.bridge.append(bridge)

    def roads(self):
        shapes = shapely.transform(np.array(self.lines, object), lambda xy: xy + np.array([X, Y]))
        return gpd.GeoDataFrame(
            {"highway": self.highway, "name": self.name, "bridge": self.bridge}, geometry=shapes, crs=CRS
        )

    def border(self, width):
        x = np.linspace(-2000, width + 2000, 400)
        line = shapely.LineString(np.column_stack([x + X, border_y(x) + Y]))
        return gpd.GeoDataFrame({"name_zh": ["甲乙省界"]}, geometry=[line], crs=CRS)

    def waters(self):
        shapes = shapely.transform(np.array(self.water, object), lambda xy: xy + np.array([X, Y]))
        return gpd.GeoDataFrame(geometry=list(shapes), crs=CRS)


def border_y(x):
    """The border winds by some hundred metres."""
    return 250 * np.sin(np.asarray(x) / 1700.0) + 60 * np.sin(np.asarray(x) / 310.0)


def draw(seed: int, columns: int = 24, spacing: float = 900.0) -> tuple[BorderWorld, float]:
    """A world of north-south roads between two east-west ones, each a case drawn at random.

    Cases: through (crosses), gap, water (gap over a river), offset (partner beside the line), drop (goes on
    as a track), and false ends: lone (ends and nothing lies opposite for kilometres), sac (a cul-de-sac of
    houses), away (ends pointing along the border), near (a gap with a road round it at once), missed (drawn
    two metres short).
    """
    rng = np.random.default_rng(seed)
    world = BorderWorld()
    width = columns * spacing
    far = 5000.0
    xs = [spacing * (i + 0.5) for i in range(columns)]
    for y, label in ((-far, "南环路"), (far, "北环路")):
        world.road(*[(x, y) for x in (-500, *xs, width + 500)], highway="primary", name=label)
    cases = ["through", "gap", "water", "offset", "drop", "lone", "sac", "away", "near", "missed"]
    plan = [*cases, *rng.choice(cases, columns - len(cases))]
    rng.shuffle(plan)
    plan[0] = plan[-1] = "through"
    for x, case in zip(xs, plan, strict=True):
        _column(world, rng, x, float(border_y(x)), far, case)
    for x in rng.uniform(0, width, columns):  # lanes of houses on either side, pointing anywhere
        side, turn = rng.choice([-1, 1]), rng.uniform(0, 2 * np.pi)
        y = float(border_y(x)) + side * rng.uniform(100, 900)
        tip = (x + 120 * np.cos(turn), y + 120 * np.sin(turn))
        world.road((x, y), tip, highway=str(rng.choice(["service", "living_street", "track"])))
    return world, width


def _wobble(rng, x, ys, size=40.0):
    return [(x + rng.normal(0, size), y) for y in ys]


def _column(world, rng, x, b, far, case):
    klass = str(rng.choice(["primary", "secondary", "tertiary"]))
    name = f"{rng.choice(list('东西南北中'))}{rng.choice(list('兴华安平盛'))}路"
    south = [(x, -far), *_wobble(rng, x, [-far * 0.7, -far * 0.4])]
    north = [(x, far), *_wobble(rng, x, [far * 0.7, far * 0.4])]
    low, high = b - rng.uniform(30, 900), b + rng.uniform(30, 900)
    across = str(rng.choice([klass, "secondary", "tertiary", "unclassified", "state road"]))
    sx, nx = x + rng.normal(0, 30), x + rng.normal(0, 30)
    if case == "through":
        world.road(*south, (sx, b), *north[::-1], highway=klass, name=name)
    elif case in ("gap", "water"):
        if case == "water":
            low, high = b - 180, b + 180
            river = shapely.box(x - 400, b - 120, x + 400, b + 120)
            world.water.append(river)
        world.road(*south, (sx, low), highway=klass, name=name)
        world.road(*north, (nx, high), highway=across, name=name if rng.random() < 0.5 else "外路")
        world.truth.append(((sx, low), (nx, high)))
    elif case == "offset":
        shift = rng.choice([-1, 1]) * rng.uniform(60, min(0.9 * (high - low), 450))
        world.road(*south, (sx, low), highway=klass, name=name)
        other = [(far_x + shift, y) for far_x, y in north]
        world.road((x, far), *other[1:], (nx + shift, high), highway=across)
        world.truth.append(((sx, low), (nx + shift, high)))
    elif case == "drop":
        world.road(*south, (sx, low), highway="primary", name=name)
        world.road((sx, low), (nx, high), highway="track")
        world.road(*north, (nx, high), highway="primary", name=name)
        world.truth.append(((sx, low), (nx, high)))
    else:
        _false(world, rng, x, b, far, case, klass, south, north, low, sx)


def _false(world, rng, x, b, far, case, klass, south, north, low, sx):
    if case == "lone":
        world.road(*south, (sx, b - 900), highway=klass)
    elif case == "sac":
        world.road(*south, (sx, b), *north[::-1], highway=klass)
        for side in (-1, 1):
            start = (x, side * far * 0.9)
            world.road(start, (x + 80, side * far * 0.9), (x + 90, b + side * 300), highway="service")
    elif case == "away":
        world.road(*south, (sx, b), *north[::-1], highway=klass)
        world.road((sx, b), (sx + 250, b + 5), highway="residential")
        world.road(south[1], (x + 300, south[1][1]), (x + 330, south[1][1]), highway=klass)
    elif case == "near":
        world.road(*south, (sx, low - 100), (sx, low), highway=klass)
        world.road(*north, (sx, low + 300), (sx, low + 200), highway=klass)
        world.road((sx, low - 100), (sx + 100, low + 100), (sx, low + 300), highway=klass)
    elif case == "missed":
        world.road(*south, (sx, b - 1.2), highway=klass)
        world.road(*north, (sx, b), highway=klass)
