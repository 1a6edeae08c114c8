"""``yrdgis isochrone``: areas that can be reached within some minutes."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import click

from yrdgis.cli._console import echo_json, echo_rows, working
from yrdgis.cli._network import joined, network_of, places, project_options, scenario_of
from yrdgis.errors import InputError

if TYPE_CHECKING:
    from yrdgis.network import Network

__all__ = ["command"]

_RASTERS = (".tif", ".tiff")


@click.command()
@click.option("--from", "origins", required=True, metavar="NAMES", help="Names, ids, lon/lat, or a CSV file.")
@click.option("--cutoffs", metavar="MINUTES", help="Minutes, ascending, separated by commas; 30,60,90.")
@click.option(
    "--mode",
    type=click.Choice(("door", "drive", "public")),
    default="door",
    show_default=True,
    help="How to get there.",
)
@click.option(
    "--period",
    type=click.Choice(("free", "peak")),
    default="free",
    show_default=True,
    help="Time of day.",
)
@click.option("--as-of", default="today", show_default=True, metavar="DATE", help="Day or scenario.")
@click.option("--before", metavar="DATE", help="An earlier day or scenario: what is gained and lost since.")
@project_options
@click.option("--cell", type=float, metavar="METRES", help="Size of the cells of the surface.")
@click.option("--range", "range_", is_flag=True, help="Add the areas at both ends of all assumptions.")
@click.option("--out", metavar="FILE", help="Layer (.gpkg, .geojson ...), raster (.tif) or map (.html).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document, without shapes.")
def command(
    origins: str,
    cutoffs: str | None,
    mode: str,
    period: str,
    as_of: str,
    before: str | None,
    with_: str | None,
    without: str | None,
    cell: float | None,
    range_: bool,
    out: str | None,
    as_json: bool,
) -> None:
    """Areas that can be reached from the nearest of some places.

    \b
    yrdgis isochrone --from station:上海虹桥 --cutoffs 30,60,90 --out hongqiao.gpkg
    """
    from yrdgis.io import load_layers, write_layer
    from yrdgis.io.write import LAYER_FORMATS, output_path
    from yrdgis.metrics.accessibility import goalposts
    from yrdgis.metrics.isochrones import isochrones, write_raster
    from yrdgis.metrics.surface import surface

    file = output_path(out, (*LAYER_FORMATS, *_RASTERS, ".html")) if out is not None else None
    limits = _minutes(cutoffs)
    if before is not None and file is not None and file.suffix.casefold() in (*_RASTERS, ".html"):
        raise click.UsageError("what is gained and lost is written as a layer: --out FILE.gpkg, .geojson ...")
    layers = load_layers()
    scenario = scenario_of(layers, as_of, with_, without)
    (starts,) = places(layers, origins, mode="door" if mode == "public" else mode)
    network = joined(network_of(scenario, layers, mode, period), starts)
    ids = [place.id for place in starts]
    if before is not None:
        earlier = joined(network_of(scenario_of(layers, before), layers, mode, period), starts)
    with working("Areas ..."):
        if before is None:
            areas = isochrones(network, ids, limits, mode=mode, cell_m=cell, range_=range_)
        else:
            areas = _change(earlier, network, ids, limits or goalposts(layers), mode, cell)
    if file is not None:
        ending = file.suffix.casefold()
        if ending in _RASTERS:
            longest = float(areas["cutoff_min"].iloc[-1])
            write_raster(surface(network, ids, limit_min=longest, mode=mode, cell_m=cell), file)
        elif ending == ".html":
            from yrdgis.maps import add_isochrones, save

            save(add_isochrones(areas), file)
        else:
            write_layer(areas, file)
        click.echo(f"Wrote {file}.", err=True)
    hidden = ["geometry"] if range_ else ["geometry", "area_low_km2", "area_high_km2"]
    table = areas.drop(columns=[column for column in hidden if column in areas])
    if as_json:
        echo_json(areas.attrs, table)
    elif file is None:
        echo_rows(list(table.itertuples(index=False, name=None)), list(table.columns))


def _change(
    before: Network, after: Network, ids: list[str], limits: list[float], mode: str, cell: float | None
) -> Any:
    """Areas gained, lost and kept."""
    from yrdgis.metrics.isochrones import gain_loss
    from yrdgis.metrics.surface import surface

    first, last = (surface(n, ids, limit_min=limits[-1], mode=mode, cell_m=cell) for n in (before, after))
    return gain_loss(first, last, limits)


def _minutes(text: str | None) -> list[float] | None:
    """Minutes of the option; None leaves the choice to the parameters."""
    if text is None:
        return None
    try:
        minutes = [float(part) for part in text.replace("，", ",").split(",")]
    except ValueError:
        raise click.UsageError(f"--cutoffs takes minutes separated by commas, not {text!r}.") from None
    if any(later <= earlier for earlier, later in pairwise([0.0, *minutes])):
        raise InputError(f"--cutoffs takes minutes above 0 that ascend, such as 30,60,90, not {text!r}")
    return minutes
