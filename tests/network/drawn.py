"""Small networks drawn by hand or at random, for tests that need no layers."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from yrdgis.network import Network

TEXT = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), max_size=8)
ANY_SIZE = st.floats(0, 1e6, allow_nan=False)
LENGTH = st.floats(0, 2000, allow_nan=False)


def strait() -> Network:
    """Two towns on each shore, and the bridge that a project adds.

    town:a --10-- x  ~~~15~~~  y --10-- town:b       no way before; 35 min after

    The towns hang on their junctions by connectors of 1 min; town:c hangs on both shores, by 1 min each, and
    is no way across.
    """
    nodes = pd.DataFrame(
        {"name": ["A", "B", "C", "X", "Y"], "name_zh": ["甲", "乙", "丙", "西岸", "东岸"]},
        index=["town:a", "town:b", "town:c", "roadnode:x", "roadnode:y"],
    )
    nodes["kind"] = [node.split(":")[0] for node in nodes.index]
    rows = [
        ("a-x", "town:a", "roadnode:x", "connector", 10.0, 8.0),
        ("b-y", "town:b", "roadnode:y", "connector", 10.0, 8.0),
        ("c-x", "town:c", "roadnode:x", "connector", 1.0, 1.0),
        ("c-y", "town:c", "roadnode:y", "connector", 1.0, 1.0),
    ]
    return Network(nodes, both_ways(rows), label="strait")


def bridge() -> pd.DataFrame:
    """The bridge of `strait`, both ways, which ``project:bridge`` adds."""
    return both_ways([("x-y", "roadnode:x", "roadnode:y", "road", 15.0, 12.0)]).assign(
        project_id="project:bridge"
    )


def both_ways(rows: list[tuple[str, str, str, str, float, float]]) -> pd.DataFrame:
    """Links of mode drive from id, ends, kind, minutes and kilometres, and their ways back."""
    columns = ["link_id", "from_node_id", "to_node_id", "kind", "total_min", "length_km"]
    there = pd.DataFrame(rows, columns=columns)
    back = there.rename(columns={"from_node_id": "to_node_id", "to_node_id": "from_node_id"})
    back["link_id"] += "/back"
    links = pd.concat([there, back]).set_index("link_id")
    return links.assign(mode="drive", in_vehicle_min=links["total_min"])


@st.composite
def networks(draw: st.DrawFn, *, plain: bool = True) -> Network:
    """Networks with parallel links, self loops, zero times and isolated nodes; `plain` keeps names simple."""
    count = draw(st.integers(1, 6))
    text = st.sampled_from(["", "甲", "a"]) if plain else TEXT
    ids = (
        [f"n{at}" for at in range(count)]
        if plain
        else draw(st.lists(TEXT, min_size=count, max_size=count, unique=True))
    )
    ends = draw(st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=12))
    number = len(ends)
    minutes = np.array(draw(st.lists(st.integers(0, 40), min_size=number, max_size=number)), dtype=float)
    wait = np.array(draw(st.lists(st.integers(0, 9), min_size=number, max_size=number)), dtype=float)
    links = pd.DataFrame(
        {
            "from_node_id": [ids[a] for a, _ in ends],
            "to_node_id": [ids[b] for _, b in ends],
            "mode": "drive",
            "kind": draw(st.lists(text, min_size=number, max_size=number)),
            "length_km": draw(st.lists(LENGTH if plain else ANY_SIZE, min_size=number, max_size=number)),
            "in_vehicle_min": minutes,
            "total_min": minutes + wait,
            "legs": draw(st.lists(st.integers(0, 2), min_size=number, max_size=number)),
            "assumed": draw(st.lists(st.booleans(), min_size=number, max_size=number)),
            "wait_min": wait,
            "line_name": draw(st.lists(text, min_size=number, max_size=number)),
        },
        index=[f"l{at}" for at in range(number)],
    )
    nodes = pd.DataFrame({"name_zh": draw(st.lists(text, min_size=count, max_size=count))}, index=ids)
    return Network(nodes, links, label=draw(text), attrs={"period": "free"})
