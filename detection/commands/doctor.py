"""``detection doctor``: what is installed, what is missing, what to do.

Looks at this machine and this checkout; changes nothing.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table

from detection.errors import EnvironmentMissingError

app = typer.Typer(help="What is installed, what is missing, what to do.", add_completion=False)

ENVIRONMENTS = {
    "edge": "pip install --require-hashes -r requirements/edge.txt",
    "workstation": "make environment",
    "develop": "make environment",
    "mqtt": "only the runtime's --mqtt needs it; make environment brings it here, a device installs paho-mqtt",
    "openvino": "only targets with engine openvino need it: make environment",
    "tensorrt": "only targets with engine tensorrt-rtx need it: make environment",
    "review": "a separate environment: pip install --require-hashes -r requirements/review.txt",
}
"""Each extra of pyproject.toml, and how to get it."""

FREE_GIGABYTES = 12
"""The workstation environment takes about 6 GB, and as much again in the installer's cache."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at.

    Attributes:
        subject: what was looked at.
        found: what is there.
        needed: the first run cannot work without it.
        advice: what to do; empty if all is well.
    """

    subject: str
    found: str
    needed: bool = False
    advice: str = ""


@app.command(epilog="Example: detection doctor")
def doctor() -> None:
    """What is installed, what is missing, what to do."""
    findings = [*_environments(), _device_environment(), *_programs(), _disk(), *_checkout()]
    Console().print(_table(findings))
    missing = [f.subject for f in findings if f.needed and f.advice]
    if missing:
        raise EnvironmentMissingError(f"needed and missing: {', '.join(missing)}; the last column says what to do")


def _environments() -> list[Finding]:
    python = ".".join(map(str, sys.version_info[:3]))
    fits = (3, 11) <= sys.version_info[:2] <= (3, 12)
    advice = "" if fits else "the workstation wants Python 3.11 or 3.12: make environment PYTHON=python3.12"
    return [Finding("Python", python, True, advice), *(_environment(extra, how) for extra, how in ENVIRONMENTS.items())]


def _environment(extra: str, how: str) -> Finding:
    missing = [name for name in _packages(extra) if not _installed(name)]
    needed = extra in ("edge", "workstation")
    if not missing:
        return Finding(f"environment {extra}", "complete", needed)
    shown = ", ".join(missing[:4]) + (f" and {len(missing) - 4} more" if len(missing) > 4 else "")
    return Finding(f"environment {extra}", f"without {shown}", needed, how)


def _device_environment() -> Finding:
    """The interpreter of the bare environment, asked itself for what a device installs."""
    from detection.outside.runtime_archive import device_python  # slow to load

    subject = "bare environment"
    try:
        python = device_python()
    except EnvironmentMissingError:
        return Finding(subject, "not there", True, "parity and profile run in it as a device would: make environment")
    question = "import sys; from importlib.metadata import version; [version(name) for name in sys.argv[1:]]"
    asked = subprocess.run(
        [python, "-I", "-c", question, *_packages("edge")], capture_output=True, text=True, check=False
    )
    if asked.returncode == 0:
        return Finding(subject, "complete", True)
    said = (asked.stderr.strip().splitlines() or ["it does not start"])[-1]
    return Finding(subject, f"{python}: {said}", True, "make environment")


def _packages(extra: str) -> list[str]:
    """The packages an extra names, without those it takes from another extra."""
    lines = [line for line in metadata.requires("detection") or [] if re.search(rf"extra == ['\"]{extra}['\"]", line)]
    names = [re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0] for line in lines]
    return [name for name in names if name != "detection"]


def _installed(package: str) -> bool:
    try:
        metadata.version(package)
    except metadata.PackageNotFoundError:
        return False
    return True


def _programs() -> list[Finding]:
    return [
        _program("git", "install git", needed=True),
        _program("make", "install make, or run the lines of the Makefile by hand", needed=False),
        _program("chromium", "only the tests that look at pages need it: apt-get install chromium", needed=False),
    ]


def _program(name: str, advice: str, *, needed: bool) -> Finding:
    place = shutil.which(name)
    return Finding(name, place or "not found", needed, "" if place else advice)


def _disk() -> Finding:
    free = shutil.disk_usage(Path.cwd()).free / 1e9
    advice = "" if free >= FREE_GIGABYTES else f"a first run wants {FREE_GIGABYTES} GB: free some"
    return Finding("disk", f"{free:.0f} GB free", False, advice)


def _checkout() -> list[Finding]:
    return [
        _file("dvc.yaml", "run detection in the folder of a checkout", needed=True),
        _file("dvc.lock", "nothing was run yet: dvc repro", needed=False),
        _file("data/report/report.html", "no report yet: dvc repro", needed=False),
        _file("export/bundle/manifest.json", "no bundle yet: dvc repro; detection verdict says why not", needed=False),
    ]


def _file(name: str, advice: str, *, needed: bool) -> Finding:
    there = Path(name).is_file()
    return Finding(name, "there" if there else "not there", needed, "" if there else advice)


def _table(findings: list[Finding]) -> Table:
    table = Table()
    for heading in ("what", "found", "what to do"):
        table.add_column(heading, overflow="fold")
    for finding in findings:
        style = "red" if finding.needed and finding.advice else "yellow" if finding.advice else None
        table.add_row(finding.subject, finding.found, finding.advice, style=style)
    return table
