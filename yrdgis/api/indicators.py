"""More measures by one obvious call each, with names and shapes: ``yg.borders(now)``, ``yg.resilience(now)``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from yrdgis.errors import InputError
from yrdgis.settings import GEOGRAPHIC_CRS

if TYPE_CHECKING:
    import geopandas as gpd

    from yrdgis.api.dated import DatedNetwork, Names
    from yrdgis.io import Layers
    from yrdgis.metrics.borders import Penalty

__all__ = [
    "border_detours",
    "border_penalty",
    "borders",
    "centrality",
    "city_cuts",
    "cohesion",
    "connectivity",
    "efficiency",
    "equity",
    "interchange",
    "reach_change",
    "resilience",
    "targets",
    "weak_points",
]

_OUTLINES = ("cities", "districts", "borders", "plan_zones")
_LINES = ("road_links", "rail_links", "metro_links")
_POINTS = ("towns", "rail_stations", "metro_stations", "road_nodes")
_ROUTES = (("road_links", "route_id"), ("rail_links", "line_id"), ("metro_links", "line_id"))


def connectivity(network: DatedNetwork, modes: Iterable[str] = ("road", "rail", "metro")) -> gpd.GeoDataFrame:
    """Density, indices of the graph and circuity by mode and city; see `yrdgis.metrics.connectivity.connectivity`.

    Examples
    --------
    >>> import yrdgis as yg
    >>> found = yg.connectivity(yg.load().network("today"), ["rail"])
    >>> len(found)
    10
    """
    from yrdgis.metrics.connectivity import connectivity as measure

    return placed(network, measure(network.network, tuple(modes)), "city_id")


def city_cuts(network: DatedNetwork, mode: str = "road") -> pd.DataFrame:
    """Fewest links whose closure cuts two cities apart; see `yrdgis.metrics.connectivity.city_cuts`."""
    from yrdgis.metrics.connectivity import built_links
    from yrdgis.metrics.connectivity import city_cuts as measure

    return _based(network, measure(built_links(network.network, mode)), mode)


def centrality(network: DatedNetwork, mode: str = "road") -> gpd.GeoDataFrame:
    """Betweenness and closeness of the nodes of what is built; see `yrdgis.metrics.connectivity.centrality`."""
    from yrdgis.metrics.connectivity import built_links
    from yrdgis.metrics.connectivity import centrality as measure

    found = measure(built_links(network.network, mode)).reset_index()
    return placed(network, _based(network, found, mode), "node_id")


def efficiency(
    network: DatedNetwork,
    places: Names = "districts",
    *,
    mode: str = "door",
    range_: bool = True,
    **how: Any,
) -> gpd.GeoDataFrame:
    """Straight-line time over time taken, by place; see `yrdgis.metrics.connectivity.nodal_efficiency`."""
    from yrdgis.metrics.connectivity import nodal_efficiency

    found = network.places(places)
    ids = [place.id for place in found]
    table = nodal_efficiency(network._with(found), ids, mode=mode, range_=range_, **how)
    return placed(network, table.reset_index(), "place_id")


def weak_points(network: DatedNetwork, mode: str = "road") -> gpd.GeoDataFrame:
    """Links and nodes without which a network falls apart; see `yrdgis.metrics.connectivity.weak_points`."""
    from yrdgis.metrics.connectivity import built_links
    from yrdgis.metrics.connectivity import weak_points as measure

    found = measure(built_links(network.network, mode))
    return placed(network, _based(network, found, mode), "id")


def borders(network: DatedNetwork, modes: Iterable[str] = ("road", "rail")) -> gpd.GeoDataFrame:
    """Crossings per 10 km of each provincial border; see `yrdgis.metrics.borders.crossings_of_borders`."""
    from yrdgis.metrics.borders import crossings_of_borders

    return placed(network, crossings_of_borders(network.network, tuple(modes)), "border_id")


def border_penalty(
    network: DatedNetwork, *, mode: str = "drive", permutations: int = 499, **how: Any
) -> Penalty:
    """What a provincial border adds to the times of towns 10 to 60 km apart; see `yrdgis.metrics.borders.penalty`."""
    from yrdgis.metrics.borders import penalty, town_pairs

    return penalty(town_pairs(network.network, mode=mode, **how), permutations=permutations)


def border_detours(network: DatedNetwork, **how: Any) -> gpd.GeoDataFrame:
    """Detours of town pairs across each border; see `yrdgis.metrics.borders.detours`."""
    from yrdgis.metrics.borders import detours

    return placed(network, detours(network.network, **how), "border_id")


def cohesion(
    network: DatedNetwork, clusters: Iterable[str] | None = None, **options: Any
) -> gpd.GeoDataFrame:
    """Cohesion (同城化) of town clusters; see `yrdgis.metrics.cohesion.cohesion`.

    Parameters
    ----------
    network : DatedNetwork
    clusters : iterable of str, optional
        Ids, or a part of a name; all by default.
    **options
        ``weights``, ``mode``, ``range_``; ``client`` for a cluster.

    Returns
    -------
    geopandas.GeoDataFrame
        With the members' points (or outlines of districts) as shape.

    Examples
    --------
    >>> import yrdgis as yg
    >>> yg.cohesion(yg.load().network("today"), ["嘉昆太"], range_=False)["cluster_id"].tolist()
    ['pair:jiading-kunshan-taicang']
    """
    from yrdgis.metrics.cohesion import cohesion as measure

    layers = network.area.layers
    ids = None if clusters is None else [cluster_id(layers, name) for name in clusters]
    return placed(network, measure(network.network, ids, **options), "members")


def resilience(
    network: DatedNetwork, closures: Mapping[str, Iterable[str]] | str | None = None, **options: Any
) -> gpd.GeoDataFrame:
    """What closing each link, crossing or set of links costs people; see `yrdgis.metrics.resilience.resilience`.

    Parameters
    ----------
    network : DatedNetwork
    closures : mapping or {"crossings", "pairs", "fog"}, optional
        Name to link ids; or all named crossings, every two of them, or the sets that fog shuts; every road and rail
        link by default.
    **options
        ``people``, ``mode``, ``range_``.

    Raises
    ------
    InputError
        If there is no such set.

    Examples
    --------
    >>> import yrdgis as yg
    >>> found = yg.resilience(yg.load().network("today"), "crossings")
    >>> bool((found["lost_person_min"] >= 0).all())
    True
    """
    from yrdgis.metrics import closures as known
    from yrdgis.metrics.resilience import resilience as measure

    if isinstance(closures, str):
        layers, net = network.area.layers, network.network
        sets = {
            "crossings": lambda: known.crossings(layers, net),
            "pairs": lambda: known.pairs_of_closures(known.crossings(layers, net)),
            "fog": lambda: known.fog_sets(layers, net),
        }
        if closures not in sets:
            raise InputError(f"no set of closures called {closures!r}; there are {', '.join(sets)}")
        asked: Mapping[str, Iterable[str]] | None = sets[closures]()
    else:
        asked = closures
    found = measure(network.network, asked, **options)
    links = {name: ";".join(ids) for name, ids in (asked or {}).items()}
    found["link_ids"] = [links.get(name, name) for name in found["closure_id"]]
    return placed(network, found, "link_ids")


def equity(
    before: DatedNetwork, after: DatedNetwork, *, to: str = "people", mode: str = "door", **how: Any
) -> pd.DataFrame:
    """How evenly potential accessibility is shared among people before and after, with who loses in ``attrs``.

    Returns
    -------
    pandas.DataFrame
        As `yrdgis.metrics.equity.equity` gives it, between and within cities. ``attrs["losers"]`` holds the rows of
        `yrdgis.metrics.equity.losers` as records.

    Examples
    --------
    >>> import yrdgis as yg
    >>> area = yg.load()
    >>> found = yg.equity(area.network("plan-eve"), area.network("today"))
    >>> bool(found.loc["mean", "change"] > 0)
    True
    """
    from yrdgis.metrics.accessibility import accessibility
    from yrdgis.metrics.equity import equity as measure
    from yrdgis.metrics.equity import losers

    frames = [accessibility(n.network, to=to, mode=mode, range_=False, **how) for n in (before, after)]
    districts = after.area.layers["districts"].set_index("district_id")
    people = districts["pop_2020"].astype(float)
    was, now = (frame["gravity"] for frame in frames)
    out = measure(was, now, people, districts["city_id"])
    lost = losers(was, now, people, tolerance=1e-6)
    out.attrs.update({str(key): value for key, value in frames[1].attrs.items()})
    out.attrs["before"] = frames[0].attrs.get("as_of")
    out.attrs["losers"] = lost.rename_axis("place_id").reset_index().to_dict("records")
    return out


def reach_change(
    before: DatedNetwork,
    after: DatedNetwork,
    origins: Names,
    cutoffs_min: Sequence[float] | None = None,
    *,
    mode: str = "door",
    cell_m: float | None = None,
) -> gpd.GeoDataFrame:
    """What comes within reach of the nearest of some places, and what drops out, from one network to another.

    Parameters
    ----------
    before, after : DatedNetwork
        Of one area.
    origins, cutoffs_min, mode, cell_m
        As for `yg.isochrones`.

    Returns
    -------
    geopandas.GeoDataFrame
        As `yrdgis.metrics.isochrones.gain_loss` gives it.
    """
    from yrdgis.metrics.accessibility import goalposts
    from yrdgis.metrics.frames import check_ascending
    from yrdgis.metrics.isochrones import gain_loss
    from yrdgis.metrics.surface import surface

    limits = goalposts(after.area.layers) if cutoffs_min is None else check_ascending(cutoffs_min)
    places = after.places(origins, mode="door" if mode == "public" else mode)
    ids = [place.id for place in places]
    first, last = (
        surface(network._with(places), ids, limit_min=limits[-1], mode=mode, cell_m=cell_m)
        for network in (before, after)
    )
    return gain_loss(first, last, limits)


def targets(
    network: DatedNetwork, goals: Iterable[str] | None = None, *, range_: bool = True, **how: Any
) -> gpd.GeoDataFrame:
    """Travel-time goals of plans, met or not; see `yrdgis.metrics.targets.targets`.

    Returns
    -------
    geopandas.GeoDataFrame
        With the place that takes longest as shape; none where a goal names no pairs.
    """
    from yrdgis.metrics.targets import targets as measure

    return placed(network, measure(network.network, goals, range_=range_, **how), "worst_to_id")


def interchange(
    network: DatedNetwork, stations: Names | None = None, *, range_: bool = True
) -> gpd.GeoDataFrame:
    """Minutes between tiers of rail at each hub; see `yrdgis.metrics.interchange.interchange`."""
    from yrdgis.metrics.interchange import interchange as measure

    ids = None if stations is None else [p.id for p in network.places(stations, mode="rail")]
    return placed(network, measure(network.network, ids, range_=range_), "station_id")


def _based(network: DatedNetwork, frame: pd.DataFrame, mode: str) -> pd.DataFrame:
    """A measure of what is built, with what it rests on."""
    net = network.network
    frame.attrs.update(
        mode=mode,
        as_of=net.as_of.isoformat() if net.as_of else None,
        forecast=bool(net.attrs.get("forecast", False)),
        confidence=net.confidence,
        undated_share=round(net.undated_share, 4),
        range="none: joints do not depend on the parameters",
    )
    return frame


def placed(network: DatedNetwork, frame: pd.DataFrame, column: str) -> gpd.GeoDataFrame:
    """A measure with the shapes of what a column of ids names; several ids joined by ``;`` are one shape."""
    import geopandas as gpd
    import shapely

    wanted = {one for ids in frame[column] for one in str(ids).split(";") if one}
    shapes = _shapes(network.area.layers, wanted)

    def joined(ids: Any) -> Any:
        own = [shapes[one] for one in str(ids).split(";") if one in shapes]
        if len(own) < 2:
            return own[0] if own else None
        kinds = {shape.geom_type for shape in own}
        return shapely.union_all(own) if len(kinds) == 1 else shapely.GeometryCollection(own)

    out = gpd.GeoDataFrame(frame.copy(), geometry=[joined(ids) for ids in frame[column]], crs=GEOGRAPHIC_CRS)
    out.attrs = {**frame.attrs, "layers": str(network.area.layers.root)}
    return out


def _shapes(layers: Layers, wanted: set[str]) -> dict[str, Any]:
    import shapely

    found: dict[str, Any] = {}
    for names, read in ((_OUTLINES, layers.geometry), (_LINES, layers.lines), (_POINTS, layers.points)):
        for name in names:
            if name in layers and wanted & set(layers[name].iloc[:, 0]):
                rows = read(name)
                found.update(zip(rows.iloc[:, 0], rows.geometry, strict=True))
    for name, column in _ROUTES:
        if name in layers and wanted & set(layers[name][column]):
            rows = layers.lines(name)
            for route, group in rows[rows[column].isin(wanted)].groupby(column):
                found[str(route)] = shapely.union_all(group.geometry.to_numpy())
    return found


def cluster_id(layers: Layers, name: str) -> str:
    """Id of a cluster given by id or a part of the name that only one has."""
    rows = layers["clusters"]
    if name in set(rows["cluster_id"]):
        return name
    part = rows["name"].str.casefold().str.contains(name.casefold(), regex=False)
    part |= rows["name_zh"].str.contains(name, regex=False)
    own = rows.loc[part, "cluster_id"]
    if len(own) != 1:
        told = ", ".join(own) if len(own) else ", ".join(rows["cluster_id"])
        raise InputError(f"{name!r} is {'more than one' if len(own) else 'no'} cluster: {told}")
    return str(own.iloc[0])
