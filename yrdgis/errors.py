"""Every error that yrdgis raises on purpose.

One root to catch; each error is also the built-in that it resembles::

    YrdgisError
    ├── LayerError (ValueError)         a layer on disk does not satisfy its schema
    ├── UnknownNameError (LookupError)  nothing is called that
    ├── AmbiguousNameError (LookupError)  more than one thing is called that
    ├── DateError (ValueError)          not a date, or not a usable one
    ├── CrsError (ValueError)           degrees where metres are needed, or no CRS at all
    ├── SettingError (ValueError)       a setting was given a value that it can't take
    ├── InputError (ValueError)         a file or argument of the user is at fault
    ├── OutputError (OSError)           a result can't be written where it was asked for
    ├── NetworkError (ValueError)       a network's frames contradict each other
    ├── EngineError (ValueError)        arrays that no shortest path can be computed on
    ├── ScenarioError (ValueError)      a set of projects that can't stand together
    ├── ClusterError (RuntimeError)     a cluster can't be reached, or can't do the work
    └── MissingExtraError (ImportError) an optional library is needed

A message says what is wrong, where, and what to do next.
"""

from __future__ import annotations

from collections.abc import Iterable

__all__ = [
    "AmbiguousNameError",
    "ClusterError",
    "CrsError",
    "DateError",
    "EngineError",
    "InputError",
    "LayerError",
    "MissingExtraError",
    "NetworkError",
    "OutputError",
    "ScenarioError",
    "SettingError",
    "UnknownNameError",
    "YrdgisError",
    "all_at_once",
]


class YrdgisError(Exception):
    """Root of all errors that yrdgis raises on purpose."""


class LayerError(YrdgisError, ValueError):
    """A layer on disk does not satisfy its schema."""


class UnknownNameError(YrdgisError, LookupError):
    """Nothing is called that; the message offers the nearest names."""


class AmbiguousNameError(YrdgisError, LookupError):
    """More than one thing is called that; the message lists them."""


class DateError(YrdgisError, ValueError):
    """A text that is no date, or a date that can't be used here."""


class CrsError(YrdgisError, ValueError):
    """Coordinates are in degrees where metres are needed, or have no CRS."""


class SettingError(YrdgisError, ValueError):
    """A setting was given a value that it can't take."""


class InputError(YrdgisError, ValueError):
    """A file or an argument handed in by the user is at fault."""


class OutputError(YrdgisError, OSError):
    """A result can't be written where it was asked for."""


class NetworkError(YrdgisError, ValueError):
    """The frames of a network contradict each other."""


class EngineError(YrdgisError, ValueError):
    """Arrays on which no shortest path can be computed."""


class ScenarioError(YrdgisError, ValueError):
    """A set of projects that can't stand together."""


class ClusterError(YrdgisError, RuntimeError):
    """A cluster can't be reached, or can't do what it was asked for."""


class MissingExtraError(YrdgisError, ImportError):
    """An optional library is needed; the message says what to install."""


def all_at_once(subject: str, problems: Iterable[str]) -> str:
    """Join problems into one message, so that they can be mended in one round.

    Parameters
    ----------
    subject : str
        What was looked at, such as a file or a table.
    problems : iterable of str
        One sentence for each problem.

    Returns
    -------
    str
        The sentence itself for one problem, a counted list for several.

    Examples
    --------
    >>> print(all_at_once("links.csv", ["no column 'length_km'", "row 3 has no id"]))
    links.csv: 2 problems
      no column 'length_km'
      row 3 has no id
    """
    found = list(problems)
    if len(found) == 1:
        return f"{subject}: {found[0]}"
    return "\n  ".join([f"{subject}: {len(found)} problems", *found])
