"""The small matrices of the page of questions, against networks built anew."""

import itertools

import numpy as np
import pytest

from yrdgis.io.dates import parse_date
from yrdgis.metrics.answers import answer_of
from yrdgis.network import build_network
from yrdgis.scenarios.bundles import network_of
from yrdgis.scenarios.kernel import FAR, kernel_of


def anew(base, kernel, chosen):
    found = answer_of(
        network_of(base, chosen), kernel.origins, kernel.destinations, mode="door", impedance="total"
    )["value"]
    return np.where(found < 0, FAR, found)


def test_every_set_of_a_made_up_region_equals_a_network_built_anew(toy):
    base = build_network(toy, parse_date("plan-eve", toy.valid_on))
    districts = list(toy["districts"]["district_id"])
    kernel = kernel_of(base, list(toy["projects"]["project_id"]), districts, districts)
    assert kernel.projects
    for count in range(len(kernel.projects) + 1):
        for chosen in itertools.combinations(kernel.projects, count):
            assert np.array_equal(kernel.times(chosen), anew(base, kernel, chosen)), chosen


@pytest.mark.slow
def test_sets_of_the_shipped_projects_equal_networks_built_anew(layers):
    base = build_network(layers, parse_date("plan-eve", layers.valid_on))
    districts = list(layers["districts"]["district_id"])
    projects = list(layers["projects"]["project_id"])
    links = layers["project_links"]
    acting = set(links.loc[links["effect_kind"] != "capacity", "project_id"])
    kernel = kernel_of(base, [p for p in projects if p in acting], districts[:20], districts)
    random = np.random.default_rng(7)
    for size in (1, 6, 25, len(kernel.projects)):
        chosen = list(random.choice(kernel.projects, size, replace=False))
        assert np.array_equal(kernel.times(chosen), anew(base, kernel, chosen))


def test_more_projects_never_lengthen_a_journey(toy):
    base = build_network(toy, parse_date("plan-eve", toy.valid_on))
    districts = list(toy["districts"]["district_id"])
    kernel = kernel_of(base, list(toy["projects"]["project_id"]), districts, districts)
    for count in range(len(kernel.projects)):
        less, more = kernel.times(kernel.projects[:count]), kernel.times(kernel.projects[: count + 1])
        assert (more <= less).all()
