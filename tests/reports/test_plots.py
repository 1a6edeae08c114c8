"""Ground for one's own matplotlib maps, and Chinese in one's own charts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib as mpl
import pytest

from yrdgis.errors import InputError
from yrdgis.reports import chinese_labels, ground
from yrdgis.reports.fonts import find_cjk_font

if TYPE_CHECKING:
    from yrdgis.io import Layers

mpl.use("agg")


def test_the_ground_is_the_area_with_a_margin(toy: Layers) -> None:
    ax = ground(toy)
    west, south, east, north = toy.polygons("districts").total_bounds
    assert ax.get_xlim()[0] < west
    assert ax.get_xlim()[1] > east
    assert ax.get_ylim()[0] < south
    assert ax.get_ylim()[1] > north
    assert len(ax.collections) == 4  # surroundings, land, water, borders
    assert not len(ax.get_xticks())


def test_the_ground_shows_the_part_that_is_asked_for(toy: Layers) -> None:
    from matplotlib.figure import Figure

    mine = Figure().add_subplot()
    west, south, east, north = toy.polygons("districts").total_bounds
    middle = (west + east) / 2
    assert ground(toy, mine, bounds=(west, south, middle, north)) is mine
    assert mine.get_xlim() == (west, middle)


@pytest.mark.parametrize("bounds", [(121, 31, 120, 32), (120, 32, 121, 31)])
def test_bounds_that_are_no_rectangle_are_refused(toy: Layers, bounds: tuple[float, ...]) -> None:
    with pytest.raises(InputError, match="west, south, east, north"):
        ground(toy, bounds=bounds)


def test_chinese_is_drawn_without_a_missing_glyph(recwarn: pytest.WarningsRecorder) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with mpl.rc_context():
        assert chinese_labels() is (find_cjk_font() is not None)
        if find_cjk_font() is None:
            pytest.skip("no Chinese font on this machine")
        assert chinese_labels()
        assert mpl.rcParams["font.family"].count(find_cjk_font().family) == 1
        figure = Figure()
        figure.text(0.5, 0.5, "沪苏湖 Hongqiao −5 km²")
        FigureCanvasAgg(figure).draw()
    assert not [w for w in recwarn if "missing from" in str(w.message)]
