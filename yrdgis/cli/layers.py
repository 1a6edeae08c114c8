"""``yrdgis layers``: list, show, export and import the layers."""

from __future__ import annotations

import click

from yrdgis import settings
from yrdgis.cli._console import echo_json, echo_rows, records
from yrdgis.io.catalog import Catalog, LayerInfo

__all__ = ["command"]

_DATABASES = ("postgresql:", "postgres:", "postgresql+psycopg:")
_GEOMETRY_ZH = {"point": "点", "line": "线", "polygon": "面", "none": "表"}


@click.group(invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """List, show, export and import the layers; without a subcommand, list them."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_layers)


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def list_layers(as_json: bool = False) -> None:
    """List the layers: id, kind of geometry, day, title and licence."""
    catalog = Catalog()
    rows = [vars(info) for info in catalog]
    if as_json:
        echo_json({"valid_on": catalog.valid_on, "layers": len(catalog)}, rows)
        return
    shown = [(i.layer_id, i.geometry, i.valid_on, i.title, i.title_zh, i.licence) for i in catalog]
    echo_rows(shown, ("layer_id", "geometry", "valid_on", "title", "title_zh", "licence"))


@command.command("show")
@click.argument("name")
@click.option("--rows", "count", default=5, show_default=True, type=click.IntRange(0), help="Rows to show.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document, with all rows.")
def show(name: str, count: int, as_json: bool) -> None:
    """Show where a layer comes from, what its attributes mean, and its first rows."""
    from yrdgis.io import load_layers

    layers = load_layers()
    info = layers.catalog.find(name)
    schema = layers.schema(info.layer_id)
    visible = schema.visible_to(settings.get("audience"))
    frame = layers[info.layer_id]
    frame = frame[[c for c in frame.columns if c in visible]]
    if as_json:
        echo_json({**vars(info), "count": len(frame)}, frame)
        return
    _echo_head(info, len(frame))
    click.echo()
    told = [(a.name, a.type, a.unit, a.description, a.description_zh) for a in schema if a.name in visible]
    echo_rows(told, ("attribute", "type", "unit", "description", "description_zh"))
    for row in records(frame.head(count)):
        click.echo()
        echo_rows([(key, value) for key, value in row.items() if value not in (None, "", [])])


def _echo_head(info: LayerInfo, count: int) -> None:
    rows = [
        ("layer", f"{info.layer_id}: {info.title} {info.title_zh}"),
        ("rows", count),
        ("geometry", f"{info.geometry} {_GEOMETRY_ZH.get(info.geometry, '')}"),
        ("file", info.path),
        ("valid on", info.valid_on),
        ("source", info.source),
        ("licence", f"{info.licence} {info.attribution}"),
        ("note", info.note),
    ]
    echo_rows([row for row in rows if row[1] != ""])


@command.command("export")
@click.argument("name")
@click.option(
    "--to",
    "target",
    required=True,
    metavar="FILE|URL",
    help="File to write; its ending says the format. Or a PostGIS database: postgresql://user@host:port/name.",
)
@click.option(
    "--audience", type=click.Choice(["public", "internal"]), help="Who it is for; the public by default."
)
@click.option(
    "--lang", type=click.Choice(["zh", "en", "id"]), help="Column titles: Chinese, English or as stored."
)
@click.option(
    "--schema", metavar="NAME", help="Schema of the database to write to; yrdgis by default, made if need be."
)
@click.option(
    "--if-exists",
    type=click.Choice(["fail", "replace"]),
    help="What to do where the database holds these layers; by default nothing is touched.",
)
def export(
    name: str,
    target: str,
    audience: str | None,
    lang: str | None,
    schema: str | None,
    if_exists: str | None,
) -> None:
    """Write a layer to .gpkg, .geojson, .parquet, .csv, .xlsx or .shp, or to a PostGIS database.

    A Shapefile has Chinese column titles of at most 10 bytes, and beside it a table that tells what each
    stands for. A database takes one layer, or all of them (`export all`), whole or not at all; its password is
    read from PGPASSWORD or ~/.pgpass.
    """
    if target.startswith(_DATABASES):
        if lang is not None:
            raise click.UsageError("--lang is for files; in a database the Chinese titles are comments.")
        _export_to_database(name, target, schema, audience, if_exists or "fail")
    elif schema is not None or if_exists is not None:
        raise click.UsageError("--schema and --if-exists are for a database, given as --to postgresql://...")
    else:
        _export_to_file(name, target, audience, lang)


def _export_to_database(
    name: str, target: str, schema: str | None, audience: str | None, if_exists: str
) -> None:
    from yrdgis.io import load_layers, postgis

    written = postgis.write_layers(
        load_layers(),
        target,
        schema=schema or postgis.SCHEMA,
        only=None if name == "all" else [name],
        audience=audience,
        if_exists=if_exists,
    )
    told = f"{len(written)} layers" if name == "all" else next(iter(written))
    click.echo(f"{schema or postgis.SCHEMA}: {sum(written.values())} rows of {told}", err=True)


def _export_to_file(name: str, target: str, audience: str | None, lang: str | None) -> None:
    from yrdgis.io import load_layers
    from yrdgis.io.audience import for_audience
    from yrdgis.io.write import LAYER_FORMATS, output_path, write_layer

    file = output_path(target, LAYER_FORMATS)
    layers = load_layers()
    info = layers.catalog.find(name)
    frame = layers[info.layer_id] if info.geometry == "none" else layers.geometry(info.layer_id)
    schema = layers.schema(info.layer_id)
    shown = for_audience(frame, schema, audience or settings.get("audience"))
    lang = lang or ("zh" if file.suffix.casefold() == ".shp" else "id")
    titles = {a.name: {"zh": a.description_zh, "en": a.description}.get(lang, "") for a in schema}
    headers = {column: title.removeprefix("(no key) ") for column, title in titles.items() if title}
    write_layer(shown, file, layer=info.layer_id, headers=_distinct(headers))
    click.echo(f"{file}: {len(shown)} rows of {info.layer_id}", err=True)


@command.command("import")
@click.argument("source", metavar="URL")
@click.option("--to", "folder", required=True, metavar="DIR", help="New folder of layers to write.")
@click.option(
    "--schema", metavar="NAME", help="Schema of the database that holds the layers; yrdgis by default."
)
@click.option(
    "--contradictions",
    type=click.Choice(["fail", "columns"]),
    default="fail",
    show_default=True,
    help="Where a shape is not where its columns say: stop and name it, or go by the columns.",
)
def import_layers(source: str, folder: str, schema: str | None, contradictions: str) -> None:
    """Write the layers of a PostGIS database to a new folder; `yrdgis --layers DIR ...` uses them."""
    from yrdgis.io import postgis

    layers = postgis.read_layers(
        source, schema=schema or postgis.SCHEMA, folder=folder, contradictions=contradictions
    )
    click.echo(f"{folder}: {len(layers)} layers valid on {layers.valid_on}", err=True)


def _distinct(headers: dict[str, str]) -> dict[str, str]:
    """Titles that are all different; a title that two columns share has the column's name added."""
    twice = {t for t in headers.values() if list(headers.values()).count(t) > 1}
    return {column: f"{title} ({column})" if title in twice else title for column, title in headers.items()}
