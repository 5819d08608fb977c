"""``detection compare``: may the challenger replace the champion?

Reads  two contenders, each a folder, `workspace` or a revision of git: their models, calibration, thresholds and, where
       they are of the same frozen sets, their observations; data/ for these sets; specs/spec.yaml
Writes comparison.json, and a page if asked for
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from detection.outside import documents, exits, files, html
from detection.outside.contenders import examining
from detection.outside.contenders.examining import Terms
from detection.rules.evidence.judging import comparison as evidence
from detection.rules.evidence.judging.guardrails import decided
from detection.rules.evidence.tone import Tone
from detection.rules.judging.comparison.guardrails import Drawing
from detection.rules.judging.comparison.sheet import ComparisonSheet
from detection.rules.spec.spec import Spec

HELP = "May the challenger replace the champion? Exit status 0 to promote, 2 to keep the champion."

app = typer.Typer(help=HELP, add_completion=False)

SPEC = Path("specs/spec.yaml")
OUT = Path("data/compare/comparison.json")
STYLES = {Tone.GOOD: "green", Tone.BAD: "red", Tone.UNSURE: "yellow"}
EPILOG = "Example: detection compare v1.0 workspace --html comparison.html"

First = Annotated[str, typer.Argument(metavar="CHAMPION", help="What is live: a revision of git, or a folder.")]
Second = Annotated[str, typer.Argument(metavar="CHALLENGER", help="What would replace it; `workspace` is data/.")]
Html = Annotated[Path | None, typer.Option("--html", help="Write a page.")]
Json = Annotated[Path, typer.Option("--json", help="Where every figure and the decision are kept.")]
Resamples = Annotated[int, typer.Option(min=100, max=100_000, help="How often groups are drawn for the bounds.")]
Seed = Annotated[int, typer.Option(min=0, help="Of the draws.")]
Timed = Annotated[int, typer.Option("--timed", min=0, help="Frames on which both are timed; 0 proves no latency.")]
Threads = Annotated[int, typer.Option(min=1, help="That compute one frame.")]
Again = Annotated[bool, typer.Option("--again", help="Run both models again, even where their figures are of today's.")]


@app.command(help=HELP, epilog=EPILOG)
def compare(
    champion: First, challenger: Second, page: Html = None, out: Json = OUT, resamples: Resamples = 1000,
    seed: Seed = 0, timed: Timed = 200, threads: Threads = 1, again: Again = False,
) -> None:  # fmt: skip
    """Judge both on the same frozen sets, say what is proven, leave with the recommendation's status."""
    spec = documents.read_document(Spec, SPEC)
    drawing = Drawing(resamples, seed, spec.comparison.confidence)
    sheet = examining.compared(champion, challenger, Terms(spec, drawing, timed, threads, again))
    documents.write_value(out, sheet)
    console = Console()
    show(sheet, console)
    console.print(f"figures  {out}", highlight=False, markup=False, soft_wrap=True)
    if page is not None:
        files.write_text(page, html.page(evidence.page(sheet)))
        console.print(f"page     {page}", highlight=False, markup=False, soft_wrap=True)
    if sheet.recommendation.advice == "KEEP":
        raise typer.Exit(exits.REFUSED)


def show(sheet: ComparisonSheet, console: Console) -> None:
    """What decided, line by line, then the recommendation with its reasons."""
    told = decided(sheet)
    table = Table(title=_plain(f"{sheet.champion.name} → {sheet.challenger.name}"), title_justify="left")
    for column in told.columns:
        table.add_column(column.name, justify="right" if column.number else "left", overflow="fold")
    for what, champion, challenger, change, asked, verdict in told.rows:
        style = STYLES.get(verdict.tone, "dim")
        figures = (what.text, champion.text, challenger.text, change.note or change.text, asked.text)
        table.add_row(*map(_plain, figures), f"[{style}]{_plain(verdict.text)}[/]")
    console.print(table)
    for side in (sheet.champion, sheet.challenger):
        if side.rescored:
            console.print(_plain(f"{side.name} was run again: {side.rescored}"), style="dim", highlight=False)
    said = sheet.recommendation
    colour = "green" if said.advice == "PROMOTE" else "yellow"
    console.print(f"[{colour}]{said.advice}[/]: {_plain(evidence.headline(sheet))}", highlight=False)
    for sentence in (*said.reasons, *said.counterfactuals):
        console.print(f"  {_plain(sentence)}", highlight=False, soft_wrap=True)


def _plain(text: str) -> str:
    """``text`` as a terminal may have it."""
    return escape(exits.shown(text))
