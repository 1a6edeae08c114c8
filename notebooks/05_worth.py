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
# # Which projects are worth most, and to whom? 哪些项目最值，惠及谁
#
# The plan names many projects. Which of them brings people nearer to each other, over the network of its eve, by how much,
# and the people of which city?

# %%
import yrdgis as yg

area = yg.load()
named = area.projects(in_plan=True)
eve = area.network("plan-eve")
named.groupby(["mode", "effect_kind", "status"]).size().rename("projects").reset_index()

# %% [markdown]
# ## The joint gain and the shares 合计与份额
#
# Minutes per trip, door to door, over all pairs of districts; trips by people and nearness, fixed before. A project that only
# works with others gets its Shapley share of what they do together: the mean of what it adds over all orders, so that shares
# add up to the joint gain. Lines in the chart are the range of the parameters.

# %%
worth = yg.value(named, base=eve)
print(worth)
ax = worth.plot()
# %%
acting = worth.frame[worth.frame["worth"] != 0]
acting[
    [
        "name_zh",
        "name",
        "worth",
        "worth_low",
        "worth_high",
        "share",
        "put_in",
        "take_out",
        "pairs",
        "most_saved",
    ]
].round(3)

# %% [markdown]
# `put_in` is what a project does alone, `take_out` what would be lost without it when all the others stand. Where the first is
# nothing and the second is not, it completes others.

# %%
worth.complements()[["name_zh", "other_name_zh", "interaction"]]

# %% [markdown]
# ## To whom 惠及谁

# %%
ax = worth.by_city().plot()
# %%
worth.map()

# %% [markdown]
# Per head it may look different: above 1, a city gains more than its share of the people.

# %%
people = area.cities.set_index("city_id")["pop_2020"].astype(float)
gain = worth.by_city().frame.sum()
table = area.cities.set_index("city_id")[["name_zh", "name"]].assign(
    share_of_gain=gain / gain.sum(), share_of_people=people / people.sum()
)
table["gain_over_people"] = table["share_of_gain"] / table["share_of_people"]
table.sort_values("gain_over_people", ascending=False).round(3)

# %% [markdown]
# ## Those without effect, and why 无作用者及其原因
#
# Nothing here says that a project is useless: this measure sees minutes between districts in free flow. Capacity, freight and
# a village road to the next village lie outside of it.

# %%
still = worth.frame[worth.frame["worth"] == 0]
still.groupby(["reason_zh", "reason"])["name_zh"].agg(projects="size", such_as="first").reset_index()

# %% [markdown]
# By public transport alone, without the car as a rival: not every pair has a way, so the unit is the share of people reached.

# %%
rail = yg.value(area.projects(in_plan=True, mode="rail"), base=eve, mode="public", range_=False)
print(rail)
rail.frame.query("worth != 0")[["name_zh", "worth", "share", "newly_connected"]].round(3)

# %% [markdown]
# ## What it rests on 依据

# %%
told = (
    "measure",
    "unit",
    "method",
    "exact",
    "base",
    "as_of",
    "mode",
    "places",
    "pairs_without_way",
    "confidence",
)
print({key: worth.meta[key] for key in told})
unsure = acting[(acting["worth_low"] <= 0) & (acting["worth_high"] >= 0)]
print(
    f"{len(unsure)} of {len(acting)} that act may be worth nothing at an end of the range: no measurable change."
)
