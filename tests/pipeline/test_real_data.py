"""The whole pipeline, unchanged, on pictures that were not made for it; trained for moments only.

``make bccd`` and ``make plates`` train in earnest and measure; this shows that every stage takes such data.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from benchmarks import real_data as benchmark
from detection.outside import documents, tables
from detection.rules.judging.scores.rows import ScoreSheet
from detection.rules.labels.splits.certificate import Certificate

pytestmark = [pytest.mark.real_data, pytest.mark.slow]

MOMENTS: dict[tuple[str | int, ...], float] = {
    ("sanity", "epochs"): 2,
    ("sanity", "size"): 160,
    ("train", "epochs"): 2,
    ("train", "size"): 160,
    ("train", "threads"): 1,
    ("sanity", "threads"): 1,
    ("evaluate", "resamples"): 20,
    ("parity", "frames"): 8,
    ("convert", "calibration_frames"): 16,
}


@pytest.mark.parametrize(("preset", "finding"), [("bccd", "degenerate-box"), ("plates", None)])
def test_every_stage_up_to_the_report_takes_a_data_set_that_was_not_made_for_it(
    preset: str, finding: str | None, real_data: Callable[[str], Path], tmp_path: Path
) -> None:
    made = benchmark.prepare(tmp_path / "workspaces" / preset, preset, real_data(preset))
    made.edit("params.yaml", MOMENTS)
    made.edit("specs/spec.yaml", {("sanity", "ap50_minimum"): 0.0})
    made.run("dvc", "repro", "report")
    sheet = documents.read_value(ScoreSheet, made.folder / "data/evaluate/scores.json")
    assert any(row.set == "test" and row.truths > 0 for row in sheet.rows)
    assert (made.folder / "data/report/report.html").stat().st_size > 0
    found = tables.read_columns(made.folder / "data/validate/findings.parquet")["finding"]
    assert finding is None or np.any(found == finding)


def test_camera_traps_are_split_by_camera_from_labels_alone(real_data: Callable[[str], Path], tmp_path: Path) -> None:
    """Nothing can be trained without pixels, and whoever tries is told so; all before that works."""
    made = benchmark.prepare(tmp_path / "traps", "camera_traps", real_data("camera_traps"))
    for stage in ("collect", "validate", "agreement", "split"):
        made.run("python", "-m", f"detection.stages.{stage}")
    certificate = documents.read_value(Certificate, made.folder / "data/split/certificate.json")
    assert (certificate.crossings, certificate.groups) == (0, 10)
    refused = made.run("python", "-m", "detection.stages.sanity", check=False)
    assert refused.returncode == 1
    assert "a model needs pixels" in refused.stdout
