"""What the verbs have in common: where things lie."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Telemetry = Annotated[
    Path, typer.Argument(metavar="TELEMETRY", help="Folder that `run --telemetry` wrote to, or a receiver's store.")
]
Ran = Annotated[Path, typer.Option("--bundle", help="The bundle that was running.")]
Baselines = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Baselines that `detection monitor baseline` accepted.")
]
Decisions = Annotated[Path | None, typer.Option(metavar="DIR", help="Decisions of `detection monitor decide`.")]
Queues = Annotated[
    list[Path] | None, typer.Option("--queue", metavar="DIR", help="A queue of `detection review queue`; repeat.")
]
Sessions = Annotated[
    list[Path] | None, typer.Option("--session", metavar="DIR", help="A session of `detection review open`; repeat.")
]
BUNDLE = Path("export/bundle")
