"""The page behind a map: its tables, groups and furniture, carried by one folium element.

`new_map` gives a ``folium.Map`` without tiles whose page needs nothing from anywhere. Functions of
`layers` add groups to it; `page_of` finds the `Page` of a map, or gives a map of the user's one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from importlib import resources
from typing import TYPE_CHECKING, Any

from yrdgis.crs import convert_datum
from yrdgis.maps.basemap import add_basemap, blank_ground, shifted
from yrdgis.maps.language import WORDS, Pair, as_pair, as_unit, pair
from yrdgis.maps.style import STATUS
from yrdgis.maps.tables import day_number, encode_fields, encode_geometry, safe_json

if TYPE_CHECKING:
    import folium

__all__ = ["Group", "Page", "new_map", "page_of", "script_text", "style_text"]

Group = dict[str, Any]

CHILD = "yrdgis_page"

NO_KEY = pair(
    "底图需要密钥，本页未写入密钥，故底图空白。",
    "The base map wants a key, which is not written into this page: the ground stays blank.",
)


def _static(suffix: str) -> str:
    folder = resources.files("yrdgis.maps") / "static"
    names = sorted(f.name for f in folder.iterdir() if f.name.endswith(suffix))
    return "\n".join((folder / name).read_text(encoding="utf-8") for name in names)


def script_text() -> str:
    """The JavaScript of our pages, all files in order."""
    return _static(".js")


def style_text() -> str:
    """The style sheet of our pages."""
    return _static(".css")


class Page:
    """What one map shows: tables of features, groups that draw them, furniture around them.

    Groups refer to tables by id, so that features are written once however many groups use them.
    """

    def __init__(self, *, lang: str = "both", first: str = "zh") -> None:
        self.langs = ["zh", "en"] if lang == "both" else [lang]
        self.lang = first if lang == "both" else lang
        self.title: Pair = pair("")
        self.subtitle: Pair = pair("")
        self.unit: Pair = pair("")
        self.as_of = ""
        self.today: int | None = None
        self.review = ""
        self.banner: Pair | None = None
        self.sources: list[Pair] = []
        self.credits: list[Pair] = []
        self.notes: list[Pair] = []
        self.bounds: list[float] | None = None
        self.basemap: str | None = None
        self.datum = "wgs84"
        self.secret: str | None = None
        self.tiles: Any = None
        self.tables: dict[str, dict[str, Any]] = {}
        self.groups: list[Group] = []
        self.slider: dict[str, Any] | None = None
        self.swipe: dict[str, str] | None = None
        self.multiples: dict[str, Any] | None = None
        self.home = ""
        self.ask: dict[str, Any] | None = None
        self.figures: list[dict[str, Any]] = []
        self.figures_title: Pair = pair("指标", "Figures")
        self.figures_note: Pair | None = None

    def add_table(self, key: str, frame: Any, columns: Sequence[str], *, digits: int = 4) -> str:
        """Write a frame's features once; a second call with the same key and as many rows adds columns only.

        Parameters
        ----------
        key : str
            Wanted id; a number is added if it is taken by other features.
        frame : geopandas.GeoDataFrame
            In WGS84, one kind of geometry.
        columns : sequence of str
            Columns that popups and labels need.
        digits : int
            Decimals of a degree to keep.

        Returns
        -------
        str
            The id under which groups find it.
        """
        frame = shifted(frame, self.datum)
        table = encode_geometry(frame.geometry, digits=digits)
        shape = table.get("xy") or table.get("parts")
        base, k = key, 2
        while key in self.tables:
            old = self.tables[key]
            if old["n"] == table["n"] and (old.get("xy") or old.get("parts")) == shape:
                old["fields"].update(encode_fields(frame, columns))
                return key
            key, k = f"{base}-{k}", k + 1
        table["fields"] = encode_fields(frame, columns)
        self.tables[key] = table
        if table["n"] and self.bounds is None:
            self.bounds = [round(float(v), 4) for v in frame.total_bounds]
        return key

    def add_group(self, key: str, table: str, title: Any, **options: Any) -> Group:
        """Add one switchable group that draws a table; options are those that the page's script reads."""
        taken = {g["id"] for g in self.groups}
        base, k = key, 2
        while key in taken:
            key, k = f"{base}-{k}", k + 1
        group: Group = {
            "id": key,
            "table": table,
            "title": as_pair(title),
            "section": pair(""),
            "on": True,
            "z": 50,
            "style": 0,
            **options,
        }
        group["section"] = as_pair(group["section"])
        label = group.get("label")
        if label and "xy" in label and self.datum != "wgs84":
            moved = convert_datum(label["xy"][::2], label["xy"][1::2], source="wgs84", target=self.datum)
            group["label"] = {
                **label,
                "xy": [round(float(v), 5) for point in zip(*moved, strict=True) for v in point],
            }
        self.groups.append(group)
        return group

    def add_source(self, text: Any) -> None:
        """Add a line to the sources behind the button, once."""
        _once(self.sources, as_pair(text))

    def add_credit(self, text: Any) -> None:
        """Add a short form of a source to the foot of the map, once."""
        _once(self.credits, as_pair(text))

    def add_note(self, zh: str, en: str) -> None:
        """Add a sentence to the notes behind the button, once."""
        if pair(zh, en) not in self.notes:
            self.notes.append(pair(zh, en))

    def spec(self) -> dict[str, Any]:
        """Everything as one plain dict, as the script reads it."""
        return {
            "lang": self.lang,
            "langs": self.langs,
            "title": self.title,
            "subtitle": self.subtitle,
            "unit": self.unit,
            "asOf": self.as_of,
            "today": self.today,
            "review": self.review,
            "banner": self.banner,
            "sources": self.sources or [pair("未注明", "not stated")],
            "credits": self.credits or self.sources or [pair("未注明", "not stated")],
            "notes": [*([NO_KEY] if blank_ground(self) else []), *self.notes],
            "bounds": self.bounds or [119.0, 28.9, 123.2, 32.8],
            "words": WORDS,
            "status": STATUS,
            "tables": self.tables,
            "groups": self.groups,
            "slider": self.slider,
            "swipe": self.swipe,
            "multiples": self.multiples,
            "home": self.home,
            "ask": self.ask,
            "figures": self.figures,
            "figuresTitle": self.figures_title,
            "figuresNote": self.figures_note,
        }


def new_map(
    title: str = "",
    title_zh: str = "",
    *,
    as_of: dt.date | str | None = None,
    source: Any = (),
    unit: Any = "",
    subtitle: Any = "",
    review_number: str = "",
    lang: str = "both",
    bounds: Sequence[float] | None = None,
    banner: Any = None,
    basemap: str | None = None,
    key: str | None = None,
    key_in_page: bool = False,
) -> folium.Map:
    """Start a map that needs no network: no tiles, Leaflet inside the page, our own furniture.

    Parameters
    ----------
    title, title_zh : str
        Title in English and Chinese; a blank one falls back on the other.
    as_of : datetime.date or str, optional
        Day for which the data holds; shown beside the title.
    source : str, pair or list of them
        Source lines; layers add their own.
    unit, subtitle : str or (zh, en)
        Shown under the title.
    review_number : str
        Map-review number (审图号) if there is one. Blank reads 未送审 / not reviewed; never invent one.
    lang : {"both", "zh", "en"}
        Languages of the page; both come with a switch and start in Chinese.
    bounds : (west, south, east, north), optional
        First view in degrees; the first layer's extent if left out.
    banner : str or (zh, en), optional
        A warning above the map, such as "internal".
    basemap : {"osm", "carto", "amap", "tianditu"}, optional
        An online base map instead of our own ground: the page then asks its host for pictures.
    key : str, optional
        The user's own key, where the base map needs one; else the environment variable ``TIANDITU_KEY``.
    key_in_page : bool
        Whether that key may be written into the page, and so into every file and notebook that holds it.

    Returns
    -------
    folium.Map

    Raises
    ------
    InputError
        If ``lang`` is none of the three, or there is no such base map.
    SettingError
        If the base map needs a key and there is none.

    Examples
    --------
    >>> from yrdgis.maps import missing_assets
    >>> missing_assets(new_map("Test", "试验", as_of="2026-11-01"))
    []
    """
    import folium

    from yrdgis.errors import InputError

    if lang not in ("both", "zh", "en"):
        raise InputError(f"lang is 'both', 'zh' or 'en', not {lang!r}.")
    # zooming in quarters lets the area fill the page
    m = folium.Map(
        location=[31.1, 120.9],
        zoom_start=8,
        tiles=None,
        zoom_control=False,
        attributionControl=False,
        zoomSnap=0.25,
        zoomDelta=0.5,
        maxZoom=15,
    )
    page = page_of(m, lang=lang)
    page.title = pair(title_zh, title)
    page.as_of = str(as_of or "")
    page.today = day_number(as_of)
    page.unit, page.subtitle = as_unit(unit), as_pair(subtitle)
    page.review = str(review_number or "")
    page.banner = as_pair(banner) if banner else None
    page.bounds = [float(v) for v in bounds] if bounds is not None else None
    if basemap is not None:
        add_basemap(m, page, basemap, key=key, key_in_page=key_in_page)
    for line in [source] if isinstance(source, str | dict) else source:
        page.add_source(line)
        page.add_credit(line)
    return m


def page_of(m: Any, *, lang: str = "both") -> Page:
    """The page of a map; a map that has none, such as one of folium's own, is given one.

    Parameters
    ----------
    m : folium.Map
        Any map.
    lang : {"both", "zh", "en"}
        Languages, used only if the page is new.
    """
    found = m._children.get(CHILD)
    if found is None:
        from yrdgis.maps.element import PageElement

        found = PageElement(Page(lang=lang))
        m.add_child(found, name=CHILD)
        m.default_js, m.default_css = [], []
    return found.page


def _once(lines: list[Pair], line: Pair) -> None:
    if (line["zh"] or line["en"]) and line not in lines:
        lines.append(line)


def page_payload(page: Page) -> str:
    """The page's data as JSON that is safe inside HTML."""
    return safe_json(page.spec())
