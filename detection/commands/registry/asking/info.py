"""``detection registry info``: everything that is kept of one version."""

from __future__ import annotations

from datetime import UTC, datetime

from rich.console import Console

from detection.commands.registry.asking import terminal
from detection.commands.registry.asking.options import OfModel, PeopleFile, opened
from detection.commands.registry.options import Named, RegistryUrl
from detection.outside.registry.people import PEOPLE
from detection.outside.registry.reports import site
from detection.outside.registry.reports.reading import Reader
from detection.rules.evidence import lineage
from detection.rules.evidence.registry import card, validation

EPILOG = "Example: detection registry info 1.2.0"


def run(version: Named, model: OfModel = None, registry: RegistryUrl = None, people: PeopleFile = PEOPLE) -> None:
    """Show a version: contract, figures, costs, where it stands, who signed it off, what it was made from."""
    with opened(registry) as asked:
        found = asked.version(version, model)
        known = site.known_of(Reader(asked, people), found, datetime.now(UTC))
    console = Console()
    terminal.line(f"{found.content.model} {found.number}", console, "bold")
    terminal.section(card.identity(found, known), console)
    terminal.section(card.measured(found), console)
    terminal.section(validation.sign_off(found, known), console)
    terminal.section(lineage.section(found.content.lineage), console, unfold=True)
    terminal.show([card.digests(found)], console)
