"""The one table of signs: a colour means one thing on every map.

Hues are apart for the common kinds of colour blindness (they follow the Okabe-Ito set) and apart in
lightness, so that a grey print still tells them apart. Widths and sizes are pixels at zoom 7 and zoom 12;
between them they grow evenly. Lines: open solid, under construction dashed, planned dotted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from yrdgis.maps.language import Pair, pair, word

__all__ = [
    "AREAS",
    "BORDER",
    "CHANGES",
    "FLOW",
    "KINDS",
    "LINES",
    "LOSSES",
    "NOTHING",
    "PALE",
    "POINTS",
    "PROGRESS",
    "RAMPS",
    "STATUS",
    "STATUS_CODE",
    "classes",
    "ramp_styles",
]

Style = dict[str, Any]

STATUS_CODE = {
    "operating": 1,
    "under_construction": 2,
    "planned": 3,
    "preliminary": 3,
    "closed": 4,
    "unknown": 5,
}
"""State of a feature as pages know it; a status that isn't here counts as 5, not known."""

STATUS: dict[str, Style] = {
    "1": {"label": word("status.operating"), "dash": None},
    "2": {"label": word("status.under_construction"), "dash": [4.2, 2.4]},
    "3": {"label": pair("规划及前期", "planned, preliminary"), "dash": [0.1, 2.6]},
    "4": {"label": word("status.closed"), "dash": [1.2, 4]},
    "5": {"label": word("status.unknown"), "dash": [5, 2.4, 0.6, 2.4]},
}


def _line(zh: str, en: str, color: str, low: float, high: float, **more: Any) -> Style:
    return {"label": pair(zh, en), "color": color, "width": [low, high], **more}


LINES: dict[str, Style] = {
    "rail.high_speed": _line("高速铁路", "high-speed railway", "#c2410c", 2.4, 4.4, casing="#ffffff"),
    "rail.intercity": _line("城际铁路", "intercity railway", "#e59a00", 2.2, 4.0, casing="#ffffff"),
    "rail.conventional": _line("普速铁路", "conventional railway", "#3d4450", 1.7, 3.2, pattern="rail"),
    "rail.suburban": _line("市域（郊）铁路", "suburban railway", "#9b4f96", 1.8, 3.4, casing="#ffffff"),
    "rail.metro_intercity": _line("跨市城市轨道", "intercity metro", "#9b4f96", 1.4, 2.8, casing="#ffffff"),
    "rail.freight": _line("货运铁路", "freight railway", "#8a6d3b", 1.5, 2.8, pattern="rail"),
    "rail.walk": _line("站内步行", "walk between stations", "#8a94a3", 1.0, 2.0, dash=[2, 2]),
    "metro": _line("城市轨道", "metro", "#c58fc0", 0.9, 2.4),
    "road.expressway": _line("高速公路", "expressway", "#00795f", 1.7, 3.8, casing="#ffffff"),
    "road.crossing": _line(
        "跨江跨海通道", "bridge or tunnel crossing", "#00513f", 2.6, 5.0, casing="#ffffff"
    ),
    "road.trunk": _line("国省干线", "trunk road", "#66b39c", 1.0, 2.4),
    "road.county": _line("县乡道路", "county road", "#a9cfc2", 0.8, 1.8),
    "road.connector": _line("连接线（示意）", "connector (schematic)", "#b8c2c0", 0.7, 1.4, dash=[2, 2]),
    "road.ferry": _line("轮渡", "ferry", "#3b7cb8", 1.2, 2.2, dash=[3, 3]),
    "water": _line("航道", "waterway", "#1f6fb2", 1.6, 3.6, casing="#ffffff"),
    "other": _line("其他", "other", "#6b7280", 1.2, 2.4),
}


def _point(zh: str, en: str, sign: str, fill: str, low: float, high: float, **more: Any) -> Style:
    return {
        "label": pair(zh, en),
        "sign": sign,
        "fill": fill,
        "size": [low, high],
        "stroke": "#ffffff",
        "width": 1.0,
        **more,
    }


POINTS: dict[str, Style] = {
    "city": _point("地级以上城市", "city", "square", "#1f2a37", 3.6, 6.0, width=1.4),
    "town": _point("街道、镇、乡", "subdistrict, town", "circle", "#6b7280", 1.6, 3.6, width=0.6),
    "town.plan": _point("规划点名的镇", "town named by the plan", "circle", "#1d4267", 3.0, 5.4, width=1.2),
    "zone": _point("功能区", "zone", "circle", "#6b7280", 1.6, 3.6, width=0.6),
    "airport": _point("机场", "airport", "plane", "#4b3a86", 8.0, 11.0, width=1.2),
    "station": _point(
        "铁路车站", "railway station", "circle", "#ffffff", 2.2, 5.0, stroke="#1f2a37", width=1.3
    ),
    "metro_station": _point("城市轨道车站", "metro station", "circle", "#ffffff", 1.0, 3.6, stroke="#9b4f96"),
    "port": _point("港口、码头", "port, terminal", "triangle", "#1f6fb2", 4.0, 6.5),
    "origin": _point("出发地", "origin", "diamond", "#111827", 7.0, 9.0, width=2.0),
    "mode.rail": _point("铁路", "rail", "circle", "#c2410c", 5.0, 7.5, width=1.5),
    "mode.road": _point("公路", "highway", "square", "#00795f", 5.0, 7.5, width=1.5),
    "mode.water": _point("航道", "waterway", "triangle", "#1f6fb2", 5.0, 7.5, width=1.5),
    "mode.port": _point("港口", "port", "triangle", "#1f6fb2", 5.0, 7.5, width=1.5),
    "mode.air": _point("机场", "airport", "plane", "#4b3a86", 8.0, 11.0, width=1.2),
}

AREAS: dict[str, Style] = {
    "surround": {
        "label": pair("邻近地区", "neighbouring land"),
        "fill": "#f4f2ed",
        "stroke": "#e3e0d8",
        "width": [1, 1],
    },
    "land": {"label": pair("上海大都市圈“1+8”", "1+8 area"), "fill": "#fdfcf8"},
    "water": {"label": pair("水域", "water"), "fill": "#cfe1ec", "stroke": "#a9c7da", "width": [0.5, 0.9]},
    "sea": {"label": pair("海域", "sea"), "fill": "#cfe1ec"},
    "city": {"label": pair("设区市界", "city boundary"), "stroke": "#7b6f86", "width": [1.3, 2.2]},
    "district": {
        "label": pair("县级界", "district boundary"),
        "stroke": "#b9b2bf",
        "width": [0.5, 1.1],
        "dash": [3, 2],
    },
}

BORDER: Style = _line("省级界", "provincial border", "#5c4b66", 1.8, 2.8, dash=[6, 2, 1, 2])

NOTHING: Style = {
    "label": pair("无法到达或无数据", "no way there or no data"),
    "fill": "#e5e7eb",
    "hatch": "#b4bac3",
    "stroke": "#ffffff",
    "width": [0.7, 1.2],
    "special": True,
}

RAMPS: dict[str, list[str]] = {
    # near is dark, far is pale: minutes of a journey
    "time": ["#2d1e5f", "#3f4889", "#31688e", "#26838f", "#3aae8c", "#7fc97a", "#c9de6d", "#f1efb0"],
    # the more, the darker: minutes saved
    "saved": ["#f3dcea", "#ebc6dc", "#dea5c5", "#cb73a5", "#ad3f82", "#831a5c", "#560d3c"],
    # the more, the darker: minutes lost, from the blue of "slower"
    "lost": ["#d3e0ea", "#b4cbdd", "#8fb3cf", "#6592b8", "#3f729c", "#24527b", "#123353"],
    # the more, the darker: any other amount
    "amount": ["#ece2c6", "#dbcba2", "#c2ad7c", "#a08a5b", "#7b6741", "#54452b", "#2f2616"],
}

PROGRESS: dict[str, tuple[Pair, str]] = {
    "done": (pair("已完成", "done"), "#1d2f6f"),
    "operating": (pair("已建成运行", "operating"), "#4a63b0"),
    "under_construction": (pair("在建", "under construction"), "#d98e04"),
    "planned": (pair("规划", "planned"), "#c9a7d8"),
    "preliminary": (pair("前期工作", "preliminary works"), "#e3d3ea"),
    "unknown": (pair("未查明", "not known"), "#c4c9d0"),
}
"""What became of a clause of the plan: its name and colour, from reached to not known."""

PALE = "#ecebe6"
"""Ground on which nothing happens: no change, no kind."""


def _flat(zh: str, en: str, fill: str, hatch: str | None = None) -> Style:
    style: Style = {
        "label": pair(zh, en),
        "fill": fill,
        "stroke": "#ffffff",
        "width": [0.6, 1.2],
        "opacity": 0.9,
        "special": True,
    }
    return {**style, "hatch": hatch} if hatch else style


FLOW = "#3b4a6b"
"""Flows of people between places."""

CHANGES: dict[str, Style] = {
    # no number of minutes, so no colour of the ramp
    "newly connected": _flat("新近可达（此前无法到达）", "newly connected", "#fff3c4", "#8a5a00"),
    "slower": _flat("变慢", "slower", "#8fb3cf"),
    "lost": _flat("不再可达", "no longer reached", "#c9d6df", "#3d5f78"),
    "no measurable change": _flat("无可测变化", "no measurable change", PALE),
    "below resolution": _flat("低于分辨率（距离过近）", "below resolution (too near)", "#dfe3e0"),
    "not connected": {**NOTHING, "label": pair("前后均无法到达", "not connected")},
}
"""What may become of a pair other than faster; faster is a class of the ramp ``saved``."""

LOSSES: dict[str, Style] = {
    **{kind: style for kind, style in CHANGES.items() if kind != "slower"},
    "faster": _flat("变快", "faster", "#ebc6dc"),
}
"""What may become of a pair other than slower, where slower is a class of the ramp ``lost``."""

KINDS = ["#4477aa", "#ee6677", "#228833", "#ccbb44", "#aa3377", "#bb5533", "#66ccee", "#888888"]
"""Hues for categories that have no colour of their own (Paul Tol's bright set); the one like water comes last."""


def classes(values: Sequence[float], *, breaks: Sequence[float]) -> list[int]:
    """Class of each value: 0 below the first break, n above the last, -1 where there is no value.

    Parameters
    ----------
    values : sequence of float
        NaN or None means no value.
    breaks : sequence of float
        Ascending; a value equal to a break belongs to the class above it.

    Examples
    --------
    >>> classes([10, 30, 95, float("nan")], breaks=[30, 60, 90])
    [0, 1, 3, -1]
    """
    from bisect import bisect_right

    return [-1 if v is None or v != v else bisect_right(breaks, v) for v in values]


def ramp_styles(name: str, *, breaks: Sequence[float], digits: int = 0, opacity: float = 0.88) -> list[Style]:
    """One area style per class, with its label, from a ramp of the table.

    Parameters
    ----------
    name : str
        A key of ``RAMPS``.
    breaks : sequence of float
        Ascending limits, in the unit of the map; n breaks make n + 1 classes.

    Raises
    ------
    KeyError
        If there is no such ramp.

    Examples
    --------
    >>> [s["label"]["en"] for s in ramp_styles("time", breaks=[30, 60])]
    ['< 30', '30–60', '≥ 60']
    """
    colours, count = RAMPS[name], len(breaks) + 1
    picked = [colours[round(i * (len(colours) - 1) / max(1, count - 1))] for i in range(count)]
    text = [f"{b:,.{digits}f}" for b in breaks]
    labels: list[Pair] = []
    for i in range(count):
        if i == 0:
            labels.append(pair(f"< {text[0]}") if breaks else pair("全部", "all"))
        elif i == count - 1:
            labels.append(pair(f"≥ {text[-1]}"))
        else:
            labels.append(pair(f"{text[i - 1]}–{text[i]}"))
    return [
        {"label": label, "fill": colour, "opacity": opacity, "stroke": "#ffffff", "width": [0.6, 1.2]}
        for label, colour in zip(labels, picked, strict=True)
    ]
