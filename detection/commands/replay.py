"""``detection replay``: take stored decisions again, from what is stored with them. Same answer?

Reads  the folder of decisions
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from detection.errors import GateRefusalError
from detection.outside.decisions import Ledger
from detection.rules.field.retrain.decision import Decision
from detection.rules.field.retrain.records import Record, replayed

HELP = "Take a stored decision again from its inputs, or all of them. Exit status 2 if an answer differs."

app = typer.Typer(help=HELP, add_completion=False)

Name = Annotated[str, typer.Argument(metavar="[ID]", help="The decision, or the beginning of its id; empty for all.")]
Decisions = Annotated[Path, typer.Option("--decisions", metavar="DIR", help="Where decisions are stored.")]


@app.command(help=HELP, epilog="Example: detection replay decision-3f2a")
def replay(name: Name = "", decisions: Decisions = Path("decisions")) -> None:
    """Check the whole folder, then decide anew."""
    ledger = Ledger(decisions)
    if name:
        record = ledger.find(name)
        _tell(record)
        records: tuple[Record, ...] = (record,)
    else:
        records = ledger.records()
        Console().print(table_of(records))
    different = [one.id for one in records if replayed(one) != one.decision]
    if different:
        raise GateRefusalError(
            f"{len(different)} of {len(records)} decisions have another answer today ({', '.join(different[:5])}): "
            "the rules changed since; the stored answer is what was acted on"
        )
    print(f"{len(records)} decision(s) taken again: the same answer")


def table_of(records: tuple[Record, ...]) -> Table:
    """One row a decision, oldest first."""
    shown = Table(title="decisions", title_justify="left")
    for column in ("id", "evidence up to", "action", "because", "held back by", "labels"):
        shown.add_column(column, overflow="fold")
    for one in records:
        decision = one.decision
        shown.add_row(
            one.id, f"{one.inputs.evidence.as_of:%Y-%m-%d %H:%M}", decision.action.value,
            ", ".join(dict.fromkeys(ground.cause for ground in decision.grounds)),
            ", ".join(dict.fromkeys(ground.cause for ground in decision.held_back)), str(decision.labels_wanted or ""),
        )  # fmt: skip
    return shown


def _tell(record: Record) -> None:
    console, evidence = Console(), record.inputs.evidence
    decision = record.decision
    console.print(f"[bold]{decision.action.value}[/]  {record.id}, decided {record.decided_at:%Y-%m-%d %H:%M} UTC on "
                  f"evidence up to {evidence.as_of:%Y-%m-%d %H:%M} UTC", highlight=False)  # fmt: skip
    for line in _lines(decision):
        console.print(escape(line), highlight=False)
    again = replayed(record)
    if again != decision:
        console.print(f"today: [bold]{again.action.value}[/]", highlight=False)
        for line in _lines(again):
            console.print(escape(line), highlight=False)


def _lines(decision: Decision) -> list[str]:
    cost = f"  {decision.labels_wanted} frames to label, {decision.label_hours:g} h"
    cameras = f" (cameras {', '.join(decision.cameras)})" if decision.cameras else ""
    return [
        *(f"  because {ground.words}" for ground in decision.grounds),
        *(f"  held back: {ground.words}" for ground in decision.held_back),
        *([cost + cameras] if decision.labels_wanted else []),
        *([f"  back to {decision.back_to}"] if decision.back_to else []),
    ]
