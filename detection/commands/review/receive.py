"""``detection review receive``: what a person labelled in CVAT or Label Studio becomes a session's answers.

Reads  what the tool exported
Writes answers.json in the session's folder
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from detection.errors import DetectionError
from detection.outside.fiftyone import holding
from detection.outside.review import exchange, sessions
from detection.outside.review.exchange import Tool


class NotReceivedError(DetectionError):
    """The session takes no answers from elsewhere: open the queue in another session."""


def run(
    session: Annotated[Path, typer.Argument(help="Folder of the session.")],
    come: Annotated[Path, typer.Argument(metavar="EXPORT", help="Folder or archive that the tool exported.")],
    form: Annotated[Tool, typer.Option("--format", help="Whose format.")],
) -> None:
    """Read back what was labelled in CVAT or Label Studio; every frame in it counts as decided."""
    made = sessions.read(session)
    if sessions.has_database(session) or sessions.closed(session) is not None:
        raise NotReceivedError(f"{session}: was opened in the App or closed; open the queue in another session")
    with holding.held(session):
        answers = exchange.receive(session, made, form, come, datetime.now(UTC))
    counts = Counter(answer.decision for answer in answers.answers)
    told = f"{len(answers.answers)} of {len(made.items)} frames came back, {counts['accept']} of them as they went"
    print(f"{session}: {told}; close with: detection review close {session} --annotator {made.annotator}")
