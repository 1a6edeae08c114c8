"""What the closed words of the register say in Chinese and English."""

from __future__ import annotations

__all__ = ["ASKS", "EFFECTS", "STATUSES", "say"]

STATUSES = {
    "done": ("done", "已完成"),
    "operating": ("operating", "已建成运行"),
    "under_construction": ("under construction", "在建"),
    "planned": ("planned", "规划"),
    "preliminary": ("preliminary works", "前期工作"),
    "closed": ("closed", "已关闭"),
    "unknown": ("unknown", "未查明"),
}
"""Status to English and Chinese."""

ASKS = {
    "start_building": ("start building", "开工建设"),
    "build": ("build", "建设"),
    "plan_and_build": ("plan and build", "规划建设"),
    "prepare": ("prepare", "开展前期工作"),
    "study": ("study", "研究探索"),
    "draft": ("draft", "编制制定"),
    "advance": ("advance", "推进"),
    "carry_out": ("carry out", "实施"),
    "pilot": ("pilot", "试点"),
    "improve": ("improve", "完善提升"),
    "found": ("set up", "建立"),
    "support": ("support", "支持"),
    "hold": ("hold", "办好"),
    "launch": ("launch", "打造推出"),
    "protect": ("protect", "保护"),
    "focus": ("focus on", "聚焦"),
    "reach": ("reach", "达到目标"),
}
"""What the plan asks to English and Chinese."""

EFFECTS = {
    "adds_link": ("adds links", "新增路段"),
    "speed": ("changes speed", "改变速度"),
    "delay": ("removes delay", "消除延误"),
    "vessel_class": ("changes vessel class", "提升航道等级"),
    "service": ("changes services", "改变服务"),
    "capacity": ("adds capacity", "增加能力"),
}
"""What a project does to English and Chinese."""


def say(words: dict[str, tuple[str, str]], key: str, lang: str) -> str:
    """Word for a key in a language; a key without one is said as it is.

    Examples
    --------
    >>> say(STATUSES, "operating", "zh"), say(STATUSES, "tolerated", "en")
    ('已建成运行', 'tolerated')
    """
    pair = words.get(key)
    if pair is None:
        return key.replace("_", " ")
    return pair[1] if lang == "zh" else pair[0]
