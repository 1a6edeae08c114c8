"""Vessels and waterways: by hand, and by law."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yrdgis.errors import InputError
from yrdgis.network.assumptions import Assumptions
from yrdgis.network.waterway import CLASSES, may_sail, sailing_links

WATERWAYS = pd.DataFrame(
    {
        "waterway_id": ["waterway:canal", "waterway:river", "waterway:lane"],
        "category": ["inland", "river", "coastal"],
        "vessel_class": ["III", "I", "I"],
        "typical_speed_kph": [10.0, 18.0, 24.0],
    }
)


def canal(vessel_class: str = "III", locks: int = 0, waterway: str = "canal") -> pd.DataFrame:
    """One link of 20 km."""
    return pd.DataFrame(
        {
            "link_id": ["waterlink:x/a--b"],
            "waterway_id": [f"waterway:{waterway}"],
            "from_node_id": ["waternode:a"],
            "to_node_id": ["waternode:b"],
            "length_km": [20.0],
            "vessel_class": [vessel_class],
            "locks": [locks],
            "confidence": ["high"],
            "dated": [True],
        }
    )


@pytest.fixture(scope="module")
def assume(layers):
    return Assumptions(layers)


def sailed(links: pd.DataFrame, assume: Assumptions) -> pd.DataFrame:
    """Links one way, by vessel."""
    found = sailing_links(links, WATERWAYS, assume)
    return found[~found.index.str.endswith("/back")].set_index("service_id")


@given(st.sampled_from(CLASSES), st.sampled_from(CLASSES))
def test_a_smaller_vessel_goes_wherever_a_larger_one_does(small, large):
    if CLASSES.index(small) < CLASSES.index(large):
        small, large = large, small
    assert all(may_sail(small, link) for link in CLASSES if may_sail(large, link))


def test_a_class_that_is_none_is_refused(assume):
    with pytest.raises(InputError, match="IX"):
        may_sail("IX", "III")
    with pytest.raises(InputError, match="no waterway class VIII"):
        sailed(canal("VIII"), assume)


def test_a_canal_link_by_hand(layers, assume):
    barge = sailed(canal(locks=1), assume).loc["barge-III"]
    lock, price, grams, load, back, back_co2 = (
        layers.parameter(f"freight.{name}")
        for name in (
            "lock_min",
            "cny_per_teu_km.barge",
            "co2_g_per_tkm.barge",
            "teu_tonnes",
            "empty_return_factor.water",
            "empty_return_co2_factor.water",
        )
    )
    assert barge["in_vehicle_min"] == pytest.approx(120)
    assert barge["total_min"] == pytest.approx(120 + lock)
    assert barge["cost_cny"] == pytest.approx(20 * price * (1 + back))
    assert barge["co2_kg"] == pytest.approx(20 * grams * load / 1000 * (1 + back_co2))


def test_ships_keep_off_canals_and_barges_off_the_sea(assume):
    assert set(sailed(canal(), assume).index) == {"barge-III"}
    assert set(sailed(canal("I", waterway="lane"), assume).index) == {"river_sea", "sea_feeder"}
    assert set(sailed(canal("I", waterway="river"), assume).index) == {"yangtze", "river_sea", "sea_feeder"}


def test_at_sea_a_ship_has_its_own_speed_and_a_barge_never_more_than_its_class(layers, assume):
    feeder = sailed(canal("I", waterway="lane"), assume).loc["sea_feeder"]
    assert feeder["in_vehicle_min"] == pytest.approx(
        20 / layers.parameter("freight.ship_speed_kph.sea_feeder") * 60
    )
    both = pd.concat([canal("V"), canal("I", waterway="river").assign(link_id="waterlink:y/a--b")])
    river = sailed(both, assume).query("line_id == 'waterway:river'").loc["barge-V"]
    assert river["in_vehicle_min"] == pytest.approx(20 / layers.parameter("freight.vessel_speed_kph.V") * 60)


@settings(max_examples=25)
@given(
    classes=st.tuples(st.sampled_from(CLASSES), st.sampled_from(CLASSES)),
    end=st.sampled_from(["low", "value", "high"]),
)
def test_a_raised_canal_is_never_slower_nor_dearer(layers, classes, end):
    """The least over its vessels, whatever the end of the parameters, and no vessel loses it."""
    assume = Assumptions(layers, end)
    larger, smaller = sorted(classes, key=CLASSES.index)
    elsewhere = pd.concat([canal(name).assign(link_id=f"waterlink:{name}/c--d") for name in CLASSES[1:]])
    before, after = (
        sailed(pd.concat([canal(name), elsewhere]), assume).query("infra_id == 'waterlink:x/a--b'")
        for name in (smaller, larger)
    )
    assert set(before.index) <= set(after.index)
    for column in ("in_vehicle_min", "total_min", "cost_cny", "co2_kg"):
        assert (after.loc[before.index, column] <= before[column] + 1e-9).all()
