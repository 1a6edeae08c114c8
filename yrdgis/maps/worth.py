"""What projects are worth: where the gain falls, and the projects by their share of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yrdgis.errors import InputError
from yrdgis.maps.background import add_background
from yrdgis.maps.base import new_map, page_of
from yrdgis.maps.frames import cite, for_popup
from yrdgis.maps.language import pair, word
from yrdgis.maps.layers import add_choropleth, add_lines
from yrdgis.maps.multiples import beside
from yrdgis.maps.popup import item
from yrdgis.maps.projects import project_shapes
from yrdgis.maps.travel import NETWORKS, extent_of, joined, silence

if TYPE_CHECKING:
    import folium

    from yrdgis.scenarios import Value

__all__ = ["worth_map"]

_SHARE = ("占合计的百分比", "% of the whole")
_BREAKS = [0.1, 0.5, 1.0, 2.0, 4.0]
_CLASSES: tuple[tuple[float, str, tuple[str, str], str, list[float]], ...] = (
    (0.1, "major", ("合计的10%及以上", "10 % of the whole or more"), "#0b2e4f", [4.5, 7.5]),
    (0.01, "middle", ("1%至10%", "1 to 10 %"), "#2066a8", [3.2, 5.4]),
    (0.0, "minor", ("不足1%", "less than 1 %"), "#5b93c7", [2.2, 3.8]),
)
_LOSING = ("losing", ("得不偿失", "worth less than nothing"), "#c1121f")
_MOST_SHOWN = 6


def worth_map(layers: Any, value: Value, m: folium.Map | None = None, **page_options: Any) -> folium.Map:
    """Map of what projects are worth: districts by the share of the gain that falls to their people.

    Parameters
    ----------
    layers : Layers
        Uses ``districts``, ``projects`` and the background.
    value : Value
        With districts as origins.
    m : folium.Map, optional
        Map to add to.
    **page_options
        Handed to `new_map`.

    Returns
    -------
    folium.Map
        Areas for all projects together and for each of those worth most, one at a time; lines of the projects
        that act, by their share.

    Raises
    ------
    InputError
        If nothing gains, or no origin is a district.
    """
    joint = sum(value.meta["joint"].values())
    table = value.by_district()
    if not joint or not table.to_numpy().any():
        raise InputError("no project of these is worth anything, so there is nothing to map")
    if m is None:
        title = (
            f"What projects are worth over {value.meta['as_of']}",
            f"项目价值：以{value.meta['as_of']}路网为基础",
        )
        m = new_map(*title, **{"as_of": layers.valid_on, "unit": _SHARE, **page_options})
    page = page_of(m)
    page.bounds = page.bounds or extent_of(layers)
    frame = value.frame.drop_duplicates("project_id").set_index("project_id")
    shares = (table * (100 / joint)).groupby(level=table.index.names[-1], sort=False).sum()
    top = [p for p in frame.index if p in shares.index and shares.loc[p].abs().sum() > 0][:_MOST_SHOWN]
    zones = joined(
        layers.polygons("districts"),
        "district_id",
        shares.T.assign(all=shares.sum()).rename_axis("to_id").reset_index(),
    )
    if zones is None:
        raise InputError(
            "the people who gain are not told by district; value the projects with districts as origins"
        )
    zones = for_popup(zones, layers, own="district_id")
    named = [("all", ("全部项目", "all projects"))] + [
        (project, (str(frame.at[project, "name_zh"]), str(frame.at[project, "name"]))) for project in top
    ]
    columns = {column: f"gain_{at}" for at, (column, _) in enumerate(named)}
    zones = zones.rename(columns=columns)
    rows = [
        item(zh, en, columns[column], kind="number", unit=pair("%", "%"), digits=2)
        for column, (zh, en) in named
    ]
    for at, (column, (zh, en)) in enumerate(named):
        add_choropleth(
            zones,
            m,
            column=columns[column],
            name=f"Gains: {en}",
            name_zh=f"受益：{zh}",
            unit=("%", "%"),
            breaks=_BREAKS,
            ramp="saved",
            digits=1,
            show=at == 0,
            choice="gain",
            section=("谁受益", "Who gains"),
            popup_rows=rows,
            key=f"gain_{at}",
            table="gains",
        )
    if len(named) > 1:
        beside(m, [f"gain_{at}" for at in range(len(named))])
    _add_lines(layers, m, frame)
    cite(page, layers, *NETWORKS)
    add_background(layers, m)
    silence(page, "districts")
    sure = word(f"confidence.{value.meta['confidence']}")
    page.add_note(
        f"合计{joint:.3f}{value.meta['unit_zh']}；份额按沙普利值，权重固定于基础路网；可信度：{sure['zh']}。",
        f"Together {joint:.3f} {value.meta['unit']}; Shapley shares, weights fixed at the base; confidence: "
        f"{sure['en']}.",
    )
    silent = frame[frame["worth"] == 0]
    if len(silent):
        page.add_note(
            "无可计量作用："
            + "；".join(f"{row['name_zh']}（{row['reason_zh']}）" for row in silent.to_dict("records"))
            + "。",
            "No measurable effect: "
            + "; ".join(f"{row['name']} ({row['reason']})" for row in silent.to_dict("records"))
            + ".",
        )
    return m


def _add_lines(layers: Any, m: Any, frame: Any) -> None:
    """Lines of the projects that act, as wide as their share."""
    shapes = project_shapes(layers)
    acting = frame.index[frame["worth"] != 0]
    lines = shapes[
        shapes["project_id"].isin(acting) & shapes.geometry.geom_type.isin(["LineString", "MultiLineString"])
    ].reset_index(drop=True)
    if lines.empty:
        return
    share = lines["project_id"].map(frame["share"])
    lines["share_pct"] = share * 100
    lines["class"] = [_class(float(part)) for part in share]
    styles = {
        key: {"label": pair(*words), "color": colour, "width": width, "casing": "#ffffff"}
        for _, key, words, colour, width in _CLASSES
    }
    key, words, colour = _LOSING
    styles[key] = {"label": pair(*words), "color": colour, "width": [3.2, 5.4], "casing": "#ffffff"}
    add_lines(
        lines,
        m,
        name="Projects by what they are worth",
        name_zh="项目：按价值",
        style="class",
        styles=styles,
        key="worth",
        section=("项目", "Projects"),
        popup_rows=[
            item("占合计", "of the whole", "share_pct", kind="number", unit=pair("%", "%"), digits=2)
        ],
        z=60,
    )


def _class(share: float) -> str:
    if share < 0:
        return _LOSING[0]
    return next(key for least, key, *_ in _CLASSES if share >= least)
