"""Borders that wiggle, rivers and bays, and roads that do or do not stop at them: drawn at random.

A border runs along ``s`` (metres) at height ``t = border(s)``, with a river or a bay along parts of it.
Two trunk roads run south and north of it; every few kilometres one case is drawn between them. The
whole is turned by a random angle, so that nothing lies along the axes. `GapWorld.truth` lists what a
person would call a dead-end road worth joining: the two points between which a road is missing.

            north trunk ────────────────────────────
                 │         │          │  ╭──╮
      border ~~~~~gap~~~~~~│~~~bridge~│~~│loop ~~~~~
                 │         │          │
            south trunk ────────────────────────────
"""

from __future__ import annotations

from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
from shapely import LineString, Point, Polygon
from shapely.affinity import rotate, translate

CRS = "EPSG:4549"
MIDDLE = (605_000.0, 3_455_000.0)
ORDER = ["trunk", "primary", "secondary", "tertiary", "unclassified", "residential"]
TRUE = ["gap", "gap", "staggered", "meets", "drop", "twin", "joined twin", "turning circle"]
FALSE = [
    "crossing",
    "bridge",
    "twin crossing",
    "roundabout",
    "cul-de-sacs",
    "hairpin",
    "depot",
    "frontage",
    "renamed",
    "bypassed",
    "sideways",
    "lone",
    "main road turns",
    "T with a lane ahead",
]


@dataclass
class Truth:
    """A road that is missing: from where to where, and how many rows may tell of it."""

    case: str
    a: tuple[float, float]
    b: tuple[float, float]
    rows: int = 1
    along: list[tuple[float, float]] | None = None

    def told_by(self, line: LineString, near_m: float = 60.0) -> bool:
        """Whether a line to build is this one, either way round."""
        one, other = line.coords[0], line.coords[-1]
        if self.along:
            return _far(one, self.a) < near_m and Point(other).distance(LineString(self.along)) < near_m
        here, there = max(_far(one, self.a), _far(other, self.b)), max(_far(one, self.b), _far(other, self.a))
        return min(here, there) < near_m


def _far(one, other):
    return float(np.hypot(one[0] - other[0], one[1] - other[1]))


@dataclass
class GapWorld:
    """Roads, border, water and what is missing, in EPSG:4549."""

    rng: np.random.Generator
    shape: list[tuple[float, float, float]]
    wet: list[tuple[float, float, float]]
    rows: list[dict] = field(default_factory=list)
    truth: list[Truth] = field(default_factory=list)
    lone: list[tuple[float, float]] = field(default_factory=list)
    cases: list[tuple[str, float]] = field(default_factory=list)
    south: list[tuple[float, float]] = field(default_factory=list)
    north: list[tuple[float, float]] = field(default_factory=list)
    angle: float = 0.0

    def judge(self, table: gpd.GeoDataFrame) -> tuple[int, int, list[str]]:
        """Likely rows that are right, those that are wrong, and the cases that were missed."""
        likely = table[table["likely"]].to_crs(CRS)
        told = [0] * len(self.truth)
        wrong = 0
        for line in likely.geometry:
            hit = next((k for k, t in enumerate(self.truth) if told[k] < t.rows and t.told_by(line)), None)
            if hit is None:
                wrong += 1
            else:
                told[hit] += 1
        return sum(told), wrong, [t.case for t, n in zip(self.truth, told, strict=True) if not n]

    def lists_lone(self, table: gpd.GeoDataFrame) -> bool:
        """Whether every end that has no partner is listed."""
        starts = [Point(g.coords[0]) for g in table.to_crs(CRS).geometry]
        return all(any(Point(p).distance(start) < 30 for start in starts) for p in self.lone)

    def border(self, s: float) -> float:
        """Height of the border at s."""
        return sum(size * np.sin(s / length + phase) for size, length, phase in self.shape)

    def width(self, s: float) -> float:
        """Metres of water across the border at s; 0 on land."""
        return max(
            (w * np.sqrt(1 - ((s - at) / half) ** 2) for at, half, w in self.wet if abs(s - at) < half),
            default=0.0,
        )

    def add(self, points, klass, name=None, **tags):
        """One way."""
        self.rows.append({"highway": klass, "name": name, **tags, "points": [tuple(p) for p in points]})

    def path(self, start, end, klass, name=None, *, wobble=25.0, heading=None, **tags):
        """A road that bends; ``heading`` (degrees from straight on) is how it arrives."""
        start, end = np.asarray(start, float), np.asarray(end, float)
        far = float(np.hypot(*(end - start)))
        count = max(int(far / 180.0), 3)
        share = np.linspace(0, 1, count + 1)[:, None]
        side = np.array([-(end - start)[1], (end - start)[0]]) / far
        curve = np.tan(np.radians(heading or 0.0)) * far / 3 * (share * (1 - share) ** 0.5 * share)
        points = start + share * (end - start) - curve * side
        points[1:-1] += self.rng.normal(0, wobble / 4, (count - 1, 2))
        self.add(points, klass, name, **tags)


def _turned(world, angle):
    def place(geometry):
        return translate(rotate(geometry, angle, origin=(0, 0)), *MIDDLE)

    roads = gpd.GeoDataFrame(
        [{k: v for k, v in row.items() if k != "points"} for row in world.rows],
        geometry=[place(LineString(row["points"])) for row in world.rows],
        crs=CRS,
    )

    def point(p):
        return place(LineString([p, (p[0] + 1, p[1])])).coords[0]

    for truth in world.truth:
        truth.a, truth.b = point(truth.a), point(truth.b)
        truth.along = [point(p) for p in truth.along] if truth.along else None
    world.lone = [point(p) for p in world.lone]
    return roads, place


def draw(seed: int, *, cases: int = 20, share_true: float = 0.5):
    """A world and its frames: ``(world, roads, border, water)``."""
    rng = np.random.default_rng(seed)
    shape = [
        (rng.uniform(150, 600), rng.uniform(1500, 4000), rng.uniform(0, 6)),
        (rng.uniform(20, 120), rng.uniform(250, 700), rng.uniform(0, 6)),
        (rng.uniform(5, 25), rng.uniform(40, 120), rng.uniform(0, 6)),
    ]
    places = np.cumsum(rng.uniform(2600, 4200, cases))
    long = places[-1] + 3000
    wet = []
    at = rng.uniform(0, 9000)
    while at < long:
        half = rng.uniform(1500, 7000)
        wet.append(
            (at, half, rng.choice([rng.uniform(50, 180), rng.uniform(180, 500), rng.uniform(600, 1300)]))
        )
        at += half * 2 + rng.uniform(1000, 9000)
    world = GapWorld(rng, shape, wet)
    for s in places:
        kinds = TRUE if rng.random() < share_true else FALSE
        case = str(rng.choice(kinds))
        world.cases.append((case, float(s)))
        DRAW[case](world, float(s))
    _trunks(world, long)
    world.angle = rng.uniform(0, 360)
    roads, place = _turned(world, world.angle)
    line = np.arange(-3000, long + 3000, 60.0)
    border = gpd.GeoDataFrame(
        {"name": ["border"]}, geometry=[place(LineString([(s, world.border(s)) for s in line]))], crs=CRS
    )
    water = gpd.GeoDataFrame(
        {"name": ["water"] * len(wet)}, geometry=[place(_river(world, *one)) for one in wet], crs=CRS
    )
    return world, roads, border, water


def _river(world, at, half, _):
    s = np.linspace(at - half + 1, at + half - 1, max(int(half / 30), 20))
    bank = [(x, world.border(x) - world.width(x) / 2) for x in s]
    return Polygon(bank + [(x, world.border(x) + world.width(x) / 2) for x in s[::-1]])


def _trunks(world, long):
    for side, klass in ((world.south, "primary"), (world.north, "secondary")):
        end = 4200.0 if side is world.north else -4200.0
        points = sorted([*side, (-2500.0, end), (long, end)])
        world.add(points, klass, "干线")
    # two bridges far out keep the two sides one network
    for s in (-2500.0, long):
        world.path((s, -4200.0), (s, 4200.0), "trunk", "大桥路", wobble=0, bridge="yes", layer="1")


def _foot(world, side, s):
    """A point of one of the two trunk roads, where a road starts."""
    rng = world.rng
    t = world.border(s) + (1 if side == "north" else -1) * rng.uniform(2800, 4600)
    getattr(world, side).append((s, t))
    return s, t


def _classes(rng, low=4):
    one = int(rng.integers(1, low))
    return ORDER[one], ORDER[int(np.clip(one + rng.choice([-1, 0, 0, 1]), 1, low - 1))]


def _names(rng, s):
    kind = rng.random()
    if kind < 0.35:
        return f"{int(s)}公路", f"{int(s)}公路"
    return (None, None) if kind > 0.8 else (f"沪{int(s)}路", f"苏{int(s)}大道")


def _length(world, s, low=70.0, high=1500.0):
    """Metres of a gap at s: over all the water there, or a free length on land."""
    wet = world.width(s)
    if wet:
        return wet + world.rng.uniform(20, 150)
    return float(np.exp(world.rng.uniform(np.log(low), np.log(high))))


def _gap(world, s, *, shift=None, case="gap", twin=False):
    rng = world.rng
    gap = _length(world, s)
    shift = rng.uniform(-0.35, 0.35) * gap if shift is None else shift
    share = rng.uniform(0.3, 0.7) if not world.width(s) else 0.5
    a = (s - shift / 2, world.border(s) - gap * share)
    b = (s + shift / 2, world.border(s) + gap * (1 - share))
    (south, north), (low, high) = _classes(rng), _names(rng, s)
    foot_a = _foot(world, "south", s + rng.uniform(-500, 500))
    foot_b = _foot(world, "north", s + rng.uniform(-500, 500))
    turn = [rng.normal(0, 9), rng.normal(0, 9)]
    if twin:
        for off in (-rng.uniform(7, 13), rng.uniform(7, 13)):
            there = off > 0
            ends = [
                ((foot_a[0] + off, foot_a[1]), (a[0] + off, a[1]), south, low, "south"),
                ((foot_b[0] + off, foot_b[1]), (b[0] + off, b[1]), north, high, "north"),
            ]
            for foot, end, klass, name, side in ends:
                getattr(world, side).append(foot)
                way = (foot, end) if there == (side == "south") else (end, foot)
                world.path(*way, klass, name, wobble=2, oneway="yes")
        world.south.remove(foot_a)
        world.north.remove(foot_b)
    else:
        world.path(foot_a, a, south, low, heading=turn[0])
        world.path(foot_b, b, north, high, heading=turn[1])
    world.truth.append(Truth(case, a, b, rows=2 if twin else 1))


def _staggered(world, s):
    _gap(world, s, shift=float(world.rng.choice([-1, 1]) * world.rng.uniform(120, 420)), case="staggered")


def _twin(world, s):
    _gap(world, s, case="twin", twin=True)


def _joined_twin(world, s):
    """Two carriageways on either side, joined at their ends so that vehicles can turn."""
    _gap(world, s, case="joined twin", twin=True)
    a, b = world.truth[-1].a, world.truth[-1].b
    for one, other, tip, sign in ((-4, -2, a, 1), (-3, -1, b, -1)):
        for at in (one, other):
            points = world.rows[at]["points"]
            end = -1 if np.hypot(*np.subtract(points[-1], tip)) < 30 else 0
            points[end] = (tip[0], tip[1] + sign * 12.0)
    world.truth[-1] = Truth("joined twin", (a[0], a[1] + 12.0), (b[0], b[1] - 12.0), rows=2)


def _turning_circle(world, s):
    """As a gap, but vehicles turn round on a loop at one end or both."""
    rng = world.rng
    _gap(world, s, case="turning circle")
    for tip, sign in ((world.truth[-1].a, 1), (world.truth[-1].b, -1)):
        if sign == 1 or rng.random() < 0.5:
            r = rng.uniform(8, 16)
            turn = np.linspace(0, 2 * np.pi, 9)
            ring = [(tip[0] + r * np.sin(t), tip[1] + sign * r * (1 - np.cos(t))) for t in turn]
            ring[0] = ring[-1] = tip
            world.add(ring, "service" if rng.random() < 0.5 else "tertiary", None, oneway="yes")


def _meets(world, s):
    """A road stops short of the border; beyond it a road passes that it could meet."""
    rng = world.rng
    up = rng.random() < 0.5
    sign = 1 if up else -1
    gap = _length(world, s, 120.0, 1100.0)
    b = world.border(s)
    end = (s, b - sign * gap * 0.5)
    far = b + sign * gap * 0.5
    klass, other = _classes(rng)
    tilt = rng.uniform(-0.25, 0.25)
    cross = [
        (s + d, far + d * tilt + sign * (20 if d else 0) * rng.random())
        for d in (-900.0, -450.0, 0.0, 450.0, 900.0)
    ]
    near, away = ("south", "north") if up else ("north", "south")
    clear = max((abs(world.border(x) - b) for x, _ in cross), default=0)
    cross = [(x, y + sign * clear) for x, y in cross]
    for x, y in (cross[0], cross[-1]):
        foot = _foot(world, away, x)
        world.path((x, y), foot, other, "连接路")
    world.add(cross, other, "沿江路")
    world.path(
        _foot(world, near, s + rng.uniform(-400, 400)), end, klass, f"{int(s)}路", heading=rng.normal(0, 8)
    )
    world.truth.append(Truth("meets", end, cross[2], along=cross))


def _drop(world, s):
    """A road goes on over the border as a lane, and is a road again beyond."""
    rng = world.rng
    klass = ORDER[int(rng.integers(1, 3))]
    lane = str(rng.choice(["unclassified", "residential", "track", "service"]))
    half = rng.uniform(120, 700)
    a, b = (
        (s, world.border(s) - half - world.width(s) / 2),
        (s + rng.uniform(-80, 80), world.border(s) + half + world.width(s) / 2),
    )
    low, high = _names(rng, s)
    world.path(_foot(world, "south", s + rng.uniform(-300, 300)), a, klass, low)
    world.path(a, b, lane, rng.choice([None, "机耕路"]), wobble=40)
    world.path(b, _foot(world, "north", s + rng.uniform(-300, 300)), klass, high)
    world.truth.append(Truth("drop", a, b))


def _over(world, s, klass, name, **tags):
    """A road across: bank to bank by a bridge where there is water."""
    rng = world.rng
    reach = world.width(s) / 2 + rng.uniform(15, 80)
    a, b = (s, world.border(s) - reach), (s + rng.uniform(-40, 40), world.border(s) + reach)
    wet = {"bridge": "yes", "layer": "1"} if world.width(s) else {}
    world.path(_foot(world, "south", s + rng.uniform(-300, 300)), a, klass, name, **tags)
    world.path(a, b, klass, name, wobble=4, **wet, **tags)
    world.path(b, _foot(world, "north", s + rng.uniform(-300, 300)), klass, name, **tags)


def _crossing(world, s):
    _over(world, s, str(world.rng.choice(ORDER[1:5])), f"{int(s)}路")


def _bridge(world, s):
    """As a crossing, but the bridge has its own name, and lanes run along both banks below it."""
    rng = world.rng
    _over(world, s, str(rng.choice(ORDER[1:4])), f"{int(s)}路")
    world.rows[-2]["name"] = "省界大桥"
    for sign in (-1, 1):
        t = [world.border(s + d) + sign * (world.width(s + d) / 2 + 8) for d in (-300, 0, 300)]
        world.add([(s - 300, t[0]), (s, t[1]), (s + 300, t[2])], "track", None, layer="-1")


def _twin_crossing(world, s):
    for off, back in ((-10.0, False), (10.0, True)):
        _over(world, s + off, "primary", f"{int(s)}大道", oneway="-1" if back else "yes")


def _roundabout(world, s):
    rng = world.rng
    r = rng.uniform(20, 45)
    middle = np.array([s, world.border(s) + (world.width(s) / 2 + r + 20) * rng.choice([-1, 1])])
    ring = [tuple(middle + r * np.array([np.cos(a), np.sin(a)])) for a in np.linspace(0, 2 * np.pi, 13)]
    ring[-1] = ring[0]
    world.add(ring, "secondary", None, junction="roundabout", oneway="yes")
    wet = {"bridge": "yes", "layer": "1"} if world.width(s) else {}
    low, high = (wet, {}) if middle[1] > world.border(s) else ({}, wet)
    for end, side, tags in ((ring[9], "south", low), (ring[3], "north", high)):
        bank = (end[0], world.border(s) + (-1 if side == "south" else 1) * (world.width(s) / 2 + 2 * r + 60))
        world.path(end, bank, "secondary", "环路", wobble=3, **tags)
        world.path(bank, _foot(world, side, s), "secondary", f"{side}路")
    world.path(ring[0], (ring[0][0] + rng.uniform(60, 200), ring[0][1]), "service", None)


def _culs(world, s):
    """A road that stays inland, with streets off it that stop near the border, on one or both sides."""
    rng = world.rng
    for sign, side in ((-1, "south"), (1, "north")):
        if sign == 1 and rng.random() < 0.4:
            continue
        base = world.border(s) + sign * (world.width(s) / 2 + rng.uniform(350, 800))
        at = sorted(rng.uniform(-700, 700, 3))
        spine = [(s - 900, base), *((s + d, base) for d in at), (s + 900, base)]
        world.add(spine, "tertiary", "镇南路")
        for end in (spine[0], spine[-1]):
            world.path(end, _foot(world, side, end[0]), "tertiary", "镇路")
        for d in at:
            stop = world.border(s + d) + sign * (world.width(s + d) / 2 + rng.uniform(20, 160))
            if sign * (base - stop) > 60:
                world.path(
                    (s + d, base),
                    (s + d + rng.uniform(-40, 40), stop),
                    str(rng.choice(["residential", "service", "residential"])),
                    None,
                    wobble=6,
                )


def _hairpin(world, s):
    """A road that comes to the border and turns back to where it came from."""
    rng = world.rng
    sign, side = (-1, "south") if rng.random() < 0.5 else (1, "north")
    top = world.border(s) + sign * (world.width(s) / 2 + rng.uniform(40, 250))
    klass = str(rng.choice(ORDER[2:5]))
    wide = rng.uniform(60, 600)
    foot, back = _foot(world, side, s), _foot(world, side, s + wide)
    turn = [
        (s, top + sign * 200),
        (s + wide * 0.2, top + sign * 60),
        (s + wide * 0.5, top),
        (s + wide * 0.8, top + sign * 60),
        (s + wide, top + sign * 200),
    ]
    world.path(foot, turn[0], klass, "回头路")
    world.add(turn, klass, "回头路")
    world.path(turn[-1], back, klass, "回头路")
    if rng.random() < 0.5:  # and a pier or a yard at its tip
        world.path(turn[2], (turn[2][0], turn[2][1] - sign * 35), "service", None, wobble=1)


def _depot(world, s):
    """A works road ends at a yard; over the border the country goes on without a road that wants it."""
    rng = world.rng
    sign, side = (-1, "south") if rng.random() < 0.5 else (1, "north")
    stop = world.border(s) + sign * (world.width(s) / 2 + rng.uniform(60, 300))
    gate = (s, stop + sign * 150)
    world.path(
        _foot(world, side, s + rng.uniform(-300, 300)),
        gate,
        str(rng.choice(["unclassified", "service"])),
        "仓库路",
    )
    ring = [
        gate,
        (s - 60, stop + sign * 80),
        (s - 60, stop),
        (s + 60, stop),
        (s + 60, stop + sign * 80),
        gate,
    ]
    world.add(ring, "service", None)
    world.path(ring[2], (s - 60, stop - sign * 30), "service", None, wobble=1)


def _frontage(world, s):
    """A main road ends at a T on a road along the border, on one side; on the other perhaps as well."""
    rng = world.rng
    for sign, side in ((-1, "south"), (1, "north")):
        if sign == 1 and rng.random() < 0.5:
            continue
        off = rng.uniform(50, 250)
        front = [
            (s + d, world.border(s + d) + sign * (world.width(s + d) / 2 + off))
            for d in (-800.0, -400.0, 0.0, 400.0, 800.0)
        ]
        klass = str(rng.choice(["secondary", "tertiary"]))
        world.add(front, klass, "沿河路")
        world.path(_foot(world, side, s), front[2], str(rng.choice(ORDER[1:4])), "直路")
        for end in (front[0], front[-1]):
            world.path(end, _foot(world, side, end[0]), klass, "边路")


def _renamed(world, s):
    """One road whose name, and class by a step, change at the border, for good."""
    rng = world.rng
    one = int(rng.integers(1, 4))
    _over(world, s, ORDER[one], f"沪{int(s)}路")
    other = ORDER[one + int(rng.choice([0, 1]))] if one < 3 else ORDER[one]
    world.rows[-1].update(highway=other, name=f"浙{int(s)}线")


def _bypassed(world, s):
    """The old road was cut when the new bridge opened a little aside: both its ends still stand."""
    rng = world.rng
    aside = float(rng.choice([-1, 1]) * rng.uniform(90, 260))
    gap = _length(world, s, 60.0, 300.0)
    b = world.border(s)
    forks = [(s, b - gap / 2 - 500), (s, b + gap / 2 + 500)]
    klass = str(rng.choice(ORDER[1:4]))
    world.path(_foot(world, "south", s), forks[0], klass, f"{int(s)}路")
    world.path(forks[1], _foot(world, "north", s), klass, f"{int(s)}路")
    over = [(s + aside, b - gap / 2 - 100), (s + aside, b + gap / 2 + 100)]
    wet = {"bridge": "yes", "layer": "1"} if world.width(s) else {}
    world.add([forks[0], (s + aside * 0.7, b - gap / 2 - 300), over[0]], klass, f"{int(s)}路")
    world.add(over, klass, f"{int(s)}路", **wet)
    world.add([over[1], (s + aside * 0.7, b + gap / 2 + 300), forks[1]], klass, f"{int(s)}路")
    old = str(rng.choice(["tertiary", "unclassified"]))
    world.path(forks[0], (s, b - gap / 2), old, "老路", wobble=8)
    world.path(forks[1], (s, b + gap / 2), old, "老路", wobble=8)


def _sideways(world, s):
    """Two roads run along the border, each on its side, and stop there without facing each other."""
    rng = world.rng
    off = [world.width(s) / 2 + rng.uniform(150, 350) for _ in range(2)]
    away = float(rng.choice([-1, 1]))
    for sign, side, far in ((-1, "south", off[0]), (1, "north", off[1])):
        way = away * sign
        stop = (s + way * 500, world.border(s + way * 500) + sign * far)
        bend = (s - way * 400, world.border(s - way * 400) + sign * far)
        if sign == 1 and rng.random() < 0.5:
            continue
        klass = str(rng.choice(["tertiary", "secondary"]))
        world.path(_foot(world, side, bend[0]), bend, klass, f"{side}弯路")
        world.add(
            [bend, ((bend[0] + stop[0]) / 2, (bend[1] + stop[1]) / 2 + sign * 25), stop], klass, f"{side}弯路"
        )


def _turns(world, s):
    """On both sides a main road comes near, and turns to run along the border; a lane goes on ahead and stops."""
    rng = world.rng
    klass = ORDER[int(rng.integers(1, 4))]
    for sign, side in ((-1, "south"), (1, "north")):
        corner = (s, world.border(s) + sign * (world.width(s) / 2 + rng.uniform(60, 400)))
        away = float(rng.choice([-1, 1])) * rng.uniform(700, 900)
        far = world.border(s + away) + sign * (world.width(s + away) / 2 + rng.uniform(300, 600))
        world.path(_foot(world, side, s + rng.uniform(-200, 200)), corner, klass, "拐弯路")
        world.path(corner, (s + away, far), klass, "拐弯路", wobble=4)
        world.path((s + away, far), _foot(world, side, s + away), klass, "拐弯路")
        lane = str(rng.choice(["residential", "service", "track"]))
        world.path(corner, (s, corner[1] - sign * rng.uniform(20, 55)), lane, None, wobble=2)


def _lane_ahead(world, s):
    """A main road ends at a T on a road of its class; ahead of the T there is only a lane, over the border."""
    rng = world.rng
    klass = str(rng.choice(["secondary", "primary"]))
    tips = []
    for sign, side in ((-1, "south"), (1, "north")):
        off = rng.uniform(60, 250)
        front = [
            (s + d, world.border(s + d) + sign * (world.width(s + d) / 2 + off)) for d in (-800.0, 0.0, 800.0)
        ]
        tips.append(front[1])
        world.add(front, klass, "沿河路")
        world.path(_foot(world, side, s), front[1], klass, "直路")
        for end in (front[0], front[-1]):
            world.path(end, _foot(world, side, end[0]), klass, "边路")
    wet = {"bridge": "yes", "layer": "1"} if world.width(s) else {}
    world.path(tips[0], tips[1], "track", None, wobble=4, **wet)


def _lone(world, s):
    """A road stops at the border and there is nothing beyond: to be listed, not to be joined."""
    rng = world.rng
    sign, side = (-1, "south") if rng.random() < 0.5 else (1, "north")
    end = (s, world.border(s) + sign * (world.width(s) / 2 + rng.uniform(20, 250)))
    world.path(_foot(world, side, s + rng.uniform(-300, 300)), end, str(rng.choice(ORDER[1:4])), "断头路")
    world.lone.append(end)


DRAW = {
    "gap": _gap,
    "staggered": _staggered,
    "meets": _meets,
    "drop": _drop,
    "twin": _twin,
    "joined twin": _joined_twin,
    "turning circle": _turning_circle,
    "crossing": _crossing,
    "bridge": _bridge,
    "twin crossing": _twin_crossing,
    "roundabout": _roundabout,
    "cul-de-sacs": _culs,
    "hairpin": _hairpin,
    "depot": _depot,
    "frontage": _frontage,
    "renamed": _renamed,
    "bypassed": _bypassed,
    "sideways": _sideways,
    "lone": _lone,
    "main road turns": _turns,
    "T with a lane ahead": _lane_ahead,
}
