"""The Pareto set against every simple path of small networks, and on the shipped layers."""

from __future__ import annotations

import json

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from yrdgis.cli import cli
from yrdgis.errors import InputError, UnknownNameError
from yrdgis.metrics import skim
from yrdgis.metrics.pareto import PARETO_COLUMNS, pareto
from yrdgis.network import Network, build_network

CRITERIA = {"total": "time_min", "cost": "cost_cny_teu", "co2": "co2_kg_teu"}


@st.composite
def worlds(draw):
    """Small networks with parallel links and zero weights."""
    count = draw(st.integers(2, 5))
    ends = draw(
        st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), min_size=1, max_size=12)
    )
    amounts = st.lists(st.integers(0, 6), min_size=len(ends), max_size=len(ends))
    links = pd.DataFrame(
        {
            "from_node_id": [f"n{a}" for a, _ in ends],
            "to_node_id": [f"n{b}" for _, b in ends],
            "mode": "freight",
            "total_min": np.array(draw(amounts), dtype=float),
            "cost_cny": np.array(draw(amounts), dtype=float),
            "co2_kg": np.array(draw(amounts), dtype=float),
        },
        index=[f"l{at:02}" for at in range(len(ends))],
    )
    return Network(pd.DataFrame(index=[f"n{at}" for at in range(count)]), links)


def every_chain(network: Network, origin: str, destination: str) -> set[tuple[float, ...]]:
    """Amounts of all simple paths that no other beats: the slow and obvious way."""
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(network.nodes.index)
    for link, row in network.links.iterrows():
        graph.add_edge(row["from_node_id"], row["to_node_id"], key=link)
    columns = ["total_min", "cost_cny", "co2_kg"]
    found = {
        tuple(network.links.loc[[key for _, _, key in chain], columns].sum())
        for chain in nx.all_simple_edge_paths(graph, origin, destination)
    }
    return {
        a for a in found if not any(b != a and all(x <= y for x, y in zip(b, a, strict=True)) for b in found)
    }


@settings(max_examples=60)
@given(worlds())
def test_the_set_is_what_every_path_gives(network):
    found = pareto(network, "n0", "n1")
    got = list(found[list(CRITERIA.values())].itertuples(index=False, name=None))
    assert len(got) == len(set(got))
    assert set(got) == every_chain(network, "n0", "n1")


@settings(max_examples=30)
@given(worlds(), st.sampled_from([0.1, 0.5]))
def test_with_a_tolerance_every_chain_is_matched(network, tolerance):
    exact = pareto(network, "n0", "n1")[list(CRITERIA.values())].to_numpy()
    some = pareto(network, "n0", "n1", tolerance=tolerance)[list(CRITERIA.values())].to_numpy()
    assert len(some) <= len(exact)
    assert all((some <= chain * (1 + tolerance) + 1e-9).all(axis=1).any() for chain in exact)


@pytest.fixture(scope="module")
def today(layers):
    return build_network(layers, "today", part="freight")


@pytest.mark.parametrize("pair", [("port:hexi", "port:yangshan"), ("city:nantong", "port:waigaoqiao")])
def test_its_ends_are_the_least_of_each_criterion(today, pair):
    found = pareto(today, *pair)
    assert tuple(found.columns) == PARETO_COLUMNS
    assert len(found) > 5
    for impedance, column in CRITERIA.items():
        row = skim(today, [pair[0]], [pair[1]], mode="freight", impedance=impedance).iloc[0]
        assert found[column].min() == pytest.approx(row[column])
    amounts = found[list(CRITERIA.values())].to_numpy()
    for at, chain in enumerate(amounts):
        others = np.delete(amounts, at, axis=0)
        assert not (others <= chain).all(axis=1).any()
    links = found["links"].iloc[0].split(";")
    assert today.links.loc[links, "total_min"].sum() == pytest.approx(found["time_min"].iloc[0], abs=1e-3)


def test_what_is_asked_wrongly_is_told(today):
    with pytest.raises(InputError, match="two criteria"):
        pareto(today, "port:hexi", "port:taicang", criteria=["cost"])
    with pytest.raises(InputError, match="within 0 and 1"):
        pareto(today, "port:hexi", "port:taicang", tolerance=2)
    with pytest.raises(UnknownNameError, match="port:hexii"):
        pareto(today, "port:hexii", "port:taicang")
    assert pareto(today, "port:hexi", "port:majishan").empty


def test_the_command_lists_the_chains():
    args = ["path", "--from", "南通", "--to", "外高桥", "--mode", "freight", "--pareto"]
    result = CliRunner().invoke(cli, [*args, "--json"], catch_exceptions=False)
    document = json.loads(result.stdout)
    assert tuple(document["rows"][0]) == PARETO_COLUMNS
    assert document["meta"]["from_id"] == "city:nantong"
    shown = CliRunner().invoke(cli, args, catch_exceptions=False).stdout
    assert "cost_cny_teu" in shown.splitlines()[0]
    wrong = CliRunner().invoke(cli, ["path", "--from", "南通", "--to", "苏州", "--pareto"])
    assert wrong.exit_code == 2
    assert "--mode freight" in wrong.output
