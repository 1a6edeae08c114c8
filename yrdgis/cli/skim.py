"""``yrdgis skim``: travel times and distances between places."""

from __future__ import annotations

import click

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
    out: str | None,
    as_json: bool,
) -> None:
    """Travel times and distances between places, one row per pair.

    \b
    yrdgis skim --from 上海虹桥 --to districts --mode rail --out hongqiao.csv
    """
    from yrdgis.io import load_layers, write_table
    from yrdgis.io.write import TABLE_FORMATS, output_path
    from yrdgis.metrics import skim

    if out is not None:
        output_path(out, TABLE_FORMATS)
    layers = load_layers()
    scenario = scenario_of(layers, as_of, with_, without)
    starts, ends = places(layers, origins, destinations, mode=mode)
    network = joined(network_of(scenario, layers, mode, period), [*starts, *ends])
    frame = skim(
        network,
        [place.id for place in starts],
        [place.id for place in ends],
        mode=mode,
        impedance=impedance,
        max_min=max_min,
        range_=range_ or as_json or out is None,
    )
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
    columns = ["from_name_zh", "from_name", "to_name_zh", "to_name", *minutes, "distance_km", *per_teu]
    echo_rows(list(frame[columns].itertuples(index=False, name=None)), columns)
    meta = frame.attrs
    told = [
        f"{key} {meta[key]}"
        for key in ("mode", "impedance", "as_of", "period", "confidence", "undated_share")
    ]
    told += ["a forecast"] if meta["forecast"] else []
    told += ["drive minutes are not validated"] if meta.get("drive_minutes_validated") is False else []
    click.echo("; ".join(told), err=True)
