"""References in docstrings that have no page of their own: each has to name something that exists.

`network` may be a parameter of the function that is described, `Layers` a class that its module imports,
`yg.compare` the name under which a reader knows it. What can be found in the reference is linked, what only
exists is set as code, and all else is left to Sphinx, which then complains.
"""

from __future__ import annotations

import importlib
import inspect
from dataclasses import fields, is_dataclass
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment


def resolve(app: Sphinx, env: BuildEnvironment, node: Any, contnode: nodes.Element) -> nodes.Element | None:
    """A link, plain code, or None where the target names nothing."""
    if node.get("refdomain") != "py":
        return None
    target = str(node["reftarget"]).replace("yg.", "yrdgis.", 1)
    described = _described(node)
    if "." not in target and described is not None and target in _own_names(described):
        return _code(contnode)
    for found in _values(target, node, described):
        name = _documented(env).get(id(found))
        if name is None:
            return _code(contnode)
        docname, anchor = name
        uri = app.builder.get_relative_uri(node["refdoc"], docname) + "#" + anchor
        return nodes.reference("", "", _code(contnode), internal=True, refuri=uri)
    return None


def _code(node: nodes.Element) -> nodes.Element:
    return nodes.literal("", node.astext())


def _described(node: Any) -> Any:
    """What the docstring that a reference stands in describes."""
    at = node
    while at is not None and not (at.source and "docstring of " in str(at.source)):
        at = at.parent
    return None if at is None else _value(str(at.source).rsplit("docstring of ", 1)[1].split(":")[0])


def _value(path: str) -> Any:
    """What a dotted path names, modules before attributes; None where it names nothing."""
    parts = path.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found: Any = importlib.import_module(".".join(parts[:cut]))
        except ImportError:
            continue
        for part in parts[cut:]:
            found = getattr(found, part, None)
        return found
    return None


def _own_names(described: Any) -> set[str]:
    names: set[str] = set()
    owner = inspect.getmodule(described)
    if inspect.isfunction(described) and "." in described.__qualname__ and owner is not None:
        names |= _members(getattr(owner, described.__qualname__.split(".")[0], None))
    if callable(described):
        names |= set(inspect.signature(described).parameters)
    if inspect.isclass(described):
        names |= _members(described)
    return names


def _members(one: Any) -> set[str]:
    return set(dir(one)) | ({f.name for f in fields(one)} if is_dataclass(one) else set())


def _values(target: str, node: Any, described: Any) -> list[Any]:
    """What a target may name, seen from its docstring: in its class, its module, its room, or in full."""
    owner = inspect.getmodule(described) if described is not None else None
    homes = [owner.__name__ if owner else "", str(node.get("py:module") or "")]
    homes += [home.rpartition(".")[0] for home in homes] + [
        "yrdgis",
        "yrdgis.io",
        "yrdgis.network",
        "yrdgis.network.osm",
    ]
    homes += ["yrdgis.network.lines", "yrdgis.metrics", "yrdgis.io.raster"]
    paths = [*(f"{home}.{target}" for home in homes if home.startswith("yrdgis")), target]
    found = [_value(path) for path in paths if path.startswith("yrdgis")]
    return [value for value in found if value is not None]


def _documented(env: BuildEnvironment) -> dict[int, tuple[str, str]]:
    """Identity of each documented thing, to its page and anchor."""
    known: dict[int, tuple[str, str]] | None = getattr(env, "_yrd_documented", None)
    if known is None:
        known = {}
        for name, entry in env.domains["py"].data["objects"].items():
            value = _value(name)
            if value is not None:
                known[id(value)] = (entry.docname, entry.node_id)
        env._yrd_documented = known  # type: ignore[attr-defined]
    return known


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("missing-reference", resolve)
    app.connect("env-updated", lambda app, env: env.__dict__.pop("_yrd_documented", None) and None)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
