"""Coverage, from plan to map: which items have a geometry, an effect on the networks, and which status."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from yrdgis.io.dates import overdue

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["STATUSES", "coverage_table", "goal_states", "trace"]

STATUSES = ("done", "operating", "under_construction", "planned", "preliminary", "unknown")
"""States of an item, from reached to not known."""

_LEVEL2 = re.compile(r"^[^（]+（[^）]+）|^[^（]+")


def trace(
    items: pd.DataFrame,
    item_links: pd.DataFrame,
    projects: pd.DataFrame,
    project_links: pd.DataFrame,
    *,
    valid_on: dt.date,
) -> pd.DataFrame:
    """Follow each item of the register to its features, projects and links.

    Parameters
    ----------
    items, item_links, projects, project_links : pandas.DataFrame
        The layers of those names.
    valid_on : datetime.date
        Day for which the layers hold.

    Returns
    -------
    pandas.DataFrame
        One row per item, in the order of `items`: ``features`` (count), ``projects`` (tuple of ids),
        ``links`` (count), ``effect_kinds`` (tuple), ``has_geometry``, ``on_network`` (a link of a network
        belongs to it), ``measured`` (an effect other than capacity stands on a link), ``overdue`` (the
        expected day of a project has passed without evidence, or the item's own due day has), ``why`` (what
        keeps it off the map or network).
    """
    late = set(projects.loc[overdue(projects, valid_on), "project_id"]) if len(projects) else set()
    links: dict[Any, int] = project_links.groupby("project_id")["link_id"].nunique().to_dict()
    measured = set(project_links.loc[project_links["effect_kind"] != "capacity", "project_id"])
    effect = dict(zip(projects["project_id"], projects["effect_kind"], strict=True))
    reason = dict(zip(projects["project_id"], projects["not_measured"], strict=True))
    ties: dict[str, list[tuple[str, str]]] = {}
    for tie in item_links.itertuples():
        ties.setdefault(str(tie.item_id), []).append((str(tie.feature_id), str(tie.relation)))
    rows = []
    for item in items.to_dict("records"):
        mine = ties.get(str(item["item_id"]), [])
        own = tuple(f for f, relation in mine if relation == "realised_by")
        features = [f for f, relation in mine if relation != "realised_by"]
        count = int(sum(links.get(p, 0) for p in own))
        drawn = bool(features) or bool(count) or _is_number(item.get("lon"))
        is_late = any(p in late for p in own) or _past_due(item, valid_on)
        rows.append(
            {
                "item_id": item["item_id"],
                "section": item["section"],
                "theme": item["theme"],
                "actual_status": item["actual_status"],
                "features": len(features),
                "projects": own,
                "links": count,
                "effect_kinds": tuple(sorted({effect[p] for p in own if p in effect})),
                "has_geometry": drawn,
                "on_network": count > 0,
                "measured": any(p in measured for p in own),
                "overdue": is_late,
                "why": _why(item, drawn, [reason.get(p, "") for p in own]),
            }
        )
    return _frame(rows)


def _frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    import pandas as pd

    columns = [
        "item_id",
        "section",
        "theme",
        "actual_status",
        "features",
        "projects",
        "links",
        "effect_kinds",
    ]
    return pd.DataFrame(rows, columns=[*columns, "has_geometry", "on_network", "measured", "overdue", "why"])


def _is_number(value: object) -> bool:
    return isinstance(value, float) and value == value


def _past_due(item: Mapping[Any, Any], valid_on: dt.date) -> bool:
    """Whether an item's own day has passed while it is known not to be finished."""
    due = str(item.get("due", ""))
    if item["actual_status"] not in ("under_construction", "planned", "preliminary") or not due[:4].isdigit():
        return False
    day = dt.date(int(due[:4]), 12, 31) if len(due) == 4 else dt.date.fromisoformat(due)
    return day < valid_on


def _why(item: Mapping[Any, Any], drawn: bool, reasons: list[str]) -> str:
    told = [r for r in reasons if r]
    if told:
        return "; ".join(dict.fromkeys(told))
    if item.get("no_geometry_reason"):
        return str(item["no_geometry_reason"])
    if drawn:
        return ""
    return "a policy or goal without a place" if item["geometry_kind"] == "none" else "no geometry known"


def coverage_table(traced: pd.DataFrame, sections: pd.DataFrame) -> pd.DataFrame:
    """Count a trace by section of the plan.

    Parameters
    ----------
    traced : pandas.DataFrame
        What `trace` gives.
    sections : pandas.DataFrame
        Layer ``sections``; gives the titles and the order.

    Returns
    -------
    pandas.DataFrame
        One row per section that holds items: ``section``, ``title_zh``, ``items``, ``with_geometry``,
        ``on_network``, ``measured``, one column per status, and ``overdue``.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = {"section": ["二（三）1", "二（三）10"], "actual_status": ["operating", "unknown"]}
    >>> flags = {c: [True, False] for c in ("has_geometry", "on_network", "measured", "overdue")}
    >>> titles = pd.DataFrame({"section": ["二（三）"], "title_zh": ["基础设施"]})
    >>> counted = coverage_table(pd.DataFrame(rows | flags), titles)
    >>> counted[["section", "items", "with_geometry"]].values.tolist()
    [['二（三）', 2, 1]]
    """
    import pandas as pd

    keys = [_LEVEL2.match(s)[0] if _LEVEL2.match(s) else s for s in traced["section"]]  # type: ignore[index]
    order = list(sections["section"]) if len(sections) else []
    titles = dict(zip(sections.get("section", []), sections.get("title_zh", []), strict=True))
    rows = []
    for key, group in traced.groupby(pd.Series(keys, index=traced.index), sort=False):
        counts = group["actual_status"].value_counts()
        rows.append(
            {
                "section": key,
                "title_zh": titles.get(str(key), ""),
                "items": len(group),
                "with_geometry": int(group["has_geometry"].sum()),
                "on_network": int(group["on_network"].sum()),
                "measured": int(group["measured"].sum()),
                **{status: int(counts.get(status, 0)) for status in STATUSES},
                "overdue": int(group["overdue"].sum()),
            }
        )
    columns = [
        "section",
        "title_zh",
        "items",
        "with_geometry",
        "on_network",
        "measured",
        *STATUSES,
        "overdue",
    ]
    frame = pd.DataFrame(rows, columns=columns)
    rank = {section: i for i, section in enumerate(order)}
    return frame.sort_values(
        "section", key=lambda s: s.map(rank).fillna(len(rank)), kind="stable"
    ).reset_index(drop=True)


def goal_states(goals: pd.DataFrame, *, document: str | None = None) -> pd.DataFrame:
    """Goals with what is known of each: met, not met, not judged, or to be computed on the networks.

    Parameters
    ----------
    goals : pandas.DataFrame
        Layer ``goals``.
    document : str, optional
        Only goals of one document, such as ``plan`` or ``metro_plan``.

    Returns
    -------
    pandas.DataFrame
        ``goal_id``, names, ``year``, ``direction``, ``value``, ``unit``, ``actual_value``, ``actual_year``,
        ``met``, and both sources, sorted by document, year and id.
    """
    chosen = goals if document is None else goals[goals["document"] == document]
    columns = ["goal_id", "document", "name", "name_zh", "year", "measure", "direction", "value", "unit"]
    columns += ["actual_value", "actual_unit", "actual_year", "met", "source_public", "actual_source", "note"]
    return chosen.sort_values(["document", "year", "goal_id"])[columns].reset_index(drop=True)
