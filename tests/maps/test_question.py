"""The matrices of the question page: packed small, read back as they were."""

import base64

import numpy as np
import pytest

from yrdgis.maps.question import _packed
from yrdgis.scenarios.kernel import FAR


def unpacked(text: str) -> list[int]:
    """What the page's script does, number by number."""
    raw = iter(base64.b64decode(text))

    def number() -> int:
        value = shift = 0
        for byte in raw:
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value
        raise AssertionError("the bytes end within a number")

    count, out = number(), []
    while len(out) < count:
        value = number()
        out += [value - 1] if value else [FAR] * number()
    assert next(raw, None) is None
    return out


@pytest.mark.parametrize("far", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("shape", [(0, 4), (1, 1), (3, 5), (40, 70)])
def test_whole_numbers_come_back_as_they_were(shape, far):
    random = np.random.default_rng(3)
    values = random.integers(0, FAR, shape)
    values[random.random(shape) < far] = FAR
    values.ravel()[:1] = FAR if far == 1 else 0
    assert unpacked(_packed(values)) == values.ravel().tolist()


def test_what_leads_nowhere_costs_next_to_nothing():
    assert len(_packed(np.full((400, 400), FAR))) < 20
