"""Projects that differ between two networks, and that travel times can't show.

A wider road or a longer runway changes no free-flow time. Such a project is named with the reason, never
counted as zero minutes.
"""

from __future__ import annotations

import pandas as pd

from yrdgis.network import Network
from yrdgis.network.effects import Effects

__all__ = [
    "FREIGHT_EFFECTS",
    "FREIGHT_LINKS",
    "PASSENGER_LINKS",
    "SHOWN_BY_TIMES",
    "UNMEASURED_COLUMNS",
    "unmeasured",
]

UNMEASURED_COLUMNS = ("project_id", "name", "name_zh", "effect_kind", "not_measured")
"""Columns of the list; ``not_measured`` is the reason that the layer gives, or the kind of effect."""

SHOWN_BY_TIMES = ("adds_link", "speed", "delay")
FREIGHT_EFFECTS = ("vessel_class",)
PASSENGER_LINKS = ("rail_links", "road_links", "metro_links")
FREIGHT_LINKS = ("rail_links", "road_links", "water_links")


def unmeasured(before: Network, after: Network, *, mode: str = "door") -> pd.DataFrame:
    """Projects in force in one network and not in the other that have no link or speed of a mode.

    Parameters
    ----------
    before, after : Network
        Built from the same layers; for others the list is empty.
    mode : str
        ``freight`` knows classes of waterways, and their links beside roads and railways; all others are of passengers.

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
    freight = mode == "freight"
    kinds = (*SHOWN_BY_TIMES, *FREIGHT_EFFECTS) if freight else SHOWN_BY_TIMES
    links = {
        link for layer in (FREIGHT_LINKS if freight else PASSENGER_LINKS) for link in _ids(layers.get(layer))
    }
    shown = effects["effect_kind"].isin(kinds) & effects["link_id"].isin(links)
    projects = layers["projects"]
    rows = projects[projects["project_id"].isin(on[0] ^ on[1])]
    rows = rows[~rows["project_id"].isin(effects.loc[shown, "project_id"])]
    out = rows[list(UNMEASURED_COLUMNS)].copy()
    what = "no freight chain of this model" if freight else "no passenger travel time of this model"
    default = "its effect (" + out["effect_kind"] + ") changes " + what
    out["not_measured"] = out["not_measured"].where(out["not_measured"].ne(""), default)
    return out.sort_values("project_id", ignore_index=True)


def _ids(links: pd.DataFrame | None) -> list[str]:
    return [] if links is None else list(links["link_id"])
