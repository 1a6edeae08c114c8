"""The page of questions: a place and a set of projects are chosen in the page, and it answers at once, offline."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from yrdgis.maps.background import add_background, seat_label
from yrdgis.maps.base import new_map, page_of
from yrdgis.maps.frames import for_popup, has
from yrdgis.maps.language import pair
from yrdgis.maps.layers import add_choropleth, add_lines, group_named
from yrdgis.maps.popup import item
from yrdgis.maps.projects import MODE_STYLE, project_shapes
from yrdgis.maps.style import CHANGES, PALE

if TYPE_CHECKING:
    import folium

    from yrdgis.scenarios.kernel import Kernel, KernelWay

__all__ = ["question"]

MIN = ("分钟", "min")
_SAVED = [5.0, 10.0, 20.0, 30.0, 45.0, 60.0]
_TIME = [30.0, 45.0, 60.0, 90.0, 120.0, 150.0, 180.0, 240.0]
_WAYS = {"drive": ("自驾", "by car"), "public": ("铁路与城市轨道", "by rail and metro")}
_ORDER = ("newly connected", "no measurable change", "below resolution", "not connected", "origin")
_OFF = {"label": pair("未选", "not chosen"), "color": "#9aa3ae", "width": [1.1, 2.2], "dash": [2, 2]}
_LABEL = {"size": [11, 14], "color": "#1f2a37", "minzoom": 7.9, "order": 3}


def question(
    layers: Any,
    kernel: Kernel,
    m: folium.Map | None = None,
    *,
    base: tuple[str, str] = ("", ""),
    start: str = "",
    chosen: Sequence[str] = (),
    notes: Sequence[tuple[str, str]] = (),
    **page_options: Any,
) -> folium.Map:
    """Map that answers what a set of projects does for a place.

    Parameters
    ----------
    layers : Layers
        Uses ``districts``, ``projects``, ``parameters`` and the background.
    kernel : Kernel
        Its destinations are the districts, in the order of the layer.
    m : folium.Map, optional
        Map to add to.
    base : (zh, en)
        What the network without projects is called.
    start : str
        Place that is chosen at first; the first origin if left out.
    chosen : sequence of str
        Projects that are chosen at first.
    notes : sequence of (zh, en)
        What is assumed.
    **page_options
        Handed to `new_map`.

    Returns
    -------
    folium.Map
    """
    if m is None:
        m = new_map(
            "Ask: what a set of projects does for a place",
            "提问：一组项目对一个地方意味着什么",
            **{"as_of": layers.valid_on, "unit": MIN, "subtitle": base, **page_options},
        )
    page = page_of(m)
    for zh, en in notes:
        page.add_note(zh, en)
    zones = layers.polygons("districts")
    page.bounds = page.bounds or [round(float(v), 4) for v in zones.total_bounds]
    _areas(m, for_popup(zones, layers, own="district_id"))
    projects = _projects(layers, kernel, m)
    add_background(layers, m)
    for group in page.groups:
        if group["id"] == "districts":
            group["label"] = None
    page.ask = {
        "origins": _origins(layers, kernel),
        "targets": len(kernel.destinations),
        "people": [float(v) if v == v else 0.0 for v in zones["pop_2020"].astype(float)],
        "projects": projects,
        "start": kernel.origins.index(start) if start in kernel.origins else 0,
        "ways": [_way(way) for way in kernel.ways],
        "near": _near(layers, kernel),
        "least": float(layers.parameter("resolution.min_change_min")),
        "table": "districts",
        "savedBreaks": _SAVED,
        "timeBreaks": _TIME,
        "order": list(_ORDER),
        "kinds": _kinds(),
        "off": next((i for i, s in enumerate(_line_styles(m)) if s == _OFF), 0),
        "chosen": [at for at, project in enumerate(kernel.projects) if project in set(chosen)],
    }
    page.add_note(
        "本页按参数的取值计算，不含参数区间的检验；小于最小可计变化的写作“无可测变化”。",
        "This page computes with the parameters' values, without the test against their ranges; what is below the least "
        "change counted reads “no measurable change”.",
    )
    return m


def _kinds() -> dict[str, Any]:
    words = {kind: CHANGES[kind]["label"] for kind in _ORDER if kind in CHANGES}
    return {**words, "origin": pair("出发地", "origin"), "faster": pair("变快", "faster")}


def _areas(m: Any, zones: Any) -> None:
    """Two themes over the districts, of which the page fills in the values."""
    zones = zones.copy()
    for column in ("before_min", "after_min", "saved_min"):
        # distinct numbers, so that each district has a cell of its own in the page
        zones[column] = [float(i) for i in range(len(zones))]
    for column in ("change_zh", "change_en"):
        zones[column] = [f"{column}{i}" for i in range(len(zones))]
    minutes = pair(*MIN)
    rows = [
        item("变化", "Change", pair=["change_zh", "change_en"]),
        item("无项目", "Without", "before_min", kind="number", unit=minutes, digits=1),
        item("有项目", "With", "after_min", kind="number", unit=minutes, digits=1),
    ]
    special = {**{k: CHANGES[k] for k in _ORDER if k in CHANGES}, "origin": _origin_style()}
    label = seat_label(zones, _LABEL)
    section = ("出行时间", "Travel time")
    for column, key, title, breaks, ramp in (
        ("saved_min", "ask_saved", ("Minutes saved", "节省时间"), _SAVED, "saved"),
        ("after_min", "ask_time", ("Travel time with the projects", "有项目时的出行时间"), _TIME, "time"),
    ):
        add_choropleth(
            zones,
            m,
            column=column,
            name=title[0],
            name_zh=title[1],
            unit=MIN,
            breaks=breaks,
            ramp=ramp,
            digits=0,
            show=key == "ask_saved",
            choice="theme",
            section=section,
            popup_rows=rows,
            key=key,
            table="districts",
            label={**label, "value": column, "digits": 0},
            special=[None] * len(zones) if key == "ask_saved" else None,
            special_styles=special if key == "ask_saved" else None,
        )
        group_named(m, key)["style"] = [0] * len(zones)


def _origin_style() -> dict[str, Any]:
    return {
        "label": pair("出发地", "origin"),
        "fill": PALE,
        "hatch": "#111827",
        "stroke": "#111827",
        "width": [1.6, 2.4],
        "special": True,
    }


def _projects(layers: Any, kernel: Kernel, m: Any) -> list[dict[str, Any]]:
    """Projects as the page lists them, and their lines on the map."""
    frame = project_shapes(layers).set_index("project_id", drop=False)
    frame = frame.loc[list(kernel.projects)].reset_index(drop=True)
    number = {project: at for at, project in enumerate(kernel.projects)}
    drawn = frame[frame.geometry.notna() & frame.geometry.geom_type.isin(["LineString", "MultiLineString"])]
    styles = {**{k: MODE_STYLE[k] for k in MODE_STYLE if k in set(drawn["mode"])}, "off": _OFF}
    rows: dict[str, list[int]] = {}
    if len(drawn):
        lines = drawn.reset_index(drop=True)
        rows = {str(p): [at] for at, p in enumerate(lines["project_id"])}
        keys = ["off"] * len(lines)
        lines["sign"] = keys
        add_lines(
            lines,
            m,
            name="Projects",
            name_zh="项目",
            style="sign",
            styles=styles,
            status=None,
            key="ask_projects",
            section=("项目", "Projects"),
            z=60,
        )
        group = group_named(m, "ask_projects")
        group["styles"] = list(styles.values())
        group["style"] = [len(styles) - 1] * len(lines)
    place = list(styles)
    return [
        {
            "id": str(row["project_id"]),
            "name": pair(row["name_zh"], row["name"]),
            "status": str(row["status"]),
            "inPlan": bool(row["in_plan"]),
            "requires": [number[p] for p in row["requires"] if p in number],
            "conflicts": [number[p] for p in row["conflicts"] if p in number],
            "rows": rows.get(str(row["project_id"]), []),
            "style": place.index(row["mode"]) if row["mode"] in place else 0,
        }
        for row in frame.to_dict("records")
    ]


def _line_styles(m: Any) -> list[dict[str, Any]]:
    return next((g["styles"] for g in page_of(m).groups if g["id"] == "ask_projects"), [])


def _origins(layers: Any, kernel: Kernel) -> list[dict[str, Any]]:
    names, groups = _names(layers)
    rows = {place: at for at, place in enumerate(kernel.destinations)}
    return [
        {
            "id": place,
            "name": pair(*names.get(place, (place, place))),
            "group": pair(*groups.get(place, ("其他", "other"))),
            "row": rows.get(place, -1),
        }
        for place in kernel.origins
    ]


def _names(layers: Any) -> tuple[dict[str, tuple[str, str]], dict[str, tuple[str, str]]]:
    """Names of places, and the headings under which a list has them: hubs, cities, then districts by city."""
    names: dict[str, tuple[str, str]] = {}
    groups: dict[str, tuple[str, str]] = {}
    for layer_id, key, heading in (
        ("rail_stations", "station_id", ("枢纽", "hubs")),
        ("airports", "airport_id", ("枢纽", "hubs")),
        ("cities", "city_id", ("城市", "cities")),
        ("districts", "district_id", None),
    ):
        if not has(layers, layer_id):
            continue
        for row in layers[layer_id].to_dict("records"):
            place = str(row[key])
            names[place] = (str(row["name_zh"]), str(row["name"]))
            groups[place] = heading or names.get(str(row["city_id"]), ("其他", "other"))
    return names, groups


def _near(layers: Any, kernel: Kernel) -> list[list[int]]:
    """Destinations nearer to each origin than the resolution, straight over."""
    import numpy as np

    from yrdgis.maps.frames import place_of
    from yrdgis.network.assumptions import distance_km

    least = float(layers.parameter("resolution.min_km"))
    places = {p: place_of(layers, p) for p in {*kernel.origins, *kernel.destinations}}
    ends = np.array([places[p] or (np.nan, np.nan) for p in kernel.destinations], dtype=float)
    out = []
    for origin in kernel.origins:
        lon, lat = places[origin] or (np.nan, np.nan)
        km = distance_km(np.full(len(ends), lon), np.full(len(ends), lat), ends[:, 0], ends[:, 1])
        out.append([int(i) for i in np.flatnonzero(km < least)])
    return out


def _way(way: KernelWay) -> Mapping[str, Any]:
    return {
        "name": way.name,
        "title": pair(*_WAYS.get(way.name, (way.name, way.name))),
        "tails": way.to_tails.shape[1],
        "heads": way.from_heads.shape[0],
        "requires": [list(need) for need in way.requires],
        "base": _packed(way.base),
        "toTails": _packed(way.to_tails),
        "between": _packed(way.between),
        "fromHeads": _packed(way.from_heads),
        "links": _packed(way.links),
    }


def _packed(values: Any) -> str:
    """Whole numbers as bytes of seven bits; a run of `FAR`, which is most of a matrix, as 0 and its length.

    Exact: what the page reads back is what went in.
    """
    import numpy as np

    from yrdgis.scenarios.kernel import FAR

    flat = np.asarray(values, dtype=np.int64).ravel()
    far = flat >= FAR
    edges = np.flatnonzero(np.diff(np.concatenate(([False], far, [False])).astype(np.int8)))
    # a run of FAR stands as two numbers in the place of its first cell
    counts, keep = np.ones(len(flat), dtype=np.int64), ~far
    counts[edges[::2]], keep[edges[::2]] = 2, True
    numbers = np.repeat(flat[keep] + 1, counts[keep])
    last = np.cumsum(counts[keep]) - 1
    runs = last[counts[keep] == 2]
    numbers[runs - 1], numbers[runs] = 0, edges[1::2] - edges[::2]
    numbers = np.concatenate(([len(flat)], numbers))
    parts = numbers[:, None] >> np.arange(0, 35, 7) & 127
    shown = np.maximum(1, (np.maximum(numbers, 1)[:, None] >> np.arange(0, 35, 7) > 0).sum(axis=1))
    place = np.arange(5)[None, :]
    signed = parts | np.where(place < shown[:, None] - 1, 128, 0)
    return base64.b64encode(signed[place < shown[:, None]].astype(np.uint8).tobytes()).decode("ascii")
