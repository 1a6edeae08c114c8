"""Put below each code block what it showed when it ran, and the reference of a room where it is asked for."""

from __future__ import annotations

import html
import importlib
import inspect
import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.util import logging

log = logging.getLogger(__name__)

_FENCE = re.compile(r"^```(?P<language>python|bash)[^\n]*\n(?P<code>.*?)^```\n?", re.MULTILINE | re.DOTALL)
_ROOM = re.compile(r"^\.\. room:: (?P<module>[\w.]+)(?P<rest>[^\n]*)$", re.MULTILINE)
_CJK_BREAK = re.compile(
    r"(?<=[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef])\n(?=[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef])"
)
"""A line break inside a Chinese sentence, which a browser would show as a space."""

_LONG = 60
"""Lines of text after which an answer is cut; the whole of it helps no reader."""


def on_source(app: Sphinx, docname: str, source: list[str]) -> None:
    """Extend a page's source before it is parsed."""
    named = {name for match in _ROOM.finditer(source[0]) for name in match["rest"].split()}
    source[0] = _ROOM.sub(lambda match: _room(match, named), source[0])
    if docname.startswith("zh/"):
        source[0] = _CJK_BREAK.sub("", source[0])
    if _FENCE.search(source[0]) and not docname.startswith(("reference", "_notebooks")):
        source[0] = _with_answers(app, docname, source[0])


def _with_answers(app: Sphinx, docname: str, text: str) -> str:
    folder = Path(app.config.runs_folder) / f"docs-{docname.replace('/', '-')}"
    file = folder / "shown.json"
    if not file.is_file():
        log.warning("the blocks of %s have not been run: scripts/docs.py runs them", docname)
        return text
    shown = iter(json.loads(file.read_text(encoding="utf-8"))["shown"])
    target = Path(app.outdir) / "_runs"
    target.mkdir(parents=True, exist_ok=True)
    up = "../" * docname.count("/")

    def answered(match: re.Match[str]) -> str:
        one = next(shown, None)
        if one is None or one["code"] != match["code"]:
            log.warning("a block of %s is not the one that was run; run scripts/docs.py", docname)
            return match[0]
        for name in [*one["pictures"], *one["maps"]]:
            shutil.copy(folder / name, target / name)
        return match[0] + _answer(one, f"{up}_runs")

    return _FENCE.sub(answered, text)


def _answer(one: dict[str, Any], where: str) -> str:
    parts = []
    if one["text"].strip():
        lines = one["text"].rstrip().splitlines()
        cut = [*lines[:_LONG], "..."] if len(lines) > _LONG else lines
        shown = html.escape("\n".join(cut)).replace("\n\n", "\n&#8203;\n")
        parts.append(f'<pre class="answer" tabindex="0">{shown}</pre>')
    if one["html"]:
        body = re.sub(r"<style.*?</style>", "", one["html"], flags=re.DOTALL)
        parts.append(
            f'<div class="answer answer-table" tabindex="0">{re.sub(chr(10) + "+", chr(10), body)}</div>'
        )
    parts += [
        f'<img class="answer" loading="lazy" src="{where}/{name}" alt="What the code above draws">'
        for name in one["pictures"]
    ]
    parts += [
        f'<iframe class="answer" loading="lazy" src="{where}/{name}" title="The map that the code above saves"></iframe>'
        f'<p class="answer-link"><a href="{where}/{name}">The map alone / 单独打开地图</a></p>'
        for name in one["maps"]
    ]
    return "".join(f"\n```{{raw}} html\n{part}\n```\n" for part in parts)


def _room(match: re.Match[str], named: set[str]) -> str:
    """reStructuredText that documents the public names of a module: all, those named, or (``*``) the others."""
    module = importlib.import_module(match["module"])
    names = match["rest"].split() or list(module.__all__)
    if names == ["*"]:
        names = [name for name in module.__all__ if name not in named]
    lines = [f".. currentmodule:: {module.__name__}", ""]
    for name in names:
        if name.startswith("__"):
            continue
        value = getattr(module, name)
        if inspect.ismodule(value):
            continue
        home = ".".join(str(getattr(value, "__module__", "")).split(".")[:2])
        if home not in (module.__name__, "yrdgis.api") and module.__name__ == "yrdgis":
            lines += [f"``yrdgis.{name}`` is :py:obj:`{home}.{name}`.", ""]
        elif inspect.isclass(value):
            lines += [f".. autoclass:: {module.__name__}.{name}", "   :members:", ""]
        elif callable(value):
            lines += [f".. autofunction:: {module.__name__}.{name}", ""]
        else:
            lines += [f".. autodata:: {module.__name__}.{name}", "   :no-value:", ""]
    return "\n".join(lines)


def on_page(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Pages below zh/ are in Chinese, and say so to the browser and to readers aloud."""
    del app, templatename, doctree
    if pagename.startswith("zh/"):
        context["language"] = "zh-CN"


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_config_value("runs_folder", os.path.join(app.srcdir, "..", "build", "docs", "runs"), "env")
    app.connect("source-read", on_source)
    app.connect("html-page-context", on_page)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
