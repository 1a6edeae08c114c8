"""Encodings of Chinese text: by what is declared, and by how the text reads."""

from __future__ import annotations

import shutil

import pytest
from realdata import real

from yrdgis.doctor import examine
from yrdgis.io.encodings import guess_encoding, mend_mojibake, same_encoding
from yrdgis.io.vectorfile import open_vector

SIMPLIFIED = ["安亭镇", "淀山湖镇", "吴江区", "沪宁高速", "上海虹桥站", "独墅湖大道"]
TRADITIONAL = ["淡水鎮", "鹽埕區", "捷運板南線", "福爾摩沙高速公路", "國立臺灣大學", "龍山寺站"]
DISTRICTS = ["宝山区", "杨浦区", "闵行区"]


@pytest.mark.parametrize(
    ("texts", "written", "told"),
    [
        (SIMPLIFIED, "gbk", "gb18030"),
        (SIMPLIFIED, "utf-8", "utf-8"),
        (SIMPLIFIED, "utf-8-sig", "utf-8-sig"),
        (SIMPLIFIED, "utf-16", "utf-16"),
        (TRADITIONAL, "big5", "big5"),
        (TRADITIONAL, "utf-8", "utf-8"),
        (TRADITIONAL, "gbk", "gb18030"),
        (["Suzhou", "Wuxi"], "utf-8", "ascii"),
    ],
)
def test_text_is_told_by_how_it_reads(texts, written, told):
    assert guess_encoding("\n".join(texts).encode(written)).encoding == told


def test_two_equal_readings_are_not_sure():
    guess = guess_encoding("甪直".encode("gbk"))
    assert guess.encoding is None
    assert guess.scores["gb18030"] > 0


def test_bytes_of_no_encoding_are_not_sure():
    assert guess_encoding(b"\xff\xff\xff\xff\xff").encoding is None


@pytest.mark.parametrize(("wrong", "right"), [("latin-1", "gbk"), ("latin-1", "utf-8"), ("latin-1", "big5")])
def test_a_saved_wrong_reading_is_undone(wrong, right):
    texts = TRADITIONAL if right == "big5" else SIMPLIFIED
    mended = mend_mojibake([t.encode(right).decode(wrong) for t in texts])
    assert mended is not None
    assert mended.texts == texts
    assert mended.lost == 0


def test_a_wrong_reading_that_lost_bytes_is_mended_where_it_can_be():
    texts = ["安亭镇", "花桥", "吴江", "虹桥", "嘉定", "松江"]
    spoilt = [t.encode("utf-8").decode("gb18030", "replace") for t in texts]
    mended = mend_mojibake(spoilt)
    assert mended is not None
    assert mended.lost == sum("\ufffd" in t for t in spoilt) > 0
    assert [m for m, s in zip(mended.texts, spoilt, strict=True) if "\ufffd" not in s] == [
        t for t, s in zip(texts, spoilt, strict=True) if "\ufffd" not in s
    ]


@pytest.mark.parametrize("texts", [SIMPLIFIED, TRADITIONAL, ["Zürich", "Genève"], ["Москва"], ["東京駅"], []])
def test_good_text_is_left_alone(texts):
    assert mend_mojibake(texts) is None


@pytest.mark.parametrize(("one", "other"), [("cp936", "gbk"), ("GB2312", "gb18030"), ("UTF8", "utf-8-sig")])
def test_names_of_one_encoding_agree(one, other):
    assert same_encoding(one, other)


@pytest.mark.parametrize(
    ("folder", "told_by"),
    [("shanghai_shp", "code-page byte 0x4D"), ("shanghai_shp_gbk_no_ldid", "reads as ordinary")],
)
def test_gbk_shapefile_is_told_by_its_header_or_its_text(folder, told_by):
    opened = open_vector(real(f"awkward/{folder}/区县界_area.shp"))
    assert len(opened.frame) == 17
    assert opened.frame["NAME"].head(3).tolist() == DISTRICTS
    assert same_encoding(opened.encoding, "gbk")
    assert told_by in opened.dbf.why


def test_a_cpg_that_the_text_contradicts_is_reported(tmp_path):
    source = real("awkward/shanghai_shp_gbk_no_ldid/区县界_area.shp")
    for part in source.parent.iterdir():
        shutil.copy(part, tmp_path / part.name)
    (tmp_path / "区县界_area.cpg").write_text("UTF-8")
    diagnosis = examine(tmp_path / "区县界_area.shp")
    assert same_encoding(diagnosis.encoding.verdict, "gbk")
    assert "utf-8" in diagnosis.encoding.conflict
    assert "wrong declaration" in [f.verdict for f in diagnosis.findings]


def test_gbk_table_is_read_and_its_names_kept(tmp_path):
    place = tmp_path / "镇.csv"
    place.write_bytes("名称,经度,纬度\n安亭镇,121.16,31.29\n淀山湖镇,121.0,31.17\n".encode("gbk"))
    diagnosis = examine(place)
    assert diagnosis.verdict("encoding") == "gb18030"
    assert diagnosis.opened.frame["名称"].tolist() == ["安亭镇", "淀山湖镇"]


def test_a_character_cut_off_by_the_field_width_is_reported(tmp_path):
    source = real("awkward/shanghai_shp/区县界_area.shp")
    for part in source.parent.iterdir():
        shutil.copy(part, tmp_path / part.name)
    table = bytearray((tmp_path / "区县界_area.dbf").read_bytes())
    header, width = int.from_bytes(table[8:10], "little"), int.from_bytes(table[10:12], "little")
    field = table[32 + 16]
    table[header + 1 : header + 1 + field] = ("区" * field).encode("gbk")[: field - 2] + b"a\xc7"
    (tmp_path / "区县界_area.dbf").write_bytes(table)
    assert width > field
    opened = open_vector(tmp_path / "区县界_area.shp")
    assert opened.frame["NAME"].iloc[1] == "杨浦区"
    assert opened.frame["NAME"].iloc[0].startswith("区区")
    assert [r.rows for r in opened.repairs if "end within a character" in r.what] == [(0,)]


def test_bytes_lost_for_good_are_told(tmp_path):
    text = "name,lon,lat\n" + "".join(f"涓婃捣铏规ˉ绔\ufffd{i},121,31\n" for i in range(5))
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    verdict = examine(tmp_path / "a.csv").encoding
    assert verdict.verdict == "not sure"
    assert "lost bytes for good" in verdict.why
