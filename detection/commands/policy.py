"""``detection policy``: what would be done about the field, and why? Explored in the terminal; nothing is decided.

Reads  the specification; with --looked the folder of decisions
Writes with --looked one entry into it
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from detection.errors import DetectionError

HELP = "Explore when retraining would be proposed: drift, objectives, staleness; cooldown and circuit breaker."

app = typer.Typer(help=HELP, add_completion=False)

Specified = Annotated[Path, typer.Option("--spec", help="Whose numbers it starts from.")]
Looked = Annotated[
    str, typer.Option(metavar="WORDS", help="Store that a person looked at the proposals: what was found.")
]
By = Annotated[str, typer.Option(metavar="ROLE", help="Who looked; with --looked.")]
At = Annotated[str, typer.Option(metavar="TIME", help="When; empty is now (UTC).")]
Decisions = Annotated[Path, typer.Option(metavar="DIR", help="Where decisions are stored.")]
Screen = Annotated[
    bool, typer.Option("--screen/--no-screen", help="Without: print the policy, and a year of each trigger.")
]


@app.command(help=HELP, epilog='Example: detection policy --looked "the lamp was replaced" --by quality')
def policy(
    spec: Specified = Path("specs/spec.yaml"),
    looked: Looked = "",
    by: By = "",
    at: At = "",
    decisions: Decisions = Path("decisions"),
    screen: Screen = True,
) -> None:
    """Explore; or store that somebody looked, which lets a circuit breaker count anew."""
    if looked or by:
        _look(decisions, looked, by, at)
        return
    from detection.outside.documents import read_document
    from detection.rules.field.retrain.policy import policy_of
    from detection.rules.spec.spec import Spec

    stated = policy_of(read_document(Spec, spec))
    if screen and sys.stdout.isatty():
        from detection.outside.textual import explore  # slow to load

        explore(stated)
    else:
        from detection.outside.textual import printed

        print(printed(stated))


def _look(decisions: Path, words: str, by: str, at: str) -> None:
    from detection.outside.decisions import Ledger

    if not (words.strip() and by.strip()):
        raise DetectionError('policy: --looked "what was found" and --by ROLE go together; give both')
    try:
        moment = datetime.fromisoformat(at) if at else datetime.now(UTC).replace(microsecond=0)
    except ValueError as error:
        raise DetectionError(f"--at {at}: is no time; expected one such as 2026-11-21T06:00:00Z") from error
    look = Ledger(decisions).look(by, words, moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    print(f"{decisions}: {look.id}, entry {look.number}; a circuit breaker counts from {look.at:%Y-%m-%d %H:%M} UTC")
