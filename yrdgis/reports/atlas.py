"""The atlas: maps, pictures, tables and data of an area on a day, in one folder that needs no internet."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yrdgis import __version__
from yrdgis.errors import InputError
from yrdgis.maps import page_of, save
from yrdgis.reports.context import Context
from yrdgis.reports.data import change_words, package_frames, sources_of, tables_of
from yrdgis.reports.figure_set import write_figures
from yrdgis.reports.index import Card, Download, index_html
from yrdgis.reports.package import write_package
from yrdgis.reports.pages import Page, pages_of
from yrdgis.reports.search import search_data
from yrdgis.reports.staging import MARK, staged_folder
from yrdgis.reports.tables import write_csv, write_workbook
from yrdgis.reports.thumbnails import picture

if TYPE_CHECKING:
    from yrdgis.io import Layers

__all__ = ["make_atlas"]

_KIND = "atlas"

Progress = Callable[[str, int, int], None]


def make_atlas(
    layers: Layers,
    out: str | os.PathLike[str],
    *,
    as_of: dt.date | None = None,
    lang: str = "both",
    audience: str = "public",
    progress: Progress | None = None,
) -> Path:
    """Write an atlas; a folder of an earlier one is replaced only when the new one is whole.

    Parameters
    ----------
    layers : Layers
    out : path
        Folder to make. It must not exist, be empty, or hold an earlier atlas.
    as_of : datetime.date, optional
        Day of the network; the day for which the layers hold by default. A later one is a forecast.
    lang : {"both", "zh", "en"}
        Languages of the pages.
    audience : {"public", "internal"}
        Whether attributes marked internal are shown, under a banner.
    progress : callable, optional
        Called with (what comes next, steps done, steps in all).

    Returns
    -------
    pathlib.Path
        The folder: ``index.html``, a page for each map, ``figures/``, ``tables/``, ``data/`` and ``manifest.json``.

    Raises
    ------
    OutputError
        If the folder can't be written; nothing is left behind.
    InputError
        If there is no such language or audience.
    """
    for name, value, known in (
        ("lang", lang, ("both", "zh", "en")),
        ("audience", audience, ("public", "internal")),
    ):
        if value not in known:
            raise InputError(f"{name} is one of {', '.join(known)}, not {value!r}")
    context = Context(layers, as_of or layers.valid_on, lang, audience)
    tell = progress or (lambda text, done, total: None)
    with staged_folder(out, _KIND) as folder:
        pages = pages_of(context)
        steps = [*(_page_step(context, folder, page) for page in pages), *_data_steps(context, folder)]
        total = len(steps) + 1
        cards = []
        for done, (text, step) in enumerate(steps):
            tell(text, done, total)
            made = step()
            if made is not None:
                cards.append(made)
        tell("index", total - 1, total)
        index = _index(context, folder, pages, cards)
        (folder / "index.html").write_text(index, encoding="utf-8", newline="\n")
        (folder / MARK).write_text(_manifest(context, folder), encoding="utf-8", newline="\n")
        tell("done", total, total)
    return Path(out)


def _page_step(context: Context, folder: Path, page: Page) -> tuple[str, Callable[[], Card]]:
    def make() -> Card:
        name = f"{page.slug}.html"
        made = page.build(context)
        if isinstance(made, str):
            (folder / name).write_text(made, encoding="utf-8", newline="\n")
        else:
            page_of(made).home = "index.html"
            save(made, folder / name)
        image = picture(context.layers, lambda canvas: page.draw(context, canvas))
        return Card(name, page.title_zh, page.title, page.text_zh, page.text, page.figures(context), image)

    return page.title, make


def _data_steps(context: Context, folder: Path) -> list[tuple[str, Callable[[], None]]]:
    def tables() -> None:
        (folder / "tables").mkdir()
        found = tables_of(context)
        for table in found:
            write_csv(table, folder / "tables" / f"{table.name}.csv")
        write_workbook(
            found, folder / "tables" / "atlas.xlsx", title="yrdgis atlas", created=context.layers.valid_on
        )

    def package() -> None:
        (folder / "data").mkdir()
        write_package(
            package_frames(context), folder / "data" / "atlas.gpkg", created=context.layers.valid_on
        )

    def figures() -> None:
        (folder / "figures").mkdir()
        write_figures(context, folder / "figures")

    return [("figures", figures), ("tables", tables), ("GeoPackage", package)]


def _index(context: Context, folder: Path, pages: list[Page], cards: list[Card]) -> str:
    headings = dict.fromkeys(page.heading for page in pages)
    sections = [
        (heading, [card for page, card in zip(pages, cards, strict=True) if page.heading == heading])
        for heading in headings
    ]
    area = context.layers["cities"].set_index("city_id").loc[context.cities]
    kind = ("预测", "forecast") if context.forecast else ("", "")
    day = f"{context.as_of}"
    return index_html(
        title=("区域规划图集", "Atlas of a regional plan"),
        subtitle=(
            f"{'、'.join(area['name_zh'])}。路网日期 {day}{'（' + kind[0] + '）' if kind[0] else ''}；数据截止 {context.layers.valid_on}",
            f"{', '.join(area['name'])}. Network of {day}{' (' + kind[1] + ')' if kind[1] else ''}; data as of {context.layers.valid_on}",
        ),
        assumed=_assumed(context),
        sections=sections,
        cities=_city_table(context),
        downloads=_downloads(folder),
        sources=sources_of(context),
        lang=context.lang,
        banner=("内部资料，请勿外传", "Internal: not for publication")
        if context.audience == "internal"
        else None,
        search=search_data(context, {page.slug for page in pages}),
    )


def _assumed(context: Context) -> list[tuple[str, str]]:
    basis = context.basis()
    share, confidence = 100 * basis["undated_share"], basis["confidence"]
    words = {"high": "高", "medium": "中", "low": "低"}
    lines = [
        (
            "自驾时间由自由流车速、收费站延误与假定的城区接驳速度推算；只校核过里程，未校核过分钟数。",
            "Driving minutes follow from free-flow speeds, toll delays and assumed local speeds; distances were checked, minutes were not.",
        ),
        (
            f"列车开行方案{basis['services']}种，其中{basis['services_assumed']}种为假定；站内用时、换乘、候车均为参数。",
            f"{basis['services']} train patterns, {basis['services_assumed']} of them assumed; station process, changes and waits are parameters.",
        ),
        (
            f"参数{basis['parameters']}项，各有低值与高值，可信度低的{basis['parameters_low']}项；小于参数区间的变化写作“无可计量的变化”。",
            f"{basis['parameters']} parameters, each with a low and a high value, {basis['parameters_low']} of low confidence; a change within "
            'their range reads "no measurable change".',
        ),
        (
            f"路网里程中{share:.1f}%不知开通日期（按一直开通计）；图中时间所依据的资料，最差可信度为{words[confidence]}。",
            f"{share:.1f} % of the network's kilometres have no known opening day (counted as always open); the worst confidence behind the times is {confidence}.",
        ),
        (
            "扩建、码头等只增加能力的项目不改变自由流时间，本模型不计量其作用。",
            "Projects that only add capacity (widenings, terminals) don't change free-flow times: this model does not measure them.",
        ),
    ]
    if context.forecast:
        lines.insert(
            0,
            (
                "本图集为预测：按公布的预计开通日计，逾期未证实开通的不计。",
                "This atlas is a forecast: expected opening days count.",
            ),
        )
    return lines


def _city_table(context: Context) -> Any:
    frame = context.cities_change.frame
    core = frame[(frame["from_id"] == context.centre) & (frame["to_id"] != context.centre)]
    rows = [_city_row(row) for row in core.to_dict("records")]
    caption = (
        f"门到门（分钟），{context.eve} 与 {context.as_of}；可信度低，区间见表格。",
        f"Door to door (minutes), {context.eve} and {context.as_of}; low confidence, ranges in the tables.",
    )
    header = [
        ("从", "From"),
        ("到", "To"),
        ("规划前夕", "Plan-eve"),
        ("当日", "This day"),
        ("变化", "Change"),
    ]
    return caption, header, rows


def _city_row(row: dict[Any, Any]) -> list[tuple[str, str]]:
    saved = row["saved_min"]
    change = (
        (f"近 {saved:.0f}", f"{saved:.0f} nearer")
        if row["change"] == "faster"
        else change_words(row["change"])
    )
    minutes = [
        "–" if value != value else f"{value:.0f}" for value in (row["time_before_min"], row["time_after_min"])
    ]
    names = [(row[f"{end}_name_zh"], row[f"{end}_name"]) for end in ("from", "to")]
    return [*names, *((text, text) for text in minutes), change]


def _downloads(folder: Path) -> list[Download]:
    known = [
        ("tables/atlas.xlsx", "全部表格（Excel，中文表头）", "All tables (Excel, Chinese headers)"),
        (
            "data/atlas.gpkg",
            "图层与结果（GeoPackage，内含 QGIS 样式）",
            "Layers and results (GeoPackage with QGIS styles)",
        ),
    ]
    known += [
        (f"figures/{file.name}", f"印刷图 {file.name}", f"Figure for print, {file.name}")
        for file in sorted((folder / "figures").iterdir())
    ]
    known += [
        (f"tables/{file.name}", f"{file.stem}（CSV）", f"{file.stem} (CSV)")
        for file in sorted((folder / "tables").glob("*.csv"))
    ]
    return [Download(href, zh, en, (folder / href).stat().st_size) for href, zh, en in known]


def _manifest(context: Context, folder: Path) -> str:
    """What was made, from which layers and which version, for which day."""

    def digest(path: Path) -> dict[str, Any]:
        return {"bytes": path.stat().st_size, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}

    catalog = context.layers.catalog
    content = {
        "kind": _KIND,
        "made_by": f"yrdgis {__version__}",
        "made_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "as_of": context.as_of.isoformat(),
        "before": context.eve.isoformat(),
        "forecast": context.forecast,
        "lang": context.lang,
        "audience": context.audience,
        "layers_valid_on": context.layers.valid_on.isoformat(),
        "layers": [
            {
                "layer_id": info.layer_id,
                "path": info.path,
                "rows": len(context.layers[info.layer_id]),
                "licence": info.licence,
                "source": info.source,
                **digest(catalog.file(info)),
            }
            for info in catalog
        ],
        "files": {
            path.relative_to(folder).as_posix(): digest(path)
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        },
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"
