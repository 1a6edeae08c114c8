"""Classes of roads, as OpenStreetMap, Chinese statistics and the layers name them, in one order."""

from __future__ import annotations

__all__ = ["RANKS", "UNKNOWN_RANK", "osm_class", "rank_of", "worth_of"]

RANKS = {
    **dict.fromkeys(("motorway", "expressway", "crossing", "高速公路", "高速"), 7),
    **dict.fromkeys(("trunk", "快速路", "国道", "national_trunk"), 6),
    **dict.fromkeys(("primary", "主干路", "主干道", "省道", "provincial_trunk"), 5),
    **dict.fromkeys(("secondary", "次干路", "次干道", "县道"), 4),
    **dict.fromkeys(("tertiary", "支路", "乡道", "county_road"), 3),
    **dict.fromkeys(("unclassified", "residential", "road", "connector", "村道"), 2),
    **dict.fromkeys(("living_street", "service"), 1),
    "track": 0,
}
"""Rank of a class: the higher, the more traffic it is built for. An unknown class counts as 3."""

UNKNOWN_RANK = 3
_OSM = {7: "motorway", 6: "trunk", 5: "primary", 4: "secondary", 3: "tertiary", 2: "unclassified"}
_WORTH = {0: 0.15, 1: 0.25, 2: 0.75}
_ACCESS = 0.3
_LAYER_CLASSES = {"expressway", "crossing", "national_trunk", "provincial_trunk", "county_road", "connector"}


def _class(klass: str) -> str:
    return klass.strip().lower().removesuffix("_link")


def rank_of(klass: str) -> int:
    """Rank of a class; a ramp counts as its road.

    Examples
    --------
    >>> rank_of("primary_link"), rank_of("省道"), rank_of("?")
    (5, 5, 3)
    """
    return RANKS.get(_class(klass), UNKNOWN_RANK)


def worth_of(klass: str) -> float:
    """How likely a road of a class is one to be joined: streets that only serve houses hardly ever are.

    Examples
    --------
    >>> worth_of("secondary"), worth_of("unclassified"), worth_of("residential")
    (1.0, 0.75, 0.3)
    """
    return _ACCESS if _class(klass) == "residential" else _WORTH.get(rank_of(klass), 1.0)


def osm_class(klass: str) -> str:
    """The class of OpenStreetMap whose speed a road takes; an unknown class stays as it is.

    Examples
    --------
    >>> osm_class("国道"), osm_class("expressway"), osm_class("residential"), osm_class("?")
    ('trunk', 'motorway', 'residential', '?')
    """
    known = klass.strip().lower()
    if known.isascii() and known not in _LAYER_CLASSES:
        return known
    return _OSM.get(RANKS.get(known, -1), known)
