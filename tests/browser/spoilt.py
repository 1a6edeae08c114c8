"""A tiny region that has every layer an atlas shows, with hostile text wherever text is free.

The made-up region lacks the plan and what hangs on it; its missing layers are filled here from the schemas of the
shipped ones, so that a new text column is poisoned the day it is declared.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
import shutil
from pathlib import Path
from typing import Any

EVIL = "${alert(1)}</script><img src=x onerror=alert(2)>'\"`{{7*7}}{% raw %}<!--\\"
FORMULA = "=HYPERLINK(1)" + EVIL
"""What hides in a text: script for pages, a formula for tables."""

FILE_NAME = "${alert(3)}<img src=x onerror=alert(4)>'{{7*7}}"

_KEYS = re.compile(
    r"_(?:id|ids|on|sha256)$|^(?:adcode|code|iata|icao|(?:\w+_)?class(?:_\w+)?|coord_origin|valid_on|due|colour|attribute|value(?:_before)?|unit)$"
)
_FORMULAS = ("note", "source_public", "detail")
_ROWS: dict[str, int] = {"sections": 2, "items": 6, "clusters": 2, "cluster_members": 4, "rail_times": 3}
_POINTS = {
    "ecology": [[[120.05, 30.02], [120.12, 30.02], [120.12, 30.06], [120.05, 30.02]]],
    "energy": [[[120.25, 30.02], [120.32, 30.02], [120.32, 30.06], [120.25, 30.02]]],
    "plan_zones": [[[120.15, 30.02], [120.22, 30.02], [120.22, 30.06], [120.15, 30.02]]],
}
_FILLED = (
    "sections", "items", "clusters", "cluster_members", "plan_zones", "ecology", "energy", "goals", "item_links",
    "corridors", "freight_terminals", "rail_times", "road_distances",
)  # fmt: skip
_GIVEN: dict[str, list[dict[str, str]]] = {
    "clusters": [{"kind": "pair", "in_plan": "True"}, {"kind": "circle", "in_plan": "True"}],
    "cluster_members": [
        {"cluster_id": f"clusters:{1 + at // 2}", "reading": "plan_words", "member_id": member}
        for at, member in enumerate(
            ("town:jiadong-liuzhen", "town:yixi-qiaozhen", "district:980101", "district:980122")
        )
    ],
    "items": [{"city_ids": "city:jiazhou", "district_ids": "district:990101", "geometry_kind": "point"}] * 6,
    "item_links": [
        {"item_id": "items:1", "feature_id": "project:jiayi-hsr"},
        {"item_id": "items:2", "feature_id": "clusters:1"},
        {"item_id": "items:3", "feature_id": "ecology:1"},
        {"item_id": "items:4", "feature_id": "energy:1"},
        {"item_id": "items:5", "feature_id": "plan_zones:1"},
    ],
    "goals": [
        {"measure": "travel_time", "mode": "door", "direction": "at_most", "value": "60", "unit": "min",
         "from_ids": "city:jiazhou", "to_ids": "city:yizhou", "met": "to_compute"},
        {"measure": "travel_time", "mode": "", "value": "30", "unit": "min", "from_ids": "", "to_ids": ""},
    ],
    "rail_times": [
        {"from_id": "station:jiazhou", "to_id": "station:jiadong", "train_class": "G", "fastest_min": "12"},
        {"from_id": "station:jiadong", "to_id": "station:yizhou", "train_class": "G", "fastest_min": "9"},
        {"from_id": "station:yizhou", "to_id": "station:jiazhou", "train_class": "D", "fastest_min": "22"},
    ],
    "road_distances": [
        {"from_id": "roadnode:jiaxi", "to_id": "roadnode:jiadong", "from_lon": "120.05", "from_lat": "30.04",
         "to_lon": "120.15", "to_lat": "30.04", "distance_km": "10", "independent": "True"},
    ],
    "freight_terminals": [
        {"terminal_id": "port:jiagang", "role": "inland", "carriers": "barge"},
        {"terminal_id": "port:yigang", "role": "gateway", "carriers": "barge"},
    ],
}  # fmt: skip

Schema = list[dict[str, str]]


def spoilt_region(toy: Path, shipped: Path, folder: Path) -> Path:
    """A copy of the made-up region with the missing layers, every free text hostile, files too.

    Parameters
    ----------
    toy, shipped : pathlib.Path
        The made-up region, and the layers that the project ships.
    folder : pathlib.Path
        Where to; must not exist.
    """
    root = Path(shutil.copytree(toy, folder))
    catalog = _rows(root / "catalog.csv")
    for name in (*_FILLED, "parameters"):
        shutil.copy(shipped / "schema" / f"{name}.csv", root / "schema" / f"{name}.csv")
    shutil.copy(shipped / "parameters" / "parameters.csv", root / "parameters" / "parameters.csv")
    for name in _FILLED:
        catalog.append(_fill(root, name))
    for info in catalog:
        closed = _closed(shipped / "schema" / f"{info['schema']}.csv")
        _poison(root, info, closed)
        info.update(title=EVIL, title_zh=EVIL, source=EVIL, attribution=EVIL, note=FORMULA)
    _write(root / "catalog.csv", catalog)
    return root


def free_texts(schema: Schema, closed: frozenset[str] = frozenset()) -> set[str]:
    """Columns of free text: no ids, no closed vocabulary, no days."""
    return {
        row["attribute"]
        for row in schema[(0 if "(no key)" in schema[0]["description"] else 1) :]
        if row["type"] in ("string", "list")
        and not (row["allowed"] or row["references"] or _KEYS.search(row["attribute"]))
        and row["attribute"] not in closed
    }


def _closed(file: Path) -> frozenset[str]:
    """Columns that the shipped layers close; the made-up region leaves them open."""
    if not file.is_file():
        return frozenset()
    return frozenset(row["attribute"] for row in _rows(file) if row["allowed"] or row["references"])


def _fill(root: Path, name: str) -> dict[str, str]:
    schema, given = _rows(root / "schema" / f"{name}.csv"), _GIVEN.get(name, [])
    count = max(len(given), _ROWS.get(name, 1))
    rows = []
    for at in range(count):
        row = {
            column["attribute"]: _value(column, name, at, first=place == 0)
            for place, column in enumerate(schema)
        }
        row |= given[at] if at < len(given) else {}
        if name == "sections":
            row |= {"section": f"{EVIL}{at + 1}", "parent": "", "level": "1"}
        if name == "corridors":
            row |= {"parent_id": "", "level": "direction"}
        rows.append(row)
    shape = "none"
    if name in _POINTS:
        shape, path = "polygon", f"zones/{name}.geojson"
        features = [
            {
                "type": "Feature",
                "properties": {k: v for k, v in row.items() if v != ""},
                "geometry": {"type": "Polygon", "coordinates": _POINTS[name]},
            }
            for row in rows
        ]
        text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
        (root / path).write_text(text, encoding="utf-8")
    else:
        path = f"projects/{name}.csv"
        _write(root / path, rows)
    told = {"title": name, "title_zh": name, "source": "made up", "licence": "CC0-1.0"}
    day = {"valid_on": "2026-11-01", "attribution": "", "note": ""}
    return {"layer_id": name, "geometry": shape, "path": path, "schema": name, **told, **day}


def _value(column: dict[str, str], name: str, at: int, *, first: bool) -> str:
    """A value that the schema allows."""
    attribute, kind = column["attribute"], column["type"]
    if first and "(no key)" not in column["description"]:
        return f"{name}:{at + 1}"
    if attribute == "section":
        return f"{EVIL}1"
    if attribute in ("plan_item_id", "item_id"):
        return "items:1"
    if column["references"] or attribute == "coord_origin":
        return ""
    if ".." in column["allowed"]:
        low, high = (float(v) for v in column["allowed"].split(".."))
        value = {"lon": 120.05 + at / 50, "lat": 30.05}.get(attribute, low + (high - low) / 4)
        return f"{value:.0f}" if kind == "int" else f"{value:g}"
    if column["allowed"]:
        options = column["allowed"].split("|")
        return options[at % len(options)]
    return {"int": "1", "float": "1.5", "bool": "True", "date": "2020-01-01"}.get(
        kind, "2026-11-01" if attribute.endswith(("_on", "_date")) or attribute == "due" else "x"
    )


def _poison(root: Path, info: dict[str, str], closed: frozenset[str]) -> None:
    schema = _rows(root / "schema" / f"{info['schema']}.csv")
    columns, file = free_texts(schema, closed), root / info["path"]
    texts = {column: FORMULA if column in _FORMULAS else EVIL for column in columns}
    if file.suffix == ".csv":
        rows = _rows(file)
        for row in rows:
            row.update({k: v for k, v in texts.items() if row.get(k)})
            if "quote_sha256" in row:
                row["quote_sha256"] = hashlib.sha256(row["quote"].encode()).hexdigest()[:16]
        _write(file, rows)
    else:
        data = json.loads(file.read_text(encoding="utf-8"))
        for feature in data["features"]:
            own = feature["properties"]
            own.update({k: v for k, v in texts.items() if own.get(k)})
        file.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    if not {"shapes", "stops"} & set(info["layer_id"].split("_")):
        new = file.with_name(f"{FILE_NAME}{info['layer_id']}{file.suffix}")
        file.rename(new)
        info["path"] = new.relative_to(root).as_posix()


def _rows(file: Path) -> list[dict[str, Any]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _write(file: Path, rows: list[dict[str, Any]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
