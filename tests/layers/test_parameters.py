"""Parameters: each has a range that holds its value, a unit, and a source or the word that it is assumed."""

from __future__ import annotations

import re

VESSEL_CLASSES = ("I", "II", "III", "IV", "V", "VI", "VII")


def test_values_lie_in_their_range(rows):
    wrong = [
        r["parameter_id"]
        for r in rows("parameters")
        if not float(r["low"]) <= float(r["value"]) <= float(r["high"])
    ]
    assert wrong == []


def test_ids_begin_with_their_group_and_are_plain(rows):
    for row in rows("parameters"):
        assert row["parameter_id"].split(".")[0] == row["group"]
        assert re.fullmatch(r"[A-Za-z0-9_.]+", row["parameter_id"]), row["parameter_id"]


def test_unsourced_values_say_that_they_are_assumed_and_are_not_trusted(rows):
    for row in rows("parameters"):
        assumed = row["source_public"].startswith("assumed by yrdgis")
        unverified = row["source_public"] == "unverified general knowledge"
        if assumed or unverified:
            assert row["confidence"] != "high", row["parameter_id"]
        if assumed:
            assert ";" in row["source_public"] or row["note"], (
                f"{row['parameter_id']}: no reason for its range"
            )


def test_ratios_and_speeds_make_sense(rows):
    for row in rows("parameters"):
        value = float(row["value"])
        if row["unit"] == "km/h":
            assert 3 < value < 400, row["parameter_id"]
        if row["unit"] == "min":
            assert 0 <= value <= 240, row["parameter_id"]
        if row["parameter_id"].startswith("rail.speed_ratio."):
            assert 0.3 < float(row["low"]) <= float(row["high"]) <= 1, row["parameter_id"]
        if row["parameter_id"].startswith("drive.period_factor."):
            assert value >= 1, row["parameter_id"]


def test_larger_vessels_go_with_larger_classes(rows):
    value = {r["parameter_id"]: float(r["value"]) for r in rows("parameters")}
    for kind in ("class_tonnes", "vessel_teu"):
        sizes = [value[f"freight.{kind}.{c}"] for c in VESSEL_CLASSES]
        assert sizes == sorted(sizes, reverse=True)
