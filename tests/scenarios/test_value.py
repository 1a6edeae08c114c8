"""What projects are worth: every set equals a network built anew, shares add up, zeros say why."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scenarios.drawn_world import DISTRICTS, LINKS, PROJECTS, bare, world

from yrdgis.errors import InputError, UnknownNameError
from yrdgis.io import Layers
from yrdgis.metrics import skim
from yrdgis.metrics.answers import answer_of
from yrdgis.metrics.cohesion import cohesion
from yrdgis.network import Network, build_network, in_mode, with_points
from yrdgis.scenarios import games, value
from yrdgis.scenarios.bundles import network_of
from yrdgis.scenarios.coalitions import Times
from yrdgis.scenarios.gains import exact_gains, sampled_gains
from yrdgis.scenarios.worth import Measure


def anew(times: Times, chosen: int) -> np.ndarray:
    network = network_of(times.base_network, times.named(times.feasible(chosen)))
    return answer_of(network, times.origins, times.destinations, mode=times.mode, impedance="total")["value"]


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from([*PROJECTS, ""]), min_size=len(LINKS), max_size=len(LINKS)),
    st.booleans(),
    st.sampled_from(["door", "rail"]),
)
def test_every_set_of_a_drawn_world_is_as_if_built_anew(tmp_path, owners, chained, mode):
    needs = {"project:p1": "project:p0"} if chained else {}
    own = {link: owner for link, owner in zip(LINKS, owners, strict=True) if owner}
    layers = world(tmp_path / "world", own, needs, {})
    places = DISTRICTS if mode == "door" else ["station:jiazhou", "station:yizhou", "station:yidong"]
    times = Times(bare(layers), PROJECTS, places, mode=mode, requires={k: [v] for k, v in needs.items()})
    assert times.exact_form == "closed form"
    built = {}
    for chosen, matrix in times.matrices(range(16)):
        built[chosen] = anew(times, chosen)
        assert np.array_equal(matrix, built[chosen])
    seen = {pair for group in times.groups() for pair in group.pairs.tolist()}
    for group in times.groups():
        local = np.zeros(len(group.times), dtype=int)
        for bit, player in enumerate(group.players):
            local |= (np.arange(len(local)) >> bit & 1) << player
        for row, chosen in enumerate(local.tolist()):
            assert np.array_equal(group.times[row], built[chosen].ravel()[group.pairs])
    left_out = [pair for pair in range(len(places) ** 2) if pair not in seen]
    assert (built[15].ravel()[left_out] == built[0].ravel()[left_out]).all()


@pytest.fixture(scope="module")
def plan(layers: Layers) -> Times:
    """The plan's rail and road projects over the eve of the plan, districts as places."""
    table = layers["projects"]
    named = table[table["in_plan"] & table["mode"].isin(["rail", "road"])]
    return Times(
        build_network(layers, "plan-eve"),
        list(named["project_id"]),
        list(layers["districts"]["district_id"]),
        requires=dict(zip(named["project_id"], named["requires"], strict=True)),
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_sampled_sets_of_the_plan_are_as_if_built_anew(plan, seed):
    assert plan.exact_form == "closed form"
    chosen = int(np.random.default_rng(seed).integers(0, 1 << len(plan.projects)))
    assert np.array_equal(plan.matrix(chosen), anew(plan, chosen))


def test_the_plan_has_twelve_projects_that_act_and_all_its_sets_are_exact(plan):
    assert len(plan.acting) >= 12
    most, _ = plan.size()
    assert most <= 20
    measure = Measure(
        "ms", "ms", "毫秒", 1, lambda pairs, times: (plan.base.ravel()[pairs] - times).astype(float)
    )
    gains = exact_gains(plan, measure)
    joint = float((plan.base - plan.complete).sum())
    assert gains.joint == joint
    assert gains.shapley.sum() == pytest.approx(joint, rel=1e-12)
    for project in ("project:husuhu-hsr", "project:toll-barriers"):
        at = plan.projects.index(project)
        alone = float((plan.base - plan.matrix(1 << at)).sum())
        last = float((plan.matrix(((1 << len(plan.projects)) - 1) ^ 1 << at) - plan.complete).sum())
        assert gains.put_in[at].sum() == pytest.approx(alone, rel=1e-12)
        assert gains.take_out[at].sum() == pytest.approx(last, rel=1e-12)
    sampled = sampled_gains(plan, measure)
    assert sampled.errors.max() <= 0.01 * joint
    assert sampled.shapley.sum() == pytest.approx(joint, rel=1e-9)
    assert np.allclose(sampled.put_in, gains.put_in)
    assert (np.abs(sampled.shapley.sum(axis=1) - gains.shapley.sum(axis=1)) <= 0.05 * joint).all()


def test_shares_by_city_and_district_add_up_and_zeros_say_why(layers):
    base = build_network(layers, "plan-eve")
    found = value(
        base,
        ["husuhu-hsr", "toll-barriers", "pvg-phase-4", "hangpingshen", "xiaoyangshan-north"],
        range_=False,
    )
    joint = found.meta["joint"][""]
    assert joint > 0
    assert found.frame["shapley"].sum() == pytest.approx(joint, rel=1e-12)
    assert found.by_city().to_numpy().sum() == pytest.approx(joint, rel=1e-12)
    assert found.by_district().to_numpy().sum() == pytest.approx(joint, rel=1e-12)
    codes = found.frame.set_index("project_id")["reason_code"]
    assert codes["project:husuhu-hsr"] == ""
    assert codes["project:pvg-phase-4"] == "capacity"
    assert codes["project:hangpingshen"] == "before"
    assert codes["project:xiaoyangshan-north"] == "elsewhere"
    silent = found.frame[found.frame["worth"] == 0]
    assert silent["reason"].ne("").all()
    assert silent["reason_zh"].ne("").all()


def test_what_a_project_requires_is_pulled_in_by_name(layers):
    found = value(build_network(layers, "plan-eve"), ["beiyanjiang"], range_=False)
    assert found.meta["pulled_in"] == ["project:hutong-1", "project:hutong-2"]
    assert set(found.frame["project_id"]) == {"project:beiyanjiang", "project:hutong-1", "project:hutong-2"}
    alone = found.frame.set_index("project_id")["put_in"]
    assert alone["project:beiyanjiang"] == 0.0


def test_the_default_worth_is_the_weighted_minutes_that_two_skims_differ_by(tmp_path):
    layers = world(tmp_path / "world", {LINKS[4]: "project:p0", LINKS[2]: "project:p1"}, {}, {})
    base = bare(layers)
    found = value(base, PROJECTS[:2], range_=False)
    before, after = (
        skim(network, DISTRICTS).set_index(["from_id", "to_id"])["time_min"]
        for network in (base, network_of(base, PROJECTS[:2]))
    )
    people = layers["districts"].set_index("district_id")["pop_2020"].astype(float)
    pairs = before.index.to_frame()
    apart = pairs["from_id"] != pairs["to_id"]
    decay = np.exp(-layers.parameter("value.beta_per_min") * before)
    weight = people[pairs["from_id"]].to_numpy() * people[pairs["to_id"]].to_numpy() * decay * apart
    expected = float((weight / weight.sum() * (before - after)).sum())
    assert expected > 0
    assert found.meta["joint"][""] == pytest.approx(expected, rel=1e-9)


def test_rail_is_valued_by_what_can_be_reached(tmp_path):
    layers = world(tmp_path / "world", {LINKS[1]: "project:p0", LINKS[2]: "project:p1"}, {}, {})
    cities = ["city:jiazhou", "city:yizhou"]
    found = value(bare(layers), PROJECTS[:2], origins=cities, mode="rail", range_=False)
    assert found.meta["measure"] == "accessibility"
    assert found.meta["joint"][""] > 0
    with pytest.raises(InputError, match="accessibility"):
        value(bare(layers), PROJECTS[:2], origins=cities, mode="rail", measure="minutes", range_=False)


def test_projects_that_exclude_each_other_enter_games_of_their_own(tmp_path):
    own = {LINKS[4]: "project:p0", LINKS[6]: "project:p1", LINKS[2]: "project:p2"}
    layers = world(tmp_path / "world", own, {}, {"project:p0": "project:p1"})
    found = value(bare(layers), PROJECTS[:3], mode="drive", measure="accessibility", range_=False)
    games_of = found.frame.groupby("game")["project_id"].apply(set).to_dict()
    assert games_of == {"1": {"project:p0", "project:p2"}, "2": {"project:p1", "project:p2"}}
    for game, joint in found.meta["joint"].items():
        own_rows = found.frame[found.frame["game"] == game]
        assert own_rows["shapley"].sum() == pytest.approx(joint, rel=1e-12)


def test_trains_that_need_two_projects_make_complements(tmp_path):
    layers = world(tmp_path / "world", {LINKS[1]: "project:p0", LINKS[2]: "project:p1"}, {}, {})
    found = value(
        bare(layers),
        PROJECTS[:2],
        origins=["district:990101"],
        destinations=["district:980122"],
        mode="public",
        measure="accessibility",
        range_=False,
    )
    table = found.pairs.set_index(["project_id", "other_id"])["interaction"]
    assert table["project:p0", "project:p1"] > 0
    assert list(found.complements()["project_id"]) == ["project:p0"]
    assert found.substitutes().empty


def test_wrong_questions_are_refused_with_the_choices(toy):
    base = build_network(toy, "2019-12-01")
    with pytest.raises(InputError, match="put-in"):
        value(base, ["lake-road"], method="guess")
    with pytest.raises(InputError, match="freight_cost"):
        value(base, ["lake-road"], measure="freight_cost")
    with pytest.raises(UnknownNameError, match="lake-road"):
        value(base, ["lake-raod"])
    with pytest.raises(InputError, match="people are not known"):
        value(base, ["lake-road"], origins=["station:jiazhou"])
    with pytest.raises(InputError, match="built from layers"):
        value(Network(pd.DataFrame(index=["a"]), pd.DataFrame()), ["lake-road"])


def test_games_are_public():
    assert games.shapley(np.array([[0.0], [2.0]])).tolist() == [[2.0]]


def test_waterways_are_worth_the_yuan_that_a_box_saves(layers):
    own = [
        "sushen-neigang-west",
        "sushen-neigang-east",
        "sushen-neigang-jiangsu",
        "daluxian-east",
        "waigaoqiao-branch",
    ]
    ids = [f"project:{slug}" for slug in own]
    base = in_mode(build_network(layers, "plan-eve"), "freight")
    origins = list(layers["districts"]["district_id"])
    found = value(base, own, origins=origins, mode="freight", range_=False)
    assert found.meta["measure"] == "freight_cost"
    assert found.meta["joint"][""] > 0
    assert found.frame["worth"].sum() == pytest.approx(found.meta["joint"][""], rel=1e-12)
    times = Times(base, ids, origins, ["port:yangshan", "port:waigaoqiao"], mode="freight", impedance="cost")
    assert times.exact_form == "closed form"
    for chosen in (0b00101, 0b10110, 0b01011):
        network = network_of(times.base_network, times.named(chosen))
        built = answer_of(network, times.origins, times.destinations, mode="freight", impedance="cost")
        assert np.array_equal(times.matrix(chosen), built["value"])


def test_roads_across_the_border_bring_town_clusters_together(layers):
    base = build_network(layers, "plan-eve")
    roads = [
        "dead-end-waiqingsong-lvdi",
        "dead-end-donghang-kangli",
        "dead-end-fuxing-shuguang",
        "toll-barriers",
    ]
    found = value(base, roads, measure="cohesion", range_=False)
    joint = found.meta["joint"][""]
    assert joint > 0
    assert found.frame["worth"].sum() == pytest.approx(joint, rel=1e-9)
    before, after = (
        cohesion(network, range_=False).query("members.str.contains(';')")["between"]
        for network in (base, network_of(base, [f"project:{slug}" for slug in roads]))
    )
    assert joint == pytest.approx((after - before).mean(), rel=1e-3)


def test_points_of_the_user_stay_in_every_set(toy):
    point = pd.DataFrame(
        {"lon": [120.2], "lat": [30.06], "name": ["P"], "name_zh": ["点"]}, index=["point:p"]
    )
    base = with_points(build_network(toy, "2019-12-01"), point)
    times = Times(base, ["project:jiayi-hsr", "project:lake-road"], ["point:p", *DISTRICTS])
    assert times.exact_form == "closed form"
    assert (times.matrix(3) >= 0).all()


def test_a_metro_line_that_a_project_opens_runs_with_its_stations(layers):
    base = build_network(layers, "plan-eve")
    line = network_of(base, ["project:suzhou-metro-11"])
    rides = line.links[line.links["line_id"].eq("metroline:sz-11") & line.links["kind"].eq("ride")]
    assert len(rides) > 20
    places = [*layers["districts"]["district_id"][:20], "town:kunshan-huaqiao"]
    times = Times(base, ["project:suzhou-metro-11", "project:hutong-1"], places, mode="public")
    assert times.exact_form == "closed form"
    assert "project:suzhou-metro-11" in times.acting
    assert np.array_equal(times.matrix(1), anew(times, 1))
