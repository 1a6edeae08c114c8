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
# # The 90-minute circle 九十分钟圈
#
# How much land and how many people lie within 90 minutes of Hongqiao, door to door: on the eve of the plan, today, and in
# 2030 if what is being built opens when it is expected?

# %%
import matplotlib.pyplot as plt
import pandas as pd

import yrdgis as yg
from yrdgis.reports import chinese_labels, ground

chinese_labels()
area = yg.load()
networks = {day: area.network(day) for day in ("plan-eve", "today", "2030")}

# %% [markdown]
# ## The areas 范围
#
# Level sets of a surface of least minutes: the network as far as it may be left, then over land; water is crossed along
# links alone. Cells of 500 m are quick; leave `cell_m` out for the finer default. The range takes all assumptions
# at their ends.

# %%
circles = {
    day: yg.isochrones(network, "虹桥", [30, 60, 90], cell_m=500, range_=True)
    for day, network in networks.items()
}
km2 = pd.concat(circles, names=["day"]).drop(columns=["geometry", "origins"]).reset_index("day")
km2.pivot(index="day", columns="cutoff_min", values=["area_low_km2", "area_km2", "area_high_km2"]).loc[
    list(circles)
].round(0)

# %%
figure, axes = plt.subplots(1, 3, figsize=(13, 5.6), layout="constrained")
rings = {90: "#7fc97a", 60: "#31688e", 30: "#2d1e5f"}
for ax, (day, circle) in zip(axes, circles.items(), strict=True):
    ground(area.layers, ax)
    for minutes, colour in rings.items():
        circle[circle["cutoff_min"] == minutes].plot(ax=ax, color=colour, alpha=0.75, zorder=2)
    ax.set_title(f"{day}  {circle.attrs['as_of']}{'  预测 forecast' if circle.attrs['forecast'] else ''}")
handles = [plt.Rectangle((0, 0), 1, 1, color=colour, alpha=0.75) for colour in rings.values()]
figure.legend(handles, [f"≤ {minutes} 分钟 min" for minutes in rings], loc="outside lower center", ncols=3)
plt.show()

# %% [markdown]
# ## What is new, and where 新增在哪里
#
# Gained between today and 2030, on a map that can be switched and zoomed.

# %%
later = yg.reach_change(networks["today"], networks["2030"], "虹桥", [90], cell_m=500)
yg.maps.isochrone_map(area.layers, {day: circles[day] for day in ("today", "2030")}, change=later)

# %% [markdown]
# ## People 人口
#
# Land is not people. A district counts as reached when its seat is, so people come in steps; the range says how far the
# steps may move.

# %%
reach = pd.concat({day: yg.accessibility(network, "虹桥") for day, network in networks.items()})
reach = reach.droplevel(1)
people = pd.DataFrame(
    {minutes: reach[f"within_{minutes}_min"].astype(float) / 1e6 for minutes in (30, 60, 90)}
)
people

# %%
ax = people.plot.bar(rot=0, color=list(rings.values())[::-1], figsize=(9, 4))
for at, minutes in enumerate(people.columns):
    low, high = (reach[f"within_{minutes}_min_{end}"].astype(float) / 1e6 for end in ("low", "high"))
    ax.vlines([day + (at - 1) / 6 for day in range(len(people))], low, high, color="#8a94a3")
ax.set(
    ylabel="百万人 million people", title="从虹桥门到门可达人口，竖线为参数区间  People reached; lines: range"
)
ax.legend(title="分钟内 within, min", loc="center left", bbox_to_anchor=(1, 0.5))
plt.show()

# %% [markdown]
# ## Is the change measurable? 变化可测吗
#
# The ranges of two days overlap widely, since both rest on the same assumptions. So each end is held against the same end:
# a change counts if it has one sign at the low end, the value and the high end.


# %%
def changed(before: str, after: str) -> pd.DataFrame:
    """Change at the low end, the value and the high end, of land in km2 and people in millions."""
    ends = {}
    for end in ("_low", "", "_high"):
        land = [circles[day].set_index("cutoff_min").loc[90, f"area{end}_km2"] for day in (before, after)]
        count = [reach.loc[day, f"within_90_min{end}"] / 1e6 for day in (before, after)]
        ends[end.strip("_") or "value"] = {"land_km2": land[1] - land[0], "people_m": count[1] - count[0]}
    out = pd.DataFrame(ends)
    sure = (out > 0).all(axis=1) | (out < 0).all(axis=1)
    return out.assign(reads=sure.map({True: "changed", False: "no measurable change"}))


pd.concat({f"{a} → {b}": changed(a, b) for a, b in (("plan-eve", "today"), ("today", "2030"))}).round(2)

# %% [markdown]
# District by district, with the same rule, and through which project.

# %%
change = yg.compare(networks["plan-eve"], networks["2030"], origins="虹桥")
inside = change.frame.query("time_after_min <= 90 and not time_before_min <= 90")
print(change)
inside[["to_name_zh", "time_before_min", "time_after_min", "change", "project_name_zh"]].round(0)

# %% [markdown]
# ## What it rests on 依据
#
# Driving minutes were not validated, the urban leg is a parameter, and 2030 is a forecast: expected openings, no evidence yet.

# %%
pd.DataFrame(circle.attrs for circle in circles.values())[
    ["as_of", "forecast", "confidence", "undated_share", "drive_minutes_validated", "cell_m"]
]
