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
# # What did the Shanghai-Suzhou-Huzhou railway change? 沪苏湖高铁改变了什么
#
# The plan of 2020 asked for it; it opened on 26 December 2024. Who got nearer to Hongqiao, by how much, and what would be
# lost without it?

# %%
import yrdgis as yg

area = yg.load()
area.clause("沪苏湖高铁")

# %% [markdown]
# ## Before and after 前后
#
# By rail, station to station, with station process and changes. "No measurable change" means less than the range of the
# assumptions.

# %%
eve, now = area.network("plan-eve"), area.network("today")
change = yg.compare(eve, now, origins="上海虹桥", destinations="districts", mode="rail")
change

# %%
nearer = change.frame.query("change == 'faster'").sort_values("saved_min", ascending=False)
nearer[
    [
        "to_name_zh",
        "time_before_min",
        "time_after_min",
        "saved_min",
        "saved_low_min",
        "saved_high_min",
        "project_name_zh",
    ]
].round(0)

# %%
change.map(by="project")

# %% [markdown]
# ## Without it 假如没有修
#
# The same day, the same other projects, only this one left out.

# %%
without = yg.compare(now.without("沪苏湖"), now, origins="上海虹桥", destinations="districts", mode="rail")
without.by_project()

# %% [markdown]
# ## Door to door 门到门
#
# By car nothing changed, and from door to door the car is often the faster. The railway counts where it beats it.

# %%
door = yg.compare(eve, now, origins="虹桥", destinations="湖州,南浔,宜兴,溧阳,安吉,德清,长兴")
door.frame[["to_name_zh", "time_before_min", "time_after_min", "change", "project_name_zh"]].round(0)

# %%
print(now.path("上海虹桥", "湖州", mode="rail").tell("zh"))
