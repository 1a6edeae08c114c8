"""Maps of the travel times from one place on several days, and of what each day gained over the first."""

from __future__ import annotations

from functools import partial

import click

import yrdgis as yg
from yrdgis.cli import progress, run


@click.command(help=__doc__)
@click.argument("out", default="maps_by_date")
@click.option(
    "--from", "place", default="虹桥", show_default=True, metavar="NAME", help="Name, id or lon/lat."
)
@click.option(
    "--dates", default="plan-eve,today,2030", show_default=True, help="Days or scenarios, by commas."
)
@click.option("--mode", default="door", show_default=True, type=click.Choice(("door", "drive", "rail")))
def main(out: str, place: str, dates: str, mode: str) -> None:
    area = yg.load()
    days = {date.strip(): area.network(date.strip()) for date in dates.split(",")}
    first = next(iter(days.values()))
    (origin,) = first.places(place, mode=mode)
    maps = {}
    for date, network in days.items():
        maps[f"times-{date}"] = partial(lambda n: n.times(place, mode=mode).yrd.map(), network)
        if network is not first:
            maps[f"gained-{date}"] = partial(
                lambda n: yg.compare(first, n, origins=place, mode=mode).map(), network
            )
    told = ", ".join(str(network.scenario.date) for network in days.values())
    with progress("Maps by date", len(maps)) as tell:
        title = (f"从{origin.name_zh}出发，逐日", f"From {origin.name}, day by day")
        made = area.map_set(maps, out, title=title, subtitle=(told, told), progress=tell)
    click.echo(made / "index.html")


if __name__ == "__main__":
    run(main)
