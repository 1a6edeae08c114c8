"""What a planner types, word for word, on the shipped layers; and what goes with it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import folium
import geopandas as gpd
import numpy as np
import pytest

import yrdgis as yg
from yrdgis.errors import AmbiguousNameError, InputError, UnknownNameError

pytestmark = pytest.mark.xdist_group("contract")


def test_times_are_a_frame_that_maps_itself_into_one_offline_file(contract: Any) -> None:
    times = contract.names["t"]
    assert isinstance(times, gpd.GeoDataFrame)
    assert (len(times), times.crs.to_epsg()) == (71, 4326)
    assert times.geometry.geom_type.isin(["Polygon", "MultiPolygon"]).all()
    assert (times["time_low_min"] <= times["time_min"]).all()
    assert (times["time_min"] <= times["time_high_min"]).all()
    assert times.attrs["confidence"] in ("high", "medium", "low")
    page = (contract.folder / "hongqiao.html").read_text(encoding="utf-8")
    assert "default-src 'none'" in page
    assert "上海虹桥" in page


def test_a_path_is_told_in_words(contract: Any, now: yg.DatedNetwork) -> None:
    assert contract.of("now.path").startswith("人民广场 至 湖州市")
    assert "People's Square to Huzhou" in now.path("人民广场", "湖州").tell("en")


def test_a_comparison_is_mapped_by_project(
    contract: Any, eve: yg.DatedNetwork, now: yg.DatedNetwork, tmp_path: Path
) -> None:
    made = contract.of("yg.compare")
    assert isinstance(made, folium.Map)
    made.save(str(tmp_path / "change.html"))
    assert "沪苏湖" in (tmp_path / "change.html").read_text(encoding="utf-8")
    change = yg.compare(eve, now, origins="虹桥", destinations="湖州")
    with pytest.raises(InputError, match="'saved' or 'project'"):
        change.map(by="colour")


def test_without_a_railway_there_still_is_a_way(contract: Any) -> None:
    times = contract.of("now.without")
    assert times["to_name_zh"].tolist() == ["上海市"]
    assert np.isfinite(times["time_min"]).all()


def test_isochrones_explore_themselves(contract: Any) -> None:
    made = contract.of("yg.isochrones")
    assert isinstance(made, folium.Map)
    page = made.get_root().render()
    assert "可达范围" in page
    assert "上海虹桥" in page


def test_value_is_drawn_by_city(contract: Any) -> None:
    axes = contract.of("yg.value")
    assert len(axes.get_xticklabels()) == 9
    assert any("沪苏湖" in label.get_text() for label in axes.get_yticklabels())


def test_a_clause_answers_with_quote_ask_status_and_projects(contract: Any) -> None:
    clause = contract.of("area.clause")
    told = clause.tell("zh")
    assert "沪苏湖高铁" in told
    assert "2024-12-26" in told
    assert clause.ask == "plan_and_build"
    assert clause.projects["project_id"].tolist() == ["project:husuhu-hsr"]


def test_a_region_of_ones_own_loads_through_the_same_door(
    toy_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(toy_copy.rename(toy_copy.parent / "my_region").parent)
    assert len(yg.load("my_region/").cities) == 2


@pytest.mark.parametrize("document", ["README.md", "README.zh-CN.md"])
def test_the_readme_shows_the_whole_contract(contract: Any, document: str) -> None:
    text = (Path(__file__).resolve().parents[2] / document).read_text(encoding="utf-8")
    block = "".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL))
    shown = ["".join(line.partition("  #")[0].split()) for line in block.splitlines()]
    for line in contract.text.splitlines():
        bare = "".join(line.partition("  #")[0].split())
        told = bare.replace('tell("zh")', 'tell("en")') if document == "README.md" else bare
        assert any(told in one for one in shown), line


def test_huzhou_gets_much_nearer_by_rail_through_its_railway(
    eve: yg.DatedNetwork, now: yg.DatedNetwork
) -> None:
    change = yg.compare(eve, now, origins="上海虹桥", destinations="湖州", mode="rail").frame.iloc[0]
    assert change["change"] == "faster"
    assert change["saved_low_min"] > 10
    assert "project:husuhu-hsr" in change["project_id"]


def test_leaving_the_railway_out_undoes_it(now: yg.DatedNetwork) -> None:
    both = [
        network.times("湖州", to="上海虹桥", mode="rail")["time_min"].iloc[0]
        for network in (now, now.without("沪苏湖"))
    ]
    assert both[1] > both[0] + 10


def test_putting_it_back_is_the_same_as_never_leaving_it_out(now: yg.DatedNetwork) -> None:
    again = now.without("沪苏湖").with_("沪苏湖")
    pairs = {"destinations": ["湖州", "上海虹桥"], "mode": "rail"}
    assert again.skim("上海虹桥", **pairs).equals(now.skim("上海虹桥", **pairs))


def test_projects_are_a_frame_with_their_lines(area: yg.Area) -> None:
    planned = area.projects(in_plan=True, mode="rail")
    assert isinstance(planned, gpd.GeoDataFrame)
    assert "project:husuhu-hsr" in set(planned["project_id"])
    assert planned.set_index("project_id").geometry["project:husuhu-hsr"].length > 0
    with pytest.raises(InputError, match=r"(?s)no mode 'trains'; there are rail.*no status 'open'"):
        area.projects(mode="trains", status="open")


def test_a_point_is_a_place(now: yg.DatedNetwork) -> None:
    times = now.times("121.4737/31.2304", to="昆山,121.0/31.3")
    assert list(times.geometry.geom_type) == ["Polygon", "Point"]
    assert times["time_min"].between(10, 150).all()


def test_a_wrong_name_gets_the_nearest_ones(area: yg.Area, now: yg.DatedNetwork) -> None:
    with pytest.raises(UnknownNameError, match="湖州"):
        now.times("湖洲")
    with pytest.raises(AmbiguousNameError, match="district:330903"):
        now.times("普陀")
    with pytest.raises(UnknownNameError, match="plan-eve"):
        area.scenarios["eve"]


def test_layers_are_there_by_name(area: yg.Area) -> None:
    assert len(area.cities) == len(area["cities"]) == 9
    assert isinstance(area["Rail links"], gpd.GeoDataFrame)
    with pytest.raises(AttributeError, match="Did you mean rail_links"):
        _ = area.rail_link


def test_a_frame_without_its_layers_says_what_to_do() -> None:
    import pandas as pd

    with pytest.raises(InputError, match="can't be mapped"):
        pd.DataFrame({"a": [1]}).yrd.map()
