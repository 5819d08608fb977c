"""What is told of a run: flattened parameters, figures, curves, and a digest that names the record."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from detection.rules.evidence.lineage import Digest, Lineage
from detection.rules.tracking.runs import (
    Point,
    RunRecord,
    Setting,
    curves_of,
    data_digest,
    facts_of,
    figures_of,
    settings_of,
)

LINEAGE = Lineage(
    data=(Digest("b", "22"), Digest("a", "11")), code="cc", configuration=(Digest("specs/spec.yaml", "33"),),
    models=(Digest("int8.onnx", "44"),), commit="abc", changed=True, python="3.11", platform="linux", packages=(),
    seed=7, threads=2,
)  # fmt: skip
RECORD = RunRecord("parcels", (Setting("a", "1"),), (Point("p", 0, 0.5),), (), (Digest("x", "ff"),))


def test_nested_parameters_are_named_by_their_path() -> None:
    """A tracker compares runs by name: ``train.epochs`` must be one."""
    found = settings_of({"train": {"epochs": 20, "augment": {"flip": 0.5}}, "split": {"lists": None}, "x": [1, "a"]})
    assert found == (
        Setting("split.lists", "null"), Setting("train.augment.flip", "0.5"), Setting("train.epochs", "20"),
        Setting("x", '[1, "a"]'),
    )  # fmt: skip


def test_an_empty_section_is_told_too() -> None:
    assert settings_of({"register": {"tags": {}}}) == (Setting("register.tags", "{}"),)


@given(st.permutations(["a", "b", "c", "d"]))
def test_the_order_in_a_file_does_not_matter(names: list[str]) -> None:
    """The same parameters are the same record."""
    assert settings_of(dict.fromkeys(names, 1)) == settings_of(dict.fromkeys("abcd", 1))


def test_figures_are_named_variant_set_metric() -> None:
    assert figures_of({"int8": {"golden": {"recall": 0.9, "ap50": 0.8}}}) == (
        Point("int8/golden/ap50", 0, 0.8),
        Point("int8/golden/recall", 0, 0.9),
    )


def test_an_epoch_without_a_figure_has_no_point() -> None:
    """Validation runs every few epochs; an empty cell is not zero."""
    rows = [{"epoch": "1", "loss": "2.5", "ap50": ""}, {"epoch": "2", "loss": "1.5", "ap50": "0.4"}]
    assert curves_of(rows) == (Point("train/loss", 1, 2.5), Point("train/ap50", 2, 0.4), Point("train/loss", 2, 1.5))


def test_a_run_is_found_by_verdict_commit_and_every_digest() -> None:
    told = {one.name: one.value for one in facts_of(LINEAGE, "PASS")}
    assert told["verdict"] == "PASS"
    assert told["commit"] == "abc"
    assert told["changed"] == "yes"
    assert told["configuration.specs/spec.yaml"] == "33"
    assert told["model.int8.onnx"] == "44"
    assert told["data"] == data_digest(LINEAGE)


def test_a_commit_that_is_unknown_is_said_to_be() -> None:
    assert Setting("commit", "none") in facts_of(replace(LINEAGE, commit=""), "FAIL")


def test_the_digest_of_data_does_not_depend_on_its_order() -> None:
    turned = replace(LINEAGE, data=LINEAGE.data[::-1])
    assert data_digest(turned) == data_digest(LINEAGE)
    assert data_digest(replace(LINEAGE, data=LINEAGE.data[:1])) != data_digest(LINEAGE)


def test_any_change_of_a_record_changes_its_name() -> None:
    """A tracker that has the name is not told again: no two runs may share it."""
    changed = [
        replace(RECORD, experiment="other"), replace(RECORD, settings=()), replace(RECORD, points=()),
        replace(RECORD, facts=(Setting("verdict", "FAIL"),)), replace(RECORD, files=()),
    ]  # fmt: skip
    assert len({RECORD.digest, *(one.digest for one in changed)}) == 6
