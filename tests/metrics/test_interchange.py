from __future__ import annotations

import networkx as nx
import pytest
from network.drawn import strait

from yrdgis.errors import InputError, UnknownNameError
from yrdgis.metrics.interchange import INTERCHANGE_COLUMNS, TIERS, hubs_of, interchange
from yrdgis.network import build_network

HONGQIAO = "station:shanghai-hongqiao"


@pytest.fixture(scope="module")
def now(layers):
    return build_network(layers, "today")


def test_minutes_are_those_of_the_links_that_do_not_roll(now):
    """The slow and obvious way, by networkx, from a metro platform of the hub to a platform of trains."""
    found = interchange(now, [HONGQIAO], range_=False).set_index(["from_tier", "to_tier"])["time_min"]
    still = now.links[
        now.links["kind"].isin(["alight", "board", "transfer", "walk"]) & (now.links["mode"] != "access")
    ]
    graph = nx.MultiDiGraph()
    for a, b, minutes in zip(still["from_node_id"], still["to_node_id"], still["total_min"], strict=True):
        graph.add_edge(a, b, weight=minutes)
    metro = now.links[(now.links["kind"] == "ride") & (now.links["mode"] == "metro")]
    walks = now.links[(now.links["mode"] == "walk") & (now.links["from_node_id"] == HONGQIAO)]
    near = [end for end in walks["to_node_id"] if end.startswith("metro:")]
    platforms = {n for n in metro["to_node_id"] if n.split("@")[-1].split("#")[0] in near}
    expected = min(
        nx.shortest_path_length(graph, platform, f"{HONGQIAO}#dep", weight="weight") for platform in platforms
    )
    assert found["metro", "high_speed"] == pytest.approx(expected, abs=0.002)


def test_tiers_meet_at_the_hub_and_have_a_range(now):
    found = interchange(now, [HONGQIAO])
    assert tuple(found.columns[:6]) == INTERCHANGE_COLUMNS
    assert {"metro", "high_speed", "suburban"} <= set(found["from_tier"])
    assert set(found["from_tier"]) <= set(TIERS.values())
    assert (found["time_min_low"] <= found["time_min"]).all()
    assert (found["time_min"] <= found["time_min_high"]).all()
    assert found["name_zh"].eq("上海虹桥").all()


def test_more_hubs_today_than_on_the_eve(layers, now):
    assert set(hubs_of(now)) >= set(hubs_of(build_network(layers, "plan-eve")))


def test_wrong_input_gets_one_clear_error(now):
    with pytest.raises(UnknownNameError, match="no station station:nowhere"):
        interchange(now, ["station:nowhere"])
    with pytest.raises(InputError, match="at railway stations, not at city:shanghai"):
        interchange(now, ["city:shanghai"])
    with pytest.raises(InputError, match="built from layers"):
        interchange(strait())
