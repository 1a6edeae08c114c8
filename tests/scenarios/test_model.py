from __future__ import annotations

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yrdgis.errors import DateError, InputError, ScenarioError, UnknownNameError
from yrdgis.network import build_network
from yrdgis.scenarios import Scenario, named_scenarios, scenario

END = dt.date(2030, 12, 31)
IDS = st.frozensets(st.sampled_from([f"project:{letter}" for letter in "abcdef"]))


@given(IDS, IDS)
def test_equal_sets_are_equal_scenarios(added, left_out):
    one = Scenario(END).plus(added).minus(left_out)
    other = Scenario(END, added - left_out, left_out, name="another name")
    assert one == other
    assert hash(one) == hash(other)
    assert one.content_hash == other.content_hash
    assert Scenario.from_json(one.to_json()) == one


@given(IDS, IDS)
def test_union_and_difference_are_those_of_sets(a, b):
    one, other = Scenario(END, a), Scenario(END, b)
    assert (one | other).with_projects == a | b
    assert (one - other).with_projects == a - b


def test_different_things_differ():
    assert Scenario(END) != Scenario(END, variant="optimistic")
    assert Scenario(END).content_hash != Scenario(dt.date(2030, 1, 1)).content_hash


def test_scenarios_of_different_days_do_not_join():
    with pytest.raises(ScenarioError, match="different days"):
        Scenario(END) | Scenario(dt.date(2020, 1, 1))


def test_nonsense_is_refused():
    with pytest.raises(ScenarioError, match="adds and leaves out at once: project:a"):
        Scenario(END, frozenset({"project:a"}), frozenset({"project:a"}))
    with pytest.raises(ScenarioError, match="no variant"):
        Scenario(END, variant="wishful")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[", "none"),
        ("[]", "JSON object"),
        ('{"date": 3}', "JSON object"),
        ('{"date": "2030-12-31", "projects": []}', "no projects"),
        ('{"date": "2030-12-31", "with_projects": "project:a"}', "list of project ids"),
    ],
)
def test_bad_json_is_told(text, told):
    with pytest.raises(InputError, match=told):
        Scenario.from_json(text)


def test_named_scenarios(toy):
    named = named_scenarios(toy)
    assert list(named)[:3] == ["plan-eve", "2025", "today"]
    assert named["today"].date == toy.valid_on
    assert named["today-without-plan"].without_projects >= {"project:jiayi-hsr", "project:lake-road"}


def test_texts_become_scenarios(toy, tmp_path):
    file = tmp_path / "mine.json"
    file.write_text(json.dumps({"date": "2030", "with_projects": ["project:lake-road"]}), encoding="utf-8")
    assert scenario("plan-eve", toy).date == dt.date(2019, 12, 1)
    assert scenario("2021-02", toy).date == dt.date(2021, 2, 28)
    assert scenario(str(file), toy) == Scenario(END, frozenset({"project:lake-road"}))
    assert scenario("today", toy, without_projects=["甲乙高铁"]).without_projects == {"project:jiayi-hsr"}
    with pytest.raises(DateError, match="no date"):
        scenario("someday", toy)
    with pytest.raises(UnknownNameError, match=r"no scenario file .*gone\.json"):
        scenario(str(tmp_path / "gone.json"), toy)


def test_states_say_what_is_in_force(toy):
    states = Scenario(
        toy.valid_on, frozenset({"project:lake-road"}), frozenset({"project:jiayi-hsr"})
    ).states(toy)
    by_id = states.set_index("project_id")["state"].to_dict()
    assert by_id["project:lake-road"] == "added"
    assert by_id["project:jiayi-hsr"] == "left out"
    assert by_id["project:jiayi-canal"] == "closed"


def test_what_a_project_requires_is_asked_for(layers):
    lone = Scenario(layers.valid_on, frozenset({"project:beiyanjiang"}))
    with pytest.raises(ScenarioError, match="project:beiyanjiang requires project:hutong-2"):
        lone.network(layers)
    whole = lone.closed(layers)
    assert whole.with_projects == {"project:beiyanjiang", "project:hutong-2"}
    assert whole.problems(layers) == []


def test_unknown_projects_of_a_file_are_problems(toy):
    assert Scenario(END, frozenset({"project:moon"})).problems(toy) == ["there is no project:moon"]


def test_its_network_is_that_of_its_day_and_projects(toy):
    one = Scenario(toy.valid_on, frozenset({"project:lake-road"}), name="lake")
    network = one.network(toy)
    assert network.label == "lake"
    assert network.links.equals(build_network(toy, "today", with_projects=["lake-road"]).links)


@given(IDS, IDS, IDS)
def test_union_and_intersection_keep_the_laws_of_sets(a, b, c):
    one, two, three = (Scenario(END, ids) for ids in (a, b, c))
    assert one | two == two | one
    assert one | one == one
    assert one & two == two & one
    assert one & one == one
    assert (one | two) | three == one | (two | three)
    assert (one & two).with_projects == a & b
    assert one & (one | two) == one


def test_projects_are_chosen_by_status_and_plan_with_what_they_require(layers):
    building = Scenario(dt.date(2019, 12, 1)).choose(
        layers, status="under_construction", in_plan=True, mode="rail"
    )
    table = layers["projects"].set_index("project_id")
    assert "project:beiyanjiang" in building.with_projects
    assert "project:hutong-1" in building.with_projects
    assert table.at["project:hutong-1", "status"] == "operating"
    assert building.problems(layers) == []
    with pytest.raises(InputError, match="under_construction"):
        building.choose(layers, status="finished")


def test_a_person_can_read_a_scenario():
    one = Scenario(END, frozenset({"project:b", "project:a"}), frozenset({"project:c"}), "optimistic", "mine")
    assert repr(one) == "<Scenario mine 2030-12-31, optimistic dates: with a, b; without c>"
    assert repr(Scenario(END)) == "<Scenario 2030-12-31: as dated>"
