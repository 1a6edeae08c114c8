# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # My own county's roads 我自己县里的路
#
# The strategic network knows main roads. What changes for villages near a provincial border if I bring every street from
# OpenStreetMap, and which roads end at the border?
#
# A real extract is a file from Geofabrik or the Overpass API, read in the same way. So that this notebook needs no network, it
# draws its own: **the streets below are made up**, on the ground of 嘉善, where Zhejiang meets Shanghai.

# %%
import xml.etree.ElementTree as ET
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from shapely import LineString

import yrdgis as yg
from yrdgis.metrics.deadends import dead_ends
from yrdgis.reports import chinese_labels, ground

chinese_labels()
area = yg.load()
border = area.borders.set_index("border_id").geometry["border:shanghai-zhejiang"]

# %% [markdown]
# ## A drawn county, as an .osm file 画一个县
#
# Streets on a grid. No street crosses the border but the main roads: that is how such borders used to look.

# %%
lons, lats = np.linspace(120.85, 121.08, 20), np.linspace(30.80, 30.97, 17)
main_rows, main_columns = {5, 12}, {5, 15}
villages = {(8, 2): "西村", (9, 11): "近界村", (9, 16): "东村", (14, 8): "北村"}

osm = ET.Element("osm", version="0.6", generator="drawn for a notebook")
number = {
    (row, column): 1 + row * len(lons) + column for row in range(len(lats)) for column in range(len(lons))
}
for (row, column), one in number.items():
    ET.SubElement(osm, "node", id=str(one), lat=f"{lats[row]:.6f}", lon=f"{lons[column]:.6f}")


def street(places: list[tuple[int, int]], highway: str, name: str) -> None:
    """Ways along places of the grid; a street that is no main road breaks off at the border."""
    pieces: list[list[tuple[int, int]]] = [[places[0]]]
    for start, end in pairwise(places):
        hop = LineString([(lons[column], lats[row]) for row, column in (start, end)])
        if highway != "primary" and hop.intersects(border):
            pieces.append([end])
        else:
            pieces[-1].append(end)
    for piece in pieces:
        if len(piece) > 1:
            way = ET.SubElement(osm, "way", id=str(1000 + len(osm)))
            for place in piece:
                ET.SubElement(way, "nd", ref=str(number[place]))
            ET.SubElement(way, "tag", k="highway", v=highway)
            ET.SubElement(way, "tag", k="name", v=name)


for row in range(len(lats)):
    kind = "primary" if row in main_rows else "secondary" if row % 3 == 0 else "residential"
    street([(row, column) for column in range(len(lons))], kind, f"横{row}路")
for column in range(len(lons)):
    kind = "primary" if column in main_columns else "residential"
    street([(row, column) for row in range(len(lats))], kind, f"纵{column}路")
ET.ElementTree(osm).write("county.osm", encoding="utf-8", xml_declaration=True)

# %% [markdown]
# ## Read it, and join it to the strategic network 读入并接入战略路网
#
# The report says what was assumed. Expressway nodes near a through road are joined to it.

# %%
county = area.import_osm("county.osm")
for line in county.report:
    print(line)
county.network

# %%
now = area.network("today")
mine = now.join(county)
mine.network

# %%
shapes = county.shapes()
joints = mine.network.links[
    mine.network.links.index.str.startswith("joinlink:") & ~mine.network.links.index.str.endswith("/back")
]
nodes = mine.network.nodes
box = (120.82, 30.78, 121.11, 30.99)
ax = ground(area.layers, bounds=box)
roads = area.road_links[area.road_links["status"] == "operating"]
roads.plot(ax=ax, color="#00795f", linewidth=2.2, zorder=3, label="战略路网 strategic")
for kind, (colour, wide) in {
    "residential": ("#b9b2a3", 0.7),
    "secondary": ("#e59a00", 1.2),
    "primary": ("#c2410c", 1.8),
}.items():
    shapes[shapes["osm_class"] == kind].plot(ax=ax, color=colour, linewidth=wide, zorder=4, label=kind)
for joint in joints.itertuples():
    ends = nodes.loc[[joint.from_node_id, joint.to_node_id]]
    ax.plot(ends["lon"], ends["lat"], color="#1d2f6f", linewidth=2, zorder=5)
own = nodes.loc[[f"osm:{number[place]}" for place in villages]].assign(name_zh=list(villages.values()))
ax.scatter(own["lon"], own["lat"], color="#1f2a37", zorder=6)
for village in own.itertuples():
    ax.annotate(
        village.name_zh, (village.lon, village.lat), xytext=(5, 5), textcoords="offset points", zorder=7
    )
ax.legend(loc="upper right")
ax.set_title("画出的县城路网接入战略路网（蓝）  Drawn streets joined to the strategic roads (blue)")
plt.show()

# %% [markdown]
# ## From the villages, with and without their streets 有街道与没有街道
#
# Without the detailed network a point is led to the nearest main roads over assumed local streets, which know no border.

# %%
goals = {
    "虹桥 Hongqiao": "station:shanghai-hongqiao",
    "嘉善 Jiashan": "district:330421",
    "枫泾 Fengjing": "town:jinshan-fengjing",
}
points = [f"{village.lon:.4f}/{village.lat:.4f}" for village in own.itertuples()]
table = pd.DataFrame(
    {
        how: network.skim(starts, list(goals.values()), mode="drive")["time_min"]
        for how, network, starts in (("streets_min", mine, list(own.index)), ("strategic_min", now, points))
    }
).set_axis(pd.MultiIndex.from_product([own["name_zh"], goals], names=["village", "to"]))
table["differ_min"] = table["streets_min"] - table["strategic_min"]
table.round(1)

# %% [markdown]
# ## From village to village over the border 村到村，跨省界

# %%
pairs = mine.skim(list(own.index), mode="drive")
called = own["name_zh"].to_dict()
pairs.pivot(index="from_id", columns="to_id", values="time_min").rename(index=called, columns=called).round(1)

# %% [markdown]
# ## Roads that end at the border 断头路
#
# Found by shape and topology, ranked by what joining them would save between their two ends. Every row is a suggestion for a person who
# knows the place.

# %%
ends = dead_ends(county, area.borders, layers=area.layers)
likely = ends[ends["likely"]]
likely[
    ["rank", "kind", "name_zh", "partner_name_zh", "gap_m", "before_min", "after_min", "saved_min", "score"]
].round(2).head(10)

# %%
ax = ground(area.layers, bounds=box)
shapes.plot(ax=ax, color="#b9b2a3", linewidth=0.7, zorder=2)
likely.plot(ax=ax, column="saved_min", cmap="viridis_r", linewidth=5, zorder=4, legend=True,
            legend_kwds={"label": "接通可节省 saved if joined, min", "shrink": 0.6})  # fmt: skip
ax.set_title("断头路及其缺口（画出的路网）  Dead ends and their gaps, drawn streets")
plt.show()

# %% [markdown]
# ## What it rests on 依据
#
# The streets are drawn, so no figure here says anything of 嘉善. With a real extract they rest on the tagged limits, or on
# assumed speeds of their class where there are none; signals and turn restrictions are not modelled.

# %%
print(
    f"{len(joints)} joints; {county.network.links['assumed'].mean():.0%} of the streets have an assumed speed; "
    f"confidence of the streets: {county.network.confidence}, of the whole: {mine.network.confidence}."
)
