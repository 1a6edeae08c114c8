"""What projects are worth, as a planner asks for it."""

from __future__ import annotations

import pytest

import yrdgis as yg
from yrdgis.errors import InputError

pytestmark = pytest.mark.xdist_group("contract")


def test_the_plan_is_valued_in_one_line_and_drawn(worth):
    ax = worth.by_city().plot()
    assert any("沪苏湖" in label.get_text() or "husuhu" in label.get_text() for label in ax.get_yticklabels())
    assert len(ax.get_xticklabels()) == 9
    bars = worth.plot()
    assert len(bars.patches) == int((worth.value.frame["worth"] != 0).sum())


def test_the_map_is_one_offline_file_with_reasons(worth, tmp_path):
    worth.map().save(str(tmp_path / "worth.html"))
    page = (tmp_path / "worth.html").read_text(encoding="utf-8")
    assert "default-src 'none'" in page
    assert "沪苏湖" in page
    assert "仅增加能力" in page
    none = yg.value(["pvg-phase-4"], base=worth.area.network("plan-eve"), range_=False)
    with pytest.raises(InputError, match="nothing to map"):
        none.map()


def test_every_project_of_the_plan_has_a_worth_or_a_reason(worth):
    frame = worth.frame
    assert frame.crs.to_epsg() == 4326
    assert set(frame["project_id"]) == set(worth.area.projects(in_plan=True)["project_id"])
    assert frame.loc[frame["worth"] == 0, "reason_zh"].ne("").all()
    assert frame["worth"].sum() == pytest.approx(worth.meta["joint"][""], rel=1e-12)
    assert worth.meta["computed_by"] == "closed form"
    assert worth.meta["exact"]


def test_hutong_and_beiyanjiang_need_each_other(worth):
    pairs = {frozenset((row.project_id, row.other_id)) for row in worth.complements(3).itertuples()}
    assert frozenset(("project:beiyanjiang", "project:hutong-2")) in pairs


def test_frames_without_ids_are_refused(worth):
    area = worth.area
    with pytest.raises(InputError, match="project_id"):
        yg.value(area.projects()[["name"]], base=area.network("plan-eve"))
