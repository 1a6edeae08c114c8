from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from yrdgis.errors import InputError
from yrdgis.reports.tables import Column, Table, write_csv, write_workbook

DAY = dt.date(2026, 11, 1)


@pytest.fixture
def table() -> Table:
    frame = pd.DataFrame(
        {
            "name_zh": ["上海", "=cmd|' /C calc'!A0", "湖州\x07"],
            "time_min": [12.34, float("nan"), 80.0],
            "status": ["operating", "planned", "planned"],
            "open": [True, False, True],
            "tags": [("a", "b"), (), ("c",)],
            "day": pd.to_datetime(["2024-12-26", None, "2030-01-01"]),
        }
    )
    columns = [
        Column("name_zh", "Name", "名称"),
        Column("time_min", "Travel time", "出行时间", "min", "分钟", decimals=0),
        Column(
            "status",
            "Status",
            "状态",
            codes={"operating": ("open", "已开通"), "planned": ("planned", "规划")},
        ),
        Column("open", "Open", "开通"),
        Column("tags", "Tags", "标签"),
        Column("day", "Day", "日期"),
    ]
    return Table("times", "Times", "时间", frame, columns, "rests on nothing", "无所据")


def test_headers_are_chinese_with_units_and_stay_in_view(table: Table, tmp_path: Path) -> None:
    write_workbook([table], tmp_path / "a.xlsx", title="t", created=DAY)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    sheet = book["时间"]
    assert sheet["B1"].value == "出行时间（分钟）\nTravel time (min)"
    assert sheet.freeze_panes == "B2"
    assert [cell.value for cell in sheet[2]][:5] == ["上海", 12, "已开通", "是 yes", "a; b"]
    assert book["目录 Contents"]["D2"].value == "无所据\nrests on nothing"
    assert ["状态", "planned", "规划", "planned"] in [
        [c.value for c in row] for row in book["代码表 Codes"].rows
    ]


def test_a_text_like_a_formula_is_a_text(table: Table, tmp_path: Path) -> None:
    write_workbook([table], tmp_path / "a.xlsx", title="t", created=DAY)
    cell = openpyxl.load_workbook(tmp_path / "a.xlsx")["时间"]["A3"]
    assert (cell.data_type, cell.value) == ("s", "=cmd|' /C calc'!A0")
    write_csv(table, tmp_path / "a.csv")
    assert pd.read_csv(tmp_path / "a.csv")["name_zh"][1].startswith("'=")


def test_what_is_missing_is_blank(table: Table, tmp_path: Path) -> None:
    write_workbook([table], tmp_path / "a.xlsx", title="t", created=DAY)
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["时间"]
    assert sheet["B3"].value is None
    assert sheet["F3"].value is None
    assert sheet["A4"].value == "湖州"


def test_equal_content_gives_equal_bytes(table: Table, tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_workbook([table], tmp_path / f"{name}.xlsx", title="t", created=DAY)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_a_column_that_is_not_there_is_told() -> None:
    with pytest.raises(InputError, match="no column 'b'"):
        Table("t", "T", "表", pd.DataFrame({"a": [1]}), [Column("b", "B", "乙")])
