"""Pages of the networks themselves: the area, projects, the network by year, times and what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yrdgis.maps import change_map, network_by_year, projects, region, travel_times
from yrdgis.maps.frames import rail_links, road_links
from yrdgis.maps.projects import project_shapes
from yrdgis.maps.style import STATUS_CODE
from yrdgis.reports.context import Context
from yrdgis.reports.plan_pages import page_options
from yrdgis.reports.thumbnails import Canvas

if TYPE_CHECKING:
    import folium

__all__ = [
    "change_figures",
    "door_change_page",
    "draw_network",
    "draw_projects",
    "draw_region",
    "draw_saved",
    "draw_times",
    "network_figures",
    "network_page",
    "project_figures",
    "projects_page",
    "rail_change_page",
    "region_figures",
    "region_page",
    "times_figures",
    "times_page",
]

_SAVED_BREAKS = [5.0, 10.0, 20.0, 30.0, 45.0, 60.0]
_ROAD_STYLE = {"expressway": "road.expressway", "crossing": "road.crossing"}


def _assumed(context: Context) -> list[tuple[str, str]]:
    basis = context.basis()
    notes = [
        (
            "自驾时间按自由流车速与假定的城区接驳速度推算，未经行车时间校核（只校核过里程）。",
            "Driving times follow from free-flow speeds and assumed local speeds; they were checked for distance only.",
        ),
        (
            f"{basis['services']}种列车开行方案中有{basis['services_assumed']}种为假定；参数共{basis['parameters']}项，"
            "每项有取值区间，图中给出由区间得到的最短与最长时间。",
            f"{basis['services_assumed']} of {basis['services']} train patterns are assumed; each of {basis['parameters']} "
            "parameters has a range, and the map gives the shortest and longest times that follow.",
        ),
    ]
    if context.forecast:
        notes.insert(
            0, ("本图为预测：按公布的预计开通日计。", "This is a forecast: it counts expected opening days.")
        )
    return notes


def region_page(context: Context) -> folium.Map:
    """Cities, districts, towns and water."""
    return region(context.layers, as_of=context.as_of, **page_options(context))


def draw_region(context: Context, canvas: Canvas) -> None:
    """Small picture: the cities, each in a colour."""
    from yrdgis.maps.style import KINDS

    cities = context.layers.polygons("cities")
    for at in range(len(cities)):
        canvas.add(
            cities.iloc[[at]], color=KINDS[at % len(KINDS)], alpha=0.28, edgecolor="#7b6f86", linewidth=0.7
        )
    canvas.water()
    canvas.borders()


def region_figures(context: Context) -> list[tuple[str, str, str]]:
    """Cities, districts and people."""
    layers = context.layers
    people = float(layers["districts"]["pop_2020"].astype(float).sum()) / 1e4
    return [
        ("城市", "cities", str(len(layers["cities"]))),
        ("区县", "districts", str(len(layers["districts"]))),
        ("人口（2020，万人）", "people (2020, 10,000)", f"{people:,.0f}"),
    ]


def projects_page(context: Context) -> folium.Map:
    """Projects by status."""
    return projects(context.layers, as_of=context.as_of, **page_options(context))


def draw_projects(context: Context, canvas: Canvas) -> None:
    """Small picture: lines of the projects, open and not."""
    canvas.water()
    shapes = project_shapes(context.layers, as_of=context.as_of)
    lines = shapes[
        shapes.geometry.notna() & shapes.geometry.geom_type.isin(["LineString", "MultiLineString"])
    ]
    colours = {"rail": "rail.high_speed", "road": "road.expressway", "water": "water"}
    for mode, style in colours.items():
        own = lines[lines["mode"] == mode]
        is_open = own["status"].map(STATUS_CODE).eq(1)
        canvas.lines(own[is_open], style, width=1.2)
        canvas.lines(own[~is_open], style, width=1.2, dashed=True)


def project_figures(context: Context) -> list[tuple[str, str, str]]:
    """Projects that the plan names, and others."""
    table = context.layers["projects"]
    named = table[table["in_plan"]]
    return [
        ("规划列名项目", "named by the plan", str(len(named))),
        ("其中已开通", "of these open", str(int((named["status"] == "operating").sum()))),
        ("其他项目", "other projects", str(len(table) - len(named))),
    ]


def network_page(context: Context) -> folium.Map:
    """Railways and highways by year."""
    return network_by_year(context.layers, as_of=context.as_of, **page_options(context))


def draw_network(context: Context, canvas: Canvas) -> None:
    """Small picture: railways and highways of the day."""
    from yrdgis.io.dates import in_service

    canvas.water()
    valid_on = context.layers.valid_on
    roads = road_links(context.layers)
    roads = roads[in_service(context.layers["road_links"], context.as_of, valid_on).to_numpy()]
    for facility, style in _ROAD_STYLE.items():
        canvas.lines(roads[roads["facility_type"] == facility], style, width=0.7)
    rails = rail_links(context.layers)
    rails = rails[in_service(context.layers["rail_links"], context.as_of, valid_on).to_numpy()]
    canvas.lines(rails, "rail.high_speed", width=0.8)


def network_figures(context: Context) -> list[tuple[str, str, str]]:
    """Kilometres of fast railways, before and after."""
    from yrdgis.io.dates import in_service

    layers, rows = context.layers, []
    lines = layers["rail_lines"].set_index("line_id")["category"]
    links = layers["rail_links"]
    fast = links["line_id"].map(lines).isin(["high_speed", "intercity"])
    for zh, en, day in (
        ("高铁、城际（规划前夕，公里）", "high-speed and intercity, plan-eve (km)", context.eve),
        ("高铁、城际（当日，公里）", "high-speed and intercity, this day (km)", context.as_of),
    ):
        running = in_service(links, day, layers.valid_on) & fast
        rows.append((zh, en, f"{links.loc[running, 'length_km'].sum():,.0f}"))
    return rows


def times_page(context: Context) -> folium.Map:
    """Travel times from the core city."""
    return travel_times(
        context.layers, context.times, notes=_assumed(context), as_of=context.as_of, **page_options(context)
    )


def draw_times(context: Context, canvas: Canvas) -> None:
    """Small picture: districts by time."""
    from yrdgis.maps.travel import time_breaks

    times = context.times.set_index("to_id")["time_min"]
    own = times[times.index.isin(context.districts)]
    canvas.colour_districts(own, breaks=list(time_breaks(own)), ramp="time")
    canvas.water()


def times_figures(context: Context) -> list[tuple[str, str, str]]:
    """Districts within an hour and more."""
    own = context.times[context.times["to_id"].isin(context.districts)]["time_min"]
    return [
        (f"{limit}分钟内的区县", f"districts within {limit} min", f"{int((own <= limit).sum())} / {len(own)}")
        for limit in (60, 90, 120)
    ]


def door_change_page(context: Context) -> folium.Map:
    """What changed from the hub, door to door."""
    return _change_page(context, context.change)


def rail_change_page(context: Context) -> folium.Map:
    """What changed from the hub, by rail."""
    return _change_page(context, context.rail_change)


def _change_page(context: Context, comparison: Any) -> folium.Map:
    return change_map(
        context.layers,
        comparison,
        before=(f"规划前夕 {context.eve}", f"plan-eve {context.eve}"),
        after=(f"{context.as_of}", f"{context.as_of}"),
        notes=_assumed(context),
        as_of=context.as_of,
        **page_options(context),
    )


def draw_saved(comparison: Any, context: Context, canvas: Canvas) -> None:
    """Small picture: minutes saved, and the projects used."""
    frame = comparison.frame[comparison.frame["change"] == "faster"].set_index("to_id")
    canvas.colour_districts(frame["saved_min"], breaks=_SAVED_BREAKS, ramp="saved")
    fresh = set(comparison.frame.loc[comparison.frame["change"] == "newly connected", "to_id"])
    canvas.add(
        canvas.districts[canvas.districts["district_id"].isin(fresh)],
        color="#fff3c4",
        edgecolor="#8a5a00",
        hatch="////",
        linewidth=0.3,
    )
    canvas.water()
    used = {p for ids in comparison.frame["project_id"] for p in ids.split(";") if p}
    shapes = project_shapes(context.layers)
    shapes = shapes[shapes["project_id"].isin(used)]
    canvas.lines(shapes[shapes["mode"] == "rail"], "rail.high_speed", width=1.1)
    canvas.lines(shapes[shapes["mode"] == "road"], "road.expressway", width=1.1)


def change_figures(comparison: Any) -> list[tuple[str, str, str]]:
    """How many districts became faster, and the one that gained most."""
    found = comparison.summary()
    rows = [
        ("变快的区县", "districts that got nearer", str(found["faster"])),
        ("新近可达", "newly connected", str(found["newly_connected"])),
        ("无可计量的变化", "no measurable change", str(found["no_measurable_change"])),
    ]
    top = comparison.frame[comparison.frame["change"] == "faster"].nlargest(1, "saved_min")
    most = [
        (f"最多：{row.to_name_zh}（分钟）", f"most: {row.to_name} (min)", f"{row.saved_min:.0f}")
        for row in top.itertuples()
    ]
    return rows + most
