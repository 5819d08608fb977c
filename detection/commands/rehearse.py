"""``detection rehearse``: can each gate block? Faults are planted one at a time, in copies of this workspace.

Reads  what ``dvc repro`` left, specs/ and params.yaml; changes none of it
Writes rehearsal.json and rehearsal.html in the folder named by --out
"""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from detection.errors import DetectionError, GateRefusalError
from detection.outside import documents, files, html
from detection.rules.evidence.judging import rehearsal as evidence
from detection.rules.judging import rehearsal as rules
from detection.rules.judging.rehearsal import Check, Fault, RehearsalSheet, Rehearsed, Trial
from detection.rules.spec.spec import Spec
from detection.rules.variants import Variants

if TYPE_CHECKING:
    from detection.outside.faults.trials import Plan

HELP = "Plant faults, one at a time: does each gate block? Exit status 2 if a fault is caught by nobody."

app = typer.Typer(help=HELP, add_completion=False)

WORKSPACE = Path()
FaultName = Enum("FaultName", {name: name for name in get_args(Fault)})  # type: ignore[misc]
"""What ``--only`` takes."""
ONLY = f"Plant this fault; again for more. All if none. Faults: {', '.join(get_args(Fault))}."


@app.command(help=HELP, epilog="Example: detection rehearse --only swapped-channels --only wrong-thresholds")
def rehearse(
    only: Annotated[list[FaultName] | None, typer.Option(metavar="FAULT", help=ONLY)] = None,
    out: Annotated[Path, typer.Option(help="Folder for the page and the record.")] = Path("rehearsal"),
) -> None:
    """Judge the sound model, then each fault; print fault, line that caught it, margin."""
    from detection.outside.faults import trials

    wanted = {one.value for one in only or FaultName}
    spec = documents.read_document(Spec, Path("specs/spec.yaml"))
    variants = documents.read_value(Variants, Path("data/convert/variants.json"))
    console, progress = Console(), Console(stderr=True)
    with _stopped_in_order():
        with progress.status("the model as it is"):
            sound = trials.sound(WORKSPACE)
        console.print(_standing(sound), highlight=False)
        tried = list(_tried([plan for plan in trials.PROGRAMME if plan.fault in wanted], sound, progress))
    sheet = rules.sheet(sound, tried, {variant.name: variant.sha256 for variant in variants.variants})
    documents.write_value(out / "rehearsal.json", sheet)
    files.write_text(out / "rehearsal.html", html.page(evidence.page(sheet, spec.name)))
    console.print(table_of(sheet))
    console.print(f"page     {out / 'rehearsal.html'}", highlight=False)
    if sheet.verdict != "PASS":
        raise GateRefusalError(
            f"{sheet.sentence}; a line of the spec must be added or tightened for what nobody caught"
        )


def table_of(sheet: RehearsalSheet) -> Table:
    """One row a fault: who caught it, by how much."""
    title = f"{sheet.sentence[:1].upper()}{sheet.sentence[1:]}"
    table = Table(title=title, title_justify="left", title_style="green" if sheet.verdict == "PASS" else "red")
    for heading in ("fault", "line that caught it", "margin"):
        table.add_column(heading, overflow="fold")
    for row in sheet.rows:
        table.add_row(row.fault, *_caught(row))
    return table


def _caught(row: Rehearsed) -> tuple[str, str]:
    if row.obstacle:
        return f"[dim]not planted: {escape(row.obstacle)}[/]", ""
    if row.missed:
        return f"[red]NOT CAUGHT[/]: {escape(row.planted)}", ""
    first, *others = row.caught_by
    more = f", and {len(others)} more" if others else ""
    return f"{first.verdict} {first.guard}: {escape(first.name)}{more}", rules.degree_of(first)


@contextmanager
def _stopped_in_order() -> Iterator[None]:
    """Whoever ends the rehearsal, or closes its terminal, ends the running stage and removes its workspace too."""
    former = {one: signal.signal(one, signal.default_int_handler) for one in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for one, handler in former.items():
            signal.signal(one, handler)


def _tried(plans: Sequence[Plan], sound: Sequence[Check], progress: Console) -> Iterator[Trial]:
    from detection.outside.faults import trials

    for number, plan in enumerate(plans, 1):
        with progress.status(f"{number} of {len(plans)}: {plan.fault}"):
            trial = trials.tried(plan, WORKSPACE)
        progress.print(rules.rehearsed(trial, sound).sentence, highlight=False, markup=False)
        yield trial


def _standing(sound: Sequence[Check]) -> str:
    """How the model stands without any fault: nothing can be told of faults by lines that are red already."""
    red = [check for check in sound if check.verdict != "PASS"]
    if not red:
        return f"without a fault: all {len(sound)} lines are green"
    if len(red) == len(sound):
        raise DetectionError(
            "every line is red without any fault: no fault can be told from none; mend the model first"
        )
    said = "\n".join(f"  {check.verdict}  {escape(check.sentence)}" for check in red)
    return f"without a fault {len(red)} of {len(sound)} lines are red already and can catch nothing:\n{said}"
