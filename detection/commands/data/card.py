"""``detection data card``: what a version of the data is, on one page.

Reads  the tables and documents of a revision, a folder or the workspace
Writes Markdown to standard output, or Markdown and a page to files
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from detection.outside import files, html
from detection.outside.revisions.opening import open_version
from detection.outside.revisions.places import WORKSPACE
from detection.outside.revisions.telling import told_of
from detection.rules.evidence.labels import card as evidence
from detection.rules.labels.versions.card import card_of

EPILOG = "Example: detection data card v1.0 --out data_card.md --html data_card.html"

Revision = Annotated[str, typer.Argument(metavar="REV", help="A revision of git, a folder, or `workspace`.")]
Out = Annotated[Path | None, typer.Option("--out", help="Write the Markdown to this file instead of the terminal.")]
Html = Annotated[Path | None, typer.Option("--html", help="Write the same as a page.")]


def card(revision: Revision = WORKSPACE, out: Out = None, page: Html = None) -> None:
    """Tell what a version of the data is: sources and rights, counts, annotators, agreement, split, findings.

    Nothing is checked out: a revision's tables are read from DVC's cache. The version's id is SHA-256 over their
    content; equal data has an equal id.
    """
    opened = open_version(revision)
    content = evidence.page(card_of(opened.version, told_of(opened)))
    markdown = html.data_card(content)
    if out is None:
        typer.echo(markdown, nl=False)
    else:
        files.write_text(out, markdown)
    if page is not None:
        files.write_text(page, html.page(content))
