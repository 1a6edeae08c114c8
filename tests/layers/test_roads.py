"""Highways: one network, lengths that fit the map, dates of the section, barriers that fell together."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
import pytest


@pytest.fixture
def roads(rows):
    keyed = (
        {next(iter(r.values())): r for r in rows(layer)}
        for layer in ("road_nodes", "road_routes", "road_links")
    )
    return tuple(keyed)


@pytest.fixture
def straight_km():
    from pyproj import Geod

    geod = Geod(ellps="WGS84")

    def measure(a, b) -> float:
        return geod.inv(float(a["lon"]), float(a["lat"]), float(b["lon"]), float(b["lat"]))[2] / 1000

    return measure


def test_counts(roads):
    nodes, routes, links = roads
    assert (len(nodes), len(routes), len(links)) == (630, 119, 1005)


def test_links_touch_nodes_and_no_node_is_alone(roads):
    nodes, routes, links = roads
    touched = {r[end] for r in links.values() for end in ("from_node_id", "to_node_id")}
    assert touched == set(nodes)
    assert {r["route_id"] for r in links.values()} <= set(routes)
    assert all(r["from_node_id"] != r["to_node_id"] for r in links.values())


def test_one_network_reaches_every_district(roads, rows):
    nodes, _, links = roads
    graph = nx.Graph(
        (r["from_node_id"], r["to_node_id"]) for r in links.values() if r["status"] == "operating"
    )
    assert nx.number_connected_components(graph) == 1
    reached = {nodes[n]["district_id"] for n in graph} - {""}
    assert reached == {r["district_id"] for r in rows("districts")}


def test_no_link_is_shorter_than_the_straight_line(roads, straight_km):
    nodes, _, links = roads
    short = [
        k
        for k, r in links.items()
        if float(r["length_km"]) < straight_km(nodes[r["from_node_id"]], nodes[r["to_node_id"]]) - 0.001
    ]
    assert short == []


def test_lengths_fit_their_shape(roads, rows, straight_km):
    nodes, _, links = roads
    shapes: dict[str, list] = {}
    for row in rows("road_shapes"):
        shapes.setdefault(row["link_id"], []).append(row)
    for link_id, points in shapes.items():
        ends = [nodes[links[link_id][end]] for end in ("from_node_id", "to_node_id")]
        path = [ends[0], *points, ends[1]]
        along = sum(straight_km(a, b) for a, b in pairwise(path))
        assert 0.75 * along - 1 <= float(links[link_id]["length_km"]) <= 1.4 * along + 1, link_id


def test_s2_and_s3_leave_the_ring_at_different_places(roads, straight_km):
    nodes, _, links = roads
    s2, s3 = nodes["roadnode:s2-s20"], nodes["roadnode:s3-s20"]
    assert 4 < straight_km(s2, s3) < 6
    assert "roadlink:s20/s3-s20--s2-s20" in links
    assert links["roadlink:s3/s3-s20--s3-zhoudeng"]["from_node_id"] == "roadnode:s3-s20"
    assert "roadlink:s20/s20-s4--s2-s20" not in links


def test_made_up_links_say_so(roads):
    _, routes, links = roads
    made_up = {k for k, r in routes.items() if r["category"] == "connector"}
    assert made_up == {"road:city-access", "road:town-cluster"}
    for row in links.values():
        if row["route_id"] in made_up:
            assert row["facility_type"] == "connector", row["link_id"]
            assert "straight line x 1." in row["note"], row["link_id"]


def test_a_measure_is_no_route_and_the_tunnel_without_evidence_is_not_open(roads):
    _, routes, links = roads
    assert "road:toll-barrier-removal" not in routes
    tunnel = [r for r in links.values() if r["route_id"] == "road:jj-tunnel"]
    assert {r["status"] for r in tunnel} == {"under_construction"}
    assert routes["road:s16"]["status"] == "preliminary"
    assert routes["road:g228-out"]["status"] == "preliminary"


def test_sections_keep_their_own_dates(roads):
    _, _, links = roads
    assert links["roadlink:g1521/luzhi-hub--jinxi-zhouzhuang"]["opened_expected"] == "2016-12-31"
    assert links["roadlink:g1521/jiashan-bei--tianning-hub"]["opened_expected"] == "2020-01-01"
    planned = links["roadlink:s17/xukou--dongshan"]
    assert (planned["status"], planned["opened_expected"]) == ("planned", "")


def test_gaps_of_dead_end_roads_are_short_and_approaches_older(roads):
    _, _, links = roads
    gaps = [
        r
        for r in links.values()
        if r["route_id"].startswith("road:dead-") and r["route_id"] != "road:dead-end-approaches"
    ]
    assert len(gaps) == 10
    assert all(float(r["length_km"]) < 12 for r in gaps)
    approaches = [r for r in links.values() if r["route_id"] == "road:dead-end-approaches"]
    assert approaches
    assert {(r["status"], r["opened_expected"]) for r in approaches} == {("operating", "")}


def test_barriers_fell_together_and_stand_on_their_road(roads, rows):
    nodes, routes, links = roads
    barriers = rows("toll_barriers")
    assert len(barriers) == 12
    assert {r["closed_on"] for r in barriers} == {"2020-01-01"}
    for row in barriers:
        assert row["road_node_id"] in nodes, row["barrier_id"]
        refs = {
            routes[r["route_id"]]["ref"]
            for r in links.values()
            if row["road_node_id"] in (r["from_node_id"], r["to_node_id"])
        }
        assert row["route_ref"] in refs, (
            f"{row['barrier_id']}: no link of {row['route_ref']} at {row['road_node_id']}, only {refs}"
        )


@pytest.mark.parametrize("layer", ["road_routes", "road_links"])
def test_dates_are_in_order_and_fit_the_status(rows, catalog, layer):
    for row in rows(layer):
        key = next(iter(row.values()))
        stated = [row[c] for c in ("opened_earliest", "opened_expected", "opened_latest") if row[c]]
        assert stated == sorted(stated), key
        if row["status"] == "operating" and row["opened_latest"]:
            assert row["opened_latest"] <= catalog[layer]["valid_on"], key
