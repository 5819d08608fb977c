"""``detection monitor``: is the field still the world that was validated, what is to be done, and what is normal here?

A verb's module is imported only when the verb is typed. What is typed without one is a folder to watch:
``detection monitor telemetry`` is ``detection monitor watch telemetry``.
"""

from __future__ import annotations

import importlib
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

HELP = "Is the field still the world that was validated? Exit status 2 on an alarm."
FIRST = "watch"
VERBS = {
    FIRST: "Compare telemetry with the bundle's baselines: a table, a page, an exit status. The verb if none is typed.",
    "decide": "Decide what to do about it (keep, sample, investigate, propose retraining, roll back), and store it.",
    "baseline": "Accept a period of a camera's own telemetry as its baseline, for a camera that the release never saw.",
}
"""Each verb, and its help line. ``detection/commands/monitor/<verb>.py`` has a function of that name."""


class Verbs(TyperGroup):
    """The verbs with their help lines; the one that was typed is read from its module."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """What is no verb and no question for help is watched."""
        if args and args[0] not in (*VERBS, "--help"):
            args = [FIRST, *args]
        return super().parse_args(ctx, args)

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The verb that was typed, as its module has it."""
        name, _, rest = super().resolve_command(ctx, args)
        return name, None if name is None else verb(name), rest


def verb(name: str) -> Any:
    """One verb's command, its module imported."""
    module = importlib.import_module(f"{__name__}.{name}")
    own = typer.Typer(add_completion=False)
    own.command(name, epilog=module.EPILOG)(getattr(module, name))
    return get_command(own)


def _nothing() -> None:
    """Stand for a verb in the overview; :class:`Verbs` never runs it."""


app = typer.Typer(cls=Verbs, help=HELP, add_completion=False)
for _name, _line in VERBS.items():
    app.command(_name, help=_line)(_nothing)
