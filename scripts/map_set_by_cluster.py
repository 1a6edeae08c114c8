"""Maps of each town cluster: members, networks and projects around it, and its cohesion on two days."""

from __future__ import annotations

from functools import partial

import click

import yrdgis as yg
from yrdgis.cli import progress, run


@click.command(help=__doc__)
@click.argument("out", default="maps_by_cluster")
@click.option("--clusters", metavar="NAMES", help="Ids or parts of names, by commas; all if left out.")
@click.option("--before", default="plan-eve", show_default=True, metavar="DATE", help="Day or scenario.")
@click.option("--after", default="today", show_default=True, metavar="DATE", help="Day or scenario.")
@click.option("--mode", default="door", show_default=True, type=click.Choice(("door", "drive", "public")))
def main(out: str, clusters: str | None, before: str, after: str, mode: str) -> None:
    area = yg.load()
    first, last = area.network(before), area.network(after)
    maps = {
        cluster.replace(":", "-"): partial(last.cluster_map, cluster, before=first, mode=mode)
        for cluster in area.cluster_ids(clusters)
    }
    told = f"{first.scenario.date} → {last.scenario.date}"
    with progress("Maps by cluster", len(maps)) as tell:
        title = ("各城镇圈", "Town clusters, one by one")
        made = area.map_set(maps, out, title=title, subtitle=(told, told), progress=tell)
    click.echo(made / "index.html")


if __name__ == "__main__":
    run(main)
