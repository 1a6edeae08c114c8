"""What the rooms offer is on purpose, and offering it costs nothing."""

from __future__ import annotations

import importlib
import inspect

import pytest

import yrdgis.io

OWN = ("yrdgis.crs", "yrdgis.units", *(f"yrdgis.io.{n}" for n in sorted(set(yrdgis.io._HOME.values()))))


def test_every_name_of_io_is_there():
    assert set(yrdgis.io.__all__) == set(yrdgis.io._HOME)
    assert set(yrdgis.io.__all__) <= set(dir(yrdgis.io))
    for name in yrdgis.io.__all__:
        assert getattr(yrdgis.io, name).__module__.startswith("yrdgis.io")
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = yrdgis.io.nothing


@pytest.mark.parametrize("module", OWN)
def test_public_names_are_deliberate(module):
    room = importlib.import_module(module)
    defined = {
        name
        for name, value in vars(room).items()
        if not name.startswith("_")
        and (inspect.isclass(value) or inspect.isfunction(value))
        and value.__module__ == module
    }
    assert defined <= set(room.__all__), defined - set(room.__all__)
    assert all(hasattr(room, name) for name in room.__all__)
