"""The network of an area on a day: times, paths, and what leaving a project out would do."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from yrdgis.api.frames import with_geometry
from yrdgis.io import Place
from yrdgis.io.cards import card
from yrdgis.io.names import split_names
from yrdgis.metrics import Path, path, skim
from yrdgis.metrics.closures import link_rows, road_closure, single_links
from yrdgis.network import Network, join, with_points
from yrdgis.scenarios import Scenario

if TYPE_CHECKING:
    import folium
    import geopandas as gpd

    from yrdgis.api.area import Area
    from yrdgis.metrics.parts import Parts
    from yrdgis.metrics.surface import Surface
    from yrdgis.network.osm import Imported

__all__ = ["DatedNetwork", "Names"]

Names = str | Sequence[str]


class DatedNetwork:
    """A network bound to its area, so that places can be called by name.

    Parameters
    ----------
    area : Area
    scenario : Scenario
        Its day and projects.
    period : {"free", "peak"}
        Time of day.
    own : sequence of Imported
        Networks of the user's that are joined to it; see `join`.
    shut : sequence of str
        Ids of links of the road layer that are closed; see `closed`.
    """

    def __init__(
        self,
        area: Area,
        scenario: Scenario,
        *,
        period: str = "free",
        own: Sequence[Imported] = (),
        shut: Sequence[str] = (),
    ) -> None:
        self.area = area
        self.scenario = scenario
        self.period = period
        self.own = tuple(own)
        self.shut = tuple(shut)

    def __repr__(self) -> str:
        """Counts if it is built; showing itself builds nothing, which takes seconds."""
        built = self.__dict__.get("network")
        joined = f", {len(self.own)} own joined" if self.own else ""
        joined += f", {len(self.shut)} links closed" if self.shut else ""
        if built is None:
            told = f"{self.scenario!r}".removeprefix("<Scenario ").removesuffix(">")
            return f"<DatedNetwork {told}, {self.period} period{joined}, built when first asked>"
        return f"<DatedNetwork {repr(built).removeprefix('<Network ').removesuffix('>')}{joined}>"

    def _repr_html_(self) -> str:
        """Its day, and counts once it is built, for a notebook; every text is escaped."""
        built = self.__dict__.get("network")
        if built is not None:
            return str(built._repr_html_())
        note = ("首次使用时生成", "built when first asked")
        label = self.scenario.label
        facts = [("日期", "day", self.scenario.date), ("时段", "period", self.period)]
        return card((f"网络 {label}", f"Network {label}"), facts, note=note)

    @cached_property
    def network(self) -> Network:
        """Its frames of nodes and links; built when first used.

        Raises
        ------
        ScenarioError
            If the projects of the scenario can't stand together.
        """
        built = self.scenario.network(self.area.layers, period=self.period)
        for own in self.own:
            within_m = self.area.layers.parameter("osm.join_m", "value")
            built, _ = join(built, own.network, within_m=within_m)
        standing = single_links(built, ["road"]) if self.shut else {}
        shut = link_rows(built, {"shut": [link for link in self.shut if link in standing]})["shut"]
        return built.without(built.links.index[shut]) if len(shut) else built

    def times(
        self,
        place: str,
        *,
        to: Names = "districts",
        mode: str = "door",
        impedance: str = "total",
        max_min: float | None = None,
    ) -> gpd.GeoDataFrame:
        """Minutes from one place to others.

        Parameters
        ----------
        place : str
            Id, name, or point ``lon/lat``.
        to : str or sequence of str
            Names, separated by commas, or a group: ``districts``, ``cities``, ``towns``, ``stations``.
        mode : {"door", "drive", "rail"}
            How.
        impedance : {"total", "in_vehicle", "distance", "cost", "co2"}
            What is as small as can be; the minutes are those of that way.
        max_min : float, optional
            What takes longer counts as not reached.

        Returns
        -------
        geopandas.GeoDataFrame
            In EPSG:4326, one row per destination, outlines where the layers have them: ``from_id``,
            ``from_name``, ``from_name_zh``, ``to_id``, ``to_name``, ``to_name_zh``, ``time_min`` (NaN where there
            is no way), ``distance_km``, ``time_low_min`` and ``time_high_min`` (ends of the assumptions'
            ranges). ``attrs`` say what the figures rest on; ``.yrd.map()`` shows them.

        Raises
        ------
        UnknownNameError, AmbiguousNameError
            If a name means nothing, or more than one thing.
        """
        origins, ends = self.places(place, mode=mode), self.places(to, mode=mode)
        frame = skim(
            self._with(origins + ends),
            [p.id for p in origins],
            [p.id for p in ends],
            mode=mode,
            impedance=impedance,
            max_min=max_min,
            range_=True,
        )
        return with_geometry(frame, self.area.layers, "to_id")

    def skim(
        self, origins: Names, destinations: Names | None = None, *, mode: str = "door", **options: Any
    ) -> pd.DataFrame | Parts:
        """Minutes and kilometres for all pairs; options as for `yrdgis.metrics.skim`.

        With ``out`` they go to a folder of Parquet files, with ``client`` a cluster works them out.
        """
        starts = self.places(origins, mode=mode)
        ends = starts if destinations is None else self.places(destinations, mode=mode)
        return skim(
            self._with(starts + ends), [p.id for p in starts], [p.id for p in ends], mode=mode, **options
        )

    def path(self, origin: str, destination: str, *, mode: str = "door", impedance: str = "total") -> Path:
        """The way from one place to another, leg by leg; ``.tell("zh")`` says it in words.

        Raises
        ------
        UnknownNameError, AmbiguousNameError
            If a name means nothing, or more than one thing.
        """
        start, end = (self._place(name, mode) for name in (origin, destination))
        return path(self._with([start, end]), start.id, end.id, mode=mode, impedance=impedance)

    def lines(self, way: Path | str, *, mode: str = "freight") -> gpd.GeoDataFrame:
        """The lines of a path of this network, in order; `yrdgis.maps.way_map` draws them.

        Parameters
        ----------
        way : Path or str
            As `path` gives it, or a row of ``links`` of `yrdgis.chains`.
        mode : str
            Of links that are given as text; a path knows its own.

        Returns
        -------
        geopandas.GeoDataFrame
            As `yrdgis.metrics.path_lines.path_lines` gives it.

        Examples
        --------
        >>> import yrdgis as yg
        >>> now = yg.load().network("today")
        >>> now.lines(now.path("上海虹桥", "苏州北", mode="rail"))["name_zh"].str.contains("京沪").tolist()
        [True]
        """
        from yrdgis.metrics.path_lines import path_lines

        links = tuple(way.split(";")) if isinstance(way, str) else way.links
        ends = [] if isinstance(way, str) else [str(way.meta[end]) for end in ("from_id", "to_id")]
        places = [self.area.resolver.resolve(end) for end in ends if end.startswith("point:")]
        return path_lines(
            self._with(places), links, mode=mode if isinstance(way, str) else str(way.meta["mode"])
        )

    def surface(
        self, origins: Names, *, limit_min: float, mode: str = "door", cell_m: float | None = None
    ) -> Surface:
        """Minutes from the nearest of some places to every cell of the area.

        Parameters
        ----------
        origins : str or sequence of str
            Names, ids or points.
        limit_min, mode, cell_m
            As for `yrdgis.metrics.surface.surface`.

        Returns
        -------
        Surface
            `yrdgis.metrics.isochrones.write_raster` writes it as GeoTIFF; `yrdgis.metrics.raster` counts it by zone.

        Examples
        --------
        >>> import yrdgis as yg
        >>> found = yg.load().network("today").surface("虹桥", limit_min=30, cell_m=1000)
        >>> bool(found.at(121.32, 31.20)[0] < 15)
        True
        """
        from yrdgis.metrics.surface import surface

        places = self.places(origins, mode="door" if mode == "public" else mode)
        ids = [place.id for place in places]
        return surface(self._with(places), ids, limit_min=limit_min, mode=mode, cell_m=cell_m)

    def without(self, *projects: str) -> DatedNetwork:
        """The same day without some projects, each by id, name, or a part of the name that only one has."""
        return self._changed(self.scenario.minus(self.area.project_ids(projects)))

    def with_(self, *projects: str) -> DatedNetwork:
        """The same day with some projects open, whatever their dates."""
        return self._changed(self.scenario.plus(self.area.project_ids(projects)))

    def cluster_map(
        self, cluster: str, *, before: DatedNetwork | None = None, mode: str = "door"
    ) -> folium.Map:
        """Map of one town cluster with its members, networks and projects, and how cohesive it is on the day.

        Parameters
        ----------
        cluster : str
            Id, or a part of the name that only one has.
        before : DatedNetwork, optional
            An earlier day to tell the cohesion of too.
        mode : {"door", "drive", "public"}
            How members get to each other.

        Raises
        ------
        InputError
            If that is no cluster, or more than one.
        """
        from yrdgis.api.indicators import cluster_id, cohesion
        from yrdgis.maps import add_value, page_of
        from yrdgis.maps.clusters import clusters
        from yrdgis.maps.travel import declare

        layers = self.area.layers
        own = cluster_id(layers, cluster)
        made = clusters(layers, only=[own], as_of=self.scenario.date)
        for network in (self,) if before is None else (before, self):
            found = cohesion(network, [own], mode=mode, range_=False)
            if found.empty or found["index"].isna().all():
                continue
            declare(page_of(made), found.attrs)
            day, row = network.scenario.date, found.iloc[0]
            add_value(
                made, f"index {day}", (f"同城化指数 {day}", f"cohesion index {day}"), row["index"], digits=1
            )
            minutes, told = row["mean_between_min"], (f"成员间平均 {day}", f"mean between members {day}")
            add_value(made, f"between {day}", told, minutes, unit=("分钟", "min"), digits=1)
        return made

    def join(self, imported: Imported) -> DatedNetwork:
        """The same day with a network of one's own joined to it, as `Area.import_lines` and its like give it.

        Raises
        ------
        NetworkError
            When it is first used, if no node can be joined.
        """
        return DatedNetwork(
            self.area, self.scenario, period=self.period, own=(*self.own, imported), shut=self.shut
        )

    def closed(self, *roads: str) -> DatedNetwork:
        """The same day with roads closed to traffic: crossings by name, routes or links by id.

        What closing each of many costs is told by `yg.resilience`, also for railways.

        Raises
        ------
        UnknownNameError, AmbiguousNameError
            If no road that stands is called that, or more than one.

        Examples
        --------
        >>> import yrdgis as yg
        >>> now = yg.load().network("today")
        >>> change = yg.compare(now, now.closed("苏通长江公路大桥"), origins="南通", destinations="常熟", mode="drive")
        >>> change.frame["change"].tolist()
        ['slower']
        """
        links = [link for road in roads for link in road_closure(self.area.layers, self.network, road)]
        shut = tuple(dict.fromkeys([*self.shut, *links]))
        return DatedNetwork(self.area, self.scenario, period=self.period, own=self.own, shut=shut)

    def places(self, names: Names | Iterable[str], *, mode: str = "door") -> list[Place]:
        """Places that names stand for in a mode; everything that is wrong is told at once.

        Ids of nodes of a network of one's own, such as ``osm:42``, are places too once it is joined.
        """
        texts = split_names(names) if isinstance(names, str) else names
        ids = [] if isinstance(texts, os.PathLike) else self._own_nodes(texts)
        if not ids:
            return self.area.resolver.resolve_all(names, mode)
        own = self.network.nodes.loc[ids]
        found: dict[str, Place] = {}
        for text in texts:
            if text in own.index:
                row = own.loc[text].to_dict()
                named = (str(row["name"]) or text, str(row["name_zh"]) or text)
                found[text] = Place(text, *named, float(row["lon"]), float(row["lat"]), "node")
            else:
                found |= {place.id: place for place in self.area.resolver.resolve_all([text], mode)}
        return list(found.values())

    def _place(self, name: str, mode: str) -> Place:
        return (
            self.places([name], mode=mode)[0]
            if self._own_nodes([name])
            else self.area.resolver.resolve(name, mode)
        )

    def _own_nodes(self, texts: Iterable[str]) -> list[str]:
        """Texts that are ids of nodes of the networks that are joined."""
        joined = [own.network.nodes.index for own in self.own]
        return [
            text for text in dict.fromkeys(texts if joined else ()) if any(text in nodes for nodes in joined)
        ]

    def _changed(self, scenario: Scenario) -> DatedNetwork:
        return DatedNetwork(self.area, scenario, period=self.period, own=self.own, shut=self.shut)

    def _with(self, places: Iterable[Place]) -> Network:
        """The network, with points of the user's joined to it."""
        points = {p.id: (p.name, p.name_zh, p.lon, p.lat) for p in places if p.kind == "point"}
        if not points:
            return self.network
        frame = pd.DataFrame.from_dict(points, orient="index", columns=["name", "name_zh", "lon", "lat"])
        return with_points(self.network, frame)
