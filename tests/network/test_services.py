"""Trains as links: hand-checked times on the made-up region, laws and coverage on the shipped layers."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yrdgis.errors import NetworkError
from yrdgis.io import load_layers
from yrdgis.io.dates import in_service
from yrdgis.network.model import Network
from yrdgis.network.rail_times import FREE_PARAMETERS, PARTS, part_values
from yrdgis.network.services import running_services, service_links, service_table

JIA, FIRST, SECOND = (
    "raillink:jia/jiazhou--jiadong",
    "raillink:jiayi-hsr/jiadong--yizhou",
    "raillink:jiayi-hsr/yizhou--yidong",
)
SERVED = dt.date(2021, 1, 15)


def rides_between(links: pd.DataFrame, a: str, b: str) -> pd.DataFrame:
    return links[
        (links["kind"] == "ride")
        & (links["from_node_id"] == f"{a}#dep")
        & (links["to_node_id"] == f"{b}#arr")
    ]


@pytest.fixture(scope="module")
def real(layers):
    """Open track and service links of a day, kept for the module."""
    made = {}

    def of(day: dt.date) -> tuple[pd.DataFrame, pd.DataFrame]:
        if day not in made:
            track = layers["rail_links"]
            made[day] = service_links(
                layers, track.loc[in_service(track, day, layers.valid_on), "link_id"], as_of=day
            )
        return made[day]

    return of


def test_minutes_of_a_ride_add_up_by_hand(toy):
    """Jiazhou (10 km at 120) passes Jiadong (10 km at 350) to Yizhou: half a stop by each speed, no dwell."""
    _, links = service_links(toy, [JIA, FIRST], as_of=dt.date(2022, 1, 1))
    ride = rides_between(links, "station:jiazhou", "station:yizhou").iloc[0]
    p = toy.parameter
    run = 10 / (120 * p("rail.speed_ratio.other")) * 60 + 10 / (350 * p("rail.speed_ratio.high_speed")) * 60
    halts = (120 + 350) / 200 * p("rail.stop_penalty_min_per_100_kph.rail")
    assert ride["in_vehicle_min"] == pytest.approx(run + halts)
    assert ride["length_km"] == 20
    assert ride["rail_link_ids"] == f"{JIA};{FIRST}"
    assert ride["line_id"] == "line:jia;line:jiayi-hsr"
    assert ride["service_id"] == "service:jiayi-g"


def test_a_stop_on_the_way_costs_a_halt_and_a_dwell(toy):
    table = service_table(toy)
    rides = table.rides()
    values = part_values(toy.parameter)
    time = pd.Series(
        rides.parts @ values, index=pd.MultiIndex.from_frame(rides.frame[["service_id", "from_id", "to_id"]])
    )
    whole = time["service:jiayi-full", "station:jiazhou", "station:yizhou"]
    parts = (
        time["service:jiayi-full", "station:jiazhou", "station:jiadong"]
        + time["service:jiayi-full", "station:jiadong", "station:yizhou"]
    )
    assert whole == pytest.approx(parts + toy.parameter("rail.dwell_min.emu"))


def test_a_service_needs_all_its_track_and_nothing_else(toy):
    def services(open_links, day):
        links = service_links(toy, open_links, as_of=day)[1]
        return set(links.loc[links["kind"] == "ride", "service_id"])

    assert services([JIA], dt.date(2019, 12, 1)) == {"service:jia-local"}
    assert services([JIA, FIRST], dt.date(2019, 12, 1)) == {"service:jia-local", "service:jiayi-g"}
    assert "service:jiayi-full" in services([JIA, FIRST, SECOND], dt.date(2019, 12, 1))
    assert services([FIRST, SECOND], dt.date(2029, 1, 1)) == set()
    assert service_links(toy, [], as_of=dt.date(2029, 1, 1))[1].empty


def test_doors_cost_the_class_of_the_station_and_a_change_only_its_minimum(toy):
    nodes, links = service_links(toy, [JIA, FIRST], as_of=dt.date(2022, 1, 1))
    p = toy.parameter
    board = links.loc["board:station:jiadong#dep"]
    change = links.loc["transfer:station:jiadong#arr"]
    assert board["total_min"] == p("rail.process_min.main")
    assert board["in_vehicle_min"] == 0
    assert change["total_min"] == p("rail.transfer_min.main") < board["total_min"] + p("rail.exit_min.main")
    assert (change["from_node_id"], change["to_node_id"]) == ("station:jiadong#arr", "station:jiadong#dep")
    assert nodes.at["station:jiadong#dep", "name_zh"] == "甲东站"


def test_the_ends_of_the_range_bracket_the_value(layers, real):
    track = layers["rail_links"]
    open_links = track.loc[in_service(track, SERVED, layers.valid_on), "link_id"]
    low, high = (
        service_links(layers, open_links, as_of=SERVED, parameters=end)[1] for end in ("low", "high")
    )
    value = real(SERVED)[1]
    for column in ("in_vehicle_min", "total_min"):
        assert (low[column].reindex(value.index) <= value[column] + 1e-9).all()
        assert (value[column] <= high[column].reindex(value.index) + 1e-9).all()


def test_a_gap_in_a_route_is_named(toy_copy):
    path = toy_copy / "services" / "service_stops.csv"
    path.write_text(
        path.read_text(encoding="utf-8").replace("service:jiayi-g,2,station:jiadong,False\n", ""),
        encoding="utf-8",
    )
    with pytest.raises(
        NetworkError, match=r"service:jiayi-g: no track between station:jiazhou and station:yizhou"
    ):
        service_table(load_layers(toy_copy)).rides()


def test_rides_are_the_same_both_ways_and_fit_a_network(real):
    nodes, links = real(SERVED)
    rides = links[links["kind"] == "ride"]
    there = rides.set_index(
        [
            rides["from_node_id"].str.removesuffix("#dep"),
            rides["to_node_id"].str.removesuffix("#arr"),
            rides["train_class"],
            rides["service_id"],
        ]
    )
    back = there["in_vehicle_min"].reorder_levels([1, 0, 2, 3]).reindex(there.index)
    assert np.allclose(back, there["in_vehicle_min"])
    assert (links["total_min"] >= links["in_vehicle_min"]).all()
    stations = pd.DataFrame(
        index=[n for n in set(links["from_node_id"]) | set(links["to_node_id"]) if n not in nodes.index]
    )
    assert (
        Network(pd.concat([nodes, stations]), links).modes == ("rail", "walk")
        or "rail" in Network(pd.concat([nodes, stations]), links).modes
    )


@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_more_track_never_lengthens_a_direct_ride(layers, data):
    table = service_table(layers)
    track = layers["rail_links"]
    today = list(track.loc[in_service(track, layers.valid_on, layers.valid_on), "link_id"])
    closed = set(data.draw(st.lists(st.sampled_from(today), min_size=1, max_size=12, unique=True)))
    values = part_values(layers.parameter)

    def best(open_links):
        running, rides = running_services(layers, table, open_links, layers.valid_on)
        found = rides.fastest(values, rides.of(running))
        keys = [
            (frozenset((a, b)), c)
            for a, b, c in zip(found["from_id"], found["to_id"], found["train_class"], strict=True)
        ]
        return dict(zip(keys, found["in_vehicle_min"], strict=True))

    fewer, more = best([link for link in today if link not in closed]), best(today)
    assert set(fewer) <= set(more)
    assert all(more[key] <= minutes + 1e-9 for key, minutes in fewer.items())


def test_freight_lines_carry_no_passengers(layers, real):
    freight = set(layers["rail_lines"].query("category == 'freight'")["line_id"])
    used = {line for lines in real(layers.valid_on)[1]["line_id"] for line in str(lines).split(";")}
    assert freight
    assert not freight & used


@pytest.mark.parametrize("day", [SERVED, None])
def test_every_station_with_trains_is_served(layers, real, day):
    """Tonglu stood alone on the Hangzhou-Huangshan line, which the layers don't have, until 2022."""
    on = day or layers.valid_on
    rides = real(on)[1].query("kind == 'ride'")
    served = {node.rsplit("#", 1)[0].rsplit("@", 1)[-1] for node in rides["from_node_id"]}
    stations = layers["rail_stations"]
    there = stations[in_service(stations, on, layers.valid_on) & stations["kind"].eq("station")]
    assert set(there["station_id"]) - served <= {"station:tonglu"}


def test_counted_direct_trains_have_a_service(layers, real):
    """Pairs that at least two trains of a class joined a day in January 2021."""
    rides = real(SERVED)[1].query("kind == 'ride'")
    joined = {
        (frozenset((a.removesuffix("#dep"), b.removesuffix("#arr"))), c)
        for a, b, c in zip(rides["from_node_id"], rides["to_node_id"], rides["train_class"], strict=True)
    }
    counted = layers["direct_services"].query("trains_per_day >= 2 and train_class in ['G', 'D', 'C', 'K']")
    missing = [
        row
        for row in counted[["from_station_id", "to_station_id", "train_class"]].itertuples(
            index=False, name=None
        )
        if (frozenset(row[:2]), row[2]) not in joined
    ]
    assert missing == []


def test_a_station_that_opened_after_its_track_is_passed_before(layers, real):
    """Xinzhuang stop of the Jinshan railway, opened 2024-12-25."""
    stops = {day: set(real(day)[1]["from_node_id"]) for day in (dt.date(2024, 12, 1), dt.date(2024, 12, 25))}
    assert not any("station:xinzhuang" in node for node in stops[dt.date(2024, 12, 1)])
    assert any("station:xinzhuang" in node for node in stops[dt.date(2024, 12, 25)])


def test_trains_a_day_are_those_counted_and_their_delay_is_in_no_total(layers, real):
    ride = (
        rides_between(real(SERVED)[1], "station:shanghai-hongqiao", "station:nanjing-nan")
        .set_index("train_class")
        .loc["G"]
    )
    assert ride["trains_per_day"] == 131
    hours = layers.parameter("rail.operating_hours")
    assert ride["schedule_delay_min"] == pytest.approx(hours * 60 / 131 / 4)
    assert ride["total_min"] == ride["in_vehicle_min"]


def test_turn_up_trains_wait_half_an_interval_capped(layers, real):
    links = real(layers.valid_on)[1]
    board = links.loc["board:service:jinshan-s-all@station:shanghai-nan#dep"]
    p = layers.parameter
    wait = min(p("suburban.headway_min.free") / 2, p("turnup.max_wait_min"))
    assert board["total_min"] == pytest.approx(p("turnup.process_min") + wait)


def test_free_parameters_are_few_and_general(layers):
    assert len(FREE_PARAMETERS) <= 8
    assert set(FREE_PARAMETERS) <= set(PARTS)
    names = [line.removeprefix("line:") for line in layers["rail_lines"]["line_id"]]
    assert not any(name in parameter for parameter in FREE_PARAMETERS for name in names)
