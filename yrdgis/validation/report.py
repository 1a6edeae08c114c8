"""What the comparison says: summaries by mode, class and line, the worst rows with their way, tables and a
figure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from yrdgis.io.write import atomic_folder, write_table
from yrdgis.validation.measures import FLOOR, relative_error, summary
from yrdgis.validation.observed import Observed, observed_in_layers, read_observed
from yrdgis.validation.predict import predict

if TYPE_CHECKING:
    from yrdgis.io import Layers

__all__ = ["UNVALIDATED", "Validation", "scatter", "validate", "write_report"]

UNVALIDATED = {
    "en": "Drive minutes are not validated: only road distances could be checked.",
    "zh": "驾车时间未经验证：仅公路里程可以核对。",
}
"""What the reader must know beside every figure of driving."""

WORST = 10
_CLASSES_ZH = {
    "road": "公路 road",
    "water": "航道 water",
    "K": "K 普速",
    "G": "G 高速",
    "D": "D 动车",
    "C": "C 城际",
}
_LINES = 32
"""Names that stand above one another in a panel of the figure without touching."""
_COLOURS = {
    "G": "#1b6ca8",
    "D": "#2a9d5c",
    "C": "#8e5ea2",
    "K": "#b5651d",
    "road": "#444444",
    "water": "#0a9396",
}


@dataclass(frozen=True, repr=False)
class Validation:
    """Compared rows and what they add up to.

    Parameters
    ----------
    rows : pandas.DataFrame
        Observed rows with ``modelled``, ``error`` (relative, signed), ``line``, ``way`` and ``counts``
        (whether the row is in the summaries). Train times that the parameters were fitted to carry the
        prediction of the fit that left their line out.
    left_out : mapping
        How many rows are not in the summaries, by reason.
    """

    rows: pd.DataFrame
    left_out: Mapping[str, int]

    def __repr__(self) -> str:
        told = ", ".join(
            f"{row['group']} {row['n']} rows {row['median_error']:.1%}"
            for row in self.by("group").to_dict("records")
        )
        return f"<Validation of {len(self.counted)} rows, median error: {told or 'none'}>"

    def _repr_html_(self) -> str:
        """Errors by group in percent, for a notebook; every text is escaped."""
        from yrdgis.io.cards import card, head

        table = self.by("group")
        errors = ["median_error", "p90_error", "bias"]
        table[errors] = table[errors] * 100
        columns = (
            ("group", "组", "group"),
            ("n", "行数", "rows"),
            ("no_answer", "无答案", "no answer"),
            ("median_error", "中位误差 %", "median error %"),
            ("p90_error", "90分位误差 %", "90th percentile %"),
            ("bias", "偏差 %", "bias %"),
        )
        note = (UNVALIDATED["zh"], UNVALIDATED["en"])
        return card(("模型与观测", "Model against observation"), table=head(table, columns), note=note)

    @property
    def counted(self) -> pd.DataFrame:
        """Rows that the summaries rest on."""
        return self.rows[self.rows["counts"]]

    def by(self, *columns: str) -> pd.DataFrame:
        """Summary by some columns, such as ``mode``, ``group``, ``train_class`` or ``line``."""
        return summary(self.counted, columns)

    def worst(self, count: int = WORST) -> pd.DataFrame:
        """Rows with the largest errors, with the way that the model takes."""
        rows = self.counted.dropna(subset="error")
        return rows.loc[rows["error"].abs().sort_values(ascending=False, kind="stable").index[:count]]


def validate(
    layers: Layers, file: str | PathLike[str] | None = None, *, as_of: dt.date | str | None = None
) -> Validation:
    """Compare the model with the observations of the layers, or with those of a file.

    Parameters
    ----------
    layers : Layers
    file : str or path, optional
        A CSV as `read_observed` describes it; the layers' own observations by default.
    as_of : datetime.date or str, optional
        Day for rows of the file that state none.

    Returns
    -------
    Validation

    Raises
    ------
    InputError
        If the file is at fault.
    """
    seen = observed_in_layers(layers) if file is None else read_observed(file, layers, as_of=as_of)
    return _compared(layers, seen)


def _compared(layers: Layers, seen: Observed) -> Validation:
    rows = predict(layers, seen.rows)
    unseen = rows["left_out"].notna() & rows["in_layer"]
    rows["basis"] = np.where(unseen, "left-out fold", "fitted parameters")
    rows["modelled"] = rows["modelled"].mask(unseen, rows["left_out"])
    floor = np.where(rows["mode"].eq("rail"), FLOOR, 0.0)
    rows["error"] = relative_error(rows["modelled"], rows["observed"], floor=floor)
    rows["counts"] = ~rows["in_layer"] | unseen
    rows["group"] = np.where(
        rows["train_class"].eq("K"), "rail K", np.where(rows["mode"].eq("rail"), "rail G, D, C", rows["mode"])
    )
    gone = dict(seen.left_out)
    already = int((~rows["counts"]).sum())
    if already:
        gone["already in a layer"] = gone.get("already in a layer", 0) + already
    return Validation(rows.drop(columns="left_out"), gone)


def write_report(validation: Validation, folder: str | PathLike[str], *, font: str | None = None) -> Path:
    """Write the tables and the figure of a comparison into a folder, which is replaced as a whole.

    Parameters
    ----------
    validation : Validation
    folder : str or path
    font : str, optional
        Font file that has Chinese characters; without one the figure has romanised names.

    Returns
    -------
    pathlib.Path
        The folder: ``rows.csv``, ``by_group.csv``, ``by_class.csv``, ``by_line.csv``, ``worst.csv``,
        ``scatter.png``.

    Raises
    ------
    OutputError
        If the folder can't be written.
    """
    with atomic_folder(folder) as made:
        write_table(validation.rows, made / "rows.csv")
        write_table(validation.by("group"), made / "by_group.csv")
        write_table(validation.by("mode", "train_class"), made / "by_class.csv")
        write_table(validation.by("mode", "line"), made / "by_line.csv")
        write_table(validation.worst(), made / "worst.csv")
        scatter(validation, font=font).savefig(made / "scatter.png", dpi=150)
    return Path(folder)


def scatter(validation: Validation, *, font: str | None = None) -> Any:
    """Observed against modelled values: minutes of trains, kilometres of roads and waterways.

    Parameters
    ----------
    validation : Validation
    font : str, optional
        Font file with Chinese characters.

    Returns
    -------
    matplotlib.figure.Figure
    """
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

    told = FontProperties(fname=font) if font else FontProperties()
    figure = Figure(figsize=(11, 5.2), layout="constrained")
    rows = validation.counted.dropna(subset="error")
    panels = (
        (rows[rows["mode"].eq("rail")], "train_class", "min", "Trains 列车" if font else "Trains"),
        (
            rows[rows["mode"].ne("rail")],
            "mode",
            "km",
            "Roads and waterways 公路与航道" if font else "Roads and waterways",
        ),
    )
    for axes, (part, colour, unit, title) in zip(figure.subplots(1, 2), panels, strict=True):
        _panel(axes, part, colour, unit, told, chinese=font is not None)
        axes.set_title(f"{title} (n = {len(part)})", fontproperties=told)
    return figure


def _panel(axes: Any, rows: pd.DataFrame, colour: str, unit: str, told: Any, *, chinese: bool) -> None:
    """One panel: the line of equality, a quarter above and below, dots by class, names of the worst."""
    top = float(max([10.0, *rows["observed"], *rows["modelled"]])) * 1.08
    ends = np.array([0.0, top])
    axes.fill_between(ends, ends * 0.75, ends * 1.25, color="#eeeeee", zorder=0, label="±25 %")
    axes.plot(ends, ends, color="#999999", linewidth=1, zorder=1)
    for name, part in rows.groupby(colour, sort=True):
        axes.scatter(
            part["observed"],
            part["modelled"],
            s=18,
            alpha=0.8,
            color=_COLOURS.get(str(name), "#777777"),
            label=_CLASSES_ZH.get(str(name), name) if chinese else name,
        )
    small = told.copy()
    small.set_size(7)
    name_of = "name_zh" if chinese else "name"
    axes.set(xlim=(0, top), ylim=(0, top), aspect="equal")
    worst = rows.loc[rows["error"].abs().sort_values(ascending=False).index[:5]]
    heights = _apart(worst["modelled"], gap=top / _LINES)
    for row, height in zip(worst.to_dict("records"), heights, strict=True):
        right = row["observed"] > top / 2
        axes.annotate(
            f"{row[f'from_{name_of}']}–{row[f'to_{name_of}']}",
            (row["observed"], row["modelled"]),
            xytext=(
                row["observed"] - 0.02 * top if right else max(row["observed"], height / 0.75) + 0.02 * top,
                height,
            ),
            ha="right" if right else "left",
            va="center",
            fontproperties=small,
            arrowprops={"arrowstyle": "-", "color": "#999999", "linewidth": 0.5, "shrinkA": 1, "shrinkB": 2},
        )
    axes.set_xlabel(f"observed 观测 ({unit})" if chinese else f"observed ({unit})", fontproperties=told)
    axes.set_ylabel(f"modelled 模型 ({unit})" if chinese else f"modelled ({unit})", fontproperties=told)
    key = told.copy()
    key.set_size(8)
    axes.legend(frameon=False, prop=key)


def _apart(heights: pd.Series, gap: float) -> list[float]:
    """Heights moved down as little as keeps any two of them a gap apart, so that names on them don't collide."""
    out = {}
    above = float("inf")
    for at in heights.sort_values(ascending=False).index:
        above = out[at] = min(float(heights[at]), above - gap)
    return [out[at] for at in heights.index]
