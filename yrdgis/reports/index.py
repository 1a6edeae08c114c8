"""The first page of an atlas: what is assumed, then what is found, with a picture and a link for each map."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from yrdgis.reports.html import Words, both, document
from yrdgis.reports.search import SEARCH_JS, search_box

__all__ = ["Card", "Download", "index_html"]

Figures = Sequence[tuple[str, str, str | Words]]
"""Label in Chinese and English, and a value: one for both, or one for each."""


@dataclass(frozen=True)
class Card:
    """One map on the index: link, words in both languages, figures, and the picture as PNG."""

    href: str
    title_zh: str
    title: str
    text_zh: str
    text: str
    figures: Figures
    picture: bytes


@dataclass(frozen=True)
class Download:
    """One file to take along: link, words in both languages, and its size in bytes."""

    href: str
    text_zh: str
    text: str
    size: int


def index_html(
    *,
    title: tuple[str, str],
    subtitle: tuple[str, str],
    assumed: Sequence[tuple[str, str]],
    sections: Sequence[tuple[Words, Sequence[Card]]],
    cities: tuple[tuple[str, str], Sequence[tuple[str, str]], Sequence[Sequence[tuple[str, str]]]] | None,
    downloads: Sequence[Download],
    sources: Sequence[str],
    lang: str = "both",
    banner: Words | None = None,
    search: str = "",
) -> str:
    """The index as one HTML page that needs nothing from anywhere.

    Parameters
    ----------
    title, subtitle : (zh, en)
    assumed : sequence of (zh, en)
        What the figures rest on; shown before everything that was found.
    sections : sequence of (heading, cards)
    cities : (caption, header, rows), optional
        All cells as (zh, en).
    downloads : sequence of Download
    sources : sequence of str
        Sources and attributions of the layers.
    lang : {"both", "zh", "en"}
    banner : (zh, en), optional
        A warning above all.
    search : str
        What the search box finds, as JSON; no box without it.
    """

    def say(words: Words) -> str:
        return both(*words, lang)

    parts = [
        f'<section class="assumed"><h2 style="margin-top:0">{say(("先说所据", "What this rests on"))}</h2><ul>',
        *(f"<li>{say(line)}</li>" for line in assumed),
        "</ul></section>",
        search_box(lang) if search else "",
    ]
    for heading, group in sections:
        if group:
            parts.append(f'<h2>{say(heading)}</h2><div class="cards">')
            parts += [_card(card, lang) for card in group]
            parts.append("</div>")
    parts += [
        _table(cities, lang) if cities else "",
        f'<h2>{say(("表格与数据", "Tables and data"))}</h2><ul class="files">',
        *(_download(file, lang) for file in downloads),
        "</ul>",
    ]
    return document(
        title=title,
        subtitle=subtitle,
        body=parts,
        lang=lang,
        banner=banner,
        home=False,
        script=SEARCH_JS if search else "",
        data=search,
        foot=[f"<p>{say(('资料来源：', 'Sources: '))}{escape('; '.join(sources))}</p>"],
    )


def _card(card: Card, lang: str) -> str:
    figures = "".join(
        f"<dt>{both(zh, en, lang)}</dt><dd>{escape(value) if isinstance(value, str) else both(*value, lang)}</dd>"
        for zh, en, value in card.figures
    )
    image = base64.b64encode(card.picture).decode("ascii")
    return (
        f'<a class="card" href="{escape(card.href, quote=True)}"><img alt="" width="420" height="300" src="data:image/png;base64,{image}">'
        f"<div><h3>{both(card.title_zh, card.title, lang)}</h3><p>{both(card.text_zh, card.text, lang)}</p><dl>{figures}</dl></div></a>"
    )


def _table(
    table: tuple[tuple[str, str], Sequence[tuple[str, str]], Sequence[Sequence[tuple[str, str]]]], lang: str
) -> str:
    caption, header, rows = table
    head = "".join(f'<th scope="col">{both(*cell, lang)}</th>' for cell in header)
    body = "".join(
        "<tr>" + "".join(f"<td>{both(*cell, lang)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return (
        f'<h2>{both("城市之间", "Between the cities", lang)}</h2><div class="scroll"><table><caption>{both(*caption, lang)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _download(file: Download, lang: str) -> str:
    size = f"{file.size / 1e6:.1f} MB" if file.size >= 1e5 else f"{max(1, round(file.size / 1e3))} kB"
    return f'<li><a href="{escape(file.href, quote=True)}">{both(file.text_zh, file.text, lang)}</a> ({size})</li>'
