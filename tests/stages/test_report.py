"""The report from what the stages left on disk: everything is found, and a red gate is no reason for silence."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from detection.errors import DocumentError
from detection.outside import documents, files, html, results, tables
from detection.outside.dataset import Dataset
from detection.rules.evidence.page import Page, Pictures
from detection.rules.evidence.tone import Tone
from detection.rules.judging.calibration.reliability import ReliabilitySheet
from detection.rules.judging.gates.lines import Outcome
from detection.rules.labels.intake.collection import Collection
from detection.rules.spec.labels import ObjectClass
from detection.stages import report
from detection.stages.report import Asked, Params
from tests import examples_dataset, examples_report, examples_results, examples_verdict
from tests.examples_models import CLASSES

SPEC = examples_verdict.SPEC
VARIANTS = examples_dataset.colours()
COLOURS = tuple(
    ObjectClass(id=c, display=c.title(), include=".", exclude=".", minimum_size_px=1.0, minimum_visible_share=0.1)
    for c in CLASSES
)
ASKED = Asked("colours", COLOURS, tuple(SPEC.conditions), SPEC.output, examples_verdict.TARGETS)


def write_outputs(data: Path) -> Path:
    """What the stages leave, about a data set of coloured patches."""
    examples_dataset.write(data, {"train": 6, "val": 4, "test": 6, "golden": 4})
    collection = Collection("scenes", "scenes", "0" * 64, 20, 80, ("ann-1",), ())
    values = {
        "collect/source.json": collection,
        "validate/coverage.json": examples_report.coverage(),
        "agreement/agreement.json": examples_report.agreement(),
        "split/certificate.json": examples_report.certificate(),
        "convert/variants.json": VARIANTS,
        "convert/engines.json": examples_report.compared().engines,
        "convert/quantisation.json": examples_report.compared().quantisation,
        "profile/costs.json": examples_report.compared().costs,
        "calibrate/reliability.json": _first(examples_results.reliability_sheet("val")),
        "calibrate/operating.json": examples_results.operating_sheet(),
        "evaluate/scores.json": examples_results.score_sheet(),
        "evaluate/reliability.json": _first(examples_results.reliability_sheet("test", "golden")),
        "diagnose/errors.json": examples_results.error_sheet(),
        "diagnose/confusion.json": examples_results.confusion_sheet(),
        "parity/parity.json": examples_verdict.parity(),
        "gate/verdict.json": examples_verdict.gate("PASS"),
    }
    for name, value in values.items():
        documents.write_value(data / name, value)
    cuts: dict[str, object] = {
        "model_sha256": VARIANTS.variants[0].sha256,
        "cuts": {name: {"cut": 0.5, "by": {}} for name in CLASSES},
    }
    files.write_json(data / "calibrate" / "thresholds.json", {"fp32": cuts})
    files.write_json(
        data / "sanity" / "sanity.json", {"frames": 8, "boxes": 9, "epochs": 3, "ap50": 0.99, "minimum": 0.95}
    )
    trained = {"model": "yolov8n.yaml", "epochs": 2, "size": 64, "seed": 3, "threads": 2, "batch": 8}
    made = {"params": trained, "train_frames": 6, "val_frames": 4, "tensors_sha256": "d" * 64, "val_ap50": 0.9}
    files.write_json(data / "train" / "training.json", made)
    files.write_text(data / "train" / "history.csv", "epoch,box_loss,val_ap50\n1,2.0,\n2,1.5,0.9\n")
    curve = "variant,label,recall,precision\nfp32,red,0,1\nfp32,red,1,0.5\n"
    files.write_text(data / "evaluate" / "plots" / "precision_recall.csv", curve)
    cut = "variant,label,threshold,precision,recall,f1,cost\nfp32,tube,0.9,1,0.5,0.6,\nfp32,tube,0.1,0.5,1,0.6,\n"
    files.write_text(data / "calibrate" / "plots" / "operating.csv", cut)
    _write_tables(data)
    return data


def _first(sheet: ReliabilitySheet) -> ReliabilitySheet:
    """Of the first variant alone: each has charts, and charts take their time."""
    return replace(sheet, rows=tuple(row for row in sheet.rows if row.variant == "fp32"))


def _write_tables(data: Path) -> None:
    found = {"finding": ["outside-box"] * 2, "severity": ["warning"] * 2, "frame": [""] * 2, "annotator": [""] * 2}
    found |= {"name": ["a.png", "b.png"], "detail": ["x2 is 65 px", "x2 is 70 px"]}
    columns = {name: np.array(column, object) for name, column in found.items()}
    tables.write_columns(data / "validate" / "findings.parquet", columns)
    tables.write_columns(data / "diagnose" / "suspicions.parquet", dict(examples_results.suspicions()))
    tables.write_columns(data / "diagnose" / "errors.parquet", _ledger(Dataset.open(data)))


def _ledger(dataset: Dataset) -> dict[str, np.ndarray[tuple[int], np.dtype[np.generic]]]:
    """One missed object, and one detection where nothing is."""
    row = int(dataset.chosen("test")[0])
    words = {"kind": ["missed", "background"], "label": ["red", "red"], "other": ["", ""], "group": ["g", "g"]}
    words |= {"variant": ["fp32"] * 2, "set": ["test"] * 2, "frame": [str(dataset.frames.id[row])] * 2}
    columns = {name: np.array(column, object) for name, column in words.items()}
    corners = zip(("x1", "y1", "x2", "y2"), dataset.labels_of(row).corners[0], strict=True)
    columns |= {name: np.array([value, value], np.float64) for name, value in corners}
    return columns | {"score": np.array([np.nan, 0.9])}


def made_page(data: Path) -> Page:
    return report.run(Params(pictures=4), ASKED, results.read(data), Dataset.open(data), examples_report.LINEAGE)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What every test here reads; one that changes it takes a copy."""
    return write_outputs(tmp_path_factory.mktemp("outputs") / "data")


@pytest.fixture(scope="module")
def page(data: Path) -> Page:
    return made_page(data)


def test_every_part_of_the_story_is_on_the_page(page: Page) -> None:
    assert [section.id for section in page.sections] == [
        "scores", "errors", "operating", "calibration", "variants", "targets", "parity", "suspicions", "purpose",
        "data", "coverage", "brightness", "agreement", "split", "learning", "limits", "licence", "lineage",
    ]  # fmt: skip
    assert "Finds Red, Green, Blue" in page.subtitle


@pytest.mark.parametrize(("kind", "tone"), [("FAIL", Tone.BAD), ("NOT PROVEN", Tone.UNSURE)])
def test_a_gate_that_is_not_green_is_reported_all_the_same(data: Path, kind: Outcome, tone: Tone) -> None:
    made = replace(results.read(data), verdict=examples_verdict.gate(kind))
    banner = report.banner(made, dict.fromkeys(CLASSES, "x"))
    assert (banner.answer, banner.tone) == (kind, tone)
    assert banner.next_step


def test_where_it_loses_most_stands_in_the_verdict(page: Page) -> None:
    assert page.banner is not None
    assert page.banner.weakest is not None
    assert page.banner.weakest.findings[0].title == "tube, lighting dusk"


def test_the_worst_frames_of_each_kind_are_shown(page: Page) -> None:
    [errors] = [section for section in page.sections if section.id == "errors"]
    shown = [block for block in errors.blocks if isinstance(block, Pictures)]
    assert [(block.title, len(block.pictures)) for block in shown] == [
        ("Worst frames: background", 1), ("Worst frames: missed", 1),
    ]  # fmt: skip


def test_curves_of_cuts_ascend_whatever_the_order_of_their_rows(data: Path) -> None:
    [curve] = results.read(data).operating_curves
    assert curve.threshold.tolist() == [0.1, 0.9]
    assert curve.figures["precision"].tolist() == [0.5, 1.0]
    assert np.isnan(curve.figures["cost"]).all()


def test_the_validation_report_tells_data_limits_results_failures_and_findings(data: Path, page: Page) -> None:
    made = replace(results.read(data), verdict=examples_verdict.gate("FAIL"))
    checked = report.validation(page, made, dict.fromkeys(CLASSES, "x"), examples_report.LINEAGE)
    text = html.validation_report(checked)
    heads = ("## Data", "## Limits of use", "## Method", "## Results", "## Failures", "## Open findings")
    places = [text.index(head) for head in heads]
    assert places == sorted(places)
    assert re.search(r"Open findings: \d+ \([1-9]\d* blocking", text), "before anything else, what is open"
    assert "2 labels look wrong" in text


def test_samples_are_as_many_as_asked_for(page: Page) -> None:
    [data] = [section for section in page.sections if section.id == "data"]
    [samples] = [block for block in data.blocks if isinstance(block, Pictures)]
    assert len(samples.pictures) == 4
    assert all(picture.source.startswith("data:image/jpeg;base64,") for picture in samples.pictures)


def test_findings_are_counted_by_kind_with_an_example(data: Path) -> None:
    [kind] = results.read(data).findings
    assert (kind.finding, kind.number, kind.example) == ("outside-box", 2, "a.png x2 is 65 px")


def test_the_model_card_tells_intent_figures_limits_licence_and_lineage(page: Page) -> None:
    text = html.model_card(report.card(page))
    for head in ("## What it is for", "## How good it is", "## Limits", "## Licence", "## Lineage", "AGPL-3.0"):
        assert head in text
    assert "## What goes wrong" not in text


def test_a_missing_output_is_named(tmp_path: Path, data: Path) -> None:
    copied = shutil.copytree(data, tmp_path / "data")
    (copied / "gate" / "verdict.json").unlink()
    with pytest.raises(DocumentError, match=r"verdict\.json"):
        results.read(copied)
