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
# # The region and its layers 区域与图层
#
# What does yrdgis know of the Shanghai metropolitan area "1+8", from whom, and how sure is it?

# %%
import yrdgis as yg

area = yg.load()
area

# %% [markdown]
# ## What there is 有哪些图层
#
# Every layer is a plain file with a source, a licence and the day for which it holds.

# %%
import pandas as pd

catalog = pd.DataFrame(
    [
        (info.title_zh, info.title, len(area.layers[info.layer_id]), info.licence)
        for info in area.layers.catalog
    ],
    columns=["图层", "layer", "rows", "licence"],
)
catalog

# %% [markdown]
# ## The cities 城市

# %%
cities = area.cities
cities[["name_zh", "name", "pop_2020", "gdp_2020_100m_cny"]].assign(
    people_m=lambda frame: frame["pop_2020"].astype(float) / 1e6
)

# %%
area.map()

# %% [markdown]
# ## How sure it is 有多可信
#
# Each row says how sure it is. Links on which a travel time rests pass their confidence on to it.

# %%
pd.DataFrame(
    {
        name: area.layers[name]["confidence"].value_counts()
        for name in ("rail_stations", "rail_links", "road_links", "projects")
    }
).fillna(0).astype(int).reindex(["high", "medium", "low"])
