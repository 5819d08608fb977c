"""``detection review send``: a session's frames for CVAT or Label Studio, instead of the App.

Reads  a session's folder
Writes the folder named, whole or not at all
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from detection.errors import DetectionError
from detection.outside.review import exchange, sessions
from detection.outside.review.exchange import Tool

EPILOG = "Make the session with `detection review open ... --no-app`; bring it back with `detection review receive`."


class OpenedError(DetectionError):
    """The App holds answers of this session already: two tools cannot be told apart."""


def run(
    session: Annotated[Path, typer.Argument(help="Folder of the session.")],
    form: Annotated[Tool, typer.Option("--format", help="Whose format.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder to write; missing or empty.")],
) -> None:
    """Write a session's frames and proposals as CVAT or Label Studio; blind frames without proposals."""
    made = sessions.read(session)
    if sessions.has_database(session):
        raise OpenedError(f"{session}: was opened in the App; review it there, or open the queue in another session")
    exchange.send(session, made, form, out)
    print(f"{out}: {len(made.items)} frames for {made.annotator} as {form.value}")
