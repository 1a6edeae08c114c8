"""Parameters: the assumptions of the model, kept by hand in ``layers/parameters/parameters.csv`` itself.

Nothing is derived from facts here. To change an assumption, edit the file; the builder only checks that each
value lies within its range and that ids, groups and sources are in order, and writes the schema.
"""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

from .common import CONFIDENCES, Attr, Facts, Layer
from .writers import write_table

LAYER = Layer(
    "parameters",
    "Parameters: every assumption of the model",
    "参数(模型全部假设)",
    "none",
    "parameters/parameters.csv",
    (
        Attr(
            "parameter_id",
            description="Dotted name that the code asks for; stable",
            description_zh="参数编号,代码按此取值",
            required=True,
        ),
        Attr(
            "group",
            description="First part of the id",
            description_zh="参数组",
            required=True,
        ),
        Attr("name", description="What the parameter is", description_zh="参数含义(英文)", required=True),
        Attr(
            "name_zh",
            description="What the parameter is, in Chinese",
            description_zh="参数含义",
            required=True,
        ),
        Attr("unit", description="Unit of value, low and high", description_zh="单位", required=True),
        Attr("value", "float", "Value used unless the user asks for another", "取值", required=True),
        Attr("low", "float", "Low end of the plausible range", "下限", required=True),
        Attr("high", "float", "High end of the plausible range", "上限", required=True),
        Attr(
            "source_public",
            description="Publisher, title, date; or that yrdgis assumes it and why the range is as it is",
            description_zh="公开来源",
            required=True,
        ),
        Attr(
            "confidence",
            description="How sure the value is",
            description_zh="可信度",
            required=True,
            allowed=CONFIDENCES,
        ),
        Attr("note", description="What the parameter covers and what it does not", description_zh="备注"),
    ),
    "kept by hand; sources in each row",
)
CATALOG = [LAYER]


def build(facts: Facts, out: Path) -> None:
    """Check the parameters and write them back with their schema.

    Raises
    ------
    ValueError
        If a value lies outside its range or an id does not begin with its group; all rows at once.
    """
    here = out / LAYER.path
    path = here if here.is_file() else Path(__file__).resolve().parents[2] / "layers" / LAYER.path
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    faults = [
        f"{r['parameter_id']}: {r['low']} <= {r['value']} <= {r['high']} does not hold"
        for r in rows
        if not float(r["low"]) <= float(r["value"]) <= float(r["high"])
    ]
    faults += [
        f"{r['parameter_id']}: group is {r['group']}"
        for r in rows
        if r["parameter_id"].split(".")[0] != r["group"]
    ]
    if faults:
        raise ValueError("parameters\n  " + "\n  ".join(faults))
    groups = "|".join(sorted({r["group"] for r in rows}))
    attributes = tuple(a.but(allowed=groups) if a.attribute == "group" else a for a in LAYER.attributes)
    write_table(out, replace(LAYER, attributes=attributes), rows, sort=False)
