"""``detection review status``: how far a session is, from its last safety copy. Reads only."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from detection.outside.review import sessions
from detection.rules.field.review.session import DECISIONS


def run(
    session: Annotated[Path, typer.Argument(help="Folder of the session.")],
) -> None:
    """How far a session is: decided, overdue, closed or not."""
    made, answers, closed = sessions.read(session), sessions.answers(session), sessions.closed(session)
    said = {} if answers is None else {one.frame: one.decision for one in answers.answers if one.decision}
    counts = Counter(said.values())
    now = datetime.now(UTC)
    waiting = [item for item in made.items if item.frame not in said]
    late = sum(item.overdue(now) for item in waiting)
    print(
        f"{session}: {made.annotator} on {made.queue}; {len(said)} of {len(made.items)} frames decided, {late} overdue"
    )
    print(", ".join(f"{name} {counts[name]}" for name in DECISIONS))
    for reason, count in Counter(item.reason for item in waiting).most_common():
        print(f"  {reason}: {count} to decide")
    if closed is not None:
        print(f"closed on {closed.closed_at:%Y-%m-%d %H:%M} UTC: {closed.delivered} frames in {closed.delivery}")
