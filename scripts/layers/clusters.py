"""Town clusters: one registry of pairs, circles, the demonstration zone and the metropolitan area, with members.

Members are kept by reading: what the words of the plan say, and what the official plan of the cluster says.
A cluster has no outline of its own; maps unite its districts and mark its towns.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .common import COMMON, NAMES, Attr, Facts, Layer, Row, clean_note, merge_source
from .writers import write_table

CLUSTERS = Layer(
    "clusters",
    "Town clusters, the demonstration zone and the metropolitan area",
    "城镇圈与合作区登记册",
    "none",
    "clusters/clusters.csv",
    (
        Attr("cluster_id", description="Id of the cluster", description_zh="编号", required=True),
        *NAMES,
        Attr(
            "kind",
            description="Kind of cluster; clusters are compared with others of their kind",
            description_zh="类型",
            required=True,
            allowed="pair|circle|demonstration_zone|metro_area|rural_area|opening_hub|coordination_unit",
        ),
        Attr("in_plan", "bool", "Whether the plan names it", "规划是否列名", required=True),
        Attr(
            "plan_item_id",
            description="Item of the register",
            description_zh="规划条目",
            references="items.item_id",
        ),
        Attr("quote", description="Words of the plan, as printed", description_zh="规划原文"),
        Attr("provinces_zh", "list", "Provinces that it lies in", "涉及省级行政区", required=True),
        Attr("area_km2", "float", "Published area", "公布面积", "km2", False, "", "0..200000"),
        *COMMON,
    ),
    "the plan's text; official plans of the clusters as named in each row",
)
MEMBERS = Layer(
    "cluster_members",
    "Members of town clusters, by reading",
    "城镇圈成员(按不同读法)",
    "none",
    "clusters/cluster_members.csv",
    (
        Attr(
            "cluster_id",
            description="(no key) Cluster",
            description_zh="编号",
            required=True,
            references="clusters.cluster_id",
        ),
        Attr(
            "reading",
            description="Whose list: the words of the plan, the official plan of the cluster, or other sources",
            description_zh="读法",
            required=True,
            allowed="plan_words|official_plan|other_sources",
        ),
        Attr(
            "member_id",
            description="Town, district or city",
            description_zh="成员",
            required=True,
            references="towns.town_id|districts.district_id|cities.city_id",
        ),
        Attr(
            "part",
            description="Whether all of it belongs",
            description_zh="范围",
            required=True,
            allowed="whole|part",
        ),
        Attr("note", description="What to know about the member", description_zh="备注"),
    ),
    "the plan's text; official plans of the clusters",
)
CATALOG = [CLUSTERS, MEMBERS]

_CITIES = "shanghai suzhou wuxi changzhou nantong ningbo jiaxing zhoushan huzhou"
_CBD = "the Hongqiao business district of 151 km2, parts of Minhang, Changning, Qingpu and Jiading"


@dataclass(frozen=True)
class _Cluster:
    """How a row of the facts enters the registry; members as in the facts where none are given."""

    fact: str
    cluster_id: str
    kind: str
    item: str = ""
    area: str = ""
    words: str = ""
    official: str = ""
    other: str = ""
    name_zh: str = ""
    part: str = ""
    note: str = ""


_OWN_TOWNS = "towns"
REGISTRY = (
    _Cluster(
        "axis-hongqiao-kunshan-xiangcheng",
        "pair:hongqiao-kunshan-xiangcheng",
        "pair",
        "pair-hongqiao-kunshan-xiangcheng",
        words="town:minhang-hongqiao-cbd district:320583 district:320507",
        note="Hongqiao is read as its business district of 151 km2; the plan runs four groups together without separators",
    ),
    _Cluster(
        "axis-jiading-kunshan-taicang",
        "pair:jiading-kunshan-taicang",
        "pair",
        "pair-jiading-kunshan-taicang",
        words="district:310114 district:320583 district:320585",
    ),
    _Cluster(
        "axis-jinshan-pinghu",
        "pair:jinshan-pinghu",
        "pair",
        "pair-jinshan-pinghu",
        words="district:310116 district:330482",
        other="town:jinshan-jinshanwei town:pinghu-dushangang",
    ),
    _Cluster(
        "axis-fengjing-jiashan",
        "pair:fengjing-jiashan",
        "pair",
        "pair-fengjing-jiashan",
        words="town:jinshan-fengjing district:330421",
    ),
    _Cluster(
        "circle-dongping-haiyong-qilong",
        "circle:dongping-haiyong-qilong",
        "circle",
        "cluster-dongping-haiyong-qilong",
        words=_OWN_TOWNS,
        official=_OWN_TOWNS,
    ),
    _Cluster(
        "circle-anting-huaqiao-baihe",
        "circle:anting-baihe-huaqiao",
        "circle",
        "cluster-anting-baihe-huaqiao",
        words=_OWN_TOWNS,
        official=_OWN_TOWNS,
    ),
    _Cluster(
        "circle-fengjing-xinbang-jiashan-xindai",
        "circle:fengjing-xinbang-jiashan-pinghu",
        "circle",
        "cluster-fengjing-xinbang-jiashan-pinghu",
        "464",
        words="town:jinshan-fengjing town:songjiang-xinbang district:330421 district:330482",
        official=_OWN_TOWNS,
        note="the area is that of the official reading, whose Pinghu is the town of Xindai",
    ),
    _Cluster(
        "demo-zone-yrd",
        "zone:demo-zone",
        "demonstration_zone",
        "demo-zone",
        "2413",
        official="district:310118 district:320509 district:330421",
    ),
    _Cluster(
        "demo-zone-start-area", "zone:demo-zone-start", "demonstration_zone", "", "660", official=_OWN_TOWNS
    ),
    _Cluster(
        "water-town-parlour",
        "zone:water-town-parlour",
        "demonstration_zone",
        "",
        "35",
        official=_OWN_TOWNS,
        part="part",
    ),
    _Cluster(
        "garden-five-towns",
        "zone:tianyuan-five-towns",
        "rural_area",
        "tianyuan-five-towns",
        "255",
        official=_OWN_TOWNS,
    ),
    _Cluster(
        "hongqiao-hub",
        "zone:hongqiao-opening-hub",
        "opening_hub",
        "",
        "7000",
        official=(
            "town:minhang-hongqiao-cbd district:310105 district:310112 district:310114 district:310117 district:310116 "
            "district:320583 district:320585 district:320507 district:330402 district:330482 district:330424 district:330481"
        ),
        note="the State Council's plan of February 2021; Suzhou Industrial Park is a member without a polygon of its own",
    ),
    _Cluster(
        "metro-1-8",
        "zone:metro-1plus8",
        "metro_area",
        "metro-area-1plus8",
        "56000",
        words=" ".join(f"city:{c}" for c in _CITIES.split()),
        official=" ".join(f"city:{c}" for c in _CITIES.split()),
    ),
    _Cluster("circle-jinze-zhouzhuang-jinxi", "circle:jinze-zhouzhuang-jinxi", "circle", other=_OWN_TOWNS),
    _Cluster("circle-zhujiajiao-lili-xitang", "circle:zhujiajiao-lili-xitang", "circle", other=_OWN_TOWNS),
    _Cluster("circle-liuhe-luodian", "circle:liuhe-luodian", "circle", other=_OWN_TOWNS),
    _Cluster("circle-jinshanwei-dushangang", "circle:jinshanwei-dushangang", "circle", other=_OWN_TOWNS),
    _Cluster("circle-shengze-wangjiangjing", "circle:shengze-wangjiangjing", "circle", other=_OWN_TOWNS),
    _Cluster(
        "unit-one-place-six-counties",
        "unit:one-place-six-counties",
        "coordination_unit",
        other="district:320282 district:320481 district:330522 district:330523",
    ),
)


def build(facts: Facts, out: Path) -> None:
    """Write the registry of clusters and their members."""
    raw = {r["cluster_id"]: r for r in facts.table("town_clusters")}
    items = {r["item_id"]: r for r in facts.table("plan_items")}
    if set(raw) != {c.fact for c in REGISTRY}:
        raise ValueError(
            f"clusters: not in the registry or not in the facts: {set(raw) ^ {c.fact for c in REGISTRY}}"
        )
    write_table(out, CLUSTERS, [_cluster(c, raw[c.fact], items.get(c.item, {})) for c in REGISTRY])
    members = [row for c in REGISTRY for row in _members(c, raw[c.fact])]
    write_table(
        out,
        MEMBERS,
        sorted(members, key=lambda r: (r["cluster_id"], r["reading"], r["member_id"])),
        sort=False,
    )


def _cluster(cluster: _Cluster, row: Row, item: Row) -> Row:
    return {
        "cluster_id": cluster.cluster_id,
        "name": row["name_en"],
        "name_zh": row["name_zh"],
        "kind": cluster.kind,
        "in_plan": bool(item),
        "plan_item_id": f"item:{item['item_id']}" if item else "",
        "quote": item.get("quote", ""),
        "provinces_zh": row["provinces"].split(";"),
        "area_km2": cluster.area,
        "source_public": merge_source(row["source"]),
        "confidence": row["confidence"],
        "note": cluster.note or clean_note(row["official_plan_note"]),
    }


def _members(cluster: _Cluster, row: Row) -> list[Row]:
    rows: list[Row] = []
    for reading, chosen in (
        ("plan_words", cluster.words),
        ("official_plan", cluster.official),
        ("other_sources", cluster.other),
    ):
        ids = (
            [f"town:{t}" for t in row["member_town_ids"].split(";")]
            if chosen == _OWN_TOWNS
            else chosen.split()
        )
        rows += [
            {
                "cluster_id": cluster.cluster_id,
                "reading": reading,
                "member_id": member,
                "part": cluster.part or "whole",
                "note": _CBD if member == "town:minhang-hongqiao-cbd" else "",
            }
            for member in ids
        ]
    return rows
