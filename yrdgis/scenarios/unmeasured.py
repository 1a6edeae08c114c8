"""Projects that differ between two networks, and that travel times can't show.

A wider road or a longer runway changes no free-flow time. Such a project is named with the reason, never
counted as zero minutes.
"""

from __future__ import annotations

import pandas as pd

from yrdgis.network import Network
from yrdgis.network.effects import Effects

__all__ = ["PASSENGER_LINKS", "SHOWN_BY_TIMES", "UNMEASURED_COLUMNS", "unmeasured"]

UNMEASURED_COLUMNS = ("project_id", "name", "name_zh", "effect_kind", "not_measured")
"""Columns of the list; ``not_measured`` is the reason that the layer gives, or the kind of effect."""

SHOWN_BY_TIMES = ("adds_link", "speed", "delay")
PASSENGER_LINKS = ("rail_links", "road_links", "metro_links")


def unmeasured(before: Network, after: Network) -> pd.DataFrame:
    """Projects in force in one network and not in the other that have no link or speed of passengers.

    Parameters
    ----------
    before, after : Network
        Built from the same layers; for others the list is empty.

    Returns
    -------
    pandas.DataFrame
        Columns of ``UNMEASURED_COLUMNS``, by id.
    """
    if before.recipe is None or after.recipe is None:
        return pd.DataFrame(columns=list(UNMEASURED_COLUMNS))
    layers = after.recipe.layers
    on = [
        Effects(r.layers, r.as_of, r.variant, r.with_projects, r.without_projects).projects_on()
        for r in (before.recipe, after.recipe)
    ]
    effects = layers["project_links"]
    links = {link for layer in PASSENGER_LINKS for link in _ids(layers.get(layer))}
    shown = effects["effect_kind"].isin(SHOWN_BY_TIMES) & effects["link_id"].isin(links)
    projects = layers["projects"]
    rows = projects[projects["project_id"].isin(on[0] ^ on[1])]
    rows = rows[~rows["project_id"].isin(effects.loc[shown, "project_id"])]
    out = rows[list(UNMEASURED_COLUMNS)].copy()
    default = "its effect (" + out["effect_kind"] + ") changes no passenger travel time of this model"
    out["not_measured"] = out["not_measured"].where(out["not_measured"].ne(""), default)
    return out.sort_values("project_id", ignore_index=True)


def _ids(links: pd.DataFrame | None) -> list[str]:
    return [] if links is None else list(links["link_id"])
