"""Folds of the calibration, kept as ``scripts/calibrate.py`` wrote them; here they are checked and get their schema."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from .common import Attr, Facts, Layer, Row
from .writers import write_table

__all__ = ["CATALOG", "FOLDS", "build", "column_of", "write_folds"]

FREE = {
    "rail.speed_ratio.high_speed": ("Ratio on high-speed lines", "高速线速度比", "ratio"),
    "rail.speed_ratio.other": ("Ratio on other lines", "其他线路速度比", "ratio"),
    "rail.speed_ratio.hauled": ("Ratio of trains hauled by locomotives", "机车牵引列车速度比", "ratio"),
    "rail.stop_penalty_min_per_100_kph.rail": ("Minutes of a stop for each 100 km/h", "起停附加时间", "min"),
    "rail.hub_approach_min": ("Minutes of leaving or reaching a hub", "进出枢纽附加时间", "min"),
}


def column_of(parameter_id: str) -> str:
    """Column that holds a parameter.

    Examples
    --------
    >>> column_of("rail.speed_ratio.other")
    'rail_speed_ratio_other'
    """
    return parameter_id.replace(".", "_")


FOLDS = Layer(
    "calibration_folds",
    "Folds of the rail calibration",
    "铁路参数标定分组",
    "none",
    "observed/calibration_folds.csv",
    (
        Attr(
            "line_id",
            description="Line that was left out; trains that touch it were not fitted to",
            description_zh="留出线路",
            required=True,
            references="rail_lines.line_id",
        ),
        Attr(
            "tested",
            "int",
            "Trains whose longest part is on the line",
            "检验车次",
            "rows",
            True,
            "",
            "1..10000",
        ),
        Attr("fitted_to", "int", "Trains fitted to", "拟合车次", "rows", True, "", "1..10000"),
        Attr(
            "median_error",
            "float",
            "Median size of the relative error of the trains left out",
            "中位误差",
            "share",
            True,
            "",
            "0..10",
        ),
        Attr("p90_error", "float", "90th percentile of it", "90分位误差", "share", True, "", "0..10"),
        Attr("bias", "float", "Mean signed relative error", "偏差", "share", True, "", "-10..10"),
        *(
            Attr(column_of(p), "float", text, zh, unit, True, "", "0..100")
            for p, (text, zh, unit) in FREE.items()
        ),
        Attr("source_public", description="What the fit rests on", description_zh="公开来源", required=True),
    ),
    "yrdgis, fitted to train times of January 2021",
)
CATALOG = [FOLDS]


def write_folds(out: Path, rows: Sequence[Mapping[str, object]]) -> None:
    """Write the folds and their schema."""
    write_table(out, FOLDS, rows)


def build(facts: Facts, out: Path) -> None:
    """Check the folds and write them back; nothing where there are none yet."""
    here = out / FOLDS.path
    path = here if here.is_file() else Path(__file__).resolve().parents[2] / "layers" / FOLDS.path
    if path.is_file():
        with open(path, encoding="utf-8", newline="") as file:
            rows: list[Row] = list(csv.DictReader(file))
        write_folds(out, rows)
