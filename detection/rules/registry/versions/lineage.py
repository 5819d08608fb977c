"""What came from what: data → run → model → bundle → slot, walked both ways.

A run is a tracked one where the version names it; else it is named by everything that went into it, so that two
versions of the same inputs hang on the same run. The version that another one was compared with or retrained from is
no part of the walk: not everything that it was made from is in its child.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from detection.rules.evidence.lineage import Lineage
from detection.rules.registry.readings import Placed
from detection.rules.registry.registered import Content, Version
from detection.rules.registry.slots import Stage

Kind = Literal["data", "configuration", "code", "run", "model", "bundle", "slot"]
KINDS: tuple[Kind, ...] = ("data", "configuration", "code", "run", "model", "bundle", "slot")
"""From the first cause to the last place."""
SHORTEST = 6
"""Digits of a digest that may stand for it."""


@dataclass(frozen=True, slots=True, order=True)
class Node:
    """One thing.

    Attributes:
        place: of its kind in :data:`KINDS`; orders nodes from cause to effect.
        id: digest; of a run its id; of a slot ``model/place/environment``.
        name: for people.
    """

    place: int
    id: str
    name: str = field(compare=False)

    @property
    def kind(self) -> Kind:
        """What it is."""
        return KINDS[self.place]


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """``below`` was made from ``above``, or went there; then ``words`` is how far it has come."""

    above: Node
    below: Node
    words: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Graph:
    """Things and what came from them.

    Attributes:
        nodes: sorted; each once.
        edges: sorted; each once.
    """

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    def found(self, words: str) -> tuple[Node, ...]:
        """What a person may mean: an id, the beginning of a digest, a name; all of them if several."""
        exact = tuple(node for node in self.nodes if words in (node.id, node.name))
        if exact or len(words) < SHORTEST:
            return exact
        return tuple(node for node in self.nodes if node.kind != "slot" and node.id.startswith(words))

    def above(self, node: Node) -> Graph:
        """The node and everything that it came from."""
        return self._walked(node, [(edge.below, edge.above) for edge in self.edges])

    def below(self, node: Node) -> Graph:
        """The node and everything that came from it."""
        return self._walked(node, [(edge.above, edge.below) for edge in self.edges])

    def around(self, node: Node) -> Graph:
        """The node, what it came from and what came from it; not what else came from its causes."""
        up, down = self.above(node), self.below(node)
        return _graph([*up.edges, *down.edges], (node,))

    def _walked(self, start: Node, steps: Iterable[tuple[Node, Node]]) -> Graph:
        following = defaultdict(list)
        for here, there in steps:
            following[here].append(there)
        reached, waiting = {start}, [start]
        while waiting:
            fresh = [node for node in following[waiting.pop()] if node not in reached]
            reached.update(fresh)
            waiting.extend(fresh)
        return Graph(tuple(sorted(reached)), tuple(e for e in self.edges if e.above in reached and e.below in reached))


def graph(versions: Sequence[Version], placed: Iterable[Placed]) -> Graph:
    """All that the registry knows.

    Args:
        versions: registered ones.
        placed: how far they have come, and where; what is only in Development went nowhere yet.
    """
    bundles = {version.content.digest: _bundle(version) for version in versions}
    edges = [edge for version in versions for edge in _made(version.content, bundles[version.content.digest])]
    for one in placed:
        if one.stage not in (Stage.NONE, Stage.DEVELOPMENT) and one.version_digest in bundles:
            slot = _node("slot", str(one.slot), str(one.slot))
            edges.append(Edge(bundles[one.version_digest], slot, one.stage.value))
    return _graph(edges, bundles.values())


def _graph(edges: Iterable[Edge], nodes: Iterable[Node]) -> Graph:
    each = set(edges)
    ends = (end for edge in each for end in (edge.above, edge.below))
    return Graph(tuple(sorted({*nodes, *ends})), tuple(sorted(each)))


def _made(content: Content, bundle: Node) -> Iterator[Edge]:
    lineage = content.lineage
    causes = [_node("data", one.sha256, one.name) for one in lineage.data]
    causes += [_node("configuration", one.sha256, one.name) for one in lineage.configuration]
    causes += [_node("code", lineage.commit or lineage.code, _code(lineage))]
    models = [_node("model", one.sha256, one.name) for one in lineage.models]
    for run in _runs(content):
        yield from (Edge(cause, run) for cause in causes)
        yield from (Edge(run, model) for model in models or [bundle])
    yield from (Edge(model, bundle) for model in models)


def _runs(content: Content) -> list[Node]:
    if content.runs:
        return [_node("run", one, f"run {one}") for one in content.runs]
    lineage = content.lineage
    inputs = [[one.sha256 for one in (*lineage.data, *lineage.configuration)], lineage.code, lineage.seed,
              lineage.threads]  # fmt: skip
    digest = hashlib.sha256(json.dumps(inputs).encode()).hexdigest()
    return [_node("run", digest, f"dvc repro with seed {lineage.seed}")]


def _code(lineage: Lineage) -> str:
    if not lineage.commit:
        return f"code {lineage.code[:12]}, in no git checkout"
    changed = ", with changes that are not committed" if lineage.changed else ""
    return f"commit {lineage.commit[:12]}{changed}"


def _bundle(version: Version) -> Node:
    return _node("bundle", version.content.digest, f"{version.content.model} {version.number}")


def _node(kind: Kind, name: str, words: str) -> Node:
    return Node(KINDS.index(kind), name, words)
