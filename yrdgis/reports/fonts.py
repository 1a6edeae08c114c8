"""A font that has the characters: found by what its files cover, not by its name."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import NamedTuple

__all__ = ["CjkFont", "find_cjk_font"]

_SAMPLE = "上海苏州无锡常州南通宁波嘉兴舟山湖州沪甬铁路高速航道镇"
_PREFERRED = (
    "noto sans cjk sc",
    "noto sans sc",
    "source han sans",
    "microsoft yahei",
    "pingfang",
    "wenquanyi",
    "simhei",
)


class CjkFont(NamedTuple):
    """A font file that covers Chinese, the family it calls itself, and its licence as far as the file says."""

    path: str
    family: str
    licence: str


@lru_cache(maxsize=1)
def find_cjk_font() -> CjkFont | None:
    """A font of this machine that has the Chinese characters of the region's names; None if there is none.

    ``YRDGIS_FONT`` names a font file to use instead.
    """
    from matplotlib import font_manager

    chosen = os.environ.get("YRDGIS_FONT")
    paths = [chosen] if chosen else sorted(font_manager.findSystemFonts())
    found = [font for path in paths if (font := _covering(path)) is not None]
    return min(found, key=_rank, default=None)


def _rank(font: CjkFont) -> tuple[int, int, str]:
    family = font.family.lower()
    known = next((i for i, name in enumerate(_PREFERRED) if family.startswith(name)), len(_PREFERRED))
    regular = 0 if "regular" in os.path.basename(font.path).lower() else 1
    return known, regular, font.path


def _covering(path: str) -> CjkFont | None:
    from matplotlib.ft2font import FT2Font

    try:
        font = FT2Font(path)
        if not set(map(ord, _SAMPLE)) <= set(font.get_charmap()):
            return None
        names = {key[3]: value for key, value in font.get_sfnt().items() if key[3] in (13,)}
        licence = names.get(13, b"").decode(
            "utf-16-be" if b"\x00" in names.get(13, b"") else "latin-1", "ignore"
        )
        return CjkFont(path, font.family_name, licence.strip() or "not stated in the font file")
    except (OSError, RuntimeError, ValueError):
        return None
