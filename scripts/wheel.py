"""Build wheel and sdist, install the wheel in a fresh environment, and look whether the layers came along.

python scripts/wheel.py
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def _python(environment: Path) -> Path:
    return environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def missing_files(wheel: Path) -> list[str]:
    """Layer files of the checkout that the wheel does not carry."""
    held = set(zipfile.ZipFile(wheel).namelist())
    files = (
        path.relative_to(ROOT / "layers").as_posix()
        for path in (ROOT / "layers").rglob("*")
        if path.is_file()
    )
    return [name for name in files if f"yrdgis/_layers/{name}" not in held]


def main() -> int:
    """Return 1 if the wheel lacks a layer or can't be used away from the checkout."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        subprocess.run(
            [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(out), str(ROOT)], check=True
        )
        wheel = next(out.glob("*.whl"))
        missing = missing_files(wheel)
        if missing:
            print("the wheel lacks:", *missing, sep="\n  ")
            return 1
        subprocess.run(
            [sys.executable, "-m", "venv", "--system-site-packages", str(out / "venv")], check=True
        )
        python = _python(out / "venv")
        subprocess.run(
            [python, "-m", "pip", "install", "-q", "--no-deps", "--ignore-installed", str(wheel)], check=True
        )
        code = "import yrdgis, yrdgis.settings as s; d = s.layers_dir(); assert d.name == '_layers', d; print(d.name)"
        subprocess.run([python, "-c", code], check=True, cwd=out)
        print(f"{wheel.name}: {wheel.stat().st_size / 1e6:.1f} MB, layers inside")
    return 0


if __name__ == "__main__":
    sys.exit(main())
