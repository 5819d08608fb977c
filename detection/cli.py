"""Names to commands, errors to one line, verdicts to exit codes.

A noun's module is imported only when the noun is typed: ``detection --help`` answers without torch, numpy or pydantic.
The help lines therefore stand here as well as in the modules; a test holds them equal.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from difflib import get_close_matches

import typer
from typer.core import TyperGroup
from typer.main import get_command

from detection.errors import DetectionError, EnvironmentMissingError
from detection.outside import exits

NOUNS = {
    "spec": "What must hold: show the specification, or check it.",
    "scenes": "The practice world: look at a contact sheet of it.",
    "data": "Labels and frames: export, verify, compare two versions, audit a split, print the data card.",
    "golden": "The frozen golden and challenge sets: freeze, add, remove or list frames, each with a reason.",
    "power": "What the judging sets can prove of the specification, before training.",
    "targets": "Which architectures can meet the targets' time, memory and size, before anyone trains.",
    "compare": "May the challenger replace the champion? Exit status 0 to promote, 2 to keep the champion.",
    "rehearse": "Plant faults, one at a time: does each gate block? Exit status 2 if a fault is caught by nobody.",
    "doctor": "What is installed, what is missing, what to do.",
    "verdict": "What the gate said, and where the report and the bundle are.",
    "bundle": "Sign a bundle, check it, or look into it.",
    "telemetry": "Take in what devices tell, over HTTP: the receiver, the devices' keys, what has arrived.",
    "monitor": "Is the field still the world that was validated? Exit status 2 on an alarm.",
    "season": (
        "Play a control season and the next one to the bundle: does the monitor see the change, and only the change?"
    ),
    "story": (
        "Live through a year that changes and one that does not: is the alarm early, and does retraining bring it back?"
    ),
    "policy": "Explore when retraining would be proposed: drift, objectives, staleness; cooldown and circuit breaker.",
    "replay": "Take a stored decision again from its inputs, or all of them. Exit status 2 if an answer differs.",
    "review": "Frames of the field for a person to look at: queue them, open them in FiftyOne, bring corrections home.",
    "registry": (
        "What is live, who approved it, on what evidence, and how to go back. Exit status 2 if an order is refused."
    ),
    "score": "The ML Test Score of this workspace, 28 rows with their proof, and the next move of its maturity.",
}
"""Each noun a person types, and its help line. ``detection/commands/<noun>.py`` exposes ``app: typer.Typer``."""

UsageError: type[Exception] = typer.BadParameter.__mro__[1]
"""What the parser raises for a command line it cannot read; typer exports only this child of it."""

NO_STRANGERS = ("PYDANTIC_DISABLE_PLUGINS", "__all__")
"""Documents are checked by nobody's plugins; to look for some among all packages takes a twelfth of a short command."""

SUMMARY = "From labelled pictures to a detector that runs, is watched and can be improved on edge devices."
EPILOG = "The pipeline itself is `dvc repro`. Example: detection spec show"


def main() -> None:
    """Entry point of the program ``detection``."""
    os.environ.setdefault(*NO_STRANGERS)
    exits.run(lambda: call(sys.argv[1:]))


def call(words: Sequence[str]) -> None:
    """Run one command line, given without the program's name.

    Raises:
        DetectionError: the line cannot be read, or what it asked for failed.
        SystemExit: the command chose its own exit status.
    """
    noun, rest = (words[0], words[1:]) if words and words[0] in NOUNS else ("", words)
    program = f"detection {noun}".strip()
    command = get_command(_app(noun))
    if not rest and isinstance(command, TyperGroup):
        rest = ["--help"]
    try:
        status = command.main(list(rest), prog_name=program, standalone_mode=False)
    except UsageError as error:
        raise DetectionError(_usage(error, program, words)) from error
    except typer.Abort as error:
        raise KeyboardInterrupt from error
    if status == exits.STOPPED:
        raise KeyboardInterrupt
    if isinstance(status, int) and status:
        sys.exit(status)


def _app(noun: str) -> typer.Typer:
    if not noun:
        return _overview()
    try:
        module = importlib.import_module(f"detection.commands.{noun}")
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("detection"):
            raise
        raise EnvironmentMissingError(
            f"detection {noun} needs the package {error.name!r}, which is not installed here; "
            "run `make environment`, or `detection doctor` to see what is missing"
        ) from error
    app: typer.Typer = module.app
    return app


def _overview() -> typer.Typer:
    """All nouns with their help lines, none of them imported."""
    app = typer.Typer(help=SUMMARY, epilog=EPILOG, add_completion=False)
    for noun, line in NOUNS.items():
        app.command(noun, help=line)(_nothing)
    return app


def _nothing() -> None:
    """Stand for a command in the overview; :func:`call` never comes here."""


def _usage(error: Exception, program: str, words: Sequence[str]) -> str:
    """One line: what was wrong, and which help to read; the parser says of a missing option which one only if asked."""
    told = getattr(error, "format_message", lambda: str(error))
    said = " ".join(str(told()).split()).rstrip(".")
    place = getattr(getattr(error, "ctx", None), "command_path", program)
    near = get_close_matches(words[0], NOUNS, 1) if words and program == "detection" else []
    guess = f"did you mean `detection {near[0]}`? " if near and "Did you mean" not in said else ""
    return f"{said}; {guess}`{place} --help` shows what can be typed"


if __name__ == "__main__":
    main()
