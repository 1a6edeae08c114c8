"""``yrdgis validate``: compare the model with observed times and distances."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from yrdgis.cli._console import echo_json, echo_rows, working

if TYPE_CHECKING:
    import pandas as pd

    from yrdgis.validation.report import Validation

__all__ = ["command"]

_HEADER = ("n", "no answer", "median error %", "90th percentile %", "bias %")


@click.command()
@click.option(
    "--observed",
    "file",
    metavar="FILE",
    help="CSV with columns from, to and minutes (trains) or distance_km (roads, waterways); "
    "train_class, mode and as_of where you have them. The layers' own observations by default.",
)
@click.option(
    "--as-of", metavar="DATE", help="Day for rows of the file that state none; the layers' day by default."
)
@click.option(
    "--out", metavar="FOLDER", help="Folder for tables and a scatter plot; it is replaced as a whole."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document with every compared row.")
def command(file: str | None, as_of: str | None, out: str | None, as_json: bool) -> None:
    """Compare the model with observed times and distances.

    Trains are compared like with like: the fastest direct train of the same class on the day of the
    observation. Train times that the parameters were fitted to are compared with the fit that left their line
    out. Other rows that sit in a layer already are left out and counted. Errors are relative: over the
    observed value, for trains over at least 20 min.
    """
    from yrdgis.io import load_layers
    from yrdgis.validation.report import UNVALIDATED, validate, write_report

    layers = load_layers()
    with working("Observed trains and distances ..."):
        result = validate(layers, file, as_of=as_of)
    if out is not None:
        from yrdgis.reports.fonts import find_cjk_font

        font = find_cjk_font()
        folder = write_report(result, out, font=font.path if font else None)
        click.echo(f"{folder}: tables and scatter.png of {len(result.counted)} rows", err=True)
    if as_json:
        meta = {
            "valid_on": layers.valid_on,
            "rows": len(result.counted),
            "left_out": dict(result.left_out),
            "by_group": result.by("group").to_dict("records"),
            "by_class": result.by("mode", "train_class").to_dict("records"),
            "by_line": result.by("mode", "line").to_dict("records"),
            "unvalidated": UNVALIDATED["en"],
        }
        echo_json(meta, result.counted)
        return
    _echo(result)
    click.echo()
    click.echo(f"{UNVALIDATED['en']} {UNVALIDATED['zh']}")


def _echo(result: Validation) -> None:
    _table("group", result.by("group"), ["group"])
    _table("mode, class", result.by("mode", "train_class"), ["mode", "train_class"])
    _table("line", result.by("line").query("line != ''"), ["line"])
    for reason, count in result.left_out.items():
        click.echo(f"not counted, {reason}: {count}")
    worst = result.worst()
    if len(worst):
        click.echo()
        click.echo(f"worst {len(worst)}:")
        for row in worst.to_dict("records"):
            pair = f"{row['from_name_zh']}—{row['to_name_zh']} {row['train_class']}".rstrip()
            click.echo(
                f"  {pair}: observed {row['observed']:g} {row['unit']}, "
                f"modelled {row['modelled']:.1f} ({row['error']:+.0%}); {row['way']}"
            )


def _table(title: str, frame: pd.DataFrame, keys: list[str]) -> None:
    if frame.empty:
        return
    rows = [
        (
            " ".join(str(row[key]) for key in keys).strip(),
            row["n"],
            row["no_answer"],
            *(f"{row[c] * 100:.1f}" for c in ("median_error", "p90_error", "bias")),
        )
        for row in frame.to_dict("records")
    ]
    echo_rows(rows, (title, *_HEADER))
    click.echo()
