"""``yrdgis plan``: what the plan asks for, and what became of it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from yrdgis.cli._console import echo_json, echo_rows

if TYPE_CHECKING:
    import pandas as pd

    from yrdgis.io import Layers

__all__ = ["command"]

_SHOWN = ["item_id", "name", "name_zh", "section", "theme", "kind", "ask", "actual_status", "actual_date"]
_TOLD = ["quote", "ask_zh", "normalised_name_zh", "target_value", "target_unit", "target_year", "responsible"]
_TOLD += ["due", "actual_value", "actual_unit", "actual_year", "actual_evidence", "city_ids", "district_ids"]
_TOLD += ["source_public", "confidence", "note"]


@click.group(invoke_without_command=True)
@click.option("--document", metavar="FILE", help="Check the register against the text of the plan.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def command(ctx: click.Context, document: str | None, as_json: bool) -> None:
    """List what the plan asks for, and what became of it; without a subcommand, list the items."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(show_coverage if document else list_register, **_passed(document, as_json))
    elif document or as_json:
        raise click.UsageError(f"Options go behind the subcommand: plan {ctx.invoked_subcommand} ...", ctx)


def _passed(document: str | None, as_json: bool) -> dict[str, object]:
    return {"document": document, "as_json": as_json} if document else {"as_json": as_json}


@command.command("list")
@click.argument("text", required=False)
@click.option("--theme", multiple=True, help="Theme, such as rail; may be given several times.")
@click.option("--status", multiple=True, help="Status, such as operating or unknown.")
@click.option("--kind", multiple=True, help="Kind, such as project, policy or target.")
@click.option("--section", help="Section, such as 二（三） or 二(三)1.")
@click.option("--place", help="City or district that the items concern, by name or id.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document, with quotes and evidence.")
def list_register(
    text: str | None = None,
    theme: tuple[str, ...] = (),
    status: tuple[str, ...] = (),
    kind: tuple[str, ...] = (),
    section: str | None = None,
    place: str | None = None,
    as_json: bool = False,
) -> None:
    """List the items of the register, filtered; TEXT finds them by name, id or words of the plan."""
    from yrdgis.io import load_layers
    from yrdgis.plan import find_items, list_items

    layers = load_layers()
    items = layers["items"]
    where = _place_id(layers, place) if place else None
    items = list_items(
        items, theme=theme or None, status=status or None, kind=kind or None, section=section, place=where
    )
    if text:
        items = find_items(items, text)
    projects = _projects_of(layers["item_links"])
    items = items.copy()
    items["projects"] = items["item_id"].map(lambda item: projects.get(item, ()))
    if as_json:
        meta = {"valid_on": layers.valid_on, "count": len(items), "registered": len(layers["items"])}
        echo_json(meta, items[[*_SHOWN, *_TOLD, "projects"]])
        return
    rows = [
        (
            r["section"],
            r["item_id"],
            r["name_zh"],
            r["theme"],
            r["ask_zh"],
            r["actual_status"],
            r["actual_date"],
        )
        for r in items.to_dict("records")
    ]
    echo_rows(rows, ("section", "item_id", "name_zh", "theme", "ask_zh", "status", "date"))
    click.echo(f"{len(items)} of {len(layers['items'])} items", err=True)


def _projects_of(item_links: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    ties = item_links[item_links["relation"] == "realised_by"]
    return {str(item): tuple(group) for item, group in ties.groupby("item_id")["feature_id"]}


def _place_id(layers: Layers, name: str) -> str:
    """Id of a city or district, given by id or name; a district goes before a city of the same name."""
    from yrdgis.io import Resolver

    place = Resolver(layers).resolve(name, "door")
    if place.kind in ("city", "district"):
        return place.id
    raise click.UsageError(f"--place takes a city or district; {name!r} is a {place.kind}.")


@command.command("coverage")
@click.option("--document", metavar="FILE", help="Check every quote against the text of the plan.")
@click.option("--section", default="二（三）", show_default=True, help="Section whose sentences are checked.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def show_coverage(document: str | None = None, section: str = "二（三）", as_json: bool = False) -> None:
    """Count, by section of the plan: items, those on the map and on the networks, by status, and overdue.

    With --document, check every quote against the text and list the sentences of a section that no item maps.
    Exit code 1 where a quote does not stand in the text.
    """
    from yrdgis.io import load_layers
    from yrdgis.plan import check_document, coverage_table, read_document, section_key, trace

    layers = load_layers()
    if document is not None:
        found = check_document(layers["items"], read_document(document), section=section_key(section))
        _echo_document(found, document, section_key(section), as_json)
        sys.exit(0 if found.ok else 1)
    traced = trace(
        layers["items"],
        layers["item_links"],
        layers["projects"],
        layers["project_links"],
        valid_on=layers.valid_on,
    )
    table = coverage_table(traced, layers["sections"])
    if as_json:
        total = table.drop(columns=["section", "title_zh"]).sum().to_dict()
        echo_json({"valid_on": layers.valid_on, "total": total}, table)
        return
    rows = [tuple(row) for row in table.itertuples(index=False)]
    total_row = ("total", "", *(table[c].sum() for c in table.columns[2:]))
    echo_rows([*rows, total_row], list(table.columns))


def _echo_document(found: object, document: str, section: str, as_json: bool) -> None:
    from yrdgis.plan import DocumentCheck

    assert isinstance(found, DocumentCheck)
    quotes = found.quotes
    lost = quotes[~quotes["found"]]
    changed = quotes[~quotes["hash_ok"]]
    elsewhere = quotes[quotes["found"] & ~quotes["in_section"]]
    if as_json:
        meta = {
            "document": document,
            "quotes": len(quotes),
            "found": int(quotes["found"].sum()),
            "hash_changed": list(changed["item_id"]),
            "outside_section": list(elsewhere["item_id"]),
            "not_found": list(lost["item_id"]),
            "section": section,
            "sentences": found.sentences,
        }
        echo_json(meta, found.unmapped)
        return
    click.echo(f"{int(quotes['found'].sum())} of {len(quotes)} quotes stand in {document}")
    for row in lost.to_dict("records"):
        click.echo(f"  not found: {row['item_id']} ({row['section']}) “{row['quote']}”")
    for row in changed.to_dict("records"):
        click.echo(f"  quote differs from the one registered: {row['item_id']}")
    for row in elsewhere.to_dict("records"):
        click.echo(f"  outside its section {row['section']}: {row['item_id']}")
    mapped = found.sentences - len(found.unmapped)
    click.echo(f"{mapped} of {found.sentences} sentences of section {section} have an item; without one:")
    for row in found.unmapped.to_dict("records"):
        click.echo(f"  {row['section']}: {row['sentence']}")
