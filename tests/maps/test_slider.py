"""The year slider opens exactly what the network of that day has in service."""

import datetime as dt

import pandas as pd
import pytest

from yrdgis.errors import InputError
from yrdgis.io import load_layers
from yrdgis.io.dates import in_service
from yrdgis.maps import add_figure, add_year_slider, network_by_year, new_map, opening_days, page_of
from yrdgis.maps.slider import year_steps
from yrdgis.maps.tables import day_number

VALID = dt.date(2026, 11, 1)
LAYERS = ("rail_links", "road_links", "metro_links", "rail_stations", "projects", "airports")


def open_by_page(start, end, day: int) -> bool:
    """The rule of the page's script."""
    if end is not None and day >= end:
        return False
    return start is not None and day >= start


@pytest.mark.parametrize("layer_id", LAYERS)
@pytest.mark.parametrize("day", ["1995-12-31", "2019-12-01", "2026-11-01", "2027-12-31", "2035-12-31"])
def test_page_and_network_agree_on_what_is_open(layer_id, day):
    layers = load_layers()
    frame, on = layers[layer_id], dt.date.fromisoformat(day)
    days = opening_days(frame, layers.valid_on)
    ours = [
        open_by_page(0 if s == 0 else day_number(s), day_number(e), day_number(on))
        for s, e in zip(days["start"], days["end"], strict=True)
    ]
    assert ours == in_service(frame, on, layers.valid_on).tolist()


def test_overdue_never_opens_unless_its_latest_day_is_to_come():
    frame = pd.DataFrame(
        {
            "status": ["planned", "planned", "closed", "operating"],
            "opened_expected": ["2025-12-31", "2025-12-31", "2000-01-01", ""],
            "opened_latest": ["2025-12-31", "2028-12-31", "2000-01-01", ""],
            "closed_on": ["", "", "2020-01-01", ""],
        }
    )
    days = opening_days(frame, VALID)
    assert days["start"].tolist() == [None, dt.date(2028, 12, 31), dt.date(2000, 1, 1), 0]
    assert days["end"].tolist() == [None, None, dt.date(2020, 1, 1), None]


def test_forecast_starts_after_the_day_of_the_layers():
    steps = year_steps(2024, 2028, VALID)
    assert [s["label"] for s in steps if s["forecast"]] == ["2027", "2028"]
    assert steps[2]["note"]["zh"] == "截至11月1日"


@pytest.mark.parametrize(
    ("options", "told"), [({"first": 2030, "last": 2030}, "two years"), ({"value": 1800}, "1800")]
)
def test_years_that_make_no_slider_are_refused(options, told):
    with pytest.raises(InputError, match=told):
        add_year_slider(new_map("x"), valid_on=VALID, **options)


def test_a_figure_of_an_unknown_table_is_refused():
    with pytest.raises(InputError, match="no table 'rail'"):
        add_figure(new_map("x"), "km", "x", table="rail")


def test_figures_of_the_network_are_sums_of_the_layer():
    layers = load_layers()
    page = page_of(network_by_year(layers))
    links, lines = layers["rail_links"], layers["rail_lines"].set_index("line_id")
    fast = links["line_id"].map(lines["category"]).isin(["high_speed", "intercity"])
    open_now = in_service(links, layers.valid_on, layers.valid_on)
    expected = links.loc[fast & open_now, "length_km"].sum()

    figure = next(f for f in page.figures if f["id"] == "km_fast")
    table = page.tables["rail"]
    day = day_number(layers.valid_on)
    ours = sum(
        table["fields"]["length_km"][r]
        for r in figure["rows"]
        if open_by_page(table["start"][r], table["end"][r], day)
    )
    assert ours == pytest.approx(expected, rel=1e-3)
    assert expected > 1000
