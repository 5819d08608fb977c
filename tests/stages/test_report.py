"""The report from what the stages left on disk: everything is found, and a red gate is no reason for silence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from detection.errors import DocumentError
from detection.outside import documents, files, html, illustrations, results, tables
from detection.outside.dataset import Dataset
from detection.rules.evidence.page import Page, Pictures, Tone
from detection.rules.judging.gates.lines import Outcome
from detection.rules.labels.intake.collection import Collection
from detection.rules.spec.labels import ObjectClass
from detection.stages import report
from detection.stages.report import Asked, Params
from tests import examples_dataset, examples_report
from tests.examples_models import CLASSES

SPEC = examples_report.SPEC
VARIANTS = examples_dataset.colours()
COLOURS = tuple(
    ObjectClass(id=c, display=c.title(), include=".", exclude=".", minimum_size_px=1.0, minimum_visible_share=0.1)
    for c in CLASSES
)
ASKED = Asked("colours", COLOURS, tuple(SPEC.conditions), SPEC.output)


def write_outputs(data: Path, kind: Outcome = "PASS") -> Path:
    """What the stages leave, about a data set of coloured patches."""
    examples_dataset.write(data, {"train": 6, "val": 4, "test": 6, "golden": 4})
    collection = Collection("scenes", "scenes", "0" * 64, 20, 80, ("ann-1",), ())
    values = {
        "collect/source.json": collection,
        "validate/coverage.json": examples_report.coverage(),
        "agreement/agreement.json": examples_report.agreement(),
        "split/certificate.json": examples_report.certificate(),
        "convert/variants.json": VARIANTS,
        "calibrate/reliability.json": examples_report.CALIBRATION,
        "evaluate/scores.json": examples_report.score_sheet(),
        "parity/parity.json": examples_report.parity(),
        "gate/verdict.json": examples_report.gate(kind),
    }
    for name, value in values.items():
        documents.write_value(data / name, value)
    files.write_json(data / "calibrate" / "thresholds.json", {"fp32": dict.fromkeys(CLASSES, 0.5)})
    files.write_json(
        data / "sanity" / "sanity.json", {"frames": 8, "boxes": 9, "epochs": 3, "ap50": 0.99, "minimum": 0.95}
    )
    trained = {"model": "yolov8n.yaml", "epochs": 2, "size": 64, "seed": 3, "threads": 2, "batch": 8}
    made = {"params": trained, "train_frames": 6, "val_frames": 4, "tensors_sha256": "d" * 64, "val_ap50": 0.9}
    files.write_json(data / "train" / "training.json", made)
    files.write_text(data / "train" / "history.csv", "epoch,box_loss,val_ap50\n1,2.0,\n2,1.5,0.9\n")
    plots = data / "evaluate" / "plots"
    files.write_text(plots / "precision_recall.csv", "variant,label,recall,precision\nfp32,red,0,1\nfp32,red,1,0.5\n")
    files.write_text(
        plots / "reliability.csv", "variant,label,mean_score,share_correct,detections\nfp32,red,0.5,0.6,9\n"
    )
    _write_tables(data)
    return data


def _write_tables(data: Path) -> None:
    found = {"finding": ["outside-box"] * 2, "severity": ["warning"] * 2, "frame": [""] * 2, "annotator": [""] * 2}
    found |= {"name": ["a.png", "b.png"], "detail": ["x2 is 65 px", "x2 is 70 px"]}
    columns = {name: np.array(column, object) for name, column in found.items()}
    tables.write_columns(data / "validate" / "findings.parquet", columns)
    dataset = Dataset.open(data)
    row = int(dataset.chosen("test")[0])
    ids = np.array([dataset.frames.id[row]] * 2, object)
    corners = {
        name: np.array([value, value]) for name, value in zip(("x1", "y1", "x2", "y2"), (2, 2, 9, 9), strict=True)
    }
    names = {"variant": ["fp32"] * 2, "set": ["test"] * 2, "label": ["red", "green"]}
    predictions = {name: np.array(column, object) for name, column in names.items()}
    predictions |= {"frame": ids, "score": np.array([0.9, 0.1]), **corners}
    tables.write_columns(data / "evaluate" / "predictions.parquet", predictions)


def made_page(data: Path) -> Page:
    return report.run(Params(pictures=4), ASKED, results.read(data), Dataset.open(data), examples_report.LINEAGE)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Page:
    return made_page(write_outputs(tmp_path_factory.mktemp("outputs") / "data"))


def test_every_part_of_the_story_is_on_the_page(page: Page) -> None:
    assert [section.id for section in page.sections] == [
        "purpose", "data", "coverage", "brightness", "agreement", "split", "learning", "scores", "variants",
        "calibration", "errors", "parity", "limits", "licence", "lineage",
    ]  # fmt: skip
    assert "Finds Red, Green, Blue" in page.subtitle


@pytest.mark.parametrize(("kind", "tone"), [("FAIL", Tone.BAD), ("NOT PROVEN", Tone.UNSURE)])
def test_a_gate_that_is_not_green_is_reported_all_the_same(tmp_path: Path, kind: Outcome, tone: Tone) -> None:
    page = made_page(write_outputs(tmp_path / "data", kind))
    assert page.banner is not None
    assert (page.banner.answer, page.banner.tone) == (kind, tone)
    assert page.banner.next_step


def test_error_pictures_show_what_was_missed_and_what_is_false(page: Page) -> None:
    """The detection below its threshold is no mistake: it would never have been answered."""
    [errors] = [section for section in page.sections if section.id == "errors"]
    missed, false = (block for block in errors.blocks if isinstance(block, Pictures))
    assert len(missed.pictures) == 2  # one from each scene of the set test
    assert [p.caption.partition("\n")[0].partition(":")[0] for p in false.pictures] == ["Red 0.90"]


def test_samples_are_as_many_as_asked_for(page: Page) -> None:
    [data] = [section for section in page.sections if section.id == "data"]
    [samples] = [block for block in data.blocks if isinstance(block, Pictures)]
    assert len(samples.pictures) == 4
    assert all(picture.source.startswith("data:image/jpeg;base64,") for picture in samples.pictures)


def test_findings_are_counted_by_kind_with_an_example(tmp_path: Path) -> None:
    [kind] = results.read(write_outputs(tmp_path / "data")).findings
    assert (kind.finding, kind.number, kind.example) == ("outside-box", 2, "a.png x2 is 65 px")


def test_the_model_card_tells_intent_figures_limits_licence_and_lineage(page: Page) -> None:
    text = html.model_card(report.card(page))
    for head in ("## What it is for", "## How good it is", "## Limits", "## Licence", "## Lineage", "AGPL-3.0"):
        assert head in text
    assert "## Errors" not in text


def test_a_missing_output_is_named(tmp_path: Path) -> None:
    data = write_outputs(tmp_path / "data")
    (data / "gate" / "verdict.json").unlink()
    with pytest.raises(DocumentError, match=r"verdict\.json"):
        results.read(data)


def test_without_test_frames_the_other_frozen_sets_show_the_errors(tmp_path: Path) -> None:
    data = write_outputs(tmp_path / "data")
    dataset = Dataset.open(data)
    moved = replace(dataset, split_of=np.where(dataset.split_of == "test", "train", dataset.split_of).astype(object))
    missed, _ = illustrations.errors(4, dict.fromkeys(CLASSES, "x"), results.read(data), moved)
    assert missed
