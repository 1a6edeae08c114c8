"""Lines to network: drawn faults, each mended and told; nothing lost on the way."""

from __future__ import annotations

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st
from shapely import LineString, MultiLineString, Point

from yrdgis.errors import CrsError, InputError
from yrdgis.network.lines import lines_to_network, metric_crs, open_lines
from yrdgis.network.snap import clean_lines, cut_lines, nodes_of, snap_ends

X, Y = 600_000.0, 3_450_000.0


def drawn(*lines, **columns):
    """Lines in metres, from a corner in the delta."""
    shapes = [
        shapely.transform(line, lambda xy: xy + np.array([X, Y])) if line is not None else None
        for line in lines
    ]
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=4549)


def road(*points):
    return LineString(points)


def kinds(imported):
    return imported.changes["kind"].value_counts().to_dict()


def undirected(imported):
    links = imported.network.links
    return nx.Graph(list(zip(links["from_node_id"], links["to_node_id"], strict=True)))


def test_a_crossing_on_one_level_becomes_a_node(layers):
    imported = lines_to_network(drawn(road((0, 0), (100, 0)), road((50, -50), (50, 50))), layers=layers)
    assert (len(imported.network.nodes), len(imported.network.links)) == (5, 8)
    assert kinds(imported) == {"cut": 2, "dangling end": 4}
    assert "1 connected parts; the largest has 100% of the links" in imported.report


@pytest.mark.parametrize(
    "columns",
    [{"bridge": ["no", "yes"]}, {"tunnel": [False, True]}, {"layer": [0, 1]}, {"bridge": ["", "viaduct"]}],
)
def test_bridges_and_tunnels_stay_apart(columns, layers):
    imported = lines_to_network(
        drawn(road((0, 0), (100, 0)), road((50, -50), (50, 50)), **columns), layers=layers
    )
    assert len(imported.network.links) == 4
    assert nx.number_connected_components(undirected(imported)) == 2
    assert "1 crossings on different levels left apart" in imported.report


def test_a_bridge_still_joins_at_its_ends(layers):
    frame = drawn(
        road((0, 0), (50, 0)), road((50, 0), (100, 0)), road((100, 0), (200, 0)), bridge=["", "yes", ""]
    )
    assert nx.number_connected_components(undirected(lines_to_network(frame, layers=layers))) == 1


def test_an_end_on_a_bridge_does_not_join_its_middle(layers):
    frame = drawn(road((0, 0), (100, 0)), road((50, 0), (50, 50)), bridge=["yes", ""])
    assert nx.number_connected_components(undirected(lines_to_network(frame, layers=layers))) == 2


def test_near_ends_are_snapped_within_the_tolerance_only(layers):
    frame = drawn(road((0, 0), (100, 0)), road((100.8, 0), (200, 0)), road((203, 0), (300, 0)))
    imported = lines_to_network(frame, layers=layers, snap_m=1)
    assert nx.number_connected_components(undirected(imported)) == 2
    snapped = imported.changes[imported.changes["kind"] == "end snapped"]
    assert snapped["note"].tolist() == ["moved 0.80 m"]
    assert kinds(imported)["near miss"] == 2
    assert nx.number_connected_components(undirected(lines_to_network(frame, layers=layers, snap_m=4))) == 1


def test_an_end_beside_a_line_joins_it(layers):
    imported = lines_to_network(
        drawn(road((0, 0), (100, 0)), road((50, 0.6), (50, 50))), layers=layers, snap_m=1
    )
    assert len(imported.network.nodes) == 4
    assert kinds(imported)["end on a line"] == 1
    assert kinds(imported)["cut"] == 1


def test_a_chain_of_near_ends_is_told(layers):
    lines = [road((i * 0.9, 0), (i * 0.9, 50 + i)) for i in range(6)]
    assert kinds(lines_to_network(drawn(*lines), layers=layers, snap_m=1))["long chain of ends"] >= 1


def test_repeats_and_overlaps(layers):
    a, b = road((0, 0), (100, 0)), road((100, 0), (0, 0))
    assert kinds(lines_to_network(drawn(a, b, a), layers=layers))["repeats another"] == 2
    one_way = lines_to_network(drawn(a, b, oneway=["yes", "yes"]), layers=layers)
    assert len(one_way.network.links) == 2
    overlap = lines_to_network(drawn(a, road((60, 0), (160, 0))), layers=layers)
    assert kinds(overlap)["overlaps another"] == 1
    assert undirected(overlap).number_of_edges() == 3


def test_odd_rows_are_left_out_and_told(layers):
    shapes = [
        road((0, 0), (100, 0)),
        None,
        Point(5, 5),
        road((0, 0), (0, 0)),
        MultiLineString([[(0, 0), (0, 9)], [(5, 0), (5, 9)]]),
    ]
    imported = lines_to_network(drawn(*shapes), layers=layers)
    found = kinds(imported)
    assert found["no shape"] == 1
    assert found["no line"] == 1
    assert found["no length"] == 1
    assert found["exploded"] == 1
    rows = imported.changes.set_index("kind")["row"]
    assert (rows["no shape"], rows["no line"], rows["no length"], rows["exploded"]) == (1, 2, 3, 4)


def test_a_line_that_crosses_itself_is_cut_there(layers):
    loop = road((0, 0), (100, 0), (100, 50), (50, 50), (50, -50))
    imported = lines_to_network(drawn(loop), layers=layers)
    assert len(imported.network.nodes) == 3
    assert imported.network.links["length_km"].sum() == pytest.approx(2 * loop.length / 1000, rel=2e-3)


def test_directions_speeds_and_names(layers):
    frame = drawn(
        road((0, 0), (1000, 0)),
        road((1000, 0), (2000, 0)),
        road((2000, 0), (3000, 0)),
        oneway=["yes", "-1", "no"],
        maxspeed=["60", "40 mph", ""],
        highway=["primary", "primary", "residential"],
        名称=["甲路", None, "丙路"],
    )
    links = lines_to_network(frame, layers=layers).network.links
    assert len(links) == 4
    speed = links["length_km"] / links["in_vehicle_min"] * 60
    slow = layers.parameter("osm.speed_kph.residential", "value") * layers.parameter(
        "road.free_speed_factor.county_road", "value"
    )
    assert sorted(speed.round(6)) == pytest.approx(sorted([60, 64.4, slow, slow]))
    assert links["assumed"].sum() == 2
    back = links.loc["linelink:1.0/back"]
    assert (back["from_node_id"], back["to_node_id"]) != ("", "")
    assert links["name_zh"].tolist().count("丙路") == 2


def test_lengths_are_those_on_the_ground(layers):
    frame = drawn(road((0, 0), (1000, 0))).to_crs(4326)
    link = lines_to_network(frame, layers=layers, speed=60).network.links.iloc[0]
    assert link["length_km"] == pytest.approx(1.0, rel=1e-3)
    assert link["in_vehicle_min"] == pytest.approx(link["length_km"])


def test_geometry_follows_the_direction(layers):
    imported = lines_to_network(drawn(road((0, 0), (100, 0))), layers=layers)
    shapes = imported.shapes()
    nodes = imported.network.nodes
    for row in shapes.itertuples():
        assert row.geometry.coords[0] == pytest.approx(tuple(nodes.loc[row.from_node_id, ["lon", "lat"]]))
        assert row.geometry.coords[-1] == pytest.approx(tuple(nodes.loc[row.to_node_id, ["lon", "lat"]]))


def test_faults_of_the_call_are_told(layers):
    frame = drawn(road((0, 0), (100, 0)))
    with pytest.raises(CrsError, match="no CRS"):
        lines_to_network(frame.set_crs(None, allow_override=True), layers=layers)
    with pytest.raises(InputError, match="no column 'v'"):
        lines_to_network(frame, layers=layers, speed="v")
    with pytest.raises(InputError, match="can't be negative"):
        lines_to_network(frame, layers=layers, snap_m=-1)
    with pytest.raises(InputError, match="above zero"):
        lines_to_network(frame, layers=layers, speed=0)
    with pytest.raises(InputError, match="No line is left"):
        lines_to_network(drawn(Point(0, 0)), layers=layers)


def test_files_are_opened_and_other_regions_have_their_own_metres(tmp_path):
    drawn(road((0, 0), (100, 0))).to_crs(4326).to_file(tmp_path / "a.geojson")
    frame, repairs = open_lines(tmp_path / "a.geojson")
    assert (len(frame), repairs) == (1, [])
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match="without shapes"):
        open_lines(tmp_path / "a.csv")
    far = gpd.GeoDataFrame(geometry=[LineString([(9.5, 47.1), (9.6, 47.2)])], crs=4326)
    assert metric_crs(far).to_epsg() == 32632


@limits(max_examples=60, deadline=None)
@given(st.lists(st.tuples(*[st.integers(0, 12)] * 4), min_size=1, max_size=12, unique=True))
def test_cutting_agrees_with_the_noding_of_geos(segments):
    lines = np.array([LineString([(a, b), (c, d)]) for a, b, c, d in segments if (a, b) != (c, d)], object)
    if not len(lines):
        return
    zeros = np.zeros(len(lines), np.int64)
    pieces = snap_ends(clean_lines(lines, zeros, zeros.astype(bool)), 0.0)
    cut, _ = cut_lines(pieces, 0.0)
    referee = shapely.get_parts(shapely.node(shapely.multilinestrings(lines)))
    unique = {tuple(np.round(shapely.get_coordinates(shapely.normalize(s)), 6).ravel()) for s in cut.shapes}
    wanted = {tuple(np.round(shapely.get_coordinates(shapely.normalize(s)), 6).ravel()) for s in referee}
    assert sum(LineString(np.reshape(u, (-1, 2))).length for u in unique) == pytest.approx(
        shapely.length(referee).sum()
    )
    points, _, _ = nodes_of(cut, 0.0)
    assert len(points) == len({p for u in wanted for p in (u[:2], u[-2:])})


def test_shapes_begin_and_end_at_their_nodes(layers):
    lines = [[(0, 0), (3000, 400)], [(1000, -500), (1200, 900)], [(3000, 400), (100, 2000)]]
    frame = gpd.GeoDataFrame(
        {"oneway": ["yes", "no", "-1"]}, geometry=[LineString(np.add(c, (X, Y))) for c in lines], crs=4549
    )
    imported = lines_to_network(frame, layers=layers)
    nodes = imported.network.nodes
    for link in imported.shapes().itertuples():
        ends = [tuple(nodes.loc[n, ["lon", "lat"]]) for n in (link.from_node_id, link.to_node_id)]
        assert np.abs(np.array(link.geometry.coords)[[0, -1]] - ends).max() < 1e-9


def test_classes_of_the_layers_and_of_chinese_statistics_have_speeds(layers):
    classes = ["motorway", "expressway", "高速公路", "primary", "省道", "tertiary", "county_road", "乡道"]
    shapes = [LineString([(X, Y + 100 * k), (X + 1000, Y + 100 * k)]) for k in range(len(classes))]
    frame = gpd.GeoDataFrame({"class": classes}, geometry=shapes, crs=4549)
    links = lines_to_network(frame, layers=layers).network.links.sort_index()
    minutes = links[~links.index.str.endswith("/back")].set_index("osm_class")["total_min"].round(4)
    assert minutes["expressway"] == minutes["高速公路"] == minutes["motorway"]
    assert minutes["省道"] == minutes["primary"]
    assert minutes["county_road"] == minutes["乡道"] == minutes["tertiary"]
    assert minutes["motorway"] < minutes["primary"] < minutes["tertiary"]


def test_speeds_that_cannot_be_read_are_told(toy):
    lines = gpd.GeoDataFrame(
        {"限速": ["60", "六十"]},
        geometry=[LineString([(120, 30), (120.01, 30)]), LineString([(120.01, 30), (120.02, 30)])],
        crs=4326,
    )
    told = "\n".join(lines_to_network(lines, layers=toy).report)
    assert "1 lines without a readable speed in '限速', such as 六十" in told


@pytest.mark.parametrize("blank", [None, float("nan"), ""])
def test_a_missing_tag_is_no_bridge(blank, layers):
    """The bridge passes over; the two plain lines cross on the ground, whatever stands for no tag."""
    frame = drawn(
        LineString([(0, 500), (1000, 500)]),
        LineString([(500, 0), (500, 1000)]),
        LineString([(800, 0), (800, 1000)]),
        bridge=[blank, "yes", blank],
        highway=["primary", blank, "primary"],
        oneway=[blank, "yes", blank],
    )
    network = lines_to_network(frame, layers=layers).network
    assert len(network.nodes) == 7  # six ends and one crossing
    assert len(network.links) == 4 * 2 + 1


def test_lines_without_a_shape_anywhere_are_told(layers):
    frame = gpd.GeoDataFrame({"a": [1]}, geometry=[None], crs=4326)
    with pytest.raises(InputError, match="no shape"):
        lines_to_network(frame, layers=layers)


def test_lines_that_lie_nowhere_are_left_out_and_told(layers):
    """Degrees beyond the poles have no place in metres."""
    good, bad = LineString([(121.0, 31.0), (121.1, 31.0)]), LineString([(121.0, 31.0), (121.0, 1e30)])
    imported = lines_to_network(gpd.GeoDataFrame(geometry=[good, bad], crs=4326), layers=layers)
    assert len(imported.network.links) == 2
    assert imported.changes["kind"].tolist().count("nowhere") == 1
