"""Names as planners type them, on the shipped layers and on the made-up region."""

from __future__ import annotations

import pytest

from yrdgis.errors import AmbiguousNameError, InputError, UnknownNameError
from yrdgis.io import Resolver
from yrdgis.io.names import split_names


@pytest.fixture(scope="module")
def region(layers):
    return Resolver(layers)


@pytest.fixture(scope="module")
def small(toy):
    return Resolver(toy)


@pytest.mark.parametrize(
    ("name", "mode", "place_id"),
    [
        ("station:shanghai-hongqiao", "door", "station:shanghai-hongqiao"),
        ("station:上海虹桥", "door", "station:shanghai-hongqiao"),
        ("虹桥", "door", "station:shanghai-hongqiao"),
        ("虹桥", "rail", "station:shanghai-hongqiao"),
        ("上海虹桥", "rail", "station:shanghai-hongqiao"),
        ("上海虹桥站", "rail", "station:shanghai-hongqiao"),
        ("SHANGHAI HONGQIAO", "rail", "station:shanghai-hongqiao"),
        ("湖州", "rail", "station:huzhou"),
        ("湖州", "door", "city:huzhou"),
        ("湖州市", "drive", "city:huzhou"),
        ("Huzhou", "drive", "city:huzhou"),
        ("苏州北", "rail", "station:suzhou-bei"),
        ("南通西", "rail", "station:nantong-xi"),
        ("昆山", "drive", "district:320583"),
        ("昆山市", "rail", "district:320583"),
        ("浦东", "door", "district:310115"),
        ("舟山", "drive", "city:zhoushan"),
        ("人民广场", "door", "metro:sh-renminguangchang"),
        ("人民广场", "drive", "metro:sh-renminguangchang"),
        ("虹桥机场", "door", "airport:sha"),
        ("洋山港", "freight", "port:yangshan"),
    ],
)
def test_names_of_the_region(region, name, mode, place_id):
    place = region.resolve(name, mode)
    assert place.id == place_id
    assert 118 < place.lon < 124
    assert 27 < place.lat < 34


def test_a_city_by_rail_comes_with_its_operating_stations(region, layers):
    shanghai = region.resolve("city:shanghai", "rail")
    stations = layers["rail_stations"].set_index("station_id")
    assert shanghai.kind == "city"
    assert "station:shanghai-hongqiao" in [m.id for m in shanghai.members]
    assert all(stations.at[m.id, "status"] == "operating" for m in shanghai.members)
    assert all(stations.at[m.id, "city_id"] == "city:shanghai" for m in shanghai.members)
    assert region.resolve("city:shanghai", "door").members == ()


def test_every_short_name_means_a_place(region, layers):
    for short, place_id, modes in layers["short_names"][["short_name", "place_id", "modes"]].itertuples(
        index=False
    ):
        for mode in modes or ("door", "drive", "rail", "freight"):
            assert region.resolve(short, mode).id == place_id


def test_every_id_and_every_unambiguous_name_comes_back(region):
    gazetteer = region.gazetteer
    for place_id in gazetteer.places:
        assert region.resolve(place_id).id == place_id
    for kind in ("city", "district"):
        for place_id in gazetteer.of_kind[kind]:
            name = gazetteer.places[place_id].name_zh
            if name != "普陀区":
                assert region.resolve(f"{kind}:{name}").id == place_id


def test_two_districts_are_called_putuo_and_their_city_tells_them_apart(region):
    with pytest.raises(
        AmbiguousNameError, match=r"普陀区 \(上海市, district:310107\); 普陀区 \(舟山市, district:330903\)"
    ):
        region.resolve("普陀")
    assert region.resolve("上海普陀").id == "district:310107"
    assert region.resolve("舟山市普陀区").id == "district:330903"


def test_groups(region, small, layers):
    assert len(region.resolve_all("districts")) == len(layers["districts"])
    assert len(region.resolve_all("cities", "rail")) == len(layers["cities"])
    assert [p.id for p in small.resolve_all("区县")] == [p.id for p in small.group("districts")]
    assert [p.id for p in small.resolve_all("stations", "rail")] == [
        "station:jiazhou",
        "station:jiadong",
        "station:yizhou",
    ]
    with pytest.raises(UnknownNameError, match="This region has no metro_stations"):
        small.group("metro_stations")
    with pytest.raises(UnknownNameError, match="No group named 'villages'"):
        small.group("villages")


def test_endings_are_optional_but_never_exchanged(small):
    assert small.resolve("甲州").id == "city:jiazhou"
    assert small.resolve("甲州", "rail").id == "station:jiazhou"
    assert small.resolve("甲州市", "rail").id == "city:jiazhou"
    assert small.resolve("乙东", "door").id == "district:980122"
    assert small.resolve("桥镇").id == "town:yixi-qiaozhen"
    with pytest.raises(UnknownNameError):
        small.resolve("乙东市")


def test_namesakes_are_listed(small):
    with pytest.raises(AmbiguousNameError) as told:
        small.resolve("柳镇")
    message = str(told.value)
    assert "柳镇 (甲东区, town:jiadong-liuzhen)" in message
    assert "柳镇 (乙东县, town:yidong-liuzhen)" in message
    assert message.endswith("Give the id.")
    assert small.resolve("town:yidong-liuzhen").id == "town:yidong-liuzhen"
    assert small.resolve("乙东柳镇").id == small.resolve("乙州市柳镇").id == "town:yidong-liuzhen"


def test_namesakes_of_another_kind_do_not_matter(small):
    """甲州 is a city and a station: the mode decides, and neither is an error."""
    assert small.resolve("甲州", "door").kind == "city"
    assert small.resolve("甲州", "rail").kind == "station"


@pytest.mark.parametrize(
    ("name", "offered"),
    [
        ("Kunshn", "昆山市"),
        ("上海红桥", "上海虹桥"),
        ("湖洲", "湖州市"),
        ("station:shanghai-hongqia", "station:shanghai-hongqiao"),
    ],
)
def test_an_unknown_name_is_told_with_the_nearest(region, name, offered):
    with pytest.raises(UnknownNameError, match="Did you mean") as told:
        region.resolve(name)
    assert offered in str(told.value)
    assert "\n" not in str(told.value)


def test_an_unknown_kind_is_told(small):
    with pytest.raises(
        UnknownNameError, match=r"Nothing has the id 'village:x'.*Ids begin with city, district"
    ):
        small.resolve("village:x")
    with pytest.raises(InputError, match="No mode 'bike'"):
        small.resolve("甲州", "bike")


@pytest.mark.parametrize(
    ("text", "place_id"),
    [
        ("121.4737/31.2304", "point:121.4737/31.2304"),
        (" 121.47370 / 31.23040 ", "point:121.4737/31.2304"),
        ("119.9/30", "point:119.9/30"),
    ],
)
def test_points(small, text, place_id):
    place = small.resolve(text)
    assert (place.id, place.kind) == (place_id, "point")
    assert small.resolve(place.id) == place


def test_points_off_the_globe(small):
    with pytest.raises(InputError, match="seems to be written lat/lon"):
        small.resolve("31.2304/121.4737")
    with pytest.raises(InputError, match="is no point in degrees"):
        small.resolve("500/95")


def test_points_far_from_the_region_are_refused(small):
    with pytest.raises(InputError, match=r"-0\.1/51 is 10,419 km from the nearest place of this region"):
        small.resolve("-0.1/51")


def test_a_name_like_none_is_told_where_the_region_is(small):
    with pytest.raises(UnknownNameError, match="The region has 甲州市、乙州市"):
        small.resolve("拉萨")


def test_a_wrong_character_in_a_short_name_is_offered_first(layers):
    with pytest.raises(UnknownNameError, match=r"Did you mean 上海虹桥.* or"):
        Resolver(layers).resolve("红桥")


def test_a_name_that_something_bears_goes_before_one_put_together(layers):
    assert Resolver(layers).resolve("上海虹桥").kind in ("station", "destination")
    assert Resolver(layers).resolve("长宁虹桥").id == "town:changning-hongqiao"


def test_lists_keep_their_order_and_name_each_place_once(small):
    places = small.resolve_all("乙州，甲州、甲州市, 120.1/30.05")
    assert [p.id for p in places] == ["city:yizhou", "city:jiazhou", "point:120.1/30.05"]
    assert [p.id for p in small.resolve_all(["甲州"])] == ["city:jiazhou"]
    assert split_names(" a ,, b ") == ["a", "b"]


def test_all_that_is_wrong_is_told_at_once(small):
    with pytest.raises(InputError) as told:
        small.resolve_all("甲州, nowhere, 柳镇, 95/500")
    lines = str(told.value).splitlines()
    assert lines[0] == "names: 3 problems"
    assert [
        word in line for word, line in zip(("'nowhere'", "'柳镇'", "95.0/500.0"), lines[1:], strict=True)
    ] == [True] * 3


def test_one_wrong_name_keeps_its_kind_of_error(small):
    with pytest.raises(AmbiguousNameError):
        small.resolve_all("甲州, 柳镇")
    with pytest.raises(InputError, match="No names are given"):
        small.resolve_all(" , ")
    with pytest.raises(InputError, match="5,000 characters"):
        small.resolve("长" * 5000)
    with pytest.raises(InputError, match="A name is empty"):
        small.resolve("  ")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
def test_files_of_names_in_any_usual_encoding(small, tmp_path, encoding):
    file = tmp_path / "名单.csv"
    file.write_text("name,remark\n甲州,一\n乙东县,二\n\n甲州市,三\n", encoding=encoding)
    assert [p.id for p in small.resolve_all(str(file))] == ["city:jiazhou", "district:980122"]


def test_files_of_ids_and_of_points(small, tmp_path):
    ids = tmp_path / "ids.csv"
    ids.write_text("Name,ID\nx,town:yixi-qiaozhen\n", encoding="utf-8")
    assert [p.id for p in small.resolve_all(ids)] == ["town:yixi-qiaozhen"]
    points = tmp_path / "points.csv"
    points.write_text("name,lat,lon\n工厂,30.05,120.1\n", encoding="utf-8")
    (place,) = small.resolve_all(points)
    assert (place.id, place.name_zh, place.lon, place.lat) == ("point:120.1/30.05", "工厂", 120.1, 30.05)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "the file is empty"),
        (b"name\n", "a header and no rows"),
        (b"title\nx\n", "it needs 'name' or 'id', or 'lon' and 'lat'"),
        (b"name\nx\x00\n", "NUL bytes"),
        (b"name\n\xff\xff\xff\n", "neither UTF-8 nor GB 18030"),
        (b"lon,lat\n121.5,x\n122,\n121.1,31\n", "2 problems"),
        (b"lon,lat\n31.2,121.5\n", "row 2: .*seems to be written lat/lon"),
        ("name\n甲州\nnowhere\nneither\n".encode(), "2 problems"),
        (b'name,x\n"open\n', "not a readable CSV"),
        (b"id,name\n,x\n", "column 'id' is empty in row 2"),
    ],
)
def test_files_at_fault_get_a_clear_message(small, tmp_path, content, told):
    file = tmp_path / "names.csv"
    file.write_bytes(content)
    with pytest.raises(InputError, match=told):
        small.resolve_all(file)


def test_a_file_that_is_not_there(small, tmp_path):
    with pytest.raises(InputError, match="there is no such file"):
        small.resolve_all(tmp_path / "none.csv")


def test_a_file_may_have_chinese_titles_in_gbk_and_is_named_in_errors(small, tmp_path):
    file = tmp_path / "places.csv"
    file.write_bytes("名称,经度,纬度\n甲地,120.1,30.05\n".encode("gbk"))
    assert [(p.name_zh, p.id) for p in small.resolve_all(file)] == [("甲地", "point:120.1/30.05")]
    file.write_bytes("名称\n甲州\n拉萨\n".encode("gbk"))
    with pytest.raises(UnknownNameError, match=r"places\.csv, row 3: No place is called '拉萨'"):
        small.resolve_all(file)
