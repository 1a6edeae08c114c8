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
# # A bridge closes 一座桥关闭了
#
# Fog, a ship, a repair: if one crossing shuts, who loses how much, and who can't get anywhere any more? And was it different
# on the eve of the plan?

# %%
import matplotlib.pyplot as plt
import pandas as pd

import yrdgis as yg
from yrdgis.reports import chinese_labels, ground

chinese_labels()
area = yg.load()
eve, now = area.network("plan-eve"), area.network("today")

# %% [markdown]
# ## Every named crossing in turn 逐一关闭
#
# One trip by each person a day, to districts by people and nearness, fixed before the closure. Minutes lost and people cut
# off are different things and stay apart.

# %%
crossings = yg.resilience(now, "crossings", range_=True)
table = crossings[
    ["name_zh", "name", "lost_person_min", "lost_person_min_low", "lost_person_min_high", "most_lost_min",
     "people_cut_off", "pairs_slower", "pairs_cut"]
].copy()  # fmt: skip
for column in [name for name in table if name.startswith("lost")]:
    table[column.replace("person_min", "million_min")] = table.pop(column) / 1e6
table.round(1)

# %%
lost = crossings[crossings["lost_person_min"] > 0].sort_values("lost_person_min")
figure, ax = plt.subplots(figsize=(9, 4.6), layout="constrained")
ax.barh(lost["name_zh"], lost["lost_person_min"] / 1e6, color="#c1121f")
ax.hlines(
    lost["name_zh"], lost["lost_person_min_low"] / 1e6, lost["lost_person_min_high"] / 1e6, color="#1f2a37"
)
ax.set(
    xlabel="百万人·分钟/日  million person-minutes a day",
    title="关闭一座过江过海通道的损失  What a closed crossing costs",
)
plt.show()

# %%
ax = ground(area.layers)
size = crossings.assign(wide=1.5 + 8 * crossings["lost_person_min"] / crossings["lost_person_min"].max())
size.plot(ax=ax, color="#c1121f", linewidth=size["wide"], zorder=4)
cut = size[size["people_cut_off"] > 0]
cut.plot(ax=ax, color="#1d2f6f", linewidth=4, zorder=5)
for row in lost.tail(4).itertuples():
    spot = row.geometry.representative_point()
    side = -1 if spot.x < 121 else 1  # labels away from each other
    ax.annotate(
        row.name_zh,
        (spot.x, spot.y),
        xytext=(12 * side, 0),
        textcoords="offset points",
        ha="right" if side < 0 else "left",
    )
ax.set_title("红：损失（线宽）；蓝：关闭后有人被隔断  Red: loss by width; blue: cuts people off")
plt.show()

# %% [markdown]
# ## The dearest one, seen from the other shore 最贵的一座
#
# The crossing whose closure costs most, from the place where its worst pair begins. Compared the other way round, from shut
# to open, the loss reads as minutes that the crossing saves, with a range, district by district.

# %%
worst = crossings.loc[crossings["lost_person_min"].idxmax()]
shut = now.closed(worst["closure_id"])
saves = yg.compare(shut, now, origins=worst["worst_from_id"])
print(worst["name_zh"], "/", worst["name"])
saves

# %%
saves.map(before=(f"{worst['name_zh']}关闭", f"{worst['name']} closed"), after=("畅通", "open"))

# %%
for network in (now, shut):
    print(network.path(worst["worst_from_id"], worst["worst_to_id"]).tell("zh"), "\n")

# %% [markdown]
# ## What the newer crossings are good for 新通道的用处
#
# The same crossing closed on the eve of the plan: has the region got more robust?

# %%
same = {worst["closure_id"]: worst["link_ids"].split(";")}
standing = set(eve.network.links["infra_id"])
same = {name: [link for link in links if link in standing] for name, links in same.items()}
pair = pd.concat(
    {"eve": yg.resilience(eve, same, range_=True), "now": yg.resilience(now, same, range_=True)},
    names=["day"],
).droplevel(1)
pair[
    ["lost_person_min_low", "lost_person_min", "lost_person_min_high", "lost_min_per_trip", "most_lost_min"]
].round(2)

# %%
ends = pair[["lost_person_min_low", "lost_person_min", "lost_person_min_high"]]
less = ends.loc["eve"] - ends.loc["now"]
reads = "less is lost" if (less > 0).all() else "more is lost" if (less < 0).all() else "no measurable change"
print(f"From the eve of the plan to today: {reads}.")

# %% [markdown]
# ## Fog shuts them together 大雾
#
# Crossings and ferries of one water close at once; what is cut off then is the lesson.

# %%
fog = yg.resilience(now, "fog")
fog[["name_zh", "name", "links", "people_cut_off", "most_lost_min", "pairs_cut"]].round(0)

# %% [markdown]
# ## What it rests on 依据
#
# Free flow: the crossings that stay open take the traffic without slowing, and everybody still travels. Queues are not in it.
# Only roads are closed here; trains go on.

# %%
pd.Series(crossings.attrs)[["as_of", "mode", "confidence", "undated_share", "drive_minutes_validated"]]
