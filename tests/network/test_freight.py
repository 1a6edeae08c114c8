"""Freight chains on the shipped layers and on a drawn region: what may happen to a box, and what may not."""

from __future__ import annotations

import shutil
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from metrics.referee import least

from yrdgis import settings
from yrdgis.errors import InputError
from yrdgis.metrics import path, skim
from yrdgis.network import build_network, in_mode, rebuild, with_points
from yrdgis.network.impedance import IMPEDANCES

PORTS = ["port:yangshan", "port:waigaoqiao", "port:taicang", "port:beilun", "port:zhapu"]
ORIGINS = ["city:huzhou", "city:suzhou", "district:320583", "port:hexi", "port:anji-shanggang"]
AMOUNTS = {"total": "time_min", "distance": "distance_km", "cost": "cost_cny_teu", "co2": "co2_kg_teu"}


@pytest.fixture(scope="module")
def today(layers):
    return build_network(layers, "today", part="freight")


@pytest.fixture(scope="module")
def whole(layers):
    """All modes, as a planner has them."""
    return build_network(layers, "today")


@pytest.fixture(scope="module")
def canal(layers):
    """Today without and with the inner port waterway raised."""
    projects = ["sushen-neigang-west", "sushen-neigang-east", "sushen-neigang-jiangsu"]
    return [
        build_network(layers, "today", part="freight", **{how: projects})
        for how in ("without_projects", "with_projects")
    ]


@pytest.fixture
def region(toy_copy):
    """The drawn region with boxes: barges call at 甲港 and 乙港, the latter a gateway."""
    from yrdgis.io import load_layers

    (toy_copy / "nodes" / "freight_terminals.csv").write_text(
        "terminal_id,role,carriers,main,assumed,source_public,confidence,note\n"
        "port:jiagang,inland,barge,False,True,made up for the tests,low,\n"
        "port:yigang,gateway,barge,True,True,made up for the tests,low,\n",
        encoding="utf-8",
    )
    shutil.copy(settings.shipped_layers_dir() / "schema" / "freight_terminals.csv", toy_copy / "schema")
    catalog = toy_copy / "catalog.csv"
    head = catalog.read_text(encoding="utf-8").splitlines()[0].split(",")
    row = {
        "layer_id": "freight_terminals",
        "title": "Terminals",
        "title_zh": "作业点",
        "geometry": "none",
        "path": "nodes/freight_terminals.csv",
        "schema": "freight_terminals",
        "valid_on": "2026-11-01",
        "source": "made up",
        "licence": "CC0-1.0",
    }
    with open(catalog, "a", encoding="utf-8") as file:
        file.write(",".join(row.get(name, "") for name in head) + "\n")
    return load_layers(toy_copy)


@pytest.mark.parametrize("impedance", [*AMOUNTS, "in_vehicle"])
def test_equal_to_the_referee(today, impedance):
    what = IMPEDANCES[impedance]
    for origin in ORIGINS[::2]:
        want = least(today, origin, "freight", impedance)
        frame = skim(today, [origin], PORTS, mode="freight", impedance=impedance)
        got = np.rint(frame[AMOUNTS.get(impedance, "time_min")] * what.per_unit)
        assert got.tolist() == [want[port] for port in PORTS]


def test_each_impedance_is_least_for_its_own(today):
    found = {i: skim(today, ORIGINS, PORTS, mode="freight", impedance=i) for i in AMOUNTS}
    for own, column in AMOUNTS.items():
        assert found[own][column].notna().all()
        for other in AMOUNTS:
            assert (found[own][column] <= found[other][column] + 1e-9).all()


def test_minutes_under_way_are_the_same_both_ways_and_never_above_the_total(today):
    there = skim(today, ORIGINS, PORTS, mode="freight", impedance="in_vehicle")["time_min"].to_numpy()
    back = skim(today, PORTS, ORIGINS, mode="freight", impedance="in_vehicle")["time_min"].to_numpy()
    assert np.allclose(there.reshape(5, 5), back.reshape(5, 5).T, rtol=0, atol=1e-6)
    total = skim(today, ORIGINS, PORTS, mode="freight")["time_min"].to_numpy()
    assert (total >= there).all()


def test_no_canal_barge_calls_at_a_deep_sea_port(today, layers):
    terminals = layers["freight_terminals"].set_index("terminal_id")
    deep = terminals.index[terminals["role"].eq("deep_sea")]
    barges = today.links[today.links["service_id"].str.startswith("barge-")]
    ends = set(barges["from_node_id"].str.split("@").str[0]) | set(barges["to_node_id"].str.split("@").str[0])
    assert len(deep)
    assert not ends & set(deep)
    legs = path(today, "port:hexi", "port:yangshan", "freight", "cost").legs
    assert legs["mode"].iloc[0] == "barge"
    assert legs["mode"].iloc[1] in ("river_sea", "sea_feeder", "truck")


def test_smaller_barges_use_every_link_that_larger_ones_do(today):
    sails = today.links[today.links["kind"].eq("waterway")]
    used = {v: set(rows["infra_id"]) for v, rows in sails.groupby("service_id") if v.startswith("barge-")}
    order = sorted(used, key=["barge-II", "barge-III", "barge-IV", "barge-V", "barge-VI"].index)
    assert len(order) >= 3
    for larger, smaller in pairwise(order):
        assert used[larger] <= used[smaller]


@pytest.mark.parametrize(
    "project",
    ["sunan-canal-2", "sushen-neigang-west", "daluxian-east", "waigaoqiao-branch", "xiaoyangshan-north"],
)
def test_a_project_never_makes_a_chain_worse(layers, today, project):
    after = build_network(layers, "today", with_projects=[project], part="freight")
    for impedance, column in AMOUNTS.items():
        first, last = (
            skim(n, ORIGINS, PORTS, mode="freight", impedance=impedance)[column] for n in (today, after)
        )
        assert (last <= first + 1e-9).all()


def test_a_raised_canal_lets_larger_barges_in_and_names_its_project(canal):
    before, after = canal
    link = "waterlink:sushen-neigang/luzhi--qingyanggang-kou"
    vessels = [set(n.links.loc[n.links["infra_id"].eq(link), "service_id"]) for n in (before, after)]
    assert "barge-III" not in vessels[0]
    assert vessels[0] < vessels[1]
    assert "barge-III" in vessels[1]
    own = after.links.loc[after.links["infra_id"].eq(link), "project_id"]
    assert set(own) == {"project:sushen-neigang-jiangsu"}
    pair = ["waternode:kunshan"], ["port:waigaoqiao"]
    costs = [
        skim(n, *pair, mode="freight", impedance="cost")["cost_cny_teu"].iloc[0] for n in (before, after)
    ]
    assert costs[1] < costs[0]


def test_a_closed_road_and_a_point_stay_as_they_are(whole):
    bridge = whole.links.index[whole.links["line_id"].eq("road:donghai")]
    cut = whole.without(bridge)
    point = pd.DataFrame({"lon": [120.62], "lat": [31.3]}, index=["point:120.62/31.3"])
    frames = [skim(with_points(n, point), point.index, PORTS[:1], mode="freight") for n in (whole, cut)]
    assert len(bridge)
    assert frames[1]["time_min"].iloc[0] > frames[0]["time_min"].iloc[0]
    assert path(cut, "city:suzhou", "port:yangshan", "freight").legs["mode"].tolist()[-2] in (
        "river_sea",
        "sea_feeder",
    )


def test_both_ends_of_the_parameters_bound_the_chain(today):
    frame = skim(today, ORIGINS, PORTS, mode="freight", impedance="cost", range_=True)
    for name in ("cost_{}_cny_teu",):
        assert (frame[name.format("low")] <= frame["cost_cny_teu"]).all()
        assert (frame["cost_cny_teu"] <= frame[name.format("high")]).all()
    low = rebuild(today, parameters="low")
    again = skim(low, ORIGINS, PORTS, mode="freight", impedance="cost")
    assert again["cost_cny_teu"].tolist() == frame["cost_low_cny_teu"].tolist()


def test_a_drawn_chain_by_hand(region):
    """甲港 to 乙港 on a barge of class V, since the eastern half is no larger: wait, load, sail, discharge, dwell."""
    network = in_mode(build_network(region, "today"), "freight")
    found = path(network, "port:jiagang", "port:yigang", "freight", "co2")
    value = region.parameter
    sail = 2 * 17.8 / value("freight.vessel_speed_kph.V") * 60
    handling = value("freight.handling_h.barge") * 60
    want = value("freight.dwell_h.inland") * 60 + 2 * handling + sail + value("freight.dwell_h.gateway") * 60
    assert found.time_min == pytest.approx(want, abs=0.01)
    assert found.legs["mode"].tolist() == ["barge", "port"]
    assert found.legs["train_class"].tolist() == ["V", ""]
    price = value("freight.cny_per_teu_km.barge") * (1 + value("freight.empty_return_factor.water"))
    ratio = value("freight.vessel_teu.III") / value("freight.vessel_teu.V")
    scale = ratio ** value("freight.vessel_scale_exponent")
    want = 35.6 * price * scale + 2 * value("freight.handling_cny_teu.barge")
    assert found.meta["cost_cny_teu"] == pytest.approx(want, abs=0.02)


def test_a_region_that_says_nothing_of_boxes_gets_a_clear_error(toy):
    with pytest.raises(InputError, match="freight_terminals"):
        skim(build_network(toy, "today"), ["city:jiazhou"], ["city:yizhou"], mode="freight")


def test_a_comparison_tells_money_and_co2_and_the_project(canal):
    from yrdgis.scenarios import compare
    from yrdgis.scenarios.compare import FREIGHT_COMPARE_COLUMNS

    found = compare(*canal, ["waternode:kunshan"], ["port:waigaoqiao"], mode="freight", impedance="cost")
    row = found.frame.iloc[0]
    assert tuple(found.frame.columns[-4:]) == FREIGHT_COMPARE_COLUMNS
    assert row["cost_after_cny_teu"] < row["cost_before_cny_teu"]
    assert row["co2_after_kg_teu"] < row["co2_before_kg_teu"]
    assert "project:sushen-neigang-east" in row["project_id"]
    assert found.meta["not_measured"] == []


def test_a_link_of_the_user_joins_the_chains(whole):
    ends = {"from_node_id": ["city:huzhou"], "to_node_id": ["port:yangshan"]}
    link = pd.DataFrame({**ends, "mode": "freight", "kind": "road", "total_min": [1.0]}, index=["tube"])
    frame = skim(whole.with_(link), ["city:huzhou"], ["port:yangshan", "port:taicang"], mode="freight")
    assert frame["time_min"].iloc[0] == 1
    assert frame["time_min"].iloc[1] > 60
