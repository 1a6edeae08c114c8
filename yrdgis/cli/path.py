"""``yrdgis path``: the way from one place to another, leg by leg."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from yrdgis.cli._console import echo_json, echo_rows
from yrdgis.cli._network import joined, network_of, network_options, out_option, scenario_of
from yrdgis.errors import InputError

if TYPE_CHECKING:
    from yrdgis.io import Place
    from yrdgis.network import Network

__all__ = ["command"]


@click.command()
@click.option("--from", "origin", required=True, metavar="NAME", help="Name, id or lon/lat.")
@click.option("--to", "destination", required=True, metavar="NAME", help="Name, id or lon/lat.")
@network_options
@click.option(
    "--lang",
    type=click.Choice(("zh", "en", "both")),
    default="both",
    show_default=True,
    help="Language to tell it in.",
)
@click.option(
    "--pareto", is_flag=True, help="List all chains that none beats in time, money and CO2 (freight)."
)
@out_option
def command(
    origin: str,
    destination: str,
    mode: str,
    impedance: str,
    period: str,
    as_of: str,
    with_: str | None,
    without: str | None,
    lang: str,
    pareto: bool,
    out: str | None,
    as_json: bool,
) -> None:
    """Tell the way from one place to another as a traveller would be told it.

    \b
    yrdgis path --from 人民广场 --to 湖州 --as-of plan-eve
    """
    from yrdgis.io import Resolver, load_layers, write_table
    from yrdgis.io.write import TABLE_FORMATS, output_path
    from yrdgis.metrics import path

    if pareto and mode != "freight":
        raise click.UsageError("--pareto is for --mode freight.")
    if out is not None:
        output_path(out, TABLE_FORMATS)
    layers = load_layers()
    scenario = scenario_of(layers, as_of, with_, without)
    resolver = Resolver(layers)
    ends = [resolver.resolve(name, mode) for name in (origin, destination)]
    network = joined(network_of(scenario, layers, mode, period), ends)
    if pareto:
        _chains(network, ends, out, as_json)
        return
    found = path(network, ends[0].id, ends[1].id, mode, impedance)
    if out is not None:
        write_table(found.legs, out)
        click.echo(f"Wrote {len(found.legs)} legs to {out}.", err=True)
    if as_json:
        echo_json(found.meta, found.legs)
    elif out is None:
        click.echo(
            "\n\n".join(found.tell(language) for language in (("zh", "en") if lang == "both" else (lang,)))
        )


def _chains(network: Network, ends: list[Place], out: str | None, as_json: bool) -> None:
    """Write or show the Pareto set of a pair."""
    from yrdgis.io import write_table
    from yrdgis.metrics.pareto import pareto

    frame = pareto(network, ends[0].id, ends[1].id)
    if frame.empty:
        raise InputError(
            f"no way from {ends[0].id} to {ends[1].id} in mode freight. Try another place or date."
        )
    if out is not None:
        write_table(frame, out)
        click.echo(f"Wrote {len(frame)} chains to {out}.", err=True)
    if as_json:
        echo_json({"mode": "freight", "from_id": ends[0].id, "to_id": ends[1].id}, frame)
    elif out is None:
        columns = [column for column in frame.columns if column != "links"]
        echo_rows(list(frame[columns].itertuples(index=False, name=None)), columns)
