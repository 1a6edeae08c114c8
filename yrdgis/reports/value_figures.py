"""Print figures of what projects are worth: bars of the projects, and who gains from what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yrdgis.reports.fonts import find_cjk_font

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from yrdgis.scenarios import Value

__all__ = ["gain_heat", "worth_bars"]

_WRITTEN = 0.01
_DARK = 0.65  # from this share of the largest on, cells are too dark for dark figures
_GAIN, _LOSS, _RANGE = "#1b7837", "#c1121f", "#8a94a3"


def worth_bars(value: Value, ax: Axes | None = None) -> Axes:
    """Bars of what each project that acts is worth, signs as they are, with the range as a line.

    Parameters
    ----------
    value : Value
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure if left out.

    Returns
    -------
    matplotlib.axes.Axes
    """
    frame = value.frame[value.frame["worth"] != 0].iloc[::-1]
    ax = _axes(ax, 1 + 0.36 * len(frame))
    font = _font()
    places = range(len(frame))
    colours = [_GAIN if worth > 0 else _LOSS for worth in frame["worth"]]
    ax.barh(list(places), frame["worth"], color=colours)
    ax.hlines(list(places), frame["worth_low"], frame["worth_high"], color=_RANGE, linewidth=1.2)
    ax.set_yticks(list(places), _labels(frame), **font)
    ax.axvline(0, color="#1f2a37", linewidth=0.8)
    ax.set_xlabel(f"{value.meta['unit_zh']}  {value.meta['unit']}", **font)
    ax.set_title(f"{value.meta['method']}, {value.meta['base']} {value.meta['as_of']}", **font)
    return ax


def gain_heat(table: pd.DataFrame, names: dict[str, str], *, unit: str, ax: Axes | None = None) -> Axes:
    """Who gains from what: projects by places, darker where more is gained; losses are red.

    Parameters
    ----------
    table : pandas.DataFrame
        Projects in rows, places in columns, as `Value.by_city` gives them.
    names : mapping of id to text
        What to call projects and places.
    unit : str
        Of the cells.
    ax : matplotlib.axes.Axes, optional

    Returns
    -------
    matplotlib.axes.Axes
    """
    shown = table[(table != 0).any(axis=1)]
    ax = _axes(ax, 1.6 + 0.36 * len(shown))
    font = _font()
    import numpy as np

    most = float(shown.abs().to_numpy().max()) if shown.size else 1.0
    image = ax.imshow(shown.to_numpy(float), cmap="PiYG", vmin=-most, vmax=most, aspect="auto")
    for (row, column), gain in np.ndenumerate(shown.to_numpy(float)):
        if abs(gain) >= most * _WRITTEN:
            ink = "#ffffff" if abs(gain) >= most * _DARK else "#1f2a37"
            ax.text(column, row, f"{gain:.3g}", ha="center", va="center", fontsize=7, color=ink)
    rows = [key[-1] if isinstance(key, tuple) else key for key in shown.index]
    ax.set_yticks(range(len(rows)), [names.get(key, key) for key in rows], **font)
    ax.set_xticks(
        range(len(shown.columns)),
        [names.get(str(key), str(key)) for key in shown.columns],
        rotation=90,
        **font,
    )
    bar = ax.figure.colorbar(image, ax=ax)
    bar.set_label(unit, **font)
    return ax


def _axes(ax: Axes | None, height: float) -> Axes:
    if ax is not None:
        return ax
    from matplotlib import pyplot

    return pyplot.subplots(figsize=(9, max(2.4, height)), layout="constrained")[1]


def _font() -> dict[str, Any]:
    from matplotlib.font_manager import FontProperties

    found = find_cjk_font()
    plain = {"parse_math": False}
    return {"fontproperties": FontProperties(fname=found.path), **plain} if found else plain


def _labels(frame: pd.DataFrame) -> list[str]:
    column = "name_zh" if find_cjk_font() else "name"
    return [
        f"{name} ({game})" if game else str(name)
        for name, game in zip(frame[column], frame["game"], strict=True)
    ]
