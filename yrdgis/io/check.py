"""Checking layers: every fault of a folder at once, named so that it can be mended.

Nothing in a folder is trusted: a file that is no table, a path that leads elsewhere or a cell made to be run
is one line of the report, like any other fault.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from yrdgis import settings
from yrdgis.errors import LayerError, YrdgisError
from yrdgis.io import _check_cells as cells
from yrdgis.io._raw import Finding, RawLayer, read_raw, shown
from yrdgis.io._text import read_rows
from yrdgis.io.catalog import Catalog, LayerInfo
from yrdgis.io.schema import load_schema

if TYPE_CHECKING:
    pass

__all__ = ["Finding", "check_layers", "has_errors", "report"]

_CATALOG = "catalog"
_GEOMETRIES = ("point", "line", "polygon", "none")
_MUST_SAY = ("title", "path", "schema", "valid_on", "source", "licence")
_SHOWN_ROWS = 5


def check_layers(folder: str | os.PathLike[str] | None = None) -> list[Finding]:
    """Every fault of a folder of layers.

    Looked at are the catalogue (files, sources, licences), each table against its schema (columns, types,
    vocabularies, ranges, keys), references in both directions, dates, texts, geometry (validity, points in
    their district, lengths against the straight line and the drawing, districts against their city) and
    whether networks hang together.

    Parameters
    ----------
    folder : str or path, optional
        Folder that holds ``catalog.csv``; the layers in force by default.

    Returns
    -------
    list of Finding
        Faults in the order of the catalogue; empty for a clean folder.

    Examples
    --------
    >>> from yrdgis.io import check_layers
    >>> [finding for finding in check_layers() if finding.severity == "error"]
    []
    """
    root = Path(folder) if folder is not None else settings.layers_dir()
    findings: list[Finding] = []
    try:
        catalog = Catalog(root)
    except LayerError as error:
        return [Finding("error", _CATALOG, str(error))]
    infos = _check_catalog(root, findings)
    raws = _read_all(catalog, infos, findings)
    for raw in raws.values():
        cells.check_layer(raw)
        cells.check_references(raw, raws)
        cells.check_dates(raw, _valid_on(catalog))
        cells.check_sources(raw)
    cells.check_agreement(raws)
    _check_effects(raws)
    _check_geometry(root, raws, findings)
    return findings + [finding for raw in raws.values() for finding in raw.findings]


def has_errors(findings: Iterable[Finding], *, strict: bool = False) -> bool:
    """Whether findings hold an error, or anything at all if `strict`."""
    return any(strict or finding.severity == "error" for finding in findings)


def report(findings: Iterable[Finding]) -> str:
    """Findings as text: one block for each layer, one line for each kind of fault with the rows that have it.

    Examples
    --------
    >>> faults = [Finding("error", "links", "is empty", row, "length_km") for row in ("a--b", "c--d")]
    >>> faults.append(Finding("error", "links", "is out of range", "g60", "free_speed_kph", "1200"))
    >>> print(report(faults))
    links: 3 problems
      'length_km' is empty for a--b, c--d (2 in all)
      'free_speed_kph' is out of range for g60: 1200
    """
    blocks: dict[str, dict[tuple[str, str, str, str], list[Finding]]] = {}
    for f in findings:
        block = blocks.setdefault(f.layer, {})
        block.setdefault((f.severity, f.column, f.message, f.hint), []).append(f)
    lines: list[str] = []
    for layer, block in blocks.items():
        count = sum(map(len, block.values()))
        lines.append(f"{layer}: {count} {'problem' if count == 1 else 'problems'}")
        lines += [f"  {_line(alike)}" for alike in block.values()]
    return "\n".join(lines)


def _line(alike: list[Finding]) -> str:
    """One line for findings that differ in row and value only."""
    one = alike[0]
    named = [(_name(f.row), _name(f.value)) for f in alike if f.row or f.value]
    rows = ", ".join(": ".join(part for part in pair if part) for pair in named[:_SHOWN_ROWS])
    rows += f" ({len(named)} in all)" if len(named) > 1 else ""
    if one.column:
        told = f"{one.column!r} {one.message}{' for ' + rows if rows else ''}"
    elif one.row:
        told = f"{rows} {one.message}" if not one.value else f"{one.message}: {rows}"
    else:
        told = f"{one.message}{': ' + rows if rows else ''}"
    return f"{'warning: ' if one.severity == 'warning' else ''}{told}{'; ' + one.hint if one.hint else ''}"


def _name(text: str) -> str:
    """Text for the report, with nothing in it that a terminal would obey."""
    return text if text.isprintable() and len(text) <= 120 else shown(text, 120)


def _check_catalog(root: Path, findings: list[Finding]) -> list[LayerInfo]:
    """Rows of the catalogue, with what is wrong with them noted."""
    rows = read_rows(root / "catalog.csv", ("layer_id",))
    infos: list[LayerInfo] = []
    seen: set[str] = set()
    for line, row in enumerate(rows, start=2):
        layer_id = row["layer_id"] or f"line {line}"
        if layer_id in seen:
            findings.append(
                Finding("error", _CATALOG, "stands twice", layer_id, "layer_id", hint="ids are unique")
            )
            continue
        seen.add(layer_id)
        blank = [column for column in _MUST_SAY if not row.get(column)]
        findings += [Finding("error", _CATALOG, "is empty", layer_id, column) for column in blank]
        if row.get("geometry") not in _GEOMETRIES:
            value, expected = shown(row.get("geometry", "")), f"expected {', '.join(_GEOMETRIES)}"
            told = "is not in the vocabulary"
            findings.append(Finding("error", _CATALOG, told, layer_id, "geometry", value, expected))
        try:
            dt.date.fromisoformat(row.get("valid_on", ""))
        except ValueError:
            value, expected = shown(row.get("valid_on", "")), "expected a date such as 2026-11-01"
            findings.append(Finding("error", _CATALOG, "is no date", layer_id, "valid_on", value, expected))
        infos.append(LayerInfo(**{name: row.get(name, "") for name in LayerInfo.__dataclass_fields__}))
    if not rows:
        findings.append(Finding("error", _CATALOG, "there is no row; a region has one layer at least"))
    return infos


def _read_all(catalog: Catalog, infos: list[LayerInfo], findings: list[Finding]) -> dict[str, RawLayer]:
    raws: dict[str, RawLayer] = {}
    for info in infos:
        try:
            schema = load_schema(info.schema, catalog.root)
        except LayerError as error:
            findings.append(Finding("error", _CATALOG, "can't be used", info.layer_id, "schema", str(error)))
            continue
        try:
            file = catalog.file(info)
        except (LayerError, OSError, ValueError) as error:
            findings.append(Finding("error", _CATALOG, "can't be used", info.layer_id, "path", str(error)))
            continue
        raws[info.layer_id] = read_raw(info, schema, file)
    _check_strays(catalog, infos, findings)
    return raws


def _check_strays(catalog: Catalog, infos: list[LayerInfo], findings: list[Finding]) -> None:
    """Tables and schemas in the folder that the catalogue does not know."""
    known = {info.path for info in infos}
    for folder, folders, files in os.walk(catalog.root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        inside = Path(folder).relative_to(catalog.root)
        for name in sorted(files):
            path = (inside / name).as_posix()
            if inside == Path("schema"):
                if Path(name).stem not in {info.schema for info in infos} and name.endswith(".csv"):
                    findings.append(Finding("warning", _CATALOG, f"no layer uses {shown(path)}"))
            elif name.endswith((".csv", ".geojson")) and path not in known and path != "catalog.csv":
                findings.append(Finding("warning", _CATALOG, f"no row names the file {shown(path)}"))


def _valid_on(catalog: Catalog) -> dt.date:
    try:
        return catalog.valid_on
    except LayerError:
        return dt.date.max


def _check_effects(raws: dict[str, RawLayer]) -> None:
    """A project changes the network, or says why it does not."""
    projects, links = raws.get("projects"), raws.get("project_links")
    if projects is None or links is None or "not_measured" not in projects.schema:
        return
    effective = set(links.column("project_id"))
    for label, why in zip(projects.labels, projects.column("not_measured"), strict=True):
        if label not in effective and not why.strip():
            hint = "add rows to project_links, or say in 'not_measured' why there are none"
            projects.add("error", "has no effect on the network", row=label, hint=hint)


def _check_geometry(root: Path, raws: dict[str, RawLayer], findings: list[Finding]) -> None:
    from yrdgis.io import _check_places as places
    from yrdgis.io.read import Layers

    sound = {name: raw for name, raw in raws.items() if raw.sound}
    layers = Layers(root)
    for raw in list(sound.values()):
        places.check_shapes(raw)
        places.soundly(raw, places.check_positions, raw, layers)
        places.soundly(raw, places.check_lengths, raw, layers)
    sound = {name: raw for name, raw in sound.items() if raw.sound or _only_lengths(raw)}
    try:
        places.check_parts(sound, layers)
        places.check_tiling(sound, layers)
    except YrdgisError as error:
        findings.append(Finding("error", _CATALOG, str(error).splitlines()[0]))


def _only_lengths(raw: RawLayer) -> bool:
    """Whether a layer's faults are of the kind that leaves its frames usable."""
    return all(
        f.severity == "warning" or f.column in ("length_km", "district_id", "city_id") for f in raw.findings
    )
