"""``detection registry mirror``: tell the tracker what it was not told yet, and show the registry in it.

Reads  the registry; tracking/; params.yaml section track
Writes nothing here; runs, registered models, tags and aliases in MLflow
"""

from __future__ import annotations

from typing import Annotated

import typer

from detection.commands.registry.options import RegistryUrl
from detection.errors import DetectionError
from detection.outside import exits
from detection.outside.database.registry import open_registry
from detection.outside.registry.places import registry_url
from detection.outside.tracking import runs

EPILOG = "Example: detection registry mirror --check"


def run(
    tracker: Annotated[
        str | None,
        typer.Option("--tracker", metavar="URL", help="sqlite:///FILE or http(s)://HOST; of params.yaml if left out."),
    ] = None,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Throw the mirror away and make it anew.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Change nothing; exit status 2 if it differs.")] = False,
    url: RegistryUrl = None,
) -> None:
    """Tell MLflow the runs that wait, and make it show the registry: tags, and an alias for what each slot has live."""
    from detection.outside.mlflow.client import connect
    from detection.outside.mlflow.runs import MlflowRuns
    from detection.outside.tracking import mirroring

    address = tracker or runs.section().tracker
    if address is None:
        raise DetectionError("params.yaml: track.tracker is null, so there is no mirror; set it, or say --tracker URL")
    with open_registry(registry_url(url)) as registry:
        if check:
            lines = mirroring.compare(registry, address)
            print("\n".join(lines) or f"{address}: shows what the registry has")
            raise typer.Exit(exits.REFUSED if lines else 0)
        for told in runs.tell(MlflowRuns(connect(address), address)):
            print(f"told run {told.run} of {told.record.experiment}")
        changed = mirroring.catch_up(registry, address, rebuild)
    print(f"{address}: {changed} version(s) changed; it shows what the registry has")
