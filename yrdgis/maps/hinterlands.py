"""Hinterlands of ports: where boxes would go, by which kind of chain, and what a project would shift."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from yrdgis.errors import InputError
from yrdgis.maps.background import add_background, seat_label
from yrdgis.maps.base import new_map, page_of
from yrdgis.maps.frames import cite, for_popup, has, located
from yrdgis.maps.layers import add_categories, add_choropleth, add_points
from yrdgis.maps.multiples import beside
from yrdgis.maps.popup import item
from yrdgis.maps.style import CHANGES
from yrdgis.maps.tables import require_columns
from yrdgis.maps.travel import VALUE_LABEL, declare, extent_of, silence
from yrdgis.maps.waters import PORT_STYLES, add_waterways

if TYPE_CHECKING:
    import folium
    import geopandas as gpd
    import pandas as pd

__all__ = ["Shift", "hinterlands", "wide_shares"]

Shift = tuple[tuple[str, str], "pd.DataFrame"]
"""What is called what (Chinese, English), and the frame of `yrdgis.metrics.hinterland.shift`."""

_PERCENT = ("%", "%")
_POINTS = ("百分点", "percentage points")
_SHARE_BREAKS = [10.0, 20.0, 30.0, 40.0, 50.0]
_SHIFT_BREAKS = [0.5, 1.0, 2.0, 3.0]
_UNCHANGED = "no measurable change"
_LOSS = "loss"
_STYLES = {
    _UNCHANGED: CHANGES[_UNCHANGED],
    _LOSS: {**CHANGES["slower"], "label": {"zh": "份额下降", "en": "share falls"}},
}


def wide_shares(frame: pd.DataFrame) -> pd.DataFrame:
    """One row per place: percent for each port with its range, the leading port, and percent by kind of chain.

    Parameters
    ----------
    frame : pandas.DataFrame
        As `yrdgis.metrics.hinterland.hinterland` gives it.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``from_id``: for the n-th port in order of ``to_id`` the columns ``port_n`` (percent),
        ``range_n`` (text); ``leading_zh``, ``leading_en``, ``water_pct``, ``rail_pct``, ``co2_kg_teu``.
    """
    import pandas as pd

    reached = frame[frame["share"].notna()]
    out = pd.DataFrame(index=pd.Index(reached["from_id"].unique(), name="from_id"))
    for number, (_, rows) in enumerate(reached.groupby("to_id", sort=True)):
        own = rows.set_index("from_id")
        out[f"port_{number}"] = own["share"] * 100
        out[f"range_{number}"] = [
            f"{100 * low:.0f}–{100 * high:.0f}" if low == low else ""
            for low, high in zip(own["share_low"], own["share_high"], strict=True)
        ]
    best = reached.loc[reached.groupby("from_id")["share"].idxmax()].set_index("from_id")
    out["leading_zh"], out["leading_en"] = best["to_name_zh"], best["to_name"]
    for column, part in (("water_pct", "share_water"), ("rail_pct", "share_rail")):
        out[column] = (reached["share"] * reached[part] * 100).groupby(reached["from_id"]).sum()
    out["co2_kg_teu"] = (reached["share"] * reached["co2_kg_teu"]).groupby(reached["from_id"]).sum()
    return out


def hinterlands(
    layers: Any,
    frame: pd.DataFrame,
    shifts: Sequence[Shift] = (),
    m: folium.Map | None = None,
    *,
    notes: Sequence[tuple[str, str]] = (),
    **page_options: Any,
) -> folium.Map:
    """Map of the leading port of each district, the share of every port, and what projects would shift.

    Parameters
    ----------
    layers : Layers
        Uses ``districts``, ``water_nodes``, waterways and the background.
    frame : pandas.DataFrame
        Hinterlands of districts, as `yrdgis.metrics.hinterland.hinterland` gives them.
    shifts : sequence of ((zh, en), pandas.DataFrame)
        What is compared, and the frame of `yrdgis.metrics.hinterland.shift`; the port that gains most is shown.
    m : folium.Map, optional
        Map to add to.
    notes : sequence of (zh, en)
        What is assumed; shown before all other notes.
    **page_options
        Handed to `new_map`.

    Returns
    -------
    folium.Map

    Raises
    ------
    InputError
        If a column is missing or the frame is about no district.
    """
    needed = ["from_id", "to_id", "to_name", "to_name_zh", "share", "share_low", "share_high", "share_water"]
    require_columns(frame, needed, name="hinterlands")
    shares = wide_shares(frame)
    zones = layers.polygons("districts")
    zones = zones.merge(shares, left_on="district_id", right_index=True, how="left")
    if zones["leading_zh"].isna().all():
        raise InputError("Hinterlands are drawn by district: from_id are to be ids such as district:320583.")
    if m is None:
        title = ("Hinterlands of the ports", "港口腹地")
        m = new_map(*title, **{"as_of": frame.attrs.get("as_of", layers.valid_on), **page_options})
    page = page_of(m)
    page.bounds = page.bounds or extent_of(layers)
    for zh, en in notes:
        page.add_note(zh, en)
    declare(page, frame.attrs)
    ports = frame.drop_duplicates("to_id").sort_values("to_id")
    _share_groups(m, for_popup(zones, layers, own="district_id"), ports)
    for number, (title_pair, moved) in enumerate(shifts):
        _shift_group(m, layers, title_pair, moved, number)
    add_waterways(layers, m)
    _ports(m, layers, list(ports["to_id"]))
    cite(page, layers, "freight_terminals", "road_links", "rail_links")
    add_background(layers, m)
    silence(page, "districts")
    page.add_note(
        "份额为嵌套 Logit 估计：只比较内陆集疏运的费用与时间，不含海运航班密度、口岸服务与合同。",
        "Shares are estimates of a nested logit on the money and hours of the way to the port alone: overseas sailings, "
        "port services and contracts are not in it.",
    )
    return m


def _share_groups(m: Any, zones: Any, ports: pd.DataFrame) -> None:
    section = ("腹地", "Hinterlands")
    rows = [
        item(f"{zh}（%，区间）", f"{en} (%, range)", f"range_{number}")
        for number, (zh, en) in enumerate(zip(ports["to_name_zh"], ports["to_name"], strict=True))
    ]
    rows += [
        item("水路参与的运输链", "Chains with a vessel", "water_pct", kind="number", unit=_pair(_PERCENT)),
        item(
            "平均二氧化碳",
            "CO2 on average",
            "co2_kg_teu",
            kind="number",
            unit=_pair(("千克/标箱", "kg/TEU")),
        ),
    ]
    label = {**seat_label(zones, VALUE_LABEL), "digits": 0}
    shared: dict[str, Any] = {"choice": "theme", "section": section, "popup_rows": rows, "table": "districts"}
    add_categories(
        zones,
        m,
        columns=("leading_zh", "leading_en"),
        name="Leading port",
        name_zh="份额最大的港口",
        key="leading",
        label=label,
        **shared,
    )
    for number, (zh, en) in enumerate(zip(ports["to_name_zh"], ports["to_name"], strict=True)):
        add_choropleth(
            zones,
            m,
            column=f"port_{number}",
            name=f"Share of {en}",
            name_zh=f"{zh}的份额",
            unit=_PERCENT,
            breaks=_SHARE_BREAKS,
            key=f"port-{number}",
            show=False,
            label={**label, "value": f"port_{number}"},
            **shared,
        )
    if len(ports) > 1:
        beside(m, [f"port-{number}" for number in range(len(ports))])
    add_choropleth(
        zones,
        m,
        column="water_pct",
        name="Chains with a vessel",
        name_zh="水路参与的运输链",
        unit=_PERCENT,
        breaks=_SHARE_BREAKS,
        key="water",
        show=False,
        label={**label, "value": "water_pct"},
        **shared,
    )


def _shift_group(m: Any, layers: Any, title: tuple[str, str], moved: pd.DataFrame, number: int) -> None:
    """Percentage points that the port which gains most wins, by district."""
    sums = moved.groupby("to_id")["shift_pp"].mean()
    port = sums.idxmax()
    own = moved[moved["to_id"] == port].set_index("from_id")
    name_zh, name = own["to_name_zh"].iloc[0], own["to_name"].iloc[0]
    own = own[["shift_pp", "shift_low_pp", "shift_high_pp", "change", "co2_change_kg_teu"]]
    zones: gpd.GeoDataFrame = layers.polygons("districts").merge(
        own, left_on="district_id", right_index=True, how="left"
    )
    change = zones["change"].fillna("")
    points = _pair(_POINTS)
    add_choropleth(
        for_popup(zones, layers, own="district_id"),
        m,
        column="shift_pp",
        name=f"{title[1]}: share of {name}",
        name_zh=f"{title[0]}：{name_zh}的份额",
        unit=_POINTS,
        breaks=_SHIFT_BREAKS,
        ramp="saved",
        digits=1,
        choice="theme",
        section=("若建成", "If it were built"),
        special=[word if word in _STYLES else None for word in change],
        special_styles=_STYLES,
        popup_rows=[
            item("最低", "At least", "shift_low_pp", kind="number", unit=points, digits=1),
            item("最高", "At most", "shift_high_pp", kind="number", unit=points, digits=1),
            item(
                "到该港的平均二氧化碳变化",
                "Change of CO2 to that port",
                "co2_change_kg_teu",
                kind="number",
                unit=_pair(("千克/标箱", "kg/TEU")),
                digits=1,
            ),
        ],
        key=f"shift-{number}",
        show=False,
    )


def _ports(m: Any, layers: Any, ids: list[str]) -> None:
    if not has(layers, "water_nodes"):
        return
    nodes = located(layers.points("water_nodes"))
    nodes = nodes[nodes["node_id"].isin(ids)].reset_index(drop=True)
    if len(nodes):
        level = {"size": [12, 14], "color": "#1f2a37", "minzoom": 0, "order": 1, "bold": True}
        add_points(
            for_popup(nodes, layers),
            m,
            name="Ports compared",
            name_zh="参与比较的港口",
            style="kind",
            styles=PORT_STYLES,
            key="compared",
            section=("腹地", "Hinterlands"),
            z=90,
            label={"fields": ["name_zh", "name"], "levels": [level]},
        )


def _pair(words: tuple[str, str]) -> dict[str, str]:
    return {"zh": words[0], "en": words[1]}
