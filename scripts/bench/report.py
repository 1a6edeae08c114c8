"""Reports of the benchmark: JSON with everything, Markdown to read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

OURS = ("yrdgis", "auto")


def write(
    folder: Path, machine: dict[str, Any], networks: list[dict[str, Any]], rows: list[dict[str, Any]]
) -> None:
    """Write ``bench.json`` and ``bench.md``."""
    folder.mkdir(parents=True, exist_ok=True)
    document = {"machine": machine, "networks": networks, "rows": rows}
    (folder / "bench.json").write_text(json.dumps(document, indent=1, default=float) + "\n", encoding="utf-8")
    (folder / "bench.md").write_text(markdown(machine, networks, rows), encoding="utf-8")


def markdown(machine: dict[str, Any], networks: list[dict[str, Any]], rows: list[dict[str, Any]]) -> str:
    """The report as text: one table for each network and question, with ratios to our time."""
    lines = ["# Benchmark of the engine", ""]
    lines += [", ".join(f"{key} {value}" for key, value in machine.items() if value) + ".", ""]
    lines += [
        "Medians of runs in one process, the engines taking turns, answers compared with those of the first; slow engines run a "
        "sample of the origins (column origins) and are scaled. A ratio above 1 is how many times longer an engine "
        "takes than ours. Peak is the most that the "
        "whole process held, the interpreter included.",
        "",
    ]
    if networks:
        lines += _table(networks)
    for network, question in dict.fromkeys((row["network"], row["question"]) for row in rows):
        part = [row for row in rows if (row["network"], row["question"]) == (network, question)]
        ours = next((row["seconds"] for row in part if row["engine"] in OURS), None)
        lines += [f"## {network}: {question}", ""]
        shown = []
        for row in part:
            entry = {"engine": row["engine"], "seconds": f"{row['seconds']:.4g}"}
            entry["ratio"] = f"{row['seconds'] / ours:.3g}" if ours else ""
            entry["equal"] = {True: "yes", False: "NO", None: ""}[row.get("equal")]
            entry["runs"] = " ".join(str(run) for run in row.get("runs", []))
            entry["origins"] = str(row.get("origins_run", ""))
            entry["chosen"] = row.get("chosen", "")
            entry["prepare s"] = f"{row['prepare_s']:.3g}" if "prepare_s" in row else ""
            entry["peak MB"] = f"{row['peak_mb']:.0f}" if "peak_mb" in row else ""
            shown.append(entry)
        lines += _table(shown)
    return "\n".join(lines)


def _table(rows: list[dict[str, Any]]) -> list[str]:
    keys = [key for key in rows[0] if any(row.get(key) not in ("", None) for row in rows)]
    lines = ["| " + " | ".join(keys) + " |", "|" + "---|" * len(keys)]
    lines += ["| " + " | ".join(str(row.get(key, "")) for key in keys) + " |" for row in rows]
    return [*lines, ""]
