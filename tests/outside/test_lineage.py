"""Lineage: the digests are those of the files, and only what is code counts as code."""

from __future__ import annotations

import hashlib
from pathlib import Path

from detection.outside import documents, lineage
from detection.outside.lineage import Dice
from detection.rules.evidence.lineage import Digest, Lineage


def test_every_file_has_the_digest_of_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.tar").write_bytes(b"frames")
    found = lineage.collect([tmp_path / "a.tar"], [tmp_path / "missing.yaml"], [], Dice(3, 2))
    assert [d.sha256 for d in found.data] == [hashlib.sha256(b"frames").hexdigest()]
    assert found.configuration == ()
    assert (found.seed, found.threads) == (3, 2)


def test_any_changed_or_renamed_file_changes_the_digest_of_the_code(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.py").write_text("1")
    before = lineage.tree_digest(tmp_path)
    (tmp_path / "deep" / "a.py").write_text("2")
    changed = lineage.tree_digest(tmp_path)
    (tmp_path / "deep" / "a.py").rename(tmp_path / "deep" / "b.py")
    assert len({before, changed, lineage.tree_digest(tmp_path)}) == 3


def test_caches_are_not_code(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("1")
    before = lineage.tree_digest(tmp_path)
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_bytes(b"x")
    assert lineage.tree_digest(tmp_path) == before


def test_a_lineage_comes_back_from_disk_as_it_was(tmp_path: Path) -> None:
    found = lineage.collect([], [], [Digest("fp32.onnx", "0" * 64)], Dice(0, 1))
    documents.write_value(tmp_path / "lineage.json", found)
    assert documents.read_value(Lineage, tmp_path / "lineage.json") == found


def test_the_packages_that_matter_are_named_with_their_versions() -> None:
    names = {package.name for package in lineage.collect([], [], [], Dice(0, 1)).packages}
    assert {"numpy", "onnxruntime", "torch", "ultralytics"} <= names
