"""What the search box of the index finds: places, lines, projects and clauses, each with the page that shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yrdgis.maps.clauses import item_words, section_titles
from yrdgis.maps.tables import safe_json
from yrdgis.reports.html import both

if TYPE_CHECKING:
    from yrdgis.reports.context import Context

__all__ = ["SEARCH_JS", "search_box", "search_data"]

_KINDS: tuple[tuple[str, str, tuple[str, str]], ...] = (
    # layer, page, what it is called
    ("cities", "region", ("城市", "city")),
    ("districts", "region", ("区县", "district")),
    ("towns", "region", ("镇、街道", "town")),
    ("airports", "region", ("机场", "airport")),
    ("rail_stations", "network", ("车站", "station")),
    ("projects", "projects", ("项目", "project")),
    ("clusters", "clusters", ("城镇圈", "cluster")),
    ("plan_zones", "clusters", ("功能区", "zone")),
    ("waterways", "waterways", ("航道", "waterway")),
    ("water_nodes", "waterways", ("港口、船闸", "port, lock")),
    ("ecology", "environment", ("生态", "ecology")),
    ("energy", "environment", ("能源", "energy")),
)
_QUIET = {"water_nodes": ("junction", "sea_junction"), "rail_stations": ("yard", "junction")}

SEARCH_JS = r"""
(function(){const D=JSON.parse(document.getElementById('data').textContent),box=document.getElementById('find'),
list=document.getElementById('found'),told=document.getElementById('told');
const plain=s=>s.toLowerCase().normalize('NFKD').replace(/[\u0300-\u036f\s]/g,'');
const keys=D.rows.map(r=>[plain(r[0]),plain(r[1]),plain(r[4]||'')]);
function run(){const want=plain(box.value),out=[];
if(want)for(let i=0;i<keys.length;i++){const k=keys[i];
const r=k[0]===want||k[1]===want?0:k[0].startsWith(want)||k[1].startsWith(want)?1:k[0].includes(want)||k[1].includes(want)?2:k[2].includes(want)?3:9;
if(r<9)out.push([r,i]);}
out.sort((a,b)=>a[0]-b[0]||D.rows[a[1]][0].length-D.rows[b[1]][0].length||a[1]-b[1]);
const en=document.documentElement.lang==='en';list.replaceChildren();
for(const[,i]of out.slice(0,40)){const r=D.rows[i],k=D.kinds[r[2]],li=document.createElement('li'),a=document.createElement('a'),s=document.createElement('span');
const q=new URLSearchParams(D.clause===r[2]?{row:r[3]}:{find:r[0]});if(en)q.set('lang','en');
a.href=k[2]+'.html#'+q;a.textContent=en?r[1]||r[0]:r[0]||r[1];
s.textContent=[k[en?1:0],en?r[0]:r[1],r[4]].filter(Boolean).join(' · ');li.append(a,s);list.append(li);}
told.textContent=want?(en?out.length+' found':'找到 '+out.length+' 条'):'';}
box.addEventListener('input',run);document.addEventListener('yrd-lang',run);
const first=new URLSearchParams(location.hash.slice(1)).get('find');if(first){box.value=first;}run();})();
"""


def search_box(lang: str) -> str:
    """The box, and the list that it fills."""
    label = both("查找地点、线路、项目、规划条文", "Find a place, line, project or clause of the plan", lang)
    return (
        f'<h2>{both("查找", "Search", lang)}</h2><div class="tools"><label for="find">{label}'
        '<input id="find" type="search" autocomplete="off"></label><span id="told" class="count" role="status"></span></div>'
        '<ul id="found" class="found"></ul>'
    )


def search_data(context: Context, pages: set[str]) -> str:
    """Rows (name_zh, name, kind, id, more words) and kinds (zh, en, page) as JSON.

    Parameters
    ----------
    context : Context
    pages : set of str
        Slugs of the pages that the atlas has; what they don't show isn't listed.
    """
    layers, kinds, rows = context.layers, [], []
    for layer_id, page, words in _KINDS:
        if layer_id not in layers or page not in pages:
            continue
        frame = layers[layer_id]
        if layer_id in _QUIET and "kind" in frame:
            frame = frame[~frame["kind"].isin(_QUIET[layer_id])]
        kinds.append([*words, page])
        rows += [
            [str(z), str(n), len(kinds) - 1, ""] for z, n in zip(frame["name_zh"], frame["name"], strict=True)
        ]
    clause = -1
    if "items" in layers and "progress" in pages:
        titles, clause = section_titles(layers), len(kinds)
        kinds.append(["规划条文", "clause of the plan", "progress"])
        items = item_words(layers["items"], titles, audience=context.audience)
        rows += [_clause(row, clause) for row in items.to_dict("records")]
    return safe_json({"kinds": kinds, "rows": rows, "clause": clause})


def _clause(row: dict[Any, Any], kind: int) -> list[Any]:
    told = f"{row['quote']} · {row['section']}"
    return [str(row["name_zh"]), str(row["name"]), kind, str(row["item_id"]), told]
