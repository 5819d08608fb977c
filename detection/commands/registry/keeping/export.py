"""``detection registry export``: the record that is kept, and that an examiner can check without the registry.

Reads  the registry; specs/spec.yaml; specs/people.yaml
Writes the folder that was named
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from detection.commands.registry.asking.options import opened
from detection.outside.assurance import exporting
from detection.outside.registry.people import PEOPLE
from detection.outside.registry.places import specified

EPILOG = "Example: detection registry export records/2026-11 && detection registry export records/2026-11 --check"


def run(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder; with --check one that was exported.")],
    check: Annotated[bool, typer.Option("--check", help="Check an exported record; needs no registry.")] = False,
    people: Annotated[Path, typer.Option("--people", metavar="FILE", help="Who may act.")] = PEOPLE,
    url: Annotated[str | None, typer.Option("--registry", metavar="URL", help="Of params.yaml if left out.")] = None,
) -> None:
    """Write the whole record with a statement of what it claims, or check one that was written."""
    if check:
        head = exporting.check(folder)
        print(f"{folder}: whole; {head.number} entries, the last {head.digest}")
        return
    governance = specified().governance
    with opened(url) as registry:
        head = exporting.export(registry, folder, governance, people, datetime.now(UTC))
    print(
        f"{folder}: {head.number} entries, the last {head.digest}; keep it for {governance.records.retention_days} days"
    )
    print(f"check it anywhere: detection registry export {folder} --check")
