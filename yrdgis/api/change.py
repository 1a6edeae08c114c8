"""Before and after, bound to the area so that it can be mapped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from yrdgis.api.frames import with_geometry
from yrdgis.errors import InputError
from yrdgis.scenarios import Comparison
from yrdgis.scenarios import compare as compare_networks

if TYPE_CHECKING:
    import folium
    import geopandas as gpd

    from yrdgis.api.area import Area
    from yrdgis.api.dated import DatedNetwork, Names

__all__ = ["Change", "compare"]


class Change:
    """What changes between two networks of an area.

    Parameters
    ----------
    area : Area
    comparison : Comparison
        Pair by pair.
    """

    def __init__(self, area: Area, comparison: Comparison) -> None:
        self.area = area
        self.comparison = comparison

    def __repr__(self) -> str:
        frame, meta = self.comparison.frame, self.comparison.meta
        saved = frame.loc[frame["change"].eq("faster"), "saved_min"].mean()
        mean = f", {saved:.1f} min saved in the mean where faster" if saved == saved else ""
        told = repr(self.comparison).removeprefix("<Comparison of ").removesuffix(">")
        return (
            f"<Change by {meta['mode']}, {meta['before']['as_of']} to {meta['after']['as_of']}: {told}{mean}>"
        )

    def _repr_html_(self) -> str:
        return self.comparison._repr_html_()

    @property
    def frame(self) -> gpd.GeoDataFrame:
        """One row per pair, with the shape of the destination."""
        return with_geometry(self.comparison.frame, self.area.layers, "to_id")

    @property
    def meta(self) -> dict[str, Any]:
        """What the figures rest on."""
        return dict(self.comparison.meta)

    def summary(self) -> dict[str, Any]:
        """Counts and minutes over all pairs."""
        return self.comparison.summary()

    def by_project(self) -> pd.DataFrame:
        """For each project, the pairs whose new way uses it."""
        return self.comparison.by_project()

    def by_place(self, end: str = "to") -> pd.DataFrame:
        """For each place at one end, minutes saved and pairs that changed."""
        return self.comparison.by_place(end)

    def by_city(self, end: str = "to") -> pd.DataFrame:
        """For each city at one end, pairs that changed and minutes saved, weighted by people."""
        return self.comparison.by_city(end)

    def by_district(self, end: str = "to") -> pd.DataFrame:
        """For each district at one end, pairs that changed and minutes saved, weighted by people."""
        return self.comparison.by_district(end)

    def map(self, by: str = "saved", **options: Any) -> folium.Map:
        """Map of what one place gains; saved, it is one file that needs no internet.

        Parameters
        ----------
        by : {"saved", "project"}
            Colour by minutes saved, or by the project whose link the new way uses.
        **options
            As for `yrdgis.maps.change_map`.

        Raises
        ------
        InputError
            If there is more than one origin, or no such way to colour.
        """
        from yrdgis.maps import change_map, page_of

        if by not in ("saved", "project"):
            raise InputError(f"a change can be mapped by 'saved' or 'project', not {by!r}")
        if self.comparison.frame["from_id"].nunique() != 1:
            raise InputError("a map of a change has one origin: compare(..., origins='虹桥')")
        made = change_map(self.area.layers, self.comparison, **options)
        groups = {group["id"]: group for group in page_of(made).groups}
        if by == "project" and "through" in groups:
            groups["saved"]["on"], groups["through"]["on"] = False, True
        return made


def compare(
    before: DatedNetwork,
    after: DatedNetwork,
    *,
    origins: Names,
    destinations: Names = "districts",
    mode: str = "door",
    impedance: str = "total",
) -> Change:
    """What changes for some pairs of places from one network to another.

    Parameters
    ----------
    before, after : DatedNetwork
        Of the same area.
    origins, destinations : str or sequence of str
        Names, or groups such as ``districts``.
    mode, impedance : str
        As for `DatedNetwork.times`.

    Returns
    -------
    Change

    Raises
    ------
    InputError
        If the networks are of different areas.
    """
    if before.area is not after.area and before.area.layers.root != after.area.layers.root:
        raise InputError("compare takes two networks of one area")
    starts, ends = after.places(origins, mode=mode), after.places(destinations, mode=mode)
    found = compare_networks(
        before._with(starts + ends),
        after._with(starts + ends),
        [p.id for p in starts],
        [p.id for p in ends],
        mode=mode,
        impedance=impedance,
    )
    return Change(after.area, found)
