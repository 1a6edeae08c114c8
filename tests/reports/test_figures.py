"""Figures for print: furniture, fonts, formats, and the same bytes for the same input."""

import pytest

from yrdgis.errors import InputError
from yrdgis.maps.projects import MODE_STYLE
from yrdgis.reports import figures, fonts
from yrdgis.reports.figures import legend_of_lines, legend_of_ramp, print_map, save_figure, small_multiples

TITLE = ("区县", "Districts")


def texts(figure):
    own = [t.get_text() for t in figure.texts]
    for axes in figure.axes:
        own += [t.get_text() for t in axes.texts]
        legend = axes.get_legend()
        own += [t.get_text() for t in legend.get_texts()] if legend else []
    return " | ".join(own)


@pytest.fixture
def figure(toy):
    return print_map(
        toy,
        lambda canvas: canvas.borders(),
        title=TITLE,
        legend=legend_of_lines([MODE_STYLE["rail"]]),
        sources=["made up"],
        as_of="2026-11-01",
        inset=(120.0, 30.0, 120.2, 30.1),
    )


def test_a_map_bears_all_its_furniture(figure):
    told = texts(figure)
    for piece in ("Districts", "as of 2026-11-01", "not reviewed", "made up", " km", "N", "rail"):
        assert piece in told
    assert len(figure.axes) == 2
    assert "licence" in figure.yrdgis_note or "YRDGIS_FONT" in figure.yrdgis_note


def test_without_a_chinese_font_labels_are_english_and_the_map_says_so(toy, monkeypatch):
    monkeypatch.setattr(figures, "find_cjk_font", lambda: None)
    figure = print_map(toy, lambda canvas: None, title=TITLE, as_of="2026-11-01")
    assert "区县" not in texts(figure)
    assert "install one" in figure.yrdgis_note


def test_a_font_is_taken_for_the_characters_that_it_has(monkeypatch):
    from matplotlib import get_data_path

    fonts.find_cjk_font.cache_clear()
    monkeypatch.setenv("YRDGIS_FONT", f"{get_data_path()}/fonts/ttf/DejaVuSans.ttf")
    assert fonts.find_cjk_font() is None
    fonts.find_cjk_font.cache_clear()


def test_of_a_collection_the_chinese_face_is_taken(tmp_path):
    from matplotlib.ft2font import FT2Font

    font = fonts.find_cjk_font()
    if font is None or not hasattr(FT2Font, "face_index") or not str(font.path).endswith(".ttc"):
        pytest.skip("needs a collection of fonts, and a matplotlib that reads all of its faces")
    assert font.family.lower().endswith((" sc", " cn"))
    assert "simplified Chinese" in font.note
    assert font.licence in font.note

    def drawn(path):
        face = FT2Font(path, face_index=getattr(path, "face_index", 0))
        face.load_char(ord("海"))
        return face.get_path()[0].tolist()

    assert drawn(font.path) != drawn(str.__str__(font.path))  # the first face draws it as Japan does


def test_a_face_for_elsewhere_says_so():
    assert "Japanese forms" in fonts._forms("Noto Sans CJK JP")
    assert fonts._rank(("a", 2, "Noto Sans CJK SC")) < fonts._rank(("a", 0, "Noto Sans CJK JP"))


@pytest.mark.parametrize("kind", ["png", "pdf", "svg"])
def test_the_same_figure_gives_the_same_bytes(figure, tmp_path, kind):
    first = save_figure(figure, tmp_path / f"a.{kind}", dpi=60).read_bytes()
    assert first == save_figure(figure, tmp_path / f"b.{kind}", dpi=60).read_bytes()
    assert len(first) > 2000


def test_other_formats_are_refused(figure, tmp_path):
    with pytest.raises(InputError, match=r"a\.gif"):
        save_figure(figure, tmp_path / "a.gif")
    assert not list(tmp_path.iterdir())


def test_small_multiples_share_one_legend(toy):
    people = toy["districts"].set_index("district_id")["pop_2020"].astype(float)
    figure = small_multiples(
        toy, {("甲", "a"): people, ("乙", "b"): people / 2}, breaks=[10.0, 100.0], ramp="amount", title=TITLE
    )
    assert len(figure.axes) == 2
    assert len(figure.legends[0].get_texts()) == 3
    with pytest.raises(InputError, match="at least one"):
        small_multiples(toy, {}, breaks=[1.0], title=TITLE)


def test_a_ramp_s_legend_has_a_class_more_than_it_has_limits():
    assert len(legend_of_ramp("saved", [5, 10], blank=True)) == 4
