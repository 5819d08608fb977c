"""Agreement: measured, settled, written, and a floor."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from detection.errors import LabelsError
from detection.outside import documents, tables
from detection.outside.exits import status_of
from detection.outside.shards import ShardWriter
from detection.rules.labels.agreement.sheet import Agreement
from detection.rules.labels.intake.arrivals import Tables, strings
from detection.rules.labels.intake.arrivals import tables as tables_of
from detection.stages import agreement
from detection.stages.agreement import Params, Settled
from tests.examples_agreement import pedestrians
from tests.examples_labels import COMMON, SPEC, Box, collected, jpeg, said, stored

ROOT = Path(__file__).parents[2]
PARAMS = Params(resamples=50, seed=0, confidence=0.95, pictures=4)
A: Box = ("box", 0.0, 0.0, 10.0, 10.0)
B: Box = ("box", 20.0, 20.0, 30.0, 30.0)


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the default spec, entered."""
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "spec.yaml").write_bytes((ROOT / "specs" / "spec.yaml").read_bytes())
    (tmp_path / "params.yaml").write_text("agreement: {resamples: 50, seed: 0, confidence: 0.95, pictures: 4}\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "data"


def _settled(made: Tables) -> Settled:
    return agreement.run(PARAMS, made, SPEC.classes, SPEC.labelling)


def _validated(data: Path, made: Tables) -> None:
    """What stage validate would have left."""
    tables.write_frames(data / "validate" / "frames.parquet", made.frames)
    tables.write_annotations(data / "validate" / "boxes.parquet", made.boxes)
    tables.write_assignments(data / "validate" / "assignments.parquet", made.assignments)


def test_labels_that_agree_go_on() -> None:
    """One set of labels per frame."""
    settled = _settled(collected((said("ann-1", A), said("ann-2", A)), (said("ann-1", B), said("ann-2", B))))
    agreement.refuse(settled)
    assert (len(settled.agreed.labels), len(settled.agreed.labelled), len(settled.review)) == (2, 2, 0)


def test_disagreement_stops_the_run_with_class_value_floor_people_and_frames() -> None:
    """The message is what people take to the meeting."""
    settled = _settled(collected((said("ann-1", A, B), said("ann-2"))))
    with pytest.raises(
        LabelsError,
        match=r"agreement\.html.*\n  class box: F1 0\.000 at IoU 0\.5, needs 0\.85; talk to ann-1 and ann-2; .*: 0$",
    ):
        agreement.refuse(settled)


def test_one_annotator_is_said_and_does_not_stop_the_run(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Public data sets have one; nothing is claimed about them."""
    _validated(workspace, collected((said("original", A),), (said("original"),)))
    assert status_of(agreement.main) == 0
    assert "one annotator: agreement not measurable" in capsys.readouterr().out
    written = documents.read_value(Agreement, workspace / "agreement" / "agreement.json")
    assert [c.f1 for c in written.classes] == [None, None, None]
    assert len(tables.read_assignments(workspace / "agreement" / "labelled.parquet")) == 2


def test_all_is_written_before_the_run_is_stopped(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """People must be able to look at what stopped them: everybody's boxes on the frames named."""
    content = jpeg()
    digest = hashlib.sha256(content).hexdigest()
    with ShardWriter(workspace / "collect" / "shards", 10**6) as shards:
        place = shards.add(digest, "jpg", content)
    answers = (said("ann-1", A, B), said("ann-2"), said("verified", A, verified=True))
    shown = replace(stored("cam/a.jpg"), id=digest, offset=place.offset, length=place.length, shard=place.shard)
    same = stored("b.jpg", answers=(said("ann-1", A), said("ann-2", A)))
    _validated(workspace, tables_of([replace(shown, answers=answers), same], COMMON))
    assert status_of(agreement.main) == 1
    assert "class box: F1 0.500" in capsys.readouterr().err
    page = (workspace / "agreement" / "agreement.html").read_text()
    for line in ("cam/a.jpg, 2 boxes without a partner", "ann-1 blue 2 · ann-2 orange 0 · verified white 1"):
        assert f">{line}</span>" in page
    assert page.count("data:image/jpeg") == 1
    review = tables.read_columns(workspace / "agreement" / "review.parquet")
    assert (sorted(review), len(review["frame"])) == (
        ["frame", "kept", "label", "name", "reason", "score", "x1", "x2", "y1", "y2"], 0,
    )  # fmt: skip


def test_the_same_answers_give_the_same_bytes(workspace: Path) -> None:
    """A stage that changes nothing must not wake those after it."""
    made = collected((said("ann-1", A, B), said("ann-2", A)), (said("ann-1", B), said("ann-2", B)))
    _validated(workspace, replace(made, frames=replace(made.frames, length=made.frames.length * 0)))
    runs = []
    for _ in range(2):
        status_of(agreement.main)
        runs.append({path.name: path.read_bytes() for path in sorted((workspace / "agreement").iterdir())})
    assert runs[0] == runs[1]
    assert list(runs[0]) == ["agreement.html", "agreement.json", "labelled.parquet", "labels.parquet", "review.parquet"]


@pytest.mark.real_data
def test_the_crowd_goes_through_without_images(workspace: Path, real_data: Callable[[str], Path]) -> None:
    """Agreement needs none; its pictures are drawn on blank paper."""
    made = pedestrians(real_data("crowd"))
    label = strings(["box"] * len(made.boxes))
    nothing = made.frames.length * 0
    frames = replace(made.frames, length=nothing, width=nothing + 1280, height=nothing + 720)
    _validated(workspace, replace(made, frames=frames, boxes=replace(made.boxes, label=label)))
    assert status_of(agreement.main) == 1
    written = documents.read_value(Agreement, workspace / "agreement" / "agreement.json")
    assert written.every.alpha is not None
    assert round(written.every.alpha.value, 4) == 0.7257
    assert (workspace / "agreement" / "agreement.html").read_text().count("data:image/jpeg") == 4
