"""``yrdgis measure``: accessibility, connectivity, borders, cohesion and other measures, for one day or several."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from yrdgis.cli._cluster import cluster_options, in_blocks, is_folder, tell_parts
from yrdgis.cli._console import echo_json, echo_rows, working
from yrdgis.cli._network import out_option, project_options, scenario_of

if TYPE_CHECKING:
    import pandas as pd

    from yrdgis.api import DatedNetwork

__all__ = ["MEASURES", "command"]

MEASURES = {
    "accessibility": "What can be reached from places, and how far everything is.",
    "connectivity": "Density, indices and circuity of what is built, by mode and city.",
    "efficiency": "Straight-line time over time taken, by place.",
    "centrality": "Betweenness and closeness of the nodes of what is built.",
    "cuts": "How few links have to close to cut two cities apart.",
    "weak-points": "Links and nodes without which the network falls apart.",
    "borders": "Crossings per 10 km of each provincial border.",
    "border-penalty": "What a provincial border adds to the times between towns.",
    "border-detours": "Detours of town pairs across each border.",
    "cohesion": "How far the members of town clusters live as one place.",
    "resilience": "What closing each link, crossing or set of links costs.",
    "equity": "How evenly accessibility is shared, before and after.",
    "targets": "Travel-time goals of plans, met or not.",
    "interchange": "Minutes between metro, suburban and other trains at each hub.",
    "hinterland": "How boxes divide among ports.",
}
"""Names, and what each tells."""

_SHOWN = 40
_KEPT = ("accessibility", "resilience")
_IN_BLOCKS = (
    "accessibility",
    "border-detours",
    "border-penalty",
    "cohesion",
    "efficiency",
    "equity",
    "resilience",
    "targets",
)


def _listed() -> str:
    return "\n".join(f"{name + ' ' * (15 - len(name))} {told}" for name, told in MEASURES.items())


class _Measure(click.Choice):
    """A measure by name; one that is none gets the nearest."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The name, if it is one."""
        import difflib

        near = difflib.get_close_matches(str(value), MEASURES, n=2, cutoff=0.5)
        if value not in MEASURES and near:
            self.fail(f"no measure is called {value!r}. Did you mean {' or '.join(near)}?", param, ctx)
        return super().convert(value, param, ctx)


@click.command(epilog=f"\b\nMeasures:\n{_listed()}")
@click.argument("name", type=_Measure(list(MEASURES)), metavar="NAME")
@click.option(
    "--from", "places", metavar="NAMES", help="Places, stations or clusters; all that fit by default."
)
@click.option("--to", metavar="WHAT", help="What is reached: people, towns, destinations, or a kind of them.")
@click.option(
    "--close", metavar="SET", help="What closes: crossings, pairs, fog, or link ids; each link alone."
)
@click.option(
    "--mode",
    type=click.Choice(("door", "drive", "public", "road", "rail", "metro")),
    help="How to get there; for connectivity, cuts and weak points what is looked at.",
)
@click.option(
    "--period", type=click.Choice(("free", "peak")), default="free", show_default=True, help="Time of day."
)
@click.option(
    "--as-of", default="today", show_default=True, metavar="DATES", help="Days or scenarios, by commas."
)
@click.option(
    "--before", default="plan-eve", show_default=True, metavar="DATE", help="For equity: the day before."
)
@project_options
@click.option("--no-range", is_flag=True, help="Leave out the ends of all assumptions, which take longer.")
@cluster_options
@out_option
def command(
    name: str,
    places: str | None,
    to: str | None,
    close: str | None,
    mode: str | None,
    period: str,
    as_of: str,
    before: str,
    with_: str | None,
    without: str | None,
    no_range: bool,
    cluster: str | None,
    block: int | None,
    out: str | None,
    as_json: bool,
) -> None:
    """Measure NAME on the network of one day, or of several.

    \b
    yrdgis measure accessibility --from districts --out access.gpkg
    yrdgis measure cohesion --as-of plan-eve,today,2030
    yrdgis measure resilience --close crossings --out crossings.xlsx
    """
    from yrdgis.api import load
    from yrdgis.io import write_layer
    from yrdgis.io.names import split_names
    from yrdgis.io.write import LAYER_FORMATS, output_path

    folder = out if is_folder(out) else None
    dates = split_names(as_of) or ["today"]
    _check_blocks(name, cluster, block, folder, dates, as_json)
    file = output_path(out, LAYER_FORMATS) if out is not None and folder is None else None
    area = load()
    options = _Options(places, to, close, mode, not no_range)
    frames = []
    for date in dates:
        network = area.network(scenario_of(area.layers, date, with_, without), period=period)
        earlier = area.network(scenario_of(area.layers, before), period=period) if name == "equity" else None
        if cluster is None and block is None and folder is None:
            with working(f"{name} on {network.scenario.label} ..."):
                frames.append((date, _measured(name, network, earlier, options)))
            continue
        with in_blocks(cluster, block, folder) as how:
            if name not in _KEPT:
                how.pop("out", None)
            found: Any = _measured(name, network, earlier, options, **how)
        if folder is not None:
            tell_parts(found)
            return
        frames.append((date, found))
    table = _together(frames)
    plain = table.drop(columns="geometry") if "geometry" in table else table
    if file is not None:
        shapes = "geometry" in table and file.suffix.casefold() not in (".csv", ".xlsx")
        write_layer(table if shapes else plain, file)
        click.echo(f"Wrote {len(table)} rows to {file}.", err=True)
    if as_json:
        meta: dict[Any, Any] = {"measure": name}
        meta.update(frames[-1][1].attrs)
        echo_json(meta, plain)
    elif file is None:
        told = [column for column in plain.columns if plain[column].astype(str).str.len().max() <= _SHOWN]
        echo_rows(list(plain[told].itertuples(index=False, name=None)), told)
        _tell(frames[-1][1].attrs)


def _check_blocks(
    name: str, cluster: str | None, block: int | None, folder: str | None, dates: list[str], as_json: bool
) -> None:
    """Refuse to work in blocks where a measure can't."""
    if cluster is None and block is None and folder is None:
        return
    if name not in _IN_BLOCKS:
        raise click.UsageError(
            f"{name} is not worked out in blocks; {', '.join(_IN_BLOCKS)} are. Give --out a file with an ending"
        )
    if folder is not None and (name != "accessibility" or len(dates) > 1 or as_json):
        raise click.UsageError("a folder takes accessibility of one day, without --json; give --out a file")


class _Options:
    """What was asked for beside the measure and the day."""

    def __init__(
        self, places: str | None, to: str | None, close: str | None, mode: str | None, range_: bool
    ) -> None:
        self.places = places
        self.to = to or "people"
        self.close = close
        self.mode = mode
        self.range_ = range_

    def way(self, default: str, allowed: tuple[str, ...]) -> str:
        """The mode, where the measure has it."""
        mode = self.mode or default
        if mode not in allowed:
            raise click.UsageError(f"this measure takes --mode {', '.join(allowed)}, not {mode}")
        return mode


def _measured(
    name: str, network: DatedNetwork, before: DatedNetwork | None, asked: _Options, **how: Any
) -> pd.DataFrame:
    from yrdgis import api
    from yrdgis.io.names import split_names

    ways = ("door", "drive", "public")
    built = ("road", "rail", "metro")
    names = None if asked.places is None else split_names(asked.places)
    run: dict[str, Callable[[], Any]] = {
        "accessibility": lambda: api.accessibility(
            network,
            asked.places or "districts",
            to=asked.to,
            mode=asked.way("door", ways),
            range_=asked.range_,
            **how,
        ),
        "connectivity": lambda: api.connectivity(
            network, [asked.way(asked.mode, built)] if asked.mode else built
        ),
        "efficiency": lambda: api.efficiency(
            network, asked.places or "districts", mode=asked.way("door", ways), range_=asked.range_, **how
        ),
        "centrality": lambda: api.centrality(network, asked.way("road", built)),
        "cuts": lambda: api.city_cuts(network, asked.way("road", built)),
        "weak-points": lambda: api.weak_points(network, asked.way("road", built)),
        "borders": lambda: api.borders(network),
        "border-penalty": lambda: _penalty(network, asked.way("drive", ways), **how),
        "border-detours": lambda: api.border_detours(network, **how),
        "cohesion": lambda: api.cohesion(
            network, names, mode=asked.way("door", ways), range_=asked.range_, **how
        ),
        "resilience": lambda: api.resilience(
            network, _closures(asked.close), mode=asked.way("door", ways), range_=asked.range_, **how
        ),
        "equity": lambda: api.equity(
            before or network, network, to=asked.to, mode=asked.way("door", ways), **how
        ).reset_index(),
        "targets": lambda: api.targets(network, names, range_=asked.range_, **how),
        "interchange": lambda: api.interchange(network, names, range_=asked.range_),
        "hinterland": lambda: api.hinterland(network, asked.places or "districts", range_=asked.range_),
    }
    return run[name]()


def _closures(text: str | None) -> Any:
    """The named set, one closure of all the links that are listed, or None for each link alone."""
    if text is None or text in ("crossings", "pairs", "fog"):
        return text
    from yrdgis.io.names import split_names

    return {"closure": split_names(text)}


def _penalty(network: DatedNetwork, mode: str, **how: Any) -> pd.DataFrame:
    from yrdgis.api import border_penalty

    found = border_penalty(network, mode=mode, **how)
    table = found.table.reset_index()
    low, high = found.percent_range
    table.attrs.update(found.meta)
    table.attrs.update(
        percent=found.percent,
        percent_low=low,
        percent_high=high,
        error=found.error,
        p=found.p,
        pairs=found.pairs,
        pairs_without_a_way=found.cut,
        city_pairs=found.city_pairs,
    )
    return table


def _together(frames: list[tuple[str, pd.DataFrame]]) -> pd.DataFrame:
    """Tables of several days one below the other, each row with its day."""
    import pandas as pd

    parts = []
    for date, frame in frames:
        part = frame.copy()
        part.insert(0, "as_of", frame.attrs.get("as_of") or date)
        parts.append(part)
    table = pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0].reset_index(drop=True)
    table.attrs.update(frames[-1][1].attrs)
    return table


def _tell(meta: Any) -> None:
    """What the figures rest on, on standard error."""
    shown = (
        "mode",
        "as_of",
        "confidence",
        "undated_share",
        "range",
        "percent",
        "percent_low",
        "percent_high",
        "p",
    )
    values = {key: meta[key] for key in shown if meta.get(key) is not None}
    told = [f"{key} {v:.4g}" if isinstance(v, float) else f"{key} {v}" for key, v in values.items()]
    told += ["a forecast"] if meta.get("forecast") else []
    told += [str(meta["resolution"])] if meta.get("resolution") else []
    if meta.get("rests_on"):
        told.append("rests on " + ", ".join(meta["rests_on"]))
    click.echo("; ".join(told), err=True)
