"""Laws of shares, on drawn games."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from yrdgis.errors import InputError
from yrdgis.scenarios import games

WORTH = st.integers(-1000, 1000).map(float)


@st.composite
def tables(draw: st.DrawFn, least: int = 1, most: int = 5) -> np.ndarray:
    """Tables of games, where the empty set is worth nothing."""
    players = draw(st.integers(least, most))
    table = draw(arrays(float, (1 << players, draw(st.integers(1, 3))), elements=WORTH))
    table[0] = 0.0
    return table


def slow_shapley(table: np.ndarray) -> np.ndarray:
    """Mean of what a player adds, over all orders."""
    players = games.players_of(table)
    out = np.zeros((players, table.shape[1]))
    orders = list(permutations(range(players)))
    for order in orders:
        there = 0
        for player in order:
            out[player] += table[there | 1 << player] - table[there]
            there |= 1 << player
    return out / len(orders)


@given(tables())
def test_shares_are_the_mean_over_all_orders_and_add_up(table):
    shares = games.shapley(table)
    assert np.allclose(shares, slow_shapley(table))
    assert np.allclose(shares.sum(axis=0), table[-1])


@given(tables(most=4), st.randoms(use_true_random=False))
def test_other_names_give_the_same_shares(table, random):
    players = games.players_of(table)
    other = list(range(players))
    random.shuffle(other)
    renamed = np.empty_like(table)
    for chosen in range(len(table)):
        renamed[sum(1 << other[p] for p in range(players) if chosen >> p & 1)] = table[chosen]
    assert np.allclose(games.shapley(renamed)[other], games.shapley(table))
    assert np.allclose(games.interaction(renamed)[np.ix_(other, other)], games.interaction(table))


@given(tables(most=4))
def test_a_player_who_adds_nothing_gets_nothing(table):
    doubled = np.concatenate([table, table])
    assert np.allclose(games.shapley(doubled)[-1], 0)
    assert np.allclose(games.shapley(doubled)[:-1], games.shapley(table))
    assert np.allclose(games.interaction(doubled)[-1], 0)


@given(tables(least=2, most=4))
def test_players_who_add_alike_get_alike(table):
    same = table.copy()
    for chosen in range(len(table)):
        if chosen & 3 == 1:
            same[chosen] = table[chosen ^ 3]
    shares = games.shapley(same)
    assert np.allclose(shares[0], shares[1])


@given(tables(most=4))
def test_games_without_overlap_give_the_same_by_every_method(table):
    players = games.players_of(table)
    alone = np.array([table[1 << p] for p in range(players)])
    plain = np.array(
        [
            sum((alone[p] for p in range(players) if s >> p & 1), np.zeros(table.shape[1]))
            for s in range(len(table))
        ]
    )
    for method in (games.shapley, games.put_in, games.take_out):
        assert np.allclose(method(plain), alone)
    assert np.allclose(games.interaction(plain), 0)


def test_interaction_tells_complements_from_substitutes():
    both_needed = np.array([[0.0], [0.0], [0.0], [8.0]])
    either = np.array([[0.0], [8.0], [8.0], [8.0]])
    assert games.interaction(both_needed)[0, 1] == 8.0
    assert games.interaction(either)[0, 1] == -8.0


@settings(max_examples=15)
@given(tables(least=2, most=5), st.integers(0, 9))
def test_samples_add_up_and_come_near(table, seed):
    found = games.sampled_shapley(lambda sets: table[list(sets)], games.players_of(table), seed=seed, most=64)
    assert np.allclose(found.values.sum(axis=0), table[-1])
    exact = games.shapley(table).sum(axis=1)
    assert (np.abs(found.values.sum(axis=1) - exact) <= 6 * found.total_errors + 1e-6).all()


def test_sampling_stops_at_the_error_that_is_asked():
    rng = np.random.default_rng(3)
    table = np.cumsum(rng.random((256, 1)), axis=0)
    table[0] = 0
    found = games.sampled_shapley(lambda sets: table[list(sets)], 8, error=0.01)
    assert found.total_errors.max() <= 0.01 * table[-1, 0]
    assert found.orders < 8000


def test_rivals_enter_games_of_their_own():
    pairs = [frozenset("ab"), frozenset("bc")]
    assert games.rival_sets("abcd", pairs) == [("a", "c", "d"), ("b", "d")]
    assert games.rival_sets("ab", []) == [("a", "b")]


def test_a_table_has_a_row_for_each_set():
    with pytest.raises(InputError, match="one row for each set"):
        games.shapley(np.zeros((3, 1)))
