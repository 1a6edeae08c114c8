"""Unpack what a user hands in, without being unpacked by it.

An archive may claim anything about its contents, so bytes are counted as they come out, never taken from its
headers; names that would land outside the target folder, links, devices and locked members are refused.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from tempfile import TemporaryDirectory
from typing import IO

from yrdgis.errors import InputError, all_at_once

__all__ = ["LIMITS", "Limits", "open_compressed", "unpack", "unpacked"]

_CHUNK = 1 << 20
_MB = 1 << 20
_RATIO_FLOOR = 4 * _MB  # a tiny file may shrink by any ratio without harm


@dataclass(frozen=True)
class Limits:
    """What a user's file may cost: sizes in megabytes, counts as they are.

    Attributes
    ----------
    file_mb : int
        Largest file that is opened at all.
    json_mb, xml_mb : int
        Largest JSON and XML text: both are held or walked as a whole.
    unpacked_mb, ratio, members : int
        Sum of an archive's contents, how many times larger than the archive they may be, how many there may
        be.
    columns : int
        Columns of a table.
    line_mb : int
        Longest line of a table.
    xml_depth : int
        Elements inside elements.
    """

    file_mb: int = 4096
    json_mb: int = 512
    xml_mb: int = 2048
    unpacked_mb: int = 4096
    ratio: int = 200
    members: int = 10_000
    columns: int = 4096
    line_mb: int = 8
    xml_depth: int = 64


LIMITS = Limits()
"""The limits in force where none are given."""


def _faulty_name(name: str) -> str | None:
    posix, windows = PurePosixPath(name), PureWindowsPath(name)
    if not name.strip("/") or "\x00" in name:
        return "has no usable name"
    if posix.is_absolute() or windows.is_absolute() or windows.drive:
        return "has an absolute path"
    if ".." in posix.parts or ".." in windows.parts:
        return "climbs out of the folder with '..'"
    return None


def _check_members(archive: zipfile.ZipFile, path: Path, limits: Limits) -> list[zipfile.ZipInfo]:
    members = archive.infolist()
    if len(members) > limits.members:
        raise InputError(
            f"{path.name}: {len(members)} members, more than the {limits.members} allowed. Unpack what you "
            "need by hand."
        )
    problems = []
    for member in members:
        fault = _faulty_name(member.filename)
        kind = member.external_attr >> 28
        if fault is None and member.flag_bits & 1:
            fault = "is locked with a password"
        if fault is None and kind not in (0, 4, 8):  # neither unknown, folder nor ordinary file
            fault = "is a link or a device"
        if fault:
            problems.append(f"member {member.filename[:80]!r} {fault}")
    if problems:
        raise InputError(all_at_once(f"{path.name} (archive)", problems[:20]))
    return [m for m in members if not m.is_dir()]


def _copy(
    source: IO[bytes], target: Path, allowance: int, total_before: int, path: Path, limits: Limits
) -> int:
    """Copy and count; stop at the allowance."""
    total = total_before
    with target.open("wb") as out:
        while chunk := source.read(_CHUNK):
            total += len(chunk)
            if total > allowance:
                raise InputError(
                    f"{path.name}: unpacks to more than {allowance // _MB} MB, which is over "
                    f"{limits.unpacked_mb} MB or "
                    f"{limits.ratio} times its own size. It may be made to fill the disk; unpack it by "
                    "hand if you trust it."
                )
            out.write(chunk)
    return total


def _allowance(path: Path, limits: Limits) -> int:
    return min(limits.unpacked_mb * _MB, max(_RATIO_FLOOR, path.stat().st_size * limits.ratio))


def unpack(path: Path, into: Path, *, limits: Limits = LIMITS) -> list[Path]:
    """Unpack a zip archive (also .kmz) into a folder.

    Parameters
    ----------
    path : Path
        The archive.
    into : Path
        A folder that exists and belongs to the caller.
    limits : Limits
        Caps on total size, ratio and number of members.

    Returns
    -------
    list of Path
        The files written, in the archive's order.

    Raises
    ------
    InputError
        If the archive is damaged, locked, too large, or names a place outside the folder.
    """
    allowance, total, written = _allowance(path, limits), 0, []
    try:
        with zipfile.ZipFile(path) as archive:
            for member in _check_members(archive, path, limits):
                target = into / PurePosixPath(member.filename.replace("\\", "/"))
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(member) as source:
                    total = _copy(source, target, allowance, total, path, limits)
                written.append(target)
    except (
        zipfile.BadZipFile,
        zlib.error,
        lzma.LZMAError,
        EOFError,
        NotImplementedError,
        UnicodeError,
    ) as error:
        raise InputError(
            f"{path.name}: a damaged or unusual archive ({error}). Pack it again as a plain zip."
        ) from error
    except (OSError, RuntimeError) as error:
        raise InputError(f"{path.name}: can't be unpacked ({error}).") from error
    return written


@contextmanager
def unpacked(path: Path, *, limits: Limits = LIMITS) -> Iterator[list[Path]]:
    """Contents of an archive, or one .gz or .bz2 file, in a folder that is gone afterwards.

    Examples
    --------
    >>> import tempfile, zipfile
    >>> place = Path(tempfile.mkdtemp()) / "towns.zip"
    >>> with zipfile.ZipFile(place, "w") as z:
    ...     z.writestr("towns.csv", "name,lon,lat")
    >>> with unpacked(place) as files:
    ...     [f.name for f in files]
    ['towns.csv']
    """
    with TemporaryDirectory(prefix="yrdgis-") as folder:
        if path.suffix.lower() in (".gz", ".bz2"):
            target = Path(folder) / path.stem
            with open_compressed(path, limits=limits) as source:
                _copy(source, target, _allowance(path, limits), 0, path, limits)
            yield [target]
        else:
            yield unpack(path, Path(folder), limits=limits)


@contextmanager
def open_compressed(path: Path, *, limits: Limits = LIMITS) -> Iterator[IO[bytes]]:
    """Bytes of a file, seen through .gz or .bz2, counted as they are read.

    Raises
    ------
    InputError
        When more comes out than the limits allow, or the stream is cut off or damaged.
    """
    opener = {".gz": gzip.open, ".bz2": bz2.open}.get(path.suffix.lower())
    raw: IO[bytes] = opener(path, "rb") if opener else path.open("rb")  # type: ignore[operator]
    allowance = _allowance(path, limits) if opener else max(limits.file_mb * _MB, 1)
    try:
        yield _Counted(raw, allowance, path, limits)  # type: ignore[misc]
    finally:
        raw.close()


class _Counted:
    """A stream that stops at an allowance and turns decoding faults into one clear error."""

    def __init__(self, raw: IO[bytes], allowance: int, path: Path, limits: Limits) -> None:
        self._raw, self._left, self._path, self._limits = raw, allowance, path, limits

    def read(self, size: int = -1) -> bytes:
        want = self._left + 1 if size is None or size < 0 else min(size, self._left + 1)
        try:
            data = self._raw.read(want)
        except (OSError, EOFError, zlib.error) as error:
            raise InputError(
                f"{self._path.name}: cut off or damaged ({error}). Fetch or pack the file again."
            ) from error
        self._left -= len(data)
        if self._left < 0:
            raise InputError(
                f"{self._path.name}: unpacks to over {self._limits.unpacked_mb} MB or {self._limits.ratio} "
                "times its own "
                "size. It may be made to fill the memory; unpack it by hand if you trust it."
            )
        return data
