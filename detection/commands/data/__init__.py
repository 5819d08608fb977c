"""``detection data``: look at data versions, hand labels on, prove that nothing is damaged, audit a split."""

from __future__ import annotations

import typer

from detection.commands.data import card, diff, export, leakage, verify

app = typer.Typer(
    help="Labels and frames: export, verify, compare two versions, audit a split, print the data card.",
    add_completion=False,
)
app.command()(export.export)
app.command(epilog=verify.EPILOG)(verify.verify)
app.command(epilog=diff.EPILOG)(diff.diff)
app.command()(leakage.leakage)
app.command(epilog=card.EPILOG)(card.card)
