"""Small multiples: groups of one choice and one legend, set beside each other."""

import geopandas as gpd
import pytest
from shapely.geometry import box

from yrdgis.errors import InputError
from yrdgis.maps import add_choropleth, add_small_multiples, beside, page_of


@pytest.fixture
def zones() -> gpd.GeoDataFrame:
    """Two squares; both get nearer from year to year."""
    return gpd.GeoDataFrame(
        {"name": ["a", "b"], "y1": [80.0, 40.0], "y2": [60.0, 35.0], "y3": [50.0, None]},
        geometry=[box(121, 31, 121.2, 31.2), box(121.2, 31, 121.4, 31.2)],
        crs=4326,
    )


COLUMNS = {"y1": ("一", "one"), "y2": ("二", "two"), "y3": ("三", "three")}


def test_each_column_is_a_group_of_one_choice_and_one_table(zones):
    page = page_of(add_small_multiples(zones, columns=COLUMNS, breaks=[45, 70], ramp="time"))
    assert page.multiples == {"ids": ["multiple-0", "multiple-1", "multiple-2"], "first": True}
    assert list(page.tables) == ["multiple"]
    assert [g["title"]["zh"] for g in page.groups] == ["一", "二", "三"]
    assert [g["on"] for g in page.groups] == [True, False, False]
    told = [[g["styles"][i]["label"]["en"] for i in g["style"]] for g in page.groups]
    assert told == [["≥ 70", "< 45"], ["45–70", "< 45"], ["45–70", "no way there or no data"]]


def test_classes_rest_on_the_values_of_all_maps(zones):
    page = page_of(add_small_multiples(zones, columns=COLUMNS, show=False))
    legends = [[s["label"]["en"] for s in g["styles"]] for g in page.groups]
    assert legends[0] == legends[1] == legends[2]
    assert page.multiples["first"] is False


def test_faults_are_told(zones):
    with pytest.raises(InputError, match="at least two"):
        add_small_multiples(zones, columns={"y1": "one"})
    with pytest.raises(InputError, match="no column 'y9'"):
        add_small_multiples(zones, columns={"y1": "one", "y9": "nine"})
    m = add_choropleth(zones, column="y1", name="A", key="a", choice="x", breaks=[50])
    add_choropleth(zones, m, column="y2", name="B", key="b", choice="x", breaks=[60])
    with pytest.raises(InputError, match="same classes"):
        beside(m, ["a", "b"])
    with pytest.raises(InputError, match="no group 'c'"):
        beside(m, ["a", "c"])
