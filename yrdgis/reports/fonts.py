"""A font that has the characters: found by what its files cover, not by its name.

A collection (``.ttc``) holds one face for each region, with glyphs drawn as that region draws them; the first of
Noto Sans CJK is Japanese. Matplotlib reads the others since 3.11: then the face for simplified Chinese is taken.
An older one reads the first face only, and `CjkFont.forms` says so.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

__all__ = ["CjkFont", "find_cjk_font", "plain_text"]

_SAMPLE = "上海苏州无锡常州南通宁波嘉兴舟山湖州沪甬铁路高速航道镇"
_PREFERRED = (
    "noto sans cjk sc",
    "noto sans sc",
    "source han sans sc",
    "source han sans cn",
    "microsoft yahei",
    "pingfang sc",
    "hiragino sans gb",
    "wenquanyi",
    "simhei",
)
_ELSEWHERE = {"jp": "Japanese", "kr": "Korean", "tc": "Traditional Chinese", "hk": "Hong Kong"}
_HERE = ("sc", "cn", "gb")
_LICENCE = 13  # number of the licence among the names of a font file
_FACES_AT_MOST = 40


class CjkFont(NamedTuple):
    """A font that covers Chinese, as `matplotlib.font_manager.FontProperties` takes it by ``fname``.

    ``path`` is the file, and where it is a collection carries the number of the face; ``family`` is what the face
    calls itself, ``licence`` what its file states, ``forms`` whose way of drawing the characters it follows.
    """

    path: str
    family: str
    licence: str
    forms: str

    @property
    def note(self) -> str:
        """One line that says which font this is, in which forms, under which licence."""
        return f"font: {self.family} ({self.forms}); licence: {self.licence}"


def plain_text() -> Any:
    """A context in which matplotlib writes texts as they are: a name with two dollar signs is no formula.

    Examples
    --------
    >>> import matplotlib
    >>> with plain_text():
    ...     matplotlib.rcParams["text.parse_math"]
    False
    """
    import matplotlib

    return matplotlib.rc_context({"text.parse_math": False})


@lru_cache(maxsize=1)
def find_cjk_font() -> CjkFont | None:
    """A font of this machine that has the Chinese characters of the region's names; None if there is none.

    Faces for simplified Chinese come first. ``YRDGIS_FONT`` names a font file to use instead.
    """
    from matplotlib import font_manager

    chosen = os.environ.get("YRDGIS_FONT")
    paths = [chosen] if chosen else sorted(font_manager.findSystemFonts())
    faces = sorted((_rank(face), at, face) for at, face in enumerate(f for p in paths for f in _faces(p)))
    return next((font for _, _, face in faces if (font := _covering(*face)) is not None), None)


def _rank(face: tuple[str, int, str]) -> tuple[int, int, int, str, int]:
    path, index, family = face
    known = next((i for i, name in enumerate(_PREFERRED) if family.lower().startswith(name)), len(_PREFERRED))
    regular = 0 if "regular" in os.path.basename(path).lower() else 1
    return known, int(_region(family) in _ELSEWHERE), regular, path, index


def _region(family: str) -> str:
    return family.lower().rsplit(" ", 1)[-1]


def _open(path: str, index: int) -> Any:
    from matplotlib.ft2font import FT2Font

    return FT2Font(path, face_index=index) if index else FT2Font(path)


def _faces(path: str) -> Iterator[tuple[str, int, str]]:
    """Faces of a file: (path, number, family)."""
    try:
        first = _open(path, 0)
    except (OSError, RuntimeError, ValueError):
        return
    yield path, 0, first.family_name
    if not hasattr(first, "face_index"):
        return
    for index in range(1, min(first.num_faces, _FACES_AT_MOST)):
        yield path, index, _open(path, index).family_name


def _covering(path: str, index: int, family: str) -> CjkFont | None:
    try:
        font = _open(path, index)
        if not set(map(ord, _SAMPLE)) <= set(font.get_charmap()):
            return None
        stated = [value for key, value in font.get_sfnt().items() if key[3] == _LICENCE]
    except (OSError, RuntimeError, ValueError):
        return None
    licence = stated[0] if stated else b""
    told = licence.decode("utf-16-be" if b"\x00" in licence else "latin-1", "ignore").strip()
    return CjkFont(_numbered(path, index), family, told or "not stated in the font file", _forms(family))


def _forms(family: str) -> str:
    if _region(family) in _ELSEWHERE:
        return (
            f"{_ELSEWHERE[_region(family)]} forms: matplotlib before 3.11 reads no other face of a collection"
        )
    known = family.lower().startswith(_PREFERRED)
    return "simplified Chinese forms" if known or _region(family) in _HERE else "whose forms it doesn't say"


def _numbered(path: str, index: int) -> str:
    """The path as matplotlib takes it, with the number of the face where that isn't the first."""
    if not index:
        return path
    from matplotlib.font_manager import FontPath

    return FontPath(path, index)
