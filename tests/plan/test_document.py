"""Register and text check each other: quotes that changed, sentences that no item maps."""

from __future__ import annotations

import pandas as pd
import pytest

from yrdgis.errors import InputError
from yrdgis.plan import check_document, headings, read_document, sentences
from yrdgis.plan.document import quote_hash

TEXT = """某地实施方案

二、聚焦重点

（三）完善基础设施

1.修铁路。建设甲乙高铁，推进车站。修好丙丁铁路。
10. 其他。什么都做。

(四) 保护环境

1.种树。多种树。
"""


def _items(*rows: tuple[str, str, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["item_id", "section", "quote"])
    return frame.assign(quote_sha256=[quote_hash(q) for q in frame["quote"]])


def test_headings_of_all_three_levels():
    assert [(h.section, h.level, h.title_zh) for h in headings(TEXT)] == [
        ("二", 1, "聚焦重点"),
        ("二（三）", 2, "完善基础设施"),
        ("二（三）1", 3, "修铁路"),
        ("二（三）10", 3, "其他"),
        ("二（四）", 2, "保护环境"),
        ("二（四）1", 3, "种树"),
    ]


def test_sentences_leave_titles_out_and_stop_at_the_section():
    assert sentences(TEXT, "二（三）") == [
        ("二（三）1", "建设甲乙高铁，推进车站"),
        ("二（三）1", "修好丙丁铁路"),
        ("二（三）10", "什么都做"),
    ]


def test_a_text_that_says_what_was_registered_is_ok():
    found = check_document(
        _items(("item:a", "二（三）1", "甲乙高铁"), ("item:b", "二（四）1", "多种树")), TEXT
    )
    assert found.ok
    assert found.quotes["in_section"].all()
    assert found.sentences == 3
    assert found.unmapped["sentence"].tolist() == ["修好丙丁铁路", "什么都做"]


def test_a_quote_that_is_not_there_is_named():
    found = check_document(_items(("item:a", "二（三）1", "甲乙高速铁路")), TEXT)
    assert not found.ok
    assert found.quotes["found"].tolist() == [False]
    assert len(found.unmapped) == 3


def test_a_quote_outside_its_section_is_told_apart():
    found = check_document(_items(("item:a", "二（四）1", "甲乙高铁")), TEXT)
    assert found.ok
    assert found.quotes["in_section"].tolist() == [False]


def test_a_changed_quote_no_longer_fits_its_hash():
    items = _items(("item:a", "二（三）1", "甲乙高铁")).assign(quote_sha256="0" * 16)
    assert not check_document(items, TEXT).ok


def test_a_windows_file_reads_like_any_other(tmp_path):
    file = tmp_path / "plan.txt"
    file.write_bytes(TEXT.replace("\n", "\r\n").encode("utf-8-sig"))
    items = _items(("item:a", "二（三）1", "甲乙高铁"))
    assert check_document(items, read_document(file)).sentences == 3


def test_gbk_text_is_read(tmp_path):
    file = tmp_path / "plan.txt"
    file.write_bytes(TEXT.encode("gb18030"))
    assert read_document(file) == TEXT


@pytest.mark.parametrize("data", [b"", b"   \n", b"\x00\x01\x02", b"\xff\xfe\xfd\xfc"])
def test_what_is_no_text_is_refused(tmp_path, data):
    file = tmp_path / "plan.txt"
    file.write_bytes(data)
    with pytest.raises(InputError, match="no text in UTF-8 or GB18030"):
        read_document(file)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(InputError, match="can't be read"):
        read_document(tmp_path / "plan.txt")
