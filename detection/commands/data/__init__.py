"""``detection data``: look at data versions, hand labels on, prove that nothing is damaged, audit a split.

A verb's module is imported only when the verb is typed: the overview answers without arrays, tables or DVC. The help
lines therefore stand here as well as in the modules; a test holds them equal.
"""

from __future__ import annotations

import importlib
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

VERBS = {
    "export": "Write the labelled frames as COCO, YOLO, VOC, CVAT or Label Studio.",
    "verify": "Read everything again that manifests promise, and name what is damaged. Exit status 1 if anything is.",
    "diff": "Compare two versions of the labels: frames and boxes added, removed, moved, re-classed; per class.",
    "leakage": "Does a split that somebody brought leak? Exit status 2 if it does.",
    "card": "Tell what a version of the data is: sources and rights, counts, annotators, agreement, split, findings.",
}
"""Each verb, and its help line. ``detection/commands/data/<verb>.py`` has a function of that name."""


class Verbs(TyperGroup):
    """The verbs with their help lines; the one that was typed is read from its module."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The verb that was typed, as its module has it."""
        name, _, rest = super().resolve_command(ctx, args)
        return name, None if name is None else verb(name), rest


def verb(name: str) -> Any:
    """One verb's command, its module imported."""
    module = importlib.import_module(f"{__name__}.{name}")
    own = typer.Typer(add_completion=False)
    own.command(name, epilog=getattr(module, "EPILOG", None))(getattr(module, name))
    return get_command(own)


def _nothing() -> None:
    """Stand for a verb in the overview; :class:`Verbs` never runs it."""


app = typer.Typer(
    cls=Verbs,
    help="Labels and frames: export, verify, compare two versions, audit a split, print the data card.",
    add_completion=False,
)
for _name, _line in VERBS.items():
    app.command(_name, help=_line)(_nothing)
