"""The family of errors."""

from __future__ import annotations

import inspect

import pytest

from yrdgis import errors


def test_every_error_has_the_one_root_and_is_public():
    own = {n: v for n, v in vars(errors).items() if inspect.isclass(v) and v.__module__ == errors.__name__}
    found = set(own)
    assert found | {"all_at_once"} == set(errors.__all__)
    assert all(issubclass(getattr(errors, name), errors.YrdgisError) for name in found)


@pytest.mark.parametrize(
    ("error", "builtin"),
    [
        (errors.LayerError, ValueError),
        (errors.UnknownNameError, LookupError),
        (errors.AmbiguousNameError, LookupError),
        (errors.OutputError, OSError),
        (errors.MissingExtraError, ImportError),
    ],
)
def test_each_is_also_the_builtin_that_it_resembles(error, builtin):
    with pytest.raises(builtin, match="what is wrong"):
        raise error("what is wrong")


def test_one_problem_is_one_line_and_several_are_counted():
    assert errors.all_at_once("a.csv", ["x"]) == "a.csv: x"
    assert errors.all_at_once("a.csv", ["x", "y"]).splitlines() == ["a.csv: 2 problems", "  x", "  y"]
