"""``yrdgis check``: name every fault of a folder of layers."""

from __future__ import annotations

import sys

import click

from yrdgis.cli._console import echo_json, working

__all__ = ["command"]


@click.command()
@click.argument("folder", metavar="[DIR]", required=False)
@click.option("--strict", is_flag=True, help="Count warnings as errors.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(folder: str | None, strict: bool, as_json: bool) -> None:
    """Name every fault of a folder of layers, the shipped ones by default.

    Exit code 0 where there is no error, 1 otherwise; with --strict a warning is enough.
    """
    from yrdgis.io.check import check_layers, has_errors, report

    with working("Layers ..."):
        findings = check_layers(folder)
    errors = sum(finding.severity == "error" for finding in findings)
    if as_json:
        meta = {"errors": errors, "warnings": len(findings) - errors, "strict": strict}
        echo_json(meta, [vars(finding) for finding in findings])
    else:
        if findings:
            click.echo(report(findings))
        click.echo(f"{errors} errors, {len(findings) - errors} warnings", err=bool(findings))
    if has_errors(findings, strict=strict):
        sys.exit(1)
