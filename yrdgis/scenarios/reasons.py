"""Why a project changes nothing that is measured: told in words, never a silent zero."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from yrdgis.network.effects import table
from yrdgis.scenarios.unmeasured import PASSENGER_LINKS, SHOWN_BY_TIMES

if TYPE_CHECKING:
    import pandas as pd

    from yrdgis.io import Layers

__all__ = ["REASONS", "no_links_reason", "reason_words"]

REASONS: Mapping[str, tuple[str, str]] = {
    "": ("", ""),
    "before": ("in force on {date} already: nothing to add", "{date}已开通，不属于新增"),
    "capacity": ("capacity only: this model has no volumes", "仅增加能力，本模型没有流量"),
    "elsewhere": ("no passengers on it ({mode}): ask for freight", "不承运旅客（{mode}），请按货运计量"),
    "no network": ("not on the network: the layers give it no link", "不在路网上：图层没有它的路段"),
    "mode": ("no part of mode {mode}", "不属于出行方式{mode}"),
    "no train": ("no passenger train is known to run on it", "没有已知的旅客列车经由该线"),
    "requires": ("requires {needs}, not among the projects", "须先有{needs}，不在所列项目中"),
    "no faster way": ("no faster way between these places", "所列地点之间没有更快的走法"),
    "no cheaper way": ("no cheaper way from these places to these ports", "所列地点至所列港口没有更省的走法"),
    "no weight": ("nearer only for pairs that count for nothing here", "只使不计入的地点对更近"),
    "below": (
        "no measurable change: at most {most:.1f} min for any pair, below {least:g} min",
        "无可计量的变化：任何一对地点至多{most:.1f}分钟，低于{least:g}分钟",
    ),
}
"""Code of a reason to its words in English and Chinese."""


def reason_words(code: str, **facts: object) -> tuple[str, str]:
    """A reason in English and Chinese.

    Examples
    --------
    >>> reason_words("before", date="2019-12-01")[0]
    'in force on 2019-12-01 already: nothing to add'
    """
    english, chinese = REASONS[code]
    return english.format(**facts), chinese.format(**facts)


def no_links_reason(
    layers: Layers, project: pd.Series, *, in_force: Collection[str], as_of: dt.date, freight: bool = False
) -> tuple[str, str, str] | None:
    """Code and words of why a project has no link that could be faster; None where it has one.

    Parameters
    ----------
    layers : Layers
    project : pandas.Series
        Its row in ``projects``.
    in_force : collection of str
        Projects in force in the base.
    as_of : datetime.date
        Day of the base.
    freight : bool
        Whether freight is asked for, so that waterways count.
    """
    own = str(project["project_id"])
    if own in in_force:
        return ("before", *reason_words("before", date=as_of.isoformat()))
    effects = table(layers, "project_links", ["project_id"])
    effects = effects[effects["project_id"] == own]
    if project["effect_kind"] == "capacity" or (len(effects) and effects["effect_kind"].eq("capacity").all()):
        return ("capacity", *reason_words("capacity"))
    counts = freight or _any_has(layers, effects["link_id"])
    shown = effects[counts & effects["effect_kind"].isin((*SHOWN_BY_TIMES, "vessel_class"))]
    if len(shown):
        return None
    told = str(project["not_measured"] or "")
    if len(effects) or project["mode"] in ("water", "port", "air"):
        english, chinese = reason_words("elsewhere", mode=str(project["mode"]))
        return "elsewhere", told or english, str(project.get("not_measured_zh", "") or "") or chinese
    english, chinese = reason_words("no network")
    return "no network", told or english, str(project.get("not_measured_zh", "") or "") or chinese


def _any_has(layers: Layers, links: pd.Series) -> pd.Series:
    """Which of some links stand in a layer of links for passengers."""
    import pandas as pd

    known = pd.Series(False, index=links.index)
    for name in PASSENGER_LINKS:
        known |= links.isin(table(layers, name, ["link_id"])["link_id"])
    return known
