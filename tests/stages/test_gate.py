"""The stage writes its verdict whatever it is, and ends well: a red gate is a result."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from detection.outside import documents, exits, tables
from detection.rules.judging.gates.lines import Verdict
from detection.rules.judging.parity import Difference, Outcome, ParityReport, ParityRow
from detection.rules.judging.scores.observations import Observations
from detection.rules.judging.scores.rows import ScoreSheet
from detection.stages import gate

ROOT = Path(__file__).parents[2]
FOUND = ("variant", "set", "frame", "group", "label", "kind")


def observations(right: int, labels: tuple[str, ...] = ("box", "polybag", "tube")) -> Observations:
    """Of each class 200 objects and 200 detections in golden and in challenge, ``right`` of them correct."""
    rows = [
        ("fp32", name, "f", f"g{i % 8}", label, kind, i < right)
        for name in ("golden", "challenge") for label in labels for kind in ("detection", "object") for i in range(200)
    ]  # fmt: skip
    n = len(rows)
    columns = {name: np.array([row[i] for row in rows], object) for i, name in enumerate(FOUND)}
    conditions = {"lighting": np.full(n, "dusk", object), "crowding": np.full(n, "sparse", object)}
    return Observations(
        **columns, correct=np.array([row[-1] for row in rows]), score=np.zeros(n),
        corners=np.zeros((n, 4), np.float32), conditions=conditions,
    )  # fmt: skip


def gated(folder: Path, seen: Observations, parity: Outcome = "PASS") -> Verdict:
    """Run the stage's ``main`` in ``folder`` on the default spec; it must end with status 0."""
    for name in ("specs/spec.yaml", "params.yaml"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes((ROOT / name).read_bytes())
    row = ParityRow("tensors", "trainer", "edge", "", 4, 0, (Difference("tensor value", "", 0.0, 1.0),), parity)
    documents.write_value(folder / "data/parity/parity.json", ParityReport(parity, (row,), "ab"))
    documents.write_value(folder / "data/evaluate/scores.json", ScoreSheet((), 1, 0, {"fp32": "cd"}))
    tables.write_columns(folder / "data/evaluate/observations.parquet", seen.to_columns())
    assert exits.status_of(gate.main) == 0
    return documents.read_value(Verdict, folder / "data/gate/verdict.json")


@pytest.fixture(autouse=True)
def _in_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_good_model_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    verdict = gated(tmp_path, observations(right=196))
    assert verdict.verdict == "PASS"
    assert verdict.model_digests == {"fp32": "cd"}
    assert "verdict: PASS" in capsys.readouterr().out


def test_a_bad_model_fails_and_the_verdict_is_still_written(tmp_path: Path) -> None:
    assert gated(tmp_path, observations(right=80)).verdict == "FAIL"


def test_a_golden_set_without_a_class_that_a_gate_names_is_not_proven(tmp_path: Path) -> None:
    verdict = gated(tmp_path, observations(right=196, labels=("box", "polybag")))
    assert verdict.verdict == "NOT PROVEN"
    assert [line.sentence for line in verdict.lines if line.verdict == "NOT PROVEN"] == [
        "golden · fp32 · recall of tube: there is no image of tube in golden: NOT PROVEN"
    ]


def test_a_red_parity_certificate_fails_a_good_model(tmp_path: Path) -> None:
    verdict = gated(tmp_path, observations(right=196), parity="FAIL")
    assert verdict.verdict == "FAIL"
    assert [line.metric for line in verdict.lines if line.verdict == "FAIL"] == ["parity"]


def test_a_missing_certificate_is_a_fault_and_not_a_verdict(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gated(tmp_path, observations(right=196))
    (tmp_path / "data/parity/parity.json").unlink()
    assert exits.status_of(gate.main) == 1
    assert "parity.json" in capsys.readouterr().err
