"""What a planner types, as README shows it, on the shipped layers."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest

import yrdgis as yg
from yrdgis.errors import AmbiguousNameError, InputError, UnknownNameError

pytestmark = pytest.mark.xdist_group("contract")


@pytest.fixture(scope="module")
def area() -> yg.Area:
    return yg.load()


@pytest.fixture(scope="module")
def eve(area: yg.Area) -> yg.DatedNetwork:
    return area.network("plan-eve")


@pytest.fixture(scope="module")
def now(area: yg.Area) -> yg.DatedNetwork:
    return area.network("today")


def test_times_are_a_frame_that_maps_itself_into_one_offline_file(
    now: yg.DatedNetwork, tmp_path: Path
) -> None:
    times = now.times("虹桥", to="districts")
    assert isinstance(times, gpd.GeoDataFrame)
    assert (len(times), times.crs.to_epsg()) == (71, 4326)
    assert times.geometry.geom_type.isin(["Polygon", "MultiPolygon"]).all()
    assert (times["time_low_min"] <= times["time_min"]).all()
    assert (times["time_min"] <= times["time_high_min"]).all()
    assert times.attrs["confidence"] in ("high", "medium", "low")
    times.yrd.map().save(str(tmp_path / "hongqiao.html"))
    page = (tmp_path / "hongqiao.html").read_text(encoding="utf-8")
    assert "default-src 'none'" in page
    assert "上海虹桥" in page


def test_a_path_is_told_in_words(now: yg.DatedNetwork) -> None:
    way = now.path("人民广场", "湖州")
    assert way.tell("zh").startswith("人民广场 至 湖州市")
    assert "People's Square to Huzhou" in way.tell("en")


def test_a_comparison_is_mapped_by_project(
    eve: yg.DatedNetwork, now: yg.DatedNetwork, tmp_path: Path
) -> None:
    change = yg.compare(eve, now, origins="虹桥")
    assert change.summary()["pairs"] == 71
    change.map(by="project").save(str(tmp_path / "change.html"))
    assert "沪苏湖" in (tmp_path / "change.html").read_text(encoding="utf-8")
    with pytest.raises(InputError, match="'saved' or 'project'"):
        change.map(by="colour")


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
    assert np.isfinite(now.without("沪苏湖").times("湖州", to="上海")["time_min"]).all()


def test_putting_it_back_is_the_same_as_never_leaving_it_out(now: yg.DatedNetwork) -> None:
    again = now.without("沪苏湖").with_("沪苏湖")
    pairs = {"destinations": ["湖州", "上海虹桥"], "mode": "rail"}
    assert again.skim("上海虹桥", **pairs).equals(now.skim("上海虹桥", **pairs))


def test_a_clause_answers_with_quote_ask_status_and_projects(area: yg.Area) -> None:
    told = area.clause("沪苏湖").tell("zh")
    assert "沪苏湖高铁" in told
    assert "2024-12-26" in told


def test_projects_are_a_frame_with_their_lines(area: yg.Area) -> None:
    planned = area.projects(in_plan=True, mode="rail")
    assert isinstance(planned, gpd.GeoDataFrame)
    assert "project:husuhu-hsr" in set(planned["project_id"])
    assert planned.set_index("project_id").geometry["project:husuhu-hsr"].length > 0


def test_a_point_is_a_place(now: yg.DatedNetwork) -> None:
    times = now.times("121.4737/31.2304", to="昆山,121.0/31.3")
    assert list(times.geometry.geom_type) == ["Polygon", "Point"]
    assert times["time_min"].between(10, 150).all()


def test_a_wrong_name_gets_the_nearest_ones(now: yg.DatedNetwork) -> None:
    with pytest.raises(UnknownNameError, match="湖州"):
        now.times("湖洲")
    with pytest.raises(AmbiguousNameError, match="district:330903"):
        now.times("普陀")


def test_layers_are_there_by_name(area: yg.Area) -> None:
    assert len(area.cities) == 9
    assert {"cities", "rail_stations"} <= set(dir(area))
    with pytest.raises(AttributeError, match="its layers are"):
        _ = area.no_such_layer


def test_a_frame_without_its_layers_says_what_to_do() -> None:
    import pandas as pd

    with pytest.raises(InputError, match="can't be mapped"):
        pd.DataFrame({"a": [1]}).yrd.map()


def test_what_yrdgis_offers_is_on_purpose() -> None:
    offered = set(yg.__all__)
    measures = {
        "accessibility",
        "border_detours",
        "border_penalty",
        "borders",
        "chains",
        "city_cuts",
        "cohesion",
        "centrality",
        "efficiency",
    }
    measures |= {
        "connectivity",
        "equity",
        "hinterland",
        "interchange",
        "isochrones",
        "reach_change",
        "resilience",
        "targets",
    }
    assert (
        offered
        == {"Area", "DatedNetwork", "__version__", "compare", "load", "value", "weak_points"} | measures
    )
    assert all(getattr(yg, name) is not None for name in yg.__all__)
