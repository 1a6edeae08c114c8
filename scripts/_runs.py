"""Run the code blocks of a document as a reader would, and keep what each one shows."""

from __future__ import annotations

import ast
import contextlib
import hashlib
import io
import json
import os
import re
import shlex
import shutil
import sys
import tempfile
import traceback
import warnings
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from _documents import Block, blocks

ROOT = Path(__file__).resolve().parent.parent
RUNS = ROOT / "build" / "docs" / "runs"
"""What the blocks of each document showed, and the pictures and maps that they made."""

_KEPT_FILE = re.compile(r"""\.save\(\s*["'](?P<name>[\w.-]+\.html)["']""")


@dataclass
class Shown:
    """What one block shows: its printed text, the last value as HTML or text, and names of kept files."""

    code: str
    text: str = ""
    html: str = ""
    pictures: list[str] = field(default_factory=list)
    maps: list[str] = field(default_factory=list)


def key_of(path: Path) -> str:
    """Digest of all that a document's answers rest on: its own text, the library and the layers."""
    digest = hashlib.sha256()
    files = [
        path,
        *(ROOT / "yrdgis").rglob("*.py"),
        *(p for p in (ROOT / "layers").rglob("*") if p.is_file()),
    ]
    files += [Path(__file__), ROOT / "scripts" / "_documents.py"]
    for file in sorted(files):
        digest.update(str(file.relative_to(ROOT)).encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def kept(path: Path, *, stale: bool = False) -> list[Shown] | None:
    """What a document's blocks showed when they last ran.

    None if something that they rest on has changed since; with `stale`, only if the blocks have.
    """
    file = _folder(path) / "shown.json"
    if not file.is_file():
        return None
    document = json.loads(file.read_text(encoding="utf-8"))
    shown = [Shown(**one) for one in document["shown"]]
    if stale:
        return shown if [one.code for one in shown] == [block.code for block in _blocks(path, True)] else None
    return shown if document["key"] == key_of(path) else None


def _blocks(path: Path, commands: bool) -> list[Block]:
    languages = ("python", "bash") if commands else ("python",)
    return sorted((b for name in languages for b in blocks(path, name)), key=lambda b: b.line)


def run(path: Path, *, commands: bool) -> tuple[list[Shown], list[str]]:
    """Run a document's blocks in order, in one namespace and an empty folder; keep what they show.

    Parameters
    ----------
    path : Path
    commands : bool
        Whether lines of ``bash`` blocks that begin with ``yrdgis`` are run, too.
    """
    final, key = _folder(path), key_of(path)
    folder = final.with_name(f".{final.name}.{os.getpid()}")  # another run may be at the same page
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    namespace: dict[str, object] = {"__name__": "__document__"}
    _close_figures()  # else a block would draw into one that was open before
    shown: list[Shown] = []
    faults: list[str] = []
    with _scratch():
        for number, block in enumerate(_blocks(path, commands)):
            try:
                if block.needs and not os.environ.get(block.needs):
                    one = Shown(block.code, text=f"(not run here: {block.needs} is not set)")
                else:
                    one = _python(block, namespace) if block.language == "python" else _bash(block)
                _keep(one, folder, f"{path.stem}-{number}")
                shown.append(one)
            except (Exception, SystemExit):
                where = f"{path.relative_to(ROOT)}:{block.line}"
                faults.append(f"{where}: {traceback.format_exc(limit=-3).strip()}")
    if not faults:
        document = {"key": key, "shown": [asdict(one) for one in shown]}
        (folder / "shown.json").write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    shutil.rmtree(final, ignore_errors=True)
    folder.rename(final)
    return shown, faults


def _folder(path: Path) -> Path:
    return RUNS / str(path.relative_to(ROOT)).replace(os.sep, "-").removesuffix(".md")


@contextlib.contextmanager
def _scratch() -> Iterator[None]:
    """Work in an empty folder for a while."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(before)


def _python(block: Block, namespace: dict[str, object]) -> Shown:
    """Run one block; a last line that is an expression shows its value, as in a notebook."""
    where = f"{block.path.relative_to(ROOT)}:{block.line}"
    tree = ast.parse(block.code, where)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    out, value = io.StringIO(), None
    with warnings.catch_warnings(), contextlib.redirect_stdout(out):
        warnings.simplefilter("error")
        # rasterio before 1.5 with affine 3; the tests let the same one through
        warnings.filterwarnings("ignore", "Use `@` matmul instead", PendingDeprecationWarning)
        exec(compile(tree, where, "exec"), namespace)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), where, "eval"), namespace)
    one = Shown(block.code, text=out.getvalue())
    _show(value, one)
    return one


def _show(value: Any, one: Shown) -> None:
    if value is None or type(value).__module__.split(".")[0] in ("matplotlib", "folium", "numpy.matplotlib"):
        return
    if hasattr(value, "to_frame") and hasattr(value, "index") and not hasattr(value, "columns"):
        value = value.to_frame()
    if hasattr(value, "columns") and hasattr(value, "to_html"):
        one.html = value.to_html(max_rows=12, border=0, float_format=_figure, na_rep="")
    elif hasattr(value, "_repr_html_") and value._repr_html_():
        one.html = str(value._repr_html_())
    else:
        one.text += repr(value) + "\n"


def _figure(value: float) -> str:
    """A number as a reader wants it: small ones with three figures, others with one decimal."""
    return f"{value:.3g}" if abs(value) < 1 else f"{value:,.1f}"


def _close_figures() -> None:
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


def _keep(one: Shown, folder: Path, stem: str) -> None:
    """Keep the pictures that a block drew and the maps that it saved."""
    plots = sys.modules.get("matplotlib.pyplot")
    if plots is not None:
        for count, figure in enumerate(plots.get_fignums()):
            name = f"{stem}-{count}.png"
            plots.figure(figure).savefig(folder / name, dpi=110, bbox_inches="tight")
            one.pictures.append(name)
        plots.close("all")
    for match in _KEPT_FILE.finditer(one.code):
        if Path(match["name"]).is_file():
            shutil.copy(match["name"], folder / f"{stem}-{match['name']}")
            one.maps.append(f"{stem}-{match['name']}")
    for picture in re.findall(r"[\w-]+\.png", one.code):
        if Path(picture).is_file():
            shutil.copy(picture, folder / f"{stem}-{picture}")
            one.pictures.append(f"{stem}-{picture}")


def _bash(block: Block) -> Shown:
    """Run a block of commands: ours in this process, which has everything imported, and a few of the shell's."""
    text = []
    for line in block.code.replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        if not words:
            continue
        if words[0] == "yrdgis":
            text.append(_command(words[1:]))
        elif words[0] in ("cp", "ls", "head", "cat"):
            text.append(_shell(words))
        else:
            raise ValueError(f"a document's bash block runs yrdgis, cp, ls, head and cat, not {words[0]!r}")
    return Shown(block.code, text="".join(text))


def _command(arguments: list[str]) -> str:
    from yrdgis.cli import cli
    from yrdgis.errors import YrdgisError

    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        try:
            code = cli.main(arguments, prog_name="yrdgis", standalone_mode=False)
        except (YrdgisError, SystemExit) as error:
            raise RuntimeError(f"yrdgis {shlex.join(arguments)}: {error}; {out.getvalue()[-600:]}") from error
    if isinstance(code, int) and code:
        raise RuntimeError(f"yrdgis {shlex.join(arguments)} left with {code}: {out.getvalue()[-400:]}")
    return out.getvalue()


def _shell(words: list[str]) -> str:
    import subprocess

    return subprocess.run(words, check=True, capture_output=True, text=True).stdout
