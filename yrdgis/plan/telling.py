"""One clause of the plan, and how it is told in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from yrdgis.plan.words import ASKS, EFFECTS, STATUSES, say

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Clause"]


@dataclass(frozen=True, repr=False)
class Clause:
    """One clause of the plan: its words, what it asks, what became of it, and the projects that realise it.

    ``projects`` is a frame with one row per project (``links`` counts the links that it opens or changes);
    ``features`` has the other features that the clause is tied to, each with its relation.
    """

    item_id: str
    name: str
    name_zh: str
    section: str
    section_title_zh: str
    quote: str
    ask: str
    ask_zh: str
    target: str
    responsible: str
    due: str
    status: str
    status_date: str
    evidence: str
    confidence: str
    note: str
    projects: pd.DataFrame
    features: pd.DataFrame

    def tell(self, lang: str = "zh") -> str:
        """The clause in some lines of text.

        Parameters
        ----------
        lang : {"zh", "en"}
            Language of the text; the quote stays as printed.
        """
        words = _LINES["zh" if lang == "zh" else "en"]
        name = self.name_zh if lang == "zh" else self.name
        section = f"{self.section} {self.section_title_zh}".strip()
        lines = [
            words["head"].format(name=name, section=section),
            words["quote"].format(quote=self.quote),
            words["ask"].format(ask=say(ASKS, self.ask, lang), verb=self.ask_zh),
        ]
        if self.target:
            lines.append(words["target"].format(target=self.target))
        status = say(STATUSES, self.status, lang)
        day = words["day"].format(day=self.status_date) if self.status_date else ""
        evidence = self.evidence or words["nothing"]
        lines.append(words["status"].format(status=status, day=day, evidence=evidence))
        if not len(self.projects):
            lines.append(words["no_project"])
        lines += [_project_line(row, lang, words) for row in self.projects.to_dict("records")]
        return "\n".join(lines)

    def __repr__(self) -> str:
        since = f" {self.status_date}" if self.status_date else ""
        count = f"{len(self.projects)} project{'' if len(self.projects) == 1 else 's'}"
        return f"<Clause {self.section} {self.name_zh} {self.name}: {self.status}{since}, {count}>"

    def __str__(self) -> str:
        return self.tell("zh")

    def _repr_html_(self) -> str:
        """The clause in both languages for a notebook; every text is escaped."""
        from yrdgis.io.cards import card

        (head_zh, _, rest_zh), (head_en, _, rest_en) = (
            self.tell(lang).partition("\n") for lang in ("zh", "en")
        )
        return card((head_zh, head_en), text=[(rest_zh, rest_en)])


_LINES = {
    "zh": {
        "head": "{name}（{section}）",
        "quote": "原文：“{quote}”",
        "ask": "要求：{ask}（{verb}）",
        "target": "目标：{target}",
        "day": "，{day}",
        "status": "现状：{status}{day}；依据：{evidence}",
        "nothing": "未找到",
        "no_project": "项目：登记册中没有对应的工程项目",
        "project": "项目：{name}，{status}{day}，{effect}{links}",
        "links": "（{n} 个路段）",
        "not_measured": "；未计量：{why}",
    },
    "en": {
        "head": "{name} ({section})",
        "quote": "Words of the plan: “{quote}”",
        "ask": "It asks to: {ask} ({verb})",
        "target": "Target: {target}",
        "day": ", {day}",
        "status": "Status: {status}{day}; evidence: {evidence}",
        "nothing": "none found",
        "no_project": "Projects: none in the register",
        "project": "Project: {name}, {status}{day}, {effect}{links}",
        "links": " ({n} links)",
        "not_measured": "; not measured: {why}",
    },
}


def _project_line(row: Mapping[Any, Any], lang: str, words: Mapping[str, str]) -> str:
    opened = row["opened_expected"]
    day = words["day"].format(day=f"{opened:%Y-%m-%d}") if _is_day(opened) else ""
    links = words["links"].format(n=row["links"]) if row["links"] else ""
    line = words["project"].format(
        name=row["name_zh"] if lang == "zh" else row["name"],
        status=say(STATUSES, str(row["status"]), lang),
        day=day,
        effect=say(EFFECTS, str(row["effect_kind"]), lang),
        links=links,
    )
    why = (row.get("not_measured_zh") if lang == "zh" else "") or row["not_measured"]
    return line + (words["not_measured"].format(why=why) if why else "")


def _is_day(value: object) -> bool:
    import pandas as pd

    return isinstance(value, pd.Timestamp)
