"""``detection bundle``: look at a bundle before it travels, as a device would."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

from detection.edge.trust.bundle import Bundle, open_bundle

app = typer.Typer(help="Check a bundle, or look into it.", add_completion=False, no_args_is_help=True)

Folder = Annotated[Path, typer.Argument(metavar="PATH", help="The bundle's folder, such as export/bundle.")]


@app.command(epilog="Example: detection bundle verify export/bundle")
def verify(path: Folder) -> None:
    """Check every file of a bundle: the exact set, sizes, SHA-256; no links."""
    bundle = open_bundle(path)
    print(f"{bundle.manifest.name} {bundle.manifest.counter}: {len(bundle.manifest.files)} files as they should be")
    print(f"digest {bundle.digest}")


@app.command(epilog="Example: detection bundle inspect export/bundle")
def inspect(path: Folder) -> None:
    """Show what a bundle holds, once it has been checked."""
    bundle = open_bundle(path)
    console = Console()
    console.print(_facts(bundle), _cuts(bundle), _files(bundle))


def _facts(bundle: Bundle) -> Table:
    manifest, settings = bundle.manifest, bundle.manifest.settings
    table = Table("fact", Column("value", overflow="fold"), title=f"{manifest.name} {manifest.counter}")
    table.add_row("digest", bundle.digest)
    table.add_row("spec", manifest.spec_sha256)
    table.add_row("classes", ", ".join(manifest.classes))
    table.add_row("score floor", f"{settings.score_floor:g}")
    table.add_row("suppression IoU", f"{settings.suppression_iou:g}")
    table.add_row("maximum detections", str(settings.maximum_detections))
    table.add_row("pixel limit", str(manifest.pixel_limit))
    table.add_row("golden frames", str(len(bundle.golden().frames)))
    table.add_row("cameras in the reference", str(len(bundle.reference().cameras())))
    return table


def _cuts(bundle: Bundle) -> Table:
    table = Table("variant", "file", "input", *bundle.manifest.classes, title="Thresholds")
    for variant in bundle.manifest.variants:
        cuts = [f"{cut:.3f}" for cut in bundle.thresholds(variant.name).per_class]
        table.add_row(variant.name, variant.file, f"{variant.width} x {variant.height}", *cuts)
    return table


def _files(bundle: Bundle) -> Table:
    table = Table("file", "bytes", "SHA-256", title="Files")
    for entry in bundle.manifest.files:
        table.add_row(entry.name, str(entry.bytes), entry.sha256[:16])
    return table
