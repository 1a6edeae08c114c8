"""Dead-end roads: precision and recall on drawn worlds, and each case on its own."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from network import gap_worlds, osm_worlds
from network.border_worlds import CRS, BorderWorld, X, Y, draw
from network.osm_worlds import osm_xml

from yrdgis.errors import InputError
from yrdgis.metrics.deadends import dead_ends
from yrdgis.network.deadends import Rules
from yrdgis.network.lines import lines_to_network
from yrdgis.network.osm import import_osm


def _found(world, width, layers, **rules):
    imported = lines_to_network(world.roads(), layers=layers, snap_m=3.0)
    water = world.waters() if world.water else None
    return dead_ends(
        imported, world.border(width), layers=layers, rules=Rules.of(layers, **rules), water=water
    )


def _matches(table, truth):
    """Likely rows whose two ends are those of a true gap, either way round."""
    likely = table[table["likely"]].to_crs(CRS)
    hits = []
    for shape in likely.geometry:
        ends = np.array(shape.coords)[[0, -1]] - (X, Y)
        same = [min(np.abs(ends - t).max(), np.abs(ends[::-1] - t).max()) for t in map(np.array, truth)]
        hits.append(int(np.argmin(same)) if same and min(same) < 5 else -1)
    return hits


def test_precision_and_recall_on_drawn_worlds(layers):
    right = wrong = missed = 0
    for seed in range(8):
        world, width = draw(2000 + seed)
        hits = _matches(_found(world, width, layers), world.truth)
        right += len(set(hits) - {-1})
        wrong += hits.count(-1)
        missed += len(world.truth) - len(set(hits) - {-1})
    precision, recall = right / (right + wrong), right / (right + missed)
    print(f"precision {precision:.3f}, recall {recall:.3f} of {right + missed}")
    assert precision >= 0.9
    assert recall >= 0.9


@pytest.mark.parametrize(("through", "seeds"), [("lines", (31, 32, 33, 34)), ("osm", (41, 42))])
def test_precision_and_recall_on_winding_borders(through, seeds, layers, tmp_path):
    right = wrong = truths = 0
    missed = []
    for seed in seeds:
        world, roads, border, water = gap_worlds.draw(seed)
        if through == "osm":
            (tmp_path / "world.osm").write_text(osm_worlds.as_osm(roads), encoding="utf-8")
            imported = import_osm(tmp_path / "world.osm", layers=layers, keep_ends=True)
        else:
            imported = lines_to_network(roads, layers=layers)
        table = dead_ends(imported, border, layers=layers, water=water)
        good, bad, lost = world.judge(table)
        right, wrong, truths = right + good, wrong + bad, truths + len(world.truth)
        missed += lost
        assert world.lists_lone(table)
    assert right / (right + wrong) >= 0.9, f"{right} right, {wrong} wrong"
    assert len(missed) / truths <= 0.1, f"{missed} of {truths}"


def test_a_class_drop_is_seen_in_a_simplified_extract(layers, tmp_path):
    nodes = {1: (121.0, 31.0), 2: (121.0, 31.03), 3: (121.0, 31.035), 4: (121.0, 31.06)}
    ways = {
        1: ([1, 2], {"highway": "primary"}),
        2: ([2, 3], {"highway": "residential"}),
        3: ([3, 4], {"highway": "primary"}),
    }
    (tmp_path / "drop.osm").write_text(osm_xml(nodes, ways), encoding="utf-8")
    border = gpd.GeoDataFrame(geometry=[shapely.LineString([(120.9, 31.0325), (121.1, 31.0325)])], crs=4326)
    kept, plain = (
        dead_ends(import_osm(tmp_path / "drop.osm", layers=layers, keep_ends=k), border, layers=layers)
        for k in (True, False)
    )
    assert kept.loc[0, ["end", "partner_end", "likely"]].tolist() == ["class drop", "class drop", True]
    assert not len(plain)


def _simple(*, gap=300.0, shift=0.0, water=False, south="secondary", north="secondary", round_=True):
    world = BorderWorld()
    world.road((0, -4000), (0, -gap / 2), highway=south, name="人民路")
    world.road((shift, gap / 2), (shift, 4000), highway=north, name="人民路")
    if round_:
        world.road((0, -4000), (6000, -4000), (6000, 4000), (shift, 4000), highway="primary")
    if water:
        world.water.append(shapely.box(-500, -100, 500, 100))
    return world


def test_one_gap_has_its_length_and_what_it_saves(layers):
    table = _found(_simple(), 6000, layers)
    row = table[table["likely"]].iloc[0]
    assert (row["kind"], row["end"], row["rank"], row["border"]) == ("gap", "end", 1, "甲乙省界")
    assert row["gap_m"] == pytest.approx(300, abs=1)
    assert row["way_round_km"] == pytest.approx(27.7, abs=0.1)
    assert row["before_min"] > row["saved_min"] > 10
    assert row["before_min"] - row["after_min"] == pytest.approx(row["saved_min"], abs=0.02)
    assert (row["verdict"], row["remark"]) == ("", "")


def test_a_gap_over_water_says_so(layers):
    row = _found(_simple(gap=500, water=True), 6000, layers).iloc[0]
    assert row["water_m"] == pytest.approx(200, abs=2)


def test_ends_without_any_way_round_come_first(layers):
    world = _simple(round_=False)
    row = _found(world, 6000, layers).iloc[0]
    assert np.isnan(row["saved_min"])
    assert row["rank"] == 1


def test_a_class_drop_is_an_end(layers):
    world = BorderWorld()
    world.road((0, -4000), (0, -200), highway="primary")
    world.road((0, -200), (0, 200), highway="track")
    world.road((0, 200), (0, 4000), highway="primary")
    row = _found(world, 100, layers).iloc[0]
    assert (row["end"], row["partner_end"], row["likely"]) == ("class drop", "class drop", True)


def test_a_road_on_the_other_side_may_be_met(layers):
    world = BorderWorld()
    world.road((0, -4000), (0, -300), highway="secondary")
    world.road((-3000, 700), (3000, 700), highway="secondary")
    world.road((-3000, 700), (-3000, -4000), (0, -4000), highway="secondary")
    row = _found(world, 3000, layers).iloc[0]
    assert row["kind"] == "meets a road"
    assert row["gap_m"] == pytest.approx(1000, abs=2)


def test_a_lone_end_is_listed_but_not_likely(layers):
    world = BorderWorld()
    world.road((0, -4000), (0, -300), highway="secondary")
    row = _found(world, 3000, layers).iloc[0]
    assert (row["kind"], row["likely"], row["rank"]) == ("no partner", False, 0)


def test_two_ends_that_a_short_way_joins_are_not_likely(layers):
    world = _simple(round_=False)
    world.road((0, -300), (120, 0), (0, 300), highway="secondary")
    row = _found(world, 6000, layers).iloc[0]
    assert (row["kind"], row["likely"]) == ("joined nearby", False)


@pytest.mark.parametrize(
    ("rules", "likely"),
    [({"gap_m": 200.0}, 0), ({"border_m": 50.0}, 0), ({"turn_deg": 5.0, "offset_m": 20.0}, 0), ({}, 1)],
)
def test_rules_can_be_changed(rules, likely, layers):
    assert _found(_simple(shift=60), 6000, layers, **rules)["likely"].sum() == likely


def test_borders_may_be_polygons_and_must_be_there(layers):
    imported = lines_to_network(_simple().roads(), layers=layers)
    province = gpd.GeoDataFrame(
        {"name": ["南"]}, geometry=[shapely.box(X - 9000, Y - 9000, X + 9000, Y)], crs=CRS
    )
    assert dead_ends(imported, province, layers=layers)["likely"].sum() == 1
    with pytest.raises(InputError, match="No border"):
        dead_ends(imported, province.head(0), layers=layers)


def test_two_ends_beside_a_newer_bridge_are_joined_already(layers):
    """The branches fork off the road that goes on: the way round is long from end to end, not from the forks.

    fork --- old --|   gap   |-- old --- fork
        _________ new bridge ________/
    """
    world = BorderWorld()
    world.road((0, -4000), (0, -700), (0, -150), name="老路")
    world.road((0, 150), (0, 700), (0, 4000), name="老路")
    world.road((0, -700), (250, -400), (250, 400), (0, 700), name="新路")
    row = _found(world, 3000, layers).iloc[0]
    assert (row["kind"], row["likely"]) == ("joined nearby", False)
    assert row["way_round_km"] > 2
    assert abs(row["detour_km"]) < 0.5


def test_ends_that_pass_each_other_aside_belong_together(layers):
    row = _found(_simple(gap=100, shift=300), 6000, layers).iloc[0]
    assert (row["kind"], row["likely"]) == ("gap", True)
    assert row["turn_deg"] > 60
