"""``detection registry catalogue``: the living documents, written anew from the registry.

Reads  the registry, specs/ (specification, slots, people), bundles where they lie; incidents where they are named
Writes a folder of pages that lead to each other, each as HTML and as Markdown
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from detection.commands.registry.asking.options import PeopleFile, opened
from detection.commands.registry.options import RegistryUrl
from detection.outside import exits
from detection.outside.registry.people import PEOPLE
from detection.outside.registry.reports import site
from detection.outside.registry.reports.reading import Reader
from detection.rules.evidence.registry.words import CATALOGUE

EPILOG = "Example: detection registry catalogue --out governance"

Out = Annotated[Path, typer.Option(metavar="DIR", help="Where the pages go; what lies there is written anew.")]
Incidents = Annotated[
    Path | None, typer.Option("--incidents", metavar="FILE", help="What `detection monitor --json` wrote.")
]
Newest = Annotated[
    int, typer.Option("--versions", min=1, help="How many of the newest get a page; all that were ever live have one.")
]


def run(
    out: Out = Path("governance"), incidents: Incidents = None, versions: Newest = site.NEWEST,
    registry: RegistryUrl = None, people: PeopleFile = PEOPLE,
) -> None:  # fmt: skip
    """Write the catalogue: what is live, rollback plans, history, model cards, sign-offs, inventory, incidents."""
    field = None if incidents is None else site.field_incidents(incidents)
    with opened(registry) as asked:
        known = site.known(Reader(asked, people), datetime.now(UTC), versions)
    number = site.write(out, known, field)
    print(f"{out / CATALOGUE}: {number} pages, each as HTML and as Markdown")
    print(f"audit log: {known.head.number} entries, the last {known.head.digest}")
    if known.fault is not None:
        print(exits.shown(f"audit log: BROKEN at entry {known.fault.number}: {known.fault.words}"))
        raise typer.Exit(exits.REFUSED)
