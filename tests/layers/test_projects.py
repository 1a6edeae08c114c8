"""Projects: what each opens or changes, in agreement with links, register and published lengths."""

from __future__ import annotations

import pytest

EVE, FALL = "2019-12-01", "2020-01-01"
NETWORKS = ("rail_links", "metro_links", "road_links", "water_links")


@pytest.fixture(scope="module")
def links(rows):
    """Every link of the networks by id."""
    return {r["link_id"]: r for layer in NETWORKS for r in rows(layer)}


@pytest.fixture(scope="module")
def effects(rows):
    """Rows of project_links by project."""
    found: dict[str, list[dict[str, str]]] = {}
    for row in rows("project_links"):
        found.setdefault(row["project_id"], []).append(row)
    return found


def test_effects_name_links_that_stand_in_the_layers(rows, links):
    assert [r["link_id"] for r in rows("project_links") if r["link_id"] not in links] == []


def test_a_project_has_links_or_says_why_not(rows, effects):
    for project in rows("projects"):
        if project["project_id"] not in effects:
            assert project["not_measured"], project["project_id"]


def test_capacity_is_never_a_silent_zero(rows, effects):
    for project in rows("projects"):
        if project["effect_kind"] == "capacity":
            assert "does not measure" in project["not_measured"], project["project_id"]
        for row in effects.get(project["project_id"], []):
            assert row["effect_kind"] == project["effect_kind"]
            assert row["attribute"] != "free_speed_kph" or project["effect_kind"] == "speed"


def test_opened_links_open_with_their_project(rows, links, effects):
    for project in rows("projects"):
        if project["effect_kind"] != "adds_link" or project["status"] != "operating":
            continue
        for row in effects.get(project["project_id"], []):
            link = links[row["link_id"]]
            assert link["status"] == "operating", row["link_id"]
            assert link["opened_expected"] == project["opened_expected"], (
                project["project_id"],
                row["link_id"],
            )


def test_links_of_unbuilt_projects_are_not_open(rows, links, effects):
    for project in rows("projects"):
        if project["effect_kind"] == "adds_link" and project["status"] != "operating":
            for row in effects.get(project["project_id"], []):
                assert links[row["link_id"]]["status"] != "operating", row["link_id"]


def test_no_link_is_opened_by_two_projects(rows):
    opened = [r["link_id"] for r in rows("project_links") if r["effect_kind"] == "adds_link"]
    assert len(opened) == len(set(opened))


def test_every_link_opened_since_the_plan_belongs_to_a_project(rows, links):
    """Railways, highways and waterways dated after plan-eve; metro lines are services of their own."""
    known = {r["link_id"] for r in rows("project_links")}
    later = [
        i
        for layer in ("rail_links", "road_links", "water_links")
        for i, r in ((row["link_id"], row) for row in rows(layer))
        if r["opened_expected"] > EVE or r["status"] in ("under_construction", "planned", "preliminary")
    ]
    missing = [i for i in later if i not in known and not i.startswith("raillink:hub-transfer/")]
    assert missing == []


def test_the_plan_s_projects_quote_it_and_the_others_do_not(rows):
    items = {r["item_id"]: r for r in rows("items")}
    for project in rows("projects"):
        in_plan = project["in_plan"] == "True"
        assert bool(project["quote"]) == bool(project["section"]) == bool(project["plan_item_ids"]) == in_plan
        if in_plan:
            first = items[project["plan_item_ids"].split(";")[0]]
            assert (project["quote"], project["section"]) == (first["quote"], first["section"])


@pytest.mark.parametrize(
    "project_id",
    [
        "hutong-1", "hutong-2", "beiyanjiang", "husuhu-hsr", "huzhahang", "airport-link",
        "yrd-intercity-express",
        "waigaoqiao-branch", "pudong-hub", "g15-jialiu", "s16", "dead-end-g228-chusheng", "toll-barriers",
        "changhushen",
        "hangpingshen", "sushen-neigang-west", "xiaoyangshan-north", "pvg-phase-3",
    ],
)  # fmt: skip
def test_every_project_that_the_plan_names_is_there(rows, project_id):
    project = next(r for r in rows("projects") if r["project_id"] == f"project:{project_id}")
    assert project["in_plan"] == "True"


def test_what_opened_before_the_plan_is_not_its_effect(rows):
    first = next(r for r in rows("projects") if r["project_id"] == "project:dead-end-yingdian-xinle")
    assert first["opened_expected"] < EVE
    assert first["in_plan"] == "False"


DEAD_ENDS = 15


def test_fifteen_dead_end_roads_each_a_project(rows):
    assert sum(r["project_id"].startswith("project:dead-end-") for r in rows("projects")) == DEAD_ENDS


def test_a_dead_end_opens_no_more_than_its_published_length(rows, links, effects):
    measured = 0
    for project in rows("projects"):
        if project["kind"] == "dead_end" and project["length_km"]:
            opened = sum(float(links[r["link_id"]]["length_km"]) for r in effects[project["project_id"]])
            assert opened <= float(project["length_km"]) * 1.001, project["project_id"]
            measured += 1
    assert measured >= 12


def test_approaches_of_dead_ends_stand_at_every_date(rows):
    approaches = [r for r in rows("road_links") if r["route_id"] == "road:dead-end-approaches"]
    assert len(approaches) >= 20
    assert {(r["status"], r["opened_expected"]) for r in approaches} == {("operating", "")}


def test_a_gap_joins_two_approaches(rows, effects):
    """Closing the gap is what connects: each of its ends is touched by another link that always stood."""
    touched: dict[str, int] = {}
    for row in rows("road_links"):
        if not row["opened_expected"] and row["status"] == "operating":
            for end in ("from_node_id", "to_node_id"):
                touched[row[end]] = touched.get(row[end], 0) + 1
    links = {r["link_id"]: r for r in rows("road_links")}
    for project, own in effects.items():
        if project.startswith("project:dead-end-") and len(own) == 1 and own[0]["effect_kind"] == "adds_link":
            link = links[own[0]["link_id"]]
            assert all(touched.get(link[end], 0) for end in ("from_node_id", "to_node_id")), project


def test_barriers_fall_on_new_year_2020_with_the_delay_on_both_sides(rows, links, effects):
    project = next(r for r in rows("projects") if r["project_id"] == "project:toll-barriers")
    assert project["opened_expected"] == FALL
    delay = next(r for r in rows("parameters") if r["parameter_id"] == "drive.barrier_delay_min")
    by_node: dict[str, int] = {}
    for row in effects["project:toll-barriers"]:
        assert row["attribute"] == delay["parameter_id"]
        assert float(row["value"]) == pytest.approx(float(delay["value"]) / 2)
        link = links[row["link_id"]]
        for end in (link["from_node_id"], link["to_node_id"]):
            by_node[end] = by_node.get(end, 0) + 1
    barriers = {r["road_node_id"] for r in rows("toll_barriers")}
    assert len(barriers) == 12
    assert all(by_node.get(node, 0) >= 1 for node in barriers)
    assert sum(by_node[node] >= 2 for node in barriers) >= 11, (
        "a barrier at the edge of the area has one side"
    )


def test_vessel_classes_rise_and_agree_with_the_links(rows, links, effects):
    order = ["VII", "VI", "V", "IV", "III", "II", "I"]
    for project in rows("projects"):
        for row in effects.get(project["project_id"], []):
            if row["effect_kind"] != "vessel_class":
                continue
            now = links[row["link_id"]]["vessel_class"]
            assert now == (row["value"] if project["status"] == "operating" else row["value_before"]), row[
                "link_id"
            ]
            if row["value_before"]:
                assert order.index(row["value"]) > order.index(row["value_before"])


def test_prerequisites_open_first_and_hold_no_circle(rows):
    projects = {r["project_id"]: r for r in rows("projects")}

    def depth(project_id: str, above: tuple[str, ...] = ()) -> int:
        assert project_id not in above, f"circle: {above}"
        needed = [p for p in projects[project_id]["requires"].split(";") if p]
        return 1 + max((depth(p, (*above, project_id)) for p in needed), default=0)

    for project_id, project in projects.items():
        assert depth(project_id) <= 4
        for needed in filter(None, project["requires"].split(";")):
            a, b = projects[needed]["opened_expected"], project["opened_expected"]
            assert not (a and b) or a <= b or project["status"] != "operating", (needed, project_id)


def test_overdue_is_not_open(rows):
    tunnel = next(r for r in rows("projects") if r["project_id"] == "project:jiangyin-jingjiang-tunnel")
    assert tunnel["opened_expected"] < "2026-11-01"
    assert tunnel["status"] == "under_construction"


def test_a_gap_spares_a_detour(rows, effects):
    """At plan-eve the way round each unbuilt gap takes at least twice as long as the gap itself.

    Reports of Donghang Road gave 40 minutes round Yuandang Lake and about 5 across it.
    """
    import networkx as nx

    factor = {r["parameter_id"]: float(r["value"]) for r in rows("parameters")}
    links = {r["link_id"]: r for r in rows("road_links")}

    def minutes(link: dict[str, str]) -> float:
        kph = float(link["free_speed_kph"]) * factor[f"road.free_speed_factor.{link['facility_type']}"]
        return float(link["length_km"]) / kph * 60

    graph = nx.Graph()
    for link in links.values():
        if link["status"] == "operating" and link["opened_expected"] <= EVE:
            graph.add_edge(link["from_node_id"], link["to_node_id"], minutes=minutes(link))
    detours = {}
    for project, own in effects.items():
        if project.startswith("project:dead-end-") and len(own) == 1 and own[0]["attribute"] == "":
            link = links[own[0]["link_id"]]
            if not link["route_id"].endswith("g524-bypass") and link["opened_expected"] > EVE:
                ends = (link["from_node_id"], link["to_node_id"])
                round_it = nx.shortest_path_length(graph, *ends, weight="minutes")
                detours[project] = round_it / minutes(link)
    assert len(detours) == 10
    assert min(detours.values()) > 2
    assert detours["project:dead-end-donghang-kangli"] > 4
