"""The challenger's workspace says what is new, and the champion's is only read."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from detection.errors import DetectionError
from detection.outside import documents, files
from detection.outside.story import reviewers, workshop
from detection.outside.story.workshop import Order
from detection.rules.field.story.plan import Plan
from detection.rules.spec.spec import Spec
from detection.stages import collect, train

PLAN = documents.read_document(Plan, Path("specs/story.yaml"))


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """As much of a finished one as is copied."""
    folder = tmp_path / "champion"
    for name in workshop.NEEDED:
        files.write_text(folder / "data" / name / "told.json", "{}\n")
    (folder / "data" / "train" / "weights.pt").write_bytes(b"weights")
    files.write_text(folder / "requirements" / "edge.txt", "")
    shutil.copytree("specs", folder / "specs")
    shutil.copyfile("params.yaml", folder / "params.yaml")
    return folder


def test_a_workspace_without_a_release_is_refused_by_name(workspace: Path) -> None:
    with pytest.raises(DetectionError, match=r"export/bundle is missing; the story begins with"):
        workshop.expect_finished(workspace)


def test_the_spec_and_the_params_of_the_challenger_are_read_as_anybody_s(workspace: Path, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in sorted(workspace.rglob("*")) if path.is_file()}
    entry = reviewers.source_entry("review-20260930", tmp_path / "delivery", "scenes")
    place = workshop.prepare(Order(workspace, tmp_path / "challenger", PLAN, (entry,)))
    spec = documents.read_document(Spec, place.folder / "specs" / "spec.yaml")
    assert spec.class_ids() == ["box", "polybag", "tube", "crate"]
    assert spec.labelling.guideline_version == "2"
    assert [one.metric for one in spec.acceptance.criteria if one.label == "crate"] == ["precision", "recall"]
    assert spec.operating_points == PLAN.operating_points
    assert spec.output.suppression_across_classes == PLAN.suppression_across_classes
    sources = documents.read_document(collect.Params, place.folder / "params.yaml", section="collect").sources
    assert [source.id for source in sources] == ["warehouse", "review-20260930"]
    training = documents.read_document(train.Params, place.folder / "params.yaml", section="train")
    assert training.pretrained.sha256 == files.sha256(workspace / "data" / "train" / "weights.pt")
    assert (training.epochs, training.learning_rate) == (PLAN.training.epochs, PLAN.training.learning_rate)
    assert {path: path.read_bytes() for path in sorted(workspace.rglob("*")) if path.is_file()} == before
