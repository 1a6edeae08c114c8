"""What `yrdgis` offers, and how it is found by the Tab key."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

import yrdgis as yg
from yrdgis import api, network

pytestmark = pytest.mark.xdist_group("contract")

OFFERED = {
    # objects
    "Area", "Change", "DatedNetwork", "Isochrones", "Path", "Scenario", "Shares", "Worth", "YrdgisError",
    # doors
    "__version__", "compare", "isochrones", "load", "value",
    # measures
    "accessibility", "border_detours", "border_penalty", "borders", "centrality", "chains", "city_cuts",
    "cohesion", "connectivity", "efficiency", "equity", "hinterland", "interchange", "reach_change",
    "resilience", "targets", "weak_points",
}  # fmt: skip
ROOMS = {
    "crs", "doctor", "engine", "errors", "io", "maps", "metrics", "network", "plan", "reports", "scenarios",
    "settings", "units", "validation",
}  # fmt: skip


def test_what_yrdgis_offers_is_on_purpose() -> None:
    assert set(yg.__all__) == OFFERED
    assert list(yg.__all__) == sorted(yg.__all__)
    assert all(getattr(yg, name) is not None for name in yg.__all__)
    assert OFFERED - {"__version__"} <= set(api.__all__)


def test_the_tab_key_shows_that_and_the_rooms_and_nothing_else() -> None:
    public = {name for name in dir(yg) if not name.startswith("_")}
    assert public == (OFFERED | ROOMS) - {"__version__"}
    assert all(inspect.ismodule(getattr(yg, name)) for name in ROOMS)


def test_a_name_with_a_typing_error_gets_the_nearest() -> None:
    with pytest.raises(AttributeError, match="Did you mean isochrones"):
        _ = yg.isochrone


@pytest.mark.parametrize("module", [api, network])
def test_public_names_of_a_room_are_deliberate(module: object) -> None:
    names = {
        name
        for name in dir(module)
        if not name.startswith("_")
        and inspect.getmodule(getattr(module, name)) not in (None, module)
        and not inspect.ismodule(getattr(module, name))
        and str(getattr(getattr(module, name), "__module__", "")).startswith("yrdgis")
    }
    assert names == set(module.__all__)  # type: ignore[attr-defined]


def test_networks_of_ones_own_come_in_by_the_door_of_the_network() -> None:
    for name in ("import_osm", "import_place", "lines_to_network", "open_lines", "read_gmns", "join"):
        assert callable(getattr(network, name))


def test_importing_costs_nothing_heavy() -> None:
    code = (
        "import sys, yrdgis, yrdgis.cli; dir(yrdgis)\n"
        "heavy = {'pandas', 'geopandas', 'numpy', 'scipy', 'numba', 'folium', 'matplotlib'} & set(sys.modules)\n"
        "sys.exit(', '.join(heavy) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_tab_key_lists_layers_projects_scenarios_and_places(area: yg.Area) -> None:
    assert {"cities", "rail_links", "projects", "scenarios", "import_osm"} <= set(dir(area))
    for keyed in (area, area.layers):
        assert keyed._ipython_key_completions_() == list(area.layers)
    assert {"project:husuhu-hsr", "沪苏湖铁路"} & set(area.projects._ipython_key_completions_())
    assert area.scenarios._ipython_key_completions_() == list(area.scenarios)
    assert {"plan-eve", "today", "2030"} <= set(area.scenarios)
    assert {"station:shanghai-hongqiao", "昆山市"} <= set(area.places._ipython_key_completions_())
    assert "project_id" in area.layers.schema("projects")._ipython_key_completions_()


def test_all_that_the_tab_key_lists_can_be_taken(area: yg.Area) -> None:
    assert all(len(area.projects[name]) == 1 for name in list(area.projects)[:3])
    assert all(area.scenarios[name].name == name for name in area.scenarios)
    assert all(area.places[name].id == name for name in list(area.places)[:100])
    assert "沪苏湖" in area.projects
    assert "nowhere" not in area.projects
    assert len(area.projects) == len(area.layers["projects"])


def test_the_measures_are_listed_by_the_module(now: yg.DatedNetwork) -> None:
    from yrdgis.cli.measure import MEASURES

    calls = {"cuts": "city_cuts"}
    assert {calls.get(name, name.replace("-", "_")) for name in MEASURES} <= set(dir(yg))
    assert {"times", "path", "without", "with_", "join", "skim"} <= set(dir(now))
