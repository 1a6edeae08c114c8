"""Results in a folder of Parquet files, one for each block, which DuckDB, pandas and Spark read as one table.

The layout is that of Hive: ``scenario=<name>/part-00012.parquet``. A file is written under another name and then
renamed, so what is there is whole. ``_job.json`` tells from what the folder is made, ``_meta.json`` what the figures
rest on, once all files are there; both hold nothing that differs between two runs.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

import pandas as pd

from yrdgis.errors import InputError, OutputError, all_at_once

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Folder", "Parts", "as_parquet", "check_scenarios", "joined", "nested"]

_JOB, _META = "_job.json", "_meta.json"
_KEY = b"yrdgis"
_RESERVED = "__HIVE_DEFAULT_PARTITION__"
_LONGEST = 200


@dataclass(frozen=True)
class Parts:
    """A result in a folder.

    Parameters
    ----------
    folder : pathlib.Path
    meta : mapping
        What the figures rest on.
    rows : int
        In all files together.
    files : tuple of str
        Their paths in the folder, in the order of the rows.
    made : int
        How many blocks this run worked out; the others were there already.
    """

    folder: Path
    meta: Mapping[str, Any]
    rows: int
    files: tuple[str, ...]
    made: int = 0
    layout: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def __repr__(self) -> str:
        return f"<Parts in {self.folder}: {self.rows} rows in {len(self.files)} files, {self.made} made by this run>"

    @classmethod
    def open(cls, folder: str | os.PathLike[str]) -> Parts:
        """A result that was written before.

        Raises
        ------
        InputError
            If the folder holds none, or it is not finished.
        """
        path = Path(folder)
        if not (path / _JOB).is_file():
            raise InputError(f"{path} holds no result: there is no {_JOB}")
        if not (path / _META).is_file():
            raise InputError(
                f"{path} is not finished; the same call with the same folder makes what is missing"
            )
        known = json.loads((path / _META).read_text(encoding="utf-8"))
        return cls(path, known["meta"], known["rows"], tuple(known["files"]), 0, known["layout"])

    def frames(self) -> Iterator[pd.DataFrame]:
        """The result file by file, for what does not fit memory at once."""
        for file in self.files:
            yield self._in_form([self._table(file)])

    def read(self) -> pd.DataFrame:
        """The whole result as the same call gives it without a folder."""
        frame = self._in_form([self._table(file) for file in self.files])
        frame.attrs.update(self.meta)
        return frame

    def _table(self, file: str) -> pd.DataFrame:
        import pyarrow.parquet as pq

        table = pq.ParquetFile(self.folder / file).read()
        columns: dict[str, Any] = {}
        if self.layout["scenarios"]:
            name = unquote(Path(file).parent.name.split("=", 1)[1])
            columns["scenario"] = [name] * table.num_rows
        for at, column in enumerate(table.schema):
            columns[column.name] = table.column(at).to_numpy()
        return pd.DataFrame(columns)

    def _in_form(self, frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
        frame = joined(frames)
        index = self.layout["index"]
        return frame.set_index(index) if index else frame


class Folder:
    """The folder of a result while it is made.

    Parameters
    ----------
    path : path
        A new or empty folder, or one in which the same job was begun. The folder above it must be there.
    job : mapping
        What the result is made from, as JSON can hold it, with its ``key``.

    Raises
    ------
    InputError
        If another job was begun in the folder, telling what differs, or it holds something else.
    OutputError
        If the folder can't be made or written to.
    """

    def __init__(self, path: str | os.PathLike[str], job: Mapping[str, Any]) -> None:
        self.path, self.job = plain_folder(path), dict(job)
        self._begin()

    def _begin(self) -> None:
        try:
            self.path.mkdir(exist_ok=True)
            if (self.path / _JOB).is_file():
                self._compare()
            elif any(self.path.iterdir()):
                raise InputError(
                    f"{self.path} holds files that are no result of blocks; give a new or empty folder"
                )
            else:
                self._write_json(_JOB, self.job)
            for left in self.path.glob("**/.*.tmp"):
                left.unlink(missing_ok=True)
        except OSError as error:
            raise _refusal(self.path, error) from error

    def _compare(self) -> None:
        try:
            known = json.loads((self.path / _JOB).read_text(encoding="utf-8"))
            differing = _differences(known, self.job)
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            raise InputError(f"{self.path / _JOB} can't be read; give a new folder") from error
        if differing:
            raise InputError(
                all_at_once(
                    f"{self.path} holds another job (give a new folder, or delete this one)", differing
                )
            )

    def file_of(self, scenario: str, number: int) -> str:
        """Path in the folder of a block's file."""
        return f"scenario={quote(scenario, safe='')}/part-{number:05d}.parquet"

    def facts(self, scenario: str, number: int) -> dict[str, Any] | None:
        """Rows and facts of a block whose file is there and whole; None where it is not."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        file = self.path / self.file_of(scenario, number)
        if not file.is_file():
            return None
        try:
            metadata = pq.read_metadata(file)
            told = json.loads((metadata.metadata or {})[_KEY])
        except (pa.ArrowException, OSError, KeyError, ValueError):
            return None
        whole = (told["job"], told["block"], told["rows"]) == (self.job["key"], number, metadata.num_rows)
        return told if whole else None

    def write(self, scenario: str, number: int, data: bytes) -> None:
        """Put a block's file in its place, whole."""
        file = self.path / self.file_of(scenario, number)
        self._write(file, data)

    def finish(
        self, meta: Mapping[str, Any], rows: int, files: Sequence[str], made: int, layout: Mapping[str, Any]
    ) -> Parts:
        """Note that all is there, and what it rests on."""
        self._write_json(_META, {"meta": meta, "rows": rows, "files": list(files), "layout": layout})
        # what is read back is what later calls find
        done = Parts.open(self.path)
        return Parts(done.folder, done.meta, done.rows, done.files, made, done.layout)

    def _write_json(self, name: str, content: Mapping[str, Any]) -> None:
        text = json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False)
        self._write(self.path / name, text.encode())

    def _write(self, file: Path, data: bytes) -> None:
        temporary = file.with_name(f".{file.name}.{secrets.token_hex(4)}.tmp")
        try:
            file.parent.mkdir(exist_ok=True)
            temporary.write_bytes(data)
            os.replace(temporary, file)
        except OSError as error:
            raise _refusal(file, error) from error
        finally:
            temporary.unlink(missing_ok=True)


def nested(path: str | os.PathLike[str], keys: Mapping[str, str]) -> Path:
    """A folder inside a folder of several results, such as ``game=1/end=low``; those above it are made.

    Raises
    ------
    InputError
        If the outer folder holds something else.
    OutputError
        If a folder can't be made.
    """
    folder = plain_folder(path)
    first = next(iter(keys))
    try:
        folder.mkdir(exist_ok=True)
        if any(not one.name.startswith(f"{first}=") for one in folder.iterdir()):
            raise InputError(f"{folder} holds files that are no such results; give a new or empty folder")
        for name, value in list(keys.items())[:-1]:
            folder = folder / f"{name}={quote(value, safe='')}"
            folder.mkdir(exist_ok=True)
    except OSError as error:
        raise _refusal(folder, error) from error
    name, value = list(keys.items())[-1]
    return folder / f"{name}={quote(value, safe='')}"


def plain_folder(path: str | os.PathLike[str]) -> Path:
    """Path of a folder to be written to, refused where it can't be one.

    Raises
    ------
    InputError
        If it is a URL or a virtual file.
    OutputError
        If a file stands there, or the folder above it does not exist.
    """
    text = os.fspath(path)
    if "://" in text or text.startswith("/vsi") or "\0" in text:
        raise InputError(f"{text!r} is no path of a folder; results are written to plain folders only.")
    folder = Path(text)
    if folder.exists() and not folder.is_dir():
        raise OutputError(f"{folder} is a file; give the name of a folder.")
    if not folder.parent.is_dir():
        raise OutputError(f"{folder.parent}: there is no such folder. Make it first, or write elsewhere.")
    return folder


def as_parquet(frame: pd.DataFrame, told: Mapping[str, Any], lists: Sequence[str] = ()) -> bytes:
    """A frame as the bytes of a Parquet file, the same for the same content.

    Parameters
    ----------
    frame : pandas.DataFrame
        The index is left out; NaN becomes null.
    told : mapping
        What the file's metadata hold besides, as JSON.
    lists : sequence of str
        Columns of arrays of whole numbers.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    arrays = [_array(frame[name], name in lists) for name in frame]
    table = pa.table(arrays, names=list(map(str, frame.columns)))
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, allow_nan=False)
    table = table.replace_schema_metadata({_KEY: text.encode()})
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="snappy")
    return sink.getvalue().to_pybytes()


def check_scenarios(names: Sequence[str]) -> None:
    """Refuse names of scenarios that can't be folders.

    Raises
    ------
    InputError
        Telling all that is wrong.
    """
    problems = [
        f"{name!r} can't be the name of a folder; give one of 1 to {_LONGEST} letters"
        for name in names
        if not name or name == _RESERVED or len(quote(name, safe="")) > _LONGEST
    ]
    if problems:
        raise InputError(all_at_once("scenarios", problems))


def joined(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Frames of the same columns one below the other, with the types that one frame of all rows would have."""
    import numpy as np

    def column(name: Any) -> Any:
        parts = [frame[name] for frame in frames]
        if len({part.dtype for part in parts}) == 1 and not isinstance(parts[0].dtype, np.dtype):
            return pd.concat(parts, ignore_index=True)
        return np.concatenate([part.to_numpy() for part in parts])

    return pd.DataFrame({name: column(name) for name in frames[0]})


def _array(column: pd.Series, listed: bool) -> pa.Array:
    import pyarrow as pa

    if listed:
        return pa.array(list(column), type=pa.list_(pa.int64()))
    if column.dtype.kind in "biuf":
        return pa.array(column.to_numpy(), from_pandas=True)
    if column.dtype == object:
        return pa.array(column.to_numpy(), type=pa.string())
    # text that pandas itself keeps as Arrow is taken as it is
    texts = pa.array(column.array).cast(pa.string())
    return texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts


def _differences(known: Mapping[str, Any], job: Mapping[str, Any]) -> list[str]:
    """What two jobs differ in, one sentence each: what was asked for, else the networks, else the split."""
    there, here = ({"kind": one["kind"], **one["inputs"], **one["versions"]} for one in (known, job))
    found = [
        f"{name} was {there.get(name)}, now {here.get(name)}"
        for name in dict.fromkeys([*there, *here])
        if there.get(name) != here.get(name)
    ]
    if found or known["key"] == job["key"]:
        return found
    there, here = known["content"], job["content"]
    found = [f"scenario {name!r} is in only one of them" for name in sorted(there.keys() ^ here.keys())]
    found += [
        f"scenario {name!r} has another network (date, projects, layers or points)"
        for name in there
        if name in here and there[name] != here[name]
    ]
    return found or ["its blocks are others"]


def _refusal(path: Path, error: OSError) -> OutputError:
    return OutputError(f"{path} can't be written: {error.strerror or error}")
