from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from network.drawn import strait

from yrdgis.errors import InputError
from yrdgis.metrics.borders import crossings_of_borders, detours, matched_pairs, penalty, town_pairs
from yrdgis.network import build_network

CITIES = {"A": "P", "B": "P", "C": "Q", "D": "Q"}


def world(factor: float = 1.0, *, noise: float = 0.0, wet: float = 1.3, seed: int = 1) -> pd.DataFrame:
    """Pairs of towns of four cities in two provinces: 2 min per km^0.9, a factor across the border, one over water."""
    random = np.random.default_rng(seed)
    size = 400
    a, b = (np.array(list(CITIES))[random.integers(0, 4, size)] for _ in range(2))
    km = random.uniform(10, 60, size)
    border = np.array([float(CITIES[x] != CITIES[y]) for x, y in zip(a, b, strict=True)])
    water = random.integers(0, 2, size).astype(float)
    own = {"A": 1.0, "B": 1.1, "C": 0.9, "D": 1.2}
    time = 2 * km**0.9 * factor**border * wet**water * np.exp(noise * random.normal(size=size))
    time *= np.array([own[x] * own[y] for x, y in zip(a, b, strict=True)]) * 1.05 ** (a != b)
    return pd.DataFrame(
        {
            "from_id": [f"town:{at}" for at in range(size)],
            "to_id": [f"town:x{at}" for at in range(size)],
            "from_city_id": a,
            "to_city_id": b,
            "km": km,
            "time_min": time,
            "province_border": border,
            "city_border": (a != b).astype(float),
            "water": water,
            "border_id": np.where(border > 0, "border:p-q", ""),
        }
    )


@settings(max_examples=15)
@given(factor=st.floats(0.8, 1.6))
def test_a_known_penalty_is_found_beside_water_other_cities_and_city_effects(factor):
    found = penalty(world(factor), permutations=9)
    assert found.percent == pytest.approx((factor - 1) * 100, abs=1e-6)
    table = found.table["factor"]
    assert table["water"] == pytest.approx(1.3)
    assert table["city_border"] == pytest.approx(1.05)
    assert found.table["coefficient"]["ln_km"] == pytest.approx(0.9)


def test_without_a_penalty_the_error_covers_it():
    found = penalty(world(1.0, noise=0.1))
    low, high = found.percent_range
    assert low < 0 < high
    assert found.p > 0.05
    assert found.city_pairs == 6
    assert (found.pairs, found.cut) == (400, 0)


def test_the_permutation_agrees_with_fitting_anew():
    """The slow and obvious way: shuffle which city pairs have the border, and fit all terms again."""
    pairs = world(1.2, noise=0.2)
    found = penalty(pairs, permutations=20, seed=3)
    units = ["|".join(sorted(x)) for x in zip(pairs["from_city_id"], pairs["to_city_id"], strict=True)]
    across = pairs["city_border"].eq(1).to_numpy()
    names = sorted({unit for unit, on in zip(units, across, strict=True) if on})
    flags = [pairs["province_border"][units.index(name)] for name in names]
    random = np.random.default_rng(3)
    values = []
    for _ in range(20):
        drawn = dict(zip(names, random.permutation(np.array(flags)), strict=True))
        border = np.array([drawn[u] if on else 0.0 for u, on in zip(units, across, strict=True)])
        effects = [
            pairs["from_city_id"].eq(c).astype(float) + pairs["to_city_id"].eq(c) for c in sorted(CITIES)[1:]
        ]
        x = np.column_stack(
            [np.log(pairs["km"]), border, pairs["city_border"], pairs["water"], *effects, np.ones(len(pairs))]
        )
        values.append(np.linalg.lstsq(x, np.log(pairs["time_min"]), rcond=None)[0][1])
    assert found.error == pytest.approx(np.std(values, ddof=1))


def test_pairs_without_a_way_are_told():
    pairs = world()
    pairs.loc[:9, "time_min"] = np.nan
    assert penalty(pairs, permutations=3).cut == 10


def test_matched_pairs_by_hand():
    """Across: a to c, 20 km in 30 min. Inside: a to b, 20.5 km in 20.5 min, so 20 min at 20 km; a to d is too far."""
    rows = [
        ("a", "c", "A", "C", 20.0, 30.0, 1.0, 1.0, "border:p-q"),
        ("a", "b", "A", "B", 20.5, 20.5, 0.0, 1.0, ""),
        ("a", "d", "A", "B", 40.0, 10.0, 0.0, 1.0, ""),
        ("e", "f", "A", "C", 20.0, 30.0, 1.0, 1.0, "border:p-q"),
    ]
    columns = [*world().columns[:6], "province_border", "city_border", "border_id"]
    found = matched_pairs(pd.DataFrame(rows, columns=columns).assign(water=0.0), share=0.05)
    assert found[["matches", "matched_min", "ratio"]].values.tolist() == [[1, 20.0, 1.5]]
    assert found.attrs["unmatched"] == 1
    with pytest.raises(InputError, match="between 0 and 1"):
        matched_pairs(world(), share=0)


def test_too_little_to_compare_with_is_refused():
    with pytest.raises(InputError, match="30 town pairs or more"):
        penalty(world().query("province_border == city_border"))
    with pytest.raises(InputError, match="30 town pairs or more"):
        penalty(world().head(10))


def test_crossings_of_the_toy_border(toy):
    found = crossings_of_borders(build_network(toy, "today"))
    every = found[found["class"] == "all"]
    assert set(every["mode"]) == {"road", "rail"}
    assert (every["crossings"] >= 1).all()
    assert (found["per_10_km"] == found["crossings"] / found["length_km"] * 10).all()
    by_class = found[found["class"] != "all"].groupby("mode")["crossings"].sum()
    assert by_class.to_dict() == every.set_index("mode")["crossings"].to_dict()
    assert found.loc[found["mode"] == "road", "resolution"].eq("below resolution").all()
    with pytest.raises(InputError, match="not air"):
        crossings_of_borders(build_network(toy, "today"), ["air"])
    with pytest.raises(InputError, match="built from layers"):
        crossings_of_borders(strait())


def test_crossings_never_fall_from_the_eve_to_today(layers):
    eve, now = (crossings_of_borders(build_network(layers, day)) for day in ("plan-eve", "today"))
    keys = ["border_id", "mode"]
    before, after = (f[f["class"] == "all"].set_index(keys)["crossings"] for f in (eve, now))
    assert (after >= before).all()
    assert len(after) == 6


def test_town_pairs_say_what_lies_between(layers):
    network = build_network(layers, "today")
    towns = list(layers["towns"]["town_id"][::12])
    found = town_pairs(network, towns=towns)
    assert found["km"].between(10, 60).all()
    assert (found["city_border"] >= found["province_border"]).all()
    assert found["border_id"].ne("").eq(found["province_border"].eq(1)).all()
    assert found.attrs["resolution"] == "below resolution"
    assert found.attrs["rests_on"]
    table = detours(network, towns=towns)
    assert (table["detour"].dropna() >= 1).all()
    with pytest.raises(InputError, match="0 < min_km < max_km"):
        town_pairs(network, towns=towns, min_km=60, max_km=10)
