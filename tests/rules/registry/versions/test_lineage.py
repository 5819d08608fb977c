"""From data to slot and back: nothing that had a part is left out, nothing that had none is there."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from detection.rules.evidence.lineage import Digest
from detection.rules.registry.readings import Placed
from detection.rules.registry.slots import Slot, Stage
from detection.rules.registry.versions.lineage import Graph, Node, graph
from tests.examples_registry import LINEAGE, SLOT, content, digest_of, version

SHARD, SPLITS = LINEAGE.data
OLD = version(1)
NEW = version(2, content=content(2, lineage=replace(
    LINEAGE, data=(SHARD, replace(SPLITS, sha256="b" * 64)), models=(Digest("fp32.onnx", "c" * 64),), commit="8" * 40,
)))  # fmt: skip
SAME = version(3, content=content(3))
"""Of the same inputs and models as the old one."""
BENCH = replace(SLOT, environment="dev")
PLACED = (
    Placed(SLOT, digest_of(1), Stage.ARCHIVED),
    Placed(SLOT, digest_of(2), Stage.PRODUCTION),
    Placed(BENCH, digest_of(1), Stage.PRODUCTION),
    Placed(BENCH, digest_of(3), Stage.DEVELOPMENT),
)
WHOLE = graph((OLD, NEW, SAME), PLACED)


def only(words: str, whole: Graph = WHOLE) -> Node:
    [node] = whole.found(words)
    return node


def names(found: Graph, kind: str) -> list[str]:
    return sorted(node.name for node in found.nodes if node.kind == kind)


def test_from_a_slot_one_comes_to_all_data_behind_it() -> None:
    behind = WHOLE.above(only(str(BENCH)))
    assert names(behind, "bundle") == ["warehouse-parcels 1.0.0"]
    assert names(behind, "data") == sorted((SHARD.name, SPLITS.name))
    assert names(behind, "code") == [f"commit {'7' * 12}"]
    assert names(behind, "configuration") == ["params.yaml", "specs/spec.yaml"]


def test_from_data_one_comes_to_every_slot_that_it_reached() -> None:
    """The question after a recall: where is what was learnt from this?"""
    reached = WHOLE.below(only(SHARD.sha256))
    assert names(reached, "slot") == [str(BENCH), str(SLOT)]
    assert len(names(reached, "bundle")) == 3
    assert names(WHOLE.below(only("b" * 64)), "slot") == [str(SLOT)]


def test_walking_both_ways_leaves_out_what_else_came_from_the_same_causes() -> None:
    around = WHOLE.around(only(digest_of(2)))
    assert names(around, "bundle") == ["warehouse-parcels 1.1.0"]
    assert names(around, "slot") == [str(SLOT)]
    assert SHARD.name in names(around, "data")


def test_up_and_down_agree() -> None:
    """Whatever lies above a thing has that thing below it."""
    for node in WHOLE.nodes:
        assert all(node in WHOLE.below(cause).nodes for cause in WHOLE.above(node).nodes)


def test_versions_of_the_same_inputs_hang_on_the_same_run() -> None:
    assert Counter(node.kind for node in WHOLE.nodes)["run"] == 2
    [run] = [node for node in WHOLE.above(only(digest_of(3))).nodes if node.kind == "run"]
    assert {"warehouse-parcels 1.0.0", "warehouse-parcels 1.2.0"} == set(names(WHOLE.below(run), "bundle"))


def test_tracked_runs_are_named_by_their_ids() -> None:
    tracked = version(1, content=content(1, runs=("run-a", "run-b")))
    assert names(graph((tracked,), ()), "run") == ["run run-a", "run run-b"]


def test_every_edge_leads_from_cause_to_effect() -> None:
    assert all(edge.above.place < edge.below.place for edge in WHOLE.edges)


def test_an_edge_to_a_slot_says_how_far_the_version_has_come_there() -> None:
    slot = only(str(SLOT))
    said = {edge.above.id: edge.words for edge in WHOLE.edges if edge.below == slot}
    assert said == {digest_of(1): "Archived", digest_of(2): "Production"}


def test_what_is_only_in_development_went_nowhere() -> None:
    assert names(WHOLE.below(only(digest_of(3))), "slot") == []


def test_things_are_found_by_id_by_the_beginning_of_a_digest_and_by_name() -> None:
    assert WHOLE.found("warehouse-parcels 1.1.0") == WHOLE.found(digest_of(2)) == WHOLE.found("020202")
    assert len(WHOLE.found(SPLITS.name)) == 2
    assert WHOLE.found("0202") == ()
    assert WHOLE.found("nothing") == ()


def test_a_version_without_models_hangs_on_its_run() -> None:
    bare = version(1, content=content(1, lineage=replace(LINEAGE, models=())))
    assert names(graph((bare,), ()).above(only(digest_of(1), graph((bare,), ()))), "run")


def test_an_empty_registry_has_an_empty_graph() -> None:
    assert graph((), (Placed(Slot("a", "b", "dev"), "c" * 64, Stage.PRODUCTION),)) == Graph((), ())
