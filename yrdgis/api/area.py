"""An area: its layers, and everything that can be asked of them."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from yrdgis.api.choices import Places, Projects, Scenarios
from yrdgis.api.dated import DatedNetwork, Names
from yrdgis.io import Layers, Resolver, load_layers
from yrdgis.io.cards import card
from yrdgis.scenarios import Scenario, scenario

if TYPE_CHECKING:
    import folium
    import geopandas as gpd

    from yrdgis.api.dated import Names
    from yrdgis.metrics.parts import Parts
    from yrdgis.network.osm import Imported
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

    def _repr_html_(self) -> str:
        """What there is, for a notebook; every text is escaped."""
        told = (
            ("cities", "城市", "cities"),
            ("districts", "区县", "districts"),
            ("towns", "乡镇", "towns"),
            ("rail_stations", "铁路车站", "rail stations"),
            ("projects", "项目", "projects"),
            ("items", "规划条目", "items of the plan"),
        )
        facts = [(zh, en, len(self.layers[name])) for name, zh, en in told if name in self.layers]
        named = list(self.layers["cities"]["name_zh"]) if "cities" in self.layers else []
        title = (f"区域：{'、'.join(named)}", f"{len(self.layers)} layers, valid on {self.valid_on}")
        note = ("area.<Tab> 列出图层与可问之事", "area.<Tab> lists the layers and what can be asked")
        return card(title, facts, note=note)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *(name for name in self.layers if name.isidentifier())})

    def _ipython_key_completions_(self) -> list[str]:
        return self.layers.catalog.ids

    def __getitem__(self, name: str) -> gpd.GeoDataFrame | pd.DataFrame:
        return self.layer(name)

    def __getattr__(self, name: str) -> gpd.GeoDataFrame | pd.DataFrame:
        if name.startswith("_") or name == "layers" or name not in self.layers:
            near = get_close_matches(name, dir(self) if "layers" in self.__dict__ else (), n=3)
            hint = f" Did you mean {' or '.join(near)}?" if near else ""
            raise AttributeError(f"an area has no {name!r}.{hint} `area.layers` lists its layers.")
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

    @cached_property
    def projects(self) -> Projects:
        """Projects: ``area.projects(in_plan=True)`` for those that fit, ``area.projects["沪苏湖"]`` for one."""
        return Projects(self.layers)

    @cached_property
    def scenarios(self) -> Scenarios:
        """Scenarios that have a name: ``area.scenarios["2030"]``; `network` takes each, or its name."""
        return Scenarios(self.layers)

    @cached_property
    def places(self) -> Places:
        """Places that times can be asked for: ``area.places["昆山"]``."""
        return Places(self.resolver)

    def skim(
        self,
        dates: Iterable[str | dt.date | Scenario],
        origins: Names,
        destinations: Names | None = None,
        *,
        mode: str = "door",
        period: str = "free",
        **options: Any,
    ) -> pd.DataFrame | Parts:
        """Minutes and kilometres for all pairs on several days or in several scenarios.

        Parameters
        ----------
        dates : iterable of str, datetime.date or Scenario
            As for `network`; the first column says which.
        origins, destinations : str or sequence of str
            Names, or groups such as ``districts``; destinations are the origins by default.
        mode : str
            As for `yrdgis.metrics.skim.skim`.
        period : {"free", "peak"}
            Time of day.
        **options
            ``client``, ``out``, ``range_`` ... as for `yrdgis.metrics.skim.skim`.

        Returns
        -------
        pandas.DataFrame or Parts
            A folder of Parquet files where ``out`` is given.

        Examples
        --------
        >>> import yrdgis as yg
        >>> found = yg.load().skim(["plan-eve", "today"], "湖州", "虹桥", mode="drive")
        >>> found["scenario"].tolist()
        ['plan-eve', 'today']
        """
        from yrdgis.metrics import skim

        known = {}
        for date in dates:
            name = date.name if isinstance(date, Scenario) else str(date)
            known[name] = self.network(date, period=period)
        starts = self.resolver.resolve_all(origins, mode)
        ends = starts if destinations is None else self.resolver.resolve_all(destinations, mode)
        networks = {name: network._with(starts + ends) for name, network in known.items()}
        return skim(networks, [p.id for p in starts], [p.id for p in ends], mode=mode, **options)

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

    def import_osm(self, file: str | os.PathLike[str], **options: Any) -> Imported:
        """Roads, railways or waterways of an OpenStreetMap extract; options as for `yrdgis.network.import_osm`."""
        from yrdgis.network import import_osm

        return import_osm(os.fspath(file), layers=self.layers, **options)

    def import_lines(self, lines: str | os.PathLike[str] | gpd.GeoDataFrame, **options: Any) -> Imported:
        """A network of lines, from a file or a frame.

        Parameters
        ----------
        lines : path or GeoDataFrame
            Any vector file, also with Chinese text in GBK; its faults are mended or told.
        **options
            ``layer`` and ``encoding`` as for `yrdgis.network.open_lines`, the rest (``speed``, ``snap_m``,
            ``oneway`` ...) as for `yrdgis.network.lines_to_network`.

        Returns
        -------
        Imported
            ``.network``, ``.shapes()`` and ``.report``; `DatedNetwork.join` adds it to the network of a day.

        Raises
        ------
        InputError
            If the file can't be read or holds no lines.
        """
        from yrdgis.network import lines_to_network, open_lines

        if not isinstance(lines, str | os.PathLike):
            return lines_to_network(lines, layers=self.layers, **options)
        reading = {key: options.pop(key) for key in ("layer", "encoding") if key in options}
        frame, repairs = open_lines(os.fspath(lines), **reading)
        label = options.pop("label", Path(lines).name)
        imported = lines_to_network(frame, layers=self.layers, label=label, **options)
        imported.report[:0] = repairs
        return imported

    def import_gmns(self, folder: str | os.PathLike[str], **options: Any) -> Imported:
        """A network of GMNS tables; options as for `yrdgis.network.read_gmns`."""
        from yrdgis.network import read_gmns

        return read_gmns(os.fspath(folder), layers=self.layers, **options)

    def map(self) -> folium.Map:
        """Map of the area: cities, districts, towns, water, borders, airports; one offline file when saved."""
        from yrdgis.maps import region

        return region(self.layers)

    def map_set(
        self, maps: Mapping[str, Callable[[], folium.Map]], out: str | os.PathLike[str], **options: Any
    ) -> Path:
        """Write maps and an index with pictures and figures into one folder that needs no internet.

        Parameters
        ----------
        maps : mapping of str to callable
            Name of each page, and what makes its map when it is its turn.
        out : path
            Folder to make; one that an earlier set made is replaced when the new one is whole.
        **options
            ``title`` (zh, en), ``subtitle``, ``lang``, ``progress`` as for `yrdgis.reports.write_map_set`.

        Returns
        -------
        pathlib.Path
            The folder.

        Examples
        --------
        >>> import tempfile
        >>> import yrdgis as yg
        >>> area = yg.load()
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     made = area.map_set({"area": area.map}, f"{folder}/maps", title=("一张图", "One map"))
        ...     sorted(path.name for path in made.iterdir())
        ['area.html', 'index.html', 'manifest.json']
        """
        from yrdgis.reports import write_map_set

        return write_map_set(self.layers, maps, out, **options)

    def cluster_ids(self, names: Names | None = None) -> list[str]:
        """Ids of town clusters given by id or a part of the name that only one has; all by default.

        Raises
        ------
        InputError
            If a name is that of no cluster, or of several; they are listed.
        """
        from yrdgis.api.indicators import cluster_id
        from yrdgis.io.names import split_names

        if names is None:
            return list(self.layers["clusters"]["cluster_id"])
        asked = split_names(names) if isinstance(names, str) else list(names)
        return [cluster_id(self.layers, name) for name in asked]


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
