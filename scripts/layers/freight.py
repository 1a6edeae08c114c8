"""Where boxes change hands and which tracks carry freight trains; kept by hand in ``_TERMINALS`` and ``_LINES``.

No table of facts says which quays handle boxes, so each row is assumed and says why.
"""

from __future__ import annotations

from pathlib import Path

from .common import COMMON, Attr, Facts, Layer
from .writers import write_table

__all__ = ["CATALOG", "build"]

_ASSUMED = "assumed by yrdgis, 2026-11-01; "

TERMINALS = Layer(
    "freight_terminals",
    "Terminals for boxes: quays and railway yards",
    "集装箱作业点(码头与铁路货场)",
    "none",
    "nodes/freight_terminals.csv",
    (
        Attr(
            "terminal_id",
            description="The port, quay or station that handles boxes",
            description_zh="作业点编号",
            required=True,
            references="water_nodes.node_id|rail_stations.station_id",
        ),
        Attr(
            "role",
            description="Which wait applies: inland quay or river port, gateway (transshipment), deep-sea port, "
            "or railway yard",
            description_zh="类型:内河或江港、转运枢纽、深水港、铁路货场",
            required=True,
            allowed="inland|gateway|deep_sea|rail",
        ),
        Attr(
            "carriers",
            "list",
            "Vessels that call: canal barges, Yangtze ships, river-sea ships, sea feeders; or trains",
            "停靠船型或列车",
            required=True,
            allowed="barge|yangtze|river_sea|sea_feeder|train",
        ),
        Attr(
            "main",
            "bool",
            "Whether it is one of the ports whose hinterlands are compared",
            "是否参与腹地比较",
            required=True,
        ),
        Attr("assumed", "bool", "Whether the role and the carriers are assumed", "是否为假定", required=True),
        *COMMON,
    ),
    "yrdgis",
    note="which quays handle boxes is assumed; each row says from what",
)
LINES = Layer(
    "freight_lines",
    "Railway lines that freight trains use besides conventional and freight lines",
    "货运列车可用的其他铁路线路",
    "none",
    "links/freight_lines.csv",
    (
        Attr(
            "line_id",
            description="The line",
            description_zh="线路编号",
            required=True,
            references="rail_lines.line_id",
        ),
        *COMMON,
    ),
    "yrdgis",
)
CATALOG = (LINES, TERMINALS)

_SEA = "river_sea;sea_feeder"
_RIVER = "barge;yangtze;river_sea;sea_feeder"
_DEEP = (
    "a deep-water port area: ocean ships, served by feeders and river-sea ships; canal barges don't go there"
)
_ESTUARY = "transshipment between barges, river-sea ships and feeders"
_YANGTZE = "a port on the Yangtze that sea-going ships reach"
_QUAY = "every inland terminal and quay of a city or county takes boxes from barges"
_YARD = "every goods yard at a port or on a freight line takes boxes"

_TERMINALS: tuple[tuple[str, str, str, str, str], ...] = (
    *(
        (f"port:{slug}", "deep_sea", _SEA, _DEEP, "medium" if slug in ("yangshan", "beilun") else "low")
        for slug in ("yangshan", "beilun", "chuanshan", "meishan", "daxie", "jintang")
    ),
    ("port:xiaoyangshan-bei", "deep_sea", _SEA, "built for river-sea ships and feeders of Yangshan", "low"),
    ("port:waigaoqiao", "gateway", _RIVER, _ESTUARY, "medium"),
    ("port:taicang", "gateway", _RIVER, _ESTUARY, "medium"),
    ("port:luchaogang", "gateway", f"barge;{_SEA}", "barges and feeders for Yangshan meet here", "low"),
    ("port:luojing", "gateway", _RIVER, _ESTUARY, "low"),
    ("port:zhapu", "gateway", _SEA, "a sea port that barges reach through its inland basin", "low"),
    ("port:zhenhai", "gateway", f"barge;{_SEA}", "a sea port at the mouth of the Yong", "low"),
    *(
        (f"port:{slug}", "inland", _RIVER, _YANGTZE, "low")
        for slug in (
            "nanjing-xinshengwei", "zhenjiang", "luanzhou", "jiangyin", "zhangjiagang", "changshu", "langshan",
            "tonghai",
        )
    ),
    *(
        (f"port:{slug}", "inland", "barge", _QUAY, "low")
        for slug in (
            "anji-shanggang", "changxing-tiegongshui", "deqing-leidian", "hexi", "hushuguan", "yuanqu-gang",
            "zhapu-neihe", "waigaoqiao-neihe", "luchaogang-neihe",
        )
    ),
    *(
        (f"waternode:{slug}", "inland", "barge", _QUAY, "low")
        for slug in (
            "changxing", "changzhou-east", "danyang", "jiaxing", "jiaxing-bei", "jintan", "kunshan", "liantang",
            "liyang", "luxu", "minhang-quay", "nanxun", "pinghu", "songling", "taicang-inland", "wuxi-quay",
            "xiaopu", "xiashi", "xinshi", "yangshe", "zhenze",
        )
    ),
    *(
        (f"station:{slug}", "rail", "train", _YARD, "low")
        for slug in (
            "beilungang", "chuanshangang", "jiangyin-bei", "luchaogang", "nangang-zuoyequ", "nantong-dong",
            "taicanggang", "waigaoqiao-gangqu", "wuxi-xi", "zhangjiagang-bei", "zhenhai",
        )
    ),
    (
        "station:changxing-nan", "rail", "train",
        "the station nearest to the rail-road-water port of Changxing", "low",
    ),
    (
        "station:waigaoqiao", "rail", "train",
        "a box yard is among the lead works of the railway (layer rail_lines)", "medium",
    ),
)  # fmt: skip

_MAIN = frozenset({"port:yangshan", "port:waigaoqiao", "port:taicang", "port:beilun", "port:zhapu"})

_LINES = (
    ("line:hutong-1", "a line of 200 km/h with the goods yards of Zhangjiagang and Taicang port on it"),
    ("line:hutong-2", "a line of 200 km/h with a box yard at Waigaoqiao among its lead works"),
    ("line:hutong-2-conn", "part of the same design"),
    ("line:jinshan", "the old Jinshan branch; the freight line to Luchaogang begins on it"),
)


def build(facts: Facts, out: Path) -> None:
    """Write both tables; they rest on no table of facts."""
    del facts
    terminals = [
        {
            "terminal_id": terminal,
            "role": role,
            "carriers": carriers,
            "main": str(terminal in _MAIN),
            "assumed": "True",
            "source_public": _ASSUMED + why,
            "confidence": confidence,
            "note": "",
        }
        for terminal, role, carriers, why, confidence in _TERMINALS
    ]
    lines = [
        {"line_id": line, "source_public": _ASSUMED + why, "confidence": "low", "note": ""}
        for line, why in _LINES
    ]
    write_table(out, TERMINALS, terminals)
    write_table(out, LINES, lines)
