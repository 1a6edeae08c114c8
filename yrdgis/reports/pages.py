"""The pages of an atlas: what each shows, in words, as a map and as a small picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from yrdgis.reports import briefs
from yrdgis.reports import closure_pages as closures
from yrdgis.reports import freight_pages as freight
from yrdgis.reports import measure_pages as measure
from yrdgis.reports import method_pages as method
from yrdgis.reports import network_pages as net
from yrdgis.reports import plan_pages as plan
from yrdgis.reports import question_pages as ask
from yrdgis.reports import value_pages as worth
from yrdgis.reports.context import Context
from yrdgis.reports.index import Figures
from yrdgis.reports.thumbnails import Canvas

if TYPE_CHECKING:
    import folium

__all__ = ["PAGES", "Page", "pages_of"]

_PLAN = ("规划", "The plan")
_MEASURES = ("测度", "Measures")
_BRIEFS = ("简报", "Briefs")
_BRIEFED = ("districts", "items", "sections", "projects", "project_links", "parameters", "road_links")
_BASIS = ("依据", "What it rests on")


@dataclass(frozen=True)
class Page:
    """One page: its file, its words, how its map and its picture are made, and when it makes sense.

    ``build`` gives a map, or the text of a page of words and tables; ``heading`` is that of the index under
    which it stands.
    """

    slug: str
    title_zh: str
    title: str
    text_zh: str
    text: str
    build: Callable[[Context], folium.Map | str]
    draw: Callable[[Context, Canvas], None]
    figures: Callable[[Context], Figures]
    needs: tuple[str, ...] = ("districts",)
    when: Callable[[Context], bool] = lambda context: True
    heading: tuple[str, str] = ("地图", "Maps")


def pages_of(context: Context) -> list[Page]:
    """Pages that the layers of a context can fill."""
    return [p for p in PAGES if all(name in context.layers for name in p.needs) and p.when(context)]


PAGES: tuple[Page, ...] = (
    Page(
        "region",
        "区域",
        "The area",
        "城市、区县、街道与镇、水域、省界与机场。",
        "Cities, districts, towns, water, provincial borders and airports.",
        net.region_page,
        net.draw_region,
        net.region_figures,
        ("cities", "districts"),
    ),
    Page(
        "projects",
        "项目",
        "Projects",
        "规划列名的项目与其他项目，按状态分；点开可见规划条文、状态、日期、来源与可信度。",
        "Projects that the plan names and others, by status; each cites its clause, dates, source and confidence.",
        net.projects_page,
        net.draw_projects,
        net.project_figures,
        ("districts", "projects"),
    ),
    Page(
        "network",
        "逐年路网",
        "The network by year",
        "铁路、公路与城市轨道，拖动年份即增减。",
        "Railways, highways and metro; move the year and they come and go.",
        net.network_page,
        net.draw_network,
        net.network_figures,
        ("districts", "rail_links", "rail_lines", "road_links"),
    ),
    Page(
        "times",
        "出行时间",
        "Travel times",
        "从中心城市到各区县与镇的门到门时间。",
        "Door to door from the core city to every district and town.",
        net.times_page,
        net.draw_times,
        net.times_figures,
        ("cities", "districts", "road_links", "parameters"),
    ),
    Page(
        "change-door",
        "变化：门到门",
        "Change, door to door",
        "从主要枢纽出发，规划前夕与当日相比：近了多少、经由哪个项目。",
        "From the main hub, plan-eve against this day: how much nearer, and through which project.",
        net.door_change_page,
        lambda c, canvas: net.draw_saved(c.change, c, canvas),
        lambda c: net.change_figures(c.change),
        ("cities", "districts", "road_links", "parameters", "projects"),
    ),
    Page(
        "change-rail",
        "变化：铁路",
        "Change, by rail",
        "从主要枢纽车站到各区县最近的车站，含进站、候车与换乘；规划前夕与当日相比。",
        "From the main hub station to the best station of each district, with process and changes; plan-eve against this day.",
        net.rail_change_page,
        lambda c, canvas: net.draw_saved(c.rail_change, c, canvas),
        lambda c: net.change_figures(c.rail_change),
        ("cities", "districts", "rail_links", "parameters", "projects"),
        lambda c: c.rail_change is not None,
    ),
    Page(
        "hinterlands",
        "港口腹地",
        "Hinterlands of the ports",
        "集装箱从各区县去哪个港口、走不走水路；在建航道与港区铁路会改变多少。均为假定运价下的估计，附区间。",
        "Which port boxes of each district go to, and whether by water; what canals being raised and port railways would "
        "shift. Estimates on assumed prices, with their range.",
        freight.hinterlands_page,
        freight.draw_hinterlands,
        freight.hinterland_figures,
        ("districts", "freight_terminals", "water_links", "road_links", "parameters", "projects"),
        when=freight.has_ports,
    ),
    Page(
        "ask",
        "提问",
        "Ask",
        "任选一地与一组项目：时间、节省与项目排序随即算出，不需网络。",
        "Choose a place and a set of projects: times, gains and a ranking follow at once, offline.",
        ask.question_page,
        ask.draw_question,
        ask.question_figures,
        ("cities", "districts", "road_links", "parameters", "projects", "project_links"),
        lambda c: c.kernel is not None and bool(c.kernel.projects),
    ),
    Page(
        "worth",
        "项目价值",
        "What each project is worth",
        "规划列名的铁路、公路与航道项目各值多少：单独、最后与相加等于合计的份额；不作用的说明原因。",
        "Worth of the plan's rail, highway and waterway projects: alone, last, and in shares that add up; zeros say why.",
        worth.worth_page,
        worth.draw_worth,
        worth.worth_figures,
        ("cities", "districts", "road_links", "parameters", "projects", "project_links"),
        worth.has_worth,
    ),
    Page(
        "worth-map",
        "项目价值地图",
        "Map of what projects are worth",
        "收益落在哪些区县：全部项目合计与价值最大的各项目；项目按份额着色。",
        "Where the gain falls, for all projects together and for each worth most; projects by their share.",
        worth.worth_map_page,
        worth.draw_worth,
        worth.worth_figures,
        ("cities", "districts", "road_links", "parameters", "projects", "project_links"),
        worth.gains_anything,
    ),
    Page(
        "who-gains",
        "谁受益",
        "Who gains from what",
        "各项目的份额按城市与区县居民归集。",
        "Shares of each project by the people of cities and districts.",
        worth.gains_page,
        worth.draw_worth,
        worth.worth_figures,
        ("cities", "districts", "road_links", "parameters", "projects", "project_links"),
        worth.has_worth,
    ),
    Page(
        "accessibility",
        "可达性",
        "Accessibility",
        "各区县一小时内可达的人口与平均时间，规划前夕与当日，附区间。",
        "People within an hour of each district and mean times, plan-eve against this day, with their range.",
        measure.access_page,
        measure.draw_access,
        measure.access_figures,
        ("cities", "districts", "road_links", "parameters"),
        heading=_MEASURES,
    ),
    Page(
        "isochrones",
        "等时圈",
        "Isochrones",
        "主枢纽30、60、90分钟内真正可达的范围，与规划前夕相比新增何处。",
        "What is truly within 30, 60 and 90 minutes of the main hub, and what was gained since plan-eve.",
        measure.reach_page,
        measure.draw_reach,
        measure.reach_figures,
        ("cities", "districts", "road_links", "parameters"),
        heading=_MEASURES,
    ),
    Page(
        "borders",
        "省界与连通度",
        "Borders and connectivity",
        "各段省界每10公里的通道数，省界对时间的影响，各市路网与铁路的密度与结构。",
        "Crossings per 10 km of each border, what a border adds to times, density and structure of roads and rail by city.",
        measure.borders_page,
        measure.draw_borders,
        measure.border_figures,
        ("cities", "districts", "borders", "road_links", "rail_links", "parameters"),
        heading=_MEASURES,
    ),
    Page(
        "cohesion",
        "同城化",
        "Cohesion",
        "毗邻镇对与跨省城镇圈有多像一个地方，固定标尺、附区间。",
        "How far pairs of towns and town circles live as one place, on fixed goalposts, with a band.",
        measure.cohesion_page,
        measure.draw_cohesion,
        measure.cohesion_figures,
        ("cities", "districts", "towns", "clusters", "cluster_members", "road_links", "parameters"),
        heading=_MEASURES,
    ),
    Page(
        "resilience",
        "中断影响",
        "What breaks",
        "逐一关闭公路与铁路区段、跨江跨海通道与浓雾组合，谁会变慢，谁会被隔断。",
        "Road and rail links, crossings and fog closed in turn: who gets slower, who is cut off.",
        closures.resilience_page,
        closures.draw_resilience,
        closures.resilience_figures,
        ("cities", "districts", "road_links", "water_bodies", "parameters"),
        heading=_MEASURES,
    ),
    Page(
        "goals",
        "时间目标",
        "Travel-time goals",
        "规划与研究提出的出行时间目标是否达到，附出处与区间。",
        "Whether the travel-time goals of plans and studies are met, with source and range.",
        closures.goals_page,
        closures.draw_goals,
        closures.goal_figures,
        ("cities", "districts", "goals", "road_links", "rail_links", "parameters"),
        heading=_MEASURES,
    ),
    Page(
        "clusters",
        "城镇圈与功能区",
        "Town clusters and zones",
        "毗邻镇对、跨省城镇圈与合作区，成员按三种读法；规划功能区。",
        "Pairs of towns, town circles and cooperation zones with members by reading; zones of the plan.",
        plan.clusters_page,
        plan.draw_clusters,
        plan.cluster_figures,
        ("districts", "clusters", "cluster_members"),
        heading=_PLAN,
    ),
    Page(
        "waterways",
        "航道与港口",
        "Waterways and ports",
        "航道按等级，港口、码头、船闸。",
        "Waterways by class; ports, terminals, locks.",
        plan.waterways_page,
        plan.draw_waterways,
        plan.water_figures,
        ("districts", "waterways", "water_links", "water_nodes"),
        heading=_PLAN,
    ),
    Page(
        "environment",
        "生态与能源",
        "Ecology and energy",
        "生态空间、水源地；能源设施按区县示意。",
        "Ecology and water sources; energy facilities by district.",
        plan.environment_page,
        plan.draw_environment,
        plan.environment_figures,
        ("districts", "ecology", "energy"),
        heading=_PLAN,
    ),
    Page(
        "plan-map",
        "条目地图",
        "Map of the plan's items",
        "规划条目所在之处，按现状着色；点开可见条文。",
        "Where the plan's items are, by what became of them; each cites its clause.",
        plan.items_page,
        plan.draw_items,
        plan.item_figures,
        ("districts", "items", "item_links", "sections", "projects", "project_links"),
        heading=_PLAN,
    ),
    Page(
        "progress",
        "规划进展",
        "Progress of the plan",
        "各章节条目的现状，与可查找的全部条文。",
        "What became of the items of each section, and every clause, to search.",
        plan.progress_page,
        plan.draw_items,
        plan.progress_figures,
        ("districts", "items", "item_links", "sections", "projects", "project_links"),
        heading=_PLAN,
    ),
    Page(
        "briefs-places",
        "各地简报",
        "Briefs of the places",
        "规划为每个城市与区县改变什么：时间、项目与条文。",
        "What the plan changes for each city and district: times, projects, clauses.",
        briefs.place_briefs,
        lambda c, canvas: net.draw_saved(c.change, c, canvas),
        lambda c: [("城市与区县", "cities and districts", str(len(c.layers["cities"]) + len(c.districts)))],
        (*_BRIEFED, "cities"),
        heading=_BRIEFS,
    ),
    Page(
        "briefs-projects",
        "项目简报",
        "Briefs of the projects",
        "每个项目的条文、状态、作用与受益最多的区县。",
        "Clause, status, effect of each project, and the districts that gain most.",
        briefs.project_briefs,
        net.draw_projects,
        lambda c: [("项目", "projects", str(len(c.layers["projects"])))],
        _BRIEFED,
        heading=_BRIEFS,
    ),
    Page(
        "briefs-clusters",
        "城镇圈简报",
        "Briefs of the town clusters",
        "成员（三种读法）、条文与成员之间的时间。",
        "Members by reading, clause, and times between the members.",
        briefs.cluster_briefs,
        plan.draw_clusters,
        lambda c: [("城镇圈与合作区", "clusters and zones", str(len(c.layers["clusters"])))],
        (*_BRIEFED, "clusters", "cluster_members"),
        heading=_BRIEFS,
    ),
    Page(
        "methods",
        "方法与参数",
        "Methods and parameters",
        "怎样算；每项参数的取值、区间与来源。",
        "How it is computed; value, range and source of every parameter.",
        method.methods_page,
        method.draw_methods,
        method.method_figures,
        ("districts", "parameters"),
        heading=_BASIS,
    ),
    Page(
        "validation",
        "校核",
        "Validation",
        "模型与公布的列车时刻、公路与航道里程之差。",
        "How far the model is from published train times, road and waterway distances.",
        method.validation_page,
        method.draw_validation,
        method.validation_figures,
        ("districts", "parameters", "rail_times", "road_links", "rail_links"),
        heading=_BASIS,
    ),
)
"""Pages in the order of the index."""
