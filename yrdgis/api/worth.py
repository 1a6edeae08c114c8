"""What projects are worth, bound to the area so that it has shapes, names and figures."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pandas as pd

from yrdgis.errors import InputError
from yrdgis.io.cards import card, head
from yrdgis.scenarios import Value
from yrdgis.scenarios import value as value_of

if TYPE_CHECKING:
    import folium
    import geopandas as gpd
    from matplotlib.axes import Axes

    from yrdgis.api.area import Area
    from yrdgis.api.dated import DatedNetwork, Names

__all__ = ["Shares", "Worth", "value"]


class Shares:
    """Who gains from what: projects in rows, places in columns.

    Parameters
    ----------
    frame : pandas.DataFrame
        In the measure's unit; all cells together are the joint gain.
    names : mapping of id to text
    unit : str
    """

    def __init__(self, frame: pd.DataFrame, names: dict[str, str], unit: str) -> None:
        self.frame = frame
        self.names = names
        self.unit = unit

    def __repr__(self) -> str:
        projects, places = self.frame.shape
        return f"<Shares: {projects} projects, {places} places, together {self.total:.4g} {self.unit}>"

    def _repr_html_(self) -> str:
        """The table, for a notebook; every text is escaped."""
        named = self.frame.rename(index=self.names, columns=self.names).reset_index()
        title = ("谁从何受益", "Who gains from what")
        facts = [("合计", "together", self.total), ("单位", "unit", self.unit)]
        return card(title, facts, table=head(named, rows=20))

    @property
    def total(self) -> float:
        """All shares together, which is the joint gain, in the measure's unit."""
        return float(self.frame.to_numpy().sum())

    def plot(self, ax: Axes | None = None) -> Axes:
        """Heat map of who gains from what, in colours; returns the axes."""
        from yrdgis.reports.value_figures import gain_heat

        return gain_heat(self.frame, self.names, unit=self.unit, ax=ax)


class Worth:
    """What each project of an area is worth.

    Parameters
    ----------
    area : Area
    value : Value
        The figures.
    """

    def __init__(self, area: Area, value: Value) -> None:
        self.area = area
        self.value = value

    def __repr__(self) -> str:
        return repr(self.value).replace("<Value of", "<Worth of", 1)

    def _repr_html_(self) -> str:
        return self.value._repr_html_()

    @property
    def frame(self) -> gpd.GeoDataFrame:
        """One row per project with its shape (EPSG:4326), most worth first; see `yrdgis.scenarios.Value`."""
        shapes = self.area.projects()[["project_id", "geometry"]]
        import geopandas as gpd

        joined = self.value.frame.merge(shapes, on="project_id", how="left")
        return gpd.GeoDataFrame(joined, geometry="geometry", crs=shapes.crs)

    @property
    def meta(self) -> dict[str, Any]:
        """What the figures rest on."""
        return dict(self.value.meta)

    def by_city(self) -> Shares:
        """Shares of each project for the people of each city."""
        return self._shares(self.value.by_city())

    def by_district(self) -> Shares:
        """Shares of each project for the people of each place of origin."""
        return self._shares(self.value.by_district())

    def complements(self, count: int = 5) -> pd.DataFrame:
        """Pairs of projects that are worth more together."""
        return self.value.complements(count)

    def substitutes(self, count: int = 5) -> pd.DataFrame:
        """Pairs of projects of which one does in part what the other does."""
        return self.value.substitutes(count)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Bars of the projects that act, with their ranges; returns the axes."""
        from yrdgis.reports.value_figures import worth_bars

        return worth_bars(self.value, ax)

    def map(self, **options: Any) -> folium.Map:
        """Map of where the gain falls and of the projects by their share; saved, one file that needs no internet.

        Raises
        ------
        InputError
            If nothing is worth anything, or the origins are no districts.
        """
        from yrdgis.maps.worth import worth_map

        return worth_map(self.area.layers, self.value, **options)

    def _shares(self, table: pd.DataFrame) -> Shares:
        frames = [self.value.frame.set_index("project_id")["name_zh"]]
        for layer, key in (("cities", "city_id"), ("districts", "district_id"), ("towns", "town_id")):
            if layer in self.area.layers:
                frames.append(self.area.layers[layer].set_index(key)["name_zh"])
        names = {str(key): str(name) for key, name in pd.concat(frames).items()}
        return Shares(table, names, f"{self.value.meta['unit_zh']}  {self.value.meta['unit']}")


def value(
    projects: pd.DataFrame | Iterable[str],
    *,
    base: DatedNetwork,
    origins: Names | None = None,
    destinations: Names | None = None,
    mode: str = "door",
    **options: Any,
) -> Worth:
    """What each of some projects is worth over a base, and to whom.

    Parameters
    ----------
    projects : DataFrame or iterable of str
        Rows of ``area.projects(...)``, or ids or names.
    base : DatedNetwork
        Network to which they are added whatever their dates, such as that of the plan's eve.
    origins, destinations : str or sequence of str
        Whose people gain, and where they go: names or groups. All districts by default, for cohesion the members of
        town clusters; destinations are the origins, for freight the main ports.
    mode : {"door", "drive", "public", "rail", "freight"}
    **options
        ``measure``, ``method``, ``range_`` ... as for `yrdgis.scenarios.value`.

    Returns
    -------
    Worth

    Raises
    ------
    UnknownNameError
        If a project or place is not known.
    InputError
        If there is no project.

    Examples
    --------
    >>> import yrdgis as yg
    >>> area = yg.load()
    >>> eve = area.network("plan-eve")
    >>> worth = yg.value(["沪苏湖"], base=eve, range_=False)
    >>> worth.frame["worth"].iloc[0] > 0
    np.True_
    """
    if isinstance(projects, pd.DataFrame):
        if "project_id" not in projects:
            raise InputError(
                "projects are rows of area.projects(...), with a column project_id, or a list of names"
            )
        asked = list(projects["project_id"])
    else:
        asked = [projects] if isinstance(projects, str) else list(projects)
    called = "door" if mode == "public" else mode
    starts, ends = (
        [] if names is None else base.places(names, mode=called) for names in (origins, destinations)
    )
    found = value_of(
        base._with(starts + ends),
        asked,
        origins=[place.id for place in starts] or None,
        destinations=[place.id for place in ends] or None,
        mode=mode,
        **options,
    )
    return Worth(base.area, found)
