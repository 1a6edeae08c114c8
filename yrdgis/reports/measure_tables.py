"""Tables of the measures of an atlas."""

from __future__ import annotations

from typing import Any

from yrdgis.reports.context import Context
from yrdgis.reports.html import Words
from yrdgis.reports.measured import (
    MIN,
    PEOPLE,
    VERDICTS,
    access_of,
    borders_of,
    cohesion_of,
    goals_of,
    middle_min,
    resilience_of,
)
from yrdgis.reports.tables import Column, Table

__all__ = ["measure_tables"]

_ENDS = (("", "Within the limit", "时限内可达"), ("_low", "At least", "下限"), ("_high", "At most", "上限"))
_COHESION = (
    ("index", "Index", "指数"),
    ("index_low", "Band, low", "区间下限"),
    ("index_high", "Band, high", "区间上限"),
    ("between", "Between members", "成员之间"),
    ("weakest", "Worst pair", "最远一对"),
    ("centre", "To own centres", "到各自中心"),
    ("core", "To the core city", "到核心城市"),
)


def measure_tables(context: Context) -> list[Table]:
    """Tables of the measures whose layers are there."""
    layers, out = context.layers, []
    names = (Column("name_zh", "Name", "名称"), Column("name", "Romanised", "罗马字"))
    if _has(context, "road_links", "parameters", "districts", "cities"):
        zones = access_of(context)
        limit = f"{middle_min(context):g}"
        columns = [
            *names,
            *(_people(f"within_{limit}_min{end}", en, zh) for end, en, zh in _ENDS),
            Column("gained", f"Gained within {limit} min", f"{limit}分钟内新增", *_unit(PEOPLE), decimals=1),
            Column("gravity_pct", "Change of potential", "潜力可达性变化", "%", decimals=2),
            Column("mean_min", "Mean time", "平均时间", *_unit(MIN), decimals=1),
            Column("daily_reach", "Reached in a day", "一日往返可达", *_unit(PEOPLE), decimals=0),
            Column("district_id", "Id", "编号"),
        ]
        out.append(_table("accessibility", "Accessibility", "可达性", zones, columns))
        lines, sets = resilience_of(context)
        columns = [
            *names,
            Column("lost_person_min", "Lost", "损失", "person-min", "人·分钟", decimals=0),
            Column("lost_min_per_trip", "Lost per trip", "每次出行损失", *_unit(MIN), decimals=4),
            Column("pairs_slower", "Pairs slower", "变慢的区县对"),
            Column("most_lost_min", "Most, for a pair", "最多变慢", *_unit(MIN), decimals=1),
            Column("people_cut_off", "People cut off", "被隔断人口", decimals=0),
            Column("closure_id", "Id", "编号"),
        ]
        out.append(_table("closures", "Closures of single links", "单一路段中断", lines, columns))
        if len(sets):
            out.append(_table("crossings", "Closures of crossings and sets", "通道与组合中断", sets, columns))
    if _has(context, "borders", "road_links", "cities"):
        columns = [
            *names,
            Column("mode", "Mode", "方式"),
            Column("class", "Class", "类别"),
            Column("crossings", "Crossings", "通道数"),
            Column("per_10_km", "Per 10 km", "每10公里", decimals=2),
            Column("resolution", "Resolution", "分辨率"),
            Column("border_id", "Id", "编号"),
        ]
        out.append(_table("borders", "Crossings of borders", "省界通道", borders_of(context)[1], columns))
    if _has(context, "clusters", "cluster_members", "road_links"):
        columns = [
            *names,
            Column("reading", "Reading", "读法"),
            *(Column(c, en, zh, decimals=0) for c, en, zh in _COHESION),
            Column("resolution", "Resolution", "分辨率"),
            Column("cluster_id", "Id", "编号"),
        ]
        out.append(
            _table("cohesion", "Cohesion of clusters", "城镇圈同城化", cohesion_of(context)[1], columns)
        )
    if _has(context, "goals", "road_links"):
        columns = [
            *names,
            Column("goal_min", "Goal", "目标", *_unit(MIN), decimals=0),
            Column("value_min", "Value", "数值", *_unit(MIN), decimals=0),
            Column("value_low_min", "At least", "下限", *_unit(MIN), decimals=0),
            Column("value_high_min", "At most", "上限", *_unit(MIN), decimals=0),
            Column("verdict", "Verdict", "判定", codes={key: (en, zh) for key, (zh, en) in VERDICTS.items()}),
            Column("source_public", "Source", "出处"),
            Column("goal_id", "Id", "编号"),
        ]
        out.append(_table("goals", "Travel-time goals", "时间目标", goals_of(context)[1], columns))
    return out if layers is not None else []


def _has(context: Context, *names: str) -> bool:
    return all(len(context.layers.get(name, ())) for name in names)


def _unit(words: Words) -> tuple[str, str]:
    return words[1], words[0]


def _people(key: str, title: str, title_zh: str) -> Column:
    return Column(key, title, title_zh, *_unit(PEOPLE), decimals=1)


def _table(name: str, title: str, title_zh: str, frame: Any, columns: list[Column]) -> Table:
    plain = frame.drop(columns="geometry") if "geometry" in frame else frame
    note = f"As of {frame.attrs.get('as_of')}; worst confidence {frame.attrs.get('confidence')}."
    note_zh = f"{frame.attrs.get('as_of')}；最差可信度 {frame.attrs.get('confidence')}。"
    return Table(name, title, title_zh, plain, columns, note, note_zh)
