"""The packages a bundle needs, in its own slot: a virtual environment, every package held to its hash."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from detection.edge.installation import disk
from detection.edge.installation.disk import InstallationError

NAME = "environment"
PYTHON = f"{NAME}/bin/python"
MINIMUM = (3, 10)
_LINES_SHOWN = 5


def make(slot: Path, wheels: Path | None) -> str:
    """Make the slot's environment from the bundle's requirements.

    Args:
        slot: its folder, with the bundle in it.
        wheels: a folder of wheels; None asks the package registry.

    Returns:
        The interpreter, below the slot's folder.

    Raises:
        InstallationError: Python is too old, or a package is missing, or another than was signed for.
    """
    if sys.version_info[:2] < MINIMUM:
        raise InstallationError(f"this Python is {sys.version.split()[0]}; expected 3.10 or newer; install one")
    call(
        [sys.executable, "-I", "-m", "venv", str(slot / NAME)],
        "no environment can be made; install Python's venv (Debian: apt install python3-venv)",
    )
    words = [str(slot / PYTHON), "-I", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    words += ["--no-input", "--require-hashes", "--only-binary", ":all:", "-r", str(slot / "bundle/requirements.txt")]
    if wheels is not None:
        words += ["--no-index", "--find-links", str(wheels.resolve())]
    call(words, "the packages cannot be installed; give a folder of wheels for this machine with --wheels")
    disk.sync_all()
    return PYTHON


def call(words: Sequence[str], otherwise: str, at_most_s: float | None = None) -> str:
    """Run a program to its end.

    Args:
        words: the program and its arguments.
        otherwise: what to say, and to do, when it fails.
        at_most_s: then it counts as failed; None waits for ever.

    Returns:
        What it printed.

    Raises:
        InstallationError: it failed, with its last words.
    """
    try:
        done = subprocess.run(words, capture_output=True, text=True, errors="replace", check=False, timeout=at_most_s)
    except subprocess.TimeoutExpired as error:
        raise InstallationError(f"{otherwise} (no end after {at_most_s:g} s)") from error
    except OSError as error:
        raise InstallationError(f"{words[0]}: cannot be started ({error.strerror or error}); {otherwise}") from error
    if done.returncode != 0:
        lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        last = " | ".join(lines[-_LINES_SHOWN:])
        raise InstallationError(f"{otherwise} (status {done.returncode}: {last})")
    return done.stdout
