"""OSMnx graphs in and out, and a detailed network joined to the strategic one."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from network.osm_worlds import osm_xml

from yrdgis.errors import InputError, NetworkError
from yrdgis.network import Network
from yrdgis.network.graphs import from_osmnx, to_osmnx
from yrdgis.network.join import join
from yrdgis.network.osm import import_osm

pytest.importorskip("osmium")


@pytest.fixture
def imported(layers, tmp_path):
    (tmp_path / "world.osm").write_text(osm_xml(), encoding="utf-8")
    return import_osm(tmp_path / "world.osm", layers=layers)


def test_graphs_go_out_and_come_back(imported, layers):
    graph = to_osmnx(imported)
    assert graph.number_of_edges() == len(imported.network.links)
    assert graph.nodes[1] == {"x": 121.0, "y": 31.0, "name": ""}
    back = from_osmnx(graph, layers=layers)
    assert len(back.network.nodes) == len(imported.network.nodes)
    assert back.network.links["length_km"].sum() == pytest.approx(imported.network.links["length_km"].sum())
    assert (
        back.shapes().geometry.count_coordinates().sum()
        == imported.shapes().geometry.count_coordinates().sum()
    )


def test_osmnx_itself_takes_the_graph(imported):
    import osmnx as ox

    graph = to_osmnx(imported)
    nodes, edges = ox.convert.graph_to_gdfs(graph)
    assert len(nodes) == len(imported.network.nodes)
    assert nx.shortest_path_length(graph, 1, 12, weight="travel_time") > 20 * 60
    assert edges.geometry.notna().all()


def test_lists_that_osmnx_leaves_are_understood(layers):
    graph = nx.MultiDiGraph(crs="epsg:4326")
    graph.add_node(1, x=121.0, y=31.0)
    graph.add_node(2, x=121.01, y=31.0)
    graph.add_edge(
        1,
        2,
        length=1000.0,
        highway=["primary", "secondary"],
        maxspeed=["60", "40"],
        name=["甲路", "乙路"],
        osmid=[5, 6],
    )
    link = from_osmnx(graph, layers=layers, speeds={"primary": 60.0}).network.links.iloc[0]
    assert link["in_vehicle_min"] == pytest.approx(1.5)
    assert (link["name_zh"], link["osm_class"]) == ("甲路", "primary")


@pytest.mark.parametrize(
    ("attributes", "words"),
    [({"crs": "EPSG:32651"}, "projected"), ({}, "no x and y"), ({"x": 1.0}, "no length")],
)
def test_other_graphs_are_refused(attributes, words, layers):
    graph = nx.MultiDiGraph(crs=attributes.get("crs", "EPSG:4326"))
    place = {"x": 121.0, "y": 31.0} if "x" in attributes else {}
    graph.add_node(1, **place)
    graph.add_node(2, **place)
    graph.add_edge(1, 2)
    with pytest.raises(InputError, match=words):
        from_osmnx(graph, layers=layers)


def _strategic(lon):
    nodes = pd.DataFrame(
        {"lon": [lon, 120.5], "lat": [31.0005, 31.0], "kind": "interchange"},
        index=["roadnode:a", "roadnode:b"],
    )
    ends = {"from_node_id": ["roadnode:a", "roadnode:b"], "to_node_id": ["roadnode:b", "roadnode:a"]}
    links = pd.DataFrame(ends, index=["roadlink:ab", "roadlink:ba"]).assign(
        mode="drive", kind="road", length_km=50.0, in_vehicle_min=30.0, total_min=30.0
    )
    return Network(nodes, links)


def test_a_detailed_network_joins_the_strategic_one(imported):
    both, report = join(_strategic(121.0), imported.network, within_m=300)
    added = both.links[both.links.index.str.startswith("joinlink")]
    assert len(added) == 2
    assert set(added["to_node_id"]) == {"osm:1", "roadnode:a"}
    assert np.allclose(added["length_km"], 0.0555, atol=0.001)
    graph = nx.DiGraph()
    graph.add_weighted_edges_from(
        zip(both.links["from_node_id"], both.links["to_node_id"], both.links["total_min"], strict=True)
    )
    assert nx.shortest_path_length(graph, "roadnode:b", "osm:12", weight="weight") > 50
    assert "1 nodes of the strategic network joined" in report[0]


def test_nothing_within_reach_is_an_error(imported):
    with pytest.raises(NetworkError, match="within 300 m"):
        join(_strategic(121.3), imported.network, within_m=300)


def test_a_carriageway_that_leaves_the_extract_is_not_joined(layers, tmp_path):
    nodes = {
        1: (121.0, 31.0),
        2: (121.01, 31.0),
        3: (121.0, 31.0009),
        4: (121.01, 31.0009),
        5: (121.02, 31.0),
    }
    ways = {
        10: ([3, 4], {"highway": "motorway"}),
        11: ([1, 2, 5], {"highway": "primary"}),
    }
    (tmp_path / "w.osm").write_text(osm_xml(nodes, ways), encoding="utf-8")
    detailed = import_osm(tmp_path / "w.osm", layers=layers).network
    both, _ = join(_strategic(121.0), detailed, within_m=300)
    added = both.links[both.links.index.str.startswith("joinlink")]
    assert set(added["from_node_id"]) == {"roadnode:a", "osm:1"}
