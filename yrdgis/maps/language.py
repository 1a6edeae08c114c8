"""Every word of a page that is not data, in both languages, in one place.

Coded values (a status, a kind, a confidence) are shown through this table as well: key ``namespace.value``.
"""

from __future__ import annotations

from typing import Any

__all__ = ["WORDS", "Pair", "as_pair", "pair", "word"]

Pair = dict[str, str]

_WORDS: dict[str, tuple[str, str]] = {
    "yes": ("是", "yes"),
    "no": ("否", "no"),
    # furniture
    "ui.layers": ("图层与图例", "Layers and legend"),
    "ui.layers_short": ("图层与图例", "Layers"),
    "ui.fold": ("收起或展开", "Fold or unfold"),
    "ui.about": ("说明", "About"),
    "ui.notes": ("说明", "Notes"),
    "ui.close": ("关闭", "Close"),
    "ui.language": ("语言", "Language"),
    "ui.north": ("北", "North"),
    "ui.as_of": ("数据截止", "as of"),
    "ui.unit": ("单位：", "unit:"),
    "ui.source": ("资料来源：", "Sources:"),
    "ui.review": ("审图号：", "Map review no.:"),
    "ui.not_reviewed": ("未送审", "not reviewed"),
    "ui.line_state": ("线型", "Line pattern"),
    "ui.year": ("年份", "Year"),
    "ui.play": ("播放", "Play"),
    "ui.pause": ("暂停", "Pause"),
    "ui.forecast": ("预测", "forecast"),
    "ui.zoom_in": ("放大后显示", "zoom in"),
    "ui.previous": ("上一个", "Previous"),
    "ui.next": ("下一个", "Next"),
    # status
    "status.operating": ("已开通", "open"),
    "status.under_construction": ("在建", "under construction"),
    "status.planned": ("规划", "planned"),
    "status.preliminary": ("前期工作", "preliminary work"),
    "status.closed": ("已停用", "closed"),
    "status.unknown": ("情况不明", "not known"),
    # confidence and audience
    "confidence.high": ("高", "high"),
    "confidence.medium": ("中", "medium"),
    "confidence.low": ("低", "low"),
    # modes and kinds
    "mode.rail": ("铁路", "rail"),
    "mode.road": ("公路", "highway"),
    "mode.water": ("航道", "waterway"),
    "mode.port": ("港口", "port"),
    "mode.air": ("机场", "airport"),
    "mode.metro": ("城市轨道", "metro"),
    "kind.station": ("车站", "station"),
    "kind.yard": ("站场", "yard"),
    "kind.junction": ("线路所", "junction"),
    "kind.town": ("镇", "town"),
    "kind.township": ("乡", "township"),
    "kind.subdistrict": ("街道", "subdistrict"),
    "kind.zone": ("功能区", "zone"),
    "kind.new_town": ("新城", "new town"),
    "effect.adds_link": ("新增线路", "adds a link"),
    "effect.speed": ("提速", "raises speed"),
    "effect.delay": ("减少延误", "removes delay"),
    "effect.vessel_class": ("提高航道等级", "larger vessels"),
    "effect.service": ("新增列车服务", "adds a service"),
    "effect.capacity": ("扩大能力", "adds capacity"),
}


def pair(zh: str, en: str = "") -> Pair:
    """A text in both languages, as the pages read it; a blank one falls back on the other.

    Examples
    --------
    >>> pair("铁路", "Rail")
    {'zh': '铁路', 'en': 'Rail'}
    """
    return {"zh": str(zh or en), "en": str(en or zh)}


def word(key: str) -> Pair:
    """The pair of a fixed word.

    Raises
    ------
    KeyError
        If the table has no such word: a mistake of ours, never of the data.

    Examples
    --------
    >>> word("status.planned")
    {'zh': '规划', 'en': 'planned'}
    """
    return pair(*_WORDS[key])


def as_pair(text: Any) -> Pair:
    """A pair from a pair, a ``(zh, en)`` tuple or one text for both."""
    if isinstance(text, dict):
        return pair(text.get("zh", ""), text.get("en", ""))
    if isinstance(text, tuple | list):
        return pair(*text)
    return pair(str(text or ""))


WORDS: dict[str, Pair] = {key: pair(*both) for key, both in _WORDS.items()}
"""All fixed words, as pages carry them."""
