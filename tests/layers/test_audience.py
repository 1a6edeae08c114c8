"""Audience: the public sees energy by district and no depth, lock size, voltage or exact position."""

from __future__ import annotations

import re

from yrdgis.io import load_layers
from yrdgis.io.audience import for_audience

FIGURES = re.compile(
    r"\b\d+(?:\.\d+)? ?(?:kV|MPa|MW|m3)\b|\d+ ?千伏|\b\d+(?:\.\d+)? ?m (?:deep|depth)|水深|\b12\.5 m\b",
    re.IGNORECASE,
)


def _public(layer):
    layers = load_layers()
    return for_audience(layers.geometry(layer), layers.schema(layer), "public")


def _texts(frame):
    return [" ".join(map(str, row)) for row in frame.itertuples(index=False)]


def test_energy_is_shown_by_whole_districts(frame):
    districts = frame("districts").set_index("district_id")
    for row in frame("energy").itertuples():
        union = districts.loc[row.district_ids.split(";"), "geometry"].union_all()
        assert row.geometry.symmetric_difference(union).area < 1e-6, row.facility_id


def test_the_public_sees_no_exact_energy_point():
    shown = _public("energy")
    assert not {"site_lon", "site_lat", "points", "detail", "name_full_zh"} & set(shown.columns)
    assert shown.geometry.notna().all(), "the districts stay, the points go"


def test_the_public_sees_no_voltage_or_capacity():
    shown = _public("energy").drop(columns="geometry")
    assert [t for t in _texts(shown) if FIGURES.search(t)] == []


def test_the_public_sees_no_depth_or_lock_size():
    layers = load_layers()
    for layer in ("waterways", "water_links", "water_nodes"):
        shown = for_audience(layers[layer], layers.schema(layer), "public")
        assert not [c for c in shown.columns if "depth" in c or "detail" in c]
        assert [t for t in _texts(shown) if FIGURES.search(t)] == []


def test_energy_items_have_no_position_of_their_own(rows):
    for row in rows("items"):
        if row["theme"] == "energy":
            assert not any(row[c] for c in ("lon", "lat", "note")), row["item_id"]


def test_internal_use_has_the_points(rows):
    with_points = [r for r in rows("energy") if r["points"]]
    assert len(with_points) >= 7
    assert all(r["site_lon"] and r["site_lat"] for r in rows("energy"))
