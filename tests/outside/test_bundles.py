"""Bundles are written whole, reproducibly, and as a device would accept them."""

from __future__ import annotations

from pathlib import Path

import pytest

from detection.edge.settings import Settings
from detection.edge.trust.bundle import open_bundle
from detection.edge.trust.manifest import Identity, Variant
from detection.errors import BundleError
from detection.outside import bundles
from detection.outside.files import DiskError
from detection.outside.targets import read_targets
from tests import examples_dataset
from tests.examples_bundles import TARGETS, WATCH, write_colour_bundle

IDENTITY = Identity(
    "x", 1, ("a",), Settings(0.5, 0.1, 10), 100, "0" * 64, (Variant("fp32", "m", "onnxruntime", "fp32", 8, 8),),
    TARGETS, WATCH,
)  # fmt: skip


def test_the_same_parts_give_the_same_bytes(tmp_path: Path) -> None:
    one, two = (write_colour_bundle(tmp_path / name) for name in ("one", "two"))
    assert one.digest == two.digest
    for path in sorted(one.folder.rglob("*")):
        if path.is_file():
            assert path.read_bytes() == (two.folder / path.relative_to(one.folder)).read_bytes()


def test_what_stood_there_is_gone(tmp_path: Path) -> None:
    (tmp_path / "bundle" / "old").mkdir(parents=True)
    (tmp_path / "bundle" / "old" / "file").write_bytes(b"x")
    written = bundles.write(tmp_path / "bundle", IDENTITY, {"m": b"model"})
    assert sorted(p.name for p in written.folder.iterdir()) == ["m", "manifest.json"]
    assert list(tmp_path.iterdir()) == [tmp_path / "bundle"]


@pytest.mark.parametrize("name", ["../m2", "/m2", ".m2", "M2", "a//b"])
def test_a_name_that_a_device_would_refuse_leaves_the_old_bundle_alone(tmp_path: Path, name: str) -> None:
    bundles.write(tmp_path / "bundle", IDENTITY, {"m": b"model"})
    with pytest.raises(BundleError):
        bundles.write(tmp_path / "bundle", IDENTITY, {"m": b"model", name: b""})
    open_bundle(tmp_path / "bundle")


def test_a_variant_without_its_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="'m'"):
        bundles.write(tmp_path / "bundle", IDENTITY, {"other": b""})
    assert list(tmp_path.iterdir()) == []


def test_on_a_full_disk_nothing_half_written_is_left(small_disk: Path) -> None:
    with pytest.raises(DiskError, match="free space"):
        bundles.write(small_disk / "bundle", IDENTITY, {"m": b"model", "n": b"x" * 4_000_000})
    assert list(small_disk.iterdir()) == []


def test_a_missing_part_names_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="dvc repro"):
        bundles.read_part(tmp_path / "none")


def test_a_target_whose_engine_nobody_ran_is_left_out() -> None:
    """Its variant was not judged, and a manifest that names a variant it does not hold is refused by every device."""
    here, *_ = read_targets()
    card = here.model_copy(update={"id": "card", "engine": "tensorrt-rtx", "variant": "card"})
    assert bundles.supplied([here, card], examples_dataset.colours()) == (here,)
    with pytest.raises(BundleError, match=r"the targets are card \(card\); mend specs/targets"):
        bundles.supplied([card], examples_dataset.colours())
