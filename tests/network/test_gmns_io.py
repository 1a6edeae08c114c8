"""GMNS tables of other programs, and networks with geometry written out."""

from __future__ import annotations

import geopandas as gpd
import pytest
from network.osm_worlds import osm_xml
from shapely import LineString

from yrdgis.errors import InputError
from yrdgis.network.gmns_io import read_gmns, write_gmns, write_network
from yrdgis.network.lines import lines_to_network

NODE = (
    "node_id,name,x_coord,y_coord,node_type\n1,甲,121.00,31.00,junction\n"
    "2,乙,121.01,31.00,\n3,丙,121.02,31.00,\n"
)
LINK = (
    "link_id,from_node_id,to_node_id,directed,length,free_speed,facility_type,geometry\n"
    '10,1,2,true,0.62,37.3,primary,"LINESTRING (121.00 31.00, 121.005 31.001, 121.01 31.00)"\n'
    "11,2,3,false,0.62,,residential,\n"
)
CONFIG = "dataset_name,long_length,speed,crs\ntown,mile,mph,EPSG:4326\n"


def _folder(tmp_path, node=NODE, link=LINK, config=CONFIG):
    for name, text in (("node", node), ("link", link), ("config", config)):
        if text:
            (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    return tmp_path


def test_units_of_the_config_are_followed(layers, tmp_path):
    imported = read_gmns(_folder(tmp_path), layers=layers)
    links = imported.network.links
    assert sorted(links.index) == ["10", "11", "11/back"]
    assert links.loc["10", "length_km"] == pytest.approx(0.62 * 1.609344)
    assert links.loc["10", "in_vehicle_min"] == pytest.approx(0.62 / 37.3 * 60)
    assert links["assumed"].to_dict() == {"10": False, "11": True, "11/back": True}
    assert imported.network.label == "town"
    assert imported.network.nodes.loc["1", "name"] == "甲"
    shapes = imported.shapes().geometry
    assert len(shapes["10"].coords) == 3
    assert list(shapes["11/back"].coords) == [(121.02, 31.0), (121.01, 31.0)]


def test_units_are_never_guessed(layers, tmp_path):
    folder = _folder(tmp_path, config=None)
    with pytest.raises(InputError, match="unit of 'length' is not known"):
        read_gmns(folder, layers=layers)
    with pytest.raises(InputError, match="unit of 'free_speed' is not known"):
        read_gmns(folder, layers=layers, length_unit="mi")
    assert len(read_gmns(folder, layers=layers, length_unit="mi", speed_unit="mph").network.links) == 3


def test_lengths_that_are_not_stated_are_measured(layers, tmp_path):
    link = "link_id,from_node_id,to_node_id\n10,1,2\n"
    imported = read_gmns(_folder(tmp_path, link=link, config=None), layers=layers)
    assert imported.network.links["length_km"].iloc[0] == pytest.approx(0.955, abs=0.001)
    assert any("measured" in line for line in imported.report)


def test_geometry_may_stand_in_its_own_table(layers, tmp_path):
    link = "link_id,from_node_id,to_node_id,directed,geometry_id\n10,1,2,1,5\n"
    (tmp_path / "geometry.csv").write_text(
        'geometry_id,geometry\n5,"LINESTRING (121 31, 121.005 31.01, 121.01 31)"\n'
    )
    imported = read_gmns(_folder(tmp_path, link=link, config=None), layers=layers)
    assert imported.network.links["length_km"].iloc[0] > 2


def test_other_coordinates_are_brought_to_degrees(layers, tmp_path):
    node = "node_id,x_coord,y_coord\n1,595000,3430000\n2,596000,3430000\n3,597000,3430000\n"
    with pytest.raises(InputError, match="names no CRS"):
        read_gmns(_folder(tmp_path, node=node, config="long_length,speed\nmile,mph\n"), layers=layers)
    nodes = read_gmns(tmp_path, layers=layers, crs="EPSG:4549").network.nodes
    assert nodes["lon"].between(120.9, 121.1).all()
    with pytest.raises(InputError, match="unknown"):
        read_gmns(tmp_path, layers=layers, crs="EPSG:999999")


def test_every_fault_is_told_at_once(layers, tmp_path):
    node = "node_id,x_coord,y_coord\n1,a,31\n1,121,31\n"
    link = "link_id,from_node_id,to_node_id\n5,1,9\n5,1,1\n"
    with pytest.raises(InputError) as caught:
        read_gmns(_folder(tmp_path, node=node, link=link), layers=layers)
    for words in (
        "node_id given twice",
        "link_id given twice",
        "to_node_id names no node",
        "x_coord or y_coord",
    ):
        assert words in str(caught.value)
    with pytest.raises(InputError, match=r"needs node.csv and link.csv"):
        read_gmns(tmp_path / "nowhere", layers=layers)


def test_what_we_write_comes_back_equal(layers, tmp_path):
    frame = gpd.GeoDataFrame(
        {"名称": ["甲路", "=乙路"]},
        geometry=[
            LineString([(121, 31), (121.01, 31.005), (121.02, 31)]),
            LineString([(121.02, 31), (121.03, 31)]),
        ],
        crs=4326,
    )
    imported = lines_to_network(frame, layers=layers, label="drawn")
    write_gmns(imported, tmp_path / "out")
    back = read_gmns(tmp_path / "out", layers=layers)
    assert back.network.links.equals(imported.network.links)
    assert back.network.nodes.equals(imported.network.nodes)
    assert back.shapes().geometry.geom_equals_exact(imported.shapes().geometry, 1e-6).all()


def test_a_geopackage_holds_links_nodes_and_changes(layers, tmp_path):
    frame = gpd.GeoDataFrame(geometry=[LineString([(121, 31), (121.01, 31)])], crs=4326)
    write_network(lines_to_network(frame, layers=layers), tmp_path / "net.gpkg")
    assert gpd.list_layers(tmp_path / "net.gpkg")["name"].tolist() == ["links", "nodes", "changes"]
    assert gpd.read_file(tmp_path / "net.gpkg", layer="changes")["kind"].tolist() == ["dangling end"] * 2
    assert sorted(p.name for p in tmp_path.iterdir()) == ["net.gpkg"]


def test_osm_goes_out_as_gmns_and_back(layers, tmp_path):
    pytest.importorskip("osmium")
    from yrdgis.network.osm import import_osm

    (tmp_path / "world.osm").write_text(osm_xml(), encoding="utf-8")
    imported = import_osm(tmp_path / "world.osm", layers=layers)
    write_gmns(imported, tmp_path / "out")
    assert read_gmns(tmp_path / "out", layers=layers).network.links.equals(imported.network.links)
