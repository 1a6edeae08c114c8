"""Briefs filled from the data: what each project does, how each town cluster fares, what the plan changes for a
place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from yrdgis.maps.clauses import item_words, section_titles
from yrdgis.maps.frames import for_popup
from yrdgis.maps.language import WORDS
from yrdgis.plan.clusters import READINGS, cluster_members, clusters_of
from yrdgis.reports.data import change_words
from yrdgis.reports.html import Words, both, document, link, table
from yrdgis.reports.plan_pages import page_options

if TYPE_CHECKING:
    from yrdgis.reports.context import Context

__all__ = ["BRIEF_JS", "cluster_briefs", "gains_of", "place_briefs", "project_briefs"]

BRIEF_JS = r"""
(function(){const want=new URLSearchParams(location.hash.slice(1)).get('row'),e=want&&document.getElementById(want);
if(e){e.classList.add('wanted');e.scrollIntoView();}
const jump=document.querySelector('.tools select');
jump.addEventListener('change',()=>{const t=document.getElementById(jump.value);if(t){t.scrollIntoView();t.focus({preventScroll:true});}});})();
"""

_READINGS: dict[str, Words] = {
    "plan_words": ("规划原文", "the plan's words"),
    "official_plan": ("官方专项规划", "official plans"),
    "other_sources": ("其他来源", "other sources"),
}


def gains_of(context: Context) -> Any:
    """Mean minutes that each project saves each origin on the network of the eve, by people of the districts.

    A project is put in alone, with what it requires. Rows are projects of the kernel, columns its origins.

    Returns
    -------
    pandas.DataFrame
        Empty where there is no kernel.
    """
    import numpy as np
    import pandas as pd

    kernel = context.kernel
    if kernel is None:
        return pd.DataFrame()
    people = (
        context.layers["districts"].set_index("district_id")["pop_2020"].reindex(list(kernel.destinations))
    )
    weight = people.astype(float).fillna(0).to_numpy()
    needs = context.layers["projects"].set_index("project_id")["requires"].to_dict()
    base = kernel.times([])
    there = base < 2_000_000_000
    share = np.where(there, weight, 0.0)
    share = share / np.maximum(share.sum(axis=1, keepdims=True), 1)
    rows = []
    for project in kernel.projects:
        saved = np.where(there, base - kernel.times(_with_needs(project, needs)), 0) / 60_000
        rows.append((saved * share).sum(axis=1))
    return pd.DataFrame(rows, index=list(kernel.projects), columns=list(kernel.origins))


def _with_needs(project: str, needs: dict[Any, Any]) -> list[str]:
    todo, found = [project], [project]
    while todo:
        for other in needs.get(todo.pop(), ()):
            if other not in found:
                found.append(other)
                todo.append(other)
    return found


class _Say:
    """Words of a page in its languages, and rows of facts."""

    def __init__(self, context: Context) -> None:
        self.lang = context.lang
        self.layers = context.layers
        self.names: dict[str, Words] = {}
        for layer_id, key in (
            ("cities", "city_id"),
            ("districts", "district_id"),
            ("towns", "town_id"),
            ("projects", "project_id"),
            ("clusters", "cluster_id"),
        ):
            if layer_id in context.layers:
                frame = context.layers[layer_id]
                names = zip(frame[key], frame["name_zh"], frame["name"], strict=True)
                self.names |= {str(k): (str(zh), str(en)) for k, zh, en in names}
        self.items = item_words(
            self.layers["items"], section_titles(self.layers), audience=context.audience
        ).set_index("item_id")

    def __call__(self, zh: str, en: str) -> str:
        return both(zh, en, self.lang)

    def name(self, place: str) -> str:
        return both(*self.names.get(place, (place, place)), self.lang)

    def named(self, places: Iterable[str]) -> str:
        return self("、", ", ").join(self.name(p) for p in places)

    def word(self, key: str) -> str:
        found = WORDS.get(key)
        return (
            both(found["zh"], found["en"], self.lang)
            if found
            else escape(key.split(".")[-1].replace("_", " "))
        )

    def facts(self, rows: Sequence[tuple[Words, str]]) -> str:
        told = "".join(f"<dt>{both(*label, self.lang)}</dt><dd>{text}</dd>" for label, text in rows if text)
        return f'<dl class="facts">{told}</dl>'

    def clause(self, item_id: str) -> str:
        if item_id not in self.items.index:
            return ""
        row = self.items.loc[item_id]
        state = both(str(row["became_zh"]), str(row["became_en"]), self.lang)
        where = link(f"progress.html#row={quote(item_id)}", escape(str(row["section"])))
        ask = both(str(row["ask_zh"]), str(row["ask_en"]), self.lang)
        return (
            f"<blockquote>“{escape(str(row['quote']))}”<br><small>{where} · {self('要求', 'it asks to')} {ask} · "
            f"{self('现状', 'state')} {state}</small></blockquote>"
        )


def _page(
    context: Context, say: _Say, title: Words, subtitle: Words, briefs: Sequence[tuple[str, str, str]]
) -> str:
    """A page of briefs: (id, heading as HTML, body)."""
    listed = "".join(
        f'<option value="{escape(key, quote=True)}">{_one(say, key)}</option>' for key, _, _ in briefs
    )
    body = [
        f'<div class="tools"><label>{say("前往", "Go to")}<select><option value=""></option>{listed}</select></label></div>'
    ]
    body += [
        f'<article class="prose brief" id="{escape(key, quote=True)}" tabindex="-1"><h2>{heading}</h2>{text}</article>'
        for key, heading, text in briefs
    ]
    return document(
        title=title,
        subtitle=subtitle,
        body=body,
        lang=context.lang,
        script=BRIEF_JS,
        banner=page_options(context).get("banner"),
    )


def _one(say: _Say, key: str) -> str:
    words = say.names.get(key, (key, key))
    return escape(
        " ".join(dict.fromkeys(words)) if say.lang == "both" else words[0 if say.lang == "zh" else 1]
    )


def project_briefs(context: Context) -> str:
    """A brief for each project: clause, status, effect, and whom it brings nearer."""
    say, gains = _Say(context), context.gains
    links = context.layers["project_links"].groupby("project_id")["link_id"].nunique().to_dict()
    frame = for_popup(context.layers["projects"], context.layers)
    order = frame.sort_values(["in_plan", "mode", "project_id"], ascending=[False, True, True])
    briefs = []
    for row in order.to_dict("records"):
        key = str(row["project_id"])
        facts: list[tuple[Words, str]] = [
            (("方式与类型", "Mode and kind"), f"{say.word('mode.' + row['mode'])} · {say.word('kind.' + row['kind'])}"),
            (("规划点名", "Named by the plan"), say.word("yes" if row["in_plan"] else "no")),
            (("状态", "Status"), say.word(f"status.{row['status']}")),
            (("开通", "Opened"), _text(row["opened_on"])),
            (("预计开通", "Expected to open"), _text(row["expected_on"])),
            (("作用", "Effect"), say.word(f"effect.{row['effect_kind']}")),
            (("涉及区段", "Links"), str(links.get(key, 0) or "")),
            (("前置项目", "Requires"), say.named(row["requires"])),
            (("互斥项目", "Conflicts with"), say.named(row["conflicts"])),
            (("未计量", "Not measured"), say(str(row.get("not_measured_zh") or row["not_measured"]), str(row["not_measured"])) if row["not_measured"] else ""),
            (("来源", "Source"), say(*(row[c] if isinstance(row[c], str) else "" for c in ("source_zh", "source_en")))),
            (("可信度", "Confidence"), say.word(f"confidence.{row['confidence']}")),
        ]  # fmt: skip
        clauses = "".join(say.clause(str(item)) for item in row["plan_item_ids"])
        briefs.append(
            (key, say.name(key), clauses + say.facts(facts) + _project_gain(say, gains, key, context))
        )
    note = (
        "逐项摘要；节省按单独加入规划前夕的路网计",
        "one by one; savings as put alone into the network of the eve",
    )
    return _page(context, say, ("项目简报", "Briefs of the projects"), note, briefs)


def _text(value: Any) -> str:
    return escape(value) if isinstance(value, str) else ""


def _project_gain(say: _Say, gains: Any, key: str, context: Context) -> str:
    if key not in gains.index:
        return f"<p>{say('此项目在本模型的客运路网上没有可计的作用。', 'This project has no effect that this model can count on its passenger networks.')}</p>"
    own = gains.loc[key, [d for d in context.districts if d in gains.columns]]
    top = own[own >= 0.05].sort_values(ascending=False, kind="stable").head(6)
    if top.empty:
        return f"<p>{say('单独加入规划前夕的路网，对任何区县平均节省不足0.05分钟。', 'Put alone into the network of the eve it saves no district 0.05 minutes on average.')}</p>"
    rows = [[say.name(str(d)), f"{v:.2f}"] for d, v in top.items()]
    caption = (
        "受益最多的区县：到各区县的平均节省（按人口，分钟）",
        "Districts that gain most: mean minutes saved to all districts, by people",
    )
    return table([("区县", "District"), ("分钟", "min")], rows, lang=say.lang, numbers=(1,), caption=caption)


def cluster_briefs(context: Context) -> str:
    """A brief for each town cluster: members by reading, clause, and times between the members."""
    say, layers = _Say(context), context.layers
    members = layers["cluster_members"]
    frame = context.cluster_change
    briefs = []
    for row in layers["clusters"].to_dict("records"):
        key = str(row["cluster_id"])
        own = members[members["cluster_id"] == key]
        has = [r for r in READINGS if r in set(own["reading"])]
        lists: list[tuple[Words, str]] = [
            (("成员：" + _READINGS[r][0], "Members, " + _READINGS[r][1]), say.named(cluster_members(members, key, reading=r)["member_id"]))
            for r in has
        ]  # fmt: skip
        facts: list[tuple[Words, str]] = [
            (("类型", "Kind"), say.word(f"kind.{row['kind']}")),
            (("规划点名", "Named by the plan"), say.word("yes" if row["in_plan"] else "no")),
            *lists,
            (
                ("公布面积", "Published area"),
                f"{row['area_km2']:,.0f} km²" if row["area_km2"] == row["area_km2"] else "",
            ),
            (("来源", "Source"), escape(str(row["source_public"]))),
        ]
        text = say.clause(str(row["plan_item_id"] or "")) + say.facts(facts)
        if has:
            ids = list(cluster_members(members, key, reading=has[0])["member_id"])
            text += _member_times(say, frame, ids, context)
        briefs.append((key, say.name(key), text))
    note = ("成员、条文与成员之间的时间", "members, clause, and times between the members")
    return _page(context, say, ("城镇圈简报", "Briefs of the town clusters"), note, briefs)


def _member_times(say: _Say, frame: Any, ids: list[str], context: Context) -> str:
    own = frame[frame["from_id"].isin(ids) & frame["to_id"].isin(ids) & (frame["from_id"] < frame["to_id"])]
    if own.empty:
        return ""
    rows = [
        [
            f"{say.name(r['from_id'])} – {say.name(r['to_id'])}",
            f"{r['time_before_min']:.0f}",
            f"{r['time_after_min']:.0f}",
            say(*change_words(r["change"])),
        ]
        for r in own.head(36).to_dict("records")
    ]
    header = [("成员之间", "Between"), (f"{context.eve}", f"{context.eve}"), (f"{context.as_of}", f"{context.as_of}"), ("变化", "Change")]  # fmt: skip
    caption = (
        "门到门（分钟）；相距过近而走公路的，分钟数低于本路网的分辨率",
        "Door to door (minutes); between near places by road they are below the resolution of this network",
    )
    return table(header, rows, lang=say.lang, numbers=(1, 2), caption=caption)


def place_briefs(context: Context) -> str:
    """A brief for each city and district: what the plan changes for it."""
    say, layers, gains = _Say(context), context.layers, context.gains
    briefs = []
    change = context.change.frame.set_index("to_id")
    for layer_id, key in (("cities", "city_id"), ("districts", "district_id")):
        for row in layers[layer_id].to_dict("records"):
            place = str(row[key])
            city = str(row["city_id"])
            text = [say.facts(_place_facts(say, row, place, city, layers))]
            if place in change.index:
                text.append(_place_time(say, change.loc[place], context))
            text += [_place_gain(say, gains, place), _place_items(say, key, place)]
            if place in gains.columns:
                ask = f"ask.html#from={quote(place)}"
                text.append(f"<p>{link(ask, say('换一组项目问', 'Ask with another set of projects'))}</p>")
            briefs.append((place, say.name(place), "".join(text)))
    title = ("各地简报：规划为它改变什么", "Briefs of the places: what the plan changes for them")
    note = (f"{context.eve} 与 {context.as_of}", f"{context.eve} and {context.as_of}")
    return _page(context, say, title, note, briefs)


def _place_facts(
    say: _Say, row: dict[Any, Any], place: str, city: str, layers: Any
) -> list[tuple[Words, str]]:
    own = (
        clusters_of(layers["cluster_members"], place)["cluster_id"].unique()
        if "cluster_members" in layers
        else ()
    )
    people = row["pop_2020"]
    return [
        (("所在城市", "City"), say.name(city) if place != city else ""),
        (("人口（2020年普查）", "Population, census 2020"), f"{int(people):,}" if people == people else ""),
        (("所属城镇圈与合作区", "Clusters and zones"), say.named(str(c) for c in own)),
    ]


def _place_time(say: _Say, row: Any, context: Context) -> str:
    known = [row["time_before_min"], row["time_after_min"]]
    minutes = [say("无法到达", "no way there") if v != v else f"{v:.0f} {say('分钟', 'min')}" for v in known]
    hub = say(str(row["from_name_zh"]), str(row["from_name"]))
    through = str(row["project_name_zh"] or ""), str(row["project_name"] or "")
    told = (
        f"（{say('经由', 'through')} {say(*(t.replace(';', ', ') for t in through))}）"
        if any(through)
        else ""
    )
    change = say(*change_words(row["change"]))
    return f"<p>{say('门到门，从', 'Door to door from')} {hub}: {minutes[0]} → {minutes[1]}, <b>{change}</b>{told}</p>"


def _place_gain(say: _Say, gains: Any, place: str) -> str:
    if place not in gains.columns:
        return ""
    top = gains[place][gains[place] >= 0.05].sort_values(ascending=False, kind="stable").head(6)
    if top.empty:
        return ""
    rows = [
        [link(f"briefs-projects.html#row={quote(str(p))}", say.name(str(p))), f"{v:.2f}"]
        for p, v in top.items()
    ]
    caption = (
        "对此地最有用的项目：单独加入时到各区县的平均节省（按人口，分钟）",
        "Projects that do most for it: mean minutes saved to all districts, each put in alone",
    )
    return table([("项目", "Project"), ("分钟", "min")], rows, lang=say.lang, numbers=(1,), caption=caption)


def _place_items(say: _Say, key: str, place: str) -> str:
    column = "city_ids" if key == "city_id" else "district_ids"
    own = [str(i) for i, ids in say.items[column].items() if place in ids]
    if not own:
        return ""
    shown = "".join(say.clause(item) for item in own[:8])
    more = f"<p>{say('其余条目：', 'further items: ')}{len(own) - 8}</p>" if len(own) > 8 else ""
    return f"<details><summary>{say('涉及的规划条目', 'Items of the plan that concern it')} ({len(own)})</summary>{shown}{more}</details>"
