from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from network.drawn import bridge, strait

from yrdgis.errors import NetworkError
from yrdgis.network import Network
from yrdgis.network.impedance import compile_graph


def test_every_fault_is_named_at_once():
    nodes = pd.DataFrame(index=["a", "a", "b"])
    links = pd.DataFrame(
        {
            "from_node_id": ["a", "nowhere"],
            "to_node_id": ["b", "b"],
            "total_min": [5.0, -1.0],
            "in_vehicle_min": [6.0, 0.0],
            "length_km": [float("nan"), 1.0],
            "confidence": ["high", "sure"],
        },
        index=["l1", "l2"],
    )
    with pytest.raises(NetworkError) as told:
        Network(nodes, links)
    text = str(told.value)
    for part in (
        "node ids given twice: a",
        "'from_node_id' of l2 names no node: nowhere",
        "'total_min' must be zero or more and finite, but isn't for l2",
        "'length_km' must be zero or more and finite, but isn't for l1",
        "'in_vehicle_min' is above 'total_min' for l1",
        "'confidence' must be one of high, medium, low, but isn't for l2",
    ):
        assert part in text


def test_links_without_ends_are_refused():
    with pytest.raises(NetworkError, match="from_node_id and to_node_id"):
        Network(pd.DataFrame(index=["a"]), pd.DataFrame({"total_min": [1.0]}, index=["l"]))


def test_order_of_rows_does_not_matter_but_content_does():
    one = strait()
    other = Network(one.nodes.iloc[::-1], one.links.sample(frac=1, random_state=1), label="strait")
    assert one == other
    assert hash(one) == hash(other)
    assert one != Network(one.nodes, one.links, label="strait", as_of=dt.date(2020, 1, 1))
    assert one != one.without(["a-x"])


def test_adding_and_closing_links_leave_the_first_network_alone():
    before = strait()
    rows = before.links.copy()
    after = before.with_(bridge())
    assert len(after.links) == len(before.links) + 2
    assert after.without(["x-y", "x-y/back"]) == before
    pd.testing.assert_frame_equal(before.links, rows)


def test_closing_what_is_not_there_names_it():
    with pytest.raises(NetworkError, match="tunnel, ford"):
        strait().without(["tunnel", "a-x", "ford"])


def test_filter_keeps_a_mode_and_the_nodes_that_it_touches():
    network = strait().with_(
        pd.DataFrame(
            {"from_node_id": ["station:p"], "to_node_id": ["station:q"], "mode": ["rail"]}, index=["pq"]
        ),
        pd.DataFrame({"kind": ["station", "station"]}, index=["station:p", "station:q"]),
    )
    assert network.modes == ("drive", "rail")
    assert list(network.filter("rail").nodes.index) == ["station:p", "station:q"]
    with pytest.raises(NetworkError, match="no links of mode ferry; there are drive, rail"):
        network.filter({"ferry"})


def test_undated_share_counts_built_kilometres_only():
    network = strait().with_(bridge().assign(dated=[False, True]))
    assert network.undated_share == pytest.approx(0.5)
    assert pd.isna(strait().undated_share)


def test_repr_tells_what_it_is():
    assert repr(strait()) == "<Network strait: 5 nodes, 8 links (8 drive)>"


def test_what_was_kept_holds_until_somebody_writes_into_a_frame():
    network, made = strait(), []

    def total(one):
        def make():
            made.append(one)
            return float(one.links["total_min"].sum())

        return one.kept("total", make)

    first, twin = total(network), network.copy()
    assert total(twin) == first
    assert len(made) <= 1 or int(pd.__version__.split(".")[0]) < 3
    twin.links.loc["a-x", "total_min"] += 5
    assert total(twin) == first + 5
    assert total(network) == first


def test_a_graph_follows_what_is_written_into_the_links():
    network = strait()
    before = compile_graph(network, mode="drive", impedance="total").weights.copy()
    network.links.loc["a-x", "total_min"] += 5
    after = compile_graph(network, mode="drive", impedance="total").weights
    assert (before != after).sum() == 1
    assert compile_graph(network.copy(label="twin"), mode="drive", impedance="total").network.label == "twin"


def test_a_measure_is_replaced_and_checked():
    network = strait()
    dear = network.with_measure("cost_cny", network.links["cost_cny"] + 1)
    assert (dear.links["cost_cny"] - network.links["cost_cny"] == 1).all()
    with pytest.raises(NetworkError, match="'total_min' must be zero or more"):
        network.with_measure("total_min", -network.links["total_min"] - 1)
    with pytest.raises(NetworkError, match="no measure 'legs'"):
        network.with_measure("legs", network.links["legs"])
