"""What is wrong with a user's file, told by evidence: datum, CRS, encoding, shapes, rows.

>>> from yrdgis import doctor
>>> doctor.DATUM_HYPOTHESES.keys()
dict_keys(['wgs84', 'gcj02', 'bd09', 'gcj02_twice'])
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from yrdgis.doctor.datum import DATUM_HYPOTHESES, DatumVerdict, tell_datum
    from yrdgis.doctor.fix import mend, write_mended
    from yrdgis.doctor.reference import Reference
    from yrdgis.doctor.report import Diagnosis, Finding, examine

_HOME = {
    "DATUM_HYPOTHESES": "datum",
    "DatumVerdict": "datum",
    "tell_datum": "datum",
    "mend": "fix",
    "write_mended": "fix",
    "Reference": "reference",
    "Diagnosis": "report",
    "Finding": "report",
    "examine": "report",
}

__all__ = [
    "DATUM_HYPOTHESES",
    "DatumVerdict",
    "Diagnosis",
    "Finding",
    "Reference",
    "examine",
    "mend",
    "tell_datum",
    "write_mended",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"yrdgis.doctor.{_HOME[name]}"), name)
    raise AttributeError(f"module 'yrdgis.doctor' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
