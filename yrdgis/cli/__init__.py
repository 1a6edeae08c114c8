"""The command line: one module for each command, imported when it is called.

Exit codes: 0 done, 1 the input or data is at fault (one clear message), 2 wrong usage. Results go to standard
output, progress and logs to standard error.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import os
import sys
from typing import Any

import click

from yrdgis import __version__, settings
from yrdgis.cli._commands import COMMANDS
from yrdgis.cli._console import progress
from yrdgis.errors import YrdgisError

__all__ = ["LazyGroup", "cli", "main", "progress", "run"]


class LazyGroup(click.Group):
    """Group whose commands are modules of this package, each with a ``command``."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of the commands whose modules exist."""
        return [name for name in COMMANDS if importlib.util.find_spec(f"yrdgis.cli.{name}") is not None]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Command of that name, imported now."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command = importlib.import_module(f"yrdgis.cli.{cmd_name}").command
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table of help lines, importing none."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name]) for name in self.list_commands(ctx)])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Command for the arguments; an unknown one gets the nearest names."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            import difflib

            near = difflib.get_close_matches(args[0], self.list_commands(ctx), n=2, cutoff=0.5)
            if not near:
                raise
            raise click.UsageError(f"{error.message} Did you mean {' or '.join(near)}?", error.ctx) from None


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="yrdgis")
@click.option(
    "--layers", "layers_dir", metavar="DIR", help="Folder of layers to use instead of those shipped."
)
@click.option("-v", "--verbose", count=True, help="Log what is done to standard error; -vv logs more.")
@click.option("--debug", is_flag=True, help="Show where in the code an unexpected fault came up.")
@click.pass_context
def cli(ctx: click.Context, layers_dir: str | None, verbose: int, debug: bool) -> None:
    """See what a regional plan does to travel times, to whom, by when."""
    del debug  # looked for by main(), which has to know before anything is parsed
    if layers_dir is not None:
        ctx.with_resource(settings.override(layers_dir=layers_dir))
    if verbose:
        import logging

        level = logging.INFO if verbose == 1 else logging.DEBUG
        logging.basicConfig(stream=sys.stderr, level=level, format="%(name)s: %(message)s")


def main(args: list[str] | None = None) -> None:
    """Run the command line; arguments as for `run`."""
    run(cli, args, prog_name="yrdgis")


def run(command: click.Command, args: list[str] | None = None, *, prog_name: str | None = None) -> None:
    """Run a command of one's own, such as a script's, and leave with the exit codes of the command line.

    Parameters
    ----------
    command : click.Command
    args : list of str, optional
        Arguments; those of the process by default.
    prog_name : str, optional
        What to call it in messages; the name of the script by default.
    """
    _let_any_text_through()
    given = sys.argv[1:] if args is None else args
    debug = "--debug" in given or bool(os.environ.get("YRDGIS_DEBUG"))
    try:
        code = command.main(given, prog_name=prog_name, standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except YrdgisError as error:
        if debug:
            raise
        _leave(f"Error: {error}", 1)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        _leave("Stopped.", 130)
    except BrokenPipeError:
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:
        if debug:
            raise
        _leave(f"Error: unexpected {type(error).__name__}: {error}. With YRDGIS_DEBUG=1 it shows where.", 1)


def _leave(message: str, code: int) -> None:
    click.echo(message, err=True)
    sys.exit(code)


def _let_any_text_through() -> None:
    """Write what a terminal can't show as an escape, rather than fail on a Chinese name."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure: Any = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
