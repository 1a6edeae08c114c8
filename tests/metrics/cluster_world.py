"""A network drawn at random for jobs in blocks; another process draws the same one."""

from __future__ import annotations

import os
import signal

import numpy as np
import pandas as pd

from yrdgis.network import Network


def towns(count: int = 100, *, seed: int = 7, label: str = "drawn") -> Network:
    """Towns on a ring of roads with some more roads across, and a few towns that no road reaches."""
    rng = np.random.default_rng(seed)
    ids = [f"roadnode:{at:03d}" for at in range(count)]
    joined = count - 3
    tail = np.concatenate([np.arange(joined), rng.integers(0, joined, 2 * count)])
    head = np.concatenate([(np.arange(joined) + 1) % joined, rng.integers(0, joined, 2 * count)])
    minutes = rng.uniform(1, 30, len(tail))
    links = pd.DataFrame(
        {
            "from_node_id": np.array(ids, dtype=object)[tail],
            "to_node_id": np.array(ids, dtype=object)[head],
            "mode": "drive",
            "kind": "road",
            "length_km": rng.uniform(1, 20, len(tail)),
            "in_vehicle_min": minutes,
            "total_min": minutes,
            "cost_cny": rng.uniform(0, 9, len(tail)),
            "confidence": rng.choice(["high", "medium", "low"], len(tail)),
            "dated": rng.random(len(tail)) < 0.8,
        },
        index=[f"roadlink:{at:04d}" for at in range(len(tail))],
    )
    nodes = pd.DataFrame(
        {"name": [f"Town {at}" for at in range(count)], "name_zh": [f"镇{at}" for at in range(count)]},
        index=ids,
    )
    return Network(nodes, links, label=label)


def scenarios() -> dict[str, Network]:
    """Two of them: a job over both has 200 blocks of one origin."""
    return {"before": towns(seed=7), "after 后": towns(seed=8)}


def begin_and_die(scheduler: str, folder: str, at: int) -> None:
    """Skim into a folder on some cluster, and die without a word once so many blocks are done."""
    from distributed import Client

    from yrdgis.metrics import skim

    def die(done: int, total: int) -> None:
        if done >= at:
            os.kill(os.getpid(), signal.SIGKILL)

    networks = scenarios()
    with Client(scheduler, set_as_default=False) as client:
        places = list(networks["before"].nodes.index)
        skim(networks, places, mode="drive", block=1, client=client, out=folder, progress=die)
