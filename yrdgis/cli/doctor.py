"""``yrdgis doctor FILE [--fix OUT]``: what is wrong with a file, and a mended copy of it."""

from __future__ import annotations

import json

import click

__all__ = ["command"]


@click.command("doctor")
@click.argument("file", type=str)
@click.option("--fix", "out", metavar="OUT", help="Write a mended copy; its ending says the format.")
@click.option("--layer", help="Layer or sheet, where there are several.")
@click.option("--encoding", help="Encoding of the text, where the doctor is not sure.")
@click.option("--columns", metavar="LON,LAT", help="Columns with the coordinates of a table.")
@click.option("--crs", help="CRS to mend from, such as EPSG:4549, where the doctor is not sure.")
@click.option(
    "--datum",
    type=click.Choice(["wgs84", "gcj02", "bd09", "gcj02_twice"]),
    help="Datum to mend from, where the doctor is not sure.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def command(
    file: str,
    out: str | None,
    layer: str | None,
    encoding: str | None,
    columns: str | None,
    crs: str | None,
    datum: str | None,
    *,
    as_json: bool,
) -> None:
    """Tell datum, CRS, encoding and faults of a vector or table FILE, with evidence.

    Nothing is guessed: where the evidence does not carry, the verdict is "not sure". A mended copy is in
    WGS84 and
    UTF-8; the file itself is never changed.
    """
    from yrdgis.doctor import Reference, examine, mend, write_mended
    from yrdgis.errors import InputError, LayerError
    from yrdgis.io import load_layers

    pair = tuple(c.strip() for c in columns.split(",")) if columns else None
    if pair is not None and len(pair) != 2:
        raise click.BadParameter("two names of columns, separated by a comma", param_hint="--columns")
    if out is not None and _same_place(out, file):
        raise InputError(f"{out}: the mended copy would overwrite the file itself. Give another name.")
    try:
        reference = Reference.from_layers(load_layers())
    except LayerError as error:
        click.echo(f"Without known places, datum and zone can often not be told: {error}", err=True)
        reference = None
    diagnosis = examine(file, reference=reference, layer=layer, encoding=encoding, coordinates=pair)
    changes: list[str] = []
    if out is not None:
        frame, changes = mend(diagnosis, crs=crs, datum=datum)
        write_mended(frame, out)
    if as_json:
        document = {"meta": {"written": out, "changes": changes}, "rows": [diagnosis.to_dict()]}
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return
    click.echo(diagnosis.tell())
    if out is not None:
        click.echo(f"Written: {out}")
        for change in changes or ["nothing had to be changed"]:
            click.echo(f"  {change}")


def _same_place(one: str, other: str) -> bool:
    from pathlib import Path

    return Path(one).resolve() == Path(other).resolve()
