"""Railways and metro: links touch their nodes, lengths fit the map, dates are those of the section."""

from __future__ import annotations

import math
from itertools import pairwise

import networkx as nx
import pytest


def straight_km(a, b) -> float:
    """Great-circle kilometres between two rows with ``lon`` and ``lat``."""
    lon1, lat1, lon2, lat2 = (math.radians(float(v)) for v in (a["lon"], a["lat"], b["lon"], b["lat"]))
    half = (
        math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    )
    return 2 * 6371.0 * math.asin(math.sqrt(half))


def by_key(table) -> dict[str, dict[str, str]]:
    return {next(iter(row.values())): row for row in table}


@pytest.fixture
def rail(rows):
    return by_key(rows("rail_stations")), by_key(rows("rail_lines")), by_key(rows("rail_links"))


def test_counts(rows):
    assert len(rows("rail_stations")) == 200
    assert len(rows("rail_lines")) == 59
    assert len(rows("rail_links")) == 267
    assert (len(rows("metro_stations")), len(rows("metro_lines")), len(rows("metro_links"))) == (
        945,
        43,
        1076,
    )


def test_no_link_is_shorter_than_the_straight_line(rail):
    stations, _, links = rail
    short = [
        k
        for k, r in links.items()
        if float(r["length_km"]) < straight_km(stations[r["from_node_id"]], stations[r["to_node_id"]]) * 0.997
    ]
    assert short == []


def test_no_link_is_much_longer_than_the_straight_line(rail):
    stations, _, links = rail
    long = {
        k: round(
            float(r["length_km"]) / straight_km(stations[r["from_node_id"]], stations[r["to_node_id"]]), 2
        )
        for k, r in links.items()
        if float(r["length_km"])
        > 3 + 2.2 * straight_km(stations[r["from_node_id"]], stations[r["to_node_id"]])
    }
    assert long == {}


def test_shape_points_lie_along_their_link(rows, rail):
    stations, _, links = rail
    shapes: dict[str, list] = {}
    for row in rows("rail_shapes"):
        shapes.setdefault(row["link_id"], []).append(row)
    assert set(shapes) <= set(links)
    for link_id, points in shapes.items():
        assert [int(p["seq"]) for p in points] == list(range(1, len(points) + 1)), link_id
        ends = [stations[links[link_id]["from_node_id"]], stations[links[link_id]["to_node_id"]]]
        path = [ends[0], *points, ends[1]]
        along = sum(straight_km(a, b) for a, b in pairwise(path))
        assert along <= 1.25 * float(links[link_id]["length_km"]) + 1, f"{link_id}: {along:.1f} km drawn"


def test_operating_stations_hang_together(rail):
    stations, _, links = rail
    graph = nx.Graph(
        (r["from_node_id"], r["to_node_id"]) for r in links.values() if r["status"] == "operating"
    )
    open_stations = {k for k, r in stations.items() if r["status"] == "operating"}
    parts = list(nx.connected_components(graph))
    assert len(parts) == 1
    assert open_stations - parts[0] == set()


def test_links_belong_to_lines_with_dates_of_their_own(rail):
    _, lines, links = rail
    husuhu = [r for r in links.values() if r["line_id"] == "line:husuhu-hsr"]
    assert {r["opened_expected"] for r in husuhu} == {"2024-12-26"}
    rest = links["raillink:airport-link/pudong-t3--shanghai-dong"]
    assert (rest["status"], rest["opened_expected"]) == ("under_construction", "2027-12-31")
    assert links["raillink:airport-link/hongqiao-t2--zhongchun-lu"]["opened_expected"] == "2024-12-27"
    assert links["raillink:ningqi/haimen--qidong"]["opened_expected"] == "2019-01-05"
    assert (
        links["raillink:jinshan/shanghai-nan--xinzhuang"]["opened_expected"] == "2012-09-28"
    )  # the stop is younger
    assert lines["line:beiyanjiang"]["extent"] == "part"
    assert lines["line:hub-transfer"]["category"] == "walk"


def test_metro_lines_stand_once(rail):
    _, lines, _ = rail
    assert not {"line:shanghai-metro-11w", "line:suzhou-metro-11", "line:xicheng-s1"} & set(lines)
    assert "line:hanghai" in lines  # no metro layer of Hangzhou holds it


def test_linked_length_is_the_sum_of_the_links(rail):
    _, lines, links = rail
    for line_id, line in lines.items():
        total = sum(float(r["length_km"]) for r in links.values() if r["line_id"] == line_id)
        assert total == pytest.approx(float(line["length_linked_km"]), abs=0.06), line_id
        assert (line["extent"] == "none") == (total == 0), line_id
        if line["extent"] == "whole" and line["length_km"]:
            assert total == pytest.approx(float(line["length_km"]), rel=0.12), line_id


@pytest.mark.parametrize(
    "layer",
    ["rail_stations", "rail_lines", "rail_links", "metro_stations", "metro_lines", "metro_links", "airports"],
)
def test_dates_are_in_order_and_fit_the_status(rows, catalog, layer):
    valid_on = catalog[layer]["valid_on"]
    for row in rows(layer):
        key = next(iter(row.values()))
        stated = [row[c] for c in ("opened_earliest", "opened_expected", "opened_latest") if row[c]]
        assert stated == sorted(stated), key
        if row["status"] == "operating" and row["opened_latest"]:
            assert row["opened_latest"] <= valid_on, f"{key} operates but opens later"
        if row["status"] in ("planned", "preliminary", "under_construction") and row["opened_expected"]:
            assert row["opened_expected"] > "2025", key


def test_metro_lengths_and_connection(rows):
    stations = by_key(rows("metro_stations"))
    by_line: dict[str, nx.Graph] = {}
    for r in rows("metro_links"):
        straight = straight_km(stations[r["from_node_id"]], stations[r["to_node_id"]])
        assert straight * 0.995 - 0.006 <= float(r["length_km"]) <= 1.9 * straight + 0.5, r["link_id"]
        by_line.setdefault(r["line_id"], nx.Graph()).add_edge(r["from_node_id"], r["to_node_id"])
    for line in rows("metro_lines"):
        graph = by_line[line["line_id"]]
        assert nx.is_connected(graph), line["line_id"]
        assert graph.number_of_nodes() == int(line["station_count"]), line["line_id"]


def test_a_stop_added_later_leaves_the_line_whole_before(rows):
    links = {r["link_id"]: r for r in rows("metro_links")}
    stations = by_key(rows("metro_stations"))
    assert stations["metro:sh-houtan"]["opened_expected"] == "2010-04-20"
    around = [
        r
        for r in links.values()
        if r["line_id"] == "metroline:sh-7" and "metro:sh-houtan" in (r["from_node_id"], r["to_node_id"])
    ]
    assert {r["opened_expected"] for r in around} == {"2009-12-05"}


def test_transfers_join_metro_to_what_exists(rows):
    metro, rail = by_key(rows("metro_stations")), by_key(rows("rail_stations"))
    airports = by_key(rows("airports"))
    transfers = rows("station_transfers")
    assert len(transfers) == 41
    for row in transfers:
        target = rail.get(row["to_node_id"]) or airports[row["to_node_id"]]
        assert straight_km(metro[row["from_node_id"]], target) < 1.5, row["transfer_id"]
        assert row["status"] == target["status"], row["transfer_id"]
        assert row["opened_expected"] == (
            target["opened_expected"] if row["status"] != "operating" else ""
        ), row["transfer_id"]
