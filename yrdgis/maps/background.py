"""The ground that every map stands on: our own boundaries and water, no tiles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yrdgis.maps.base import Page, page_of
from yrdgis.maps.frames import cite, for_popup, has
from yrdgis.maps.popup import popup
from yrdgis.maps.style import AREAS, BORDER
from yrdgis.maps.tables import simplified
from yrdgis.settings import METRIC_CRS

if TYPE_CHECKING:
    import folium

__all__ = ["SECTION", "add_background", "ground", "seat_label", "surroundings"]

SECTION = ("底图", "Background")

CITY_LABEL = {"size": [15, 19], "color": "#2b2438", "bold": True, "minzoom": 6, "order": 0, "spacing": 2}
DISTRICT_LABEL = {"size": [11, 14], "color": "#4c4657", "minzoom": 8.9, "order": 4}
WATER_LABEL = {
    "size": [12, 15],
    "color": "#39708f",
    "italic": True,
    "minzoom": 7.2,
    "order": 6,
    "halo": "rgba(207,225,236,.8)",
}


def add_background(
    layers: Any, m: folium.Map, *, labels: bool = True, city_labels: bool = True, popups: bool = False
) -> folium.Map:
    """Add land, water, borders and names; what the layers lack is left out.

    Parameters
    ----------
    layers : Layers
        Uses ``cities``, ``districts``, ``borders`` and ``water_bodies``; on an online base map, lines and names only.
    m : folium.Map
        The map.
    labels : bool
        Whether to write names of districts.
    city_labels : bool
        Whether to write names of cities.
    popups : bool
        Whether districts answer to a click.

    Examples
    --------
    >>> from yrdgis.io import load_layers
    >>> from yrdgis.maps import new_map, page_of
    >>> m = add_background(load_layers(), new_map("Ground"))
    >>> page_of(m).tables["cities"]["n"]
    9
    """
    page = page_of(m)
    if has(layers, "districts"):
        _districts(page, layers, labels=labels, popups=popups)
    if has(layers, "cities"):
        _cities(page, layers, labels=city_labels)
    if has(layers, "water_bodies") and page.basemap is None:
        _water(page, layers)
    if has(layers, "borders"):
        borders = simplified(layers.lines("borders"), tolerance_m=60)
        page.add_group(
            "borders",
            page.add_table("borders", borders, ["name_zh", "name"]),
            ("省级界", "Provincial borders"),
            kind="line",
            styles=[BORDER],
            section=SECTION,
            fold=True,
            z=32,
        )
    cite(page, layers, "cities", "districts", "water_bodies")
    return m


def surroundings(layers: Any, *, width_km: float = 22) -> Any:
    """The strip of ground drawn around the area, so that its coast and borders don't stand on nothing.

    Parameters
    ----------
    layers : Layers
        Uses ``cities``, else ``districts``.
    width_km : float
        Width of the strip.

    Returns
    -------
    shapely geometry or None
        WGS84; None where the layers hold no areas.
    """
    import geopandas as gpd

    for layer_id in ("cities", "districts"):
        if has(layers, layer_id):
            areas = layers.polygons(layer_id).geometry.to_crs(METRIC_CRS).simplify(1000)
            strip = areas.buffer(1000 * width_km).union_all().buffer(25_000).buffer(-25_000)
            return gpd.GeoSeries([strip], crs=METRIC_CRS).to_crs(4326).iloc[0]
    return None


def _beyond(water: Any, ground: Any) -> tuple[Any, Any]:
    """The open sea past the edges at which the sea of the water layer is cut, and the ground that can be
    drawn.

    A sea that is cut by a straight edge goes on behind it; what else lies there isn't known and is left out.
    """
    import shapely
    from shapely.geometry import LineString, box

    sea = water[water["kind"] == "sea"].geometry.union_all()
    if sea.is_empty:
        return sea, ground
    west, south, east, north = sea.bounds
    more = []
    for edge, reach in (
        (LineString([(east, south), (east, north)]), (0, 0, 1, 0)),
        (LineString([(west, south), (east, south)]), (0, -1, 1, 0)),
    ):
        cut = edge.intersection(sea.boundary)
        if cut.length > 0.5 * edge.length or cut.length > 0.3:
            x0, y0, x1, y1 = cut.bounds
            more.append(box(x0 + reach[0], y0 + reach[1], x1 + reach[2], y1 + reach[3]))
            side = (
                box(x0, south - 9, x1 + 9, north + 9)
                if reach[1] == 0
                else box(west - 9, south - 9, east + 9, south)
            )
            ground = shapely.union(ground.difference(side), ground.intersection(more[-1]))
    return shapely.union_all(more), ground


def _surround(page: Page, ground: Any) -> None:
    """Neighbouring land, within the strip."""
    import geopandas as gpd

    frame = gpd.GeoDataFrame(
        {"name_zh": ["邻近地区"], "name": ["neighbouring land"]}, geometry=[ground], crs=4326
    )
    table = page.add_table("surround", simplified(frame, tolerance_m=300), ["name_zh", "name"], digits=3)
    page.add_group(
        "surround",
        table,
        ("邻近地区", "Neighbouring land"),
        kind="polygon",
        styles=[AREAS["surround"]],
        section=SECTION,
        fold=True,
        z=-10,
        hidden=True,
    )


def seat_label(frame: Any, level: dict[str, Any]) -> dict[str, Any]:
    """Names at the seats of government, larger places first."""
    label: dict[str, Any] = {
        "fields": [c for c in ("name_zh", "name") if c in frame.columns],
        "levels": [level],
    }
    if {"seat_lon", "seat_lat"} <= set(frame.columns):
        label["xy"] = [round(float(v), 4) for row in frame[["seat_lon", "seat_lat"]].to_numpy() for v in row]
        label["centred"] = True
    if "pop_2020" in frame.columns:
        label["weight"] = [float(v) if v == v else 0.0 for v in frame["pop_2020"].astype(float)]
    return label


def _districts(page: Page, layers: Any, *, labels: bool, popups: bool) -> None:
    frame = simplified(for_popup(layers.polygons("districts"), layers, own="district_id"), tolerance_m=60)
    sheet = popup(frame, kind={"zh": "区县", "en": "District"})
    columns = (
        ["name_zh", "name", *(r["field"] for r in sheet["rows"] if "field" in r)]
        if popups
        else ["name_zh", "name"]
    )
    if popups:
        columns += [c for r in sheet["rows"] for c in r.get("pair", [])]
    table = page.add_table("districts", frame, list(dict.fromkeys(columns)))
    if page.basemap is None:
        page.add_group(
            "land",
            table,
            ("陆域", "Land"),
            kind="polygon",
            styles=[AREAS["land"]],
            section=SECTION,
            fold=True,
            z=0,
            hidden=True,
        )
    page.add_group(
        "districts",
        table,
        ("县级界", "District boundaries"),
        kind="polygon",
        styles=[AREAS["district"]],
        section=SECTION,
        fold=True,
        z=28,
        popup=sheet if popups else None,
        label=seat_label(frame, DISTRICT_LABEL) if labels else None,
    )


def _cities(page: Page, layers: Any, *, labels: bool) -> None:
    frame = simplified(layers.polygons("cities"), tolerance_m=60)
    table = page.add_table("cities", frame, ["name_zh", "name"])
    page.add_group(
        "cities",
        table,
        ("设区市界", "City boundaries"),
        kind="polygon",
        styles=[AREAS["city"]],
        section=SECTION,
        fold=True,
        z=30,
        label=seat_label(frame, CITY_LABEL) if labels else None,
    )


def ground(layers: Any) -> tuple[Any, Any]:
    """Water within the strip of ground around the area, and that strip: what all maps stand on.

    Parameters
    ----------
    layers : Layers
        Uses ``water_bodies``, and ``cities`` or ``districts``.

    Returns
    -------
    (GeoDataFrame or None, shapely geometry or None)
        WGS84. Made once for the layers at hand.

    Examples
    --------
    >>> from yrdgis.io import load_layers
    >>> water, strip = ground(load_layers())
    >>> bool(water.total_bounds[2] <= strip.bounds[2] + 0.01)
    True
    """
    kept: dict[str, Any] = vars(layers) if hasattr(layers, "__dict__") else {}
    if "_ground" not in kept:
        kept["_ground"] = _ground(layers)
    water, strip = kept["_ground"]
    return (None if water is None else water.copy()), strip


def _ground(layers: Any) -> tuple[Any, Any]:
    import geopandas as gpd

    strip = surroundings(layers)
    if not has(layers, "water_bodies"):
        return None, strip
    frame = layers.polygons("water_bodies")
    if strip is None:
        return simplified(frame, tolerance_m=70).reset_index(drop=True), None
    beyond, strip = _beyond(frame, strip)
    shapes = [
        s.union(beyond) if kind == "sea" else s for s, kind in zip(frame.geometry, frame["kind"], strict=True)
    ]
    frame = frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=4326).intersection(strip))
    frame = frame[~frame.geometry.is_empty].explode(index_parts=False)
    frame = frame[frame.geom_type == "Polygon"].dissolve(by="water_id", as_index=False)
    return simplified(frame, tolerance_m=70).reset_index(drop=True), strip


def _water(page: Page, layers: Any) -> None:
    frame, strip = ground(layers)
    if strip is not None:
        _surround(page, strip)
    table = page.add_table("water", frame, ["name_zh", "name"])
    open_water = frame["kind"].isin(["sea", "estuary"])
    wide = [float(v) for v in frame.to_crs(METRIC_CRS).area / 1e6]
    page.add_group(
        "water",
        table,
        ("水域", "Water"),
        kind="polygon",
        styles=[AREAS["water"], AREAS["sea"]],
        style=[int(v) for v in open_water],
        legend="one",
        section=SECTION,
        fold=True,
        z=20,
        label={
            "fields": ["name_zh", "name"],
            "weight": wide,
            "rank": [0 if a > 300 else 1 for a in wide],
            "levels": [WATER_LABEL, {**WATER_LABEL, "minzoom": 9.5, "size": [11, 13]}],
            "xy": [round(v, 4) for p in frame.representative_point() for v in (p.x, p.y)],
            "centred": True,
        },
    )
