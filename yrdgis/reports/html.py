"""Pages of words and tables: one style, one language switch, nothing fetched."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from yrdgis.maps.offline import policy_tag

__all__ = ["CSS", "FILTER_JS", "JS", "Cell", "Words", "both", "document", "filter_table", "link", "table"]

Words = tuple[str, str]
"""A text in Chinese and English."""

Cell = str
"""HTML of one cell; made by `both`, `link` or `html.escape`, never from data as it stands."""

CSS = """
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
.assumed ul{margin:.3rem 0;padding-left:1.2rem}.assumed p{margin:.3rem 0}.banner{background:#8a1c1c;color:#fff;padding:.5rem 1.2rem;font-weight:700}
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
nav a{color:#fff}nav{margin-top:.4rem;font-size:.95rem}.tools{display:flex;flex-wrap:wrap;gap:.8rem;align-items:end;margin:.6rem 0}
.tools label{display:flex;flex-direction:column;font-size:.85rem;color:var(--soft)}.tools input,.tools select{font:inherit;color:var(--ink);
padding:.35rem .6rem;border:1px solid #8a94a3;border-radius:4px;min-width:min(11rem,100%);max-width:100%;background:#fff}.tools label{min-width:0;max-width:100%}.tools input[type=search]{min-width:min(17rem,100%)}
input:focus-visible,select:focus-visible,summary:focus-visible,.scroll:focus-visible{outline:3px solid #e59a00;outline-offset:2px}
.tools select{width:min(26rem,100%)}.prose+.scroll{margin-top:.9rem}.chart{overflow-x:auto}.chart svg{width:100%;min-width:470px;max-width:700px;display:block}
table.long th:first-child,table.long td:first-child{min-width:9.5rem}
.count{color:var(--soft);font-size:.9rem}table.long td,table.long th{white-space:normal;text-align:left;vertical-align:top}
table.long td.num,table.long th.num{text-align:right;font-variant-numeric:tabular-nums}table.long td.num{white-space:nowrap}table.long th.num{min-width:4.4rem}table.long th.day{white-space:nowrap}
tr.wanted td{background:#fff4d6}.bar{display:flex;height:1.05rem;min-width:15rem;border-radius:3px;overflow:hidden;background:#eef0f3}
.bar i{display:block;height:100%;border-right:1px solid #fff}.key{display:flex;flex-wrap:wrap;gap:.3rem 1.1rem;list-style:none;padding:0;margin:.5rem 0;font-size:.92rem}
.dot{display:inline-block;width:.7rem;height:.7rem;border-radius:50%;margin-right:.35rem}.key i{display:inline-block;width:1rem;height:.8rem;border-radius:2px;margin-right:.4rem;vertical-align:-1px}
.prose{background:var(--paper);border:1px solid var(--line);border-radius:8px;padding:.9rem 1.3rem;font-size:.95rem}.prose p{margin:.4rem 0}
.prose code,td code{font-family:ui-monospace,"Noto Sans Mono CJK SC",monospace;font-size:.9em}figure{margin:.8rem 0}figure img{max-width:100%;height:auto;background:#fff}
blockquote{margin:.5rem 0;padding:.4rem .9rem;border-left:4px solid var(--blue);background:#f3f5f8}
.found{list-style:none;padding:0;margin:.4rem 0;background:var(--paper);border:1px solid var(--line);border-radius:8px;max-height:24rem;overflow:auto}
.found:empty{display:none}.found li{padding:.35rem .9rem;border-top:1px solid #eef0f3}.found li:first-child{border:0}.found span{color:var(--soft);font-size:.85rem;margin-left:.6rem}
.brief{margin:1rem 0;scroll-margin-top:1rem}.brief h2{margin:0 0 .4rem;color:var(--blue)}.brief.wanted{border-color:#e59a00;border-width:2px}.brief .scroll{margin:.6rem 0}
.facts{grid-template-columns:max-content 1fr}.facts dt{color:var(--soft)}.facts dd{text-align:left;font-weight:400;overflow-wrap:anywhere}
main a{color:#1a4f86}.links{display:flex;flex-wrap:wrap;gap:.4rem .9rem;padding:0;list-style:none}
@media print{.switch,.tools,nav,.found{display:none}.card,tr,.brief{break-inside:avoid}body{background:#fff}.scroll{overflow:visible;border:0}}
"""

JS = """
(function(){const q=new URLSearchParams(location.hash.slice(1)),buttons=[...document.querySelectorAll('.switch button')];
function speak(l){document.documentElement.lang=l;
for(const o of buttons)o.setAttribute('aria-pressed',String(o.value===l));
for(const a of document.querySelectorAll('a[href*=".html"]')){const[f,h='']=a.getAttribute('href').split('#'),p=new URLSearchParams(h);
p.set('lang',l);a.setAttribute('href',f+'#'+p);}
q.set('lang',l);try{history.replaceState(null,'','#'+q);}catch(e){}document.dispatchEvent(new Event('yrd-lang'));}
for(const b of buttons)b.addEventListener('click',()=>speak(b.value));
if(buttons.some(b=>b.value===q.get('lang')))speak(q.get('lang'));})();
"""


def both(zh: str, en: str, lang: str) -> Cell:
    """A text in the languages of a page; data enters as text only."""
    parts = [
        f'<span data-lang="{code}" lang="{code}">{escape(text)}</span>'
        for code, text in (("zh", zh), ("en", en))
        if lang in (code, "both")
    ]
    return "".join(parts)


def link(href: str, inner: Cell) -> Cell:
    """A link; its address is escaped, what it shows is HTML already."""
    return f'<a href="{escape(href, quote=True)}">{inner}</a>'


def document(
    *,
    title: Words,
    subtitle: Words = ("", ""),
    body: Sequence[str],
    lang: str = "both",
    banner: Words | None = None,
    script: str = "",
    data: str = "",
    home: bool = True,
    foot: Sequence[str] = (),
) -> str:
    """A whole page of words and tables.

    Parameters
    ----------
    title, subtitle : (zh, en)
    body : sequence of str
        HTML of the main part.
    lang : {"both", "zh", "en"}
        Languages; both come with a switch.
    banner : (zh, en), optional
        A warning above all.
    script : str
        JavaScript of the page; only it and the language switch may run.
    data : str
        JSON for the script, made by `yrdgis.maps.tables.safe_json`; found under the id ``data``.
    home : bool
        Whether to link to the index.
    foot : sequence of str
        HTML of further lines at the foot.
    """

    def say(words: Words) -> Cell:
        return both(*words, lang)

    first = "en" if lang == "en" else "zh"
    switch = (
        '<div class="switch" role="group" aria-label="语言 Language"><button value="zh" aria-pressed="true">中文</button>'
        '<button value="en" aria-pressed="false">English</button></div>'
        if lang == "both"
        else ""
    )
    scripts = [s for s in (JS, script) if s]
    name = " ".join(dict.fromkeys(title)) if lang == "both" else title[0 if first == "zh" else 1]
    parts = [
        f'<!DOCTYPE html><html lang="{first}"><head><meta charset="utf-8">{policy_tag(scripts=scripts)}',
        '<meta name="viewport" content="width=device-width,initial-scale=1">',
        f"<title>{escape(name)}</title><style>{CSS}</style></head><body>",
        f'<div class="banner" role="note">{say(banner)}</div>' if banner else "",
        f"<header>{switch}<h1>{say(title)}</h1>",
        f"<p>{say(subtitle)}</p>" if any(subtitle) else "",
        f'<nav aria-label="图集 Atlas">{link("index.html", say(("← 图集首页", "← Index of the atlas")))}</nav>'
        if home
        else "",
        "</header><main>",
        *body,
        "</main><footer>",
        f"<p>{say(('审图号：未送审', 'Map review number: not reviewed'))}</p>",
        *foot,
        "</footer>",
        f'<script type="application/json" id="data">{data}</script>' if data else "",
        *(f"<script>{s}</script>" for s in scripts),
        "</body></html>",
    ]
    return "".join(parts)


FILTER_JS = r"""
(function(){const rows=[...document.querySelectorAll('#rows tbody tr')],tools=[...document.querySelectorAll('.tools [name]')],
count=document.querySelector('.count b');
const plain=s=>s.toLowerCase().normalize('NFKD').replace(/[\u0300-\u036f\s]/g,'');
const texts=rows.map(r=>plain(r.textContent));
function run(){let n=0;rows.forEach((r,i)=>{let ok=true;
for(const t of tools){if(!t.value)continue;ok=ok&&(t.type==='search'?texts[i].includes(plain(t.value)):r.dataset[t.name]===t.value);}
r.hidden=!ok;n+=ok;});count.textContent=n;}
for(const t of tools)t.addEventListener('input',run);run();
const want=new URLSearchParams(location.hash.slice(1)).get('row'),row=want&&document.getElementById(want);
if(row){row.classList.add('wanted');row.scrollIntoView({block:'center'});}})();
"""
"""Script of a page with a table that `filter_table` filters."""


def table(
    header: Sequence[Words],
    rows: Sequence[Sequence[Cell]],
    *,
    lang: str,
    caption: Words | None = None,
    numbers: Sequence[int] = (),
    ids: Sequence[str] = (),
    long: bool = True,
    name: str = "",
    marks: Sequence[dict[str, str]] = (),
) -> str:
    """A table that scrolls by itself where it is too wide.

    Parameters
    ----------
    header : sequence of (zh, en)
    rows : sequence of cells
        HTML, see `Cell`.
    caption : (zh, en), optional
    numbers : sequence of int
        Columns that are set flush right.
    ids : sequence of str
        Id of each row, so that a link can lead to it.
    long : bool
        Whether cells may break into lines.
    name : str
        Id of the table, for a filter.
    marks : sequence of dict
        ``data-`` attributes of each row, for a filter.
    """
    kind = [' class="num"' if i in set(numbers) else "" for i in range(len(header))]
    days = [k.replace('num"', 'num day"') if _is_day(h[0]) else k for h, k in zip(header, kind, strict=True)]
    head = "".join(f'<th scope="col"{k}>{both(*h, lang)}</th>' for h, k in zip(header, days, strict=True))
    lines = []
    for at, row in enumerate(rows):
        own = f' id="{escape(ids[at], quote=True)}"' if ids else ""
        own += "".join(
            f' data-{k}="{escape(v, quote=True)}"' for k, v in (marks[at] if marks else {}).items()
        )
        lines.append(
            f"<tr{own}>" + "".join(f"<td{k}>{c}</td>" for c, k in zip(row, kind, strict=True)) + "</tr>"
        )
    told = f"<caption>{both(*caption, lang)}</caption>" if caption else ""
    label = escape(caption[0 if lang != "en" else 1] if caption else "表 Table", quote=True)
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{label}"><table{" class=" + chr(34) + "long" + chr(34) if long else ""}'
        f"{f' id={chr(34)}{name}{chr(34)}' if name else ''}>{told}<thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table></div>"
    )


def _is_day(text: str) -> bool:
    return len(text) == 10 and text[4] == text[7] == "-"


def filter_table(
    choices: Sequence[tuple[str, Words, Sequence[tuple[str, Words]]]], *, lang: str, total: int
) -> str:
    """The tools above a table with id ``rows``: a text box and drop-down lists over its ``data-`` attributes.

    Parameters
    ----------
    choices : sequence of (attribute, label, options)
        Options are (value, (zh, en)).
    total : int
        Number of rows.
    """

    def one(words: Words) -> str:
        return escape(" ".join(dict.fromkeys(words)) if lang == "both" else words[0 if lang == "zh" else 1])

    parts = [
        f'<label>{both("查找", "Find", lang)}<input type="search" name="text" autocomplete="off"></label>'
    ]
    for name, label, options in choices:
        listed = "".join(f'<option value="{escape(v, quote=True)}">{one(w)}</option>' for v, w in options)
        parts.append(
            f'<label>{both(*label, lang)}<select name="{name}"><option value="">{one(("全部", "all"))}</option>{listed}</select></label>'
        )
    shown = f'<span class="count" role="status"><b>{total}</b> {both("行", "rows", lang)}</span>'
    return f'<div class="tools">{"".join(parts)}{shown}</div>'
