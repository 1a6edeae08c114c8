"""Groups: each adds one, shares its table, classes values as the legend says."""

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import LineString, box

import yrdgis.maps
from yrdgis.errors import InputError
from yrdgis.maps import add_categories, add_choropleth, add_lines, add_points, page_of
from yrdgis.maps.style import AREAS, LINES, POINTS, RAMPS, STATUS_CODE, classes, ramp_styles


@pytest.fixture
def zones() -> gpd.GeoDataFrame:
    """Four squares in a row, 20, 45, 90 minutes and none."""
    return gpd.GeoDataFrame(
        {
            "name": list("abcd"),
            "name_zh": list("甲乙丙丁"),
            "time_min": [20.0, 45.0, 90.0, None],
            "kind_zh": ["铁路", "公路", "铁路", None],
            "kind_en": ["rail", "road", "rail", None],
        },
        geometry=[box(121 + 0.1 * i, 31, 121.1 + 0.1 * i, 31.1) for i in range(4)],
        crs=4326,
    )


def test_public_names_are_deliberate():
    import inspect

    names = {n for n, v in vars(yrdgis.maps).items() if not (n.startswith("_") or inspect.ismodule(v))}
    assert names - {"annotations"} == set(yrdgis.maps.__all__)


def test_choropleth_classes_match_their_labels(zones):
    m = add_choropleth(zones, column="time_min", name="Minutes", breaks=[30, 60], ramp="time")
    group = page_of(m).groups[0]
    told = [group["styles"][i]["label"]["en"] for i in group["style"]]
    assert told == ["< 30", "30–60", "≥ 60", "no way there or no data"]


def test_groups_of_one_table_write_geometry_once(zones):
    m = add_choropleth(zones, column="time_min", name="A", key="a", table="zones")
    m = add_choropleth(zones.assign(more=1.0), m, column="more", name="B", key="b", table="zones")
    page = page_of(m)
    assert list(page.tables) == ["zones"]
    assert {"time_min", "more"} <= set(page.tables["zones"]["fields"])
    assert [g["id"] for g in page.groups] == ["a", "b"]


def test_other_geometry_gets_a_table_of_its_own(zones):
    m = add_choropleth(zones, column="time_min", name="A")
    m = add_choropleth(zones.iloc[:2], m, column="time_min", name="B")
    assert list(page_of(m).tables) == ["zones", "zones-2"]
    assert [g["id"] for g in page_of(m).groups] == ["zones", "zones-2"]


def test_special_rows_leave_the_ramp(zones):
    style = {"label": {"zh": "新", "en": "new"}, "fill": "#fff"}
    m = add_choropleth(
        zones,
        column="time_min",
        name="A",
        breaks=[30],
        special=["new", None, None, None],
        special_styles={"new": style},
    )
    group = page_of(m).groups[0]
    assert group["styles"][group["style"][0]]["label"]["en"] == "new"


def test_the_frame_is_left_as_it_was(zones):
    before = zones.copy()
    add_choropleth(zones, column="time_min", name="A")
    add_categories(zones, columns=("kind_zh", "kind_en"), name="B")
    pd.testing.assert_frame_equal(zones, before)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"column": "none"}, "no column 'none'"),
        ({"column": "time_min", "ramp": "rainbow"}, "No ramp named 'rainbow'"),
        ({"column": "time_min", "breaks": [60, 30]}, "ascend"),
    ],
)
def test_faults_are_told(zones, options, told):
    with pytest.raises(InputError, match=told):
        add_choropleth(zones, name="A", **options)


def test_categories_beyond_the_commonest_share_grey(zones):
    m = add_categories(zones, columns=("kind_zh", "kind_en"), name="Kinds", most=1)
    group = page_of(m).groups[0]
    told = [group["styles"][i]["label"]["en"] for i in group["style"]]
    assert told == ["rail", "other", "rail", "none"]


def test_lines_carry_their_state_and_an_unknown_style_is_refused():
    lines = gpd.GeoDataFrame(
        {"name": ["x", "y"], "status": ["under_construction", "a word of nobody"], "kind": ["metro", "tram"]},
        geometry=[LineString([(121, 31), (121.2, 31.1)])] * 2,
        crs=4326,
    )
    m = add_lines(lines, name="Lines", style="metro")
    assert page_of(m).tables["lines"]["status"] == [2, 5]
    with pytest.raises(InputError, match="tram"):
        add_lines(lines, name="Lines", style="kind")


def test_a_metric_frame_is_brought_to_degrees(zones):
    m = add_choropleth(zones.to_crs(4549), column="time_min", name="A")
    west, south, _, _ = page_of(m).bounds
    assert (west, south) == (pytest.approx(121, abs=1e-3), pytest.approx(31, abs=1e-3))


def test_points_of_a_user_show_the_columns_that_they_ask_for():
    points = gpd.GeoDataFrame(
        {"who": ["x"], "size": [3]}, geometry=gpd.points_from_xy([121.0], [31.0]), crs=4326
    )
    m = add_points(points, name="Mine", popup_columns=["who", "size"])
    assert [r["field"] for r in page_of(m).groups[0]["popup"]["rows"]] == ["who", "size"]
    assert page_of(m).tables["points"]["fields"]["size"] == [3]


def test_a_value_on_a_limit_belongs_to_the_class_above():
    assert classes([30.0], breaks=[30, 60]) == [1]
    assert len(ramp_styles("time", breaks=[30, 60])) == 3


def test_one_colour_means_one_thing():
    hues = {}
    for table in (LINES, POINTS):
        for key, style in table.items():
            colour = style.get("color") or style["fill"]
            hues.setdefault(colour.lower(), set()).add(
                key.split(".")[-1].replace("metro_intercity", "suburban")
            )
    shared = {c: k for c, k in hues.items() if len(k) > 1}
    shared.pop("#ffffff", None)
    # rail and its points, highway and its points, water and ports, and towns of either kind share on purpose
    allowed = [
        {"high_speed", "rail"},
        {"expressway", "road"},
        {"water", "port"},
        {"airport", "air"},
        {"town", "zone", "other"},
        {"plan"},
        {"origin"},
    ]
    assert all(any(kinds <= group for group in allowed) for kinds in shared.values()), shared


def test_ramps_grow_darker_or_paler_throughout():
    def light(colour: str) -> float:
        r, g, b = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    for name, ramp in RAMPS.items():
        steps = [light(c) for c in ramp]
        assert steps == sorted(steps) or steps == sorted(steps, reverse=True), name


def test_every_status_has_a_line_pattern():
    from yrdgis.maps.style import STATUS

    assert {str(v) for v in STATUS_CODE.values()} == set(STATUS)
    patterns = [str(s["dash"]) for s in STATUS.values()]
    assert len(set(patterns)) == len(patterns)
    assert AREAS["water"]["fill"] != AREAS["land"]["fill"]


def test_isochrones_are_rings_that_do_not_overlap():
    from shapely.geometry import Point

    discs = [Point(121, 31).buffer(r) for r in (0.3, 0.1, 0.2)]
    rings = gpd.GeoDataFrame({"cutoff_min": [90, 30, 60]}, geometry=discs, crs=4326)
    page = page_of(yrdgis.maps.add_isochrones(rings))
    assert [s["label"]["en"] for s in page.groups[0]["styles"]] == ["≤ 30", "30–60", "60–90"]
    assert [len(parts) for parts in page.tables["isochrones"]["parts"]] == [1, 2, 2]
    with pytest.raises(InputError, match="blanks"):
        yrdgis.maps.add_isochrones(rings.assign(cutoff_min=[90, None, 60]))


def test_flows_widen_with_their_value_and_both_ways_stay_apart():
    flows = pd.DataFrame(
        {
            "from_lon": [121.4, 120.6, 121.0],
            "from_lat": [31.2, 31.3, 31.0],
            "to_lon": [120.6, 121.4, 121.1],
            "to_lat": [31.3, 31.2, 31.0],
            "people": [9000, 400, None],
            "from_name": ["A", "B", "C"],
            "to_name": ["B", "A", "D"],
        }
    )
    page = page_of(yrdgis.maps.add_flows(flows, column="people", breaks=[1000]))
    table, group = page.tables["flows"], page.groups[0]
    assert table["n"] == 2
    widths = [group["styles"][i]["width"][0] for i in group["style"]]
    assert widths == sorted(widths)
    assert table["fields"]["name"] == ["B → A", "A → B"]
    assert table["parts"][0] != table["parts"][1]
