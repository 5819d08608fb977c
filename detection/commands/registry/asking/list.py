"""``detection registry list``: every version, with its number, its verdict and how far it has come in each slot."""

from __future__ import annotations

from typing import Annotated

import typer

from detection.commands.registry.asking.options import OfModel, opened
from detection.commands.registry.asking.standing import told
from detection.commands.registry.options import RegistryUrl
from detection.outside import exits

EPILOG = "Example: detection registry list --limit 10"

Limit = Annotated[int, typer.Option(min=1, help="So many versions of each model, the newest.")]


def run(model: OfModel = None, limit: Limit = 30, registry: RegistryUrl = None) -> None:
    """List the registered versions, newest first, and where each stands."""
    with opened(registry) as asked:
        versions = asked.versions(model)
        lines = list(told(asked, versions, limit))
    for line in lines:
        print(exits.shown(line))
    if not versions:
        of = f" of {exits.shown(model)}" if model else ""
        print(f"no version{of} is registered; the first: detection registry register export/bundle")
