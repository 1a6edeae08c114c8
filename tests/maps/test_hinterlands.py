"""The map of hinterlands, from made-up shares of shipped districts."""

from __future__ import annotations

import pandas as pd
import pytest

from yrdgis.errors import InputError
from yrdgis.maps import page_of
from yrdgis.maps.hinterlands import hinterlands, wide_shares

PORTS = {"port:taicang": ("Taicang port", "太仓港"), "port:zhapu": ("Zhapu port area", "乍浦港区")}


def made(share_of_taicang: dict[str, float]) -> pd.DataFrame:
    rows = [
        {
            "from_id": place,
            "to_id": port,
            "to_name": PORTS[port][0],
            "to_name_zh": PORTS[port][1],
            "share": share,
            "share_low": share - 0.1,
            "share_high": share + 0.1,
            "share_truck": 0.75,
            "share_water": 0.25,
            "share_rail": 0.0,
            "co2_kg_teu": 100.0,
        }
        for place, first in share_of_taicang.items()
        for port, share in zip(PORTS, (first, 1 - first), strict=True)
    ]
    return pd.DataFrame(rows)


def moved(frame: pd.DataFrame) -> pd.DataFrame:
    gain = frame["to_id"].eq("port:taicang").map({True: 2.5, False: -2.5})
    gain = gain.where(frame["from_id"].eq("district:320583"), 0.0)
    words = gain.map(lambda pp: "gain" if pp > 0 else "loss" if pp < 0 else "no measurable change")
    return frame.assign(
        shift_pp=gain, shift_low_pp=gain, shift_high_pp=gain, change=words, co2_change_kg_teu=0.0
    )


def test_wide_shares_by_hand():
    wide = wide_shares(made({"district:320583": 0.7, "district:330502": 0.2}))
    assert wide.loc["district:320583", "port_0"] == pytest.approx(70)
    assert wide.loc["district:320583", "range_0"] == "60–80"
    assert wide["leading_zh"].tolist() == ["太仓港", "乍浦港区"]
    assert wide["water_pct"].tolist() == pytest.approx([25, 25])
    assert wide["co2_kg_teu"].tolist() == pytest.approx([100, 100])


def test_groups_of_the_map(layers):
    frame = made({"district:320583": 0.7, "district:330502": 0.2})
    m = hinterlands(
        layers, frame, [(("航道升级", "Canals raised"), moved(frame))], notes=[("假定", "assumed")]
    )
    page = page_of(m)
    groups = {group["id"]: group for group in page.groups}
    assert {"leading", "port-0", "port-1", "water", "shift-0", "compared", "waterways"} <= set(groups)
    shift = groups["shift-0"]
    labels = [shift["styles"][at]["label"]["en"] for at in shift["style"]]
    assert labels.count("no measurable change") == 1
    assert sum(label.startswith("2") for label in labels) == 1
    assert "太仓港" in shift["title"]["zh"]


def test_a_frame_about_no_district_is_refused(layers):
    with pytest.raises(InputError, match="by district"):
        hinterlands(layers, made({"town:kunshan-huaqiao": 0.5}))
