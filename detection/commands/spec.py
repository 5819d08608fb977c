"""``detection spec``: look at the specification, or check it.

Reads specs/spec.yaml (or the file named)
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from detection.outside.documents import read_document
from detection.rules.document import Document
from detection.rules.spec.spec import ENFORCED_BY, Spec, declared_only

app = typer.Typer(help="What must hold: show the specification, or check it.", add_completion=False)

Place = Annotated[Path, typer.Argument(help="The specification to read.")]
DEFAULT = Path("specs/spec.yaml")


@app.command(epilog="Example: detection spec show --schema > specs/schema.json")
def show(
    path: Place = DEFAULT,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema for editors instead.")] = False,
) -> None:
    """List the sections, and which stage enforces each."""
    if schema:
        typer.echo(schema_text(), nl=False)
        return
    spec = read_document(Spec, path)
    console = Console()
    console.print(_sections(spec, path))
    console.print(_criteria(spec))


@app.command(epilog="Example: detection spec check specs/examples/bccd/spec.yaml")
def check(path: Place = DEFAULT) -> None:
    """Read the specification and report all its faults, each with its line."""
    spec = read_document(Spec, path)
    classes = ", ".join(spec.class_ids())
    typer.echo(
        f"{path}: {spec.name} is well-formed: classes {classes}; {len(spec.acceptance.criteria)} acceptance criteria"
    )


def schema_text() -> str:
    """The JSON Schema of the specification, as ``specs/schema.json`` holds it."""
    return json.dumps(Spec.model_json_schema(), indent=2, ensure_ascii=False) + "\n"


def _sections(spec: Spec, path: Path) -> Table:
    table = Table(title=f"{spec.name} ({path})", title_justify="left")
    for heading in ("section", "says", "enforced by"):
        table.add_column(heading)
    for name in [*ENFORCED_BY, *declared_only()]:
        table.add_row(name, _says(getattr(spec, name)), ENFORCED_BY.get(name, "declared, not yet enforced"))
    return table


def _says(section: object) -> str:
    """One section in a few words: the ids of a list, or the keys of a mapping."""
    if isinstance(section, Document):
        return ", ".join(type(section).model_fields)
    if isinstance(section, list):
        ids = [str(getattr(entry, "id", "")) for entry in section]
        return ", ".join(ids) if any(ids) else f"{len(section)} lines"
    return str(section)


def _criteria(spec: Spec) -> Table:
    table = Table(title="acceptance: what the gate must see proven", title_justify="left")
    for heading in ("set", "slice", "class", "variant", "metric", "bound", "confidence"):
        table.add_column(heading)
    for line in spec.acceptance.criteria:
        where = "; ".join(f"{name}: {', '.join(values)}" for name, values in sorted(line.where.items())) or "all"
        bounds = (f"{'≥' if line.at_least is not None else '≤'} {line.bound:.2f}", f"{line.confidence:.2f}")
        table.add_row(line.set, where, line.label, line.variant, line.metric, *bounds)
    return table
