"""``yrdgis value``: what each project is worth, and to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from yrdgis.cli._cluster import cluster_options, in_blocks
from yrdgis.cli._console import echo_json, echo_rows, progress
from yrdgis.cli._network import out_option

if TYPE_CHECKING:
    from yrdgis.io import Layers
    from yrdgis.scenarios import Value

__all__ = ["command"]

_SHOWN = 5


@click.command()
@click.option(
    "--projects",
    metavar="IDS",
    help="Ids or names, separated by commas; those that the plan names if left out.",
)
@click.option(
    "--method",
    type=click.Choice(("shapley", "put-in", "take-out", "sampling")),
    default="shapley",
    show_default=True,
    help="Shares that add up, each alone, each last, or shares from random orders.",
)
@click.option(
    "--base",
    default="plan-eve",
    show_default=True,
    metavar="DATE",
    help="Day or scenario to which projects are added.",
)
@click.option(
    "--mode",
    type=click.Choice(("door", "drive", "public", "rail", "freight")),
    default="door",
    show_default=True,
    help="How to get there.",
)
@click.option(
    "--measure",
    type=click.Choice(("minutes", "accessibility", "cohesion", "freight_cost")),
    help="Minutes per trip, people reached, cohesion of town clusters, or yuan per TEU; by default what suits the mode.",
)
@click.option(
    "--from",
    "origins",
    metavar="NAMES",
    help="Who gains; districts, for cohesion town clusters, if left out.",
)
@click.option("--to", "destinations", metavar="NAMES", help="Where they go; the same places if left out.")
@click.option(
    "--late", type=float, metavar="YEARS", help="Instead: what is lost if each opens so many years late."
)
@click.option("--no-range", "quick", is_flag=True, help="Leave out the ranges, which take most of the time.")
@cluster_options
@click.option(
    "--keep",
    metavar="FOLDER",
    help="Folder that keeps finished blocks as Parquet, so that a run that is broken off goes on.",
)
@out_option
def command(
    projects: str | None,
    method: str,
    base: str,
    mode: str,
    measure: str | None,
    origins: str | None,
    destinations: str | None,
    late: float | None,
    quick: bool,
    cluster: str | None,
    block: int | None,
    keep: str | None,
    out: str | None,
    as_json: bool,
) -> None:
    """What each project is worth over a base, and to whom; without effect, why.

    \b
    yrdgis value --base plan-eve --out worth.xlsx
    yrdgis value --projects husuhu-hsr,沪苏通铁路一期 --method take-out
    yrdgis value --projects husuhu-hsr --late 2
    """
    from yrdgis.cli._network import joined, places, scenario_of
    from yrdgis.io import load_layers, write_table
    from yrdgis.io.names import split_names
    from yrdgis.io.write import TABLE_FORMATS, output_path
    from yrdgis.network.effects import project_ids
    from yrdgis.scenarios import value

    if out is not None:
        output_path(out, TABLE_FORMATS)
    layers = load_layers()
    asked = split_names(projects) if projects else _of_the_plan(layers)
    project_ids(layers, asked)  # a wrong name is told before the network is built
    if late is not None:
        _late(layers, asked, late, mode=mode, out=out, as_json=as_json)
        return
    called = "door" if mode == "public" else mode
    asked_places = [names for names in (origins, destinations) if names]
    found_places = places(layers, *asked_places, mode=called)
    network = joined(scenario_of(layers, base).network(layers), [p for some in found_places for p in some])
    ids = dict(zip(asked_places, ([place.id for place in some] for some in found_places), strict=True))
    asked_for: dict[str, Any] = {
        "origins": ids.get(origins or ""),
        "destinations": ids.get(destinations or ""),
        "mode": mode,
        "measure": measure or "",
        "method": method,
        "range_": not quick,
    }
    with in_blocks(cluster, block, keep) as options:
        if options:
            found = value(network, asked, **asked_for, **options)
        else:
            with progress("Sets of projects") as tell:
                found = value(network, asked, **asked_for, progress=lambda done, total: tell("", done, total))
    if out is not None:
        write_table(found.frame, out)
        click.echo(f"Wrote {len(found.frame)} projects to {out}.", err=True)
    if as_json:
        echo_json(_meta(found), found.frame)
    elif out is None:
        _show(found)


def _late(
    layers: Layers, asked: list[str], years: float, *, mode: str, out: str | None, as_json: bool
) -> None:
    """What is lost if each of some projects opens late; those without a date are told on standard error."""
    import pandas as pd

    from yrdgis.errors import InputError, ScenarioError
    from yrdgis.io import write_table
    from yrdgis.network.effects import project_ids
    from yrdgis.scenarios import delay

    if mode not in ("door", "drive"):
        raise InputError(f"a delay is told in mode door or drive, where all pairs have a way, not {mode}")
    rows = []
    with progress("Late projects") as tell:
        for project in sorted(project_ids(layers, asked)):
            try:
                found = delay(layers, project, years, mode=mode)
            except ScenarioError as error:
                click.echo(f"Not late: {error}", err=True)
                continue
            tell(project)
            rows.append({**found.meta, "dependents": ";".join(found.meta["dependents"])})
    frame = pd.DataFrame(rows)
    if out is not None:
        write_table(frame, out)
        click.echo(f"Wrote {len(frame)} projects to {out}.", err=True)
    if as_json:
        echo_json({"years": years, "unit": "minutes x people x years", "mode": mode}, frame)
    elif out is None and len(frame):
        columns = ["name_zh", "project_id", "expected", "late", "alone", "with_dependents", "dependents"]
        click.echo(f"Minutes x people x years that are lost, {years:g} years late:")
        echo_rows(list(frame[columns].itertuples(index=False, name=None)), columns)


def _of_the_plan(layers: Layers) -> list[str]:
    table = layers["projects"]
    return list(table.loc[table["in_plan"], "project_id"])


def _meta(found: Value) -> dict[str, Any]:
    by_city = {
        str(key): {city: worth for city, worth in row.items() if worth}
        for key, row in found.by_city().to_dict("index").items()
    }
    return {**found.meta, "by_city": by_city, "interactions": found.pairs.to_dict("records")}


def _show(found: Value) -> None:
    """Print what acts, complements and substitutes; what does nothing, and why, on standard error."""
    meta = found.meta
    for game, joint in meta["joint"].items():
        which = f"game {game}: " if game else ""
        click.echo(f"{which}together {joint:.4f} {meta['unit']} over {meta['base']} ({meta['as_of']})")
    acting = found.frame[found.frame["worth"].ne(0) | found.frame["reason_code"].eq("")]
    figures = acting[["worth", "worth_low", "worth_high", "put_in", "take_out"]].map("{:.5f}".format)
    shares = acting["share"].map("{:.1%}".format)
    told = [acting["name_zh"], acting["name"], *(figures[c] for c in figures), shares, acting["reason"]]
    rows = list(zip(*told, strict=True))
    header = ["name_zh", "name", "worth", "low", "high", "put_in", "take_out", "share", "note"]
    click.echo()
    echo_rows(rows, header)
    for title, pairs in (
        ("complements", found.complements(_SHOWN)),
        ("substitutes", found.substitutes(_SHOWN)),
    ):
        if len(pairs):
            click.echo()
            cells = [
                (a, b, f"{x:.5f}")
                for a, b, x in pairs[["name_zh", "other_name_zh", "interaction"]].to_numpy()
            ]
            echo_rows(cells, [title, "", "interaction"])
    if meta["pulled_in"]:
        click.echo(f"Added because others require them: {', '.join(meta['pulled_in'])}", err=True)
    for row in found.frame[found.frame["reason_code"].ne("")].itertuples():
        click.echo(f"No effect: {row.name_zh}: {row.reason}", err=True)
