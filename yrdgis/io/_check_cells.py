"""Checks of cells: each against its schema, keys, references, dates, sources and words."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches

from yrdgis.io._raw import RawLayer, shown
from yrdgis.io._table import FALSE, TRUE
from yrdgis.io.schema import Attribute

__all__ = ["check_agreement", "check_dates", "check_layer", "check_references", "check_sources"]

_ID = re.compile(r"[A-Za-z0-9][\w.+:/-]*")
_FORMULA = re.compile(r"[=@]|[+-](?![\d.]|\s|$)")
_WORDS = re.compile(
    r"\b(?:seed|brief|stored|index|mirror(?:s|ed)?|npmmirror|ghproxy|jsdelivr|lorem)\b|(?:^|[\s'\"(])/(?:work|opt|root|home|tmp)/",
    re.IGNORECASE,
)
_LOOKED_UP = 20
_OPENED = ("opened_earliest", "opened_expected", "opened_latest")


def check_layer(layer: RawLayer) -> None:
    """Columns against the schema, then every cell against its attribute, then the key."""
    known = set(layer.schema.names)
    for column in layer.header:
        if column not in known:
            layer.add(
                "error",
                f"column {shown(column)} is not in the schema",
                hint="remove it, or add it to the schema",
            )
    for attribute in layer.schema:
        if attribute.name in layer.header:
            _check_column(layer, attribute)
        elif attribute.required:
            layer.add("error", f"there is no column {attribute.name!r}", hint="the schema requires it")
    _check_key(layer)
    _check_texts(layer)


def _check_column(layer: RawLayer, attribute: Attribute) -> None:
    fault_of = _TYPES[attribute.type]
    for label, text in zip(layer.labels, layer.column(attribute.name), strict=True):
        if not text.strip():
            if attribute.required and not attribute.default:
                layer.add("error", "is empty", row=label, column=attribute.name)
            continue
        fault, hint = fault_of(text.strip(), attribute)
        if fault:
            layer.add("error", fault, row=label, column=attribute.name, value=shown(text), hint=hint)
        elif text != text.strip():
            layer.add("warning", "has blanks around it", row=label, column=attribute.name)


def _string(text: str, attribute: Attribute) -> tuple[str, str]:
    if attribute.allowed and text not in attribute.allowed:
        return "is not in the vocabulary", f"expected {', '.join(attribute.allowed)}"
    return "", ""


def _list(text: str, attribute: Attribute) -> tuple[str, str]:
    parts = [part.strip() for part in text.split(";")]
    if attribute.allowed and not set(parts) <= set(attribute.allowed):
        return "is not in the vocabulary", f"expected {', '.join(attribute.allowed)}, separated by ;"
    if "" in parts or len(set(parts)) < len(parts):
        return "holds an empty part, or one twice", ""
    return "", ""


def _number(text: str, attribute: Attribute) -> tuple[str, str]:
    try:
        value = float(text)
    except ValueError:
        return "is no number", "expected a number"
    if not math.isfinite(value):
        return "is not finite", "leave it blank where it is not known"
    low, high = attribute.low, attribute.high
    if (low is not None and value < low) or (high is not None and value > high):
        ends = ("" if end is None else f"{end:g}" for end in (low, high))
        return "is out of range", f"expected {' to '.join(ends).strip()}"
    return "", ""


def _integer(text: str, attribute: Attribute) -> tuple[str, str]:
    if not re.fullmatch(r"[+-]?\d{1,18}", text):
        return "is no whole number", "expected a whole number"
    return _number(text, attribute)


def _date(text: str, attribute: Attribute) -> tuple[str, str]:
    del attribute
    return ("", "") if _day(text) else ("is no date", "expected a date such as 2021-01-15")


def _bool(text: str, attribute: Attribute) -> tuple[str, str]:
    del attribute
    return ("", "") if text.casefold() in TRUE + FALSE else ("is neither True nor False", "")


_TYPES: Mapping[str, Callable[[str, Attribute], tuple[str, str]]] = {
    "string": _string,
    "list": _list,
    "float": _number,
    "int": _integer,
    "date": _date,
    "bool": _bool,
}


def _check_key(layer: RawLayer) -> None:
    key = layer.schema.key
    if key is None or key not in layer.header:
        return
    counts = Counter(layer.column(key))
    for value, count in counts.items():
        if value and count > 1:
            layer.add("error", "stands more than once", row=value, column=key, hint="ids are unique")
        if value and key.endswith("_id") and not _ID.fullmatch(value):
            layer.add(
                "error", "is no id", column=key, row=shown(value), hint="ids are kind:slug, without blanks"
            )


def _check_texts(layer: RawLayer) -> None:
    """Cells that a spreadsheet would run, control characters, and words that a map can't cite."""
    for attribute in layer.schema:
        if attribute.type != "string" or attribute.name not in layer.header:
            continue
        for label, text in zip(layer.labels, layer.column(attribute.name), strict=True):
            for severity, message, value in _text_faults(text):
                layer.add(severity, message, row=label, column=attribute.name, value=value)


def _text_faults(text: str) -> Iterator[tuple[str, str, str]]:
    """Severity, message and value of each fault of a text."""
    if _FORMULA.match(text):
        yield "error", "begins as a formula", shown(text)
    if any(ord(c) < 32 or ord(c) == 127 for c in text):
        yield "error", "holds a control character", shown(text)
    word = _WORDS.search(text)
    if word:
        yield "warning", "speaks of how the data was gathered", shown(word[0].strip())


def check_references(layer: RawLayer, layers: Mapping[str, RawLayer]) -> None:
    """Every value of a column that refers to other layers must be owned by one of them."""
    looked = 0
    for attribute in layer.schema:
        if not attribute.references or attribute.name not in layer.header:
            continue
        owned: set[str] = set()
        for owner, column in attribute.references:
            if owner in layers:
                owned.update(layers[owner].column(column))
        owners = " or ".join(owner for owner, _ in attribute.references)
        homes = [layers[o].info.path for o, _ in attribute.references if o in layers]
        hint = f"add it to {homes[0]}" if len(homes) == 1 else "add it there, or mend the id"
        for label, text in zip(layer.labels, layer.column(attribute.name), strict=True):
            parts = text.split(";") if attribute.type == "list" else [text]
            for part in (p.strip() for p in parts):
                if part and part not in owned:
                    told = f"names no row of {owners}"
                    near = get_close_matches(part, owned, n=1, cutoff=0.8) if looked < _LOOKED_UP else []
                    looked += 1
                    cure = f"did you mean {near[0]}? Else {hint}" if near else hint
                    layer.add(
                        "error", told, row=label, column=attribute.name, value=shown(part, 80), hint=cure
                    )


def check_agreement(layers: Mapping[str, RawLayer]) -> None:
    """Where two layers list each other's ids, both must say the same."""
    for layer in layers.values():
        for attribute in layer.schema:
            if attribute.type != "list" or layer.schema.key is None:
                continue
            for owner, column in attribute.references:
                other = layers.get(owner)
                if other is None or owner <= layer.name or column != other.schema.key:
                    continue
                for back in other.schema:
                    if back.type == "list" and (layer.name, layer.schema.key) in back.references:
                        _compare_lists(layer, attribute.name, other, back.name)


def _compare_lists(one: RawLayer, there: str, other: RawLayer, back: str) -> None:
    said = {(a, b) for a, text in zip(one.labels, one.column(there), strict=True) for b in _split(text)}
    replied = {(a, b) for b, text in zip(other.labels, other.column(back), strict=True) for a in _split(text)}
    told = f"names rows of {other.name} whose {back!r} does not name it"
    for a, b in sorted(said - replied):
        one.add("error", told, row=a, column=there, value=b, hint="name both or none")
    told = f"names rows of {one.name} whose {there!r} does not name it"
    for a, b in sorted(replied - said):
        other.add("error", told, row=b, column=back, value=a, hint="name both or none")


def check_dates(layer: RawLayer, valid_on: dt.date) -> None:
    """Opening dates in order, closing after opening, and a status that fits them."""
    if "status" not in layer.schema and "opened_expected" not in layer.schema:
        return
    columns = [[_day(text) for text in layer.column(name)] for name in (*_OPENED, "closed_on")]
    rows = zip(layer.labels, layer.column("status"), *columns, strict=True)
    for label, status, earliest, expected, latest, closed in rows:
        for severity, column, message, value in _date_faults(
            (earliest, expected, latest), closed, status, valid_on
        ):
            layer.add(severity, message, row=label, column=column, value=value)


def _date_faults(
    stated: tuple[dt.date | None, ...], closed: dt.date | None, status: str, valid_on: dt.date
) -> Iterator[tuple[str, str, str, str]]:
    """Severity, column, message and value of each fault of a row's dates."""
    known = [day for day in stated if day]
    if known != sorted(known):
        yield "error", "opened_*", "is out of order", " > ".join(map(str, known))
    if any(stated) and not all(stated):
        yield "warning", "opened_*", "is blank in part", ""
    if closed and known and closed < known[0]:
        yield "error", "closed_on", "is before the opening", f"{closed} < {known[0]}"
    if status == "operating" and known and known[0] > valid_on:
        yield "error", "status", "is operating, yet it opens later", str(known[0])
    if status == "operating" and closed and closed <= valid_on:
        yield "error", "status", "is operating, yet it has closed", str(closed)
    if status == "closed" and not closed:
        yield "warning", "closed_on", "is empty, though it is closed", ""
    if closed and status not in ("closed", "operating"):
        yield "error", "closed_on", "is there, though it neither operates nor is closed", str(closed)


def check_sources(layer: RawLayer) -> None:
    """A public source on every row of a layer that has things of its own."""
    if layer.schema.key is None:
        return
    if "source_public" not in layer.schema:
        layer.add("warning", "the schema has no attribute 'source_public'", hint="every row names its source")
        return
    if layer.schema["source_public"].required and "source_public" in layer.header:
        return  # an empty cell has been named already
    for label, text in zip(layer.labels, layer.column("source_public"), strict=True):
        if not text.strip():
            layer.add(
                "error", "is empty", row=label, column="source_public", hint="name publisher, title and date"
            )


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _day(text: str) -> dt.date | None:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
