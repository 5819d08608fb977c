"""The stage writes its verdict whatever it is, and ends well: a red gate is a result."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from detection.outside import documents, exits, tables
from detection.rules.judging.costs import CostSheet
from detection.rules.judging.gates.lines import Verdict
from detection.rules.judging.parity import Outcome
from detection.rules.judging.scores.rows import ScoreSheet
from detection.rules.variants import Variant, Variants
from detection.stages import gate
from tests.examples_gates import Batch, certificate, cost, evidence, labelled

ROOT = Path(__file__).parents[2]
LABELS = ("box", "polybag", "tube")
ACCEPTANCE = """
acceptance:
  correction: none
  criteria:
    - {set: golden, variant: every, label: every, where: {}, metric: precision, at_least: 0.8, confidence: 0.95}
    - {set: golden, variant: every, label: tube, where: {}, metric: recall, at_least: 0.75, confidence: 0.95}
    - {set: challenge, variant: every, label: every, where: {lighting: [dusk]}, metric: f1, at_least: 0.7,
       confidence: 0.95}
  subgroups: []
  cases: {never_miss: [], never_fire: []}
"""


@dataclass(frozen=True, slots=True)
class Made:
    """What ``evaluate`` found: of each class 240 objects and detections in golden and challenge, in eight groups."""

    right: int
    labels: tuple[str, ...] = LABELS
    parity: Outcome = "PASS"
    changed: bool = False
    p95_ms: float = 10.0
    strange: bool = False


def gated(folder: Path, made: Made) -> int:
    """Run the stage's ``main`` in ``folder`` on the default spec."""
    (folder / "specs").mkdir(exist_ok=True)
    spec = (ROOT / "specs/spec.yaml").read_text(encoding="utf-8")
    begin, end = spec.index("acceptance:"), spec.index("comparison:")
    (folder / "specs/spec.yaml").write_text(spec[:begin] + ACCEPTANCE + spec[end:], encoding="utf-8")
    (folder / "params.yaml").write_text("gate: {draws: 200, resamples: 100, seed: 0}\n", encoding="utf-8")
    seen = evidence([
        Batch(30, made.right, kind, f"g{i}", label, name)
        for name in ("golden", "challenge") for label in made.labels for kind in ("object", "detection")
        for i in range(8)
    ])  # fmt: skip
    conditions = {"lighting": seen.observations.conditions["lighting"]}
    conditions["crowding"] = np.full(len(seen.observations), "sparse", object)
    columns = seen.observations.to_columns() | {"condition.crowding": conditions["crowding"]}
    if made.strange:
        columns["frame"] = columns["frame"].copy()
        columns["frame"][0] = "f" * 64
    tables.write_columns(folder / "data/evaluate/observations.parquet", columns)
    facts = seen.frames.to_columns() | {"condition.crowding": np.full(len(seen.frames), "sparse", object)}
    tables.write_columns(folder / "data/evaluate/frames.parquet", facts)
    documents.write_value(folder / "data/parity/parity.json", certificate(made.parity))
    row = cost("fp32", p95_at_least_ms=made.p95_ms, p95_ms=made.p95_ms, p95_at_most_ms=made.p95_ms)
    documents.write_value(folder / "data/profile/costs.json", CostSheet((row,), "a processor", 2))
    fp32 = Variant("fp32", "fp32.onnx", "onnxruntime", "fp32", 64, 64, "cd" * 32, 1)
    documents.write_value(folder / "data/convert/variants.json", Variants((fp32,), LABELS))
    shutil.copytree(ROOT / "specs/targets", folder / "specs/targets", dirs_exist_ok=True)
    digests = labelled(folder, made.labels[0])
    if made.changed:
        digests["golden"] = "0" * 64
    sheet = ScoreSheet((), 1, 0, {"fp32": "cd"}, digests)
    documents.write_value(folder / "data/evaluate/scores.json", sheet)
    return exits.status_of(gate.main)


def verdict_in(folder: Path) -> Verdict:
    return documents.read_value(Verdict, folder / "data/gate/verdict.json")


@pytest.fixture(autouse=True)
def _in_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_good_model_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert gated(tmp_path, Made(right=29)) == 0
    verdict = verdict_in(tmp_path)
    assert verdict.verdict == "PASS"
    assert verdict.model_digests == {"fp32": "cd"}
    assert all(
        line.false_pass is not None and line.false_pass <= 0.06 for line in verdict.lines if line.kind == "criterion"
    )
    assert "verdict: PASS" in capsys.readouterr().out


def test_a_bad_model_fails_and_the_verdict_is_still_written(tmp_path: Path) -> None:
    assert gated(tmp_path, Made(right=12)) == 0
    assert verdict_in(tmp_path).verdict == "FAIL"


def test_a_golden_set_without_a_class_that_a_gate_names_is_not_proven(tmp_path: Path) -> None:
    assert gated(tmp_path, Made(right=29, labels=("box", "polybag"))) == 0
    verdict = verdict_in(tmp_path)
    assert verdict.verdict == "NOT PROVEN"
    assert [line.sentence for line in verdict.lines if line.verdict == "NOT PROVEN"] == [
        "golden · fp32 · recall of tube: there is no image of tube in golden: NOT PROVEN"
    ]


def test_a_red_parity_certificate_fails_a_good_model(tmp_path: Path) -> None:
    assert gated(tmp_path, Made(right=29, parity="FAIL")) == 0
    assert [line.metric for line in verdict_in(tmp_path).lines if line.verdict == "FAIL"] == ["parity"]


def test_a_model_too_slow_for_its_target_fails_however_good_it_is(tmp_path: Path) -> None:
    assert gated(tmp_path, Made(right=29, p95_ms=61)) == 0
    verdict = verdict_in(tmp_path)
    assert [(line.set, line.metric) for line in verdict.lines if line.verdict == "FAIL"] == [("cpu-plain", "p95_ms")]


def test_a_target_that_nothing_here_can_speak_of_is_named_and_holds_nothing_back(tmp_path: Path) -> None:
    """Its variant was not made here, so only the device can tell."""
    assert gated(tmp_path, Made(right=29)) == 0
    verdict = verdict_in(tmp_path)
    assert verdict.verdict == "PASS"
    assert [said.partition(":")[0] for said in verdict.unmeasured] == ["cpu-x86"]


def test_a_golden_set_that_changed_after_it_was_scored_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Scores of other labels say nothing of these."""
    assert gated(tmp_path, Made(right=29, changed=True)) == 1
    assert "golden: other frames or labels" in capsys.readouterr().err
    assert not (tmp_path / "data/gate/verdict.json").exists()


def test_detections_in_a_frame_that_nobody_judged_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """They would count for some other frame, and nobody would see it."""
    assert gated(tmp_path, Made(right=29, strange=True)) == 1
    said = capsys.readouterr().err
    assert "observations.parquet: speaks of frames that were not judged, 1 in all" in said
    assert f"frame {'f' * 64}: not known" in said


def test_a_missing_certificate_is_a_fault_and_not_a_verdict(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gated(tmp_path, Made(right=29))
    (tmp_path / "data/parity/parity.json").unlink()
    assert exits.status_of(gate.main) == 1
    assert "parity.json" in capsys.readouterr().err
