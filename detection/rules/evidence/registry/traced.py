"""What something came from and what came of it, as lines for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from detection.rules.registry.versions.lineage import KINDS, Graph, Node

SHOWN = 100
"""Of each kind."""


def lines(graph: Graph, node: Node) -> Iterator[str]:
    """The thing, everything above it, everything below it, by kind; with a slot how far each version has come there."""
    above, below = graph.above(node), graph.below(node)
    yield f"{node.kind}  {_named(node)}"
    yield from _kinds("came from", above, node, {edge.above: edge.words for edge in above.edges if edge.below == node})
    yield from _kinds("went into", below, node, _arrived(below))


def _kinds(title: str, walked: Graph, start: Node, words: Mapping[Node, str]) -> Iterator[str]:
    nodes = [one for one in walked.nodes if one != start]
    yield title if nodes else f"{title} nothing that is registered"
    for kind in KINDS:
        own = [one for one in nodes if one.kind == kind]
        for one in own[:SHOWN]:
            yield f"  {kind:<13} {_named(one)}{f'  ({words[one]})' if words.get(one) else ''}"
        if len(own) > SHOWN:
            yield f"  {kind:<13} and {len(own) - SHOWN} more"


def _arrived(graph: Graph) -> dict[Node, str]:
    """What has come how far in each slot."""
    found: dict[Node, list[str]] = {}
    for edge in graph.edges:
        if edge.words:
            found.setdefault(edge.below, []).append(f"{edge.above.name}: {edge.words}")
    return {slot: ", ".join(words) for slot, words in found.items()}


def _named(node: Node) -> str:
    return node.name if node.kind == "slot" or node.id in node.name else f"{node.name}  {node.id}"
