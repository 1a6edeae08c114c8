"""Maps of what changed between two days for each city: minutes saved to all districts, and through which projects."""

from __future__ import annotations

from functools import partial

import click

import yrdgis as yg
from yrdgis.cli import progress, run


@click.command(help=__doc__)
@click.argument("out", default="maps_by_city")
@click.option(
    "--cities", default="cities", show_default=True, metavar="NAMES", help="Cities or other places."
)
@click.option("--before", default="plan-eve", show_default=True, metavar="DATE", help="Day or scenario.")
@click.option("--after", default="today", show_default=True, metavar="DATE", help="Day or scenario.")
@click.option("--mode", default="door", show_default=True, type=click.Choice(("door", "drive", "rail")))
def main(out: str, cities: str, before: str, after: str, mode: str) -> None:
    area = yg.load()
    first, last = area.network(before), area.network(after)
    maps = {
        place.id.replace(":", "-"): partial(
            lambda i: yg.compare(first, last, origins=i, mode=mode).map(), place.id
        )
        for place in last.places(cities, mode=mode)
    }
    told = f"{first.scenario.date} → {last.scenario.date}"
    with progress("Maps by city", len(maps)) as tell:
        title = ("各城市出行时间之变", "What changed for each city")
        made = area.map_set(maps, out, title=title, subtitle=(told, told), progress=tell)
    click.echo(made / "index.html")


if __name__ == "__main__":
    run(main)
