"""Formulas as MathML, made when the pages are built: nothing to fetch, no script to run."""

from __future__ import annotations

from typing import Any

import latex2mathml.converter
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

log = logging.getLogger(__name__)


def _mathml(self: Any, node: nodes.Element, display: str) -> str:
    try:
        return latex2mathml.converter.convert(node.astext(), display=display)
    except Exception as error:
        log.warning("this formula can't be shown (%s): %s", error, node.astext(), location=node)
        return ""


def visit_math(self: Any, node: nodes.math) -> None:
    """A formula within a line."""
    self.body.append(_mathml(self, node, "inline"))
    raise nodes.SkipNode


def visit_displaymath(self: Any, node: nodes.math_block) -> None:
    """A formula on its own."""
    self.body.append(f'<div class="formula" tabindex="0">{_mathml(self, node, "block")}</div>')
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_html_math_renderer("mathml", (visit_math, None), (visit_displaymath, None))
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
