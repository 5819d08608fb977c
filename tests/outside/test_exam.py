"""The exam as a bundle carries it: small, whole, and held to what the runtime really does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from detection.edge.trust.exam import NAME, Exam, sit
from detection.edge.trust.manifest import Identity, Variant
from detection.edge.vision.headers import PictureSize
from detection.errors import BundleError
from detection.outside import exam
from detection.outside.parity import odd_pictures
from tests.examples_bundles import SETTINGS, TARGETS, WATCH, colour_detector, picture
from tests.examples_models import CLASSES, SIZE

FP32 = Variant("fp32", "models/fp32.onnx", "onnxruntime", "fp32", SIZE, SIZE)
IDENTITY = Identity("colours", 1, CLASSES, SETTINGS, 1_000_000, "0" * 64, (FP32,), TARGETS, WATCH)
SIZES = [PictureSize(160, 120), PictureSize(80, 60)]


def test_the_exam_holds_every_picture_and_what_was_seen_in_it() -> None:
    files = exam.packed(IDENTITY, {"fp32": colour_detector()}, picture(1), SIZES, 0.002)
    read = Exam.from_bytes(files.pop(NAME), len(CLASSES))
    assert read.files == sorted(files)
    assert (read.tensor, len(read.refused)) == (0.002, 9)
    assert all(set(seen.found) == {"fp32"} and list(seen.tensors) == [(SIZE, SIZE)] for seen in read.seen)
    assert sum(len(seen.found["fp32"]) for seen in read.seen) > 20
    again = sit(files, {"fp32": colour_detector()}, IDENTITY.pixel_limit, 0.002)
    assert again.to_bytes() == read.to_bytes()


def test_a_picture_that_is_not_refused_as_it_must_be_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """A runtime that began to read torn files must not ship an exam that says so."""
    torn = odd_pictures.OddPicture("half.jpg", b"whatever it is", refused=False)
    monkeypatch.setattr(odd_pictures, "pictures", lambda *_: (torn,))
    with pytest.raises(BundleError, match=r"exam/half\.jpg"):
        exam.packed(IDENTITY, {"fp32": colour_detector()}, picture(1), SIZES, 0.002)


@pytest.mark.slow
def test_all_of_it_is_below_a_megabyte_with_the_largest_cameras() -> None:
    """With 4K cameras, four variants and a picture of 24 megapixels."""
    names = ("fp32", "int8", "fp32-wide", "int8-wide")
    identity = replace(IDENTITY, pixel_limit=64_000_000, variants=tuple(replace(FP32, name=name) for name in names))
    wide = [PictureSize(3840, 2160), PictureSize(2560, 1440), PictureSize(1920, 1080), *SIZES]
    files = exam.packed(identity, dict.fromkeys(names, colour_detector()), picture(1, 320, 256), wide, 0.002)
    assert sum(map(len, files.values())) < 1_000_000
    assert "exam/camera-3840x2160.jpg" in files
