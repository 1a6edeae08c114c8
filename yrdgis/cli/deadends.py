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
    if map_file is not None:
        _draw(table, border, layers, map_file)
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
        return import_osm(roads, layers=layers)
    frame, _ = open_lines(roads, layer=layer)
    return lines_to_network(frame, layers=layers, snap_m=snap_m, label=name)


def _draw(table: Any, border: Any, layers: Any, path: str) -> None:
    from yrdgis.maps import add_lines, add_points, new_map, save
    from yrdgis.maps.background import add_background
    from yrdgis.maps.popup import item

    west, south, east, north = table.total_bounds if len(table) else border.to_crs(4326).total_bounds
    page = new_map(
        "Roads that end at a border",
        "断头路（待人工复核）",
        as_of=str(layers.valid_on),
        bounds=(float(west) - 0.02, float(south) - 0.02, float(east) + 0.02, float(north) + 0.02),
        source=("用户的道路数据", "the user's road data"),
    )
    add_background(layers, page)
    rows = [
        item("缺口", "gap", "gap_m", kind="number", unit=("米", "m")),
        item("其中水面", "of it water", "water_m", kind="number", unit=("米", "m")),
        item("节省", "saves", "saved_min", kind="number", unit=("分钟", "min"), digits=1),
        item("得分", "score", "score", kind="number", digits=2),
        item("类型", "kind", "kind"),
    ]
    shapes = table.assign(name=table["name_zh"])
    lines = shapes[shapes.geometry.geom_type == "LineString"]
    points = shapes[shapes.geometry.geom_type == "Point"]
    if len(lines):
        add_lines(lines, page, name="Gaps", name_zh="缺口", popup_rows=rows, tolerance_m=0)
    if len(points):
        add_points(points, page, name="Ends without a partner", name_zh="无对应端点", popup_rows=rows[3:])
    save(page, path)
