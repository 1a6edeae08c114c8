"""What an atlas is made from: layers, two networks, and the figures that its pages share, each made once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from yrdgis.errors import LayerError
from yrdgis.io.dates import in_service, is_forecast, parse_date
from yrdgis.metrics import skim
from yrdgis.network import Network, build_network
from yrdgis.scenarios import Comparison, compare
from yrdgis.scenarios.kernel import Kernel, kernel_of
from yrdgis.validation.report import Validation, validate

if TYPE_CHECKING:
    import pandas as pd

    from yrdgis.io import Layers

__all__ = ["Context"]


@dataclass(frozen=True)
class Context:
    """Layers, day and audience of an atlas; what is computed is kept.

    Parameters
    ----------
    layers : Layers
    as_of : datetime.date
        Day of the later network.
    lang : {"both", "zh", "en"}
    audience : {"public", "internal"}
    """

    layers: Layers
    as_of: dt.date
    lang: str = "both"
    audience: str = "public"

    @property
    def forecast(self) -> bool:
        """Whether the day lies after that for which the layers hold."""
        return is_forecast(self.as_of, self.layers.valid_on)

    @cached_property
    def eve(self) -> dt.date:
        """The day before the plan, or the atlas's own day if that is earlier."""
        return min(parse_date("plan-eve", self.layers.valid_on), self.as_of)

    @cached_property
    def before(self) -> Network:
        """Network of the eve of the plan."""
        return build_network(self.layers, self.eve)

    @cached_property
    def after(self) -> Network:
        """Network of the atlas's day."""
        return build_network(self.layers, self.as_of)

    @cached_property
    def centre(self) -> str:
        """The city with the most people."""
        cities = self.layers["cities"]
        if cities.empty:
            raise LayerError("An atlas needs a layer 'cities' with at least one city.")
        return str(cities.set_index("city_id")["pop_2020"].astype(float).fillna(0).idxmax())

    @cached_property
    def cities(self) -> list[str]:
        """Ids of the cities: the core first, then by administrative code, as in Chinese statistical tables."""
        table = self.layers["cities"]
        core = table["city_id"].ne(self.centre)
        return list(table.assign(_core=core).sort_values(["_core", "adcode", "city_id"])["city_id"])

    @cached_property
    def hub(self) -> str | None:
        """The station from which trains run to the most stations; None without trains."""
        links = self.after.links
        rides = links[(links["mode"] == "rail") & (links["kind"] == "ride")]
        if rides.empty:
            return None
        stations = rides["from_node_id"].str.extract(r"(station:[^#@]+)")[0]
        ends = rides["to_node_id"].str.extract(r"(station:[^#@]+)")[0]
        return str(ends.groupby(stations).nunique().sort_index().idxmax())

    @cached_property
    def districts(self) -> list[str]:
        """Ids of the districts."""
        return list(self.layers["districts"]["district_id"])

    @cached_property
    def times(self) -> pd.DataFrame:
        """Minutes from the centre to every district and town, door to door, with their range."""
        ends = [*self.districts, *(self.layers["towns"]["town_id"] if "towns" in self.layers else ())]
        known = [end for end in ends if end in self.after.nodes.index]
        return skim(self.after, [self.centre], known, range_=True, extra=("confidence", "by"))

    @cached_property
    def change(self) -> Comparison:
        """From the hub (or the centre) to the districts, door to door, from the eve to the day."""
        return compare(self.before, self.after, [self.hub or self.centre], self.districts)

    @cached_property
    def rail_change(self) -> Comparison | None:
        """The same by rail, station to station; None without trains."""
        if self.hub is None or self.hub not in self.before.nodes.index:
            return None
        return compare(self.before, self.after, [self.hub], self.districts, mode="rail")

    @cached_property
    def cities_change(self) -> Comparison:
        """Between all cities, door to door, from the eve to the day."""
        return compare(self.before, self.after, self.cities)

    @cached_property
    def candidates(self) -> list[str]:
        """Projects that were not open on the eve and that change some link."""
        projects, links = self.layers["projects"], self.layers["project_links"]
        acting = set(links.loc[links["effect_kind"] != "capacity", "project_id"])
        new = ~in_service(projects, self.eve, self.layers.valid_on)
        return [str(p) for p in projects.loc[new, "project_id"] if p in acting]

    @cached_property
    def kernel(self) -> Kernel | None:
        """Times from hub, cities and districts to the districts under any set of the candidates."""
        hubs = [self.hub] if self.hub else []
        cities = [c for c in self.cities if c in self.before.nodes.index]
        return kernel_of(self.before, self.candidates, [*hubs, *cities, *self.districts], self.districts)

    @cached_property
    def gains(self) -> pd.DataFrame:
        """Mean minutes that each project, put in alone, saves each origin of the kernel."""
        from yrdgis.reports.briefs import gains_of

        return gains_of(self)

    @cached_property
    def cluster_change(self) -> pd.DataFrame:
        """Between all members of town clusters, from the eve to the day; judged by resolution alone."""
        ids = list(dict.fromkeys(self.layers["cluster_members"]["member_id"]))
        known = [i for i in ids if i in self.before.nodes.index and i in self.after.nodes.index]
        return compare(self.before, self.after, known, range_=False).frame

    @cached_property
    def validation(self) -> Validation:
        """The model against the published times and distances of the layers."""
        return validate(self.layers)

    def basis(self) -> dict[str, Any]:
        """What the figures rest on: assumed rows, undated share, worst confidence."""
        links = self.after.links
        services = self.layers.get("services")
        parameters = self.layers["parameters"]
        return {
            "undated_share": self.after.undated_share,
            "confidence": self.times.attrs["confidence"],
            "parameters": len(parameters),
            "parameters_low": int((parameters["confidence"] == "low").sum()),
            "services": 0 if services is None else len(services),
            "services_assumed": 0 if services is None else int(services["assumed"].sum()),
            "links": len(links),
            "road_km": float(
                links.loc[(links["mode"] == "drive") & (links["kind"] != "connector"), "length_km"].sum() / 2
            ),
        }
