"""Schemas: one table per kind of layer says which attributes it has and what each may hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from yrdgis import settings
from yrdgis.errors import LayerError, all_at_once
from yrdgis.io._text import read_rows

__all__ = ["TYPES", "Attribute", "Schema", "load_schema", "schema_of"]

TYPES = ("string", "int", "float", "date", "bool", "list")
"""Types an attribute may have; a list is written with ``;`` between its parts."""

_NEEDED = ("attribute", "type", "required")
_NAME = re.compile(r"[A-Za-z0-9_]{1,64}")
_AUDIENCES = ("public", "internal")


@dataclass(frozen=True)
class Attribute:
    """One attribute of a layer.

    `allowed` is a closed vocabulary (empty: any text) or, for numbers, `low` and `high` bound the value.
    `references` names the attributes, as ``layer.attribute``, one of which must own the value.
    """

    name: str
    type: str
    unit: str = ""
    required: bool = False
    default: str = ""
    allowed: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    references: tuple[tuple[str, str], ...] = ()
    audience: str = "public"
    description: str = ""
    description_zh: str = ""


@dataclass(frozen=True, repr=False)
class Schema:
    """The attributes of one kind of layer, in order; the first is the key unless it says "(no key)".

    Examples
    --------
    >>> length = Attribute("length_km", "float", "km")
    >>> schema = Schema("links", (Attribute("link_id", "string", required=True), length))
    >>> schema.key, schema["length_km"].unit
    ('link_id', 'km')
    """

    name: str
    attributes: tuple[Attribute, ...]

    def __repr__(self) -> str:
        return f"<Schema {self.name}: {len(self.attributes)} attributes, key {self.key or 'none'}>"

    def _repr_html_(self) -> str:
        """The attributes, for a notebook; every text is escaped."""
        import pandas as pd

        from yrdgis.io.cards import card, head

        table = pd.DataFrame([vars(attribute) for attribute in self.attributes])
        columns = [
            ("name", "属性", "attribute"),
            ("type", "类型", "type"),
            ("unit", "单位", "unit"),
            ("description_zh", "含义", ""),
            ("description", "", "meaning"),
        ]
        return card(
            (f"结构 {self.name}", f"Schema {self.name}"),
            table=head(table, columns, len(table)) if len(table) else "",
        )

    def _ipython_key_completions_(self) -> list[str]:
        return self.names

    def __iter__(self) -> Iterator[Attribute]:
        return iter(self.attributes)

    def __contains__(self, name: object) -> bool:
        return any(a.name == name for a in self.attributes)

    def __getitem__(self, name: str) -> Attribute:
        for attribute in self.attributes:
            if attribute.name == name:
                return attribute
        raise KeyError(name)

    @property
    def names(self) -> list[str]:
        """Attribute names in order."""
        return [a.name for a in self.attributes]

    @property
    def key(self) -> str | None:
        """Name of the attribute whose values are unique, or None."""
        if not self.attributes or self.attributes[0].description.startswith("(no key)"):
            return None
        return self.attributes[0].name

    def visible_to(self, audience: str) -> list[str]:
        """Attribute names that an audience, ``public`` or ``internal``, may see."""
        return [a.name for a in self.attributes if audience == "internal" or a.audience == "public"]


def load_schema(name: str, root: Path) -> Schema:
    """Schema of that name from the folder of layers, else from the shipped layers.

    Raises
    ------
    LayerError
        If there is no such schema, or its table is at fault; every fault is named.
    """
    if not _NAME.fullmatch(name):
        raise LayerError(f"{name[:40]!r} is no name of a schema; expected letters, digits and underscores.")
    file = root / "schema" / f"{name}.csv"
    if not file.is_file():
        file = _shipped(name) or file
    return schema_of(name, read_rows(file, _NEEDED))


def schema_of(name: str, rows: Iterable[dict[str, str]]) -> Schema:
    """Schema from the rows of its table.

    Raises
    ------
    LayerError
        If they are at fault; every fault is named.
    """
    problems: list[str] = []
    attributes = tuple(_attribute(row, problems) for row in rows)
    names = [a.name for a in attributes]
    problems += [f"attribute {n!r} stands twice" for n in sorted({n for n in names if names.count(n) > 1})]
    if problems:
        raise LayerError(all_at_once(f"schema/{name}.csv", problems))
    return Schema(name, attributes)


def _shipped(name: str) -> Path | None:
    try:
        file = settings.shipped_layers_dir() / "schema" / f"{name}.csv"
    except LayerError:
        return None
    return file if file.is_file() else None


def _attribute(row: dict[str, str], problems: list[str]) -> Attribute:
    name = row["attribute"]
    if row["type"] not in TYPES:
        problems.append(f"attribute {name!r} has type {row['type']!r}; expected one of {', '.join(TYPES)}")
    audience = row.get("audience") or "public"
    if audience not in _AUDIENCES:
        problems.append(f"attribute {name!r} has audience {audience!r}; expected public or internal")
    allowed, low, high = _allowed(row, problems)
    references = tuple(
        tuple(r.strip().split(".", 1)) for r in row.get("references", "").split("|") if r.strip()
    )
    if any(len(r) != 2 for r in references):
        problems.append(f"attribute {name!r} references {row['references']!r}; expected layer.attribute")
    return Attribute(
        name=name,
        type=row["type"],
        unit=row.get("unit", ""),
        required=row["required"].lower() == "true",
        default=row.get("default", ""),
        allowed=allowed,
        low=low,
        high=high,
        references=tuple((r[0], r[-1]) for r in references),
        audience=audience,
        description=row.get("description", ""),
        description_zh=row.get("description_zh", ""),
    )


def _allowed(row: dict[str, str], problems: list[str]) -> tuple[tuple[str, ...], float | None, float | None]:
    """Closed vocabulary, or the ends of a numeric range written ``min..max`` (either end may be blank)."""
    text = row.get("allowed", "")
    if not text:
        return (), None, None
    if row["type"] in ("int", "float") and ".." in text:
        low, high = text.split("..", 1)
        try:
            return (), float(low) if low.strip() else None, float(high) if high.strip() else None
        except ValueError:
            problems.append(
                f"attribute {row['attribute']!r} allows {text!r}; expected a range such as 0..400"
            )
    return tuple(part.strip() for part in text.split("|") if part.strip()), None, None
