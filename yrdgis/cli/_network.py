"""What the commands on networks share: their options, and how names and dates become places and networks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import click

from yrdgis.cli._console import working

if TYPE_CHECKING:
    from yrdgis.io import Layers, Place
    from yrdgis.network import Network
    from yrdgis.scenarios import Scenario

__all__ = [
    "joined",
    "network_of",
    "network_options",
    "out_option",
    "places",
    "project_options",
    "scenario_of",
    "way_options",
]

MODES = ("door", "drive", "rail", "freight")
IMPEDANCES = ("total", "in_vehicle", "distance", "cost", "co2")


def way_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--mode``, ``--impedance`` and ``--period``."""
    options = (
        click.option(
            "--mode", type=click.Choice(MODES), default="door", show_default=True, help="How to get there."
        ),
        click.option(
            "--impedance",
            type=click.Choice(IMPEDANCES),
            default="total",
            show_default=True,
            help="What is made least.",
        ),
        click.option(
            "--period",
            type=click.Choice(("free", "peak")),
            default="free",
            show_default=True,
            help="Time of day.",
        ),
    )
    return _with_all(command, options)


def project_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--with`` and ``--without``."""
    options = (
        click.option("--with", "with_", metavar="IDS", help="Projects to add, whatever their dates."),
        click.option("--without", metavar="IDS", help="Projects to leave out, whatever their dates."),
    )
    return _with_all(command, options)


def network_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of a network of one date: way, date and projects."""
    as_of = click.option(
        "--as-of",
        default="today",
        show_default=True,
        metavar="DATE",
        help="Day or scenario: 2021-01-15, plan-eve, 2030 ...",
    )
    return way_options(as_of(project_options(command)))


def out_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--out`` and ``--json``."""
    options = (
        click.option("--out", metavar="FILE", help="File to write; its ending says the format."),
        click.option("--json", "as_json", is_flag=True, help="Print one JSON document."),
    )
    return _with_all(command, options)


def scenario_of(layers: Layers, date: str, with_: str | None = None, without: str | None = None) -> Scenario:
    """Scenario of a name, date or JSON file, with projects added and left out."""
    from yrdgis.io.names import split_names
    from yrdgis.scenarios import scenario

    return scenario(
        date,
        layers,
        with_projects=split_names(with_ or ""),
        without_projects=split_names(without or ""),
    )


def network_of(scenario: Scenario, layers: Layers, mode: str, period: str) -> Network:
    """The network of a scenario, or the part of it that a mode needs."""
    with working(f"Network of {scenario.label} ..."):
        return scenario.network(layers, period=period, part="freight" if mode == "freight" else "")


def places(layers: Layers, *names: str, mode: str) -> list[list[Place]]:
    """Places of several lists of names, each with at least one; what is wrong in any is told at once."""
    from yrdgis.errors import InputError, YrdgisError, all_at_once
    from yrdgis.io import Resolver

    resolver = Resolver(layers)
    found: list[list[Place]] = []
    errors: list[YrdgisError] = []
    for text in names:
        try:
            found.append(resolver.resolve_all(text, mode))
        except YrdgisError as error:
            errors.append(error)
    if len(errors) > 1:
        lines = [line.strip() for error in errors for line in str(error).splitlines()]
        raise InputError(all_at_once("names", [line for line in lines if not line.startswith("names: ")]))
    if errors:
        raise errors[0]
    return found


def joined(network: Network, asked: Iterable[Place]) -> Network:
    """The network with the places that it does not have yet, such as points of the user."""
    import pandas as pd

    from yrdgis.network import with_points

    new = {place.id: place for place in asked if place.id not in network.nodes.index}
    if not new:
        return network
    rows = [(place.name, place.name_zh, place.lon, place.lat) for place in new.values()]
    return with_points(
        network, pd.DataFrame(rows, index=list(new), columns=["name", "name_zh", "lon", "lat"])
    )


def _with_all(command: Callable[..., Any], options: Iterable[Callable[..., Any]]) -> Callable[..., Any]:
    for option in reversed(list(options)):
        command = option(command)
    return command
