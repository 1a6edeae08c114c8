"""``yrdgis atlas``: everything in one folder."""

from __future__ import annotations

import click

__all__ = ["command"]


@click.command(name="atlas")
@click.argument("out", default="atlas", metavar="[OUT]")
@click.option(
    "--as-of",
    default="today",
    show_default=True,
    metavar="DATE",
    help="Day of the network: 2030, 2027-06-30 ...",
)
@click.option(
    "--lang",
    type=click.Choice(("zh", "en", "both")),
    default="both",
    show_default=True,
    help="Languages of the pages.",
)
@click.option(
    "--audience",
    type=click.Choice(("public", "internal")),
    default="public",
    show_default=True,
    help="Whether attributes marked internal are shown, under a banner.",
)
def command(out: str, as_of: str, lang: str, audience: str) -> None:
    """Make the whole atlas in the folder OUT (default: atlas).

    Maps, tables and figures that need no internet. An earlier atlas there is replaced only when the new one is whole.
    """
    from yrdgis.cli._console import progress
    from yrdgis.io import load_layers, parse_date
    from yrdgis.reports import make_atlas

    layers = load_layers()
    day = parse_date(as_of, layers.valid_on)
    with progress("Atlas") as tell:
        made = make_atlas(layers, out, as_of=day, lang=lang, audience=audience, progress=tell)
    click.echo(f"{made / 'index.html'}")
