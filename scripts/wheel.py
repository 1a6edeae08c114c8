"""Build sdist and wheel, install each in a fresh environment, and use it away from the checkout.

python scripts/wheel.py
"""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TRIES = (("--version",), ("--help",), ("check",), ("layers",), ("scenario", "list"))
HOME = "import yrdgis, yrdgis.settings as s; print(yrdgis.__file__, s.layers_dir(), sep='\\n')"


def shipped_files() -> list[str]:
    """Files of the package and the layers, as paths in the checkout."""
    files = (path for name in ("yrdgis", "layers") for path in (ROOT / name).rglob("*") if path.is_file())
    return [path.relative_to(ROOT).as_posix() for path in files if "__pycache__" not in path.parts]


def lacking(archive: Path, shipped: list[str]) -> list[str]:
    """Files of the checkout that an sdist or a wheel does not carry."""
    if archive.suffix == ".whl":
        held = set(zipfile.ZipFile(archive).namelist())
        wanted = {
            name: name.replace("layers/", "yrdgis/_layers/", name.startswith("layers/")) for name in shipped
        }
    else:
        with tarfile.open(archive) as file:
            held = {name.split("/", 1)[-1] for name in file.getnames()}
        wanted = {name: name for name in [*shipped, "pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md"]}
    return [name for name, inside in wanted.items() if inside not in held]


def environment(home: Path, archive: Path, *, borrow: Path | None = None) -> None:
    """A fresh environment with what was built; the dependencies are its own, or those of another one."""
    subprocess.run([sys.executable, "-m", "venv", home], check=True)
    python = _program(home, "python")
    alone = ["--no-deps"] if borrow else []
    subprocess.run([python, "-m", "pip", "install", "-q", "--no-compile", *alone, archive], check=True)
    if borrow:
        (_packages(home) / "borrowed.pth").write_text(f"{_packages(borrow)}\n", encoding="utf-8")


def faults(home: Path, away: Path) -> list[str]:
    """What does not work in an environment, away from the checkout."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("YRDGIS_", "PYTHON"))}
    told = []
    where = subprocess.check_output([_program(home, "python"), "-c", HOME], text=True, cwd=away, env=clean)
    told += [
        f"{line} lies outside the environment" for line in where.split() if not line.startswith(str(home))
    ]
    for arguments in TRIES:
        ran = subprocess.run(
            [_program(home, "yrdgis"), *arguments], capture_output=True, text=True, cwd=away, env=clean
        )
        if ran.returncode or not ran.stdout:
            told.append(
                f"yrdgis {' '.join(arguments)} left with {ran.returncode}: {ran.stderr.strip()[-500:]}"
            )
    return told


def main() -> int:
    """Return 1 if one of the two lacks a file or can't be used."""
    problems, shipped = [], shipped_files()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder).resolve()
        # the wheel is made from the sdist, so what the sdist lacks the wheel lacks too
        subprocess.run(
            [sys.executable, "-m", "build", "--outdir", out / "dist", ROOT],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        wheel, sdist = next(out.glob("dist/*.whl")), next(out.glob("dist/*.tar.gz"))
        (out / "away").mkdir()
        environment(out / "wheel", wheel)
        environment(out / "sdist", sdist, borrow=out / "wheel")
        for archive, home in ((wheel, out / "wheel"), (sdist, out / "sdist")):
            found = [f"lacks {name}" for name in lacking(archive, shipped)] + faults(home, out / "away")
            problems += [f"{archive.name}: {fault}" for fault in found]
            print(
                f"{archive.name}: {archive.stat().st_size / 1e6:.1f} MB, installed and tried, {len(found)} faults"
            )
    print(*problems, sep="\n")
    return 1 if problems else 0


def _program(home: Path, name: str) -> Path:
    return home / (f"Scripts/{name}.exe" if os.name == "nt" else f"bin/{name}")


def _packages(home: Path) -> Path:
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    return Path(subprocess.check_output([_program(home, "python"), "-c", code], text=True).strip())


if __name__ == "__main__":
    sys.exit(main())
