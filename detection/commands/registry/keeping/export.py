"""``detection registry export``: the record that is kept, and that an examiner can check without the registry.

Reads  the registry; specs/spec.yaml; specs/people.yaml; params.yaml section register
Writes the folder that was named, and a line in the registry's log that says so
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from detection.commands.registry.asking.options import PeopleFile
from detection.commands.registry.doing.options import identifier, noted
from detection.commands.registry.options import RegistryUrl
from detection.outside.assurance import exporting
from detection.outside.registry import places
from detection.outside.registry.people import PEOPLE

EPILOG = "Example: detection registry export records/2026-11 && detection registry export records/2026-11 --check"


def run(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder; with --check one that was exported.")],
    check: Annotated[bool, typer.Option("--check", help="Check an exported record; needs no registry.")] = False,
    by: Annotated[
        str | None, typer.Option("--by", metavar="NAME", help="Who exports; the submitter of params.yaml if left out.")
    ] = None,
    people: PeopleFile = PEOPLE,
    registry: RegistryUrl = None,
) -> None:
    """Write the whole record with a statement of what it claims, or check one that was written."""
    if check:
        head = exporting.check(folder)
        print(f"{folder}: whole; {head.number} entries, the last {head.digest}")
        return
    who = None if by is None else identifier(by)
    governance = places.specified().governance
    with places.opened(registry) as here:
        head, now = exporting.export(here, folder, governance, people, datetime.now(UTC)), datetime.now(UTC)
        print(f"{folder}: {head.number} entries, the last {head.digest}")
        noted(lambda: exporting.note(here, folder, head, who or places.section().submitter, now))
    print(f"keep it for {governance.records.retention_days} days")
    print(f"check it anywhere: detection registry export {folder} --check")
