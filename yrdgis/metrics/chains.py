"""Freight chains: the legs of a box, and how a forwarder would tell them, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from yrdgis.errors import InputError
from yrdgis.network import Network
from yrdgis.network.impedance import units
from yrdgis.network.model import worst
from yrdgis.network.waterway import CLASSES

__all__ = ["CHAIN_COLUMNS", "chain_legs", "is_chain", "told_chain", "vessel_tonnes"]

CHAIN_COLUMNS = ("lock_min",)
"""Columns that the legs of a chain have besides: minutes at locks, which ``process_min`` holds too."""

_MAIN_SHARE = 0.12

_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "head": "{start} to {end}: {time} with waits, handling and port dwell; {km} km, {cny} yuan and {co2} kg CO2 "
        "per TEU, network of {as_of}",
        "forecast": ", a forecast",
        "here": "{start} is {end}: nothing to carry.",
        "truck": "Truck{via} from {start} to {end}",
        "shuttle": "Shuttle truck inside the port from {start} to {end}",
        "barge": "Barge of class {klass}{tonnes}{via} from {start} to {end}",
        "yangtze": "Yangtze ship{via} from {start} to {end}",
        "river_sea": "River-sea ship{via} from {start} to {end}",
        "sea_feeder": "Feeder ship{via} from {start} to {end}",
        "train": "Box train{via} from {start} to {end}",
        "port": "In port at {end}",
        "via": " via {}",
        "tonnes": " ({:,.0f} t)",
        "joint": ", ",
        "in": "{} under way",
        "wait": "{} waiting",
        "process": "{} handling",
        "process_and_locks": "{} handling and locks",
        "money": "{cny} yuan, {co2} kg CO2",
        "km": "{:.1f} km",
        "assumed": " (assumed)",
        "sep": ", ",
        "stop": ".",
        "colon": ": ",
    },
    "zh": {
        "head": "{start} 至 {end}：全程 {time}（含候船候车、装卸、在港），{km} 公里，每标箱 {cny} 元、二氧化碳 {co2} 千克，"
        "按 {as_of} 的网络",
        "forecast": "，属预测",
        "here": "{start} 就是 {end}，无需运输。",
        "truck": "集卡{via}，{start} 运至 {end}",
        "shuttle": "港内短驳，{start} 至 {end}",
        "barge": "{klass} 级{tonnes}驳船{via}，{start} 至 {end}",
        "yangtze": "长江干线船{via}，{start} 至 {end}",
        "river_sea": "江海直达船{via}，{start} 至 {end}",
        "sea_feeder": "沿海支线船{via}，{start} 至 {end}",
        "train": "集装箱班列{via}，{start} 至 {end}",
        "port": "在 {end} 港内待装",
        "via": "走{}",
        "tonnes": "（{:,.0f} 吨）",
        "joint": "、",
        "in": "途中 {}",
        "wait": "等候 {}",
        "process": "装卸 {}",
        "process_and_locks": "装卸、过闸 {}",
        "money": "{cny} 元，二氧化碳 {co2} 千克",
        "km": "{:.1f} 公里",
        "assumed": "（假定值）",
        "sep": "，",
        "stop": "。",
        "colon": "：",
    },
}


def is_chain(links: pd.DataFrame) -> bool:
    """Whether links are those of freight chains, not just waterways under the mode ``freight``."""
    return "service_id" in links and bool(
        links["mode"].eq("freight").all() & links["service_id"].ne("").any()
    )


def chain_legs(network: Network, links: pd.DataFrame) -> list[dict[str, Any]]:
    """One record per leg of a chain: a run of a truck, a voyage with its wait and handling, a dwell in port.

    Parameters
    ----------
    network : Network
        Freight part of a network.
    links : pandas.DataFrame
        Its links along a path, in order.
    """
    gate = links["kind"].eq("gate").to_numpy()
    begins = links["legs"].gt(0).to_numpy() | gate
    begins[1:] |= gate[:-1]
    begins[0] = True
    number = np.cumsum(begins)
    legs = [_leg(network, links[number == leg]) for leg in range(1, number[-1] + 1)]
    return [leg for leg in legs if leg["mode"] != "port" or leg["total_min"] > 0]


def told_chain(legs: pd.DataFrame, meta: Mapping[str, Any], language: str) -> str:
    """A chain in words: a line for the whole, then one for each leg.

    Raises
    ------
    InputError
        If there is no such language.
    """
    if language not in _WORDS:
        raise InputError(f"a path is told in {' or '.join(_WORDS)}, not {language!r}")
    words = _WORDS[language]
    ends = {"start": _name(meta, "from", language), "end": _name(meta, "to", language)}
    if legs.empty:
        return words["here"].format(**ends)
    head = words["head"].format(
        **ends,
        time=_hours(meta["time_min"], language),
        km=f"{meta['distance_km']:.1f}",
        cny=f"{meta['cost_cny_teu']:,.0f}",
        co2=f"{meta['co2_kg_teu']:,.0f}",
        as_of=meta.get("as_of") or meta.get("label") or "-",
    )
    tonnes = meta.get("vessel_tonnes", {})
    lines = [head + (words["forecast"] if meta.get("forecast") else "") + words["stop"]]
    lines += [f"{at + 1}. {_told_leg(legs.iloc[at], tonnes, language)}" for at in range(len(legs))]
    return "\n".join(lines)


def vessel_tonnes(network: Network) -> dict[str, float]:
    """Tonnes of the vessel for which each class of waterway is built; empty where no layers say so."""
    if network.recipe is None:
        return {}
    return {name: network.recipe.layers.parameter(f"freight.class_tonnes.{name}") for name in CLASSES}


def _leg(network: Network, links: pd.DataFrame) -> dict[str, Any]:
    first, last = links["from_node_id"].iloc[0], links["to_node_id"].iloc[-1]
    names = network.nodes.loc[[first, last], ["name", "name_zh"]]
    total, riding = units(links, "total_min"), units(links, "in_vehicle_min")
    waits = links["wait_min"].fillna(0) if "wait_min" in links else pd.Series(0.0, index=links.index)
    waiting = np.minimum(np.rint(waits.to_numpy(float) * 60_000).astype(np.int64), total - riding)
    service = links["service_id"].iloc[0]
    barge = service.startswith("barge-")
    return {
        "mode": "barge" if barge else service,
        "from_id": first.removesuffix("#box"),
        "from_name": names["name"].iloc[0],
        "from_name_zh": names["name_zh"].iloc[0],
        "to_id": last.removesuffix("#box"),
        "to_name": names["name"].iloc[1],
        "to_name_zh": names["name_zh"].iloc[1],
        "line_id": _main(links, "line_id", ";"),
        "line_name": _main(links, "line_name", ", "),
        "line_name_zh": _main(links, "line_name_zh", "、"),
        "train_class": service.removeprefix("barge-") if barge else "",
        "trains_per_day": np.nan,
        "total_min": total.sum() / 60_000,
        "wait_min": waiting.sum() / 60_000,
        "process_min": (total - riding - waiting).sum() / 60_000,
        "in_vehicle_min": riding.sum() / 60_000,
        "schedule_delay_min": np.nan,
        "distance_km": units(links, "length_km").sum() / 1000,
        "cost_cny": units(links, "cost_cny").sum() / 100,
        "co2_kg": units(links, "co2_kg").sum() / 1000,
        "project_id": ";".join(dict.fromkeys(p for ids in links["project_id"] for p in ids.split(";") if p)),
        "confidence": worst(links["confidence"]),
        "assumed": bool(links["assumed"].any()),
        "lock_min": (total - riding)[links["kind"].eq("waterway").to_numpy()].sum() / 60_000,
    }


def _main(links: pd.DataFrame, column: str, joint: str) -> str:
    """Lines that carry most of a leg, in travelling order; connectors have none."""
    if column not in links:
        return ""
    named = (
        links[links["line_id"].ne("") & ~links["road_class"].eq("connector")]
        if "road_class" in links
        else links
    )
    km = named.groupby(column, sort=False)["length_km"].sum()
    km = km[(km.index != "") & (km >= _MAIN_SHARE * float(links["length_km"].sum()))]
    return joint.join(str(name) for name in km.index)


def _told_leg(leg: Any, tonnes: Mapping[str, float], language: str) -> str:
    words = _WORDS[language]
    line = leg["line_name_zh" if language == "zh" else "line_name"]
    klass = leg["train_class"]
    text = words[leg["mode"]].format(
        via=words["via"].format(line) if line else "",
        klass=klass,
        tonnes=words["tonnes"].format(tonnes[klass]) if klass in tonnes else "",
        start=_name(leg, "from", language),
        end=_name(leg, "to", language),
    )
    parts = [
        words[word].format(_hours(leg[column], language))
        for word, column in (
            ("wait", "wait_min"),
            ("process_and_locks" if leg["lock_min"] else "process", "process_min"),
            ("in", "in_vehicle_min"),
        )
        if leg[column] >= 0.5
    ]
    if leg["distance_km"]:
        parts.append(words["km"].format(leg["distance_km"]))
    if leg["cost_cny"] or leg["co2_kg"]:
        parts.append(words["money"].format(cny=f"{leg['cost_cny']:,.0f}", co2=f"{leg['co2_kg']:,.0f}"))
    mark = words["assumed"] if leg["assumed"] else ""
    return text + words["colon"] + words["sep"].join(parts) + mark + words["stop"]


def _name(row: Any, end: str, language: str) -> str:
    both = (row[f"{end}_name_zh"], row[f"{end}_name"])
    return str((both[0] or both[1] if language == "zh" else both[1] or both[0]) or row[f"{end}_id"])


def _hours(minutes: float, language: str) -> str:
    hours, rest = divmod(round(minutes), 60)
    if language == "zh":
        return " ".join([f"{hours} 小时"] * bool(hours) + [f"{rest} 分"] * bool(rest or not hours))
    return " ".join([f"{hours} h"] * bool(hours) + [f"{rest} min"] * bool(rest or not hours))
