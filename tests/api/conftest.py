"""The contract of the Python API, run once, word for word, on the shipped layers."""

from __future__ import annotations

import ast
import contextlib
import os
from pathlib import Path
from typing import Any

import matplotlib
import pytest

matplotlib.use("Agg")

CONTRACT = """\
import yrdgis as yg
area = yg.load()                                   # or yg.load("my_region/")
eve, now = area.network("plan-eve"), area.network("today")
t = now.times("虹桥", to="districts")              # GeoDataFrame: door to door, minutes
t.yrd.map().save("hongqiao.html")                  # one offline file
now.path("人民广场", "湖州").tell("zh")             # legs in words
yg.compare(eve, now, origins="虹桥").map(by="project")
now.without("沪苏湖").times("湖州", to="上海")
yg.isochrones(now, "station:上海虹桥", [30, 60, 90]).explore()
yg.value(area.projects(in_plan=True), base=eve).by_city().plot()
area.clause("沪苏湖")                              # quote, what the plan asks, status, projects
"""
"""What a planner types."""


class Contract:
    """The names that the contract leaves behind, and what each line that is an expression gave."""

    def __init__(self, folder: Path) -> None:
        self.names: dict[str, Any] = {}
        self.given: list[tuple[str, Any]] = []
        self.folder = folder
        self.text = CONTRACT
        with contextlib.chdir(folder):
            for node in ast.parse(CONTRACT).body:
                line = ast.unparse(node)
                if isinstance(node, ast.Expr):
                    self.given.append((line, eval(line, self.names)))
                else:
                    exec(line, self.names)

    def of(self, part: str) -> Any:
        """What the line gave that has this text in it."""
        (found,) = [value for line, value in self.given if part in line]
        return found


@pytest.fixture(scope="session")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    """The contract, run; tests that use it belong to the xdist group "contract"."""
    assert not os.environ.get("YRDGIS_LAYERS")
    return Contract(tmp_path_factory.mktemp("contract"))


@pytest.fixture(scope="session")
def area(contract: Contract) -> Any:
    return contract.names["area"]


@pytest.fixture(scope="session")
def eve(contract: Contract) -> Any:
    return contract.names["eve"]


@pytest.fixture(scope="session")
def now(contract: Contract) -> Any:
    return contract.names["now"]


@pytest.fixture(scope="session")
def worth(area: Any, eve: Any) -> Any:
    """What the projects of the plan are worth, without ranges, which take most of the time."""
    import yrdgis as yg

    return yg.value(area.projects(in_plan=True), base=eve, range_=False)
