"""``detection registry lineage``: what something came from, and what came of it; data, run, model, bundle, slot."""

from __future__ import annotations

from typing import Annotated

import typer

from detection.commands.registry.asking.options import OfModel, opened
from detection.commands.registry.options import RegistryUrl
from detection.errors import DetectionError
from detection.outside import exits
from detection.outside.database.registry import Registry
from detection.rules.evidence.registry import traced
from detection.rules.registry.readings import Placed
from detection.rules.registry.versions.lineage import Graph, Node, graph

EPILOG = "Example: detection registry lineage data/split/splits.parquet"

Thing = Annotated[
    str,
    typer.Argument(
        metavar="THING",
        help="A version, a slot, a file of the data, a model, a commit, a run, or six digits of a digest.",
    ),
]
NUMBERED = 12
"""Things of one name that are listed where several are meant."""


def run(thing: Thing, model: OfModel = None, registry: RegistryUrl = None) -> None:
    """Walk both ways from anything the registry knows: to all it came from, and to all that came of it."""
    with opened(registry) as asked:
        placed = [Placed(slot, one.digest, one.stage) for slot in asked.slots() for one in asked.stages(slot)]
        known = graph(asked.versions(), placed)
        node = _meant(thing, model, known, asked)
    for line in traced.lines(known, node):
        print(exits.shown(line))


def _meant(words: str, model: str | None, known: Graph, registry: Registry) -> Node:
    """The one thing that somebody named.

    Raises:
        DetectionError: nothing is called so, or several things are.
    """
    slots = {f"{slot.place}/{slot.environment}": str(slot) for slot in registry.slots()}
    found = known.found(slots.get(words, words))
    if len(found) == 1:
        return found[0]
    if found:
        listed = [f"{one.kind} {one.name} {one.id}" for one in found[:NUMBERED]]
        raise DetectionError("\n  ".join([f"{words!r} names {len(found)} things; name one by its digest:", *listed]))
    if words != "latest" and not set(words) <= set("0123456789."):
        raise DetectionError(
            f"{words!r}: the registry knows nothing of that name; expected a version, a slot such as line-1/prod, a "
            "file of the data, a commit, a run, or six digits of a digest: `detection registry list`"
        )
    return known.found(registry.version(words, model).content.digest)[0]
