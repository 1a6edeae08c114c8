"""Town clusters: which members a reading gives, and which clusters a place belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yrdgis.errors import UnknownNameError
from yrdgis.io._text import did_you_mean

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["READINGS", "cluster_members", "clusters_of"]

READINGS = ("plan_words", "official_plan", "other_sources")
"""Whose list of members: the words of the plan, the official plan of the cluster, or other sources."""


def cluster_members(members: pd.DataFrame, cluster_id: str, *, reading: str | None = None) -> pd.DataFrame:
    """Members of a cluster by one reading.

    Parameters
    ----------
    members : pandas.DataFrame
        Layer ``cluster_members``.
    cluster_id : str
        Such as ``circle:anting-baihe-huaqiao``.
    reading : {"plan_words", "official_plan", "other_sources"}, optional
        The first of these that the cluster has, by default.

    Returns
    -------
    pandas.DataFrame
        ``member_id``, ``part``, ``note`` and ``reading``.

    Raises
    ------
    UnknownNameError
        If there is no such cluster, or it has no members by that reading.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({
    ...     "cluster_id": ["pair:a-b"] * 2, "reading": ["plan_words"] * 2,
    ...     "member_id": ["district:1", "district:2"], "part": ["whole"] * 2, "note": [""] * 2,
    ... })
    >>> cluster_members(frame, "pair:a-b")["member_id"].tolist()
    ['district:1', 'district:2']
    """
    mine = members[members["cluster_id"] == cluster_id]
    if mine.empty:
        hint = did_you_mean(cluster_id, members["cluster_id"].unique())
        raise UnknownNameError(f"No cluster {cluster_id!r}.{hint} The layer 'clusters' lists them all.")
    has = [r for r in READINGS if r in set(mine["reading"])]
    if reading is None:
        reading = has[0]
    if reading not in has:
        raise UnknownNameError(
            f"{cluster_id} has no members by reading {reading!r}; it has {', '.join(has)}."
        )
    return mine.loc[mine["reading"] == reading, ["member_id", "part", "note", "reading"]].reset_index(
        drop=True
    )


def clusters_of(members: pd.DataFrame, place_id: str) -> pd.DataFrame:
    """Clusters that a town, district or city is a member of, with the reading that says so."""
    mine = members[members["member_id"] == place_id]
    return mine[["cluster_id", "reading", "part"]].drop_duplicates().reset_index(drop=True)
