"""Tables and pictures that the documentation includes, made by running what they are about.

python scripts/docs_figures.py [--out docs/_generated]

Nothing here is typed: validation comes from a run of the validation code, the parameters and layers from their
files, the commands from the command line, the terms from docs/glossary.csv.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "docs" / "_generated"


def main() -> int:
    """Write every fragment and name each."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    for path in make(options.out):
        print(path)
    return 0


def make(out: Path) -> Iterator[Path]:
    """Write the fragments into a folder, one after the other."""
    from yrdgis.io import load_layers

    out.mkdir(parents=True, exist_ok=True)
    layers = load_layers()
    fragments = {
        "validation": validation(layers, out),
        "parameters": parameters(layers),
        "layers": catalogue(layers),
        "counts": counts(layers),
        "commands": commands(),
        "performance": performance(),
        "glossary": glossary("en"),
        "glossary-zh": glossary("zh"),
        "notebooks": notebooks("en"),
        "notebooks-zh": notebooks("zh"),
    }
    for name, lines in fragments.items():
        path = out / f"{name}.md"
        text = "\n".join(lines) + "\n"
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
        yield path


def validation(layers: Any, out: Path) -> Iterator[str]:
    """Errors of the model against published times and distances, and their picture."""
    from yrdgis.reports.fonts import find_cjk_font
    from yrdgis.validation.report import UNVALIDATED, scatter, validate

    found = validate(layers)
    font = find_cjk_font()
    scatter(found, font=font.path if font else None).savefig(out / "validation.svg", metadata={"Date": None})
    yield from (f"> {UNVALIDATED['en']}", "")
    for title, by in (("By group", ["group"]), ("By class of train", ["mode", "train_class"])):
        table = found.by(*by)
        yield from (f"## {title}", "", *_errors(table, by), "")
    yield from ("![Observed against modelled values](_generated/validation.svg)", "")
    lines = found.by("line").query("line != ''")
    yield from ("## By line", "", *_errors(lines, ["line"]), "", "## The rows with the largest errors", "")
    worst = [
        [
            f"{r['from_name']} → {r['to_name']} {r['from_name_zh']} → {r['to_name_zh']}",
            r["train_class"] or r["mode"],
            f"{r['observed']:g} {r['unit']}",
            f"{r['modelled']:.1f}",
            f"{100 * r['error']:+.1f} %",
        ]
        for r in found.worst().to_dict("records")
    ]
    yield from _table(["From, to", "Kind", "Observed", "Modelled", "Error"], worst)
    yield from ("", "## Not counted", "")
    yield from (f"- {reason}: {count}" for reason, count in found.left_out.items())


def _errors(frame: Any, by: Sequence[str]) -> Iterator[str]:
    rows = [
        [
            " ".join(str(row[column]) for column in by).strip(),
            row["n"],
            row["no_answer"],
            *(f"{100 * row[c]:.1f} %" if row[c] == row[c] else "" for c in ("median_error", "p90_error")),
            f"{100 * row['bias']:+.1f} %" if row["bias"] == row["bias"] else "",
        ]
        for row in frame.to_dict("records")
    ]
    return _table(["Kind", "Rows", "No answer", "Median error", "90th percentile", "Bias (signed)"], rows)


def parameters(layers: Any) -> Iterator[str]:
    """Every assumption with value, range, unit and source, by group."""
    from yrdgis.reports.methods import GROUPS

    for group, rows in layers["parameters"].groupby("group", sort=False):
        zh, en = GROUPS.get(group, (group, group))
        listed = [
            [
                f"`{row['parameter_id']}` {row['name']} {row['name_zh']}",
                f"{row['value']:g}",
                f"{row['low']:g} to {row['high']:g}" if row["low"] == row["low"] else "",
                row["unit"],
                row["source_public"],
                row["confidence"],
            ]
            for row in rows.to_dict("records")
        ]
        yield from (f"## {en[:1].upper()}{en[1:]} {zh}", "")
        yield from _table(["Parameter", "Value", "Range", "Unit", "Source", "Confidence"], listed)
        yield ""


def catalogue(layers: Any) -> Iterator[str]:
    """All layers with their rows, geometry, licence and source."""
    rows = [
        [
            f"`{info.layer_id}` {info.title} {info.title_zh}",
            len(layers[info.layer_id]),
            info.geometry,
            info.licence,
            info.source,
        ]
        for info in layers.catalog
    ]
    return _table(["Layer", "Rows", "Geometry", "Licence", "Source"], rows)


def counts(layers: Any) -> Iterator[str]:
    """What the shipped area holds, in one line."""
    named = (
        ("cities", "cities"),
        ("districts", "districts"),
        ("items", "items of the plan"),
        ("projects", "projects"),
    )
    told = ", ".join(f"{len(layers[name]):,} {words}" for name, words in named)
    yield f"The shipped area holds {told} and {len(layers['parameters']):,} assumptions, valid on {layers.valid_on}."


def commands() -> Iterator[str]:
    """The help of every command, as the command line gives it."""
    import click

    from yrdgis.cli import cli

    def tell(command: click.Command, words: list[str]) -> Iterator[str]:
        context = click.Context(command, info_name=" ".join(words), terminal_width=96, max_content_width=96)
        yield from (f"## {' '.join(words)}", "", "```text", command.get_help(context), "```", "")
        if isinstance(command, click.Group):
            for name in command.list_commands(context):
                found = command.get_command(context, name)
                if found is not None:
                    yield from tell(found, [*words, name])

    yield from tell(cli, ["yrdgis"])


def performance() -> Iterator[str]:
    """The report of the benchmark's last run on this machine, where there is one."""
    report = ROOT / "build" / "bench" / "bench.md"
    if not report.is_file():
        yield "No run of the benchmark lies in `build/bench` on the machine that built these pages."
        return
    for line in report.read_text(encoding="utf-8").splitlines():
        yield f"##{line}" if line.startswith("#") else line


def glossary(lang: str) -> Iterator[str]:
    """Terms in both languages, with what they mean here in one of them."""
    with (ROOT / "docs" / "glossary.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    if lang == "zh":
        return _table(
            ["中文", "English", "在此的含义"], [[r["term_zh"], r["term"], r["meaning_zh"]] for r in rows]
        )
    rows.sort(key=lambda row: row["term"].casefold())
    return _table(
        ["Term", "中文", "What it means here"], [[r["term"], r["term_zh"], r["meaning"]] for r in rows]
    )


def notebooks(lang: str) -> Iterator[str]:
    """The notebooks of the repository by their titles; they run in their own step, not here."""
    for path in sorted((ROOT / "notebooks").glob("*.py")):
        lines = path.read_text(encoding="utf-8").splitlines()
        title = next((line.removeprefix("# # ") for line in lines if line.startswith("# # ")), path.stem)
        yield f"- `notebooks/{path.name}`: {title}"
    yield ""
    yield (
        "`python scripts/notebooks.py --out build/notebooks` 运行全部并保存结果。"
        if lang == "zh"
        else "`python scripts/notebooks.py --out build/notebooks` runs them all and keeps the results."
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """A Markdown table; what a cell holds can't break it."""
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(_cell(cell) for cell in row) + " |"


def _cell(value: Any) -> str:
    text = "" if value is None or value != value else str(value)
    for mark in ("\\", "|", "<", "$", "*", "_"):
        text = text.replace(mark, f"\\{mark}") if "`" not in text or mark == "|" else text
    return " ".join(text.split())


if __name__ == "__main__":
    sys.exit(main())
