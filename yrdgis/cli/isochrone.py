"""``yrdgis isochrone``: areas that can be reached within some minutes."""

from __future__ import annotations

import click

from yrdgis.cli._console import echo_json, echo_rows
from yrdgis.cli._network import joined, places, project_options, scenario_of

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
    from yrdgis.metrics.isochrones import isochrones, write_raster
    from yrdgis.metrics.surface import surface

    file = output_path(out, (*LAYER_FORMATS, *_RASTERS, ".html")) if out is not None else None
    limits = _minutes(cutoffs)
    layers = load_layers()
    network = scenario_of(layers, as_of, with_, without).network(layers, period=period)
    (starts,) = places(layers, origins, mode="door" if mode == "public" else mode)
    network = joined(network, starts)
    ids = [place.id for place in starts]
    areas = isochrones(network, ids, limits, mode=mode, cell_m=cell, range_=range_)
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
    table = areas.drop(columns=["geometry"] if range_ else ["geometry", "area_low_km2", "area_high_km2"])
    if as_json:
        echo_json(areas.attrs, table)
    elif file is None:
        echo_rows(list(table.itertuples(index=False, name=None)), list(table.columns))


def _minutes(text: str | None) -> list[float] | None:
    """Minutes of the option; None leaves the choice to the parameters."""
    if text is None:
        return None
    try:
        return [float(part) for part in text.replace("，", ",").split(",")]
    except ValueError:
        raise click.UsageError(f"--cutoffs takes minutes separated by commas, not {text!r}.") from None
