"""The whole pipeline on a world so small that it runs in minutes: what DVC promises, what the gate promises."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import workspace
from tests.workspace import Workspace

pytestmark = pytest.mark.pipeline

OUTPUTS = (
    "data/collect/frames.parquet", "data/collect/boxes.parquet", "data/collect/assignments.parquet",
    "data/collect/source.json", "data/collect/manifest.json", "data/collect/shards/warehouse-000000.tar",
    "data/validate/frames.parquet", "data/validate/boxes.parquet", "data/validate/assignments.parquet",
    "data/validate/findings.parquet", "data/validate/coverage.json", "data/validate/images.parquet",
    "data/validate/findings.html",
    "data/agreement/labels.parquet", "data/agreement/review.parquet", "data/agreement/agreement.html",
    "data/agreement/labelled.parquet", "data/agreement/agreement.json",
    "data/split/splits.parquet", "data/split/certificate.json", "data/split/certificate.html",
    "data/split/classes.json",
    "data/sanity/sanity.json",
    "data/train/weights.pt", "data/train/history.csv", "data/train/training.json",
    "data/convert/fp32.onnx", "data/convert/int8.onnx", "data/convert/variants.json",
    "data/convert/quantisation.json", "data/convert/engines.json", "data/profile/costs.json",
    "data/calibrate/calibration.json", "data/calibrate/thresholds.json", "data/calibrate/reference.json",
    "data/calibrate/reliability.json", "data/calibrate/operating.json", "data/calibrate/sets.json",
    "data/calibrate/plots/operating.csv",
    "data/evaluate/scores.json", "data/evaluate/metrics.json", "data/evaluate/predictions.parquet",
    "data/evaluate/observations.parquet", "data/evaluate/frames.parquet", "data/evaluate/reliability.json",
    "data/diagnose/errors.json", "data/diagnose/errors.parquet", "data/diagnose/confusion.json",
    "data/diagnose/suspicions.parquet",
    "data/parity/parity.json",
    "data/gate/verdict.json",
    "data/report/report.html", "data/report/model_card.md", "data/report/lineage.json",
    "data/report/validation.md", "data/report/validation.html",
    "export/bundle/manifest.json", "export/bundle/runtime.pyz", "export/bundle/calibration.json",
    "export/bundle/thresholds.json", "export/bundle/reference.json", "export/bundle/golden/expected.json",
    "export/bundle/requirements.txt",
)  # fmt: skip


@pytest.fixture
def twin(finished: Workspace, tmp_path: Path) -> Iterator[Workspace]:
    """A copy of the finished workspace that a test may change."""
    copy = finished.twin(tmp_path / "checkout")
    yield copy
    shutil.rmtree(copy.folder)


def stages_run(said: str) -> list[str]:
    """Names of the stages whose command DVC started, in order."""
    return re.findall(r"Running stage '([a-z]+)'", said)


@pytest.mark.parametrize("name", OUTPUTS)
def test_every_stage_leaves_what_later_stages_and_people_expect(finished: Workspace, name: str) -> None:
    assert (finished.folder / name).stat().st_size > 0


def test_nothing_half_written_is_left(finished: Workspace) -> None:
    assert not list((finished.folder / "data").rglob("*.part"))
    assert not list((finished.folder / "export").rglob("*.part"))


def test_a_second_run_with_nothing_changed_runs_nothing(finished: Workspace) -> None:
    said = finished.run("dvc", "repro").stdout
    assert stages_run(said) == []
    assert "up to date" in said


def test_dvc_shows_the_metrics(finished: Workspace) -> None:
    shown = json.loads(finished.run("dvc", "metrics", "show", "--json").stdout)
    assert shown[""]["data"]["data/evaluate/metrics.json"]["data"]


def test_dvc_draws_the_plots(finished: Workspace, tmp_path: Path) -> None:
    finished.run("dvc", "plots", "show", "--out", tmp_path / "plots")
    page = (tmp_path / "plots" / "index.html").read_text()
    assert "loss" in page


def test_the_bundle_runs_on_a_folder_of_images(finished: Workspace, tmp_path: Path) -> None:
    bundle = finished.folder / "export" / "bundle"
    frames = [path for path in (bundle / "golden").iterdir() if path.suffix in (".png", ".jpg")]
    for frame in frames:
        (tmp_path / "frames").mkdir(exist_ok=True)
        shutil.copy(frame, tmp_path / "frames")
    words = ["python", str(bundle / "runtime.pyz"), "run", str(bundle), str(tmp_path / "frames")]
    done = subprocess.run(
        [*words, "--draw", str(tmp_path / "drawn")], cwd=tmp_path, env=workspace.environment(), check=True,
        capture_output=True, text=True,
    )  # fmt: skip
    assert len([json.loads(line) for line in done.stdout.splitlines()]) == len(frames) > 0
    assert len(list((tmp_path / "drawn").iterdir())) == len(frames)


def test_a_revision_compared_with_the_same_model_is_a_tie_that_keeps_the_champion(twin: Workspace) -> None:
    """Its files come out of DVC's cache; what its stages observed is of the same sets and is not computed again."""
    twin.run("git", "add", "--force", "dvc.lock")
    twin.run("git", "commit", "--quiet", "--message=Judged")
    words = ("detection", "compare", "HEAD", "workspace", "--timed", "4", "--resamples", "100", "--html", "page.html")
    done = twin.run(*words, check=False)
    assert done.returncode == 2, done.stdout
    assert "a tie, which keeps the champion" in done.stdout
    sheet = json.loads((twin.folder / "data/compare/comparison.json").read_text())
    assert [sheet[side]["rescored"] for side in ("champion", "challenger")] == ["", ""]
    assert (twin.folder / "page.html").stat().st_size > 0


def test_new_calibration_params_run_neither_train_nor_convert(twin: Workspace) -> None:
    said = twin.run("dvc", "exp", "run", "--set-param", "calibrate.platt_minimum=2").stdout
    assert "calibrate" in stages_run(said)
    assert not {"sanity", "train", "convert"} & set(stages_run(said))


def test_a_red_gate_stops_the_bundle_after_the_report_is_made(twin: Workspace) -> None:
    twin.edit("specs/spec.yaml", {("acceptance", "criteria", 0, "at_least"): 0.999})
    done = twin.run("dvc", "repro", check=False)
    assert done.returncode != 0
    assert stages_run(done.stdout) == ["gate", "report", "track", "bundle"]
    assert "refused:" in done.stdout
    assert json.loads((twin.folder / "data/gate/verdict.json").read_text())["verdict"] in ("FAIL", "NOT PROVEN")
    assert (twin.folder / "data/report/report.html").stat().st_size > 0
    assert not (twin.folder / "export/bundle/manifest.json").exists()
    assert twin.run("detection", "verdict", check=False).returncode == 2


def test_after_ctrl_c_in_the_middle_a_rerun_goes_on(twin: Workspace) -> None:
    twin.edit("params.yaml", {("train", "epochs"): 2})
    running = twin.start("dvc", "repro", "train")
    assert running.stdout is not None
    for line in running.stdout:
        if "Running stage 'train'" in line:
            break
    time.sleep(4)
    assert running.poll() is None, "training was over before it could be interrupted; give it more to do"
    os.killpg(running.pid, signal.SIGINT)
    running.communicate(timeout=60)
    assert running.returncode != 0
    assert not list((twin.folder / "data").rglob("*.part"))
    said = twin.run("dvc", "repro", "train").stdout
    assert stages_run(said) == ["train"]
    assert (twin.folder / "data/train/weights.pt").stat().st_size > 0
