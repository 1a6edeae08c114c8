"""``skim`` and ``path`` in mode freight, as a script meets them."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from yrdgis.cli import cli, main
from yrdgis.metrics.skim import FREIGHT_COLUMNS, SKIM_COLUMNS


def run(*args: str) -> str:
    result = CliRunner().invoke(cli, list(args), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize("impedance", ["total", "cost"])
def test_skim_has_money_and_co2_of_a_box(impedance):
    args = ("skim", "--from", "湖州", "--to", "洋山,外高桥", "--mode", "freight", "--impedance", impedance)
    document = json.loads(run(*args, "--json"))
    rows = document["rows"]
    assert tuple(rows[0]) == (*SKIM_COLUMNS, *FREIGHT_COLUMNS)
    assert [row["to_id"] for row in rows] == ["port:yangshan", "port:waigaoqiao"]
    assert all(row[column] > 0 for row in rows for column in (*SKIM_COLUMNS[6:], *FREIGHT_COLUMNS))
    assert document["meta"]["mode"] == "freight"
    assert "cost_cny_teu" in run(*args).splitlines()[0]


def test_path_tells_the_chain_from_a_point():
    told = run("path", "--from", "120.62/31.30", "--to", "洋山", "--mode", "freight", "--impedance", "total")
    assert "集卡走" in told
    assert "Truck via" in told
    document = json.loads(run("path", "--from", "湖州", "--to", "外高桥", "--mode", "freight", "--json"))
    assert sum(row["cost_cny"] for row in document["rows"]) == pytest.approx(document["meta"]["cost_cny_teu"])


def test_no_way_is_one_clear_line(capsys):
    with pytest.raises(SystemExit) as left:
        main(["path", "--from", "湖州", "--to", "马迹山", "--mode", "freight"])
    assert left.value.code == 1
    told = capsys.readouterr().err
    assert told.count("Error:") == 1
    assert "no way from city:huzhou to port:majishan" in told
