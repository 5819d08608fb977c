"""A contender is the same wherever it lies, and a broken one is refused with its name."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from detection.errors import BundleError, LeakageError, ModelError
from detection.outside import inference, tables
from detection.outside.contenders.opening import open_contender, refuse_leak
from detection.outside.dataset import Dataset
from detection.outside.dvc import RevisionError
from tests import examples_contenders, examples_dataset
from tests.examples_revisions import scratch

SETTINGS = inference.settings_of(examples_contenders.SPEC.output)


def test_the_workspace_its_data_and_its_folder_are_the_same_contender(tmp_path: Path) -> None:
    """People type all three."""
    variants = examples_contenders.write(tmp_path / "data")
    names = ("workspace", str(tmp_path / "data"), str(tmp_path))
    opened = [open_contender(name, tmp_path) for name in names]
    assert {one.model_digests["fp32"] for one in opened} == {variants.variants[0].sha256}
    assert [one.name for one in opened] == list(names)


def test_what_ships_is_the_models_and_the_device_documents(tmp_path: Path) -> None:
    """The size that a guardrail looks at, by hand."""
    examples_contenders.write(tmp_path / "data")
    kept = ("convert/fp32.onnx", "calibrate/calibration.json", "calibrate/thresholds.json", "calibrate/reference.json")
    expected = sum((tmp_path / "data" / name).stat().st_size for name in kept)
    assert open_contender("workspace", tmp_path).bytes() == expected


@pytest.mark.parametrize("part", ["convert/variants.json", "calibrate/calibration.json", "calibrate/thresholds.json"])
def test_a_contender_without_a_part_is_refused_with_the_parts_name(tmp_path: Path, part: str) -> None:
    """Half a model cannot be compared."""
    examples_contenders.write(tmp_path)
    (tmp_path / part).unlink()
    with pytest.raises(RevisionError, match=f"holds no {part}"):
        open_contender(str(tmp_path))


def test_thresholds_of_another_model_are_refused(tmp_path: Path) -> None:
    """They were chosen on another model's scores."""
    examples_contenders.write(tmp_path / "old", shift_px=1)
    examples_contenders.write(tmp_path / "new")
    shutil.copy(tmp_path / "old/calibrate/thresholds.json", tmp_path / "new/calibrate/thresholds.json")
    with pytest.raises(BundleError, match=r"new: thresholds\.json: fp32: was chosen for the model"):
        open_contender(str(tmp_path / "new"))


def test_thresholds_of_the_older_format_say_what_to_do_with_that_version(tmp_path: Path) -> None:
    """They held numbers alone, and no digest of their model; there is no bundle to fetch again."""
    examples_contenders.write(tmp_path)
    (tmp_path / "calibrate/thresholds.json").write_text('{"fp32": {"box": 0.34}}')
    with pytest.raises(BundleError, match="of another version of the pipeline: run stage calibrate") as refused:
        open_contender(str(tmp_path))
    assert "fetch the bundle" not in str(refused.value)


def test_a_model_that_was_changed_is_refused_when_it_is_to_run(tmp_path: Path) -> None:
    """What is compared is what was converted."""
    examples_contenders.write(tmp_path)
    opened = open_contender(str(tmp_path))
    (tmp_path / "convert" / "fp32.onnx").write_bytes(examples_contenders.shifted_model(3))
    with pytest.raises(ModelError, match="SHA-256"):
        opened.detector("fp32", SETTINGS, 1)


def test_whoever_learned_from_frames_that_judge_may_not_be_judged_on_them(tmp_path: Path) -> None:
    """A champion of another split knows today's exam by heart."""
    root = examples_dataset.write(tmp_path / "data", {"train": 4, "test": 8})
    examples_contenders.write(root)
    dataset = Dataset.open(root)
    refuse_leak(open_contender(str(root)), dataset, ("test",))
    other = tmp_path / "other"
    examples_contenders.write(other)
    refuse_leak(open_contender(str(other)), dataset, ("test",))
    splits = tables.read_columns(root / "split" / "splits.parquet")
    moved = np.where(np.arange(len(splits["split"])) < 6, "train", splits["split"].astype(str))
    tables.write_columns(other / "split" / "splits.parquet", {**splits, "split": moved.astype(object)})
    with pytest.raises(LeakageError, match="learned from 2 of the 8 frames that judge today"):
        refuse_leak(open_contender(str(other)), dataset, ("test",))


@pytest.mark.slow
def test_a_revision_is_opened_from_the_cache_and_nothing_is_checked_out(tmp_path: Path) -> None:
    """Comparing with the last release must not disturb what is being worked on."""
    project = scratch(tmp_path / "project")
    (project.root / "dvc.yaml").unlink()
    variants = examples_contenders.write(project.root / "data", shift_px=2)
    project.run("dvc", "add", "--quiet", "data/convert", "data/calibrate")
    project.run("git", "add", "--all")
    project.run("git", "commit", "--quiet", "--message", "first")
    project.run("git", "tag", "v1")
    examples_contenders.write(project.root / "data", shift_px=0)
    opened = open_contender("v1", project.root)
    assert opened.model_digests == {"fp32": variants.variants[0].sha256}
    opened.detector("fp32", SETTINGS, 1)
    assert open_contender("workspace", project.root).model_digests != opened.model_digests
