"""Links and their shapes: ids, interior shape points, and lengths that can't be shorter than the straight line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from .common import ORIGINS, Attr, Layer, Row, number
from .geo import line_km, straight_km

__all__ = ["LENGTH", "LinkIds", "mended", "shape_layer", "shape_rows"]

LENGTH = Attr("length_km", "float", "Length along the track or road", "长度", "km", True, "", "0..1000")


class LinkIds:
    """Gives link ids ``kind:line/from--to``; a parallel link of the same line gets ``/2``, ``/3`` and so on."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._seen: Counter[str] = Counter()

    def __call__(self, line: str, start: str, end: str) -> str:
        """Id of the link between two nodes, given without their kinds."""
        link = f"{self.kind}:{line}/{start}--{end}"
        self._seen[link] += 1
        return link if self._seen[link] == 1 else f"{link}/{self._seen[link]}"


def mended(
    length: float, ends: Sequence[Sequence[float]], path: Sequence[Sequence[float]] = ()
) -> tuple[str, str]:
    """Length of a link as text, and a remark where it had to be mended.

    A published length below the straight line between the ends is replaced by the length along the shape points
    (or the straight line where there are none), rounded up to ten metres.
    """
    straight = straight_km(ends[0], ends[1])
    if length >= straight - 0.0005:
        return number(length), ""
    along = max(line_km([ends[0], *path, ends[1]]), straight)
    along = int(along * 100 + 1) / 100
    how = "along its shape points" if path else "straight line between its ends"
    return number(
        along
    ), f"derived: length measured {how}; the stated {number(length)} km is below the straight line"


def shape_layer(
    layer_id: str,
    title: str,
    title_zh: str,
    path: str,
    links: str,
    source: str,
    licence: str,
    attribution: str,
) -> Layer:
    """The layer of shape points that belongs to a layer of links."""
    attributes = (
        Attr(
            "link_id",
            description="(no key) Link whose interior shape point this is",
            description_zh="所属路段",
            required=True,
            references=f"{links}.link_id",
        ),
        Attr(
            "seq",
            "int",
            "Order from the first node to the second",
            "顺序号",
            required=True,
            allowed="1..10000",
        ),
        Attr("lon", "float", "Longitude, WGS84", "经度(WGS84)", "degree", True, "", "73..136"),
        Attr("lat", "float", "Latitude, WGS84", "纬度(WGS84)", "degree", True, "", "17..54"),
        Attr(
            "coord_origin",
            description="Where the position comes from",
            description_zh="坐标来源",
            required=True,
            allowed=ORIGINS,
        ),
        Attr(
            "source_public",
            description="Who says so: publisher, title, date",
            description_zh="公开来源(发布者、题名、日期)",
            required=True,
        ),
    )
    return Layer(
        layer_id,
        title,
        title_zh,
        "none",
        path,
        attributes,
        source,
        licence,
        attribution,
        "interior shape points; the ends are the nodes of the link",
    )


def shape_rows(link_id: str, points: Sequence[Sequence[float]], origin: str, source: str) -> list[Row]:
    """Rows of a shape layer for one link."""
    digits = 3 if origin in ("amap", "baidu") else 5
    return [
        {
            "link_id": link_id,
            "seq": i,
            "lon": f"{x:.{digits}f}",
            "lat": f"{y:.{digits}f}",
            "coord_origin": origin,
            "source_public": source,
        }
        for i, (x, y) in enumerate(points, start=1)
    ]
