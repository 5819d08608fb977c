"""Two sittings of an exam: the level at which they part is named."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from detection.edge.trust import exam
from detection.edge.trust.exam import Exam, Fingerprint, Seen
from detection.edge.trust.marking import Mark, marked
from detection.edge.vision.headers import PictureSize
from tests.examples_bundles import colour_detector, picture, png

FILES = {f"exam/{seed}.png": png(picture(seed)) for seed in range(3)} | {"exam/torn.png": png(picture(0))[:99]}
DUE = exam.sit(FILES, {"fp32": colour_detector()}, 1_000_000)


def with_first(**changes: object) -> Exam:
    first, *rest = DUE.seen
    return replace(DUE, seen=(replace(first, **changes), *rest))  # type: ignore[arg-type]


def other(one: Fingerprint) -> Fingerprint:
    return Fingerprint("0" * 64, bytes(one.samples[:-1]) + bytes([one.samples[-1] ^ 0x40]))


def test_the_same_sitting_differs_in_nothing() -> None:
    marks = marked(DUE, exam.sit(FILES, {"fp32": colour_detector()}, 1_000_000))
    assert (marks.otherwise, marks.pixels, marks.tensors) == ((), Mark(0, 0, 3, ""), Mark(0, 0, 3, ""))
    assert marks.raw["fp32"].differing == 0
    assert (marks.found["fp32"].frames, marks.found["fp32"].score) == (3, 0)


def test_other_pixels_are_named_with_their_picture() -> None:
    marks = marked(DUE, with_first(pixels=other(DUE.seen[0].pixels)))
    assert marks.pixels.apart == pytest.approx(64 / 255)
    assert marks.pixels[1:] == (1, 3, "exam/0.png")
    assert marks.tensors.differing == marks.raw["fp32"].differing == 0


def test_a_picture_of_another_size_is_wholly_other() -> None:
    assert marked(DUE, with_first(size=PictureSize(60, 80))).pixels.apart == 1


def test_other_tensors_and_tensors_of_another_size_are_told() -> None:
    (size, tensor), = DUE.seen[0].tensors.items()  # fmt: skip
    assert marked(DUE, with_first(tensors={size: other(tensor)})).tensors.apart == pytest.approx(64 / 255)
    assert marked(DUE, with_first(tensors={PictureSize(1, 1): tensor})).tensors.apart == 1


def test_other_raw_output_and_other_answers_are_told_apart() -> None:
    assert marked(DUE, with_first(raw={"fp32": "0" * 64})).raw["fp32"].differing == 1
    found = DUE.seen[0].found["fp32"]
    fewer = found.take(np.arange(len(found) - 1))
    marks = marked(DUE, with_first(found={"fp32": fewer}))
    assert marks.found["fp32"].unmatched_share > 0
    assert marks.raw["fp32"].differing == 0


def test_a_picture_read_by_one_side_alone_is_named() -> None:
    unread = replace(DUE, seen=DUE.seen[1:], refused=("exam/0.png", *DUE.refused))
    lenient = replace(DUE, seen=(*DUE.seen, replace(DUE.seen[0], file="exam/torn.png")), refused=())
    missing = replace(DUE, seen=DUE.seen[1:])
    assert marked(DUE, unread).otherwise == marked(DUE, missing).otherwise == ("exam/0.png",)
    assert marked(DUE, lenient).otherwise == ("exam/torn.png",)


def test_a_device_that_runs_one_variant_is_held_to_that_one() -> None:
    both = replace(DUE, seen=tuple(map(with_int8, DUE.seen)))
    assert set(marked(both, DUE).found) == {"fp32"}


def with_int8(seen: Seen) -> Seen:
    return replace(seen, raw={**seen.raw, "int8": "1" * 64}, found={**seen.found, "int8": seen.found["fp32"]})
