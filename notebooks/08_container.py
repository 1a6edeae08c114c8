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
# # A container's way from Huzhou to Yangshan 一只箱子从湖州到洋山
#
# A loaded box leaves a works in 湖州 for the deep-water port 洋山. By which chain of truck, train, barge and ship, in what time,
# at what price, with how much CO2?

# %%
import matplotlib.pyplot as plt
import pandas as pd

import yrdgis as yg
from yrdgis.reports import chinese_labels

chinese_labels()
area = yg.load()
now = area.network("today")

# %% [markdown]
# ## Three answers, one for each wish 快、省、低碳
#
# The fastest, the cheapest and the cleanest chain. Canal barges do not go out to 洋山: they transship.

# %%
wishes = {"快 fastest": "total", "省 cheapest": "cost", "低碳 cleanest": "co2"}
ways = {
    wish: now.path("湖州", "洋山", mode="freight", impedance=impedance) for wish, impedance in wishes.items()
}
pd.DataFrame({wish: way.meta for wish, way in ways.items()}).T[
    ["time_min", "cost_cny_teu", "co2_kg_teu", "distance_km", "confidence"]
].assign(hours=lambda frame: (frame.pop("time_min").astype(float) / 60).round(1))

# %%
for wish, way in ways.items():
    print(f"{wish}\n{way.tell('zh')}\n")

# %%
print(ways["低碳 cleanest"].tell("en"))

# %%
yg.maps.way_map(
    area.layers,
    {wish: now.lines(way) for wish, way in ways.items()},
    title="Huzhou to Yangshan: three chains",
    title_zh="湖州到洋山：三条运输链",
)

# %% [markdown]
# ## All that none beats 帕累托集
#
# Every chain that no other beats in time, money and CO2 at once; what is alike within 5 % counts once.

# %%
chains = yg.chains(now, "湖州", "洋山", tolerance=0.05)
chains["main"] = (
    chains["carriers"]
    .str.split(";")
    .map(
        lambda parts: next(
            (p for p in parts if p.partition("-")[0] in ("barge", "train", "river_sea", "yangtze")), "truck"
        )
    )
)
chains.assign(hours=(chains["time_min"] / 60).round(1))[["hours", "cost_cny_teu", "co2_kg_teu", "carriers"]]

# %%
figure, ax = plt.subplots(figsize=(9, 5), layout="constrained")
for main, group in chains.groupby("main"):
    ax.scatter(group["time_min"] / 60, group["cost_cny_teu"], s=group["co2_kg_teu"], alpha=0.7, label=main)
ax.set(
    xlabel="小时 hours, with waits, handling and port dwell",
    ylabel="元/标箱 yuan per TEU",
    title="没有被全面超越的运输链，面积为二氧化碳  Chains that none beats; area: CO₂",
)
legend = ax.legend(title="主要运段 main carrier")
for handle in legend.legend_handles:
    handle.set_sizes([80])
plt.show()

# %% [markdown]
# ## Where the hours go 时间花在哪里

# %%
parts = pd.concat({wish: way.legs for wish, way in ways.items()}, names=["wish"]).reset_index("wish")
hours = parts.groupby("wish", sort=False)[["in_vehicle_min", "wait_min", "process_min"]].sum() / 60
hours.columns = ["途中 under way", "等候 waiting", "装卸过闸 handling, locks"]
ax = hours.plot.barh(stacked=True, figsize=(9, 2.8), color=["#00795f", "#c9d6df", "#e59a00"])
ax.invert_yaxis()
ax.set(xlabel="小时 hours", ylabel="")
ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.22), ncols=3)
plt.show()

# %% [markdown]
# ## And would the box go to Yangshan at all? 会选洋山吗
#
# How boxes from 湖州 would divide among the main ports on the money and hours of the way there alone, with the range of the
# assumptions.

# %%
ports = yg.hinterland(now, "湖州").set_index("to_name_zh").sort_values("share")
ports[["to_name", "share", "share_low", "share_high", "share_truck", "share_water", "share_rail"]].round(2)

# %%
ax = ports["share"].mul(100).plot.barh(figsize=(9, 2.8), color="#1f6fb2")
ax.hlines(range(len(ports)), ports["share_low"] * 100, ports["share_high"] * 100, color="#1f2a37")
ax.set(xlabel="% 占湖州箱量，横线为参数区间  of the boxes of Huzhou; lines: range", ylabel="")
plt.show()

# %% [markdown]
# ## What did the plan change? 规划改变了什么
#
# The same way on the eve of the plan and today, with the range of the assumptions.

# %%
eve = area.network("plan-eve")
rows = {}
for wish, impedance in wishes.items():
    change = yg.compare(eve, now, origins="湖州", destinations="洋山", mode="freight", impedance=impedance)
    rows[wish] = change.frame.iloc[0]
pd.DataFrame(rows).T[
    [
        "time_before_min",
        "time_after_min",
        "saved_low_min",
        "saved_min",
        "saved_high_min",
        "change",
        "project_name_zh",
    ]
]

# %% [markdown]
# ## What it rests on 依据
#
# Prices, waits and port dwell are assumed: rows of `layers/parameters/parameters.csv`, each with its range and source. The
# shares know nothing of sailings, services and contracts.

# %%
assumed = pd.concat([way.legs for way in ways.values()])["assumed"]
print(
    f"{assumed.mean():.0%} of the legs rest on assumed figures; worst confidence: {ways['快 fastest'].meta['confidence']}."
)
print("shares:", ports.attrs["confidence"], "-", ports.attrs["assumed"])
