"""Projects as effects: which links stand on a day, and with which attributes.

A project is data. ``adds_link`` opens links, ``speed`` changes an attribute of links, ``delay`` takes toll
barriers away. The links' own dates decide, unless a project is asked for or left out by name.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from yrdgis.errors import AmbiguousNameError, ScenarioError, UnknownNameError
from yrdgis.io.dates import in_service
from yrdgis.network.memory import SHARED

if TYPE_CHECKING:
    from yrdgis.io import Layers

__all__ = ["Effects", "project_ids", "table"]

_LINK_ATTRIBUTES = ("free_speed_kph", "lanes")


def table(layers: Layers, layer_id: str, columns: Iterable[str] = ()) -> pd.DataFrame:
    """A layer, or an empty frame with some columns where a region does not have it.

    Texts are objects here, as in a network: comparing and joining those is faster than texts of Arrow.
    """
    kept: dict[str, pd.DataFrame] = layers.__dict__.setdefault("_as_objects", {})
    if layer_id not in kept:
        frame = layers.get(layer_id)
        if frame is None:
            return pd.DataFrame({column: pd.Series(dtype=object) for column in columns})
        texts = [name for name in frame.columns if isinstance(frame[name].dtype, pd.StringDtype)]
        kept[layer_id] = frame.astype(dict.fromkeys(texts, object))
    return kept[layer_id].copy(deep=not SHARED)


def project_ids(layers: Layers, names: Iterable[str]) -> frozenset[str]:
    """Ids of projects, each given as an id, its slug, its name, or a part of the name that only one has.

    Parameters
    ----------
    layers : Layers
    names : iterable of str
        Such as ``project:husuhu-hsr``, ``husuhu-hsr`` or ``沪苏湖``.

    Raises
    ------
    UnknownNameError
        If there is no such project; the nearest are named.
    AmbiguousNameError
        If several projects have that part in their name; they are listed.
    """
    projects = table(layers, "projects", ["project_id", "name", "name_zh"])
    return frozenset(_project_id(projects, str(name).strip()) for name in names)


def _project_id(projects: pd.DataFrame, name: str) -> str:
    ids = projects["project_id"]
    for exact in (name, f"project:{name}"):
        if exact in set(ids):
            return exact
    key = name.casefold()
    called = [projects[column].astype(str).str.casefold() for column in ("name", "name_zh")]
    same = ids[(called[0] == key) | (called[1] == key)]
    part = ids[called[0].str.contains(key, regex=False) | called[1].str.contains(key, regex=False)]
    for found in (same, part if key else ids.iloc[:0]):
        if len(found) == 1:
            return str(found.iloc[0])
        if len(found) > 1:
            raise AmbiguousNameError(f"{name!r} may be {' or '.join(found)}. Give the id.")
    choices = [*ids, *projects["name"].astype(str), *projects["name_zh"].astype(str)]
    near = get_close_matches(name, choices, n=3, cutoff=0.4)
    hint = f" Did you mean {' or '.join(near)}?" if near else " `yrdgis scenario show today` lists them all."
    raise UnknownNameError(f"No project is called {name!r}.{hint}")


@dataclass(frozen=True)
class Effects:
    """What projects do on a day, with some added and some left out by name."""

    layers: Layers
    as_of: dt.date
    variant: str
    added: frozenset[str]
    left_out: frozenset[str]

    def __post_init__(self) -> None:
        both = self.added & self.left_out
        if both:
            raise ScenarioError(f"asked for and left out at once: {', '.join(sorted(both))}")

    def open_links(self, layer_id: str) -> pd.DataFrame:
        """Rows of a link layer in service, with changed attributes, and whether each is ``dated``."""
        links = table(self.layers, layer_id)
        if links.empty:
            return links
        stands = in_service(links, self.as_of, self.layers.valid_on, self.variant)
        stands |= links["link_id"].isin(self._links_of("adds_link", self.added))
        stands &= ~links["link_id"].isin(self._links_of("adds_link", self.left_out))
        links = links[stands].reset_index(drop=True)
        links["dated"] = links["opened_expected"].notna() if "opened_expected" in links else False
        return self._changed(links)

    def brought_forward(self) -> frozenset[str]:
        """Links that projects asked for by name open, whatever the dates of their lines and stations."""
        return self._links_of("adds_link", self.added)

    def open_rows(self, layer_id: str) -> pd.DataFrame:
        """Rows of a layer of places that are in service."""
        rows = table(self.layers, layer_id)
        if rows.empty:
            return rows
        return rows[in_service(rows, self.as_of, self.layers.valid_on, self.variant)].reset_index(drop=True)

    def removed_delays(self) -> tuple[frozenset[str], frozenset[str]]:
        """Links whose barriers a project has removed, and links whose barriers stand because it is left
        out.
        """
        rows = self._rows("delay")
        on = np.array([self._is_on(project) for project in rows["project_id"]], dtype=bool)
        return frozenset(rows.loc[on, "link_id"]), frozenset(rows.loc[~on, "link_id"])

    def projects_of(self) -> dict[str, str]:
        """Link of a layer to the projects that made it as it is, ids joined by ``;``."""
        changed = pd.concat([self._rows("speed"), self._rows("delay"), self._rows("vessel_class")])
        changed = changed[[self._is_on(project) for project in changed["project_id"]]]
        rows = pd.concat([self._rows("adds_link"), changed])
        return {str(link): ";".join(sorted(set(ids))) for link, ids in rows.groupby("link_id")["project_id"]}

    def projects_on(self) -> frozenset[str]:
        """Projects in force: open by their dates or asked for, and not left out."""
        return (self._on_by_date | self.added) - self.left_out

    def text_now(self, links: pd.DataFrame, effect: str) -> pd.Series:
        """A text attribute of links, such as ``vessel_class``, as the projects of that effect leave it.

        The value where a project is open, the value before where it is not; the link's own where the latter is
        not known.
        """
        rows = self._rows(effect)
        on = np.array([self._is_on(project) for project in rows["project_id"]], dtype=bool)
        now = rows["value"].where(on, rows["value_before"]).replace("", np.nan)
        known = {link: text for link, text in zip(rows["link_id"], now, strict=True) if isinstance(text, str)}
        return links["link_id"].map(known).fillna(links[effect]).astype(object)

    def _changed(self, links: pd.DataFrame) -> pd.DataFrame:
        """Attributes as the projects leave them: their value where open, the value before where not."""
        rows = self._rows("speed")
        rows = rows[rows["link_id"].isin(links["link_id"]) & rows["attribute"].isin(_LINK_ATTRIBUTES)]
        on = np.array([self._is_on(project) for project in rows["project_id"]], dtype=bool)
        rows = rows.assign(now=pd.to_numeric(rows["value"].where(on, rows["value_before"]), errors="coerce"))
        for attribute, changes in rows.dropna(subset="now").groupby("attribute"):
            if attribute in links:
                now = links["link_id"].map(dict(zip(changes["link_id"], changes["now"], strict=True)))
                links[attribute] = now.fillna(links[attribute])
        return links

    def _is_on(self, project_id: str) -> bool:
        return project_id in self._on

    @cached_property
    def _on(self) -> frozenset[str]:
        return self.projects_on()

    @cached_property
    def _on_by_date(self) -> frozenset[str]:
        projects = table(self.layers, "projects", ["project_id"])
        if projects.empty:
            return frozenset()
        stands = in_service(projects, self.as_of, self.layers.valid_on, self.variant)
        return frozenset(projects.loc[stands, "project_id"])

    def _rows(self, effect: str) -> pd.DataFrame:
        columns = ["project_id", "link_id", "effect_kind", "attribute", "value", "value_before"]
        rows = table(self.layers, "project_links", columns)
        return rows[rows["effect_kind"] == effect]

    def _links_of(self, effect: str, projects: Collection[str]) -> frozenset[str]:
        rows = self._rows(effect)
        return frozenset(rows.loc[rows["project_id"].isin(projects), "link_id"])
