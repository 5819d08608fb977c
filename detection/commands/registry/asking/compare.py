"""``detection registry compare``: what is different between two registered versions, and what to do about it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from detection.commands.registry.asking import terminal
from detection.commands.registry.asking.options import OfModel, opened
from detection.commands.registry.options import RegistryUrl
from detection.outside import files, html
from detection.outside.registry import comparisons
from detection.rules.evidence.registry import compared as evidence
from detection.rules.registry.versions import comparing

EPILOG = "Example: detection registry compare 1.0.0 latest --html comparison.html"

First = Annotated[str, typer.Argument(metavar="OLD", help="What is live, or older: 1.2.3, `latest`, or its digest.")]
Second = Annotated[str, typer.Argument(metavar="NEW", help="What might replace it, named likewise.")]
Sheets = Annotated[
    list[Path] | None,
    typer.Option(
        "--comparison", metavar="FILE", help="What `detection compare` wrote; repeat. data/compare if left out."
    ),
]
Html = Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write it as a page, too.")]


def run(
    first: First, second: Second, model: OfModel = None, comparison: Sheets = None, page: Html = None,
    registry: RegistryUrl = None,
) -> None:  # fmt: skip
    """Compare two versions: metrics, latency, size, data, spec, params; with a recommendation and its reasons."""
    with opened(registry) as asked:
        before, after = asked.version(first, model), asked.version(second, model)
    sheets = comparisons.read(comparison or (), comparisons.answerers((before, after)))
    pair = before.content.digest, after.content.digest
    sheet = next((one for one in sheets if (one.champion, one.challenger) == pair), None)
    said = comparing.compared(before, after, sheet)
    console = Console()
    terminal.line(f"{before.content.model} {before.number} → {after.number}", console, "bold")
    for section in evidence.sections(said):
        terminal.section(section, console)
    if page is not None:
        files.write_text(page, html.page(evidence.page(said)))
        terminal.line(f"page: {page}", console)
