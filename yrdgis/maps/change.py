"""What changed between two dates: minutes saved, what is newly connected, and through which project."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from yrdgis.errors import InputError
from yrdgis.maps.background import add_background, seat_label
from yrdgis.maps.base import new_map, page_of
from yrdgis.maps.frames import cite, for_popup, has
from yrdgis.maps.language import pair
from yrdgis.maps.layers import add_categories, add_choropleth, add_lines, add_swipe
from yrdgis.maps.popup import item
from yrdgis.maps.projects import MODE_STYLE, project_shapes
from yrdgis.maps.slider import add_value
from yrdgis.maps.style import CHANGES, LOSSES
from yrdgis.maps.tables import require_columns
from yrdgis.maps.travel import (
    MIN,
    MODES,
    NETWORKS,
    VALUE_LABEL,
    add_origin,
    declare,
    extent_of,
    joined,
    origin_of,
    silence,
    time_breaks,
)

if TYPE_CHECKING:
    import folium

__all__ = ["change_map"]

_SAVED_STEPS: tuple[float, ...] = (5, 10, 15, 20, 30, 45, 60, 90)


def change_map(
    layers: Any,
    comparison: Any,
    m: folium.Map | None = None,
    *,
    breaks: Sequence[float] | None = None,
    before: tuple[str, str] | None = None,
    after: tuple[str, str] | None = None,
    notes: Sequence[tuple[str, str]] = (),
    **page_options: Any,
) -> folium.Map:
    """Map of what changed for one place: minutes saved by district, newly connected apart, and by which
    project.

    Parameters
    ----------
    layers : Layers
        Uses ``districts``, ``projects`` and the background.
    comparison : Comparison or pandas.DataFrame
        From one place: ``from_id``, ``from_name``, ``from_name_zh``, ``to_id`` (ids of districts),
        ``time_before_min``, ``time_after_min``, ``saved_min`` (minutes, NaN where a pair was or is not
        connected), ``change`` (see `style.CHANGES`; "faster" otherwise), and if known ``saved_low_min``,
        ``saved_high_min``, ``project_id``, ``project_name``, ``project_name_zh`` (several separated by ";").
    m : folium.Map, optional
        Map to add to.
    breaks : sequence of float, optional
        Limits of minutes saved; round ones that the savings reach if left out.
    before, after : (zh, en), optional
        What the two sides are called; their dates if the comparison says them.
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
        If a column is missing, or the comparison starts from more than one place.
    """
    frame = getattr(comparison, "frame", comparison)
    meta = dict(getattr(comparison, "meta", {}))
    needed = ["from_id", "to_id", "time_before_min", "time_after_min", "saved_min", "change"]
    require_columns(frame, needed, name="comparison")
    origin, sides = origin_of(frame), _sides(meta, before, after)
    way = MODES.get(str(meta.get("mode", "door")), ("", ""))
    if m is None:
        m = new_map(
            f"Travel times from {origin['name']}: {sides[0][1]} and {sides[1][1]}",
            f"从{origin['name_zh']}出发：{sides[0][0]}与{sides[1][0]}的出行时间之变",
            **{"as_of": layers.valid_on, "unit": MIN, "subtitle": way, **page_options},
        )
    page = page_of(m)
    page.bounds = page.bounds or extent_of(layers)
    for zh, en in notes:
        page.add_note(zh, en)
    for side in ("before", "after"):
        if isinstance(meta.get(side), dict):
            declare(page, meta[side])
    zones = joined(layers.polygons("districts"), "district_id", frame)
    if zones is None:
        raise InputError(
            "The comparison leads to no district: its to_id are to be ids such as district:320583."
        )
    limits = (
        list(breaks) if breaks is not None else _round_breaks(zones["saved_min"][zones["change"] == "faster"])
    )
    _change_groups(m, for_popup(zones, layers, own="district_id"), limits, sides)
    _change_projects(layers, m, zones)
    add_origin(layers, m, origin)
    cite(page, layers, *NETWORKS)
    add_background(layers, m)
    silence(page, "districts")
    _change_figures(m, zones)
    page.add_note(
        "节省时间小于模型分辨率或参数区间的，不计为变化；此前无法到达的单列，不折算为分钟。",
        "Savings below the resolution of the model or the range of its parameters don't count as a "
        "change; places that could not be reached before stand apart and are given no minutes.",
    )
    return m


def _sides(meta: dict[str, Any], before: Any, after: Any) -> list[tuple[str, str]]:
    out = []
    for given, key, fallback in ((before, "before", ("之前", "before")), (after, "after", ("之后", "after"))):
        side = meta.get(key)
        day = side.get("as_of") if isinstance(side, dict) else None
        out.append(tuple(given) if given else (str(day), str(day)) if day else fallback)
    return out


def _round_breaks(minutes: Any) -> list[float]:
    most = float(minutes.max()) if len(minutes) else 0.0
    return [s for s in _SAVED_STEPS if s <= most] or [_SAVED_STEPS[0]]


def _change_groups(m: Any, zones: Any, breaks: list[float], sides: Any) -> None:
    unit = pair(*MIN)
    words = {k: s["label"] for k, s in CHANGES.items()}
    change = zones["change"].fillna("not connected")
    zones["change_zh"] = [words[c]["zh"] if c in words else "变快" for c in change]
    zones["change_en"] = [words[c]["en"] if c in words else "faster" for c in change]
    rows = [
        item("变化", "Change", pair=["change_zh", "change_en"]),
        item(f"{sides[0][0]}", f"{sides[0][1]}", "time_before_min", kind="number", unit=unit),
        item(f"{sides[1][0]}", f"{sides[1][1]}", "time_after_min", kind="number", unit=unit),
        item(
            "经由项目",
            "Through",
            list=True,
            pair=[c for c in ("project_name_zh", "project_name") if c in zones.columns],
        ),
    ]
    rows = [r for r in rows if r.get("pair") != []]
    label = {**seat_label(zones, VALUE_LABEL), "digits": 0}
    section = ("出行时间", "Travel time")
    slower = change == "slower"
    only_slower = bool(slower.any()) and not (change == "faster").any()
    lost = -zones["saved_min"].where(slower)
    themes = [
        ("saved", "saved_min", "Minutes saved", "节省时间", breaks, CHANGES, not only_slower),
        ("lost", "lost_min", "Minutes lost", "增加的时间", _round_breaks(lost.dropna()), LOSSES, only_slower),
    ]
    for key, column, name, name_zh, limits, styles, show in themes if slower.any() else themes[:1]:
        add_choropleth(
            zones.assign(lost_min=lost),
            m,
            column=column,
            name=name,
            name_zh=name_zh,
            unit=MIN,
            breaks=limits,
            ramp=key,
            choice="theme",
            section=section,
            special=[c if c in styles else None for c in change],
            special_styles=styles,
            popup_rows=rows,
            key=key,
            table="districts",
            label={**label, "value": column},
            show=show,
        )
    if "project_name_zh" in zones.columns and (zones["project_name_zh"].fillna("") != "").any():
        through = zones.assign(
            through_zh=_joint(zones["project_name_zh"], "、"), through_en=_joint(zones["project_name"], ", ")
        )
        through[["through_zh", "through_en"]] = through[["through_zh", "through_en"]].where(
            change == "faster"
        )
        saved = item(
            "节省时间", "Minutes saved", "saved_min", kind="number", unit=unit, strong=True, tip=True
        )
        add_categories(
            through,
            m,
            columns=("through_zh", "through_en"),
            name="Faster through which project",
            name_zh="经由哪些项目变快",
            choice="theme",
            section=section,
            popup_rows=[saved, *rows],
            key="through",
            table="districts",
            label=label,
            show=False,
            blank=("未见变快", "not measurably faster"),
        )
    limits = time_breaks(zones["time_before_min"])
    for column, side, key in (("time_before_min", sides[0], "before"), ("time_after_min", sides[1], "after")):
        add_choropleth(
            zones,
            m,
            column=column,
            name=f"Travel time, {side[1]}",
            name_zh=f"出行时间（{side[0]}）",
            unit=MIN,
            breaks=limits,
            ramp="time",
            choice="theme",
            section=section,
            popup_rows=rows,
            key=key,
            table="districts",
            label={**label, "value": column},
            show=False,
        )
    add_swipe(m, "before", "after")


def _joint(names: Any, sign: str) -> Any:
    return names.fillna("").astype(str).str.replace(";", sign, regex=False)


def _change_projects(layers: Any, m: Any, zones: Any) -> None:
    """The projects that the new ways use, as lines over the areas."""
    if "project_id" not in zones.columns or not has(layers, "projects"):
        return
    used = {i for ids in zones["project_id"].dropna() for i in str(ids).split(";") if i}
    shapes = project_shapes(layers)
    shapes = shapes[
        shapes["project_id"].isin(used) & shapes.geometry.geom_type.isin(["LineString", "MultiLineString"])
    ]
    if not len(shapes):
        return
    level = {"size": [11, 13], "color": "#1f2a37", "bold": True, "minzoom": 7.4, "order": 2}
    add_lines(
        shapes.reset_index(drop=True),
        m,
        name="Projects that the new ways use",
        name_zh="新路径经过的项目",
        style="mode",
        styles=MODE_STYLE,
        section=("项目", "Projects"),
        key="projects_used",
        label={"fields": ["name_zh", "name"], "levels": [level]},
    )


def _change_figures(m: Any, zones: Any) -> None:
    faster = zones[zones["change"] == "faster"]["saved_min"]
    page_of(m).figures_title = pair("区县", "Districts")
    add_value(m, "faster", ("变快", "faster"), len(faster), unit=("个", ""))
    add_value(
        m,
        "new",
        ("新近可达", "newly connected"),
        int((zones["change"] == "newly connected").sum()),
        unit=("个", ""),
    )
    slower = -zones[zones["change"] == "slower"]["saved_min"]
    if len(slower):
        add_value(m, "slower", ("变慢", "slower"), len(slower), unit=("个", ""))
        add_value(m, "most_lost", ("最多增加", "most lost"), float(slower.max()), unit=MIN, digits=1)
    if len(faster):
        add_value(
            m, "mean", ("变快者平均节省", "mean saved where faster"), float(faster.mean()), unit=MIN, digits=1
        )
        add_value(m, "most", ("最多节省", "most saved"), float(faster.max()), unit=MIN, digits=1)
