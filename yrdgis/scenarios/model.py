"""A scenario: a day, and projects that are added or left out whatever their dates."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yrdgis.errors import InputError, ScenarioError, UnknownNameError, all_at_once
from yrdgis.io.dates import NAMED_DATES, VARIANTS, in_service, parse_date

if TYPE_CHECKING:
    import pandas as pd

    from yrdgis.io import Layers
    from yrdgis.network import Network

__all__ = ["NAMED", "Scenario", "named_scenarios", "scenario"]

NAMED = (*NAMED_DATES, "today-without-plan")
"""Named scenarios: the named dates, and today without what the plan names and has built since its eve."""


@dataclass(frozen=True)
class Scenario:
    """An immutable set of choices; two with the same day, projects and variant are equal, whatever their
    names.

    Parameters
    ----------
    date : datetime.date
        Day whose network is meant.
    with_projects : frozenset of str
        Ids of projects that count as open whatever their dates.
    without_projects : frozenset of str
        Ids of projects that are left out whatever their dates.
    variant : {"expected", "optimistic", "pessimistic"}
        Which opening dates count for all others.
    name : str
        What to call it; no part of what it is.

    Raises
    ------
    ScenarioError
        If a project is added and left out at once, or there is no such variant.

    Examples
    --------
    >>> a = Scenario(dt.date(2035, 12, 31), frozenset({"project:x"}))
    >>> b = Scenario(dt.date(2035, 12, 31)).plus(["project:x"])
    >>> a == b, hash(a) == hash(b), Scenario.from_json(a.to_json()) == a
    (True, True, True)
    """

    date: dt.date
    with_projects: frozenset[str] = frozenset()
    without_projects: frozenset[str] = frozenset()
    variant: str = "expected"
    name: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "with_projects", frozenset(self.with_projects))
        object.__setattr__(self, "without_projects", frozenset(self.without_projects))
        both = self.with_projects & self.without_projects
        if both:
            raise ScenarioError(f"scenario adds and leaves out at once: {', '.join(sorted(both))}")
        if self.variant not in VARIANTS:
            raise ScenarioError(f"no variant {self.variant!r} of the dates; there are {', '.join(VARIANTS)}")

    @property
    def content_hash(self) -> str:
        """SHA-256 of what it is, the same on every machine."""
        return hashlib.sha256(json.dumps(self._content(), sort_keys=True).encode()).hexdigest()

    @property
    def label(self) -> str:
        """Its name, or its day and projects."""
        added = "".join(f" +{p.removeprefix('project:')}" for p in sorted(self.with_projects))
        left_out = "".join(f" -{p.removeprefix('project:')}" for p in sorted(self.without_projects))
        return self.name or f"{self.date.isoformat()}{added}{left_out}"

    def plus(self, projects: Iterable[str]) -> Scenario:
        """The scenario with more projects added; one that was left out is left out no longer."""
        more = frozenset(projects)
        kept = self.without_projects - more
        return replace(self, with_projects=self.with_projects | more, without_projects=kept, name="")

    def minus(self, projects: Iterable[str]) -> Scenario:
        """The scenario with more projects left out; one that was added is added no longer."""
        gone = frozenset(projects)
        kept = self.with_projects - gone
        return replace(self, with_projects=kept, without_projects=self.without_projects | gone, name="")

    def __or__(self, other: Scenario) -> Scenario:
        """Union of two scenarios of one day: the projects that either adds, and those that both leave out."""
        self._same_day(other)
        added = self.with_projects | other.with_projects
        left_out = (self.without_projects & other.without_projects) - added
        return replace(self, with_projects=added, without_projects=left_out, name="")

    def __and__(self, other: Scenario) -> Scenario:
        """Intersection of two scenarios of one day: the projects that both add, and those that either leaves
        out.
        """
        self._same_day(other)
        added = self.with_projects & other.with_projects
        left_out = (self.without_projects | other.without_projects) - added
        return replace(self, with_projects=added, without_projects=left_out, name="")

    def __sub__(self, other: Scenario) -> Scenario:
        """Difference of two scenarios of one day: this one without the projects that the other adds."""
        self._same_day(other)
        return replace(self, with_projects=self.with_projects - other.with_projects, name="")

    def __repr__(self) -> str:
        title = f" {self.name}" if self.name else ""
        variant = "" if self.variant == "expected" else f", {self.variant} dates"
        parts = [
            f"{word} {', '.join(project.removeprefix('project:') for project in sorted(projects))}"
            for word, projects in (("with", self.with_projects), ("without", self.without_projects))
            if projects
        ]
        return f"<Scenario{title} {self.date.isoformat()}{variant}: {'; '.join(parts) or 'as dated'}>"

    def _repr_html_(self) -> str:
        """Its day and the projects that it adds or leaves out, for a notebook; every text is escaped."""
        from yrdgis.io.cards import card

        facts = [
            ("日期", "day", self.date),
            ("日期取值", "dates", "" if self.variant == "expected" else self.variant),
            ("增加项目", "projects added", sorted(self.with_projects)),
            ("去掉项目", "projects left out", sorted(self.without_projects)),
        ]
        return card((f"情景 {self.label}", f"Scenario {self.label}"), facts)

    def choose(
        self,
        layers: Layers,
        *,
        status: str | Iterable[str] | None = None,
        in_plan: bool | None = None,
        mode: str | None = None,
    ) -> Scenario:
        """The scenario with all projects added that fit, and what they require.

        Parameters
        ----------
        layers : Layers
        status : str or iterable of str, optional
            Such as ``under_construction``.
        in_plan : bool, optional
            Whether the plan names them.
        mode : str, optional
            ``rail``, ``road``, ``water``, ``port`` or ``air``.

        Raises
        ------
        InputError
            If no project has such a status or mode.
        """
        table = layers["projects"]
        fits = table["project_id"].ne("")
        wanted = {"status": {status} if isinstance(status, str) else status, "mode": {mode} if mode else None}
        for column, values in wanted.items():
            if values is None:
                continue
            strange = sorted(set(values) - set(table[column]))
            if strange:
                known = ", ".join(sorted(set(table[column])))
                raise InputError(f"no project has the {column} {', '.join(strange)}; there are {known}")
            fits = fits & table[column].isin(list(values))
        if in_plan is not None:
            fits = fits & table["in_plan"].eq(in_plan)
        return self.plus(table.loc[fits, "project_id"]).closed(layers)

    def states(self, layers: Layers) -> pd.DataFrame:
        """Every project of some layers, and whether it is in force.

        Returns
        -------
        pandas.DataFrame
            ``project_id``, ``name``, ``name_zh``, ``mode``, ``in_plan``, ``status``, ``in_force`` and
            ``state`` (``open`` or ``closed`` by its dates, ``added`` or ``left out`` by the scenario).
        """
        projects = layers["projects"]
        by_date = in_service(projects, self.date, layers.valid_on, self.variant)
        out = projects[["project_id", "name", "name_zh", "mode", "in_plan", "status"]].copy()
        out["state"] = by_date.map({True: "open", False: "closed"})
        out.loc[out["project_id"].isin(self.with_projects), "state"] = "added"
        out.loc[out["project_id"].isin(self.without_projects), "state"] = "left out"
        out["in_force"] = out["state"].isin(["open", "added"])
        return out

    def problems(self, layers: Layers) -> list[str]:
        """What can't stand together: projects that are unknown, lack what they require, or exclude each
        other.
        """
        projects = layers["projects"].set_index("project_id")
        asked = self.with_projects | self.without_projects
        found = [f"there is no {project}" for project in sorted(asked - set(projects.index))]
        states = self.states(layers).set_index("project_id")["in_force"]
        for project, required in projects["requires"].items():
            lacking = [str(other) for other in required if not states.get(other, False)]
            if project in self.with_projects and lacking:
                found.append(f"{project} requires {', '.join(lacking)}: add that too")
        rivals = {
            frozenset((str(project), str(other)))
            for project, others in projects["conflicts"].items()
            for other in others
            if states.get(project, False) and states.get(other, False)
        }
        found += [f"{' and '.join(sorted(pair))} exclude each other: leave one out" for pair in rivals]
        return found

    def closed(self, layers: Layers) -> Scenario:
        """The scenario with all that its added projects require, and theirs in turn, added too."""
        requires = layers["projects"].set_index("project_id")["requires"]
        states = self.states(layers).set_index("project_id")["state"]
        todo, added = list(self.with_projects), set(self.with_projects)
        while todo:
            for project in requires.get(todo.pop(), ()):
                if project not in added and states.get(project) == "closed":
                    added.add(project)
                    todo.append(project)
        return replace(self, with_projects=frozenset(added))

    def network(self, layers: Layers, **options: Any) -> Network:
        """The network of this scenario.

        Parameters
        ----------
        layers : Layers
        **options
            ``parameters`` and ``period``, as for `yrdgis.network.build_network`.

        Raises
        ------
        ScenarioError
            If its projects can't stand together; all problems are named.
        """
        from yrdgis.network import build_network

        problems = self.problems(layers)
        if problems:
            raise ScenarioError(all_at_once(f"scenario {self.label}", problems))
        return build_network(
            layers,
            self.date,
            with_projects=self.with_projects,
            without_projects=self.without_projects,
            variant=self.variant,
            label=self.label,
            **options,
        )

    def to_json(self) -> str:
        """Its content and name as JSON; equal scenarios differ in nothing but the name."""
        return json.dumps({"name": self.name, **self._content()}, ensure_ascii=False, indent=2)

    @classmethod
    def from_json(cls, text: str) -> Scenario:
        """A scenario from JSON as `to_json` writes it; only ``date`` must be there.

        Raises
        ------
        InputError
            If it is no JSON object, or has keys or values that a scenario does not have.
        DateError
            If its date is none.
        """
        try:
            content = json.loads(text)
        except ValueError as error:
            raise InputError(f"a scenario is a JSON object; this is none: {error}") from None
        if not isinstance(content, Mapping) or not isinstance(content.get("date"), str):
            raise InputError('a scenario is a JSON object with a date at least, as {"date": "2030-12-31"}')
        known = {"name", "date", "with_projects", "without_projects", "variant"}
        strange = sorted(set(content) - known)
        if strange:
            raise InputError(f"a scenario has no {', '.join(strange)}; it has {', '.join(sorted(known))}")
        sets = {key: _texts(content.get(key, []), key) for key in ("with_projects", "without_projects")}
        return cls(
            parse_date(content["date"]),
            **sets,
            variant=str(content.get("variant", "expected")),
            name=str(content.get("name", "")),
        )

    def _content(self) -> dict[str, Any]:
        return {
            "date": self.date.isoformat(),
            "with_projects": sorted(self.with_projects),
            "without_projects": sorted(self.without_projects),
            "variant": self.variant,
        }

    def _same_day(self, other: Scenario) -> None:
        if (self.date, self.variant) != (other.date, other.variant):
            raise ScenarioError(
                f"{self.label} and {other.label} are of different days or variants, so they can't be joined"
            )


def named_scenarios(layers: Layers) -> dict[str, Scenario]:
    """Scenarios that have a name, for some layers."""
    found = {name: Scenario(parse_date(name, layers.valid_on), name=name) for name in NAMED_DATES}
    projects = layers["projects"]
    new = ~in_service(projects, found["plan-eve"].date, layers.valid_on)
    planned = frozenset(projects.loc[projects["in_plan"] & new, "project_id"])
    name = "today-without-plan"
    return {**found, name: Scenario(layers.valid_on, without_projects=planned, name=name)}


def scenario(
    text: str, layers: Layers, *, with_projects: Iterable[str] = (), without_projects: Iterable[str] = ()
) -> Scenario:
    """Scenario that a text stands for: a name, a date, or a JSON file.

    Parameters
    ----------
    text : str
        Such as ``plan-eve``, ``2030-06-30`` or ``mine.json``.
    layers : Layers
    with_projects, without_projects : iterable of str
        Ids or names of more projects to add or leave out.

    Raises
    ------
    DateError
        If the text is no name, no date and no file.
    UnknownNameError
        If a project is not known, naming the nearest.
    """
    from yrdgis.network.effects import project_ids

    named = named_scenarios(layers)
    if text in named:
        found = named[text]
    elif text.endswith(".json"):
        found = Scenario.from_json(_read(Path(text)))
    else:
        found = Scenario(parse_date(text, layers.valid_on))
    added, left_out = project_ids(layers, with_projects), project_ids(layers, without_projects)
    if added & left_out:
        raise ScenarioError(f"scenario adds and leaves out at once: {', '.join(sorted(added & left_out))}")
    found = found.plus(added) if added else found
    return found.minus(left_out) if left_out else found


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise UnknownNameError(f"no scenario file {file}; give a name, a date, or a JSON file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"can't read the scenario file {file}: {error}") from None


def _texts(values: Any, key: str) -> frozenset[str]:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise InputError(f"{key} of a scenario is a list of project ids")
    return frozenset(values)
