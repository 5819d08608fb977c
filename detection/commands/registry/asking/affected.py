"""``detection registry affected``: which versions were made from something, and which of them are live."""

from __future__ import annotations

from typing import Annotated

import typer

from detection.commands.registry.asking.options import opened
from detection.commands.registry.asking.standing import told
from detection.commands.registry.options import RegistryUrl
from detection.errors import DetectionError
from detection.outside import exits
from detection.outside.database.answers.finding import Kind

EPILOG = "Example: detection registry affected --package torch==2.15.0"

Data = Annotated[str, typer.Option("--data", metavar="FILE", help="A file of the data, or six digits of its SHA-256.")]
Commit = Annotated[str, typer.Option("--commit", metavar="COMMIT", help="A commit, or six digits of it.")]
Package = Annotated[str, typer.Option("--package", metavar="NAME", help="A package, such as torch or torch==2.15.0.")]
Parent = Annotated[str, typer.Option("--parent", metavar="DIGEST", help="Of the version it was retrained from.")]
Run = Annotated[str, typer.Option("--run", metavar="ID", help="Of a tracked run.")]


def run(
    data: Data = "", commit: Commit = "", package: Package = "", parent: Parent = "", tracked: Run = "",
    registry: RegistryUrl = None,
) -> None:  # fmt: skip
    """List the versions that were made from one thing, and which of them are live. Exit status 0, also for none."""
    kind, name = _asked({"data": data, "commit": commit, "package": package, "parent": parent, "run": tracked})
    with opened(registry) as asked:
        found = asked.holding(kind, name)
        live = [one for one in asked.live() if one.version in found]
        lines = list(told(asked, found, len(found)))
    said = ", ".join(f"{one.version.number} in {one.slot}" for one in live)
    print(exits.shown(f"{len(found)} version(s) with {kind} {name}; live: {said or 'none'}"))
    for line in lines:
        print(exits.shown(line))


def _asked(options: dict[str, str]) -> tuple[Kind, str]:
    given = [(kind, name) for kind, name in options.items() if name]
    if len(given) != 1:
        raise DetectionError("name one of --data, --commit, --package, --parent, --run: what the versions hold")
    kind, name = given[0]
    return kind, name  # type: ignore[return-value]
