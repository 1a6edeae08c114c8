"""Tell in which encoding Chinese text was written.

Three things speak: a byte-order mark, what the file declares (a .cpg, the code-page byte of a .dbf), and
the text itself. The text is judged by how much of what it would say is ordinary writing: GB 2312 puts the
3,755 commonest simplified characters on its first plane, Big5 the 5,401 commonest traditional ones; text
read in the wrong code scatters over rare characters or does not decode at all.
"""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

__all__ = [
    "DBF_CODE_PAGES",
    "EncodingGuess",
    "Mended",
    "guess_encoding",
    "mend_mojibake",
    "plausibility",
    "same_encoding",
]

DBF_CODE_PAGES = {
    0x01: "cp437",
    0x02: "cp850",
    0x03: "cp1252",
    0x13: "cp932",
    0x4D: "gbk",
    0x4E: "cp949",
    0x4F: "big5",
    0x57: "cp1252",
    0x7A: "gbk",
    0x78: "big5",
    0x79: "cp949",
    0x7B: "cp932",
    0xC8: "cp1250",
    0xC9: "cp1251",
}
"""Code-page byte of a .dbf header (offset 29) and the encoding that it names; 0 says nothing."""

_CANDIDATES = ("utf-8", "gb18030", "big5")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Characters that place names, column headings and plain sentences are made of, in both ways of writing.
_EVERYDAY = frozenset(
    "省市区县縣區镇鎮乡鄉村路街道站桥橋江河湖海港湾灣山岛島城州东東南西北中上下大小新老公里高速铁鐵名称稱面积積"
    "经經纬緯度编編码碼号號线線类類型备備注註地址人口数數量年月日时時间間长長宽寬等级級国國家工业業交通运運输輸机機场場"
    "苏蘇浙沪滬杭宁寧常锡錫嘉兴興舟安平阳陽泰永清水石金龙龍门門花园園林田泉塘溪沙浦泾涇浜汇匯庄莊宅坊巷弄段里社龙店"
    "的一是了不在有这這个個为為来來到和要出也得以会會可后後过過对對生分成自行方所同用于於法本之与與及其或主第二三四五六七八九十"
    "前正化学學校院馆館医醫心广廣商楼樓厦廈台臺湖仁义義和民政府党共建设設规規划劃项項目开開发發展工程起止点點终終"
    "状狀态態通现現在建未来明光华華福德文武庆慶太天古白黄黃红紅青春虹桂松梅竹峰岭嶺坡洋沿临臨环環内內外左右东"
)


@dataclass(frozen=True)
class EncodingGuess:
    """What the bytes seem to be.

    Attributes
    ----------
    encoding : str or None
        Python's name; None where the evidence does not carry.
    score : float
        0 to 1: share of the non-ASCII text that reads as ordinary writing in that encoding.
    margin : float
        How far the runner-up lies behind; 1 where nothing else decodes.
    why : str
        One sentence.
    scores : dict of str to float
        Score of every encoding tried; absent where the bytes do not decode.
    """

    encoding: str | None
    score: float
    margin: float
    why: str
    scores: dict[str, float]


@cache
def _common(encoding: str) -> frozenset[str]:
    """The commonest characters by the standards themselves: first planes of GB 2312 and Big5."""
    if encoding == "big5":
        leads, trails = range(0xA4, 0xC7), [*range(0x40, 0x7F), *range(0xA1, 0xFF)]
    else:
        leads, trails = range(0xB0, 0xD8), list(range(0xA1, 0xFF))
    codec = "big5" if encoding == "big5" else "gb2312"
    found = (bytes([lead, trail]).decode(codec, "ignore") for lead in leads for trail in trails)
    return frozenset(c for c in found if len(c) == 1)


@cache
def _plain(encoding: str) -> frozenset[str]:
    """Characters that an ordinary text in this encoding is made of."""
    if encoding == "utf-8":
        return _common("gb18030") | _common("big5")
    return _common(encoding)


def plausibility(text: str, encoding: str = "utf-8") -> float:
    """Share of the non-ASCII characters that are ordinary writing; 1 for pure ASCII.

    Everyday characters of place names and headings count in full, other common Chinese characters half,
    kana, Hangul and accented Latin letters less; unassigned, private and control characters nothing.

    Examples
    --------
    >>> plausibility("宝山区"), plausibility("±¦É½Çø") < 0.3
    (0.8333333333333334, True)
    """
    foreign = [c for c in text if ord(c) > 127]
    if not foreign:
        return 1.0
    common = _plain(encoding)
    score = 0.0
    for c in foreign:
        if c in _EVERYDAY:
            score += 1.0
        elif c in common:
            score += 0.5
        elif "\u3000" <= c <= "\u303f" or "\uff00" <= c <= "\uff5e" or c in "·—–“”‘’…℃²³":
            score += 0.6
        elif "\u3040" <= c <= "\u30ff" or "\uac00" <= c <= "\ud7a3" or (c.isalpha() and ord(c) < 0x250):
            score += 0.2
        elif "\u4e00" <= c <= "\u9fff":
            score += 0.1
    return score / len(foreign)


def _decoded(samples: Sequence[bytes], encoding: str) -> str | None:
    try:
        return "\n".join(s.decode(encoding) for s in samples)
    except UnicodeDecodeError:
        return None


def _trim(sample: bytes) -> bytes:
    """Cut a sample at its last line end or ASCII byte, so that no character is halved."""
    for cut in range(len(sample), max(0, len(sample) - 4096), -1):
        if sample[cut - 1] in b"\n\r,;{}\"' \x00":
            return sample[:cut]
    return sample


def guess_encoding(samples: bytes | Sequence[bytes], *, cut: bool = False) -> EncodingGuess:
    """Judge bytes by a mark at their start and by how they read.

    Parameters
    ----------
    samples : bytes or sequence of bytes
        A text, or many short ones (fields of a table): each decodes on its own.
    cut : bool
        The bytes may end in the middle of a character (the head of a larger file).

    Returns
    -------
    EncodingGuess
        ``encoding`` is None where two readings are about as good, or none is.

    Examples
    --------
    >>> guess_encoding("上海市,嘉定区".encode("gbk")).encoding
    'gb18030'
    >>> guess_encoding("淡水鎮,中正區".encode("big5")).encoding
    'big5'
    >>> guess_encoding(b"name,lon,lat").encoding
    'ascii'
    """
    parts = [samples] if isinstance(samples, bytes) else list(samples)
    head = parts[0] if parts else b""
    for mark, name in _BOMS:
        if head.startswith(mark):
            return EncodingGuess(name, 1.0, 1.0, f"starts with the byte-order mark of {name}", {name: 1.0})
    if cut:
        parts = [_trim(p) for p in parts]
    if all(p.isascii() for p in parts):
        return EncodingGuess("ascii", 1.0, 1.0, "holds plain ASCII only", {"ascii": 1.0})
    scores = {}
    for encoding in _CANDIDATES:
        text = _decoded(parts, encoding)
        if text is not None:
            scores[encoding] = round(plausibility(text, encoding), 4)
    return _choose(scores, sum(len(p) - sum(b < 128 for b in p) for p in parts))


def _choose(scores: dict[str, float], evidence: int) -> EncodingGuess:
    if not scores:
        return EncodingGuess(None, 0.0, 0.0, "decodes in none of UTF-8, GB 18030 and Big5", scores)
    if "utf-8" in scores and evidence >= 6:
        # Text in another code that happens to be valid UTF-8 throughout is practically impossible beyond a
        # few letters.
        rest = max((s for e, s in scores.items() if e != "utf-8"), default=0.0)
        return EncodingGuess("utf-8", 1.0, max(1.0 - rest, 0.5), "is valid UTF-8 throughout", scores)
    ranked = sorted(scores, key=lambda e: -scores[e])
    best, margin = ranked[0], scores[ranked[0]] - (scores[ranked[1]] if len(ranked) > 1 else 0.0)
    said = ", ".join(f"{e} {scores[e]:.2f}" for e in ranked)
    # With few letters the shares are coarse: a lead has to be larger.
    needed = 0.1 + 0.6 / max(evidence, 1) ** 0.5
    if scores[best] < 0.4 or margin < needed:
        return EncodingGuess(
            None, scores[best], margin, f"reads about equally well, or badly, in each ({said})", scores
        )
    return EncodingGuess(best, scores[best], margin, f"reads as ordinary writing ({said})", scores)


def same_encoding(one: str, other: str) -> bool:
    """Whether two names mean codes that read the same text alike (GBK is a part of GB 18030).

    Examples
    --------
    >>> same_encoding("CP936", "gb18030"), same_encoding("utf8", "gbk")
    (True, False)
    """
    chinese = {"gbk", "gb2312", "gb18030", "hz"}

    def family(name: str) -> str:
        try:
            normal = codecs.lookup(name.strip()).name
        except LookupError:
            return name.lower()
        if normal in chinese or name.lower() in ("936", "cp936", "ansi 936", "ms936"):
            return "gb18030"
        return {"utf-8-sig": "utf-8", "cp950": "big5", "big5hkscs": "big5"}.get(normal, normal)

    return family(one) == family(other)


@dataclass(frozen=True)
class Mended:
    """Texts with a wrong reading undone; `lost` of them had lost bytes and stay as they are."""

    how: str
    texts: list[str]
    lost: int


_WRONG_READINGS = (
    ("latin-1", "gb18030"),
    ("cp1252", "gb18030"),
    ("latin-1", "utf-8"),
    ("cp1252", "utf-8"),
    ("gb18030", "utf-8"),
    ("latin-1", "big5"),
)


def mend_mojibake(texts: Sequence[str]) -> Mended | None:
    """Undo a wrong reading that was saved: GBK taken for Latin-1, or UTF-8 taken for GBK or Latin-1.

    Parameters
    ----------
    texts : sequence of str
        Texts of one file.

    Returns
    -------
    Mended or None
        None where the texts read well as they are or nothing mends them.

    Examples
    --------
    >>> mend_mojibake(["±¦É½Çø", "ÑîÆÖÇø"])
    Mended(how='gb18030 read as latin-1', texts=['宝山区', '杨浦区'], lost=0)
    >>> mend_mojibake(["宝山区"]) is None
    True
    """
    foreign = [t for t in texts if not t.isascii()]
    if not foreign:
        return None
    before = plausibility("".join(foreign))
    best: tuple[float, Mended] | None = None
    for wrong, right in _WRONG_READINGS:
        mended, lost = _undo(texts, wrong, right)
        good = "".join(m for m, t in zip(mended, texts, strict=True) if m != t)
        score = plausibility(good, right) * (1 - lost / len(foreign)) if good else 0.0
        if lost <= 0.7 * len(foreign) and (best is None or score > best[0] + 1e-9):
            best = (score, Mended(f"{right} read as {wrong}", mended, lost))
    if best is None:
        return None
    reached = best[0] / (1 - best[1].lost / len(foreign))
    return best[1] if reached >= max(0.5, before + 0.2) else None


def _undo(texts: Sequence[str], wrong: str, right: str) -> tuple[list[str], int]:
    """Texts read anew; those that lost bytes stay, and are counted; any other failure counts as lost too."""
    mended, lost = [], 0
    for text in texts:
        try:
            mended.append(text.encode(wrong).decode(right))
        except (UnicodeEncodeError, UnicodeDecodeError):
            mended.append(text)
            lost += not text.isascii()
    return mended, lost
