"""Layers as they stand on disk, faults and all, for the checks."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from yrdgis.errors import LayerError
from yrdgis.io._text import decode, read_bytes
from yrdgis.io.catalog import LayerInfo
from yrdgis.io.schema import Schema

__all__ = ["Finding", "RawLayer", "read_raw", "shown"]

_MOST_COLUMNS = 2_000
_MOST_CELL = 1 << 20
_MOST_FINDINGS = 10_000


@dataclass(frozen=True, repr=False)
class Finding:
    """One fault: in which layer, row and column, what it is, and what to do about it.

    `row` is the key of the row, or its line in the file where it has none; `row` and `column` are empty where
    the fault is not of one row or column.
    """

    severity: str
    layer: str
    message: str
    row: str = ""
    column: str = ""
    value: str = ""
    hint: str = ""

    def __repr__(self) -> str:
        where = " ".join(part for part in (self.layer, self.row, self.column) if part)
        return f"<Finding {self.severity}: {where}: {self.message}>"

    def _repr_html_(self) -> str:
        """The fault and its cure, for a notebook; every text is escaped."""
        from yrdgis.io.cards import card

        facts = [
            ("行", "row", self.row),
            ("列", "column", self.column),
            ("取值", "value", self.value),
            ("问题", "what", self.message),
            ("办法", "what to do", self.hint),
        ]
        words = {"error": "错误", "warning": "警告"}
        return card(
            (f"{words.get(self.severity, self.severity)}：{self.layer}", f"{self.severity}: {self.layer}"),
            facts,
        )


@dataclass
class RawLayer:
    """A layer's cells as texts, with the findings that reading it gave."""

    info: LayerInfo
    schema: Schema
    header: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    shapes: Any = None
    findings: list[Finding] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Id of the layer."""
        return self.info.layer_id

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong with it so far, so that it can be read as typed."""
        return not any(f.severity == "error" for f in self.findings)

    @cached_property
    def labels(self) -> list[str]:
        """What to call each row: its key, else its line in the file."""
        key = self.schema.key
        if key is None or key not in self.header:
            return [f"line {line}" for line in self.lines]
        at = self.header.index(key)
        return [row[at] or f"line {line}" for row, line in zip(self.rows, self.lines, strict=True)]

    def column(self, name: str) -> list[str]:
        """Cells of a column; empty texts where the file has no such column."""
        if name not in self.header:
            return [""] * len(self.rows)
        at = self.header.index(name)
        return [row[at] for row in self.rows]

    def add(
        self, severity: str, message: str, *, row: str = "", column: str = "", value: str = "", hint: str = ""
    ) -> None:
        """Note a fault; past the most that a layer may have, only that there are more."""
        if len(self.findings) < _MOST_FINDINGS:
            self.findings.append(Finding(severity, self.name, message, row, column, value, hint))
        elif len(self.findings) == _MOST_FINDINGS:
            told = f"there are more than {_MOST_FINDINGS:,} faults; the rest is not listed"
            self.findings.append(Finding("error", self.name, told))


def shown(text: str, most: int = 40) -> str:
    """Text in quotes for a message: cut, and with control characters escaped."""
    return repr(text if len(text) <= most else text[: most - 1] + "…")


def read_raw(info: LayerInfo, schema: Schema, file: Path) -> RawLayer:
    """Cells of a layer; what can't be read is among its findings."""
    layer = RawLayer(info, schema)
    try:
        if file.suffix.casefold() == ".geojson":
            _read_features(layer, file)
        else:
            _read_csv(layer, file)
    except LayerError as error:
        layer.add("error", str(error))
    return layer


def _read_csv(layer: RawLayer, file: Path) -> None:
    text = decode(read_bytes(file), file.name)
    previous = csv.field_size_limit(_MOST_CELL)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        layer.header = next(reader, [])
        if not layer.header:
            raise LayerError("the file is empty; a layer has a header at least")
        if len(layer.header) > _MOST_COLUMNS:
            raise LayerError(
                f"the file has {len(layer.header):,} columns; no layer has more than {_MOST_COLUMNS:,}"
            )
        for row in reader:
            if len(row) == len(layer.header):
                layer.rows.append(row)
                layer.lines.append(reader.line_num)
            elif row:
                told = f"has {len(row)} cells; the header has {len(layer.header)}"
                layer.add(
                    "error", told, row=f"line {reader.line_num}", hint="put texts that hold a comma in quotes"
                )
    except csv.Error as error:
        raise LayerError(f"{file.name} is no readable CSV ({error})") from None
    finally:
        csv.field_size_limit(previous)
    twice = sorted({c for c in layer.header if layer.header.count(c) > 1})
    if twice:
        layer.add("error", f"column {', '.join(map(shown, twice))} stands twice in the header")


def _read_features(layer: RawLayer, file: Path) -> None:
    from yrdgis.io._table import as_text
    from yrdgis.io.read import read_geojson

    records, layer.shapes = read_geojson(file)
    layer.header = list(dict.fromkeys(str(key) for record in records for key in record)) or layer.schema.names
    if len(layer.header) > _MOST_COLUMNS:
        raise LayerError(
            f"{file.name} has {len(layer.header):,} attributes; no layer has more than {_MOST_COLUMNS:,}"
        )
    layer.rows = [[as_text(record.get(column)) for column in layer.header] for record in records]
    layer.lines = list(range(1, len(records) + 1))
