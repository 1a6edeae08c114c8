"""Install the oldest versions that pyproject.toml allows in a fresh environment, and run a part of the tests there.

python scripts/oldest.py [--python python3.11] [--keep DIR] [tests ...]
python scripts/oldest.py --newest --python python3.13     # the newest versions, for another interpreter
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXTRAS = ("test", "postgis")
TESTS = (
    *("tests/test_release.py", "tests/io", "tests/doctor", "tests/engine", "tests/network", "tests/cli"),
    *("tests/metrics/test_skim.py", "tests/metrics/test_isochrones.py", "tests/metrics/test_path.py"),
    *("tests/scenarios/test_compare.py", "tests/scenarios/test_value.py", "tests/maps/test_layers.py"),
    "tests/api/test_contract.py",
)
LET_PASS = "ignore::DeprecationWarning"
"""An old library beside a new one says so; that is nobody's fault."""

_LOWER = re.compile(r"(?P<name>[\w.-]+)(\[[\w,.-]+\])?\s*(>=|==)\s*(?P<version>[\w.]+)")


def lower_bounds() -> list[str]:
    """``name==version`` for everything that the project and the extras under test ask for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    own = re.compile(rf"{project['name']}\[([\w,]+)\]")
    asked, extras = list(project["dependencies"]), list(EXTRAS)
    for extra in extras:
        lines = project["optional-dependencies"][extra]
        named = {name for line in lines for match in own.finditer(line) for name in match[1].split(",")}
        extras += sorted(named - set(extras))
        asked += [line for line in lines if not own.match(line)]
    found = {line: _LOWER.match(line) for line in asked}
    unbounded = [line for line, match in found.items() if match is None]
    if unbounded:
        raise SystemExit(f"pyproject.toml: no lower bound for {', '.join(unbounded)}")
    return sorted(f"{match['name']}=={match['version']}" for match in found.values() if match)


def main() -> int:
    """Return the exit code of the tests."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--python", default="python3.11", help="interpreter to try (default: %(default)s)")
    parser.add_argument("--keep", metavar="DIR", help="environment to make here, or to use again, and keep")
    parser.add_argument("--newest", action="store_true", help="take the newest versions, not the oldest")
    parser.add_argument("tests", nargs="*", default=TESTS, help="what pytest runs (default: a quick part)")
    options = parser.parse_args()
    bounds = [] if options.newest else lower_bounds()
    with tempfile.TemporaryDirectory() as temporary:
        constraints = Path(temporary) / "constraints.txt"
        constraints.write_text("\n".join(bounds) + "\n", encoding="utf-8")
        home = Path(options.keep).resolve() if options.keep else Path(temporary) / "venv"
        subprocess.run([options.python, "-m", "venv", home], check=True)
        python = home / "bin" / "python"
        subprocess.run([python, "-m", "pip", "install", "-q", "--upgrade", "pip"], check=True)
        install = [python, "-m", "pip", "install", "-q", "-c", constraints]
        subprocess.run([*install, "-e", f"{ROOT}[{','.join(EXTRAS)}]"], check=True)
        print(subprocess.check_output([python, "--version"], text=True).strip(), *bounds, sep="\n  ")
        quick = [
            "-n",
            "2",
            "-m",
            "not slow and not browser and not network",
            "-p",
            "no:cacheprovider",
            "-W",
            LET_PASS,
        ]
        return subprocess.run([python, "-m", "pytest", *quick, *options.tests], cwd=ROOT).returncode


if __name__ == "__main__":
    sys.exit(main())
