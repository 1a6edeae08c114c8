"""What is asked of the worth of projects, checked: who plays, what they require, which say nothing and why."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from yrdgis.errors import InputError
from yrdgis.metrics.hinterland import main_ports
from yrdgis.network import Network, in_mode
from yrdgis.network.effects import Effects, project_ids
from yrdgis.scenarios.reasons import no_links_reason
from yrdgis.scenarios.worth import MEASURES

if TYPE_CHECKING:
    import pandas as pd

    from yrdgis.io import Layers

__all__ = ["METHODS", "Task", "task_of"]

METHODS = ("shapley", "put-in", "take-out", "sampling")
"""Ways to tell what one of several projects is worth; ``sampling`` is Shapley from random orders."""


@dataclass(frozen=True)
class Task:
    """What is asked, checked."""

    base: Network
    layers: Layers
    asked: tuple[str, ...]
    players: tuple[str, ...]
    pulled_in: tuple[str, ...]
    conflicts: tuple[frozenset[str], ...]
    requires: Mapping[str, tuple[str, ...]]
    silent: Mapping[str, tuple[str, str, str]]
    origins: tuple[str, ...]
    destinations: tuple[str, ...]
    mode: str
    measure: str
    method: str

    @property
    def impedance(self) -> str:
        """What is minimised."""
        return "cost" if self.measure == "freight_cost" else "total"


def task_of(
    base: Network,
    projects: Iterable[str],
    origins: Sequence[str] | None,
    destinations: Sequence[str] | None,
    mode: str,
    measure: str,
    method: str,
) -> Task:
    """The question of `yrdgis.scenarios.value`, with names resolved and defaults filled in.

    Raises
    ------
    UnknownNameError
        If a project is not known.
    InputError
        If method, measure or mode do not go together, or there is no project.
    """
    assert base.recipe is not None
    layers, recipe = base.recipe.layers, base.recipe
    if method not in METHODS:
        raise InputError(f"no method {method!r}; there are {', '.join(METHODS)}")
    usual = {"door": "minutes", "drive": "minutes", "freight": "freight_cost"}.get(mode, "accessibility")
    measure = measure or usual
    if measure not in MEASURES:
        raise InputError(f"no measure {measure!r}; there are {', '.join(MEASURES)}")
    if (measure == "freight_cost") != (mode == "freight"):
        raise InputError("measure freight_cost goes with mode freight, and no other measure does")
    table = layers["projects"].set_index("project_id", drop=False)
    asked = sorted(project_ids(layers, projects))
    if not asked:
        raise InputError("there is no project to value; give at least one")
    in_force = Effects(
        layers, recipe.as_of, recipe.variant, recipe.with_projects, recipe.without_projects
    ).projects_on()
    requires, conflicts = _lists(table, "requires"), _lists(table, "conflicts")
    pulled = _required(requires, asked, in_force)
    silent = {}
    for project in [*asked, *pulled]:
        row = table.loc[[project]].iloc[0]
        why = no_links_reason(layers, row, in_force=in_force, as_of=recipe.as_of, freight=mode == "freight")
        if why is not None:
            silent[project] = why
    # a silent project that another requires still has to stand
    needed = {other for project in [*asked, *pulled] for other in requires[project]}
    players = [p for p in [*asked, *pulled] if p not in in_force and (p not in silent or p in needed)]
    if origins is None:
        places_of = (
            ("cluster_members", "member_id") if measure == "cohesion" else ("districts", "district_id")
        )
        origins = [p for p in layers[places_of[0]][places_of[1]] if p in base.nodes.index]
    if destinations is None and mode == "freight":
        destinations = main_ports(in_mode(base, mode))
    places = tuple(dict.fromkeys(origins))
    rivals = {frozenset((p, other)) for p in players for other in conflicts[p] if other in players}
    return Task(
        base,
        layers,
        tuple(asked),
        tuple(players),
        tuple(pulled),
        tuple(sorted(rivals, key=sorted)),
        {p: tuple(o for o in requires[p] if o not in in_force) for p in players},
        silent,
        places,
        places if destinations is None else tuple(dict.fromkeys(destinations)),
        mode,
        measure,
        method,
    )


def _lists(table: pd.DataFrame, column: str) -> dict[str, tuple[str, ...]]:
    """A column of lists, by project."""
    return dict(zip(table["project_id"], map(tuple, table[column]), strict=True))


def _required(
    requires: Mapping[str, tuple[str, ...]], asked: Sequence[str], in_force: Collection[str]
) -> list[str]:
    """What the projects require and theirs in turn, that is neither asked for nor in force."""
    todo, found = list(asked), list[str]()
    while todo:
        for other in requires[todo.pop()]:
            if other not in in_force and other not in asked and other not in found:
                found.append(other)
                todo.append(other)
    return sorted(found)
