"""What is lost if a project opens late: minutes x people x years.

Between the day on which a project is expected and that on which it opens late, the region does without it.
What that costs changes when other projects open meanwhile, so the years are cut at those openings, and every
piece is compared with the network in which the project is there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from yrdgis.errors import InputError, ScenarioError
from yrdgis.metrics.answers import answer_of
from yrdgis.network import Network, build_network
from yrdgis.network.effects import project_ids
from yrdgis.scenarios.worth import minutes_saved, people_of

if TYPE_CHECKING:
    from yrdgis.io import Layers

__all__ = ["DELAY_COLUMNS", "Delay", "delay"]

DELAY_COLUMNS = (
    "from",
    "until",
    "years",
    "lost_min",
    "lost_min_with_dependents",
    "lost_min_people_years",
    "lost_min_people_years_with_dependents",
)
"""Columns of the pieces of a delay: mean minutes per trip that are lost, and those times people and years."""

_DAYS_A_YEAR = 365.25
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False, repr=False)
class Delay:
    """What is lost when a project opens late.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row for each span between openings, columns of ``DELAY_COLUMNS``.
    meta : mapping
        ``project_id``, ``expected`` and ``late`` days, ``years``, ``dependents``, ``people``, and the totals
        ``alone`` and ``with_dependents`` in minutes x people x years: one trip of each resident in each year,
        as pairs of places are weighed.
    """

    frame: pd.DataFrame
    meta: Mapping[str, Any]

    def __repr__(self) -> str:
        told = f"{self.meta['alone']:.4g}, with dependents {self.meta['with_dependents']:.4g}"
        return f"<Delay of {self.meta['project_id']} by {self.meta['years']:g} years: {told} min x people x years>"

    def _repr_html_(self) -> str:
        """The totals and the spans, for a notebook; every text is escaped."""
        from yrdgis.io.cards import card, head

        meta = self.meta
        facts = [
            ("项目", "project", meta["project_id"]),
            ("预计开通", "expected", meta["expected"]),
            ("推迟至", "late", meta["late"]),
            ("损失（分钟·人·年）", "lost (min x people x years)", meta["alone"]),
            ("连同依赖它的项目", "with what depends on it", meta["with_dependents"]),
        ]
        title = (f"推迟 {meta['years']:g} 年的代价", f"What {meta['years']:g} years late cost")
        return card(title, facts, table=head(self.frame))


def delay(
    layers: Layers,
    project: str,
    years: float,
    *,
    places: Sequence[str] | None = None,
    mode: str = "door",
    variant: str = "expected",
) -> Delay:
    """What is lost if a project opens some years late, alone and with what depends on it.

    Parameters
    ----------
    layers : Layers
    project : str
        Id or name.
    years : float
        How late it opens.
    places : sequence of str, optional
        Places with people; all districts by default.
    mode : {"door", "drive"}
        Every pair must have a way without the project.
    variant : {"expected", "optimistic", "pessimistic"}
        Which opening dates count.

    Returns
    -------
    Delay
        Alone: only its own links come late; trains that need them come late too, other projects open on their
        dates. With dependents: projects that require it, and those that require them, wait as well.

    Raises
    ------
    UnknownNameError
        If there is no such project.
    ScenarioError
        If its opening is not dated, so that nothing can be late.
    InputError
        If `years` is not positive.

    Examples
    --------
    >>> from yrdgis.io import load_layers
    >>> late = delay(load_layers(), "husuhu-hsr", 2)  # doctest: +SKIP
    >>> late.meta["alone"] > 0  # doctest: +SKIP
    True
    """
    if not years > 0:
        raise InputError(f"a delay is a number of years above 0, not {years!r}")
    (own,) = project_ids(layers, [project])
    table = layers["projects"].set_index("project_id", drop=False)
    column = {"optimistic": "opened_earliest", "pessimistic": "opened_latest"}.get(variant, "opened_expected")
    opening = pd.to_datetime(table[column])
    if pd.isna(opening[own]):
        raise ScenarioError(
            f"{own} has no {variant} opening date, so it can't be late; give it one in projects"
        )
    first = opening[own].date()
    last = first + dt.timedelta(days=round(years * _DAYS_A_YEAR))
    others = opening.drop(own).dropna()
    openings = sorted({day.date() for day in others if first < day.date() < last})
    dependents = _dependents(table, own)
    spots = list(layers["districts"]["district_id"]) if places is None else list(dict.fromkeys(places))
    people = people_of(layers, spots).to_numpy()
    beta = layers.parameter("value.beta_per_min")
    rows, weights = [], None
    for start, end in zip([first, *openings], [*openings, last], strict=True):
        with_ = build_network(layers, start, with_projects=[own], variant=variant)
        times = _times(with_, spots, mode)
        gone = [
            _times(_without(layers, start, without, variant), spots, mode)
            for without in ([own], [own, *dependents])
        ]
        if weights is None:
            # weighed as on the first day without the project, so that spans can be added
            weights = minutes_saved(gone[0], np.eye(len(spots), dtype=bool), (people, people), beta)
        losses = [_worth(weights.of_pairs, times) - _worth(weights.of_pairs, one) for one in gone]
        span = (end - start).days / _DAYS_A_YEAR
        rows.append((start, end, span, *losses, *(one * people.sum() * span for one in losses)))
    frame = pd.DataFrame(rows, columns=list(DELAY_COLUMNS))
    meta = {
        "project_id": own,
        "name_zh": table.at[own, "name_zh"],
        "expected": first.isoformat(),
        "late": last.isoformat(),
        "years": years,
        "dependents": dependents,
        "people": int(people.sum()),
        "mode": mode,
        "alone": float(frame["lost_min_people_years"].sum()),
        "with_dependents": float(frame["lost_min_people_years_with_dependents"].sum()),
    }
    return Delay(frame, meta)


def _dependents(table: pd.DataFrame, project: str) -> list[str]:
    """Projects that require one, and those that require them."""
    needs = dict(zip(table["project_id"], map(frozenset, table["requires"]), strict=True))
    found: set[str] = {project}
    while True:
        more = {other for other, required in needs.items() if required & found} | found
        if more == found:
            return sorted(found - {project})
        found = more


def _without(layers: Layers, day: dt.date, projects: Iterable[str], variant: str) -> Network:
    return build_network(layers, day, without_projects=projects, variant=variant)


def _times(network: Network, places: Collection[str], mode: str) -> Ints:
    spots = list(places)
    return answer_of(network, spots, spots, mode=mode, impedance="total")["value"]


def _worth(of_pairs: Any, times: Ints) -> float:
    pairs = np.arange(times.size)
    return float(of_pairs(pairs, times.reshape(1, -1)).sum())
