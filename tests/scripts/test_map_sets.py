"""Sets of maps that scripts make: whole, the same every time, and with the exit codes of the command line."""

from __future__ import annotations

import json
import runpy
from collections.abc import Callable
from pathlib import Path

import folium
import pytest
from click.testing import CliRunner
from conftest import TOY

import yrdgis as yg
from yrdgis import cli, settings
from yrdgis.errors import InputError, OutputError
from yrdgis.maps import new_map

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Run a script on the made-up region in an empty folder; gives its exit code."""
    monkeypatch.chdir(tmp_path)

    def call(name: str, *args: str) -> int:
        main = runpy.run_path(str(SCRIPTS / f"map_set_by_{name}.py"))["main"]
        with settings.override(layers_dir=str(TOY)), pytest.raises(SystemExit) as ended:
            cli.run(main, list(args), prog_name=name)
        return int(ended.value.code or 0)

    return call


def test_a_set_by_date_is_whole_and_the_same_twice(
    run: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--from", "甲西", "--dates", "2021-01-01,today"]
    assert [run("date", f"maps{n}", *asked) for n in (1, 2)] == [0, 0]
    assert capsys.readouterr().out.split() == [str(Path(f"maps{n}") / "index.html") for n in (1, 2)]
    one, two = (tmp_path / f"maps{n}" for n in (1, 2))
    pages = {"times-2021-01-01.html", "times-today.html", "gained-today.html"}
    assert {path.name for path in one.iterdir()} == pages | {"index.html", "manifest.json"}
    assert all(path.read_bytes() == (two / path.name).read_bytes() for path in one.iterdir())
    index = (one / "index.html").read_text(encoding="utf-8")
    assert all(f'href="{page}"' in index for page in pages)
    assert "2021-01-01" in index
    assert "http" not in index.replace("http-equiv", "")


def test_a_set_by_city_has_a_page_for_each(run: Callable[..., int], tmp_path: Path) -> None:
    assert run("city", "--before", "2021-01-01") == 0
    cities = yg.load(TOY).cities["city_id"].str.replace(":", "-")
    files = json.loads((tmp_path / "maps_by_city" / "manifest.json").read_text(encoding="utf-8"))["files"]
    assert set(files) == {f"{city}.html" for city in cities} | {"index.html"}


@pytest.mark.parametrize(
    ("args", "code", "told"),
    [
        (["--dates", "2021-13-01", "--from", "甲西"], 1, "Error: "),
        (["--dates", "today", "--from", "无此地"], 1, "No place is called"),
        (["--mode", "flying"], 2, "Invalid value for '--mode'"),
        (["--nope"], 2, "No such option"),
    ],
)
def test_exit_codes_are_those_of_the_command_line(
    run: Callable[..., int],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    args: list[str],
    code: int,
    told: str,
) -> None:
    assert run("date", *args) == code
    assert told in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_scripts_tell_how_they_are_called() -> None:
    for name in ("date", "city", "cluster"):
        main = runpy.run_path(str(SCRIPTS / f"map_set_by_{name}.py"))["main"]
        told = CliRunner().invoke(main, ["--help"]).output
        assert "Usage:" in told
        assert "--mode" in told


def test_a_folder_of_someone_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match="Won't replace"):
        yg.load(TOY).map_set({"a": new_map}, tmp_path, title=("一", "one"))
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_nothing_is_left_behind_when_a_map_fails(tmp_path: Path) -> None:
    def broken() -> folium.Map:
        raise InputError("no such map")

    with pytest.raises(InputError, match="no such map"):
        yg.load(TOY).map_set({"a": new_map, "b": broken}, tmp_path / "maps", title=("一", "one"))
    assert not list(tmp_path.iterdir())
    with pytest.raises(InputError, match=r"can't be names of pages: '../a'"):
        yg.load(TOY).map_set({"../a": new_map}, tmp_path / "maps", title=("一", "one"))


@pytest.mark.xdist_group("contract")
def test_a_cluster_has_a_map_with_its_cohesion(layers) -> None:
    from yrdgis.maps import page_of

    area = yg.Area(layers)
    assert len(area.cluster_ids()) == len(layers["clusters"])
    now = area.network("today")
    page = page_of(now.cluster_map("安亭-花桥", before=now))
    assert page.title["zh"] == "安亭-花桥-白鹤跨省城镇圈"
    told = {figure["label"]["en"]: figure["value"] for figure in page.figures}
    assert 0 < told[f"cohesion index {layers.valid_on}"] <= 100
    assert len(page.figures) == 4
    with pytest.raises(InputError, match="no cluster"):
        now.cluster_map("火星")
