"""Travel times from a place to districts and towns."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from yrdgis.errors import InputError
from yrdgis.maps.background import add_background, seat_label
from yrdgis.maps.base import Page, new_map, page_of
from yrdgis.maps.frames import cite, for_popup, has, located, place_of
from yrdgis.maps.language import WORDS, pair
from yrdgis.maps.layers import add_choropleth, add_points
from yrdgis.maps.popup import item
from yrdgis.maps.slider import add_value
from yrdgis.maps.style import classes, ramp_styles
from yrdgis.maps.tables import require_columns

if TYPE_CHECKING:
    import folium

__all__ = ["add_origin", "declare", "time_breaks", "travel_times"]

MIN = ("分钟", "min")
_STEPS: tuple[float, ...] = (
    15, 30, 45, 60, 90, 120, 150, 180, 240, 300, 360, 480, 720, 1440, 2160, 2880, 4320, 5760, 7200,
)  # fmt: skip
NETWORKS = ("rail_links", "road_links", "metro_links", "services")
"""Layers that minutes rest on."""
MODES = {
    "door": ("门到门", "door to door"),
    "drive": ("自驾", "by car"),
    "rail": ("铁路站到站", "by rail, station to station"),
    "public": ("公共交通", "by public transport"),
    "freight": ("集装箱运输链", "a container's chain"),
}
VALUE_LABEL = {"size": [11, 14], "color": "#1f2a37", "minzoom": 7.9, "order": 3}


def time_breaks(values: Any, *, count: int = 7) -> list[float]:
    """Round limits for minutes of travel: those of a fixed ladder that the values reach, at most ``count``.

    Examples
    --------
    >>> time_breaks([12, 50, 100])
    [15, 30, 45, 60, 90]
    """
    import numpy as np

    values = np.asarray(values, dtype=float)
    values = values[np.isfinite(values)]
    if not len(values):
        return [30, 60, 90]
    inside = [s for s in _STEPS if values.min() < s <= values.max()]
    while len(inside) > count:
        gaps = [b / a for a, b in pairwise(inside)]
        inside.pop(gaps.index(min(gaps)) + 1)
    return inside or [30, 60, 90]


def travel_times(
    layers: Any,
    times: Any,
    m: folium.Map | None = None,
    *,
    breaks: Sequence[float] | None = None,
    notes: Sequence[tuple[str, str]] = (),
    **page_options: Any,
) -> folium.Map:
    """Map of the minutes from one place to every district (areas) and town (points).

    Parameters
    ----------
    layers : Layers
        Uses ``districts``, ``towns`` and the background.
    times : pandas.DataFrame
        A skim from one place: ``from_id``, ``from_name``, ``from_name_zh``, ``to_id`` (ids of districts,
        towns or both), ``time_min`` (minutes; NaN: no way there), and if known ``distance_km``,
        ``confidence``, ``time_low_min``, ``time_high_min``. ``times.attrs`` may hold ``mode``, ``as_of``
        and ``forecast``.
    m : folium.Map, optional
        Map to add to.
    breaks : sequence of float, optional
        Limits of the classes in minutes.
    notes : sequence of (zh, en)
        What is assumed; shown before all other notes.
    **page_options
        Handed to `new_map`.

    Returns
    -------
    folium.Map

    Raises
    ------
    InputError
        If a column is missing, or the times start from more than one place.
    """
    require_columns(times, ["from_id", "to_id", "time_min"], name="times")
    origin = origin_of(times)
    limits = list(breaks) if breaks is not None else time_breaks(times["time_min"])
    way = MODES.get(str(times.attrs.get("mode", "door")), ("", ""))
    if m is None:
        m = new_map(
            f"Travel times from {origin['name']}",
            f"从{origin['name_zh']}出发的出行时间",
            **{
                "as_of": times.attrs.get("as_of", layers.valid_on),
                "unit": MIN,
                "subtitle": way,
                **page_options,
            },
        )
    page = page_of(m)
    page.bounds = page.bounds or extent_of(layers)
    for zh, en in notes:
        page.add_note(zh, en)
    declare(page, times.attrs)
    found = joined(layers.polygons("districts"), "district_id", times)
    if found is not None:
        label = {**seat_label(found, VALUE_LABEL), "value": "time_min", "digits": 0}
        add_choropleth(
            for_popup(found, layers, own="district_id"),
            m,
            column="time_min",
            name="To districts",
            name_zh="至各区县",
            unit=MIN,
            breaks=limits,
            ramp="time",
            section=way,
            label=label,
            popup_rows=_rows(found),
            key="times",
            table="districts",
        )
        _spread(m, found["time_min"])
    if has(layers, "towns"):
        towns = joined(located(layers.points("towns")), "town_id", times)
        if towns is not None:
            _towns(layers, m, towns, limits, way, alone=found is None)
    add_origin(layers, m, origin)
    cite(page, layers, *NETWORKS)
    add_background(layers, m, labels=True)
    if found is not None:
        silence(page, "districts")
    return m


def origin_of(times: Any) -> dict[str, Any]:
    ids = list(dict.fromkeys(times["from_id"]))
    if len(ids) != 1:
        raise InputError(
            f"A map of travel times starts from one place, not {len(ids)}: filter the times by from_id."
        )
    first = times.iloc[0]
    name = str(first.get("from_name") or ids[0])
    return {"id": ids[0], "name": name, "name_zh": str(first.get("from_name_zh") or name)}


def declare(page: Page, attrs: Any) -> None:
    """Say what the figures rest on, before what they are: confidence, undated links, forecast, unchecked minutes."""
    day, sure = attrs.get("as_of"), attrs.get("confidence")
    when_zh, when_en = (f"{day}：", f"{day}: ") if day else ("", "")
    if sure and f"confidence.{sure}" in WORDS:
        level = WORDS[f"confidence.{sure}"]
        page.add_note(
            f"{when_zh}结果可信度{level['zh']}。", f"{when_en}confidence of the results: {level['en']}."
        )
    share = attrs.get("undated_share")
    if share is not None and share == share:
        page.add_note(
            f"{when_zh}所经网络中{100 * share:.0f}%无开通日期，视为一直开通。",
            f"{when_en}{100 * share:.0f} % of the network used has no opening date and counts as always open.",
        )
    if attrs.get("drive_minutes_validated") is False:
        page.add_note(
            "自驾时间按自由流速度计算，未经实测时间验证。",
            "Driving minutes are computed from free-flow speeds and not validated against measured times.",
        )
    if attrs.get("forecast"):
        page.add_note(f"{when_zh}为预测。", f"{when_en}a forecast.")
        page.banner = page.banner or pair(f"{when_zh}预测", f"{when_en}forecast")


def extent_of(layers: Any) -> list[float]:
    """Box around the districts, degrees."""
    return [round(float(v), 4) for v in layers.polygons("districts").total_bounds]


def together(*boxes: Sequence[float] | None) -> list[float]:
    """The box around boxes (west, south, east, north); one that is None is passed over.

    Examples
    --------
    >>> together([119, 30, 121, 31], None, [120, 29, 123, 30])
    [119, 29, 123, 31]
    """
    west, south, east, north = zip(*(box for box in boxes if box is not None), strict=True)
    return [min(west), min(south), max(east), max(north)]


def joined(zones: Any, key: str, times: Any) -> Any:
    """Zones with the columns of the times; None if no time leads to any of them."""
    columns = [c for c in times.columns if c not in zones.columns and c != "to_id"]
    own = times[times["to_id"].isin(set(zones[key]))].drop_duplicates("to_id")
    if not len(own):
        return None
    out = zones.merge(own[["to_id", *columns]], left_on=key, right_on="to_id", how="left")
    return (
        out
        if len(own) == len(zones) or key == "district_id"
        else out[out["to_id"].notna()].reset_index(drop=True)
    )


def _rows(frame: Any) -> list[dict[str, Any]]:
    wanted = (
        item("最短", "At least", "time_low_min", kind="number", unit=pair(*MIN)),
        item("最长", "At most", "time_high_min", kind="number", unit=pair(*MIN)),
        item("里程", "Distance", "distance_km", kind="number", unit=pair("公里", "km")),
    )
    return [row for row in wanted if row["field"] in frame.columns]


def _spread(m: Any, minutes: Any) -> None:
    page = page_of(m)
    page.figures_title = pair("至各区县", "To districts")
    for limit in (60, 90, 120):
        add_value(
            m,
            f"within_{limit}",
            (f"{limit}分钟内", f"within {limit} min"),
            int((minutes <= limit).sum()),
            unit=("个", ""),
        )
    add_value(
        m, "median", ("中位数", "median"), float(minutes.median()) if minutes.notna().any() else 0, unit=MIN
    )


def _towns(layers: Any, m: Any, towns: Any, limits: list[float], way: Any, *, alone: bool) -> None:
    ramp = [
        {
            "label": s["label"],
            "sign": "circle",
            "fill": s["fill"],
            "size": [2.6, 5.5],
            "stroke": "#26303c",
            "width": 0.7,
        }
        for s in ramp_styles("time", breaks=limits)
    ]
    ramp.append({**ramp[-1], "label": pair("无法到达或无数据", "no way there or no data"), "fill": "#ffffff"})
    styles = {str(i): s for i, s in enumerate(ramp)}
    towns["class_key"] = [
        str(len(limits) + 1 if c < 0 else c) for c in classes(list(towns["time_min"]), breaks=limits)
    ]
    own = item("出行时间", "Travel time", "time_min", kind="number", unit=pair(*MIN), tip=True, strong=True)
    level = {"size": [10.5, 12.5], "color": "#1f2a37", "minzoom": 10.4, "order": 8}
    add_points(
        for_popup(towns, layers),
        m,
        name="To towns",
        name_zh="至各街道、镇、乡",
        style="class_key",
        styles=styles,
        section=way,
        popup_rows=[own, *_rows(towns)],
        show=alone,
        minzoom=0,
        key="town_times",
        unit=pair(*MIN),
        label={"fields": ["name_zh", "name"], "levels": [level], "value": "time_min", "digits": 0},
    )


def add_origin(layers: Any, m: folium.Map, origin: dict[str, Any]) -> folium.Map:
    """Mark the place that a map starts from, if the layers know where it is."""
    import geopandas as gpd
    from shapely.geometry import Point

    place = place_of(layers, str(origin["id"]))
    if place is None:
        return m
    frame = gpd.GeoDataFrame(
        {"name_zh": [origin["name_zh"]], "name": [origin["name"]]}, geometry=[Point(place)], crs=4326
    )
    level = {"size": [14, 16], "color": "#111827", "bold": True, "minzoom": 0, "order": -1}
    return add_points(
        frame,
        m,
        name="Origin",
        name_zh="出发地",
        style="origin",
        z=95,
        key="origin",
        clear=True,
        label={"fields": ["name_zh", "name"], "levels": [level]},
    )


def silence(page: Any, key: str) -> None:
    """Drop the background's names of districts where values are written with them."""
    for group in page.groups:
        if group["id"] == key:
            group["label"] = None
