from __future__ import annotations

import datetime as dt

import networkx as nx
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from network.drawn import networks, strait

from yrdgis.errors import InputError, NetworkError
from yrdgis.network import Network, from_gmns, from_networkx, to_gmns, to_networkx


def same(a: Network, b: Network) -> None:
    pd.testing.assert_frame_equal(a.nodes, b.nodes)
    pd.testing.assert_frame_equal(a.links, b.links)
    assert a == b


@given(networks(plain=False))
@settings(max_examples=60, deadline=None)
def test_networkx_loses_nothing(network: Network):
    same(from_networkx(to_networkx(network)), network)


@given(networks(plain=False))
@settings(max_examples=60, deadline=None)
def test_gmns_tables_lose_nothing(network: Network):
    same(from_gmns(to_gmns(network)), network)


@given(networks(plain=False))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_gmns_files_lose_nothing(tmp_path, network: Network):
    to_gmns(network, tmp_path / "gmns")
    same(from_gmns(tmp_path / "gmns"), network)


def test_gmns_names_and_units():
    tables = to_gmns(strait())
    assert {"node_id", "name", "x_coord", "y_coord", "node_type"} <= set(tables["node"])
    assert {"link_id", "from_node_id", "to_node_id", "directed", "length", "free_speed"} <= set(
        tables["link"]
    )
    link = tables["link"].set_index("link_id").loc["a-x"]
    assert link["length"] == 8.0
    assert link["free_speed"] == pytest.approx(48.0)
    assert tables["config"]["long_length"].tolist() == ["km"]


def test_gmns_cells_are_no_formulas(tmp_path):
    network = Network(pd.DataFrame({"name": ["=1+1"]}, index=["a"]), pd.DataFrame())
    to_gmns(network, tmp_path)
    assert "'=1+1" in (tmp_path / "node.csv").read_text(encoding="utf-8")
    assert from_gmns(tmp_path).nodes.at["a", "name"] == "=1+1"


def test_gmns_undirected_link_goes_both_ways():
    tables = {
        "node": pd.DataFrame({"node_id": ["1", "2"], "x_coord": [121.0, 121.1], "y_coord": [31.0, 31.0]}),
        "link": pd.DataFrame(
            {
                "link_id": ["7"],
                "from_node_id": ["1"],
                "to_node_id": ["2"],
                "directed": [False],
                "length": [9.5],
            }
        ),
    }
    links = from_gmns(tables).links
    assert links.loc["7/back", ["from_node_id", "to_node_id"]].tolist() == ["2", "1"]
    assert links["length_km"].tolist() == [9.5, 9.5]


def test_dates_and_facts_survive():
    network = Network(
        strait().nodes, strait().links, as_of=dt.date(2026, 11, 1), attrs={"forecast": False, "n": 3}
    )
    for back in (from_networkx(to_networkx(network)), from_gmns(to_gmns(network))):
        assert back.as_of == dt.date(2026, 11, 1)
        assert dict(back.attrs) == {"forecast": False, "n": 3}


def test_what_is_no_network_is_refused(tmp_path):
    with pytest.raises(InputError, match="MultiDiGraph"):
        from_networkx(nx.Graph())
    with pytest.raises(InputError, match="missing: link, node"):
        from_gmns({})
    (tmp_path / "node.csv").write_text("node_id,x_coord\n1,east\n", encoding="utf-8")
    (tmp_path / "link.csv").write_text("link_id,from_node_id,to_node_id\n", encoding="utf-8")
    with pytest.raises(InputError, match="x_coord"):
        from_gmns(tmp_path)


def test_one_key_between_two_pairs_is_named():
    graph = nx.MultiDiGraph()
    graph.add_edge("a", "b", key="same")
    graph.add_edge("b", "a", key="same")
    with pytest.raises(NetworkError, match="link ids given twice: same"):
        from_networkx(graph)
