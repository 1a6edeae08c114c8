"""The made-up region with projects of its own, each owning some links."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd

from yrdgis.io import Layers, load_layers
from yrdgis.network import Network, build_network

TOY = Path(__file__).parents[1] / "data" / "toy"
LINKS = [
    "raillink:jia/jiazhou--jiadong",
    "raillink:jiayi-hsr/jiadong--yizhou",
    "raillink:jiayi-hsr/yizhou--yidong",
    "roadlink:g1/jiaxi--jiadong",
    "roadlink:g1/jiadong--yixi",
    "roadlink:g1/yixi--yidong",
    "roadlink:x1/lake-west--lake-east",
]
DISTRICTS = ["district:990101", "district:990102", "district:980101", "district:980122"]
PROJECTS = ["project:p0", "project:p1", "project:p2", "project:p3"]


def world(
    folder: Path, owners: dict[str, str], requires: dict[str, str], conflicts: dict[str, str]
) -> Layers:
    """The made-up region with projects of its own, each owning some links."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(TOY, folder)
    table = pd.read_csv(folder / "projects" / "projects.csv", dtype=str, keep_default_na=False)
    road = table[table["project_id"] == "project:lake-road"].iloc[0]
    rows = [
        {
            **road,
            "project_id": p,
            "name": p,
            "name_zh": p,
            "plan_item_ids": "",
            "requires": requires.get(p, ""),
            "conflicts": conflicts.get(p, ""),
        }
        for p in PROJECTS
    ]
    pd.DataFrame(rows).to_csv(folder / "projects" / "projects.csv", index=False)
    pd.DataFrame(
        [(p, link, "adds_link", "", "", "") for link, p in owners.items()],
        columns=["project_id", "link_id", "effect_kind", "attribute", "value", "value_before"],
    ).to_csv(folder / "projects" / "project_links.csv", index=False)
    return load_layers(folder)


def bare(layers: Layers) -> Network:
    """The network of 2030 without any project."""
    return build_network(layers, "2030-12-31", without_projects=PROJECTS)
