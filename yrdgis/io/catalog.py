"""The catalogue: which layers there are, where each file lies, and whose it is."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from yrdgis import settings
from yrdgis.errors import LayerError, UnknownNameError
from yrdgis.io._text import did_you_mean, key_of, read_rows

__all__ = ["Catalog", "LayerInfo", "find"]

_NEEDED = ("layer_id", "path", "schema", "valid_on")


@dataclass(frozen=True, repr=False)
class LayerInfo:
    """One row of the catalogue."""

    layer_id: str
    title: str
    title_zh: str
    geometry: str
    path: str
    schema: str
    valid_on: str
    source: str = ""
    licence: str = ""
    attribution: str = ""
    note: str = ""

    def __repr__(self) -> str:
        kind = "table" if self.geometry == "none" else self.geometry
        return f"<LayerInfo {self.layer_id}: {self.title} {self.title_zh} ({kind}, {self.licence or 'no licence'})>"

    def _repr_html_(self) -> str:
        """The row of the catalogue, for a notebook; every text is escaped."""
        from yrdgis.io.cards import card

        facts = [
            ("编号", "id", self.layer_id),
            ("几何", "geometry", self.geometry),
            ("文件", "file", self.path),
            ("截止", "valid on", self.valid_on),
            ("来源", "source", self.source),
            ("许可", "licence", f"{self.licence} {self.attribution}".strip()),
            ("说明", "note", self.note),
        ]
        return card((self.title_zh, self.title), facts)


class Catalog:
    """All layers of a folder, found by id or title; case and punctuation are forgiven.

    Parameters
    ----------
    root : str or path, optional
        Folder that holds ``catalog.csv``; the layers in force by default.

    Raises
    ------
    LayerError
        If there is no readable ``catalog.csv``.

    Examples
    --------
    >>> from yrdgis.io import Catalog
    >>> Catalog().find("Rail Links").layer_id
    'rail_links'
    """

    def __init__(self, root: str | os.PathLike[str] | None = None) -> None:
        self.root = Path(root) if root is not None else settings.layers_dir()
        file = self.root / "catalog.csv"
        if not file.is_file():
            raise LayerError(f"No catalog.csv in {self.root}: this is no folder of layers.")
        names = LayerInfo.__dataclass_fields__
        rows = read_rows(file, _NEEDED)
        self._infos = {
            row["layer_id"]: LayerInfo(**{name: row.get(name, "") for name in names})
            for row in rows
            if row["layer_id"]
        }
        self._keys: dict[str, str] = {}
        for info in self:
            for text in (info.title_zh, info.title, info.layer_id):
                if text:
                    self._keys[key_of(text)] = info.layer_id

    def __repr__(self) -> str:
        return f"<Catalog: {len(self)} layers, from {self.root}>"

    def __iter__(self) -> Iterator[LayerInfo]:
        return iter(self._infos.values())

    def __len__(self) -> int:
        return len(self._infos)

    def __contains__(self, layer_id: object) -> bool:
        return layer_id in self._infos

    @property
    def ids(self) -> list[str]:
        """Layer ids in the order of the catalogue."""
        return list(self._infos)

    @property
    def valid_on(self) -> dt.date:
        """The day for which the layers hold: the latest of the catalogue, never the clock."""
        days = {info.valid_on for info in self if info.valid_on}
        try:
            return max(dt.date.fromisoformat(day) for day in days)
        except ValueError:
            told = ", ".join(sorted(days)) or "nothing"
            raise LayerError(
                f"catalog.csv: column 'valid_on' says {told}; expected dates such as 2026-11-01."
            ) from None

    def find(self, name: str) -> LayerInfo:
        """The layer of that id or title.

        Raises
        ------
        UnknownNameError
            If no layer is called that; the nearest names are offered.
        """
        layer_id = self._keys.get(key_of(name))
        if layer_id is None:
            hint = did_you_mean(name, self.ids) or " "
            raise UnknownNameError(f"No layer named {name!r}.{hint.rstrip()} `yrdgis layers` lists them all.")
        return self._infos[layer_id]

    def file(self, info: LayerInfo) -> Path:
        """Path of a layer's file, which must lie inside the folder of layers.

        Raises
        ------
        LayerError
            If the catalogue points outside the folder, by ``..``, an absolute path, a URL or a link.
        """
        relative = PurePosixPath(info.path)
        outside = relative.is_absolute() or ".." in relative.parts or "\\" in info.path or ":" in info.path
        if not info.path or outside or any(ord(c) < 32 for c in info.path):
            raise LayerError(
                f"catalog.csv: path {info.path!r} of {info.layer_id} is not a path inside the layers."
            )
        file = self.root / relative
        try:
            end = file.resolve()
            inside = end.is_relative_to(self.root.resolve())
            if os.path.islink(end):  # Python 3.13 gives up on a circle of links without a word
                raise RuntimeError("a circle of links")
        except (OSError, RuntimeError) as error:
            told = str(error)[:120]
            raise LayerError(f"catalog.csv: path of {info.layer_id} can't be followed ({told}).") from None
        if not inside:
            raise LayerError(
                f"catalog.csv: path {info.path!r} of {info.layer_id} leads out of the layers by a link."
            )
        return file


def find(name: str, root: str | os.PathLike[str] | None = None) -> LayerInfo:
    """A layer of the catalogue by id or title; case and punctuation are forgiven.

    Examples
    --------
    >>> import yrdgis.io
    >>> yrdgis.io.find("RAIL-LINKS").layer_id
    'rail_links'
    """
    return Catalog(root).find(name)
