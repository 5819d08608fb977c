"""From the command line into ``.venv-review``: starts the review tool on a session, and waits for it."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

from detection.errors import DetectionError, EnvironmentMissingError

ENVIRONMENT = Path(".venv-review")
ROOT = Path(__file__).resolve().parents[3]
"""Where the package ``detection`` is found."""


class ReviewToolError(DetectionError):
    """The review tool ended with a fault that it has told: do what it says."""


def show(environment: Path, folder: Path, port: int) -> None:
    """Show a session in the App until Ctrl-C; its address is printed by the tool.

    Raises:
        EnvironmentMissingError: the environment was not made.
        ReviewToolError: the tool ended with a fault.
    """
    process = subprocess.Popen(
        [*_program(environment), "serve", str(folder.resolve()), str(port)], env=_variables(), start_new_session=True
    )
    try:
        process.wait()
    except KeyboardInterrupt:
        process.send_signal(signal.SIGTERM)
        process.wait()
    if process.returncode not in (0, -signal.SIGTERM):
        raise ReviewToolError(f"{folder}: the review tool ended with status {process.returncode}; see above")


def collect(environment: Path, folder: Path) -> None:
    """Have the tool write ``answers.json`` from its database; whoever calls holds the session.

    Raises:
        EnvironmentMissingError: the environment was not made.
        ReviewToolError: the tool ended with a fault.
    """
    words = [*_program(environment), "collect", str(folder.resolve())]
    done = subprocess.run(words, env=_variables(), capture_output=True, text=True, check=False)
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise ReviewToolError(said[-1].removeprefix("error: ") if said else f"{folder}: status {done.returncode}")


def _program(environment: Path) -> list[str]:
    python = (environment if environment.is_absolute() else ROOT / environment) / "bin" / "python"
    if not python.is_file():
        raise EnvironmentMissingError(f"{python}: is missing; the review environment is made by `make review`")
    return [str(python), "-m", "detection.outside.fiftyone.program"]


def _variables() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FIFTYONE_")}
    return {**kept, "PYTHONPATH": str(ROOT)}
