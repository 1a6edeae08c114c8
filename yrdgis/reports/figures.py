"""Figures for print: maps with title, legend, scale, north arrow, source and date, as PNG, PDF and SVG.

The colours are those of the pages. Chinese needs a font that has its characters; where the machine has none the
labels are English, and `print_map` says so.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yrdgis.errors import InputError
from yrdgis.io.write import atomic_write
from yrdgis.maps.background import surroundings
from yrdgis.maps.style import AREAS, NOTHING, ramp_styles
from yrdgis.reports.fonts import CjkFont, find_cjk_font
from yrdgis.reports.html import Words
from yrdgis.reports.thumbnails import Canvas

if TYPE_CHECKING:
    import pandas as pd

    from yrdgis.io import Layers

__all__ = ["legend_of_lines", "legend_of_ramp", "print_map", "save_figure", "small_multiples"]

Legend = Sequence[tuple[Any, Words]]
"""Matplotlib handles with what they mean."""

_INK, _SOFT = "#1f2a37", "#556070"
_FORMATS = (".pdf", ".png", ".svg")
_SCALE_KM = (10, 20, 25, 50, 100, 200)


class _Letters:
    """How words are written: both languages with a Chinese font, else English alone."""

    def __init__(self, lang: str, font: CjkFont | None) -> None:
        from matplotlib.font_manager import FontProperties

        self.lang = lang if font else "en"
        self.font = FontProperties(fname=font.path) if font else FontProperties()

    def say(self, words: Words) -> str:
        if self.lang == "both":
            return "  ".join(dict.fromkeys(words))
        return words[0 if self.lang == "zh" else 1]

    def of(self, size: float, *, bold: bool = False) -> Any:
        font = self.font.copy()
        font.set_size(size)
        if bold and not font.get_file():
            font.set_weight("bold")
        return font


def print_map(
    layers: Layers,
    draw: Callable[[Canvas], None],
    *,
    title: Words,
    legend: Legend = (),
    legend_title: Words = ("图例", "Legend"),
    sources: Sequence[str] = (),
    as_of: object = "",
    lang: str = "both",
    inset: tuple[float, float, float, float] | None = None,
    review_number: str = "",
    size_inch: tuple[float, float] = (7.2, 7.9),
) -> Any:
    """A map for print with all its furniture.

    Parameters
    ----------
    layers : Layers
    draw : callable
        Draws on a `Canvas`, which already has the districts.
    title : (zh, en)
    legend : sequence of (handle, (zh, en))
        As `legend_of_ramp` and `legend_of_lines` give them.
    legend_title : (zh, en)
    sources : sequence of str
    as_of : date or str
        Day for which the data holds.
    lang : {"both", "zh", "en"}
        Languages; English alone where no font of the machine has the Chinese characters.
    inset : (west, south, east, north), optional
        Degrees of a part that is shown larger in a corner.
    review_number : str
        Map-review number; blank reads 未送审 / not reviewed.
    size_inch : (width, height)

    Returns
    -------
    matplotlib.figure.Figure
        Its attribute ``yrdgis_note`` says which font was used, and its licence.
    """
    from matplotlib.figure import Figure

    font = find_cjk_font()
    letters = _Letters(lang, font)
    figure = Figure(figsize=size_inch, dpi=100, facecolor="#ffffff")
    figure.yrdgis_note = (  # type: ignore[attr-defined]
        font.note
        if font
        else "no font of this machine has the Chinese characters, so labels are English; install one such as Noto "
        "Sans CJK, or name a file in YRDGIS_FONT"
    )
    axes = figure.add_axes((0.02, 0.075, 0.96, 0.845))
    canvas = _ground(layers, axes)
    draw(canvas)
    canvas.fit()
    _furniture(axes, letters)
    figure.text(
        0.02, 0.955, letters.say(title), fontproperties=letters.of(14, bold=True), color=_INK, va="center"
    )
    _foot(figure, letters, sources, as_of, review_number)
    if legend:
        axes.legend(
            [handle for handle, _ in legend],
            [letters.say(words) for _, words in legend],
            title=letters.say(legend_title),
            title_fontproperties=letters.of(9),
            prop=letters.of(8),
            loc="upper left",
            frameon=True,
            framealpha=0.94,
            edgecolor="#d5dae1",
        )
    if inset:
        _inset(figure, axes, layers, draw, inset)
    return figure


def _ground(layers: Layers, axes: Any) -> Canvas:
    """A canvas with the neighbouring land, beyond which nothing is said."""
    import geopandas as gpd

    canvas = Canvas(layers, axes=axes)
    axes.set_facecolor("#f0f2f4")
    around = surroundings(layers)
    if around is not None:
        frame = gpd.GeoDataFrame(geometry=[around], crs=4326)
        canvas.add(frame, color=AREAS["surround"]["fill"], zorder=0)
    canvas.water()
    return canvas


def _foot(figure: Any, letters: _Letters, sources: Sequence[str], as_of: object, review_number: str) -> None:
    review = ("审图号：", "Map review no.: ")
    number = (review_number, review_number) if review_number else ("未送审", "not reviewed")
    first = [letters.say((review[0] + number[0], review[1] + number[1]))]
    if as_of:
        first.append(letters.say((f"数据截止 {as_of}", f"as of {as_of}")))
    figure.text(0.02, 0.05, "    ".join(first), fontproperties=letters.of(8), color=_INK, va="center")
    told = letters.say(("资料来源：", "Sources: ")) + "; ".join(sources)
    figure.text(
        0.02,
        0.022,
        told[:190] + ("…" if len(told) > 190 else ""),
        fontproperties=letters.of(7),
        color=_SOFT,
        va="center",
    )


def _furniture(axes: Any, letters: _Letters) -> None:
    """Scale and north arrow; the axes are in metres."""
    west, east = axes.get_xlim()
    south, north = axes.get_ylim()
    wide, high = east - west, north - south
    km = max((k for k in _SCALE_KM if 1000 * k < wide * 0.22), default=_SCALE_KM[0])
    x, y = east - wide * 0.04 - 1000 * km, south + high * 0.04
    axes.plot(
        [x, x, x + 1000 * km, x + 1000 * km],
        [y + high * 0.012, y, y, y + high * 0.012],
        color=_INK,
        linewidth=1.3,
    )
    axes.text(
        x + 500 * km,
        y + high * 0.012,
        f"{km} km",
        ha="center",
        va="bottom",
        fontproperties=letters.of(8),
        color=_INK,
    )
    axes.annotate(
        "N",
        xy=(0.965, 0.975),
        xytext=(0.965, 0.90),
        xycoords="axes fraction",
        ha="center",
        va="center",
        fontproperties=letters.of(10),
        color=_INK,
        arrowprops={"arrowstyle": "-|>", "color": _INK, "linewidth": 1.2},
    )


def _inset(
    figure: Any, axes: Any, layers: Layers, draw: Callable[[Canvas], None], part: tuple[float, ...]
) -> None:
    import geopandas as gpd
    from shapely.geometry import box

    from yrdgis.settings import METRIC_CRS

    west, south, east, north = gpd.GeoSeries([box(*part)], crs=4326).to_crs(METRIC_CRS).total_bounds
    small = figure.add_axes((0.025, 0.085, 0.30, 0.30))
    draw(_ground(layers, small))
    for spine in small.spines.values():
        spine.set(visible=True, color=_INK, linewidth=0.8)
    small.set(xlabel="", ylabel="", xlim=(west, east), ylim=(south, north), aspect="equal")
    axes.plot([west, east, east, west, west], [south, south, north, north, south], color=_INK, linewidth=0.8)


def legend_of_ramp(name: str, breaks: Sequence[float], *, blank: bool = False) -> list[tuple[Any, Words]]:
    """Legend of a ramp of the style table; ``blank`` adds what places without a value look like.

    Examples
    --------
    >>> [words for _, words in legend_of_ramp("time", [30, 60])]
    [('< 30', '< 30'), ('30–60', '30–60'), ('≥ 60', '≥ 60')]
    """
    from matplotlib.patches import Patch

    styles = [*ramp_styles(name, breaks=list(breaks)), *([NOTHING] if blank else [])]
    return [
        (Patch(facecolor=s["fill"], edgecolor="#c4c9d0", linewidth=0.5), (s["label"]["zh"], s["label"]["en"]))
        for s in styles
    ]


def legend_of_lines(styles: Sequence[Mapping[str, Any]]) -> list[tuple[Any, Words]]:
    """Legend of line styles of the style table."""
    from matplotlib.lines import Line2D

    return [
        (Line2D([0], [0], color=s["color"], linewidth=2), (s["label"]["zh"], s["label"]["en"]))
        for s in styles
    ]


def small_multiples(
    layers: Layers,
    values: Mapping[Words, pd.Series],
    *,
    breaks: Sequence[float],
    ramp: str = "time",
    title: Words,
    unit: Words = ("", ""),
    sources: Sequence[str] = (),
    as_of: object = "",
    lang: str = "both",
    columns: int = 3,
) -> Any:
    """Several maps of one measure beside each other, all with one legend.

    Parameters
    ----------
    layers : Layers
    values : mapping of (zh, en) to pandas.Series
        For each map its heading, and values by district id; NaN has no value.
    breaks, ramp
        As for `yrdgis.maps.add_choropleth`.
    title, unit : (zh, en)
    sources, as_of, lang
        See `print_map`.
    columns : int
        Maps in a row.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    InputError
        If there is nothing to show.
    """
    from matplotlib.figure import Figure

    if not values:
        raise InputError("Small multiples need at least one series of values.")
    letters = _Letters(lang, find_cjk_font())
    columns = min(columns, len(values))
    rows = -(-len(values) // columns)
    figure = Figure(figsize=(3.3 * columns, 3.4 * rows + 1.1), dpi=100, facecolor="#ffffff")
    top, low = 1 - 0.55 / (3.4 * rows + 1.1), 0.75 / (3.4 * rows + 1.1)
    figure.text(
        0.02,
        top + (1 - top) * 0.45,
        letters.say(title),
        fontproperties=letters.of(13),
        color=_INK,
        va="center",
    )
    for at, (heading, own) in enumerate(values.items()):
        row, column = divmod(at, columns)
        high = (top - low) / rows
        axes = figure.add_axes(
            (column / columns + 0.005, top - (row + 1) * high, 1 / columns - 0.01, high * 0.9)
        )
        canvas = _ground(layers, axes)
        canvas.colour_districts(own, breaks=list(breaks), ramp=ramp)
        canvas.water()
        canvas.fit()
        axes.set_title(letters.say(heading), fontproperties=letters.of(9), color=_INK, pad=3)
        if at == len(values) - 1:
            _furniture(axes, letters)
    legend = legend_of_ramp(ramp, breaks)
    figure.legend(
        [handle for handle, _ in legend],
        [letters.say(words) for _, words in legend],
        title=letters.say(unit) if any(unit) else None,
        title_fontproperties=letters.of(8),
        prop=letters.of(7.5),
        loc="lower right",
        ncols=len(legend),
        frameon=False,
        bbox_to_anchor=(0.99, low * 0.28),
    )
    _foot(figure, letters, sources, as_of, "")
    return figure


def save_figure(figure: Any, path: str | os.PathLike[str], *, dpi: int = 200) -> Path:
    """Write a figure as PNG, PDF or SVG, by the name's ending; the same figure gives the same bytes.

    Raises
    ------
    InputError
        If the ending is none of these.
    OutputError
        If the file can't be written.
    """
    import matplotlib as mpl

    file = Path(path)
    kind = file.suffix.lower()
    if kind not in _FORMATS:
        raise InputError(f"A figure is written as {', '.join(_FORMATS)}, not {file.name!r}.")
    told = {".png": {"Software": None}, ".pdf": {"CreationDate": None}, ".svg": {"Date": None}}[kind]
    with mpl.rc_context({"svg.hashsalt": "yrdgis"}), atomic_write(file) as part:
        figure.savefig(part, format=kind[1:], dpi=dpi, metadata=told)
    return file
