"""Corridors: the five directions and twelve trunk lines of the railway, down to the lines that make them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["corridor_tree"]


def corridor_tree(corridors: pd.DataFrame, rail_lines: pd.DataFrame) -> pd.DataFrame:
    """Direction, trunk line and railway line, one row per line.

    A trunk line of which no railway is known keeps one row with a blank line, so that nothing drops out.

    Parameters
    ----------
    corridors : pandas.DataFrame
        Layer ``corridors``.
    rail_lines : pandas.DataFrame
        Layer ``rail_lines``.

    Returns
    -------
    pandas.DataFrame
        ``direction_id``, ``direction_zh``, ``trunk_id``, ``trunk_seq``, ``trunk_zh``, ``certain``, ``doubt``,
        ``line_id``, ``line_zh``, ``status``, ``opened_expected``, ``length_km``.

    Examples
    --------
    >>> import pandas as pd
    >>> tree = pd.DataFrame({
    ...     "corridor_id": ["corridor:n", "corridor:n/a"], "level": ["direction", "trunk"],
    ...     "parent_id": ["", "corridor:n"], "seq": [1, 1], "name_zh": ["北向", "甲乙线"],
    ...     "line_ids": [(), ("line:ab",)], "certain": [True, True], "doubt": ["", ""],
    ... })
    >>> lines = pd.DataFrame({
    ...     "line_id": ["line:ab"], "name_zh": ["甲乙铁路"], "status": ["operating"],
    ...     "opened_expected": ["2020-07-01"], "length_km": [80.0],
    ... })
    >>> corridor_tree(tree, lines)[["direction_zh", "trunk_zh", "line_zh"]].values.tolist()
    [['北向', '甲乙线', '甲乙铁路']]
    """
    import pandas as pd

    directions = corridors[corridors["level"] == "direction"]
    trunks = corridors[corridors["level"] == "trunk"].explode("line_ids")
    tree = trunks.merge(
        directions[["corridor_id", "name_zh"]].rename(
            columns={"corridor_id": "parent_id", "name_zh": "direction_zh"}
        ),
        on="parent_id",
        how="left",
    )
    lines = rail_lines[["line_id", "name_zh", "status", "opened_expected", "length_km"]]
    tree = tree.merge(
        lines.rename(columns={"name_zh": "line_zh", "line_id": "line_ids"}),
        on="line_ids",
        how="left",
        suffixes=("_trunk", ""),
    )
    frame = pd.DataFrame(
        {
            "direction_id": tree["parent_id"],
            "direction_zh": tree["direction_zh"],
            "trunk_id": tree["corridor_id"],
            "trunk_seq": tree["seq"],
            "trunk_zh": tree["name_zh"],
            "certain": tree["certain"],
            "doubt": tree["doubt"],
            "line_id": tree["line_ids"].fillna(""),
            "line_zh": tree["line_zh"].fillna(""),
            "status": tree["status"].fillna(""),
            "opened_expected": tree["opened_expected"],
            "length_km": tree["length_km"],
        }
    )
    return frame.reset_index(drop=True)
