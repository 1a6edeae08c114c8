"""The maps themselves: what each holds, on the shipped layers and on a made-up region that lacks much."""

import pandas as pd
import pytest

from yrdgis.errors import InputError
from yrdgis.maps import (
    change_map,
    network_by_year,
    page_of,
    project_shapes,
    projects,
    region,
    save,
    travel_times,
)
from yrdgis.maps.travel import time_breaks


def groups(m):
    return {g["id"]: g for g in page_of(m).groups}


def told(page, table, field, row):
    column = page.tables[table]["fields"][field]
    return column[row] if isinstance(column, list) else column["v"][column["i"][row]]


@pytest.fixture
def times(toy):
    ids = list(toy["districts"]["district_id"])
    return pd.DataFrame(
        {
            "from_id": ids[0],
            "from_name": "Here",
            "from_name_zh": "此地",
            "to_id": ids,
            "time_min": [5.0, 40.0, 80.0, float("nan")][: len(ids)],
        }
    )


def test_region_holds_all_cities_districts_and_towns(layers):
    page = page_of(region(layers))
    assert page.tables["cities"]["n"] == len(layers["cities"])
    assert page.tables["districts"]["n"] == len(layers["districts"])
    named = int(layers["towns"]["in_plan"].sum())
    assert page.tables["towns_plan"]["n"] == named
    assert page.tables["towns"]["n"] == len(layers["towns"]) - named
    assert page.as_of == layers.valid_on.isoformat()


def test_every_project_is_drawn_or_named_in_the_notes(layers):
    m = projects(layers)
    drawn = sum(
        page_of(m).tables[g["table"]]["n"] for k, g in groups(m).items() if k.endswith(("_plan", "_other"))
    )
    drawn += sum(page_of(m).tables[g["table"]]["n"] for k, g in groups(m).items() if k.endswith("_points"))
    lost = project_shapes(layers).geometry.isna()
    assert drawn + lost.sum() == len(layers["projects"])
    notes = " ".join(n["zh"] for n in page_of(m).notes)
    for name in project_shapes(layers).loc[lost, "name_zh"]:
        assert name in notes


def test_popups_of_plan_projects_cite_clause_and_quote(layers):
    m = projects(layers)
    group, page = groups(m)["open_plan"], page_of(m)
    quote = next(r for r in group["popup"]["rows"] if r.get("kind") == "quote")
    assert quote["cite"] == "section"
    frame = layers["projects"].set_index("name_zh")
    for row in range(page.tables[group["table"]]["n"]):
        name = told(page, group["table"], "name_zh", row)
        assert told(page, group["table"], "quote", row) == frame.loc[name, "quote"]
        assert told(page, group["table"], "section", row) == frame.loc[name, "section"]
    shown = {r.get("field") for r in group["popup"]["rows"]}
    shown |= {field for r in group["popup"]["rows"] for field in r.get("pair", ())}
    assert {"status", "opened_on", "source_zh", "source_en", "confidence"} <= shown


def test_projects_of_an_earlier_day_open_later(layers):
    import datetime as dt

    early = project_shapes(layers, as_of=dt.date(2019, 12, 1))
    now = project_shapes(layers)
    assert (early["status"] == "operating").sum() < (now["status"] == "operating").sum()


def test_a_bare_year_is_not_told_as_a_day(layers):
    from yrdgis.maps.frames import for_popup

    frame = for_popup(layers["rail_lines"], layers)
    bare = layers["rail_lines"]["opened_earliest"].dt.strftime("%m-%d").eq("01-01") & layers["rail_lines"][
        "opened_latest"
    ].dt.strftime("%m-%d").eq("12-31")
    assert bare.any()
    assert frame.loc[bare, ["opened_on", "expected_on"]].bfill(axis=1).iloc[:, 0].str.len().le(9).all()


def test_unverified_sources_say_so(layers):
    page = page_of(network_by_year(layers))
    zh, en = (page.tables["rail"]["fields"][f"source_{code}"]["v"] for code in ("zh", "en"))
    assert any("未核实" in v for v in zh)
    assert any("unverified" in v for v in en)
    assert not any("unverified general knowledge" in v for v in zh + en)


def test_credits_stand_once_and_in_the_language_of_the_view(layers):
    credits_ = page_of(network_by_year(layers)).credits
    assert len({c["en"] for c in credits_}) == len(credits_)
    told = {c["en"]: c["zh"] for c in credits_}
    assert told["data: 天地图 (Tianditu)"] == "数据：天地图"
    assert told["© OpenStreetMap contributors"] == "© OpenStreetMap contributors"


def test_network_of_a_region_without_metro_and_airports(toy, tmp_path):
    m = network_by_year(toy, first=2015, last=2030)
    assert {"rail", "road", "districts"} <= set(groups(m))
    assert "metro" not in groups(m)
    assert save(m, tmp_path / "toy.html").stat().st_size < 500_000


def test_travel_times_share_the_districts_with_the_ground(toy, times):
    m = travel_times(toy, times)
    assert groups(m)["times"]["table"] == groups(m)["districts"]["table"] == "districts"
    assert page_of(m).title["zh"] == "从此地出发的出行时间"
    assert groups(m)["origin"]["table"] == "origin"


def test_travel_times_from_two_places_are_refused(toy, times):
    both = pd.concat([times, times.assign(from_id="city:none")])
    with pytest.raises(InputError, match="one place, not 2"):
        travel_times(toy, both)
    with pytest.raises(InputError, match="no column 'time_min'"):
        travel_times(toy, times.drop(columns="time_min"))


def test_newly_connected_stands_apart_from_minutes(toy, times):
    frame = times.rename(columns={"time_min": "time_after_min"}).assign(
        time_before_min=[20.0, 40.0, None, None][: len(times)]
    )
    frame["saved_min"] = frame["time_before_min"] - frame["time_after_min"]
    frame["change"] = ["faster", "no measurable change", "newly connected", "not connected"][: len(times)]
    m = change_map(toy, frame, before=("规划前", "before the plan"), after=("现在", "now"))
    group = groups(m)["saved"]
    labels = [group["styles"][i]["label"]["en"] for i in group["style"]]
    assert labels[1:] == ["no measurable change", "newly connected", "not connected"][: len(times) - 1]
    assert "before the plan" in page_of(m).title["en"]
    assert [k for k, g in groups(m).items() if g.get("choice") == "theme"] == ["saved", "before", "after"]
    values = {f["id"]: f["value"] for f in page_of(m).figures}
    assert values["faster"] == 1
    assert values["new"] == 1


def test_what_gets_slower_has_classes_of_its_own(toy, times):
    frame = times.rename(columns={"time_min": "time_after_min"}).assign(
        time_before_min=[20.0, 1.0, 1.0, 1.0][: len(times)]
    )
    frame["saved_min"] = [-12.0, -40.0, 0.0, float("nan")][: len(times)]
    frame["change"] = ["slower", "slower", "no measurable change", "lost"][: len(times)]
    m = change_map(toy, frame)
    lost = groups(m)["lost"]
    labels = [lost["styles"][i]["label"]["en"] for i in lost["style"]]
    assert labels == ["10–15", "≥ 30", "no measurable change", "no longer reached"][: len(times)]
    assert [k for k, g in groups(m).items() if g.get("choice") == "theme"][:2] == ["saved", "lost"]
    assert lost["on"]
    assert not groups(m)["saved"]["on"]
    values = {f["id"]: f["value"] for f in page_of(m).figures}
    assert (values["slower"], values["most_lost"]) == (2, 40)


def test_minutes_get_round_limits_however_many_there_are():
    limits = time_breaks(range(1, 600))
    assert len(limits) == 7
    assert limits == sorted(limits)
    assert time_breaks([]) == [30, 60, 90]


@pytest.mark.parametrize("make", [region, projects, network_by_year])
def test_pages_are_small(layers, make, tmp_path):
    assert save(make(layers), tmp_path / "m.html").stat().st_size < 3_000_000


def test_times_say_what_they_rest_on_and_a_forecast_bears_a_banner(toy, times):
    times.attrs.update(
        as_of="2030-12-31",
        forecast=True,
        confidence="low",
        undated_share=0.081,
        drive_minutes_validated=False,
    )
    page = page_of(travel_times(toy, times))
    notes = " ".join(n["en"] for n in page.notes)
    for piece in ("confidence of the results: low", "8 % of the network", "not validated", "forecast"):
        assert piece in notes
    assert page.banner["zh"] == "2030-12-31：预测"
    assert (
        page_of(travel_times(toy, times.assign(time_min=1.0), notes=[("先", "first")])).notes[0]["en"]
        == "first"
    )
