"""Settings: what a user may change without touching a layer.

Each setting has a type, a default and a sentence. A value is checked when it is set, and ``override`` changes
settings for the length of a with-block. Assumptions of the model (speeds, waits) are no settings: they are the
layer ``parameters``.

Examples
--------
>>> from yrdgis import settings
>>> settings.get("language")
'both'
>>> with settings.override(language="zh"):
...     settings.get("language")
'zh'
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yrdgis.errors import LayerError, SettingError

__all__ = [
    "GEOGRAPHIC_CRS",
    "METRIC_CRS",
    "Setting",
    "cache_dir",
    "describe",
    "get",
    "layers_dir",
    "override",
    "shipped_layers_dir",
]

METRIC_CRS = "EPSG:4549"
"""CGCS2000 / 3-degree Gauss-Kruger CM 120E: lengths within about 0.12 % from 119 to 123.2 E."""

GEOGRAPHIC_CRS = "EPSG:4326"
"""WGS84 in degrees: how every layer is stored."""


@dataclass(frozen=True)
class Setting:
    """One thing that can be set: its default, what it takes, and what it means."""

    name: str
    default: Any
    check: Callable[[Any], bool]
    takes: str
    meaning: str


def _one_of(*values: str) -> Callable[[Any], bool]:
    return lambda value: value in values


_SETTINGS = {
    s.name: s
    for s in (
        Setting(
            "layers_dir",
            None,
            lambda v: v is None or isinstance(v, str | os.PathLike),
            "a folder or None",
            "Folder with catalog.csv; None looks at YRDGIS_LAYERS, the installed copy, then the checkout.",
        ),
        Setting(
            "language",
            "both",
            _one_of("zh", "en", "both"),
            "'zh', 'en' or 'both'",
            "Language of maps and texts.",
        ),
        Setting(
            "audience",
            "public",
            _one_of("public", "internal"),
            "'public' or 'internal'",
            "Whether attributes marked internal may be shown.",
        ),
        Setting(
            "cache_dir",
            None,
            lambda v: v is None or isinstance(v, str | os.PathLike),
            "a folder or None",
            "Folder for prepared networks; None is the user's cache folder. Safe to delete.",
        ),
        Setting(
            "cache",
            True,
            lambda v: isinstance(v, bool),
            "True or False",
            "Whether prepared networks are kept on disk.",
        ),
        Setting(
            "cache_max_mb",
            1024,
            lambda v: isinstance(v, int) and not isinstance(v, bool) and v >= 0,
            "a whole number of megabytes, 0 or more",
            "Size cap of the cache folder.",
        ),
    )
}

_overrides: ContextVar[dict[str, Any]] = ContextVar("yrdgis_settings", default={})  # noqa: B039 - never mutated


def get(name: str) -> Any:
    """Value of a setting in force now.

    Raises
    ------
    SettingError
        If there is no such setting.
    """
    if name not in _SETTINGS:
        raise SettingError(f"No setting named {name!r}. There are: {', '.join(_SETTINGS)}.")
    return _overrides.get().get(name, _SETTINGS[name].default)


@contextmanager
def override(**values: Any) -> Iterator[None]:
    """Change settings inside a with-block; a wrong value is refused before anything changes."""
    for name, value in values.items():
        get(name)
        if not _SETTINGS[name].check(value):
            raise SettingError(f"Setting {name!r} takes {_SETTINGS[name].takes}, not {value!r}.")
    token = _overrides.set({**_overrides.get(), **values})
    try:
        yield
    finally:
        _overrides.reset(token)


def describe() -> list[tuple[str, Any, str, str]]:
    """Every setting as (name, value in force, what it takes, what it means)."""
    return [(s.name, get(s.name), s.takes, s.meaning) for s in _SETTINGS.values()]


def layers_dir() -> Path:
    """Folder of the layers in force.

    Returns
    -------
    pathlib.Path
        The setting ``layers_dir``, else the environment variable ``YRDGIS_LAYERS``, else the copy inside the
        installed package, else ``layers/`` of the checkout.

    Raises
    ------
    LayerError
        If none of them holds a ``catalog.csv``.
    """
    chosen = get("layers_dir") or os.environ.get("YRDGIS_LAYERS")
    return _first_with_catalog([Path(chosen)]) if chosen else shipped_layers_dir()


def shipped_layers_dir() -> Path:
    """Folder of the layers that come with the package, whatever region is in force.

    What a region of the user lacks, such as a parameter, has its value here.

    Raises
    ------
    LayerError
        If neither the installed copy nor the checkout holds a ``catalog.csv``.
    """
    package = Path(__file__).resolve().parent
    return _first_with_catalog([package / "_layers", package.parent / "layers"])


def _first_with_catalog(candidates: list[Path]) -> Path:
    for folder in candidates:
        if (folder / "catalog.csv").is_file():
            return folder
    looked = ", ".join(str(folder) for folder in candidates)
    raise LayerError(
        f"No layers found: no catalog.csv in {looked}. Name the folder that holds it: yrdgis --layers DIR, "
        "yrdgis.load(DIR) or the environment variable YRDGIS_LAYERS."
    )


def cache_dir() -> Path:
    """Folder for prepared networks, made when first written to; never read from the layers."""
    chosen = get("cache_dir") or os.environ.get("YRDGIS_CACHE")
    if chosen:
        return Path(chosen)
    base = os.environ.get("LOCALAPPDATA") if os.name == "nt" else os.environ.get("XDG_CACHE_HOME")
    return Path(base) / "yrdgis" if base else Path.home() / ".cache" / "yrdgis"
