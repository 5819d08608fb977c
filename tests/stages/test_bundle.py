"""Only what was judged leaves, and only when it is green."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from detection.edge import checked
from detection.edge.__main__ import main as device
from detection.edge.telemetry import signals
from detection.edge.telemetry.reference import reference_of
from detection.edge.trust import manifest
from detection.edge.trust.bundle import open_bundle
from detection.edge.trust.golden import Tolerance
from detection.edge.trust.manifest import Identity
from detection.edge.vision.headers import PictureSize
from detection.errors import BundleError, GateRefusalError
from detection.outside import documents, exits, files, runtime_archive
from detection.outside.bills import Origin
from detection.outside.self_test import Examined, GoldenPicture
from detection.outside.targets import read_targets
from detection.rules.evidence.lineage import Digest, Lineage
from detection.rules.judging.gates.lines import Line, Outcome, Verdict
from detection.rules.judging.parity import ParityReport
from detection.rules.judging.scores.rows import ScoreSheet
from detection.rules.spec.labels import Source
from detection.stages import bundle
from detection.stages.bundle import Made
from tests import examples_dataset
from tests.examples_bundles import DOMAIN, EDGES, HALVED, SETTINGS, TARGETS, WATCH, picture, png, thresholds_of
from tests.examples_models import CLASSES, SIZE, colour_model

ROOT = Path(__file__).resolve().parents[2]
TOLERANCE = Tolerance(0.5, 0.01, 0.01)
VARIANTS = examples_dataset.colours()
DIGEST = VARIANTS.variants[0].sha256
IDENTITY = Identity(
    "colours", 4, CLASSES, SETTINGS, 10_000, "0" * 64,
    (manifest.Variant("fp32", "models/fp32.onnx", "onnxruntime", "fp32", SIZE, SIZE),),
    TARGETS,
    WATCH,
)  # fmt: skip
PICTURES = [GoldenPicture("a.png", png(picture(1))), GoldenPicture("b.png", png(picture(2)))]
EXAMINED = Examined(PICTURES, [PictureSize(80, 60), PictureSize(64, 48)], TOLERANCE, 0.02)
PINNED = f"numpy==2.4.6 \\\n    --hash=sha256:{'1' * 64}\n    # via detection\n".encode()
LINEAGE = Lineage(
    (Digest("data/collect/shards/a.tar", "2" * 64),), "3" * 64, (), (), "", False, "3.11.2", "linux", (), 0, 2
)
ORIGIN = Origin(LINEAGE, (), (Source(id="scenes", licence="Apache-2.0", consent="not-needed", retain_until=None),))
DOCUMENTS = {
    "calibration.json": checked.canonical({"fp32": HALVED.to_json(CLASSES)}),
    "thresholds.json": checked.canonical(thresholds_of(colour_model())),
    "reference.json": checked.canonical(reference_of(EDGES, []).to_json()),
    "domain.json": checked.canonical(DOMAIN.to_json()),
}


ROOMY = read_targets(ROOT / "specs" / "targets")


def line(outcome: Outcome, sentence: str) -> Line:
    return Line("golden", "fp32", "every", {}, "recall", 0.8, 0.95, 0.9, 0.8, 0.95, 99, 5, outcome, None, sentence)


def verdict(outcome: Outcome) -> Verdict:
    lines = (line("PASS", "golden · recall is fine"), line(outcome, f"golden · precision 0.71 (needs 0.80): {outcome}"))
    return Verdict(outcome, lines, {"fp32": DIGEST})


def made() -> Made:
    runtime = hashlib.sha256(runtime_archive.pack()).hexdigest()
    return Made(
        VARIANTS, {"fp32.onnx": colour_model()}, DOCUMENTS, {"verdict.json": b"{}"}, PINNED,
        ORIGIN, ParityReport("PASS", (), runtime), verdict("PASS"),
    )  # fmt: skip


def test_a_green_verdict_gives_a_bundle_that_tests_itself(tmp_path: Path) -> None:
    written = bundle.run(tmp_path / "bundle", made(), IDENTITY, EXAMINED, ROOMY)
    assert [entry.name for entry in written.manifest.files if not entry.name.startswith("exam/")] == [
        "calibration.json", "domain.json", "evidence/sbom.json", "evidence/verdict.json", "golden/a.png",
        "golden/b.png", "golden/expected.json", "models/fp32.onnx", "reference.json", "requirements.txt",
        "runtime.pyz", "thresholds.json",
    ]  # fmt: skip
    assert device(["selftest", str(tmp_path / "bundle")]) == 0


def test_the_same_parts_give_the_same_bundle(tmp_path: Path) -> None:
    digests = {bundle.run(tmp_path / n, made(), IDENTITY, EXAMINED, ROOMY).digest for n in ("a", "b")}
    assert len(digests) == 1


@pytest.mark.parametrize("outcome", ["FAIL", "NOT PROVEN"])
def test_a_verdict_that_is_not_green_is_refused_with_each_failing_line(tmp_path: Path, outcome: Outcome) -> None:
    with pytest.raises(GateRefusalError) as caught:
        bundle.run(tmp_path / "bundle", replace(made(), verdict=verdict(outcome)), IDENTITY, EXAMINED, ROOMY)
    said = str(caught.value)
    assert f"precision 0.71 (needs 0.80): {outcome}" in said
    assert "recall is fine" not in said
    assert not (tmp_path / "bundle").exists()


def test_a_model_that_was_changed_after_the_gate_is_refused(tmp_path: Path) -> None:
    other = replace(made(), models={"fp32.onnx": colour_model(32)})
    with pytest.raises(BundleError) as caught:
        bundle.run(tmp_path / "bundle", other, IDENTITY, EXAMINED, ROOMY)
    assert len(caught.value.faults) == 2
    assert "variants.json" in caught.value.faults[0]
    assert "the verdict" in caught.value.faults[1]


def test_a_runtime_whose_parity_was_not_proven_is_refused(tmp_path: Path) -> None:
    other = replace(made(), parity=ParityReport("PASS", (), "1" * 64))
    with pytest.raises(BundleError, match="not what was judged") as caught:
        bundle.run(tmp_path / "bundle", other, IDENTITY, EXAMINED, ROOMY)
    assert "parity was proven for 1111" in caught.value.faults[0]


def test_without_a_frame_to_test_itself_on_there_is_no_bundle(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="holds a frame"):
        bundle.run(tmp_path / "bundle", made(), IDENTITY, replace(EXAMINED, pictures=[]), ROOMY)


def test_a_target_without_room_for_the_bundle_is_named(tmp_path: Path) -> None:
    narrow = [*ROOMY, ROOMY[0].model_copy(update={"id": "tiny", "bundle_mb": 0.1})]
    with pytest.raises(GateRefusalError, match=r"target tiny: 0\.\d MB \(needs at most 0\.1\)") as caught:
        bundle.run(tmp_path / "bundle", made(), IDENTITY, EXAMINED, narrow)
    assert ROOMY[0].id not in str(caught.value)
    assert not (tmp_path / "bundle").exists()


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as the stages before leave it, with a spec whose floor the colour model can meet."""
    monkeypatch.chdir(tmp_path)
    data = examples_dataset.write(tmp_path / "data", {"golden": 6, "test": 2})
    examples_dataset.write_model(data)
    for name, content in DOCUMENTS.items():
        files.write_bytes(data / "calibrate" / name, content)
    documents.write_value(data / "gate" / "verdict.json", verdict("PASS"))
    documents.write_value(data / "parity" / "parity.json", made().parity)
    documents.write_value(data / "evaluate" / "scores.json", ScoreSheet((), 1, 0))
    documents.write_value(data / "report" / "lineage.json", LINEAGE)
    for name in ("split/certificate.json", "report/report.html", "report/model_card.md"):
        files.write_text(data / name, "evidence\n")
    for name in ("specs/spec.yaml", "requirements/edge.txt", "params.yaml", "specs/targets/cpu-plain.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_the_stage_writes_the_bundle_with_its_evidence(checkout: Path) -> None:
    assert exits.status_of(bundle.main) == 0
    written = open_bundle(checkout / "export" / "bundle")
    names = {entry.name for entry in written.manifest.files}
    assert {f"evidence/{name}" for name in (
        "verdict.json", "parity.json", "scores.json", "certificate.json", "spec.yaml", "report.html", "model_card.md",
        "lineage.json", "sbom.json",
    )} <= names  # fmt: skip
    assert (checkout / "requirements/edge.txt").read_bytes() == written.read("requirements.txt")
    golden = written.golden()
    assert len(golden.frames) == 6
    for frame in golden.frames:
        digest = frame.file.removeprefix("golden/").removesuffix(".png")
        assert hashlib.sha256(written.read(frame.file)).hexdigest() == digest
    assert np.all(golden.frames[0].expected["fp32"].scores > SETTINGS.score_floor / 100)
    assert tuple(written.reference().edges) == signals.names(CLASSES)
    assert written.domain() is not None


def test_the_stage_refuses_a_red_verdict_with_status_2(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    documents.write_value(checkout / "data" / "gate" / "verdict.json", verdict("FAIL"))
    assert exits.status_of(bundle.main) == 2
    assert "precision 0.71 (needs 0.80): FAIL" in capsys.readouterr().err
    assert not (checkout / "export").exists()
