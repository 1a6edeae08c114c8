"""Before and after: what changes between two networks, for whom, and through which project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from yrdgis.errors import InputError
from yrdgis.metrics.answers import answer_of
from yrdgis.metrics.skim import FREIGHT_COLUMNS, SKIM_COLUMNS, check_places, skim
from yrdgis.network import Network, in_mode, rebuild
from yrdgis.network.assumptions import distance_km
from yrdgis.scenarios.parts import PARTS, parts_of
from yrdgis.scenarios.summaries import PLACE_COLUMNS, place_facts, summed_by
from yrdgis.scenarios.unmeasured import unmeasured

__all__ = ["CHANGES", "COMPARE_COLUMNS", "FREIGHT_COMPARE_COLUMNS", "Comparison", "compare"]

CHANGES = (
    "faster",
    "slower",
    "no measurable change",
    "newly connected",
    "lost",
    "not connected",
    "below resolution",
)
"""What may become of a pair."""

COMPARE_COLUMNS = (
    *SKIM_COLUMNS[:6],
    "time_before_min",
    "time_after_min",
    "saved_min",
    "saved_low_min",
    "saved_high_min",
    *(f"{part}_saved_min" for part in PARTS),
    "newly_connected",
    "lost",
    "change",
    "project_id",
    "project_name",
    "project_name_zh",
    "distance_before_km",
    "distance_after_km",
)
"""Columns of a comparison; one row per pair."""

FREIGHT_COMPARE_COLUMNS = (
    "cost_before_cny_teu",
    "cost_after_cny_teu",
    "co2_before_kg_teu",
    "co2_after_kg_teu",
)
"""Columns that a comparison in mode ``freight`` has besides."""

_BITS = 62
_TOLD_CHANGES = (
    ("faster", "变快", "faster"),
    ("slower", "变慢", "slower"),
    ("newly_connected", "新近可达", "newly connected"),
    ("lost", "不再可达", "lost"),
    ("no_measurable_change", "无可测变化", "no measurable change"),
)
_TOLD_COLUMNS = (
    ("from_name_zh", "从", "from"),
    ("to_name_zh", "到", "to"),
    ("to_name", "", ""),
    ("time_before_min", "原（分钟）", "before (min)"),
    ("time_after_min", "现（分钟）", "after (min)"),
    ("saved_min", "节省（分钟）", "saved (min)"),
    ("project_name_zh", "经由项目", "through projects"),
)


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """What two networks mean for some pairs.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row per pair, columns of ``COMPARE_COLUMNS``. ``saved_min`` is positive where the way became
        shorter, NaN where a pair was or is not connected; ``saved_low_min`` and ``saved_high_min`` bound it
        over the ends of the parameters' ranges (NaN where not asked for). ``access_saved_min``,
        ``in_vehicle_saved_min`` and ``transfer_saved_min`` add up to it.
    meta : mapping
        ``not_measured`` (projects that differ and that travel times can't show, with the reason), ``mode``,
        ``impedance``, ``before`` and ``after`` with their dates, forecasts, confidence and undated
        shares.
    places : pandas.DataFrame
        City, district and people of every place of a pair, by id.
    """

    frame: pd.DataFrame
    meta: Mapping[str, Any]
    places: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(PLACE_COLUMNS)))

    def __repr__(self) -> str:
        counts = self.frame["change"].value_counts()
        told = ", ".join(f"{counts[change]} {change}" for change in CHANGES if change in counts)
        return f"<Comparison of {len(self.frame)} pairs: {told or 'none'}>"

    def _repr_html_(self) -> str:
        """Counts and the pairs that changed most, for a notebook; every text is escaped."""
        from yrdgis.io.cards import card, head

        summary = self.summary()
        facts = [
            ("地点对", "pairs", summary["pairs"]),
            *((zh, en, summary[key] or "") for key, zh, en in _TOLD_CHANGES),
        ]
        faster = self.frame.loc[self.frame["change"].eq("faster"), "saved_min"]
        if len(faster):
            facts += [
                ("变快者平均节省（分钟）", "mean saved where faster (min)", float(faster.mean())),
                ("最多节省（分钟）", "most saved (min)", float(faster.max())),
            ]
        changed = self.frame[self.frame["change"].isin(["faster", "slower", "newly connected", "lost"])]
        most = changed.reindex(changed["saved_min"].abs().sort_values(ascending=False).index)
        ends = [f"{side.get('label', '')} {side.get('as_of') or ''}".strip() for side in self._sides()]
        title = (f"变化：{ends[0]} → {ends[1]}", f"Change from {ends[0]} to {ends[1]}")
        return card(title, facts, table=head(most, _TOLD_COLUMNS) if len(most) else "")

    def _sides(self) -> list[Mapping[str, Any]]:
        return [self.meta.get(side) or {} for side in ("before", "after")]

    def summary(self) -> dict[str, Any]:
        """Counts by change, and minutes saved over the pairs that were and are connected."""
        saved = self.frame["saved_min"].dropna()
        counts = self.frame["change"].value_counts()
        return {
            "pairs": len(self.frame),
            **{change.replace(" ", "_"): int(counts.get(change, 0)) for change in CHANGES},
            "mean_saved_min": float(saved.mean()) if len(saved) else float("nan"),
            "median_saved_min": float(saved.median()) if len(saved) else float("nan"),
            "most_saved_min": float(saved.max()) if len(saved) else float("nan"),
        }

    def by_project(self) -> pd.DataFrame:
        """For each project, the pairs whose new way uses it: how many, minutes saved, pairs newly connected.

        A pair whose way uses several projects counts for each, so the rows do not add up.

        Returns
        -------
        pandas.DataFrame
            Indexed by ``project_id``, most used first: ``project_name``, ``project_name_zh``, ``pairs``,
            ``newly_connected``, ``mean_saved_min``, ``most_saved_min``.
        """
        counted = self.frame[self.frame["change"].isin(["faster", "slower", "newly connected", "lost"])]
        columns = ["project_id", "project_name", "project_name_zh"]
        each = counted.assign(**{column: counted[column].str.split(";") for column in columns}).explode(
            columns
        )
        each = each[each["project_id"].ne("") & each["project_id"].notna()]
        out = each.groupby(columns, sort=True).agg(
            pairs=("from_id", "size"),
            newly_connected=("newly_connected", "sum"),
            mean_saved_min=("saved_min", "mean"),
            most_saved_min=("saved_min", "max"),
        )
        return out.reset_index().set_index("project_id").sort_values("pairs", ascending=False, kind="stable")

    def by_place(self, end: str = "to") -> pd.DataFrame:
        """For each place at one end (``from`` or ``to``): minutes saved and pairs that changed.

        Returns
        -------
        pandas.DataFrame
            Indexed by the place's id: names, ``pairs``, ``faster``, ``newly_connected``, ``lost``,
            ``mean_saved_min``.
        """
        if end not in ("from", "to"):
            raise InputError(f"a pair has a from and a to, not {end!r}")
        keys = [f"{end}_id", f"{end}_name", f"{end}_name_zh"]
        out = (
            self.frame.assign(faster=self.frame["change"].eq("faster"))
            .groupby(keys, sort=False)
            .agg(
                pairs=("change", "size"),
                faster=("faster", "sum"),
                newly_connected=("newly_connected", "sum"),
                lost=("lost", "sum"),
                mean_saved_min=("saved_min", "mean"),
            )
        )
        return out.reset_index().set_index(f"{end}_id")

    def by_city(self, end: str = "to") -> pd.DataFrame:
        """For each city at one end: pairs that changed, and minutes saved, weighted by people.

        Returns
        -------
        pandas.DataFrame
            As `yrdgis.scenarios.summaries.summed_by` gives it.
        """
        return summed_by(self.frame, self.places, "city_id", end)

    def by_district(self, end: str = "to") -> pd.DataFrame:
        """For each district at one end: pairs that changed, and minutes saved, weighted by people."""
        return summed_by(self.frame, self.places, "district_id", end)


def compare(
    before: Network,
    after: Network,
    origins: Sequence[str],
    destinations: Sequence[str] | None = None,
    *,
    mode: str = "door",
    impedance: str = "total",
    range_: bool = True,
) -> Comparison:
    """What changes for some pairs from one network to another.

    Parameters
    ----------
    before, after : Network
    origins, destinations : sequence of str
        Node ids; destinations are the origins by default.
    mode, impedance : str
        As for `yrdgis.metrics.skim.skim`.
    range_ : bool
        Whether to judge each change against the ends of the parameters' ranges, taken on both sides alike. It
        needs networks that were built from layers.

    Returns
    -------
    Comparison
        A pair counts as ``no measurable change`` where the minutes saved are fewer than the parameter
        ``resolution.min_change_min``, fewer than half of their own range, or change sign within it; as
        ``below resolution`` where the places are nearer to each other than ``resolution.min_km`` and the way
        is by road. In mode ``freight`` the columns of ``FREIGHT_COMPARE_COLUMNS`` follow; ``change`` speaks of minutes
        there too, whatever is made least. Pairs that one of the networks does not connect are told apart, never given minutes.

    Raises
    ------
    UnknownNameError
        If an id is no node of one of the networks.

    Examples
    --------
    >>> nodes = pd.DataFrame(index=["a", "b"])
    >>> slow = pd.DataFrame(
    ...     {"from_node_id": ["a"], "to_node_id": ["b"], "mode": "rail", "total_min": [60.0]}, index=["old"])
    >>> fast = slow.assign(total_min=25.0, project_id="project:hsr").set_axis(["new"])
    >>> found = compare(Network(nodes, slow), Network(nodes, fast), ["a"], ["b"], mode="rail", range_=False)
    >>> found.frame[["saved_min", "change", "project_id"]]
       saved_min  change   project_id
    0       35.0  faster  project:hsr
    """
    starts = list(dict.fromkeys(origins))
    ends = starts if destinations is None else list(dict.fromkeys(destinations))
    before, after = (in_mode(network, mode) for network in (before, after))
    for network in (before, after):
        check_places(network, [*starts, *ends])
    frames = [skim(network, starts, ends, mode=mode, impedance=impedance) for network in (before, after)]
    first, last = (frame["time_min"].to_numpy() for frame in frames)
    out = frames[1][list(SKIM_COLUMNS[:6])].copy()
    out["time_before_min"], out["time_after_min"] = first, last
    out["saved_min"] = first - last
    out["saved_low_min"], out["saved_high_min"] = np.nan, np.nan
    if range_:
        bounds = _saved_range(before, after, starts, ends, mode, impedance, out["saved_min"])
        out["saved_low_min"], out["saved_high_min"] = bounds
    parts = [parts_of(network, starts, ends, mode=mode, impedance=impedance) for network in (before, after)]
    for part in PARTS:
        out[f"{part}_saved_min"] = (parts[0][part] - parts[1][part]).to_numpy()
    out["newly_connected"] = np.isnan(first) & ~np.isnan(last)
    out["lost"] = ~np.isnan(first) & np.isnan(last)
    out["change"] = _changes(out, before, after, mode)
    out["project_id"] = _projects(before, after, starts, ends, mode, impedance, out["change"])
    for column in ("name", "name_zh"):
        names = _names(after if after.recipe else before, column)
        out[f"project_{column}"] = [
            ";".join(names.get(project, project) for project in ids.split(";")) for ids in out["project_id"]
        ]
    for side, frame in zip(("before", "after"), frames, strict=True):
        out[f"distance_{side}_km"] = frame["distance_km"].to_numpy()
    columns = list(COMPARE_COLUMNS)
    if mode == "freight":
        columns += FREIGHT_COMPARE_COLUMNS
        for column in FREIGHT_COLUMNS:
            amount, unit = column.split("_", 1)
            for side, frame in zip(("before", "after"), frames, strict=True):
                out[f"{amount}_{side}_{unit}"] = frame[column].to_numpy()
    meta = {"mode": mode, "impedance": impedance, "range": range_}
    meta |= {"before": frames[0].attrs, "after": frames[1].attrs}
    meta["not_measured"] = unmeasured(before, after, mode=mode).to_dict("records")
    places = place_facts(after, list(dict.fromkeys([*starts, *ends])))
    return Comparison(out[columns], meta, places)


def _saved_range(
    before: Network,
    after: Network,
    starts: list[str],
    ends: list[str],
    mode: str,
    impedance: str,
    saved: pd.Series,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Least and most minutes saved over the ends of the parameters, the same end before and after."""
    found = [saved.to_numpy()]
    for end in ("low", "high"):
        times = []
        for network in (before, after):
            answer = answer_of(rebuild(network, parameters=end), starts, ends, mode=mode, impedance=impedance)
            times.append(np.where(answer.reached, answer["time"] / 60_000, np.nan).ravel())
        found.append(times[0] - times[1])
    return np.min(found, axis=0), np.max(found, axis=0)


def _changes(out: pd.DataFrame, before: Network, after: Network, mode: str) -> npt.NDArray[np.object_]:
    least, near_km = _resolution(after if after.recipe else before)
    saved = out["saved_min"].to_numpy()
    low, high = out["saved_low_min"].fillna(out["saved_min"]), out["saved_high_min"].fillna(out["saved_min"])
    doubt = (np.abs(saved) < np.maximum((high - low) / 2, least)) | ((low < 0) & (high > 0)).to_numpy()
    near = _crow_km(out, after) < near_km if mode in ("drive", "door") else np.zeros(len(out), dtype=bool)
    gone, new = out["lost"].to_numpy(), out["newly_connected"].to_numpy()
    return np.select(
        [new, gone, np.isnan(saved), doubt, near, saved > 0],
        ["newly connected", "lost", "not connected", "no measurable change", "below resolution", "faster"],
        "slower",
    ).astype(object)


def _resolution(network: Network) -> tuple[float, float]:
    """Minutes and kilometres below which nothing is reported; zero for a network that was not built from
    layers.
    """
    if network.recipe is None:
        return 0.0, 0.0
    layers = network.recipe.layers
    return layers.parameter("resolution.min_change_min"), layers.parameter("resolution.min_km")


def _crow_km(out: pd.DataFrame, network: Network) -> npt.NDArray[np.float64]:
    points = network.nodes[["lon", "lat"]]
    a, b = (points.reindex(out[column]).to_numpy(float) for column in ("from_id", "to_id"))
    return np.nan_to_num(distance_km(a[:, 0], a[:, 1], b[:, 0], b[:, 1]), nan=np.inf)


def _projects(
    before: Network,
    after: Network,
    starts: list[str],
    ends: list[str],
    mode: str,
    impedance: str,
    change: pd.Series,
) -> list[str]:
    """Projects that one network has and the other lacks, on the way of each pair that changed.

    A pair that gained is told by its new way, one that lost by its old way.
    """
    gained = _used(after, before, starts, ends, mode, impedance)
    lost = _used(before, after, starts, ends, mode, impedance)
    told = []
    for at, what in enumerate(change):
        by_new, by_old = gained[at], lost[at]
        gainer = what in ("faster", "newly connected")
        loser = what in ("slower", "lost")
        told.append(";".join(by_new if gainer else by_old or by_new if loser else ()))
    return told


def _used(
    network: Network, other: Network, starts: list[str], ends: list[str], mode: str, impedance: str
) -> list[tuple[str, ...]]:
    mine = sorted(_project_set(network) - _project_set(other))
    if not mine:
        return [()] * (len(starts) * len(ends))
    flags = {}
    for first in range(0, len(mine), _BITS):
        bit = {project: 1 << at for at, project in enumerate(mine[first : first + _BITS])}
        known = {
            ids: sum(bit[project] for project in set(ids.split(";")) & bit.keys())
            for ids in network.links["project_id"].unique()
        }
        flags[f"projects_{first}"] = network.links["project_id"].map(known).to_numpy(np.int64)
    answer = answer_of(network, starts, ends, mode=mode, impedance=impedance, flags=flags)
    found: list[list[str]] = [[] for _ in range(len(starts) * len(ends))]
    for at, project in enumerate(mine):
        bits = answer[f"projects_{at - at % _BITS}"].ravel()
        for pair in np.flatnonzero(bits >> (at % _BITS) & 1):
            found[pair].append(project)
    return [tuple(projects) for projects in found]


def _project_set(network: Network) -> set[str]:
    return {project for ids in network.links["project_id"].unique() for project in ids.split(";") if project}


def _names(network: Network, column: str) -> dict[str, str]:
    if network.recipe is None:
        return {}
    projects = network.recipe.layers["projects"]
    return dict(zip(projects["project_id"], projects[column], strict=True))
