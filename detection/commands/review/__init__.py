"""``detection review``: frames of the field go to a person, and come back as labels.

Every module of this package is a verb of its name, read only when it is typed. It has one function ``run`` whose
parameters are the verb's options and whose docstring's first line is the verb's help, and may have ``EPILOG``.
"""

from __future__ import annotations

import ast
import importlib
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

HELP = "Frames of the field for a person to look at: queue them, open them in FiftyOne, bring corrections home."


class Verbs(TyperGroup):
    """The verbs with their help lines; the one that was typed is read from its module."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The verb that was typed, as its module has it."""
        name, _, rest = super().resolve_command(ctx, args)
        return name, None if name is None else verb(name), rest


def verbs() -> dict[str, str]:
    """Each verb and its help line, none of the modules imported."""
    modules = sorted(path for path in Path(__file__).parent.glob("[a-z]*.py"))
    return {path.stem: _help_line(path) for path in modules}


def verb(name: str) -> Any:
    """One verb's command, its module imported."""
    module = importlib.import_module(f"{__name__}.{name}")
    own = typer.Typer(add_completion=False)
    own.command(name, epilog=getattr(module, "EPILOG", None))(module.run)
    return get_command(own)


def _help_line(path: Path) -> str:
    """First line of the docstring of the module's function ``run``."""
    tree = ast.parse(path.read_bytes())
    run = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "run")
    return (ast.get_docstring(run) or "").splitlines()[0]


def _nothing() -> None:
    """Stand for a verb in the overview; :class:`Verbs` never runs it."""


app = typer.Typer(cls=Verbs, help=HELP, add_completion=False)
for _name, _line in verbs().items():
    app.command(_name, help=_line)(_nothing)
