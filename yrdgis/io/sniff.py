"""Say what a file is from its first bytes, whatever its name claims."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from yrdgis.errors import InputError
from yrdgis.io.archives import LIMITS, Limits
from yrdgis.io.xmlsafe import xml_root

__all__ = ["Sniffed", "first_bytes", "local_file", "sniff"]

_HEAD = 8192
_XML_KINDS = {"gpx": "gpx", "kml": "kml", "osm": "osm_xml", "featurecollection": "gml"}
_BINARY = (
    (b"SQLite format 3\x00", "sqlite"),
    (b"fgb\x03", "flatgeobuf"),
    (b"PAR1", "parquet"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"II+\x00", "tiff"),
    (b"MM\x00+", "tiff"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\x00\x00\x27\x0a", "shapefile"),
    (b"%PDF", "pdf"),
    (b"\x89PNG", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"Rar!", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\xd0\xcf\x11\xe0", "old office file"),
)


@dataclass(frozen=True)
class Sniffed:
    """What the first bytes say: the kind, and the encoding mark if there is one."""

    kind: str
    detail: str = ""


def local_file(name: str | Path, *, limits: Limits = LIMITS) -> Path:
    """The path of an ordinary local file; anything else is refused.

    Parameters
    ----------
    name : str or Path
        A path as the user typed it.
    limits : Limits
        Cap on the size.

    Raises
    ------
    InputError
        For URLs, virtual paths of GDAL, devices, folders (except ``.gdb``), missing, empty and oversized
        files.

    Examples
    --------
    >>> local_file("/vsicurl/http://example.org/x.gpkg")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    yrdgis.errors.InputError: '/vsicurl/http://example.org/x.gpkg' is an address or a virtual path, ...
    """
    text = str(name)
    remote = re.match(r"^[A-Za-z][A-Za-z0-9+.\-]+:(?!\\)", text) and not re.match(r"^[A-Za-z]:[\\/]", text)
    if remote or (text.replace("\\", "/").lstrip("/").lower().startswith("vsi") and text.startswith("/")):
        raise InputError(
            f"{text!r} is an address or a virtual path, not a local file. Fetch the file first and give "
            "its path."
        )
    if "\x00" in text or not text.strip():
        raise InputError("The name of the file is empty or holds a null character.")
    path = Path(text)
    try:
        if path.is_dir() and path.suffix.lower() == ".gdb":
            return path
        if not path.exists():
            raise InputError(f"{text}: no such file.")
        if not path.is_file():
            raise InputError(f"{text}: a folder or a device, not a file.")
        size = path.stat().st_size
        with path.open("rb"):
            pass
    except OSError as error:
        raise InputError(f"{text[:200]}: can't be opened ({error.strerror}).") from error
    if size == 0:
        raise InputError(f"{path.name}: the file is empty (0 bytes). Fetch or export it again.")
    if size > limits.file_mb << 20:
        raise InputError(
            f"{path.name}: {size >> 20} MB, more than the {limits.file_mb} MB allowed. Cut out the part "
            "you need."
        )
    return path


def first_bytes(path: Path, count: int) -> bytes:
    """The first bytes of a file, fewer if it is shorter."""
    with path.open("rb") as file:
        return file.read(count)


def _refuse(path: Path, head: bytes) -> None:
    """Things that are never what they are named: say so."""
    low = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(b"version https://git-lfs.github.com/spec/"):
        size = re.search(rb"size (\d+)", head)
        told = f" of {int(size[1]):,} bytes" if size else ""
        raise InputError(
            f"{path.name}: a Git LFS pointer, not the file itself{told}. Fetch it with `git lfs pull`."
        )
    if low.startswith((b"<!doctype html", b"<html", b"<head", b"<body")) or b"<html" in low[:1024]:
        raise InputError(
            f"{path.name}: a web page (HTML), not map data; probably an error or login page saved under "
            "this name. Download it again."
        )
    if low.startswith(b"[") and re.search(rb'"id"\s*:\s*"document"', low) and b'"version"' in low:
        raise InputError(
            f"{path.name}: CZML (a Cesium scene), not GeoJSON. Export the data itself as GeoJSON or "
            "GeoPackage."
        )


def sniff(path: Path, *, limits: Limits = LIMITS) -> Sniffed:
    """Kind of a local file from its content.

    Returns
    -------
    Sniffed
        Kinds: shapefile, dbf, sqlite, flatgeobuf, parquet, xlsx, zip, gzip, bzip2, tiff, osm_pbf, osm_xml,
        gpx, kml, gml, json, text, filegdb.

    Raises
    ------
    InputError
        For a Git LFS pointer, a web page, CZML, an image, a PDF, or anything else that holds no map data.
    """
    if path.is_dir():
        return Sniffed("filegdb")
    head = first_bytes(path, _HEAD)
    _refuse(path, head)
    for magic, kind in _BINARY:
        if head.startswith(magic):
            if kind in ("pdf", "png", "jpeg", "rar", "7z", "old office file"):
                raise InputError(
                    f"{path.name}: a {kind.upper() if len(kind) < 5 else kind}; no map data can be read "
                    "from it."
                )
            return Sniffed(kind)
    if head[4:15] == b"\n\tOSMHeader":
        return Sniffed("osm_pbf")
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return Sniffed("xlsx" if b"[Content_Types].xml" in head or path.suffix.lower() == ".xlsx" else "zip")
    if path.suffix.lower() == ".dbf":
        return Sniffed("dbf")
    if not head.strip(b"\x00"):
        raise InputError(
            f"{path.name}: holds null bytes only (a download that was cut off?). Fetch it again."
        )
    return _text_kind(path, head, limits)


def _text_kind(path: Path, head: bytes, limits: Limits) -> Sniffed:
    utf16 = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\x00" in head and not utf16:
        raise InputError(
            f"{path.name}: binary data of no known kind. Give a GeoPackage, shapefile, GeoJSON, CSV or the "
            "like."
        )
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if utf16:
        start = head.decode("utf-16", "ignore").encode("utf-8").lstrip()
    if not start:
        raise InputError(f"{path.name}: holds white space only. Export it again.")
    if start.startswith(b"<"):
        root = xml_root(path, limits=limits)
        kind = _XML_KINDS.get(root.lower())
        if kind is None:
            raise InputError(
                f"{path.name}: XML with the root <{root}>, which is no map format read here (osm, kml, "
                "gpx, gml); "
                "an error answer of a server looks like this too."
            )
        return Sniffed(kind, root)
    if start[:1] in (b"{", b"[", b"\x1e"):
        return Sniffed("json")
    return Sniffed("text")
