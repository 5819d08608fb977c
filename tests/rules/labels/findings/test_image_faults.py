"""Faults of pictures are found by the spec's numbers, and a rule that is null finds nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from detection.rules.labels.findings import image_faults
from detection.rules.labels.findings.finding import Finding
from detection.rules.spec.labels import Images
from tests.examples_findings import marked, measured
from tests.examples_labels import SPEC, collected, frames, said, stored

NO_RULES = Images(
    mean_u8_minimum=None, blown_share_maximum=None, sharpness_minimum=None, saturation_minimum_u8=None, sizes=[],
    near_identical_bits=None,
)  # fmt: skip
FRAMES = frames([stored(str(n)) for n in range(4)])


def _found(rules: Images, **columns: Sequence[Any]) -> list[Finding]:
    return image_faults.check(image_faults.looked(FRAMES, measured(FRAMES, **columns)), rules, SPEC.labelling)


@pytest.mark.parametrize(
    ("rule", "limit", "column", "values", "kind", "words"),
    [
        ("mean_u8_minimum", 8, "mean_u8", [8, 7.5, 120, 0], "dark-frame", "mean grey 7.5 (at least 8)"),
        ("blown_share_maximum", 0.5, "blown_share", [0.5, 0.51, 0, 1], "blown-frame", "blown 0.51 (at most 0.5)"),
        ("sharpness_minimum", 2, "sharpness", [2, 1.5, 300, 0], "blurred-frame", "sharpness 1.5 (at least 2)"),
    ],
)
def test_what_crosses_a_limit_is_told_with_the_number(
    rule: str, limit: float, column: str, values: list[float], kind: str, words: str
) -> None:
    """The limit itself is still good; null asks for nothing."""
    found = _found(NO_RULES.model_copy(update={rule: limit}), **{column: values})
    assert [(f.finding, f.frame) for f in found] == [(kind, FRAMES.id[1]), (kind, FRAMES.id[3])]
    assert found[0].detail == words
    assert _found(NO_RULES, **{column: values}) == []


def test_an_unreadable_frame_has_no_other_fault() -> None:
    """Its zeros mean nothing."""
    rules = SPEC.images.model_copy(update={"sizes": [[64, 48]], "saturation_minimum_u8": 5})
    found = _found(rules, readable=[True, False, True, True], mean_u8=[99, 0, 99, 99], width=[64, 0, 64, 64])
    assert [f.finding for f in found] == ["unreadable"]


def test_a_grey_frame_of_a_colour_camera_is_told_and_an_infrared_camera_is_not() -> None:
    """What is usual is the camera's own."""
    rows = [stored(str(n), camera="colour" if n < 5 else "infrared") for n in range(10)]
    table = frames(rows)
    saturation = [90.0 if camera == "colour" else 0.0 for camera in table.camera]
    first = int(np.flatnonzero(table.camera == "colour")[0])
    saturation[first] = 1.0
    looked = image_faults.looked(table, measured(table, saturation_u8=saturation))
    rules = NO_RULES.model_copy(update={"saturation_minimum_u8": 10})
    [found] = image_faults.check(looked, rules, SPEC.labelling)
    assert (found.finding, found.frame) == ("grey-frame", table.id[first])
    assert found.detail == "mean saturation 1 (at least 10; its camera's usual is 90)"


def test_another_size_than_the_spec_lists_is_told() -> None:
    rules = NO_RULES.model_copy(update={"sizes": [[64, 48], [48, 64]]})
    assert _found(rules) == []
    rules = NO_RULES.model_copy(update={"sizes": [[640, 480]]})
    assert {f.detail for f in _found(rules)} == {"has 64 x 48 pixels (expected 640 x 480)"}


def test_a_picture_of_another_size_than_its_labels_is_told() -> None:
    [found] = _found(NO_RULES, width=[64, 48, 64, 64], height=[48, 64, 48, 48])
    assert (found.finding, found.detail) == (
        "size-mismatch", "has 48 x 64 pixels, and its labels were drawn on 64 x 48",
    )  # fmt: skip


def test_an_empty_frame_is_not_unlabelled() -> None:
    """Somebody looked and found nothing: that is an answer."""
    made = collected((said("ann-1"),), ())
    found = image_faults.unanswered(made.frames, made.assignments, SPEC.labelling)
    assert [(f.finding, f.name) for f in found] == [("unlabelled", "1")]


def test_frames_without_pixels_are_counted_once() -> None:
    made = collected((said("ann-1"),), (said("ann-1"),))
    made.frames.shard[:] = ""
    [found] = image_faults.unanswered(made.frames, made.assignments, SPEC.labelling)
    assert found.detail.startswith("2 of 2 frames have no pixels")


def test_frames_with_crowd_regions_are_told() -> None:
    box = ("box", 1, 1, 9, 9)
    made = collected((marked(said("ann-1", box, box), crowd=[True, True]),), (said("ann-1", box),))
    [found] = image_faults.crowds(made.frames, made.boxes, SPEC.labelling)
    assert (found.name, found.detail) == ("0", "2 region(s) of objects that nobody counted")


def test_no_frames_have_no_faults() -> None:
    empty = FRAMES.take(np.zeros(0, np.int64))
    looked = image_faults.looked(empty, measured(empty))
    assert image_faults.check(looked, SPEC.images, SPEC.labelling) == []
    assert looked.unreadable().tolist() == []
