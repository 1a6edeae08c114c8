"""Which words of the plan a feature rests on: columns that sheets cite."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from yrdgis.plan.words import ASKS, STATUSES

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CLAUSE_COLUMNS", "item_words", "public_items", "public_words", "section_titles", "with_clauses"]

_VOLTAGE = re.compile(r"\d[\d.]*\s*(?:千伏|万伏|kV)\s*", re.I)

CLAUSE_COLUMNS = ("quote", "section", "ask_zh", "ask_en", "became_zh", "became_en")
"""Columns that `with_clauses` adds."""


def public_words(text: str) -> str:
    """A text without voltages, which public maps leave out; the mark of omission stands where one was.

    Examples
    --------
    >>> public_words("东吴-黄渡-徐行500千伏线路"), public_words("沪苏湖高铁")
    ('东吴-黄渡-徐行…线路', '沪苏湖高铁')
    """
    return _VOLTAGE.sub("…", text)


def public_items(items: pd.DataFrame) -> pd.DataFrame:
    """Items whose names and quotes are fit for public maps (see `public_words`)."""
    out = items.copy()
    for column in ("name", "name_zh", "normalised_name_zh", "quote", "note"):
        if column in out.columns:
            out[column] = [public_words(v) if isinstance(v, str) else v for v in out[column]]
    return out


def section_titles(layers: Mapping[str, Any]) -> dict[str, str]:
    """Number of each section of the plan to its number and title, as a quote cites it."""
    if "sections" not in layers:
        return {}
    frame = layers["sections"]
    return {
        str(key): f"{key} {title}".strip()
        for key, title in zip(frame["section"], frame["title_zh"], strict=True)
    }


def item_words(items: pd.DataFrame, titles: Mapping[str, str], *, audience: str = "public") -> pd.DataFrame:
    """Items with what sheets show of them: the section with its title, the ask and the status in words.

    Parameters
    ----------
    items : pandas.DataFrame
        Layer ``items``.
    titles : mapping
        What `section_titles` gives.
    audience : {"public", "internal"}
        Who it is for; see `public_words`.
    """
    out = items.copy() if audience == "internal" else public_items(items)
    out["section"] = [titles.get(str(s), str(s)) for s in items["section"]]
    for column, words, at in (
        ("ask_zh", ASKS, 1),
        ("ask_en", ASKS, 0),
        ("became_zh", STATUSES, 1),
        ("became_en", STATUSES, 0),
    ):
        keys = items["ask" if column.startswith("ask") else "actual_status"].astype(str)
        out[column] = [words[k][at] if k in words else k.replace("_", " ") for k in keys]
    return out


def with_clauses(
    frame: Any, layers: Mapping[str, Any], key: str, *, item_column: str = "", audience: str = "public"
) -> Any:
    """The frame with the words of the plan that its rows are tied to.

    Parameters
    ----------
    frame : DataFrame
        Features.
    layers : mapping of layers
        Uses ``items``, ``item_links`` and ``sections``; without them nothing is added.
    key : str
        Column of the features' ids.
    item_column : str
        Column that names one item outright, where the layer has one.
    audience : {"public", "internal"}
        Who it is for; see `public_words`.

    Returns
    -------
    DataFrame
        A copy with the columns of ``CLAUSE_COLUMNS``; several clauses of one feature are separated by " / ".
        A quote that the layer has itself stays.
    """
    out = frame.copy()
    if not all(name in layers for name in ("items", "item_links")):
        return out
    items = item_words(layers["items"], section_titles(layers), audience=audience).set_index("item_id")
    ties = layers["item_links"]
    found: dict[str, list[str]] = {}
    for tie in ties.sort_values(["feature_id", "item_id"]).itertuples():
        found.setdefault(str(tie.feature_id), []).append(str(tie.item_id))
    own = out[item_column].fillna("") if item_column else [""] * len(out)
    mine = [
        [i for i in dict.fromkeys([str(first), *found.get(str(k), [])]) if i in items.index]
        for first, k in zip(own, out[key], strict=True)
    ]
    for column in CLAUSE_COLUMNS:
        words = items[column].to_dict()
        told = [_joined(words, ids) for ids in mine]
        old = out[column] if column in out.columns else [None] * len(out)
        out[column] = [kept or text for kept, text in zip(old, told, strict=True)]
    return out


def _joined(texts: Mapping[Any, Any], ids: list[str]) -> str | None:
    return " / ".join(dict.fromkeys(str(texts[i]) for i in ids if texts[i])) or None
