"""Build the files under ``layers/`` from facts: ``python scripts/build_layers.py --facts DIR``.

Every module of ``scripts/layers`` that has a ``build`` writes its own layers; the catalogue comes last, from
the rows that they all export. The same facts give the same bytes.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from layers.catalog import write_catalog
from layers.common import Facts

import layers

# Builders that read what others wrote come after them; the rest follow in order of their names.
FIRST = (
    "zones",
    "water_bodies",
    "places",
    "rail",
    "metro",
    "roads",
    "water",
    "parameters",
    "projects",
    "plan",
)


def builders() -> list[str]:
    """Names of the builder modules, in the order in which they run."""
    names = sorted(m.name for m in pkgutil.iter_modules(layers.__path__))
    modules = [n for n in names if hasattr(importlib.import_module(f"layers.{n}"), "build")]
    return [n for n in FIRST if n in modules] + [n for n in modules if n not in FIRST]


def main() -> None:
    """Run the builders that were asked for (all by default), then write the catalogue."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", type=Path, required=True, help="folder of facts (CSV)")
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parent.parent / "layers")
    parser.add_argument("--only", nargs="*", default=[], help="run these builders only")
    options = parser.parse_args()
    facts = Facts(options.facts)
    for name in builders():
        if options.only and name not in options.only:
            continue
        started = time.perf_counter()
        importlib.import_module(f"layers.{name}").build(facts, options.out)
        print(f"{name}: {time.perf_counter() - started:.1f} s")
    write_catalog(options.out, [importlib.import_module(f"layers.{name}").CATALOG for name in builders()])


if __name__ == "__main__":
    main()
