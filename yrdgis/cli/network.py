"""``yrdgis network import|export``: networks of the user in, networks of a date out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from yrdgis.cli._console import echo_json

if TYPE_CHECKING:
    from yrdgis.network.osm import Imported

__all__ = ["command"]

_OUT = click.option(
    "--out",
    required=True,
    metavar="OUT",
    help="A .gpkg, .geojson or .parquet file, or a folder for GMNS tables.",
)
_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
_ACCESS = click.option(
    "--access",
    type=click.Choice(["public", "any"]),
    default="public",
    help="Whether closed ways are left out.",
)
_MODE = click.option(
    "--mode", type=click.Choice(["drive", "rail", "waterway"]), default="drive", show_default=True
)
_JOIN = click.option(
    "--join", "join_date", metavar="DATE", help="Join it to the strategic network of a date."
)


@click.group("network")
def command() -> None:
    """Import and export networks: OpenStreetMap, GMNS, lines."""


@command.group("import")
def import_() -> None:
    """Make a network of your own data, and tell everything that was changed or assumed."""


@import_.command("osm")
@click.argument("file")
@_MODE
@_ACCESS
@click.option(
    "--as-of", metavar="DATE", help="Leave out what opens later or has closed; take in what opens by then."
)
@click.option("--largest", is_flag=True, help="Keep only the largest connected part.")
@click.option("--no-simplify", is_flag=True, help="Keep every node.")
@_JOIN
@_OUT
@_JSON
def osm(
    file: str,
    mode: str,
    access: str,
    as_of: str | None,
    largest: bool,
    no_simplify: bool,
    join_date: str | None,
    out: str,
    as_json: bool,
) -> None:
    """OpenStreetMap FILE: .osm, .osm.gz, .osm.bz2 or .osm.pbf."""
    from yrdgis.io import load_layers, parse_date
    from yrdgis.network.osm import import_osm

    layers = load_layers()
    day = parse_date(as_of, layers.valid_on) if as_of else None
    imported = import_osm(
        file, layers=layers, mode=mode, access=access, simplify=not no_simplify, largest=largest, as_of=day
    )
    _finish(imported, layers, join_date, out, as_json)


@import_.command("place")
@click.argument("place")
@_MODE
@_ACCESS
@click.option("--overpass", help="Address of another Overpass server.")
@click.option("--nominatim", help="Address of another Nominatim server.")
@_JOIN
@_OUT
@_JSON
def place_(
    place: str,
    mode: str,
    access: str,
    overpass: str | None,
    nominatim: str | None,
    join_date: str | None,
    out: str,
    as_json: bool,
) -> None:
    """OpenStreetMap of a named PLACE, asked of public servers."""
    from yrdgis.io import load_layers
    from yrdgis.network.osm_place import Servers, import_place

    layers = load_layers()
    told: dict[str, Any] = {k: v for k, v in {"overpass": overpass, "nominatim": nominatim}.items() if v}
    imported = import_place(place, layers=layers, mode=mode, access=access, servers=Servers(**told))
    _finish(imported, layers, join_date, out, as_json)


@import_.command("lines")
@click.argument("file")
@click.option("--layer", help="Layer, where there are several.")
@click.option("--crs", help="CRS of the lines, where the file records none or a wrong one.")
@click.option(
    "--snap", "snap_m", type=float, default=1.0, show_default=True, help="Ends nearer than this (m) are one."
)
@click.option("--no-crossings", is_flag=True, help="Don't cut lines where they cross.")
@click.option("--speed", help="Column with km/h, or one speed for all.")
@click.option("--oneway", help="Column that says yes, -1 or no.")
@click.option("--level", help="Column with the level of bridges and tunnels.")
@_JOIN
@_OUT
@_JSON
def lines(
    file: str,
    layer: str | None,
    crs: str | None,
    snap_m: float,
    no_crossings: bool,
    speed: str | None,
    oneway: str | None,
    level: str | None,
    join_date: str | None,
    out: str,
    as_json: bool,
) -> None:
    """Lines of any vector FILE."""
    from yrdgis.io import load_layers
    from yrdgis.network.lines import lines_to_network, open_lines

    layers = load_layers()
    frame, repairs = open_lines(file, layer=layer)
    if crs is not None:
        frame = frame.set_crs(crs, allow_override=True)
    imported = lines_to_network(
        frame,
        layers=layers,
        snap_m=snap_m,
        crossings=not no_crossings,
        speed=_number(speed),
        oneway=oneway,
        level=level,
        label=file,
    )
    imported.report[:0] = repairs
    _finish(imported, layers, join_date, out, as_json)


def _number(text: str | None) -> str | float | None:
    try:
        return float(text) if text is not None else None
    except ValueError:
        return text


@import_.command("gmns")
@click.argument("folder")
@click.option(
    "--length-unit", type=click.Choice(["km", "m", "mi", "ft"]), help="Where config.csv does not say."
)
@click.option("--speed-unit", type=click.Choice(["kph", "mph", "m/s"]), help="Where config.csv does not say.")
@click.option("--crs", help="Where config.csv does not say.")
@_JOIN
@_OUT
@_JSON
def gmns(
    folder: str,
    length_unit: str | None,
    speed_unit: str | None,
    crs: str | None,
    join_date: str | None,
    out: str,
    as_json: bool,
) -> None:
    """GMNS tables in a FOLDER: node.csv, link.csv."""
    from yrdgis.io import load_layers
    from yrdgis.network.gmns_io import read_gmns

    layers = load_layers()
    imported = read_gmns(folder, layers=layers, length_unit=length_unit, speed_unit=speed_unit, crs=crs)
    _finish(imported, layers, join_date, out, as_json)


def _finish(imported: Imported, layers: Any, join_date: str | None, out: str, as_json: bool) -> None:
    """Join if asked, write, and tell what happened."""
    from yrdgis.network.gmns_io import write_network

    report = list(imported.report)
    if join_date is not None:
        imported, told = _joined(imported, layers, join_date)
        report += told
    written = write_network(imported, out)
    network = imported.network
    meta = {
        "network": repr(network),
        "counts": imported.counts,
        "report": report,
        "written": written,
        **network.attrs,
    }
    if as_json:
        echo_json(meta, [{"what": line} for line in report])
        return
    click.echo(repr(network))
    for line in [*report, *(f"written: {w}" for w in written)]:
        click.echo(f"  {line}")


def _joined(imported: Imported, layers: Any, date: str) -> tuple[Imported, list[str]]:
    import pandas as pd

    from yrdgis.io import parse_date
    from yrdgis.network import build_network
    from yrdgis.network.gmns_io import with_shapes
    from yrdgis.network.join import join

    strategic = build_network(layers, as_of=parse_date(date, layers.valid_on)).filter("drive")
    both, report = join(strategic, imported.network, within_m=layers.parameter("osm.join_m", "value"))
    shapes = imported.shapes().geometry
    return with_shapes(both, pd.Series(shapes.to_numpy(object), index=shapes.index), report), report


@command.command("export")
@click.option("--as-of", default="today", show_default=True, metavar="DATE", help="Date of the network.")
@click.option("--mode", help="Only links of a mode.")
@_OUT
def export(as_of: str, mode: str | None, out: str) -> None:
    """The strategic network of a date."""
    import pandas as pd

    from yrdgis.io import load_layers, parse_date
    from yrdgis.network import build_network
    from yrdgis.network.gmns_io import with_shapes, write_network

    layers = load_layers()
    network = build_network(layers, as_of=parse_date(as_of, layers.valid_on))
    network = network.filter(mode) if mode else network
    imported = with_shapes(network, pd.Series(None, index=network.links.index, dtype=object), [])
    click.echo(repr(network))
    for line in write_network(imported, out):
        click.echo(f"  written: {line}")
