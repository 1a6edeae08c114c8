"""What a version may be called, and what the change log and the package say of themselves."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

import pytest

import yrdgis

ROOT = Path(__file__).resolve().parents[1]
SEMANTIC = r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?"
KINDS = {"Added", "Changed", "Fixed", "Removed", "Data"}


def test_the_version_is_semantic():
    assert re.fullmatch(SEMANTIC, yrdgis.__version__)


def test_the_change_log_has_data_apart():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    titles = [version.splitlines()[0] for version in versions]
    assert titles[0] == "Unreleased"
    assert all(re.fullmatch(rf"{SEMANTIC} - \d{{4}}-\d\d-\d\d", title) for title in titles[1:])
    for version in versions:
        kinds = re.findall(r"^### (.*)$", version, flags=re.MULTILINE)
        assert set(kinds) <= KINDS
        assert len(kinds) == len(set(kinds))
    assert "### Data" in versions[0]


def test_only_interpreters_that_were_tried_are_claimed():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    claimed = [c.rsplit(" ", 1)[1] for c in project["classifiers"] if "Python :: 3." in c]
    assert project["requires-python"] == f">={claimed[0]}"
    assert claimed == sorted(claimed, key=lambda v: int(v.split(".")[1]))
    assert sys.version_info >= tuple(map(int, claimed[0].split(".")))


@pytest.mark.xdist_group("together")
def test_the_tests_of_a_group_stay_in_one_process(request):
    if not hasattr(request.config, "workerinput"):
        pytest.skip("one process runs all")
    assert request.node.nodeid.endswith("@together")
