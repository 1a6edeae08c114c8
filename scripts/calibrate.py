"""Fit the free rail parameters: ``python scripts/calibrate.py [--layers DIR] [--dry-run]``.

Reads the observed train times of the layers, fits the parameters named in
``yrdgis.network.rail_times.FREE_PARAMETERS`` to all of them and, for each line, to those that do not touch
that line; prints the left-out errors; writes the parameters with their range over the folds, and the folds.
The same layers give the same figures.
"""

from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from layers.calibration import column_of, write_folds
from layers.writers import write_csv

from yrdgis.io import load_layers
from yrdgis.network.rail_times import FREE_PARAMETERS
from yrdgis.validation import observed_in_layers
from yrdgis.validation.calibrate import Fit, cross_validate, problem_of
from yrdgis.validation.measures import relative_error, summary

DIGITS = 3


def main() -> None:
    """Fit, report, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--layers", type=Path, default=Path(__file__).resolve().parent.parent / "layers")
    parser.add_argument("--dry-run", action="store_true", help="print the figures, write nothing")
    options = parser.parse_args()
    layers = load_layers(options.layers)
    fit = cross_validate(problem_of(layers, observed_in_layers(layers).rows))
    _report(fit)
    if not options.dry_run:
        source = _source(fit)
        write_folds(options.layers, [_fold(row, source) for row in fit.folds.to_dict("records")])
        _write_parameters(options.layers / "parameters" / "parameters.csv", fit, source)


def _report(fit: Fit) -> None:
    rows = fit.rows.assign(trains=fit.rows["train_class"].eq("K").map({True: "K", False: "G, D, C"}))
    for title, column in (("fitted to all", "modelled"), ("left-out folds", "left_out")):
        rows["error"] = relative_error(rows[column], rows["observed"])
        print(f"{title}:\n{summary(rows, ['trains']).round(4).to_string(index=False)}\n")
    print(fit.folds.round(4).to_string(index=False), "\n")
    for parameter in FREE_PARAMETERS:
        value, low, high = (f[parameter] for f in (fit.parameters, fit.low, fit.high))
        print(f"{parameter}: {value:.4f} ({low:.4f} to {high:.4f} over the folds)")


def _source(fit: Fit) -> str:
    hauled = int(fit.rows["train_class"].eq("K").sum())
    return (
        f"fitted on {len(fit.rows) - hauled} fastest direct G, D and C trains and {hauled} K trains of "
        "January 2021 (layer rail_times) by yrdgis; range over folds that leave out one line each"
    )


def _fold(row: dict[str, object], source: str) -> dict[str, object]:
    out = {
        "line_id": row["line"],
        "tested": row["tested"],
        "fitted_to": row["fitted_to"],
        "source_public": source,
    }
    for name, key in (("median_error", "median"), ("p90_error", "p90"), ("bias", "bias")):
        out[name] = round(float(str(row[key])), 4)
    return out | {column_of(p): round(float(str(row[p])), 4) for p in FREE_PARAMETERS}


def _write_parameters(path: Path, fit: Fit, source: str) -> None:
    """Set value, range and source of the fitted rows; the other rows stay as they are."""
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        name = row["parameter_id"]
        if name in FREE_PARAMETERS:
            row["value"] = f"{fit.parameters[name]:.{DIGITS}f}"
            row["low"] = f"{min(fit.low[name], float(row['value'])):.{DIGITS}f}"
            row["high"] = f"{max(fit.high[name], float(row['value'])):.{DIGITS}f}"
            row["source_public"], row["confidence"] = source, "medium"
    write_csv(path, list(rows[0]), rows)


if __name__ == "__main__":
    main()
