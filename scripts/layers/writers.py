"""Writers of layers: data and schema together, checked, and the same bytes on every run."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from .common import Attr, Layer, Row, number

__all__ = ["write_csv", "write_polygons", "write_schema", "write_table"]


def write_table(out: Path, layer: Layer, rows: Sequence[Mapping[str, Any]], *, sort: bool = True) -> None:
    """Write a CSV layer and its schema; rows are sorted by their first attribute unless told otherwise.

    Raises
    ------
    ValueError
        All faults of the rows at once: unknown columns, missing required values, values outside a vocabulary.
    """
    records = [{k: _text(v) for k, v in row.items()} for row in rows]
    if sort:
        key = layer.attributes[0].attribute
        records.sort(key=lambda r: r[key])
    _refuse_faults(layer, records)
    columns = [a.attribute for a in layer.attributes]
    write_csv(out / layer.path, columns, records)
    write_schema(out, layer, records)


def write_polygons(
    out: Path, layer: Layer, rows: Sequence[Mapping[str, Any]], geometries: Sequence[Any], *, digits: int = 5
) -> None:
    """Write a GeoJSON layer (one feature a line) and its schema; geometries are shapely, WGS84."""
    from shapely.geometry import mapping

    records = [{k: _text(v) for k, v in row.items()} for row in rows]
    _refuse_faults(layer, records)
    key = layer.attributes[0].attribute
    lines = []
    for record, geometry in sorted(zip(records, geometries, strict=True), key=lambda pair: pair[0][key]):
        properties = {a.attribute: _typed(record.get(a.attribute, ""), a.type) for a in layer.attributes}
        feature = {
            "type": "Feature",
            "properties": properties,
            "geometry": _rounded(mapping(geometry), digits),
        }
        lines.append(json.dumps(feature, ensure_ascii=False, separators=(",", ":")))
    head = f'{{"type":"FeatureCollection","name":"{layer.layer_id}","features":[\n'
    _write_text(out / layer.path, head + ",\n".join(lines) + "\n]}\n")
    write_schema(out, layer, records)


def write_schema(out: Path, layer: Layer, records: Iterable[Mapping[str, str]]) -> None:
    """Write ``schema/<name>.csv``; of a closed vocabulary only the values in use are declared."""
    records = list(records)
    rows = []
    for attr in layer.attributes:
        allowed = attr.allowed
        if "|" in allowed:
            used = {item for r in records for item in _items(r.get(attr.attribute, ""), attr.type)}
            allowed = "|".join(word for word in allowed.split("|") if word in used)
        rows.append(
            {
                "attribute": attr.attribute,
                "type": attr.type,
                "unit": attr.unit,
                "required": str(attr.required),
                "default": attr.default,
                "allowed": allowed,
                "references": attr.references,
                "audience": attr.audience,
                "description": attr.description,
                "description_zh": attr.description_zh,
            }
        )
    write_csv(out / "schema" / f"{layer.schema_name}.csv", list(rows[0]), rows)


def _items(value: str, kind: str) -> list[str]:
    parts = value.split(";") if kind == "list" else [value]
    return [part for part in parts if part]


def _refuse_faults(layer: Layer, records: Sequence[Mapping[str, str]]) -> None:
    known = {a.attribute for a in layer.attributes}
    key = layer.attributes[0]
    faults = [f"unknown column {c}" for c in sorted({c for r in records for c in r} - known)]
    if not key.description.startswith("(no key)"):
        ids = [r.get(key.attribute, "") for r in records]
        faults += [f"{key.attribute} twice: {i}" for i in sorted({i for i in ids if ids.count(i) > 1})]
    for record in records:
        where = record.get(key.attribute, "?")
        for attr in layer.attributes:
            faults += [f"{where}: {fault}" for fault in _cell_faults(attr, record.get(attr.attribute, ""))]
    if faults:
        raise ValueError(f"{layer.layer_id}: {len(faults)} faults\n  " + "\n  ".join(faults[:60]))


def _cell_faults(attr: Attr, value: str) -> list[str]:
    if value == "":
        return [f"{attr.attribute} is empty"] if attr.required else []
    if ".." in attr.allowed:
        low, high = map(float, attr.allowed.split(".."))
        return [] if low <= float(value) <= high else [f"{attr.attribute} is {value}, outside {attr.allowed}"]
    if attr.allowed:
        wrong = [item for item in _items(value, attr.type) if item not in attr.allowed.split("|")]
        return [f"{attr.attribute} has {item!r}, not one of {attr.allowed}" for item in wrong]
    if attr.type == "date" and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return [f"{attr.attribute} is no date: {value}"]
    return []


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, list | tuple):
        return ";".join(value)
    return number(value, 5) if isinstance(value, float) else str(value)


def _typed(value: str, kind: str) -> Any:
    if value == "":
        return None
    makers: dict[str, Callable[[str], Any]] = {"int": int, "float": float, "bool": lambda v: v == "True"}
    return makers.get(kind, str)(value)


def _rounded(geometry: Mapping[str, Any], digits: int) -> Row:
    def walk(coords: Any) -> Any:
        if isinstance(coords[0], float | int):
            return [round(float(c), digits) for c in coords[:2]]
        return [walk(c) for c in coords]

    return {"type": geometry["type"], "coordinates": walk(geometry["coordinates"])}


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> None:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, fieldnames=columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    _write_text(path, buffer.getvalue())


def _write_text(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
