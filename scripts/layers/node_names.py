"""Romanised names of highway nodes as one would write them on a map."""

from __future__ import annotations

import re

__all__ = ["node_name"]

_PROVINCES = {"SH": "Shanghai", "JS": "Jiangsu", "ZJ": "Zhejiang", "AH": "Anhui"}
_SIDES = {"N": "north", "S": "south", "E": "east", "W": "west", "North": "north", "South": "south"}
_SHORT = {
    "Hzwb": "Hangzhou Bay Bridge",
    "Shchj Bridge": "Shanghai Yangtze Bridge",
    "Jj Tunnel": "Jiangyin-Jingjiang Tunnel",
    "Zhanggao": "Zhangjiagang-Rugao crossing",
    "Haitai": "Haimen-Taicang Tunnel",
    "Changtai": "Changzhou-Taizhou Bridge",
    "Hutong": "Shanghai-Suzhou-Nantong Bridge",
    "Sutong": "Suzhou-Nantong Bridge",
    "Jiashao": "Jiaxing-Shaoxing Bridge",
    "Donghai": "Donghai Bridge",
    "Chongqi": "Chongming-Qidong Bridge",
}


def node_name(raw: str) -> str:
    """A node's name without the words of its making.

    Examples
    --------
    >>> node_name("G15 Border SH JS Border Crossing")
    'G15 Shanghai-Jiangsu border'
    >>> node_name("Hzwb North Bridge/Tunnel Head")
    'Hangzhou Bay Bridge north end'
    >>> node_name("Dongbang Hub Interchange")
    'Dongbang Hub'
    """
    border = re.fullmatch(r"(.+?) Border (\w\w) (\w\w) Border Crossing", raw)
    if border:
        road, a, b = border.groups()
        return f"{road} {_PROVINCES[a]}-{_PROVINCES[b]} border"
    dead_end = re.fullmatch(r"Dead-end road (.+) Border Crossing", raw)
    if dead_end:
        return f"{dead_end.group(1)} road border"
    gap = re.fullmatch(r"(.+), far end of the gap", raw)
    if gap:
        return f"{gap.group(1).replace('-', ' ').title()} road far end"
    head = re.fullmatch(r"(.+?)(?: (N|S|E|W|North|South))? Bridge/Tunnel Head", raw)
    if head:
        what = _SHORT.get(head.group(1), head.group(1))
        return f"{what} {_SIDES[head.group(2)]} end" if head.group(2) else f"{what} head"
    return re.sub(r" Border( Border)? Crossing$", " border", re.sub(r" Hub Interchange$", " Hub", raw))
