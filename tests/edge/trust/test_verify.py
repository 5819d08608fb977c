"""A bundle is used whole or not at all."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from detection.edge.trust.bundle import open_bundle
from detection.edge.trust.verify import plain_bytes
from detection.errors import BundleError
from tests.examples_bundles import THRESHOLDS, picture, write_colour_bundle


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_colour_bundle(tmp_path_factory.mktemp("original") / "bundle").folder


@pytest.fixture
def bundle(original: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(original, tmp_path / "bundle"))


def files_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_a_whole_bundle_opens_and_detects(bundle: Path) -> None:
    opened = open_bundle(bundle)
    assert len(opened.detector().detect(picture(1))) > 0
    assert np.array_equal(opened.thresholds().per_class, THRESHOLDS.per_class)
    assert opened.reference().cameras() == ["cam-01"]
    assert len(opened.golden().frames) == 2


def test_a_changed_byte_in_any_file_is_refused(bundle: Path) -> None:
    dice = np.random.default_rng(0)
    for path in files_of(bundle):
        content = path.read_bytes()
        for place in {0, len(content) - 1, *dice.integers(0, len(content), 20).tolist()}:
            changed = bytearray(content)
            changed[place] ^= 1 << int(dice.integers(0, 8))
            path.write_bytes(changed)
            with pytest.raises(BundleError):
                open_bundle(bundle)
        path.write_bytes(content)
    open_bundle(bundle)


def test_every_missing_file_is_refused_and_named(bundle: Path) -> None:
    for path in files_of(bundle):
        content = path.read_bytes()
        path.unlink()
        with pytest.raises(BundleError, match=path.name):
            open_bundle(bundle)
        path.write_bytes(content)


@pytest.mark.parametrize("name", ["extra.json", "models/extra.onnx", ".hidden", "golden/.part", "new/file"])
def test_an_extra_file_is_refused_and_named(bundle: Path, name: str) -> None:
    (bundle / name).parent.mkdir(exist_ok=True)
    (bundle / name).write_bytes(b"")
    with pytest.raises(BundleError, match="does not belong"):
        open_bundle(bundle)


def test_an_empty_extra_folder_is_refused(bundle: Path) -> None:
    (bundle / "later").mkdir()
    with pytest.raises(BundleError, match="later/"):
        open_bundle(bundle)


def test_a_link_is_refused_even_to_the_same_bytes(bundle: Path, tmp_path: Path) -> None:
    for path in files_of(bundle):
        moved = tmp_path / "moved"
        path.rename(moved)
        path.symlink_to(moved)
        with pytest.raises(BundleError, match=r"link|plain file"):
            open_bundle(bundle)
        path.unlink()
        moved.rename(path)
    (bundle / "models").rename(tmp_path / "models")
    (bundle / "models").symlink_to(tmp_path / "models")
    with pytest.raises(BundleError, match="link"):
        open_bundle(bundle)


def test_a_hard_link_is_refused_because_it_can_change_under_its_other_name(bundle: Path, tmp_path: Path) -> None:
    for path in files_of(bundle):
        (tmp_path / "other").hardlink_to(path)
        with pytest.raises(BundleError, match="hard links"):
            open_bundle(bundle)
        (tmp_path / "other").unlink()
    open_bundle(bundle)


def test_what_is_neither_file_nor_folder_is_refused(bundle: Path) -> None:
    (bundle / "thresholds.json").unlink()
    os.mkfifo(bundle / "thresholds.json")
    with pytest.raises(BundleError, match="plain file"):
        open_bundle(bundle)


def test_all_faults_are_told_together(bundle: Path) -> None:
    (bundle / "extra").write_bytes(b"")
    (bundle / "thresholds.json").unlink()
    (bundle / "reference.json").write_bytes(b"{}")
    with pytest.raises(BundleError) as caught:
        open_bundle(bundle)
    assert len(caught.value.faults) == 3


def test_a_file_changed_after_the_check_is_not_used(bundle: Path) -> None:
    opened = open_bundle(bundle)
    model = bundle / "models" / "fp32.onnx"
    model.write_bytes(model.read_bytes()[:-1] + b"\0")
    with pytest.raises(BundleError, match="changed since"):
        opened.detector()


@pytest.mark.parametrize("make", [lambda p: None, lambda p: p.mkdir(), lambda p: p.write_text("x")])
def test_a_place_that_is_no_bundle_is_said(tmp_path: Path, make: object) -> None:
    make(tmp_path / "x")  # type: ignore[operator]
    with pytest.raises(BundleError, match=r"manifest\.json"):
        open_bundle(tmp_path / "x")


def test_folders_without_end_are_refused_like_any_other(bundle: Path) -> None:
    """Whoever may write to the folder must not be able to break the check itself."""
    deep = bundle / "later"
    for _ in range(1200):
        deep.mkdir()
        deep /= "a"
    try:
        with pytest.raises(BundleError, match="later/"):
            open_bundle(bundle)
    finally:
        subprocess.run(["rm", "-r", bundle / "later"], check=True)  # Python's own would not come to the bottom


@pytest.mark.parametrize("name", ["thresholds.json", "bundle.sig"])
def test_a_pipe_put_in_place_of_a_checked_file_is_refused_at_once(bundle: Path, name: str) -> None:
    """Nobody writes into it: whoever only opened it would wait for ever."""
    (bundle / name).unlink(missing_ok=True)
    os.mkfifo(bundle / name)
    with pytest.raises(BundleError, match="plain file"):
        plain_bytes(bundle / name, 1000)
