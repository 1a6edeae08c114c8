"""Measures of an atlas, each worked out once for its context, and the words that its pages share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from yrdgis.metrics.accessibility import accessibility
from yrdgis.metrics.borders import crossings_of_borders
from yrdgis.metrics.closures import crossings, fog_sets
from yrdgis.metrics.cohesion import cohesion
from yrdgis.metrics.connectivity import connectivity
from yrdgis.metrics.resilience import resilience
from yrdgis.metrics.surface import Surface, surface
from yrdgis.metrics.targets import targets
from yrdgis.reports.context import Context
from yrdgis.reports.html import Words

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = [
    "BELOW", "LOSS", "LOSS_BREAKS", "MIN", "PEOPLE", "VERDICTS", "Figures", "access_of", "borders_of", "cohesion_of",
    "cohesive", "goals_of", "kept", "middle_min", "reach_of", "resilience_of",
]  # fmt: skip

Figures = list[tuple[str, str, str]]
T = TypeVar("T")

PEOPLE = ("万人", "10,000 people")
MIN = ("分钟", "min")
LOSS = ("万人·分钟", "10,000 person-minutes")
BELOW: Words = ("低于战略路网分辨率", "below resolution")
LOSS_BREAKS = (10.0, 100.0, 1000.0, 5000.0)
VERDICTS: dict[str, Words] = {
    "met": ("达到", "met"),
    "not met": ("未达到", "not met"),
    "within the range": ("在误差区间内", "within the range"),
    "not judged": ("不评判", "not judged"),
}


def kept(context: Context, key: str, make: Callable[[], T]) -> T:
    """Something of a context that several parts of a page share, made once."""
    kept: dict[str, Any] = context.__dict__.setdefault("_measures", {})
    if key not in kept:
        kept[key] = make()
    found: T = kept[key]
    return found


def access_of(context: Context) -> gpd.GeoDataFrame:
    """Accessibility of the districts: people in 10,000, before and after."""

    def make() -> gpd.GeoDataFrame:
        now = accessibility(context.after)
        eve = accessibility(context.before, range_=False)
        zones = context.layers.polygons("districts").set_index("district_id")
        out = zones[["name", "name_zh", "geometry"]].join(now).rename_axis("district_id").reset_index()
        limit = middle_min(context)
        for column in (f"within_{limit:g}_min", "gravity"):
            out[f"{column}_eve"] = eve[column].reindex(out["district_id"]).to_numpy()
        for column in [c for c in out.columns if c.startswith(("within_", "gravity", "daily_reach"))]:
            out[column] = out[column] / 1e4
        out["gained"] = out[f"within_{limit:g}_min"] - out[f"within_{limit:g}_min_eve"]
        out["gravity_pct"] = (out["gravity"] / out["gravity_eve"] - 1) * 100
        out.attrs = now.attrs
        return out

    return kept(context, "access", make)


def middle_min(context: Context) -> float:
    """Minutes of the middle goalpost."""
    return context.layers.parameter("goalpost.middle_min")


def reach_of(context: Context) -> tuple[Surface, Surface, list[float]]:
    """Surfaces from the main hub on the eve and the day, and the goalposts."""

    def make() -> tuple[Surface, Surface, list[float]]:
        posts = [context.layers.parameter(f"goalpost.{post}_min") for post in ("near", "middle", "far")]
        origin = context.hub or context.centre
        eve, now = (
            surface(network, [origin], limit_min=posts[-1], cell_m=500)
            for network in (context.before, context.after)
        )
        return eve, now, posts

    return kept(context, "reach", make)


def borders_of(context: Context) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Crossings on the eve and the day, and connectivity of the day."""
    return kept(
        context,
        "borders",
        lambda: (
            crossings_of_borders(context.before),
            crossings_of_borders(context.after),
            connectivity(context.after, ["road", "rail"]),
        ),
    )


def cohesion_of(context: Context) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Cohesion on the eve and the day."""
    return kept(
        context, "cohesion", lambda: (cohesion(context.before, range_=False), cohesion(context.after))
    )


def cohesive(context: Context, reading: str) -> gpd.GeoDataFrame:
    """Extents of clusters by one reading, with their cohesion."""
    from yrdgis.maps.clusters import cluster_shapes

    eve, now = cohesion_of(context)
    extents, _ = cluster_shapes(context.layers, reading)
    own = now[now["reading"] == reading].merge(
        eve.loc[eve["reading"] == reading, ["cluster_id", "index"]], on="cluster_id", suffixes=("", "_eve")
    )
    own["band"] = [f"{a:.0f}–{b:.0f}" for a, b in zip(own["index_low"], own["index_high"], strict=True)]
    below = own["resolution"].ne("")
    own["told_zh"], own["told_en"] = (below.map({True: word, False: ""}) for word in BELOW)
    shapes = extents.dissolve(by="cluster_id")[["geometry"]].reset_index()
    out = shapes.merge(own, on="cluster_id")
    return out[~out["kind"].isin(["metro_area"])].sort_values("pairs", ascending=False, ignore_index=True)


def resilience_of(context: Context) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """What closing each link costs, as lines; and what closing crossings and sets costs."""

    def make() -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
        import geopandas as gpd
        import pandas as pd

        found = resilience(context.after)
        lines = pd.concat(
            [
                context.layers.lines(name)[["link_id", "geometry"]]
                for name in ("road_links", "rail_links")
                if name in context.layers
            ]
        )
        shaped = gpd.GeoDataFrame(found.merge(lines, left_on="closure_id", right_on="link_id"), crs=4326)
        shaped["loss"] = shaped["lost_person_min"] / 1e4
        shaped["cut"] = shaped["people_cut_off"] / 1e4
        level = pd.cut(shaped["loss"], [-1, 0, *LOSS_BREAKS, float("inf")], labels=False).astype(int)
        shaped["style"] = [
            "cut" if c > 0 else f"loss{at}" for c, at in zip(shaped["cut"], level, strict=True)
        ]
        shaped.attrs = found.attrs
        sets = {**crossings(context.layers, context.after), **fog_sets(context.layers, context.after)}
        return shaped, resilience(context.after, sets, range_=True) if sets else found.iloc[:0]

    return kept(context, "resilience", make)


def goals_of(context: Context) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Travel-time goals on the eve and the day."""
    return kept(context, "goals", lambda: (targets(context.before, range_=False), targets(context.after)))
