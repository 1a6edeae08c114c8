"""Skims drawn by hand or at random for the measures."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import strategies as st


def long(matrix: list[list[float]], names: str = "abcdefgh") -> pd.DataFrame:
    """Skim of a square table of minutes between places called a, b, c ...; NaN where there is no way."""
    size = len(matrix)
    ids = list(names[:size])
    return pd.DataFrame(
        {
            "from_id": np.repeat(ids, size),
            "to_id": np.tile(ids, size),
            "time_min": np.array(matrix, dtype=float).ravel(),
        }
    )


@st.composite
def tables(draw: st.DrawFn, size: int = 4) -> list[list[float]]:
    """Tables of whole minutes; none on the diagonal, NaN where there is no way."""
    value = st.one_of(st.integers(0, 200).map(float), st.just(float("nan")))
    rows = [[draw(value) for _ in range(size)] for _ in range(size)]
    for at in range(size):
        rows[at][at] = 0.0
    return rows
