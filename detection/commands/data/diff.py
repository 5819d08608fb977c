"""``detection data diff``: how two versions of the labels differ.

Reads  the tables of two revisions, folders or the workspace; specs/spec.yaml for the overlap that makes one object
Writes a page, if asked for
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import track

from detection.commands.data.terminal import plain, table
from detection.outside import files, html
from detection.outside.documents import read_document
from detection.outside.revisions import pictures
from detection.outside.revisions.opening import Opened, open_version
from detection.outside.revisions.places import WORKSPACE
from detection.rules.evidence.labels import changes as evidence
from detection.rules.evidence.page import Picture
from detection.rules.evidence.tables import Column
from detection.rules.labels.versions.changes import Changes, compare
from detection.rules.spec.spec import Spec

SPEC = Path("specs/spec.yaml")
USUAL_IOU = 0.5
"""Where there is no spec to say."""
SHOWN = 10
"""Frames listed in the terminal."""

First = Annotated[str, typer.Argument(metavar="REV1", help="The earlier version: a revision of git, or a folder.")]
Second = Annotated[str, typer.Argument(metavar="REV2", help="The later one; `workspace` is the files as they are.")]
Html = Annotated[Path | None, typer.Option("--html", help="Write a page with pictures of the largest changes.")]
Iou = Annotated[
    float | None,
    typer.Option(min=0.01, max=1.0, help="Overlap of one object's boxes; the spec's agreement_iou unless given."),
]
Number = Annotated[int, typer.Option("--pictures", min=0, max=200, help="How many frames the page shows.")]

EPILOG = "Example: detection data diff v1.0 --html diff.html; detection data diff v1.0 v1.1 --iou 0.7"


def diff(
    first: First, second: Second = WORKSPACE, page: Html = None, iou: Iou = None, pictures_wanted: Number = 12
) -> None:
    """Compare two versions of the labels: frames and boxes added, removed, moved, re-classed; per class.

    A version is a revision of git (its tables are read from DVC's cache, nothing is checked out), `workspace`, or a
    folder with frames.parquet, labels.parquet and labelled.parquet, such as a copy of data/.
    """
    old, new = open_version(first), open_version(second)
    found = compare(old.version, new.version, _agreement_iou() if iou is None else iou)
    _show(found)
    if page is not None:
        drawn = _drawn(found, old, new, pictures_wanted)
        files.write_text(page, html.page(evidence.page(found, drawn)))
        typer.echo(f"page     {page}")


def _agreement_iou() -> float:
    return read_document(Spec, SPEC).labelling.agreement_iou if SPEC.is_file() else USUAL_IOU


def _drawn(found: Changes, old: Opened, new: Opened, number: int) -> list[Picture]:
    places = [int(place) for place in found.largest(number)]
    return [
        pictures.picture(found, place, old, new)
        for place in track(places, "diff pictures", console=Console(stderr=True))
    ]


def _show(found: Changes) -> None:
    console = Console()
    console.print(escape(f"{plain(found.old.name)} → {plain(found.new.name)}: {evidence.statement(found)}"))
    frames = (Column("Frames"), Column("Number", number=True))
    rows = [row for row in evidence.frame_cells(found) if row[1].text != "0"]
    console.print(table(frames, rows))
    for told in evidence.class_tables(found):
        console.print(table(told.columns, told.rows))
        console.print(escape(told.note), style="dim", end="\n" if told.note else "")
    if largest := evidence.largest_cells(found, SHOWN):
        console.print(table(evidence.LARGEST_COLUMNS, largest))
