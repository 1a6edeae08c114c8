"""GMNS files of any program in, with their units; networks with geometry out as GMNS or GeoPackage."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from yrdgis.errors import InputError, all_at_once
from yrdgis.network.assumptions import Assumptions
from yrdgis.network.convert import from_gmns, to_gmns
from yrdgis.network.model import Network
from yrdgis.network.osm import ROAD_CLASS, Imported, speeds_of

if TYPE_CHECKING:
    import geopandas as gpd

    from yrdgis.io import Layers

__all__ = ["read_gmns", "with_shapes", "write_gmns", "write_network"]

_KM = {
    **dict.fromkeys(("km", "kilometer", "kilometre"), 1.0),
    **dict.fromkeys(("m", "meter", "metre"), 0.001),
    **dict.fromkeys(("mi", "mile", "miles"), 1.609344),
    **dict.fromkeys(("ft", "foot", "feet"), 0.0003048),
}
_KPH = {"kph": 1.0, "km/h": 1.0, "kmh": 1.0, "kmph": 1.0, "mph": 1.609344, "m/s": 3.6, "mps": 3.6}
_NEEDED = {"node": ("node_id", "x_coord", "y_coord"), "link": ("link_id", "from_node_id", "to_node_id")}


def read_gmns(
    folder: str | Path,
    *,
    layers: Layers,
    mode: str = "drive",
    length_unit: str | None = None,
    speed_unit: str | None = None,
    crs: str | None = None,
) -> Imported:
    """A network from GMNS tables of any program.

    Parameters
    ----------
    folder : str or Path
        With ``node.csv`` and ``link.csv``; ``config.csv`` (units, CRS) and ``geometry.csv`` are used if
        there.
    layers : Layers
        Their parameters give speeds where ``free_speed`` is blank.
    mode : str
        Of the links, unless the tables are our own.
    length_unit : {"km", "m", "mi", "ft"}, optional
    speed_unit : {"kph", "mph", "m/s"}, optional
    crs : str, optional
        Of the coordinates; all three override ``config.csv``.

    Returns
    -------
    Imported

    Raises
    ------
    InputError
        Everything that is wrong with the tables, at once; or a unit that neither a column nor ``config.csv``
        says.
    """
    from yrdgis.io.sniff import local_file
    from yrdgis.io.textfile import read_text_table

    place = Path(folder)
    tables = {
        n: place / f"{n}.csv"
        for n in ("node", "link", "config", "geometry")
        if (place / f"{n}.csv").is_file()
    }
    missing = [f"{n}.csv" for n in _NEEDED if n not in tables]
    if missing:
        raise InputError(
            f"{place.name}: GMNS needs {' and '.join(missing)}, which {'is' if len(missing) == 1 else 'are'} "
            "not there."
        )
    frames = {n: read_text_table(local_file(p), encoding=_utf8(p)).frame for n, p in tables.items()}
    if "more_columns" in frames.get("config", ()):  # written by us, nothing to find out
        return _our_own(place, frames)
    _check(place.name, frames)
    config = frames["config"].iloc[0].to_dict() if len(frames.get("config", ())) else {}
    nodes = _nodes(frames["node"], crs or _text(config.get("crs")))
    links, report = _links(
        frames,
        nodes,
        layers,
        mode,
        length_unit or _text(config.get("long_length")),
        speed_unit or _text(config.get("speed")),
    )
    network = Network(
        nodes, links.drop(columns=["shape"]), label=_text(config.get("dataset_name")) or place.name
    )
    return with_shapes(network, links["shape"], report)


def _utf8(path: Path) -> str | None:
    """UTF-8, as GMNS has it, unless the text is something else."""
    try:
        path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return "utf-8-sig"


def _text(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _our_own(place: Path, frames: dict[str, pd.DataFrame]) -> Imported:
    import shapely

    network = from_gmns(place)
    if "geometry" in network.links.columns:
        shapes = pd.Series(
            shapely.from_wkt(network.links["geometry"].to_numpy(object)), index=network.links.index
        )
        network = Network(
            network.nodes,
            network.links.drop(columns=["geometry"]),
            as_of=network.as_of,
            label=network.label,
            attrs=network.attrs,
        )
    else:
        shapes = pd.Series(None, index=network.links.index, dtype=object)
    return with_shapes(network, shapes, [])


def with_shapes(network: Network, shapes: pd.Series, report: list[str]) -> Imported:
    """A network with the geometry of its links; a straight line where there is none."""
    import shapely

    known = shapes.reindex(network.links.index)
    whole = np.array([None if pd.isna(s) else s for s in known], object)
    place = network.nodes[["lon", "lat"]]
    start = place.loc[network.links["from_node_id"]].to_numpy()
    end = place.loc[network.links["to_node_id"]].to_numpy()
    lost = shapely.is_missing(whole) | shapely.is_empty(whole)
    if lost.any():
        whole[lost] = shapely.linestrings(np.stack([start[lost], end[lost]], axis=1))
    offsets = np.concatenate([[0], np.cumsum(shapely.get_num_coordinates(whole))])
    counts = {"nodes": len(network.nodes), "links": len(network.links)}
    return Imported(
        network, report, counts, shapely.get_coordinates(whole), offsets, network.links.index.to_numpy(object)
    )


def _check(name: str, frames: dict[str, pd.DataFrame]) -> None:
    problems = [
        f"{table}.csv has no column {column!r}"
        for table, columns in _NEEDED.items()
        for column in columns
        if column not in frames[table]
    ]
    if not problems:
        node, link = frames["node"], frames["link"]
        known = set(node["node_id"].astype(str))
        for table, key in ((node, "node_id"), (link, "link_id")):
            twice = table[key].astype(str)[table[key].astype(str).duplicated()]
            if len(twice):
                problems.append(f"{key} given twice: {', '.join(twice.head(5))}")
        for end in ("from_node_id", "to_node_id"):
            lost = link[~link[end].astype(str).isin(known)]
            if len(lost):
                problems.append(
                    f"{end} names no node in {len(lost)} links, such as {lost['link_id'].iloc[0]}"
                )
        bad = node[
            pd.to_numeric(node["x_coord"], errors="coerce").isna()
            | pd.to_numeric(node["y_coord"], errors="coerce").isna()
        ]
        if len(bad):
            problems.append(
                f"x_coord or y_coord is no number in {len(bad)} nodes, such as {bad['node_id'].iloc[0]}"
            )
    if problems:
        raise InputError(all_at_once(f"{name} (GMNS)", problems))


def _nodes(node: pd.DataFrame, crs: str | None) -> pd.DataFrame:
    x, y = (pd.to_numeric(node[c]).to_numpy(float) for c in ("x_coord", "y_coord"))
    if crs is not None and crs.upper() not in ("EPSG:4326", "WGS84", "4326"):
        from pyproj import Transformer
        from pyproj.exceptions import ProjError

        try:
            x, y = Transformer.from_crs(crs, "EPSG:4326", always_xy=True).transform(x, y)
        except ProjError as error:
            raise InputError(
                f"The CRS {crs!r} of the nodes is unknown. Give one such as EPSG:4549."
            ) from error
    elif (np.abs(x) > 180).any() or (np.abs(y) > 90).any():
        raise InputError(
            "The nodes are not in degrees and config.csv names no CRS. Give it, such as EPSG:4549."
        )
    index = pd.Index(node["node_id"].astype(str), name="node_id")
    name = node["name"].fillna("").astype(str).to_numpy(object) if "name" in node else ""
    kind = node["node_type"].fillna("").astype(str).to_numpy(object) if "node_type" in node else ""
    return pd.DataFrame({"name": name, "lon": x, "lat": y, "kind": kind}, index=index)


def _links(
    frames: dict[str, pd.DataFrame],
    nodes: pd.DataFrame,
    layers: Layers,
    mode: str,
    length: str | None,
    speed: str | None,
) -> tuple[pd.DataFrame, list[str]]:
    from yrdgis.crs import distance_km

    link = frames["link"]
    ends = [link[c].astype(str).to_numpy(object) for c in ("from_node_id", "to_node_id")]
    a, b = (nodes.loc[e, ["lon", "lat"]].to_numpy() for e in ends)
    straight = distance_km(a[:, 0], a[:, 1], b[:, 0], b[:, 1])
    shapes = _shapes(frames)
    report: list[str] = []
    km = _lengths(link, straight, shapes, length, report)
    kph, assumed, klass = _link_speeds(link, layers, mode, speed, report)
    table = pd.DataFrame(
        {
            "from_node_id": ends[0],
            "to_node_id": ends[1],
            "mode": mode,
            "kind": "road" if mode == "drive" else "track" if mode in ("rail", "metro") else "waterway",
            "length_km": km,
            "in_vehicle_min": km / kph * 60,
            "total_min": km / kph * 60,
            "confidence": "medium",
            "assumed": assumed,
            "dated": False,
            "osm_class": klass.to_numpy(object),
            "road_class": [ROAD_CLASS.get(k, "county_road") for k in klass],
            "shape": shapes,
        },
        index=pd.Index(link["link_id"].astype(str), name="link_id"),
    )
    return _both_ways(table, link), report


def _both_ways(table: pd.DataFrame, link: pd.DataFrame) -> pd.DataFrame:
    import shapely

    if "directed" not in link:
        return table
    both = (
        ~link["directed"]
        .astype(str)
        .str.strip()
        .str.lower()
        .isin(["true", "1", "1.0", "t", "yes"])
        .to_numpy()
    )
    back = table[both].rename(columns={"from_node_id": "to_node_id", "to_node_id": "from_node_id"})
    back["shape"] = shapely.reverse(back["shape"].to_numpy(object))
    return pd.concat([table, back.set_axis([f"{i}/back" for i in back.index])])


def _shapes(frames: dict[str, pd.DataFrame]) -> np.ndarray:
    """Geometry of each link, from its own column or by geometry_id; None where there is none."""
    import shapely

    link = frames["link"]
    texts = link["geometry"] if "geometry" in link else pd.Series(None, index=link.index, dtype=object)
    if "geometry_id" in link and {"geometry_id", "geometry"} <= set(frames.get("geometry", ())):
        by_id = (
            frames["geometry"]
            .astype({"geometry_id": str})
            .drop_duplicates("geometry_id")
            .set_index("geometry_id")["geometry"]
        )
        texts = texts.where(texts.notna(), link["geometry_id"].astype(str).map(by_id))
    plain = np.array([t if isinstance(t, str) else None for t in texts], object)
    shapes = shapely.from_wkt(plain, on_invalid="ignore")
    shapes[shapely.get_type_id(shapes) != 1] = None
    return np.asarray(shapes, object)


def _lengths(
    link: pd.DataFrame, straight: np.ndarray, shapes: np.ndarray, unit: str | None, report: list[str]
) -> np.ndarray:
    """Kilometres: as stated if the unit is known, else along the geometry, else straight."""
    from pyproj import Geod

    geod = Geod(ellps="WGS84")
    drawn = np.array([geod.geometry_length(s) / 1000 if s is not None else np.nan for s in shapes])
    best = np.where(np.isnan(drawn), straight, drawn)
    stated = (
        pd.to_numeric(link["length"], errors="coerce").to_numpy(float)
        if "length" in link
        else np.full(len(link), np.nan)
    )
    if np.isnan(stated).all():
        report.append(
            "no lengths are stated: they are measured along the geometry, or straight where there is none"
        )
        return best
    if unit is None or unit.lower() not in _KM:
        raise InputError(
            f"The unit of 'length' is not known ({unit or 'config.csv does not say'}). Give it: km, m, mi "
            "or ft."
        )
    km = stated * _KM[unit.lower()]
    shorter = int((km < 0.95 * straight - 0.01).sum())
    if shorter:
        report.append(
            f"{shorter:,} links are stated to be shorter than the straight line between their nodes"
        )
    return np.where(np.isnan(km) | (km < 0), best, km)


def _link_speeds(
    link: pd.DataFrame, layers: Layers, mode: str, unit: str | None, report: list[str]
) -> tuple[np.ndarray, np.ndarray, pd.Series]:
    use = speeds_of(Assumptions(layers), None)
    klass = (
        link["facility_type"].fillna("road").astype(str).str.lower()
        if "facility_type" in link
        else pd.Series("road", index=link.index)
    )
    listed = {
        k: use.listed(k, "road") * (use.factor(k, "road") if mode == "drive" else 1.0) for k in klass.unique()
    }
    base = klass.map(listed).to_numpy(float)
    stated = (
        pd.to_numeric(link["free_speed"], errors="coerce").to_numpy(float)
        if "free_speed" in link
        else np.full(len(link), np.nan)
    )
    stated = np.where(stated > 0, stated, np.nan)
    if not np.isnan(stated).all() and (unit is None or unit.lower() not in _KPH):
        raise InputError(
            f"The unit of 'free_speed' is not known ({unit or 'config.csv does not say'}). Give it: kph, "
            "mph or m/s."
        )
    assumed = np.isnan(stated)
    if assumed.any():
        report.append(
            f"{assumed.mean():.0%} of the links have no free speed: the speed of their class is assumed"
        )
    return np.where(assumed, base, stated * _KPH.get((unit or "").lower(), 1.0)), assumed, klass


def write_gmns(imported: Imported, folder: str | Path) -> None:
    """GMNS tables with the geometry of the links as WKT.

    Raises
    ------
    OutputError
        If the folder can't be written.
    """
    network = imported.network
    texts = imported.shapes().geometry.to_wkt(rounding_precision=6)
    links = network.links.assign(geometry=texts.reindex(network.links.index).to_numpy(object))
    to_gmns(
        Network(network.nodes, links, as_of=network.as_of, label=network.label, attrs=network.attrs), folder
    )


def write_network(imported: Imported, out: str | Path) -> list[str]:
    """Write a network by the ending of the name; one sentence for each thing written.

    Parameters
    ----------
    imported : Imported
    out : str or Path
        ``.gpkg`` (layers ``links`` and ``nodes``, and ``changes`` where there are some), ``.geojson`` or
        ``.parquet`` (links), else a folder for GMNS.
    """
    import geopandas as gpd

    from yrdgis.io.write import atomic_write, write_layer

    path = Path(out)
    if path.suffix == "":
        write_gmns(imported, path)
        return [f"GMNS tables in {path}"]
    shapes = imported.shapes().reset_index()
    if path.suffix.lower() != ".gpkg":
        return [f"links in {write_layer(shapes, path)}"]
    nodes = imported.network.nodes.reset_index()
    layers = {"links": shapes, "nodes": _points(nodes)}
    if imported.changes is not None and len(imported.changes):
        layers["changes"] = _points(imported.changes)
    with atomic_write(path) as target:
        for name, frame in layers.items():
            gpd.GeoDataFrame(frame).to_file(
                target, layer=name, driver="GPKG", mode="a" if target.exists() else "w"
            )
    return [f"layer {name} ({len(frame):,} rows) in {path}" for name, frame in layers.items()]


def _points(frame: pd.DataFrame) -> gpd.GeoDataFrame:
    import geopandas as gpd

    return gpd.GeoDataFrame(frame, geometry=gpd.points_from_xy(frame["lon"], frame["lat"]), crs="EPSG:4326")
