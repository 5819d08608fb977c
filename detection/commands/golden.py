"""``detection golden``: the frozen judging sets, changed only with a reason."""

from __future__ import annotations

import typer

app = typer.Typer(
    help="The frozen golden and challenge sets: freeze, add, remove or list frames, each with a reason.",
    add_completion=False,
)
