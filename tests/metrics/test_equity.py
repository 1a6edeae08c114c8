from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yrdgis.errors import InputError
from yrdgis.metrics.equity import equity, gini, losers, palma, theil

VALUES = st.lists(
    st.tuples(st.floats(0, 1e3), st.integers(1, 50), st.sampled_from("ab")), min_size=1, max_size=8
)


def spread(rows):
    """Every person by himself: the slow and obvious way."""
    return np.concatenate([np.full(n, x) for x, n, _ in rows])


def frames(rows):
    index = [f"p{at}" for at in range(len(rows))]
    return (pd.Series([row[at] for row in rows], index=index) for at in range(3))


@given(rows=VALUES)
def test_gini_is_that_of_all_people_one_by_one(rows):
    each = spread(rows)
    values, people, _ = frames(rows)
    if each.mean() == 0:
        assert np.isnan(gini(values, people))
    else:
        expected = np.abs(each[:, None] - each[None, :]).mean() / (2 * each.mean())
        assert gini(values, people) == pytest.approx(expected, abs=1e-9)


@given(rows=VALUES)
def test_theil_is_that_of_all_people_and_its_parts_add_up(rows):
    values, people, groups = frames(rows)
    found = theil(values, people, groups)
    each = spread(rows)
    if each.mean() == 0:
        assert found.isna().all()
        return
    ratio = each / each.mean()
    expected = np.where(ratio > 0, ratio * np.log(np.where(ratio > 0, ratio, 1)), 0).mean()
    assert found["total"] == pytest.approx(expected, abs=1e-9)
    assert found["between"] + found["within"] == pytest.approx(found["total"], abs=1e-9)
    assert found["within"] >= -1e-9


@given(rows=VALUES, times=st.floats(0.5, 50))
def test_indices_do_not_change_with_the_unit(rows, times):
    values, people, _ = frames(rows)
    if not values.sum() > 1e-6:
        return
    assert gini(values * times, people) == pytest.approx(gini(values, people), abs=1e-9)
    assert theil(values * times, people)["total"] == pytest.approx(theil(values, people)["total"], abs=1e-9)


def test_palma_by_hand():
    """Ten people with 1 to 10: the top one has 10, the lowest four 1 + 2 + 3 + 4."""
    values = pd.Series(np.arange(1.0, 11.0))
    assert palma(values, pd.Series(1, index=values.index)) == 1.0
    assert palma(pd.Series([0.0, 1.0]), pd.Series([6, 4])) == float("inf")


def test_a_transfer_to_the_poorer_makes_it_more_even():
    before, after = pd.Series([10.0, 30.0, 60.0]), pd.Series([15.0, 30.0, 55.0])
    people = pd.Series([5, 5, 5])
    found = equity(before, after, people, pd.Series(list("aab")))
    assert found.loc["mean", "change"] == pytest.approx(0)
    assert (found.loc[["gini", "theil", "palma"], "change"] < 0).all()


def test_who_loses():
    before = pd.Series({"a": 10.0, "b": 20.0, "c": np.nan, "d": 5.0})
    after = pd.Series({"a": 9.0, "b": 30.0, "c": 1.0, "d": np.nan})
    people = pd.Series({"a": 1, "b": 2, "c": 3, "d": 4})
    assert losers(before, after, people)["loss"].to_dict() == {"d": 5.0, "a": 1.0}
    assert losers(before, after, people, tolerance=1)["loss"].to_dict() == {"d": 5.0}
    as_time = losers(before, after, people, less_is_better=True)
    assert as_time["loss"].to_dict() == {"d": np.inf, "b": 10.0}


def test_wrong_input_gets_one_clear_error():
    values, people = pd.Series([1.0, 2.0]), pd.Series([1, -1])
    with pytest.raises(InputError, match="negative"):
        gini(values, people)
    with pytest.raises(InputError, match="blank for"):
        gini(pd.Series([1.0, np.nan]), pd.Series([1, 1]))
    with pytest.raises(InputError, match="there are none"):
        palma(values, pd.Series([0, 0]))
    with pytest.raises(InputError, match="no group"):
        theil(values, pd.Series([1, 1]), pd.Series(["a"]))
    with pytest.raises(InputError, match="same places"):
        equity(values, values[:1], pd.Series([1, 1]))
    with pytest.raises(InputError, match="tolerance"):
        losers(values, values, pd.Series([1, 1]), tolerance=-1)
