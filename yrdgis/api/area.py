"""An area: its layers, and everything that can be asked of them."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from yrdgis.api.dated import DatedNetwork
from yrdgis.io import Layers, Resolver, load_layers
from yrdgis.scenarios import Scenario, scenario

if TYPE_CHECKING:
    import folium
    import geopandas as gpd

    from yrdgis.plan import Clause
    from yrdgis.scenarios import Delay

__all__ = ["Area", "load"]


class Area:
    """A region as its layers describe it.

    Parameters
    ----------
    layers : Layers
        As `yrdgis.io.load_layers` gives them.

    Examples
    --------
    >>> import yrdgis as yg
    >>> area = yg.load()
    >>> area.valid_on.year >= 2026
    True
    """

    def __init__(self, layers: Layers) -> None:
        self.layers = layers

    def __repr__(self) -> str:
        counts = ", ".join(
            f"{len(self.layers[name])} {name.replace('_', ' ')}"
            for name in ("cities", "districts", "projects")
            if name in self.layers
        )
        return f"<Area: {len(self.layers)} layers ({counts}), valid on {self.valid_on}>"

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *(name for name in self.layers if name.isidentifier())]

    def __getattr__(self, name: str) -> gpd.GeoDataFrame | pd.DataFrame:
        if name.startswith("_") or name == "layers" or name not in self.layers:
            raise AttributeError(
                f"an area has no {name!r}; its layers are {', '.join(self.__dict__.get('layers', ()))}"
            )
        return self.layer(name)

    @property
    def valid_on(self) -> dt.date:
        """The day for which the layers hold, which is what "today" means."""
        return self.layers.valid_on

    @cached_property
    def resolver(self) -> Resolver:
        """What turns names into places."""
        return Resolver(self.layers)

    def layer(self, name: str) -> gpd.GeoDataFrame | pd.DataFrame:
        """A layer by id or title, with its geometry in EPSG:4326 where it has one.

        Raises
        ------
        UnknownNameError
            If no layer is called that.
        """
        info = self.layers.catalog.find(name)
        has_shape = info.geometry in ("point", "line", "polygon")
        return self.layers.geometry(info.layer_id) if has_shape else self.layers[info.layer_id]

    def network(
        self,
        date: str | dt.date | Scenario = "today",
        *,
        with_projects: Iterable[str] = (),
        without_projects: Iterable[str] = (),
        period: str = "free",
    ) -> DatedNetwork:
        """The network of a day or a scenario.

        Parameters
        ----------
        date : str, datetime.date or Scenario
            A day, a named one (``plan-eve``, ``2025``, ``today``, ``2030``, ``2035``, ``plan-complete``), the
            file of a scenario, or a scenario.
        with_projects, without_projects : iterable of str
            Ids or names of projects to add or leave out whatever their dates.
        period : {"free", "peak"}
            Time of day.

        Raises
        ------
        DateError
            If the text is no date, no name and no file.
        UnknownNameError
            If a project is not known, naming the nearest.
        """
        chosen = self.scenario(date, with_projects=with_projects, without_projects=without_projects)
        return DatedNetwork(self, chosen, period=period)

    def scenario(
        self,
        date: str | dt.date | Scenario = "today",
        *,
        with_projects: Iterable[str] = (),
        without_projects: Iterable[str] = (),
    ) -> Scenario:
        """A scenario of this area: a day, and projects that are added or left out by id or name."""
        if isinstance(date, Scenario):
            return date.plus(self.project_ids(with_projects)).minus(self.project_ids(without_projects))
        text = date if isinstance(date, str) else date.isoformat()
        return scenario(text, self.layers, with_projects=with_projects, without_projects=without_projects)

    def project_ids(self, names: Iterable[str]) -> frozenset[str]:
        """Ids of projects given by id, name, or a part of the name that only one has."""
        from yrdgis.network.effects import project_ids

        return project_ids(self.layers, names)

    def projects(
        self, *, in_plan: bool | None = None, mode: str | None = None, status: str | None = None
    ) -> gpd.GeoDataFrame:
        """Projects with their geometry, those that fit all that is asked.

        Parameters
        ----------
        in_plan : bool, optional
            Whether the plan names them.
        mode : str, optional
            ``rail``, ``road``, ``water``, ``port`` or ``air``.
        status : str, optional
            As in the layer: ``operating``, ``under_construction`` ...

        Returns
        -------
        geopandas.GeoDataFrame
            In EPSG:4326; a project without a place has no geometry.
        """
        from yrdgis.maps.projects import project_shapes

        found = project_shapes(self.layers)
        for column, wanted in (("in_plan", in_plan), ("mode", mode), ("status", status)):
            if wanted is not None:
                found = found[found[column] == wanted]
        return found

    def delay(self, project: str, years: float, *, mode: str = "door") -> Delay:
        """What is lost, in minutes x people x years, if a project opens some years late.

        Raises
        ------
        UnknownNameError
            If there is no such project.
        ScenarioError
            If its opening is not dated.
        """
        from yrdgis.scenarios import delay

        return delay(self.layers, project, years, mode=mode)

    def clause(self, text: str) -> Clause:
        """What the plan says of something: quote, what it asks, what became of it, its projects.

        Raises
        ------
        UnknownNameError
            If no item of the plan speaks of it; the nearest are named.
        """
        from yrdgis.plan import clause

        return clause(self.layers, text)

    def map(self) -> folium.Map:
        """Map of the area: cities, districts, towns, water, borders, airports; one offline file when saved."""
        from yrdgis.maps import region

        return region(self.layers)


def load(path: str | os.PathLike[str] | None = None) -> Area:
    """The area of a folder of layers, or the one that is shipped.

    Parameters
    ----------
    path : path, optional
        Folder with a ``catalog.csv``.

    Raises
    ------
    LayerError
        If the folder holds no readable catalogue.

    Examples
    --------
    >>> import yrdgis as yg
    >>> len(yg.load().cities)
    9
    """
    return Area(load_layers(path))
