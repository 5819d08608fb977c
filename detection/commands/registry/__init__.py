"""``detection registry``: what is live where, who approved it on what evidence, and how to go back.

Every module of ``doing`` (changes what is registered, live or allowed), ``keeping`` (keeps the registry itself) and
``asking`` (reads it) that has a function ``run`` is a verb of its name, read only when it is typed. The parameters of
``run`` are the verb's options, the first line of its docstring is the verb's help; the module may have ``EPILOG``.
"""

from __future__ import annotations

import ast
import gc
import importlib
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

HELP = "What is live, who approved it, on what evidence, and how to go back. Exit status 2 if an order is refused."

ROOMS = ("doing", "keeping", "asking")


class Verbs(TyperGroup):
    """The verbs with their help lines; the one that was typed is read from its module."""

    def list_commands(self, ctx: Any) -> list[str]:
        """What changes the registry first, in the order of the alphabet."""
        return list(_PLACES)

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The verb that was typed, as its module has it."""
        name, _, rest = super().resolve_command(ctx, args)
        return name, None if name is None else verb(name), rest


def verbs() -> dict[str, str]:
    """Each verb and its help line, none of the modules imported."""
    return {name: _help_line(path) for name, path in _PLACES.items()}


def verb(name: str) -> Any:
    """One verb's command, its module imported."""
    module = _module(f"{__name__}.{_PLACES[name].parent.name}.{name}")
    own = typer.Typer(add_completion=False)
    own.command(name, epilog=getattr(module, "EPILOG", None))(module.run)
    return get_command(own)


def _module(name: str) -> Any:
    """A verb's module, read in two thirds of the time: what is read stays, so there is nothing to collect, ever."""
    gc.disable()
    try:
        return importlib.import_module(name)
    finally:
        gc.freeze()
        gc.enable()


def _places() -> dict[str, Path]:
    """Each verb and its module."""
    folder = Path(__file__).parent
    found = (path for room in ROOMS for path in sorted((folder / room).glob("[a-z]*.py")))
    return {path.stem: path for path in found if "\ndef run(" in path.read_text("utf-8")}


def _help_line(path: Path) -> str:
    """First line of the docstring of the module's function ``run``."""
    tree = ast.parse(path.read_bytes())
    run = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "run")
    return (ast.get_docstring(run) or "").splitlines()[0]


def _nothing() -> None:
    """Stand for a verb in the overview; :class:`Verbs` never runs it."""


_PLACES = _places()
app = typer.Typer(cls=Verbs, help=HELP, add_completion=False)
app.callback()(_nothing)
for _name, _line in verbs().items():
    app.command(_name, help=_line)(_nothing)
