"""What is lost when a project opens late."""

from __future__ import annotations

import pytest
from scenarios.drawn_world import LINKS, world

from yrdgis.errors import InputError, ScenarioError, UnknownNameError
from yrdgis.scenarios.delay import DELAY_COLUMNS, delay


def test_a_late_railway_costs_minutes_and_more_with_what_depends_on_it(layers):
    districts = layers["districts"]
    near = list(districts.loc[districts["city_id"].isin(["city:shanghai", "city:nantong"]), "district_id"])
    found = delay(layers, "hutong-2", 0.5, places=near)
    assert tuple(found.frame.columns) == DELAY_COLUMNS
    assert "project:beiyanjiang" in found.meta["dependents"]
    assert found.frame["years"].sum() == pytest.approx(0.5, abs=0.01)
    assert found.frame["from"].iloc[0].isoformat() == found.meta["expected"] == "2027-12-31"
    assert list(found.frame["from"].iloc[1:]) == list(found.frame["until"].iloc[:-1])
    alone, chained = (found.frame[column] for column in DELAY_COLUMNS[3:5])
    assert (alone >= 0).all()
    assert (chained >= alone).all()
    assert found.meta["with_dependents"] >= found.meta["alone"] > 0


def test_twice_as_late_costs_twice_where_nothing_else_opens(tmp_path):
    layers = world(tmp_path / "world", {LINKS[4]: "project:p0"}, {"project:p1": "project:p0"}, {})
    one, two = (delay(layers, "project:p0", years) for years in (1, 2))
    assert one.meta["alone"] > 0
    assert two.meta["alone"] == pytest.approx(2 * one.meta["alone"], rel=0.01)
    assert one.meta["dependents"] == ["project:p1"]
    assert one.meta["with_dependents"] == pytest.approx(one.meta["alone"])


def test_what_has_no_date_is_not_late(layers):
    with pytest.raises(ScenarioError, match="no expected opening date"):
        delay(layers, "project:s16", 1)
    with pytest.raises(InputError, match="above 0"):
        delay(layers, "husuhu-hsr", 0)
    with pytest.raises(UnknownNameError, match="husuhu"):
        delay(layers, "husuhu-hrs", 1)
