"""Examine a file: one diagnosis with a verdict, a score and the evidence for each question."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from yrdgis.doctor.coordinates import Candidate, CrsVerdict, tell_crs
from yrdgis.doctor.datum import DATUM_HYPOTHESES, DatumVerdict, tell_datum
from yrdgis.doctor.encoding import EncodingVerdict, tell_encoding
from yrdgis.doctor.geometry import GeometryFault, geometry_faults, row_faults
from yrdgis.doctor.reference import Reference, plain_name
from yrdgis.io.archives import LIMITS, Limits
from yrdgis.io.cards import card, count_words, head
from yrdgis.io.vectorfile import Opened, open_vector

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["Diagnosis", "Finding", "examine"]

_DENSE_DEG = 0.0004
_MOST_EVIDENCE = 24
_MOST_VERTICES = 100_000
_SAME_M = 2.0
_OLDER = "; Beijing 1954 and Xi'an 1980 have the same zones some 100 m away and can't be told from CGCS2000"
_SHIFTED = {"gcj02": "GCJ-02", "bd09": "BD-09", "gcj02_twice": "GCJ-02 applied twice", "wgs84": "WGS84"}


@dataclass(frozen=True, repr=False)
class Finding:
    """One answer.

    Attributes
    ----------
    topic : str
        reading, encoding, crs, datum, geometry, rows.
    severity : str
        ok, note, warning, error.
    verdict : str
        In a word or two; "not sure" where the evidence does not carry.
    score : float or None
        0 to 1; None for plain facts.
    message : str
        One sentence.
    evidence : tuple of str
        Points that anyone can look up.
    cure : str
        What ``--fix`` would do; blank if nothing.
    """

    topic: str
    severity: str
    verdict: str
    score: float | None
    message: str
    evidence: tuple[str, ...] = ()
    cure: str = ""

    def __repr__(self) -> str:
        score = "" if self.score is None else f" ({self.score:.2f})"
        return f"<Finding {self.severity}: {self.topic}: {self.verdict}{score}>"

    def _repr_html_(self) -> str:
        """The answer and its evidence, for a notebook; every text is escaped."""
        facts = [("", self.verdict, self.message), ("办法", "--fix", self.cure)]
        return card(
            (self.topic, self.severity), facts, text=[("", "\n".join(self.evidence[:_MOST_EVIDENCE]))]
        )


@dataclass(repr=False)
class Diagnosis:
    """Everything found in one file; `tell` says it in words, `to_dict` as plain data."""

    path: Path
    kind: str
    rows: int
    findings: list[Finding]
    opened: Opened = field(repr=False)
    crs: CrsVerdict | None = None
    datum: DatumVerdict | None = None
    encoding: EncodingVerdict | None = None
    faults: list[GeometryFault] = field(default_factory=list, repr=False)

    def __repr__(self) -> str:
        counts = Counter(finding.severity for finding in self.findings)
        found = [
            (counts[word], f"{word}s" if counts[word] > 1 else word) for word in ("error", "warning", "note")
        ]
        told = count_words(found) or "nothing found"
        return f"<Diagnosis {self.path.name}: {self.kind}, {self.rows:,} rows: {told}>"

    def _repr_html_(self) -> str:
        """What was found, for a notebook; every text is escaped."""
        table = pd.DataFrame([vars(finding) for finding in self.findings])
        columns = [
            ("severity", "程度", "severity"),
            ("topic", "方面", "topic"),
            ("verdict", "判断", "verdict"),
            ("message", "说明", "message"),
            ("cure", "办法", "cure"),
        ]
        title = f"{self.path.name}: {self.kind}"
        facts = [("行数", "rows", self.rows)]
        return card((f"诊断 {title}", f"Diagnosis {title}"), facts, table=head(table, columns, len(table)))

    @property
    def healthy(self) -> bool:
        """Whether nothing graver than a note was found."""
        return all(f.severity in ("ok", "note") for f in self.findings)

    def verdict(self, topic: str) -> str:
        """Verdict on a topic; the first one where there are several."""
        return next((f.verdict for f in self.findings if f.topic == topic), "")

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "file": self.path.name,
            "kind": self.kind,
            "rows": self.rows,
            "healthy": self.healthy,
            "findings": [asdict(f) for f in self.findings],
        }

    def tell(self) -> str:
        """The diagnosis in words, gravest first within each topic."""
        lines = [f"{self.path.name}: {self.kind}, {self.rows:,} rows"]
        for f in self.findings:
            score = f" ({f.score:.2f})" if f.score is not None else ""
            lines.append(f"  {f.severity:<7} {f.topic}: {f.verdict}{score} - {f.message}")
            lines += [f"            {e}" for e in f.evidence[:_MOST_EVIDENCE]]
            if f.cure:
                lines.append(f"            --fix: {f.cure}")
        return "\n".join(lines)


def examine(
    name: str | Path,
    *,
    reference: Reference | None = None,
    layer: str | None = None,
    encoding: str | None = None,
    coordinates: tuple[str, str] | None = None,
    limits: Limits = LIMITS,
) -> Diagnosis:
    """Look a vector or table file over.

    Parameters
    ----------
    name : str or Path
        Local file.
    reference : Reference, optional
        Known places; without it datum and zone can be told only where the numbers alone decide.
    layer, encoding, coordinates
        As in `open_vector`.

    Returns
    -------
    Diagnosis

    Raises
    ------
    InputError
        If the file can't be read at all.
    """
    opened = open_vector(name, layer=layer, encoding=encoding, coordinates=coordinates, limits=limits)
    frame = opened.frame
    spatial = hasattr(frame, "geometry") and "geometry" in frame.columns
    diagnosis = Diagnosis(opened.path, opened.kind, len(frame), [], opened)
    diagnosis.findings += [Finding("reading", "warning", "repaired", None, str(r)) for r in opened.repairs]
    diagnosis.encoding = tell_encoding(opened)
    diagnosis.findings += _encoding_findings(diagnosis.encoding)
    diagnosis.faults = (geometry_faults(frame) if spatial else []) + [
        f for f in row_faults(frame) if not (spatial and f.kind == "no rows")
    ]
    if spatial and len(frame):
        _place(diagnosis, frame, reference)
        _pairs_within(diagnosis)
    elif not spatial:
        diagnosis.findings.append(
            Finding("crs", "note", "no coordinates", None, "no columns with coordinates were found")
        )
    diagnosis.findings += [
        Finding(
            "rows" if "row" in f.kind or "column" in f.kind else "geometry",
            f.severity,
            f.kind,
            None,
            f.message,
            _numbers(f.rows),
            f.cure,
        )
        for f in diagnosis.faults
    ]
    return diagnosis


def _numbers(rows: tuple[int, ...]) -> tuple[str, ...]:
    if not rows:
        return ()
    return ("rows " + ", ".join(str(r + 1) for r in rows[:10]) + (" ..." if len(rows) > 10 else ""),)


def _encoding_findings(verdict: EncodingVerdict) -> list[Finding]:
    found = []
    if verdict.mended is not None:
        found.append(
            Finding(
                "encoding", "error", "wrong reading saved", verdict.score, verdict.why, (), "texts are mended"
            )
        )
    elif verdict.verdict == "not sure":
        found.append(Finding("encoding", "warning", "not sure", 0.0, verdict.why + "; give --encoding"))
    else:
        cure = "" if verdict.verdict in ("ascii", "utf-8", "utf-8-sig") else "written as UTF-8"
        found.append(Finding("encoding", "ok", verdict.verdict, verdict.score, verdict.why, (), cure))
    if verdict.conflict:
        found.append(Finding("encoding", "warning", "wrong declaration", None, verdict.conflict))
    return found


def _name_column(frame: gpd.GeoDataFrame, reference: Reference) -> list[str] | None:
    """Texts of the column that shares most with the names of known places."""
    known = set(reference.names) - {""}
    best, most = None, 0
    for i in range(frame.shape[1]):
        column = frame.iloc[:, i]
        if column.dtype == object or str(column.dtype) in ("str", "string"):
            hits = sum(plain_name(v) in known for v in column.head(5000))
            if hits > most:
                best, most = column, hits
    return None if best is None else [v if isinstance(v, str) else "" for v in best]


def _place(diagnosis: Diagnosis, frame: gpd.GeoDataFrame, reference: Reference | None) -> None:
    """Verdicts on CRS and datum."""
    import shapely

    shapes = frame.geometry.to_numpy()
    shapes = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    if not len(shapes):
        return
    raw = shapely.get_coordinates(shapes)
    sample = raw[:: max(1, len(raw) // 5000)]
    crs = tell_crs(sample[:, 0], sample[:, 1], frame.crs, reference)
    if crs.chosen is None and reference is not None:
        crs = _settle_by_places(crs, frame, reference)
    diagnosis.crs = crs
    diagnosis.findings.append(_crs_finding(crs))
    if crs.chosen is None:
        diagnosis.findings.append(
            Finding("datum", "note", "not sure", 0.0, "the CRS has to be settled first")
        )
        return
    diagnosis.datum = _datum(frame, crs.chosen, reference)
    diagnosis.findings.append(_datum_finding(diagnosis.datum, crs.chosen))


def _evidence(
    frame: gpd.GeoDataFrame,
    candidate: Candidate,
    reference: Reference,
    hypotheses: dict[str, Any],
    *,
    raw: bool,
) -> DatumVerdict:
    """Run the tests; `raw` hypotheses take the numbers as they are, others take degrees."""
    import shapely

    shapes = frame.geometry.to_numpy()
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    names = _name_column(frame, reference)
    names = [n for n, t in zip(names, there, strict=True) if t] if names else None
    shapes = shapes[there]
    kinds = set(np.unique(shapely.get_type_id(shapes)).tolist())
    points_only = kinds <= {0, 4}
    middle = shapely.get_coordinates(
        shapely.point_on_surface(shapes) if not points_only else shapely.centroid(shapes)
    )

    def degrees(xy: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return (xy[:, 0], xy[:, 1]) if raw else candidate.degrees(xy[:, 0], xy[:, 1])

    lon, lat = degrees(middle)
    vertices = None
    if not points_only:
        outline = shapely.boundary(shapes) if kinds & {3, 6} else shapes
        outline = outline[~shapely.is_missing(outline)]
        step = (
            _DENSE_DEG
            if (abs(float(np.median(lon))) <= 180 and not raw) or candidate.crs == "EPSG:4326"
            else 40.0
        )
        pieces = float(shapely.length(outline).sum()) / step
        dense = shapely.segmentize(outline, step * max(1.0, pieces / _MOST_VERTICES))
        vertices = degrees(shapely.get_coordinates(dense))
    return tell_datum(
        lon,
        lat,
        reference,
        names=names,
        vertices=vertices,
        lines=bool(kinds & {1, 5}),
        polygons=bool(kinds & {3, 6}),
        hypotheses=hypotheses,
    )


def _settle_by_places(crs: CrsVerdict, frame: gpd.GeoDataFrame, reference: Reference) -> CrsVerdict:
    """Where several readings fit the numbers, let known places choose."""
    rivals = [c for c in crs.candidates if not c.share <= 0.2][:8]
    if len(rivals) < 2:
        return crs
    options = {f"{c.crs}{' swapped' if c.swapped else ''}": c.degrees for c in rivals}
    verdict = _evidence(frame, rivals[0], reference, options, raw=True)
    if verdict.verdict == "not sure":
        return crs
    chosen = next(c for c in rivals if f"{c.crs}{' swapped' if c.swapped else ''}" == verdict.verdict)
    status = "missing" if frame.crs is None else "wrong"
    return CrsVerdict(chosen, status, verdict.score, f"{chosen.label}: {verdict.why}", crs.candidates)


def _crs_finding(crs: CrsVerdict) -> Finding:
    if crs.chosen is None:
        hint = "; give --crs" if crs.candidates else ""
        return Finding(
            "crs", "warning", "not sure", 0.0, crs.why + hint, tuple(c.label for c in crs.candidates[:24])
        )
    verdict = f"{crs.chosen.crs[:40]}{' with swapped axes' if crs.chosen.swapped else ''}"
    if crs.status == "as recorded":
        return Finding("crs", "ok", verdict, crs.score, crs.why)
    severity = "warning" if crs.status == "missing" and not crs.chosen.swapped else "error"
    why = crs.why + (_OLDER if "CGCS2000" in crs.chosen.label else "")
    return Finding(
        "crs", severity, f"{crs.status}: {verdict}", crs.score, why, (), f"read as {crs.chosen.label}"
    )


def _datum(frame: gpd.GeoDataFrame, candidate: Candidate, reference: Reference | None) -> DatumVerdict:
    import shapely

    raw = shapely.get_coordinates(frame.geometry.to_numpy())
    lon, lat = candidate.degrees(raw[:, 0], raw[:, 1])
    if np.nanmean((lon > 72.004) & (lon < 137.8347) & (lat > 0.8293) & (lat < 55.8271)) < 0.5:
        return DatumVerdict("wgs84", 0.6, "most of the file lies outside China, where nothing is shifted", [])
    if reference is None:
        return DatumVerdict("not sure", 0.0, "no known places to compare with", [])
    return _evidence(frame, candidate, reference, DATUM_HYPOTHESES, raw=False)


def _datum_finding(datum: DatumVerdict, candidate: Candidate) -> Finding:
    if datum.verdict == "not sure":
        return Finding("datum", "note", "not sure", 0.0, datum.why, tuple(t.said for t in datum.tests))
    shown = _SHIFTED.get(datum.verdict, datum.verdict)
    severity, cure = ("ok", "") if datum.verdict == "wgs84" else ("error", f"converted from {shown} to WGS84")
    return Finding("datum", severity, datum.verdict, datum.score, datum.why, tuple(datum.examples), cure)


def _pairs_within(diagnosis: Diagnosis) -> None:
    """Where a table holds two sets of coordinates: is one the shifted other?"""
    from itertools import permutations

    import pandas as pd

    from yrdgis.crs import distance_km
    from yrdgis.io.textfile import coordinate_columns

    frame = diagnosis.opened.frame
    pairs = [p for p in coordinate_columns(frame.drop(columns="geometry")) if p[1]][:4]
    values = {p: tuple(pd.to_numeric(frame[c], errors="coerce").to_numpy(float) for c in p) for p in pairs}
    shifts = {d: undo for d, undo in DATUM_HYPOTHESES.items() if d != "wgs84"}
    for one, other in permutations(pairs, 2):
        for datum, undo in shifts.items():
            near = distance_km(*undo(*values[other]), *values[one]) * 1000
            median = float(np.nanmedian(near)) if np.isfinite(near).any() else np.inf
            if median < _SAME_M:
                said = (
                    f"{other[0]} and {other[1]} are {one[0]} and {one[1]} with the {_SHIFTED[datum]} shift: "
                    f"undone, they differ by {median:.2g} m (median)"
                )
                diagnosis.findings.append(Finding("datum", "note", f"pair: {datum}", 0.95, said))
