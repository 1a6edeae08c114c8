"""The register: finding a clause by its words, and listing items by theme, status, section and place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from yrdgis.errors import AmbiguousNameError, UnknownNameError
from yrdgis.io._text import did_you_mean, key_of
from yrdgis.plan.document import lies_in
from yrdgis.plan.telling import Clause

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["clause", "clauses", "find_items", "list_items", "section_key"]

_PARTS = re.compile(r"[a-z0-9.]+|[^\W\da-z_]+")
"""Latin words and figures, and runs of Chinese, so that 'G15嘉浏' is looked for as both of its parts."""

_NAMES = ("name_zh", "normalised_name_zh", "name", "quote")
_PROJECT_COLUMNS = [
    "project_id",
    "name",
    "name_zh",
    "mode",
    "kind",
    "effect_kind",
    "status",
    "opened_expected",
    "links",
    "not_measured",
    "not_measured_zh",
    "source_public",
    "confidence",
]


def section_key(text: str) -> str:
    """Section path as the register writes it: full-width brackets, no spaces.

    Examples
    --------
    >>> section_key(" 二(三) 1 ")
    '二（三）1'
    """
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    return plain.replace("(", "（").replace(")", "）")


def find_items(items: pd.DataFrame, text: str) -> pd.DataFrame:
    """Items whose id, name or words hold a text, the best match first.

    Case, spaces and punctuation don't count. An item of that very id or name comes before one whose name
    holds the text, that before one whose quote holds it, and that before one that holds all its parts.

    Parameters
    ----------
    items : pandas.DataFrame
        Layer ``items``.
    text : str
        An id (``item:husuhu-hsr`` or ``husuhu-hsr``), a name, or words of the plan.

    Returns
    -------
    pandas.DataFrame
        The items that match, in the columns of `items`; none for a text without letters or figures.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"item_id": ["item:a", "item:b"], "name_zh": ["北沿江高铁", "沿江港口"]})
    >>> find_items(frame, "北沿江")["item_id"].tolist()
    ['item:a']
    """
    wanted = key_of(text)
    ranks = [_rank(row, text, wanted) for row in items.to_dict("records")]
    found = [(rank, i) for i, rank in enumerate(ranks) if rank is not None]
    return items.iloc[[i for _, i in sorted(found)]]


def _rank(row: Mapping[Any, Any], text: str, wanted: str) -> int | None:
    item_id = str(row["item_id"])
    if text.strip() in (item_id, item_id.removeprefix("item:")):
        return 0
    if not wanted:
        return None
    keys = [key_of(str(row.get(column, "") or "")) for column in _NAMES]
    if wanted in keys[:3]:
        return 1
    if any(wanted in key for key in keys[:3]):
        return 2
    if wanted in keys[3]:
        return 3
    parts = _PARTS.findall(text.casefold())
    return 4 if len(parts) > 1 and any(all(part in key for part in parts) for key in keys) else None


def clauses(tables: Mapping[str, pd.DataFrame], text: str) -> list[Clause]:
    """Every clause that a text finds, the best match first (see `find_items`).

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        The layers ``items``, ``sections``, ``item_links``, ``projects`` and ``project_links``; what
        `yrdgis.io.load_layers` gives will do.
    text : str
        An id, a name, or words of the plan.
    """
    return _made(find_items(tables["items"], text), tables)


def clause(tables: Mapping[str, pd.DataFrame], text: str) -> Clause:
    """The clause that a text names.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        The layers ``items``, ``sections``, ``item_links``, ``projects`` and ``project_links``.
    text : str
        An id, a name, or words of the plan, such as ``沪苏湖``.

    Returns
    -------
    Clause

    Raises
    ------
    UnknownNameError
        If no item matches; a project outside the plan is said to be one.
    AmbiguousNameError
        If several items match equally well; the message lists them.

    Examples
    --------
    >>> from yrdgis.io import load_layers
    >>> found = clause(load_layers(), "沪苏湖")
    >>> found.quote, found.ask_zh, found.status, found.projects["project_id"].tolist()
    ('沪苏湖高铁', '规划建设', 'operating', ['project:husuhu-hsr'])
    """
    items = tables["items"]
    found = find_items(items, text)
    if found.empty:
        raise UnknownNameError(_unknown(text, items, tables["projects"]))
    best = _best(found, text)
    if len(best) > 1:
        listed = "; ".join(f"{row['name_zh']} ({row['item_id']})" for row in best.head(12).to_dict("records"))
        more = f" and {len(best) - 12} more" if len(best) > 12 else ""
        raise AmbiguousNameError(f"{text!r} may be any of {len(best)} clauses: {listed}{more}. Give its id.")
    return _made(best, tables)[0]


def _made(found: pd.DataFrame, tables: Mapping[str, pd.DataFrame]) -> list[Clause]:
    sections, links = tables["sections"], tables["project_links"]
    titles = dict(zip(sections.get("section", []), sections.get("title_zh", []), strict=True))
    counts: dict[Any, int] = links.groupby("project_id").size().to_dict()
    ties, projects = tables["item_links"], tables["projects"]
    return [_clause(row, titles, ties, projects, counts) for row in found.to_dict("records")]


def _best(found: pd.DataFrame, text: str) -> pd.DataFrame:
    """Items of the best rank among those found."""
    wanted = key_of(text)
    ranks = [_rank(row, text, wanted) for row in found.to_dict("records")]
    return found[[rank == ranks[0] for rank in ranks]]


def _unknown(text: str, items: pd.DataFrame, projects: pd.DataFrame) -> str:
    wanted = key_of(text)
    outside = [
        row
        for row in projects.to_dict("records")
        if wanted and any(wanted in key_of(str(row[c])) for c in ("project_id", "name_zh", "name"))
    ]
    if outside:
        listed = "; ".join(f"{row['name_zh']} ({row['project_id']})" for row in outside[:5])
        return f"The plan does not name {text!r}; it is known as a project: {listed}."
    names = [n for column in ("name_zh", "name") for n in items.get(column, [])]
    hint = did_you_mean(text, names) or _much_alike(wanted, names)
    return f"No clause for {text!r}.{hint} `yrdgis plan list` lists them all."


def _much_alike(wanted: str, names: list[str]) -> str:
    """Offer the name with a stretch most like a short text, which a whole name is too long to be like."""
    from difflib import SequenceMatcher

    best, score = "", 0.6
    size = len(wanted)
    for name in names if size > 1 else []:
        key = key_of(name)
        for start in range(max(len(key) - size, 0) + 1):
            ratio = SequenceMatcher(None, wanted, key[start : start + size]).ratio()
            if ratio > score:
                best, score = name, ratio
    return f" Did you mean {best}?" if best else ""


def _clause(
    row: Mapping[Any, Any],
    titles: dict[str, str],
    item_links: pd.DataFrame,
    projects: pd.DataFrame,
    counts: Mapping[Any, int],
) -> Clause:
    ties = item_links[item_links["item_id"] == row["item_id"]]
    realised = ties.loc[ties["relation"] == "realised_by", "feature_id"]
    mine = projects[projects["project_id"].isin(realised)]
    mine = mine.assign(links=[int(counts.get(p, 0)) for p in mine["project_id"]])
    others = ties[ties["relation"] != "realised_by"]
    return Clause(
        item_id=str(row["item_id"]),
        name=str(row["name"]),
        name_zh=str(row["normalised_name_zh"] or row["name_zh"]),
        section=str(row["section"]),
        section_title_zh=titles.get(str(row["section"]), ""),
        quote=str(row["quote"]),
        ask=str(row["ask"]),
        ask_zh=str(row["ask_zh"]),
        target=_target(row),
        responsible=str(row["responsible"]),
        due=str(row["due"]),
        status=str(row["actual_status"]),
        status_date=str(row["actual_date"]),
        evidence=str(row["actual_evidence"]),
        confidence=str(row["confidence"]),
        note=str(row["note"]),
        projects=mine[[c for c in _PROJECT_COLUMNS if c in mine]].reset_index(drop=True),
        features=others[["feature_id", "relation"]].reset_index(drop=True),
    )


def _target(row: Mapping[Any, Any]) -> str:
    import pandas as pd

    value, unit, year = row["target_value"], row["target_unit"], row["target_year"]
    if pd.isna(value):
        return ""
    return f"{value:g} {unit}" + ("" if pd.isna(year) else f" ({year})")


def list_items(
    items: pd.DataFrame,
    *,
    theme: str | Iterable[str] | None = None,
    status: str | Iterable[str] | None = None,
    kind: str | Iterable[str] | None = None,
    section: str | None = None,
    place: str | None = None,
) -> pd.DataFrame:
    """Items of the register, filtered.

    Parameters
    ----------
    items : pandas.DataFrame
        Layer ``items``.
    theme, status, kind : str or iterable of str, optional
        Values of the columns ``theme``, ``actual_status`` and ``kind``.
    section : str, optional
        Section path; one such as ``二（三）`` takes the paragraphs inside it as well.
    place : str, optional
        Id of a city or district that the item concerns.

    Returns
    -------
    pandas.DataFrame
        The rows that pass every filter, in the order of the plan.

    Raises
    ------
    UnknownNameError
        If a filter names a value that no item has, all of them at once.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"item_id": ["item:a", "item:b"], "section": ["二（三）1", "二（四）1"]})
    >>> list_items(frame, section="二(三)")["item_id"].tolist()
    ['item:a']
    """
    problems: list[str] = []
    chosen = items
    for column, wanted in (("theme", theme), ("actual_status", status), ("kind", kind)):
        if wanted is not None:
            values = {wanted} if isinstance(wanted, str) else set(wanted)
            _refuse_unknown(values, set(items[column]), column, problems)
            chosen = chosen[chosen[column].isin(values)]
    if section is not None:
        path = section_key(section)
        if not any(lies_in(s, path) for s in items["section"]):
            problems.append(f"no item in section {section!r}")
        chosen = chosen[[lies_in(s, path) for s in chosen["section"]]]
    if place is not None:
        column = "city_ids" if place.startswith("city:") else "district_ids"
        chosen = chosen[[place in ids for ids in chosen[column]]]
    if problems:
        raise UnknownNameError("; ".join(problems) + ".")
    return chosen


def _refuse_unknown(values: set[str], known: set[str], column: str, problems: list[str]) -> None:
    listed = ", ".join(sorted(known))
    problems += [f"no item has {column} {value!r}; there are {listed}" for value in sorted(values - known)]
