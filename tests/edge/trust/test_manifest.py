"""The manifest: one spelling, its own digest, names that stay inside."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from detection.edge.settings import Settings
from detection.edge.trust.manifest import Manifest, Variant, file_name
from detection.edge.trust.parts import read_settings, settings_to_json
from detection.errors import BundleError
from tests.examples_signing import MANIFEST


def test_it_comes_back_the_same() -> None:
    assert Manifest.from_bytes(MANIFEST.to_bytes()) == MANIFEST


def test_any_changed_byte_is_refused() -> None:
    content = MANIFEST.to_bytes()
    for place in range(len(content)):
        for flip in (1, 0x80):
            changed = bytearray(content)
            changed[place] ^= flip
            with pytest.raises(BundleError):
                Manifest.from_bytes(bytes(changed))


def test_the_same_values_in_another_spelling_are_refused() -> None:
    with pytest.raises(BundleError, match="canonical"):
        Manifest.from_bytes(json.dumps(json.loads(MANIFEST.to_bytes())).encode())


@pytest.mark.parametrize(
    "name",
    ["/etc/passwd", "../up", "a/../b", "a//b", "a/", "./a", "A.json", "a\\b", "", "a/.hidden", ".a", "manifest.json",
     "a b", "ä", "a\n", "x" * 201],
)  # fmt: skip
def test_names_that_leave_the_folder_or_hide_are_refused(name: str) -> None:
    with pytest.raises(BundleError):
        file_name(name, "x")


@pytest.mark.parametrize(
    "change",
    [
        {"classes": ()},
        {"classes": ("box", "box")},
        {"variants": ()},
        {"variants": (Variant("fp32", "models/none.onnx", "onnxruntime", "fp32", 64, 64),)},
        {"files": tuple(reversed(MANIFEST.files))},
        {"files": (*MANIFEST.files, MANIFEST.files[-1])},
        {"counter": -1},
        {"name": "No Name"},
        {"settings": Settings(1.5, 0.01, 100)},
        {"settings": Settings(0.5, 0.01, 0)},
    ],
)
def test_values_out_of_bounds_are_refused_though_the_digest_fits(change: dict[str, Any]) -> None:
    with pytest.raises(BundleError):
        Manifest.from_bytes(replace(MANIFEST, **change).to_bytes())


def test_suppression_across_classes_is_said_where_it_is_on_and_only_there() -> None:
    """A runtime that does not know it refuses such a bundle by its keys, and opens every other."""
    assert b"across" not in MANIFEST.to_bytes()
    on = replace(MANIFEST, settings=replace(MANIFEST.settings, suppression_across_classes=True))
    assert Manifest.from_bytes(on.to_bytes()) == on
    told = {**settings_to_json(on.settings), "suppression_across_classes": False}
    with pytest.raises(BundleError, match=r"suppression_across_classes: expected true, or no such field"):
        read_settings(told, "settings")


def test_the_first_variant_is_the_default_and_an_unknown_one_is_named() -> None:
    assert MANIFEST.variant(None).name == "fp32"
    with pytest.raises(BundleError, match=r"\['fp32'\], got 'int4'"):
        MANIFEST.variant("int4")


def test_no_manifest_is_read_from_something_else(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="keys"):
        Manifest.from_bytes(b"{}\n")
