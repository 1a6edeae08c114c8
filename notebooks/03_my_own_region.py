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
# # My own region 我自己的区域
#
# The area is data. A folder with a catalogue and a few tables is enough for a network, a skim and a map; what it lacks
# (schemas, parameters) comes from the layers that are shipped.

# %%
from pathlib import Path

import pandas as pd

region = Path("my_region")
for folder in ("zones", "nodes", "links"):
    (region / folder).mkdir(parents=True, exist_ok=True)

source = {"source_public": "drawn by hand for this notebook, 2026", "confidence": "low"}

# %% [markdown]
# ## Stations, a line, and its links 车站、线路、区段

# %%
stations = pd.DataFrame(
    {
        "station_id": ["station:a", "station:b", "station:c"],
        "name": ["Alpha", "Beta", "Gamma"],
        "name_zh": ["甲站", "乙站", "丙站"],
        "lon": [120.0, 120.2, 120.4],
        "lat": [31.0, 31.05, 31.0],
        "coord_origin": "osm",
        "city_zh": "示例市",
        "kind": "station",
        "status": "operating",
        **source,
    }
)
roads = pd.DataFrame(
    {
        "node_id": ["roadnode:a", "roadnode:b", "roadnode:c"],
        "name": ["Alpha junction", "Beta junction", "Gamma junction"],
        "name_zh": ["甲互通", "乙互通", "丙互通"],
        "lon": [120.01, 120.21, 120.41],
        "lat": [31.0, 31.04, 31.0],
        "kind": "interchange",
        "coord_origin": "osm",
        **source,
    }
)
links = pd.DataFrame(
    {
        "link_id": ["roadlink:x/a--b", "roadlink:x/b--c"],
        "route_id": "road:x",
        "seq": [1, 2],
        "from_node_id": ["roadnode:a", "roadnode:b"],
        "to_node_id": ["roadnode:b", "roadnode:c"],
        "length_km": [20.5, 20.4],
        "free_speed_kph": 100,
        "facility_type": "expressway",
        "status": "operating",
        **source,
    }
)
routes = pd.DataFrame(
    {
        "route_id": ["road:x"],
        "ref": "X1",
        "name": "X Expressway",
        "name_zh": "示例高速",
        "category": "expressway",
        "free_speed_kph": 100,
        "status": "operating",
        **source,
    }
)
tables = {
    "rail_stations": ("nodes/rail_stations.csv", "point", stations),
    "road_nodes": ("nodes/road_nodes.csv", "point", roads),
    "road_routes": ("links/road_routes.csv", "none", routes),
    "road_links": ("links/road_links.csv", "line", links),
}
for path, _, frame in tables.values():
    frame.to_csv(region / path, index=False)
pd.DataFrame(
    [
        (name, name, name, geometry, path, name, "2026-11-01", "drawn by hand", "CC0-1.0", "")
        for name, (path, geometry, _) in tables.items()
    ],
    columns=[
        "layer_id",
        "title",
        "title_zh",
        "geometry",
        "path",
        "schema",
        "valid_on",
        "source",
        "licence",
        "attribution",
    ],
).to_csv(region / "catalog.csv", index=False)

# %% [markdown]
# ## Check it 检查
#
# Everything that is wrong is told at once, with what to do.

# %%
from yrdgis.io import check_layers

for finding in check_layers(region):
    print(finding.severity, finding.layer, finding.message)

# %% [markdown]
# ## Use it 使用

# %%
import yrdgis as yg

mine = yg.load(region)
now = mine.network("today")
now

# %%
now.skim("甲站,乙站,丙站", mode="drive")

# %%
print(now.path("甲站", "丙站", mode="drive").tell("en"))

# %% [markdown]
# ## Look at it 看一看

# %%
m = yg.maps.new_map("My own region", "我自己的区域", as_of=mine.valid_on, source=source["source_public"])
yg.maps.add_lines(mine.road_links, m, name="Roads", name_zh="道路", style="road.expressway")
names = {
    "fields": ["name_zh", "name"],
    "levels": [{"size": [13, 15], "color": "#1f2a37", "minzoom": 0, "order": 0}],
}
yg.maps.add_points(mine.rail_stations, m, name="Stations", name_zh="车站", style="station", label=names)

# %% [markdown]
# What it rests on: a drawing. Its rows say so, and each figure carries that on.

# %%
now.skim("甲站", "丙站", mode="drive").attrs["confidence"]
