"""``detection score``: how much of what production asks for is proven here, and what to do next.

Reads  what the pipeline, the rehearsal, the story, the monitor and the registry left in the workspace
Writes score.json and a page, if asked for
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from detection.outside import documents
from detection.outside.assurance.gathering import gather
from detection.outside.registry.people import PEOPLE, read_people
from detection.outside.registry.places import registry_url
from detection.rules.assurance.maturity import Maturity, matured
from detection.rules.assurance.score import Score, SectionSum, scored

HELP = "The ML Test Score of this workspace, 28 rows with their proof, and the next move of its maturity."
EPILOG = "Example: detection score --json score.json"

app = typer.Typer(help=HELP, add_completion=False)

_STYLES = {0: "red", 0.5: "yellow", 1: "green"}


@app.command(help=HELP, epilog=EPILOG)
def score(
    out: Annotated[Path | None, typer.Option("--json", help="Write every row with its proof.")] = None,
    url: Annotated[str | None, typer.Option("--registry", metavar="URL", help="Of params.yaml if left out.")] = None,
    people: Annotated[Path, typer.Option("--people", metavar="FILE", help="Who may approve.")] = PEOPLE,
) -> None:
    """Gather, score, answer, show."""
    evidence = gather(registry_url(url), read_people(people) if people.exists() else None, datetime.now(UTC))
    found, grown = scored(evidence), matured(evidence)
    console = Console()
    for one in found.sections:
        console.print(_section(one, found))
    console.print(
        f"Score {found.final:g}, the smallest of the sections: {found.reading}", style="bold", highlight=False
    )
    _say(grown, console)
    if out is not None:
        documents.write_value(out, {"score": found, "maturity": grown})
        console.print(f"figures  {out}", highlight=False, markup=False, soft_wrap=True)


def _section(one: SectionSum, found: Score) -> Table:
    table = Table(title=f"{one.section}: {one.points:g} of 7", title_justify="left")
    table.add_column("test", ratio=3)
    table.add_column("points", justify="right")
    table.add_column("why", ratio=4)
    table.add_column("proof", ratio=3, overflow="fold")
    for row in (row for row in found.rows if row.section == one.section):
        points = f"[{_STYLES[row.answer.points]}]{row.answer.points:g}[/]"
        test = f"{row.number} {row.question}"
        table.add_row(test, points, escape(row.answer.why), escape("\n".join(row.answer.proof)))
    return table


def _say(grown: Maturity, console: Console) -> None:
    console.print(f"Maturity {grown.level} of {len(grown.questions)}", style="bold", highlight=False)
    for one in grown.questions:
        answer = "[green]yes[/]" if one.holds else "[red]no[/] "
        console.print(f"  {answer}  {escape(one.words)} {escape(one.why)}.", highlight=False, soft_wrap=True)
    if grown.move:
        console.print(f"Next move: {escape(grown.move)}", highlight=False, soft_wrap=True)
