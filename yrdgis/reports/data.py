"""The tables and the data layers of an atlas."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from yrdgis.io.audience import for_audience
from yrdgis.maps.clauses import public_items
from yrdgis.maps.language import WORDS
from yrdgis.maps.projects import project_shapes
from yrdgis.maps.style import AREAS, BORDER, CHANGES, LINES, POINTS
from yrdgis.reports.context import Context
from yrdgis.reports.freight_pages import freight_tables
from yrdgis.reports.measure_tables import measure_tables
from yrdgis.reports.tables import Column, Table, from_schema

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["change_words", "package_frames", "sources_of", "tables_of"]

_CHANGES = {
    "faster": ("faster", "变快"),
    **{change: (style["label"]["en"], style["label"]["zh"]) for change, style in CHANGES.items()},
}
"""What may become of a pair, in English and Chinese."""


def _minutes(key: str, title: str, title_zh: str) -> Column:
    return Column(key, title, title_zh, "min", "分钟", decimals=0)


_ENDS = (
    Column("from_name_zh", "From", "从"),
    Column("from_name", "From, romanised", "从（罗马字）"),
    Column("to_name_zh", "To", "到"),
    Column("to_name", "To, romanised", "到（罗马字）"),
)
_TIMES = (
    *_ENDS,
    _minutes("time_min", "Travel time", "出行时间"),
    _minutes("time_low_min", "Shortest", "最短"),
    _minutes("time_high_min", "Longest", "最长"),
    Column("distance_km", "Distance", "里程", "km", "公里", decimals=1),
    Column(
        "confidence",
        "Worst confidence",
        "最差可信度",
        codes={"high": ("high", "高"), "medium": ("medium", "中"), "low": ("low", "低")},
    ),
    Column("to_id", "Id", "编号"),
)
_CHANGE = (
    *_ENDS,
    _minutes("time_before_min", "Before", "此前"),
    _minutes("time_after_min", "After", "此后"),
    _minutes("saved_min", "Saved", "节省"),
    _minutes("saved_low_min", "Saved, at least", "至少节省"),
    _minutes("saved_high_min", "Saved, at most", "至多节省"),
    Column("change", "Change", "变化", codes=_CHANGES),
    Column("project_name_zh", "Through", "经由项目"),
    Column("to_id", "Id", "编号"),
)
_LAYERS = (
    ("projects", "项目", "Projects"),
    ("items", "规划条目", "Items of the plan"),
    ("parameters", "参数", "Parameters"),
)


def change_words(change: str) -> tuple[str, str]:
    """What became of a pair, as (zh, en)."""
    en, zh = _CHANGES[change]
    return zh, en


def tables_of(context: Context) -> list[Table]:
    """Tables of an atlas: times, changes, projects, items of the plan, parameters."""
    rests = (
        "门到门，自由流；由参数区间得最短与最长时间。",
        "Door to door, free flow; shortest and longest follow from the parameters' ranges.",
    )
    found = [
        Table(
            "times", "Travel times from the core city", "出行时间", context.times, _TIMES, rests[1], rests[0]
        ),
        _change_table("change_door", "Change, door to door", "变化（门到门）", context.change),
        _change_table("change_cities", "Change between cities", "变化（城市间）", context.cities_change),
    ]
    if context.rail_change is not None:
        found.insert(2, _change_table("change_rail", "Change, by rail", "变化（铁路）", context.rail_change))
    found += freight_tables(context)
    found += measure_tables(context)
    for layer_id, title_zh, title in _LAYERS:
        if layer_id in context.layers:
            frame = context.layers[layer_id]
            if layer_id == "items" and context.audience == "public":
                frame = public_items(frame)
            columns = from_schema(
                context.layers.schema(layer_id), frame, audience=context.audience, words=WORDS
            )
            source = context.layers.info(layer_id).source
            found.append(Table(layer_id, title, title_zh, frame, columns, source, source))
    return found


def _change_table(name: str, title: str, title_zh: str, comparison: Any) -> Table:
    before, after = (comparison.meta[side]["as_of"] for side in ("before", "after"))
    note = f'{before} against {after}; mode {comparison.meta["mode"]}. Within the range of the parameters it reads "no measurable change".'
    note_zh = f"{before} 与 {after} 相比。小于参数区间的写作“无可计量的变化”。"
    return Table(name, title, title_zh, comparison.frame, _CHANGE, note, note_zh)


def package_frames(context: Context) -> dict[str, tuple[Any, str, str]]:
    """Layers and results of an atlas: name to (frame, title, colour)."""
    frames: dict[str, tuple[Any, str, str]] = {}
    for layer_id, colour in _shown():
        if layer_id not in context.layers:
            continue
        info = context.layers.info(layer_id)
        frame = for_audience(
            context.layers.geometry(layer_id), context.layers.schema(layer_id), context.audience
        )
        if hasattr(frame, "geometry") and frame.geometry.notna().any():
            frames[layer_id] = (frame, f"{info.title_zh} {info.title}", colour)
    if "projects" in context.layers:
        shapes = project_shapes(context.layers, as_of=context.as_of)
        for kind, types in (
            ("lines", ("LineString", "MultiLineString")),
            ("points", ("Point", "MultiPoint")),
        ):
            own = shapes[shapes.geometry.notna() & shapes.geometry.geom_type.isin(types)]
            if len(own):
                frames[f"project_{kind}"] = (
                    own,
                    f"项目 Projects ({kind})",
                    LINES["rail.high_speed"]["color"],
                )
    frames["district_times"] = (
        _with_outline(context, context.times),
        "至各区县的时间 Times to districts",
        AREAS["city"]["stroke"],
    )
    frames["district_change"] = (
        _with_outline(context, context.change.frame),
        "变化 Change",
        AREAS["city"]["stroke"],
    )
    return frames


def _shown() -> Iterable[tuple[str, str]]:
    return (
        ("cities", AREAS["city"]["stroke"]),
        ("districts", AREAS["district"]["stroke"]),
        ("borders", BORDER["color"]),
        ("water_bodies", AREAS["water"]["fill"]),
        ("towns", POINTS["town"]["fill"]),
        ("airports", POINTS["airport"]["fill"]),
        ("rail_stations", POINTS["station"]["stroke"]),
        ("rail_links", LINES["rail.high_speed"]["color"]),
        ("metro_links", LINES["metro"]["color"]),
        ("road_links", LINES["road.expressway"]["color"]),
    )


def _with_outline(context: Context, frame: pd.DataFrame) -> Any:
    zones = context.layers.polygons("districts")[["district_id", "geometry"]]
    own = frame[frame["to_id"].isin(context.districts)]
    return zones.merge(own, left_on="district_id", right_on="to_id", how="inner").drop(columns="to_id")


def sources_of(context: Context, only: Iterable[str] | None = None) -> list[str]:
    """Attributions and sources of the layers, each once; of some layers if named."""
    wanted = None if only is None else set(only)
    shown = [info for info in context.layers.catalog if wanted is None or info.layer_id in wanted]
    return list(dict.fromkeys(text for info in shown for text in (info.attribution or info.source,) if text))
