"""Comparisons summed up by city or district, weighted by people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from yrdgis.errors import InputError
from yrdgis.network import Network

if TYPE_CHECKING:
    from yrdgis.io import Layers

__all__ = ["PLACE_COLUMNS", "place_facts", "summed_by"]

PLACE_COLUMNS = ("city_id", "district_id", "people")
"""What a comparison knows of its places."""


def place_facts(network: Network, places: list[str]) -> pd.DataFrame:
    """City, district and people of some places, indexed by id; blank or NaN where not known."""
    nodes = network.nodes.reindex(places)
    out = pd.DataFrame(index=nodes.index)
    for column in ("city_id", "district_id"):
        out[column] = nodes[column].fillna("") if column in nodes else ""
    known = _people(network.recipe.layers) if network.recipe is not None else pd.Series(dtype=float)
    out["people"] = known.reindex(out.index).astype(float)
    return out


def _people(layers: Layers) -> pd.Series:
    parts = [
        frame.set_index(key)["pop_2020"].astype(float)
        for name, key in (("districts", "district_id"), ("cities", "city_id"), ("towns", "town_id"))
        if (frame := layers.get(name)) is not None and "pop_2020" in frame
    ]
    known = pd.concat(parts) if parts else pd.Series(dtype=float)
    return known[~known.index.duplicated()]


def summed_by(frame: pd.DataFrame, places: pd.DataFrame, column: str, end: str) -> pd.DataFrame:
    """Pairs of a comparison by city or district at one end.

    Parameters
    ----------
    frame : pandas.DataFrame
        Pairs, as `yrdgis.scenarios.Comparison` has them.
    places : pandas.DataFrame
        Columns of ``PLACE_COLUMNS``, by id.
    column : {"city_id", "district_id"}
    end : {"from", "to"}

    Returns
    -------
    pandas.DataFrame
        Indexed by city or district: ``pairs``, ``faster``, ``slower``, ``newly_connected``, ``lost``, ``people``
        (at this end; NaN where not known) and ``mean_saved_min``: each pair weighs the people at this end
        times those at the other, where these are known (a station has none and weighs one).

    Raises
    ------
    InputError
        If there is no such end.
    """
    if end not in ("from", "to"):
        raise InputError(f"a pair has a from and a to, not {end!r}")
    other = "from" if end == "to" else "to"
    here, there = (places["people"].reindex(frame[f"{side}_id"]).to_numpy() for side in (end, other))
    weight = here * np.where(np.isnan(there), 1.0, there)
    key = places[column].reindex(frame[f"{end}_id"]).to_numpy()
    rows = frame.assign(key=key, weight=np.where(frame["saved_min"].isna(), np.nan, weight))
    rows["weighed"] = rows["weight"] * rows["saved_min"]
    for change in ("faster", "slower"):
        rows[change] = rows["change"].eq(change)
    grouped = rows[rows["key"].ne("")].groupby("key", sort=True)
    out = grouped.agg(
        pairs=("change", "size"),
        faster=("faster", "sum"),
        slower=("slower", "sum"),
        newly_connected=("newly_connected", "sum"),
        lost=("lost", "sum"),
    )
    people = rows.drop_duplicates(f"{end}_id").groupby("key")[f"{end}_id"].agg(list)
    out["people"] = [
        float(places["people"].reindex(ids).sum(min_count=1)) for ids in people.reindex(out.index)
    ]
    whole = grouped["weight"].sum()
    out["mean_saved_min"] = grouped["weighed"].sum() / whole.where(whole > 0)
    return out.rename_axis(column)
