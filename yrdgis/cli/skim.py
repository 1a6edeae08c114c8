"""``yrdgis skim``: travel times and distances between places."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from yrdgis.cli._cluster import cluster_options, in_blocks, is_folder, tell_parts
from yrdgis.cli._console import echo_json, echo_rows
from yrdgis.cli._network import joined, network_of, network_options, out_option, places, scenario_of

__all__ = ["command"]


@click.command()
@click.option(
    "--from", "origins", required=True, metavar="NAMES", help="Names, ids, lon/lat, a group, or a CSV file."
)
@click.option("--to", "destinations", required=True, metavar="NAMES", help="The same, for where to go.")
@network_options
@click.option("--max-min", type=float, help="Leave times above so many minutes blank.")
@click.option(
    "--range",
    "range_",
    is_flag=True,
    help="Add the times at both ends of all assumptions as columns (always shown on a terminal).",
)
@cluster_options
@out_option
def command(
    origins: str,
    destinations: str,
    mode: str,
    impedance: str,
    period: str,
    as_of: str,
    with_: str | None,
    without: str | None,
    max_min: float | None,
    range_: bool,
    cluster: str | None,
    block: int | None,
    out: str | None,
    as_json: bool,
) -> None:
    """Travel times and distances between places, one row per pair; of several days, each row with its day.

    A path without ending is a folder of Parquet files, written block by block; the same command goes on where one
    was broken off.

    \b
    yrdgis skim --from 上海虹桥 --to districts --mode rail --out hongqiao.csv
    yrdgis skim --from towns --to towns --as-of plan-eve,today --cluster local:2 --out times
    """
    from yrdgis.io import load_layers, write_table
    from yrdgis.io.names import split_names
    from yrdgis.io.write import TABLE_FORMATS, output_path
    from yrdgis.metrics import skim

    folder = out if is_folder(out) else None
    if folder is not None and as_json:
        raise click.UsageError("--json prints rows; with --out FOLDER they are in its files")
    if out is not None and folder is None:
        output_path(out, TABLE_FORMATS)
    layers = load_layers()
    starts, ends = places(layers, origins, destinations, mode=mode)
    networks = {}
    for date in split_names(as_of) or ["today"]:
        scenario = scenario_of(layers, date, with_, without)
        networks[date] = joined(network_of(scenario, layers, mode, period), [*starts, *ends])
    with in_blocks(cluster, block, folder) as options:
        frame: Any = skim(
            networks if len(networks) > 1 else next(iter(networks.values())),
            [place.id for place in starts],
            [place.id for place in ends],
            mode=mode,
            impedance=impedance,
            max_min=max_min,
            range_=range_ or as_json or out is None,
            **options,
        )
    if folder is not None:
        tell_parts(frame)
        return
    bounds = frame.filter(regex="_(low|high)_")
    shown = frame if range_ else frame.drop(columns=bounds.columns)
    if out is not None:
        write_table(shown, out)
        click.echo(f"Wrote {len(frame)} pairs to {out}.", err=True)
    if as_json:
        echo_json({**frame.attrs, "ranges": bounds.to_dict("list")}, shown)
    elif out is None:
        _show(frame)


def _show(frame) -> None:  # type: ignore[no-untyped-def]
    """Print the pairs, and what to know about them on standard error."""
    minutes = [column for column in frame.columns if column.endswith("_min")]
    per_teu = [column for column in frame.columns if column.endswith("_teu")]
    day = ["scenario"] if "scenario" in frame else []
    columns = [*day, "from_name_zh", "from_name", "to_name_zh", "to_name", *minutes, "distance_km", *per_teu]
    echo_rows(list(frame[columns].itertuples(index=False, name=None)), columns)
    for meta in frame.attrs["scenarios"].values() if day else [frame.attrs]:
        click.echo("; ".join(_told(meta)), err=True)


def _told(meta: Mapping[str, Any]) -> list[str]:
    told = [
        f"{key} {meta[key]}"
        for key in ("mode", "impedance", "as_of", "period", "confidence", "undated_share")
    ]
    told += ["a forecast"] if meta["forecast"] else []
    told += ["drive minutes are not validated"] if meta.get("drive_minutes_validated") is False else []
    return told
