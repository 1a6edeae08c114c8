"""Writing a whole region as a folder of layers, from cells that are texts already."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yrdgis.errors import InputError, LayerError, all_at_once
from yrdgis.io.catalog import Catalog, LayerInfo
from yrdgis.io.write import atomic_folder

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from yrdgis.io.schema import Attribute, Schema

__all__ = ["SCHEMA_HEADER", "schema_rows", "write_region"]

SCHEMA_HEADER = (
    *("attribute", "type", "unit", "required", "default", "allowed", "references", "audience"),
    *("description", "description_zh"),
)
_CATALOG_HEADER = tuple(field.name for field in fields(LayerInfo))


def schema_rows(schema: Schema) -> list[dict[str, str]]:
    """Rows of the table from which a schema was read, or one that means the same."""
    return [
        {
            "attribute": a.name,
            "type": a.type,
            "unit": a.unit,
            "required": str(a.required),
            "default": a.default,
            "allowed": _allowed(a),
            "references": "|".join(".".join(owner) for owner in a.references),
            "audience": a.audience,
            "description": a.description,
            "description_zh": a.description_zh,
        }
        for a in schema
    ]


def write_region(
    folder: Path,
    infos: Sequence[LayerInfo],
    schemas: Mapping[str, Sequence[Mapping[str, str]]],
    tables: Mapping[str, tuple[pa.Table, np.ndarray | None]],
) -> None:
    """Write catalogue, schemas and layers into a folder, whole or not at all.

    Parameters
    ----------
    folder : pathlib.Path
        New or empty.
    infos : sequence of LayerInfo
        Rows of the catalogue.
    schemas : mapping
        Name of a schema -> its rows, with the columns of `SCHEMA_HEADER`.
    tables : mapping
        Layer id -> cells as texts, and the shapes where the layer's file is a GeoJSON.

    Raises
    ------
    InputError
        If the folder holds anything.
    LayerError
        If the catalogue names a file twice, or one that can't be that of a layer.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder} is not empty; layers are written into a new folder.")
    _check_paths(infos)
    with atomic_folder(folder) as temporary:
        _write_csv(temporary / "catalog.csv", _CATALOG_HEADER, [list(vars(info).values()) for info in infos])
        catalog = Catalog(temporary)
        for name, rows in schemas.items():
            cells = [[row[column] for column in SCHEMA_HEADER] for row in rows]
            _write_csv(temporary / "schema" / f"{name}.csv", SCHEMA_HEADER, cells)
        for info in infos:
            table, shapes = tables[info.layer_id]
            file = catalog.file(info)
            if shapes is None:
                columns = [column.to_pylist() for column in table.columns]
                _write_csv(file, table.column_names, list(zip(*columns, strict=True)))
            else:
                types = {row["attribute"]: row["type"] for row in schemas[info.schema]}
                _write_geojson(file, table, shapes, types)


def _check_paths(infos: Sequence[LayerInfo]) -> None:
    paths = [info.path for info in infos]
    faults = [f"path {path!r} stands twice" for path in sorted({p for p in paths if paths.count(p) > 1})]
    faults += [
        f"path {info.path!r} of {info.layer_id}: a layer is a .csv or .geojson in a folder of its own kind"
        for info in infos
        if Path(info.path).suffix not in (".csv", ".geojson")
        or info.path.split("/")[0] in ("schema", "catalog.csv")
    ]
    if faults:
        raise LayerError(all_at_once("catalogue", faults))


def _write_csv(file: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _write_geojson(file: Path, table: pa.Table, shapes: np.ndarray, types: Mapping[str, str]) -> None:
    import shapely.geometry

    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8") as stream:
        stream.write(json.dumps({"type": "FeatureCollection", "name": file.stem})[:-1] + ', "features": [')
        for i, (row, shape) in enumerate(zip(table.to_pylist(), shapes, strict=True)):
            feature = {
                "type": "Feature",
                "properties": {name: _property(text, types.get(name, "")) for name, text in row.items()},
                "geometry": None if shape is None else shapely.geometry.mapping(shape),
            }
            text = json.dumps(feature, ensure_ascii=False, separators=(",", ":"))
            stream.write(f"{',' if i else ''}\n{text}")
        stream.write("\n]}\n")


def _property(text: str, kind: str) -> Any:
    """Cell as JSON shows its type; what would not come back as the same cell stays a text."""
    if text == "":
        return None
    if kind == "bool" and text in ("True", "False"):
        return text == "True"
    if kind in ("int", "float"):
        try:
            number = int(text) if kind == "int" else float(text)
        except ValueError:
            return text
        return number if str(number) == text and text.casefold() not in ("inf", "-inf", "nan") else text
    return text


def _allowed(attribute: Attribute) -> str:
    if attribute.low is None and attribute.high is None:
        return "|".join(attribute.allowed)
    low, high = ("" if end is None else repr(end) for end in (attribute.low, attribute.high))
    return f"{low}..{high}"
