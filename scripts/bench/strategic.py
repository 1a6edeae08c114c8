"""The strategic network of the layers as arrays, and the plan's projects on it."""

from __future__ import annotations

from typing import Any

import numpy as np

from bench.graphs import Arrays

MILLISECONDS = 60_000


def strategic() -> tuple[Arrays, np.ndarray, dict[str, Any]]:
    """Network of the plan's eve, the districts' nodes, and the projects of the plan as links that they add.

    Impedance is minutes in all, as whole milliseconds.
    """
    from yrdgis.engine import Project
    from yrdgis.io import load_layers
    from yrdgis.network import build_network

    layers = load_layers()
    before = build_network(layers, as_of="plan-eve")
    after = build_network(layers, as_of="plan-complete")
    names = before.nodes.index.union(after.nodes.index)
    number = {name: i for i, name in enumerate(names)}
    links = before.links
    arrays = Arrays(
        "strategic",
        len(names),
        links["from_node_id"].map(number).to_numpy(np.int32),
        links["to_node_id"].map(number).to_numpy(np.int32),
        _weights(links),
        after.nodes["lon"].reindex(names).fillna(before.nodes["lon"]).to_numpy(float),
        after.nodes["lat"].reindex(names).fillna(before.nodes["lat"]).to_numpy(float),
    )
    projects = {}
    new = after.links[~after.links.index.isin(links.index) & after.links["project_id"].notna()]
    for project, rows in new.groupby("project_id"):
        if project and ";" not in str(project):
            added = (
                rows["from_node_id"].map(number).to_numpy(),
                rows["to_node_id"].map(number).to_numpy(),
                _weights(rows),
            )
            projects[str(project)] = Project(added=added)
    districts = np.array([number[name] for name in names if str(name).startswith("district:")], np.int32)
    return arrays, districts, projects


def _weights(links: Any) -> np.ndarray:
    return np.maximum(0, np.round(links["total_min"].to_numpy(float) * MILLISECONDS)).astype(np.int64)


def strongest(scenarios: Any, count: int) -> list[str]:
    """Names of the projects that save most on their own."""
    districts = len(scenarios.matrix([]))
    weights = np.ones((districts, districts))
    sets: list[list[str]] = [[], *[[name] for name in scenarios.names]]
    sums = scenarios.sums(sets, weights, no_way=0).sum(1)
    return [scenarios.names[i] for i in np.argsort(sums[1:] - sums[0], kind="stable")[:count]]
