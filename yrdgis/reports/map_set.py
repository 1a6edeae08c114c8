"""A set of maps in one folder: a page for each, and an index with pictures and key figures."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yrdgis import __version__
from yrdgis.errors import InputError
from yrdgis.maps import page_of, save
from yrdgis.reports.html import Words
from yrdgis.reports.index import Card, index_html
from yrdgis.reports.sketch import sketch
from yrdgis.reports.staging import MARK, staged_folder

if TYPE_CHECKING:
    import folium

    from yrdgis.io import Layers

__all__ = ["MapMaker", "write_map_set"]

MapMaker = Callable[[], "folium.Map"]
"""What makes a map when it is its turn, so that a large set never lies in memory whole."""

_KIND = "map set"
_SLUG = re.compile(r"[a-z0-9][a-z0-9_.-]{0,79}")


def write_map_set(
    layers: Layers,
    maps: Mapping[str, MapMaker],
    out: str | os.PathLike[str],
    *,
    title: Words,
    subtitle: Words = ("", ""),
    lang: str = "both",
    progress: Callable[[str, int, int], None] | None = None,
) -> Path:
    """Write maps and their index into a folder, which appears only when it is whole.

    The same maps give the same bytes. A folder of an earlier set is replaced; any other folder is left alone.

    Parameters
    ----------
    layers : Layers
        The manifest says for which day they hold.
    maps : mapping of str to callable
        Name of each page (lower-case letters, digits, ``-``, ``_``, ``.``) and what makes its map.
    out : path
        Folder to make.
    title, subtitle : (zh, en)
        Of the index.
    lang : {"both", "zh", "en"}
        Languages of the index.
    progress : callable, optional
        Called with (what was done, steps done, steps in all).

    Returns
    -------
    pathlib.Path
        The folder: ``index.html``, one page per map, ``manifest.json``.

    Raises
    ------
    InputError
        If there are no maps, or a name can't be that of a file.
    OutputError
        If the folder can't be written, or holds what no earlier run wrote.
    """
    bad = [slug for slug in maps if not _SLUG.fullmatch(slug) or slug == "index"]
    if bad or not maps:
        told = f"these can't be names of pages: {', '.join(map(repr, bad))}" if bad else "there are no maps"
        raise InputError(f"A set of maps can't be written: {told}.")
    tell = progress or (lambda text, done, total: None)
    with staged_folder(out, _KIND) as folder:
        cards: list[Card] = []
        notes: dict[Words, None] = {}
        sources: dict[str, None] = {}
        for done, (slug, make) in enumerate(maps.items()):
            tell(slug, done, len(maps) + 1)
            made = make()
            page = page_of(made)
            page.home = "index.html"
            save(made, folder / f"{slug}.html")
            cards.append(_card(slug, page))
            notes |= dict.fromkeys((note["zh"], note["en"]) for note in page.notes)
            sources |= dict.fromkeys(line["zh"] or line["en"] for line in page.credits)
        index = index_html(
            title=title,
            subtitle=subtitle,
            assumed=list(notes),
            sections=[(("地图", "Maps"), cards)],
            cities=None,
            downloads=[],
            sources=list(sources),
            lang=lang,
        )
        (folder / "index.html").write_text(index, encoding="utf-8", newline="\n")
        (folder / MARK).write_text(_manifest(layers, folder), encoding="utf-8", newline="\n")
        tell("index", len(maps) + 1, len(maps) + 1)
    return Path(out)


def _card(slug: str, page: Any) -> Card:
    figures = [
        (*_labels(figure), f"{figure['value']:.{figure['digits']}f}")
        for figure in page.figures
        if "value" in figure
    ]
    text_zh, text = (f"{page.subtitle[code]} {page.as_of}".strip() for code in ("zh", "en"))
    return Card(f"{slug}.html", page.title["zh"], page.title["en"], text_zh, text, figures, sketch(page))


def _labels(figure: dict[str, Any]) -> Words:
    """What a figure is called, with its unit, in both languages."""
    label, unit = figure["label"], figure["unit"]
    return (
        label["zh"] + (f"（{unit['zh']}）" if unit["zh"] else ""),
        label["en"] + (f" ({unit['en']})" if unit["en"] else ""),
    )


def _manifest(layers: Layers, folder: Path) -> str:
    files = sorted(path for path in folder.iterdir() if path.is_file())
    content = {
        "kind": _KIND,
        "made_by": f"yrdgis {__version__}",
        "layers_valid_on": layers.valid_on.isoformat(),
        "files": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files},
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"
