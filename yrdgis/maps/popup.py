"""What a sheet about a feature says: rows of known columns, with labels in both languages.

The page builds the sheet from text alone; nothing here makes HTML.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from yrdgis.maps.language import Pair, pair

__all__ = ["columns_of", "item", "known", "popup"]

_KM, _KMH, _MIN, _KM2 = (
    pair("公里", "km"),
    pair("公里/时", "km/h"),
    pair("分钟", "min"),
    pair("平方公里", "km²"),
)
_PERSONS, _GDP = pair("人", "people"), pair("亿元", "100 million CNY")


def item(zh: str, en: str, field: str | None = None, **more: Any) -> dict[str, Any]:
    """One row of a sheet.

    Parameters
    ----------
    zh, en : str
        Its label.
    field : str, optional
        Column with the value; or give ``pair=[zh column, en column]``.
    **more
        ``kind`` ("number", "date", "word", "flag", "quote"), ``unit``, ``digits``, ``ns`` (namespace of
        words), ``tip`` (shown under the pointer), ``strong``, ``blank`` (text where there is no value),
        ``cite`` (a quote's place).
    """
    out = {"label": pair(zh, en), **more}
    if field is not None:
        out["field"] = field
    return out


def _number(zh: str, en: str, field: str, unit: Pair, digits: int = 0, **more: Any) -> dict[str, Any]:
    return item(zh, en, field, kind="number", unit=unit, digits=digits, **more)


_KNOWN: tuple[dict[str, Any], ...] = (
    item("模式", "Mode", "mode", kind="word", ns="mode"),
    item("类别", "Class", pair=["class_zh", "class_en"]),
    item("线路", "Line", pair=["line_zh", "line_en"], tip=True),
    item("编号", "Number", "ref"),
    item("类型", "Kind", "kind", kind="word", ns="kind"),
    item("所在城市", "City", pair=["city_label_zh", "city_label_en"]),
    item("所在区县", "District", pair=["district_label_zh", "district_label_en"]),
    item("定位", "Role", "role", kind="word", ns="role"),
    item("IATA", "IATA", "iata"),
    item("ICAO", "ICAO", "icao"),
    item("行政代码", "Code", "adcode"),
    _number("面积", "Area", "area_km2", _KM2),
    _number("常住人口（2020年普查）", "Population, census 2020", "pop_2020", _PERSONS),
    _number("地区生产总值（2020年）", "GDP 2020", "gdp_2020_100m_cny", _GDP),
    item("规划点名", "Named by the plan", "in_plan", kind="flag"),
    item("状态", "Status", "status", kind="word", ns="status", tip=True, strong=True),
    item("作用", "Effect", "effect_kind", kind="word", ns="effect"),
    item("开通日期", "Opened", "opened_on", kind="date"),
    item("预计开通", "Expected to open", "expected_on", kind="date"),
    item("停用日期", "Closed", "closed_on", kind="date"),
    item("逾期", "Overdue", pair=["overdue_zh", "overdue_en"]),
    _number("长度", "Length", "length_km", _KM, 1),
    _number("设计速度", "Design speed", "design_speed_kph", _KMH),
    _number("自由流速度", "Free-flow speed", "free_speed_kph", _KMH),
    item("车道数", "Lanes", "lanes", kind="number", digits=0),
    item("前置项目", "Requires", pair=["requires_zh", "requires_en"]),
    item("互斥项目", "Conflicts with", pair=["conflicts_zh", "conflicts_en"]),
    item("规划表述", "In the plan", "plan_phrase"),
    item("规划原文", "The plan's words", "quote", kind="quote", cite="section"),
    item("未测算原因", "Not measured because", "not_measured"),
    item("资料来源", "Source", pair=["source_zh", "source_en"]),
    item("可信度", "Confidence", "confidence", kind="word", ns="confidence"),
)


def columns_of(rows: Iterable[dict[str, Any]]) -> list[str]:
    """Columns that these rows read."""
    out: list[str] = []
    for row in rows:
        out += [row["field"]] if "field" in row else []
        out += row.get("pair", [])
        out += [row["cite"]] if "cite" in row else []
    return list(dict.fromkeys(out))


def known(frame: Any) -> list[dict[str, Any]]:
    """Rows for those columns of a frame that this module knows and that hold a value somewhere."""
    return [
        row
        for row in _KNOWN
        if all(c in frame.columns for c in columns_of([row])) and _holds(frame, columns_of([row])[0])
    ]


def _holds(frame: Any, column: str) -> bool:
    values = frame[column]
    return bool((values.notna() & values.astype(str).ne("")).any())


def popup(
    frame: Any,
    *,
    extra: Iterable[dict[str, Any]] = (),
    columns: Iterable[str] | None = None,
    title: Iterable[str] = ("name_zh", "name"),
    kind: Pair | None = None,
) -> dict[str, Any]:
    """The sheet of a group.

    Parameters
    ----------
    frame : DataFrame
        The features; of ``title``, the columns that exist are used.
    extra : iterable of dict
        Rows that come first, made with `item`.
    columns : iterable of str, optional
        Show these columns under their own names instead of those that are known.
    title : iterable of str
        Chinese name, then the other one.
    kind : pair, optional
        Small line above the title; the group's title if left out.
    """
    rows = list(extra)
    if columns is None:
        fields = set(columns_of(rows))
        rows += [row for row in known(frame) if not fields & set(columns_of([row])) - {"section"}]
    else:
        rows += [item(str(c), str(c), str(c)) for c in columns]
    names = [c for c in title if c in frame.columns]
    return {"title": names or columns_of(rows)[:1], "rows": rows, "kind": kind}
