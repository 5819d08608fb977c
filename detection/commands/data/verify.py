"""``detection data verify``: is every byte as it was promised?

Reads  data/collect/manifest.json, data/collect/frames.parquet, dvc.lock, all that they name; DVC's cache, if asked
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from detection.commands.data.terminal import plain
from detection.outside import dvc
from detection.outside.dvc import Record
from detection.outside.revisions import collection, promised
from detection.outside.revisions.checks import Check
from detection.outside.revisions.faults import DamageError, Fault

COLLECT = Path("data/collect")
EPILOG = "Example: detection data verify --cache && dvc push"

Cache = Annotated[bool, typer.Option("--cache", help="Look at every object in DVC's cache too.")]


def verify(cache: Cache = False) -> None:
    """Read everything again that manifests promise, and name what is damaged. Exit status 1 if anything is.

    Looks at the files of data/collect against its manifest, at every frame's bytes against its id, and at every
    output against dvc.lock. DVC trusts its cache: it puts damaged objects back without a word, so look at the cache
    too before you rely on it.
    """
    record = _record(cache)
    collect = COLLECT if record is None or record.root == Path.cwd() else record.root / COLLECT
    checks = collection.checks(collect) if collect.is_dir() else []
    if record is not None:
        checks += promised.workspace_checks(record)
        checks += promised.cache_checks(record) if cache else []
    if not checks:
        raise dvc.RevisionError(f"{COLLECT}: nothing to look at; run `dvc repro` or `dvc pull` first")
    faults = _looked_at(checks)
    if faults:
        told = [plain(str(fault)) for fault in faults]
        raise DamageError(f"{len(faults)} fault(s) in what {len(checks)} checks read", told)
    size = sum(check.size for check in checks)
    typer.echo(
        f"as promised: {len(checks)} checks, {size / 1e6:.1f} MB read{'' if cache else '; the cache was not read'}"
    )


def _record(cache: bool) -> Record | None:
    """What DVC promises; None where there is no DVC and a manifest to look at all the same."""
    try:
        return dvc.recorded(Path())
    except dvc.NoRepositoryError as error:
        if cache or not COLLECT.is_dir():
            raise
        typer.echo(f"{error}; only {COLLECT} is looked at", err=True)
        return None


def _looked_at(checks: Sequence[Check]) -> list[Fault]:
    faults = []
    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("verify", total=sum(check.size + 1 for check in checks))
        for check in checks:
            progress.update(task, description=f"verify {plain(check.name)[:40]}".replace("[", "("))
            faults += check.faults()
            progress.advance(task, check.size + 1)
    return faults
