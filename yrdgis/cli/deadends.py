"""``yrdgis deadends ROADS --out FILE``: roads that end at a border, ranked, for a person to review."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from yrdgis.cli._console import echo_json, echo_rows

if TYPE_CHECKING:
    from yrdgis.network.osm import Imported

__all__ = ["command"]


@click.command("deadends")
@click.argument("roads")
@click.option(
    "--border",
    "border_file",
    metavar="FILE",
    help="Lines or areas of the border; the provincial ones of the layers.",
)
@click.option(
    "--out", required=True, metavar="FILE", help="Table to review: .gpkg, .geojson, .csv, .xlsx or .parquet."
)
@click.option("--map", "map_file", metavar="FILE.html", help="Also a map that opens offline.")
@click.option("--layer", help="Layer of the roads, where there are several.")
@click.option("--near", "border_m", type=float, help="How near to the border (m) a road has to end.")
@click.option("--gap", "gap_m", type=float, help="Longest gap (m) between two ends.")
@click.option("--turn", "turn_deg", type=float, help="Largest turn (degrees) towards the gap.")
@click.option(
    "--snap",
    "snap_m",
    type=float,
    default=1.0,
    show_default=True,
    help="For lines: ends nearer than this (m) are one.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def command(
    roads: str,
    border_file: str | None,
    out: str,
    map_file: str | None,
    layer: str | None,
    border_m: float | None,
    gap_m: float | None,
    turn_deg: float | None,
    snap_m: float,
    *,
    as_json: bool,
) -> None:
    """Find roads of a detailed network that end at a border, and what joining them would save.

    ROADS is an OpenStreetMap extract or any file of lines. Nothing is looked up in a list of known dead
    ends: every row is a suggestion, with its evidence, and columns for the verdict of a person who knows
    the place.
    """
    from yrdgis.io import load_layers
    from yrdgis.io.write import LAYER_FORMATS, output_path, write_layer
    from yrdgis.metrics.deadends import dead_ends
    from yrdgis.network.deadends import Rules
    from yrdgis.network.lines import open_lines

    output_path(out, LAYER_FORMATS)
    layers = load_layers()
    imported = _open(roads, layers, layer, snap_m)
    border = open_lines(border_file)[0] if border_file else layers.polygons("borders")
    water = layers.polygons("water_bodies") if "water_bodies" in layers else None
    rules = Rules.of(layers, border_m=border_m, gap_m=gap_m, turn_deg=turn_deg)
    table = dead_ends(imported, border, layers=layers, rules=rules, water=water)
    write_layer(table, out)
    likely = table[table["likely"]]
    click.echo(f"Wrote {len(table)} ends to {out}, {len(likely)} of them likely.", err=True)
    for told in _caveats(table, imported, border, rules.border_m):
        click.echo(told, err=True)
    if map_file is not None:
        _draw(table, border, imported, layers, map_file)
    if as_json:
        echo_json({"roads": roads, "ends": len(table), "likely": len(likely), "written": out}, table)
        return
    columns = [
        "rank",
        "kind",
        "name_zh",
        "partner_name_zh",
        "gap_m",
        "water_m",
        "saved_min",
        "score",
        "border",
    ]
    echo_rows(list(likely[columns].head(20).itertuples(index=False, name=None)), columns)


def _open(roads: str, layers: Any, layer: str | None, snap_m: float) -> Imported:
    from yrdgis.io.sniff import local_file
    from yrdgis.network.lines import lines_to_network, open_lines
    from yrdgis.network.osm import import_osm

    name = local_file(roads).name.lower()
    if name.endswith((".osm", ".osm.gz", ".osm.bz2", ".pbf")):
        return import_osm(roads, layers=layers, keep_ends=True)
    frame, _ = open_lines(roads, layer=layer)
    return lines_to_network(frame, layers=layers, snap_m=snap_m, label=name)


def _caveats(table: Any, imported: Imported, border: Any, border_m: float) -> list[str]:
    """What may be wrong with the question rather than with the roads."""
    import geopandas as gpd

    from yrdgis.network.lines import metric_crs

    if len(table):
        cut = int(table["note"].str.contains("cut off").sum())
        if 2 * cut > len(table):
            return [f"{cut} ends have no road of the data beyond them: is it cut off along the border?"]
        return []
    nodes = imported.network.nodes
    points = gpd.GeoSeries(gpd.points_from_xy(nodes["lon"], nodes["lat"]), crs="EPSG:4326")
    crs = metric_crs(imported.shapes())
    far = float(points.to_crs(crs).distance(border.to_crs(crs).union_all()).min())
    if far <= border_m:
        return []
    return [
        f"No road comes within {border_m:,.0f} m of a border: the nearest is {far / 1000:,.1f} km away. Give "
        "another border with --border FILE."
    ]


_STYLES = {
    "likely": ("待复核的断头路", "likely", "#c1121f", 3.0, 5.5),
    "other": ("其他端点或已有绕行", "others, or joined nearby", "#9aa1ab", 1.2, 2.4),
    "road": ("道路", "roads", "#b7a98a", 0.5, 1.6),
    "border": ("所用界线", "border looked along", "#4b3a86", 1.4, 2.4),
}
_ROADS_WITHIN_DEG = 0.05


def _draw(table: Any, border: Any, imported: Imported, layers: Any, path: str) -> None:
    """Likely gaps on top, the rest and the roads around them below."""
    from shapely import box

    from yrdgis.maps import add_lines, add_points, new_map, save
    from yrdgis.maps.background import add_background

    west, south, east, north = table.total_bounds if len(table) else border.to_crs(4326).total_bounds
    frame = box(west, south, east, north).buffer(_ROADS_WITHIN_DEG, join_style="mitre")
    page = new_map(
        "Roads that end at a border, to be reviewed",
        "断头路（待人工复核）",
        as_of=str(layers.valid_on),
        bounds=tuple(float(v) for v in frame.buffer(-0.6 * _ROADS_WITHIN_DEG).bounds),
        source=[{"zh": "用户的道路数据", "en": "the user's road data"}],
    )
    add_background(layers, page)
    labels = {
        k: {"label": {"zh": zh, "en": en}, "color": color, "width": [thin, thick]}
        for k, (zh, en, color, thin, thick) in _STYLES.items()
    }
    shapes = table.assign(name=table["name_zh"])
    lines = shapes[shapes.geometry.geom_type == "LineString"]
    roads = imported.shapes()
    roads = roads[~roads.index.str.endswith("/back")].clip(frame)
    layers_ = [
        ("road", roads[roads.geometry.geom_type.isin(["LineString", "MultiLineString"])], False),
        ("border", border.to_crs(4326).clip(frame.buffer(1.0)), False),
        ("other", lines[~lines["likely"]], True),
        ("likely", lines[lines["likely"]], True),
    ]
    for z, (key, part, told) in enumerate(layers_, start=41):
        if len(part):
            zh, en = _STYLES[key][:2]
            rows = _popup_rows() if told else ()
            columns = None if told else ["name_zh"]
            add_lines(
                part.reset_index(drop=True), page, name=en, name_zh=zh, style=key, status=None, styles=labels,
                popup_rows=rows, popup_columns=columns, tolerance_m=0, z=z, key=key,
            )  # fmt: skip
    points = shapes[shapes.geometry.geom_type == "Point"]
    if len(points):
        zh, en = "无对应端点", "ends without a partner"
        add_points(points, page, name=en, name_zh=zh, popup_rows=_popup_rows()[3:], show=False)
    save(page, path)


def _popup_rows() -> list[dict[str, Any]]:
    from yrdgis.maps.popup import item

    return [
        item("缺口", "gap", "gap_m", kind="number", unit={"zh": "米", "en": "m"}),
        item("其中水面", "of it water", "water_m", kind="number", unit={"zh": "米", "en": "m"}),
        item("节省", "saves", "saved_min", kind="number", unit={"zh": "分钟", "en": "min"}, digits=1),
        item("得分", "score", "score", kind="number", digits=2),
        item("类型", "kind", "kind"),
    ]
