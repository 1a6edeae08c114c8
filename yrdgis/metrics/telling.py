"""A path in words, Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from yrdgis.errors import InputError

__all__ = ["told"]

_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "head": "{start} to {end}: {time} ({what}), {km} km, network of {as_of}",
        "forecast": ", a forecast",
        "total": "door to door",
        "station": "station to station",
        "by_car": "by car, door to door",
        "in_vehicle": "in the vehicle",
        "drive": "Drive {line} from {start} to {end}",
        "local": "Local roads from {start} to {end}",
        "ferry": "Ferry {line} from {start} to {end}",
        "rail": "Train{klass} {line} from {start} to {end}",
        "metro": "{line} from {start} to {end}",
        "walk": "Walk from {start} to {end}",
        "urban": "Bus or car from {start} to {end}",
        "in": "{} on the way",
        "wait": "{} waiting",
        "process": "{} at stations",
        "trains": "{:.0f} trains a day",
        "parking": "{} parking",
        "assumed": "assumed",
        "low": "low confidence",
        "sep": ", ",
        "stop": ".",
        "colon": ": ",
        "open": " (",
        "close": ")",
        "here": "{start} is {end}: nothing to travel",
    },
    "zh": {
        "head": "{start} 至 {end}：{time}（{what}），{km} 公里，按 {as_of} 的网络",
        "forecast": "，属预测",
        "total": "门到门",
        "station": "站到站",
        "by_car": "自驾，门到门",
        "in_vehicle": "在途",
        "drive": "驾车走{line}，{start} 至 {end}",
        "local": "走地方道路，{start} 至 {end}",
        "ferry": "乘轮渡{line}，{start} 至 {end}",
        "rail": "乘{klass}火车（{line}），{start} 至 {end}",
        "metro": "乘{line}，{start} 至 {end}",
        "walk": "步行，{start} 至 {end}",
        "urban": "乘公交或汽车，{start} 至 {end}",
        "in": "途中 {}",
        "wait": "候车 {}",
        "process": "进出站 {}",
        "trains": "每日约 {:.0f} 趟",
        "parking": "停车 {}",
        "assumed": "为假定值",
        "low": "可信度低",
        "sep": "，",
        "stop": "。",
        "colon": "：",
        "open": "（",
        "close": "）",
        "here": "{start} 就是 {end}，无需出行",
    },
}


def told(legs: pd.DataFrame, meta: Mapping[str, Any], language: str) -> str:
    """Legs in words: a line for the whole, then one for each leg.

    Parameters
    ----------
    legs : pandas.DataFrame
        As `yrdgis.metrics.path.path` makes them.
    meta : mapping
        Its facts: names of both ends, minutes, kilometres, date.
    language : {"en", "zh"}

    Raises
    ------
    InputError
        If there is no such language.
    """
    if language not in _WORDS:
        raise InputError(f"a path is told in {' or '.join(_WORDS)}, not {language!r}")
    words = _WORDS[language]
    ends = {"start": _name(meta, "from", language), "end": _name(meta, "to", language)}
    if legs.empty:
        return words["here"].format(**ends) + words["stop"]
    what = {"rail": "station", "drive": "by_car"}.get(meta["mode"], "total")
    if meta["impedance"] == "in_vehicle":
        what = "in_vehicle"
    head = words["head"].format(
        **ends,
        time=_minutes(meta["time_min"], language),
        what=words[what],
        km=f"{meta['distance_km']:.1f}",
        as_of=meta.get("as_of") or meta.get("label") or "-",
    )
    lines = [head + (words["forecast"] if meta.get("forecast") else "") + words["stop"]]
    lines += [f"{at + 1}. {_leg(legs.iloc[at], language)}" for at in range(len(legs))]
    return "\n".join(lines)


def _leg(leg: Any, language: str) -> str:
    words = _WORDS[language]
    line = leg["line_name_zh" if language == "zh" else "line_name"] or leg["line_id"]
    klass = leg["train_class"]
    text = words[leg["mode"] if leg["mode"] in words else "drive"].format(
        line=line,
        klass=(f"{klass}字头" if language == "zh" else f" {klass}") if klass else "",
        start=_name(leg, "from", language),
        end=_name(leg, "to", language),
    )
    text = " ".join(text.replace("（）", "").split())
    process = "parking" if leg["mode"] in ("local", "drive") else "process"
    parts = [
        words[word].format(_minutes(leg[column], language))
        for word, column in (("in", "in_vehicle_min"), ("wait", "wait_min"), (process, "process_min"))
        if leg[column] >= 0.05
    ]
    if leg["mode"] == "walk":
        parts = [_minutes(leg["total_min"], language)]
    if leg["distance_km"]:
        parts.append(f"{leg['distance_km']:.1f} " + ("公里" if language == "zh" else "km"))
    if leg["trains_per_day"] > 0:
        parts.append(words["trains"].format(leg["trains_per_day"]))
    marks = [words["assumed"]] if leg["assumed"] else [words["low"]] if leg["confidence"] == "low" else []
    mark = words["open"] + words["sep"].join(marks) + words["close"] if marks else ""
    return text + words["colon"] + words["sep"].join(parts) + mark + words["stop"]


def _name(row: Any, end: str, language: str) -> str:
    both = (row[f"{end}_name_zh"], row[f"{end}_name"])
    name = str((both[0] or both[1] if language == "zh" else both[1] or both[0]) or row[f"{end}_id"])
    if not str(row[f"{end}_id"]).startswith("station:"):
        return name
    word = "站" if language == "zh" else " station"
    return name if name.casefold().endswith(word.strip()) else name + word


def _minutes(minutes: float, language: str) -> str:
    whole = round(minutes)
    hours, rest = divmod(whole, 60)
    if language == "zh":
        return f"{hours} 小时 {rest} 分" if hours else f"{whole} 分钟"
    return f"{hours} h {rest} min" if hours else f"{whole} min"
