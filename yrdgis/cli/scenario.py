"""``yrdgis scenario``: list and show scenarios."""

from __future__ import annotations

import click

from yrdgis.cli._console import echo_json, echo_rows
from yrdgis.cli._network import project_options, scenario_of

__all__ = ["command"]


@click.group(invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """List and show scenarios: a day, and projects added or left out; without a subcommand, list them."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_scenarios)


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def list_scenarios(as_json: bool = False) -> None:
    """List the scenarios that have a name: day, and how many projects are in force."""
    from yrdgis.io import load_layers
    from yrdgis.scenarios import named_scenarios

    layers = load_layers()
    rows = []
    for name, one in named_scenarios(layers).items():
        states = one.states(layers)
        rows.append(
            {
                "scenario": name,
                "date": one.date,
                "projects_in_force": int(states["in_force"].sum()),
                "in_plan_in_force": int((states["in_force"] & states["in_plan"]).sum()),
                "left_out": len(one.without_projects),
                "forecast": one.date > layers.valid_on,
            }
        )
    if as_json:
        echo_json({"valid_on": layers.valid_on, "projects": len(layers["projects"])}, rows)
    else:
        echo_rows([tuple(row.values()) for row in rows], list(rows[0]))


@command.command("show")
@click.argument("name")
@project_options
@click.option("--pull-in", is_flag=True, help="Add what the added projects require, and say so.")
@click.option("--out", metavar="FILE.json", help="Write the scenario to a file that other commands take.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def show(
    name: str, with_: str | None, without: str | None, pull_in: bool, out: str | None, as_json: bool
) -> None:
    """Show every project of a scenario and whether it is in force; NAME is a name, a date or a JSON file.

    \b
    yrdgis scenario show plan-eve --with 北沿江 --pull-in --out mine.json
    """
    from yrdgis.io import load_layers
    from yrdgis.io.write import atomic_write, output_path

    if out is not None:
        output_path(out, (".json",))

    layers = load_layers()
    one = scenario_of(layers, name, with_, without)
    asked = one.with_projects
    one = one.closed(layers) if pull_in else one
    states = one.states(layers)
    meta = {
        "scenario": one.label,
        "date": one.date,
        "variant": one.variant,
        "with_projects": sorted(one.with_projects),
        "without_projects": sorted(one.without_projects),
        "pulled_in": sorted(one.with_projects - asked),
        "forecast": one.date > layers.valid_on,
        "content_hash": one.content_hash,
        "problems": one.problems(layers),
    }
    if out is not None:
        with atomic_write(out) as part:
            part.write_text(one.to_json() + "\n", encoding="utf-8")
        click.echo(f"Wrote {one.label} to {out}.", err=True)
    if as_json:
        echo_json(meta, states)
    if as_json or out is not None:
        return
    echo_rows([(key, value) for key, value in meta.items() if value not in ([], "")])
    click.echo()
    echo_rows(list(states.itertuples(index=False, name=None)), list(states.columns))
