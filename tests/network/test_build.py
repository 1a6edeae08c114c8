"""Dates, projects, barriers and ferries as filters and overlays, on the made-up region."""

from __future__ import annotations

import csv
import datetime as dt
import shutil
from pathlib import Path

import pandas as pd
import pytest

from yrdgis import settings
from yrdgis.errors import AmbiguousNameError, DateError, InputError, ScenarioError, UnknownNameError
from yrdgis.io import load_layers
from yrdgis.metrics import skim
from yrdgis.network import build_network, rebuild, with_points
from yrdgis.network.effects import project_ids

GAP = "roadlink:x1/lake-west--lake-east"


def edited(folder: Path, table: str, change) -> None:
    """Change rows of a table of a copied region in place."""
    with (folder / table).open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        columns, rows = list(reader.fieldnames or ()), list(reader)
    with (folder / table).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(change(rows))


def test_a_link_stands_from_its_opening_day(toy):
    assert GAP not in build_network(toy, "today").links.index
    assert GAP not in build_network(toy, dt.date(2027, 12, 30)).links.index
    assert {GAP, f"{GAP}/back"} <= set(build_network(toy, dt.date(2027, 12, 31)).links.index)
    assert build_network(toy, "2030").attrs["forecast"]
    assert not build_network(toy, "today").attrs["forecast"]


def test_variants_use_the_other_dates(toy):
    on = dt.date(2027, 6, 1)
    assert GAP in build_network(toy, on, variant="optimistic").links.index
    assert GAP not in build_network(toy, on, variant="pessimistic").links.index


def test_with_adds_before_its_day_and_without_takes_away_after(toy):
    early = build_network(toy, "2019-12-01", with_projects=["lake-road"])
    late = build_network(toy, "2030", without_projects=["project:lake-road"])
    assert early.links.at[GAP, "project_id"] == "project:lake-road"
    assert GAP not in late.links.index
    assert early.attrs["with_projects"] == ["project:lake-road"]


def test_a_train_runs_when_all_its_track_is_open(toy):
    def rides(network):
        return set(network.links.index[network.links["kind"] == "ride"])

    assert not any("yizhou" in ride for ride in rides(build_network(toy, "2021-06-30")))
    assert any("yizhou" in ride for ride in rides(build_network(toy, "2021-07-01")))
    assert not any(
        "yizhou" in ride for ride in rides(build_network(toy, "today", without_projects=["甲乙高铁"]))
    )


def test_projects_are_known_by_id_slug_name_and_part_of_a_name(toy):
    for name in ("project:jiayi-hsr", "jiayi-hsr", "甲乙高铁", "甲乙高", "jia-yi HIGH"):
        assert project_ids(toy, [name]) == {"project:jiayi-hsr"}
    with pytest.raises(
        AmbiguousNameError, match=r"project:jiayi-hsr or project:jiayi-canal|project:jiayi-canal"
    ):
        project_ids(toy, ["甲乙"])
    with pytest.raises(UnknownNameError, match="lake-road"):
        project_ids(toy, ["lakeroad"])


def test_a_project_can_not_be_added_and_left_out(toy):
    with pytest.raises(ScenarioError, match="project:lake-road"):
        build_network(toy, with_projects=["lake-road"], without_projects=["lake-road"])


def test_bad_arguments_are_told(toy):
    with pytest.raises(DateError, match="no date"):
        build_network(toy, "soon")
    with pytest.raises(InputError, match="free, peak"):
        build_network(toy, period="noon")
    with pytest.raises(InputError, match="value, low or high"):
        build_network(toy, parameters="best")


def test_another_date_leaves_the_first_network_alone(toy):
    before = build_network(toy, "2019-12-01")
    kept = before.content_hash
    build_network(toy, "2030", with_projects=["lake-road"], parameters="high", period="peak")
    again = build_network(toy, "2019-12-01")
    assert again.content_hash == kept
    assert before == again


def test_a_place_is_left_and_entered_but_never_passed(toy):
    network = build_network(toy, "today")
    places = network.nodes.index[network.nodes["kind"].isin(["town", "district", "city"])]
    frame = skim(network, places, mode="drive")
    gap = frame[(frame["from_id"] == "town:jiadong-liuzhen") & (frame["to_id"] == "town:yixi-qiaozhen")]
    alone = network.without(
        [
            link
            for link, row in network.links.iterrows()
            if row["kind"] == "connector"
            and {row["from_node_id"], row["to_node_id"]} & (set(places) - set(gap.iloc[0]))
        ]
    )
    same = skim(alone, ["town:jiadong-liuzhen"], ["town:yixi-qiaozhen"], mode="drive")
    assert same["time_min"].iloc[0] == gap["time_min"].iloc[0]


def test_peak_takes_longer_on_roads_and_waits_less_for_nothing_else(toy):
    free, peak = (build_network(toy, period=period).links for period in ("free", "peak"))
    roads = free.index[free["kind"] == "road"]
    assert (peak.loc[roads, "total_min"] > free.loc[roads, "total_min"]).all()
    rides = free.index[free["kind"] == "ride"]
    assert (peak.loc[rides, "total_min"] == free.loc[rides, "total_min"]).all()


def test_ends_of_the_parameters_bound_the_times(toy):
    middle = build_network(toy)
    low, high = (rebuild(middle, parameters=end).links["total_min"] for end in ("low", "high"))
    between = middle.links["total_min"]
    assert (low[between.index] <= between + 1e-9).all()
    assert (between <= high[between.index] + 1e-9).all()


def test_a_point_is_joined_like_a_place(toy):
    network = build_network(toy)
    point = pd.DataFrame({"lon": [120.06], "lat": [30.06], "name": ["here"]}, index=["point:120.06/30.06"])
    more = with_points(network, point)
    there = skim(more, ["point:120.06/30.06", "destination:univ-jia"], ["district:990102"])
    assert there["time_min"].iloc[0] == pytest.approx(there["time_min"].iloc[1])
    slower = rebuild(more, parameters="high")
    assert "point:120.06/30.06" in slower.nodes.index


@pytest.fixture
def barred(toy_copy):
    """The region with a toll barrier at 甲东, gone since 2020-01-01."""
    shutil.copy(settings.layers_dir() / "schema/toll_barriers.csv", toy_copy / "schema")
    (toy_copy / "nodes/toll_barriers.csv").write_text(
        "barrier_id,name,name_zh,lon,lat,coord_origin,road_node_id,route_ref,province_pair,status,closed_on,source_public,"
        "confidence\n"
        "barrier:g1,G1,界,120.15,30.04,derived,roadnode:jiadong,G1,上海-江苏,closed,2020-01-01,made up,low\n",
        encoding="utf-8",
    )
    with (toy_copy / "catalog.csv").open("a", encoding="utf-8") as catalog:
        catalog.write(
            "toll_barriers,Barriers,收费站,point,nodes/toll_barriers.csv,toll_barriers,2026-11-01,"
            "made up,CC0,,\n"
        )
    return toy_copy


def test_what_was_closed_or_added_stays_so_when_built_again(toy):
    network = build_network(toy)
    new = network.links.loc[["roadlink:g1/yixi--yidong"]].set_axis(["mine"]).assign(total_min=99.0)
    changed = network.without(["roadlink:g1/jiadong--yixi"]).with_(new)
    again = rebuild(changed, parameters="high")
    assert "roadlink:g1/jiadong--yixi" not in again.links.index
    assert again.links.at["mine", "total_min"] == 99.0
    assert set(again.links.index) == set(changed.links.index)
    assert (
        again.links.at["roadlink:g1/yixi--yidong", "total_min"]
        > network.links.at["roadlink:g1/yixi--yidong", "total_min"]
    )


def test_changing_a_frame_changes_no_other_network(toy):
    spoilt = build_network(toy, "2021-12-31")
    spoilt.links.loc[:, "total_min"] = 1.0
    assert (build_network(toy, "2021-12-31").links["total_min"] != 1.0).any()


def test_a_barrier_costs_half_on_either_side_until_it_falls(barred):
    layers = load_layers(barred)
    before, after = (
        build_network(layers, day).links["in_vehicle_min"] for day in ("2019-12-31", "2020-01-01")
    )
    lost = (before - after)[lambda minutes: minutes > 1e-9]
    half = layers.parameter("drive.barrier_delay_min") / 2
    links = ["roadlink:g1/jiadong--yixi", "roadlink:g1/jiaxi--jiadong"]
    assert sorted(lost.index) == sorted(f"{link}{way}" for link in links for way in ("", "/back"))
    assert lost.tolist() == pytest.approx([half] * 4)


def test_a_barrier_stands_without_the_project_that_removed_it(barred):
    edited(
        barred,
        "projects/project_links.csv",
        lambda rows: [
            *rows,
            {
                "project_id": "project:jiayi-hsr",
                "link_id": "roadlink:g1/jiadong--yixi",
                "effect_kind": "delay",
            },
        ],
    )
    layers = load_layers(barred)
    link = "roadlink:g1/jiadong--yixi"
    now, without = (
        build_network(layers, "today", without_projects=left_out).links.at[link, "total_min"]
        for left_out in ([], ["jiayi-hsr"])
    )
    early = build_network(layers, "2019-12-01", with_projects=["jiayi-hsr"]).links.at[link, "total_min"]
    assert without - now == pytest.approx(layers.parameter("drive.barrier_delay_min") / 2)
    assert early == now


def test_a_ferry_waits_half_its_headway_capped_and_boards(toy_copy):
    def as_ferry(rows):
        for row in rows:
            if row["link_id"] == GAP:
                row |= {"facility_type": "ferry", "status": "operating", "opened_expected": "2000-01-01"}
                row |= {
                    "opened_earliest": "2000-01-01",
                    "opened_latest": "2000-01-01",
                    "free_speed_kph": "30",
                }
        return rows

    edited(toy_copy, "links/road_links.csv", as_ferry)
    layers = load_layers(toy_copy)
    ferry = build_network(layers, "2019-12-01").links.loc[GAP]
    sailing = 2.1 / (30 * layers.parameter("road.free_speed_factor.ferry")) * 60
    wait = min(layers.parameter("drive.ferry_headway_min") / 2, layers.parameter("drive.ferry_max_wait_min"))
    assert ferry["kind"] == "ferry"
    assert ferry["in_vehicle_min"] == pytest.approx(sailing)
    assert ferry["total_min"] == pytest.approx(sailing + wait + layers.parameter("drive.ferry_boarding_min"))


def test_speed_of_a_project_is_undone_without_it(toy_copy):
    link = "roadlink:g1/jiadong--yixi"
    edited(
        toy_copy,
        "projects/project_links.csv",
        lambda rows: [
            *rows,
            {
                "project_id": "project:lake-road",
                "link_id": link,
                "effect_kind": "speed",
                "attribute": "free_speed_kph",
                "value": "120",
                "value_before": "60",
            },
        ],
    )
    layers = load_layers(toy_copy)
    slow, fast = (build_network(layers, day).links.loc[link] for day in ("today", "2030"))
    assert slow["total_min"] == pytest.approx(2 * fast["total_min"])
    assert (slow["project_id"], fast["project_id"]) == ("", "project:lake-road")
    assert (
        build_network(layers, "2030", without_projects=["lake-road"]).links.at[link, "total_min"]
        == slow["total_min"]
    )


def test_an_unknown_road_class_is_named(toy_copy):
    edited(toy_copy, "links/road_routes.csv", lambda rows: [row | {"category": "cowpath"} for row in rows])
    edited(toy_copy, "links/road_links.csv", lambda rows: [row | {"facility_type": "path"} for row in rows])
    with pytest.raises(InputError, match="road class path"):
        build_network(load_layers(toy_copy))


def test_networks_not_built_from_layers_say_so():
    from network.drawn import strait

    with pytest.raises(InputError, match="not built from layers"):
        rebuild(strait(), parameters="low")
