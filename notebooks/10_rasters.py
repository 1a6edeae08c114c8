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
# # Rasters 栅格
#
# Minutes to every cell rather than to a seat: how many people of each district live within an hour of Hongqiao, what did they
# gain since the eve of the plan, and can another program read the result?

# %%
import geopandas as gpd
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from rasterio.features import rasterize

import yrdgis as yg
from yrdgis.io.raster import Grid, grid_over, open_raster, read_window, write_cog
from yrdgis.metrics.isochrones import write_raster
from yrdgis.metrics.raster import gain_grid, people, zonal
from yrdgis.reports import chinese_labels
from yrdgis.settings import METRIC_CRS

chinese_labels()
area = yg.load()
eve, now = area.network("plan-eve"), area.network("today")
districts = area.districts.set_index("district_id")
flat = districts.to_crs(METRIC_CRS)

# %% [markdown]
# ## A surface of minutes 分钟面
#
# Least cost over land and network, door to door, in cells of 500 m, up to two hours and a half.

# %%
before, after = (network.surface("虹桥", limit_min=150, cell_m=500) for network in (eve, now))
after


# %%
def show(values: np.ndarray, title: str, label: str, **colours: object) -> None:
    """A raster over the districts, in metres."""
    figure, ax = plt.subplots(figsize=(8, 7), layout="constrained")
    high, wide = after.land.is_land.shape
    cell = after.land.cell_m
    extent = (
        after.land.west,
        after.land.west + wide * cell,
        after.land.north - high * cell,
        after.land.north,
    )
    image = ax.imshow(values, extent=extent, interpolation="nearest", **colours)
    flat.boundary.plot(ax=ax, color="#1f2a37", linewidth=0.3)
    ax.set(xticks=[], yticks=[], xlabel="", ylabel="", title=title, facecolor="#eef1f4")
    figure.colorbar(image, ax=ax, shrink=0.6, label=label)
    plt.show()


show(after.minutes, "从虹桥门到门  From Hongqiao, door to door", "分钟 min", cmap="viridis", vmax=150)

# %% [markdown]
# ## As a file that others read 写成他人可读的文件
#
# A Cloud-Optimised GeoTIFF carries its CRS, unit, overviews and what it rests on; QGIS, GDAL and rasterio open it.

# %%
write_raster(after, "minutes.tif")
gain = gain_grid(before, after)
write_cog(
    gain,
    "gain.tif",
    unit="min",
    title="minutes saved",
    tags={"before": eve.scenario.label, "after": now.scenario.label},
)
with open_raster("minutes.tif") as source:
    print(
        source.profile["driver"],
        source.crs.to_string()[:40],
        source.res,
        source.shape,
        "overviews",
        source.overviews(1),
    )
    print(
        {
            key: value
            for key, value in source.tags().items()
            if key in ("mode", "as_of", "confidence", "origins", "undated_share")
        }
    )

# %%
again = read_window("minutes.tif")
print(
    "the same minutes when read again:",
    bool(np.allclose(again.values, after.minutes, atol=1e-3, equal_nan=True)),
)

# %%
most = float(np.nanmax(np.abs(gain.values)))
show(
    gain.values,
    "自规划前夕节省  Saved since the eve of the plan",
    "分钟 min",
    cmap="RdBu",
    vmin=-most,
    vmax=most,
)

# %% [markdown]
# ## Zonal statistics 分区统计
#
# Every cell counts by the exact share of it that lies in the district.

# %%
minutes = zonal("minutes.tif", districts, statistics=("mean", "min", "max"))
saved = zonal("gain.tif", districts, statistics=("mean", "max"))
table = pd.concat({"minutes": minutes, "saved, min": saved}, axis=1)
table = table[saved["covered_share"] > 0.5]  # of the others most lies beyond the limit, or in water
table.rename(index=districts["name_zh"]).sort_values(("saved, min", "mean"), ascending=False).head(10).round(
    1
)

# %% [markdown]
# ## A population grid 人口格网
#
# A real one is WorldPop or GHSL, a GeoTIFF of people per cell. This one is **made up** here: the census of each district, piled
# around its seat and thinned by distance. It shows the method, not where people live.

# %%
transform, shape = grid_over(flat, cell_m=1000)
rows, columns = np.indices(shape)
x, y = transform * (columns + 0.5, rows + 0.5)
grid = np.zeros(shape)
seats = gpd.GeoSeries(
    gpd.points_from_xy(districts["seat_lon"], districts["seat_lat"], crs=4326), index=districts.index
).to_crs(METRIC_CRS)
owner = rasterize(
    zip(flat.geometry, range(1, len(flat) + 1), strict=True), out_shape=shape, transform=transform
)
for at, (key, seat) in enumerate(seats.items(), 1):
    near = np.where(owner == at, np.exp(-np.hypot(x - seat.x, y - seat.y) / 8000), 0.0)
    grid += near / near.sum() * float(districts.loc[key, "pop_2020"])
write_cog(Grid(grid, transform, METRIC_CRS), "people.tif", unit="people", title="people, made up")

# %%
counted = people("people.tif", districts)
off = (counted["people"].sum() / districts["pop_2020"].astype(float).sum() - 1) * 100
print(f"{counted['people'].sum() / 1e6:.1f} million people, {off:+.2f} % off the census of the districts.")

# %% [markdown]
# ## People within an hour, by cell and by seat 一小时内人口：按格与按驻地
#
# An isochrone cut by districts, and the grid summed inside: districts no longer count as a whole or not at all.

# %%
hour = yg.isochrones(now, "虹桥", [60], cell_m=500)
parts = gpd.overlay(
    districts.reset_index()[["district_id", "name_zh", "city_id", "geometry"]],
    hour[["geometry"]],
    how="intersection",
)
parts["people"] = people("people.tif", parts)["people"]
by_cell = parts.groupby("district_id")["people"].sum()
seat_min = now.times("虹桥").set_index("to_id")["time_min"]
by_seat = districts["pop_2020"].astype(float).where(seat_min <= 60, 0.0)
both = pd.DataFrame({"by_cell": by_cell, "by_seat": by_seat}).fillna(0) / 1e6
both.groupby(districts["city_id"].map(area.cities.set_index("city_id")["name_zh"])).sum().round(2)

# %%
share = (by_cell / districts["pop_2020"].astype(float)).reindex(districts.index).fillna(0)
told = districts.assign(pct=share.clip(upper=1) * 100, in_hour=by_cell)
m = yg.maps.new_map(
    "People within an hour of Hongqiao", "虹桥一小时内人口占比（人口格网为虚拟）", as_of=area.valid_on
)
yg.maps.add_choropleth(
    told.reset_index(), m, column="pct", name="Share of people within 60 min", name_zh="60 分钟内人口占比", unit="%",
    breaks=[1, 20, 40, 60, 80, 99], ramp="amount", labels=True,
)  # fmt: skip
yg.maps.add_background(area.layers, m)

# %% [markdown]
# ## What it rests on 依据
#
# The grid of people is made up; the surface has the confidence of the network. Off the network one goes at a speed that is a
# parameter, with a range.

# %%
pd.Series(after.meta)[["as_of", "mode", "confidence", "undated_share", "drive_minutes_validated", "cell_m"]]
