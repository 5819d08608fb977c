"""``detection story``: a year in the warehouse, from the release to the alarm, the labels and the challenger.

Reads  specs/story.yaml, and what ``dvc repro`` left: data/, specs/, params.yaml, export/bundle; changes none of it
Writes the folder named by --out: story.html, story.json, telemetry, decisions, queues, the challenger's workspace
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from detection.rules.field.story.chronicle import Chronicle

HELP = "Live through a year that changes and one that does not: is the alarm early, and does retraining bring it back?"

app = typer.Typer(help=HELP, add_completion=False)

Specified = Annotated[Path, typer.Option("--plan", help="What is played.")]
Workspace = Annotated[Path, typer.Option(help="With a finished `dvc repro`; only read.")]
Out = Annotated[Path, typer.Option(help="Folder for the page and all that stands behind it; emptied first.")]


@app.command(help=HELP, epilog="Example: detection story --out story")
def story(plan: Specified = Path("specs/story.yaml"), workspace: Workspace = Path(), out: Out = Path("story")) -> None:
    """Play, tell, leave with the verdict's status."""
    from detection.outside import documents, exits, files, html
    from detection.outside.story import showing, telling
    from detection.outside.story.telling import Wish
    from detection.rules.evidence import story as evidence
    from detection.rules.field.story.plan import Plan

    console = Console(stderr=True)

    def say(words: str) -> None:
        console.print(words, highlight=False, markup=False)

    wish = Wish(workspace, documents.read_document(Plan, plan), out, min(4, os.cpu_count() or 1), say)
    lived = telling.tell(wish)
    documents.write_value(out / "story.json", lived.chronicle)
    files.write_text(out / "story.html", html.page(evidence.page(lived.chronicle, showing.show(lived))))
    show(lived.chronicle, Console())
    print(f"page     {out / 'story.html'}")
    if not all(one.held for one in lived.chronicle.verdicts):
        raise typer.Exit(exits.REFUSED)


def show(chronicle: Chronicle, console: Console) -> None:
    """What happened, the figures, and what had to be shown."""
    events = Table(title="the year", title_justify="left")
    for name in ("day", "what", "in words"):
        events.add_column(name, overflow="fold")
    for one in chronicle.year.happenings:
        events.add_row(str(one.day), one.what, escape(one.words))
    console.print(events)
    figures = Table(title="true precision / recall", title_justify="left")
    for name in ("slice", "first release", "before the change", "challenger"):
        figures.add_column(name, justify="left" if name == "slice" else "right")
    for row in chronicle.figures:
        cells = (f"{hits.precision:.3f} / {hits.recall:.3f}" for hits in (row.first, row.fallen, row.after))
        figures.add_row(row.name, *cells)
    console.print(figures)
    for verdict in chronicle.verdicts:
        word = "[green]shown[/]" if verdict.held else "[red]NOT SHOWN[/]"
        console.print(f"{word} {escape(verdict.name)}: {escape(verdict.words)}", highlight=False)
    told = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in chronicle.seconds.items())
    console.print(f"it took {told}", highlight=False, markup=False)
