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
# # The border and the town clusters 省界与城镇圈
#
# Does a provincial border still cost time, and have the town clusters that lie across it grown together since the eve of
# the plan?

# %%
import matplotlib.pyplot as plt
import pandas as pd

import yrdgis as yg
from yrdgis.reports import chinese_labels, ground

chinese_labels()
area = yg.load()
eve, now = area.network("plan-eve"), area.network("today")

# %% [markdown]
# ## Crossings 通道
#
# How many roads and railways cross each border, per 10 km of it. A count has no range; "below resolution" says that the
# strategic network has main roads alone, so the true count of roads is higher on both days.

# %%
crossings = pd.concat({"eve": yg.borders(eve), "now": yg.borders(now)}, names=["day"]).reset_index("day")
every = crossings[crossings["class"] == "all"]
every.pivot(index=["mode", "name_zh", "resolution"], columns="day", values=["crossings", "per_10_km"]).round(
    2
)

# %% [markdown]
# The dead-end roads (断头路) that the plan wants joined are part of that.

# %%
joints = area.projects(in_plan=True, mode="road")
joints = joints[joints["project_id"].str.contains("dead-end")]
joints[["name_zh", "status", "opened_expected", "source_public", "confidence"]]

# %%
ax = ground(area.layers, bounds=(120.6, 30.55, 121.5, 31.8))
lines = every.query("day == 'now' and mode == 'road'").set_geometry("geometry")
lines.plot(ax=ax, column="per_10_km", cmap="OrRd",
    vmin=0, linewidth=4, zorder=4, legend=True,
           legend_kwds={"label": "每10公里干线公路通道  main-road crossings per 10 km", "shrink": 0.6})  # fmt: skip
colours = {"operating": "#1b7837", "under_construction": "#d98e04"}
for status, group in joints[joints.geometry.notna()].groupby("status"):
    colour = colours.get(status, "#8a94a3")
    spots = group.representative_point()
    spots.plot(ax=ax, color=colour, markersize=60, edgecolor="white", zorder=6, label=status)
near = area.districts[area.districts.intersects(area.borders.union_all().buffer(0.01))]
for seat in near.itertuples():
    ax.text(seat.seat_lon, seat.seat_lat, seat.name_zh, size=8, color="#6b6478", ha="center", clip_on=True)
ax.legend(title="断头路 dead-end roads", loc="upper left")
ax.set_title(f"省界通道与断头路  Crossings and dead-end roads, {area.valid_on}")
plt.show()

# %% [markdown]
# ## What the border itself costs 省界本身的代价
#
# Minutes by car of towns 10 to 60 km apart, with distance, water, other cities and the cities' own effects held apart: the
# estuary is not the border. The error comes from permuting which pairs of cities a border runs between.

# %%
penalty = {"eve": yg.border_penalty(eve), "now": yg.border_penalty(now)}
cost = pd.DataFrame(
    {day: [one.percent, *one.percent_range, one.p, one.pairs, one.cut] for day, one in penalty.items()},
    index=["percent", "low", "high", "p", "town pairs", "pairs without a way"],
).T
cost["reads"] = (cost["low"] > 0).map({True: "costs time", False: "no measurable cost"})
cost.round(2)

# %%
apart = cost["percent"]["eve"] - cost["percent"]["now"]
error = (cost["high"] - cost["low"]).min() / 2
print(
    f"From the eve to today the estimate moved by {-apart:+.1f} points, its error is {error:.1f}: "
    f"{'no measurable change' if abs(apart) < error else 'a change'} of the border by itself."
)

# %% [markdown]
# ## The town clusters 城镇圈
#
# Cohesion (同城化) from 0 to 100: minutes between members, the worst pair, to their own centres, to Shanghai, on fixed
# goalposts. Hollow: half the pairs or more are nearer than the network resolves, so read with care. Lines: band of
# sensitivity today.

# %%
index = pd.concat({"eve": yg.cohesion(eve), "now": yg.cohesion(now)}, names=["day"]).reset_index("day")
order = {"official_plan": 0, "plan_words": 1, "other_sources": 2}
index = index[index["kind"].isin(["circle", "pair"])].sort_values("reading", key=lambda s: s.map(order))
index = index.drop_duplicates(["day", "cluster_id"]).sort_values(["kind", "cluster_id"])
ends = index.pivot(index=["kind", "name_zh"], columns="day", values=["index_low", "index", "index_high"])
risen = ends.xs("now", axis=1, level="day") - ends.xs("eve", axis=1, level="day")
table = ends["index"].assign(risen_by=risen["index"])
# each end of the assumptions against the same end; an end at 100 or 0 can't move
table["reads"] = (risen >= 0).all(axis=1) & (risen["index"] > 0)
table["reads"] = table["reads"].map({True: "nearer", False: "no measurable change"})
table.sort_values("risen_by", ascending=False).round(1)

# %%
figure, ax = plt.subplots(figsize=(10, 5.5), layout="constrained")
today = index[index["day"] == "now"].reset_index(drop=True)
before = index[index["day"] == "eve"].reset_index(drop=True)
ax.hlines(today.index, today["index_low"], today["index_high"], color="#c4c9d0", linewidth=5, zorder=1)
ax.hlines(today.index, before["index"], today["index"], color="#1f2a37", zorder=2)
ax.scatter(before["index"], before.index, color="#8a94a3", marker="|", s=120, zorder=3, label="eve 规划前夕")
face = today["resolution"].eq("").map({True: "#1b7837", False: "white"})
ax.scatter(today["index"], today.index, c=face, edgecolor="#1b7837", s=60, zorder=4, label="now 今日")
ax.set_yticks(today.index, today["name_zh"])
ax.set(
    xlabel="同城化指数 cohesion index, 0–100",
    title="城镇圈与毗邻镇对  Circles and pairs of towns across the border",
)
ax.legend(loc="lower left")
plt.show()

# %%
from yrdgis.maps.clusters import clusters

clusters(area.layers)

# %% [markdown]
# ## What it rests on 依据
#
# Town pairs are near, and near pairs go by roads that the strategic network lacks. Notebook 09 joins a detailed network.

# %%
pd.DataFrame({"crossings": yg.borders(now, ["road"]).attrs, "penalty": penalty["now"].meta}).loc[
    ["as_of", "confidence", "undated_share", "rests_on"]
]

# %%
inside = ((before["index"] >= today["index_low"]) & (before["index"] <= today["index_high"])).sum()
print(f"{inside} of {len(today)} clusters had their index of the eve inside the band of today.")
