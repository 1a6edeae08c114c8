"""The first page of an atlas: what is assumed, then what is found, with a picture and a link for each map."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from yrdgis.maps.offline import policy_tag

__all__ = ["Card", "Download", "index_html"]

Figures = Sequence[tuple[str, str, str]]


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


_CSS = """
:root{--ink:#1f2a37;--soft:#5b6573;--line:#d9dee5;--blue:#1d4267;--paper:#fff;--ground:#f3f5f7}
*{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--ink);line-height:1.6;
font-family:"Noto Sans CJK SC","Noto Sans SC","PingFang SC","Microsoft YaHei","Helvetica Neue",Arial,sans-serif}
header{background:var(--blue);color:#fff;padding:1.5rem clamp(1rem,4vw,3rem)}header h1{margin:0;font-size:1.6rem}
header p{margin:.3rem 0 0;color:#dfe8f1}.switch{float:right;display:flex;border:1px solid #fff;border-radius:4px;overflow:hidden}
.switch button{background:none;color:#fff;border:0;padding:.35rem .8rem;font:inherit;cursor:pointer}
.switch button[aria-pressed=true]{background:#fff;color:var(--blue)}
.switch button:focus-visible,a:focus-visible{outline:3px solid #e59a00;outline-offset:2px}
main{max-width:1240px;margin:0 auto;padding:1.2rem clamp(1rem,4vw,2rem) 3rem}h2{font-size:1.15rem;margin:1.8rem 0 .6rem}
.assumed{background:var(--paper);border-left:4px solid #e59a00;padding:.8rem 1.2rem;border-radius:0 6px 6px 0}
.assumed ul{margin:.3rem 0;padding-left:1.2rem}.banner{background:#8a1c1c;color:#fff;padding:.5rem 1.2rem;font-weight:700}
.cards{display:grid;gap:1.1rem;grid-template-columns:repeat(auto-fill,minmax(330px,1fr))}
.card{background:var(--paper);border:1px solid var(--line);border-radius:8px;overflow:hidden;color:inherit;text-decoration:none;
display:flex;flex-direction:column}.card:hover{border-color:var(--blue)}.card img{width:100%;height:auto;display:block}
.card div{padding:.8rem 1rem 1rem}.card h3{margin:0 0 .25rem;font-size:1.05rem;color:var(--blue)}.card p{margin:0 0 .6rem;color:var(--soft);font-size:.92rem}
dl{display:grid;grid-template-columns:1fr auto;gap:.1rem .8rem;margin:0;font-size:.92rem}dd{margin:0;font-weight:700;text-align:right}
.scroll{overflow-x:auto;background:var(--paper);border:1px solid var(--line);border-radius:8px}table{border-collapse:collapse;width:100%;font-size:.92rem}
caption{text-align:left;padding:.6rem .8rem;color:var(--soft)}th,td{padding:.35rem .8rem;border-top:1px solid var(--line);text-align:right;white-space:nowrap}
th{background:#eef2f6}th:first-child,td:first-child,th:nth-child(2),td:nth-child(2){text-align:left}
ul.files{background:var(--paper);border:1px solid var(--line);border-radius:8px;padding:.8rem 1.2rem .8rem 2.2rem;margin:0}
footer{color:var(--soft);font-size:.88rem;padding:1rem clamp(1rem,4vw,3rem);border-top:1px solid var(--line);background:var(--paper)}
html[lang=zh] [data-lang=en],html[lang=en] [data-lang=zh]{display:none}
@media(max-width:480px){.switch{float:none;width:max-content;margin-bottom:.8rem}.cards{grid-template-columns:1fr}}
@media print{.switch{display:none}.card{break-inside:avoid}}
"""

_JS = """
for(const b of document.querySelectorAll('.switch button'))b.addEventListener('click',()=>{
document.documentElement.lang=b.value;
for(const o of document.querySelectorAll('.switch button'))o.setAttribute('aria-pressed',String(o===b));});
"""


def _both(zh: str, en: str, lang: str) -> str:
    parts = [
        f'<span data-lang="{code}" lang="{code}">{escape(text)}</span>'
        for code, text in (("zh", zh), ("en", en))
        if lang in (code, "both")
    ]
    return "".join(parts)


def index_html(
    *,
    title: tuple[str, str],
    subtitle: tuple[str, str],
    assumed: Sequence[tuple[str, str]],
    cards: Sequence[Card],
    table: tuple[tuple[str, str], Sequence[tuple[str, str]], Sequence[Sequence[tuple[str, str]]]] | None,
    downloads: Sequence[Download],
    sources: Sequence[str],
    lang: str = "both",
    banner: tuple[str, str] | None = None,
) -> str:
    """The index as one HTML page that needs nothing from anywhere.

    Parameters
    ----------
    title, subtitle : (zh, en)
    assumed : sequence of (zh, en)
        What the figures rest on; shown before everything that was found.
    cards : sequence of Card
    table : (caption, header, rows), optional
        All cells as (zh, en).
    downloads : sequence of Download
    sources : sequence of str
        Sources and attributions of the layers.
    lang : {"both", "zh", "en"}
    banner : (zh, en), optional
        A warning above all.
    """

    def both(pair: tuple[str, str]) -> str:
        return _both(pair[0], pair[1], lang)

    first = "en" if lang == "en" else "zh"
    switch = (
        '<div class="switch" role="group" aria-label="语言 Language"><button value="zh" aria-pressed="true">中文</button>'
        '<button value="en" aria-pressed="false">English</button></div>'
        if lang == "both"
        else ""
    )
    parts = [
        f'<!DOCTYPE html><html lang="{first}"><head><meta charset="utf-8">{policy_tag()}',
        '<meta name="viewport" content="width=device-width,initial-scale=1">',
        f"<title>{escape(' '.join(dict.fromkeys(title)))}</title><style>{_CSS}</style></head><body>",
        f'<div class="banner">{both(banner)}</div>' if banner else "",
        f"<header>{switch}<h1>{both(title)}</h1><p>{both(subtitle)}</p></header><main>",
        f'<section class="assumed"><h2 style="margin-top:0">{both(("先说所据", "What this rests on"))}</h2><ul>',
        *(f"<li>{both(line)}</li>" for line in assumed),
        f'</ul></section><h2>{both(("地图", "Maps"))}</h2><div class="cards">',
        *(_card(card, lang) for card in cards),
        "</div>",
        _table(table, lang) if table else "",
        f'<h2>{both(("表格与数据", "Tables and data"))}</h2><ul class="files">',
        *(_download(file, lang) for file in downloads),
        "</ul></main><footer>",
        f"<p>{both(('审图号：未送审', 'Map review number: not reviewed'))}</p>",
        f"<p>{both(('资料来源：', 'Sources: '))}{escape('; '.join(sources))}</p></footer>",
        f"<script>{_JS}</script></body></html>",
    ]
    return "".join(parts)


def _card(card: Card, lang: str) -> str:
    figures = "".join(
        f"<dt>{_both(zh, en, lang)}</dt><dd>{escape(value)}</dd>" for zh, en, value in card.figures
    )
    image = base64.b64encode(card.picture).decode("ascii")
    return (
        f'<a class="card" href="{escape(card.href, quote=True)}"><img alt="" width="420" height="300" src="data:image/png;base64,{image}">'
        f"<div><h3>{_both(card.title_zh, card.title, lang)}</h3><p>{_both(card.text_zh, card.text, lang)}</p><dl>{figures}</dl></div></a>"
    )


def _table(
    table: tuple[tuple[str, str], Sequence[tuple[str, str]], Sequence[Sequence[tuple[str, str]]]], lang: str
) -> str:
    caption, header, rows = table
    head = "".join(f'<th scope="col">{_both(*cell, lang)}</th>' for cell in header)
    body = "".join(
        "<tr>" + "".join(f"<td>{_both(*cell, lang)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return (
        f'<h2>{_both("城市之间", "Between the cities", lang)}</h2><div class="scroll"><table><caption>{_both(*caption, lang)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _download(file: Download, lang: str) -> str:
    size = f"{file.size / 1e6:.1f} MB" if file.size >= 1e5 else f"{max(1, round(file.size / 1e3))} kB"
    return f'<li><a href="{escape(file.href, quote=True)}">{_both(file.text_zh, file.text, lang)}</a> ({size})</li>'
