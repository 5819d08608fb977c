"""``detection registry register``: a bundle becomes a version, in Development everywhere."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from detection.commands.registry.doing.options import Comparisons, identifier
from detection.commands.registry.options import RegistryUrl
from detection.edge.trust.bundle import open_bundle
from detection.outside import documents
from detection.outside.registry import comparisons, places
from detection.outside.registry.submissions import registering, stored
from detection.outside.registry.submissions.registering import COSTS, Submission
from detection.rules.judging.costs import CostSheet

EPILOG = "Example: detection registry register export/bundle --submitter engineer-1"


def run(
    bundle: Annotated[Path, typer.Argument(metavar="BUNDLE", help="The bundle's folder.")] = Path("export/bundle"),
    submitter: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who registers, and may not approve; of params.yaml if left out.")
    ] = None,
    tag: Annotated[
        list[str] | None,
        typer.Option("--tag", metavar="WORD", help="To find it by; repeat. Of params.yaml if left out."),
    ] = None,
    comparison: Comparisons = None,
    registry: RegistryUrl = None,
) -> None:
    """Take a bundle in as a version with a number of its own; one that is registered already stays what it was."""
    opened = open_bundle(bundle)
    by, tags = submitter or places.section().submitter, tag if tag is not None else places.section().tags
    for name in (by, *tags):
        identifier(name)
    costs = documents.read_value(CostSheet, COSTS) if COSTS.exists() else None
    with places.opened(registry, create=True) as here:
        known = comparisons.answerers(here.versions(opened.manifest.name))
        about = comparisons.read(comparison or (), (*known, registering.answerer_of(opened)))
        compared = next((one for one in about if one.challenger == opened.digest), None)
        submission = Submission(by, tuple(tags), stored.place_of(opened), costs, compared)
        version = registering.register(here, opened, submission, datetime.now(UTC))
    print(f"{version.content.model} {version.number}  {version.content.digest}")
    print(version.reason)
    print(f"registered by {version.submitter} on {version.registered_at:%Y-%m-%d}; in Development everywhere")
