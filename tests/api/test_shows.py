"""How results show themselves: one short line with counts and units; in a notebook a card in both languages."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import TOY

import yrdgis as yg

pytestmark = pytest.mark.xdist_group("contract")

_TAGS = {"div", "strong", "table", "thead", "tbody", "tr", "th", "td", "p", "br", "span", "small"}
_ATTRIBUTES = {"class", "style", "lang"}
_EVIL = "<img src=x onerror=alert(1)>${alert(2)}"


class _Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += f"{data} "


def _card(shown: Any) -> _Tags:
    """The card of an object, sound and with nothing in it but text."""
    html = shown._repr_html_()
    found = _Tags(html)
    assert found.tags <= _TAGS, found.tags - _TAGS
    assert found.attributes <= _ATTRIBUTES
    assert not found.open
    assert len(html) < 12_000
    return found


def _line(shown: Any) -> str:
    line = repr(shown)
    assert "\n" not in line
    assert len(line) < 700
    return line


def test_an_area_shows_counts(area: yg.Area) -> None:
    assert re.fullmatch(
        r"<Area: \d+ layers \(9 cities, 71 districts, \d+ projects\), valid on [\d-]+>", _line(area)
    )
    card = _card(area).text
    assert "城市" in card
    assert "上海市" in card
    assert re.fullmatch(r"<Layers: \d+ layers valid on .*>", _line(area.layers))
    assert "rail_links" in _card(area.layers).text
    assert re.fullmatch(r"<Projects: \d+, \d+ in the plan \(.*\d+ operating.*\)>", _line(area.projects))
    assert "under_construction" in _card(area.projects).text
    assert "plan-eve 2019-12-01" in _line(area.scenarios)
    assert "2019-12-01" in _card(area.scenarios).text
    assert "71 district" in _line(area.places)
    assert "district" in _card(area.places).text


def test_a_network_shows_counts_and_is_not_built_to_show_itself(area: yg.Area, now: yg.DatedNetwork) -> None:
    fresh = area.network("2030")
    assert _line(fresh) == "<DatedNetwork 2030 2030-12-31: as dated, free period, built when first asked>"
    assert "2030-12-31" in _card(fresh).text
    assert "network" not in vars(fresh)
    assert now.network is not None
    assert re.fullmatch(r"<DatedNetwork today [\d-]+: \d+ nodes, \d+ links \(.*\d+ rail.*\)>", _line(now))
    card = _card(now.network).text
    assert "节点" in card
    assert "km built" in card


def test_a_change_shows_counts_and_minutes(eve: yg.DatedNetwork, now: yg.DatedNetwork) -> None:
    change = yg.compare(eve, now, origins="虹桥", destinations="金坛,昆山")
    told = r"<Change by door, [\d-]+ to [\d-]+: 2 pairs: 1 faster, .*, [\d.]+ min saved in the mean where faster>"
    assert re.fullmatch(told, _line(change))
    assert _line(change.comparison).startswith("<Comparison of 2 pairs: ")
    assert "金坛区" in _card(change).text


def test_a_path_shows_minutes_and_kilometres(now: yg.DatedNetwork) -> None:
    way = now.path("人民广场", "湖州")
    assert re.fullmatch(r"<Path \S+ to city:huzhou: [\d.]+ min, [\d.]+ km, \d legs>", _line(way))
    card = _card(way).text
    assert "人民广场 至 湖州市" in card
    assert "People's Square to Huzhou" in card


def test_isochrones_show_areas(now: yg.DatedNetwork) -> None:
    areas = yg.isochrones(now, "station:上海虹桥", [30, 60])
    assert isinstance(areas, yg.Isochrones)
    assert re.fullmatch(
        r"<Isochrones from 上海虹桥 door [\d-]+: 30 min [\d,]+ km2, 60 min [\d,]+ km2>", _line(areas)
    )
    assert "平方公里" in _card(areas).text
    assert "cutoff_min" in repr(areas[["cutoff_min"]])
    assert "cutoff_min" in areas[["cutoff_min"]]._repr_html_()


def test_worth_shows_projects_and_the_joint_gain(worth: yg.Worth) -> None:
    assert re.fullmatch(
        r"<Worth of 31 projects \(\d+ with effect\), shapley: together [\d.]+ min per trip>", _line(worth)
    )
    assert "沪苏湖" in _card(worth).text
    shares = worth.by_city()
    assert re.fullmatch(r"<Shares: \d+ projects, 9 places, together [\d.]+ .*>", _line(shares))
    assert shares.total == pytest.approx(worth.meta["joint"][""])
    assert "上海市" in _card(shares).text


def test_a_scenario_a_clause_and_a_place_show_themselves(area: yg.Area) -> None:
    scenario = area.scenario("2030", without_projects=["沪苏湖"])
    assert _line(scenario) == "<Scenario 2030-12-31: without husuhu-hsr>"
    assert "project:husuhu-hsr" in _card(scenario).text
    clause = area.clause("沪苏湖")
    assert re.fullmatch(r"<Clause 二（三）1 沪苏湖高铁 .*: operating 2024-12-26, 1 project>", _line(clause))
    assert "原文" in _card(clause).text
    place = area.places["虹桥"]
    assert _line(place).startswith("<Place station:shanghai-hongqiao 上海虹桥 ")
    assert "station:shanghai-hongqiao" in _card(place).text
    info = area.layers.catalog.find("towns")
    assert _line(info).startswith("<LayerInfo towns: ")
    assert "towns.csv" in _card(info).text
    assert _line(area.layers.catalog).startswith("<Catalog: ")
    schema = area.layers.schema("towns")
    assert re.fullmatch(r"<Schema towns: \d+ attributes, key town_id>", _line(schema))
    assert "pop_2020" in _card(schema).text


def test_findings_and_reports_show_themselves(tmp_path: Path) -> None:
    from yrdgis.doctor import examine
    from yrdgis.io.check import Finding
    from yrdgis.validation.report import Validation

    finding = Finding("error", "links", f"is {_EVIL}", _EVIL, "length_km", hint="fill it in")
    assert _line(finding).startswith("<Finding error: links ")
    assert _EVIL in _card(finding).text
    file = tmp_path / "路<b>.csv"
    file.write_text(f"名称,lon,lat\n{_EVIL},121.4,31.2\n", encoding="utf-8")
    diagnosis = examine(file)
    assert re.fullmatch(r"<Diagnosis 路<b>.csv: CSV, 1 rows: .*>", _line(diagnosis))
    assert "路<b>.csv" in _card(diagnosis).text
    assert all(_line(one).startswith("<Finding ") and _card(one).text for one in diagnosis.findings)
    rows = pd.DataFrame({"group": [_EVIL], "error": [0.1], "counts": [True], "mode": ["rail"]})
    rows = rows.assign(observed=10.0, modelled=11.0, unit="min", train_class="G")
    validation = Validation(rows, {})
    assert re.fullmatch(r"<Validation of 1 rows, median error: .* 1 rows 10.0%>", _line(validation))
    assert _EVIL in _card(validation).text


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> yg.Area:
    """The made-up region, its names full of HTML."""
    folder = Path(shutil.copytree(TOY, tmp_path_factory.mktemp("hostile") / "region"))
    for file in [*folder.rglob("*.csv"), *folder.rglob("*.geojson")]:
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("甲", f"甲{_EVIL}").replace("Jia", f"Jia{_EVIL}"), encoding="utf-8")
    return yg.load(folder)


def test_hostile_names_stay_text(hostile: yg.Area) -> None:
    before, after = hostile.network("2021-01-01"), hostile.network("today")
    cities = list(hostile.cities["city_id"])
    change = yg.compare(before, after, origins=cities[0], destinations=cities)
    worth = yg.value(["jiayi-hsr"], base=before, origins=cities, range_=False)
    way = after.path(cities[0], cities[1])
    shown = [hostile, hostile.layers, hostile.projects, after.network, change, worth, worth.by_city(), way]
    shown += [
        hostile.places[cities[0]],
        hostile.layers.catalog.find("cities"),
        yg.Scenario(dt.date(2030, 1, 1), name=_EVIL),
    ]
    cards = [_card(one).text for one in shown]
    assert sum("onerror" in text for text in cards) >= 5


def test_roads_of_ones_own_join_a_day_and_show_themselves(toy, toy_copy: Path) -> None:
    import geopandas as gpd
    from shapely import LineString

    area = yg.Area(toy)
    at = toy["road_nodes"].set_index("node_id")[["lon", "lat"]].iloc[0].to_numpy()
    line = LineString([at, (at[0] + 0.05, at[1] + 0.02)])
    lines = gpd.GeoDataFrame({"路名": [_EVIL], "限速": ["40"]}, geometry=[line], crs=4326)
    file = toy_copy / "roads.shp"
    lines.to_file(file, encoding="gbk")
    own = area.import_lines(file, speed="限速")
    assert re.fullmatch(
        r"<Imported roads\.shp: 2 nodes, 2 links \(2 drive\); \d+ lines of report>", _line(own)
    )
    assert "connected parts" in _card(own).text
    joined = area.network("today").join(own)
    assert "1 own joined" in _line(joined)
    end = f"{line.coords[-1][0]}/{line.coords[-1][1]}"
    assert joined.times(end, to="cities", mode="drive")["time_min"].notna().any()
    assert set(own.network.nodes.index) <= set(joined.without("jiayi-hsr").network.nodes.index)
