"""``yrdgis compare``: what changes between two scenarios."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from yrdgis.cli._console import echo_json, echo_rows
from yrdgis.cli._network import (
    joined,
    network_of,
    out_option,
    places,
    project_options,
    scenario_of,
    way_options,
)

if TYPE_CHECKING:
    from yrdgis.scenarios import Comparison

__all__ = ["command"]

_SHOWN = 20


@click.command()
@click.option(
    "--before", default="plan-eve", show_default=True, metavar="SCENARIO", help="Name, date or JSON file."
)
@click.option(
    "--after", default="today", show_default=True, metavar="SCENARIO", help="Name, date or JSON file."
)
@click.option("--from", "origins", default="cities", show_default=True, metavar="NAMES", help="Where from.")
@click.option(
    "--to", "destinations", default="districts", show_default=True, metavar="NAMES", help="Where to."
)
@way_options
@project_options
@out_option
def command(
    before: str,
    after: str,
    origins: str,
    destinations: str,
    mode: str,
    impedance: str,
    period: str,
    with_: str | None,
    without: str | None,
    out: str | None,
    as_json: bool,
) -> None:
    """What changes between two scenarios, one row per pair; --with and --without change the one after.

    \b
    yrdgis compare --before plan-eve --after today --from 上海虹桥 --to cities --mode rail
    """
    from yrdgis.io import load_layers, write_table
    from yrdgis.io.write import TABLE_FORMATS, output_path
    from yrdgis.scenarios import compare

    if out is not None:
        output_path(out, TABLE_FORMATS)
    layers = load_layers()
    scenarios = scenario_of(layers, before), scenario_of(layers, after, with_, without)
    starts, ends = places(layers, origins, destinations, mode=mode)
    first, last = (joined(network_of(one, layers, mode, period), [*starts, *ends]) for one in scenarios)
    found = compare(first, last, [p.id for p in starts], [p.id for p in ends], mode=mode, impedance=impedance)
    if out is not None:
        write_table(found.frame, out)
        click.echo(f"Wrote {len(found.frame)} pairs to {out}.", err=True)
    if as_json:
        by_city = found.by_city().reset_index().to_dict("records")
        echo_json({**found.meta, "summary": found.summary(), "by_city": by_city}, found.frame)
    elif out is None:
        _show(found)


def _show(found: Comparison) -> None:
    """Print the summary, the pairs that gained or lost most, and the projects behind them."""
    echo_rows([(key.replace("_", " "), value) for key, value in found.summary().items()])
    changed = found.frame[found.frame["change"].isin(["faster", "slower", "newly connected", "lost"])]
    per_teu = [column for column in map(str, found.frame) if column.endswith("_teu")]
    columns = [
        "from_name_zh",
        "to_name_zh",
        "time_before_min",
        "time_after_min",
        "saved_min",
        "change",
        *per_teu,
        "project_name_zh",
    ]
    if len(changed):
        most = changed.reindex(changed["saved_min"].abs().sort_values(ascending=False).index).head(_SHOWN)
        click.echo()
        echo_rows(list(most[columns].itertuples(index=False, name=None)), columns)
        by_project = found.by_project().reset_index().head(_SHOWN)
        click.echo()
        echo_rows(list(by_project.itertuples(index=False, name=None)), list(by_project.columns))
    cities = found.by_city().reset_index()
    if len(cities):
        click.echo()
        echo_rows(list(cities.itertuples(index=False, name=None)), list(cities.columns))
    for project in found.meta["not_measured"]:
        told = f"{project['name_zh']} {project['name']}: {project['not_measured']}"
        click.echo(f"Not measured: {told}", err=True)
