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
from yrdgis.maps.style import NOTHING, ramp_styles
from yrdgis.reports.fonts import CjkFont, find_cjk_font, plain_text
from yrdgis.reports.html import Words
from yrdgis.reports.thumbnails import Canvas
from yrdgis.settings import METRIC_CRS

if TYPE_CHECKING:
    import pandas as pd

    from yrdgis.io import Layers

__all__ = ["legend_of_lines", "legend_of_ramp", "print_map", "save_figure", "small_multiples"]

Legend = Sequence[tuple[Any, Words]]
"""Matplotlib handles with what they mean."""

_INK, _SOFT = "#1f2a37", "#556070"
_FORMATS = (".pdf", ".png", ".svg")
_SCALE_KM = (10, 20, 25, 50, 100, 200)
_HEAD_INCH, _FOOT_INCH = 0.55, 0.62
_CELL_INCH, _KEY_INCH = (3.3, 3.4), 0.62
_CHARS_PER_INCH, _SOURCE_LINES = 21.5, 3

_NO_FONT = (
    "no font of this machine has the Chinese characters, so labels are English; install one such as Noto Sans CJK, or "
    "name a file in YRDGIS_FONT"
)


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
    city_names: bool = True,
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
    city_names : bool
        Whether to write the names of the cities.
    size_inch : (width, height)

    Returns
    -------
    matplotlib.figure.Figure
        Its attribute ``yrdgis_note`` says which font was used, in which regional forms, and its licence.
    """
    from matplotlib.figure import Figure

    font = find_cjk_font()
    letters = _Letters(lang, font)
    high = size_inch[1]
    low, top = _FOOT_INCH / high, 1 - _HEAD_INCH / high
    with plain_text():
        figure = Figure(figsize=size_inch, dpi=100, facecolor="#ffffff")
        figure.yrdgis_note = font.note if font else _NO_FONT  # type: ignore[attr-defined]
        axes = figure.add_axes((0.02, low, 0.96, top - low))
        canvas = _ground(layers, axes)
        draw(canvas)
        canvas.fit()
        if city_names:
            _cities(canvas, letters)
        _furniture(axes, letters)
        _title(figure, letters, title, 0.5 + top / 2)
        _foot(figure, letters, sources, as_of, review_number)
        if legend:
            _legend(axes, letters, legend, legend_title, place="upper left" if inset else "lower left")
        if inset:
            _inset(figure, axes, layers, draw, inset)
    return figure


def _title(figure: Any, letters: _Letters, title: Words, y: float) -> None:
    """The title, smaller where it is long: it has to fit the figure."""
    text = letters.say(title)
    size = min(14.0, 118 * figure.get_figwidth() / max(1, sum(2 if ord(c) > 0x2E80 else 1 for c in text)))
    figure.text(0.02, y, text, fontproperties=letters.of(size, bold=True), color=_INK, va="center")


def _legend(axes: Any, letters: _Letters, legend: Legend, title: Words, *, place: str) -> None:
    axes.legend(
        [handle for handle, _ in legend],
        [letters.say(words) for _, words in legend],
        title=letters.say(title),
        title_fontproperties=letters.of(9),
        prop=letters.of(8),
        loc=place,
        frameon=True,
        framealpha=0.94,
        edgecolor="#d5dae1",
    )


def _ground(layers: Layers, axes: Any) -> Canvas:
    """A canvas with its water; beyond the strip of neighbouring land nothing is said."""
    canvas = Canvas(layers, axes=axes)
    canvas.water()
    return canvas


def _cities(canvas: Canvas, letters: _Letters, *, size: float = 9) -> None:
    """Names of the cities at their seats, with a halo."""
    from matplotlib.patheffects import withStroke

    if "cities" not in canvas.layers:
        return
    seats = canvas.layers.points("cities").to_crs(METRIC_CRS)
    for row, point in zip(seats.to_dict("records"), seats.geometry, strict=True):
        words = (str(row["name_zh"]), str(row["name"]))
        canvas.axes.text(
            point.x,
            point.y,
            words[0] if letters.lang in ("zh", "both") else words[1],
            fontproperties=letters.of(size, bold=True),
            color=_INK,
            ha="center",
            va="center",
            zorder=9,
            clip_on=True,
            path_effects=[withStroke(linewidth=2.4, foreground="#ffffff")],
        )


def _foot(figure: Any, letters: _Letters, sources: Sequence[str], as_of: object, review_number: str) -> None:
    """Map-review number, day and sources at the foot, in lines that fit the figure."""
    high, wide = figure.get_figheight(), figure.get_figwidth()
    review = ("审图号：", "Map review no.: ")
    number = (review_number, review_number) if review_number else ("未送审", "not reviewed")
    first = [letters.say((review[0] + number[0], review[1] + number[1]))]
    if as_of:
        first.append(letters.say((f"数据截止 {as_of}", f"as of {as_of}")))
    told = letters.say(("资料来源：", "Sources: ")) + "; ".join(sources)
    lines = ["    ".join(first), *_lines(told, wide * _CHARS_PER_INCH)[:_SOURCE_LINES]]
    for at, line in enumerate(lines):
        figure.text(
            0.02,
            (_FOOT_INCH - 0.13 - 0.125 * at - (0.03 if at else 0)) / high,
            line,
            fontproperties=letters.of(8 if at == 0 else 6.3),
            color=_INK if at == 0 else _SOFT,
            va="center",
        )


def _lines(text: str, width: float) -> list[str]:
    """A text in lines; a Chinese character is as wide as two others. What is too long for all ends in a mark."""
    lines, line, used = [], "", 0.0
    for word in text.replace("; ", ";\u00a0 ").split(" "):
        need = sum(2 if ord(c) > 0x2E80 else 1 for c in word) + 1
        if used + need > width and line:
            lines.append(line)
            line, used = "", 0.0
        line, used = f"{line} {word}".strip(), used + need
    lines = [*lines, line]
    if len(lines) > _SOURCE_LINES:
        lines[_SOURCE_LINES - 1] = lines[_SOURCE_LINES - 1].rstrip("; \u00a0") + " …"
    return lines


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
    # in points, so that it looks the same on small axes
    axes.annotate(
        "N",
        xy=(0.965, 1),
        xytext=(0, -12),
        xycoords="axes fraction",
        textcoords="offset points",
        ha="center",
        va="center",
        fontproperties=letters.of(9),
        color=_INK,
    )
    for side, fill in ((-3.6, "#ffffff"), (3.6, _INK)):
        axes.add_artist(_needle(axes, side, fill))


def _needle(axes: Any, side: float, fill: str) -> Any:
    """Half of a needle below the N."""
    from matplotlib.patches import Polygon
    from matplotlib.transforms import ScaledTranslation

    root = axes.figure.dpi_scale_trans
    across, up = root.inverted().transform(axes.transAxes.transform((0.965, 1)))
    at = ScaledTranslation(across, up, root)
    shape = [(0, -19 / 72), (side / 72, -40 / 72), (0, -35 / 72)]
    return Polygon(shape, closed=True, facecolor=fill, edgecolor=_INK, linewidth=0.7, transform=root + at)


def _inset(
    figure: Any, axes: Any, layers: Layers, draw: Callable[[Canvas], None], part: tuple[float, ...]
) -> None:
    import geopandas as gpd
    from shapely.geometry import box

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


def legend_of_lines(
    styles: Sequence[Mapping[str, Any]], *, patterns: Sequence[tuple[str, Words]] = ()
) -> list[tuple[Any, Words]]:
    """Legend of line styles of the style table, and of patterns: matplotlib's sign with what it means."""
    from matplotlib.lines import Line2D

    lines = [
        (Line2D([0], [0], color=s["color"], linewidth=2), (s["label"]["zh"], s["label"]["en"]))
        for s in styles
    ]
    return lines + [
        (Line2D([0], [0], color=_SOFT, linewidth=2, linestyle=sign), words) for sign, words in patterns
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
    columns = min(columns, len(values))
    rows = -(-len(values) // columns)
    wide, high = _CELL_INCH[0] * columns, _CELL_INCH[1] * rows + _HEAD_INCH + _KEY_INCH + _FOOT_INCH
    low, top = (_FOOT_INCH + _KEY_INCH) / high, 1 - _HEAD_INCH / high
    each = (top - low) / rows
    font = find_cjk_font()
    letters = _Letters(lang, font)
    with plain_text():
        figure = Figure(figsize=(wide, high), dpi=100, facecolor="#ffffff")
        figure.yrdgis_note = font.note if font else _NO_FONT  # type: ignore[attr-defined]
        _title(figure, letters, title, 0.5 + top / 2)
        for at, (heading, own) in enumerate(values.items()):
            row, column = divmod(at, columns)
            axes = figure.add_axes(
                (column / columns + 0.005, top - (row + 1) * each, 1 / columns - 0.01, each - 0.27 / high)
            )
            canvas = _ground(layers, axes)
            canvas.colour_districts(own, breaks=list(breaks), ramp=ramp)
            without = own.reindex(canvas.districts["district_id"]).isna().to_numpy()
            canvas.add(canvas.districts[without], color=NOTHING["fill"], edgecolor="#ffffff", linewidth=0.3)
            canvas.water()
            canvas.fit()
            _cities(canvas, letters, size=6.5)
            axes.set_title(letters.say(heading), fontproperties=letters.of(9), color=_INK, pad=3)
            if at == len(values) - 1:
                _furniture(axes, letters)
        blank = any(bool(own.isna().any()) for own in values.values())
        legend = legend_of_ramp(ramp, breaks, blank=blank)
        told = [letters.say(words) for _, words in legend]
        figure.legend(
            [handle for handle, _ in legend],
            told,
            title=letters.say(unit) if any(unit) else None,
            title_fontproperties=letters.of(8),
            prop=letters.of(7.5),
            loc="center",
            ncols=_columns(told, wide),
            columnspacing=1.2,
            handletextpad=0.5,
            frameon=False,
            bbox_to_anchor=(0.5, (_FOOT_INCH + 0.5 * _KEY_INCH) / high),
        )
        _foot(figure, letters, sources, as_of, "")
    return figure


def _columns(texts: Sequence[str], wide: float) -> int:
    """Columns of a legend that fit into a width, inches."""
    widths = [0.55 + sum(2 if ord(c) > 0x2E80 else 1 for c in text) * 0.055 for text in texts]
    count = len(texts)
    while count > 1 and sum(max(widths[at::count]) for at in range(count)) > wide:
        count -= 1
    return count


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
