"""Import of OpenStreetMap files: drawn worlds whose answer is known, and real extracts whose counts are."""

from __future__ import annotations

import bz2
import datetime as dt
import gzip

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st
from network.osm_worlds import NODES, WAYS, osm_xml
from realdata import real

from yrdgis.errors import InputError
from yrdgis.network.collapse import collapse, real_nodes
from yrdgis.network.osm import import_osm
from yrdgis.network.osm_tags import Way, direction, mean_way, names, opening, speed_kph

pytest.importorskip("osmium")
PLAIN = {"primary": 60.0, "other": 30.0}


@pytest.fixture
def world(tmp_path):
    (tmp_path / "world.osm").write_text(
        osm_xml(node_tags={3: {"highway": "traffic_signals"}}), encoding="utf-8"
    )
    return tmp_path / "world.osm"


def _pairs(imported):
    links = imported.network.links
    return {(a[4:], b[4:]) for a, b in zip(links["from_node_id"], links["to_node_id"], strict=True)}


def test_the_drawn_world_has_the_links_that_were_drawn(world, layers):
    imported = import_osm(world, layers=layers)
    both = [("1", "2"), ("2", "3"), ("3", "7"), ("3", "10"), ("10", "11"), ("11", "12")]
    assert _pairs(imported) == {*both, *((b, a) for a, b in both), ("4", "2"), ("2", "5")}
    assert imported.counts == {"ways": 6, "raw_nodes": 11, "raw_links": 18}


def test_speeds_names_and_flags_come_from_the_tags(world, layers):
    links = import_osm(world, layers=layers).network.links.set_index(["from_node_id", "to_node_id"])
    road = links.loc["osm:1", "osm:2"]
    assert (road["name"], road["name_zh"], road["road_class"]) == (
        "Renmin Road",
        "人民路",
        "provincial_trunk",
    )
    factor = layers.parameter("road.free_speed_factor.provincial_trunk", "value")
    assert road["length_km"] / road["in_vehicle_min"] * 60 == pytest.approx(60 * factor)
    assert not road["assumed"]
    assert links.loc["osm:4", "osm:2"]["assumed"]
    assert links.loc["osm:3", "osm:10"]["bridge"]
    urban = links.loc["osm:3", "osm:7"]
    slow = layers.parameter("osm.limit_kph.urban", "value") * layers.parameter(
        "road.free_speed_factor.county_road", "value"
    )
    assert urban["length_km"] / urban["in_vehicle_min"] * 60 == pytest.approx(slow)


def test_a_ferry_takes_its_tagged_time_and_the_wait(world, layers):
    links = import_osm(world, layers=layers).network.links
    ferry = links[links["kind"] == "ferry"].iloc[0]
    assert ferry["in_vehicle_min"] == 20
    wait = min(
        layers.parameter("drive.ferry_headway_min", "value") / 2,
        layers.parameter("drive.ferry_max_wait_min", "value"),
    )
    assert ferry["total_min"] == 20 + wait + layers.parameter("drive.ferry_boarding_min", "value")
    assert ferry["legs"] == 1


def test_what_is_being_built_is_there_from_its_opening_on(world, layers):
    before = import_osm(world, layers=layers, as_of=dt.date(2026, 11, 1))
    after = import_osm(world, layers=layers, as_of=dt.date(2027, 7, 1))
    assert ("6", "5") not in _pairs(before)
    assert ("6", "5") in _pairs(after)
    assert before.network.as_of == dt.date(2026, 11, 1)


def test_ways_closed_to_the_public_can_be_asked_for(world, layers):
    assert ("3", "8") in _pairs(import_osm(world, layers=layers, access="any"))


def test_other_modes_have_their_own_ways(world, layers):
    rail = import_osm(world, layers=layers, mode="rail").network.links
    assert rail["kind"].unique().tolist() == ["track"]
    assert (rail["length_km"] / rail["in_vehicle_min"] * 60).round(6).unique().tolist() == [120.0]
    water = import_osm(world, layers=layers, mode="waterway").network.links
    assert water["cemt"].tolist() == ["IV", "IV"]
    assert water["name_zh"].tolist() == ["大运河", "大运河"]


def test_geometry_is_kept(world, layers):
    imported = import_osm(world, layers=layers)
    shapes = imported.shapes().set_index(["from_node_id", "to_node_id"]).geometry
    assert list(shapes.loc["osm:3", "osm:7"].coords) == [NODES[3], NODES[6], NODES[7]]
    assert list(shapes.loc["osm:7", "osm:3"].coords) == [NODES[7], NODES[6], NODES[3]]
    whole = import_osm(world, layers=layers, simplify=False)
    assert len(whole.network.nodes) == 11
    assert whole.network.links["length_km"].sum() == pytest.approx(imported.network.links["length_km"].sum())


@pytest.mark.parametrize(("opener", "suffix"), [(gzip.open, ".gz"), (bz2.open, ".bz2")])
def test_compressed_files_give_the_same_network(opener, suffix, world, layers, tmp_path):
    packed = tmp_path / f"world.osm{suffix}"
    with opener(packed, "wb") as file:
        file.write(world.read_bytes())
    assert import_osm(packed, layers=layers).network.links.equals(
        import_osm(world, layers=layers).network.links
    )


def test_pbf_gives_the_same_network(world, layers, tmp_path):
    import osmium

    with osmium.SimpleWriter(str(tmp_path / "world.osm.pbf")) as writer:
        for item in osmium.FileProcessor(str(world)):
            writer.add(item)
    one, other = (import_osm(p, layers=layers).network for p in (world, tmp_path / "world.osm.pbf"))
    assert one.links.equals(other.links)
    assert one.nodes.equals(other.nodes)


def test_ways_end_where_the_extract_cut_their_nodes_away(layers, tmp_path):
    nodes = {k: v for k, v in NODES.items() if k != 2}
    (tmp_path / "cut.osm").write_text(osm_xml(nodes, {100: ([1, 2, 3, 9], WAYS[100][1])}), encoding="utf-8")
    imported = import_osm(tmp_path / "cut.osm", layers=layers)
    assert _pairs(imported) == {("3", "9"), ("9", "3")}
    assert "1 references to nodes outside the extract" in imported.report[0]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("<osm version='0.6'><node id='1' lat='1' lon='2'/></osm>", "no ways for the mode"),
        ("<osm><way id='1'>", "cut off or not well formed"),
        ("<gpx></gpx>", "no OpenStreetMap data"),
        ("lon,lat\n1,2\n", "no OpenStreetMap data"),
        ("<!DOCTYPE osm [<!ENTITY a 'b'>]><osm>&a;</osm>", "document type"),
        ("<osm version='0.6'><node id='x' lat='1' lon='2'/><way id='1'><nd ref='1'/></way></osm>", "damaged"),
    ],
)
def test_faulty_files_get_one_clear_error(content, words, layers, tmp_path):
    (tmp_path / "bad.osm").write_text(content)
    with pytest.raises(InputError, match=words):
        import_osm(tmp_path / "bad.osm", layers=layers)


def test_a_cut_off_pbf_gets_one_clear_error(world, layers, tmp_path):
    source = real("osm/liechtenstein-latest.osm.pbf").read_bytes()
    (tmp_path / "cut.osm.pbf").write_bytes(source[: len(source) // 3])
    with pytest.raises(InputError, match="damaged or cut-off"):
        import_osm(tmp_path / "cut.osm.pbf", layers=layers)


def test_huangpu_has_the_counts_of_its_readme(layers):
    imported = import_osm(real("osm/shanghai-huangpu.osm"), layers=layers, access="any", largest=True)
    assert (len(imported.network.nodes), len(imported.network.links)) == (564, 1181)
    assert (imported.network.links["name_zh"] != "").mean() > 0.8


def test_liechtenstein_has_the_counts_of_its_readme(layers):
    imported = import_osm(real("osm/liechtenstein-latest.osm.pbf"), layers=layers, access="any")
    assert (imported.counts["raw_nodes"], imported.counts["raw_links"]) == (13_939, 28_096)
    assert (len(imported.network.nodes), len(imported.network.links)) == (1_792, 4_259)
    shapes = imported.shapes()
    measured = shapes.to_crs(3035).length.sum() / 1000
    assert measured == pytest.approx(imported.network.links["length_km"].sum(), rel=2e-3)


def test_liechtenstein_holds_as_many_nodes_and_ways_as_its_readme_says():
    import osmium

    counts = [0, 0]
    for item in osmium.FileProcessor(
        str(real("osm/liechtenstein-latest.osm.pbf")), osmium.osm.NODE | osmium.osm.WAY
    ):
        counts[item.is_way()] += 1
    assert counts == [142_832, 15_247]


def test_monaco_is_read_compressed(layers):
    imported = import_osm(real("osm/monaco.osm.gz"), layers=layers)
    assert len(imported.network.links) > 600
    assert imported.network.links["length_km"].sum() > 50


def test_simplified_times_equal_those_of_every_node(layers):
    path = real("osm/shanghai-huangpu.osm")
    short = import_osm(path, layers=layers).network
    whole = import_osm(path, layers=layers, simplify=False).network
    graphs = [nx.DiGraph() for _ in range(2)]
    for graph, network in zip(graphs, (short, whole), strict=True):
        for a, b, minutes in zip(
            network.links["from_node_id"],
            network.links["to_node_id"],
            network.links["total_min"],
            strict=True,
        ):
            if not graph.has_edge(a, b) or graph[a][b]["weight"] > minutes:
                graph.add_edge(a, b, weight=minutes)
    for start in list(short.nodes.index)[:10]:
        one, other = (nx.single_source_dijkstra_path_length(g, start) for g in graphs)
        assert all(one[n] == pytest.approx(other[n]) for n in one)
        assert set(one) == set(other) & set(short.nodes.index)


@st.composite
def _digraphs(draw):
    count = draw(st.integers(2, 9))
    pairs = draw(
        st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), min_size=1, max_size=20)
    )
    return count, np.array([p[0] for p in pairs]), np.array([p[1] for p in pairs])


@limits(max_examples=200, deadline=None)
@given(_digraphs())
def test_collapsing_loses_no_edge_and_no_distance(world):
    count, tail, head = world
    chains = collapse(count, tail, head)
    assert sorted([*chains.edges.tolist(), *chains.rings.tolist()]) == list(range(len(tail)))
    real_ones = real_nodes(count, tail, head)
    for i, (a, b) in enumerate(zip(chains.starts[:-1], chains.starts[1:], strict=True)):
        edges = chains.edges[a:b]
        assert (head[edges[:-1]] == tail[edges[1:]]).all()
        assert not real_ones[head[edges[:-1]]].any()
        assert (chains.tail[i], chains.head[i]) == (tail[edges[0]], head[edges[-1]])
    whole, short = nx.DiGraph(), nx.DiGraph()
    whole.add_edges_from(zip(tail.tolist(), head.tolist(), strict=True), w=1)
    for i in range(len(chains.tail)):
        a, b, w = int(chains.tail[i]), int(chains.head[i]), int(chains.starts[i + 1] - chains.starts[i])
        short.add_edge(a, b, w=min(w, short[a][b]["w"]) if short.has_edge(a, b) else w)
    for node in short:
        one, other = (nx.single_source_dijkstra_path_length(g, node, weight="w") for g in (short, whole))
        assert all(other[n] == d for n, d in one.items())


@pytest.mark.parametrize(
    ("tags", "mode", "kind"),
    [
        ({"highway": "motorway"}, "drive", "road"),
        ({"highway": "footway"}, "drive", None),
        ({"highway": "service"}, "drive", None),
        ({"highway": "primary", "access": "no", "motorcar": "yes"}, "drive", "road"),
        ({"highway": "primary", "motor_vehicle": "no"}, "drive", None),
        ({"route": "ferry"}, "drive", None),
        ({"railway": "subway"}, "rail", "track"),
        ({"railway": "abandoned"}, "rail", None),
        ({"waterway": "river", "boat": "no"}, "waterway", None),
        ({"waterway": "stream"}, "waterway", None),
        ({"seamark:type": "fairway"}, "waterway", "waterway"),
    ],
)
def test_what_a_way_is_for(tags, mode, kind):
    way = mean_way(tags, mode)
    assert (way.kind if way else None) == kind


@pytest.mark.parametrize(
    ("tags", "told"),
    [
        ({"oneway": "yes"}, 1),
        ({"oneway": "-1"}, -1),
        ({"junction": "roundabout"}, 1),
        ({}, 0),
        ({"oneway": "reversible"}, 0),
    ],
)
def test_directions(tags, told):
    assert direction(tags, Way("road", "primary", "operating")) == told


@pytest.mark.parametrize(
    ("text", "kph"),
    [
        ("80", 80),
        ("50 mph", 80.5),
        ("60;40", 40),
        ("none", 130),
        ("walk", 7),
        ("CN:urban", 50),
        ("signals", None),
        ("0", None),
        (None, None),
    ],
)
def test_limits(text, kph):
    assert speed_kph(text, {"none": 130.0, "walk": 7.0, "urban": 50.0}) == kph


def test_names_and_days():
    assert names({"name": "Hauptstrasse"}) == ("Hauptstrasse", "")
    assert names({"name": "北京路", "name:en": "Beijing Road", "name:zh": "北京东路"}) == (
        "Beijing Road",
        "北京东路",
    )
    assert opening({"start_date": "2018", "end_date": "2020-05-01"}) == ("2018", "2020-05-01")


def test_parallel_links_of_one_way_get_a_number(layers, tmp_path):
    nodes = {
        1: (121.0, 31.0),
        2: (121.01, 31.0),
        3: (121.005, 31.005),
        4: (121.005, 30.995),
        5: (120.99, 31.0),
        6: (121.02, 31.0),
    }
    ways = {
        10: ([1, 3, 2, 4, 1], {"highway": "primary"}),
        11: ([5, 1], {"highway": "primary"}),
        12: ([2, 6], {"highway": "primary"}),
    }
    (tmp_path / "ring.osm").write_text(osm_xml(nodes, ways), encoding="utf-8")
    imported = import_osm(tmp_path / "ring.osm", layers=layers)
    assert sorted(imported.network.links.index) == [
        "osmlink:10/1--2", "osmlink:10/1--2/2", "osmlink:10/2--1", "osmlink:10/2--1/2",
        "osmlink:11/1--5", "osmlink:11/5--1", "osmlink:12/2--6", "osmlink:12/6--2",
    ]  # fmt: skip
    shapes = imported.shapes().geometry
    assert {shapes[f"osmlink:10/1--2{n}"].coords[1] for n in ("", "/2")} == {
        (121.005, 31.005),
        (121.005, 30.995),
    }
